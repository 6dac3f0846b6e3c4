/**
 * Does the process that run.json names still live? The asynchronous twin of engine/runs/process.ts (a test holds what
 * they say equal): the extension host must never wait for another program.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessName {
  readonly pid: number;
  /** As the operating system tells it; '' where it doesn't. */
  readonly process_started: string;
}

/** When process `pid` of this machine started; '' if the system doesn't tell, undefined if there is no such process. */
export async function processStarted(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The command in parentheses may itself contain spaces and parentheses; what follows starts with field 3.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return `${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()}/${fields[19]}`;
    } catch {
      return exists(pid) ? '' : undefined;
    }
  }
  if (!exists(pid)) return undefined;
  if (process.platform === 'win32') return '';
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const ps = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { timeout: 5000, env });
    return ps.stdout.trim();
  } catch {
    return '';
  }
}

export async function isAlive({ pid, process_started }: ProcessName): Promise<boolean> {
  // kill(0) and negative numbers mean process groups.
  if (pid <= 0) return false;
  const started = await processStarted(pid);
  if (started === undefined) return false;
  return started === '' || process_started === '' || started === process_started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

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
