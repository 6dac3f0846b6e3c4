/**
 * What a parity plot draws: one row per energy, force component, force, or stress component; which set it belongs to; which
 * are the worst. Pure. eV/atom, eV/Å, GPa, degrees; errors are shown in thousandths, but those of angles.
 */
import { GIGAPASCAL } from '../../engine/structure/voigt';
import type { Parity } from '../../protocol/parity';

export const QUANTITIES = ['energy', 'force', 'norm', 'angle', 'stress'] as const;
export type Quantity = (typeof QUANTITIES)[number];

export interface ParityRows {
  readonly quantity: Quantity;
  readonly count: number;
  readonly reference: Float64Array;
  /** Of angles: the angle itself, as reference stands the length of the reference force. */
  readonly predicted: Float64Array;
  /** predicted − reference; of angles the angle. */
  readonly error: Float64Array;
  /** Standard deviation over the members of a committee, if one predicted. */
  readonly spread?: Float64Array;
  /** Structure of each row, a number within the parity file. */
  readonly structure: Int32Array;
  /** Of rows that belong to one: the atom in the structure, and its atomic number. */
  readonly atom?: Int32Array;
  readonly element?: Uint8Array;
  /** Of rows of components. */
  readonly component?: Uint8Array;
  /** Index into SETS of each row. */
  readonly set: Uint8Array;
  /** Labels that the data don't have: a row for each is missing. */
  readonly absent: number;
}

interface Description {
  /** What axes call it. */
  readonly name: string;
  /** Unit of the values, of the errors, and how many of these one of those is. */
  readonly value: string;
  readonly error: string;
  readonly scale: number;
  /** Of the values where one is told. */
  readonly decimals: number;
  /** Rows as people count them. */
  readonly one: string;
  readonly many: string;
}

export const UNITS: Readonly<Record<Quantity, Description>> = {
  energy: { name: 'energy per atom', value: 'eV/atom', error: 'meV/atom', scale: 1000, decimals: 5, one: 'energy', many: 'energies' }, // prettier-ignore
  force: { name: 'force component', value: 'eV/Å', error: 'meV/Å', scale: 1000, decimals: 4, one: 'force component', many: 'force components' }, // prettier-ignore
  norm: { name: 'force', value: 'eV/Å', error: 'meV/Å', scale: 1000, decimals: 4, one: 'force', many: 'forces' }, // prettier-ignore
  angle: { name: 'force', value: 'eV/Å', error: '°', scale: 1, decimals: 4, one: 'force', many: 'forces' },
  stress: { name: 'stress component', value: 'GPa', error: 'MPa', scale: 1000, decimals: 4, one: 'stress component', many: 'stress components' }, // prettier-ignore
};

/** A parity file, and the rows of its quantities, which are made when they are first asked for. */
export interface ParityTables {
  readonly parity: Parity;
  readonly rows: (quantity: Quantity) => ParityRows;
}

export function tablesOf(parity: Parity): ParityTables {
  const made = new Map<Quantity, ParityRows>();
  return {
    parity,
    rows: (quantity) => {
      const rows = made.get(quantity) ?? rowsOf(parity, quantity);
      made.set(quantity, rows);
      return rows;
    },
  };
}

export function rowsOf(parity: Parity, quantity: Quantity): ParityRows {
  const structures = parity.structureAtoms.length;
  const components = 3 * parity.structureAtoms.reduce((sum, atoms) => sum + atoms, 0);
  switch (quantity) {
    case 'energy': {
      const { energy } = parity;
      return complete(parity, quantity, { ...energy, absent: structures - energy.structure.length });
    }
    case 'force': {
      const { force } = parity;
      return complete(parity, quantity, { ...force, absent: components - force.structure.length });
    }
    case 'stress': {
      const { reference, predicted, ...rest } = parity.stress;
      const inGpa = (values: Float64Array): Float64Array => values.map((value) => GIGAPASCAL * value);
      const absent = 6 * structures - rest.structure.length;
      return complete(parity, quantity, { ...rest, reference: inGpa(reference), predicted: inGpa(predicted), absent });
    }
    case 'norm':
    case 'angle':
      return complete(parity, quantity, vectorRows(parity, quantity === 'angle', components / 3));
  }
}

function complete(
  { structureSet }: Parity,
  quantity: Quantity,
  rows: Omit<ParityRows, 'quantity' | 'count' | 'error' | 'set'>,
): ParityRows {
  const { reference, predicted, structure } = rows;
  const error = quantity === 'angle' ? predicted : predicted.map((value, row) => value - reference[row]);
  const set = Uint8Array.from(structure, (s) => structureSet[s]);
  return { ...rows, quantity, count: structure.length, error, set };
}

/** Forces as vectors: a row for each atom that has all three components. Their angle where the vectors have a direction. */
function vectorRows(
  { force, structureAtoms }: Parity,
  ofAngles: boolean,
  atoms: number,
): Omit<ParityRows, 'quantity' | 'count' | 'error' | 'set'> {
  const starts = new Int32Array(structureAtoms.length);
  for (let s = 1; s < starts.length; s++) starts[s] = starts[s - 1] + structureAtoms[s - 1];
  const reference = new Float64Array(3 * atoms).fill(NaN);
  const predicted = new Float64Array(3 * atoms).fill(NaN);
  const firstRow = new Int32Array(atoms);
  for (let row = 0; row < force.structure.length; row++) {
    const at = starts[force.structure[row]] + force.atom[row];
    firstRow[at] = row;
    reference[3 * at + force.component[row]] = force.reference[row];
    predicted[3 * at + force.component[row]] = force.predicted[row];
  }
  const places: number[] = [];
  const [along, other]: [number[], number[]] = [[], []];
  for (let at = 0; at < atoms; at++) {
    const [ax, ay, az] = reference.subarray(3 * at, 3 * at + 3);
    const [bx, by, bz] = predicted.subarray(3 * at, 3 * at + 3);
    const [a, b] = [Math.hypot(ax, ay, az), Math.hypot(bx, by, bz)];
    if (Number.isNaN(a) || (ofAngles && !(a > 0 && b > 0))) continue;
    places.push(firstRow[at]);
    along.push(a);
    // atan2 of |a × b| and a · b: exact also for small angles, where the arc cosine is not.
    const cross = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
    other.push(ofAngles ? (Math.atan2(cross, ax * bx + ay * by + az * bz) * 180) / Math.PI : b);
  }
  return {
    reference: Float64Array.from(along),
    predicted: Float64Array.from(other),
    structure: Int32Array.from(places, (row) => force.structure[row]),
    atom: Int32Array.from(places, (row) => force.atom[row]),
    element: Uint8Array.from(places, (row) => force.element[row]),
    absent: atoms - places.length,
  };
}

/** The `most` rows with the largest |error| among the visible groups (and `among`), the worst first. */
export function worstRows(
  { count, error, group }: Pick<ParityRows, 'count' | 'error'> & { readonly group: Uint8Array },
  visible: readonly boolean[],
  most: number,
  among?: Int32Array,
): Int32Array {
  const size = (row: number): number => Math.abs(error[row]);
  let candidates: number[] = [];
  let threshold = -1;
  // Keep what may belong to the worst; halve the candidates whenever there are too many.
  const prune = (): void => {
    candidates = candidates.sort((a, b) => size(b) - size(a) || a - b).slice(0, most);
    if (candidates.length === most) threshold = size(candidates[most - 1]);
  };
  for (let k = 0; k < (among?.length ?? count); k++) {
    const row = among === undefined ? k : among[k];
    if (!visible[group[row]] || !(size(row) > threshold)) continue;
    candidates.push(row);
    if (candidates.length >= 4 * most) prune();
  }
  prune();
  return Int32Array.from(candidates);
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Smallest range of all values of rows with finite numbers, or undefined without any. */
export function rangeOf(...columns: readonly Float64Array[]): Range | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns)
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? { low, high } : undefined;
}

/** A little wider on both sides; a single value gets room around it. */
export function widen({ low, high }: Range, part = 0.05): Range {
  const room = (high - low) * part || Math.max(Math.abs(low) * 1e-3, 1e-3);
  return { low: low - room, high: high + room };
}
