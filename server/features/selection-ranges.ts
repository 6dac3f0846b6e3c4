/** textDocument/selectionRange: from the word to its value, attribute, block and so on up to the file. */
import type { Position, SelectionRange } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { sectionAt, tokensNear } from '../../language/syntax/sections';
import type { Item, Span, SyntaxTree, Value } from '../../language/syntax/tree';
import { rangeOf, type Analysis } from '../analysis';

export function selectionRangesOf({ document, tree }: Analysis, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => selectionRange(document, spansAround(tree, document.offsetAt(position))));
}

/** @param spans outermost first; those that are no smaller than the one before are left out */
export function selectionRange(document: TextDocument, spans: readonly Span[]): SelectionRange {
  let range: SelectionRange = { range: rangeOf(document, { start: 0, end: document.getText().length }) };
  let outer: Span = { start: 0, end: document.getText().length };
  for (const span of spans) {
    const isInside = span.start >= outer.start && span.end <= outer.end;
    if (!isInside || (span.start === outer.start && span.end === outer.end)) continue;
    range = { range: rangeOf(document, span), parent: range };
    outer = span;
  }
  return range;
}

const touches = ({ start, end }: Span, offset: number): boolean => start <= offset && offset <= end;

function spansAround(tree: SyntaxTree, offset: number): Span[] {
  const section = sectionAt(tree, offset);
  const spans: Span[] = [];
  let items: readonly Item[] = section.items;
  for (;;) {
    const item = items.find((one) => touches(one, offset));
    if (item === undefined) break;
    spans.push(item);
    if (item.kind === 'attribute') {
      if (item.value !== undefined) spans.push(...valuesAround(item.value, offset));
      break;
    }
    const { open, close } = item;
    // What stands between the braces.
    if (open !== undefined && close !== undefined && open.end <= offset && offset <= close.start)
      spans.push({ start: open.end, end: close.start });
    items = item.items;
  }
  const token = tokensNear(tree, offset).find(
    (one) => touches(one, offset) && one.kind !== 'space' && one.kind !== 'newline',
  );
  return token === undefined ? spans : [...spans, token];
}

function valuesAround(value: Value, offset: number): Span[] {
  if (!touches(value, offset)) return [];
  const inner = value.kind === 'list' ? value.items : value.kind === 'call' ? value.arguments : [];
  const unit = 'unit' in value && value.unit !== undefined && touches(value.unit, offset) ? [value.unit] : [];
  return [value, ...unit, ...inner.flatMap((one) => valuesAround(one, offset))];
}
