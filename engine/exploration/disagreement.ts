/**
 * How far a committee is to be trusted: by the largest distance dᵢ = max |Fᵢᵃ − Fᵢᵇ| between the forces of two members on one
 * atom (Schran, Brezina and Marsalek, J. Chem. Phys. 153, 104105 (2020)). eV/Å.
 */
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
