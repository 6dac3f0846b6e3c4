/**
 * What is at an offset of a document.
 *
 * `nodeAt` answers for text that is there (hover, definition, rename). `contextAt` answers for text that is being typed
 * (completion): it reads the tokens to the left, so that it doesn't depend on how the parser mends half a line; those of
 * the section around the offset, as no item goes beyond one.
 * Pure; total for every offset of every text.
 */
import { isTerminated } from '../language/syntax/lexer';
import { inVariant } from '../language/schema/variants';
import { vocabulary } from '../language/schema/vocabulary';
import type { AttributeSchema, BlockSchema, OwnedAttribute } from '../language/schema/types';
import { itemsNear, sectionAt, tokensNear } from '../language/syntax/sections';
import type { Attribute, Block, Item, Label, Span, SyntaxTree, Token, Unit, Value } from '../language/syntax/tree';

/** The blocks around something, outermost first. */
export type Blocks = readonly Block[];

export type Node =
  | { readonly kind: 'block'; readonly blocks: Blocks; readonly span: Span }
  | {
      readonly kind: 'label';
      readonly blocks: Blocks;
      readonly label: Label;
      readonly index: number;
      readonly span: Span;
    }
  | { readonly kind: 'attribute'; readonly blocks: Blocks; readonly attribute: Attribute; readonly span: Span }
  | {
      readonly kind: 'value';
      readonly blocks: Blocks;
      readonly attribute: Attribute;
      readonly value: Value;
      readonly span: Span;
    }
  | {
      readonly kind: 'unit';
      readonly blocks: Blocks;
      readonly attribute: Attribute;
      readonly unit: Unit;
      /** What the unit belongs to. */
      readonly value: Value;
      readonly span: Span;
    };

const topLevel: Readonly<Record<string, BlockSchema>> = vocabulary;

const own = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;

/** The schemas of the blocks that may stand inside `blocks`; at the top level those of the file. */
export function innerSchemas(blocks: Blocks): Readonly<Record<string, BlockSchema>> {
  return blocks.length === 0 ? topLevel : (schemaOf(blocks)?.blocks ?? {});
}

/** The schema of the innermost of `blocks`; undefined if one of them is unknown, and at the top level. */
export function schemaOf(blocks: Blocks): BlockSchema | undefined {
  return schemaAt(blocks.map((block) => block.name.text));
}

export function schemaAt(path: readonly string[]): BlockSchema | undefined {
  let inner: Readonly<Record<string, BlockSchema>> | undefined = topLevel;
  let schema: BlockSchema | undefined;
  for (const name of path) {
    schema = own(inner, name);
    inner = schema?.blocks;
  }
  return schema;
}

export function attributeSchema(blocks: Blocks, name: string): AttributeSchema | undefined {
  const attribute: OwnedAttribute | undefined = own(schemaOf(blocks)?.attributes, name);
  return attribute && inVariant(attribute, blocks.at(-1)?.labels.at(0)?.text);
}

const textOf = (tree: SyntaxTree, span: Span): string => tree.text.slice(span.start, span.end);

const touches = (span: Span, offset: number): boolean => span.start <= offset && offset <= span.end;

/** The smallest named thing that the offset touches. */
export function nodeAt(tree: SyntaxTree, offset: number): Node | undefined {
  return nodeIn(sectionAt(tree, offset).items, [], offset);
}

function nodeIn(items: readonly Item[], blocks: Blocks, offset: number): Node | undefined {
  for (const item of items) {
    if (!touches(item, offset)) continue;
    const found = item.kind === 'block' ? nodeInBlock(item, blocks, offset) : nodeInAttribute(item, blocks, offset);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nodeInBlock(block: Block, outer: Blocks, offset: number): Node | undefined {
  const blocks = [...outer, block];
  if (touches(block.name, offset)) return { kind: 'block', blocks, span: block.name };
  const index = block.labels.findIndex((label) => touches(label, offset));
  if (index >= 0) return { kind: 'label', blocks, label: block.labels[index], index, span: block.labels[index] };
  return nodeIn(itemsNear(block, offset), blocks, offset);
}

function nodeInAttribute(attribute: Attribute, blocks: Blocks, offset: number): Node | undefined {
  if (touches(attribute.name, offset)) return { kind: 'attribute', blocks, attribute, span: attribute.name };
  let value = attribute.value;
  if (value === undefined || !touches(value, offset)) return undefined;
  for (;;) {
    if ('unit' in value && value.unit !== undefined && touches(value.unit, offset))
      return { kind: 'unit', blocks, attribute, unit: value.unit, value, span: value.unit };
    const children: readonly Value[] =
      value.kind === 'list' ? value.items : value.kind === 'call' ? value.arguments : [];
    const child = children.find((inner) => touches(inner, offset));
    if (child === undefined) return { kind: 'value', blocks, attribute, value, span: value };
    value = child;
  }
}

/** The blocks whose braces the offset is between; a block that lacks its closing brace ends where the next item begins. */
export function blocksAt(tree: SyntaxTree, offset: number): Blocks {
  const blocks: Block[] = [];
  let { items } = sectionAt(tree, offset);
  let end = tree.text.length;
  for (;;) {
    const index = items.findLastIndex(
      (item) => item.start <= offset && item.kind === 'block' && item.open !== undefined && item.open.end <= offset,
    );
    const block = items[index];
    if (index < 0 || block.kind !== 'block') return blocks;
    end = block.close?.start ?? Math.min(end, items[index + 1]?.start ?? end);
    if (offset > end) return blocks;
    blocks.push(block);
    items = itemsNear(block, offset);
  }
}

/** Where in an item the offset is. */
export type Place =
  /** In a comment, or where nothing can be said. */
  | { readonly kind: 'none' }
  /** At the name of an attribute or block; `followed` by what makes it one, so that only the name is missing. */
  | { readonly kind: 'item'; readonly followed: boolean }
  /** Behind a block's name and `labels` already given. */
  | { readonly kind: 'label'; readonly name: string; readonly labels: readonly string[] }
  | {
      readonly kind: 'value';
      readonly attribute: string;
      /** How deep in brackets, and in the arguments of which function. */
      readonly depth: number;
      readonly callee: string | undefined;
      /** The items of the present list that are already there. */
      readonly given: readonly string[];
      /** Inside quotes: the text from the opening quote to the offset. */
      readonly quoted: string | undefined;
    }
  /** Behind a number, list or call. `tight`: a space is due before the unit. */
  | { readonly kind: 'unit'; readonly attribute: string; readonly value: number | undefined; readonly tight: boolean };

export interface Context {
  readonly blocks: Blocks;
  readonly place: Place;
  /** What a completion replaces. */
  readonly span: Span;
}

export function contextAt(tree: SyntaxTree, offset: number): Context {
  const blocks = blocksAt(tree, offset);
  const here: Span = { start: offset, end: offset };
  const none: Context = { blocks, place: { kind: 'none' }, span: here };
  const item = itemBefore(tree, blocks.at(-1)?.open?.end ?? 0, offset);
  if (item === undefined) return none;
  const last = item.at(-1);
  const current = last !== undefined && isWordAt(tree, last, offset) ? last : undefined;
  const before = current === undefined ? item : item.slice(0, -1);
  const span = current ?? here;
  if (before.length === 0) {
    if (current !== undefined && current.kind !== 'name') return none;
    return { blocks, place: { kind: 'item', followed: isFollowed(tree, span.end) }, span };
  }
  const name = textOf(tree, before[0]);
  if (before.length > 1 && textOf(tree, before[1]) === '=') {
    const { place, start = span.start } = placeInValue(tree, name, before.slice(2), current, offset);
    // A completion replaces text of one line only.
    if (/[\r\n]/.test(tree.text.slice(start, offset))) return none;
    return { blocks, place, span: { start, end: span.end } };
  }
  if (before[0].kind !== 'name' || own(innerSchemas(blocks), name) === undefined) return none;
  const labels = before.slice(1).map((token) => textOf(tree, token));
  return { blocks, place: { kind: 'label', name, labels }, span };
}

/** Index of the first token that ends behind `offset`. */
function tokenAfter(tokens: readonly Token[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle].end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The significant tokens of the item that is being typed at `offset`; undefined in a comment. */
function itemBefore(tree: SyntaxTree, from: number, offset: number): Token[] | undefined {
  const tokens = tokensNear(tree, offset);
  let item: Token[] = [];
  let brackets = 0;
  for (let i = tokenAfter(tokens, from); i < tokens.length && tokens[i].start < offset; i++) {
    const token = tokens[i];
    switch (token.kind) {
      case 'space':
        break;
      case 'comment':
        if (offset <= token.end) return undefined;
        break;
      case 'newline':
        if (brackets === 0 || beginsItem(tree, tokens, i + 1)) {
          item = [];
          brackets = 0;
        }
        break;
      default: {
        const text = token.kind === 'symbol' ? textOf(tree, token) : '';
        if (text === '{' || text === '}' || text === ';') {
          item = [];
          brackets = 0;
          break;
        }
        if (text === '[' || text === '(') brackets++;
        if (text === ']' || text === ')') brackets = Math.max(0, brackets - 1);
        item.push(token);
      }
    }
  }
  return item;
}

/** Whether `name =` or `name … {` stands at token `index`: then an open list above is one that somebody forgot to close. */
function beginsItem(tree: SyntaxTree, tokens: readonly Token[], index: number): boolean {
  let i = index;
  while (i < tokens.length && ['space', 'name', 'string'].includes(tokens[i].kind)) i++;
  const follower = i < tokens.length ? textOf(tree, tokens[i]) : '';
  return (follower === '=' || follower === '{') && tokens.slice(index, i).some(({ kind }) => kind === 'name');
}

function isWordAt(tree: SyntaxTree, token: Token, offset: number): boolean {
  if (offset > token.end) return false;
  if (token.kind === 'name' || token.kind === 'number') return true;
  if (token.kind !== 'string') return false;
  return offset < token.end || !isTerminated(textOf(tree, token));
}

/** Whether what makes a name an attribute or block follows on its line. */
function isFollowed(tree: SyntaxTree, end: number): boolean {
  const tokens = tokensNear(tree, end);
  for (let i = tokenAfter(tokens, end); i < tokens.length; i++) {
    if (tokens[i].kind === 'space') continue;
    const text = textOf(tree, tokens[i]);
    return text === '=' || text === '{' || tokens[i].kind === 'name' || tokens[i].kind === 'string';
  }
  return false;
}

interface Frame {
  readonly callee: string | undefined;
  readonly given: string[];
}

function placeInValue(
  tree: SyntaxTree,
  attribute: string,
  tokens: readonly Token[],
  current: Token | undefined,
  offset: number,
): { place: Place; start?: number } {
  const frames: Frame[] = [{ callee: undefined, given: [] }];
  let complete = false;
  let takesUnit = false;
  let unitStart: number | undefined;
  let number: number | undefined;
  let previousName: string | undefined;
  // Where a word with slashes begins (`kcal/mol` is one word where a word is expected).
  let wordStart: number | undefined;
  for (const token of tokens) {
    const text = textOf(tree, token);
    const frame = frames[frames.length - 1];
    if (complete && takesUnit && !/^[\])[(,]$|^\.\.$/.test(text)) {
      unitStart ??= token.start;
      continue;
    }
    if (token.kind === 'number') {
      [complete, takesUnit, number] = [true, true, Number(text)];
      frame.given.push(text);
    } else if (token.kind === 'symbol') {
      if (text === '[' || text === '(') {
        frames.push({ callee: text === '(' ? previousName : undefined, given: [] });
        [complete, takesUnit, number] = [false, false, undefined];
      } else if (text === ']' || text === ')') {
        if (frames.length > 1) frames.pop();
        [complete, takesUnit] = [true, true];
      } else if (text === ',' || text === '..') [complete, takesUnit] = [false, false];
      else if (text === '/' && complete && previousName !== undefined) {
        complete = false;
        continue;
      }
      [unitStart, wordStart] = [undefined, undefined];
    } else {
      [complete, takesUnit] = [true, false];
      wordStart ??= token.start;
      frame.given.push(text);
      previousName = token.kind === 'name' ? text : undefined;
    }
  }
  const { callee, given } = frames[frames.length - 1];
  if (current?.kind === 'string') {
    const quoted = tree.text.slice(current.start + 1, offset);
    return { place: { kind: 'value', attribute, depth: frames.length - 1, callee, given, quoted } };
  }
  if (complete && takesUnit) {
    const start = unitStart ?? current?.start ?? offset;
    const tight = start === offset && !/\s/.test(tree.text[offset - 1] ?? ' ');
    return { place: { kind: 'unit', attribute, value: number, tight }, start };
  }
  if (complete) return { place: { kind: 'none' } };
  if (current?.kind === 'number') {
    const value = Number(textOf(tree, current));
    // A unit can be asked for only behind the number.
    return offset === current.end
      ? { place: { kind: 'unit', attribute, value, tight: true }, start: offset }
      : { place: { kind: 'none' } };
  }
  const place: Place = { kind: 'value', attribute, depth: frames.length - 1, callee, given, quoted: undefined };
  return { place, start: wordStart };
}
