/**
 * Averages of weights along the path of an optimizer (Polyak and Juditsky, SIAM J. Control Optim. 30, 838 (1992)), which
 * fade exponentially: the optimizer goes its own way, and what is tested and kept is the average.
 */
import type { Optimizer } from './optimizer';

/**
 * @param epochs over which the average fades to 1/e; until then it is that of all weights so far
 * @param count of parameters
 */
export function withAverage(optimizer: Optimizer, epochs: number, count: number): Optimizer {
  if (epochs === 0) return optimizer;
  const average = new Float64Array(count);
  return {
    ...optimizer,
    state: { ...optimizer.state, average },
    average,
    async update(parameters, batch, step) {
      const sums = await optimizer.update(parameters, batch, step);
      if (sums === 'stopped' || sums === 'failed') return sums;
      const share = Math.max(1 / (step.update + 1), 1 / (1 + epochs * step.updatesPerEpoch));
      for (let i = 0; i < count; i++) average[i] += share * (parameters[i] - average[i]);
      return sums;
    },
  };
}
