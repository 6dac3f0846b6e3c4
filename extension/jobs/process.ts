/**
 * Does the process that run.json names still live? The twin of engine/runs/process.ts that doesn't block: the extension
 * host must never wait for another program. A test holds what they say equal. See protocol/process.ts.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { BOOT_ID, exists, isSame, psArguments, psOptions, startedOf, type ProcessName } from '../../protocol/process';

/** When process `pid` of this machine started; '' if the system doesn't tell, undefined if there is no such process. */
export async function processStarted(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    try {
      return startedOf(await readFile(`/proc/${pid}/stat`, 'utf8'), await readFile(BOOT_ID, 'utf8'));
    } catch {
      return exists(pid) ? '' : undefined;
    }
  }
  if (!exists(pid)) return undefined;
  if (process.platform === 'win32') return '';
  try {
    return (await promisify(execFile)('ps', psArguments(pid), psOptions())).stdout.trim();
  } catch {
    return '';
  }
}

export const isAlive = async (name: ProcessName): Promise<boolean> =>
  isSame(name, name.pid <= 0 ? undefined : await processStarted(name.pid));

/** Signals a job and everything that it started. Windows knows no process groups: there its tree is ended. */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/t', ...(signal === 'SIGKILL' ? ['/f'] : [])], () => undefined);
    return;
  }
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // No such group: the process itself; no such process: it has ended.
    }
  }
}
