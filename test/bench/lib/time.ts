/** Time that benchmarks count: what other processes do on the machine counts less than with a clock. */

/** Processor seconds of this process, all its threads, since it began. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
