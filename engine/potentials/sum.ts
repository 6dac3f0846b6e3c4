/** Sums of potentials: a network with pair terms beside it, several pair terms, an energy zero of the whole. */
import type { Structure } from '../structure/structure';
import type { Potential, Prediction } from './potential';

/** @param potentials at least one; they know the same elements. */
export function sumPotentials(potentials: readonly Potential[]): Potential {
  if (potentials.length === 1) return potentials[0];
  const predict = (structure: Structure): Prediction => {
    const terms = potentials.map((potential) => potential.predict(structure));
    const add = (pick: (term: Prediction) => Float64Array): Float64Array =>
      pick(terms[0]).map((_, i) => terms.reduce((sum, term) => sum + pick(term)[i], 0));
    return {
      energy: terms.reduce((sum, term) => sum + term.energy, 0),
      atomicEnergies: add((term) => term.atomicEnergies),
      forces: add((term) => term.forces),
      virial: add((term) => term.virial),
      // One term at most has networks: the others are analytic.
      spread: terms.find(({ spread }) => spread !== undefined)?.spread,
      extrapolation: terms.find(({ extrapolation }) => extrapolation !== undefined)?.extrapolation,
    };
  };
  return {
    cutoff: Math.max(...potentials.map(({ cutoff }) => cutoff)),
    elements: potentials[0].elements,
    list: potentials.find(({ list }) => list !== undefined)?.list,
    predict,
  };
}

/** The potential plus a constant (eV) per structure, which its atoms share. It cannot be extensive. */
export function addConstant(potential: Potential, constant: number): Potential {
  const predict = (structure: Structure): Prediction => {
    const { energy, atomicEnergies, ...rest } = potential.predict(structure);
    const share = constant / atomicEnergies.length;
    return { ...rest, energy: energy + constant, atomicEnergies: atomicEnergies.map((e) => e + share) };
  };
  return { ...potential, predict };
}
