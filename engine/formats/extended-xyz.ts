/**
 * Extended XYZ: reading and writing frames. Units: Å, eV, eV/Å.
 *
 * A frame is a line with the number of atoms N, a comment line of `key=value` pairs (extended-xyz-comment.ts), and N lines
 * of columns that `Properties=name:type:count:…` describes (R real, I integer, S string, L logical); without it the file is
 * plain XYZ: a symbol or an atomic number, three coordinates, whatever follows is ignored. Blank lines may follow a frame.
 * Source: github.com/libAtoms/extxyz; ASE's reader for what files in the wild look like.
 *
 * Numbers are read exactly as `Number` reads them and written so that they are read back bit for bit. What must never
 * happen: an exception because of what stands in a file, memory in proportion to a count that stands in it, a number that
 * isn't finite, an atom that is left out silently.
 */
import { appendFile, writeFile } from 'node:fs/promises';
import { atomicNumber, elements, symbolOf } from '../../language/elements';
import type { Place, Result } from '../../protocol/result';
import { signedVolume } from '../structure/cell';
import type { Periodicity } from '../structure/structure';
import { formatExact, formatKey, formatValue, parseComment, type CommentEntry } from './extended-xyz-comment';
import type { Column, Frame, InfoValue, Scalar } from './frame';
import { LOOK, type BoundaryFinder } from './frame-index';
import { scanNumber } from './numbers';
import { Problems } from './problems';
import { isSpace, LF, TextLines } from './text-lines';

// ------------------------------------------------------------------------------------------------------- boundaries

/** The number of atoms, if a line is nothing but a number of at most 15 digits. */
function countIn(bytes: Uint8Array, start: number, end: number): number | undefined {
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

/**
 * Frames begin where a number of atoms is due, and wherever a number stands alone in the place of an atom: there a frame
 * is shorter than it says, and the next one begins.
 */
export function createXyzFinder(): BoundaryFinder {
  let remaining = 0;
  let seen = 0;
  return {
    line(bytes, start, end, length) {
      if (length <= LOOK && (remaining === 0 || seen >= 2)) {
        const count = countIn(bytes, start, end);
        if (count !== undefined) {
          remaining = count + 1;
          seen = 1;
          return true;
        }
      }
      if (remaining > 0) {
        remaining--;
        seen++;
      }
      return false;
    },
    whole: () => remaining === 0,
  };
}

// ------------------------------------------------------------------------------------------------------- properties

type ColumnType = Column['type'];

interface Property {
  readonly name: string;
  readonly type: ColumnType;
  readonly width: number;
}

const PLAIN: readonly Property[] = [
  { name: 'species', type: 'S', width: 1 },
  { name: 'pos', type: 'R', width: 3 },
];

const MAXIMUM_WIDTH = 10_000;

/** The frames of a file mostly have the same columns. */
let lastProperties: { readonly text: string; readonly outcome: readonly Property[] | string } | undefined;

/** `name:type:count:…`; a message if it is none. */
function propertiesOf(text: string): readonly Property[] | string {
  if (lastProperties?.text !== text) lastProperties = { text, outcome: parseProperties(text) };
  return lastProperties.outcome;
}

function parseProperties(text: string): readonly Property[] | string {
  const fields = text.split(':');
  if (fields.length % 3 !== 0)
    return 'Properties must be triplets name:type:count, such as species:S:1:pos:R:3:forces:R:3';
  const properties: Property[] = [];
  let total = 0;
  for (let i = 0; i < fields.length; i += 3) {
    const [name, type, count] = fields.slice(i, i + 3);
    if (name === '') return 'a name is missing in Properties';
    if (type !== 'R' && type !== 'I' && type !== 'S' && type !== 'L')
      return `Properties says type “${type}” of ${name}: it must be R (real), I (integer), S (string) or L (logical)`;
    const width = /^[1-9]\d{0,4}$/.test(count) ? Number(count) : 0;
    total += width;
    if (width === 0 || total > MAXIMUM_WIDTH)
      return `Properties says “${count.slice(0, 20)}” columns of ${name}: it must be a number from 1 to ${MAXIMUM_WIDTH}`;
    if (properties.some((property) => property.name === name)) return `Properties names ${name} twice`;
    properties.push({ name, type, width });
  }
  const is = (name: string, type: ColumnType, width: number): boolean =>
    properties.some((property) => property.name === name && property.type === type && property.width === width);
  if (!is('pos', 'R', 3)) return 'Properties has no pos:R:3: where do the atoms stand?';
  if (!is('species', 'S', 1) && !is('Z', 'I', 1))
    return 'Properties has neither species:S:1 nor Z:I:1: which elements are the atoms?';
  return properties;
}

// ---------------------------------------------------------------------------------------------------------- decoding

/** Atomic numbers of symbols by their bytes: first | second << 8. */
const NUMBER_OF_SYMBOL = new Uint8Array(1 << 16);
for (let z = 1; z < elements.length; z++) {
  const { symbol } = elements[z];
  NUMBER_OF_SYMBOL[symbol.charCodeAt(0) | (symbol.length > 1 ? symbol.charCodeAt(1) << 8 : 0)] = z;
}

/** Where the numbers of a column go. */
type Sink =
  | { readonly kind: 'real' | 'integer'; readonly values: Float64Array }
  | { readonly kind: 'logical'; readonly values: Uint8Array }
  | { readonly kind: 'string'; readonly values: string[] }
  | { readonly kind: 'species' };

const LOGICAL: ReadonlyMap<string, number> = new Map([
  ...['T', 'true', 'True', 'TRUE', '1'].map((word) => [word, 1] as const),
  ...['F', 'false', 'False', 'FALSE', '0'].map((word) => [word, 0] as const),
]);

const MISSPELLED: ReadonlyMap<string, string> = new Map([
  ['properties', 'Properties'],
  ['lattice', 'Lattice'],
]);

/**
 * Decodes one frame.
 *
 * @param bytes the frame from its first byte to the first byte of the next one
 * @param firstLine number of its first line in the file
 * @returns the frame, or what is wrong with it: `XD003` to `XD012`
 */
export function decodeXyzFrame(bytes: Buffer, file: string, firstLine: number): Result<Frame> {
  const problems = new Problems();
  const text = new TextLines(bytes, file, firstLine);
  const refuse = (code: string, message: string, place: Place): Result<never> => {
    problems.add({ code, message, place });
    return { ok: false, problems: problems.list() };
  };

  if (!text.advance()) return refuse('XD004', 'the file ends where a frame should begin', text.place());
  const count = countIn(bytes, text.start, text.end);
  if (count === undefined) {
    const found = text.quote(text.skipSpace(text.start));
    return refuse('XD003', `a frame begins with the number of its atoms, but here is ${found}`, text.place());
  }
  const countPlace = text.place();
  if (count === 0) return refuse('XD003', 'a frame must have at least one atom', countPlace);
  if (!text.advance())
    return refuse('XD004', 'the file ends after the number of atoms: the comment line is missing', countPlace);
  // The shortest line of an atom has 8 characters ("H 0 0 0" and its end): a bound before memory is taken.
  if (count > bytes.length / 2) {
    const message = `this frame says ${count} atoms, but there are only ${bytes.length} bytes up to its end`;
    return refuse('XD012', message, countPlace);
  }

  // The comment line.
  const comment = text.text();
  const parsed = parseComment(comment);
  const commentLine = text.line;
  const inComment = (at: number): Place => ({ file, line: commentLine, column: at + 1 });
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

  // Lattice and pbc.
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

  // Properties.
  const declared = byKey.get('Properties');
  let properties = PLAIN;
  if (declared !== undefined) {
    const outcome = propertiesOf(typeof declared.value === 'string' ? declared.value : '');
    if (typeof outcome === 'string') return refuse('XD006', outcome, inComment(declared.valueAt));
    properties = outcome;
  }
  let tokens = 0;
  for (const { width } of properties) tokens += width;

  const offset = text.end + (bytes[text.end] === LF ? 1 : bytes[text.end + 1] === LF ? 2 : 0);
  const shortage = findShortage(bytes, offset, count, tokens);
  if (shortage) {
    const found = reportShortage(text, count, declared === undefined ? undefined : tokens, countPlace);
    return refuse(found.code, found.message, found.place);
  }

  // The atoms.
  const numbers = new Uint8Array(count);
  const positions = new Float64Array(3 * count);
  const columns = new Map<string, Column>();
  const sinks: Sink[] = [];
  const widths: number[] = [];
  const useSpecies = properties.some((property) => property.name === 'species');
  let atomicNumbers: Float64Array | undefined;
  for (const { name, type, width } of properties) {
    widths.push(width);
    if (name === 'species') sinks.push({ kind: 'species' });
    else if (name === 'pos') sinks.push({ kind: 'real', values: positions });
    else if (type === 'S') {
      const values: string[] = [];
      sinks.push({ kind: 'string', values });
      columns.set(name, { type, width, values });
    } else if (type === 'L') {
      const values = new Uint8Array(width * count);
      sinks.push({ kind: 'logical', values });
      columns.set(name, { type, width, values });
    } else {
      const values = new Float64Array(width * count);
      sinks.push({ kind: type === 'R' ? 'real' : 'integer', values });
      if (name === 'Z' && !useSpecies) atomicNumbers = values;
      else columns.set(name, { type, width, values });
    }
  }

  const end = bytes.length;
  let at = offset;
  let line = commentLine;
  let lineStart = at;
  const placeOf = (where: number): Place => ({
    file,
    line,
    column: bytes.toString('utf8', lineStart, where).length + 1,
  });
  const tokenEnd = (where: number): number => {
    while (where < end && bytes[where] !== LF && !isSpace(bytes[where])) where++;
    return where;
  };
  const tokenAt = (where: number): string => bytes.toString('utf8', where, Math.min(tokenEnd(where), where + 40));

  atoms: for (let atom = 0; atom < count; atom++) {
    lineStart = at;
    line++;
    for (let property = 0; property < sinks.length; property++) {
      const sink = sinks[property];
      const width = widths[property];
      for (let component = 0; component < width; component++) {
        let byte = at < end ? bytes[at] : LF;
        while (byte === 0x20 || byte === 0x09 || byte === 0x0d) byte = ++at < end ? bytes[at] : LF;
        if (byte === LF) {
          if (property === 0 && component === 0) {
            const message = `this frame says ${count} atoms, but only ${atom} lines follow`;
            return refuse('XD004', at >= end ? `${message}: it is truncated` : message, countPlace);
          }
          const message = `this line has fewer columns than ${declared === undefined ? 'symbol, x, y, z' : `the ${tokens} of Properties`}`;
          problems.add({ code: 'XD008', message, place: placeOf(at) });
          at++;
          continue atoms;
        }
        const start = at;
        if (sink.kind === 'real' || sink.kind === 'integer') {
          const slot = atom * width + component;
          at = scanNumber(bytes, start, end, sink.values, slot);
          const stop = at < 0 || at >= end ? LF : bytes[at];
          if (at < 0 || (stop !== 0x20 && stop !== LF && stop !== 0x09 && stop !== 0x0d)) {
            const token = tokenAt(start);
            const infinite = /^[+-]?(nan|inf(inity)?)$/i.test(token);
            problems.add(
              infinite
                ? { code: 'XD010', message: `“${token}” is not a finite number`, place: placeOf(start) }
                : { code: 'XD009', message: `“${token}” is not a number`, place: placeOf(start) },
            );
            at = tokenEnd(start);
          } else {
            const value = sink.values[slot];
            if (value - value !== 0)
              problems.add({
                code: 'XD010',
                message: `“${tokenAt(start)}” is too large for a number`,
                place: placeOf(start),
              });
            else if (sink.kind === 'integer' && !Number.isInteger(value))
              problems.add({ code: 'XD009', message: `“${tokenAt(start)}” is not an integer`, place: placeOf(start) });
          }
        } else {
          at = tokenEnd(start);
          if (sink.kind === 'species') {
            const length = at - start;
            let z = length <= 2 ? NUMBER_OF_SYMBOL[byte | (length > 1 ? bytes[start + 1] << 8 : 0)] : 0;
            if (z === 0 && byte >= 0x30 && byte <= 0x39) {
              const number = countIn(bytes, start, at) ?? 0;
              if (number < elements.length) z = number;
            }
            if (z === 0)
              problems.add({ code: 'XD011', message: unknownElement(tokenAt(start)), place: placeOf(start) });
            numbers[atom] = z;
          } else if (sink.kind === 'string') sink.values.push(bytes.toString('utf8', start, at));
          else {
            const value = LOGICAL.get(tokenAt(start));
            if (value === undefined)
              problems.add({ code: 'XD009', message: `“${tokenAt(start)}” is neither T nor F`, place: placeOf(start) });
            sink.values[atom * width + component] = value ?? 0;
          }
        }
      }
    }
    let byte = at < end ? bytes[at] : LF;
    while (byte === 0x20 || byte === 0x09 || byte === 0x0d) byte = ++at < end ? bytes[at] : LF;
    if (byte !== LF) {
      if (declared !== undefined)
        problems.add({
          code: 'XD008',
          message: `this line has more columns than the ${tokens} of Properties`,
          place: placeOf(at),
        });
      const newline = bytes.indexOf(LF, at);
      at = newline < 0 ? end : newline;
    }
    at++;
  }

  if (atomicNumbers !== undefined)
    for (let atom = 0; atom < count; atom++) {
      const z = atomicNumbers[atom];
      if (z >= 1 && z < elements.length) numbers[atom] = z;
      else
        problems.add({
          code: 'XD011',
          message: `atom ${atom + 1}: there is no element with the atomic number ${z}`,
          place: { file, line: commentLine + 1 + atom, column: 1 },
        });
    }

  // What follows may only be blank.
  while (at < end && (isSpace(bytes[at]) || bytes[at] === LF)) at++;
  if (at < end) {
    const message = `this frame says ${count} atoms, but more lines follow them`;
    return refuse('XD004', message, countPlace);
  }
  const frame: Frame = { numbers, positions, cell, periodic, columns, info };
  return problems.result(frame);
}

/** Keys that are the structure's own. */
const OWN_KEYS: ReadonlySet<string> = new Set(['Lattice', 'Properties', 'pbc']);

/** Whether there are too few bytes for what the frame says: found out before memory is taken. */
function findShortage(bytes: Buffer, offset: number, count: number, tokens: number): boolean {
  // Each value takes a character and a separator; the last one of the file may lack it.
  return count * tokens * 2 > bytes.length - offset + 1;
}

/** Which line is too short, or how many are missing. */
function reportShortage(
  text: TextLines,
  count: number,
  tokens: number | undefined,
  countPlace: Place,
): { code: string; message: string; place: Place } {
  let lines = 0;
  let short: { code: string; message: string; place: Place } | undefined;
  for (; lines < count && text.advance() && !text.isBlank(); lines++) {
    if (short !== undefined) continue;
    const found = text.countTokens();
    if (found >= (tokens ?? 4)) continue;
    const expected = tokens === undefined ? 'symbol, x, y, z' : `the ${tokens} of Properties`;
    const message = `this line has ${found} columns instead of ${expected}`;
    short = { code: 'XD008', message, place: text.place(text.end) };
  }
  if (lines === count && short !== undefined) return short;
  const message = `this frame says ${count} atoms, but only ${lines} lines follow: it is truncated`;
  return { code: 'XD004', message, place: countPlace };
}

function unknownElement(text: string): string {
  const written = /^[A-Za-z]{1,2}/.exec(text)?.[0] ?? '';
  const likely = written === '' ? '' : written[0].toUpperCase() + written.slice(1).toLowerCase();
  const hint = atomicNumber(likely) === undefined || likely === text ? '' : `: is ${likely} meant?`;
  return `“${text}” is not an element${hint}`;
}

function flatten(value: InfoValue): readonly Scalar[] {
  if (typeof value !== 'object') return [value];
  const items: readonly (Scalar | readonly Scalar[])[] = value;
  return items.every((item) => typeof item !== 'object') ? items : items.flat();
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

// ----------------------------------------------------------------------------------------------------------- writing

/** `exact`: every number is read back bit for bit (training data). `fixed`: eight decimals per atom (trajectories). */
export type NumberStyle = 'exact' | 'fixed';

const DECIMALS = 8;

/** A frame as text, with the line end of its last line, so that frames can be appended to one another. */
export function formatXyzFrame(frame: Frame, style: NumberStyle): string {
  const format = style === 'exact' ? formatExact : (x: number): string => x.toFixed(DECIMALS);
  const properties = ['species:S:1:pos:R:3'];
  for (const [name, { type, width }] of frame.columns) properties.push(`${name}:${type}:${width}`);
  const pairs: string[] = [];
  if (frame.cell !== undefined) pairs.push(`Lattice="${[...frame.cell].map(formatExact).join(' ')}"`);
  pairs.push(`Properties=${properties.join(':')}`);
  for (const [key, value] of frame.info) pairs.push(`${formatKey(key)}=${formatValue(value)}`);
  pairs.push(`pbc="${frame.periodic.map((p) => (p ? 'T' : 'F')).join(' ')}"`);

  const columns = [...frame.columns.values()];
  const lines = [String(frame.numbers.length), pairs.join(' ')];
  for (let atom = 0; atom < frame.numbers.length; atom++) {
    let line = symbolOf(frame.numbers[atom]);
    for (let k = 3 * atom; k < 3 * atom + 3; k++) line += ` ${format(frame.positions[k])}`;
    for (const column of columns)
      for (let k = column.width * atom; k < column.width * (atom + 1); k++) {
        if (column.type === 'R') line += ` ${format(column.values[k])}`;
        else if (column.type === 'L') line += column.values[k] === 0 ? ' F' : ' T';
        else line += ` ${column.values[k]}`;
      }
    lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

/** Writes a file of frames, replacing what was there. */
export async function writeXyz(file: string, frames: readonly Frame[], style: NumberStyle): Promise<void> {
  await writeFile(file, frames.map((frame) => formatXyzFrame(frame, style)).join(''));
}

/** Appends frames to a file. */
export async function appendXyz(file: string, frames: readonly Frame[], style: NumberStyle): Promise<void> {
  await appendFile(file, frames.map((frame) => formatXyzFrame(frame, style)).join(''));
}
