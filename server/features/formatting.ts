/** textDocument/formatting: the printer's text as edits that touch only what differs, so that cursor and marks stay. */
import type { Range, TextEdit } from 'vscode-languageserver';
import { format } from '../../language/syntax/printer';
import { rangeOf, spanOf, type Analysis } from '../analysis';
import type { TextEdit as SpanEdit } from '../../language/diagnostic';

export function formattingOf(analysis: Analysis, range?: Range): TextEdit[] {
  return editsInto(analysis, format(analysis.text), range);
}

/** Edits that turn a document into `formatted`, as far as they lie in the range. */
export function editsInto(
  { document, text }: Pick<Analysis, 'document' | 'text'>,
  formatted: string,
  range?: Range,
): TextEdit[] {
  const span = range === undefined ? { start: 0, end: text.length } : spanOf(document, range);
  return differences(text, formatted)
    .filter((edit) => edit.span.start >= span.start && edit.span.end <= span.end)
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
