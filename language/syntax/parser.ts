/**
 * Text to tree: recursive descent over the tokens of the lexer, by the grammar of the language's reference (docs/guide).
 *
 * The parser knows the grammar and no vocabulary. It never fails: it says what is wrong in `errors` and goes on at the next
 * line or brace, at most one error per place. Where braces do not balance, a block that begins no further to the right
 * than the block around it ends that one, so that a brace that is still to be typed does not swallow the rest of the file.
 * What must never happen: an exception, or work that grows faster than the text (nesting is bounded by `MAX_DEPTH`).
 */
import { isTerminated, tokenize, unquote } from './lexer';
import { join, place, sectionStarts } from './sections';
import type {
  Attribute,
  Block,
  Item,
  Label,
  ListValue,
  Name,
  Section,
  Span,
  SyntaxError,
  SyntaxTree,
  Token,
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
  const known = new Map(previous?.sections.map(({ section }) => [section.text, section]));
  const starts = sectionStarts(text);
  const sections = starts.map((start, i) => {
    const content = text.slice(start, starts.at(i + 1));
    const section = known.get(content) ?? parseSection(content);
    const before = previous?.sections.at(i);
    return before?.section === section && before.start === start ? before : place(section, start);
  });
  return join(text, sections);
}

/** Parses a text as one section. */
export function parseSection(text: string): Section {
  // A copy, as a slice would keep the whole text that it was cut from in memory, for as long as the section lives.
  const own = text.split('').join('');
  const tokens = tokenize(own);
  const errors: SyntaxError[] = [];
  const items = new Parser(own, tokens, errors).file();
  return { text: own, tokens, items, errors: errors.sort((a, b) => a.start - b.start || a.end - b.end) };
}

class Parser {
  /** Index of the next token. */
  private next = 0;
  private depth = 0;
  /** Columns before the line in which the block at hand begins. */
  private indentation = 0;
  /** For each token the columns of white space that its line begins with. */
  private readonly lineIndentation: Int32Array;
  /** Whether something closes every opening brace. */
  private readonly bracesBalance: boolean;

  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
    private readonly errors: SyntaxError[],
  ) {
    this.lineIndentation = new Int32Array(tokens.length);
    let balance = 0;
    let indentation = 0;
    tokens.forEach((token, i) => {
      if (token.kind === 'symbol') balance = Math.max(0, balance + braceOf(this.textOf(token)));
      if (i === 0 || tokens[i - 1].kind === 'newline')
        indentation = token.kind === 'space' ? token.end - token.start : 0;
      this.lineIndentation[i] = indentation;
    });
    this.bracesBalance = balance === 0;
  }

  file(): Item[] {
    const items: Item[] = [];
    for (;;) {
      items.push(...this.items(false));
      const brace = this.peek();
      if (brace === undefined) return items;
      this.error(brace, 'There is no block that this `}` could close.', { remove: brace });
      this.next++;
    }
  }

  /** Items up to a `}` (left for the caller), the end, or a block that must belong to a parent. */
  private items(inside: boolean): Item[] {
    const items: Item[] = [];
    for (;;) {
      this.skipTrivia(true);
      const token = this.peek();
      if (token === undefined || this.is('}')) return items;
      if (token.kind === 'name') {
        if (inside && this.endsUnclosed()) return items;
        items.push(this.item());
      } else {
        const number = token.kind === 'number';
        this.error(
          token,
          number
            ? `An attribute or block must begin with its name, not with the number ${this.shown(token)}.`
            : `An attribute or block was expected, not ${this.shown(token)}.`,
        );
        this.skipLine();
      }
    }
  }

  private item(): Item {
    const name = this.name();
    this.skipTrivia(false);
    if (this.is('=')) {
      const equals = this.take();
      this.skipTrivia(false);
      if (this.is('{')) {
        this.error(equals, `A block is written without \`=\`: \`${name.text} { … }\`.`, { remove: equals });
        return this.block(name, []);
      }
      return this.attribute(name, equals);
    }
    const token = this.peek();
    if (token?.kind === 'number' || this.is('[')) {
      this.error(name, `\`=\` is missing between \`${name.text}\` and its value.`, { insert: ' =' });
      return this.attribute(name, undefined);
    }
    const labels = this.labels();
    if (this.is('{') || (labels.length > 0 && this.braceBegins())) return this.block(name, labels);
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

  private attribute(name: Name, equals: Token | undefined): Attribute {
    const node: Mutable<Attribute> = { kind: 'attribute', start: name.start, end: equals?.end ?? name.end, name };
    if (equals !== undefined) node.equals = spanOf(equals);
    const before = this.errors.length;
    const value = this.value();
    if (value !== undefined) {
      node.value = value;
      node.end = value.end;
      this.endItem(value);
      return node;
    }
    if (this.errors.length === before) {
      const token = this.peek();
      if (token === undefined || token.kind === 'newline' || this.is(';', '}'))
        this.error(node, `The value of \`${name.text}\` is missing.`);
      else this.error(token, `A value was expected, not ${this.shown(token)}.`);
    }
    this.skipLine();
    return node;
  }

  private labels(): Label[] {
    const labels: Label[] = [];
    for (;;) {
      this.skipTrivia(false);
      const token = this.peek();
      if (token === undefined) return labels;
      if (token.kind === 'name' || this.is('*')) {
        labels.push({ kind: 'label', start: token.start, end: token.end, text: this.textOf(token) });
      } else if (token.kind === 'string') {
        labels.push({ kind: 'label', start: token.start, end: token.end, text: this.string(token) });
      } else return labels;
      this.next++;
    }
  }

  /** Whether the next line begins with the `{` that belongs to a header. */
  private braceBegins(): boolean {
    let i = this.next;
    while (i < this.tokens.length && (this.tokens[i].kind === 'newline' || this.tokens[i].kind === 'space')) i++;
    if (i >= this.tokens.length || this.textOf(this.tokens[i]) !== '{') return false;
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
      open: spanOf(open),
    };
    if (this.depth >= MAX_DEPTH) {
      this.error(open, 'Blocks are nested too deeply.');
      this.skipBraces();
      node.end = this.tokens[this.next - 1].end;
      return node;
    }
    const outside = this.indentation;
    this.indentation = this.lineIndentation[this.next - 1];
    this.depth++;
    node.items = this.items(true);
    this.depth--;
    if (this.is('}')) {
      const close = this.take();
      node.close = spanOf(close);
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
    if (this.bracesBalance) return false;
    const before = this.tokens[this.next - 1].kind === 'space' ? this.next - 2 : this.next - 1;
    if (this.tokens[before].kind !== 'newline' || this.lineIndentation[this.next] > this.indentation) return false;
    // Only a block's header is a reason: attributes are often pasted without indentation.
    let i = this.next + 1;
    while (i < this.tokens.length && isHeaderPart(this.tokens[i], this.textOf(this.tokens[i]))) i++;
    return i < this.tokens.length && this.textOf(this.tokens[i]) === '{';
  }

  private value(): Value | undefined {
    this.skipTrivia(false);
    const token = this.peek();
    if (token === undefined) return undefined;
    switch (token.kind) {
      case 'number': {
        this.next++;
        const from = Number(this.textOf(token));
        const saved = this.next;
        this.skipTrivia(false);
        if (this.is('..')) return this.range(token, from);
        this.next = saved;
        return this.withUnit({ kind: 'number', start: token.start, end: token.end, value: from });
      }
      case 'string':
        this.next++;
        return { kind: 'string', start: token.start, end: token.end, text: this.string(token) };
      case 'name':
        return this.nameOrCall();
      case 'symbol':
        return this.is('[') ? this.list() : undefined;
      default:
        return undefined;
    }
  }

  private range(first: Token, from: number): Value | undefined {
    const dots = this.take();
    this.skipTrivia(false);
    const token = this.peek();
    if (token?.kind !== 'number') {
      this.error(dots, 'The end of the range is missing: write `1..5`.');
      return undefined;
    }
    this.next++;
    return this.withUnit({
      kind: 'range',
      start: first.start,
      end: token.end,
      from,
      to: Number(this.textOf(token)),
    });
  }

  private nameOrCall(): Value {
    const name = this.name();
    const saved = this.next;
    this.skipTrivia(false);
    if (this.is('(')) {
      this.next++;
      const [items, end] = this.elements(')', `${name.text}(`);
      return this.withUnit({ kind: 'call', start: name.start, end, callee: name, arguments: items });
    }
    this.next = saved;
    // `kcal/mol` is one word where a word is expected.
    let end = name.end;
    while (this.is('/') && this.tokens[this.next + 1]?.kind === 'name') {
      end = this.tokens[this.next + 1].end;
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
      this.error(this.tokens[this.next - 1], 'Lists are nested too deeply.');
      this.skipLine();
      return [items, this.lastSignificant().end];
    }
    this.depth++;
    const result = this.elementsInside(items, close, open);
    this.depth--;
    return [items, result];
  }

  private elementsInside(items: Value[], close: string, open: string): number {
    for (;;) {
      if (!this.skipInsideList()) break;
      if (this.is(close)) return this.take().end;
      const before = this.errors.length;
      const value = this.value();
      if (value === undefined) {
        const token = this.peek();
        if (this.is(',')) {
          this.error(token!, `A value is missing before this comma.`, { remove: token! });
          this.next++;
          continue;
        }
        // What ends an item ends an open list; anything else is skipped.
        if (token === undefined || this.is('}', '{', ';', '=') || this.errors.length > before) break;
        this.error(token, `A value was expected in the list, not ${this.shown(token)}.`);
        this.next++;
        continue;
      }
      items.push(value);
      if (!this.skipInsideList()) break;
      if (this.is(close)) return this.take().end;
      const token = this.peek();
      if (this.is(',')) {
        this.next++;
      } else if (token !== undefined && (['number', 'string', 'name'].includes(token.kind) || this.is('['))) {
        this.error(this.lastSignificant(), 'A comma is missing between the values of the list.', { insert: ',' });
      } else if (token === undefined || this.is('}', '{', ';', '=')) {
        break;
      } else {
        this.error(token, `A comma or \`${close}\` was expected, not ${this.shown(token)}.`);
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
    while (i < this.tokens.length && isTrivia(this.tokens[i])) {
      crossed ||= this.tokens[i].kind === 'newline';
      i++;
    }
    if (i >= this.tokens.length) return false;
    if (crossed && this.tokens[i].kind === 'name') {
      let after = i + 1;
      while (after < this.tokens.length && isHeaderPart(this.tokens[after], this.textOf(this.tokens[after]))) after++;
      const follower = after < this.tokens.length ? this.textOf(this.tokens[after]) : '';
      if (follower === '=' || follower === '{') return false;
    }
    this.next = i;
    return true;
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
    const start = this.peek();
    if (start === undefined) return undefined;
    const isOne = start.kind === 'number' && this.textOf(start) === '1' && this.significant(1) === '/';
    if (start.kind !== 'name' && !this.is('%') && !isOne) return undefined;
    const factors: UnitFactor[] = [];
    let sign = 1;
    let end = start.end;
    for (;;) {
      const token = this.peek();
      if (token !== undefined && (token.kind === 'name' || this.is('%'))) {
        this.next++;
        end = token.end;
        let power = 1;
        if (this.significant(0) === '^') {
          this.skipTrivia(false);
          const caret = this.take();
          this.skipTrivia(false);
          const exponent = this.peek();
          end = caret.end;
          if (exponent?.kind === 'number' && Number.isInteger(Number(this.textOf(exponent)))) {
            power = Number(this.textOf(exponent));
            this.next++;
            end = exponent.end;
          } else this.error(caret, 'The power of a unit is a whole number, as in `Å^-2`.');
        }
        factors.push({ start: token.start, end, symbol: this.textOf(token), power: sign * power });
      } else if (token?.kind === 'number' && this.textOf(token) === '1') {
        this.next++;
        end = token.end;
      } else {
        this.error({ start: start.start, end }, 'A unit must follow `*` or `/`, as in `1/ps`.');
        break;
      }
      const operator = this.significant(0);
      if (operator !== '*' && operator !== '/') break;
      this.skipTrivia(false);
      end = this.take().end;
      sign = operator === '/' ? -1 : 1;
      this.skipTrivia(false);
    }
    return { kind: 'unit', start: start.start, end, factors };
  }

  private name(): Name {
    const token = this.take();
    return { kind: 'name', start: token.start, end: token.end, text: this.textOf(token) };
  }

  private string(token: Token): string {
    const text = this.textOf(token);
    if (!isTerminated(text)) this.error(token, 'The closing quote of this text is missing.', { insert: '"' });
    return unquote(text);
  }

  /** An item ends with its line, with `;`, or before `}`. */
  private endItem(value: Value | undefined): void {
    this.skipTrivia(false);
    const token = this.peek();
    if (token === undefined || token.kind === 'newline' || this.is(';', '}')) return;
    this.error(token, this.describeSurplus(token, value));
    this.skipLine();
  }

  private describeSurplus(token: Token, value: Value | undefined): string {
    const text = this.textOf(token);
    if (text === ',' && value?.kind === 'number')
      return 'Nothing may follow the value: decimals have a point (`6.0`), and a list is written `[6, 7]`.';
    if (text === '/' && value?.kind === 'number') return 'A unit does not begin with `/`: write `1/ps`, or `ps^-1`.';
    if (value?.kind === 'name' && token.kind === 'invalid')
      return `Unexpected ${this.shown(token)}: paths and other texts are written in quotes, as in \`"start.xyz"\`.`;
    if (token.kind === 'name' || token.kind === 'number')
      return `Unexpected ${this.shown(token)}: each item is on its own line, or ends with \`;\`.`;
    return `Unexpected ${this.shown(token)}: the line should end here.`;
  }

  /** To the end of the line or the brace that closes the block, over whole blocks in between. */
  private skipLine(): void {
    for (;;) {
      const token = this.peek();
      if (token === undefined || token.kind === 'newline' || this.is('}', ';')) return;
      const skipBlock = this.is('{') && this.bracesBalance;
      this.next++;
      if (skipBlock) this.skipBraces();
    }
  }

  /** Behind an opening brace: to behind its closing one, or to the end. */
  private skipBraces(): void {
    for (let open = 1; open > 0 && this.next < this.tokens.length; this.next++) {
      const token = this.tokens[this.next];
      if (token.kind === 'symbol') open += braceOf(this.textOf(token));
    }
  }

  private skipTrivia(lines: boolean): void {
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      const skip =
        token.kind === 'space' || token.kind === 'comment' || (lines && (token.kind === 'newline' || this.is(';')));
      if (!skip) return;
      this.next++;
    }
  }

  private peek(): Token | undefined {
    return this.tokens[this.next];
  }

  private take(): Token {
    return this.tokens[this.next++];
  }

  /** Asked several times for every token: without a substring, and without a list of the candidates. */
  private is(first: string, second = first, third = first, fourth = first): boolean {
    const token = this.peek();
    if (token?.kind !== 'symbol') return false;
    const { text } = this;
    return (
      isText(text, token, first) ||
      isText(text, token, second) ||
      isText(text, token, third) ||
      isText(text, token, fourth)
    );
  }

  /** The text of the next token but `offset` of this line that is not space; empty at the end. */
  private significant(offset: number): string {
    let i = this.next;
    for (;;) {
      while (i < this.tokens.length && this.tokens[i].kind === 'space') i++;
      if (i >= this.tokens.length) return '';
      if (offset-- === 0) return this.textOf(this.tokens[i]);
      i++;
    }
  }

  /** The last token before the next one that is neither space, comment nor line end. */
  private lastSignificant(): Token {
    let i = this.next - 1;
    while (i > 0 && isTrivia(this.tokens[i])) i--;
    return this.tokens[i];
  }

  private textOf(token: Token): string {
    return this.text.slice(token.start, token.end);
  }

  private shown(token: Token): string {
    const text = this.textOf(token);
    return `\`${text.length > 40 ? `${text.slice(0, 40)}…` : text}\``;
  }

  private error(span: Span, message: string, mend: Pick<SyntaxError, 'insert' | 'remove'> = {}): void {
    const remove = mend.remove && { remove: spanOf(mend.remove) };
    this.errors.push({ ...spanOf(span), code: 'PD0001', message, ...mend, ...remove });
  }
}

function isText(text: string, token: Token, expected: string): boolean {
  return token.end - token.start === expected.length && text.startsWith(expected, token.start);
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function braceOf(symbol: string): number {
  return symbol === '{' ? 1 : symbol === '}' ? -1 : 0;
}

function isTrivia(token: Token): boolean {
  return token.kind === 'space' || token.kind === 'newline' || token.kind === 'comment';
}

function isHeaderPart(token: Token, text: string): boolean {
  return token.kind === 'space' || token.kind === 'name' || token.kind === 'string' || text === '*';
}
