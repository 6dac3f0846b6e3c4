/**
 * Averages of weights along the path of an optimizer, which goes its own way: what is tested and kept is the average. Its
 * weights grow with a power of time (polynomial-decay averaging, Shamir and Zhang, ICML 2013, arXiv:1212.1824, eq. 7), so that it is
 * over the same part of any path, however long.
 */
import type { Optimizer } from './optimizer';

/**
 * @param fraction of the path so far that counts: weights of update t are proportional to t^(1/fraction − 1); 1 is the mean of all
 * @param count of parameters
 */
export function withAverage(optimizer: Optimizer, fraction: number, count: number): Optimizer {
  if (fraction === 0) return optimizer;
  const average = new Float64Array(count);
  return {
    ...optimizer,
    state: { ...optimizer.state, average },
    average,
    async update(parameters, batch, step) {
      const sums = await optimizer.update(parameters, batch, step);
      if (sums === 'stopped' || sums === 'failed') return sums;
      const share = 1 / (1 + fraction * step.update);
      for (let i = 0; i < count; i++) average[i] += share * (parameters[i] - average[i]);
      return sums;
    },
  };
}
