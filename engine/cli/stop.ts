/** `nearsight stop RUN`: asks a job to save its state and end, and waits until it has. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { liveness } from '../runs/process';
import { readRun } from '../runs/list';
import type { FoundRun } from '../runs/list';
import { noRun, requestStop } from '../runs/run-folder';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import type { Output } from './output';

interface Options extends CommonOptions {
  readonly wait: string;
  readonly force?: boolean;
}

const POLL_MILLISECONDS = 100;

export const stopCommand = new Command('stop')
  .description('stop a run after its present step, with a checkpoint to resume from')
  .argument('<run>', 'run folder')
  .option('--wait <seconds>', 'how long to wait for it', '60')
  .option('--force', 'end the process if it does not stop in that time; the last checkpoint remains')
  .option(...JSON_OPTION)
  .action((folder: string, options: Options) => conclude(options, (output) => stop(folder, options, output)));

async function stop(folder: string, options: Options, output: Output): Promise<Outcome> {
  const run = readRun(folder);
  if (run === undefined) return refuse(output, [noRun(folder)]);
  const wait = Number(options.wait);
  if (!(wait >= 0 && wait <= 1e6)) {
    return refuse(output, [{ code: 'RN014', message: `--wait takes a number of seconds, not ${options.wait}.` }]);
  }
  let last = run;
  if (run.state === 'running') {
    try {
      requestStop(run.folder);
    } catch (error) {
      const message = `It cannot be asked to stop: ${error instanceof Error ? error.message : String(error)}`;
      return refuse(output, [{ code: 'RN011', message, place: { file: folder } }], 1);
    }
    last = await settled(run, 1000 * wait);
    if (last.state === 'running' && (options.force ?? false)) {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        // Only a process that is certainly that job: the pid may be another's by now, or another host's.
        if (liveness(last.manifest) === 'alive') process.kill(last.manifest.pid, signal);
        last = await settled(run, 5000);
      }
    }
  }
  output.print(`${last.state}  ${last.folder}`);
  if (last.state === 'running') {
    const message = `It has not stopped within ${wait} s; --force ends the process.`;
    return refuse(output, [{ code: 'RN015', message, place: { file: folder } }], 1);
  }
  return { exitCode: 0, result: { run: last.folder, state: last.state } };
}

/** The run when it is no longer running, or after `milliseconds`. */
async function settled(run: FoundRun, milliseconds: number): Promise<FoundRun> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const now = readRun(run.folder) ?? run;
    if (now.state !== 'running' || Date.now() >= end) return now;
    await sleep(POLL_MILLISECONDS);
  }
}
