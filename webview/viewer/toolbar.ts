/** The tools over the view, and the list of all keys. */
import { button, fill, h, setButton } from '../dom';
import type { DisplayChoices } from './settings';
import type { ViewerState } from './state';

export interface Tools {
  toggleStyle(): void;
  togglePerspective(): void;
  toggleArrows(): void;
  nextColoring(): void;
  toggleBoxing(): void;
  toggleSelectForm(): void;
  toggleSettings(): void;
  fit(): void;
  reset(): void;
  /** Without it there is no such button. */
  saveImage: (() => void) | undefined;
  toggleKeys(): void;
}

/** What is open or on now. */
export interface Pressed {
  readonly boxing: boolean;
  readonly selectForm: boolean;
  readonly settings: boolean;
}

const VIEWER_KEYS: readonly (readonly [string, string])[] = [
  ['1 2 3', 'look along x, y, z'],
  ['4 5 6', 'look along a, b, c of the cell'],
  ['W A S D', 'turn (Shift: move)'],
  ['Q E', 'roll'],
  ['+ −', 'zoom'],
  ['F', 'fit'],
  ['R', 'reset the view'],
  ['B', 'ball-and-stick or space-filling'],
  ['P', 'perspective or orthographic'],
  ['V', 'arrows of the forces'],
  ['T', 'longer arrows (Shift: shorter)'],
  ['C', 'colour by the next of what there is'],
  ['G', 'display: colours, cells, slice, …'],
  ['↑ ↓', 'the atom before or after (Shift: ten)'],
  ['Enter', 'select that atom, or no longer'],
  ['/', 'select atoms by what they are: O, 8-12, z < 5'],
  ['X', 'select by drawing a box'],
  ['Esc', 'clear the selection'],
];

export function createToolbar(tools: Tools): {
  readonly element: HTMLElement;
  show(state: ViewerState, choices: DisplayChoices, pressed: Pressed): void;
} {
  const style = button('spaceFilling', 'Space-filling', () => tools.toggleStyle());
  const eye = button('perspective', 'Perspective', () => tools.togglePerspective());
  const forces = button('forces', 'Force arrows', () => tools.toggleArrows(), { keys: 'V' });
  const color = button('color', 'Colour by the next of what there is', () => tools.nextColoring(), { keys: 'C' });
  const box = button('box', 'Select by drawing a box', () => tools.toggleBoxing(), { keys: 'X' });
  const select = button('search', 'Select atoms by what they are', () => tools.toggleSelectForm(), { keys: '/' });
  const settings = button('sliders', 'Display', () => tools.toggleSettings(), { keys: 'G' });
  const { saveImage } = tools;
  const element = h(
    'div',
    { class: 'viewer-tools', role: 'toolbar', 'aria-label': 'View' },
    style,
    eye,
    forces,
    color,
    box,
    select,
    settings,
    button('fit', 'Fit to view', () => tools.fit(), { keys: 'F' }),
    button('reset', 'Reset the view', () => tools.reset(), { keys: 'R' }),
    saveImage === undefined ? undefined : button('camera', 'Save as PNG', () => saveImage()),
    button('keyboard', 'Keys', () => tools.toggleKeys(), { keys: '?' }),
  );
  const press = (tool: HTMLElement, on: boolean): void => tool.setAttribute('aria-pressed', String(on));
  return {
    element,
    show: ({ spaceFilling, view, arrows, colorBy }, { vectors, colorings }, pressed) => {
      if (spaceFilling) setButton(style, 'ballAndStick', 'Ball-and-stick', 'B');
      else setButton(style, 'spaceFilling', 'Space-filling', 'B');
      if (view.perspective) setButton(eye, 'orthographic', 'Orthographic', 'P');
      else setButton(eye, 'perspective', 'Perspective', 'P');
      forces.hidden = vectors.length === 0;
      color.hidden = colorings.length === 0;
      press(forces, arrows !== '');
      press(color, colorBy !== '');
      press(box, pressed.boxing);
      press(select, pressed.selectForm);
      press(settings, pressed.settings);
    },
  };
}

/** The list of all keys; `further` ones are those of the panel. */
export function createKeyList(
  further: readonly (readonly [keys: string, meaning: string])[],
  close: () => void,
): HTMLElement {
  // What the panel does with a key the view does not.
  const taken = new Set(further.flatMap(([key]) => key.split(' ')));
  const own = VIEWER_KEYS.filter(([key]) => !taken.has(key));
  const element = h('div', { class: 'viewer-keys', role: 'dialog', 'aria-label': 'Keys', hidden: true });
  fill(
    element,
    h(
      'dl',
      {},
      ...[...further, ...own].flatMap(([key, meaning]) => [
        h('dt', {}, ...key.split(' ').map((each) => h('kbd', {}, each))),
        h('dd', {}, meaning),
      ]),
    ),
    h(
      'p',
      {},
      'Drag turns, Shift-drag moves, Ctrl-drag selects, the wheel zooms. Click selects, Shift-click adds: 2 atoms measure a distance, 3 an angle, 4 a dihedral. A double click brings an atom to the centre.',
    ),
    button('close', 'Close', close),
  );
  return element;
}
