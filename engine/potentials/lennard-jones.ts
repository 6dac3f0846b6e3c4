/**
 * The Lennard-Jones potential, the same for all pairs of elements:
 *
 *   E = ½ Σᵢ Σⱼ φ(r_ij),   φ(r) = 4ε[(σ/r)¹² − (σ/r)⁶] f_c(r)
 *
 * Half of each pair's energy belongs to either atom. Å, eV. Lennard-Jones, Proc. Phys. Soc. 43, 461 (1931).
 */
import type { CutoffFunction } from '../../language/definition/definition';
import { atomicNumber, symbolOf } from '../../language/elements';
import { cutoffShape } from '../descriptors/cutoff-functions';
import { power } from '../descriptors/power';
import { buildNeighborList } from '../structure/neighbors';
import type { Structure } from '../structure/structure';
import type { Potential, Prediction } from './potential';
import { addPull } from './pull';

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

export function createLennardJones(options: LennardJonesOptions): Potential {
  const { epsilon, sigma, cutoff } = options;
  const shape = cutoffShape(options.cutoffFunction);
  const known = new Set(options.elements.map((symbol) => atomicNumber(symbol)));

  const predict = (structure: Structure): Prediction => {
    const { numbers } = structure;
    const unknown = numbers.find((number) => !known.has(number));
    if (unknown !== undefined) throw new Error(`The potential doesn't know the element ${symbolOf(unknown)}.`);
    const { offsets, indices, vectors, distances } = buildNeighborList(structure, cutoff);
    const atomicEnergies = new Float64Array(numbers.length);
    const forces = new Float64Array(3 * numbers.length);
    const virial = new Float64Array(9);
    let energy = 0;
    for (let i = 0; i < numbers.length; i++) {
      for (let entry = offsets[i]; entry < offsets[i + 1]; entry++) {
        const r = distances[entry];
        const x = r / cutoff;
        const fc = shape.value(x);
        const u = power(sigma / r, 6);
        const v = 4 * epsilon * (u * u - u);
        const slope = ((-24 * epsilon) / r) * (2 * u * u - u) * fc + (v * shape.slope(x)) / cutoff;
        atomicEnergies[i] += 0.5 * v * fc;
        const g = (0.5 * slope) / r;
        const at = 3 * entry;
        addPull(
          forces,
          virial,
          i,
          indices[entry],
          vectors,
          at,
          g * vectors[at],
          g * vectors[at + 1],
          g * vectors[at + 2],
        );
      }
      energy += atomicEnergies[i];
    }
    return { energy, atomicEnergies, forces, virial };
  };

  const sorted = [...options.elements].sort((a, b) => (atomicNumber(a) ?? 0) - (atomicNumber(b) ?? 0));
  return { cutoff, elements: sorted, predict };
}
