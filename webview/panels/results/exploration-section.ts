/**
 * What an exploration did: how much its committee disagreed on the way, where it paused, how wrong it was about what was
 * labelled then, and what became of the errors of the test set. Forces in eV/Å, shown in meV/Å where they are errors.
 */
import type { RunView, SavedFile } from '../../../protocol/panels';
import type { FlagEvent, LabelEvent } from '../../../protocol/run';
import { fill, h } from '../../dom';
import { formatCount, formatFixed, formatNumber } from '../../format';
import type { Axes } from '../../plots/axes';
import { tabulateCurves } from '../../plots/line-drawing';
import { rangeOf, widen } from '../../plots/parity-rows';
import { createPointPlot, type PlottedLine, type PlottedPoint, type PointPlotData } from '../../plots/point-plot';
import type { History } from '../history';
import { copyTableButton, saveButtons } from '../save-buttons';
import { roundRows, roundTable } from './round-table';

export interface ExplorationSection {
  readonly element: HTMLElement;
  update(run: RunView, history: History): void;
}

export interface ExplorationOptions {
  /** Show a structure of labelled.xyz, by its number. */
  readonly openLabelled: (frame: number) => void;
  readonly onSave: (file: SavedFile) => void;
  /** To be put on the clipboard. */
  readonly onCopy: (text: string) => void;
}

export function createExplorationSection({ openLabelled, onSave, onCopy }: ExplorationOptions): ExplorationSection {
  let shown: History | undefined;
  const labelsOf = (round: number): readonly LabelEvent[] => shown?.labels.filter((each) => each.round === round) ?? [];
  /** The first structure of a round; a walk that was rejected at once has none. */
  const openRound = (round: number): void => {
    const first = labelsOf(round).at(0);
    if (first !== undefined) openLabelled(first.frame);
  };
  const timeline = createPointPlot('timeline', (point) => {
    const flag = shown?.flags.at(point);
    if (flag !== undefined) openRound(flag.round);
  });
  const errors = createPointPlot('errors', (point) => {
    const label = shown?.labels.at(point);
    if (label !== undefined) openLabelled(label.frame);
  });
  const table = h('table', { class: 'worst' });
  const waiting = h('p', { class: 'muted note' }, 'The first step of the first walk is being prepared.');
  const plotCard = (title: string, hint: string, plot: typeof timeline, csv: () => string): HTMLElement =>
    h(
      'section',
      { class: 'card', 'aria-label': title },
      h('div', { class: 'card-head' }, h('h3', {}, title), h('span', { class: 'muted' }, hint)),
      plot.element,
      saveButtons(title, { csv, svg: () => plot.toSvg(), png: () => plot.toPng() }, onSave),
    );
  const grid = h(
    'div',
    { class: 'exploration-grid', hidden: true },
    plotCard('Disagreement', 'marks: where it paused, by round', timeline, () => tabulateSteps(shown)),
    plotCard('Errors of the forces', 'points: what was labelled', errors, () => tabulateLabels(shown)),
    h(
      'section',
      { class: 'card rounds-card', 'aria-label': 'Rounds' },
      h(
        'div',
        { class: 'card-head' },
        h('h3', {}, 'Rounds'),
        h('span', { class: 'spacer' }),
        copyTableButton(table, onCopy),
      ),
      h('div', { class: 'worst-scroll', tabindex: 0, role: 'group', 'aria-label': 'Rounds' }, table),
    ),
  );
  const element = h(
    'section',
    { class: 'section', 'aria-label': 'Exploration' },
    h('div', { class: 'section-head' }, h('h2', {}, 'Exploration')),
    waiting,
    grid,
  );

  return {
    element,
    update: (run, history) => {
      shown = history;
      const nothing = history.steps.length === 0 && history.flags.length === 0;
      waiting.hidden = !nothing;
      grid.hidden = nothing;
      if (nothing) return;
      timeline.set(timelineOf(history, thresholdsOf(run)));
      errors.set(errorsOf(history));
      fill(table, ...roundTable(roundRows(history), openRound));
    },
  };
}

interface Thresholds {
  readonly trigger?: number;
  readonly reject?: number;
}

/** eV/Å, as the run says. */
function thresholdsOf({ manifest: { results } }: RunView): Thresholds {
  const number = (name: string): number | undefined => {
    const value = results?.[name];
    return typeof value === 'number' ? value : undefined;
  };
  return { trigger: number('trigger'), reject: number('reject') };
}

const disagreements = ({ steps }: History): { x: number[]; y: number[] } => {
  const seen = steps.filter(({ disagreement }) => disagreement !== undefined && disagreement > 0);
  return { x: seen.map(({ step }) => step), y: seen.map(({ disagreement }) => disagreement ?? 0) };
};

function timelineOf(history: History, { trigger, reject }: Thresholds): PointPlotData {
  const { flags, steps } = history;
  const walked = disagreements(history);
  const end = Math.max(steps.at(-1)?.step ?? 1, ...flags.map(({ step }) => step));
  const thresholds = [trigger, reject].flatMap((value) => (value === undefined ? [] : [value]));
  const range = rangeOf(Float64Array.from([...walked.y, ...flags.map((flag) => flag.disagreement), ...thresholds]));
  const { low, high } = range ?? { low: 0.01, high: 1 };
  const axes: Axes = {
    x: { low: 0, high: 1.02 * end, label: 'step' },
    y: { low: low / 1.4, high: high * 1.4, log: true, label: 'largest disagreement (eV/Å)' },
  };
  const across = (label: string, value: number | undefined, color: number, dash: 'dashed' | 'dotted'): PlottedLine[] =>
    value === undefined ? [] : [{ label, x: [0, 1.02 * end], y: [value, value], color, dash }];
  const point = (flag: FlagEvent): PlottedPoint => ({
    x: flag.step,
    y: flag.disagreement,
    color: flag.rejected ? 4 : 1,
    shape: flag.rejected ? 'square' : 'diamond',
    name: String(flag.round),
    text: describeFlag(flag, history),
  });
  const { length: rejected } = flags.filter((flag) => flag.rejected);
  return {
    axes,
    lines: [
      { label: '', ...walked, color: 0, dash: 'solid' },
      ...across('trigger', trigger, 1, 'dashed'),
      ...across('reject', reject, 4, 'dotted'),
    ],
    points: flags.map(point),
    description: `Disagreement of the committee over ${formatCount(end)} steps: it paused ${flags.length} times, ${rejected} of them beyond what is labelled`,
  };
}

function describeFlag({ round, step, atom, disagreement, rejected }: FlagEvent, { labels }: History): string {
  const { length: labelled } = labels.filter((each) => each.round === round);
  return [
    `round ${round}, step ${formatCount(step)}`,
    `atom ${atom}: ${formatNumber(disagreement)} eV/Å${rejected ? ', rejected' : ''}`,
    labelled === 0 ? 'nothing labelled' : `${labelled} labelled`,
  ].join('\n');
}

function errorsOf({ labels, rounds }: History): PointPlotData {
  const tested = rounds.flatMap(({ round, test_force_rmse: value }) => (value === null ? [] : [{ round, value }]));
  const values = [...labels.map(({ force_rmse }) => force_rmse), ...tested.map(({ value }) => value)];
  const last = Math.max(1, ...labels.map(({ round }) => round), ...rounds.map(({ round }) => round));
  const axes: Axes = {
    x: { low: 0.5, high: last + 0.5, label: 'round', whole: true },
    y: {
      ...widen({ low: 0, high: rangeOf(Float64Array.from(values))?.high ?? 1 }),
      low: 0,
      scale: 1000,
      label: 'force RMSE (meV/Å)',
    },
  };
  const point = ({ round, frame, force_rmse, energy_error, seconds }: LabelEvent): PlottedPoint => ({
    x: round,
    y: force_rmse,
    color: 1,
    shape: 'diamond',
    text: [
      `frame ${frame} of labelled.xyz, round ${round}`,
      `forces ${formatNumber(1000 * force_rmse)} meV/Å`,
      `energy ${formatNumber(1000 * energy_error)} meV/atom`,
      `labelled in ${formatFixed(seconds, 1)} s`,
    ].join('\n'),
  });
  const test = tested.at(-1);
  const known =
    test === undefined ? '' : `, test set ${formatNumber(1000 * test.value)} meV/Å after round ${test.round}`;
  return {
    axes,
    lines: [
      {
        label: tested.length > 0 ? 'test set' : '',
        x: tested.map(({ round }) => round),
        y: tested.map(({ value }) => value),
        color: 0,
        dash: 'solid',
      },
    ],
    points: labels.map(point),
    description: `Errors of the forces of ${labels.length} labelled structures by round${known}`,
  };
}

function tabulateSteps(history: History | undefined): string {
  const { x, y } = history === undefined ? { x: [], y: [] } : disagreements(history);
  return tabulateCurves({ title: '', unit: 'eV/Å', abscissa: 'step', x, curves: [{ label: 'disagreement', y }] });
}

function tabulateLabels(history: History | undefined): string {
  const labels = history?.labels ?? [];
  const column = (label: string, of: (event: LabelEvent) => number) => ({ label, y: labels.map(of) });
  return tabulateCurves({
    title: '',
    unit: '',
    abscissa: 'frame',
    x: labels.map(({ frame }) => frame),
    curves: [
      column('round', ({ round }) => round),
      column('force RMSE (eV/Å)', ({ force_rmse }) => force_rmse),
      column('energy error (eV/atom)', ({ energy_error }) => energy_error),
    ],
  });
}
