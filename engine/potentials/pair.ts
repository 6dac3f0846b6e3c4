/** Potentials that are a sum over pairs: E = ½ Σᵢ Σⱼ φ(r_ij). Half of each pair's energy belongs to either atom. Å, eV. */
import { atomicNumber, symbolOf } from '../../language/elements';
import { buildNeighborList } from '../structure/neighbors';
import type { Structure } from '../structure/structure';
import type { Potential, Prediction } from './potential';
import { addPull } from './pull';

/** φ in eV and dφ/dr in eV/Å. */
export interface PairTerm {
  readonly value: number;
  readonly slope: number;
}

/**
 * @param elements symbols of those that it knows
 * @param cutoff Å, beyond which φ is 0
 * @param evaluate φ of two elements (atomic numbers) at a distance r in Å, 0 < r < `cutoff`; undefined: they don't interact
 */
export function createPairPotential(
  elements: readonly string[],
  cutoff: number,
  evaluate: (a: number, b: number, r: number) => PairTerm | undefined,
): Potential {
  const known = new Set(elements.map((symbol) => atomicNumber(symbol)));
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
        const j = indices[entry];
        const r = distances[entry];
        const term = evaluate(numbers[i], numbers[j], r);
        if (term === undefined) continue;
        atomicEnergies[i] += 0.5 * term.value;
        const g = (0.5 * term.slope) / r;
        const at = 3 * entry;
        const [gx, gy, gz] = [g * vectors[at], g * vectors[at + 1], g * vectors[at + 2]];
        addPull(forces, virial, i, j, vectors, at, gx, gy, gz);
      }
      energy += atomicEnergies[i];
    }
    return { energy, atomicEnergies, forces, virial };
  };
  const sorted = [...elements].sort((a, b) => (atomicNumber(a) ?? 0) - (atomicNumber(b) ?? 0));
  return { cutoff, elements: sorted, predict };
}
