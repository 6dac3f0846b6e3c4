/** textDocument/foldingRange in `input.nn`: the parts between banners, runs of symmetry functions, runs of comment lines. */
import { FoldingRangeKind, type FoldingRange } from 'vscode-languageserver';
import type { InputAnalysis } from './analysis';
import { partsOf } from './sections';

export function foldingRangesOfInput({ tree, file }: InputAnalysis): FoldingRange[] {
  const ranges: FoldingRange[] = partsOf(tree)
    .filter(({ start, end }) => end > start)
    .map(({ start, end }) => ({ startLine: start, endLine: end }));
  const functions = new Set(file.all('symfunction_short').map(({ line }) => line));
  fold(tree.lines.length, (line) => functions.has(line), undefined, ranges);
  const isComment = (line: number): boolean => {
    const { words, comment } = tree.lines[line];
    return words.length === 0 && comment !== undefined;
  };
  fold(tree.lines.length, isComment, FoldingRangeKind.Comment, ranges);
  return ranges;
}

/** Of neighbouring lines that belong together the first stays visible. */
function fold(
  count: number,
  belongs: (line: number) => boolean,
  kind: FoldingRangeKind | undefined,
  ranges: FoldingRange[],
): void {
  for (let line = 0; line < count; line++) {
    const startLine = line;
    while (line < count && belongs(line)) line++;
    if (line - startLine > 1) ranges.push({ startLine, endLine: line - 1, ...(kind !== undefined && { kind }) });
  }
}
