/**
 * Text dumps of LAMMPS (`dump atom`, `dump custom`): frames of `ITEM:` sections.
 *
 *   ITEM: UNITS                  only in the first frame, for all: metal, real, …
 *   ITEM: TIME
 *   ITEM: TIMESTEP
 *   ITEM: NUMBER OF ATOMS
 *   ITEM: BOX BOUNDS [xy xz yz | abc origin] pp pp ff
 *   ITEM: ATOMS id type element xs ys zs fx fy fz c_pe …
 *
 * What comes out is the same for every way of writing: positions in Å from the corner of the box (whose place is the info
 * `origin`), unscaled; not wrapped where the file has them so; atoms sorted by id, because LAMMPS writes them in any order.
 * Where the file names its units, lengths, forces, velocities and times are in Å, eV/Å, Å/fs and fs; otherwise lengths and
 * forces are as the dataset's `units` say, and without them all numbers are as they stand. Elements come from `element`, from types that are named so,
 * or from `mass`; atoms of numbered types without either have the atomic number 0.
 */
import type { Place, Result } from '../../protocol/result';
import { transform } from '../structure/cell';
import type { Periodicity } from '../structure/structure';
import { endWithLine, findMisfit, findShortage, packed, readTable, type Field, type Table } from './atom-table';
import { countIn } from './extended-xyz-header';
import type { Column, Frame, InfoValue } from './frame';
import type { BoundaryFinder } from './frame-index';
import {
  boxOf,
  cellOf,
  elementByMass,
  elementByName,
  place,
  scale,
  sortById,
  tokensOf,
  unitStyle,
  type Box,
  type UnitStyle,
} from './lammps';
import type { UnitFactors } from './n2p2-data';
import { parseNumber } from './numbers';
import { Problems } from './problems';
import { TextLines } from './text-lines';
import { readNumbers } from './text-numbers';

// ------------------------------------------------------------------------------------------------------- boundaries

const ITEM = Buffer.from('ITEM: ');

/** The beginning of what follows `ITEM: ` in a line; undefined for other lines. */
function itemOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start < ITEM.length || bytes[start] !== ITEM[0]) return undefined;
  for (let i = 1; i < ITEM.length; i++) if (bytes[start + i] !== ITEM[i]) return undefined;
  return String.fromCharCode(...bytes.subarray(start + ITEM.length, Math.min(end, start + 32))).trimEnd();
}

interface FinderState {
  /** Whether the sections before the number of atoms are being read, and which of them were there. */
  readonly preamble: boolean;
  readonly timestep: boolean;
  readonly headed: boolean;
  readonly countIsNext: boolean;
  /** Lines of atoms that are missing; undefined before `ITEM: ATOMS`. */
  readonly atoms: number;
  readonly missing: number | undefined;
}

const INITIAL: FinderState = {
  preamble: false,
  timestep: false,
  headed: false,
  countIsNext: false,
  atoms: 0,
  missing: undefined,
};

/** A frame begins at `ITEM: TIMESTEP`, or at the `ITEM: UNITS` or `ITEM: TIME` before it. */
export function createDumpFinder(initial: FinderState = INITIAL): BoundaryFinder {
  let { preamble, timestep, headed, countIsNext, atoms, missing } = initial;
  return {
    line(bytes, start, end) {
      const item = itemOf(bytes, start, end);
      if (item === undefined) {
        if (countIsNext) atoms = countIn(bytes, start, end) ?? 0;
        countIsNext = false;
        if (missing !== undefined && missing > 0) missing--;
        return false;
      }
      if (item === 'TIMESTEP' || item === 'UNITS' || item === 'TIME') {
        const starts = !preamble || (item === 'TIMESTEP' && timestep);
        if (starts) {
          timestep = headed = false;
          atoms = 0;
          missing = undefined;
        }
        preamble = true;
        timestep ||= item === 'TIMESTEP';
        headed ||= item === 'UNITS';
        return starts;
      }
      preamble = false;
      countIsNext = item === 'NUMBER OF ATOMS';
      if (item.startsWith('ATOMS')) missing = atoms;
      return false;
    },
    whole: () => missing === 0,
    copy: () => createDumpFinder({ preamble, timestep, headed, countIsNext, atoms, missing }),
    headed: () => headed,
  };
}

// ---------------------------------------------------------------------------------------------------------- decoding

interface Header {
  readonly count: number;
  readonly countPlace: Place;
  readonly box: Box | undefined;
  readonly periodic: Periodicity;
  /** Names of the columns. */
  readonly names: readonly string[];
  readonly namesPlace: Place;
  readonly units: string | undefined;
  readonly info: Map<string, InfoValue>;
}

/**
 * Decodes one frame.
 *
 * @param head the beginning of the first frame, if it has the units of all
 * @param units factors for a file that doesn't name its units
 * @returns the frame, or what is wrong with it: `XD003` to `XD013`
 */
export function decodeDumpFrame(
  bytes: Buffer,
  file: string,
  firstLine: number,
  head: Buffer | undefined,
  units: UnitFactors,
): Result<Frame> {
  const problems = new Problems();
  const text = new TextLines(endWithLine(bytes), file, firstLine);
  const header = readHeader(text, problems);
  if (header === null) return { ok: false, problems: problems.list() };
  const named = header.units ?? unitsOf(head);
  let factors: UnitStyle = { ...units, time: 1, velocity: units.length };
  if (named !== undefined) {
    const known = unitStyle(named);
    if (known !== undefined) factors = known;
    header.info.set('units', named);
  }
  const frame = readAtoms(text, header, factors, problems);
  return frame === null ? { ok: false, problems: problems.list() } : problems.result(frame);
}

/** The units that the head of a file names. */
const unitsOf = (head: Buffer | undefined): string | undefined =>
  head === undefined ? undefined : /^ITEM: UNITS\s*\n\s*(\S+)/.exec(head.toString('latin1'))?.[1];

/** Reads the sections up to the line `ITEM: ATOMS`; null where the atoms can't be read. */
function readHeader(text: TextLines, problems: Problems): Header | null {
  const refuse = (code: string, message: string, place: Place): null => {
    problems.add({ code, message, place });
    return null;
  };
  const beginning = (): Place => ({ file: text.file, line: firstLine, column: 1 });
  const firstLine = text.line + 1;
  const info = new Map<string, InfoValue>();
  const one = new Float64Array(1);
  let count: number | undefined;
  let countPlace: Place | undefined;
  let bounds: { readonly box: Box; readonly periodic: Periodicity } | undefined;
  let units: string | undefined;

  while (text.advance()) {
    if (text.isBlank()) continue;
    const line = text.text();
    const item = /^ITEM: *(.*?)\s*$/.exec(line)?.[1];
    if (item === undefined)
      return refuse(
        'XD003',
        `a section begins with “ITEM:”, but here is ${text.quote(text.skipSpace(text.start))}`,
        text.place(),
      );
    const place = text.place();
    if (item.startsWith('ATOMS')) {
      if (count === undefined || countPlace === undefined)
        return refuse('XD003', 'the section NUMBER OF ATOMS is missing before the atoms', place);
      if (count === 0) return refuse('XD003', 'a frame must have at least one atom', countPlace);
      const names = item.split(/\s+/).slice(1);
      const { box, periodic = [false, false, false] } = bounds ?? {};
      return { count, countPlace, box, periodic, names, namesPlace: place, units, info };
    }
    if (item.startsWith('BOX BOUNDS')) {
      const outcome = readBox(text, item.split(/\s+/).slice(2), problems);
      if (outcome === null) return null;
      bounds = outcome;
      continue;
    }
    if (!text.advance()) break;
    const at = text.skipSpace(text.start);
    if (item === 'UNITS') units = text.text().trim();
    else if (item === 'TIME' || item === 'TIMESTEP') {
      if (readNumbers(text, at, 1, one, 0, problems) < 0) return null;
      info.set(item === 'TIME' ? 'time' : 'step', one[0]);
    } else if (item === 'NUMBER OF ATOMS') {
      countPlace = text.place(at);
      count = countIn(text.bytes, text.start, text.end);
      if (count === undefined) return refuse('XD003', `${text.quote(at)} is not a number of atoms`, countPlace);
    } else if (item.startsWith('NUMBER OF') || item.startsWith('ENTRIES'))
      return refuse('XD003', `this dump has no atoms, but “${item}”: only dumps of atoms can be read`, place);
    else return refuse('XD013', `“ITEM: ${item.slice(0, 40)}” is no section of a dump of atoms`, place);
  }
  return refuse('XD004', 'this frame has no “ITEM: ATOMS”: it is truncated', beginning());
}

/** Reads the three lines of the box; `words` follow BOX BOUNDS. */
function readBox(
  text: TextLines,
  words: readonly string[],
  problems: Problems,
): { readonly box: Box; readonly periodic: Periodicity } | null {
  const general = words[0] === 'abc';
  const tilted = words[0] === 'xy';
  const flags = words.filter((word) => /^[pfsm]{2}$/.test(word));
  const periodic = (k: number): boolean => (flags.length === 3 ? flags[k].startsWith('p') : true);
  const width = general ? 4 : tilted ? 3 : 2;
  const values = new Float64Array(3 * width);
  for (let row = 0; row < 3; row++) {
    if (!text.advance()) {
      problems.add({ code: 'XD004', message: 'the bounds of the box are cut off', place: text.place() });
      return null;
    }
    if (readNumbers(text, text.start, width, values, row * width, problems) < 0) return null;
  }
  let box: Box;
  if (general) {
    const [ax, ay, az, ox, bx, by, bz, oy, cx, cy, cz, oz] = values;
    box = { cell: Float64Array.of(ax, ay, az, bx, by, bz, cx, cy, cz), origin: [ox, oy, oz] };
  } else if (tilted) {
    // The bounds are those of the box around the tilted one.
    const [xlo, xhi, xy, ylo, yhi, xz, zlo, zhi, yz] = values;
    const low = [xlo - Math.min(0, xy, xz, xy + xz), ylo - Math.min(0, yz), zlo];
    const high = [xhi - Math.max(0, xy, xz, xy + xz), yhi - Math.max(0, yz), zhi];
    box = boxOf([low[0], high[0], low[1], high[1], low[2], high[2]], [xy, xz, yz]);
  } else box = boxOf(values, [0, 0, 0]);
  return { box, periodic: [periodic(0), periodic(1), periodic(2)] };
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

/** Reads the atoms; `text` is at the line `ITEM: ATOMS`. */
function readAtoms(
  text: TextLines,
  { count, countPlace, box, periodic, names, namesPlace, info }: Header,
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
    return refuse('XD007', 'the positions are scaled by a box, but there is none: BOX BOUNDS is missing', namesPlace);

  const expected = `the ${names.length} of ITEM: ATOMS`;
  const offset = text.nextStart;
  const line = text.line + 1;
  const { bytes, file } = text;
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
  const end = readTable({ bytes, file, offset, line }, table, problems);
  const misfit = findMisfit(bytes, table, end, countPlace);
  if (misfit !== undefined) problems.add(misfit);
  if (problems.count > 0) return null;

  const placed = written.scaled && box !== undefined ? transform(positions, box.cell) : positions;
  place(placed, written.scaled ? [0, 0, 0] : (box?.origin ?? [0, 0, 0]), factors.length);
  scale(columns.get('forces'), factors.energy / factors.length);
  scale(columns.get('velocities'), factors.velocity);
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
