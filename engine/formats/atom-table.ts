/**
 * Tables of atoms: N lines of columns that are separated by blanks and tabs, as extended XYZ, LAMMPS and VASP have them.
 *
 * Lines that are right, nearly all of them, are read in one loop over the bytes, without splitting into lines and
 * tokens; a line that isn't is read once more by its tokens to say what is wrong with it and where.
 */
import { atomicNumber, elements } from '../../language/elements';
import type { Place, Problem } from '../../protocol/result';
import { scanNumber, scanNumbers } from './numbers';
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

/** Atomic numbers of symbols by their bytes: first | second << 8. */
const NUMBER_OF_SYMBOL = new Uint8Array(1 << 16);
for (let z = 1; z < elements.length; z++) {
  const { symbol } = elements[z];
  NUMBER_OF_SYMBOL[symbol.charCodeAt(0) | (symbol.length > 1 ? symbol.charCodeAt(1) << 8 : 0)] = z;
}

/** What ends a token. */
const IS_BREAK = Uint8Array.from({ length: 256 }, (_, byte) => (isSpace(byte) || byte === LF ? 1 : 0));

const LOGICAL: ReadonlyMap<string, number> = new Map([
  ...['T', 'true', 'True', 'TRUE', '.TRUE.', '.T.', 't', '1'].map((word) => [word, 1] as const),
  ...['F', 'false', 'False', 'FALSE', '.FALSE.', '.F.', 'f', '0'].map((word) => [word, 0] as const),
]);

/** Reads the lines of a table; what is wrong with them (`XD008` to `XD011`) is added to `problems`. */
export function readTable({ text, offset, line }: TableText, table: Table, problems: Problems): TableEnd {
  const { bytes, words, file } = text;
  const { fields, count, open } = table;
  const end = bytes.length;
  let at = offset;
  for (let atom = 0; atom < count; atom++) {
    const lineStart = at;
    let right = true;
    for (let f = 0; right && f < fields.length; f++) {
      const field = fields[f];
      let next = -1;
      if (at >= end) right = false;
      else if (field.kind === 'real' || field.kind === 'integer') {
        const index = atom * field.stride + field.offset;
        next = scanNumbers(bytes, words, at, field.values, index, field.width);
        if (field.kind === 'integer')
          for (let k = index; k < index + field.width; k++) if (!Number.isInteger(field.values[k])) next = -1;
      } else if (field.kind === 'element') {
        let byte = bytes[at];
        while (byte === 0x20 || byte === 0x09 || byte === 0x0d) byte = bytes[++at];
        next = byte === LF || IS_BREAK[bytes[at + 1]] === 1 ? at + 1 : at + 2;
        const z = NUMBER_OF_SYMBOL[next === at + 1 ? byte : byte | (bytes[at + 1] << 8)];
        if (z === 0 || IS_BREAK[bytes[next]] === 0) right = false;
        else field.values[atom * field.stride + field.offset] = z;
      } else next = readTokens(bytes, at, field, atom);
      if (next < 0) right = false;
      at = next;
    }
    if (right) {
      let byte = bytes[at];
      while (byte === 0x20 || byte === 0x09 || byte === 0x0d) byte = bytes[++at];
      if (byte !== LF) {
        if (open) at = bytes.indexOf(LF, at);
        else right = false;
      }
    }
    if (!right) {
      at = explainLine(bytes, lineStart, atom, table, { file, line: line + atom }, problems);
      if (at < 0) return { offset: lineStart, lines: atom };
    }
    at++;
  }
  return { offset: at, lines: count };
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

/** Reads the tokens of a field; the offset after the last one, −1 if one isn't right. */
function readTokens(bytes: Buffer, start: number, field: Field, atom: number): number {
  let at = start;
  for (let component = 0; component < field.width; component++) {
    while (isSpace(bytes[at])) at++;
    const tokenStart = at;
    while (bytes[at] !== LF && !isSpace(bytes[at])) at++;
    if (at === tokenStart || readToken(bytes, tokenStart, at, field, atom, component) !== undefined) return -1;
  }
  return at;
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
