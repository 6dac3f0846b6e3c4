/**
 * A long block is cut into parts, so that an edit in it costs the lines that it touches: a potential may have thousands of lines
 * that other programs have written. The cut depends on the text alone, as that into sections does.
 *
 * A part is a statement: whole lines at whose beginning nothing is open but the block, or nothing that the parser would not
 * give up there. What is in front of the first line inside, and from the line of the closing brace on, is the frame. Where brackets
 * and braces are in a greater mess than one that is still to be typed, nothing is cut.
 */
import { NAME } from './lexer';
import { endOfComment, endOfString, HEADER } from './sections';
import type { Part, Section, Tokens } from './tree';

/** Shorter sections are parsed as a whole. */
const LONG = 2000;

/** Where the parts of a section begin, and where what follows the last of them does. */
export interface Cut {
  readonly starts: readonly number[];
  readonly end: number;
  /** Whether something closes every opening brace: the parser reads other texts with an eye on indentation. */
  readonly isBalanced: boolean;
}

/** An opening bracket, and the columns that the line of an opening brace begins with. */
interface Open {
  readonly bracket: string;
  readonly indentation: number;
}

/** Undefined for a section that is short, or not one block of many lines. */
export function cutOf(text: string): Cut | undefined {
  if (text.length < LONG) return undefined;
  HEADER.lastIndex = 0;
  if (!HEADER.test(text)) return undefined;
  const body = HEADER.lastIndex;
  const isBalanced = braceDepth(text) === 0;
  const starts: number[] = [];
  /** Inside of the block. */
  const open: Open[] = [];
  let lineStart = -1;
  let indentation = 0;
  for (let i = body; i < text.length; i++) {
    const character = text[i];
    const top = open.at(-1)?.bracket;
    switch (character) {
      case '{':
        // A brace on a line of its own belongs to the header above; in a list it ends it.
        if (lineStart < 0 || i === lineStart + indentation || (top !== undefined && top !== '{')) return undefined;
        open.push({ bracket: character, indentation });
        break;
      case '[':
      case '(':
        if (lineStart < 0) return undefined;
        open.push({ bracket: character, indentation });
        break;
      case ']':
      case ')':
        if (open.pop()?.bracket !== (character === ']' ? '[' : '(')) return undefined;
        break;
      case '}':
        while (open.length > 0 && open[open.length - 1].bracket !== '{') open.pop();
        if (open.pop() !== undefined) break;
        // What follows the block is the frame's; its line must begin as a statement does.
        if (starts.pop() !== lineStart) return undefined;
        return starts.length === 0 ? undefined : { starts, end: lineStart, isBalanced };
      case ';':
      case '=':
        if (lineStart < 0 || (top !== undefined && top !== '{')) return undefined;
        break;
      case '#':
        i = endOfComment(text, i) - 1;
        break;
      case '"':
        if (lineStart < 0) return undefined;
        i = endOfString(text, i) - 1;
        break;
      case '\r':
      case '\n':
        if (character === '\r' && text[i + 1] === '\n') i++;
        lineStart = i + 1;
        indentation = columnsAt(text, lineStart);
        // With a brace missing a header at the very beginning of a line ends the block.
        if (!isBalanced && indentation === 0 && behindHeader(text, lineStart) === '{') return undefined;
        giveUp(open, text, lineStart + indentation, isBalanced ? -1 : indentation);
        if (open.length > 0) break;
        starts.push(lineStart);
        // Most lines are such statements.
        STATEMENT.lastIndex = lineStart;
        if (STATEMENT.test(text)) i = STATEMENT.lastIndex - 1;
        break;
      default:
        // Nothing stands behind the brace of the header.
        if (lineStart < 0 && !/\s/u.test(character)) return undefined;
    }
  }
  // The block is not closed.
  return undefined;
}

/** A statement on one line that opens nothing, or one block that it closes: `radial H O { eta = 4 Å^-2 }`. */
const STATEMENT =
  /[^\S\r\n]+[^\s{}()[\]"#][^{}()[\]"#\r\n]*(?:\{[^{}()[\]"#\r\n]*\}[^{}()[\]"#\r\n]*)?(?:#[^\r\n]*)?(?=[\r\n])/uy;

/** What the parser gives up where a line begins an item: lists, and blocks to the right of a header if a brace is missing. */
function giveUp(open: Open[], text: string, item: number, indentation: number): void {
  if (open.length === 0) return;
  const follower = behindHeader(text, item);
  if (follower !== '=' && follower !== '{') return;
  const isHeader = follower === '{';
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const isGivenUp = top.bracket !== '{' || (isHeader && indentation >= 0 && indentation <= top.indentation);
    if (!isGivenUp) return;
    open.pop();
  }
}

const NAME_AT = new RegExp(NAME, 'uy');

/** What follows a name and the labels behind it; undefined where no name stands. */
function behindHeader(text: string, start: number): string | undefined {
  NAME_AT.lastIndex = start;
  if (!NAME_AT.test(text)) return undefined;
  for (let i = NAME_AT.lastIndex; ;) {
    NAME_AT.lastIndex = i;
    if (text[i] === '"') i = endOfString(text, i);
    else if (text[i] === '*' || /[^\S\r\n]/u.test(text.charAt(i))) i++;
    else if (NAME_AT.test(text)) i = NAME_AT.lastIndex;
    else return text[i];
  }
}

/** The white space that a line begins with. */
function columnsAt(text: string, lineStart: number): number {
  let i = lineStart;
  while (i < text.length && text[i] !== '\n' && text[i] !== '\r' && /\s/u.test(text[i])) i++;
  return i - lineStart;
}

const BRACES = /[{}#"]/g;

/** How many braces nothing closes. */
function braceDepth(text: string): number {
  let depth = 0;
  BRACES.lastIndex = 0;
  while (BRACES.test(text)) {
    const i = BRACES.lastIndex - 1;
    const character = text[i];
    if (character === '{') depth++;
    else if (character === '}') depth = Math.max(0, depth - 1);
    else BRACES.lastIndex = character === '#' ? endOfComment(text, i) : endOfString(text, i);
  }
  return depth;
}

/** A section out of its parts: the frame in front, the statements, the frame behind. */
export class LongSection implements Section {
  private allTokens: Tokens | undefined;

  constructor(
    readonly text: string,
    readonly items: Section['items'],
    readonly errors: Section['errors'],
    readonly parts: readonly Part[],
  ) {}

  get tokens(): Tokens {
    return (this.allTokens ??= joined(this.parts));
  }
}

function joined(parts: readonly Part[]): Tokens {
  const count = parts.reduce((sum, { section }) => sum + section.tokens.codes.length, 0);
  const codes = new Uint8Array(count);
  const ends = new Int32Array(count);
  let at = 0;
  for (const { section, start } of parts) {
    codes.set(section.tokens.codes, at);
    for (const end of section.tokens.ends) ends[at++] = start + end;
  }
  return { codes, ends };
}
