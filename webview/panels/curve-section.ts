/**
 * The curves of one run or of several: what a training has learned, the course of dynamics. What there is to draw of a kind of
 * run, and against what, stands in courses/, one file each.
 */
import * as v from 'valibot';
import type { SetName } from '../../protocol/parity';
import type { SavedFile } from '../../protocol/panels';
import { fill, h, segmented, setText } from '../dom';
import { createChart, type Chart, type Series } from '../plots/curves';
import type { Drawing } from '../plots/line-drawing';
import { align, type Points, type Values } from '../plots/points';
import type { History } from './history';
import { chartSaveButtons } from './save-buttons';

export const curveState = v.object({
  log: v.boolean(),
  axis: v.picklist(['epoch', 'time']),
  chart: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3)),
  smoothing: v.pipe(v.number(), v.minValue(0), v.maxValue(0.99)),
});
export type CurveState = v.InferOutput<typeof curveState>;
export const INITIAL_CURVES: CurveState = { log: true, axis: 'epoch', chart: 0, smoothing: 0 };

/** One line: what of which run. */
export interface Line extends Series {
  readonly history: History;
  readonly values: (history: History) => Values;
}

export interface CurveChart {
  /** Short name for choosing it where only one has room. */
  readonly tab: string;
  readonly title: string;
  readonly unit: string;
  readonly digits?: number;
  readonly lines: readonly Line[];
  /** Shown only if there is a value. */
  readonly optional?: boolean;
}

/** A run, or a set of a run, as one line in each chart. */
export interface Source extends Series {
  readonly history: History;
  readonly set: () => SetName;
}

/** What is drawn of runs of one kind, and against what. */
export interface Course {
  /** Of the section. */
  readonly name: string;
  /** Whether the values may be shown on a logarithmic axis. */
  readonly log: boolean;
  /** Whether each set of the data has a curve. */
  readonly bySet: boolean;
  /** What a person calls the two axes: the run's own, and the time on the clock. */
  readonly captions: Readonly<Record<CurveState['axis'], string>>;
  /** What stands on the axis for the time on the clock, but for its unit. */
  readonly clock: string;
  /** The events that a curve has a value for each of. */
  readonly events: (history: History) => readonly { readonly elapsed: number }[];
  /** The run's own axis. */
  readonly abscissa: (histories: readonly History[]) => Abscissa;
  /** Of one run its sources are those that `sources` gives. */
  readonly charts: (sources: readonly Source[]) => CurveChart[];
  readonly sources: (history: History) => Source[];
  /** What is said as long as a run that works has nothing to draw. */
  readonly waiting: string;
}

/** What stands on an axis, with its unit, and where on it the events of a history are. */
export interface Abscissa {
  readonly label: string;
  readonly places: (history: History) => readonly number[];
}

/** The largest of a quantity that histories may have. */
export const largest = (histories: readonly History[], of: (history: History) => number | undefined): number =>
  Math.max(0, ...histories.map((history) => of(history) ?? 0));

export interface CurveSection {
  readonly element: HTMLElement;
  /** Draws what the histories say now; returns how many charts show something. */
  update(): number;
  /** What to say as long as there is nothing to draw. */
  setEmpty(text: string): void;
  dispose(): void;
}

export function createCurveSection(options: {
  readonly course: Course;
  readonly charts: readonly CurveChart[];
  readonly state: CurveState;
  readonly onState: (state: CurveState) => void;
  /** A chart is to be saved. */
  readonly onSave: (file: SavedFile) => void;
}): CurveSection {
  const { course } = options;
  let { state } = options;
  const histories = [...new Set(options.charts.flatMap(({ lines }) => lines.map(({ history }) => history)))];
  const charts: Chart[] = options.charts.map(({ title, unit, digits, lines }) =>
    createChart({
      title,
      unit,
      digits,
      series: lines,
      log: course.log && state.log,
      smoothing: state.smoothing,
      group: course.name,
    }),
  );
  /** What each chart shows. */
  const drawn: { label: string; curves: readonly Points[] }[] = [];
  charts.forEach(({ element: chart }, k) =>
    chart.append(chartSaveButtons(options.charts[k].title, () => drawingOf(k), options.onSave)),
  );
  const grid = h('div', { class: 'chart-grid' }, ...charts.map((chart) => chart.element));
  const empty = h('p', { class: 'muted note' });

  function change(next: Partial<CurveState>): void {
    state = { ...state, ...next };
    options.onState(state);
  }

  const chooser = h('div', { class: 'when-not-wide' });
  let offered = '';
  /** Charts that have something to show, or may have. */
  function offer(): void {
    const has = ({ curves }: (typeof drawn)[number]): boolean =>
      curves.some(({ y }) => y.some((each) => each !== null));
    const shown = options.charts.flatMap(({ tab, optional }, k) =>
      optional !== true || has(drawn[k]) ? [{ tab, k }] : [],
    );
    if (shown.map(({ tab }) => tab).join() === offered) return;
    offered = shown.map(({ tab }) => tab).join();
    const chosen = shown.some(({ k }) => k === state.chart) ? state.chart : 0;
    charts.forEach(({ element: chart }, k) => {
      chart.hidden = !shown.some((each) => each.k === k);
    });
    grid.dataset.chosen = String(chosen);
    grid.dataset.charts = String(shown.length);
    const tabs = shown.map(({ tab, k }) => ({ value: String(k), caption: tab }));
    const choice = segmented('Chart', tabs, String(chosen), (value) => {
      change({ chart: Number(value) });
      grid.dataset.chosen = value;
    });
    fill(chooser, choice.element);
  }

  function drawingOf(k: number): Drawing {
    const { title, unit, lines } = options.charts[k];
    const { label, curves } = drawn[k];
    const { x, ys } = align(curves);
    const shown = lines.map(({ label: name, color, dash }, i) => ({
      ...{ label: name, color, dash, y: ys[i] },
      hidden: charts[k].isHidden(i),
    }));
    const log = course.log && state.log;
    // A set that the run doesn't have is no curve.
    const curvesShown = shown.filter(({ y }) => y.some((each) => each !== null));
    return { title, unit, abscissa: label, x, curves: curvesShown, log, smoothing: state.smoothing };
  }
  const scale = segmented(
    'Scale',
    [
      { value: 'log', caption: 'log' },
      { value: 'linear', caption: 'linear' },
    ],
    state.log ? 'log' : 'linear',
    (value) => {
      change({ log: value === 'log' });
      for (const chart of charts) chart.setLog(value === 'log');
    },
  );
  const axis = segmented(
    'Against',
    [
      { value: 'epoch', caption: course.captions.epoch },
      { value: 'time', caption: course.captions.time },
    ],
    state.axis,
    (value) => {
      change({ axis: value });
      update();
    },
  );
  const smoothing = h('input', {
    type: 'range',
    min: 0,
    max: 0.98,
    step: 0.02,
    value: state.smoothing,
    'aria-label': 'Smoothing',
    title: 'Weight of the past in an exponential moving average; 0 draws the curves as they are',
  });
  smoothing.addEventListener('input', () => {
    change({ smoothing: Number(smoothing.value) });
    for (const chart of charts) chart.setSmoothing(state.smoothing);
  });

  function abscissa(): Abscissa {
    if (state.axis === 'epoch') return course.abscissa(histories);
    const longest = largest(histories, (history) => course.events(history).at(-1)?.elapsed);
    const [unit, factor] = longest >= 7200 ? ['h', 1 / 3600] : longest >= 180 ? ['min', 1 / 60] : ['s', 1];
    const places = (history: History): number[] => course.events(history).map(({ elapsed }) => elapsed * factor);
    return { label: `${course.clock} (${unit})`, places };
  }

  function update(): number {
    const { label, places } = abscissa();
    const x = new Map(histories.map((history) => [history, places(history)]));
    const known = [...x.values()].some((each) => each.length > 0);
    empty.hidden = known;
    grid.hidden = !known;
    charts.forEach((chart, k) => {
      const { lines } = options.charts[k];
      const curves = lines.map(({ history, values }) => ({ x: x.get(history) ?? [], y: values(history) }));
      drawn[k] = { label, curves };
      chart.setData(label, curves);
    });
    offer();
    return known ? charts.filter(({ element: chart }) => !chart.hidden).length : 0;
  }

  const element = h('section', { class: 'section', 'aria-label': course.name });
  fill(
    element,
    h(
      'div',
      { class: 'section-head' },
      h('h2', {}, course.name),
      chooser,
      h('span', { class: 'spacer' }),
      h(
        'div',
        { class: 'curve-controls' },
        h('label', { class: 'smoothing' }, h('span', { class: 'muted' }, 'smoothing'), smoothing),
        course.log && scale.element,
        axis.element,
      ),
    ),
    empty,
    grid,
  );
  return {
    element,
    update,
    setEmpty: (text) => setText(empty, text),
    dispose: () => {
      for (const chart of charts) chart.dispose();
    },
  };
}
