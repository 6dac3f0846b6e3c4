/**
 * The Lennard-Jones potential V = 4ε[(σ/r)¹² − (σ/r)⁶] that passes through one sample: energy E and force F = −dV/dr at one
 * distance r. In A = 4εσ¹² and B = 4εσ⁶ both are linear, with a determinant that is not 0, so that there is exactly one:
 *
 *   A/r¹² = (rF − 6E)/6,   B/r⁶ = (rF − 12E)/6
 *   σ = r [(rF − 6E)/(rF − 12E)]^(1/6),   ε = (rF − 12E)²/(24 (rF − 6E))
 *
 * Both are positive if and only if rF > 6E and rF > 12E. eV, Å.
 */
export interface LennardJonesSample {
  /** r in Å, above 0. */
  readonly distance: number;
  /** E in eV. */
  readonly energy: number;
  /** F in eV/Å, positive where the atoms repel each other. */
  readonly force: number;
}

export interface SolvedSample {
  /** eV */
  readonly epsilon: number;
  /** Å */
  readonly sigma: number;
  /** |∂ln ε/∂ln E|: by how many percent ε changes with one percent of E. With one percent of F it is 1 more or less. */
  readonly condition: number;
}

/** Undefined if no potential with positive ε and σ passes through the sample. */
export function solveSample({ distance, energy, force }: LennardJonesSample): SolvedSample | undefined {
  const repulsion = distance * force - 6 * energy;
  const attraction = distance * force - 12 * energy;
  if (!(repulsion > 0 && attraction > 0)) return undefined;
  return {
    epsilon: attraction ** 2 / (24 * repulsion),
    sigma: distance * (repulsion / attraction) ** (1 / 6),
    condition: Math.abs(energy * (6 / repulsion - 24 / attraction)),
  };
}

/** What a sample at another distance (Å) would be. */
export function sampleAt(
  { epsilon, sigma }: Pick<SolvedSample, 'epsilon' | 'sigma'>,
  distance: number,
): LennardJonesSample {
  const u = (sigma / distance) ** 6;
  return { distance, energy: 4 * epsilon * (u * u - u), force: (24 * epsilon * (2 * u * u - u)) / distance };
}

/** Where the energy is lowest, Å. */
export const minimumOf = ({ sigma }: Pick<SolvedSample, 'sigma'>): number => 2 ** (1 / 6) * sigma;
