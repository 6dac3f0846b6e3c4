/** textDocument/documentSymbol: the blocks with their labels, nested, and their attributes with their values. */
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver';
import type { Block, Item } from '../../language/syntax/tree';
import { rangeOf, type Analysis } from '../analysis';

const kinds: Readonly<Record<string, SymbolKind>> = {
  potential: SymbolKind.Class,
  dataset: SymbolKind.Array,
  network: SymbolKind.Interface,
  radial: SymbolKind.Function,
  angular: SymbolKind.Function,
  pair: SymbolKind.Function,
};
const MAXIMUM_DETAIL = 60;

/** Of a top-level block. */
export const symbolKindOf = (block: string): SymbolKind =>
  Object.hasOwn(kinds, block) ? kinds[block] : SymbolKind.Event;

export function symbolsOf(analysis: Analysis): DocumentSymbol[] {
  return analysis.tree.file.items.map((item) => symbolOf(analysis, item, true));
}

function symbolOf(analysis: Analysis, item: Item, top: boolean): DocumentSymbol {
  const { document, text } = analysis;
  const range = rangeOf(document, item);
  if (item.kind === 'attribute') {
    const detail = item.value === undefined ? '' : text.slice(item.value.start, item.value.end).replace(/\s+/g, ' ');
    return {
      name: item.name.text,
      detail: detail.length > MAXIMUM_DETAIL ? `${detail.slice(0, MAXIMUM_DETAIL)}…` : detail,
      kind: SymbolKind.Property,
      range,
      selectionRange: rangeOf(document, item.name),
    };
  }
  const label = item.labels.map(({ text }) => text).join(' ');
  const named = top && label.trim() !== '';
  return {
    // A person looks for the name, and for inner blocks for their kind.
    name: named ? label : item.name.text,
    detail: named ? item.name.text : label,
    kind: top || Object.hasOwn(kinds, item.name.text) ? symbolKindOf(item.name.text) : SymbolKind.Object,
    range,
    selectionRange: rangeOf(document, selectionOf(item, named)),
    children: item.items.map((inner) => symbolOf(analysis, inner, false)),
  };
}

const selectionOf = (block: Block, named: boolean): { start: number; end: number } =>
  named ? block.labels[0] : block.name;
