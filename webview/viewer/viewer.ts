/**
 * The structure viewer: a canvas for atoms, one for lines and labels over it, tools, tooltip, status strip. It shows one
 * frame at a time and knows nothing of files; the panels feed it. Indices count from 0; Å, eV/Å.
 */
import * as v from 'valibot';
import type { FrameData } from '../../protocol/frames';
import { elements, symbolOf } from '../../language/elements';
import { announce, button, fill, h, setButton, setText } from '../dom';
import { formatCount, formatNumber, formula } from '../format';
import { onThemeChange, readTheme, reducedMotion, rgb, withAlpha, type Theme } from '../theme';
import { findBonds, covalentRadius } from './bonds';
import { fit, INITIAL_VIEW, lookAlong, openEye, pan, turn, zoom, type Eye, type View } from './camera';
import { colorByElement, colorByValue, lengths, roundUp } from './colors';
import { angle, describeAtom, describeSelection, dihedral, distance, positionOf } from './measure';
import { pick } from './picking';
import { openScene, type AtomScene } from './scene';

/** Above this bonds cost more than they tell. */
const MAXIMUM_BONDED_ATOMS = 20_000;

const finite = v.pipe(v.number(), v.finite());

/** How one looks at structures; kept with the panel. */
export const viewerState = v.object({
  view: v.object({
    target: v.tuple([finite, finite, finite]),
    rotation: v.tuple([finite, finite, finite, finite]),
    extent: v.pipe(finite, v.minValue(1e-3)),
    perspective: v.boolean(),
  }),
  /** The view was not moved or scaled by hand: it follows when structures of another size come. */
  fitted: v.boolean(),
  spaceFilling: v.boolean(),
  forces: v.boolean(),
  colorByForce: v.boolean(),
});
export type ViewerState = v.InferOutput<typeof viewerState>;

export const INITIAL_VIEWER: ViewerState = {
  view: INITIAL_VIEW,
  fitted: true,
  spaceFilling: false,
  forces: false,
  colorByForce: false,
};

/** Vectors to draw instead of the frame's own forces, e.g. reference and prediction. */
export interface Vectors {
  /** What they are, for the legend. */
  readonly label: string;
  /** A CSS colour, chosen by theme. */
  readonly color: (theme: Theme) => string;
  /** eV/Å, 3N */
  readonly values: Float32Array;
}

export interface Viewer {
  readonly element: HTMLElement;
  /** Replaces what is shown; the view stays, unless it is fitted and the structure is of another kind. */
  show(frame: FrameData): void;
  /** Rings about these atoms, besides the selection. */
  highlight(atoms: readonly number[]): void;
  setVectors(vectors: readonly Vectors[] | undefined): void;
  select(atoms: readonly number[]): void;
  /** True if the key meant something here. */
  handleKey(event: KeyboardEvent): boolean;
  dispose(): void;
}

export interface ViewerOptions {
  readonly label: string;
  readonly state: ViewerState;
  readonly onState: (state: ViewerState) => void;
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
  ['V', 'force arrows'],
  ['[ ]', 'shorter or longer arrows'],
  ['C', 'colour by element or force'],
  ['Esc', 'clear the selection'],
];

interface Bounds {
  readonly center: readonly [number, number, number];
  readonly radius: number;
}

const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [k & 1, (k >> 1) & 1, (k >> 2) & 1] as const);

const corner = (cell: Float64Array, [a, b, c]: readonly [number, number, number]): [number, number, number] => [
  a * cell[0] + b * cell[3] + c * cell[6],
  a * cell[1] + b * cell[4] + c * cell[7],
  a * cell[2] + b * cell[5] + c * cell[8],
];

/** The twelve edges of a cell as pairs of points. */
function cellEdges(cell: Float64Array): Float32Array {
  const points: number[] = [];
  for (const from of CORNERS)
    for (let k = 0; k < 3; k++) {
      if (from[k] === 1) continue;
      const to: [number, number, number] = [...from];
      to[k] = 1;
      points.push(...corner(cell, from), ...corner(cell, to));
    }
  return Float32Array.from(points);
}

function boundsOf({ positions, cell }: FrameData): Bounds {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  const include = (x: number, y: number, z: number): void => {
    if (!Number.isFinite(x + y + z)) return;
    low[0] = Math.min(low[0], x);
    low[1] = Math.min(low[1], y);
    low[2] = Math.min(low[2], z);
    high[0] = Math.max(high[0], x);
    high[1] = Math.max(high[1], y);
    high[2] = Math.max(high[2], z);
  };
  for (let p = 0; p < positions.length; p += 3) include(positions[p], positions[p + 1], positions[p + 2]);
  if (cell !== undefined) for (const each of CORNERS) include(...corner(cell, each));
  if (low[0] > high[0]) return { center: [0, 0, 0], radius: 1 };
  const center: [number, number, number] = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2];
  let squared = 0;
  const reach = (x: number, y: number, z: number): void => {
    const d = (x - center[0]) ** 2 + (y - center[1]) ** 2 + (z - center[2]) ** 2;
    if (d > squared) squared = d;
  };
  for (let p = 0; p < positions.length; p += 3) reach(positions[p], positions[p + 1], positions[p + 2]);
  if (cell !== undefined) for (const each of CORNERS) reach(...corner(cell, each));
  return { center, radius: Math.sqrt(squared) + 0.8 };
}

const sameNumbers = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

export function createViewer(options: ViewerOptions): Viewer {
  let state = options.state;
  let theme = readTheme();
  let frame: FrameData | undefined;
  let drawn: FrameData | undefined;
  let selection: readonly number[] = options.selection ?? [];
  let highlighted: readonly number[] = [];
  let vectors: readonly Vectors[] | undefined;
  let bounds: Bounds = { center: [0, 0, 0], radius: 5 };
  let radii = new Float32Array();
  let colors = new Uint8Array();
  /** eV/Å for 1 Å of arrow; 0 until forces were seen. */
  let forceScale = 0;
  /** Upper end of the colour scale in eV/Å; never shrinks, so that frames compare. */
  let forceMaximum = 0;
  let unplaced = 0;

  const stage = h('div', { class: 'viewer-stage' });
  const overlay = h('canvas', { class: 'viewer-overlay', 'aria-hidden': 'true' });
  const tooltip = h('div', { class: 'tooltip', role: 'tooltip', hidden: true });
  const legend = h('div', { class: 'viewer-legend' });
  const message = h('div', { class: 'viewer-message', role: 'alert', hidden: true });
  const keys = h('div', { class: 'viewer-keys', role: 'dialog', 'aria-label': 'Keys', hidden: true });
  const measurement = h('output', { class: 'viewer-measurement', 'aria-live': 'polite' });
  const facts = h('span', { class: 'viewer-facts' });
  const status = h('div', { class: 'viewer-status' }, measurement, facts);

  const styleButton = button('spaceFilling', 'Space-filling', () => change({ spaceFilling: !state.spaceFilling }));
  const eyeButton = button('perspective', 'Perspective', () =>
    change({ view: { ...state.view, perspective: !state.view.perspective } }),
  );
  const forcesButton = button('forces', 'Force arrows', () => change({ forces: !state.forces }), { keys: 'V' });
  const colorButton = button('color', 'Colour by force', () => change({ colorByForce: !state.colorByForce }), {
    keys: 'C',
  });
  const tools = h(
    'div',
    { class: 'viewer-tools', role: 'toolbar', 'aria-label': 'View' },
    styleButton,
    eyeButton,
    forcesButton,
    colorButton,
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
      'Drag turns, Shift-drag moves, the wheel zooms. Click selects, Shift-click adds: 2 atoms measure a distance, 3 an angle, 4 a dihedral. A double click brings an atom to the centre.',
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

  const size = (): { width: number; height: number } => ({ width: stage.clientWidth, height: stage.clientHeight });

  /** Radius about the target that holds everything, for clipping and the depth cue. */
  const contentRadius = (): number => distance(state.view.target, bounds.center) + bounds.radius + 1;

  function eye(): Eye {
    const { width, height } = size();
    return openEye(state.view, width / Math.max(1, height), contentRadius());
  }

  function drawNow(): void {
    const { width, height } = size();
    if (width === 0 || height === 0) return;
    const current = eye();
    scene?.render(current, state.view.perspective, state.view.extent, contentRadius());
    drawOverlay(current, width, height);
    if (frame !== undefined && frame !== drawn) {
      drawn = frame;
      options.onDrawn?.(frame, scene?.renderer ?? '');
    }
  }

  function drawOverlay(current: Eye, width: number, height: number): void {
    const ratio = Math.min(3, devicePixelRatio);
    if (overlay.width !== Math.round(width * ratio) || overlay.height !== Math.round(height * ratio)) {
      overlay.width = Math.round(width * ratio);
      overlay.height = Math.round(height * ratio);
    }
    const context = overlay.getContext('2d');
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (scene === undefined || frame === undefined) return;
    const place = (point: readonly [number, number, number]): [number, number] => {
      const { x, y } = current.project(point);
      return [((x + 1) / 2) * width, ((1 - y) / 2) * height];
    };
    drawTripod(context, height);
    if (selection.length >= 2 && selection.length <= 4) drawMeasurement(context, place, frame);
  }

  function drawTripod(context: CanvasRenderingContext2D, height: number): void {
    const [x, y, z, w] = state.view.rotation;
    // Rows of the transposed rotation: the world's axes on the screen.
    const axes = [
      {
        name: 'x',
        at: [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        hue: theme.dark ? '#f07a72' : '#c43b32',
      },
      {
        name: 'y',
        at: [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        hue: theme.dark ? '#7fc97f' : '#2f8132',
      },
      {
        name: 'z',
        at: [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        hue: theme.dark ? '#7aa8f7' : '#2a62c9',
      },
    ];
    const length = 24;
    const [ox, oy] = [42, height - 42];
    context.font = `600 11px ${theme.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineCap = 'round';
    context.lineWidth = 2;
    for (const { name, at, hue } of axes.sort((a, b) => a.at[2] - b.at[2])) {
      const [ax, ay, az] = at;
      context.globalAlpha = az < -0.3 ? 0.55 : 1;
      context.strokeStyle = theme.highContrast ? theme.foreground : hue;
      context.fillStyle = context.strokeStyle;
      context.beginPath();
      context.moveTo(ox, oy);
      context.lineTo(ox + ax * length, oy - ay * length);
      context.stroke();
      // A label on the axis itself would cover the others.
      const away = Math.hypot(ax, ay) < 0.25 ? 0 : length + 10;
      if (away > 0) context.fillText(name, ox + ax * away, oy - ay * away);
      else context.fillText(name, ox - 10, oy + 10);
    }
    context.globalAlpha = 1;
  }

  function drawMeasurement(
    context: CanvasRenderingContext2D,
    place: (point: readonly [number, number, number]) => [number, number],
    of: FrameData,
  ): void {
    const points = selection.map((atom) => positionOf(of, atom));
    const places = points.map(place);
    context.strokeStyle = theme.focus;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.beginPath();
    places.forEach(([x, y], k) => (k === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.stroke();
    context.setLineDash([]);
    const [a, b, c, d] = points;
    const text =
      points.length === 2
        ? `${distance(a, b).toFixed(3)} Å`
        : points.length === 3
          ? `${angle(a, b, c).toFixed(1)}°`
          : `${dihedral(a, b, c, d).toFixed(1)}°`.replace('-', '−');
    const [x, y] =
      points.length === 3
        ? places[1]
        : [
            (places[points.length / 2 - 1][0] + places[points.length / 2][0]) / 2,
            (places[points.length / 2 - 1][1] + places[points.length / 2][1]) / 2,
          ];
    context.font = `600 12px ${theme.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const width = context.measureText(text).width + 12;
    context.fillStyle = withAlpha(theme.background, 0.86);
    context.beginPath();
    context.roundRect(x - width / 2, y - 27, width, 19, 4);
    context.fill();
    context.fillStyle = theme.foreground;
    context.fillText(text, x, y - 17);
  }

  // ----- what the scene holds -----

  function radiusOf(number: number): number {
    return state.spaceFilling ? (elements.at(number) ?? elements[0]).vdwRadius : 0.18 + 0.28 * covalentRadius(number);
  }

  /** Sizes and colours of atoms; needed when the kind of atoms or the style changes. */
  function dress(): void {
    if (frame === undefined) return;
    const count = frame.numbers.length;
    if (radii.length !== count) radii = new Float32Array(count);
    if (colors.length !== 3 * count) colors = new Uint8Array(3 * count);
    const byNumber = Float32Array.from({ length: 256 }, (_, number) => radiusOf(number));
    unplaced = 0;
    const { positions, numbers } = frame;
    for (let i = 0; i < count; i++) {
      const placed = Number.isFinite(positions[3 * i] + positions[3 * i + 1] + positions[3 * i + 2]);
      if (!placed) unplaced++;
      radii[i] = placed ? byNumber[numbers[i]] : 0;
    }
    const forces = ownForces();
    if (state.colorByForce && forces !== undefined) {
      const sizes = lengths(forces);
      let largest = 0;
      for (const each of sizes) if (each > largest) largest = each;
      forceMaximum = Math.max(forceMaximum, roundUp(largest));
      colorByValue(sizes, forceMaximum, colors);
    } else {
      colorByElement(numbers, colors);
    }
  }

  function ownForces(): Float32Array | undefined {
    if (frame === undefined || !Object.hasOwn(frame.columns, 'forces')) return undefined;
    const { width, values } = frame.columns.forces;
    return width === 3 ? values : undefined;
  }

  function update(): void {
    if (frame === undefined || scene === undefined) {
      describe();
      draw();
      return;
    }
    const { numbers, positions, cell } = frame;
    dress();
    scene.setAtoms({ count: numbers.length, positions, radii, colors });
    updateBonds();
    updateArrows();
    updateRings();
    scene.setLines(cell === undefined ? new Float32Array() : cellEdges(cell));
    describe();
    draw();
  }

  function updateBonds(): void {
    if (frame === undefined || scene === undefined) return;
    const bonded = !state.spaceFilling && frame.numbers.length <= MAXIMUM_BONDED_ATOMS;
    if (!bonded) {
      scene.setBonds({ count: 0, starts: new Float32Array(), vectors: new Float32Array(), colors: new Uint8Array() });
      return;
    }
    const bonds = findBonds(frame);
    const starts = new Float32Array(3 * bonds.count);
    const tints = new Uint8Array(3 * bonds.count);
    for (let k = 0; k < bonds.count; k++) {
      const atom = 3 * bonds.from[k];
      for (let x = 0; x < 3; x++) {
        starts[3 * k + x] = frame.positions[atom + x];
        tints[3 * k + x] = colors[atom + x];
      }
    }
    // Either half in the colour of its atom; over a periodic face both halves are stubs.
    scene.setBonds({ count: bonds.count, starts, vectors: bonds.vectors.map((x) => x / 2), colors: tints });
  }

  function updateArrows(): void {
    if (frame === undefined || scene === undefined) return;
    const forces = ownForces();
    const own: readonly Vectors[] =
      state.forces && forces !== undefined
        ? [{ label: 'force', color: (t) => (t.highContrast ? t.focus : t.series[1]), values: forces }]
        : [];
    const sets = (vectors ?? own).filter(({ values }) => values.length === 3 * frame!.numbers.length);
    let largest = 0;
    for (const { values } of sets) for (const each of lengths(values)) if (each > largest) largest = each;
    // The longest arrow about 2 Å; the scale only coarsens, so that frames compare, and noise is not blown up.
    if (largest / 7 > forceScale && Number.isFinite(largest)) forceScale = roundUp(Math.max(largest / 2.4, 0.05));
    const most = sets.reduce((sum, { values }) => sum + values.length / 3, 0);
    const starts = new Float32Array(3 * most);
    const arrows = new Float32Array(3 * most);
    const tints = new Uint8Array(3 * most);
    let count = 0;
    for (const { values, color } of sets) {
      const tint = rgb(color(theme)).map((x) => Math.round(x * 255));
      for (let i = 0; i < values.length / 3; i++) {
        const size = Math.hypot(values[3 * i], values[3 * i + 1], values[3 * i + 2]);
        if (!(size > 0) || !Number.isFinite(size) || radii[i] === 0) continue;
        for (let x = 0; x < 3; x++) {
          // From the surface on, so that small forces show too.
          starts[3 * count + x] = frame.positions[3 * i + x] + (values[3 * i + x] / size) * radii[i] * 0.94;
          arrows[3 * count + x] = values[3 * i + x] / (forceScale || 1);
          tints[3 * count + x] = tint[x];
        }
        count++;
      }
    }
    scene.setArrows({ count, starts, vectors: arrows, colors: tints });
  }

  function updateRings(): void {
    if (frame === undefined || scene === undefined) return;
    const count = frame.numbers.length;
    const marks = [
      ...highlighted.map((atom) => ({ atom, color: theme.warning })),
      ...selection.map((atom) => ({ atom, color: theme.focus })),
    ].filter(({ atom }) => atom >= 0 && atom < count && radii[atom] > 0);
    const positions = new Float32Array(3 * marks.length);
    const sizes = new Float32Array(marks.length);
    const tints = new Uint8Array(3 * marks.length);
    marks.forEach(({ atom, color }, k) => {
      positions.set(frame!.positions.subarray(3 * atom, 3 * atom + 3), 3 * k);
      sizes[k] = radii[atom];
      tints.set(
        rgb(color).map((x) => Math.round(x * 255)),
        3 * k,
      );
    });
    scene.setRings({ count: marks.length, positions, radii: sizes, colors: tints });
  }

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
    const forces = ownForces();
    forcesButton.hidden = forces === undefined || vectors !== undefined;
    forcesButton.setAttribute('aria-pressed', String(state.forces));
    colorButton.hidden = forces === undefined;
    colorButton.setAttribute('aria-pressed', String(state.colorByForce));
    if (frame === undefined) return;
    const atoms = frame.numbers.length;
    setText(measurement, describeSelection(frame, selection));
    setText(
      facts,
      `${formatCount(atoms)} ${atoms === 1 ? 'atom' : 'atoms'} · ${formula(frame.numbers)}${unplaced > 0 ? ` · ${unplaced} without a finite position` : ''}`,
    );
    describeLegend(forces !== undefined);
  }

  let legendText = '';
  function describeLegend(hasForces: boolean): void {
    if (frame === undefined) return;
    const arrows =
      vectors ??
      (state.forces && hasForces
        ? [{ label: 'force', color: (t: Theme) => (t.highContrast ? t.focus : t.series[1]) }]
        : []);
    const counts = new Uint32Array(256);
    for (const number of frame.numbers) counts[number]++;
    const kinds = [...counts.keys()].filter((number) => counts[number] > 0);
    const colored = state.colorByForce && hasForces;
    const text = JSON.stringify([
      kinds,
      colored && forceMaximum,
      arrows.map((a) => [a.label, a.color(theme)]),
      forceScale,
      theme.background,
    ]);
    if (text === legendText) return;
    legendText = text;
    const rows: HTMLElement[] = [];
    if (colored) {
      rows.push(
        h(
          'div',
          { class: 'ramp-row' },
          h('span', {}, '0'),
          h('span', { class: 'ramp' }),
          h('span', {}, `${formatNumber(forceMaximum, 1)} eV/Å`),
        ),
      );
    } else {
      const row = h('div', { class: 'element-row' });
      for (const number of kinds) {
        const dot = h('span', { class: 'dot' });
        dot.style.backgroundColor = `#${(elements.at(number) ?? elements[0]).color.toString(16).padStart(6, '0')}`;
        row.append(h('span', { class: 'element' }, dot, symbolOf(number)));
      }
      rows.push(row);
    }
    if (arrows.length > 0) {
      const row = h('div', { class: 'element-row' });
      for (const each of arrows) {
        const dash = h('span', { class: 'dash' });
        dash.style.backgroundColor = each.color(theme);
        row.append(h('span', { class: 'element' }, dash, each.label));
      }
      row.append(h('span', { class: 'muted' }, `1 Å = ${formatNumber(forceScale || 1, 1)} eV/Å`));
      rows.push(row);
    }
    fill(legend, ...rows);
  }

  // ----- changes -----

  function change(changes: Partial<ViewerState>): void {
    const restyled =
      changes.spaceFilling !== undefined || changes.forces !== undefined || changes.colorByForce !== undefined;
    state = { ...state, ...changes };
    options.onState(state);
    if (restyled) update();
    else {
      describe();
      draw();
    }
  }

  function setView(view: View, fitted = false): void {
    change({ view, fitted: fitted });
  }

  function aspect(): number {
    const { width, height } = size();
    return width > 0 && height > 0 ? width / height : 1;
  }

  function fitView(rotation = state.view.rotation): void {
    setView(fit({ ...state.view, rotation }, bounds.center, bounds.radius, aspect()), true);
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
    updateRings();
    describe();
    draw();
    options.onSelection?.(atoms);
  }

  function toggleKeys(): void {
    keys.hidden = !keys.hidden;
    if (!keys.hidden) keys.querySelector('button')?.focus();
  }

  function saveImage(): void {
    if (scene === undefined) return;
    // Drawn and read in one task: the drawing buffer is not kept beyond it.
    drawNow();
    const image = h('canvas', { width: canvas.width, height: canvas.height });
    const context = image.getContext('2d');
    if (context === null) return;
    context.drawImage(canvas, 0, 0);
    context.drawImage(overlay, 0, 0, image.width, image.height);
    options.saveImage?.(image.toDataURL('image/png').replace(/^data:[^,]*,/, ''));
  }

  function handleKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const { view } = state;
    const step = 0.12;
    const cell = frame?.cell;
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
      case '[':
      case ']':
        if (forceScale > 0) {
          forceScale = event.key === ']' ? roundUp(forceScale / 2.6) : roundUp(forceScale * 1.01);
          updateArrows();
          describe();
          draw();
        }
        return true;
      case '?':
        toggleKeys();
        return true;
      case 'Escape':
        if (!keys.hidden) toggleKeys();
        else if (selection.length > 0) select([]);
        else return false;
        return true;
      default:
        return false;
    }
  }

  // ----- pointer -----

  function atomAt(event: PointerEvent | MouseEvent): number {
    if (frame === undefined) return -1;
    const box = stage.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 - 1;
    const y = 1 - ((event.clientY - box.top) / box.height) * 2;
    return pick(eye().ray(x, y), frame.positions, radii, frame.numbers.length);
  }

  let hovering: PointerEvent | undefined;
  function hover(event: PointerEvent): void {
    const waiting = hovering !== undefined;
    hovering = event;
    if (waiting) return;
    requestAnimationFrame(() => {
      const last = hovering;
      hovering = undefined;
      if (last === undefined || disposed || frame === undefined || dragging !== undefined) return;
      const atom = atomAt(last);
      canvas.classList.toggle('over-atom', atom >= 0);
      if (atom < 0) {
        tooltip.hidden = true;
        return;
      }
      const [first, ...rest] = describeAtom(frame, atom);
      fill(tooltip, h('strong', {}, first), ...rest.map((line) => h('div', {}, line)));
      tooltip.hidden = false;
      const box = stage.getBoundingClientRect();
      const x = last.clientX - box.left;
      const y = last.clientY - box.top;
      tooltip.style.left = `${Math.max(4, Math.min(x + 14, box.width - tooltip.offsetWidth - 6))}px`;
      tooltip.style.top = `${y + 18 + tooltip.offsetHeight > box.height ? Math.max(4, y - tooltip.offsetHeight - 10) : y + 18}px`;
    });
  }

  let dragging: { x: number; y: number; moved: boolean; pan: boolean } | undefined;

  function listen(): void {
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      dragging = { x: event.clientX, y: event.clientY, moved: false, pan: event.shiftKey || event.button !== 0 };
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
      const half = size().height / 2;
      setView(
        dragging.pan ? pan(state.view, dx / half, -dy / half) : turn(state.view, (dx / half) * 1.4, (-dy / half) * 1.4),
        !dragging.pan && state.fitted,
      );
      dragging = { ...dragging, x: event.clientX, y: event.clientY, moved: true };
    });
    canvas.addEventListener('pointerup', (event) => {
      const clicked = dragging?.moved === false && event.button === 0;
      dragging = undefined;
      if (!clicked) return;
      const atom = atomAt(event);
      if (atom < 0) {
        if (!event.shiftKey) select([]);
      } else if (event.shiftKey) {
        select(selection.includes(atom) ? selection.filter((each) => each !== atom) : [...selection, atom]);
      } else {
        select(selection.length === 1 && selection[0] === atom ? [] : [atom]);
      }
    });
    canvas.addEventListener('pointercancel', () => (dragging = undefined));
    canvas.addEventListener('pointerleave', () => (tooltip.hidden = true));
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    canvas.addEventListener('dblclick', (event) => {
      const atom = atomAt(event);
      if (frame !== undefined && atom >= 0) setView({ ...state.view, target: [...positionOf(frame, atom)] });
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
      update();
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
    canvas = h('canvas', {
      class: 'viewer-canvas',
      tabindex: 0,
      role: 'application',
      'aria-roledescription': '3-D view',
      'aria-label': `${options.label}. Press question mark for the keys.`,
    });
    fill(stage, canvas, overlay, legend, tools, tooltip, keys, message);
    message.hidden = true;
    try {
      scene = openScene(canvas);
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
    const { width, height } = size();
    scene.resize(width, height);
    update();
  }

  const forget = onThemeChange((next) => {
    theme = next;
    scene?.setTheme(theme);
    update();
  });
  let shownAspect = 0;
  const observer = new ResizeObserver(() => {
    const { width, height } = size();
    if (width === 0 || height === 0) return;
    scene?.resize(width, height);
    if (state.fitted && frame !== undefined && Math.abs(aspect() - shownAspect) > 1e-3) {
      shownAspect = aspect();
      fitView();
    }
    // At once: a resized canvas is empty until it is drawn.
    drawNow();
  });
  observer.observe(stage);
  start();

  return {
    element,
    show: (next) => {
      const other = frame === undefined || !sameNumbers(frame.numbers, next.numbers);
      const first = frame === undefined;
      frame = next;
      bounds = boundsOf(next);
      const count = next.numbers.length;
      if (selection.some((atom) => atom >= count)) selection = selection.filter((atom) => atom < count);
      const astray = distance(state.view.target, bounds.center) > 0.5 * bounds.radius;
      if (state.fitted && (other || astray || options.unrelated === true)) {
        shownAspect = aspect();
        state = { ...state, view: fit(state.view, bounds.center, bounds.radius, shownAspect) };
      }
      if (first)
        canvas.setAttribute(
          'aria-label',
          `${options.label}: ${formula(next.numbers)}. Press question mark for the keys.`,
        );
      update();
    },
    highlight: (atoms) => {
      highlighted = atoms;
      updateRings();
      draw();
    },
    setVectors: (next) => {
      vectors = next;
      forceScale = 0;
      updateArrows();
      describe();
      draw();
    },
    select,
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
