/** How long a job has worked in all its sessions, and with how much of the processors: both in seconds. */

export interface Spent {
  elapsed: number;
  cpu: number;
}

/** @returns adds to `spent` the time since its last call, or since it was made */
export function startStopwatch(spent: Spent): () => void {
  let clock = performance.now();
  let cpu = process.cpuUsage();
  return () => {
    const now = performance.now();
    spent.elapsed += (now - clock) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    spent.cpu += (user + system) / 1e6;
    clock = now;
    cpu = process.cpuUsage();
  };
}
