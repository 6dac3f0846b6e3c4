/**
 * The lossless tree of an `input.nn`: its lines, each cut into a keyword, its arguments and a comment.
 *
 * n2p2 and RuNNer separate words by spaces and tabs; `#` begins a comment, and so does, in n2p2, `!`. Reading never fails. A
 * line knows offsets in itself only, so that the lines which an edit leaves alone are the same objects before and after, and
 * whatever was found out about them stays true.
 *
 * Invariant: `lines.map((line) => line.text).join('\n') === text`, and `starts[i]` is where line i begins.
 */
import { commonEnd, commonStart, lastAtMost } from '../search';
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
  const { text: before, lines: known, starts: knownStarts } = previous ?? NOTHING;
  const same = commonStart(text, before);
  // A line that an edit might touch is read again, also the one whose end it takes.
  const head = lastAtMost(knownStarts, (start) => start, same);
  const from = head === 0 ? 0 : knownStarts[head];
  const more = text.length - before.length;
  const behind = before.length - commonEnd(text, before, same);
  const first = lastAtMost(knownStarts, (start) => start, behind) + 1;
  const to = first < known.length ? knownStarts[first] - 1 + more : text.length;
  const middle = text.slice(from, to).split('\n');
  const lines = known
    .slice(0, head)
    .concat(middle.map((content) => readLine(copyOf(content))))
    .concat(known.slice(first));
  const starts = new Array<number>(lines.length);
  let start = 0;
  for (let i = 0; i < lines.length; i++) {
    starts[i] = start;
    start += lines[i].text.length + 1;
  }
  return { text, lines, starts };
}

const NOTHING: InputTree = { text: '', lines: [], starts: [] };

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
