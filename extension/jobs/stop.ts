/** Ends a job: asks by the file `stop`, then by SIGTERM to its group, then by SIGKILL. Never another process that got its pid. */
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunManifest } from '../../protocol/run';
import { isAlive, signalGroup } from './process';
import { isWorking, readManifest } from './runs';

const POLL_MILLISECONDS = 200;

/** How long to wait after each step, in ms. */
export interface Patience {
  readonly request: number;
  readonly terminate: number;
}

/** A step may be an epoch over much data, and the checkpoint after it is worth waiting for. */
const PATIENCE: Patience = { request: 30_000, terminate: 10_000 };

/** Resolves when the run works no more; `false` if it can't be ended from here (another host). */
export async function stopRun(folder: string, { request, terminate }: Patience = PATIENCE): Promise<boolean> {
  await writeFile(path.join(folder, 'stop'), '');
  if (await ended(folder, request)) return true;
  for (const [signal, wait] of [
    ['SIGTERM', terminate],
    ['SIGKILL', terminate],
  ] as const) {
    const manifest = await readManifest(folder);
    if (manifest?.host !== hostname()) return false;
    if (await isAlive(manifest)) signalGroup(manifest.pid, signal);
    if (await ended(folder, wait)) return true;
  }
  return false;
}

async function ended(folder: string, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const manifest = await readManifest(folder);
    if (manifest === undefined || !(await works(folder, manifest))) return true;
    if (Date.now() >= end) return false;
    await sleep(POLL_MILLISECONDS);
  }
}

const works = async (folder: string, manifest: RunManifest): Promise<boolean> =>
  manifest.state === 'running' && (await isWorking(folder, manifest));
