/**
 * One live line chart (uPlot) in a card: title, unit, values at the cursor or the end, smoothing, theme-aware. Each curve has its
 * own places on the axis, and is hidden by its entry in the legend. Keys: ← → move the cursor, + − 0 zoom, Esc lets go.
 */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { announce, h, setText } from '../dom';
import { formatNumber, formatTick } from '../format';
import { onThemeChange, readTheme, withAlpha, type Theme } from '../theme';
import { DASH_LENGTHS, type LineStyle } from './line-styles';
import { align, smooth, type Points, type Values } from './points';
import { labelledOnLogAxis, logTicks } from './ticks';

export interface Series extends LineStyle {
  readonly label: string;
}

export interface ChartOptions {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly log: boolean;
  /** Weight of the past in what is drawn, 0 (none) to below 1. */
  readonly smoothing: number;
  /** Charts with one key share their cursor. */
  readonly group: string;
  /** Digits of the values in the header. */
  readonly digits?: number;
}

export interface Chart {
  readonly element: HTMLElement;
  /** The points of each series. */
  setData(label: string, curves: readonly Points[]): void;
  setLog(log: boolean): void;
  setSmoothing(smoothing: number): void;
  /** Whether a person has hidden the curve. */
  isHidden(curve: number): boolean;
  dispose(): void;
}

/** How far a key zooms. */
const ZOOM = 1.5;

// uPlot declares its scales as an ambient const enum, which single-file compilation cannot read.
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- 3 is Logarithmic there
const LOGARITHMIC: uPlot.Scale.Distr.Logarithmic = 3;

export function createChart(options: ChartOptions): Chart {
  let theme = readTheme();
  let { log, smoothing } = options;
  let x: readonly number[] = [];
  /** As they are, all at the same places. */
  let ys: readonly Values[] = [];
  let xLabel = '';
  let plot: uPlot | undefined;
  let zoomed = false;
  let disposed = false;

  const values = options.series.map(() => h('span', { class: 'value' }));
  const hidden = options.series.map(() => false);
  const entries = options.series.map(({ label, color, dash }, k) => {
    const entry = h(
      'button',
      { type: 'button', class: 'chart-series', 'aria-pressed': 'true', title: `Hide or show ${label}` },
      h('span', { class: `swatch line series-${color} ${dash}` }),
      label,
      values[k],
    );
    entry.addEventListener('click', () => hide(k, !hidden[k]));
    return entry;
  });
  const place = h('span', { class: 'muted chart-place' });
  const legend = h('div', { class: 'chart-legend' }, ...entries);
  const stage = h('div', {
    class: 'chart-stage',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'chart',
  });
  const element = h(
    'section',
    { class: 'card chart' },
    h(
      'div',
      { class: 'card-head' },
      h('h3', {}, options.title, options.unit !== '' && h('span', { class: 'unit' }, ` (${options.unit})`)),
      legend,
    ),
    h('div', { class: 'chart-holder' }, stage, place),
  );

  function hide(curve: number, isHidden: boolean): void {
    hidden[curve] = isHidden;
    entries[curve].setAttribute('aria-pressed', String(!isHidden));
    for (const drawn of smoothing > 0 ? [curve, curve + hidden.length] : [curve])
      plot?.setSeries(drawn + 1, { show: !isHidden });
  }

  function data(): uPlot.AlignedData {
    // A logarithmic axis has no place for what is not positive.
    const shown = ys.map((column) => (log ? column.map((each) => (each !== null && each > 0 ? each : null)) : column));
    const smoothed = smoothing > 0 ? shown.map((column) => smooth(column, smoothing, log)) : [];
    return [[...x], ...shown.map((column) => [...column]), ...smoothed.map((column) => [...column])];
  }

  /** The newest value of a curve up to a place: curves with other places have none at this one. */
  function valueAt(column: Values | undefined, index: number): number | null {
    if (column === undefined) return null;
    for (let k = index; k >= 0; k--) if (column[k] !== null) return column[k];
    return null;
  }

  /** The curves that are shown with their values there. */
  function readout(index: number): string {
    const told = options.series.flatMap(({ label }, k) => {
      const value = valueAt(ys[k], index);
      return value === null || hidden[k] ? [] : [`${label} ${formatNumber(value)} ${options.unit}`.trim()];
    });
    return told.join(', ');
  }

  function describe(): void {
    const at = plot?.cursor.idx ?? undefined;
    const index = at ?? x.length - 1;
    options.series.forEach((_, k) => setText(values[k], formatNumber(valueAt(ys[k], index), options.digits ?? 3)));
    setText(place, at === undefined ? '' : whereIs(at));
    if (at !== undefined) return;
    const keys = 'Left and right move the cursor, plus, minus and 0 zoom';
    stage.setAttribute('aria-label', `${options.title} against ${xLabel}: ${readout(index)}. ${keys}`);
  }
  const whereIs = (at: number): string => `${xLabel.replace(/ \(.*/, '')} ${formatNumber(x[at], 4)}`;

  function build(): void {
    plot?.destroy();
    plot = undefined;
    zoomed = false;
    const width = stage.clientWidth;
    const height = stage.clientHeight;
    if (width < 40 || height < 40 || x.length === 0) return;
    const font = `11px ${theme.font}`;
    const axis: uPlot.Axis = {
      stroke: theme.muted,
      font,
      labelFont: font,
      grid: { stroke: theme.grid, width: 1 },
      ticks: { stroke: withAlpha(theme.foreground, 0.2), width: 1, size: 4 },
      border: { show: true, stroke: withAlpha(theme.foreground, 0.3), width: 1 },
    };
    const tick = (value: number | null): string => (value === null ? '' : formatTick(value));
    plot = new uPlot(
      {
        width,
        height,
        legend: { show: false },
        padding: [8, 16, 0, 0],
        cursor: {
          sync: { key: options.group, setSeries: false },
          drag: { x: true, y: false, setScale: true },
          points: { size: 6, width: 1.5, fill: theme.background },
        },
        scales: {
          x: { time: false },
          y: log
            ? { distr: LOGARITHMIC, range: (_plot, low, high) => logRange(low, high) }
            : { range: (_plot, low, high) => linearRange(low, high) },
        },
        axes: [
          {
            ...axis,
            label: xLabel,
            labelSize: 16,
            labelGap: 1,
            size: 28,
            gap: 4,
            values: (_plot, splits) => splits.map(tick),
          },
          {
            ...axis,
            // uPlot asks once before it has labels, with null.
            size: (_plot, labels: string[] | null) =>
              16 + 6.8 * Math.max(3, ...(labels ?? []).map((each) => each.length)),
            gap: 4,
            space: 34,
            values: (_plot, splits) => splits.map(tick),
            // uPlot's own begin at the end of the axis, wherever that is.
            ...(log ? { splits: (_plot: uPlot, _axis: number, low: number, high: number) => logTicks(low, high) } : {}),
            filter: (_plot, splits) => {
              const { min, max } = _plot.scales.y;
              if (!log || min === undefined || max === undefined) return [...splits];
              return splits.map((each) => (labelledOnLogAxis(each, min, max) ? each : null));
            },
          },
        ],
        series: [
          { label: xLabel },
          // Beneath what is smoothed, the curves as they are, faintly.
          ...lines(smoothing > 0 ? 0.28 : 1),
          ...(smoothing > 0 ? lines(1) : []),
        ],
        hooks: {
          setCursor: [() => describe()],
          setSelect: [() => (zoomed = true)],
        },
      },
      data(),
      stage,
    );
    plot.over.addEventListener('dblclick', () => (zoomed = false));
    describe();
  }

  const lines = (alpha: number): uPlot.Series[] =>
    options.series.map((series, k) => ({ ...line(series, theme, x.length, alpha), show: !hidden[k] }));

  let waiting = false;
  function refresh(): void {
    if (waiting || disposed) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (disposed) return;
      // The first points are drawn as dots, which is fixed when the chart is made.
      if (plot === undefined || plot.data[0].length < 3 || plot.axes[0].label !== xLabel) build();
      else plot.setData(data(), !zoomed);
      describe();
    });
  }

  /** Shows a part of the axis; all of it follows what is new. */
  function view(of: uPlot, from: number, to: number): void {
    const [first, last] = [x[0], x[x.length - 1]];
    const width = Math.min(to - from, last - first);
    const min = Math.max(first, Math.min(from, last - width));
    zoomed = width < last - first;
    of.setScale('x', { min, max: min + width });
  }

  function zoom(of: uPlot, factor: number): void {
    const { min = x[0], max = x[x.length - 1] } = of.scales.x;
    const at = of.cursor.idx ?? undefined;
    const fixed = at === undefined ? (min + max) / 2 : x[at];
    // Nearer than this nothing is between two points.
    if (factor < 1 && max - min < 1e-6 * (x[x.length - 1] - x[0])) return;
    view(of, fixed - (fixed - min) * factor, fixed + (max - fixed) * factor);
  }

  /** The cursor stands on a point; what is shown moves with it. */
  function moveCursor(of: uPlot, by: number): void {
    const at = of.cursor.idx ?? (by > 0 ? -1 : x.length);
    const to = Math.max(0, Math.min(x.length - 1, at + by));
    const { min = x[0], max = x[x.length - 1] } = of.scales.x;
    if (x[to] < min || x[to] > max) view(of, x[to] - (max - min) / 2, x[to] + (max - min) / 2);
    of.setCursor({ left: of.valToPos(x[to], 'x'), top: of.height / 3 });
    announce(`${whereIs(to)}: ${readout(to)}`);
  }

  const KEYS: Readonly<Record<string, (of: uPlot, fast: boolean) => void>> = {
    ArrowLeft: (of, fast) => moveCursor(of, fast ? -10 : -1),
    ArrowRight: (of, fast) => moveCursor(of, fast ? 10 : 1),
    '+': (of) => zoom(of, 1 / ZOOM),
    '=': (of) => zoom(of, 1 / ZOOM),
    '-': (of) => zoom(of, ZOOM),
    '0': (of) => view(of, x[0], x[x.length - 1]),
    Escape: (of) => of.setCursor({ left: -10, top: -10 }),
  };
  stage.addEventListener('keydown', (event) => {
    if (plot === undefined || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    KEYS[event.key](plot, event.shiftKey);
  });

  const forget = onThemeChange((next) => {
    theme = next;
    build();
  });
  const observer = new ResizeObserver(() => {
    if (plot === undefined) build();
    else if (stage.clientWidth >= 40) plot.setSize({ width: stage.clientWidth, height: stage.clientHeight });
  });
  observer.observe(stage);

  return {
    element,
    setData: (label, curves) => {
      ({ x, ys } = align(curves));
      xLabel = label;
      // A set that the run doesn't have takes no room.
      curves.forEach(({ y }, k) => (entries[k].hidden = y.length > 0 && y.every((each) => each === null)));
      refresh();
    },
    setLog: (next) => {
      log = next;
      build();
    },
    setSmoothing: (next) => {
      const others = next > 0 === smoothing > 0;
      smoothing = next;
      if (others) refresh();
      else build();
    },
    isHidden: (curve) => hidden[curve],
    dispose: () => {
      disposed = true;
      observer.disconnect();
      forget();
      plot?.destroy();
      element.remove();
    },
  };
}

function line(series: Series, theme: Theme, points: number, alpha: number): uPlot.Series {
  const color = theme.series[series.color % theme.series.length];
  const stroke = alpha < 1 ? withAlpha(color, alpha) : color;
  return {
    label: series.label,
    stroke,
    width: series.dash === 'solid' ? 1.5 : 1.7,
    dash: DASH_LENGTHS[series.dash],
    points: { show: points < 3, size: 5, fill: stroke },
    spanGaps: true,
  };
}

function logRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !(low > 0)) return [0.1, 1];
  return [low / 1.25, high * 1.25];
}

function linearRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = (high - low) * 0.07 || Math.abs(high) * 0.05 || 1;
  // Errors start at zero when they are near to it.
  return [low >= 0 && low < 0.4 * high ? 0 : low - room, high + room];
}
