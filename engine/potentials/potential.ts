/** What every potential can do, whatever its model: a prediction with analytic forces and virial. */
import type { Structure } from '../structure/structure';
import type { Spread } from './committee';

export interface Prediction {
  /** Total energy in eV. */
  readonly energy: number;
  /** Energy of each atom in eV, N; they add up to `energy`. */
  readonly atomicEnergies: Float64Array;
  /** F = −∂E/∂r in eV/Å, 3N. */
  readonly forces: Float64Array;
  /** W = −∂E/∂ε in eV, 9 (row-major); stress σ = −W/V. */
  readonly virial: Float64Array;
  /** How far the members of a committee are apart. */
  readonly spread?: Spread;
  /**
   * How far each atom's symmetry functions are outside of their ranges over the training data (descriptors/extrapolation.ts),
   * N. It is compared when it is asked for, which has to be before the next prediction.
   */
  readonly extrapolation?: () => Float64Array;
}

/**
 * A neighbour list that outlives a prediction. In which order terms are added up follows from where the atoms stood when
 * it was built: who wants the same last bits again must have it built at the same place.
 */
export interface KeptList {
  /** Positions (Å, 3N) of its last build; undefined before the first prediction. */
  builtAt(): Float64Array | undefined;
  /** Builds it for this structure; predictions keep it as long as it reaches far enough for theirs. */
  build(structure: Structure): void;
}

export interface Potential {
  /** Largest distance in Å at which one atom's energy depends on another. */
  readonly cutoff: number;
  /** Symbols, sorted by atomic number. */
  readonly elements: readonly string[];
  /** Of a potential that keeps its neighbour list from one prediction to the next. */
  readonly list?: KeptList;
  /**
   * Energy, forces and virial of a structure.
   * @throws Error if the structure has an element that the potential doesn't know (callers check first).
   */
  predict(structure: Structure): Prediction;
}
