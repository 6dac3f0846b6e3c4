/**
 * A committee: several potentials that were trained on other samples of one dataset. It predicts their mean, which is as
 * conservative as each of them, and how far they are apart: where no data say what is right they disagree (Schran,
 * Brezina and Marsalek, J. Chem. Phys. 153, 104105 (2020)). eV, Å.
 */
import type { Structure } from '../structure/structure';
import type { Potential, Prediction } from './potential';

/** Standard deviations of the members around their mean, √(1/M Σ (x − x̄)²). */
export interface Spread {
  readonly members: number;
  /** Of the total energy, eV. */
  readonly energy: number;
  /** Of each atom's force as a vector, √(1/M Σ |F − F̄|²), eV/Å, N. */
  readonly forces: Float64Array;
  /** Of each component of the forces, eV/Å, 3N. */
  readonly components: Float64Array;
  /**
   * Not a deviation: of each atom's force the largest distance between two members, max |Fᵃ − Fᵇ|, eV/Å, N. It is at least
   * √(2M/(M − 1)) and at most √(2M) times the deviation in `forces`.
   */
  readonly disagreement: Float64Array;
}

/** @param members at least one; they know the same elements. */
export function createCommittee(members: readonly Potential[]): Potential {
  if (members.length === 1) return members[0];
  const lists = members.flatMap(({ list }) => list ?? []);
  return {
    cutoff: Math.max(...members.map(({ cutoff }) => cutoff)),
    elements: members[0].elements,
    list: lists.at(0) && {
      builtAt: () => lists[0].builtAt(),
      build: (structure) => lists.forEach((list) => list.build(structure)),
    },
    predict: (structure) => meanOf(members, structure),
  };
}

function meanOf(members: readonly Potential[], structure: Structure): Prediction {
  const predictions = members.map((member) => member.predict(structure));
  const count = members.length;
  const mean = (pick: (one: Prediction) => Float64Array): Float64Array =>
    pick(predictions[0]).map((_, i) => predictions.reduce((sum, one) => sum + pick(one)[i], 0) / count);
  const energy = predictions.reduce((sum, one) => sum + one.energy, 0) / count;
  const forces = mean((one) => one.forces);
  const squares = new Float64Array(3 * structure.numbers.length);
  for (const one of predictions)
    for (let c = 0; c < squares.length; c++) squares[c] += (one.forces[c] - forces[c]) ** 2;
  return {
    energy,
    atomicEnergies: mean((one) => one.atomicEnergies),
    forces,
    virial: mean((one) => one.virial),
    // They have the same functions with the same ranges.
    extrapolation: predictions[0].extrapolation,
    spread: {
      members: count,
      energy: Math.sqrt(predictions.reduce((sum, one) => sum + (one.energy - energy) ** 2, 0) / count),
      forces: Float64Array.from(structure.numbers, (_, i) =>
        Math.sqrt((squares[3 * i] + squares[3 * i + 1] + squares[3 * i + 2]) / count),
      ),
      components: squares.map((sum) => Math.sqrt(sum / count)),
      disagreement: disagreementOf(predictions.map((one) => one.forces)),
    },
  };
}

/** @param forces of each member, 3N */
export function disagreementOf(forces: readonly Float64Array[]): Float64Array {
  const largest = new Float64Array(forces[0].length / 3);
  for (let a = 0; a < forces.length; a++)
    for (let b = 0; b < a; b++)
      for (let i = 0; i < largest.length; i++) {
        const distance = Math.hypot(
          forces[a][3 * i] - forces[b][3 * i],
          forces[a][3 * i + 1] - forces[b][3 * i + 1],
          forces[a][3 * i + 2] - forces[b][3 * i + 2],
        );
        if (distance > largest[i]) largest[i] = distance;
      }
  return largest;
}
