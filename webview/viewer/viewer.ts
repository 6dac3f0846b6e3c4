/**
 * The structure viewer, put together: what is drawn (content.ts) and where (stage.ts, scene.ts), where one looks from
 * (steering.ts), what is selected (selecting.ts), what pointer and tools do (gestures.ts, toolbar.ts, settings.ts); with
 * tooltip, status strip and keys. It shows one frame at a time and knows nothing of files; the panels feed it. Indices count
 * from 0; Å, eV/Å.
 */
import type { FrameData } from '../../protocol/frames';
import type { FileUnits, UnitsInUse } from '../../protocol/units';
import type { View } from '../../protocol/view';
import { nameTypes } from '../../engine/structure/atom-types';
import { scale, vectorAt, type Vector3 } from '../../engine/structure/vector3';
import { afterPicture, announce, h } from '../dom';
import { formatCount } from '../format';
import { onPaper, onThemeChange, readTheme, type Theme } from '../theme';
import { pan, turn, zoom, type Eye } from './camera';
import type { Vectors } from './arrows';
import { createContent } from './content';
import { roundUp } from './colors';
import { listenToPointer } from './gestures';
import { createLegend } from './legend';
import { drawLegend } from './legend-drawing';
import { describeAtom, measure, type Measurement } from './measure';
import { drawOver, type Box, type Over } from './overlay';
import { selectAtoms } from './select-atoms';
import { createSelectForm } from './select-form';
import { createSelecting } from './selecting';
import { createSettings } from './settings';
import { createStage } from './stage';
import type { ViewerState } from './state';
import { createStatus } from './status';
import { createSteering } from './steering';
import { createKeyList, createToolbar } from './toolbar';
import { createTooltip } from './tooltip';
import { createUnitsRow } from './units';

export interface Viewer {
  readonly element: HTMLElement;
  /**
   * Replaces what is shown; the view stays, unless it is fitted and the structure is of another kind. Trails go on where it
   * `continues` the frame before.
   */
  show(frame: FrameData, continues?: boolean): void;
  /** Rings about these atoms, besides the selection. */
  highlight(atoms: readonly number[]): void;
  setVectors(vectors: readonly Vectors[] | undefined): void;
  /** In which units the file of the next frames is, if it doesn't tell them itself. */
  setUnits(units: UnitsInUse | undefined): void;
  /** The next frames are not to be compared with those so far: scales of colours and arrows start anew. */
  resetScales(): void;
  select(atoms: readonly number[]): void;
  readonly selection: readonly number[];
  /** Looks as another viewer does, and goes on from there; `onView` is not told. */
  look(view: View): void;
  /** Takes the keyboard. */
  focus(): void;
  /** Of the picture, in CSS pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** What is on the screen, as large as fits. */
  compose(into: HTMLCanvasElement): void;
  /** Closes the form or list that is open. @returns whether there was one */
  closeForm(): boolean;
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
  /** What is on the screen is another picture now. */
  readonly onPicture?: () => void;
  /** The person says in which units the file is. */
  readonly chooseUnits?: (units: FileUnits | null) => void;
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

/** Of more atoms the first picture shows the atoms, and bonds come into the next one: they take as long as all else. */
const PROMPT_ATOMS = 500;

/** Changes of these make another picture; the others another view of it. */
const RESTYLING = [
  'spaceFilling',
  'arrows',
  'arrowScales',
  'colorBy',
  'rangePerFrame',
  'ranges',
  'bonds',
  'bondTolerance',
  'arrangement',
] as const;

export function createViewer(options: ViewerOptions): Viewer {
  let state = options.state;
  let theme = readTheme();
  let drawn: FrameData | undefined;
  /** The frame as it came: what is shown may have elements that a person gave to its types. */
  let given: FrameData | undefined;
  let unitsInUse: UnitsInUse | undefined;
  let refit = false;
  /** A drag draws a box instead of turning the view. */
  let boxing = false;
  let box: Box | undefined;
  const content = createContent(
    () => state,
    () => theme,
  );
  const selecting = createSelecting(content, options.selection ?? [], (atoms) => {
    describe();
    draw();
    options.onSelection?.(atoms);
  });
  const steering = createSteering({
    state: () => state,
    keep,
    change,
    onView: (view) => options.onView?.(view),
    bounds: () => content.bounds,
    cell: () => content.frame?.cell,
    aspect: () => {
      const { width, height } = stage.size();
      return width > 0 && height > 0 ? width / height : 1;
    },
    unrelated: options.unrelated === true,
    disposed: () => disposed,
  });

  const tooltip = createTooltip(() => stage.size());
  const status = createStatus();
  const legend = createLegend();
  const keys = createKeyList(options.keys ?? [], () => toggleKeys());
  const units = createUnitsRow((wished) => options.chooseUnits?.(wished));
  const settings = createSettings(
    (wished) => change(wished),
    () => toggleSettings(),
    units.element,
  );
  const selectForm = createSelectForm(
    (text) => {
      const { frame } = content;
      if (frame === undefined) return;
      selecting.select(selectAtoms(frame, text));
      tellSelected();
    },
    () => toggleSelectForm(),
  );
  const toolbar = createToolbar({
    toggleStyle,
    togglePerspective,
    toggleArrows,
    nextColoring,
    toggleBoxing,
    toggleSelectForm,
    toggleSettings,
    fit: () => steering.fit(),
    reset: () => steering.reset(),
    saveImage: options.saveImage === undefined ? undefined : saveImage,
    toggleKeys,
  });
  const stage = createStage({
    state: () => state,
    theme: () => theme,
    content,
    over,
    drawOver: (context, what, { height }) => drawOver(context, theme, what, height),
    drawLegend: (context, { width }) => drawLegend(context, theme, content.legend(), width),
    panels: [legend.element, toolbar.element, tooltip.element, settings.element, selectForm.element, keys],
    label: options.label,
    onStart: (canvas) => {
      if (canvas !== undefined) listen(canvas);
      describe();
    },
    onResize: () => {
      if (content.frame !== undefined) steering.followAspect();
    },
    onDrawn: () => {
      if (content.frame === undefined || content.frame === drawn) return;
      drawn = content.frame;
      options.onDrawn?.(given ?? drawn, stage.renderer);
    },
    onPicture: () => options.onPicture?.(),
  });
  const draw = (): void => stage.draw();
  const element = h('div', { class: 'viewer' }, stage.element, status.element);
  let disposed = false;

  /** Axes, trails, measurement. */
  function over(eye: Eye): Over | undefined {
    if (content.frame === undefined) return undefined;
    const placeOf = (point: Vector3): [number, number] => stage.placeOf(point, eye);
    const { cell } = content.frame;
    const measured = measureSelection();
    return {
      rotation: state.view.rotation,
      cell: cell === undefined ? [] : [0, 1, 2].map((k) => placeOf(scale(vectorAt(cell, k), 0.5))),
      box,
      trails: state.trails ? selecting.trails.lines().map((line) => line.map(placeOf)) : [],
      measured: measured && { measurement: measured, places: measured.chain.map(placeOf) },
    };
  }

  /** Of what is drawn; atoms that are not, where the file has them. */
  function measureSelection(): Measurement | undefined {
    const { frame } = content;
    if (frame === undefined || selecting.atoms.length > 4) return undefined;
    const points = selecting.atoms.map((atom) => content.placeOf(atom) ?? vectorAt(frame.positions, atom));
    return measure(points, frame);
  }

  /** Legend, status strip, buttons. */
  function describe(): void {
    const choices = content.choices();
    toolbar.show(state, choices, {
      boxing,
      selectForm: !selectForm.element.hidden,
      settings: !settings.element.hidden,
    });
    settings.show(state, choices, content.scales());
    if (content.frame === undefined) return;
    units.show(content.frame, unitsInUse);
    status.show(content, state, selecting.atoms, measureSelection(), unitsInUse);
    legend.show(content.legend());
  }

  // ----- changes -----

  function keep(changes: Partial<ViewerState>): void {
    state = { ...state, ...changes };
    options.onState(state);
  }

  function change(changes: Partial<ViewerState>): void {
    keep(changes);
    // It stands where its atom was.
    if (changes.view !== undefined) tooltip.hide();
    if (changes.types !== undefined && given !== undefined) {
      show(given);
      return;
    }
    if (RESTYLING.some((key) => changes[key] !== undefined)) {
      content.restyle();
      // The atoms may stand elsewhere now.
      if (changes.arrangement !== undefined) selecting.trails.restart(selecting.atoms);
      if (changes.arrangement !== undefined && state.fitted) {
        steering.fit();
        return;
      }
    }
    describe();
    draw();
  }

  function toggleStyle(): void {
    change({ spaceFilling: !state.spaceFilling });
  }

  function togglePerspective(): void {
    change({ view: { ...state.view, perspective: !state.view.perspective } });
  }

  function toggleArrows(): void {
    const { vectors } = content.choices();
    if (vectors.length === 0) return;
    change({ arrows: state.arrows === '' ? vectors[0].key : '' });
  }

  function stretchArrows(longer: boolean): void {
    const { arrows } = content.scales();
    if (arrows === undefined) return;
    const perLength = longer ? roundUp(arrows.scale / 2.6) : roundUp(arrows.scale * 1.01);
    change({ arrowScales: { ...state.arrowScales, [arrows.column]: perLength } });
  }

  function nextColoring(): void {
    const { colorings } = content.choices();
    const choices = ['', ...colorings.filter(({ component }) => component !== true).map(({ key }) => key)];
    if (choices.length === 1) return;
    const next = choices[(choices.indexOf(state.colorBy) + 1) % choices.length];
    change({ colorBy: next });
    announce(next === '' ? 'Coloured by element' : `Coloured by ${next}`);
  }

  function toggleBoxing(): void {
    boxing = !boxing;
    stage.canvas.classList.toggle('boxing', boxing);
    describe();
    announce(boxing ? 'A drag selects atoms' : 'A drag turns the view');
  }

  function toggleSettings(): void {
    settings.element.hidden = !settings.element.hidden;
    describe();
    if (settings.element.hidden) stage.canvas.focus();
    else settings.focus();
  }

  function toggleSelectForm(): void {
    selectForm.toggle();
    describe();
    if (selectForm.element.hidden) stage.canvas.focus();
  }

  function tellSelected(): void {
    const { length } = selecting.atoms;
    announce(length === 1 ? 'One atom is selected' : `${formatCount(length)} atoms are selected`);
  }

  /** Goes to an atom by keys, brings it into view and says which it is. */
  function stepTo(by: number): void {
    const atom = selecting.step(by);
    const { frame } = content;
    const place = atom === undefined ? undefined : content.placeOf(atom);
    if (frame === undefined || atom === undefined || place === undefined) return;
    const { x, y } = stage.eye().project(place);
    if (Math.abs(x) > 0.95 || Math.abs(y) > 0.95) steering.set({ ...state.view, target: [...place] });
    tooltip.show(frame, atom, ...stage.placeOf(place, stage.eye()));
    const [name, position] = describeAtom(frame, atom);
    announce(`${name}, ${position}${selecting.atoms.includes(atom) ? ', selected' : ''}`);
    draw();
  }

  function toggleKeys(): void {
    keys.hidden = !keys.hidden;
    if (keys.hidden) stage.canvas.focus();
    else keys.querySelector('button')?.focus();
  }

  function useTheme(next: Theme): void {
    theme = next;
    stage.setTheme(theme);
    content.restyle();
    draw();
  }

  /** View, overlay and legend in one picture; says how large it has become. */
  function saveImage(): void {
    const { imageBackground, imageScale } = state;
    const onScreen = theme;
    if (imageBackground === 'white') useTheme(onPaper(theme));
    const image = stage.image();
    if (imageBackground === 'white') useTheme(onScreen);
    if (image === undefined) return;
    const isSmaller = image.width < 0.99 * imageScale * stage.canvas.width;
    const text = `Image of ${image.width} × ${image.height} pixels${isSmaller ? ', the largest that the graphics card makes' : ''}`;
    status.say(text);
    announce(text);
    options.saveImage?.(image.toDataURL('image/png').replace(/^data:[^,]*,/, ''));
  }

  /** False where a key means nothing just now. */
  const keyActions: Readonly<Record<string, (event: KeyboardEvent) => unknown>> = {
    b: toggleStyle,
    p: togglePerspective,
    v: toggleArrows,
    c: nextColoring,
    g: toggleSettings,
    x: toggleBoxing,
    t: ({ shiftKey }) => stretchArrows(!shiftKey),
    '/': toggleSelectForm,
    '?': toggleKeys,
    ArrowUp: ({ shiftKey }) => stepTo(shiftKey ? -10 : -1),
    ArrowDown: ({ shiftKey }) => stepTo(shiftKey ? 10 : 1),
    Enter: toggleCursor,
    Escape: leave,
  };

  function handleKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (steering.handleKey(event)) return true;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return Object.hasOwn(keyActions, key) && keyActions[key](event) !== false;
  }

  /** Selects the atom that the keys are at, or no longer. */
  function toggleCursor(): boolean {
    const { cursor } = selecting;
    if (cursor === undefined) return false;
    selecting.toggle(cursor);
    announce(selecting.atoms.includes(cursor) ? 'Selected' : 'No longer selected');
    return true;
  }

  function closeForm(): boolean {
    if (!keys.hidden) toggleKeys();
    else if (!settings.element.hidden) toggleSettings();
    else if (!selectForm.element.hidden) toggleSelectForm();
    else return false;
    return true;
  }

  /** Closes what is open, ends what was begun. */
  function leave(): boolean {
    if (closeForm()) return true;
    if (boxing) toggleBoxing();
    else if (selecting.clear()) tooltip.hide();
    else return false;
    return true;
  }

  // ----- pointer -----

  /** The atom at a place on the stage, or −1. */
  function atomAt(x: number, y: number): number {
    const { width, height } = stage.size();
    return content.pick(stage.eye().ray((x / width) * 2 - 1, 1 - (y / height) * 2));
  }

  function pointAt(x: number, y: number): void {
    const { frame } = content;
    if (disposed || frame === undefined) return;
    const atom = atomAt(x, y);
    stage.canvas.classList.toggle('over-atom', atom >= 0);
    if (atom < 0) tooltip.hide();
    else tooltip.show(frame, atom, x, y);
  }

  function selectBox({ left, right, top, bottom }: Box, adding: boolean): void {
    box = undefined;
    const eye = stage.eye();
    const inside = content.where((point) => {
      const [x, y] = stage.placeOf(point, eye);
      return x >= left && x <= right && y >= top && y <= bottom;
    });
    selecting.select(adding ? [...new Set([...selecting.atoms, ...inside])] : inside);
    tellSelected();
  }

  function click(x: number, y: number, adding: boolean): void {
    selecting.leave();
    const { atoms } = selecting;
    const atom = atomAt(x, y);
    if (atom >= 0 && adding) selecting.toggle(atom);
    else if (atom >= 0) selecting.select(atoms.length === 1 && atoms[0] === atom ? [] : [atom]);
    else if (!adding) selecting.select([]);
  }

  function listen(canvas: HTMLCanvasElement): void {
    listenToPointer(canvas, {
      boxing: () => boxing,
      turn: (right, up) => steering.set(turn(state.view, right, up), state.fitted),
      pan: (right, up) => steering.set(pan(state.view, right, up)),
      zoom: (factor, x, y) => steering.set(zoom(state.view, factor, x, y)),
      point: pointAt,
      leave: () => tooltip.hide(),
      draw: (next) => {
        box = next;
        draw();
      },
      enclose: selectBox,
      click,
      doubleClick: (x, y) => {
        const atom = atomAt(x, y);
        const place = atom < 0 ? undefined : content.placeOf(atom);
        if (place !== undefined) steering.set({ ...state.view, target: [...place] });
      },
    });
  }

  const forget = onThemeChange((next) => {
    useTheme(next);
    describe();
  });
  function show(frame: FrameData, continues = true): void {
    given = frame;
    const next =
      frame.types === undefined ? frame : { ...frame, numbers: nameTypes(frame.numbers, frame.types, state.types) };
    const first = content.frame === undefined;
    const other = content.show(next, first && next.numbers.length > PROMPT_ATOMS);
    if (other) status.count(next.numbers);
    if (selecting.cursor !== undefined) tooltip.hide();
    selecting.follow(next.numbers.length, other, continues);
    // In other units all is of another size.
    if (refit) steering.fit();
    else steering.follow(first, other);
    refit = false;
    if (other)
      stage.canvas.setAttribute('aria-label', `${options.label}: ${status.formula}. Press question mark for the keys.`);
    describe();
    draw();
    if (content.unfinished)
      afterPicture(() => {
        if (disposed || content.frame !== next) return;
        content.addBonds();
        describe();
        draw();
      });
  }

  return {
    element,
    show,
    highlight: (atoms) => {
      selecting.highlight(atoms);
      draw();
    },
    setVectors: (next) => {
      content.setVectors(next);
      describe();
      draw();
    },
    setUnits: (next) => {
      refit ||= content.frame !== undefined && JSON.stringify(next?.used) !== JSON.stringify(unitsInUse?.used);
      unitsInUse = next;
      describe();
    },
    resetScales: () => content.resetScales(),
    select: (atoms) => selecting.select(atoms),
    get selection() {
      return selecting.atoms;
    },
    look: (view) => {
      keep({ view, fitted: false });
      tooltip.hide();
      draw();
    },
    focus: () => stage.canvas.focus(),
    get size() {
      return stage.size();
    },
    compose: (into) => stage.compose(into),
    closeForm,
    handleKey,
    dispose: () => {
      disposed = true;
      forget();
      stage.dispose();
      element.remove();
    },
  };
}
