/**
 * The formatter: one way to lay out a file.
 *
 * Two spaces of indentation, one item a line, `=` aligned within a run of attributes that no blank line and no longer block
 * interrupts, trailing comments of neighbouring lines likewise.
 * A block that stands on one line stays there while it fits into `WIDTH` columns; a list keeps its line breaks only
 * if it holds comments or does not fit. Comments survive, of several blank lines one does. Top-level items with a syntax error,
 * or beside a brace that nothing closes, are left exactly as they are.
 *
 * Invariants: `format(format(t)) === format(t)`; parsing the result gives the same items with the same values.
 */
import { lastAtMost } from '../search';
import { isClosed, parse } from './parser';
import type { Attribute, Block, Item, Span, SyntaxTree, Token } from './tree';

const WIDTH = 100;

/** One line of the result. */
interface Line {
  readonly depth: number;
  readonly text: string;
  /** For an attribute: its name, `text` being what follows the `=`. */
  readonly name?: string;
  comment?: string;
  /** Printed as it is. */
  readonly raw?: boolean;
}

const BLANK: Line = { depth: 0, text: '' };

/** Formats a file; text that is not understood is kept. Lines end as the first line end of Windows says, else with `\n`. */
export function format(text: string): string {
  const tree = parse(text);
  const lines = printFile(tree);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return render(lines)
    .map((line) => line + eol)
    .join('');
}

/** A stretch of whole lines that is left alone. */
interface Raw extends Span {
  readonly kind: 'raw';
}

function printFile(tree: SyntaxTree): Line[] {
  const lines: Line[] = [];
  new Printer(tree, lines).items(topLevel(tree), 0, tree.text.length, 0, false);
  return lines;
}

/** The items of the file, with those that have errors, and what belongs to no item, as raw lines. */
function topLevel(tree: SyntaxTree): (Item | Raw)[] {
  const starts = [0, ...tree.tokens.filter((token) => token.kind === 'newline').map((token) => token.end)];
  const lineOf = (offset: number): number => lastAtMost(starts, (start) => start, offset);
  const stretches: { first: number; last: number; raw: boolean; items: Item[] }[] = [];
  const add = (span: Span, raw: boolean, item?: Item): void => {
    const first = lineOf(span.start);
    const last = lineOf(Math.max(span.start, span.end - 1));
    const previous = stretches.at(-1);
    const items = item === undefined ? [] : [item];
    if (previous !== undefined && first <= previous.last) {
      previous.last = Math.max(previous.last, last);
      previous.raw ||= raw;
      previous.items.push(...items);
    } else stretches.push({ first, last, raw, items });
  };
  let token = 0;
  let error = 0;
  const addStray = (end: number): void => {
    for (; token < tree.tokens.length && tree.tokens[token].start < end; token++) {
      const stray = tree.tokens[token];
      if (!isTrivia(stray) && textOf(tree, stray) !== ';') add(stray, true);
    }
  };
  for (const { section, items } of tree.sections) {
    // Where a brace is missing indentation decides what belongs to what.
    const isOpen = !isClosed(section.tokens.codes);
    for (const item of items) {
      addStray(item.start);
      while (token < tree.tokens.length && tree.tokens[token].start < item.end) token++;
      while (error < tree.errors.length && tree.errors[error].end < item.start) error++;
      add(item, isOpen || (error < tree.errors.length && tree.errors[error].start <= item.end), item);
    }
  }
  addStray(tree.text.length);
  return stretches.flatMap(({ first, last, raw, items }): (Item | Raw)[] => {
    if (!raw) return items;
    const end =
      last + 1 < starts.length
        ? tree.text.slice(0, starts[last + 1]).replace(/\r?\n$|\r$/u, '').length
        : tree.text.length;
    return [{ kind: 'raw', start: starts[first], end }];
  });
}

class Printer {
  private token = 0;

  constructor(
    private readonly tree: SyntaxTree,
    private readonly lines: Line[],
  ) {}

  /** The items between two offsets with the comments and blank lines around them. */
  items(items: readonly (Item | Raw)[], start: number, end: number, depth: number, hasHeader: boolean): void {
    const before = this.lines.length;
    let position = start;
    for (const item of items) {
      this.gap(position, item.start, depth, before, hasHeader, false);
      if (item.kind === 'raw') this.lines.push({ depth: 0, text: this.slice(item), raw: true });
      else if (item.kind === 'attribute') this.attribute(item, depth);
      else this.block(item, depth);
      position = item.end;
    }
    this.gap(position, end, depth, before, hasHeader, true);
  }

  /** What stands between two items: comments, blank lines, semicolons. */
  private gap(start: number, end: number, depth: number, first: number, hasHeader: boolean, isLast: boolean): void {
    let breaks = 0;
    for (const token of this.tokensIn({ start, end })) {
      if (token.kind === 'newline') breaks++;
      if (token.kind !== 'comment') continue;
      const text = this.slice(token).trimEnd();
      if (breaks === 0 && (hasHeader || this.lines.length > first)) this.addComment(text);
      else {
        if (breaks > 1 && this.lines.length > first) this.lines.push(BLANK);
        this.lines.push({ depth, text });
      }
      breaks = 0;
    }
    if (breaks > 1 && this.lines.length > first && !isLast) this.lines.push(BLANK);
  }

  private addComment(text: string): void {
    const line = this.lines.at(-1);
    if (line !== undefined) line.comment = line.comment === undefined ? text : `${line.comment} ${text}`;
  }

  private attribute(attribute: Attribute, depth: number): void {
    const value = this.tokensIn({ start: attribute.equals?.end ?? attribute.name.end, end: attribute.end });
    const name = attribute.name.text;
    const inline = this.join(value);
    const hasComment = value.some((token) => token.kind === 'comment');
    const hasBreak = value.some((token) => token.kind === 'newline');
    if (!hasBreak || (!hasComment && 2 * depth + name.length + 3 + inline.length <= WIDTH)) {
      this.lines.push({ depth, name, text: inline });
      return;
    }
    let rest = value;
    let isFirst = true;
    while (rest.length > 0) {
      const index = rest.findIndex((token) => token.kind === 'newline');
      const here = index < 0 ? rest : rest.slice(0, index);
      rest = index < 0 ? [] : rest.slice(index + 1);
      const code = here.filter((token) => !isTrivia(token));
      const comments = here.filter((token) => token.kind === 'comment').map((token) => this.slice(token).trimEnd());
      if (code.length === 0 && comments.length === 0 && !isFirst) continue;
      const text = this.join(code, true);
      const closes = code.length > 0 && ')]'.includes(this.slice(code[0]));
      const line: Line = isFirst
        ? { depth, name, text }
        : { depth: closes ? depth : depth + 1, text: text === '' ? comments.join(' ') : text };
      if (comments.length > 0 && (text !== '' || isFirst)) line.comment = comments.join(' ');
      this.lines.push(line);
      isFirst = false;
    }
  }

  private block(block: Block, depth: number): void {
    const header = this.header(block);
    const open = block.open;
    const close = block.close;
    // A block without braces is a syntax error, and those are never printed.
    if (open === undefined || close === undefined) return;
    const comments = this.tokensIn({ start: block.start, end: open.start }).filter((token) => token.kind === 'comment');
    const inside = this.tokensIn({ start: open.end, end: close.start });
    const inline = this.inline(block);
    const staysInline =
      !inside.some((token) => token.kind === 'newline' || token.kind === 'comment') &&
      2 * depth + inline.length <= WIDTH;
    const isEmpty = inside.every((token) => token.kind !== 'comment') && block.items.length === 0;
    const addHeaderComments = (): void => comments.forEach((token) => this.addComment(this.slice(token).trimEnd()));
    if (staysInline || isEmpty) {
      this.lines.push({ depth, text: inline });
      addHeaderComments();
      return;
    }
    this.lines.push({ depth, text: `${header} {` });
    addHeaderComments();
    this.items(block.items, open.end, close.start, depth + 1, true);
    this.lines.push({ depth, text: '}' });
  }

  private header(block: Block): string {
    return [block.name, ...block.labels].map((part) => this.slice(part)).join(' ');
  }

  private inline(item: Item): string {
    if (item.kind === 'attribute') {
      const value = this.tokensIn({ start: item.equals?.end ?? item.name.end, end: item.end });
      return `${item.name.text} = ${this.join(value)}`;
    }
    const items = item.items.map((inner) => this.inline(inner));
    return `${this.header(item)} {${items.length > 0 ? ` ${items.join('; ')} ` : ''}}`;
  }

  /** The tokens of a value with the spaces that belong between them. */
  private join(tokens: readonly Token[], keepsLastComma = false): string {
    let text = '';
    const words = tokens.filter((token) => !isTrivia(token)).map((token) => this.slice(token));
    words.forEach((word, i) => {
      if (!keepsLastComma && word === ',' && ')]'.includes(words[i + 1])) return;
      text += text !== '' && needsSpace(text, words[i - 1], word) ? ` ${word}` : word;
    });
    return text;
  }

  /** The tokens that lie in a span; spans are asked for in order, more or less. */
  private tokensIn(span: Span): Token[] {
    const { tokens } = this.tree;
    while (this.token > 0 && tokens[this.token - 1].end > span.start) this.token--;
    while (this.token < tokens.length && tokens[this.token].start < span.start) this.token++;
    let end = this.token;
    while (end < tokens.length && tokens[end].end <= span.end) end++;
    return tokens.slice(this.token, end);
  }

  private slice(span: Span): string {
    return this.tree.text.slice(span.start, span.end);
  }
}

function needsSpace(text: string, previous: string, next: string): boolean {
  if ('([*/^'.includes(previous) || ')],(*/^'.includes(next)) return false;
  // `1. .. 5` must not become `1...5`.
  if (next === '..') return text.endsWith('.');
  return previous !== '..';
}

/** Lines to text: indents, aligns runs of attributes and of trailing comments. */
function render(lines: readonly Line[]): string[] {
  // Comments and blocks of one line stand within a run; a blank line, or a block of several, ends it.
  const widths = columnsOfRuns(
    lines,
    (line) => line.name?.length ?? (line.text === '' || line.raw ? undefined : 0),
    (line, previous) => line.depth === previous.depth,
  );
  const texts = lines.map((line, i) => {
    if (line.raw) return line.text;
    const indentation = ' '.repeat(2 * line.depth);
    return line.name === undefined
      ? line.text && indentation + line.text
      : `${indentation}${line.name.padEnd(widths[i])} = ${line.text}`;
  });
  const columns = columnsOfRuns(
    lines,
    (line, i) => (line.comment === undefined ? undefined : texts[i].length),
    (line, previous) => line.depth === previous.depth,
  );
  return lines.map((line, i) =>
    line.comment === undefined ? texts[i] : `${texts[i].padEnd(columns[i])}  ${line.comment}`,
  );
}

/** For each line the largest measure of the run of neighbouring lines that have one. */
function columnsOfRuns(
  lines: readonly Line[],
  measure: (line: Line, index: number) => number | undefined,
  joins: (line: Line, previous: Line) => boolean,
): number[] {
  const result = new Array<number>(lines.length).fill(0);
  let first = 0;
  for (let i = 0; i <= lines.length; i++) {
    const continues =
      i < lines.length && measure(lines[i], i) !== undefined && (i === first || joins(lines[i], lines[i - 1]));
    if (continues) continue;
    let widest = 0;
    for (let k = first; k < i; k++) widest = Math.max(widest, measure(lines[k], k) ?? 0);
    result.fill(widest, first, i);
    first = i < lines.length && measure(lines[i], i) !== undefined ? i : i + 1;
  }
  return result;
}

function isTrivia(token: Token): boolean {
  return token.kind === 'space' || token.kind === 'newline' || token.kind === 'comment';
}

function textOf(tree: SyntaxTree, token: Token): string {
  return tree.text.slice(token.start, token.end);
}
