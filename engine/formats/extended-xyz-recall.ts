/**
 * What is known of a comment line from the one before: in the frames of a file mostly a few numbers differ, and nothing
 * else. Such a line is compared byte by byte, and only the numbers that differ are read.
 */
import { flatten, type CommentEntry } from './extended-xyz-comment';
import type { InfoValue, Scalar } from './frame';
import { parseNumber, scanNumber } from './numbers';
import { plainLines } from './plain-lines';
import type { TextLines } from './text-lines';

/** A number in a line: the value of an entry, or one of its list. */
interface Slot {
  /** Bytes `[start, end)` of the line. */
  readonly start: number;
  readonly end: number;
  readonly entry: number;
  readonly index: number;
}

/** A line that was read. */
export interface RememberedLine {
  /** In bytes, with its line end. */
  readonly length: number;
  readonly slots: readonly Slot[];
  /** What the entries say. */
  readonly values: readonly InfoValue[];
}

/**
 * Remembers a line, and none that was before; undefined if it is too long.
 *
 * @param bytes with its line end
 * @param text of as many characters as bytes
 */
export function rememberLine(
  bytes: Uint8Array,
  text: string,
  entries: readonly CommentEntry[],
): RememberedLine | undefined {
  if (!plainLines().remember(bytes)) return undefined;
  const slots: Slot[] = [];
  entries.forEach(({ value, valueAt, end }, entry) => {
    const words = [...text.slice(valueAt, end).matchAll(/[^\s,"'{}[\]]+/g)];
    const numbers = flatten(value);
    // Rows of numbers, words and flags must be the same for a line to be recalled.
    if (words.length !== numbers.length || (typeof value === 'object' && numbers !== value)) return;
    if (!words.every(([word], index) => parseNumber(word) === numbers[index])) return;
    words.forEach(([word], index) => {
      const start = valueAt + words[index].index;
      slots.push({ start, end: start + word.length, entry, index });
    });
  });
  return { length: bytes.length, slots, values: entries.map(({ value }) => value) };
}

export interface RecalledLine {
  /** What its entries say: the same list as that of the remembered line if they differ in nothing. */
  readonly values: readonly InfoValue[];
  /** Where the next line begins. */
  readonly end: number;
}

const one = new Float64Array(1);

/** The line from `start` on, if it differs from the remembered one in nothing but numbers. */
export function recallLine(
  { length, slots, values }: RememberedLine,
  text: TextLines,
  start: number,
): RecalledLine | undefined {
  const { bytes } = text;
  const lines = plainLines();
  lines.show(text, start);
  let found: InfoValue[] | undefined;
  let list: Scalar[] = [];
  let listEntry = -1;
  let next = 0;
  // The byte at `at` of the known line is at `at + shift` here.
  let shift = start;
  for (let at = 0; ;) {
    at += lines.countSame(at, length, at + shift);
    if (at === length) return { values: found ?? values, end: at + shift };
    // They differ in a number or behind it, where one goes on.
    while (next < slots.length && slots[next].end < at) next++;
    if (next === slots.length || slots[next].start > at) return undefined;
    const slot = slots[next++];
    const stop = scanNumber(bytes, slot.start + shift, bytes.length, one, 0);
    const [number] = one;
    if (stop < 0 || !Number.isFinite(number)) return undefined;
    found ??= values.slice();
    const value = values[slot.entry];
    if (typeof value === 'object') {
      if (listEntry !== slot.entry) found[slot.entry] = list = [...flatten(value)];
      listEntry = slot.entry;
      list[slot.index] = number;
    } else found[slot.entry] = number;
    at = slot.end;
    shift = stop - at;
  }
}
