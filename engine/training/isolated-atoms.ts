/**
 * The energies of isolated atoms as the zero of energy: what is left to the networks is what atoms gain by coming together, so
 * that the zero does not depend on which compositions the data have. eV.
 */
import { symbolOf } from '../../language/elements';
import { imageDistance } from '../structure/cell';
import type { LabelledStructure, Structure } from '../structure/structure';
import { ENERGY_GRAIN, type Baseline } from './offset';

/** Whether a structure is one atom that no image of itself is nearer to than the cutoff (Å). */
function isIsolatedAtom(structure: Structure, cutoff: number): boolean {
  return structure.numbers.length === 1 && imageDistance(structure) >= cutoff;
}

/** The lowest energy of each isolated atom, by symbol: another spin state is an excited atom. */
export function isolatedEnergies(
  structures: readonly LabelledStructure[],
  cutoff: number,
): Readonly<Partial<Record<string, number>>> {
  const energies: Partial<Record<string, number>> = {};
  for (const structure of structures) {
    if (structure.energy === undefined || !isIsolatedAtom(structure, cutoff)) continue;
    const symbol = symbolOf(structure.numbers[0]);
    energies[symbol] = Math.min(energies[symbol] ?? Infinity, structure.energy);
  }
  return energies;
}

/** Elements of the structures whose isolated atom has no energy. */
export function withoutEnergy(
  structures: readonly Structure[],
  energies: Readonly<Partial<Record<string, number>>>,
): string[] {
  const present = new Set(structures.flatMap(({ numbers }) => [...numbers]));
  return [...present]
    .sort((a, b) => a - b)
    .map(symbolOf)
    .filter((symbol) => energies[symbol] === undefined);
}

/** A baseline that is given, of which nothing is left to train; 0 for elements that nothing is known of. */
export function isolatedBaseline(
  elements: readonly string[],
  energies: Readonly<Partial<Record<string, number>>>,
): Baseline {
  const grains = elements.map((symbol) => Math.round((energies[symbol] ?? 0) / ENERGY_GRAIN));
  return {
    mode: 'isolated',
    basis: elements.map((_, e) => elements.map((__, k) => (k === e ? 1 : 0))),
    grains,
    offsets: grains.map((n) => n * ENERGY_GRAIN),
  };
}
