/**
 * What a command says: results on stdout, problems on stderr as `file:line:col code message`.
 *
 *   terminal   a progress bar in the last line, warnings and results above it
 *   pipe       plain lines
 *   --json     one JSON object a line: the run's events as they happen, and the result in the last line
 *
 * A reader that goes away (EPIPE) must never end a job.
 */
import { describe } from '../../protocol/result';
import type { Problem } from '../../protocol/result';
import type { EpochEvent, RunEvent } from '../../protocol/run';
import { describeEvent, progressBar } from './progress';

const REDRAW_MILLISECONDS = 100;
/** Between two plain lines about the same kind of progress: logs should stay readable. */
const LINE_MILLISECONDS = 1000;

export interface Output {
  readonly json: boolean;
  /** Text for people; nothing with --json. */
  print(text: string): void;
  event(event: RunEvent): void;
  problems(problems: readonly Problem[]): void;
  /** The one object that --json ends with. */
  result(result: object): void;
}

/** Without this a closed pipe or terminal is an uncaught exception. */
export function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
}

export function createOutput(json: boolean): Output {
  const terminal = process.stdout.isTTY && !json;
  let drawn = false;
  let lastDrawn = 0;
  let lastLine = 0;
  let lastEpoch: EpochEvent | undefined;

  const clear = (): void => {
    if (drawn) process.stdout.write('\r\x1b[K');
    drawn = false;
  };
  const print = (text: string): void => {
    if (json) return;
    clear();
    process.stdout.write(`${text}\n`);
  };

  return {
    json,
    print,
    event(event) {
      if (json) {
        process.stdout.write(`${JSON.stringify(event)}\n`);
        return;
      }
      if (event.type === 'epoch') lastEpoch = event;
      const bar = terminal ? progressBar(event, process.stdout.columns, lastEpoch) : undefined;
      const now = Date.now();
      if (bar === undefined) {
        const text = describeEvent(event);
        if (text === undefined || (isPassing(event) && now - lastLine < LINE_MILLISECONDS)) return;
        if (isPassing(event)) lastLine = now;
        print(text);
        return;
      }
      if (now - lastDrawn < REDRAW_MILLISECONDS) return;
      lastDrawn = now;
      drawn = true;
      process.stdout.write(`\r\x1b[K${bar}`);
    },
    problems(problems) {
      clear();
      for (const problem of problems) process.stderr.write(`${describe(problem)}\n`);
    },
    result(result) {
      clear();
      if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    },
  };
}

/** One of many of its kind, and not the last. */
function isPassing(event: RunEvent): boolean {
  if (event.type === 'epoch') return event.epoch < event.epochs;
  return event.type === 'window' || (event.type === 'step' && event.step < event.steps);
}
