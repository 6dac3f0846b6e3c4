/**
 * What dump and data files of LAMMPS have in common: unit styles, boxes, types that are no elements, atoms in any order.
 * Source: LAMMPS documentation, pages units, Howto_triclinic, read_data and dump, for the facts of the formats.
 */
import { atomicNumber, elements } from '../../language/elements';
import { units as table } from '../../language/schema/units';
import { findCellProblem } from '../structure/cell';
import type { Periodicity } from '../structure/structure';
import { unitOfColumn, type UnitsKnown } from '../../protocol/units';
import type { Column, Frame } from './frame';
import { NO_CONVERSION, type UnitFactors } from './n2p2-data';
import { LF } from './text-lines';

/** Factors to Å, eV, fs, amu, e, and of a velocity to Å/fs. */
export interface UnitStyle {
  readonly length: number;
  readonly energy: number;
  readonly time: number;
  readonly velocity: number;
  readonly mass: number;
  readonly charge: number;
}

const { bohr, hartree, kcal, mol, nm } = table;
/** eV in one J, which is e in one C. */
const JOULE = table.kJ.factor / 1000;
/** amu in one kg. */
const KILOGRAM = 1000 * mol.factor;
/** e in one statC, 10/c of a coulomb with c in cm/s. */
const STATCOULOMB = (10 / 2.99792458e10) * JOULE;

const style = (
  length: number,
  energy: number,
  time: number,
  { velocity = length / time, mass = 1, charge = 1 }: Partial<UnitStyle> = {},
): UnitStyle => ({ length, energy, time, velocity, mass, charge });

const STYLES: ReadonlyMap<string, UnitStyle> = new Map([
  ['lj', style(1, 1, 1)],
  ['real', style(1, kcal.factor / mol.factor, 1)],
  ['metal', style(1, 1, table.ps.factor)],
  ['si', style(1e10, JOULE, 1e15, { mass: KILOGRAM, charge: JOULE })],
  // erg = 10⁻⁷ J
  ['cgs', style(1e8, 1e-7 * JOULE, 1e15, { mass: 1e-3 * KILOGRAM, charge: STATCOULOMB })],
  // Velocities are in bohr per 1.03275 fs: √(amu bohr²/hartree).
  ['electron', style(bohr.factor, hartree.factor, 1, { velocity: bohr.factor / 1.03275 })],
  // pg µm²/µs² = 10⁻¹⁵ J
  ['micro', style(1e4, 1e-15 * JOULE, 1e9, { mass: 1e-15 * KILOGRAM, charge: 1e-12 * JOULE })],
  // ag nm²/ns² = 10⁻²¹ J
  ['nano', style(nm.factor, 1e-21 * JOULE, table.ns.factor, { mass: 1e-21 * KILOGRAM })],
]);

/**
 * The factors of a file, and what is known of its units.
 *
 * @param name what it says of its `units` command; one that LAMMPS doesn't know says nothing
 * @param units for a file that says nothing
 */
export function styleOf(
  name: string | undefined,
  units: UnitFactors | undefined,
): { readonly factors: UnitStyle; readonly known: UnitsKnown | undefined } {
  const own = STYLES.get(name ?? '');
  if (own !== undefined) return { factors: own, known: name === 'lj' ? 'reduced' : undefined };
  const { length, energy } = units ?? NO_CONVERSION;
  return { factors: style(length, energy, 1), known: units === undefined ? 'assumed' : 'given' };
}

export interface Box {
  /** Cell vectors as rows, 9. */
  readonly cell: Float64Array;
  /** Where the box begins. */
  readonly origin: readonly [number, number, number];
}

/** The box from its lowest and highest coordinates (xlo, xhi, ylo, yhi, zlo, zhi) and its tilt factors xy, xz, yz. */
export function boxOf(bounds: ArrayLike<number>, [xy, xz, yz]: readonly [number, number, number]): Box {
  const [xlo, xhi, ylo, yhi, zlo, zhi] = Array.from({ length: 6 }, (_, i) => bounds[i]);
  return { cell: Float64Array.of(xhi - xlo, 0, 0, xy, yhi - ylo, 0, xz, yz, zhi - zlo), origin: [xlo, ylo, zlo] };
}

/**
 * The same from the bounds of the box around the tilted one, as dumps have them.
 *
 * @param bounds xlo, xhi, ylo, yhi, zlo, zhi
 * @param tilts xy, xz, yz
 */
export function boxWithin(
  [xlo, xhi, ylo, yhi, zlo, zhi]: readonly number[],
  tilts: readonly [number, number, number],
): Box {
  const [xy, xz, yz] = tilts;
  const low = [xlo - Math.min(0, xy, xz, xy + xz), ylo - Math.min(0, yz), zlo];
  const high = [xhi - Math.max(0, xy, xz, xy + xz), yhi - Math.max(0, yz), zhi];
  return boxOf([low[0], high[0], low[1], high[1], low[2], high[2]], tilts);
}

/**
 * The cell of a frame: none where nothing is periodic and the box has no volume.
 * @returns a message where a periodic box has none
 */
export function cellOf({ cell }: Box, periodic: Periodicity): Float64Array | undefined | string {
  const problem = findCellProblem(cell);
  if (problem !== 'singular' && problem !== 'not_finite') return cell;
  return periodic.includes(true) ? 'the box has no volume: a periodic one needs it' : undefined;
}

/** How far a mass may be from that of an element, in amu. */
const MASS_TOLERANCE = 0.5;

/** The atomic number of the element whose mass is nearest to `mass` (amu); 0 if none is near. */
export function elementByMass(mass: number): number {
  let best = 0;
  for (let z = 1; z < elements.length; z++)
    if (Math.abs(elements[z].mass - mass) < Math.abs(elements[best].mass - mass)) best = z;
  return Math.abs(elements[best].mass - mass) <= MASS_TOLERANCE ? best : 0;
}

/** The atomic number that a type's name stands for; 0 if it is no element's symbol. */
export const elementByName = (name: string): number => atomicNumber(name) ?? 0;

/** The words of the line that begins at `offset`. */
export function tokensOf(bytes: Buffer, offset: number): string[] {
  const end = bytes.indexOf(LF, offset);
  return bytes
    .toString('latin1', offset, end < 0 ? bytes.length : end)
    .trim()
    .split(/[ \t\r]+/);
}

/** Moves positions to the corner of the box and scales them to Å. */
export function place(positions: Float64Array, [x, y, z]: Box['origin'], length: number): void {
  for (let i = 0; i < positions.length; i += 3) {
    positions[i] = (positions[i] - x) * length;
    positions[i + 1] = (positions[i + 1] - y) * length;
    positions[i + 2] = (positions[i + 2] - z) * length;
  }
}

/** What columns are multiplied by, by what their names mean to who looks at them (protocol/units.ts). */
const SCALED: ReadonlyMap<string, (style: UnitStyle) => number> = new Map([
  ['eV/Å', ({ energy, length }) => energy / length],
  ['Å/fs', ({ velocity }) => velocity],
  ['e', ({ charge }) => charge],
  ['amu', ({ mass }) => mass],
  ['eV', ({ energy }) => energy],
]);

/** Brings columns of real numbers to the units that their names imply. */
export function scaleColumns(columns: ReadonlyMap<string, Column>, style: UnitStyle): void {
  for (const [name, { type, values }] of columns) {
    const factor = SCALED.get(unitOfColumn(name))?.(style) ?? 1;
    if (type !== 'R' || factor === 1) continue;
    for (let i = 0; i < values.length; i++) values[i] *= factor;
  }
}

/** The atoms in the order of their ids, if they have any. */
export function sortById(frame: Frame): Frame {
  const ids = frame.columns.get('id');
  if (ids?.type !== 'I') return frame;
  const order = orderOf(ids.values);
  if (order === undefined) return frame;
  const columns = new Map<string, Column>();
  for (const [name, column] of frame.columns) {
    const { width } = column;
    if (column.type === 'S') {
      const values: string[] = [];
      for (const row of order) for (let k = 0; k < width; k++) values.push(column.values[width * row + k]);
      columns.set(name, { ...column, values });
    } else if (column.type === 'L') columns.set(name, { ...column, values: permuteBytes(column.values, width, order) });
    else columns.set(name, { ...column, values: permuteNumbers(column.values, width, order) });
  }
  return {
    ...frame,
    numbers: permuteBytes(frame.numbers, 1, order),
    positions: permuteNumbers(frame.positions, 3, order),
    columns,
  };
}

/** Where each atom of the sorted order stands; undefined if they are sorted. */
function orderOf(ids: Float64Array): Uint32Array | undefined {
  const { length } = ids;
  let sorted = true;
  for (let i = 1; sorted && i < length; i++) sorted = ids[i - 1] <= ids[i];
  if (sorted) return undefined;
  const order = new Uint32Array(length);
  // Ids are mostly 1 to N: each has its place, which holds the row + 1.
  let dense = true;
  for (let i = 0; dense && i < length; i++) {
    const place = ids[i] - 1;
    dense = place >= 0 && place < length && order[place] === 0;
    if (dense) order[place] = i + 1;
  }
  if (dense) for (let i = 0; i < length; i++) order[i]--;
  else {
    for (let i = 0; i < length; i++) order[i] = i;
    order.sort((a, b) => ids[a] - ids[b] || a - b);
  }
  return order;
}

// Two of the same, because a loop over one kind of array is much faster than one over several.

function permuteNumbers(values: Float64Array, width: number, order: Uint32Array): Float64Array {
  const permuted = new Float64Array(values.length);
  for (let i = 0, at = 0; i < order.length; i++)
    for (let k = width * order[i], end = k + width; k < end; k++) permuted[at++] = values[k];
  return permuted;
}

function permuteBytes(values: Uint8Array, width: number, order: Uint32Array): Uint8Array {
  const permuted = new Uint8Array(values.length);
  for (let i = 0, at = 0; i < order.length; i++)
    for (let k = width * order[i], end = k + width; k < end; k++) permuted[at++] = values[k];
  return permuted;
}
