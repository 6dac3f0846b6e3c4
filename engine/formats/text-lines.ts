/**
 * One frame's bytes as lines and tokens, with places for people. Lines end with LF or CRLF; tokens are separated by
 * spaces and tabs. Offsets are bytes; lines and columns count from 1, columns in characters.
 */
import type { Place } from '../../protocol/result';

export const LF = 0x0a;
const CR = 0x0d;

export const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === CR;

let texts = 0;

export class TextLines {
  /** Tells this text from every other one, for who must not keep it in memory. */
  readonly id = ++texts;
  /** The current line: from `start` up to `end`, without its line end. */
  start = 0;
  end = 0;
  /** Number of the current line in the file. */
  line: number;
  private next: number;

  /** Where the next line begins. */
  get nextStart(): number {
    return this.next;
  }

  constructor(
    readonly bytes: Buffer,
    readonly file: string,
    firstLine: number,
  ) {
    this.line = firstLine - 1;
    // A byte order mark is no character of the text.
    const bom = firstLine === 1 && bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    this.next = bom ? 3 : 0;
  }

  /** Goes to the next line; false if there is none. */
  advance(): boolean {
    if (this.next >= this.bytes.length) return false;
    this.line++;
    this.start = this.next;
    const newline = this.lineFeed();
    this.end = newline < 0 ? this.bytes.length : newline;
    this.next = newline < 0 ? this.bytes.length : newline + 1;
    if (this.end > this.start && this.bytes[this.end - 1] === CR) this.end--;
    return true;
  }

  /** Where the line feed of the current line is; −1 if there is none. */
  private lineFeed(): number {
    const { bytes, start } = this;
    // A number of atoms ends before the search by the runtime has begun.
    const near = Math.min(start + 8, bytes.length);
    for (let at = start; at < near; at++) if (bytes[at] === LF) return at;
    return bytes.indexOf(LF, near);
  }

  /** Goes on behind what was read otherwise: the next line begins at `offset` and has the number `line`. */
  skipTo(offset: number, line: number): void {
    this.next = Math.min(offset, this.bytes.length);
    this.line = line - 1;
  }

  text(): string {
    return this.bytes.toString('utf8', this.start, this.end);
  }

  isBlank(): boolean {
    return this.skipSpace(this.start) === this.end;
  }

  /** First offset from `at` on that isn't white space, at most the end of the line. */
  skipSpace(at: number): number {
    while (at < this.end && isSpace(this.bytes[at])) at++;
    return at;
  }

  /** End of the token that starts at `at`. */
  tokenEnd(at: number): number {
    while (at < this.end && !isSpace(this.bytes[at])) at++;
    return at;
  }

  /** The token at `at`, shortened for messages. */
  quote(at: number): string {
    const text = this.bytes.toString('utf8', at, Math.min(this.tokenEnd(at), at + 40));
    return text === '' ? 'the end of the line' : `“${text}”`;
  }

  countTokens(): number {
    let count = 0;
    for (let at = this.skipSpace(this.start); at < this.end; at = this.skipSpace(this.tokenEnd(at))) count++;
    return count;
  }

  /** Where the byte at `at` in the current line is. */
  place(at = this.start): Place {
    const column = at === this.start ? 1 : this.bytes.toString('utf8', this.start, at).length + 1;
    return { file: this.file, line: this.line, column };
  }
}
