/**
 * Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1), and the interface that it shares with every other optimizer: state
 * as named arrays, so that a checkpoint needs to know nothing of it.
 */

/** All that an optimizer remembers between updates. */
export type OptimizerState = Readonly<Record<string, Float64Array>>;

export interface Optimizer {
  /** State before the first update of `count` parameters. */
  readonly create: (count: number) => OptimizerState;
  /** One step down the gradient; changes parameters and state. */
  readonly update: (
    state: OptimizerState,
    parameters: Float64Array,
    gradient: Float64Array,
    learningRate: number,
  ) => void;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export const adam: Optimizer = {
  create: (count) => ({
    first: new Float64Array(count),
    second: new Float64Array(count),
    /** β₁ᵗ and β₂ᵗ, as products: powers are not the same bits everywhere. */
    powers: Float64Array.of(1, 1),
  }),
  update({ first, second, powers }, parameters, gradient, learningRate) {
    powers[0] *= BETA1;
    powers[1] *= BETA2;
    const scale1 = 1 / (1 - powers[0]);
    const scale2 = 1 / (1 - powers[1]);
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i];
      const m = (first[i] = BETA1 * first[i] + (1 - BETA1) * g);
      const v = (second[i] = BETA2 * second[i] + (1 - BETA2) * g * g);
      parameters[i] -= (learningRate * m * scale1) / (Math.sqrt(v * scale2) + EPSILON);
    }
  },
};

/** Falls along a cosine from `start` at the first update to a hundredth of it at the last. */
export function cosineSchedule(start: number, update: number, updates: number): number {
  const progress = updates > 1 ? Math.min(1, update / (updates - 1)) : 0;
  return start * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
