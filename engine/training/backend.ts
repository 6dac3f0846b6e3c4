/**
 * What computes the loss of structures and its derivatives: the compiled kernels (kernels.ts), or TensorFlow (tensorflow/).
 * The plain code of loss.ts is the reference that both are tested against; it computes where the kernels cannot.
 */
import { ok, type Result } from '../../protocol/result';
import { evaluate, viewNetworks, type ErrorSums, type LossFactors, type Problem } from './loss';

export interface Backend {
  /** Another one rounds differently: a training goes on with the one that it was begun with. */
  readonly name: string;
  /**
   * Adds the squared errors of the samples to `sums` and, if there is a gradient, the derivatives of
   * what they add to the loss (`weighSums`) by all parameters to it.
   */
  readonly evaluate: (
    parameters: Float64Array,
    samples: Int32Array,
    factors: LossFactors,
    sums: ErrorSums,
    gradient: Float64Array | undefined,
  ) => void;
  /** A Kalman filter, where it can compute the rows that one needs. */
  readonly createFilter?: (settings: FilterSettings) => Filter;
  /** Gauss–Newton equations, where it can compute the rows that these need. */
  readonly createNormal?: (settings: NormalSettings) => NormalEquations;
}

export interface FilterSettings {
  /** Initial variance of every parameter. */
  readonly prior: number;
  /** Whether the covariance is one matrix, or one for each element. */
  readonly blocks: 'element' | 'global';
}

/** What a batch is for the filter: errors in groups, of which each is one observation. */
export interface Observations {
  readonly samples: Int32Array;
  /** What absolute errors of energies per atom in each group are multiplied by before they are added up. */
  readonly energyScales: Float64Array;
  /** The same of force components. */
  readonly forceScales: Float64Array;
  /** The same of components of the virial per atom. */
  readonly stressScales: Float64Array;
  /** Rows of coefficients whose products with the parameters are observed to be 0. */
  readonly zeros: readonly Float64Array[];
  /** λ, what the weight of all earlier observations is multiplied by. */
  readonly forgetting: number;
}

export interface Filter {
  /** The covariance. */
  readonly state: Readonly<Record<string, Float64Array>>;
  /**
   * One update of the parameters; adds the squared errors before it to `sums`.
   * @returns whether it was possible: a covariance that is not positive definite any more ends a training
   */
  update(parameters: Float64Array, observations: Observations, sums: ErrorSums): boolean;
}

export interface NormalSettings {
  /** Whether the matrix is one, or one for each element. */
  readonly blocks: 'element' | 'global';
}

/** Rows for the matrix of some samples: errors of a few structures in groups, each with a random sign. */
export interface Sketch {
  readonly samples: Int32Array;
  readonly factors: LossFactors;
  /** Rows of forces that each few structures have. */
  readonly groups: number;
  /** Of the signs: 0…2³² − 1. */
  readonly seed: number;
}

/**
 * The Gauss–Newton Hessian 2 Σ f J Jᵀ of a loss Σ f error², of which sketches are added up: on average over the signs each
 * is that of its samples.
 */
export interface NormalEquations {
  /** How many times structures share rows; each has one row of energies, `groups` of forces, and one of virials. */
  pieces(samples: Int32Array): number;
  clear(): void;
  /** Of the diagonal of N. */
  meanDiagonal(): number;
  add(parameters: Float64Array, sketch: Sketch): void;
  /**
   * Solves (N + damping + diagonal) x = vector in place.
   * @returns whether the matrix is positive definite
   */
  solve(damping: number, diagonal: Float64Array, vector: Float64Array): boolean;
}

export interface BackendProvider {
  /** Memory for derivatives where the backend finds them without a copy. */
  readonly allocate?: (numbers: number) => Float64Array;
  /** @returns a problem if it cannot compute that */
  readonly create: (problem: Problem) => Result<Backend>;
  /** Ends its threads and gives its memory back: nothing is computed with it any more. */
  readonly dispose?: () => void;
}

/** The group of an error: atoms (components of the virial) of a structure, and structures of a batch, are dealt out in turn (force-matching.h). */
export const groupOf = (entry: number, atom: number, groups: number): number => (entry + atom) % groups;

export const referenceBackend: BackendProvider = {
  create: (problem) =>
    ok({
      name: 'reference',
      evaluate(parameters, samples, factors, sums, gradient) {
        const networks = viewNetworks(problem.layout, parameters);
        for (const s of samples) evaluate(problem, networks, parameters, s, factors, sums, gradient);
      },
    }),
};
