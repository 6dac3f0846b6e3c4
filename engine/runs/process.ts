/**
 * Which process is this, and does it still live? A pid alone may have been given to another process since, so a process
 * is named by its pid *and* when it started, as its operating system tells it.
 *
 * Linux: boot id and start time in clock ticks (proc(5), /proc/pid/stat field 22). macOS and other Unices: `ps -o lstart`.
 * Elsewhere '' (unknown): then only the pid is asked for.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessName {
  readonly host: string;
  readonly pid: number;
  /** Opaque; '' where the system doesn't tell. */
  readonly process_started: string;
}

export type Liveness = 'alive' | 'dead' | 'unknown';

/** When process `pid` of this machine started; '' if the system doesn't tell, undefined if there is no such process. */
export function processStarted(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command in parentheses may itself contain spaces and parentheses; what follows starts with field 3.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
    } catch {
      return exists(pid) ? '' : undefined;
    }
  }
  if (!exists(pid)) return undefined;
  if (process.platform === 'win32') return '';
  const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    timeout: 5000,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  return ps.status === 0 ? ps.stdout.trim() : '';
}

/** This very process. */
export function thisProcess(): ProcessName {
  return { host: hostname(), pid: process.pid, process_started: processStarted(process.pid) ?? '' };
}

/** `unknown` for a process of another host. */
export function liveness({ host, pid, process_started }: ProcessName): Liveness {
  if (host !== hostname()) return 'unknown';
  // kill(0) and negative numbers mean process groups.
  if (pid <= 0) return 'dead';
  const started = processStarted(pid);
  if (started === undefined) return 'dead';
  return started === '' || process_started === '' || started === process_started ? 'alive' : 'dead';
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
