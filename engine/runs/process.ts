/** Which process is this, and does it still live? See protocol/process.ts. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import {
  BOOT_ID,
  exists,
  isSame,
  psArguments,
  psOptions,
  startedOf,
  type ProcessName as LocalName,
} from '../../protocol/process';

export interface ProcessName extends LocalName {
  readonly host: string;
}

export type Liveness = 'alive' | 'dead' | 'unknown';

/** When process `pid` of this machine started; '' if the system doesn't tell, undefined if there is no such process. */
export function processStarted(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      return startedOf(readFileSync(`/proc/${pid}/stat`, 'utf8'), readFileSync(BOOT_ID, 'utf8'));
    } catch {
      return exists(pid) ? '' : undefined;
    }
  }
  if (!exists(pid)) return undefined;
  if (process.platform === 'win32') return '';
  const ps = spawnSync('ps', psArguments(pid), { encoding: 'utf8', ...psOptions() });
  return ps.status === 0 ? ps.stdout.trim() : '';
}

/** This very process. */
export function thisProcess(): ProcessName {
  return { host: hostname(), pid: process.pid, process_started: processStarted(process.pid) ?? '' };
}

/** `unknown` for a process of another host. */
export function liveness(name: ProcessName): Liveness {
  if (name.host !== hostname()) return 'unknown';
  return isSame(name, name.pid <= 0 ? undefined : processStarted(name.pid)) ? 'alive' : 'dead';
}
