/**
 * The atoms of dumps of LAMMPS, whichever way they are written: columns by their names, after a header with the box.
 *
 * What comes out is the same for every way of writing: positions in Å from the corner of the box (whose place is the info
 * `origin`), unscaled; not wrapped where the file has them so; atoms sorted by id, because LAMMPS writes them in any order.
 * Where the file names its units, lengths, forces, velocities, times, masses and charges are in Å, eV/Å, Å/fs, fs, amu and e; otherwise
 * lengths, forces and energies are as the dataset's `units` say, and without them all numbers are as they stand. Elements come from `element`, from types that are named so,
 * or from `mass`; atoms of numbered types without either have the atomic number 0.
 */
import type { Place, Result } from '../../protocol/result';
import { transform } from '../structure/cell';
import type { Periodicity } from '../structure/structure';
import { findMisfit, findShortage, packed, readTable, type Field, type Table } from './atom-table';
import type { Column, Frame, InfoValue } from './frame';
import {
  cellOf,
  elementByMass,
  elementByName,
  place,
  scaleColumns,
  sortById,
  styleOf,
  tokensOf,
  type Box,
  type UnitStyle,
} from './lammps';
import type { UnitFactors } from './n2p2-data';
import { parseNumber } from './numbers';
import type { Problems } from './problems';
import type { TextLines } from './text-lines';

/** What stands before the atoms of a frame. */
export interface DumpHeader {
  readonly count: number;
  readonly countPlace: Place;
  readonly box: Box | undefined;
  readonly periodic: Periodicity;
  /** Names of the columns; where they stand. */
  readonly names: readonly string[];
  readonly namesPlace: Place;
  /** The unit style that the file names. */
  readonly units: string | undefined;
  readonly info: Map<string, InfoValue>;
}

/** Ways of writing positions, the preferred one first: not wrapped before wrapped, because the way back is easy. */
const POSITIONS = [
  { names: ['xu', 'yu', 'zu'], scaled: false },
  { names: ['xsu', 'ysu', 'zsu'], scaled: true },
  { names: ['x', 'y', 'z'], scaled: false },
  { names: ['xs', 'ys', 'zs'], scaled: true },
];

/** Names that columns have here, by what LAMMPS calls them without x, y, z. */
const VECTORS: ReadonlyMap<string, string> = new Map([
  ['f', 'forces'],
  ['v', 'velocities'],
  ['i', 'image'],
]);
const SCALARS: ReadonlyMap<string, string> = new Map([['q', 'charges']]);
const INTEGERS: ReadonlySet<string> = new Set(['id', 'mol', 'proc', 'procp1', 'type', 'image']);

/** One column of the frame: where it stands among the columns of the file. */
interface Group {
  readonly name: string;
  readonly width: number;
}

/** Joins x, y, z of a vector and `[1]`, `[2]`, … of an array, where they stand side by side. */
function groupNames(names: readonly string[]): Group[] {
  const groups: Group[] = [];
  for (let at = 0; at < names.length;) {
    const name = names[at];
    const stem = name.slice(0, -1);
    const array = /^(.*)\[1\]$/.exec(name)?.[1];
    let width = 1;
    let joined = SCALARS.get(name) ?? name;
    if (stem !== '' && name.endsWith('x') && names[at + 1] === `${stem}y` && names[at + 2] === `${stem}z`) {
      width = 3;
      joined = VECTORS.get(stem) ?? stem;
    } else if (array !== undefined && array !== '') {
      while (names[at + width] === `${array}[${width + 1}]`) width++;
      if (width > 1) joined = array;
    }
    // Two columns of one name: both under their own.
    if (groups.some((group) => group.name === joined)) {
      joined = name;
      width = 1;
    }
    groups.push({ name: joined, width });
    at += width;
  }
  return groups;
}

/**
 * Reads the atoms of a frame.
 *
 * @param text at the line before the first of them
 * @param units factors for a file that doesn't name its units
 * @param problems what was wrong already
 * @returns the frame, or what is wrong with it: `XD004` to `XD011`
 */
export function readAtoms(
  text: TextLines,
  header: DumpHeader,
  units: UnitFactors | undefined,
  problems: Problems,
): Result<Frame> {
  const { factors, known } = styleOf(header.units, units);
  if (header.units !== undefined) header.info.set('units', header.units);
  const frame = readTableOfAtoms(text, header, factors, problems);
  return frame === null ? { ok: false, problems: problems.list() } : problems.result({ ...frame, units: known });
}

function readTableOfAtoms(
  text: TextLines,
  { count, countPlace, box, periodic, names, namesPlace, info }: DumpHeader,
  factors: UnitStyle,
  problems: Problems,
): Frame | null {
  const refuse = (code: string, message: string, place: Place): null => {
    problems.add({ code, message, place });
    return null;
  };
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return refuse('XD006', `the column ${twice} stands twice`, namesPlace);
  const written = POSITIONS.find((way) => way.names.every((name) => names.includes(name)));
  if (written === undefined)
    return refuse('XD006', 'there are no positions: x y z, xu yu zu, xs ys zs or xsu ysu zsu', namesPlace);
  if (written.scaled && box === undefined)
    return refuse('XD007', 'the positions are scaled by a box, but there is none', namesPlace);

  const expected = `the ${names.length} that are named above`;
  const offset = text.nextStart;
  const line = text.line + 1;
  const { bytes } = text;
  const shortage = findShortage(text, count, names.length, expected, countPlace);
  if (shortage !== undefined) {
    problems.add(shortage);
    return null;
  }

  const positions = new Float64Array(3 * count);
  const columns = new Map<string, Column>();
  const fields: Field[] = [];
  const first = tokensOf(bytes, offset);
  let token = 0;
  for (const { name, width } of groupNames(names)) {
    const component = written.names.indexOf(name);
    if (component >= 0) fields.push({ kind: 'real', width, values: positions, stride: 3, offset: component });
    else if (POSITIONS.some((way) => way.names.includes(name))) fields.push({ kind: 'ignored', width });
    else if (name === 'element' || first.slice(token, token + width).some((word) => parseNumber(word) === undefined)) {
      const values: string[] = [];
      fields.push({ kind: 'text', ...packed(width, values) });
      columns.set(name, { type: 'S', width, values });
    } else {
      const values = new Float64Array(width * count);
      const integer = INTEGERS.has(name);
      fields.push({ kind: integer ? 'integer' : 'real', ...packed(width, values) });
      columns.set(name, { type: integer ? 'I' : 'R', width, values });
    }
    token += width;
  }
  const table: Table = { fields: joinNeighbours(fields), count, expected, open: false };
  const end = readTable({ text, offset, line }, table, problems);
  const misfit = findMisfit(bytes, table, end, countPlace);
  if (misfit !== undefined) problems.add(misfit);
  if (problems.count > 0) return null;

  const placed = written.scaled && box !== undefined ? transform(positions, box.cell) : positions;
  place(placed, written.scaled ? [0, 0, 0] : (box?.origin ?? [0, 0, 0]), factors.length);
  scaleColumns(columns, factors);
  const time = info.get('time');
  if (time !== undefined && !info.has('units')) {
    // Nobody knows in what unit.
    info.delete('time');
    info.set('time_as_written', time);
  } else if (typeof time === 'number') info.set('time', time * factors.time);
  const numbers = numbersOf(columns, count);
  const cell = box === undefined ? undefined : cellOf(box, periodic);
  if (typeof cell === 'string') return refuse('XD007', cell, namesPlace);
  if (cell !== undefined) for (let i = 0; i < 9; i++) cell[i] *= factors.length;
  if (box?.origin.some((x) => x !== 0) === true)
    info.set(
      'origin',
      box.origin.map((x) => x * factors.length),
    );
  const frame = { numbers, positions: placed, cell, periodic, columns, info };
  return sortById(cell === undefined ? { ...frame, periodic: [false, false, false] } : frame);
}

/** Fields whose values stand side by side in the line and in memory are read in one go. */
function joinNeighbours(fields: readonly Field[]): Field[] {
  const joined: Field[] = [];
  for (const field of fields) {
    const last = joined.at(-1);
    if (
      last?.kind === 'real' &&
      field.kind === 'real' &&
      last.values === field.values &&
      last.offset + last.width === field.offset
    )
      joined[joined.length - 1] = { ...last, width: last.width + field.width };
    else joined.push(field);
  }
  return joined;
}

/**
 * Atomic numbers from the element, the type's name or the mass of each atom. What only says the element again is taken
 * out of the columns.
 */
function numbersOf(columns: Map<string, Column>, count: number): Uint8Array {
  const numbers = new Uint8Array(count);
  for (const name of ['element', 'type']) {
    const column = columns.get(name);
    if (column?.type !== 'S') continue;
    const known = new Map<string, number>();
    let unknown = 0;
    for (let i = 0; i < count; i++) {
      const word = column.values[i];
      let z = known.get(word);
      if (z === undefined) known.set(word, (z = elementByName(word)));
      if (z === 0) unknown++;
      numbers[i] = z;
    }
    if (unknown === 0) columns.delete(name);
    if (unknown < count) return numbers;
  }
  const mass = columns.get('mass');
  if (mass?.type === 'R') {
    const known = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      let z = known.get(mass.values[i]);
      if (z === undefined) known.set(mass.values[i], (z = elementByMass(mass.values[i])));
      numbers[i] = z;
    }
  }
  return numbers;
}
