/**
 * Text to tree: recursive descent over the tokens of the lexer, by the grammar of the language's reference (docs/guide).
 *
 * The parser knows the grammar and no vocabulary. It never fails: it says what is wrong in `errors` and goes on at the next
 * line or brace, at most one error per place. Where braces do not balance, a block that begins no further to the right
 * than the block around it ends that one, so that a brace that is still to be typed does not swallow the rest of the file.
 * What must never happen: an exception, or work that grows faster than the text (nesting is bounded by `MAX_DEPTH`).
 */
import { commonEnd, commonStart } from '../search';
import { code, isTerminated, tokenize, unquote } from './lexer';
import { cutOf, LongSection, type Cut } from './parts';
import { LongBlock, moved, PlacedSection, SectionedTree, sectionStarts, stretched } from './sections';
import type {
  Attribute,
  Block,
  Item,
  Label,
  ListValue,
  Name,
  Part,
  Section,
  Span,
  SyntaxError,
  SyntaxTree,
  Tokens,
  Unit,
  UnitFactor,
  Value,
} from './tree';

/** Deeper nesting is an error: nobody writes it, and the stack is finite. */
const MAX_DEPTH = 50;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Parses any text. The tree's tokens are the text; `errors` are in the order of the text. Of `previous`, the tree of
 * another version, it takes over the sections that are the same; the result is what it would be without.
 */
export function parse(text: string, previous?: SyntaxTree): SyntaxTree {
  const starts = sectionStarts(text);
  const before = previous?.sections ?? [];
  /** By how much the sections are more than before. */
  const more = starts.length - before.length;
  const isKept = comparison(previous?.text ?? '', text);
  const sections = starts.map((start, i) => {
    const end = starts.at(i + 1) ?? text.length;
    // What stands in front of an edit is found from the beginning, what stands behind it from the end.
    const candidates = [before.at(i), before.at(Math.max(0, i - more))];
    const known = candidates.find((candidate) => candidate !== undefined && isKept(candidate, start, end));
    if (known?.start === start) return known;
    if (known !== undefined) return new PlacedSection(known.section, start);
    const content = previous === undefined ? text.slice(start, end) : copyOf(text.slice(start, end));
    const long = candidates.find((candidate) => candidate?.section.parts !== undefined)?.section;
    return new PlacedSection(parseSection(content, long), start);
  });
  return new SectionedTree(text, sections);
}

/** A slice keeps all of the text that it was cut from in memory; sections live on while version follows version. */
function copyOf(text: string): string {
  return ` ${text}`.slice(1);
}

/** Whether what stood somewhere before is the text from `start` to `end`: in front of an edit and behind it without a look at it. */
function comparison(
  before: string,
  text: string,
): (known: Pick<Part, 'section' | 'start'>, start: number, end: number) => boolean {
  const head = commonStart(before, text);
  const tail = text.length - commonEnd(before, text, head);
  const more = text.length - before.length;
  return ({ section, start: knownStart }, start, end) => {
    if (section.text.length !== end - start) return false;
    if (end <= head && knownStart === start) return true;
    if (start >= tail && knownStart + more === start) return true;
    return text.startsWith(section.text, start);
  };
}

/** Parses a text as one section; of the parts of another version it takes over those that are the same. */
function parseSection(text: string, before?: Section): Section {
  const cut = cutOf(text);
  return (cut && parseLong(text, cut, before)) ?? parseWhole(text);
}

/** Parses a text as one section without cutting it into parts. */
export function parseWhole(text: string, isBalanced?: boolean): Section {
  const tokens = tokenize(text);
  const errors: SyntaxError[] = [];
  const items = new Parser(text, tokens, errors, isBalanced).file();
  return { text, tokens, items, errors: errors.sort(byPlace) };
}

/** Parses a part of a block; undefined if it is none. */
function parsePart(text: string, isBalanced: boolean): Section | undefined {
  const tokens = tokenize(text);
  const errors: SyntaxError[] = [];
  const items = new Parser(text, tokens, errors, isBalanced).statements();
  return items && { text, tokens, items, errors: errors.sort(byPlace) };
}

const byPlace = (a: Span, b: Span): number => a.start - b.start || a.end - b.end;

function parseLong(text: string, { starts, end, isBalanced }: Cut, previous?: Section): Section | undefined {
  const [first] = starts;
  // The block as if nothing stood in it; what follows its first line stands further on.
  const frame = parseWhole(text.slice(0, first) + text.slice(end), isBalanced);
  const place = (offset: number): number => (offset < first ? offset : offset + end - first);
  const before = previous?.parts ?? [];
  const more = starts.length + 2 - before.length;
  const isKept = comparison(previous?.text ?? '', text);
  const isSame = (candidate: Part | undefined, start: number, behind: number): candidate is Part =>
    candidate !== undefined &&
    isKept(candidate, start, behind) &&
    (candidate.isBalanced === isBalanced || isPlain(candidate.section));
  const statements: Part[] = [];
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i];
    const behind = starts.at(i + 1) ?? end;
    let known = before.at(i + 1);
    if (!isSame(known, start, behind)) known = before.at(Math.max(0, i + 1 - more));
    if (!isSame(known, start, behind)) known = undefined;
    if (known?.start === start && known.isBalanced === isBalanced) {
      statements.push(known);
      continue;
    }
    const section = known?.section ?? parsePart(copyOf(text.slice(start, behind)), isBalanced);
    if (section === undefined) return undefined;
    statements.push({ section, start, isBalanced });
  }
  const items = frame.items.map((item, i) => {
    const stands = stretched(item, place);
    return i === 0 && stands.kind === 'block' ? new LongBlock(stands, statements) : stands;
  });
  const errors = [
    ...frame.errors.map((error) => stretched(error, place)),
    ...statements.flatMap(({ section, start }) => (section.errors.length === 0 ? [] : moved(section.errors, start))),
  ];
  const frameTokens = (from: number, to: number): Part => {
    const part = text.slice(from, to);
    return { section: { text: part, tokens: tokenize(part), items: [], errors: [] }, start: from, isBalanced };
  };
  const parts = [frameTokens(0, first), ...statements, frameTokens(end, text.length)];
  return new LongSection(text, items, errors.sort(byPlace), parts);
}

/** A line without errors: indentation makes no difference to it. */
const isPlain = ({ text, errors }: Section): boolean => errors.length === 0 && /^[^\r\n]*(?:\r\n|[\r\n])?$/u.test(text);

/** Stands for the code of the next token where there is none. */
const END = -1;

const [
  EQUALS,
  OPEN,
  CLOSE,
  OPEN_LIST,
  CLOSE_LIST,
  OPEN_CALL,
  CLOSE_CALL,
  COMMA,
  SEMICOLON,
  STAR,
  SLASH,
  CARET,
  PERCENT,
  DOTS,
] = Array.from('={}[](),;*/^%.', (symbol) => symbol.charCodeAt(0));

class Parser {
  /** Index of the next token. */
  private next = 0;
  private readonly count: number;
  private readonly codes: Uint8Array;
  private readonly ends: Int32Array;
  private depth = 0;
  /** Columns before the line in which the block at hand begins. */
  private indentation = 0;
  /** Whether something closes every opening brace. */
  private readonly bracesBalance: boolean;
  /** For each token the columns of white space that its line begins with; only where braces do not balance. */
  private readonly lineIndentation: Int32Array | undefined;

  constructor(
    private readonly text: string,
    { codes, ends }: Tokens,
    private readonly errors: SyntaxError[],
    /** For a part of a longer text whether the braces of all of it balance. */
    isBalanced?: boolean,
  ) {
    this.codes = codes;
    this.ends = ends;
    this.count = codes.length;
    this.bracesBalance = isBalanced ?? isClosed(codes);
    this.lineIndentation = this.bracesBalance ? undefined : this.indentations();
  }

  private indentations(): Int32Array {
    const columns = new Int32Array(this.count);
    for (let i = 0; i < this.count; i++) {
      const isFirst = i === 0 || this.codes[i - 1] === code.newline;
      const indentation = this.codes[i] === code.space ? this.ends[i] - this.startOf(i) : 0;
      columns[i] = isFirst ? indentation : columns[i - 1];
    }
    return columns;
  }

  file(): Item[] {
    const items: Item[] = [];
    for (;;) {
      items.push(...this.items(false));
      if (this.peek() === END) return items;
      const brace = this.take();
      this.error(brace, 'There is no block that this `}` could close.', { remove: brace });
    }
  }

  /** The items of a part of a block; undefined if a brace in it closes the block. */
  statements(): Item[] | undefined {
    this.depth = 1;
    const items = this.items(true);
    return this.peek() === END ? items : undefined;
  }

  /** Items up to a `}` (left for the caller), the end, or a block that must belong to a parent. */
  private items(inside: boolean): Item[] {
    const items: Item[] = [];
    for (;;) {
      this.skipTrivia(true);
      const token = this.peek();
      if (token === END || token === CLOSE) return items;
      if (token === code.name) {
        if (inside && this.endsUnclosed()) return items;
        items.push(this.item());
      } else {
        this.error(
          this.span(),
          token === code.number
            ? `An attribute or block must begin with its name, not with the number ${this.shown()}.`
            : `An attribute or block was expected, not ${this.shown()}.`,
        );
        this.skipLine();
      }
    }
  }

  private item(): Item {
    const name = this.name();
    this.skipTrivia(false);
    if (this.peek() === EQUALS) {
      const equals = this.take();
      this.skipTrivia(false);
      if (this.peek() === OPEN) {
        this.error(equals, `A block is written without \`=\`: \`${name.text} { … }\`.`, { remove: equals });
        return this.block(name, []);
      }
      return this.attribute(name, equals);
    }
    if (this.peek() === code.number || this.peek() === OPEN_LIST) {
      this.error(name, `\`=\` is missing between \`${name.text}\` and its value.`, { insert: ' =' });
      return this.attribute(name, undefined);
    }
    const labels = this.labels();
    if (this.peek() === OPEN || (labels.length > 0 && this.braceBegins())) return this.block(name, labels);
    if (labels.length > 0) {
      const last = labels.at(-1)!;
      const words = this.text.slice(name.start, last.end);
      this.error(
        { start: name.start, end: last.end },
        `\`{\` is missing: a block is written \`${words} { … }\`` +
          (labels.length === 1 ? `, an attribute \`${name.text} = ${this.text.slice(last.start, last.end)}\`.` : '.'),
        { insert: ' { }' },
      );
      this.skipLine();
      return { kind: 'block', start: name.start, end: last.end, name, labels, items: [] };
    }
    if (this.braceBegins()) return this.block(name, []);
    this.error(name, `\`= value\` or \`{ … }\` must follow \`${name.text}\`.`);
    this.skipLine();
    return { kind: 'attribute', start: name.start, end: name.end, name };
  }

  private attribute(name: Name, equals: Span | undefined): Attribute {
    const node: Mutable<Attribute> = { kind: 'attribute', start: name.start, end: equals?.end ?? name.end, name };
    if (equals !== undefined) node.equals = equals;
    const before = this.errors.length;
    const value = this.value();
    if (value !== undefined) {
      node.value = value;
      node.end = value.end;
      this.endItem(value);
      return node;
    }
    if (this.errors.length === before) {
      if (this.itemEnds()) this.error(node, `The value of \`${name.text}\` is missing.`);
      else this.error(this.span(), `A value was expected, not ${this.shown()}.`);
    }
    this.skipLine();
    return node;
  }

  private labels(): Label[] {
    const labels: Label[] = [];
    for (;;) {
      this.skipTrivia(false);
      const token = this.peek();
      if (token !== code.name && token !== STAR && token !== code.string) return labels;
      const { start, end } = this.take();
      const text = token === code.string ? this.string({ start, end }) : this.text.slice(start, end);
      labels.push({ kind: 'label', start, end, text });
    }
  }

  /** Whether the next line begins with the `{` that belongs to a header. */
  private braceBegins(): boolean {
    let i = this.next;
    while (this.codeAt(i) === code.newline || this.codeAt(i) === code.space) i++;
    if (this.codeAt(i) !== OPEN) return false;
    this.next = i;
    return true;
  }

  /** From `{` on. */
  private block(name: Name, labels: readonly Label[]): Block {
    const open = this.take();
    const node: Mutable<Block> = {
      kind: 'block',
      start: name.start,
      end: open.end,
      name,
      labels,
      items: [],
      open,
    };
    if (this.depth >= MAX_DEPTH) {
      this.error(open, 'Blocks are nested too deeply.');
      this.skipBraces();
      node.end = this.ends[this.next - 1];
      return node;
    }
    const outside = this.indentation;
    this.indentation = this.lineIndentation?.[this.next - 1] ?? 0;
    this.depth++;
    node.items = this.items(true);
    this.depth--;
    if (this.peek() === CLOSE) {
      const close = this.take();
      node.close = close;
      node.end = close.end;
      this.endItem(undefined);
    } else {
      const last = this.lastSignificant();
      node.end = last.end;
      const inline = !/[\r\n]/u.test(this.text.slice(node.start, last.end));
      this.error(last, `\`}\` is missing: the block \`${this.text.slice(node.start, open.end)} …\` is not closed.`, {
        insert: inline ? ' }' : `\n${' '.repeat(this.indentation)}}`,
      });
    }
    this.indentation = outside;
    return node;
  }

  /** In a file with more `{` than `}`: does the item at hand belong outside of the block around it, as its indentation says? */
  private endsUnclosed(): boolean {
    if (this.lineIndentation === undefined || this.lineIndentation[this.next] > this.indentation) return false;
    const before = this.codes[this.next - 1] === code.space ? this.next - 2 : this.next - 1;
    // Only a block's header is a reason: attributes are often pasted without indentation.
    return this.codes[before] === code.newline && this.behindHeader(this.next) === OPEN;
  }

  private value(): Value | undefined {
    this.skipTrivia(false);
    switch (this.peek()) {
      case code.number: {
        const { start, end } = this.take();
        const value = Number(this.text.slice(start, end));
        const saved = this.next;
        this.skipTrivia(false);
        if (this.peek() === DOTS) return this.range(start, value);
        this.next = saved;
        return this.withUnit({ kind: 'number', start, end, value });
      }
      case code.string: {
        const { start, end } = this.take();
        return { kind: 'string', start, end, text: this.string({ start, end }) };
      }
      case code.name:
        return this.nameOrCall();
      case OPEN_LIST:
        return this.list();
      default:
        return undefined;
    }
  }

  private range(start: number, from: number): Value | undefined {
    const dots = this.take();
    this.skipTrivia(false);
    if (this.peek() !== code.number) {
      this.error(dots, 'The end of the range is missing: write `1..5`.');
      return undefined;
    }
    const last = this.take();
    const to = Number(this.text.slice(last.start, last.end));
    return this.withUnit({ kind: 'range', start, end: last.end, from, to });
  }

  private nameOrCall(): Value {
    const name = this.name();
    const saved = this.next;
    this.skipTrivia(false);
    if (this.peek() === OPEN_CALL) {
      this.next++;
      const [items, end] = this.elements(')', `${name.text}(`);
      return this.withUnit({ kind: 'call', start: name.start, end, callee: name, arguments: items });
    }
    this.next = saved;
    // `kcal/mol` is one word where a word is expected.
    let end = name.end;
    while (this.peek() === SLASH && this.codeAt(this.next + 1) === code.name) {
      end = this.ends[this.next + 1];
      this.next += 2;
    }
    return { kind: 'name', start: name.start, end, text: this.text.slice(name.start, end) };
  }

  private list(): Value {
    const open = this.take();
    const [items, end] = this.elements(']', '[');
    const list: ListValue = { kind: 'list', start: open.start, end, items };
    return this.withUnit(list);
  }

  /** Values between commas up to `close`, over line ends; the end of what was found. */
  private elements(close: ')' | ']', open: string): readonly [readonly Value[], number] {
    const items: Value[] = [];
    if (this.depth >= MAX_DEPTH) {
      this.error(this.spanAt(this.next - 1), 'Lists are nested too deeply.');
      this.skipLine();
      return [items, this.lastSignificant().end];
    }
    this.depth++;
    const result = this.elementsInside(items, close, open);
    this.depth--;
    return [items, result];
  }

  private elementsInside(items: Value[], close: ')' | ']', open: string): number {
    const closing = close === ')' ? CLOSE_CALL : CLOSE_LIST;
    for (;;) {
      if (!this.skipInsideList()) break;
      if (this.peek() === closing) return this.take().end;
      const before = this.errors.length;
      const value = this.value();
      if (value === undefined) {
        if (this.peek() === COMMA) {
          const comma = this.take();
          this.error(comma, `A value is missing before this comma.`, { remove: comma });
          continue;
        }
        if (this.listEnds() || this.errors.length > before) break;
        this.error(this.span(), `A value was expected in the list, not ${this.shown()}.`);
        this.next++;
        continue;
      }
      items.push(value);
      if (!this.skipInsideList()) break;
      const token = this.peek();
      if (token === closing) return this.take().end;
      if (token === COMMA) {
        this.next++;
      } else if (token === code.number || token === code.string || token === code.name || token === OPEN_LIST) {
        this.error(this.lastSignificant(), 'A comma is missing between the values of the list.', { insert: ',' });
      } else if (this.listEnds()) {
        break;
      } else {
        this.error(this.span(), `A comma or \`${close}\` was expected, not ${this.shown()}.`);
        this.next++;
      }
    }
    const last = this.lastSignificant();
    this.error(last, `\`${close}\` is missing: \`${open} …\` is not closed.`, { insert: close });
    return last.end;
  }

  /** Skips spaces, comments and line ends; false where the next line is an item of its own, so the list is not closed. */
  private skipInsideList(): boolean {
    let crossed = false;
    let i = this.next;
    for (; isTrivia(this.codeAt(i)); i++) crossed ||= this.codes[i] === code.newline;
    if (i >= this.count) return false;
    if (crossed && this.codes[i] === code.name) {
      const follower = this.behindHeader(i);
      if (follower === EQUALS || follower === OPEN) return false;
    }
    this.next = i;
    return true;
  }

  /** What ends an item ends an open list; anything else is skipped. */
  private listEnds(): boolean {
    const token = this.peek();
    return token === END || token === CLOSE || token === OPEN || token === SEMICOLON || token === EQUALS;
  }

  /** What follows the name at a token and the labels behind it. */
  private behindHeader(name: number): number {
    let i = name + 1;
    while (isHeaderPart(this.codeAt(i))) i++;
    return this.codeAt(i);
  }

  private withUnit<V extends Value & { readonly unit?: Unit }>(value: V): V {
    const saved = this.next;
    this.skipTrivia(false);
    const unit = this.unit();
    if (unit === undefined) {
      this.next = saved;
      return value;
    }
    // Nobody has seen the value yet; a copy would cost more than all the rest of it.
    const fresh: { unit?: Unit; end: number } = value;
    fresh.unit = unit;
    fresh.end = unit.end;
    return value;
  }

  private unit(): Unit | undefined {
    const first = this.peek();
    if (
      first !== code.name &&
      first !== PERCENT &&
      !(this.isOne() && this.codeAt(this.behindSpace(this.next + 1)) === SLASH)
    )
      return undefined;
    const { start } = this.span();
    const factors: UnitFactor[] = [];
    let sign = 1;
    let end = start;
    for (;;) {
      if (this.peek() === code.name || this.peek() === PERCENT) {
        const factor = this.take();
        const symbol = this.text.slice(factor.start, factor.end);
        const power = sign * this.power();
        end = this.ends[this.next - 1];
        factors.push({ start: factor.start, end, symbol, power });
      } else if (this.isOne()) {
        end = this.take().end;
      } else {
        this.error({ start, end }, 'A unit must follow `*` or `/`, as in `1/ps`.');
        break;
      }
      const operator = this.behindSpace(this.next);
      if (this.codeAt(operator) !== STAR && this.codeAt(operator) !== SLASH) break;
      sign = this.codes[operator] === SLASH ? -1 : 1;
      end = this.ends[operator];
      this.next = operator + 1;
      this.skipTrivia(false);
    }
    return { kind: 'unit', start, end, factors };
  }

  /** Behind a unit's symbol: its power. */
  private power(): number {
    const caret = this.behindSpace(this.next);
    if (this.codeAt(caret) !== CARET) return 1;
    this.next = this.behindSpace(caret + 1);
    const power = this.peek() === code.number ? Number(this.textAt(this.next)) : NaN;
    if (Number.isInteger(power)) {
      this.next++;
      return power;
    }
    this.next = caret + 1;
    this.error(this.spanAt(caret), 'The power of a unit is a whole number, as in `Å^-2`.');
    return 1;
  }

  private isOne(): boolean {
    return this.peek() === code.number && this.textAt(this.next) === '1';
  }

  private name(): Name {
    const { start, end } = this.take();
    return { kind: 'name', start, end, text: this.text.slice(start, end) };
  }

  private string(span: Span): string {
    const text = this.text.slice(span.start, span.end);
    if (!isTerminated(text)) this.error(span, 'The closing quote of this text is missing.', { insert: '"' });
    return unquote(text);
  }

  /** An item ends with its line, with `;`, or before `}`. */
  private endItem(value: Value | undefined): void {
    this.skipTrivia(false);
    if (this.itemEnds()) return;
    this.error(this.span(), this.describeSurplus(value));
    this.skipLine();
  }

  private itemEnds(): boolean {
    const token = this.peek();
    return token === END || token === code.newline || token === SEMICOLON || token === CLOSE;
  }

  private describeSurplus(value: Value | undefined): string {
    const token = this.peek();
    if (token === COMMA && value?.kind === 'number')
      return 'Nothing may follow the value: decimals have a point (`6.0`), and a list is written `[6, 7]`.';
    if (token === SLASH && value?.kind === 'number') return 'A unit does not begin with `/`: write `1/ps`, or `ps^-1`.';
    if (value?.kind === 'name' && token === code.invalid)
      return `Unexpected ${this.shown()}: paths and other texts are written in quotes, as in \`"start.xyz"\`.`;
    if (token === code.name || token === code.number)
      return `Unexpected ${this.shown()}: each item is on its own line, or ends with \`;\`.`;
    return `Unexpected ${this.shown()}: the line should end here.`;
  }

  /** To the end of the line or the brace that closes the block, over whole blocks in between. */
  private skipLine(): void {
    while (!this.itemEnds()) {
      const skipBlock = this.peek() === OPEN && this.bracesBalance;
      this.next++;
      if (skipBlock) this.skipBraces();
    }
  }

  /** Behind an opening brace: to behind its closing one, or to the end. */
  private skipBraces(): void {
    for (let open = 1; open > 0 && this.next < this.count; this.next++) open += braceOf(this.codes[this.next]);
  }

  private skipTrivia(lines: boolean): void {
    for (;;) {
      const token = this.peek();
      const skip =
        token === code.space || token === code.comment || (lines && (token === code.newline || token === SEMICOLON));
      if (!skip) return;
      this.next++;
    }
  }

  /** The code of a token, `END` behind the last one. */
  private codeAt(token: number): number {
    return token < this.count ? this.codes[token] : END;
  }

  private startOf(token: number): number {
    return token === 0 ? 0 : this.ends[token - 1];
  }

  private spanAt(token: number): Span {
    return { start: this.startOf(token), end: this.ends[token] };
  }

  private textAt(token: number): string {
    return this.text.slice(this.startOf(token), this.ends[token]);
  }

  /** The code of the next token. */
  private peek(): number {
    return this.codeAt(this.next);
  }

  /** Of the next token. */
  private span(): Span {
    return this.spanAt(this.next);
  }

  private take(): Span {
    return this.spanAt(this.next++);
  }

  /** The first token from this one on that is not space. */
  private behindSpace(token: number): number {
    return this.codeAt(token) === code.space ? token + 1 : token;
  }

  /** The last token before the next one that is neither space, comment nor line end. */
  private lastSignificant(): Span {
    let i = this.next - 1;
    while (i > 0 && isTrivia(this.codes[i])) i--;
    return this.spanAt(i);
  }

  /** The next token, for people. */
  private shown(): string {
    const text = this.textAt(this.next);
    return `\`${text.length > 40 ? `${text.slice(0, 40)}…` : text}\``;
  }

  private error(span: Span, message: string, mend: Pick<SyntaxError, 'insert' | 'remove'> = {}): void {
    const remove = mend.remove && { remove: spanOf(mend.remove) };
    this.errors.push({ ...spanOf(span), code: 'PD0001', message, ...mend, ...remove });
  }
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

/** Whether something closes every opening brace. */
export function isClosed(codes: Uint8Array): boolean {
  let balance = 0;
  for (const token of codes) balance = Math.max(0, balance + braceOf(token));
  return balance === 0;
}

function braceOf(token: number): number {
  return token === OPEN ? 1 : token === CLOSE ? -1 : 0;
}

function isTrivia(token: number): boolean {
  return token === code.space || token === code.newline || token === code.comment;
}

function isHeaderPart(token: number): boolean {
  return token === code.space || token === code.name || token === code.string || token === STAR;
}
