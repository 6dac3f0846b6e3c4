/**
 * textDocument/completion: what may stand at an offset, most useful first. The documentation of an item is added only
 * when the client asks for it (`resolveCompletion`).
 */
import {
  CompletionItemKind,
  InsertTextFormat,
  MarkupKind,
  type Command,
  type CompletionItem,
} from 'vscode-languageserver';
import type { DataFacts } from '../../language/check/facts';
import { elements } from '../../language/elements';
import type {
  AttributeSchema,
  BlockSchema,
  DataKeyType,
  QuantitiesType,
  QuantityType,
} from '../../language/schema/types';
import { unitsFor } from '../../language/schema/units';
import { belongsTo, deprecationOf, inVariant } from '../../language/schema/variants';
import { isName, quote as quoteText } from '../../language/syntax/lexer';
import type { Attribute, Span } from '../../language/syntax/tree';
import { rangeOf, type Analysis } from '../analysis';
import { attributeSchema, contextAt, innerSchemas, schemaOf, type Blocks, type Context, type Place } from '../context';
import { defaultOf, document, functions, labelSignature, typeOf, type Topic } from '../documentation';
import { blocksWithElementsOf, datasetsOf, declarationsOf, pathsOf } from '../names';

export interface CompletionOptions {
  /** The client understands `${1:placeholders}`. */
  readonly snippets: boolean;
  /** The character whose typing asked for completion, if that was what asked. */
  readonly trigger?: string;
}

/** Characters that open a list by themselves. */
export const TRIGGER_CHARACTERS = [' ', '=', '[', ',', '"', '/'];
const MAXIMUM_FILES = 500;

/** What one place offers; turned into a CompletionItem by `itemOf`. */
export interface Proposal {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  /** Snippet syntax. */
  readonly snippet?: string;
  /** Without snippet syntax; the label if absent. */
  readonly insert?: string;
  readonly topic?: Topic;
  readonly documentation?: string;
  /** Lower comes first. */
  readonly rank?: number;
  readonly preselect?: boolean;
  /** Ask again at once: there is something to choose behind it. */
  readonly goOn?: boolean;
}

export function completionsAt(analysis: Analysis, offset: number, options: CompletionOptions): CompletionItem[] {
  const context = contextAt(analysis.tree, offset);
  if (options.trigger !== undefined && !opensList(context.place)) return [];
  const proposals = proposalsFor(analysis, context);
  const range = rangeOf(analysis.document, replacedSpan(analysis, context));
  return proposals.map((proposal, index) => itemOf(proposal, index, range, options));
}

/** Adds the documentation to an item that `completionsAt` made; `item.data` comes from the client. */
export function resolveCompletion(item: CompletionItem): CompletionItem {
  const topic = topicOf(item.data);
  const value = topic === undefined ? undefined : document(topic);
  return value === undefined ? item : { ...item, documentation: { kind: MarkupKind.Markdown, value } };
}

function topicOf(data: unknown): Topic | undefined {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return undefined;
  const path = 'path' in data && Array.isArray(data.path) ? data.path.filter((part) => typeof part === 'string') : [];
  const name = 'name' in data && typeof data.name === 'string' ? data.name : '';
  switch (data.kind) {
    case 'block':
      return { kind: 'block', path };
    case 'attribute':
      return { kind: 'attribute', path, name };
    case 'function':
      return { kind: 'function', name };
    case 'keyword':
      return { kind: 'keyword', name, dialect: 'dialect' in data && data.dialect === 'runner' ? 'runner' : 'n2p2' };
    case 'function_type':
      return 'type' in data && typeof data.type === 'number' ? { kind: 'function_type', type: data.type } : undefined;
    case 'element':
      return 'symbol' in data && typeof data.symbol === 'string' ? { kind: 'element', symbol: data.symbol } : undefined;
    default:
      return undefined;
  }
}

/** A typed space, comma or `=` asks only where a value, label or unit is due. */
const opensList = (place: Place): boolean => place.kind === 'value' || place.kind === 'label' || place.kind === 'unit';

function replacedSpan({ tree }: Analysis, { place, span }: Context): Span {
  if (place.kind !== 'value' || place.quoted === undefined) return span;
  // Between the quotes: from the last slash on, so that one folder is completed at a time.
  const text = tree.text.slice(span.start, span.end);
  const start = span.start + 1 + place.quoted.lastIndexOf('/') + 1;
  const end = text.length > 1 && text.endsWith('"') ? span.end - 1 : span.start + 1 + place.quoted.length;
  return { start, end: Math.max(start, end) };
}

const askAgain: Command = { title: 'Suggest', command: 'editor.action.triggerSuggest' };

export function itemOf(
  { label, kind, detail, snippet, insert, topic, documentation, rank = 5, preselect, goOn }: Proposal,
  index: number,
  range: ReturnType<typeof rangeOf>,
  { snippets }: CompletionOptions,
): CompletionItem {
  const useSnippet = snippets && snippet !== undefined;
  return {
    label,
    kind,
    textEdit: { range, newText: useSnippet ? snippet : (insert ?? label) },
    insertTextFormat: useSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    sortText: `${rank}${String(index).padStart(4, '0')}`,
    ...(detail !== undefined && { detail }),
    ...(documentation !== undefined && { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
    ...(topic !== undefined && { data: topic }),
    ...(preselect === true && { preselect }),
    ...(goOn === true && snippets && { command: askAgain }),
  };
}

function proposalsFor(analysis: Analysis, { blocks, place, span }: Context): Proposal[] {
  switch (place.kind) {
    case 'none':
      return [];
    case 'item':
      return [
        ...attributeProposals(blocks, place.followed, span),
        ...blockProposals(analysis, blocks, place.followed, span),
      ];
    case 'label':
      return labelProposals(analysis, blocks, place.name, place.labels);
    case 'value': {
      const schema = attributeSchema(blocks, place.attribute);
      return schema === undefined ? [] : valueProposals(analysis, blocks, schema, place);
    }
    case 'unit': {
      const schema = attributeSchema(blocks, place.attribute);
      return schema?.type === 'quantity' || schema?.type === 'quantities' ? unitProposals(schema, place) : [];
    }
  }
}

const pathOf = (blocks: Blocks): string[] => blocks.map((block) => block.name.text);

/** Names of the items of a block but the one at hand. */
function givenIn(blocks: Blocks, kind: 'attribute' | 'block', present: Span): Set<string> {
  const items = blocks.at(-1)?.items ?? [];
  return new Set(
    items.filter((item) => item.kind === kind && item.name.start !== present.start).map((item) => item.name.text),
  );
}

function attributeProposals(blocks: Blocks, followed: boolean, present: Span): Proposal[] {
  const schema = schemaOf(blocks);
  if (schema === undefined) return [];
  const given = givenIn(blocks, 'attribute', present);
  const variant = blocks.at(-1)?.labels.at(0)?.text;
  return Object.entries(schema.attributes)
    .filter(
      ([name, attribute]) =>
        !given.has(name) && belongsTo(attribute, variant) && deprecationOf(attribute, variant) === undefined,
    )
    .map(([name, owned]): Proposal => {
      const attribute = inVariant(owned, variant);
      const preset = defaultOf(attribute);
      return {
        label: name,
        kind: CompletionItemKind.Property,
        detail: preset === undefined ? typeOf(attribute) : `${typeOf(attribute)} · default ${preset}`,
        rank: attribute.required === true ? 1 : 2,
        topic: { kind: 'attribute', path: pathOf(blocks), name },
        ...(!followed && { insert: `${name} = `, snippet: `${name} = ${valueSnippet(attribute, 1)}` }),
        goOn:
          !followed && attribute.type !== 'quantity' && attribute.type !== 'quantities' && attribute.type !== 'text',
      };
    });
}

export const escapeSnippet = (text: string): string => text.replace(/[\\$}]/g, '\\$&');

/** What stands behind `name = ` to be filled in. */
function valueSnippet(schema: AttributeSchema, stop: number): string {
  switch (schema.type) {
    case 'quantity':
    case 'quantities':
      return `\${${stop}:${escapeSnippet(schema.example)}}`;
    case 'text':
      return `"\${${stop}}"`;
    case 'path':
      return `"$${stop}"`;
    case 'paths':
    case 'texts':
    case 'frames':
      return `["$${stop}"]`;
    case 'elements':
      return `[$${stop}]`;
    case 'choice':
    case 'choice_or_key':
    case 'flag':
    case 'reference':
    case 'data_key':
      return `$${stop}`;
  }
}

function blockProposals(analysis: Analysis, blocks: Blocks, followed: boolean, present: Span): Proposal[] {
  const given = givenIn(blocks, 'block', present);
  return Object.entries(innerSchemas(blocks))
    .filter(([name, schema]) => schema.repeatable === true || !given.has(name))
    .map(([name, schema]) => ({
      label: name,
      kind: blocks.length === 0 ? CompletionItemKind.Class : CompletionItemKind.Struct,
      detail: `${[name, labelSignature(schema.label)].join(' ').trim()} { … }`,
      rank: blocks.length === 0 ? 1 : 3,
      topic: { kind: 'block' as const, path: [...pathOf(blocks), name] },
      ...(!followed && { snippet: blockSnippet(analysis, name, schema) }),
    }));
}

/** A block with its required attributes to be filled in. */
function blockSnippet(analysis: Analysis, name: string, schema: BlockSchema): string {
  let stop = 0;
  const header = [name];
  if (schema.label === 'name') header.push(`\${${++stop}:name}`);
  else if (typeof schema.label === 'object' && 'variants' in schema.label) {
    const { variants } = schema.label;
    header.push(variants.length === 1 ? variants[0] : `\${${++stop}|${variants.join(',')}|}`);
  } else if (typeof schema.label === 'object' && schema.label.elements.required === true)
    header.push(`\${${++stop}:H}`);
  const lines = Object.entries(schema.attributes)
    .filter(([, attribute]) => attribute.required === true)
    .map(([key, attribute]) => `  ${key} = ${filledSnippet(analysis, attribute, ++stop)}\n`);
  return `${header.join(' ')} {\n${lines.join('')}  $0\n}`;
}

/** As `valueSnippet`, with something sensible in it. */
function filledSnippet({ tree }: Analysis, schema: AttributeSchema, stop: number): string {
  const fill = (text: string): string => `\${${stop}:${escapeSnippet(text)}}`;
  switch (schema.type) {
    case 'reference':
      return fill(declarationsOf(tree, schema.to).at(-1)?.text ?? schema.to);
    case 'elements':
      return `[${fill('H, O')}]`;
    case 'path':
    case 'paths':
    case 'texts':
    case 'frames':
      return fill(schema.example);
    default:
      return valueSnippet(schema, stop);
  }
}

function labelProposals(analysis: Analysis, blocks: Blocks, name: string, given: readonly string[]): Proposal[] {
  const { label } = innerSchemas(blocks)[name];
  if (typeof label === 'string') return [];
  if ('variants' in label) {
    if (given.length > 0) return [];
    return label.variants.map((variant) => ({
      label: variant,
      kind: CompletionItemKind.EnumMember,
      topic: { kind: 'block', path: [...pathOf(blocks), name] },
    }));
  }
  return given.length < label.elements.maximum ? elementProposals(elementsOf(analysis, blocks), []) : [];
}

/** The symbols that the potential around lists, or the one that is simulated; undefined if it lists none. */
function elementsOf({ tree }: Analysis, [around]: Blocks): readonly string[] | undefined {
  const attribute = blocksWithElementsOf(tree, around)
    .flatMap(({ items }) => items)
    .find((item): item is Attribute => item.kind === 'attribute' && item.name.text === 'elements');
  if (attribute?.value?.kind !== 'list') return undefined;
  const symbols = attribute.value.items.flatMap((item) => (item.kind === 'name' ? [item.text] : []));
  return symbols.length === 0 ? undefined : symbols;
}

/** @param seen frames of the data that have each, if that is known */
function elementProposals(
  only: readonly string[] | undefined,
  without: readonly string[],
  seen: Readonly<Record<string, number>> = {},
): Proposal[] {
  const framesOf = (symbol: string): number => (Object.hasOwn(seen, symbol) ? seen[symbol] : 0);
  return elements
    .map((element, z) => ({ ...element, z }))
    .slice(1)
    .filter(({ symbol }) => (only === undefined || only.includes(symbol)) && !without.includes(symbol))
    .map(({ symbol, name, z }) => ({
      label: symbol,
      kind: CompletionItemKind.Constant,
      detail: `${name}, Z = ${z}${framesOf(symbol) > 0 ? `, in ${describeFrames(framesOf(symbol))} of the data` : ''}`,
      topic: { kind: 'element', symbol },
      ...(framesOf(symbol) > 0 && { rank: 1 }),
    }));
}

const describeFrames = (n: number): string => (n === 1 ? '1 frame' : `${n.toLocaleString('en-US')} frames`);

/** What is in the files of the dataset around. */
function dataOf({ files }: Analysis, blocks: Blocks): DataFacts | undefined {
  return blocks.at(0)?.name.text === 'dataset' ? files?.summary?.(pathsOf(blocks[0])) : undefined;
}

/** Frames of all datasets of the file that have each element: those of the potential around, as far as it is trained. */
function elementsSeen({ files, tree }: Analysis, [potential]: Blocks): Readonly<Record<string, number>> | undefined {
  const paths = datasetsOf(tree, potential).flatMap(pathsOf);
  return paths.length === 0 ? undefined : files?.summary?.(paths)?.elements;
}

type LabelKind = DataKeyType['what'];

const takenKey = (data: DataFacts, what: LabelKind): string | undefined =>
  ({ energy: data.energyKey, forces: data.forcesKey, stress: undefined })[what];

/** Keys that can hold energies, columns that can hold forces: those that have such a name first. */
function keyProposals(data: DataFacts | undefined, what: LabelKind, quote: boolean): Proposal[] {
  if (data === undefined) return [];
  const there = what === 'forces' ? data.columns : data.keys;
  const taken = takenKey(data, what);
  const pattern = { energy: /energy|^e(_|$)/i, forces: /force/i, stress: /stress|virial/i }[what];
  return Object.entries(there)
    .filter(([key]) => what === 'forces' || !Object.hasOwn(data.words, key))
    .map(([key, frames]) => ({
      label: key,
      kind: CompletionItemKind.Field,
      detail: `in ${frames === data.frames ? `all ${describeFrames(frames)}` : `${frames.toLocaleString('en-US')} of ${describeFrames(data.frames)}`}`,
      rank: key === taken ? 5 : pattern.test(key) ? 6 : 7,
      ...(quote && !isName(key) && { insert: quoteText(key) }),
    }));
}

function automaticKey(data: DataFacts | undefined, what: LabelKind): string {
  const usual = 'the usual names, as the file has them';
  if (data === undefined) return usual;
  const key = takenKey(data, what);
  return key === undefined ? `${usual}: none of them is there` : `${usual}: here \`${key}\``;
}

/** Keys that hold a few words, as `key("…")` takes them. */
function wordKeyProposals(data: DataFacts | undefined, quote: boolean): Proposal[] {
  return Object.entries(data?.words ?? {}).map(([key, words]) => ({
    label: key,
    kind: CompletionItemKind.Field,
    detail: Object.entries(words)
      .map(([word, frames]) => `${word} ${frames}`)
      .join(', '),
    rank: Object.keys(words).some((word) => /^(train|test)/i.test(word)) ? 1 : 2,
    ...(quote && { insert: quoteText(key) }),
  }));
}

type ValuePlace = Extract<Place, { kind: 'value' }>;

function valueProposals(analysis: Analysis, blocks: Blocks, schema: AttributeSchema, place: ValuePlace): Proposal[] {
  const { depth, callee, given, quoted } = place;
  const data = dataOf(analysis, blocks);
  if (callee === 'key' && given.length === 0) return wordKeyProposals(data, quoted === undefined);
  if (quoted !== undefined)
    return schema.type === 'data_key'
      ? keyProposals(data, schema.what, false)
      : pathProposals(analysis, schema, quoted, false);
  if (callee !== undefined) return [];
  switch (schema.type) {
    case 'choice':
      return depth === 0 ? choiceProposals(schema.values, schema.default) : [];
    case 'choice_or_key':
      return depth === 0 ? [...choiceProposals(schema.values, schema.default), functionProposal('key')] : [];
    case 'data_key':
      return depth === 0
        ? [
            ...choiceProposals({ auto: automaticKey(data, schema.what) }, schema.default),
            ...keyProposals(data, schema.what, true),
          ]
        : [];
    case 'flag':
      return depth === 0
        ? choiceProposals({ yes: '', no: '' }, schema.default === undefined ? undefined : schema.default ? 'yes' : 'no')
        : [];
    case 'reference':
      return depth === 0 ? referenceProposals(analysis, schema.to) : [];
    case 'elements':
      return depth === 0
        ? [
            {
              label: '[ … ]',
              kind: CompletionItemKind.Value,
              insert: '[]',
              snippet: '[$1]',
              goOn: true,
              topic: attributeTopic(blocks, place),
            },
          ]
        : elementProposals(undefined, given, elementsSeen(analysis, blocks));
    case 'path':
      return depth === 0 ? pathProposals(analysis, schema, '', true) : [];
    case 'paths':
    case 'texts':
    case 'frames':
      return depth === 0
        ? [
            {
              label: '[ … ]',
              kind: CompletionItemKind.Value,
              insert: '[""]',
              snippet: '["$1"]',
              goOn: true,
              topic: attributeTopic(blocks, place),
            },
          ]
        : pathProposals(analysis, schema, '', true);
    case 'quantity':
      return depth === 0 ? [exampleProposal(schema.example)] : [];
    case 'quantities':
      return depth === 0
        ? [exampleProposal(schema.example), functionProposal('linspace'), functionProposal('geomspace')]
        : [];
    case 'text':
      return [];
  }
}

const attributeTopic = (blocks: Blocks, { attribute }: ValuePlace): Topic => ({
  kind: 'attribute',
  path: pathOf(blocks),
  name: attribute,
});

const exampleProposal = (example: string): Proposal => ({
  label: example,
  kind: CompletionItemKind.Value,
  detail: 'example',
  rank: 1,
});

const functionProposal = (name: string): Proposal => ({
  label: functions[name].signature,
  kind: CompletionItemKind.Function,
  insert: `${name}(`,
  snippet: functions[name].snippet,
  topic: { kind: 'function', name },
});

const choiceProposals = (values: Readonly<Record<string, string>>, preset: string | undefined): Proposal[] =>
  Object.entries(values).map(([value, meaning]) => ({
    label: value,
    kind: CompletionItemKind.EnumMember,
    detail: value === preset ? 'default' : undefined,
    documentation: meaning === '' ? undefined : meaning,
    preselect: value === preset,
  }));

const referenceProposals = ({ tree }: Analysis, kind: string): Proposal[] =>
  declarationsOf(tree, kind).map(({ text, label }) => ({
    label: text,
    kind: CompletionItemKind.Reference,
    detail: kind,
    insert: tree.text.slice(label.start, label.end),
  }));

function unitProposals(
  schema: QuantityType | QuantitiesType,
  { value, tight }: Extract<Place, { kind: 'unit' }>,
): Proposal[] {
  // Of the plain numbers only fractions are ever given in percent.
  if (schema.dimension === 'none' && (schema.maximum === undefined || schema.maximum > 1)) return [];
  const near = typeof schema.default === 'number' ? schema.default : schema.default?.[0];
  return unitsFor(schema.dimension, value, near).map((unit) => ({
    label: unit,
    kind: CompletionItemKind.Unit,
    insert: tight ? ` ${unit}` : unit,
  }));
}

/** Names in the folder that `typed` leads to; `quote` if the quotes are still to be written. */
function pathProposals({ files }: Analysis, schema: AttributeSchema, typed: string, quote: boolean): Proposal[] {
  if (files === undefined || (schema.type !== 'path' && schema.type !== 'paths')) return [];
  if (schema.type === 'path' && schema.kind === 'output') return [];
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const fits = (name: string): boolean =>
    /\.(?:ext)?xyz$/i.test(name) || (schema.type === 'paths' && /\.data$/i.test(name));
  const entries = files.list(folder === '' ? '.' : folder).filter(({ name }) => !name.startsWith('.'));
  const data = entries.filter(
    (entry) => !entry.folder && fits(entry.name) && !(schema.type === 'path' && schema.kind === 'folder'),
  );
  const write = (name: string): Pick<Proposal, 'insert'> => (quote ? { insert: `"${name}"` } : {});
  const extensions = new Set(data.map(({ name }) => name.slice(name.lastIndexOf('.'))));
  const globs =
    schema.type === 'paths'
      ? [...extensions].filter((extension) => data.filter(({ name }) => name.endsWith(extension)).length > 1)
      : [];
  return [
    ...data
      .slice(0, MAXIMUM_FILES)
      .map(({ name }) => ({ label: name, kind: CompletionItemKind.File, rank: 1, ...write(name) })),
    ...globs.map((extension) => ({
      label: `*${extension}`,
      kind: CompletionItemKind.File,
      detail: `${data.filter(({ name }) => name.endsWith(extension)).length} files`,
      rank: 2,
      ...write(`*${extension}`),
    })),
    ...entries
      .filter((entry) => entry.folder && entry.name !== 'node_modules')
      .slice(0, MAXIMUM_FILES)
      .map(({ name }) => ({
        label: `${name}/`,
        kind: CompletionItemKind.Folder,
        rank: 3,
        goOn: true,
        ...(quote && { insert: `"${name}/"`, snippet: `"${escapeSnippet(name)}/$1"` }),
      })),
  ];
}
