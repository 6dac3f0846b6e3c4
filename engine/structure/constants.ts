/** Physical constants in internal units (Å, eV, fs, amu, K). CODATA 2022, as in language/schema/units.ts; the SI values of e and k_B are exact. */

/** k_B in eV/K: 1.380649e-23 J/K over 1.602176634e-19 C. */
export const BOLTZMANN = 1.380649e-23 / 1.602176634e-19;

/** e²/(4πε₀) in eV Å: 1.602176634e-19 C over 4π · 8.8541878188e-12 F/m. */
export const COULOMB = (1.602176634e-19 * 1e10) / (4 * Math.PI * 8.8541878188e-12);

/** 1 amu Å²/fs² in eV: the factor of every kinetic energy. Its root, 10.180505, is Å (amu/eV)^½ in fs. */
export const AMU_ANGSTROM2_PER_FS2 = (1.66053906892e-27 * 1e10) / 1.602176634e-19;
