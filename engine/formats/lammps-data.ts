/**
 * Data files of LAMMPS (`read_data`, `write_data`): one structure.
 *
 * A title, a header of lines such as `1000 atoms` and `0 20.5 xlo xhi`, then sections: a word, a blank line, the lines. The
 * columns of `Atoms` depend on the atom style, which stands behind it as a hint (`Atoms # full`); without one the style
 * is told from the columns where that is possible. Types become elements by their label, by the comment of their mass
 * (`1 28.085 # Si`) or of their coefficients, or by the mass; the atoms of others have the atomic number 0. Units are those of the title, if
 * `write_data` wrote it (`units = metal`): to Å, Å/fs, e; otherwise lengths are as the dataset's `units` say. Positions are
 * from the corner of the box (whose place is the info `origin`), wrapped as in the file, with the column `image` for the
 * way back. Atoms are sorted by id.
 */
import type { Place, Result } from '../../protocol/result';
import type { UnitsKnown } from '../../protocol/units';
import { endWithLine, findShortage, packed, readTable, type Field } from './atom-table';
import type { Column, Frame, InfoValue } from './frame';
import {
  boxOf,
  cellOf,
  elementByMass,
  elementByName,
  place,
  scaleColumns,
  sortById,
  styleOf,
  tokensOf,
} from './lammps';
import type { Box, UnitStyle } from './lammps';
import type { UnitFactors } from './n2p2-data';
import { parseNumber } from './numbers';
import { Problems } from './problems';
import { TextLines } from './text-lines';
import { readNumbers } from './text-numbers';

/** Columns of `Atoms` by atom style; image flags may follow. */
const ATOM_STYLES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    angle: 'id mol type x y z',
    atomic: 'id type x y z',
    bond: 'id mol type x y z',
    charge: 'id type q x y z',
    dipole: 'id type q x y z mux muy muz',
    dpd: 'id type theta x y z',
    ellipsoid: 'id type ellipsoidflag density x y z',
    full: 'id mol type q x y z',
    molecular: 'id mol type x y z',
    peri: 'id type volume density x y z',
    sphere: 'id type diameter density x y z',
    spin: 'id type x y z spx spy spz sp',
  }).map(([style, columns]) => [style, columns.split(' ')]),
);
const IMAGES = ['ix', 'iy', 'iz'];

const SECTION =
  /^(Atoms|Velocities|Masses|Ellipsoids|Lines|Triangles|Bodies|Bonds|Angles|Dihedrals|Impropers|[A-Z]\w* Type Labels|[A-Z]\w* Coeffs)$/;

/** What the header says, and the sections before the atoms. */
interface Contents {
  readonly info: Map<string, InfoValue>;
  readonly factors: UnitStyle;
  readonly known: UnitsKnown | undefined;
  readonly count: number;
  readonly countPlace: Place;
  readonly box: Box | undefined;
  /** Element symbol or other label, and mass, of each type by its number or label. */
  readonly names: Map<string, string>;
  readonly masses: Map<string, number>;
}

interface Atoms {
  readonly ids: Float64Array;
  readonly types: readonly string[] | Float64Array;
  readonly positions: Float64Array;
  readonly columns: Map<string, Column>;
}

/**
 * Decodes the file.
 *
 * @param units factors for a file that doesn't name its units
 * @returns the structure, or what is wrong with the file: `XD003` to `XD012`
 */
export function decodeLammpsData(
  bytes: Buffer,
  file: string,
  firstLine: number,
  units: UnitFactors | undefined,
): Result<Frame> {
  const problems = new Problems();
  const text = new TextLines(endWithLine(bytes), file, firstLine);
  const frame = readFile(text, units, problems);
  return frame === null ? { ok: false, problems: problems.list() } : problems.result(frame);
}

function readFile(text: TextLines, units: UnitFactors | undefined, problems: Problems): Frame | null {
  const contents = readHeader(text, units, problems);
  if (contents === null) return null;
  const { info, factors, known, count, box, names, masses } = contents;
  /** What is no element's symbol doesn't stand in for one. */
  const name = (type: string, label: string): void => {
    if (label !== '' && elementByName(names.get(type) ?? '') === 0) names.set(type, label);
  };
  const refuseMissing = (): null => {
    const message = 'there is no section “Atoms”, or not before the velocities';
    problems.add({ code: 'XD003', message, place: contents.countPlace });
    return null;
  };
  let atoms: Atoms | undefined;
  let velocities: Float64Array | undefined;
  // `text` is at the name of a section.
  for (let more = text.end > text.start; more;) {
    const [section, hint = ''] = text.text().split('#', 2);
    const beginning = text.place();
    switch (section.trim()) {
      case 'Masses':
        more = readTypes(text, (type, words, label) => {
          const mass = parseNumber(words[0]);
          if (mass !== undefined) masses.set(type, mass);
          if (mass !== undefined) name(type, label);
        });
        break;
      case 'Pair Coeffs':
        more = readTypes(text, (type, _, label) => name(type, label));
        break;
      case 'Atom Type Labels':
        more = readTypes(text, (type, [label]) => name(type, label));
        break;
      case 'Atoms': {
        const read = readAtoms(text, hint.trim(), contents, problems);
        if (read === null) return null;
        atoms = read;
        more = nextSection(text);
        break;
      }
      case 'Velocities': {
        const read = readVelocities(text, contents, problems);
        if (read === null) return null;
        if (atoms === undefined) return refuseMissing();
        velocities = ofAtoms(read, atoms.ids);
        if (velocities === undefined) {
          const message = 'the velocities are not those of the atoms before them: their ids differ';
          problems.add({ code: 'XD005', message, place: beginning });
          return null;
        }
        more = nextSection(text);
        break;
      }
      default:
        more = nextSection(text);
    }
  }
  if (atoms === undefined) return refuseMissing();
  const { types, positions, columns } = atoms;
  if (velocities !== undefined) columns.set('velocities', { type: 'R', width: 3, values: velocities });
  scaleColumns(columns, factors);
  place(positions, box?.origin ?? [0, 0, 0], factors.length);
  const elementOf = (type: string): number =>
    elementByName(names.get(type) ?? type) || elementByMass((masses.get(type) ?? 0) * factors.mass);
  const found = new Map<string | number, number>();
  const numbers = Uint8Array.from({ length: count }, (_, i) => {
    const type = types[i];
    let z = found.get(type);
    if (z === undefined) found.set(type, (z = elementOf(String(type))));
    return z;
  });
  const cell = box === undefined ? undefined : cellOf(box, [true, true, true]);
  if (typeof cell === 'string') {
    problems.add({ code: 'XD007', message: cell, place: contents.countPlace });
    return null;
  }
  if (box?.origin.some((x) => x !== 0) === true)
    info.set(
      'origin',
      box.origin.map((x) => x * factors.length),
    );
  const periodic = cell !== undefined;
  const frame: Frame = {
    numbers,
    positions,
    cell: cell?.map((x) => x * factors.length),
    periodic: [periodic, periodic, periodic],
    columns,
    info,
    units: known,
  };
  return sortById(frame);
}

/** Reads title and header; `text` is left at the name of the first section, or at the end. */
function readHeader(text: TextLines, units: UnitFactors | undefined, problems: Problems): Contents | null {
  const info = new Map<string, InfoValue>();
  let count: number | undefined;
  let countPlace: Place = { file: text.file, line: 1, column: 1 };
  const bounds = new Float64Array(6);
  const tilt = new Float64Array(3);
  /** Vectors a, b, c and the origin of a general box. */
  const general = new Float64Array(12);
  const seen = new Set<string>();
  text.advance();
  const title = text.text().trim();
  if (title !== '') info.set('comment', title);
  const named = /\bunits = (\w+)/.exec(title)?.[1];
  const step = /\btimestep = (\d+)/.exec(title)?.[1];
  if (step !== undefined) info.set('step', Number(step));
  if (named !== undefined) info.set('units', named);
  const { factors, known } = styleOf(named, units);

  const names = new Map<string, string>();
  let labelling = false;
  while (text.advance()) {
    const [before, comment = ''] = text.text().split('#', 2);
    const line = before.trim();
    if (line === '') {
      // VMD's TopoTools lists the types so: “# Pair Coeffs”, “#”, “# 1  Si”.
      const listed = /^\s*(\d+)\s+(\S+)\s*$/.exec(comment);
      if (labelling && listed !== null) names.set(listed[1], listed[2]);
      else labelling = comment.trim() === 'Pair Coeffs' || (labelling && text.text().trim() === '#');
      continue;
    }
    if (SECTION.test(line)) break;
    const keyword = line.replace(/^([-+.\deEdD]+\s+)*/, '');
    const read = (width: number, into: Float64Array, index: number): boolean => {
      seen.add(keyword);
      return readNumbers(text, text.start, width, into, index, problems) >= 0;
    };
    let right = true;
    const axis = ['xlo xhi', 'ylo yhi', 'zlo zhi'].indexOf(keyword);
    const vector = ['avec', 'bvec', 'cvec', 'abc origin'].indexOf(keyword);
    if (axis >= 0) right = read(2, bounds, 2 * axis);
    else if (vector >= 0) right = read(3, general, 3 * vector);
    else if (keyword === 'xy xz yz') right = read(3, tilt, 0);
    else if (keyword === 'atoms') {
      countPlace = text.place(text.skipSpace(text.start));
      const number = /^\d{1,15}\s/.exec(line)?.[0];
      if (number === undefined) {
        problems.add({ code: 'XD003', message: `“${line.slice(0, 40)}” is not a number of atoms`, place: countPlace });
        return null;
      }
      count = Number(number);
    } else if (keyword === line) {
      const message = `${text.quote(text.skipSpace(text.start))} begins neither a line of the header nor a section`;
      problems.add({ code: 'XD013', message, place: text.place() });
      return null;
    }
    if (!right) return null;
  }
  if (count === undefined || count === 0) {
    const message = count === 0 ? 'a frame must have at least one atom' : 'the header has no line such as “1000 atoms”';
    problems.add({ code: 'XD003', message, place: countPlace });
    return null;
  }
  const whole = (keywords: readonly string[]): boolean => keywords.every((keyword) => seen.has(keyword));
  let box: Box | undefined;
  if (whole(['avec', 'bvec', 'cvec'])) {
    const [x, y, z] = general.subarray(9);
    box = { cell: general.slice(0, 9), origin: [x, y, z] };
  } else if (whole(['xlo xhi', 'ylo yhi', 'zlo zhi'])) box = boxOf(bounds, [tilt[0], tilt[1], tilt[2]]);
  return { info, factors, known, count, countPlace, box, names, masses: new Map() };
}

/** Goes to the next line that names a section; whether there is one. */
function nextSection(text: TextLines): boolean {
  while (text.advance()) {
    // Nearly all lines begin with a number.
    const byte = text.bytes[text.skipSpace(text.start)];
    if (byte >= 0x41 && byte <= 0x5a && isSection(text)) return true;
  }
  return false;
}

const isSection = (text: TextLines): boolean => SECTION.test(text.text().split('#', 1)[0].trim());

/**
 * Reads a section with a line for each type, up to the next section; whether there is one.
 * @param take gets the first word of the comment behind the line too
 */
function readTypes(text: TextLines, take: (type: string, words: readonly string[], label: string) => void): boolean {
  while (text.advance()) {
    if (isSection(text)) return true;
    const [line, comment = ''] = text.text().split('#', 2);
    const [type, ...words] = line.trim().split(/\s+/);
    if (words.length > 0) take(type, words, comment.trim().split(/\s+/)[0]);
  }
  return false;
}

/** Goes to the line before the first one of a section; false at the end. */
function skipBlank(text: TextLines): boolean {
  for (let { nextStart, line } = text; text.advance(); { nextStart, line } = text)
    if (!text.isBlank()) {
      text.skipTo(nextStart, line + 1);
      return true;
    }
  return false;
}

/** Reads the section Atoms; `text` is at its name. */
function readAtoms(
  text: TextLines,
  hint: string,
  { count, countPlace, info }: Contents,
  problems: Problems,
): Atoms | null {
  const beginning = text.place();
  const refuse = (code: string, message: string, at: Place = beginning): null => {
    problems.add({ code, message, place: at });
    return null;
  };
  if (!skipBlank(text)) return refuse('XD004', 'the file ends where the atoms should begin: it is truncated');
  const { nextStart: offset, line: before, bytes } = text;
  const words = tokensOf(bytes, offset);
  const comment = words.findIndex((word) => word.startsWith('#'));
  const first = comment < 0 ? words : words.slice(0, comment);
  const style = hint.split(/\s+/)[0];
  const likely = style === '' ? guessStyle(first) : style;
  const columns = ATOM_STYLES.get(likely === 'hybrid' ? 'atomic' : (likely ?? ''));
  if (columns === undefined) {
    const styles = [...ATOM_STYLES.keys()].join(', ');
    const message =
      style === ''
        ? `the atom style can’t be told from ${first.length} columns: write it behind the name of the section, as in “Atoms # full”`
        : `the atom style ${style} is not known here: known are ${styles}`;
    return refuse('XD006', message);
  }
  info.set('atom_style', style === '' ? `${likely}, by its columns` : style);
  const imaged = style !== 'hybrid' && first.length === columns.length + 3;
  const names = imaged ? [...columns, ...IMAGES] : columns;
  const expected = `the ${names.length} of the first line (atom style ${likely})`;
  const shortage = findShortage(text, count, names.length, expected, countPlace);
  if (shortage !== undefined) {
    problems.add(shortage);
    return null;
  }

  const positions = new Float64Array(3 * count);
  const made = new Map<string, Column>();
  const fields: Field[] = [];
  const add = (name: string, width: number, type: 'R' | 'I'): void => {
    const values = new Float64Array(width * count);
    fields.push({ kind: type === 'I' ? 'integer' : 'real', ...packed(width, values) });
    made.set(name, { type, width, values });
  };
  let labels: string[] | undefined;
  for (let k = 0; k < names.length; k++) {
    const name = names[k];
    if (name === 'x') fields.push({ kind: 'real', ...packed(3, positions) });
    else if (name === 'ix') add('image', 3, 'I');
    else if (name === 'mux') add('mu', 3, 'R');
    else if (name === 'spx') add('spin', 3, 'R');
    else if (name === 'type' && parseNumber(first[k] ?? '') === undefined) {
      labels = [];
      fields.push({ kind: 'text', ...packed(1, labels) });
      made.set('type', { type: 'S', width: 1, values: labels });
    } else if (!/^(i|mu|sp)?[yz]$/.test(name))
      add(name === 'q' ? 'charges' : name, 1, ['id', 'mol', 'type'].includes(name) ? 'I' : 'R');
  }
  // A comment may stand behind each line.
  const table = { fields, count, expected, open: comment >= 0 || style === 'hybrid' };
  const end = readTable({ text, offset, line: before + 1 }, table, problems);
  if (end.lines < count) {
    const message = `the header says ${count} atoms, but only ${end.lines} lines follow`;
    return refuse('XD004', end.offset >= bytes.length ? `${message}: it is truncated` : message, countPlace);
  }
  if (problems.count > 0) return null;
  text.skipTo(end.offset, before + 1 + count);
  const ids = made.get('id');
  const types = labels ?? made.get('type')?.values;
  if (ids?.type !== 'I' || types === undefined || types instanceof Uint8Array) return null;
  return { ids: ids.values, types, positions, columns: made };
}

/** The likely atom style of a line of Atoms by its number of columns and their look; undefined where several would do. */
function guessStyle(words: readonly string[]): string | undefined {
  const isInteger = (word: string): boolean => /^[+-]?\d+$/.test(word);
  const imaged = words.length >= 8 && words.slice(-3).every(isInteger);
  const width = imaged ? words.length - 3 : words.length;
  // Molecule and type, or type and charge: a charge has a point, or is 0.
  const molecular = isInteger(words[1] ?? '') && /^[1-9]\d*$/.test(words[2] ?? '');
  if (width === 5) return 'atomic';
  if (width === 6) return molecular ? 'molecular' : 'charge';
  return width === 7 && molecular ? 'full' : undefined;
}

function readVelocities(
  text: TextLines,
  { count, countPlace }: Contents,
  problems: Problems,
): { readonly ids: Float64Array; readonly values: Float64Array } | null {
  skipBlank(text);
  const { nextStart: offset, line: before } = text;
  const expected = 'id, vx, vy, vz';
  const shortage = findShortage(text, count, 4, expected, countPlace);
  if (shortage !== undefined) {
    problems.add(shortage);
    return null;
  }
  const ids = new Float64Array(count);
  const values = new Float64Array(3 * count);
  const fields: Field[] = [
    { kind: 'integer', ...packed(1, ids) },
    { kind: 'real', ...packed(3, values) },
  ];
  const end = readTable({ text, offset, line: before + 1 }, { fields, count, expected, open: true }, problems);
  if (end.lines < count)
    problems.add({ code: 'XD004', message: `only ${end.lines} of ${count} atoms have velocities`, place: countPlace });
  if (problems.count > 0) return null;
  text.skipTo(end.offset, before + 1 + count);
  return { ids, values };
}

/** Velocities in the order of the atoms; undefined if they belong to others. */
function ofAtoms(
  { ids, values }: { readonly ids: Float64Array; readonly values: Float64Array },
  atoms: Float64Array,
): Float64Array | undefined {
  if (ids.every((id, i) => id === atoms[i])) return values;
  const rows = new Map(Array.from(ids, (id, i) => [id, i]));
  const ordered = new Float64Array(values.length);
  for (let i = 0; i < atoms.length; i++) {
    const row = rows.get(atoms[i]);
    if (row === undefined) return undefined;
    ordered.set(values.subarray(3 * row, 3 * row + 3), 3 * i);
  }
  return ordered;
}
