/**
 * Blocks and attributes against the vocabulary: unknown words (PD0002), words that are still to come (PD0007), what is
 * repeated (PD0003), missing (PD0004) or deprecated (PD0006), labels (PD0008, PD0009), and attributes of another variant (PD0010).
 */
import { isPlannedChoice, isPlannedWord } from '../schema/planned';
import type { AttributeSchema, BlockSchema, Deprecation, OwnedAttribute } from '../schema/types';
import { belongsTo, deprecationOf, inVariant } from '../schema/variants';
import { vocabulary } from '../schema/vocabulary';
import { moved, placed, visitItems } from '../syntax/sections';
import type { Attribute, Block, Item, Label, Section } from '../syntax/tree';
import { checkElementLabels } from './elements';
import { uniqueLabel } from './names';
import { nearest } from './nearest';
import {
  alternatives,
  deletion,
  insert,
  insertion,
  movedFinding,
  PlacedReading,
  replace,
  reportTwice,
  textOf,
  type AttributeReading,
  type BlockReading,
  type Context,
  type Finding,
  type Names,
} from './reading';
import { readAttribute } from './values';

const TOP_LEVEL: BlockSchema = { label: 'none', documentation: '', attributes: {}, blocks: vocabulary };

/** What is said of a block by itself as soon as it is read. */
export type BlockCheck = (context: Context, reading: BlockReading) => void;

/** Reads the top-level blocks of a section, and checks each block that is in it with `checkBlock`. */
export function readBlocks(context: Context, checkBlock: BlockCheck): BlockReading[] {
  return readItems({ ...context, checkBlock }, context.section, TOP_LEVEL, '', undefined).blocks;
}

interface ReadContext extends Context {
  readonly checkBlock: BlockCheck;
}

interface Items {
  readonly attributes: Map<string, AttributeReading>;
  readonly blocks: BlockReading[];
}

function readItems(
  context: ReadContext,
  container: Block | Section,
  schema: BlockSchema,
  parent: string,
  variant: string | undefined,
): Items {
  const attributes = new Map<string, AttributeReading>();
  const blocks: BlockReading[] = [];
  /** The first of each known name. */
  const seen: Item[] = [];
  let taken: Set<string> | undefined;
  const deprecation = (item: Item): Deprecation | undefined =>
    item.kind === 'block' ? undefined : deprecationOf(schema.attributes[item.name.text], variant);
  /** What a deprecated word means is that, wherever one asks. */
  const wordOf = (item: Item): string => deprecation(item)?.instead ?? item.name.text;
  visitItems(container, (original, part, by) => {
    const name = original.name.text;
    const isBlock = original.kind === 'block';
    const inner = isBlock && Object.hasOwn(schema.blocks ?? {}, name) ? schema.blocks?.[name] : undefined;
    if (isBlock ? inner === undefined : !Object.hasOwn(schema.attributes, name)) {
      taken ??= namesIn(container);
      reportUnknown(context, placed(original, part, by), schema, parent, taken);
      return;
    }
    if (inner?.repeatable !== true) {
      const item = placed(original, part, by);
      const word = wordOf(item);
      const first = seen.find((other) => other.kind === item.kind && wordOf(other) === word);
      if (first !== undefined) {
        reportRepeated(context, item, first);
        return;
      }
      seen.push(item);
    }
    if (original.kind === 'block') {
      if (inner !== undefined) blocks.push(readPlaced(context, original, part, by, inner));
      return;
    }
    const item = moved(original, by);
    const deprecated = deprecation(item);
    if (deprecated !== undefined) reportDeprecated(context, item, deprecated, parent, variant);
    const word = wordOf(item);
    const owned: OwnedAttribute = schema.attributes[word];
    if (owned.only !== undefined && variant !== undefined && !belongsTo(owned, variant))
      reportWrongVariant(context, item, owned.only, parent, variant, 'labels' in container ? container : undefined);
    else attributes.set(word, readAttribute(context, item, inVariant(owned, variant), parent));
  });
  return { attributes, blocks };
}

function hasItem(block: Block, names: readonly (string | undefined)[]): boolean {
  const found: Item[] = [];
  visitItems(block, (item) => names.includes(item.name.text) && found.push(item) > 0);
  return found.length > 0;
}

function namesIn(container: Block | Section): Set<string> {
  const names = new Set<string>();
  visitItems(container, ({ name }) => {
    names.add(name.text);
  });
  return names;
}

interface PartReading {
  readonly schema: BlockSchema;
  readonly reading: BlockReading;
  readonly findings: readonly Finding[];
}

/** Of the blocks of parts: what an edit elsewhere leaves true. */
const partReadings = new WeakMap<Block, PartReading>();

/** Reads a block, if it is one of a part only if nobody has before. */
function readPlaced(
  context: ReadContext,
  original: Block,
  part: Section | undefined,
  by: number,
  schema: BlockSchema,
): BlockReading {
  if (part === undefined) return readBlock(context, original, schema);
  let known = partReadings.get(original);
  if (known?.schema !== schema) {
    const findings: Finding[] = [];
    const inside = { ...context, section: part, report: (finding: Finding) => void findings.push(finding) };
    known = { schema, reading: readBlock(inside, original, schema), findings };
    partReadings.set(original, known);
  }
  for (const finding of known.findings) context.report(movedFinding(finding, by));
  return new PlacedReading(known.reading, part, by);
}

function readBlock(context: ReadContext, block: Block, schema: BlockSchema): BlockReading {
  const name = block.name.text;
  const label = checkLabels(context, block, schema);
  const elements =
    typeof schema.label === 'object' && 'elements' in schema.label ? checkElementLabels(context, block) : [];
  const isVariant = typeof schema.label === 'object' && 'variants' in schema.label;
  const variant = isVariant ? label?.text : undefined;
  const { attributes, blocks } = readItems(context, block, schema, name, variant);
  for (const key of Object.keys(schema.attributes)) {
    const attribute: OwnedAttribute = schema.attributes[key];
    if (attribute.required !== true || block.open === undefined) continue;
    const isDue = attribute.only === undefined || attribute.only.includes(variant ?? '');
    const instead = [key, attribute.unless];
    if (isDue && !attributes.has(key) && !hasItem(block, instead)) reportMissing(context, block, key, attribute);
  }
  const reading = { name, block, schema, label, elements, attributes, blocks };
  context.checkBlock(context, reading);
  return reading;
}

function reportUnknown(
  context: Context,
  item: Item,
  schema: BlockSchema,
  parent: string,
  taken: ReadonlySet<string>,
): void {
  const word = item.name.text;
  const place = parent === '' ? 'at the top level of a file' : `in \`${parent}\``;
  if (isPlannedWord(parent, word)) {
    context.report({
      code: 'PD0007',
      severity: 'error',
      span: item.name,
      message: `\`${word}\` is not available in this version of Nearsight.`,
      fixes: [deletion(context, `Remove \`${word}\``, item)],
    });
    return;
  }
  const isBlock = item.kind === 'block';
  const words = Object.keys(isBlock ? (schema.blocks ?? {}) : schema.attributes);
  const others = Object.keys(isBlock ? schema.attributes : (schema.blocks ?? {}));
  // A word that is there already is not meant once more.
  const free = words.filter((candidate) => !taken.has(candidate) || schema.blocks?.[candidate]?.repeatable === true);
  const meant = nearest(word, free);
  const home = meant === undefined ? homeOf(word) : undefined;
  const hint =
    meant !== undefined
      ? `: did you mean \`${meant}\`?`
      : others.includes(word)
        ? isBlock
          ? `: it is written \`${word} = …\`.`
          : `: it is written \`${word} { … }\`.`
        : home !== undefined
          ? `: it belongs ${home === '' ? 'at the top level' : `into \`${home}\``}.`
          : words.length > 0
            ? `: there ${words.length === 1 ? 'is' : 'are'} ${alternatives(words, 'and')}.`
            : `: only blocks stand there, ${alternatives(others)}.`;
  context.report({
    code: 'PD0002',
    severity: 'error',
    span: item.name,
    message: `There is no ${isBlock ? 'block' : 'attribute'} \`${word}\` ${place}${hint}`,
    fixes: [
      ...(meant === undefined ? [] : [replace(`Write \`${meant}\``, item.name, meant, true)]),
      deletion(context, `Remove \`${word}\``, item),
    ],
  });
}

/** The block in which a word is at home. */
function homeOf(
  word: string,
  blocks: Readonly<Record<string, BlockSchema>> = vocabulary,
  parent = '',
): string | undefined {
  if (Object.hasOwn(blocks, word)) return parent;
  for (const [name, schema] of Object.entries(blocks)) {
    if (Object.hasOwn(schema.attributes, word)) return name;
    const home = homeOf(word, schema.blocks ?? {}, name);
    if (home !== undefined) return home;
  }
  return undefined;
}

function reportRepeated(context: Context, item: Item, first: Item): void {
  const what = `\`${item.name.text}\``;
  const message = `${what} is already given: it may stand here only once.`;
  reportTwice(context, { what, message }, { item, span: item.name }, { item: first, span: first.name });
}

function reportDeprecated(
  context: Context,
  { name }: Attribute,
  { since, instead, of }: Deprecation,
  parent: string,
  variant: string | undefined,
): void {
  const place = of === undefined ? parent : `${parent} ${variant}`;
  context.report({
    code: 'PD0006',
    severity: 'warning',
    span: name,
    message: `In \`${place}\` \`${name.text}\` is called \`${instead}\` since ${since}. The old word still means the same.`,
    fixes: [replace(`Write \`${instead}\``, name, instead, true)],
    deprecated: true,
  });
}

function reportWrongVariant(
  context: Context,
  item: Attribute,
  only: readonly string[],
  parent: string,
  variant: string,
  block: Block | undefined,
): void {
  const label = block?.labels[0];
  context.report({
    code: 'PD0010',
    severity: 'error',
    span: item.name,
    message: `\`${parent} ${variant}\` has no \`${item.name.text}\`: it belongs to ${alternatives(only)}.`,
    fixes: [
      deletion(context, `Remove \`${item.name.text}\``, item),
      ...(label === undefined ? [] : only.map((word) => replace(`Use \`${parent} ${word}\``, label, word))),
    ],
  });
}

function reportMissing(context: Context, block: Block, name: string, schema: AttributeSchema): void {
  context.report({
    code: 'PD0004',
    severity: 'error',
    span: block.name,
    message: `\`${name}\` is missing in \`${block.name.text}\`. ${schema.documentation}`,
    fixes: (names) => {
      const example = exampleOf(names, schema);
      return example === undefined
        ? []
        : insertion(context, block, `Insert \`${name} = ${example}\``, `${name} = ${example}`, true);
    },
  });
}

/** A value that can be inserted; undefined where only the person can know it. */
function exampleOf(names: Names, schema: AttributeSchema): string | undefined {
  switch (schema.type) {
    case 'elements':
      return '[H, O]';
    case 'reference': {
      const first = names.get(schema.to)?.values().next().value;
      return first?.reading.label && textOf(first, first.reading.label);
    }
    case 'choice':
    case 'choice_or_key':
      return schema.default ?? Object.keys(schema.values)[0];
    case 'flag':
      return 'true';
    case 'data_key':
      return 'auto';
    default:
      return schema.example;
  }
}

/** The label that names a block or says its variant, if it is good. */
function checkLabels(context: Context, block: Block, schema: BlockSchema): Label | undefined {
  const name = block.name.text;
  const { labels } = block;
  const rule = schema.label;
  if (typeof rule === 'object' && 'elements' in rule) {
    const { minimum, maximum, required } = rule.elements;
    if (required === true && labels.length !== 1) {
      context.report({
        code: 'PD0009',
        severity: 'error',
        span: block.name,
        message: `\`${name}\` must say of which element: \`${name} H { … }\`.`,
        fixes:
          labels.length === 0
            ? []
            : [replace('Remove the surplus', { start: labels[0].end, end: labels[labels.length - 1].end }, '')],
      });
      return undefined;
    }
    if (labels.length > 0 && (labels.length < minimum || labels.length > maximum)) {
      const surplus =
        labels.length > maximum ? { start: labels[maximum].start, end: labels[labels.length - 1].end } : undefined;
      const all = { start: labels[0].start, end: labels[labels.length - 1].end };
      context.report({
        code: 'PD0009',
        severity: 'error',
        span: surplus ?? all,
        message: `\`${name}\` is for ${minimum === 1 ? 'one element' : `${minimum === maximum ? minimum : `${minimum} to ${maximum}`} elements, the centre first`}, or without any for all of them.`,
        fixes: [replace('For all elements', { start: block.name.end, end: all.end }, '')],
      });
    }
    return undefined;
  }
  const allowed = rule === 'none' ? 0 : 1;
  if (labels.length > allowed) {
    const span = { start: labels[allowed].start, end: labels[labels.length - 1].end };
    const after = allowed === 0 ? block.name.end : labels[0].end;
    context.report({
      code: 'PD0009',
      severity: 'error',
      span,
      message:
        allowed === 0 ? `\`${name}\` has no label.` : `\`${name}\` has one label; names of several words need quotes.`,
      fixes: (names) => [
        replace('Remove the surplus', { start: after, end: span.end }, ''),
        ...(rule === 'name'
          ? [
              replace(
                'Make it one name',
                { start: labels[0].start, end: span.end },
                uniqueLabel(names, name, labels.map(({ text }) => text).join('_')),
              ),
            ]
          : []),
      ],
    });
  }
  const label = labels.at(0);
  if (rule === 'none') return undefined;
  if (rule === 'text' && label !== undefined) return label;
  if (rule === 'name' || rule === 'text') {
    if (label === undefined) {
      context.report({
        code: 'PD0009',
        severity: 'error',
        span: block.name,
        message: `This ${name} needs a name: \`${name} water { … }\`.`,
        fixes: (names) => {
          const proposal = uniqueLabel(names, name, `${name}_1`);
          return [insert(`Name it \`${proposal}\``, block.name.end, ` ${proposal}`, true)];
        },
      });
    } else if (!isGoodName(label.text)) {
      context.report({
        code: 'PD0009',
        severity: 'error',
        span: label,
        message: NAME_RULE,
        fixes: (names) => {
          const proposal = uniqueLabel(names, name, label.text);
          return [replace(`Name it \`${proposal}\``, label, proposal, true)];
        },
      });
      return undefined;
    }
    return label;
  }
  return checkVariant(context, block, label, rule.variants);
}

function checkVariant(
  context: Context,
  block: Block,
  label: Label | undefined,
  variants: readonly string[],
): Label | undefined {
  const name = block.name.text;
  if (label === undefined) {
    context.report({
      code: 'PD0009',
      severity: 'error',
      span: block.name,
      message: `\`${name}\` must say which: ${alternatives(variants.map((variant) => `${name} ${variant}`))}.`,
      fixes: variants.map((variant, i) =>
        insert(`Write \`${name} ${variant}\``, block.name.end, ` ${variant}`, i === 0),
      ),
    });
    return undefined;
  }
  if (variants.includes(label.text)) return label;
  const planned = isPlannedChoice(name, label.text);
  const meant = planned ? undefined : nearest(label.text, variants);
  const ordered = meant === undefined ? variants : [meant, ...variants.filter((variant) => variant !== meant)];
  context.report({
    code: planned ? 'PD0007' : 'PD0008',
    severity: 'error',
    span: label,
    message: planned
      ? `\`${name} ${label.text}\` is not available in this version of Nearsight: there is ${alternatives(variants)}.`
      : `There is no \`${name} ${label.text}\`: ${meant === undefined ? `there is ${alternatives(variants)}` : `did you mean \`${meant}\``}${meant === undefined ? '.' : '?'}`,
    fixes: ordered.map((variant, i) => replace(`Write \`${variant}\``, label, variant, i === 0 && meant !== undefined)),
  });
  return undefined;
}

/** Names end up in the names of run folders: nothing may lead out of them. */
/** What names of top-level blocks are. */
export const NAME_RULE =
  'A name becomes part of a folder’s name: at most 64 letters, digits, spaces and `_ - + . ,`, not beginning with a dot or space.';

export function isGoodName(text: string): boolean {
  return /^[\p{L}\p{N}_+,-][\p{L}\p{M}\p{N}_+,. -]*$/u.test(text) && text.length <= 64 && !/[. ]$/u.test(text);
}
