/** What computes the loss of structures and its gradient: our own code in double precision, or TensorFlow (tensorflow/). */
import { ok, type Result } from '../../protocol/result';
import { evaluate, viewNetworks, type ErrorSums, type LossFactors, type Problem } from './loss';

export interface Backend {
  /** Another one rounds differently: a training goes on with the one that it was begun with. */
  readonly name: string;
  /**
   * Adds the squared errors of the samples to `sums` and, if there is a gradient, the derivatives of
   * Σ factors.energy (ΔE/N)² + factors.force |ΔF|² by all parameters to it.
   */
  readonly evaluate: (
    parameters: Float64Array,
    samples: Int32Array,
    factors: LossFactors,
    sums: ErrorSums,
    gradient: Float64Array | undefined,
  ) => void;
}

/** @returns a problem if it cannot compute that */
export type CreateBackend = (problem: Problem) => Result<Backend>;

export const createNativeBackend: CreateBackend = (problem) =>
  ok({
    name: 'native',
    evaluate(parameters, samples, factors, sums, gradient) {
      const networks = viewNetworks(problem.layout, parameters);
      for (const s of samples) evaluate(problem, networks, parameters, s, factors, sums, gradient);
    },
  });
