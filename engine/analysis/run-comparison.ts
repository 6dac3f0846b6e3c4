/**
 * The results of several runs side by side, each against the first: what command line and panel show as one table. Pure.
 * Energies in meV/atom, forces in meV/Å, stresses in GPa: the numbers are those that people read.
 */
import type { RunErrors } from '../../protocol/errors';
import { SETS } from '../../protocol/parity';
import type { ErrorSummary, RunManifest } from '../../protocol/run';
import { GIGAPASCAL } from '../structure/voigt';
import { UNSEEN_FIRST } from './errors';

export interface ComparedRun {
  readonly manifest: RunManifest;
  /** Its errors.json; runs that have not ended have none. */
  readonly errors?: RunErrors;
}

export interface ComparedCell {
  readonly value: number;
  /** Standard error by the bootstrap over structures, where one is known. */
  readonly uncertainty: number | null;
  /** value − that of the first run; null for the first and where it has none. */
  readonly difference: number | null;
  /**
   * Whether the difference is larger than twice its standard error √(s₁² + s₂²); null where that isn't known. Runs with one
   * test set err together, so this asks for more than a paired test would.
   */
  readonly significant: boolean | null;
}

export interface ComparedRow {
  readonly name: string;
  /** Empty for numbers without one. */
  readonly unit: string;
  readonly better: 'lower' | 'higher' | 'neither';
  /** Of each run; null where it has nothing. */
  readonly cells: readonly (ComparedCell | null)[];
}

export interface ComparedGroup {
  readonly title: string;
  readonly rows: readonly ComparedRow[];
}

export interface RunComparison {
  readonly groups: readonly ComparedGroup[];
  /** What makes the runs less comparable than the table looks. */
  readonly notes: readonly string[];
}

type Maybe = number | null | undefined;

/** eV as meV. */
const milli = (value: Maybe): Maybe => (value === null || value === undefined ? value : 1000 * value);

/** eV/Å³ as GPa. */
const pressure = (value: Maybe): Maybe => (value === null || value === undefined ? value : GIGAPASCAL * value);

export function compareRuns(runs: readonly ComparedRun[]): RunComparison {
  const groups = UNSEEN_FIRST.flatMap((set) => [
    { title: set, rows: summaryRows(runs, set) },
    { title: `${set} by element`, rows: elementRows(runs, set) },
    { title: `${set} by config_type`, rows: configTypeRows(runs, set) },
  ]);
  groups.push({ title: 'run', rows: resultRows(runs) });
  return { groups: groups.filter(({ rows }) => rows.length > 0), notes: differences(runs) };
}

/** A row, or none if no run has the number. */
function row(
  name: string,
  unit: string,
  better: ComparedRow['better'],
  values: readonly Maybe[],
  uncertainties: readonly Maybe[] = [],
): ComparedRow[] {
  if (values.every((value) => value === null || value === undefined)) return [];
  const at = (numbers: readonly Maybe[], k: number): number | null => numbers.at(k) ?? null;
  const [first, firstUncertainty] = [at(values, 0), at(uncertainties, 0)];
  const cells = values.map((_, k) => {
    const value = at(values, k);
    if (value === null) return null;
    const uncertainty = at(uncertainties, k);
    const difference = k === 0 || first === null ? null : value - first;
    const significant =
      difference === null || uncertainty === null || firstUncertainty === null
        ? null
        : Math.abs(difference) > 2 * Math.hypot(uncertainty, firstUncertainty);
    return { value, uncertainty, difference, significant };
  });
  return [{ name, unit, better, cells }];
}

function summaryRows(runs: readonly ComparedRun[], set: (typeof SETS)[number]): ComparedRow[] {
  const summaries = runs.map(({ manifest }) => manifest[set]);
  if (summaries.every((summary) => (summary?.structures ?? 0) === 0)) return [];
  const of = (key: keyof ErrorSummary): Maybe[] => summaries.map((summary) => summary?.[key]);
  const inMilli = (key: keyof ErrorSummary): Maybe[] => of(key).map(milli);
  const uncertainty = (key: 'energy_rmse_uncertainty' | 'force_rmse_uncertainty'): Maybe[] =>
    runs.map(({ errors }) => milli(errors?.[set]?.[key]?.standard_error));
  return [
    ...row('structures', '', 'neither', of('structures')),
    ...row('energy RMSE', 'meV/atom', 'lower', inMilli('energy_rmse'), uncertainty('energy_rmse_uncertainty')),
    ...row('energy MAE', 'meV/atom', 'lower', inMilli('energy_mae')),
    ...row('energy R²', '', 'higher', of('energy_r2')),
    ...row('force RMSE', 'meV/Å', 'lower', inMilli('force_rmse'), uncertainty('force_rmse_uncertainty')),
    ...row('force MAE', 'meV/Å', 'lower', inMilli('force_mae')),
    ...row('force max', 'meV/Å', 'lower', inMilli('force_max_error')),
    ...row('force R²', '', 'higher', of('force_r2')),
    ...row(
      'stress RMSE',
      'GPa',
      'lower',
      of('stress_rmse').map(pressure),
      runs.map(({ errors }) => pressure(errors?.[set]?.stress_rmse_uncertainty?.standard_error)),
    ),
    ...row('stress MAE', 'GPa', 'lower', of('stress_mae').map(pressure)),
  ];
}

function elementRows(runs: readonly ComparedRun[], set: string): ComparedRow[] {
  const tables = runs.map(({ errors }) => errors?.[set]?.elements ?? []);
  const names = [...new Set(tables.flat().map(({ element }) => element))];
  // Of one element the row would be that of the set.
  if (names.length < 2) return [];
  return names.flatMap((name) =>
    row(
      `${name === '' ? 'unknown' : name}: force RMSE`,
      'meV/Å',
      'lower',
      tables.map((elements) => milli(elements.find(({ element }) => element === name)?.force_rmse)),
    ),
  );
}

function configTypeRows(runs: readonly ComparedRun[], set: string): ComparedRow[] {
  const tables = runs.map(({ errors }) => errors?.[set]?.config_types ?? []);
  const names = [...new Set(tables.flat().map(({ config_type }) => config_type))];
  if (names.length < 2) return [];
  return names.flatMap((name) => {
    const rows = tables.map((types) => types.find(({ config_type }) => config_type === name));
    const title = name === '' ? 'none' : name;
    return [
      ...row(
        `${title}: energy RMSE`,
        'meV/atom',
        'lower',
        rows.map((one) => milli(one?.energy_rmse)),
      ),
      ...row(
        `${title}: force RMSE`,
        'meV/Å',
        'lower',
        rows.map((one) => milli(one?.force_rmse)),
      ),
      ...row(
        `${title}: stress RMSE`,
        'GPa',
        'lower',
        rows.map((one) => pressure(one?.stress_rmse)),
      ),
    ];
  });
}

/** Numbers that actions leave in the manifest, in the units that are shown. */
const RESULTS = [
  { key: 'best_epoch', name: 'best epoch', unit: '', better: 'neither' },
  { key: 'energy_drift', name: 'energy drift', unit: 'meV/atom/ns', better: 'neither' },
  { key: 'energy_fluctuation', name: 'energy fluctuation', unit: 'meV/atom', better: 'lower' },
  { key: 'wall_seconds', name: 'time', unit: 's', better: 'lower' },
  { key: 'cpu_seconds', name: 'CPU time', unit: 's', better: 'lower' },
  { key: 'cpu_microseconds_per_atom_step', name: 'CPU time per atom and step', unit: 'µs', better: 'lower' },
] as const;

function resultRows(runs: readonly ComparedRun[]): ComparedRow[] {
  return RESULTS.flatMap(({ key, name, unit, better }) => {
    const values = runs.map(({ manifest }) => {
      const value = manifest.results?.[key];
      return typeof value === 'number' ? value : undefined;
    });
    return row(name, unit, better, values);
  });
}

function differences(runs: readonly ComparedRun[]): string[] {
  const notes: string[] = [];
  const distinct = (of: (run: ComparedRun) => string): number => new Set(runs.map(of)).size;
  if (distinct(({ manifest }) => manifest.kind) > 1) notes.push('The runs are of different kinds.');
  if (distinct(({ manifest }) => JSON.stringify(manifest.data.map(({ sha256 }) => sha256).sort())) > 1)
    notes.push('The runs read different data: their errors are those of different structures.');
  else if (
    distinct(({ manifest }) => JSON.stringify(SETS.map((set) => manifest[set]?.structures ?? 0))) > 1 &&
    runs.every(({ manifest }) => manifest.state === 'finished')
  )
    notes.push('The runs divide the data differently: their errors are those of different structures.');
  else if (distinct(({ manifest }) => String(manifest.seed ?? '')) > 1)
    notes.push('The seeds differ: where the data are divided at random, the sets hold different structures.');
  return notes;
}
