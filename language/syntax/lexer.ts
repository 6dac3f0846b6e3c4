/**
 * Cuts a text into tokens that cover it without a gap.
 *
 * A name is a letter or underscore followed by letters, digits, underscores and hyphens between them (`rpbe-d3`); letters are
 * Unicode's, so `Å` is a name in all its spellings. A string stays on its line and knows the escapes `\"` and `\\`; any
 * other backslash is itself. Nothing is refused here: what no rule takes is a token of kind `invalid`.
 */
import type { Token, TokenKind, Tokens } from './tree';

const KINDS = ['symbol', 'name', 'number', 'string', 'newline', 'space', 'comment', 'invalid'] as const;

/** What a token is, as a number. That of a symbol is the character it begins with, `code.symbol` stands for none. */
export const code = { symbol: 0, name: 1, number: 2, string: 3, newline: 4, space: 5, comment: 6, invalid: 7 } as const;

/** The source of the regular expression of a name. */
export const NAME = String.raw`[\p{L}_][\p{L}\p{M}\p{N}_]*(?:-[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)*`;

/** The first that matches holds; the last one always does. */
const RULES: readonly { readonly code: number; readonly pattern: RegExp }[] = [
  { code: code.space, pattern: /[^\S\r\n]+/uy },
  { code: code.newline, pattern: /\r\n|\n|\r/uy },
  { code: code.comment, pattern: /#[^\r\n]*/uy },
  // The dot of `1..5` belongs to the range, not to the number.
  { code: code.number, pattern: /[+-]?(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?/uy },
  { code: code.name, pattern: new RegExp(NAME, 'uy') },
  { code: code.string, pattern: /"(?:[^"\\\r\n]+|\\[^\r\n]?)*"?/uy },
  { code: code.symbol, pattern: /\.\.|[={}[\](),;*/^%]/uy },
  { code: code.invalid, pattern: /[^]/uy },
];

export function tokenize(text: string): Tokens {
  const codes = new Uint8Array(text.length);
  const ends = new Int32Array(text.length);
  let count = 0;
  for (let start = 0; start < text.length; start = ends[count - 1]) {
    const plain = PLAIN[text.charCodeAt(start)] ?? 0;
    let end = plain === 0 ? 0 : endOfPlain(text, start, plain);
    let found: number = plain;
    for (let i = 0; end === 0; i++) {
      const rule = RULES[i];
      rule.pattern.lastIndex = start;
      if (!rule.pattern.test(text)) continue;
      end = rule.pattern.lastIndex;
      found = rule.code === code.symbol ? text.charCodeAt(start) : rule.code;
    }
    // What makes no sense makes none as a whole.
    if (found === code.invalid && count > 0 && codes[count - 1] === code.invalid) count--;
    codes[count] = found;
    ends[count++] = end;
  }
  return { codes: codes.slice(0, count), ends: ends.slice(0, count) };
}

/** The code of the tokens that begin with an ASCII character, where that alone decides it; else 0. */
const PLAIN = Uint8Array.from({ length: 128 }, (_, character) => {
  const rule = RULES.find(({ pattern }) => {
    pattern.lastIndex = 0;
    return pattern.test(String.fromCharCode(character));
  });
  if (rule === undefined || rule.code === code.string || rule.code === code.invalid) return 0;
  return rule.code === code.symbol ? character : rule.code;
});

/** The end of a token of plain ASCII, most by far, without the rules; 0 where only they know. */
function endOfPlain(text: string, start: number, plain: number): number {
  let end = start + 1;
  let next = text.charCodeAt(end);
  switch (plain) {
    case code.name:
      while (PLAIN[next] === code.name || PLAIN[next] === code.number) next = text.charCodeAt(++end);
      return next === HYPHEN || next >= 128 ? 0 : end;
    case code.number:
      while (PLAIN[next] === code.number) next = text.charCodeAt(++end);
      return next === DOT || next === SMALL_E || next === LARGE_E ? 0 : end;
    case code.space:
      while (PLAIN[next] === code.space) next = text.charCodeAt(++end);
      return next >= 128 ? 0 : end;
    case code.newline:
      return text.startsWith('\r\n', start) ? end + 1 : end;
    case code.comment:
      while (end < text.length && PLAIN[next] !== code.newline) next = text.charCodeAt(++end);
      return end;
    default:
      return end;
  }
}

const [HYPHEN, DOT, SMALL_E, LARGE_E] = Array.from('-.eE', (character) => character.charCodeAt(0));

/** Tokens as objects; `by` is where their text begins. */
export function tokensAt({ codes, ends }: Tokens, by: number): Token[] {
  return Array.from(ends, (end, i): Token => {
    const kind: TokenKind = codes[i] < KINDS.length ? KINDS[codes[i]] : 'symbol';
    return { kind, start: by + (i === 0 ? 0 : ends[i - 1]), end: by + end };
  });
}

/** A string token without its closing quote ends at the end of its line. */
export function isTerminated(text: string): boolean {
  if (text.length < 2 || !text.endsWith('"')) return false;
  let backslashes = 0;
  for (let i = text.length - 2; i > 0 && text[i] === '\\'; i--) backslashes++;
  return backslashes % 2 === 0;
}

/** The content of a string token. */
export function unquote(text: string): string {
  return text.slice(1, isTerminated(text) ? -1 : undefined).replace(/\\(["\\])/gu, '$1');
}

/** A string token with that content. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/gu, '\\$&')}"`;
}

const WHOLE_NAME = new RegExp(`^${NAME}$`, 'u');

/** Whether a text is a name as it is, without quotes. */
export const isName = (text: string): boolean => WHOLE_NAME.test(text);

/** The token that names something: in quotes where it is no name as it is. */
export const writeName = (text: string): string => (isName(text) ? text : quote(text));
