/**
 * The run folder as a job sees it: create or resume it, tell what happens, save where one is, end it.
 * What stands in it is described in protocol/run.ts.
 *
 * A *session* is one process working on the run. Session n claims the run by creating `session-n` exclusively; nobody
 * may claim n + 1 while the owner of n lives. So two resumes at the same time can't both proceed, and no lock is ever broken.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { fail, ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import { parseErrors } from '../../protocol/errors';
import type { RunErrors } from '../../protocol/errors';
import {
  HEARTBEAT_LOST_MILLISECONDS,
  MAXIMUM_MANIFEST_BYTES,
  parseManifest,
  RUN_FORMAT,
  runEvent,
} from '../../protocol/run';
import type { RecordedState, RunEvent, RunKind, RunManifest } from '../../protocol/run';
import { readCheckpoint, writeCheckpoint } from './checkpoint';
import type { Checkpoint } from './checkpoint';
import { errorCode, readBounded, readJson, syncFolder, writeAtomically, writeFully } from './files';
import { liveness, thisProcess } from './process';
import type { ProcessName } from './process';

const HEARTBEAT_MILLISECONDS = 2000;
const MAXIMUM_ERRORS_BYTES = 1 << 24;
const MAXIMUM_TEXT_BYTES = 1 << 24;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event without its time: the folder adds it. */
export type NewEvent = DistributiveOmit<RunEvent, 't'>;

/** What a job says of itself when it starts. */
export interface RunDescription {
  readonly kind: RunKind;
  readonly label: string;
  /** Absolute path of the definition. */
  readonly file: string;
  /** The definition's text: frozen in the folder. */
  readonly text: string;
  readonly data: readonly RunManifest['data'][number][];
  readonly identity?: string;
  readonly seed?: number;
  readonly version: string;
}

/** A run folder that this process has claimed. */
export interface Run {
  readonly folder: string;
  readonly manifest: RunManifest;
  /** Appends to events.ndjson, and returns what stands there. Numbers in it must be finite. */
  tell(event: NewEvent): RunEvent;
  /** Writes run.json anew with these changes. */
  update(changes: Partial<RunManifest>): void;
  /** Somebody has asked for a stop. */
  stopRequested(): boolean;
  checkpoint(checkpoint: Checkpoint): void;
  /** The newest complete checkpoint of an earlier session. */
  restore(): Checkpoint | undefined;
  /** Writes a file of the run completely or not at all. */
  write(name: string, data: string | Uint8Array): void;
  /** Records the last state, stops the heartbeat. The run can't be used afterwards. */
  end(state: Exclude<RecordedState, 'running'>, changes?: Partial<RunManifest>): void;
}

const processName = v.object({ host: v.string(), pid: v.number(), process_started: v.string() });

/** A label as a part of a file name. */
export function fileNameOf(label: string): string {
  const name = label
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '_')
    .replace(/^\.+|\.+$/g, '_');
  return Array.from(name).slice(0, 60).join('');
}

/** Where the runs of a definition file stand. */
export const runsFolder = (file: string): string => join(dirname(resolve(file)), 'runs');

/**
 * Makes a new run folder and claims it: the next free number, or exactly `out`, which must be absent or empty.
 * Expected failures: `out` is in use, the place can't be written.
 */
export function createRun(description: RunDescription, out?: string): Result<Run> {
  let folder: string;
  try {
    if (out === undefined) folder = nextFolder(join(runsFolder(description.file), folderName(description)));
    else {
      folder = resolve(out);
      mkdirSync(folder, { recursive: true });
      if (readdirSync(folder).length > 0) {
        return fail({ code: 'RN010', message: `The folder is not empty: name a new one.`, place: { file: folder } });
      }
    }
    if (!claim(folder, 0)) return claimed(folder);
    const { kind, label, file, text, data, identity, seed, version } = description;
    writeAtomically(join(folder, 'definition.potential'), text);
    const manifest: RunManifest = {
      format: RUN_FORMAT,
      kind,
      label,
      file: resolve(file),
      definition_sha256: createHash('sha256').update(text).digest('hex'),
      data: [...data],
      identity,
      seed,
      versions: { nearsight: version, node: process.versions.node },
      ...thisProcess(),
      state: 'running',
      started: new Date().toISOString(),
      resumed: 0,
    };
    return ok(open(folder, manifest));
  } catch (error) {
    return fail(unwritable(out ?? runsFolder(description.file), error));
  }
}

/**
 * Claims the run in `folder` for this process, to go on from its last checkpoint. Expected failures: it is no run,
 * it is finished, it is running, another process was faster.
 */
export function resumeRun(folder: string, version: string): Result<Run> {
  const path = resolve(folder);
  const manifest = readManifest(path);
  if (manifest === undefined) return fail(noRun(path));
  if (manifest.state === 'finished') {
    return fail({ code: 'RN003', message: 'The run is finished: there is nothing to resume.', place: { file: path } });
  }
  try {
    const last = lastSession(path);
    if (ownerLives(path, last)) return claimed(path);
    if (!claim(path, last + 1)) return claimed(path);
    rmSync(join(path, 'stop'), { force: true });
    return ok(
      open(path, {
        ...manifest,
        ...thisProcess(),
        versions: { nearsight: version, node: process.versions.node },
        state: 'running',
        ended: undefined,
        error: undefined,
        resumed: last + 1,
      }),
    );
  } catch (error) {
    return fail(unwritable(path, error));
  }
}

/** Validated run.json, undefined if there is none or it is none. */
export function readManifest(folder: string): RunManifest | undefined {
  return parseManifest(readJson(join(folder, 'run.json'), MAXIMUM_MANIFEST_BYTES));
}

/** What stands behind the errors of a run; undefined where it has left nothing of the kind. */
export function readErrors(folder: string): RunErrors | undefined {
  return parseErrors(readJson(join(folder, 'errors.json'), MAXIMUM_ERRORS_BYTES));
}

/** The frozen definition; undefined if it is missing or not the text that run.json speaks of. */
export function readDefinition(folder: string, manifest: RunManifest): string | undefined {
  const bytes = readBounded(join(folder, 'definition.potential'), MAXIMUM_TEXT_BYTES);
  if (bytes === undefined) return undefined;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return sha256 === manifest.definition_sha256 ? bytes.toString('utf8') : undefined;
}

/** Asks the job to stop after the current step. */
export function requestStop(folder: string): void {
  writeFileSync(join(folder, 'stop'), '');
}

/** Milliseconds since the last heartbeat, ∞ if there never was one. */
function heartbeatAge(folder: string): number {
  try {
    return Date.now() - statSync(join(folder, 'heartbeat')).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Whether `owner`, which works or worked in `folder`, still does. */
export function isWorking(folder: string, owner: ProcessName): boolean {
  const found = liveness(owner);
  return found === 'unknown' ? heartbeatAge(folder) < HEARTBEAT_LOST_MILLISECONDS : found === 'alive';
}

export const noRun = (folder: string) => ({
  code: 'RN001',
  message: 'This is no run folder: it has no valid run.json. `nearsight runs` lists the runs.',
  place: { file: folder },
});

const folderName = ({ kind, label }: RunDescription): string => `${kind}-${fileNameOf(label)}`;

/** mkdir is what makes it free of races: whoever makes the folder has the number. */
function nextFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  let number = Math.max(
    0,
    ...readdirSync(parent)
      .filter((name) => /^\d{1,9}$/.test(name))
      .map(Number),
  );
  for (;;) {
    number += 1;
    const folder = join(parent, String(number).padStart(3, '0'));
    try {
      mkdirSync(folder);
      return realpathSync(folder);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

const sessionFile = (folder: string, session: number): string => join(folder, `session-${session}`);

function lastSession(folder: string): number {
  return Math.max(
    -1,
    ...readdirSync(folder)
      .filter((name) => /^session-\d{1,6}$/.test(name))
      .map((name) => Number(name.slice('session-'.length))),
  );
}

function claim(folder: string, session: number): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(sessionFile(folder, session), 'wx');
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  writeFully(descriptor, Buffer.from(JSON.stringify(thisProcess())));
  fsyncSync(descriptor);
  closeSync(descriptor);
  return true;
}

function ownerLives(folder: string, session: number): boolean {
  if (session < 0) return false;
  const path = sessionFile(folder, session);
  const owner = v.safeParse(processName, readJson(path, 10_000));
  // Just created, and not written yet: its owner is about to.
  if (!owner.success) return Date.now() - statSync(path).mtimeMs < HEARTBEAT_LOST_MILLISECONDS;
  const ended = readManifest(folder);
  // A session that has recorded its end may still be on its way out: that process writes nothing any more.
  if (ended !== undefined && ended.state !== 'running' && ended.resumed === session) return false;
  return isWorking(folder, owner.output);
}

const claimed = (folder: string): Result<never> =>
  fail({
    code: 'RN002',
    message: 'Another process is working on this run: stop it first with `nearsight stop`.',
    place: { file: folder },
  });

const unwritable = (folder: string, error: unknown) => ({
  code: 'RN011',
  message: `The run folder can't be written: ${error instanceof Error ? error.message : String(error)}`,
  place: { file: folder },
});

function open(folder: string, initial: RunManifest): Run {
  let manifest = initial;
  const writeManifest = (): void => writeAtomically(join(folder, 'run.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const events = openEvents(join(folder, 'events.ndjson'));
  const heartbeat = join(folder, 'heartbeat');
  const beat = (): void => {
    const now = new Date();
    try {
      if (existsSync(heartbeat)) utimesSync(heartbeat, now, now);
      else writeFileSync(heartbeat, '');
    } catch {
      // A full or vanished disk shows where results are written.
    }
  };
  beat();
  writeManifest();
  const timer = setInterval(beat, HEARTBEAT_MILLISECONDS);
  timer.unref();

  const run: Run = {
    folder,
    get manifest() {
      return manifest;
    },
    tell(event) {
      const complete = v.parse(runEvent, { t: Date.now(), ...event });
      writeFully(events, Buffer.from(`${JSON.stringify(complete)}\n`));
      return complete;
    },
    update(changes) {
      manifest = { ...manifest, ...changes };
      writeManifest();
    },
    stopRequested: () => existsSync(join(folder, 'stop')),
    checkpoint: (checkpoint) => writeCheckpoint(join(folder, 'checkpoint'), checkpoint),
    restore: () => readCheckpoint(join(folder, 'checkpoint')),
    write: (name, data) => writeAtomically(join(folder, name), data),
    end(state, changes) {
      clearInterval(timer);
      beat();
      run.tell({ type: 'state', state, message: changes?.error });
      fsyncSync(events);
      closeSync(events);
      run.update({ ...changes, state, ended: new Date().toISOString() });
      syncFolder(folder);
    },
  };
  run.tell({ type: 'state', state: 'running' });
  return run;
}

/** Opens for appending. A torn last line is closed by a newline, so that what follows starts on a line of its own. */
function openEvents(path: string): number {
  const descriptor = openSync(path, 'a+');
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a) {
    writeFully(descriptor, Buffer.from('\n'));
  }
  return descriptor;
}
