/**
 * How far a committee is to be trusted: by the largest distance dᵢ = max |Fᵢᵃ − Fᵢᵇ| between the forces of two members on one
 * atom (Schran, Brezina and Marsalek, J. Chem. Phys. 153, 104105 (2020)). eV/Å.
 */
import { DISAGREEMENT, LEVELS } from '../../language/check/exploration';
import type { Spread } from '../potentials/committee';

export interface Disagreement {
  /** The atom about which they disagree most, and by how much. */
  readonly atom: number;
  readonly value: number;
}

/** eV/Å: above `trigger` a structure is worth a label, from `reject` on it is taken for one that would not occur. */
export interface Thresholds {
  readonly trigger: number;
  readonly reject: number;
}

export type Verdict = 'trusted' | 'candidate' | 'rejected';

/** Without a spread there is nobody to disagree. */
export function largestDisagreement(spread: Spread | undefined): Disagreement {
  let [atom, value] = [0, 0];
  spread?.disagreement.forEach((one, i) => {
    if (one > value) [atom, value] = [i, one];
  });
  return { atom, value };
}

/** At `trigger` itself there is still trust. */
export const judge = ({ value }: Disagreement, { trigger, reject }: Thresholds): Verdict =>
  value <= trigger ? 'trusted' : value < reject ? 'candidate' : 'rejected';

/** What a training tells of how far its members are apart about atoms like those of the data, by DISAGREEMENT and the part of the atoms below. */
export function quantilesOf(disagreements: readonly number[]): Record<string, number> {
  if (disagreements.length === 0) return {};
  const sorted = Float64Array.from(disagreements).sort();
  return Object.fromEntries(
    LEVELS.map((level) => [`${DISAGREEMENT}${level}`, sorted[Math.ceil(level * sorted.length) - 1]]),
  );
}
