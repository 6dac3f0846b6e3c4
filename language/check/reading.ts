/**
 * What the families of diagnostics share: a file as it was read against the vocabulary, and the edits that mend it.
 *
 * A reading is the tree plus the schema: which block is which, and the checked values in internal units. Values that
 * could not be understood are absent, and a diagnostic says why. Families look at what is there and add their own.
 */
import type { Diagnostic, Fix, TextEdit } from '../diagnostic';
import type { DatasetDefinition, FileUnits } from '../definition/definition';
import type { AttributeSchema, BlockSchema } from '../schema/types';
import { moved, PlacedBlock } from '../syntax/sections';
import type { Attribute, Block, Item, Label, Section, Span } from '../syntax/tree';
import type { DataFacts, DataFinding, OutsideFacts, RunFacts, SurveyedPotential, SurveyFacts } from './facts';

/** What the checker may ask about the world; paths are relative to the file. */
export interface Environment {
  exists(path: string): boolean;
  /** How many files match a glob. */
  matches?(glob: string): number;
  /** The names in a folder. */
  list?(folder: string): readonly { readonly name: string; readonly folder: boolean }[];
  /** The elements of the potential in a folder that `load` names, or what is wrong with it. */
  potential?(path: string): { readonly elements: readonly string[] } | { readonly problem: string };
  /** What is in the files that paths and globs name; undefined as long as nobody has looked. */
  summary?(patterns: readonly string[]): DataFacts | undefined;
  /** A potential over a sample of a dataset; undefined as long as nobody has looked. */
  survey?(
    potential: SurveyedPotential,
    dataset: { readonly files: readonly string[]; readonly units: FileUnits | undefined },
  ): SurveyFacts | undefined;
  /** What is conspicuous in the structures of a dataset; undefined as long as nobody has looked. */
  findings?(dataset: DatasetDefinition): readonly DataFinding[] | undefined;
  /** Whether programs of the workspace may be run; unknown where the editor has no such notion. */
  readonly trusted?: boolean;
  /** The newest run of an action that is known. */
  lastRun?(kind: string, label: string): RunFacts | undefined;
  /**
   * A structure (the last frame of a file, or the given one) seen by the potential in a folder; undefined as long as nobody
   * has looked.
   */
  outside?(
    potential: { readonly folder: string; readonly units: FileUnits | undefined },
    structure: { readonly file: string; readonly frame: number | undefined },
  ): OutsideFacts | undefined;
}

/** A diagnostic of one section, with the section's spans; fixes that depend on the names of the whole file are a function of them, as are those that are dear. */
export type Finding = Omit<Diagnostic, 'fixes'> & {
  readonly fixes?: readonly Fix[] | ((names: Names) => readonly Fix[]);
};

/** The finding in spans that are `by` further on. */
export function movedFinding({ span: { start, end }, related, fixes, ...rest }: Finding, by: number): Finding {
  return {
    ...rest,
    span: moved({ start, end }, by),
    ...(related !== undefined && { related: moved(related, by) }),
    ...(fixes !== undefined && {
      fixes: typeof fixes === 'function' ? (names: Names) => moved(fixes(names), by) : moved(fixes, by),
    }),
  };
}

/** What families work with that look at one section alone. */
export interface Context {
  readonly section: Section;
  readonly report: (finding: Finding) => void;
}

/** What families work with that look beyond the section they report on. */
export interface FileContext extends Context {
  /** Where the section begins. */
  readonly start: number;
  readonly names: Names;
  readonly environment: Environment | undefined;
  readonly hasSyntaxErrors: boolean;
}

/** One number of a value, in internal units. */
export interface Quantity {
  readonly value: number;
  readonly span: Span;
  /** Where it can be replaced: a number as it is written, worth `factor` internal units. */
  readonly literal?: { readonly span: Span; readonly factor: number };
}

export type CheckedValue = number | string | boolean | readonly number[] | readonly string[] | { readonly key: string };

export interface AttributeReading {
  readonly name: string;
  readonly attribute: Attribute;
  readonly schema: AttributeSchema;
  /** Absent where the text could not be understood. */
  readonly value?: CheckedValue;
  /** For types `quantity` and `quantities`. */
  readonly quantities?: readonly Quantity[];
}

export interface BlockReading {
  readonly name: string;
  readonly block: Block;
  readonly schema: BlockSchema;
  /** The name of a top-level block, the variant of others. */
  readonly label?: Label;
  /** Checked symbols of a block that is for certain elements. */
  readonly elements: readonly Label[];
  readonly attributes: ReadonlyMap<string, AttributeReading>;
  readonly blocks: readonly BlockReading[];
}

/** What was read of a block of a part, where the part stands now; what has spans is moved when somebody looks. */
export class PlacedReading implements BlockReading {
  private placedBlock: Block | undefined;
  private movedAttributes: ReadonlyMap<string, AttributeReading> | undefined;

  constructor(
    /** With the spans of its part; the same for all versions that have the part. */
    readonly original: BlockReading,
    private readonly part: Section,
    private readonly by: number,
  ) {}

  get start(): number {
    return this.original.block.start + this.by;
  }
  get block(): Block {
    return (this.placedBlock ??= new PlacedBlock(this.original.block, this.part, this.by));
  }

  get name(): string {
    return this.original.name;
  }
  get schema(): BlockSchema {
    return this.original.schema;
  }
  get label(): Label | undefined {
    return moved(this.original.label, this.by);
  }
  get elements(): readonly Label[] {
    return moved(this.original.elements, this.by);
  }
  get attributes(): ReadonlyMap<string, AttributeReading> {
    return (this.movedAttributes ??= new Map(
      [...this.original.attributes].map(([name, { attribute, quantities, ...rest }]) => [
        name,
        {
          ...rest,
          attribute: moved(attribute, this.by),
          ...(quantities !== undefined && { quantities: moved(quantities, this.by) }),
        },
      ]),
    ));
  }
  get blocks(): readonly BlockReading[] {
    return this.original.blocks.map((inner) => new PlacedReading(inner, this.part, this.by));
  }
}

/** The reading that is the same wherever the block stands: for questions that no span matters to. */
export const originalOf = (reading: BlockReading): BlockReading =>
  reading instanceof PlacedReading ? reading.original : reading;

/** Where the block of a reading begins. */
export const startOf = (reading: BlockReading): number =>
  reading instanceof PlacedReading ? reading.start : reading.block.start;

/** A top-level block and the section whose spans it has. */
export interface Placed {
  readonly reading: BlockReading;
  readonly section: Section;
  /** Where the section begins. */
  readonly start: number;
  /** Whether it is free of errors, as far as it alone tells. */
  readonly isGood: boolean;
}

/** Of each kind of block those with a good name, by it; the first of those that have the same. */
export type Names = ReadonlyMap<string, ReadonlyMap<string, Placed>>;

/** Whether a block moves the atoms of a structure by a potential that it names. */
export const isSimulation = ({ name }: Pick<BlockReading, 'name'>): boolean => name === 'md' || name === 'umbrella';

/** Inner blocks of one name. */
export function blocksOf(reading: BlockReading, ...names: readonly string[]): BlockReading[] {
  return reading.blocks.filter(({ name }) => names.includes(name));
}

/** The value of an attribute if it was understood, else its default. */
export function valueOf(reading: BlockReading, name: string): CheckedValue | undefined {
  const attribute = originalOf(reading).attributes.get(name);
  if (attribute !== undefined) return attribute.value;
  const schema: AttributeSchema | undefined = reading.schema.attributes[name];
  return 'default' in schema ? schema.default : undefined;
}

/** As `valueOf`, for attributes that are numbers. */
export function numberOf(reading: BlockReading, name: string): number | undefined {
  const value = valueOf(reading, name);
  return typeof value === 'number' ? value : undefined;
}

/** As `valueOf`, for attributes that are lists of numbers. */
export function numbersOf(reading: BlockReading, name: string): readonly number[] {
  const value = valueOf(reading, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
}

/** The block that an attribute refers to, named as the kind of block is. */
export function referred({ names }: FileContext, reading: BlockReading, attribute: string): BlockReading | undefined {
  const name = valueOf(reading, attribute);
  return typeof name === 'string' ? names.get(attribute)?.get(name)?.reading : undefined;
}

/** What is known of the data of a `dataset` block; undefined as long as nobody has looked. */
export function factsOf({ environment }: FileContext, dataset: BlockReading): DataFacts | undefined {
  const files = valueOf(dataset, 'files');
  return Array.isArray(files) ? environment?.summary?.(files.filter((file) => typeof file === 'string')) : undefined;
}

/** Name and labels of a block. */
export const headerOf = ({ block }: BlockReading): Span => ({
  start: block.name.start,
  end: block.labels.at(-1)?.end ?? block.name.end,
});

export function textOf({ section }: Pick<Context, 'section'>, span: Span): string {
  return section.text.slice(span.start, span.end);
}

/** A fix of one edit. */
export function replace(title: string, { start, end }: Span, text: string, preferred = false): Fix {
  return { title, edits: [{ span: { start, end }, text }], ...(preferred && { preferred }) };
}

export function insert(title: string, at: number, text: string, preferred = false): Fix {
  return replace(title, { start: at, end: at }, text, preferred);
}

/** The edit that takes an item out, with its line if it is alone there, else with its semicolon. */
export function deletionOf({ section: { text } }: Context, item: Item | Span): TextEdit {
  const before = lineBefore(text, item.start);
  const after = /^[^\r\n]*(?:\r\n|[\r\n])?/u.exec(text.slice(item.end, item.end + 1000))![0];
  if (before.trim() === '' && after.trim() === '')
    return { span: { start: item.start - before.length, end: item.end + after.length }, text: '' };
  const semicolon = /^[ \t]*;[ \t]*/u.exec(after);
  if (semicolon !== null) return { span: { start: item.start, end: item.end + semicolon[0].length }, text: '' };
  const separator = /[ \t]*;[ \t]*$/u.exec(before);
  return { span: { start: item.start - (separator?.[0].length ?? 0), end: item.end }, text: '' };
}

/** What stands in front of an offset in its line. */
function lineBefore(text: string, offset: number): string {
  const near = text.slice(Math.max(0, offset - 1000), offset);
  return near.slice(Math.max(near.lastIndexOf('\n'), near.lastIndexOf('\r')) + 1);
}

export function deletion(context: Context, title: string, ...items: readonly (Item | Span)[]): Fix {
  return { title, edits: items.map((item) => deletionOf(context, item)) };
}

/** The edit that puts an item first into a block; undefined if its braces are not there. */
export function insertionInto(
  { section: { text } }: Pick<Context, 'section'>,
  block: Block,
  item: string,
): TextEdit | undefined {
  const { open, close } = block;
  if (open === undefined || close === undefined) return undefined;
  const at = (position: number, inserted: string): TextEdit => ({
    span: { start: position, end: position },
    text: inserted,
  });
  const inside = text.slice(open.end, close.start);
  const spaceAfter = /^\s/u.test(inside) ? '' : ' ';
  const line = /^[^\S\r\n]*(?:#[^\r\n]*)?(?=[\r\n])/u.exec(inside);
  if (line === null) return at(open.end, ` ${item}${block.items.length > 0 ? ';' : ''}${spaceAfter}`);
  const header = lineBefore(text, block.start);
  const indentation = /^\s*/u.exec(header)![0];
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return at(open.end + line[0].length, `${eol}${indentation}  ${item}`);
}

export function insertion(
  context: Pick<Context, 'section'>,
  block: Block,
  title: string,
  item: string,
  preferred = false,
): Fix[] {
  const edit = insertionInto(context, block, item);
  return edit === undefined ? [] : [{ title, edits: [edit], ...(preferred && { preferred }) }];
}

/**
 * What may be given once is given again: either can go (PD0003).
 * @param what it is called in the fixes
 */
export function reportTwice(
  context: Context,
  { what, message }: { readonly what: string; readonly message: string },
  again: { readonly item: Item; readonly span: Span },
  first: { readonly item: Item; readonly span: Span },
): void {
  context.report({
    code: 'PD0003',
    severity: 'error',
    span: again.span,
    message,
    fixes: [
      deletion(context, `Remove this ${what}`, again.item),
      deletion(context, `Remove the first ${what}`, first.item),
    ],
    related: [{ span: first.span, message: 'first given here' }],
  });
}

/** `a`, `b` or `c`. */
export function alternatives(words: readonly string[], conjunction = 'or'): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} ${conjunction} ${quoted[quoted.length - 1]}`;
}
