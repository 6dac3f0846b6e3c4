/**
 * Tables of atoms: N lines of columns that are separated by blanks and tabs, as extended XYZ, LAMMPS and VASP have them.
 *
 * Lines that are right, nearly all of them, are read by compiled code; a line that isn't is read once more by its tokens to
 * say what is wrong with it and where.
 */
import { atomicNumber, elements } from '../../language/elements';
import type { Place, Problem } from '../../protocol/result';
import { scanNumber } from './numbers';
import { numberOfKind, plainLines, roomFor, type PlainLines } from './plain-lines';
import type { Problems } from './problems';
import { isSpace, LF, type TextLines } from './text-lines';

interface Target<T> {
  /** Columns that stand side by side and go to values side by side. */
  readonly width: number;
  /** The first of them of atom i goes to `values[i · stride + offset]`. */
  readonly values: T;
  readonly stride: number;
  readonly offset: number;
}

/** What stands in some columns of each line. An element is a symbol or an atomic number. */
export type Field =
  | ({ readonly kind: 'real' | 'integer' } & Target<Float64Array>)
  | ({ readonly kind: 'logical' | 'element' } & Target<Uint8Array>)
  | ({ readonly kind: 'text' } & Target<string[]>)
  | { readonly kind: 'ignored'; readonly width: number };

/** A field whose values are packed: `width` values an atom and nothing between. */
export const packed = <T>(width: number, values: T): Target<T> => ({ width, values, stride: width, offset: 0 });

export interface Table {
  readonly fields: readonly Field[];
  /** Number of lines. */
  readonly count: number;
  /** What a line should hold, for messages: “the 7 of Properties”. */
  readonly expected: string;
  /** Whether more may follow in a line. */
  readonly open: boolean;
}

/** Where a table stands in a file. */
export interface TableText {
  /** Of bytes with a line feed at their end (`endWithLine`). */
  readonly text: TextLines;
  /** Where the first line begins, and its number in the file. */
  readonly offset: number;
  readonly line: number;
}

export interface TableEnd {
  /** Where the line after the last one begins. */
  readonly offset: number;
  /** Lines that were there before the end, or before a blank one: fewer than the table's where it is truncated. */
  readonly lines: number;
}

/** The bytes with a line feed at their end: only the last frame of a file may lack it. */
export const endWithLine = (bytes: Buffer): Buffer =>
  bytes.length === 0 || bytes[bytes.length - 1] === LF ? bytes : Buffer.concat([bytes, Buffer.of(LF)]);

/** What ends a token. */
const IS_BREAK = Uint8Array.from({ length: 256 }, (_, byte) => (isSpace(byte) || byte === LF ? 1 : 0));

const LOGICAL: ReadonlyMap<string, number> = new Map([
  ...['T', 'true', 'True', 'TRUE', '.TRUE.', '.T.', 't', '1'].map((word) => [word, 1] as const),
  ...['F', 'false', 'False', 'FALSE', '.FALSE.', '.F.', 'f', '0'].map((word) => [word, 0] as const),
]);

/** Reads the lines of a table; what is wrong with them (`XD008` to `XD011`) is added to `problems`. */
export function readTable({ text, offset, line }: TableText, table: Table, problems: Problems): TableEnd {
  const { bytes, file } = text;
  const { fields, count } = table;
  const lines = plainLines();
  const room = layOut(lines, table);
  let at = offset;
  let atom = 0;
  lines.show(text, at);
  while (atom < count) {
    const wanted = Math.min(room, count - atom);
    const read = lines.read(at, wanted, fields.length, table.open);
    takeValues(lines, bytes, fields, room, atom, read);
    atom += read;
    at = lines.stopped();
    if (atom === count || (read === wanted && read > 0)) continue;
    const end = bytes.indexOf(LF, at);
    if (end >= lines.to && at > lines.from) {
      // Of the next line only the beginning is loaded.
      lines.load(text, at);
      continue;
    }
    const next = explainLine(bytes, at, atom, table, { file, line: line + atom }, problems);
    if (next < 0) return { offset: at, lines: atom };
    atom++;
    at = next + 1;
    lines.show(text, at);
  }
  return { offset: at, lines: count };
}

/** Says what the columns are; returns how many lines can be read at once, 0 if the columns are too many. */
function layOut({ fields: layout }: PlainLines, { fields, count }: Table): number {
  let width = 0;
  for (const field of fields) width += field.width;
  const room = Math.min(roomFor(fields.length, width), count);
  if (room === 0) return 0;
  let first = 0;
  for (let f = 0; f < fields.length; f++) {
    const { kind, width: own } = fields[f];
    layout[3 * f] = numberOfKind(kind);
    layout[3 * f + 1] = own;
    layout[3 * f + 2] = first;
    first += room * own;
  }
  return room;
}

/** Takes the values of `count` lines from those of atom `first` on. */
function takeValues(
  { values, places, from }: PlainLines,
  bytes: Buffer,
  fields: readonly Field[],
  room: number,
  first: number,
  count: number,
): void {
  let at = 0;
  for (const field of fields) {
    switch (field.kind) {
      case 'real':
      case 'integer':
        takeNumbers(values, at, field, first, count);
        break;
      case 'element':
      case 'logical':
        takeBytes(values, at, field, first, count);
        break;
      case 'text':
        for (let k = 0; k < count * field.width; k++) {
          const place = 2 * (at + k);
          field.values[first * field.width + k] = internText(bytes, from + places[place], from + places[place + 1]);
        }
        break;
      case 'ignored':
    }
    at += room * field.width;
  }
}

// Two functions that are the same but for their types: with one for both, frames of 9 atoms take up to a quarter longer.

function takeNumbers(values: Float64Array, at: number, to: Target<Float64Array>, first: number, count: number): void {
  const { values: target, width, stride } = to;
  const end = at + count * width;
  let k = first * stride + to.offset;
  if (stride === width) for (let from = at; from < end; from++) target[k++] = values[from];
  else
    for (let from = at; from < end; k += stride - width)
      for (const next = from + width; from < next; from++) target[k++] = values[from];
}

function takeBytes(values: Float64Array, at: number, to: Target<Uint8Array>, first: number, count: number): void {
  const { values: target, width, stride } = to;
  const end = at + count * width;
  let k = first * stride + to.offset;
  if (stride === width) for (let from = at; from < end; from++) target[k++] = values[from];
  else
    for (let from = at; from < end; k += stride - width)
      for (const next = from + width; from < next; from++) target[k++] = values[from];
}

/**
 * What is wrong if there are too few bytes for a table: found out before memory is taken for the atoms that it should have.
 *
 * @param text at the line before the table; left anywhere if something is wrong
 * @param tokens in a line
 * @param countPlace where the number of atoms stands
 */
export function findShortage(
  text: TextLines,
  count: number,
  tokens: number,
  expected: string,
  countPlace: Place,
): Problem | undefined {
  // Each value takes a character and a separator.
  if (count * tokens * 2 <= text.bytes.length - text.nextStart) return undefined;
  let lines = 0;
  let short: Problem | undefined;
  for (; lines < count && text.advance() && !text.isBlank(); lines++) {
    if (short !== undefined) continue;
    const found = text.countTokens();
    if (found >= tokens) continue;
    const message = `this line has ${found} columns instead of ${expected}`;
    short = { code: 'XD008', message, place: text.place(text.end) };
  }
  if (lines === count && short !== undefined) return short;
  const message = `this frame says ${count} atoms, but only ${lines} lines follow: it is truncated`;
  return { code: 'XD004', message, place: countPlace };
}

/** What is wrong if a table has fewer lines than it should, or is followed by anything but blank lines. */
export function findMisfit(bytes: Buffer, { count }: Table, end: TableEnd, countPlace: Place): Problem | undefined {
  let message = `this frame says ${count} atoms, but `;
  if (end.lines < count) {
    message += `only ${end.lines} lines follow`;
    if (end.offset >= bytes.length) message += ': it is truncated';
  } else {
    let at = end.offset;
    while (at < bytes.length && IS_BREAK[bytes[at]] === 1) at++;
    if (at >= bytes.length) return undefined;
    message += 'more lines follow them';
  }
  return { code: 'XD004', message, place: countPlace };
}

/**
 * Reads a line by its tokens and says what is wrong with it.
 *
 * @returns where its line feed is; −1 if the line is blank or beyond the end
 */
function explainLine(
  bytes: Buffer,
  lineStart: number,
  atom: number,
  { fields, expected, open }: Table,
  { file, line }: { readonly file: string; readonly line: number },
  problems: Problems,
): number {
  const end = lineStart < bytes.length ? bytes.indexOf(LF, lineStart) : lineStart;
  const add = (code: string, message: string, at: number): void => {
    const place: Place = { file, line, column: bytes.toString('utf8', lineStart, at).length + 1 };
    problems.add({ code, message, place });
  };
  let at = lineStart;
  const skipSpace = (): void => {
    while (at < end && isSpace(bytes[at])) at++;
  };
  skipSpace();
  if (at === end) return -1;
  for (const field of fields)
    for (let component = 0; component < field.width; component++) {
      skipSpace();
      if (at === end) {
        add('XD008', `this line has fewer columns than ${expected}`, at);
        return end;
      }
      const start = at;
      while (at < end && !isSpace(bytes[at])) at++;
      const wrong = readToken(bytes, start, at, field, atom, component);
      if (wrong !== undefined) add(wrong.code, wrong.message, start);
    }
  skipSpace();
  if (at < end && !open) add('XD008', `this line has more columns than ${expected}`, at);
  return end;
}

interface Wrong {
  readonly code: string;
  readonly message: string;
}

const one = new Float64Array(1);

/** Reads one token, `bytes[start..end)`, to its place; what is wrong with it, if anything is. */
function readToken(
  bytes: Buffer,
  start: number,
  end: number,
  field: Field,
  atom: number,
  component: number,
): Wrong | undefined {
  if (field.kind === 'ignored') return undefined;
  const index = atom * field.stride + field.offset + component;
  const quoted = (): string => `“${bytes.toString('utf8', start, Math.min(end, start + 40))}”`;
  switch (field.kind) {
    case 'real':
    case 'integer': {
      if (scanNumber(bytes, start, end, one, 0) !== end)
        return /^“[+-]?(nan|inf(inity)?)”$/i.test(quoted())
          ? { code: 'XD010', message: `${quoted()} is not a finite number` }
          : { code: 'XD009', message: `${quoted()} is not a number` };
      const [value] = one;
      if (!Number.isFinite(value)) return { code: 'XD010', message: `${quoted()} is too large for a number` };
      if (field.kind === 'integer' && !Number.isInteger(value))
        return { code: 'XD009', message: `${quoted()} is not an integer` };
      field.values[index] = value;
      return undefined;
    }
    case 'logical': {
      const value = LOGICAL.get(bytes.toString('latin1', start, Math.min(end, start + 8)));
      if (value === undefined) return { code: 'XD009', message: `${quoted()} is neither T nor F` };
      field.values[index] = value;
      return undefined;
    }
    case 'element': {
      const text = bytes.toString('latin1', start, Math.min(end, start + 40));
      const z = /^\d{1,3}$/.test(text) ? Number(text) : (atomicNumber(text) ?? 0);
      if (z === 0 || z >= elements.length) return { code: 'XD011', message: unknownElement(quoted()) };
      field.values[index] = z;
      return undefined;
    }
    case 'text':
      field.values[index] = internText(bytes, start, end);
      return undefined;
  }
}

function unknownElement(quoted: string): string {
  const written = /^“([A-Za-z]{1,2})/.exec(quoted)?.[1] ?? '';
  const likely = written === '' ? '' : written[0].toUpperCase() + written.slice(1).toLowerCase();
  const hint = atomicNumber(likely) === undefined || `“${likely}”` === quoted ? '' : `: is ${likely} meant?`;
  return `${quoted} is not an element${hint}`;
}

/** Texts of up to four bytes, mostly the same few again and again: one string of each in memory. */
const interned = new Map<number, string>();
const MAXIMUM_INTERNED = 10_000;

function internText(bytes: Buffer, start: number, end: number): string {
  if (end - start > 4) return bytes.toString('utf8', start, end);
  let key = 1;
  for (let i = start; i < end; i++) key = key * 256 + bytes[i];
  let text = interned.get(key);
  if (text === undefined) {
    text = bytes.toString('utf8', start, end);
    if (interned.size < MAXIMUM_INTERNED) interned.set(key, text);
  }
  return text;
}
