/** Physical constants in internal units (Å, eV, fs, amu, K). CODATA 2022, as in language/schema/units.ts; the SI value of e is exact. */
import { ELEMENTARY_CHARGE } from '../../language/constants';

/** e²/(4πε₀) in eV Å: e in C over 4π · 8.8541878188e-12 F/m. */
export const COULOMB = (ELEMENTARY_CHARGE * 1e10) / (4 * Math.PI * 8.8541878188e-12);

/** 1 amu Å²/fs² in eV: the factor of every kinetic energy. Its root, 10.180505, is Å (amu/eV)^½ in fs. */
export const AMU_ANGSTROM2_PER_FS2 = (1.66053906892e-27 * 1e10) / ELEMENTARY_CHARGE;
