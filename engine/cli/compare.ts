/** `nearsight compare RUN RUN…`: errors and costs of runs side by side, each against the first. */
import { basename, dirname } from 'node:path';
import { Command } from 'commander';
import type { Problem } from '../../protocol/result';
import { compareRuns, type ComparedCell, type ComparedRow } from '../analysis/run-comparison';
import { readRun } from '../runs/list';
import type { FoundRun } from '../runs/list';
import { noRun, readErrors } from '../runs/run-folder';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import type { Output } from './output';
import { table } from './table';

export const compareCommand = new Command('compare')
  .description('errors and costs of runs side by side, each against the first')
  .argument('<runs...>', 'run folders')
  .option(...JSON_OPTION)
  .action((folders: string[], options: CommonOptions) => conclude(options, (output) => compare(folders, output)));

function compare(folders: readonly string[], output: Output): Outcome {
  const runs: FoundRun[] = [];
  const problems: Problem[] = [];
  for (const folder of folders) {
    const run = readRun(folder);
    if (run === undefined) problems.push(noRun(folder));
    else runs.push(run);
  }
  if (problems.length > 0) return refuse(output, problems);
  const comparison = compareRuns(runs.map(({ folder, manifest }) => ({ manifest, errors: readErrors(folder) })));
  const head = ['', '', ...runs.map(({ folder }) => `${basename(dirname(folder))}/${basename(folder)}`)];
  output.print(
    table([
      head,
      ...comparison.groups.flatMap(({ title, rows }) => [[title, ...head.slice(1).map(() => '')], ...rows.map(cells)]),
    ]),
  );
  if (comparison.groups.some(({ rows }) => rows.some((row) => row.cells.some((cell) => cell?.significant === false))))
    output.print('\n≈ within twice the standard error (bootstrap over structures) of the difference');
  for (const note of comparison.notes) output.print(`\n${note}`);
  return { exitCode: 0, result: { runs: runs.map(({ folder }) => folder), ...comparison } };
}

const cells = ({ name, unit, cells: values }: ComparedRow): string[] => [`  ${name}`, unit, ...values.map(text)];

function text(cell: ComparedCell | null): string {
  if (cell === null) return '–';
  const { value, uncertainty, difference, significant } = cell;
  const shown = `${digits(value)}${uncertainty === null ? '' : ` ± ${digits(uncertainty, 2)}`}`;
  if (difference === null) return shown;
  return `${shown} (${significant === false ? '≈ ' : ''}${difference < 0 ? '−' : '+'}${digits(Math.abs(difference), 2)})`;
}

/** Integers as they are, others with so many significant digits. */
const digits = (value: number, significant = 4): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(significant)));
