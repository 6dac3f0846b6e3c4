/** Errors of a potential as tables for people (energies in meV/atom, forces in meV/Å, stresses in GPa), and as the errors.json of a run. */
import { basename } from 'node:path';
import { bySet, type SetName } from '../../protocol/parity';
import type { ErrorSummary } from '../../protocol/run';
import type { ErrorReport, Uncertainty } from '../analysis/error-report';
import type { LossShares } from '../training/result';
import { GIGAPASCAL } from '../structure/voigt';
import { table } from './table';

export interface NamedErrors {
  /** Of the set. */
  readonly name: string;
  readonly errors: ErrorSummary;
  /** Where they come from; sets without one, and those without structures, stand in the first table alone. */
  readonly report?: ErrorReport;
}

const WORST_SHOWN = 5;

/** All sets with all that is known of their errors; eV/atom and eV/Å. */
export function errorsFile(
  errors: Readonly<Record<SetName, ErrorSummary>>,
  report: Readonly<Record<SetName, ErrorReport>>,
): string {
  return `${JSON.stringify(
    bySet((set) => ({ ...errors[set], ...report[set] })),
    null,
    2,
  )}\n`;
}

/** One table of all sets, then of each set that has a report what is behind its row. */
export function errorTables(sets: readonly NamedErrors[]): string {
  const details = sets.flatMap(({ name, errors, report }) =>
    report === undefined || errors.structures === 0 ? [] : reportTables(name, errors, report),
  );
  return [errorTable(sets), ...details].join('\n\n');
}

/** What each term and each config_type that has factors of its own contributes to the loss. */
export function describeShares({ terms, config_types }: LossShares): string {
  const list = (shares: Readonly<Record<string, number>>): string =>
    Object.entries(shares)
      .filter(([, share]) => share > 0)
      .map(([name, share]) => `${name === '' ? '(no config_type)' : name} ${(100 * share).toFixed(1)} %`)
      .join(', ');
  const types = Object.keys(config_types).length > 0 ? `; of its errors by config_type: ${list(config_types)}` : '';
  return `loss of the training set: ${list(terms)}${types}`;
}

function errorTable(sets: readonly NamedErrors[]): string {
  const hasStress = sets.some(({ errors }) => typeof errors.stress_rmse === 'number');
  return table([
    ['', '', 'energy', 'meV/atom', '', 'force', 'meV/Å', '', '', ...(hasStress ? ['stress', 'GPa'] : [])],
    ['set', 'structures', 'RMSE', 'MAE', 'R²', 'RMSE', 'MAE', 'max', 'R²', ...(hasStress ? ['RMSE', 'MAE'] : [])],
    ...sets
      .filter(({ errors }) => errors.structures > 0)
      .map(({ name, errors }) => [
        name,
        String(errors.structures),
        milli(errors.energy_rmse),
        milli(errors.energy_mae),
        determination(errors.energy_r2),
        milli(errors.force_rmse),
        milli(errors.force_mae),
        milli(errors.force_max_error),
        determination(errors.force_r2),
        ...(hasStress ? [pressure(errors.stress_rmse), pressure(errors.stress_mae)] : []),
      ]),
  ]);
}

function reportTables(name: string, errors: ErrorSummary, report: ErrorReport): string[] {
  const { energy_rmse_uncertainty, force_rmse_uncertainty, config_types, elements, worst } = report;
  const uncertain = [
    ['energy', errors.energy_rmse, energy_rmse_uncertainty, 'meV/atom'] as const,
    ['force', errors.force_rmse, force_rmse_uncertainty, 'meV/Å'] as const,
  ].flatMap(([what, rmse, uncertainty, unit]) =>
    uncertainty === null
      ? []
      : [`${what} ${milli(rmse)} ± ${milli(uncertainty.standard_error)} ${unit}${range(uncertainty)}`],
  );
  const parts: string[] = [];
  if (uncertain.length > 0) parts.push(`RMSE of ${name}, bootstrap over structures: ${uncertain.join(', ')}`);
  if (config_types.length > 1)
    parts.push(
      table([
        [`${name} by`, '', 'energy', 'meV/atom', 'force', 'meV/Å', ''],
        ['config_type', 'structures', 'RMSE', 'MAE', 'RMSE', 'MAE', 'max'],
        ...config_types.map((row) => [
          row.config_type === '' ? '–' : row.config_type,
          String(row.structures),
          milli(row.energy_rmse),
          milli(row.energy_mae),
          milli(row.force_rmse),
          milli(row.force_mae),
          milli(row.force_max_error),
        ]),
      ]),
    );
  if (elements.length > 1)
    parts.push(
      table([
        [`${name} by`, '', 'force', 'meV/Å', ''],
        ['element', 'components', 'RMSE', 'MAE', 'max'],
        ...elements.map((row) => [
          row.element === '' ? '–' : row.element,
          String(row.forces),
          milli(row.force_rmse),
          milli(row.force_mae),
          milli(row.force_max_error),
        ]),
      ]),
    );
  if (worst.length > 1)
    parts.push(
      table([
        [`${name}:`, '', 'energy error', 'force RMSE', ''],
        ['worst structures', 'frame', 'meV/atom', 'meV/Å', 'times the RMSE'],
        ...worst
          .slice(0, WORST_SHOWN)
          .map((row) => [
            [basename(row.file), row.config_type].filter((part) => part !== '').join(' '),
            String(row.frame),
            milli(row.energy_error),
            milli(row.force_rmse),
            row.relative.toFixed(1),
          ]),
      ]),
    );
  return parts;
}

const milli = (value: number | null): string => (value === null ? '–' : (1000 * value).toFixed(2));
/** eV/Å³ as GPa. */
const pressure = (value: number | null | undefined): string =>
  typeof value === 'number' ? (value * GIGAPASCAL).toFixed(3) : '–';
const range = ({ low, high }: Uncertainty): string => ` (95 %: ${milli(low)} to ${milli(high)})`;
const determination = (value: number | null): string => (value === null ? '–' : value.toFixed(5));
