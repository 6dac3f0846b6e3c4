/**
 * The curves of one run or of several: what a training has learned, the course of dynamics. Loss as weighted, meV/atom,
 * meV/Å, MPa, eV, K; against epochs, simulated time or the time on the clock.
 */
import * as v from 'valibot';
import { GIGAPASCAL } from '../../engine/structure/voigt';
import { SETS, type SetName } from '../../protocol/parity';
import type { EpochEvent, StepEvent } from '../../protocol/run';
import type { SavedFile } from '../../protocol/panels';
import { button, fill, h, segmented, setText } from '../dom';
import { createChart, type Chart, type Series } from '../plots/curves';
import { drawCurves, paintCurves, tabulateCurves, type Drawing } from '../plots/line-drawing';
import { align, type Points, type Values } from '../plots/points';
import type { History } from './history';

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

/** What is measured after each epoch, in the units that are shown. */
const LEARNED = [
  { tab: 'Loss', title: 'Loss', unit: 'weighted', value: (e: EpochEvent, set: SetName) => e.loss[set] },
  { tab: 'Energy', title: 'Energy RMSE', unit: 'meV/atom', value: (e, set) => milli(e.energy_rmse[set]) },
  { tab: 'Forces', title: 'Force RMSE', unit: 'meV/Å', value: (e, set) => milli(e.force_rmse[set]) },
  { tab: 'Stress', title: 'Stress RMSE', unit: 'MPa', value: (e, set) => megapascal(e.stress_rmse?.[set]) },
] as const satisfies readonly {
  tab: string;
  title: string;
  unit: string;
  value: (event: EpochEvent, set: SetName) => number | null | undefined;
}[];

const milli = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : value * 1000;

/** eV/Å³ as MPa. */
const megapascal = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : value * 1000 * GIGAPASCAL;

export const learningCharts = (sources: readonly Source[]): CurveChart[] =>
  LEARNED.map(({ value, ...chart }) => ({
    ...chart,
    optional: chart.tab === 'Stress',
    lines: sources.map((source) => ({
      ...source,
      values: ({ epochs }: History) => epochs.map((epoch) => value(epoch, source.set()) ?? null),
    })),
  }));

/** The sets of one run. */
export const setSources = (history: History): Source[] =>
  SETS.map((set, k) => ({
    label: set,
    color: k,
    dash: (['solid', 'dashed', 'dotted'] as const)[k % 3],
    history,
    set: () => set,
  }));

const course =
  (value: (step: StepEvent, start: StepEvent) => number) =>
  ({ steps }: History): Values =>
    steps.map((step) => value(step, steps[0]));

const potential = course((step, start) => step.potential_energy - start.potential_energy);
const kinetic = course((step, start) => step.kinetic_energy - start.kinetic_energy);
const temperature = course((step) => step.temperature);
const conserved = course((step, start) => (step.conserved - start.conserved) * 1000);

/** Of one run its energies together; of several each quantity in a chart of its own. */
export function dynamicsCharts(sources: readonly Source[]): CurveChart[] {
  const [only] = sources;
  const each = (values: Line['values']): Line[] => sources.map((source) => ({ ...source, values }));
  const single = sources.length === 1;
  const line = (label: string, color: number, values: Line['values']): Line => ({
    label,
    color,
    dash: label === 'kinetic' ? 'dashed' : 'solid',
    history: only.history,
    values,
  });
  return [
    {
      tab: 'Energies',
      title: single ? 'Energy change' : 'Potential energy, change',
      unit: 'eV',
      lines: single ? [line('potential', 0, potential), line('kinetic', 1, kinetic)] : each(potential),
    },
    {
      tab: 'Temperature',
      title: 'Temperature',
      unit: 'K',
      digits: 4,
      lines: single ? [line('T', 1, temperature)] : each(temperature),
    },
    {
      tab: 'Conserved',
      title: 'Conserved quantity, change',
      unit: 'meV',
      lines: single ? [line('ΔE', 2, conserved)] : each(conserved),
    },
  ];
}

export interface CurveSection {
  readonly element: HTMLElement;
  /** Draws what the histories say now; returns how many charts show something. */
  update(): number;
  /** What to say as long as there is nothing to draw. */
  setEmpty(text: string): void;
  dispose(): void;
}

export function createCurveSection(options: {
  readonly kind: 'train' | 'md';
  readonly charts: readonly CurveChart[];
  readonly state: CurveState;
  readonly onState: (state: CurveState) => void;
  /** A chart is to be saved. */
  readonly onSave: (file: SavedFile) => void;
}): CurveSection {
  const { kind } = options;
  let { state } = options;
  const training = kind === 'train';
  const histories = [...new Set(options.charts.flatMap(({ lines }) => lines.map(({ history }) => history)))];
  const charts: Chart[] = options.charts.map(({ title, unit, digits, lines }) =>
    createChart({
      title,
      unit,
      digits,
      series: lines,
      log: training && state.log,
      smoothing: state.smoothing,
      group: kind,
    }),
  );
  /** What each chart shows. */
  const drawn: { label: string; curves: readonly Points[] }[] = [];
  charts.forEach(({ element: chart }, k) => chart.append(saveButtons(k)));
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

  function saveButtons(k: number): HTMLElement {
    const { title, unit, lines } = options.charts[k];
    const drawing = (): Drawing => {
      const { label, curves } = drawn[k];
      const { x, ys } = align(curves);
      const shown = lines.map(({ label: name, color, dash }, i) => ({ label: name, color, dash, y: ys[i] }));
      const log = training && state.log;
      // A set that the run doesn't have is no curve.
      const curvesShown = shown.filter(({ y }) => y.some((each) => each !== null));
      return { title, unit, abscissa: label, x, curves: curvesShown, log, smoothing: state.smoothing };
    };
    const name = title.toLowerCase().replace(/[^a-z]+/g, '-');
    const save = (file: SavedFile['kind'], content: (of: Drawing) => string): HTMLButtonElement =>
      button(
        'save',
        `Save ${title} as ${file.toUpperCase()}`,
        () => options.onSave({ name: `${name}.${file}`, kind: file, content: content(drawing()) }),
        { caption: file.toUpperCase(), class: 'small' },
      );
    return h(
      'div',
      { class: 'card-foot' },
      save('csv', tabulateCurves),
      save('svg', drawCurves),
      save('png', paintCurves),
    );
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
      { value: 'epoch', caption: training ? 'epoch' : 'time' },
      { value: 'time', caption: training ? 'time' : 'elapsed' },
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

  /** What stands on the axis: a function of a history, and its label. */
  function abscissa(): { label: string; places: (history: History) => readonly number[] } {
    const most = (of: (history: History) => number | undefined): number =>
      Math.max(0, ...histories.map((history) => of(history) ?? 0));
    if (state.axis === 'time') {
      const events = (history: History): readonly (EpochEvent | StepEvent)[] =>
        training ? history.epochs : history.steps;
      const longest = most((history) => events(history).at(-1)?.elapsed);
      const [unit, factor] = longest >= 7200 ? ['h', 1 / 3600] : longest >= 180 ? ['min', 1 / 60] : ['s', 1];
      const label = training ? `time (${unit})` : `time on the clock (${unit})`;
      return { label, places: (history) => events(history).map(({ elapsed }) => elapsed * factor) };
    }
    if (training) return { label: 'epoch', places: ({ epochs }) => epochs.map(({ epoch }) => epoch) };
    const [unit, factor] = most(({ steps }) => steps.at(-1)?.time) >= 1e4 ? ['ps', 1e-3] : ['fs', 1];
    return { label: `time (${unit})`, places: ({ steps }) => steps.map(({ time }) => time * factor) };
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

  const name = training ? 'Learning curves' : 'Course';
  const element = h('section', { class: 'section', 'aria-label': name });
  fill(
    element,
    h(
      'div',
      { class: 'section-head' },
      h('h2', {}, name),
      chooser,
      h('span', { class: 'spacer' }),
      h(
        'div',
        { class: 'curve-controls' },
        h('label', { class: 'smoothing' }, h('span', { class: 'muted' }, 'smoothing'), smoothing),
        training && scale.element,
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
