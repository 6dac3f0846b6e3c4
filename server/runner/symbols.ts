/** textDocument/documentSymbol in `input.nn`: the parts between banners, keywords with their arguments, functions by centre and type. */
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver';
import { functionTypes } from '../../language/runner/functions';
import type { Entry } from '../../language/runner/reading';
import { spanIn } from '../../language/runner/tree';
import { rangeOf } from '../analysis';
import type { InputAnalysis } from './analysis';
import { partsOf } from './sections';

const MAXIMUM_DETAIL = 60;

export function symbolsOfInput(analysis: InputAnalysis): DocumentSymbol[] {
  const { tree, file, document } = analysis;
  const symbols: DocumentSymbol[] = [];
  const parts = partsOf(tree).map(({ title, start, end }): { end: number; start: number; symbol: DocumentSymbol } => {
    const range = rangeOf(document, { start: tree.starts[start], end: tree.starts[end] + tree.lines[end].text.length });
    const selectionRange = rangeOf(document, spanIn(tree, start, { start: 0, end: tree.lines[start].text.length }));
    return { start, end, symbol: { name: title, kind: SymbolKind.Namespace, range, selectionRange, children: [] } };
  });
  symbols.push(...parts.map(({ symbol }) => symbol));
  let part = 0;
  let group: { key: string; symbol: DocumentSymbol; into: DocumentSymbol[] } | undefined;
  for (const entry of file.entries) {
    while (part < parts.length && parts[part].end < entry.line) part++;
    const holder = parts.at(part);
    const into = holder !== undefined && holder.start <= entry.line ? (holder.symbol.children ??= []) : symbols;
    const own = entry.function;
    const center = entry.arguments.at(0)?.text;
    if (own?.table === undefined || center === undefined) {
      group = undefined;
      into.push(symbolOf(analysis, entry));
      continue;
    }
    const key = `${center} ${own.type ?? ''}`;
    const symbol = symbolOf(analysis, entry);
    if (group?.key !== key || group.into !== into) {
      const name = `${center} ${functionTypes[own.type ?? 0].title}`;
      group = { key, into, symbol: { ...symbol, name, detail: '', kind: SymbolKind.Function, children: [] } };
      into.push(group.symbol);
    }
    group.symbol.children?.push(symbol);
    group.symbol.range = { start: group.symbol.range.start, end: symbol.range.end };
    group.symbol.detail = `${group.symbol.children?.length ?? 0}`;
  }
  return symbols.sort((a, b) => a.range.start.line - b.range.start.line);
}

function symbolOf({ tree, document }: InputAnalysis, entry: Entry): DocumentSymbol {
  const { written, arguments: words, function: own, line } = entry;
  const detail = words.map(({ text }) => text).join(' ');
  const range = rangeOf(document, spanIn(tree, line, { start: written.start, end: (words.at(-1) ?? written).end }));
  const brief = detail.length > MAXIMUM_DETAIL ? `${detail.slice(0, MAXIMUM_DETAIL)}…` : detail;
  const isFunction = own !== undefined && brief !== '';
  return {
    name: isFunction ? brief : written.text,
    detail: isFunction ? '' : brief,
    kind: isFunction ? SymbolKind.Field : SymbolKind.Property,
    range,
    selectionRange: rangeOf(document, spanIn(tree, line, written)),
  };
}
