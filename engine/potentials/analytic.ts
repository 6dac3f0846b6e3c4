/** What of a potential is no network: its pair terms and its prior, the same for training, which takes them off the labels, and for use. */
import type { CutoffFunction, LennardJones, PotentialDefinition, Zbl } from '../../language/definition/definition';
import { createLennardJones } from './lennard-jones';
import type { Potential } from './potential';
import { sumPotentials } from './sum';
import { createZbl } from './zbl';

export interface AnalyticTerms {
  readonly pairs: readonly LennardJones[];
  readonly prior: Zbl | undefined;
  /** Å */
  readonly cutoff: number;
  readonly cutoffFunction: CutoffFunction;
  readonly elements: readonly string[];
}

/** The sum of the terms; undefined if there is none. */
export function createAnalyticPotential({ pairs, prior, ...common }: AnalyticTerms): Potential | undefined {
  const terms = pairs.map(({ epsilon, sigma }) => createLennardJones({ epsilon, sigma, ...common }));
  if (prior !== undefined) terms.push(createZbl(prior, common.elements));
  return terms.length > 0 ? sumPotentials(terms) : undefined;
}

/** The same for a definition. */
export const analyticPotentialOf = ({ pairs, prior, elements, options }: PotentialDefinition): Potential | undefined =>
  createAnalyticPotential({
    pairs,
    prior,
    elements,
    cutoff: options.cutoff,
    cutoffFunction: options.cutoff_function,
  });
