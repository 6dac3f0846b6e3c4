/**
 * The Lennard-Jones potential, the same for all pairs of elements:
 *
 *   E = ½ Σᵢ Σⱼ φ(r_ij),   φ(r) = 4ε[(σ/r)¹² − (σ/r)⁶] f_c(r)
 *
 * Half of each pair's energy belongs to either atom. Å, eV. Lennard-Jones, Proc. Phys. Soc. 43, 461 (1931).
 */
import type { CutoffFunction } from '../../language/definition/definition';
import { cutoffShape } from '../descriptors/cutoff-functions';
import { power } from '../descriptors/power';
import { createPairPotential } from './pair';
import type { Potential } from './potential';

export interface LennardJonesOptions {
  /** ε in eV. */
  readonly epsilon: number;
  /** σ in Å. */
  readonly sigma: number;
  /** r_c in Å. */
  readonly cutoff: number;
  readonly cutoffFunction: CutoffFunction;
  readonly elements: readonly string[];
}

export function createLennardJones({
  epsilon,
  sigma,
  cutoff,
  cutoffFunction,
  elements,
}: LennardJonesOptions): Potential {
  const shape = cutoffShape(cutoffFunction);
  return createPairPotential(elements, cutoff, (_a, _b, r) => {
    const x = r / cutoff;
    const fc = shape.value(x);
    const u = power(sigma / r, 6);
    const v = 4 * epsilon * (u * u - u);
    const slope = ((-24 * epsilon) / r) * (2 * u * u - u);
    return { value: v * fc, slope: slope * fc + (v * shape.slope(x)) / cutoff };
  });
}
