/**
 * The comment line of extended XYZ: `key=value` pairs.
 *
 * Grammar: github.com/libAtoms/extxyz. A value is an integer, a float (also with `D` exponent), a boolean, a bare or quoted
 * string, an array in the new style `[1, 2]`, `[[1, 2], [3, 4]]` or in the old style `"1 2 3"`, `'1 2 3'`, `{1 2 3}`, of
 * which one with a single element is a scalar. A bare word is a flag that is true, as ASE reads it. Pure text: no units
 * here, nothing is converted.
 */
import type { InfoValue, Scalar } from './frame';
import { parseNumber } from './numbers';

export interface CommentEntry {
  readonly key: string;
  readonly value: InfoValue;
  /** Offset of the key, of the value and of what follows it in the text. */
  readonly at: number;
  readonly valueAt: number;
  readonly end: number;
}

export interface CommentProblem {
  readonly at: number;
  readonly message: string;
}

export interface Comment {
  readonly entries: readonly CommentEntry[];
  /** What is no `key=value`; such a line may still be the free comment of a plain XYZ file. */
  readonly problems: readonly CommentProblem[];
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['T', 'true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['F', 'false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

const MIXED = 'an array holds either values or rows of values';

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '{': '}' };

const isSpace = (character: string): boolean => character === ' ' || character === '\t';

/** What a word without quotes means. Numbers that are not finite stay words: the reader of the key complains. */
function scalarOf(word: string): Scalar {
  const boolean = BOOLEANS.get(word);
  if (boolean !== undefined) return boolean;
  const first = word.charCodeAt(0);
  // Digits, sign or point: nothing else begins a number.
  if ((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e) {
    const number = parseNumber(word);
    if (number !== undefined && Number.isFinite(number)) return number;
  }
  return word;
}

/** Old-style arrays: numbers or booleans between quotes or braces; anything else is a string. */
function quotedValue(text: string): InfoValue {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) return text;
  const scalars: Scalar[] = [];
  for (const word of words) {
    const scalar = scalarOf(word);
    if (typeof scalar === 'string' || (scalars.length > 0 && typeof scalar !== typeof scalars[0])) return text;
    scalars.push(scalar);
  }
  return scalars.length === 1 ? scalars[0] : scalars;
}

/** The scalars of a value, row after row. */
export function flatten(value: InfoValue): readonly Scalar[] {
  if (typeof value !== 'object') return [value];
  const items: readonly (Scalar | readonly Scalar[])[] = value;
  return items.every((item) => typeof item !== 'object') ? items : items.flat();
}

export function parseComment(text: string): Comment {
  const entries: CommentEntry[] = [];
  const problems: CommentProblem[] = [];
  let at = 0;

  const skipSpace = (): void => {
    while (at < text.length && isSpace(text[at])) at++;
  };

  const bad = (where: number, message: string): null => {
    problems.push({ at: where, message });
    return null;
  };

  /** The text between the quotes that open here; null if they are not closed. */
  const readQuoted = (): string | null => {
    const start = at;
    const closing = CLOSING[text[at++]];
    // Mostly there is nothing to unescape.
    const end = text.indexOf(closing, at);
    const plain = end < 0 ? '' : text.slice(at, end);
    if (end >= 0 && (closing === '}' || !plain.includes('\\'))) {
      at = end + 1;
      return plain;
    }
    let content = '';
    for (; at < text.length; at++) {
      const character = text[at];
      if (character === closing) {
        at++;
        return content;
      }
      if (character === '\\' && at + 1 < text.length) {
        at++;
        content += text[at] === 'n' ? '\n' : text[at];
      } else content += character;
    }
    return bad(start, `${text[start]} is not closed: write ${closing} where the value ends`);
  };

  const readWord = (stop: string): string => {
    const start = at;
    while (at < text.length && !isSpace(text[at]) && !stop.includes(text[at])) at++;
    return text.slice(start, at);
  };

  /** New-style list; at `[`. */
  const readList = <T>(readItem: () => T | null): readonly T[] | null => {
    const start = at++;
    const items: T[] = [];
    for (;;) {
      skipSpace();
      if (at >= text.length) return bad(start, '[ is not closed: write ] where the array ends');
      if (text[at] === ']') {
        at++;
        return items;
      }
      const item = readItem();
      if (item === null) return null;
      items.push(item);
      skipSpace();
      if (text[at] === ',') at++;
      else if (at < text.length && text[at] !== ']') return bad(at, 'write a comma between the values of an array');
    }
  };
  const readScalar = (): Scalar | null => {
    if (text[at] === '[') return bad(at, MIXED);
    if (text[at] === '"' || text[at] === "'") return readQuoted();
    const word = readWord(',]');
    if (word === '') return bad(at, 'a value is missing here');
    return scalarOf(word);
  };
  const readRow = (): readonly Scalar[] | null => {
    if (text[at] !== '[') return bad(at, MIXED);
    return readList(readScalar);
  };
  const readArray = (): InfoValue | null =>
    /^\[\s*\[/.test(text.slice(at)) ? readList(readRow) : readList(readScalar);

  for (;;) {
    skipSpace();
    if (at >= text.length) break;
    const start = at;
    const key = text[at] === '"' || text[at] === "'" ? readQuoted() : readWord('=');
    if (key === null) break;
    const afterKey = at;
    skipSpace();
    if (text[at] !== '=') {
      at = afterKey;
      entries.push({ key, value: true, at: start, valueAt: start, end: at });
      continue;
    }
    at++;
    if (key === '') {
      problems.push({ at: start, message: 'a key is missing before =' });
      readWord('');
      continue;
    }
    skipSpace();
    const valueAt = at;
    let value: InfoValue | null = null;
    if (at >= text.length) problems.push({ at: valueAt, message: `the value of ${key} is missing` });
    else if (Object.hasOwn(CLOSING, text[at])) {
      const content = readQuoted();
      if (content !== null) value = quotedValue(content);
    } else if (text[at] === '[') {
      value = readArray();
      if (value === null) readWord('');
    } else value = scalarOf(readWord(''));
    if (value !== null) entries.push({ key, value, at: start, valueAt, end: at });
  }
  return { entries, problems };
}

// ---------------------------------------------------------------------------------------------------------- writing

const PLAIN = /^[^\s"'=,{}[\]\\]+$/;

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

/** A string so that it is read as a string where that is possible: the format can't say that "1 2" is none of numbers. */
function formatText(text: string): string {
  return PLAIN.test(text) && typeof scalarOf(text) === 'string' ? text : quote(text);
}

/** Exact: the shortest decimal that is the same float64 when read. */
export const formatExact = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function formatScalar(value: Scalar): string {
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  return typeof value === 'number' ? formatExact(value) : formatText(value);
}

const isRow = (value: Scalar | readonly Scalar[]): value is readonly Scalar[] => typeof value === 'object';

/** A value as it stands after `key=`. */
export function formatValue(value: InfoValue): string {
  if (typeof value !== 'object') return formatScalar(value);
  const items: readonly (Scalar | readonly Scalar[])[] = value;
  if (items.some(isRow))
    return `[${items.map((row) => `[${(isRow(row) ? row : [row]).map(formatScalar).join(', ')}]`).join(', ')}]`;
  // Old style where every reader understands it; new style for strings, and for what would turn into a scalar.
  const scalars = items.filter((item): item is Scalar => !isRow(item));
  const old = scalars.length > 1 && scalars.every((s) => typeof s === typeof scalars[0] && typeof s !== 'string');
  const words = scalars.map(formatScalar);
  return old ? `"${words.join(' ')}"` : `[${words.join(', ')}]`;
}

export function formatKey(key: string): string {
  return PLAIN.test(key) ? key : quote(key);
}
