/**
 * The strip under the view: a number of the frames over all of them, or what selected atoms measure, with the present frame
 * marked; a click goes there.
 */
import { MEASURED, type FrameSeries } from '../../protocol/frames';
import { unitOfValue } from '../../protocol/units';
import { button, fill, h } from '../dom';
import { formatFixed, formatNumber } from '../format';
import { onThemeChange, readTheme } from '../theme';

/** Of the middle of the line around a value without neighbours, CSS pixels. */
const DOT_RADIUS = 0.8;
/** What is shown unless somebody chose. */
const FAVOURITES = ['potential_energy', 'energy', 'temperature'];

/** What is drawn, and its range. */
interface Curve {
  readonly values: Float64Array;
  readonly low: number;
  readonly high: number;
  /** Whether all of them are whole numbers, as steps are. */
  readonly whole: boolean;
}

export interface StripChart {
  readonly element: HTMLElement;
  /** Numbers of all frames; the strip hides where there are none. */
  setSeries(series: FrameSeries): void;
  /** What `MEASURED` is, or would be if it were chosen. */
  offer(measured: Measured | undefined): void;
  /** The frame that is shown. */
  setFrame(frame: number): void;
  dispose(): void;
}

/** A distance, angle or dihedral of atoms. */
export interface Measured {
  readonly name: string;
  readonly unit: string;
}

export interface StripOptions {
  readonly key: string;
  readonly onKey: (key: string) => void;
  readonly onWish: (frame: number) => void;
  /** The numbers that are shown are to be saved. */
  readonly onSave: (name: string, unit: string, values: Float64Array) => void;
}

/** Lowest and highest value in each of `columns` equal stretches; NaN where there is none. */
function envelope(values: Float64Array, columns: number): { low: Float64Array; high: Float64Array } {
  const low = new Float64Array(columns).fill(Infinity);
  const high = new Float64Array(columns).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const column = Math.min(columns - 1, Math.floor((i * columns) / values.length));
    if (values[i] < low[column]) low[column] = values[i];
    if (values[i] > high[column]) high[column] = values[i];
  }
  const orNone = (x: number): number => (Number.isFinite(x) ? x : NaN);
  return { low: low.map(orNone), high: high.map(orNone) };
}

const isVaried = (values: Float64Array): boolean => {
  const first = values.find((each) => !Number.isNaN(each));
  return values.some((each) => each !== first && !Number.isNaN(each));
};

export function createStripChart(options: StripOptions): StripChart {
  let { key } = options;
  let series: FrameSeries = { frames: 0, values: {} };
  let frame = 0;
  let theme = readTheme();
  const canvas = h('canvas', { class: 'strip-canvas', role: 'img' });
  const choice = h('select', { 'aria-label': 'What the strip shows', title: 'What the strip shows' });
  const value = h('span', { class: 'strip-value' });
  const save = button('save', 'Save these numbers as CSV', () => options.onSave(nameOf(active()), unit(), shown()), {
    class: 'small',
  });
  const element = h(
    'div',
    { class: 'strip', hidden: true },
    h('div', { class: 'strip-legend' }, choice, h('div', { class: 'strip-numbers' }, value, save)),
    canvas,
  );

  let measured: Measured | undefined;
  const NONE = new Float64Array(0);

  /** What can be shown. A cell that stays says nothing. */
  function keys(): string[] {
    const told = Object.keys(series.values).filter((each) => each !== 'volume' || isVaried(series.values[each]));
    return [...told.filter((each) => each !== MEASURED), ...(measured === undefined ? [] : [MEASURED])];
  }
  /** What is shown: what was chosen, as long as there is such a thing. */
  function active(): string {
    const all = keys();
    return all.includes(key) ? key : (FAVOURITES.find((each) => all.includes(each)) ?? all.at(0) ?? '');
  }
  const nameOf = (each: string): string => (each === MEASURED ? (measured?.name ?? '') : each);
  const shown = (): Float64Array => (Object.hasOwn(series.values, active()) ? series.values[active()] : NONE);
  const unit = (): string => (active() === MEASURED ? (measured?.unit ?? '') : unitOfValue(active(), series.units));

  /** The list may be open while the file grows. */
  function offerKeys(): void {
    const all = keys();
    const texts = all.map(nameOf);
    if (texts.join('\n') !== Array.from(choice.options, ({ text }) => text).join('\n'))
      fill(choice, ...all.map((each, k) => h('option', { value: each }, texts[k])));
    choice.value = active();
  }

  /** The curve is drawn once; what moves is the mark. */
  let curve: Curve | undefined;
  const picture = new OffscreenCanvas(1, 1);
  let drawnCurve = '';
  /** Of the canvas, in CSS pixels. */
  let size = { width: 0, height: 0 };

  function measure(values: Float64Array): Curve {
    if (curve?.values === values) return curve;
    let [low, high] = [Infinity, -Infinity];
    for (const each of values) {
      if (each < low) low = each;
      if (each > high) high = each;
    }
    curve = { values, low, high, whole: values.every((each) => Number.isInteger(each) || Number.isNaN(each)) };
    drawnCurve = '';
    canvas.setAttribute(
      'aria-label',
      `${nameOf(active())} over the frames: ${formatNumber(low, 6)} to ${formatNumber(high, 6)} ${unit()}`.trimEnd(),
    );
    return curve;
  }

  function describe(): void {
    const values = shown();
    element.hidden = keys().length === 0 || series.frames < 2;
    if (element.hidden) return;
    const { low, high, whole } = measure(values);
    const now = values.at(frame);
    value.textContent = `${whole ? formatFixed(now, 0) : formatNumber(now, 7)} ${unit()}`.trimEnd();
    // A narrow column cuts it.
    value.title = value.textContent;
    save.disabled = values.length === 0;
    const { width, height } = size;
    if (width === 0 || height === 0) return;
    const ratio = Math.min(3, devicePixelRatio);
    const y = (at: number): number =>
      high > low ? height - 4 - ((at - low) / (high - low)) * (height - 8) : height / 2;
    const x = (at: number): number => (series.frames > 1 ? (at / (series.frames - 1)) * (width - 2) + 1 : width / 2);
    const wanted = JSON.stringify([width, height, ratio, theme.series[0]]);
    if (wanted !== drawnCurve) {
      drawnCurve = wanted;
      for (const each of [canvas, picture]) {
        each.width = Math.round(width * ratio);
        each.height = Math.round(height * ratio);
      }
      drawCurve(values, width, ratio, x, y);
    }
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = theme.focus;
    context.fillRect(x(frame) - 0.75, 0, 1.5, height);
    if (now === undefined || !Number.isFinite(now)) return;
    context.beginPath();
    context.arc(x(frame), y(now), 3, 0, 2 * Math.PI);
    context.fill();
  }

  function drawCurve(
    values: Float64Array,
    width: number,
    ratio: number,
    x: (at: number) => number,
    y: (at: number) => number,
  ): void {
    const context = picture.getContext('2d');
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.strokeStyle = theme.series[0];
    context.lineWidth = 1.4;
    context.beginPath();
    if (values.length <= 2 * width) {
      let pen = false;
      values.forEach((at, i) => {
        if (!Number.isFinite(at)) pen = false;
        else if (pen) context.lineTo(x(i), y(at));
        else if (Number.isFinite(values[i + 1])) {
          context.moveTo(x(i), y(at));
          pen = true;
        } else {
          // Without neighbours: a dot.
          context.moveTo(x(i) + DOT_RADIUS, y(at));
          context.arc(x(i), y(at), DOT_RADIUS, 0, 2 * Math.PI);
        }
      });
    } else {
      const { low, high } = envelope(values, Math.floor(width));
      low.forEach((at, column) => {
        if (Number.isNaN(at)) return;
        context.moveTo(column + 0.5, y(at) + 0.5);
        context.lineTo(column + 0.5, y(high[column]) - 0.5);
      });
    }
    context.stroke();
  }

  let held = false;
  const go = (event: PointerEvent): void => {
    const { left, width } = canvas.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - left - 1) / Math.max(1, width - 2)));
    options.onWish(Math.round(part * (series.frames - 1)));
  };
  canvas.addEventListener('pointerdown', (event) => {
    held = true;
    canvas.setPointerCapture(event.pointerId);
    go(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (held) go(event);
  });
  for (const end of ['pointerup', 'pointercancel'] as const) canvas.addEventListener(end, () => (held = false));
  choice.addEventListener('change', () => {
    key = choice.value;
    options.onKey(key);
    describe();
  });
  const observer = new ResizeObserver(() => {
    size = { width: canvas.clientWidth, height: canvas.clientHeight };
    describe();
  });
  observer.observe(canvas);
  const forget = onThemeChange((next) => {
    theme = next;
    describe();
  });

  return {
    element,
    setSeries: (next) => {
      series = next;
      offerKeys();
      describe();
    },
    offer: (next) => {
      if (next?.name === measured?.name) return;
      measured = next;
      // Those of other atoms.
      const others = Object.entries(series.values).filter(([each]) => each !== MEASURED);
      series = { ...series, values: Object.fromEntries(others) };
      offerKeys();
      describe();
    },
    setFrame: (next) => {
      frame = next;
      describe();
    },
    dispose: () => {
      observer.disconnect();
      forget();
    },
  };
}
