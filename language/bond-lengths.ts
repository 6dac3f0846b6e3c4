/** What the nearest distance of a structure tells of its unit of length. Distances are in sums of covalent radii: what is bonded is near 1. */
import { units } from './schema/units';

/** Nothing that is bonded is farther, and among atoms of molecules and solids something is bonded. */
const FARTHEST_BOND = 1.45;
/** Å */
export const BOHR = units.bohr.factor;

/** Never bonded: their distances say nothing of units. */
export const NOBLE: readonly string[] = ['He', 'Ne', 'Ar', 'Kr', 'Xe', 'Rn'];

/** Whether atoms that are nowhere nearer than this would be bonded if lengths were bohr. */
export const looksLikeBohr = (nearest: number): boolean =>
  Number.isFinite(nearest) && nearest >= FARTHEST_BOND && nearest * BOHR <= FARTHEST_BOND;
