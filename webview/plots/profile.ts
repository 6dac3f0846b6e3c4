/**
 * Curves over a distance or around an angle, drawn as SVG so that the theme colours them: a chart with areas behind it, and a
 * polar plot. Both have a cursor for mouse and keys: ← → along the axis, ↑ ↓ through the curves, Esc lets go.
 */
import { announce, h, setText } from '../dom';
import { formatNumber } from '../format';
import { tabulateCurves } from './line-drawing';
import type { Dash } from './line-styles';
import { paintSvg, standaloneSvg } from './standalone';
import { niceTicks } from './ticks';

export interface ProfileCurve {
  readonly label: string;
  readonly values: readonly number[];
  /** Number in the theme's palette; -1 for what is only there to compare with. */
  readonly color: number;
  readonly dash: Dash;
}

/** A value on the axis that belongs to atoms. */
export interface ProfileMark {
  /** Where, in the unit of the axis. */
  readonly value: number;
  readonly label: string;
}

export interface ProfileData {
  readonly curves: readonly ProfileCurve[];
  /** Behind the curves: values between 0 and 1 in steps of equal width. */
  readonly areas: readonly { readonly label: string; readonly values: readonly number[]; readonly color: number }[];
  /** Where a structure that is pointed at stands. */
  readonly marks?: readonly ProfileMark[];
  /** End of the axis; it begins at 0. */
  readonly end: number;
}

export interface Profile {
  readonly element: HTMLElement;
  set(data: ProfileData): void;
  /** Curves as comma-separated values, what is behind them not. */
  toCsv(): string;
  toSvg(): string;
  /** base64 */
  toPng(): Promise<string>;
  dispose(): void;
}

/** Part of the axis within which a mark is reached. */
const MARK_REACH = 0.015;

const SVG = 'http://www.w3.org/2000/svg';

function svg(tag: string, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Where a curve goes on the screen, and where on the axis a point of the screen is. */
interface Geometry {
  readonly frame: readonly SVGElement[];
  readonly path: (values: readonly number[]) => string;
  readonly area: (values: readonly number[]) => string;
  /** Part of the axis, 0 to 1, and how high, in units of values. */
  readonly locate: (x: number, y: number) => { readonly part: number; readonly value: number };
  readonly cursor: (part: number) => string;
  /** A tick at the edge. */
  readonly mark: (part: number) => string;
}

interface ProfileOptions {
  readonly title: string;
  readonly unit: string;
  /** What the axis is called where the cursor is: `r`, `θ`. */
  readonly axis: string;
  /** A mark was chosen, by its number. */
  readonly onMark?: (mark: number) => void;
}

/** A chart over a distance. */
export const createProfile = (options: ProfileOptions): Profile => create(options, chart);

/** A plot around an angle from 0 to 180°, and its mirror image. */
export const createPolarProfile = (options: ProfileOptions): Profile => create(options, polar);

function create(
  { title, unit, axis, onMark }: ProfileOptions,
  layOut: (width: number, height: number, end: number, top: number, unit: string) => Geometry,
): Profile {
  let data: ProfileData = { curves: [], areas: [], end: 1 };
  let geometry: Geometry | undefined;
  /** Part of the axis, and number of the curve. */
  let at: number | undefined;
  let chosen: number | undefined;
  const picture = svg('svg', { class: 'profile-picture', 'aria-hidden': 'true' });
  const stage = h('div', { class: 'profile-stage', tabindex: 0, role: 'img' });
  const place = h('span', { class: 'muted profile-place' });
  stage.append(picture);
  const element = h(
    'section',
    { class: 'card profile' },
    h('div', { class: 'card-head' }, h('h3', {}, title), place),
    stage,
  );

  const valueAt = ({ values }: ProfileCurve, part: number): number => {
    const exact = part * (values.length - 1);
    const k = Math.min(values.length - 2, Math.floor(exact));
    return values[k] + (exact - k) * (values[k + 1] - values[k]);
  };

  function draw(): void {
    const { clientWidth: width, clientHeight: height } = stage;
    if (width < 60 || height < 60) return;
    const top = Math.max(1, ...data.curves.flatMap(({ values }) => values));
    picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
    geometry = layOut(width, height, data.end, top, unit);
    picture.replaceChildren(
      ...data.areas.map(({ values, color }) =>
        svg('path', { class: `area series-${color}`, d: geometry?.area(values) ?? '' }),
      ),
      ...geometry.frame,
      ...data.curves.map(({ values, color, dash }, k) =>
        svg('path', {
          class: `curve series-${color} ${dash}${k === chosen ? ' chosen' : ''}`,
          d: geometry?.path(values) ?? '',
        }),
      ),
    );
    const { marks = [], end } = data;
    const d = marks.map(({ value }) => geometry?.mark(value / end) ?? '').join('');
    if (d !== '') picture.append(svg('path', { class: 'marks', d }));
    if (at !== undefined) picture.append(svg('path', { class: 'cursor', d: geometry.cursor(at) }));
    describe();
  }

  function describe(): void {
    const curve = chosen === undefined ? undefined : data.curves.at(chosen);
    const where = at === undefined ? '' : `${axis} = ${formatNumber(at * data.end, 3)} ${unit}`;
    const value =
      curve === undefined ? '' : `${curve.label}${at === undefined ? '' : ` = ${formatNumber(valueAt(curve, at), 3)}`}`;
    const mark = markAt();
    const marked =
      mark === undefined
        ? ''
        : `${data.marks?.[mark].label ?? ''} ${formatNumber(data.marks?.[mark].value ?? 0, 4)} ${unit}`;
    setText(place, [where, value, marked].filter((part) => part !== '').join(' · '));
    const behind = data.areas.length === 0 ? '' : `, over ${data.areas.map(({ label }) => label).join(', ')}`;
    const told = value === '' ? '' : `: ${place.textContent}`;
    stage.setAttribute('aria-label', `${title}, ${data.curves.length} curves${behind}${told}`);
  }

  /** The mark that is nearest to the cursor, within reach. */
  function markAt(): number | undefined {
    const { marks = [], end } = data;
    if (at === undefined || marks.length === 0) return undefined;
    const wanted = at * end;
    const away = (k: number): number => Math.abs(marks[k].value - wanted);
    const nearest = marks.reduce((best, _, k) => (away(k) < away(best) ? k : best), 0);
    return away(nearest) <= MARK_REACH * end ? nearest : undefined;
  }
  function chooseMark(): boolean {
    const mark = markAt();
    if (mark !== undefined) onMark?.(mark);
    return mark !== undefined;
  }

  stage.addEventListener('click', () => chooseMark());
  stage.addEventListener('pointermove', (event) => {
    if (geometry === undefined) return;
    const box = stage.getBoundingClientRect();
    const { part, value } = geometry.locate(event.clientX - box.left, event.clientY - box.top);
    if (part < 0 || part > 1) return;
    at = part;
    let nearest = Infinity;
    data.curves.forEach((curve, k) => {
      const distance = Math.abs(valueAt(curve, part) - value);
      if (curve.color < 0 || distance >= nearest) return;
      nearest = distance;
      chosen = k;
    });
    draw();
  });
  stage.addEventListener('pointerleave', () => release());
  stage.addEventListener('keydown', (event) => {
    const along = { ArrowRight: 0.01, ArrowLeft: -0.01 }[event.key];
    const through = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (along !== undefined) at = Math.min(1, Math.max(0, (at ?? 0.5) + along * (event.shiftKey ? 10 : 1)));
    else if (through !== undefined && data.curves.length > 0) {
      chosen = ((chosen ?? (through > 0 ? -1 : 0)) + through + data.curves.length) % data.curves.length;
      at ??= 0.5;
    } else if (event.key === 'Enter') {
      if (!chooseMark()) return;
    } else if (event.key === 'Escape') {
      release();
      return;
    } else return;
    event.preventDefault();
    draw();
    announce(place.textContent);
  });
  function release(): void {
    at = undefined;
    chosen = undefined;
    draw();
  }

  const observer = new ResizeObserver(() => draw());
  observer.observe(stage);
  return {
    element,
    set: (next) => {
      data = next;
      if (chosen !== undefined && chosen >= next.curves.length) chosen = undefined;
      draw();
    },
    toCsv: () => {
      const { curves, end } = data;
      const steps = Math.max(1, ...curves.map(({ values }) => values.length - 1));
      const x = Array.from({ length: steps + 1 }, (_, k) => (k / steps) * end);
      const drawn = curves.map(({ label, values }) => ({ label, y: values }));
      return tabulateCurves({ title, unit: '', abscissa: `${axis} (${unit})`, x, curves: drawn });
    },
    toSvg: () => standaloneSvg(picture, 'cursor'),
    toPng: () => paintSvg(standaloneSvg(picture, 'cursor')),
    dispose: () => observer.disconnect(),
  };
}

const MARGIN = { left: 34, right: 12, top: 8, bottom: 26 };
const two = (x: number): string => x.toFixed(2);

function chart(width: number, height: number, end: number, top: number, unit: string): Geometry {
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const x = (part: number): number => MARGIN.left + part * inner.width;
  const y = (value: number): number => MARGIN.top + (1 - value / top) * inner.height;
  const frame: SVGElement[] = [];
  const vertical = niceTicks(0, top, 4);
  for (const value of vertical.values) {
    frame.push(svg('path', { class: 'grid', d: `M${two(x(0))} ${two(y(value))}H${two(x(1))}` }));
    const label = { class: 'tick', x: MARGIN.left - 5, y: y(value) + 4, 'text-anchor': 'end' };
    frame.push(svg('text', label, value.toFixed(vertical.decimals)));
  }
  const horizontal = niceTicks(0, end, Math.max(3, Math.round(inner.width / 70)));
  for (const value of horizontal.values) {
    const at = x(value / end);
    frame.push(svg('path', { class: 'grid', d: `M${two(at)} ${two(y(0))}V${two(y(top))}` }));
    const label = { class: 'tick', x: at, y: height - 9, 'text-anchor': 'middle' };
    frame.push(svg('text', label, value.toFixed(horizontal.decimals)));
  }
  frame.push(svg('text', { class: 'tick', x: width - 2, y: height - 9, 'text-anchor': 'end' }, unit));
  return {
    frame,
    path: (values) =>
      values.map((value, k) => `${k === 0 ? 'M' : 'L'}${two(x(k / (values.length - 1)))} ${two(y(value))}`).join(''),
    area: (values) => {
      const steps = values.map((value, k) => {
        const [from, to] = [x(k / values.length), x((k + 1) / values.length)];
        return `L${two(from)} ${two(y(value * top))}L${two(to)} ${two(y(value * top))}`;
      });
      return `M${two(x(0))} ${two(y(0))}${steps.join('')}L${two(x(1))} ${two(y(0))}Z`;
    },
    locate: (px, py) => ({
      part: (px - MARGIN.left) / inner.width,
      value: top * (1 - (py - MARGIN.top) / inner.height),
    }),
    cursor: (part) => `M${two(x(part))} ${two(y(0))}V${two(y(top))}`,
    mark: (part) => `M${two(x(part))} ${two(y(0))}v-14`,
  };
}

/** The neighbour that angles are measured from is to the right. */
function polar(width: number, height: number, end: number, top: number): Geometry {
  const radius = Math.max(20, Math.min(width, height) / 2 - 22);
  const [cx, cy] = [width / 2, height / 2];
  const point = (part: number, value: number, side: number): string => {
    const angle = part * Math.PI;
    const r = (value / top) * radius;
    return `${two(cx + r * Math.cos(angle))} ${two(cy - side * r * Math.sin(angle))}`;
  };
  const frame: SVGElement[] = [];
  for (const part of [0.5, 1]) frame.push(svg('circle', { class: 'grid', cx, cy, r: part * radius }));
  frame.push(svg('text', { class: 'tick', x: cx + 3, y: cy - radius - 4 }, formatNumber(top, 2)));
  for (const degrees of [0, 30, 60, 90, 120, 150, 180]) {
    const angle = (degrees / 180) * Math.PI;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    frame.push(
      svg('path', { class: 'grid', d: `M${two(cx)} ${two(cy)}L${two(cx + radius * dx)} ${two(cy - radius * dy)}` }),
    );
    if (degrees === 90) continue;
    const [tx, ty] = [cx + (radius + 12) * dx, cy - (radius + 12) * dy + 4];
    const anchor = Math.abs(dx) < 0.3 ? 'middle' : dx > 0 ? 'start' : 'end';
    frame.push(
      svg('text', { class: 'tick', x: tx, y: ty, 'text-anchor': anchor }, `${Math.round((degrees / 180) * end)}°`),
    );
  }
  frame.push(svg('circle', { class: 'atom', cx, cy, r: 3 }));
  const half = (values: readonly number[], side: number): string[] =>
    values.map((value, k) => point(k / (values.length - 1), value, side));
  const path = (values: readonly number[]): string =>
    `M${[...half(values, 1), ...half(values, -1).reverse()].join('L')}Z`;
  return {
    frame,
    path,
    area: path,
    locate: (px, py) => {
      const [dx, dy] = [px - cx, Math.abs(py - cy)];
      return { part: Math.atan2(dy, dx) / Math.PI, value: (Math.hypot(dx, dy) / radius) * top };
    },
    mark: (part) => [1, -1].map((side) => `M${point(part, 0.9 * top, side)}L${point(part, top, side)}`).join(''),
    cursor: (part) => `M${two(cx)} ${two(cy)}L${point(part, top, 1)}M${two(cx)} ${two(cy)}L${point(part, top, -1)}`,
  };
}
