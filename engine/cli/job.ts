/**
 * What all that makes a run has in common: start or resume a run, say what happens, save, stop when asked (by the
 * file `stop`, SIGINT, SIGTERM or SIGHUP), end. Work is done in pieces of well under a second, with `pause` between them.
 */
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import type { ActionDefinition } from '../../language/definition/definition';
import { fail, ok } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import type { RunKind, RunManifest } from '../../protocol/run';
import { KernelLimit } from '../kernels/evaluator';
import type { PotentialFile } from '../potentials/potential-file';
import type { Effort } from '../runs/checkpoint';
import { errorCode } from '../runs/files';
import { createRun, noRun, readDefinition, readManifest, resumeRun } from '../runs/run-folder';
import type { NewEvent, Run } from '../runs/run-folder';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import { parseThreads, THREADS_OPTION, type ComputeOptions } from './compute';
import { checkText, errorsOf, findAction, readDefinitionFile } from './definition-file';
import type { DefinitionFile } from './definition-file';
import type { Output } from './output';
import { version } from './version';

export interface JobOptions extends CommonOptions, ComputeOptions {
  readonly out?: string;
  /** Seconds between checkpoints. */
  readonly checkpoint: string;
}

const YIELD_MILLISECONDS = 20;
const STOP_POLL_MILLISECONDS = 250;
const PROGRESS_MILLISECONDS = 1000;

export interface Job {
  readonly run: Run;
  readonly output: Output;
  /** To compute with, if the person says so. */
  readonly threads: number | undefined;
  /** What an earlier session saved last. */
  readonly checkpoint: Uint8Array | undefined;
  /** Over all sessions. */
  spent(): Effort;
  tell(event: NewEvent): void;
  warn(problems: readonly Problem[]): void;
  /** Tells how far a stage is, once it has lasted long enough to be of interest. */
  progress(stage: string, done: number, total: number): void;
  save(state: Uint8Array): void;
  /** To be called between pieces of work: lets timers and signals in and saves when it is time. True: stop now. */
  pause(save: () => Uint8Array): Promise<boolean>;
}

export type Ending =
  | {
      readonly state: 'finished';
      /** For run.json. */
      readonly changes: Partial<RunManifest>;
      /** For --json, beside `run`. */
      readonly result: object;
      /** For people. */
      readonly text: string;
    }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly problems: readonly Problem[] };

export const STOPPED: Ending = { state: 'stopped' };
export const failed = (...problems: readonly Problem[]): Ending => ({ state: 'failed', problems });

/** A job whose input is read and found good. */
export interface Prepared {
  readonly data: readonly RunManifest['data'][number][];
  readonly identity?: string;
  readonly seed?: number;
  readonly warnings: readonly Problem[];
  /** The potential that is used: a copy of it goes into the run, which so stays what it is when there is a newer one. */
  readonly potential?: PotentialFile;
  work(job: Job): Promise<Ending>;
}

/** Reads and checks the input of an action; `resumed` is the folder of the run when it goes on. */
export type Prepare<K extends RunKind> = (
  file: DefinitionFile,
  action: Extract<ActionDefinition, { kind: K }>,
  output: Output,
  resumed?: string,
) => Promise<Result<Prepared>>;

export const OUT_OPTION = ['--out <folder>', 'run folder to make, instead of the next number below runs/'] as const;

/** The options of every command that works on a run. */
export const addJobOptions = (command: Command): Command =>
  command
    .option(...THREADS_OPTION)
    .option('--checkpoint <seconds>', 'seconds of work between two checkpoints', '10')
    .option(...JSON_OPTION);

/** `nearsight <kind> FILE [LABEL]` */
export const jobCommand = <K extends RunKind>(kind: K, description: string, prepare: Prepare<K>): Command =>
  addJobOptions(
    new Command(kind)
      .description(description)
      .argument('<file>', '.potential file')
      .argument('[label]', `label of the ${kind} block; may be left out if there is one`)
      .option(...OUT_OPTION),
  ).action((file: string, label: string | undefined, options: JobOptions) =>
    conclude(options, (output) => startJob(kind, prepare, file, label, options, output)),
  );

/** Bad input is refused before anything is written. */
export async function startJob<K extends RunKind>(
  kind: K,
  prepare: Prepare<K>,
  file: string,
  label: string | undefined,
  options: JobOptions,
  output: Output,
): Promise<Outcome> {
  const settings = parseSettings(options);
  if (!settings.ok) return refuse(output, settings.problems);
  const read = await readDefinitionFile(file);
  if (!read.ok) return refuse(output, read.problems);
  const definitionFile = read.value;
  const action = prepareAction(definitionFile, kind, label);
  if (!action.ok) return refuse(output, action.problems);
  const prepared = await prepare(definitionFile, action.value, output);
  if (!prepared.ok) return refuse(output, prepared.problems);
  const { data, identity, seed } = prepared.value;
  const { path, text } = definitionFile;
  const run = createRun(
    { kind, label: action.value.name, file: path, text, data, identity, seed, version },
    options.out,
  );
  return run.ok ? runJob(run.value, prepared.value, settings.value, output) : refuse(output, run.problems);
}

/** Goes on with the run in `folder`, from the frozen definition and the same data. */
export async function resumeJob<K extends RunKind>(
  kind: K,
  prepare: Prepare<K>,
  folder: string,
  options: JobOptions,
  output: Output,
): Promise<Outcome> {
  const settings = parseSettings(options);
  if (!settings.ok) return refuse(output, settings.problems);
  const path = resolve(folder);
  const manifest = readManifest(path);
  if (manifest?.kind !== kind) return refuse(output, [noRun(folder)]);
  const text = readDefinition(path, manifest);
  if (text === undefined) {
    const message = 'definition.potential is missing or was changed: this run cannot go on. Start a new one.';
    return refuse(output, [{ code: 'RN012', message, place: { file: path } }]);
  }
  // Claimed first: while the data are read nobody else may start on it.
  const run = resumeRun(path, version);
  if (!run.ok) return refuse(output, run.problems);
  const prepared = await prepareAgain();
  if (!prepared.ok) {
    run.value.end('failed', { error: prepared.problems.map(({ message }) => message).join('\n') });
    return refuse(output, prepared.problems);
  }
  return runJob(run.value, prepared.value, settings.value, output);

  async function prepareAgain(): Promise<Result<Prepared>> {
    if (manifest === undefined || text === undefined) return fail(noRun(folder));
    const definitionFile = await checkText(manifest.file, text);
    const action = prepareAction(definitionFile, kind, manifest.label);
    if (!action.ok) return action;
    const again = await prepare(definitionFile, action.value, output, path);
    if (!again.ok) return again;
    const changed = manifest.data.find(
      ({ file, sha256 }) => !again.value.data.some((now) => now.file === file && now.sha256 === sha256),
    );
    if (changed === undefined && manifest.data.length === again.value.data.length) return again;
    const message =
      'The data are not those that the run was started with, so it would not end with the same result. Start a new one.';
    return fail({ code: 'RN012', message, place: { file: changed?.file ?? dirname(manifest.file) } });
  }
}

function prepareAction<K extends RunKind>(file: DefinitionFile, kind: K, label: string | undefined) {
  const errors = errorsOf(file);
  return errors.length > 0 ? fail(...errors) : findAction(file, kind, label);
}

interface Settings {
  readonly checkpointSeconds: number;
  readonly threads: number | undefined;
}

function parseSettings({ checkpoint, threads: text }: JobOptions): Result<Settings> {
  const checkpointSeconds = Number(checkpoint);
  if (checkpoint.trim() === '' || !(checkpointSeconds >= 0 && checkpointSeconds <= 1e6))
    return fail({ code: 'RN014', message: `--checkpoint takes a number of seconds, not ${checkpoint}.` });
  const threads = parseThreads(text);
  return threads.ok ? ok({ checkpointSeconds, threads: threads.value }) : threads;
}

async function runJob(
  run: Run,
  prepared: Prepared,
  { checkpointSeconds, threads }: Settings,
  output: Output,
): Promise<Outcome> {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    // The second one is meant seriously: whatever is on disk is what remains.
    if (stopping && signal === 'SIGINT') process.exit(130);
    stopping = true;
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);

  const earlier = run.manifest.resumed > 0 ? run.restore() : undefined;
  let yielded = performance.now();
  let polled = yielded;
  let saved = yielded;
  const stage = { name: '', done: 0, started: 0, told: 0 };
  const job: Job = {
    run,
    output,
    threads,
    checkpoint: earlier?.bytes,
    spent() {
      const { user, system } = process.cpuUsage();
      return {
        cpu_seconds: (earlier?.spent.cpu_seconds ?? 0) + (user + system) / 1e6,
        wall_seconds: (earlier?.spent.wall_seconds ?? 0) + process.uptime(),
      };
    },
    tell: (event) => output.event(run.tell(event)),
    warn(problems) {
      for (const { message, code, place } of problems) {
        const where =
          place === undefined ? '' : `${[place.file, place.line].filter((part) => part !== undefined).join(':')}: `;
        job.tell({ type: 'warning', message: where + message, code });
      }
    },
    progress(name, done, total) {
      const now = performance.now();
      if (name !== stage.name || done < stage.done) Object.assign(stage, { name, started: now, told: now });
      stage.done = done;
      if (now - stage.told < PROGRESS_MILLISECONDS) return;
      stage.told = now;
      const remaining = done > 0 ? ((now - stage.started) / 1000 / done) * (total - done) : undefined;
      job.tell({ type: 'progress', stage: name, done, total, remaining });
    },
    save(state) {
      run.checkpoint({ bytes: state, spent: job.spent() });
      saved = performance.now();
    },
    async pause(save) {
      let now = performance.now();
      if (now - yielded >= YIELD_MILLISECONDS) {
        await new Promise((done) => setImmediate(done));
        now = performance.now();
        yielded = now;
      }
      if (now - polled >= STOP_POLL_MILLISECONDS) {
        stopping ||= run.stopRequested();
        polled = now;
      }
      if (stopping || now - saved >= 1000 * checkpointSeconds) job.save(save());
      return stopping;
    },
  };

  output.print(`run ${run.folder}`);
  try {
    if (prepared.potential !== undefined) {
      run.write('potential.json', JSON.stringify(prepared.potential));
    }
    job.warn(prepared.warnings);
    const ending = await prepared.work(job);
    if (ending.state === 'finished') {
      run.end('finished', ending.changes);
      output.print(ending.text);
      return { exitCode: 0, result: { run: run.folder, ...ending.result } };
    }
    if (ending.state === 'stopped') {
      run.end('stopped');
      output.print(`stopped; to go on: nearsight resume ${run.folder}`);
      return { exitCode: 1, result: { run: run.folder, state: 'stopped' } };
    }
    run.end('failed', { error: ending.problems.map(({ message }) => message).join('\n') });
    return refuse(output, ending.problems, 1);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = errorCode(error);
    try {
      run.end('failed', { error: message });
    } catch {
      // A full disk: then it shows as interrupted.
    }
    if (error instanceof KernelLimit) return refuse(output, [{ code: 'RN018', message }], 1);
    // The file system's word (no space, no permission) is no bug of ours.
    if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
    return refuse(output, [{ code: 'RN011', message, place: { file: run.folder } }], 1);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
