/**
 * A text is cut into sections, and each is read as if it were a file: what an edit does not touch is neither parsed nor
 * checked again. The cut depends on the text alone, never on edits, so a tree is the same however the text came about.
 *
 * A section begins with each header of a block (`name labels {`) at the very beginning of a line where no brace is open.
 * From a brace on that nothing closes every such header begins one: indentation says better than braces what was meant.
 */
import { lastAtMost } from '../search';
import { NAME, tokensAt } from './lexer';
import type {
  Block,
  FileNode,
  Item,
  Label,
  Name,
  Part,
  Section,
  SectionInText,
  Span,
  SyntaxError,
  SyntaxTree,
  Token,
} from './tree';

const LABELED = String.raw`${NAME}(?:[^\S\r\n]+(?:${NAME}|"[^"\\\r\n]*"|\*))*[^\S\r\n]*`;

/** No number, `=` or bracket may stand in it, for then it could be part of a list that goes over several lines. */
export const HEADER = new RegExp(String.raw`${LABELED}\{`, 'uy');

/**
 * What decides where sections begin; of the lines only those that could begin with a header. An expression finds the next one several
 * times as fast as a look at each character.
 */
const SIGNIFICANT = /[{}#"]|(?:\r\n|[\r\n])(?![\s}#])/g;

/** Where the sections of a text begin: the first at 0, all at the beginning of a line. */
export function sectionStarts(text: string): number[] {
  const starts = [0];
  /** Headers since the outermost open brace; sections only if it stays open. */
  let inside: number[] = [];
  let depth = 0;
  SIGNIFICANT.lastIndex = 0;
  while (SIGNIFICANT.test(text)) {
    const next = SIGNIFICANT.lastIndex;
    switch (text[next - 1]) {
      case '{':
        depth++;
        break;
      case '}':
        if (depth > 0) depth--;
        if (depth === 0) inside = [];
        break;
      case '#':
        SIGNIFICANT.lastIndex = endOfComment(text, next - 1);
        break;
      case '"':
        SIGNIFICANT.lastIndex = endOfString(text, next - 1);
        break;
      default:
        HEADER.lastIndex = next;
        if (HEADER.test(text)) (depth === 0 ? starts : inside).push(next);
        break;
    }
  }
  return [...starts, ...inside];
}

function isLineEnd(character: string): boolean {
  return character === '\n' || character === '\r';
}

/** Behind a comment that begins at `start`. */
export function endOfComment(text: string, start: number): number {
  let i = start;
  while (i < text.length && !isLineEnd(text[i])) i++;
  return i;
}

/** Behind a string that begins at `start`, and stays on its line. */
export function endOfString(text: string, start: number): number {
  let i = start + 1;
  for (; i < text.length && text[i] !== '"' && !isLineEnd(text[i]); i++)
    if (text[i] === '\\' && !isLineEnd(text[i + 1])) i++;
  return text[i] === '"' ? i + 1 : Math.min(i, text.length);
}

/** The section that an offset lies in; the last one for the end of the text. */
export function sectionAt({ sections }: SyntaxTree, offset: number): SectionInText {
  return sections[lastAtMost(sections, ({ start }) => start, offset)];
}

/** Tokens around an offset from where an item begins: those of its part or, without parts, of its section. */
export function tokensNear(tree: SyntaxTree, offset: number): readonly Token[] {
  const placed = sectionAt(tree, offset);
  const { section, start } = placed;
  if (section.parts === undefined) return placed.tokens;
  const part = section.parts[lastAtMost(section.parts, (one) => start + one.start, offset)];
  return tokensAt(part.section.tokens, start + part.start);
}

// Classes, as an object literal with getters is of a class of its own, and there is one for each section and keystroke.

/** A section where it stands. */
export class PlacedSection implements SectionInText {
  private placedTokens: readonly Token[] | undefined;
  private placedItems: readonly Item[] | undefined;

  constructor(
    readonly section: Section,
    readonly start: number,
  ) {}

  get tokens(): readonly Token[] {
    return (this.placedTokens ??= tokensAt(this.section.tokens, this.start));
  }

  get items(): readonly Item[] {
    return (this.placedItems ??= moved(this.section.items, this.start));
  }
}

/** The tree of a text out of its sections. */
export class SectionedTree implements SyntaxTree {
  readonly errors: readonly SyntaxError[];
  private allTokens: readonly Token[] | undefined;
  private allItems: FileNode | undefined;

  constructor(
    readonly text: string,
    readonly sections: readonly SectionInText[],
  ) {
    this.errors = sections.flatMap(({ section, start }) => moved(section.errors, start));
  }

  get tokens(): readonly Token[] {
    return (this.allTokens ??= this.sections.flatMap(({ tokens }) => tokens));
  }

  get file(): FileNode {
    return (this.allItems ??= {
      kind: 'file',
      start: 0,
      end: this.text.length,
      items: this.sections.flatMap(({ items }) => items),
    });
  }
}

/** A block further on than the one that it is made of; what is in it is moved when somebody looks. */
export class PlacedBlock implements Block {
  readonly kind = 'block';
  private movedName: Name | undefined;
  private movedLabels: readonly Label[] | undefined;
  private movedItems: readonly Item[] | undefined;

  constructor(
    /** With the spans of its part; the same for all versions and places. */
    readonly original: Block,
    /** The part. */
    readonly part: Section,
    readonly by: number,
  ) {}

  get start(): number {
    return this.original.start + this.by;
  }
  get end(): number {
    return this.original.end + this.by;
  }
  get name(): Name {
    return (this.movedName ??= moved(this.original.name, this.by));
  }
  get labels(): readonly Label[] {
    return (this.movedLabels ??= moved(this.original.labels, this.by));
  }
  get items(): readonly Item[] {
    return (this.movedItems ??= moved(this.original.items, this.by));
  }
  get open(): Span | undefined {
    return moved(this.original.open, this.by);
  }
  get close(): Span | undefined {
    return moved(this.original.close, this.by);
  }
}

/** A block of many statements, which are placed when somebody looks at all of them. */
export class LongBlock implements Block {
  readonly kind = 'block';
  private placedItems: readonly Item[] | undefined;

  constructor(
    /** The block with what stands in the lines of its braces alone. */
    private readonly frame: Block,
    /** In the order of the text. */
    private readonly statements: readonly Part[],
    private readonly by = 0,
  ) {}

  get start(): number {
    return this.frame.start;
  }
  get end(): number {
    return this.frame.end;
  }
  get name(): Name {
    return this.frame.name;
  }
  get labels(): readonly Label[] {
    return this.frame.labels;
  }
  get open(): Span | undefined {
    return this.frame.open;
  }
  get close(): Span | undefined {
    return this.frame.close;
  }
  get items(): readonly Item[] {
    if (this.placedItems === undefined) {
      const items: Item[] = [];
      visitItems(this, (item, part, by) => {
        items.push(placed(item, part, by));
      });
      this.placedItems = items;
    }
    return this.placedItems;
  }

  moved(by: number): LongBlock {
    return new LongBlock(moved(this.frame, by), this.statements, this.by + by);
  }

  visit(visit: Visit): void {
    for (const { section, start } of this.statements)
      for (const item of section.items) if (visit(item, section, start + this.by) === true) return;
    for (const item of this.frame.items) if (visit(item, undefined, 0) === true) return;
  }

  /** Those of the statement that the offset lies in, or of none. */
  near(offset: number): readonly Item[] {
    const part = this.statements[lastAtMost(this.statements, ({ start }) => start + this.by, offset)];
    const start = part.start + this.by;
    if (offset < start || offset >= start + part.section.text.length) return this.frame.items;
    return part.section.items.map((item) => placed(item, part.section, start));
  }
}

/** Is shown an item, and if it has the spans of a part, this and where it stands. Whoever has seen enough returns true. */
type Visit = (item: Item, part: Section | undefined, by: number) => unknown;

/** Looks at the items of a block: of those of a long one none is placed for it. */
export function visitItems(block: Pick<Block, 'items'>, visit: Visit): void {
  if (block instanceof LongBlock) block.visit(visit);
  else for (const item of block.items) if (visit(item, undefined, 0) === true) return;
}

/** Those items of a block that could be at an offset. */
export const itemsNear = (block: Block, offset: number): readonly Item[] =>
  block instanceof LongBlock ? block.near(offset) : block.items;

/** An item that `visitItems` has shown, with its spans in the section. */
export function placed(item: Item, part: Section | undefined, by: number): Item {
  if (part === undefined) return item;
  return item.kind === 'block' ? new PlacedBlock(item, part, by) : moved(item, by);
}

/** The same data with all its spans `by` further on. */
export function moved<T>(data: T, by: number): T {
  return by === 0 ? data : (copy(data, by) as T);
}

/** The same data with each offset of its spans at another place. */
export function stretched<T>(data: T, place: (offset: number) => number): T {
  return copy(data, place) as T;
}

function copy(data: unknown, by: number | ((offset: number) => number)): unknown {
  if (data instanceof PlacedBlock && typeof by === 'number')
    return new PlacedBlock(data.original, data.part, data.by + by);
  if (data instanceof LongBlock && typeof by === 'number') return data.moved(by);
  if (Array.isArray(data)) return data.map((inner) => copy(inner, by));
  if (typeof data !== 'object' || data === null) return data;
  const result: Record<string, unknown> = { ...data };
  for (const key in result) {
    const value = result[key];
    if (typeof value === 'object') result[key] = copy(value, by);
    else if ((key === 'start' || key === 'end') && typeof value === 'number')
      result[key] = typeof by === 'number' ? value + by : by(value);
  }
  return result;
}
