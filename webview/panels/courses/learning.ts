/** What a training has learned: the loss as weighted, errors in meV/atom, meV/Å and MPa; against epochs. */
import { GIGAPASCAL } from '../../../engine/structure/voigt';
import { SETS, type SetName } from '../../../protocol/parity';
import type { EpochEvent } from '../../../protocol/run';
import { lineStyle } from '../../plots/line-styles';
import type { Course, CurveChart, Source } from '../curve-section';
import type { History } from '../history';

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

const charts = (sources: readonly Source[]): CurveChart[] =>
  LEARNED.map(({ value, ...chart }) => ({
    ...chart,
    optional: chart.tab === 'Stress',
    lines: sources.map((source) => ({
      ...source,
      values: ({ epochs }: History) => epochs.map((epoch) => value(epoch, source.set()) ?? null),
    })),
  }));

/** The sets of one run. */
const sources = (history: History): Source[] =>
  SETS.map((set, k) => ({
    label: set,
    ...lineStyle(k),
    history,
    set: () => set,
  }));

export const learning: Course = {
  name: 'Learning curves',
  log: true,
  bySet: true,
  captions: { epoch: 'epoch', time: 'time' },
  clock: 'time',
  events: ({ epochs }) => epochs,
  abscissa: () => ({ label: 'epoch', places: ({ epochs }) => epochs.map(({ epoch }) => epoch) }),
  charts,
  sources,
  waiting: 'Curves appear after the first epoch; data are read and symmetry functions computed before it.',
};
