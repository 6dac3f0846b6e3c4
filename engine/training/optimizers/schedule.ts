/** How a step size changes in the course of a training. */
import type { OptimizerOptions } from '../../../language/definition/definition';
import type { Progress } from './optimizer';

/** Of the largest step size what is left at the last update. */
const LAST = 0.01;

/** The step size of an update. The cosine is that of Loshchilov and Hutter, arXiv:1608.03983, eq. 5, without restarts. */
export function scheduled(
  { learning_rate, schedule, warmup }: Pick<OptimizerOptions<'adam'>, 'learning_rate' | 'schedule' | 'warmup'>,
  { update, updates, updatesPerEpoch }: Progress,
): number {
  const warm = Math.min(warmup * updatesPerEpoch, updates);
  if (update < warm) return (learning_rate * (update + 1)) / (warm + 1);
  const last = updates - 1 - warm;
  return learning_rate * fractionLeft(schedule, last > 0 ? Math.min(1, (update - warm) / last) : 0);
}

function fractionLeft(schedule: OptimizerOptions<'adam'>['schedule'], progress: number): number {
  switch (schedule) {
    case 'constant':
      return 1;
    case 'cosine':
      return LAST + (1 - LAST) * 0.5 * (1 + Math.cos(Math.PI * progress));
    case 'exponential':
      return Math.exp(Math.log(LAST) * progress);
    case 'step':
      return progress < 0.5 ? 1 : progress < 0.75 ? 0.1 : LAST;
  }
}
