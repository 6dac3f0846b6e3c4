/** Constants of nature that the language needs too; engine/structure/constants.ts has the others. Their SI values are exact. */

/** C; J in one eV. */
export const ELEMENTARY_CHARGE = 1.602176634e-19;

/** k_B in eV/K. */
export const BOLTZMANN = 1.380649e-23 / ELEMENTARY_CHARGE;
