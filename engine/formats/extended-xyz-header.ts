/**
 * What stands before the atoms of an extended XYZ frame: their number, and what the comment line says of cell, columns and
 * everything else. Å, eV. Problems are added to a list; a header is only given where the atoms can be read by it.
 */
import type { Place } from '../../protocol/result';
import { signedVolume } from '../structure/cell';
import type { Periodicity } from '../structure/structure';
import { flatten, parseComment, type CommentEntry } from './extended-xyz-comment';
import { recallLine, rememberLine, type RememberedLine } from './extended-xyz-recall';
import type { Column, InfoValue } from './frame';
import type { Problems } from './problems';
import { isSpace, type TextLines } from './text-lines';

export interface Property {
  readonly name: string;
  readonly type: Column['type'];
  readonly width: number;
}

/** What stands in the lines of the atoms. */
export interface Columns {
  readonly properties: readonly Property[];
  /** Columns of all properties together. */
  readonly width: number;
  /** Whether the file says which columns there are: else it is plain XYZ. */
  readonly declared: boolean;
  /** For messages: “the 7 of Properties”. */
  readonly expected: string;
}

export interface Header {
  /** Number of atoms, at least 1. */
  readonly count: number;
  readonly countPlace: Place;
  /** Shared by frames that have the same. */
  readonly cell: Float64Array | undefined;
  readonly periodic: Periodicity;
  /** Shared by frames that have the same. */
  readonly columns: Columns;
  readonly info: ReadonlyMap<string, InfoValue>;
}

/** The number of atoms, if a line is nothing but a number of at most 15 digits. */
export function countIn(bytes: Uint8Array, start: number, end: number): number | undefined {
  let at = start;
  while (at < end && isSpace(bytes[at])) at++;
  let last = end;
  while (last > at && isSpace(bytes[last - 1])) last--;
  if (last === at || last - at > 15) return undefined;
  let count = 0;
  for (; at < last; at++) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    count = count * 10 + digit;
  }
  return count;
}

/** Keys that are the structure's own. */
const OWN_KEYS: ReadonlySet<string> = new Set(['Lattice', 'Properties', 'pbc']);

const MISSPELLED: ReadonlyMap<string, string> = new Map([
  ['properties', 'Properties'],
  ['lattice', 'Lattice'],
]);

/**
 * Reads the first two lines of a frame; `text` is left at the comment line.
 *
 * @returns null where what follows can't be read: `XD003`, `XD004`, `XD006`, `XD012`
 */
export function readHeader(text: TextLines, problems: Problems): Header | null {
  const { bytes } = text;
  const refuse = (code: string, message: string, place: Place): null => {
    problems.add({ code, message, place });
    return null;
  };

  if (!text.advance()) return refuse('XD004', 'the file ends where a frame should begin', text.place());
  const count = countIn(bytes, text.start, text.end);
  if (count === undefined) {
    const found = text.quote(text.skipSpace(text.start));
    return refuse('XD003', `a frame begins with the number of its atoms, but here is ${found}`, text.place());
  }
  const countPlace = text.place();
  if (count === 0) return refuse('XD003', 'a frame must have at least one atom', countPlace);
  if (text.nextStart >= bytes.length)
    return refuse('XD004', 'the file ends after the number of atoms: the comment line is missing', countPlace);
  // The shortest line of an atom has 8 characters ("H 0 0 0" and its end): a bound before memory is taken.
  if (count > bytes.length / 2) {
    const message = `this frame says ${count} atoms, but there are only ${bytes.length} bytes up to its end`;
    return refuse('XD012', message, countPlace);
  }

  const recalled = recallComment(text);
  if (recalled !== undefined) {
    // Spread, this takes longer than to recall it.
    const { cell, periodic, columns, info } = recalled;
    return { count, countPlace, cell, periodic, columns, info };
  }
  text.advance();
  const found = problems.count;
  const comment = text.text();
  const parsed = parseComment(comment);
  const { line } = text;
  const inComment = (at: number): Place => ({ file: text.file, line, column: at + 1 });
  const byKey = new Map<string, CommentEntry>();
  for (const entry of parsed.entries) {
    const twice = byKey.has(entry.key);
    byKey.set(entry.key, entry);
    const right = MISSPELLED.get(entry.key);
    if (right !== undefined && entry.valueAt > entry.at)
      problems.add({ code: 'XD005', message: `“${entry.key}” must be written ${right}`, place: inComment(entry.at) });
    if (twice && entry.valueAt > entry.at)
      problems.add({
        code: 'XD005',
        message: `the key ${entry.key} stands twice in this line`,
        place: inComment(entry.at),
      });
  }
  const extended = byKey.has('Properties') || byKey.has('Lattice');
  const info = new Map<string, InfoValue>();
  if (extended) {
    for (const { at, message } of parsed.problems) problems.add({ code: 'XD005', message, place: inComment(at) });
    for (const [key, { value }] of byKey) if (!OWN_KEYS.has(key)) info.set(key, value);
  } else {
    // Plain XYZ: a free text, in which pairs may stand; its single words are no flags.
    for (const [key, { value, at, valueAt }] of byKey) if (valueAt > at && !OWN_KEYS.has(key)) info.set(key, value);
    if (comment.trim() !== '' && info.size === 0) info.set('comment', comment.trim());
  }

  const { cell, periodic } = readCell(byKey, inComment, problems);
  const declared = byKey.get('Properties');
  let columns = PLAIN;
  if (declared !== undefined) {
    const outcome = columnsOf(typeof declared.value === 'string' ? declared.value : '');
    if (typeof outcome === 'string') return refuse('XD006', outcome, inComment(declared.valueAt));
    columns = outcome;
  }
  const said = { cell, periodic, columns, info };
  if (extended && problems.count === found) rememberComment(text, comment, parsed.entries, said);
  return { count, countPlace, ...said };
}

/** What a comment line says. */
type Said = Omit<Header, 'count' | 'countPlace'>;

/** The last comment line that was read and was right. */
let last:
  | {
      readonly line: RememberedLine;
      /** Keys of the entries; undefined for those that are the structure's own. */
      readonly keys: readonly (string | undefined)[];
      readonly lattice: number;
      readonly said: Said;
    }
  | undefined;

function rememberComment(text: TextLines, comment: string, entries: readonly CommentEntry[], said: Said): void {
  const { bytes, start, end, nextStart } = text;
  if (comment.length !== end - start) return;
  const line = rememberLine(bytes.subarray(start, nextStart), comment, entries);
  const keys = entries.map(({ key }) => (OWN_KEYS.has(key) ? undefined : key));
  last = line && { line, keys, lattice: entries.findIndex(({ key }) => key === 'Lattice'), said };
}

/**
 * What the comment line says, if it is the last one but for numbers and is right as well; then `text`, which is at the line
 * before, goes to it.
 */
function recallComment(text: TextLines): Said | undefined {
  if (last === undefined) return undefined;
  const { line, keys, lattice, said } = last;
  const recalled = recallLine(line, text, text.nextStart);
  if (recalled === undefined) return undefined;
  const { values, end } = recalled;
  let { cell, info } = said;
  if (values !== line.values) {
    const changed = new Map<string, InfoValue>();
    for (let k = 0; k < keys.length; k++) {
      const key = keys[k];
      const value = values[k];
      if (key !== undefined) changed.set(key, value);
      else if (value !== line.values[k]) {
        // Only of Lattice can numbers differ and mean the same kind of thing.
        if (k !== lattice || cell === undefined) return undefined;
        cell = numbersOf(value, 9);
        if (cell === undefined || cell.every((x) => x === 0) || isSingular(cell, said.periodic)) return undefined;
      }
    }
    info = changed;
  }
  text.skipTo(end, text.line + 2);
  const { periodic, columns } = said;
  return { cell, periodic, columns, info };
}

/** Lattice and pbc: a cell is periodic unless pbc says otherwise, without one nothing is. */
function readCell(
  byKey: ReadonlyMap<string, CommentEntry>,
  inComment: (at: number) => Place,
  problems: Problems,
): { readonly cell: Float64Array | undefined; readonly periodic: Periodicity } {
  const lattice = byKey.get('Lattice');
  let cell: Float64Array | undefined;
  if (lattice !== undefined) {
    cell = numbersOf(lattice.value, 9);
    if (cell === undefined)
      problems.add({
        code: 'XD007',
        message: 'Lattice must be nine finite numbers: the three cell vectors in Å',
        place: inComment(lattice.valueAt),
      });
    // ASE writes zeros for an absent cell.
    else if (cell.every((x) => x === 0)) cell = undefined;
  }
  const pbc = byKey.get('pbc');
  let periodic: Periodicity = cell === undefined ? [false, false, false] : [true, true, true];
  if (pbc !== undefined) {
    const flags = flagsOf(pbc.value);
    if (flags === undefined)
      problems.add({
        code: 'XD007',
        message: 'pbc must be three of T and F, such as "T T F"',
        place: inComment(pbc.valueAt),
      });
    else periodic = flags;
  }
  if (cell !== undefined && isSingular(cell, periodic))
    problems.add({
      code: 'XD007',
      message: 'the cell vectors lie in a plane or are zero: a periodic cell needs a volume',
      place: inComment(lattice?.valueAt ?? 0),
    });
  else if (cell === undefined && periodic.includes(true) && pbc !== undefined && problems.count === 0)
    problems.add({
      code: 'XD007',
      message: 'pbc says periodic, but there is no cell: give a Lattice, or pbc="F F F"',
      place: inComment(pbc.valueAt),
    });
  return { cell, periodic };
}

const PLAIN: Columns = {
  properties: [
    { name: 'species', type: 'S', width: 1 },
    { name: 'pos', type: 'R', width: 3 },
  ],
  width: 4,
  declared: false,
  expected: 'symbol, x, y, z',
};

const MAXIMUM_WIDTH = 10_000;

/** The frames of a file mostly have the same columns. */
let lastProperties: { readonly text: string; readonly outcome: Columns | string } | undefined;

/** `name:type:count:…`; a message if it is none. */
function columnsOf(text: string): Columns | string {
  if (lastProperties?.text !== text) lastProperties = { text, outcome: parseProperties(text) };
  return lastProperties.outcome;
}

function parseProperties(text: string): Columns | string {
  const fields = text.split(':');
  if (fields.length % 3 !== 0)
    return 'Properties must be triplets name:type:count, such as species:S:1:pos:R:3:forces:R:3';
  const properties: Property[] = [];
  let width = 0;
  for (let i = 0; i < fields.length; i += 3) {
    const [name, type, count] = fields.slice(i, i + 3);
    if (name === '') return 'a name is missing in Properties';
    if (type !== 'R' && type !== 'I' && type !== 'S' && type !== 'L')
      return `Properties says type “${type}” of ${name}: it must be R (real), I (integer), S (string) or L (logical)`;
    const own = /^[1-9]\d{0,4}$/.test(count) ? Number(count) : 0;
    width += own;
    if (own === 0 || width > MAXIMUM_WIDTH)
      return `Properties says “${count.slice(0, 20)}” columns of ${name}: it must be a number from 1 to ${MAXIMUM_WIDTH}`;
    if (properties.some((property) => property.name === name)) return `Properties names ${name} twice`;
    properties.push({ name, type, width: own });
  }
  const is = (name: string, type: Column['type'], width: number): boolean =>
    properties.some((property) => property.name === name && property.type === type && property.width === width);
  if (!is('pos', 'R', 3)) return 'Properties has no pos:R:3: where do the atoms stand?';
  if (!is('species', 'S', 1) && !is('Z', 'I', 1))
    return 'Properties has neither species:S:1 nor Z:I:1: which elements are the atoms?';
  return { properties, width, declared: true, expected: `the ${width} of Properties` };
}

/** Exactly `length` numbers, row after row; undefined if the value is something else. */
export function numbersOf(value: InfoValue, length: number): Float64Array | undefined {
  const items = flatten(value);
  if (items.length !== length) return undefined;
  const numbers = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const item = items[i];
    if (typeof item !== 'number') return undefined;
    numbers[i] = item;
  }
  return numbers;
}

function flagsOf(value: InfoValue): Periodicity | undefined {
  const flags = flatten(value).map((item) => (item === 1 ? true : item === 0 ? false : item));
  const [a, b, c] = flags.length === 1 ? [flags[0], flags[0], flags[0]] : flags;
  if (flags.length > 3 || typeof a !== 'boolean' || typeof b !== 'boolean' || typeof c !== 'boolean') return undefined;
  return [a, b, c];
}

/** Whether the periodic vectors are linearly dependent. The others have no meaning: ASE writes zeros there. */
function isSingular(cell: Float64Array, periodic: Periodicity): boolean {
  const vectors = [0, 1, 2].filter((row) => periodic[row]).map((row) => cell.subarray(3 * row, 3 * row + 3));
  if (vectors.length === 0) return false;
  const box = vectors.reduce((product, vector) => product * Math.hypot(...vector), 1);
  let measure = box;
  if (vectors.length === 2) {
    const [u, v] = vectors;
    measure = Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]);
  } else if (vectors.length === 3) measure = Math.abs(signedVolume(cell));
  return !(measure > 1e-9 * box && Number.isFinite(box));
}
