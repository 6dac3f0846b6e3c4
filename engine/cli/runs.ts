/** `nearsight runs [FOLDER]`: what has been run below a folder and what has become of it. */
import { relative, resolve } from 'node:path';
import { statSync } from 'node:fs';
import { Command } from 'commander';
import { listRuns } from '../runs/list';
import type { FoundRun } from '../runs/list';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import type { Output } from './output';

export const runsCommand = new Command('runs')
  .description('list runs, newest first')
  .argument('[folder]', 'folder to look in, with all that is below it', '.')
  .option(...JSON_OPTION)
  .action((folder: string, options: CommonOptions) => conclude(options, (output) => showRuns(folder, output)));

function showRuns(folder: string, output: Output): Outcome {
  if (statSync(resolve(folder), { throwIfNoEntry: false })?.isDirectory() !== true) {
    return refuse(output, [{ code: 'RN008', message: 'There is no such folder.', place: { file: folder } }]);
  }
  const runs = listRuns(folder);
  if (runs.length === 0) output.print('no runs');
  for (const run of runs) output.print(describeRun(run));
  return {
    exitCode: 0,
    result: { runs: runs.map(({ folder: run, state, manifest }) => ({ run, state, manifest })) },
  };
}

function describeRun({ folder, state, manifest }: FoundRun): string {
  const name = relative(process.cwd(), folder) || '.';
  const started = manifest.started.slice(0, 16).replace('T', ' ');
  const error = manifest.error === undefined || state === 'finished' ? '' : `  ${manifest.error.split('\n')[0]}`;
  return `${state.padEnd(11)}  ${started}  ${name}${errors(manifest)}${error}`;
}

function errors({ test, train }: FoundRun['manifest']): string {
  const summary = test !== undefined && test.structures > 0 ? test : train;
  if (summary === undefined) return '';
  const energy = summary.energy_rmse === null ? '' : `  ${(1000 * summary.energy_rmse).toPrecision(3)} meV/atom`;
  const force = summary.force_rmse === null ? '' : `  ${(1000 * summary.force_rmse).toPrecision(3)} meV/Å`;
  return energy + force;
}
