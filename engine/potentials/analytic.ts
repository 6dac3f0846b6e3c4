/** What of a potential is no network: its pair terms, the same for training, which takes them off the labels, and for use. */
import type { CutoffFunction, LennardJones, PotentialDefinition } from '../../language/definition/definition';
import { createLennardJones } from './lennard-jones';
import type { Potential } from './potential';
import { sumPotentials } from './sum';

export interface AnalyticTerms {
  readonly pairs: readonly LennardJones[];
  /** Å */
  readonly cutoff: number;
  readonly cutoffFunction: CutoffFunction;
  readonly elements: readonly string[];
}

/** The sum of the terms; undefined if there is none. */
export function createAnalyticPotential({ pairs, ...common }: AnalyticTerms): Potential | undefined {
  const terms = pairs.map(({ epsilon, sigma }) => createLennardJones({ epsilon, sigma, ...common }));
  return terms.length > 0 ? sumPotentials(terms) : undefined;
}

/** The same for a definition. */
export const analyticPotentialOf = ({ pairs, elements, options }: PotentialDefinition): Potential | undefined =>
  createAnalyticPotential({
    pairs,
    elements,
    cutoff: options.cutoff,
    cutoffFunction: options.cutoff_function,
  });
