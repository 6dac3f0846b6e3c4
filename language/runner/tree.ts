/**
 * The lossless tree of an `input.nn`: its lines, each cut into a keyword, its arguments and a comment.
 *
 * n2p2 and RuNNer separate words by spaces and tabs; `#` begins a comment, and so does, in n2p2, `!`. Reading never fails. A
 * line knows offsets in itself only, so that the lines which an edit leaves alone are the same objects before and after, and
 * whatever was found out about them stays true.
 *
 * Invariant: `lines.map((line) => line.text).join('\n') === text`, and `starts[i]` is where line i begins.
 */
import { lastAtMost } from '../search';
import type { Span } from '../syntax/tree';

export interface Word extends Span {
  readonly text: string;
}

export interface Line {
  /** Without the `\n`; a `\r` before it belongs to the line. */
  readonly text: string;
  /** The keyword and its arguments; empty for a line that says nothing. */
  readonly words: readonly Word[];
  /** From its `#` or `!` on. */
  readonly comment?: Span;
}

export interface InputTree {
  readonly text: string;
  readonly lines: readonly Line[];
  /** UTF-16 offset of each line in the text. */
  readonly starts: readonly number[];
}

/** Reads any text. Lines that stood at the beginning or at the end of `previous` already are taken from there. */
export function readInput(text: string, previous?: InputTree): InputTree {
  const known = previous?.lines ?? [];
  // Compared in place: of thousands of lines each key leaves all but one as they were.
  let from = 0;
  let head = 0;
  while (head < known.length && isLineAt(text, from, known[head].text)) from += known[head++].text.length + 1;
  let to = text.length;
  let tail = 0;
  while (tail < known.length - head) {
    const line = known[known.length - 1 - tail].text;
    const start = to - line.length;
    if (start < from || (start > 0 && text.charCodeAt(start - 1) !== LINE_FEED) || !text.startsWith(line, start)) break;
    to = start - 1;
    tail++;
  }
  const middle = from > to ? [] : text.slice(from, to).split('\n');
  const lines = known
    .slice(0, head)
    .concat(middle.map((content) => readLine(copyOf(content))))
    .concat(known.slice(known.length - tail));
  const starts = new Array<number>(lines.length);
  let start = 0;
  for (let i = 0; i < lines.length; i++) {
    starts[i] = start;
    start += lines[i].text.length + 1;
  }
  return { text, lines, starts };
}

const LINE_FEED = 10;

/** Whether a line stands at an offset, with its end behind it. */
const isLineAt = (text: string, start: number, line: string): boolean =>
  text.startsWith(line, start) &&
  (start + line.length === text.length || text.charCodeAt(start + line.length) === LINE_FEED);

/** A part of a long string keeps the whole of it in memory: a line must not keep every version of its file. */
const copyOf = (part: string): string => ` ${part}`.slice(1);

function readLine(text: string): Line {
  const end = text.endsWith('\r') ? text.length - 1 : text.length;
  const words: Word[] = [];
  let i = 0;
  for (;;) {
    while (i < end && isSpace(text.charCodeAt(i))) i++;
    const start = i;
    while (i < end && !isSpace(text.charCodeAt(i)) && !isCommentSign(text.charCodeAt(i))) i++;
    if (i > start) words.push({ start, end: i, text: text.slice(start, i) });
    if (i >= end) return { text, words };
    if (isCommentSign(text.charCodeAt(i))) return { text, words, comment: { start: i, end } };
  }
}

/** Space, tab, a `\r` inside of a line, and the mark at the beginning of files from Windows. */
const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 13 || code === 0xfeff;
const isCommentSign = (code: number): boolean => code === 35 || code === 33;

/** The line that an offset lies in. */
export function lineAt({ starts }: InputTree, offset: number): number {
  return lastAtMost(starts, (start) => start, offset);
}

/** A place in a line as a place in the text. */
export function spanIn({ starts }: InputTree, line: number, { start, end }: Span): Span {
  return { start: starts[line] + start, end: starts[line] + end };
}
