/**
 * How a run names the process that works on it. A pid alone may have been given to another process since, so a process
 * is named by its pid *and* when it started, as its operating system tells it.
 *
 * Linux: boot id and start time in clock ticks (proc(5), /proc/pid/stat field 22). macOS and other Unices: `ps -o lstart`.
 * Elsewhere '' (unknown): then only the pid is asked for. Jobs ask and wait (engine/runs/process.ts); the extension host
 * must never wait for another program (extension/jobs/process.ts).
 */

export interface ProcessName {
  readonly pid: number;
  /** Opaque; '' where the system doesn't tell. */
  readonly process_started: string;
}

export const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** When a process started, of its /proc/PID/stat; undefined if it has ended and only its name is left. */
export function startedOf(stat: string, bootId: string): string | undefined {
  // The command in parentheses may itself contain spaces and parentheses; what follows starts with field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${bootId.trim()}/${fields[19]}`;
}

/** The question to `ps`, and how to ask it. */
export const psArguments = (pid: number): string[] => ['-o', 'lstart=', '-p', String(pid)];
export const psOptions = () => ({ timeout: 5000, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } });

/** Whether the process that now has the pid, started as the system says (undefined: there is none), is the one named. */
export function isSame({ pid, process_started }: ProcessName, started: string | undefined): boolean {
  // kill(0) and negative numbers mean process groups.
  if (pid <= 0 || started === undefined) return false;
  return started === '' || process_started === '' || started === process_started;
}

/** Whether there is a process with this pid. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
