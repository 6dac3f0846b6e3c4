/** textDocument/selectionRange in `input.nn`: from the word to the arguments, the line, the part between banners, the file. */
import type { Position, SelectionRange } from 'vscode-languageserver';
import { lineAt, spanIn } from '../../language/runner/tree';
import type { Span } from '../../language/syntax/tree';
import { selectionRange } from '../features/selection-ranges';
import type { InputAnalysis } from './analysis';
import { partsOf } from './sections';

export function selectionRangesOfInput(
  { document, tree }: InputAnalysis,
  positions: readonly Position[],
): SelectionRange[] {
  const parts = partsOf(tree);
  return positions.map((position) => {
    const offset = document.offsetAt(position);
    const line = lineAt(tree, offset);
    const { text, words, comment } = tree.lines[line];
    const touched = (span: Span): boolean => {
      const { start, end } = spanIn(tree, line, span);
      return start <= offset && offset <= end;
    };
    const inLine: Span[] = [{ start: 0, end: text.replace(/\r$/, '').length }];
    if (words.length > 0) inLine.push({ start: words[0].start, end: words[words.length - 1].end });
    if (words.length > 1) inLine.push({ start: words[1].start, end: words[words.length - 1].end });
    inLine.push(...words);
    if (comment !== undefined) inLine.push(comment);
    const around = parts
      .filter(({ start, end }) => start <= line && line <= end)
      .map(({ start, end }) => ({ start: tree.starts[start], end: tree.starts[end] + tree.lines[end].text.length }));
    return selectionRange(document, [...around, ...inLine.filter(touched).map((span) => spanIn(tree, line, span))]);
  });
}
