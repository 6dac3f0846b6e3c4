/**
 * The runs of the workspace, as their folders tell (protocol/run.ts). Everything is found on the disk, again and again, so
 * a reloaded window knows as much as the one before, and runs of the command line appear like those of the editor.
 * Reads only. Nothing in a folder is trusted; how many folders are looked at is bounded.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { HEARTBEAT_LOST_MILLISECONDS, MAXIMUM_MANIFEST_BYTES, parseManifest } from '../../protocol/run';
import type { RunKind, RunManifest, RunState } from '../../protocol/run';
import type { Disposable } from '../disposable';
import { EventTail, latestOf, NOTHING_YET } from './events';
import type { Latest } from './events';
import { isAlive } from './process';

const TAIL_MILLISECONDS = 400;
const SCAN_MILLISECONDS = 2500;
const MAXIMUM_ACTIONS = 500;
const MAXIMUM_RUNS_PER_ACTION = 200;
/** What is read of the events of a run that has ended: enough for its last epoch or step. */
const LAST_BYTES = 1 << 16;

export interface Run {
  /** Absolute path: its identity. */
  readonly folder: string;
  /** The file that it was started from, beside the folder of runs. */
  readonly definition: string;
  readonly manifest: RunManifest;
  readonly state: RunState;
  readonly latest: Latest;
  /** Path of its trajectory, if it has one. */
  readonly trajectory?: string;
}

interface Entry {
  run: Run;
  /** Size and time of the run.json that was read. */
  stamp: string;
  readonly tail: EventTail;
}

type Listener = (changed: readonly Run[]) => void;

/** The number of a run: the name of its folder. */
export const numberOf = (run: { readonly folder: string }): string => path.basename(run.folder);

/** The folder of an action's runs. */
export const actionFolder = (run: { readonly folder: string }): string => path.dirname(run.folder);

/** What a run is called in lists and titles. */
export const titleOf = (run: { readonly folder: string; readonly manifest: RunManifest }): string =>
  `${run.manifest.kind} ${run.manifest.label} ${numberOf(run)}`;

export class RunStore implements Disposable {
  private readonly roots = new Set<string>();
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<Listener>();
  private timer: NodeJS.Timeout | undefined;
  private lastScan = 0;
  private working: Promise<void> = Promise.resolve();
  private disposed = false;

  /** Every run known, newest first. */
  get all(): readonly Run[] {
    return [...this.entries.values()].map(({ run }) => run).sort(newestFirst);
  }

  get running(): readonly Run[] {
    return this.all.filter(({ state }) => state === 'running');
  }

  get(folder: string): Run | undefined {
    return this.entries.get(folder)?.run;
  }

  /** Runs that appeared, changed or vanished since the last call; called after every look at the disk that found any. */
  onDidChange(listener: Listener): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  /** Looks into `folder` (one that is called `runs`) from now on; it need not exist yet. */
  watch(folder: string): void {
    if (this.roots.has(folder)) return;
    this.roots.add(folder);
    this.lastScan = 0;
    this.schedule(0);
  }

  /** Looks at everything now. */
  refresh(): Promise<void> {
    this.working = this.working.then(() => this.look(true));
    return this.working;
  }

  /** Looks at one run now: it was just started, or is asked for by name. */
  async find(folder: string): Promise<Run | undefined> {
    const changed = await this.update(folder);
    if (changed) this.tell([changed]);
    return this.get(folder);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.listeners.clear();
  }

  private schedule(milliseconds: number): void {
    clearTimeout(this.timer);
    if (this.disposed) return;
    this.timer = setTimeout(() => {
      this.working = this.working.then(() => this.look(Date.now() - this.lastScan >= SCAN_MILLISECONDS));
      void this.working.then(() => this.schedule(this.running.length > 0 ? TAIL_MILLISECONDS : SCAN_MILLISECONDS));
    }, milliseconds);
  }

  /** `scan` also looks for new and vanished folders and for processes that died. */
  private async look(scan: boolean): Promise<void> {
    const changed: Run[] = [];
    let folders = this.running.map(({ folder }) => folder);
    if (scan) {
      this.lastScan = Date.now();
      folders = (await Promise.all([...this.roots].map((root) => runFolders(root)))).flat();
      const present = new Set(folders);
      for (const [folder, { run }] of this.entries) {
        if (present.has(folder) || !this.roots.has(path.dirname(actionFolder(run)))) continue;
        this.entries.delete(folder);
        changed.push(run);
      }
    }
    for (const folder of folders) {
      const run = await this.update(folder, scan);
      if (run) changed.push(run);
    }
    if (changed.length > 0) this.tell(changed);
  }

  private tell(changed: readonly Run[]): void {
    if (this.disposed) return;
    for (const listener of this.listeners) listener(changed);
  }

  /** The run in `folder` if it is new or different from what was known. */
  private async update(folder: string, checkProcess = true): Promise<Run | undefined> {
    const known = this.entries.get(folder);
    const stamp = await stampOf(path.join(folder, 'run.json'));
    if (stamp === undefined) return undefined;
    const changedManifest = known === undefined || stamp !== known.stamp;
    if (known && !changedManifest && known.run.state !== 'running' && known.run.manifest.state !== 'running')
      return undefined;

    let manifest = known && !changedManifest ? known.run.manifest : await readManifest(folder);
    if (manifest === undefined) return undefined;
    let state: RunState = manifest.state;
    if (state === 'running') {
      const alive = !checkProcess && known?.run.state === 'running' ? true : await isWorking(folder, manifest);
      if (!alive) {
        // It may have ended well between the two looks.
        manifest = (await readManifest(folder)) ?? manifest;
        state = manifest.state === 'running' ? 'interrupted' : manifest.state;
      }
    }
    const live = state === 'running';
    const tail = known?.tail ?? new EventTail(path.join(folder, 'events.ndjson'), live ? 0 : -LAST_BYTES);
    let latest = known?.run.latest ?? NOTHING_YET;
    for (let batch = await tail.read(); batch; batch = batch.more ? await tail.read() : undefined)
      latest = latestOf(batch.reset ? NOTHING_YET : latest, batch.events);

    const same = known && !changedManifest && known.run.state === state && sameEvents(known.run.latest, latest);
    if (same) return undefined;
    const run: Run = {
      folder,
      definition: definitionOf(folder, manifest),
      manifest,
      state,
      latest,
      trajectory: await trajectoryOf(folder, manifest),
    };
    this.entries.set(folder, { run, stamp, tail });
    return run;
  }
}

const sameEvents = (a: Latest, b: Latest): boolean =>
  a.epoch === b.epoch &&
  a.step === b.step &&
  a.window === b.window &&
  a.flag === b.flag &&
  a.progress === b.progress &&
  a.warnings === b.warnings;

const timeOf = ({ manifest }: Run): number => Date.parse(manifest.started) || 0;

function newestFirst(a: Run, b: Run): number {
  return timeOf(b) - timeOf(a) || Number(numberOf(b)) - Number(numberOf(a)) || (a.folder < b.folder ? -1 : 1);
}

/** `runs/` stands beside the file. By name, as the folder may have been moved or be mounted elsewhere on another host. */
function definitionOf(folder: string, manifest: RunManifest): string {
  const beside = path.resolve(folder, '..', '..', '..');
  return path.join(beside, path.basename(manifest.file.replaceAll('\\', '/')));
}

/** Folders of runs below `root`, at most so many of each action, the newest ones. @param kind all kinds if there is none */
export async function runFolders(
  root: string,
  kind?: RunKind,
  mostOfEach = MAXIMUM_RUNS_PER_ACTION,
): Promise<string[]> {
  const actions = (await foldersIn(root)).filter((name) => kind === undefined || name.startsWith(`${kind}-`));
  const runs = await Promise.all(
    actions.slice(0, MAXIMUM_ACTIONS).map(async (action) => {
      const numbers = (await foldersIn(path.join(root, action))).filter((name) => /^\d{1,9}$/.test(name));
      numbers.sort((a, b) => Number(b) - Number(a));
      return numbers.slice(0, mostOfEach).map((number) => path.join(root, action, number));
    }),
  );
  return runs.flat();
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
}

async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { size, mtimeMs, ino } = await stat(file);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    return undefined;
  }
}

/** Validated run.json, undefined if there is none or it is none. */
export async function readManifest(folder: string): Promise<RunManifest | undefined> {
  try {
    const file = path.join(folder, 'run.json');
    const status = await stat(file);
    if (!status.isFile() || status.size > MAXIMUM_MANIFEST_BYTES) return undefined;
    return parseManifest(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whether the process that run.json names still works on the run. */
export async function isWorking(folder: string, manifest: RunManifest): Promise<boolean> {
  if (manifest.host === hostname()) return isAlive(manifest);
  try {
    const { mtimeMs } = await stat(path.join(folder, 'heartbeat'));
    return Date.now() - mtimeMs < HEARTBEAT_LOST_MILLISECONDS;
  } catch {
    return false;
  }
}

/** What a run says its trajectory is, if that is there. */
async function trajectoryOf(folder: string, { results }: RunManifest): Promise<string | undefined> {
  const name = results?.trajectory;
  if (typeof name !== 'string') return undefined;
  const names = await readdir(folder).catch((): string[] => []);
  return names.includes(name) ? path.join(folder, name) : undefined;
}
