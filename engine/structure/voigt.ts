/**
 * Symmetric 3×3 tensors as six numbers in the order of Voigt: xx yy zz yz xz xy. Stress in eV/Å³, positive under tension
 * (as ASE has it): σ = (1/V) dE/dε = −W/V with the virial W in eV.
 */

/** Row and column of each component. */
export const VOIGT = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

/** The symmetric part of a matrix (9, row-major). */
export const toVoigt = (matrix: Float64Array): Float64Array =>
  Float64Array.from(VOIGT, ([a, b]) => 0.5 * (matrix[3 * a + b] + matrix[3 * b + a]));

/** 1 eV/Å³ in GPa (elementary charge of the SI). */
export const GIGAPASCAL = 160.2176634;
