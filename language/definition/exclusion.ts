/** The edit that leaves frames out of a dataset: `exclude = ["water.xyz:12", "water.xyz:40-52"]`. */
import type { TextEdit } from '../diagnostic';
import { insertionInto } from '../check/reading';
import { parseFrameRange, writeFrameRanges, type FrameRange } from '../schema/frame-ranges';
import { quote } from '../syntax/lexer';
import { parse } from '../syntax/parser';
import { itemsOf, type Attribute, type Block, type Item, type Section } from '../syntax/tree';

/**
 * The dataset that an action of the file names, or that of the training which an exploration repeats; undefined if there
 * is no such action, or it names none.
 */
export function datasetOf(text: string, kind: string, label: string): string | undefined {
  const { items } = parse(text).file;
  const action = findBlock(items, kind, label);
  const training = kind === 'explore' ? labelIn(action, 'train') : undefined;
  return labelIn(training === undefined ? action : findBlock(items, 'train', training), 'dataset');
}

/**
 * The edit that leaves these frames out of a dataset, beside those that it leaves out already.
 * @returns undefined if the text has no such dataset
 */
export function excludeFrames(text: string, dataset: string, ranges: readonly FrameRange[]): TextEdit | undefined {
  for (const { section, start } of parse(text).sections) {
    const block = findBlock(section.items, 'dataset', dataset);
    if (block === undefined) continue;
    const edit = exclusionFrom(section, block, ranges);
    return edit && { span: { start: edit.span.start + start, end: edit.span.end + start }, text: edit.text };
  }
  return undefined;
}

/** The same for a `dataset` block, in the spans of its section; undefined if its braces are not there. */
export function exclusionFrom(section: Section, block: Block, ranges: readonly FrameRange[]): TextEdit | undefined {
  const value = attributeOf(block, 'exclude')?.value;
  const list = `[${writeFrameRanges([...excludedFrom(block), ...ranges])
    .map(quote)
    .join(', ')}]`;
  return value === undefined
    ? insertionInto({ section }, block, `exclude = ${list}`)
    : { span: { start: value.start, end: value.end }, text: list };
}

/** What a `dataset` block leaves out already. */
export function excludedFrom(block: Block): readonly FrameRange[] {
  return itemsOf(attributeOf(block, 'exclude')?.value).flatMap((item) =>
    item.kind === 'string' ? (parseFrameRange(item.text) ?? []) : [],
  );
}

const findBlock = (items: readonly Item[], name: string, label: string): Block | undefined =>
  items.find(
    (item): item is Block => item.kind === 'block' && item.name.text === name && item.labels.at(0)?.text === label,
  );

/** The label that an attribute of a block refers to. */
function labelIn(block: Block | undefined, name: string): string | undefined {
  const value = block && attributeOf(block, name)?.value;
  return value?.kind === 'name' || value?.kind === 'string' ? value.text : undefined;
}

const attributeOf = (block: Block, name: string): Attribute | undefined =>
  block.items.find((item): item is Attribute => item.kind === 'attribute' && item.name.text === name);
