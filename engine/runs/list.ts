/** Which runs are there, and what has become of them. Reads only; nothing in a folder can make it throw. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { RunManifest, RunState } from '../../protocol/run';
import { isWorking, readManifest, runsFolder } from './run-folder';

export interface FoundRun {
  /** Absolute path: its identity. */
  readonly folder: string;
  readonly manifest: RunManifest;
  readonly state: RunState;
}

const MAXIMUM_DEPTH = 8;
const MAXIMUM_FOLDERS = 20_000;

/** What has become of a run: one that says `running` while its process is gone is *interrupted*. */
function stateOf(folder: string, manifest: RunManifest): RunState {
  return manifest.state === 'running' && !isWorking(folder, manifest) ? 'interrupted' : manifest.state;
}

/** The run in `folder`, undefined if that is no run. */
export function readRun(folder: string): FoundRun | undefined {
  const path = resolve(folder);
  const manifest = readManifest(path);
  return manifest === undefined ? undefined : { folder: path, manifest, state: stateOf(path, manifest) };
}

/** All runs in a folder and below it, newest first. Links are not followed; depth and number of folders are bounded. */
export function listRuns(folder: string): FoundRun[] {
  const found: FoundRun[] = [];
  let visited = 0;
  const visit = (path: string, depth: number): void => {
    visited += 1;
    if (visited > MAXIMUM_FOLDERS) return;
    let entries;
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch {
      return;
    }
    if (entries.some((entry) => entry.name === 'run.json')) {
      const run = readRun(path);
      if (run !== undefined) found.push(run);
      return;
    }
    if (depth === MAXIMUM_DEPTH) return;
    for (const entry of entries) {
      if (!entry.isDirectory() || entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      visit(join(path, entry.name), depth + 1);
    }
  };
  visit(resolve(folder), 0);
  return found.sort(newestFirst);
}

/** Runs of one definition file, newest first: those beside it that were started from a file of its name. */
export function runsOf(file: string): FoundRun[] {
  // By name, not by path: the folder may have been moved, or be mounted elsewhere on another host.
  const name = basename(file);
  return listRuns(runsFolder(file)).filter(({ manifest }) => basename(manifest.file.replaceAll('\\', '/')) === name);
}

const timeOf = ({ manifest }: FoundRun): number => Date.parse(manifest.started) || 0;

function newestFirst(a: FoundRun, b: FoundRun): number {
  if (timeOf(a) !== timeOf(b)) return timeOf(b) - timeOf(a);
  if (dirname(a.folder) !== dirname(b.folder)) return a.folder < b.folder ? -1 : 1;
  return Number(basename(b.folder)) - Number(basename(a.folder)) || (a.folder < b.folder ? 1 : -1);
}
