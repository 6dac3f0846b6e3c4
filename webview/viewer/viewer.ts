/**
 * The structure viewer: a canvas for atoms, one for lines and labels over it, tools, tooltip, status strip. It shows one
 * frame at a time and knows nothing of files; the panels feed it. Indices count from 0; Å, eV/Å.
 */
import type { FrameData } from '../../protocol/frames';
import type { View } from '../../protocol/view';
import { nameTypes } from '../../engine/structure/atom-types';
import { announce, button, fill, h, setButton, setText } from '../dom';
import { formatCount, formula } from '../format';
import { onThemeChange, readTheme, reducedMotion } from '../theme';
import { fit, INITIAL_VIEW, lookAlong, openEye, pan, turn, zoom, type Eye } from './camera';
import { createContent, type Vectors } from './content';
import { createLegend } from './legend';
import { describeAtom, describeSelection, distance } from './measure';
import { drawBox, drawMeasurement, drawTrail, drawTripod, type Box } from './overlay';
import { openScene, type AtomScene } from './scene';
import { selectAtoms } from './select-atoms';
import { createSelectForm } from './select-form';
import { createSettings } from './settings';
import type { ViewerState } from './state';
import { createTrails } from './trails';

export interface Viewer {
  readonly element: HTMLElement;
  /** Replaces what is shown; the view stays, unless it is fitted and the structure is of another kind. */
  show(frame: FrameData): void;
  /** Rings about these atoms, besides the selection. */
  highlight(atoms: readonly number[]): void;
  setVectors(vectors: readonly Vectors[] | undefined): void;
  select(atoms: readonly number[]): void;
  readonly selection: readonly number[];
  /** Looks as another viewer does; nobody is told. */
  look(view: View): void;
  /** What is on the screen, for films. */
  compose(into: HTMLCanvasElement): void;
  /** True if the key meant something here. */
  handleKey(event: KeyboardEvent): boolean;
  dispose(): void;
}

export interface ViewerOptions {
  readonly label: string;
  readonly state: ViewerState;
  readonly onState: (state: ViewerState) => void;
  /** The person has turned, moved or scaled the view. */
  readonly onView?: (view: View) => void;
  /** The structures have nothing to do with each other: each is fitted anew, wherever it lies. */
  readonly unrelated?: boolean;
  readonly selection?: readonly number[];
  readonly onSelection?: (atoms: readonly number[]) => void;
  /** A new frame is on the screen; `renderer` is '' where WebGL is missing. */
  readonly onDrawn?: (frame: FrameData, renderer: string) => void;
  /** A PNG in base64; without it there is no such button. */
  readonly saveImage?: (base64: string) => void;
  /** Further keys for the list of keys. */
  readonly keys?: readonly (readonly [keys: string, meaning: string])[];
}

/** What a frame that was drawn is called among the browser's measurements. */
const DRAWN_MARK = 'nearsight-frame';

/** For the browser's profiler, and for benchmarks: only the latest, as a film may have thousands. */
export function markDrawn(index: number): void {
  performance.clearMarks(DRAWN_MARK);
  performance.mark(DRAWN_MARK, { detail: index });
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
  ['[ ]', 'shorter or longer arrows'],
  ['C', 'colour by the next of what there is'],
  ['G', 'display: colours, cells, slice, …'],
  ['↑ ↓', 'the atom before or after (Shift: ten)'],
  ['Enter', 'select that atom, or no longer'],
  ['/', 'select atoms by what they are: O, 8-12, z < 5'],
  ['X', 'select by drawing a box'],
  ['Esc', 'clear the selection'],
];

/** Changes of these make another picture; the others another view of it. */
const RESTYLING = ['spaceFilling', 'arrows', 'colorBy', 'rangePerFrame', 'arrangement'] as const;

/** Above this, drawing everything once more for ambient occlusion shows in how smoothly it turns. */
const MAXIMUM_OCCLUDED_ATOMS = 100_000;

export function createViewer(options: ViewerOptions): Viewer {
  let state = options.state;
  let theme = readTheme();
  let drawn: FrameData | undefined;
  /** The frame as it came: what is shown may have elements that a person gave to its types. */
  let given: FrameData | undefined;
  let selection: readonly number[] = options.selection ?? [];
  let highlighted: readonly number[] = [];
  /** The atom that the keys are at. */
  let cursor: number | undefined;
  /** A drag draws a box instead of turning the view. */
  let boxing = false;
  let box: Box | undefined;
  const trails = createTrails();
  const content = createContent(
    () => state,
    () => theme,
  );

  const stage = h('div', { class: 'viewer-stage' });
  const overlay = h('canvas', { class: 'viewer-overlay', 'aria-hidden': 'true' });
  const tooltip = h('div', { class: 'tooltip', role: 'tooltip', hidden: true });
  const legend = createLegend();
  const message = h('div', { class: 'viewer-message', role: 'alert', hidden: true });
  const keys = h('div', { class: 'viewer-keys', role: 'dialog', 'aria-label': 'Keys', hidden: true });
  const measurement = h('output', { class: 'viewer-measurement', 'aria-live': 'polite' });
  const facts = h('span', { class: 'viewer-facts' });
  const status = h('div', { class: 'viewer-status' }, measurement, facts);

  const styleButton = button('spaceFilling', 'Space-filling', () => change({ spaceFilling: !state.spaceFilling }));
  const eyeButton = button('perspective', 'Perspective', () =>
    change({ view: { ...state.view, perspective: !state.view.perspective } }),
  );
  const forcesButton = button('forces', 'Force arrows', () => toggleArrows(), { keys: 'V' });
  const colorButton = button('color', 'Colour by the next of what there is', () => nextColoring(), { keys: 'C' });
  const boxButton = button('box', 'Select by drawing a box', () => toggleBoxing(), { keys: 'X' });
  const selectButton = button('search', 'Select atoms by what they are', () => toggleSelectForm(), { keys: '/' });
  const settingsButton = button('sliders', 'Display', () => toggleSettings(), { keys: 'G' });
  const settings = createSettings(
    (wished) => change(wished),
    () => toggleSettings(),
  );
  const selectForm = createSelectForm(
    (text) => {
      const { frame } = content;
      if (frame === undefined) return;
      select(selectAtoms(frame, text));
      tellSelected();
    },
    () => toggleSelectForm(),
  );
  const tools = h(
    'div',
    { class: 'viewer-tools', role: 'toolbar', 'aria-label': 'View' },
    styleButton,
    eyeButton,
    forcesButton,
    colorButton,
    boxButton,
    selectButton,
    settingsButton,
    button('fit', 'Fit to view', () => fitView(), { keys: 'F' }),
    button('reset', 'Reset the view', () => resetView(), { keys: 'R' }),
    options.saveImage === undefined ? undefined : button('camera', 'Save as PNG', () => saveImage()),
    button('keyboard', 'Keys', () => toggleKeys(), { keys: '?' }),
  );
  const element = h('div', { class: 'viewer' }, stage, status);
  fill(
    keys,
    h(
      'dl',
      {},
      ...[...(options.keys ?? []), ...VIEWER_KEYS].flatMap(([key, meaning]) => [
        h('dt', {}, ...key.split(' ').map((each) => h('kbd', {}, each))),
        h('dd', {}, meaning),
      ]),
    ),
    h(
      'p',
      {},
      'Drag turns, Shift-drag moves, Ctrl-drag selects, the wheel zooms. Click selects, Shift-click adds: 2 atoms measure a distance, 3 an angle, 4 a dihedral. A double click brings an atom to the centre.',
    ),
    button('close', 'Close', () => toggleKeys()),
  );

  let canvas = h('canvas');
  let scene: AtomScene | undefined;

  // ----- drawing -----

  let drawing = false;
  let disposed = false;
  function draw(): void {
    if (drawing || disposed) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      if (!disposed) drawNow();
    });
  }

  const measured = (): { width: number; height: number } => ({ width: stage.clientWidth, height: stage.clientHeight });
  /** As the browser last told: to measure has the page laid out, which takes longer than all else for a small frame. */
  let told = { width: 0, height: 0 };
  const size = (): { width: number; height: number } => (told.width > 0 && told.height > 0 ? told : measured());

  /** Radius about the target that holds everything, for clipping and the depth cue. */
  const contentRadius = (): number => distance(state.view.target, content.bounds.center) + content.bounds.radius + 1;

  function eye(): Eye {
    const { width, height } = size();
    return openEye(state.view, width / Math.max(1, height), contentRadius());
  }

  const occluded = ({ software }: AtomScene): boolean =>
    state.occlusion === 'always' ||
    (state.occlusion === 'auto' && !software && (content.frame?.numbers.length ?? 0) <= MAXIMUM_OCCLUDED_ATOMS);

  function drawNow(): void {
    const { width, height } = size();
    if (width === 0 || height === 0) return;
    const current = eye();
    scene?.setOcclusion(occluded(scene));
    scene?.render(current, state.view.perspective, state.view.extent, contentRadius());
    drawOverlay(current, width, height);
    if (content.frame !== undefined && content.frame !== drawn) {
      drawn = content.frame;
      options.onDrawn?.(given ?? drawn, scene?.renderer ?? '');
    }
  }

  function drawOverlay(current: Eye, width: number, height: number): void {
    const ratio = Math.min(3, devicePixelRatio);
    if (overlay.width !== Math.round(width * ratio) || overlay.height !== Math.round(height * ratio)) {
      overlay.width = Math.round(width * ratio);
      overlay.height = Math.round(height * ratio);
    }
    // What has no graphics card draws lines faster by itself.
    const context = overlay.getContext('2d', { willReadFrequently: scene?.software });
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    drawOver(context, current, width, height);
  }

  /** Axes, trails, measurement. */
  function drawOver(context: CanvasRenderingContext2D, current: Eye, width: number, height: number): void {
    if (scene === undefined || content.frame === undefined) return;
    drawTripod(context, theme, state.view.rotation, height);
    if (box !== undefined) drawBox(context, theme, box);
    if (state.trails)
      for (const line of trails.lines())
        drawTrail(
          context,
          theme,
          line.map((point) => onScreen(current, point, width, height)),
        );
    if (selection.length < 2 || selection.length > 4) return;
    const points = selection.map((atom) => content.placeOf(atom)).filter((point) => point !== undefined);
    if (points.length !== selection.length) return;
    drawMeasurement(
      context,
      theme,
      points,
      points.map((point) => onScreen(current, point, width, height)),
    );
  }

  const onScreen = (
    current: Eye,
    point: readonly [number, number, number],
    width: number,
    height: number,
  ): [number, number] => {
    const { x, y } = current.project(point);
    return [((x + 1) / 2) * width, ((1 - y) / 2) * height];
  };

  /** Legend, status strip, buttons. */
  function describe(): void {
    setButton(
      styleButton,
      state.spaceFilling ? 'ballAndStick' : 'spaceFilling',
      state.spaceFilling ? 'Ball-and-stick' : 'Space-filling',
      'B',
    );
    setButton(
      eyeButton,
      state.view.perspective ? 'orthographic' : 'perspective',
      state.view.perspective ? 'Orthographic' : 'Perspective',
      'P',
    );
    const choices = content.choices();
    forcesButton.hidden = choices.vectors.length === 0;
    forcesButton.setAttribute('aria-pressed', String(state.arrows !== ''));
    colorButton.hidden = choices.colorings.length === 0;
    colorButton.setAttribute('aria-pressed', String(state.colorBy !== ''));
    boxButton.setAttribute('aria-pressed', String(boxing));
    selectButton.setAttribute('aria-pressed', String(!selectForm.element.hidden));
    settingsButton.setAttribute('aria-pressed', String(!settings.element.hidden));
    settings.show(state, choices);
    const { frame, unplaced } = content;
    if (frame === undefined) return;
    const atoms = frame.numbers.length;
    setText(measurement, describeSelection(frame, selection));
    setText(
      facts,
      `${formatCount(atoms)} ${atoms === 1 ? 'atom' : 'atoms'} · ${formulaText}${unplaced > 0 ? ` · ${unplaced} without a finite position` : ''}${hintAtTypes(frame)}`,
    );
    legend.show(content.legend());
  }

  /** Types that nobody has given an element yet. */
  function hintAtTypes({ types }: FrameData): string {
    const count = types?.names.filter((name) => !Object.hasOwn(state.types, name)).length ?? 0;
    return count === 0 ? '' : ` · ${count === 1 ? 'a type' : `${count} types`} without an element: G gives them some`;
  }

  /** Counted once for frames of the same atoms. */
  let formulaText = '';

  // ----- changes -----

  function change(changes: Partial<ViewerState>): void {
    state = { ...state, ...changes };
    options.onState(state);
    if (changes.types !== undefined && given !== undefined) {
      show(given);
      return;
    }
    if (RESTYLING.some((key) => changes[key] !== undefined)) {
      content.restyle();
      if (changes.arrangement !== undefined && state.fitted) {
        fitView();
        return;
      }
    }
    describe();
    draw();
  }

  function toggleArrows(): void {
    const { vectors } = content.choices();
    const first = vectors.includes('forces') ? 'forces' : vectors[0];
    change({ arrows: state.arrows === '' ? first : '' });
  }

  function nextColoring(): void {
    const choices = ['', ...content.choices().colorings.map(({ key }) => key)];
    const next = choices[(choices.indexOf(state.colorBy) + 1) % choices.length];
    change({ colorBy: next });
    announce(next === '' ? 'Coloured by element' : `Coloured by ${next}`);
  }

  function toggleBoxing(): void {
    boxing = !boxing;
    canvas.classList.toggle('boxing', boxing);
    describe();
    announce(boxing ? 'A drag selects atoms' : 'A drag turns the view');
  }

  function toggleSettings(): void {
    settings.element.hidden = !settings.element.hidden;
    describe();
    if (settings.element.hidden) canvas.focus();
    else settings.element.querySelector('select')?.focus();
  }

  function toggleSelectForm(): void {
    selectForm.toggle();
    describe();
    if (selectForm.element.hidden) canvas.focus();
  }

  function setView(view: View, fitted = false): void {
    change({ view, fitted });
    options.onView?.(view);
  }

  function aspect(): number {
    const { width, height } = size();
    return width > 0 && height > 0 ? width / height : 1;
  }

  function fitView(rotation = state.view.rotation): void {
    const { center, radius } = content.bounds;
    state = { ...state, fittedAspect: aspect() };
    setView(fit({ ...state.view, rotation }, center, radius, aspect()), true);
  }

  /** A fitted view holds as much in a panel of another shape, and stays where it is. */
  function followAspect(): void {
    const { fitted, fittedAspect, view } = state;
    const now = aspect();
    if (!fitted || fittedAspect === 0 || Math.abs(now - fittedAspect) < 1e-3) return;
    state = { ...state, fittedAspect: now };
    setView({ ...view, extent: (view.extent * Math.min(1, fittedAspect)) / Math.min(1, now) }, true);
  }

  function resetView(): void {
    fitView(INITIAL_VIEW.rotation);
    if (state.view.perspective) setView({ ...state.view, perspective: false }, true);
  }

  /** Turns to a direction; in a few steps, unless the person wants no motion. */
  function lookFrom(from: readonly [number, number, number], up: readonly [number, number, number]): void {
    const rotation = lookAlong(from, up);
    if (reducedMotion()) {
      setView({ ...state.view, rotation }, state.fitted);
      return;
    }
    const start = state.view.rotation;
    const same = start.reduce((sum, x, k) => sum + x * rotation[k], 0) < 0 ? -1 : 1;
    const begun = performance.now();
    const step = (): void => {
      if (disposed) return;
      const t = Math.min(1, (performance.now() - begun) / 180);
      const s = t * t * (3 - 2 * t);
      const mixed = start.map((x, k) => x * (1 - s) + same * rotation[k] * s);
      const norm = Math.hypot(...mixed) || 1;
      const [x, y, z, w] = mixed.map((each) => each / norm);
      setView({ ...state.view, rotation: t === 1 ? rotation : [x, y, z, w] }, state.fitted);
      if (t < 1) requestAnimationFrame(step);
    };
    step();
  }

  function select(atoms: readonly number[]): void {
    selection = atoms;
    trails.restart(selection);
    trails.extend((atom) => content.placeOf(atom));
    mark();
    describe();
    draw();
    options.onSelection?.(atoms);
  }

  const mark = (): void => content.mark(highlighted, selection, cursor);

  function tellSelected(): void {
    announce(selection.length === 1 ? 'One atom is selected' : `${formatCount(selection.length)} atoms are selected`);
  }

  /** Selects an atom besides the others, or no longer. */
  const toggle = (atom: number): void =>
    select(selection.includes(atom) ? selection.filter((each) => each !== atom) : [...selection, atom]);

  /** Goes to the drawn atom that is `by` after the present one, round and round, and says which it is. */
  function stepCursor(by: number): void {
    const { frame } = content;
    const atoms = content.where(() => true);
    if (frame === undefined || atoms.length === 0) return;
    const from = cursor ?? selection.at(-1);
    const at = from === undefined ? -1 : atoms.indexOf(from);
    const to = at < 0 ? Math.min(by, 0) : at + by;
    cursor = atoms[((to % atoms.length) + atoms.length) % atoms.length];
    mark();
    const place = content.placeOf(cursor);
    if (place === undefined) return;
    const { x, y } = eye().project(place);
    if (Math.abs(x) > 0.95 || Math.abs(y) > 0.95) setView({ ...state.view, target: [...place] });
    const { width, height } = size();
    showTooltip(frame, cursor, ...onScreen(eye(), place, width, height));
    const [name, position] = describeAtom(frame, cursor);
    announce(`${name}, ${position}${selection.includes(cursor) ? ', selected' : ''}`);
    draw();
  }

  function toggleKeys(): void {
    keys.hidden = !keys.hidden;
    if (!keys.hidden) keys.querySelector('button')?.focus();
  }

  /** View and overlay in one picture. */
  function saveImage(): void {
    if (scene === undefined) return;
    const { width, height } = size();
    const current = eye();
    const { imageScale, imageTransparent, view } = state;
    const picture = scene.capture(
      current,
      view.perspective,
      view.extent,
      contentRadius(),
      imageScale,
      imageTransparent,
    );
    drawNow();
    const image = h('canvas', { width: picture.width, height: picture.height });
    const context = image.getContext('2d');
    if (context === null) return;
    context.putImageData(picture, 0, 0);
    context.scale(picture.width / width, picture.height / height);
    drawOver(context, current, width, height);
    options.saveImage?.(image.toDataURL('image/png').replace(/^data:[^,]*,/, ''));
  }

  function compose(into: HTMLCanvasElement): void {
    // Drawn and read in one task: the drawing buffer is not kept beyond it.
    drawNow();
    const context = into.getContext('2d');
    context?.drawImage(canvas, 0, 0, into.width, into.height);
    context?.drawImage(overlay, 0, 0, into.width, into.height);
  }

  function handleKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const { view } = state;
    const step = 0.12;
    const cell = content.frame?.cell;
    const row = (k: number): [number, number, number] =>
      cell === undefined ? [0, 0, 0] : [cell[3 * k], cell[3 * k + 1], cell[3 * k + 2]];
    const along = (k: number): void => {
      if (cell === undefined) announce('This structure has no cell.');
      else lookFrom(row(k), row((k + 2) % 3));
    };
    switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
      case '1':
        lookFrom([1, 0, 0], [0, 0, 1]);
        return true;
      case '2':
        lookFrom([0, -1, 0], [0, 0, 1]);
        return true;
      case '3':
        lookFrom([0, 0, 1], [0, 1, 0]);
        return true;
      case '4':
      case '5':
      case '6':
        along(Number(event.key) - 4);
        return true;
      case 'a':
        setView(event.shiftKey ? pan(view, 0.1, 0) : turn(view, -step, 0), !event.shiftKey && state.fitted);
        return true;
      case 'd':
        setView(event.shiftKey ? pan(view, -0.1, 0) : turn(view, step, 0), !event.shiftKey && state.fitted);
        return true;
      case 'w':
        setView(event.shiftKey ? pan(view, 0, -0.1) : turn(view, 0, -step), !event.shiftKey && state.fitted);
        return true;
      case 's':
        setView(event.shiftKey ? pan(view, 0, 0.1) : turn(view, 0, step), !event.shiftKey && state.fitted);
        return true;
      case 'q':
        setView(turn(view, 0, 0, -step), state.fitted);
        return true;
      case 'e':
        setView(turn(view, 0, 0, step), state.fitted);
        return true;
      case '+':
      case '=':
        setView(zoom(view, 1 / 1.15));
        return true;
      case '-':
        setView(zoom(view, 1.15));
        return true;
      case 'f':
        fitView();
        return true;
      case 'r':
        resetView();
        return true;
      case 'b':
        styleButton.click();
        return true;
      case 'p':
        eyeButton.click();
        return true;
      case 'v':
        if (!forcesButton.hidden) forcesButton.click();
        return true;
      case 'c':
        if (!colorButton.hidden) colorButton.click();
        return true;
      case 'g':
        toggleSettings();
        return true;
      case 'x':
        toggleBoxing();
        return true;
      case '[':
      case ']':
        if (content.stretchArrows(event.key === ']')) {
          describe();
          draw();
        }
        return true;
      case 'ArrowUp':
      case 'ArrowDown':
        stepCursor((event.key === 'ArrowUp' ? -1 : 1) * (event.shiftKey ? 10 : 1));
        return true;
      case 'Enter':
        if (cursor === undefined) return false;
        toggle(cursor);
        announce(selection.includes(cursor) ? 'Selected' : 'No longer selected');
        return true;
      case '/':
        toggleSelectForm();
        return true;
      case '?':
        toggleKeys();
        return true;
      case 'Escape':
        if (!keys.hidden) toggleKeys();
        else if (!settings.element.hidden) toggleSettings();
        else if (!selectForm.element.hidden) toggleSelectForm();
        else if (boxing) toggleBoxing();
        else if (selection.length > 0 || cursor !== undefined) {
          cursor = undefined;
          tooltip.hidden = true;
          select([]);
        } else return false;
        return true;
      default:
        return false;
    }
  }

  // ----- pointer -----

  function atomAt(event: PointerEvent | MouseEvent): number {
    const box = stage.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 - 1;
    const y = 1 - ((event.clientY - box.top) / box.height) * 2;
    return content.pick(eye().ray(x, y));
  }

  let hovering: PointerEvent | undefined;
  function hover(event: PointerEvent): void {
    const waiting = hovering !== undefined;
    hovering = event;
    if (waiting) return;
    requestAnimationFrame(() => {
      const last = hovering;
      hovering = undefined;
      const { frame } = content;
      if (last === undefined || disposed || frame === undefined || dragging !== undefined) return;
      const atom = atomAt(last);
      canvas.classList.toggle('over-atom', atom >= 0);
      if (atom < 0) {
        tooltip.hidden = true;
        return;
      }
      const box = stage.getBoundingClientRect();
      showTooltip(frame, atom, last.clientX - box.left, last.clientY - box.top);
    });
  }

  /** Beside a place on the stage, in CSS pixels. */
  function showTooltip(frame: FrameData, atom: number, x: number, y: number): void {
    const [first, ...rest] = describeAtom(frame, atom);
    fill(tooltip, h('strong', {}, first), ...rest.map((line) => h('div', {}, line)));
    tooltip.hidden = false;
    const { width, height } = size();
    tooltip.style.left = `${Math.max(4, Math.min(x + 14, width - tooltip.offsetWidth - 6))}px`;
    tooltip.style.top = `${y + 18 + tooltip.offsetHeight > height ? Math.max(4, y - tooltip.offsetHeight - 10) : y + 18}px`;
  }

  let dragging: { x: number; y: number; moved: boolean; kind: 'turn' | 'pan' | 'box' } | undefined;

  /** Selects what is in the box that was drawn. */
  function selectBox(adding: boolean): void {
    const wanted = box;
    box = undefined;
    if (wanted === undefined) return;
    const { width, height } = size();
    const current = eye();
    const inside = content.where((point) => {
      const [x, y] = onScreen(current, point, width, height);
      return x >= wanted.left && x <= wanted.right && y >= wanted.top && y <= wanted.bottom;
    });
    select(adding ? [...new Set([...selection, ...inside])] : inside);
    tellSelected();
  }

  function listen(): void {
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      const draws = event.ctrlKey || event.metaKey || (boxing && !event.altKey);
      const kind = draws && event.button === 0 ? 'box' : event.shiftKey || event.button !== 0 ? 'pan' : 'turn';
      dragging = { x: event.clientX, y: event.clientY, moved: false, kind };
      tooltip.hidden = true;
    });
    canvas.addEventListener('pointermove', (event) => {
      if (dragging === undefined) {
        hover(event);
        return;
      }
      const dx = event.clientX - dragging.x;
      const dy = event.clientY - dragging.y;
      if (!dragging.moved && Math.hypot(dx, dy) < 4) return;
      if (dragging.kind === 'box') {
        const { left, top } = stage.getBoundingClientRect();
        const [x, y] = [event.clientX - left, event.clientY - top];
        const [fromX, fromY] = [dragging.x - left, dragging.y - top];
        box = {
          left: Math.min(x, fromX),
          top: Math.min(y, fromY),
          right: Math.max(x, fromX),
          bottom: Math.max(y, fromY),
        };
        dragging.moved = true;
        draw();
        return;
      }
      const half = size().height / 2;
      const pans = dragging.kind === 'pan';
      setView(
        pans ? pan(state.view, dx / half, -dy / half) : turn(state.view, (dx / half) * 1.4, (-dy / half) * 1.4),
        !pans && state.fitted,
      );
      dragging = { ...dragging, x: event.clientX, y: event.clientY, moved: true };
    });
    canvas.addEventListener('pointerup', (event) => {
      const clicked = dragging?.moved === false && event.button === 0;
      dragging = undefined;
      if (box !== undefined) {
        selectBox(event.shiftKey);
        return;
      }
      if (!clicked) return;
      cursor = undefined;
      const atom = atomAt(event);
      if (atom < 0) {
        if (!event.shiftKey) select([]);
      } else if (event.shiftKey) toggle(atom);
      else {
        select(selection.length === 1 && selection[0] === atom ? [] : [atom]);
      }
    });
    canvas.addEventListener('pointercancel', () => (dragging = box = undefined));
    canvas.addEventListener('pointerleave', () => (tooltip.hidden = true));
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    canvas.addEventListener('dblclick', (event) => {
      const atom = atomAt(event);
      const place = atom < 0 ? undefined : content.placeOf(atom);
      if (place !== undefined) setView({ ...state.view, target: [...place] });
    });
    canvas.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        tooltip.hidden = true;
        const box = stage.getBoundingClientRect();
        const half = box.height / 2;
        const x = (event.clientX - box.left - box.width / 2) / half;
        const y = -(event.clientY - box.top - half) / half;
        const lines = event.deltaMode === 1 ? 16 : 1;
        setView(zoom(state.view, Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * lines * 0.0013))), x, y));
      },
      { passive: false },
    );
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      // The old canvas of a fresh start loses its context on purpose.
      if (disposed || event.target !== canvas) return;
      explain('The graphics card took the 3-D view back.', [
        'This happens after sleep, a driver update, or when many 3-D views are open. Everything else on this page keeps working.',
      ]);
    });
    canvas.addEventListener('webglcontextrestored', () => {
      message.hidden = true;
      content.restyle();
      draw();
    });
  }

  function explain(title: string, lines: readonly string[]): void {
    fill(
      message,
      h('h3', {}, title),
      ...lines.map((line) => h('p', {}, line)),
      button('resume', 'Try again', () => start(), { caption: 'Try again', class: 'secondary' }),
    );
    message.hidden = false;
  }

  /** Opens (or opens again) the WebGL scene on a fresh canvas: a canvas whose context was lost may never get another. */
  function start(): void {
    scene?.dispose();
    scene = undefined;
    content.attach(undefined);
    canvas = h('canvas', {
      class: 'viewer-canvas',
      tabindex: 0,
      role: 'application',
      'aria-roledescription': '3-D view',
      'aria-label': `${options.label}. Press question mark for the keys.`,
    });
    fill(stage, canvas, overlay, legend.element, tools, tooltip, settings.element, selectForm.element, keys, message);
    message.hidden = true;
    try {
      const { width, height } = size();
      scene = openScene(canvas, width, height);
    } catch {
      explain('The 3-D view needs WebGL 2, and this window has none.', [
        'Plots, tables and measurements keep working. To get the view:',
        '• run “Preferences: Configure Runtime Arguments” and remove "disable-hardware-acceleration", then restart the editor;',
        '• update the graphics driver, or take the graphics card off the block list with the argument --ignore-gpu-blocklist;',
        '• in a virtual machine or over remote desktop start the editor with --enable-unsafe-swiftshader.',
      ]);
      describe();
      return;
    }
    listen();
    scene.setTheme(theme);
    content.attach(scene);
    describe();
    draw();
  }

  const forget = onThemeChange((next) => {
    theme = next;
    scene?.setTheme(theme);
    content.restyle();
    describe();
    draw();
  });
  const observer = new ResizeObserver(() => {
    told = measured();
    const { width, height } = told;
    if (width === 0 || height === 0) return;
    scene?.resize(width, height);
    if (content.frame !== undefined) followAspect();
    // At once: a resized canvas is empty until it is drawn.
    drawNow();
  });
  observer.observe(stage);
  // When whoever made the viewer has put it into the page, where it has its size.
  queueMicrotask(() => {
    if (!disposed) start();
  });

  function show(frame: FrameData): void {
    given = frame;
    const next =
      frame.types === undefined ? frame : { ...frame, numbers: nameTypes(frame.numbers, frame.types, state.types) };
    const first = content.frame === undefined;
    const other = content.show(next);
    const { bounds } = content;
    if (other) {
      trails.restart(selection);
      formulaText = formula(next.numbers);
    }
    trails.extend((atom) => content.placeOf(atom));
    const count = next.numbers.length;
    if (selection.some((atom) => atom >= count)) selection = selection.filter((atom) => atom < count);
    if (cursor !== undefined) tooltip.hidden = true;
    if (cursor !== undefined && cursor >= count) cursor = undefined;
    if (other) mark();
    if (first) followAspect();
    const view = fit(state.view, bounds.center, bounds.radius, aspect());
    const astray = distance(state.view.target, bounds.center) > 0.5 * bounds.radius;
    // A view from before was fitted, perhaps to another frame of the file, and stays unless the file is another now.
    const scale = state.view.extent / view.extent;
    const restored = first && state.fittedAspect > 0 && scale > 0.67 && scale < 1.5;
    if (state.fitted && ((other && !restored) || astray || options.unrelated === true)) {
      state = { ...state, view, fittedAspect: aspect() };
      options.onState(state);
    }
    if (other)
      canvas.setAttribute(
        'aria-label',
        `${options.label}: ${formula(next.numbers)}. Press question mark for the keys.`,
      );
    describe();
    draw();
  }

  return {
    element,
    show,
    highlight: (atoms) => {
      highlighted = atoms;
      mark();
      draw();
    },
    setVectors: (next) => {
      content.setVectors(next);
      describe();
      draw();
    },
    select,
    get selection() {
      return selection;
    },
    look: (view) => {
      state = { ...state, view, fitted: false };
      draw();
    },
    compose,
    handleKey,
    dispose: () => {
      disposed = true;
      observer.disconnect();
      forget();
      scene?.dispose();
      scene = undefined;
      element.remove();
    },
  };
}
