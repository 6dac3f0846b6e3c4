/**
 * textDocument/semanticTokens: what a name means, as the vocabulary knows it. Comments, numbers, units, strings and punctuation
 * are the TextMate grammar's.
 */
import {
  SemanticTokenTypes,
  type Range,
  type SemanticTokens,
  type SemanticTokensDelta,
  type SemanticTokensLegend,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { atomicNumber } from '../../language/elements';
import type { Item, Span, Value } from '../../language/syntax/tree';
import type { AttributeSchema } from '../../language/schema/types';
import { spanOf, type Analysis } from '../analysis';
import { attributeSchema, schemaOf, type Blocks } from '../context';
import { functions } from '../documentation';

const types = [
  SemanticTokenTypes.keyword,
  SemanticTokenTypes.class,
  SemanticTokenTypes.property,
  SemanticTokenTypes.enumMember,
  SemanticTokenTypes.type,
  SemanticTokenTypes.function,
] as const;
type Type = (typeof types)[number];

export const legend: SemanticTokensLegend = { tokenTypes: [...types], tokenModifiers: [] };

export interface Marked extends Span {
  readonly type: Type;
}

export function semanticTokensOf({ document, tree }: Analysis, range?: Range): SemanticTokens {
  const marked: Marked[] = [];
  visit(tree.file.items, [], marked);
  return encodeTokens(document, marked, range);
}

/** Tokens in the order of the text as the protocol has them: each relative to the one before. */
export function encodeTokens(document: TextDocument, tokens: readonly Marked[], range?: Range): SemanticTokens {
  const span = range === undefined ? undefined : spanOf(document, range);
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const { start, end, type } of tokens) {
    if (span !== undefined && (end <= span.start || start >= span.end)) continue;
    const position = document.positionAt(start);
    const sameLine = position.line === line;
    data.push(
      position.line - line,
      position.character - (sameLine ? character : 0),
      end - start,
      types.indexOf(type),
      0,
    );
    ({ line, character } = position);
  }
  return { data };
}

/** What has changed: between what both begin and end with, one edit. */
export function deltaOf(before: ArrayLike<number>, after: readonly number[]): SemanticTokensDelta['edits'] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  const deleteCount = before.length - same - start;
  const data = after.slice(start, after.length - same);
  return deleteCount === 0 && data.length === 0 ? [] : [{ start, deleteCount, data }];
}

/** In the order of the text. */
function visit(items: readonly Item[], outer: Blocks, marked: Marked[]): void {
  const mark = ({ start, end }: Span, type: Type): void => {
    marked.push({ start, end, type });
  };
  for (const item of items) {
    if (item.kind === 'attribute') {
      const schema = attributeSchema(outer, item.name.text);
      // An unknown name is not coloured as if it had a meaning.
      if (schema !== undefined) mark(item.name, SemanticTokenTypes.property);
      if (item.value !== undefined) visitValue(item.value, schema, mark);
      continue;
    }
    const blocks = [...outer, item];
    const schema = schemaOf(blocks);
    if (schema !== undefined) mark(item.name, SemanticTokenTypes.keyword);
    for (const label of item.labels) {
      if (schema?.label === 'name') mark(label, SemanticTokenTypes.class);
      else if (typeof schema?.label === 'object' && 'variants' in schema.label) {
        if (schema.label.variants.includes(label.text)) mark(label, SemanticTokenTypes.enumMember);
      } else if (atomicNumber(label.text) !== undefined) mark(label, SemanticTokenTypes.type);
    }
    visit(item.items, blocks, marked);
  }
}

function visitValue(value: Value, schema: AttributeSchema | undefined, mark: (span: Span, type: Type) => void): void {
  switch (value.kind) {
    case 'list':
      for (const item of value.items) visitValue(item, schema, mark);
      return;
    case 'call':
      if (Object.hasOwn(functions, value.callee.text)) mark(value.callee, SemanticTokenTypes.function);
      for (const argument of value.arguments) visitValue(argument, schema, mark);
      return;
    case 'name':
      if (schema?.type === 'elements') {
        if (atomicNumber(value.text) !== undefined) mark(value, SemanticTokenTypes.type);
      } else if (schema?.type === 'reference') mark(value, SemanticTokenTypes.class);
      else if (schema !== undefined) mark(value, SemanticTokenTypes.enumMember);
      return;
    case 'number':
    case 'string':
    case 'range':
  }
}
