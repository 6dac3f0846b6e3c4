/** textDocument/foldingRange: blocks, lists over several lines, and runs of comment lines. */
import { FoldingRangeKind, type FoldingRange } from 'vscode-languageserver';
import type { Item, Span } from '../../language/syntax/tree';
import type { Analysis } from '../analysis';

export function foldingRangesOf({ document, tree }: Analysis): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  const lineOf = (offset: number): number => document.positionAt(offset).line;
  /** The line of the closing bracket stays visible. */
  const fold = (span: Span, closed: boolean): void => {
    const startLine = lineOf(span.start);
    const endLine = lineOf(span.end) - (closed ? 1 : 0);
    if (endLine > startLine) ranges.push({ startLine, endLine });
  };
  const visit = (items: readonly Item[]): void => {
    for (const item of items) {
      if (item.kind === 'block') {
        if (item.open !== undefined) fold({ start: item.start, end: item.end }, item.close !== undefined);
        visit(item.items);
      } else if (item.value?.kind === 'list') fold({ start: item.start, end: item.value.end }, true);
    }
  };
  visit(tree.file.items);

  let first: number | undefined;
  let last = -2;
  const endComments = (): void => {
    if (first !== undefined && last > first)
      ranges.push({ startLine: first, endLine: last, kind: FoldingRangeKind.Comment });
    first = undefined;
  };
  tree.tokens.forEach((token, i) => {
    if (token.kind !== 'comment') return;
    const position = document.positionAt(token.start);
    const alone =
      position.character === 0 ||
      (tree.tokens[i - 1].kind === 'space' && document.positionAt(tree.tokens[i - 1].start).character === 0);
    if (!alone) return;
    if (position.line !== last + 1) endComments();
    first ??= position.line;
    last = position.line;
  });
  endComments();
  return ranges;
}
