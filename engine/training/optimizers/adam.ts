/** Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1), with a step size that falls along a cosine. */
import type { Optimizer, Progress } from './optimizer';

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const BATCH_SIZE = 8;

/** @param count of parameters */
export function createAdam(count: number, options: { readonly learning_rate: number }): Optimizer {
  const first = new Float64Array(count);
  const second = new Float64Array(count);
  /** β₁ᵗ and β₂ᵗ, as products: powers are not the same bits everywhere. */
  const powers = Float64Array.of(1, 1);
  const gradient = new Float64Array(count);
  const learningRate = ({ update, updates }: Progress): number =>
    cosineSchedule(options.learning_rate, update, updates);
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
        parameters[i] -= (rate * m * scale1) / (Math.sqrt(v * scale2) + EPSILON);
      }
      return evaluated.sums;
    },
  };
}

/** Falls along a cosine from `start` at the first update to a hundredth of it at the last. */
export function cosineSchedule(start: number, update: number, updates: number): number {
  const progress = updates > 1 ? Math.min(1, update / (updates - 1)) : 0;
  return start * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
