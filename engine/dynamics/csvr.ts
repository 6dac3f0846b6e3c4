/**
 * Canonical sampling by stochastic velocity rescaling: all velocities are multiplied by one random number, drawn such that
 * the kinetic energy K of the n_f degrees of freedom follows
 *
 *   dK = (K̄ − K) dt/τ + 2 √(K K̄/n_f) dW/√τ,   K̄ = n_f k_B T/2,
 *
 * exactly, however long the step: with c = e^(−Δt/τ) and independent normal deviates R
 *
 *   α² = c + (1 − c) K̄/(n_f K) ΣR² + 2 R₁ √(c (1 − c) K̄/(n_f K)),   sign of α that of R₁ + √(c n_f K/((1 − c) K̄))
 *
 * Bussi, Donadio and Parrinello, J. Chem. Phys. 126, 014101 (2007), eqs. 7 and A7; the sign: Bussi and Parrinello, Comput.
 * Phys. Commun. 179, 26 (2008). Without the noise it is the thermostat of Berendsen. eV, fs, K.
 */
import { BOLTZMANN } from '../../language/constants';
import { chiSquared, type Random } from '../random';

export interface Csvr {
  readonly kind: 'csvr';
  /** K */
  readonly temperature: number;
  /** τ in fs: how long the kinetic energy remembers what it was. */
  readonly time: number;
}

/**
 * The factor α of all velocities in one time step.
 * @param kinetic K in eV, above 0
 * @param timestep fs
 * @param degreesOfFreedom n_f, at least 1
 */
export function drawRescaling(
  { temperature, time }: Csvr,
  kinetic: number,
  timestep: number,
  degreesOfFreedom: number,
  random: Random,
): number {
  const keep = Math.exp(-timestep / time);
  const lost = -Math.expm1(-timestep / time);
  // (1 − c) K̄/(n_f K)
  const noise = (lost * BOLTZMANN * temperature) / (2 * kinetic);
  const first = random.normal();
  const others = chiSquared(random, degreesOfFreedom - 1);
  // The same as above, as a square that can't be negative: of the component along the velocities, and of all others.
  const along = Math.sqrt(keep) + Math.sqrt(noise) * first;
  return (along < 0 ? -1 : 1) * Math.sqrt(along * along + noise * others);
}
