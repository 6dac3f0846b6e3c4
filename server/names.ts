/** Labels of top-level blocks and where they are referred to. */
import type { Block, Item, Label, NameValue, StringValue, SyntaxTree } from '../language/syntax/tree';
import { attributeSchema, schemaAt, type Node } from './context';

/** A name of the file: a label in the namespace of one kind of block. */
export interface Name {
  readonly kind: string;
  readonly text: string;
}

export interface Declaration extends Name {
  readonly block: Block;
  readonly label: Label;
}

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

/** Attributes of top-level blocks whose value is the name. */
export function referencesTo(tree: SyntaxTree, name: Name): (NameValue | StringValue)[] {
  return tree.file.items.flatMap((block) => {
    if (block.kind !== 'block') return [];
    return block.items.flatMap((attribute) => {
      if (attribute.kind !== 'attribute') return [];
      const schema = attributeSchema([block], attribute.name.text);
      const { value } = attribute;
      if (schema?.type !== 'reference' || schema.to !== name.kind) return [];
      return (value?.kind === 'name' || value?.kind === 'string') && value.text === name.text ? [value] : [];
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

/** The paths and globs that a dataset block names, right or not in all else. */
export function pathsOf({ items }: Block): string[] {
  const files = items.find((item) => item.kind === 'attribute' && item.name.text === 'files');
  const value = files?.kind === 'attribute' ? files.value : undefined;
  const values = value?.kind === 'list' ? value.items : value === undefined ? [] : [value];
  return values.flatMap((item) => (item.kind === 'string' ? [item.text] : []));
}

/** The datasets that a potential is trained on or evaluated with; without any such action all of the file. */
export function datasetsOf(tree: SyntaxTree, potential: Block): Block[] {
  const nameIn = (block: Block, attribute: string): string | undefined => {
    const item = block.items.find((one) => one.kind === 'attribute' && one.name.text === attribute);
    const value = item?.kind === 'attribute' ? item.value : undefined;
    return value?.kind === 'name' || value?.kind === 'string' ? value.text : undefined;
  };
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
