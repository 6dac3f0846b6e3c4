/** The panel of the viewer where one chooses how structures are shown. It holds no state: it shows it and says what is wished. */
import { atomicNumber, elements, symbolOf } from '../../language/elements';
import { button, fill, h } from '../dom';
import { PLACEMENTS, type Arrangement } from './arrange';
import type { Coloring } from './coloring';
import { OCCLUSION } from './state';

export interface DisplayState {
  readonly arrangement: Arrangement;
  /** Elements of types that have none in the file. */
  readonly types: Readonly<Record<string, number>>;
  /** Column that atoms are coloured by; '' by element. */
  readonly colorBy: string;
  /** The colour scale is that of the frame, not of all frames so far. */
  readonly rangePerFrame: boolean;
  readonly occlusion: (typeof OCCLUSION)[number];
  /** Column of vectors that are drawn as arrows; '' none. */
  readonly arrows: string;
  /** Lines behind the selected atoms. */
  readonly trails: boolean;
  readonly imageScale: number;
  readonly imageTransparent: boolean;
}

/** What the present frame offers. */
export interface DisplayChoices {
  readonly kinds: readonly number[];
  /** Types whose elements the file doesn't tell. */
  readonly types: readonly string[];
  readonly repeats: boolean;
  readonly colorings: readonly Coloring[];
  readonly vectors: readonly string[];
}

const PLACEMENT_LABELS: Readonly<Record<Arrangement['placement'], string>> = {
  file: 'as in the file',
  wrapped: 'wrapped into the cell',
  molecules: 'whole molecules',
};

const OCCLUSION_LABELS: Readonly<Record<DisplayState['occlusion'], string>> = {
  auto: 'where it is cheap',
  always: 'always',
  never: 'never',
};

export function createSettings(
  wish: (change: Partial<DisplayState>) => void,
  close: () => void,
): { readonly element: HTMLElement; show(state: DisplayState, choices: DisplayChoices): void } {
  const body = h('div', { class: 'settings-body' });
  const element = h(
    'div',
    { class: 'viewer-settings', role: 'dialog', 'aria-label': 'Display', hidden: true },
    h('h3', {}, 'Display'),
    button('close', 'Close', close),
    body,
  );
  let shown = '';
  return {
    element,
    show: (state, choices) => {
      if (element.hidden) return;
      // Not of the slider: it is under the hand of who moves it.
      const text = JSON.stringify([state, choices], (key, value: unknown) => (key === 'middle' ? undefined : value));
      if (text === shown) return;
      shown = text;
      // A control that is being used stays: what is rebuilt gets the focus back.
      const active = document.activeElement;
      const focused = active !== null && body.contains(active) ? active.id : '';
      fill(body, ...controls(state, choices, wish));
      if (focused !== '') document.getElementById(focused)?.focus();
    },
  };
}

function controls(
  state: DisplayState,
  { kinds, types, repeats, colorings, vectors }: DisplayChoices,
  wish: (change: Partial<DisplayState>) => void,
): HTMLElement[] {
  const { arrangement } = state;
  const arrange = (change: Partial<Arrangement>): void => wish({ arrangement: { ...arrangement, ...change } });
  const rows: HTMLElement[] = [];
  const row = (label: string, ...parts: (HTMLElement | string)[]): void => {
    rows.push(h('div', { class: 'settings-row' }, h('span', { class: 'settings-label' }, label), ...parts));
  };

  if (types.length > 0)
    row(
      'Types',
      ...types.map((name, k) =>
        element(`type-${k}`, name, Object.hasOwn(state.types, name) ? state.types[name] : 0, (z) => {
          const others = Object.entries(state.types).filter(([each]) => each !== name);
          wish({ types: Object.fromEntries(z === 0 ? others : [...others, [name, z]]) });
        }),
      ),
    );
  row(
    'Colour',
    select(
      'colour',
      'Colour atoms by',
      state.colorBy,
      [
        ['', 'element'],
        ...colorings.map(({ key, label, unit }) => [key, unit === '' ? label : `${label} (${unit})`] as const),
      ],
      (colorBy) => wish({ colorBy }),
    ),
    check('range', 'scale of each frame', state.rangePerFrame, (rangePerFrame) => wish({ rangePerFrame })),
  );
  row(
    'Ambient occlusion',
    select(
      'occlusion',
      'Ambient occlusion: hollows are darker',
      state.occlusion,
      OCCLUSION.map((each) => [each, OCCLUSION_LABELS[each]] as const),
      (value) => wish({ occlusion: OCCLUSION.find((each) => each === value) ?? 'auto' }),
    ),
  );
  if (vectors.length > 0)
    row(
      'Arrows',
      select('arrows', 'Arrows', state.arrows, [['', 'none'], ...vectors.map((key) => [key, key] as const)], (arrows) =>
        wish({ arrows }),
      ),
    );
  row(
    'Trails',
    check('trails', 'behind selected atoms', state.trails, (trails) => wish({ trails })),
  );
  if (kinds.length > 1)
    row(
      'Elements',
      ...kinds.map((number) =>
        check(
          `element-${number}`,
          symbolOf(number),
          !arrangement.hidden.includes(number),
          (visible) =>
            arrange({
              hidden: visible ? arrangement.hidden.filter((each) => each !== number) : [...arrangement.hidden, number],
            }),
          (elements.at(number) ?? elements[0]).name,
        ),
      ),
    );
  if (repeats) {
    row(
      'Positions',
      select(
        'placement',
        'Positions',
        arrangement.placement,
        PLACEMENTS.map((each) => [each, PLACEMENT_LABELS[each]] as const),
        (value) => arrange({ placement: PLACEMENTS.find((each) => each === value) ?? 'file' }),
      ),
    );
    row(
      'Cells',
      ...(['a', 'b', 'c'] as const).flatMap((axis, k): (HTMLElement | string)[] => [
        axis,
        number(`copies-${axis}`, `Copies along ${axis}`, arrangement.copies[k], 1, 9, 1, (value) => {
          const copies: [number, number, number] = [...arrangement.copies];
          copies[k] = Math.round(value);
          arrange({ copies });
        }),
      ]),
      check('faces', 'atoms on all faces', arrangement.faces, (faces) => arrange({ faces })),
    );
  }
  const { slice } = arrangement;
  row(
    'Slice',
    select(
      'slice',
      'Slice perpendicular to',
      slice?.axis ?? '',
      [
        ['', 'none'],
        ['x', 'x'],
        ['y', 'y'],
        ['z', 'z'],
      ],
      (value) => {
        const axis = (['x', 'y', 'z'] as const).find((each) => each === value);
        arrange({
          slice: axis === undefined ? null : { axis, middle: slice?.middle ?? 0.5, thickness: slice?.thickness ?? 4 },
        });
      },
    ),
    ...(slice === null
      ? []
      : [
          range('slice-middle', 'Where the slice is', slice.middle, (middle) =>
            arrange({ slice: { ...slice, middle } }),
          ),
          number('slice-thickness', 'Thickness in Å', slice.thickness, 0.5, 1000, 0.5, (thickness) =>
            arrange({ slice: { ...slice, thickness } }),
          ),
          'Å',
        ]),
  );
  row(
    'Image',
    select(
      'image-scale',
      'Size of saved images',
      String(state.imageScale),
      [1, 2, 3, 4].map((each) => [String(each), each === 1 ? 'as on screen' : `${each} × as large`] as const),
      (value) => wish({ imageScale: Number(value) }),
    ),
    check('image-transparent', 'transparent', state.imageTransparent, (imageTransparent) => wish({ imageTransparent })),
  );
  return rows;
}

const idOf = (name: string): string => `display-${name}`;

function select(
  name: string,
  label: string,
  value: string,
  choices: readonly (readonly [value: string, caption: string])[],
  onChange: (value: string) => void,
): HTMLElement {
  const element = h(
    'select',
    { id: idOf(name), 'aria-label': label },
    ...choices.map(([key, caption]) => h('option', { value: key, selected: key === value }, caption)),
  );
  element.addEventListener('change', () => onChange(element.value));
  return element;
}

function check(
  name: string,
  caption: string,
  checked: boolean,
  onChange: (checked: boolean) => void,
  title?: string,
): HTMLElement {
  const box = h('input', { id: idOf(name), type: 'checkbox', checked });
  box.addEventListener('change', () => onChange(box.checked));
  return h('label', { title }, box, caption);
}

/** Where one writes which element a type is; 0 none. */
function element(name: string, caption: string, value: number, onChange: (number: number) => void): HTMLElement {
  const box = h('input', {
    id: idOf(name),
    class: 'element-input',
    'aria-label': `Element of type ${caption}`,
    placeholder: 'element',
    maxlength: 2,
    spellcheck: 'false',
    value: value === 0 ? '' : symbolOf(value),
  });
  box.addEventListener('change', () => {
    const word = box.value.trim();
    const z = atomicNumber(word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
    box.setAttribute('aria-invalid', String(word !== '' && z === undefined));
    if (word === '' || z !== undefined) onChange(z ?? 0);
  });
  return h('label', {}, caption, box);
}

function number(
  name: string,
  label: string,
  value: number,
  least: number,
  most: number,
  step: number,
  onChange: (value: number) => void,
): HTMLElement {
  const element = h('input', {
    id: idOf(name),
    type: 'number',
    'aria-label': label,
    title: label,
    value,
    min: least,
    max: most,
    step,
  });
  element.addEventListener('change', () => {
    const wished = element.valueAsNumber;
    if (Number.isFinite(wished)) onChange(Math.min(most, Math.max(least, wished)));
  });
  return element;
}

function range(name: string, label: string, value: number, onChange: (value: number) => void): HTMLElement {
  const element = h('input', {
    id: idOf(name),
    type: 'range',
    'aria-label': label,
    value,
    min: 0,
    max: 1,
    step: 0.01,
  });
  element.addEventListener('input', () => onChange(element.valueAsNumber));
  return element;
}
