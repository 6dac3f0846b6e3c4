/**
 * What has a name in a `.potential` file, and all the places where the name stands: labels of top-level blocks with the attributes
 * that refer to them, each kind of block a namespace of its own, and the elements of a potential.
 */
import {
  itemsOf,
  type Attribute,
  type Block,
  type Item,
  type Label,
  type Span,
  type SyntaxTree,
  type Value,
} from '../language/syntax/tree';
import { attributeSchema, nodeAt, schemaAt, schemaOf, type Blocks, type Node } from './context';

/** A name of the file: a label in the namespace of one kind of block. */
export interface Name {
  readonly kind: string;
  readonly text: string;
}

export interface Declaration extends Name {
  readonly block: Block;
  readonly label: Label;
}

/** A name with all its places in a file, of either language. */
export interface Occurrences extends Name {
  /** In the order of the text. */
  readonly places: readonly Occurrence[];
  /** Other names of its kind, which it can't become. */
  readonly taken: readonly string[];
}

export interface Occurrence extends Span {
  /** What it is the name of, where it is declared; undefined where it is used. */
  readonly declares?: Span;
}

/** The kind of names that are elements. */
export const ELEMENT = 'element';

const isNamed = (block: string): boolean => schemaAt([block])?.label === 'name';

/** In the order of the file; `kind` and `text` restrict them to one kind of block and one name. */
export function declarationsOf(tree: SyntaxTree, kind?: string, text?: string): Declaration[] {
  const isMeant = (item: Item): item is Block =>
    item.kind === 'block' &&
    item.labels.length > 0 &&
    (kind ?? item.name.text) === item.name.text &&
    (text ?? item.labels[0].text) === item.labels[0].text &&
    isNamed(item.name.text);
  return tree.sections
    .filter(({ section }) => section.items.some(isMeant))
    .flatMap(({ items }) => items.filter(isMeant))
    .map((block) => ({ kind: block.name.text, text: block.labels[0].text, block, label: block.labels[0] }));
}

/** The name at the offset with all its places; undefined where nothing has a name. */
export function occurrencesAt(tree: SyntaxTree, offset: number): Occurrences | undefined {
  const node = nodeAt(tree, offset);
  if (node === undefined) return undefined;
  const name = nameAt(node);
  if (name === undefined) return elementAt(tree, node);
  const { kind, text } = name;
  const declared = declarationsOf(tree, kind);
  const places: Occurrence[] = declared
    .filter((declaration) => declaration.text === text)
    .map(({ block, label: { start, end } }) => ({ start, end, declares: block }));
  places.push(...referencesTo(tree, name));
  return { kind, text, places: places.sort(byStart), taken: declared.map((one) => one.text).filter((t) => t !== text) };
}

const byStart = (a: Span, b: Span): number => a.start - b.start;

/** Attributes of top-level blocks whose value is the name. */
function referencesTo(tree: SyntaxTree, name: Name): Span[] {
  return tree.file.items.flatMap((block) => {
    if (block.kind !== 'block') return [];
    return block.items.flatMap((attribute) => {
      if (attribute.kind !== 'attribute') return [];
      const schema = attributeSchema([block], attribute.name.text);
      const { value } = attribute;
      if (schema?.type !== 'reference' || schema.to !== name.kind) return [];
      if ((value?.kind !== 'name' && value?.kind !== 'string') || value.text !== name.text) return [];
      return [{ start: value.start, end: value.end }];
    });
  });
}

/** The name that a node declares or refers to. */
export function nameAt(node: Node): Name | undefined {
  if (node.kind === 'label') {
    const [block] = node.blocks;
    const isName = node.blocks.length === 1 && node.index === 0 && isNamed(block.name.text);
    return isName ? { kind: block.name.text, text: node.label.text } : undefined;
  }
  if (node.kind !== 'value' || (node.value.kind !== 'name' && node.value.kind !== 'string')) return undefined;
  const schema = attributeSchema(node.blocks, node.attribute.name.text);
  return schema?.type === 'reference' ? { kind: schema.to, text: node.value.text } : undefined;
}

/** An element in the potential that it is an element of, and in the simulations with it. */
function elementAt(tree: SyntaxTree, node: Node): Occurrences | undefined {
  const symbol =
    node.kind === 'label' && hasElementLabels(node.blocks) && node.label.text !== '*'
      ? node.label.text
      : node.kind === 'value' && node.value.kind === 'name' && isElementList(node.blocks, node.attribute)
        ? node.value.text
        : undefined;
  if (symbol === undefined) return undefined;
  const places: Occurrence[] = [];
  const others = new Set<string>();
  const found = ({ start, end, text }: Span & { readonly text: string }, declares?: Span): void => {
    if (text === symbol) places.push(declares === undefined ? { start, end } : { start, end, declares });
    else others.add(text);
  };
  const visit = (items: readonly Item[], outer: Blocks): void => {
    for (const item of items) {
      if (item.kind === 'attribute') {
        if (!isElementList(outer, item) || item.value === undefined) continue;
        for (const value of valuesIn(item.value)) if (value.kind === 'name') found(value, item);
        continue;
      }
      const blocks = [...outer, item];
      if (hasElementLabels(blocks)) for (const label of item.labels) found(label);
      visit(item.items, blocks);
    }
  };
  visit(blocksWithElementsOf(tree, node.blocks[0]), []);
  return { kind: ELEMENT, text: symbol, places, taken: [...others] };
}

/** A potential and the simulations that name it, of either; alone a block that belongs to none. */
export function blocksWithElementsOf(tree: SyntaxTree, block: Block): Block[] {
  const simulations = ['md', 'umbrella'].flatMap((kind) => declarationsOf(tree, kind).map((one) => one.block));
  const name = block.name.text === 'potential' ? block.labels.at(0)?.text : nameIn(block, 'potential');
  if (name === undefined || simulations.length === 0) return [block];
  const own = [
    ...declarationsOf(tree, 'potential', name).map((one) => one.block),
    ...simulations.filter((one) => nameIn(one, 'potential') === name),
  ].sort(byStart);
  return own.some(({ start }) => start === block.start) ? own : [block];
}

/** The name that an attribute of a block refers to. */
function nameIn({ items }: Block, attribute: string): string | undefined {
  const item = items.find((one) => one.kind === 'attribute' && one.name.text === attribute);
  const value = item?.kind === 'attribute' ? item.value : undefined;
  return value?.kind === 'name' || value?.kind === 'string' ? value.text : undefined;
}

function hasElementLabels(blocks: Blocks): boolean {
  const rule = schemaOf(blocks)?.label;
  return typeof rule === 'object' && 'elements' in rule;
}

const isElementList = (blocks: Blocks, { name }: Attribute): boolean =>
  attributeSchema(blocks, name.text)?.type === 'elements';

const valuesIn = (value: Value): readonly Value[] => (value.kind === 'list' ? value.items.flatMap(valuesIn) : [value]);

/** The paths and globs that a dataset block names, right or not in all else. */
export function pathsOf({ items }: Block): string[] {
  const files = items.find((item) => item.kind === 'attribute' && item.name.text === 'files');
  const value = files?.kind === 'attribute' ? files.value : undefined;
  const values = itemsOf(value);
  return values.flatMap((item) => (item.kind === 'string' ? [item.text] : []));
}

/** The datasets that a potential is trained on or evaluated with; without any such action all of the file. */
export function datasetsOf(tree: SyntaxTree, potential: Block): Block[] {
  const label = potential.labels.at(0)?.text;
  const named = new Set(
    ['train', 'evaluate']
      .flatMap((kind) => declarationsOf(tree, kind))
      .filter(({ block }) => nameIn(block, 'potential') === label)
      .map(({ block }) => nameIn(block, 'dataset')),
  );
  const all = declarationsOf(tree, 'dataset');
  const used = all.filter(({ text }) => named.has(text));
  return (used.length > 0 ? used : all).map(({ block }) => block);
}
