/**
 * Weak coupling to a bath (Berendsen et al., J. Chem. Phys. 81, 3684 (1984)): the temperature relaxes as dT/dt = (T₀ − T)/τ,
 * all velocities being multiplied by
 *
 *   λ = √(e^(−Δt/τ) + (1 − e^(−Δt/τ)) T₀/T),
 *
 * which solves that exactly; the factor of the paper is its first order in Δt/τ. Kinetic energies fluctuate too little for
 * the canonical ensemble. fs, K.
 */
export interface Berendsen {
  readonly kind: 'berendsen';
  /** T₀ in K. */
  readonly temperature: number;
  /** τ in fs. */
  readonly time: number;
}

/**
 * The factor λ of all velocities in one time step.
 * @param kelvin T, above 0
 * @param timestep fs
 */
export function relaxingFactor({ temperature, time }: Berendsen, kelvin: number, timestep: number): number {
  return Math.sqrt(Math.exp(-timestep / time) - Math.expm1(-timestep / time) * (temperature / kelvin));
}
