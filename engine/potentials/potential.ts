/** What every potential can do, whatever its model: a prediction with analytic forces and virial. */
import type { Structure } from '../structure/structure';

export interface Prediction {
  /** Total energy in eV. */
  readonly energy: number;
  /** Energy of each atom in eV, N; they add up to `energy`. */
  readonly atomicEnergies: Float64Array;
  /** F = −∂E/∂r in eV/Å, 3N. */
  readonly forces: Float64Array;
  /** W = −∂E/∂ε in eV, 9 (row-major); stress σ = −W/V. */
  readonly virial: Float64Array;
}

export interface Potential {
  /** Largest distance in Å at which one atom's energy depends on another. */
  readonly cutoff: number;
  /** Symbols, sorted by atomic number. */
  readonly elements: readonly string[];
  /**
   * Energy, forces and virial of a structure.
   * @throws Error if the structure has an element that the potential doesn't know (callers check first).
   */
  predict(structure: Structure): Prediction;
}
