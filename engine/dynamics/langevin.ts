/**
 * Langevin dynamics: friction and noise on each atom, the exact Ornstein–Uhlenbeck step of BAOAB (Leimkuhler and Matthews,
 * Appl. Math. Res. Express 2013, 34):
 *
 *   v ← e^(−γΔt) v + √((1 − e^(−2γΔt)) k_B T/m) ξ
 *
 * All 3N degrees of freedom get warm, those of the total momentum too. Å/fs, amu, K.
 */
import { BOLTZMANN } from '../../language/constants';
import type { Random } from '../random';
import { AMU_ANGSTROM2_PER_FS2 } from '../structure/constants';

export interface Langevin {
  readonly kind: 'langevin';
  /** K */
  readonly temperature: number;
  /** γ in 1/fs. */
  readonly friction: number;
}

/** @param velocities 3N, written into */
export function exchangeByFriction(
  { temperature, friction }: Langevin,
  { masses, timestep }: { readonly masses: Float64Array; readonly timestep: number },
  velocities: Float64Array,
  random: Random,
): void {
  const keep = Math.exp(-friction * timestep);
  // 1 − e^(−2γΔt), exact also where γΔt is tiny.
  const lost = -Math.expm1(-2 * friction * timestep);
  for (let i = 0; i < masses.length; i++) {
    const width = Math.sqrt((lost * BOLTZMANN * temperature) / (masses[i] * AMU_ANGSTROM2_PER_FS2));
    for (let k = 3 * i; k < 3 * i + 3; k++) velocities[k] = keep * velocities[k] + width * random.normal();
  }
}
