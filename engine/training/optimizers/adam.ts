/**
 * Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1) with decoupled weight decay (Loshchilov and Hutter,
 * arXiv:1711.05101, algorithm 2, the decay multiplied by the step size).
 */
import type { OptimizerOptions } from '../../../language/definition/definition';
import type { Layout } from '../loss';
import type { Optimizer, Progress } from './optimizer';
import { scheduled } from './schedule';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const BATCH_SIZE = 8;

export function createAdam(
  { count, isWeight }: Pick<Layout, 'count' | 'isWeight'>,
  options: OptimizerOptions<'adam'>,
): Optimizer {
  const first = new Float64Array(count);
  const second = new Float64Array(count);
  /** β₁ᵗ and β₂ᵗ, as products: powers are not the same bits everywhere. */
  const powers = Float64Array.of(1, 1);
  const gradient = new Float64Array(count);
  const learningRate = (progress: Progress): number => scheduled(options, progress);
  return {
    state: { first, second, powers },
    batchSize: BATCH_SIZE,
    learningRate,
    async update(parameters, _batch, step) {
      const evaluated = await step.evaluate(parameters, gradient);
      if (evaluated === undefined) return 'stopped';
      const rate = learningRate(step);
      powers[0] *= BETA1;
      powers[1] *= BETA2;
      const scale1 = 1 / (1 - powers[0]);
      const scale2 = 1 / (1 - powers[1]);
      for (let i = 0; i < count; i++) {
        const g = gradient[i];
        const m = (first[i] = BETA1 * first[i] + (1 - BETA1) * g);
        const v = (second[i] = BETA2 * second[i] + (1 - BETA2) * g * g);
        const decay = isWeight[i] === 0 ? 0 : options.weight_decay * parameters[i];
        parameters[i] -= rate * ((m * scale1) / (Math.sqrt(v * scale2) + EPSILON) + decay);
      }
      return evaluated.sums;
    },
  };
}
