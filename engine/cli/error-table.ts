/** Errors of a potential as a table for people: energies in meV/atom, forces in meV/Å. */
import type { ErrorSummary } from '../../protocol/run';

export function errorTable(rows: readonly { readonly name: string; readonly errors: ErrorSummary }[]): string {
  const cells = [
    ['', '', 'energy', 'meV/atom', '', 'force', 'meV/Å', '', ''],
    ['set', 'structures', 'RMSE', 'MAE', 'R²', 'RMSE', 'MAE', 'max', 'R²'],
    ...rows.map(({ name, errors }) => [
      name,
      String(errors.structures),
      milli(errors.energy_rmse),
      milli(errors.energy_mae),
      determination(errors.energy_r2),
      milli(errors.force_rmse),
      milli(errors.force_mae),
      milli(errors.force_max_error),
      determination(errors.force_r2),
    ]),
  ];
  const widths = cells[1].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const milli = (value: number | null): string => (value === null ? '–' : (1000 * value).toFixed(2));
const determination = (value: number | null): string => (value === null ? '–' : value.toFixed(5));
