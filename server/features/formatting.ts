/**
 * textDocument/formatting, rangeFormatting, rangesFormatting and onTypeFormatting: the printer's text as edits that touch only what differs, so that
 * cursor and marks stay.
 */
import type { Position, Range, TextEdit } from 'vscode-languageserver';
import { format } from '../../language/syntax/printer';
import { blocksAt } from '../context';
import { rangeOf, spanOf, type Analysis } from '../analysis';
import type { TextEdit as SpanEdit } from '../../language/diagnostic';

export function formattingOf(analysis: Analysis, ...ranges: readonly Range[]): TextEdit[] {
  return editsInto(analysis, format(analysis.text), ...ranges);
}

/** The block that a `}` closes, and the line that a line end ends. */
export const FORMAT_TRIGGERS = ['}', '\n'] as const;

/** What is formatted when a character was typed in front of `position`; undefined for what is no trigger. */
export function typedRange(character: string, { line }: Position): Range | undefined {
  // The line that is begun is left alone: the editor has just put white space there.
  return character === '\n' && line > 0
    ? { start: { line: line - 1, character: 0 }, end: { line, character: 0 } }
    : undefined;
}

/** Formats the block whose `}` was typed in front of `position`, or the line that was ended there. */
export function formattingWhileTyping(analysis: Analysis, character: string, position: Position): TextEdit[] {
  const { document, tree } = analysis;
  const range = typedRange(character, position);
  if (range !== undefined) return formattingOf(analysis, range);
  if (character !== '}') return [];
  const brace = document.offsetAt(position) - 1;
  const block = blocksAt(tree, brace).at(-1);
  return block?.close?.start === brace ? formattingOf(analysis, rangeOf(document, block)) : [];
}

/** Edits that turn a document into `formatted`, as far as they lie in one of the ranges, if there are any. */
export function editsInto(
  { document, text }: Pick<Analysis, 'document' | 'text'>,
  formatted: string,
  ...ranges: readonly Range[]
): TextEdit[] {
  const spans = ranges.length === 0 ? [{ start: 0, end: text.length }] : ranges.map((range) => spanOf(document, range));
  return differences(text, formatted)
    .filter((edit) => spans.some(({ start, end }) => edit.span.start >= start && edit.span.end <= end))
    .map((edit) => ({ range: rangeOf(document, edit.span), newText: edit.text }));
}

/**
 * Edits that turn `before` into `after`. Where both have the same words, one edit per gap that differs (white space,
 * commas and semicolons: the printer adds and drops these); else one edit between common beginning and end.
 */
export function differences(before: string, after: string): SpanEdit[] {
  if (before === after) return [];
  const edits: SpanEdit[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const gapBefore = gapAt(before, i);
    const gapAfter = gapAt(after, j);
    if (gapBefore !== gapAfter) edits.push(narrow(i, gapBefore, gapAfter));
    const [wordBefore, wordAfter] = [i + gapBefore.length, j + gapAfter.length];
    if (wordBefore === before.length && wordAfter === after.length) return edits;
    [i, j] = [wordBefore, wordAfter];
    while (i < before.length && j < after.length && before[i] === after[j] && !isGap(before[i])) {
      i++;
      j++;
    }
    // A gap that only one side has is a difference of gaps too; anything else is a difference of words.
    const gapFollows = (i < before.length && isGap(before[i])) || (j < after.length && isGap(after[j]));
    const ended = i === before.length && j === after.length;
    if (!gapFollows && !ended) return [narrow(0, before, after)];
  }
}

const isGap = (character: string): boolean => /[\s,;]/.test(character);

function gapAt(text: string, start: number): string {
  let end = start;
  while (end < text.length && isGap(text[end])) end++;
  return text.slice(start, end);
}

/** The replacement of `before` (at `start`) by `after`, without their common beginning and end. */
function narrow(start: number, before: string, after: string): SpanEdit {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  // No position can stand inside a line end or a character.
  while (head > 0 && isInside(before, head)) head--;
  while (tail > 0 && isInside(before, before.length - tail)) tail--;
  return {
    span: { start: start + head, end: start + before.length - tail },
    text: after.slice(head, after.length - tail),
  };
}

const isInside = (text: string, offset: number): boolean =>
  (text[offset - 1] === '\r' && text[offset] === '\n') || /^[\uDC00-\uDFFF]/.test(text[offset] ?? '');
