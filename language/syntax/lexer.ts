/**
 * Cuts a text into tokens that cover it without a gap.
 *
 * A name is a letter or underscore followed by letters, digits, underscores and hyphens between them (`rpbe-d3`); letters are
 * Unicode's, so `Å` is a name in all its spellings. A string stays on its line and knows the escapes `\"` and `\\`; any
 * other backslash is itself. Nothing is refused here: what no rule takes is a token of kind `invalid`.
 */
import type { Token, TokenKind } from './tree';

/** The source of the regular expression of a name. */
export const NAME = String.raw`[\p{L}_][\p{L}\p{M}\p{N}_]*(?:-[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)*`;

const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[^\S\r\n]+/uy],
  ['newline', /\r\n|\n|\r/uy],
  ['comment', /#[^\r\n]*/uy],
  // The dot of `1..5` belongs to the range, not to the number.
  ['number', /[+-]?(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?/uy],
  ['name', new RegExp(NAME, 'uy')],
  ['string', /"(?:[^"\\\r\n]+|\\[^\r\n]?)*"?/uy],
  ['symbol', /\.\.|[={}[\](),;*/^%]/uy],
];

const INVALID = /[^\s\p{L}\d_"#={}[\](),;*/^%]/uy;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let start = 0;
  while (start < text.length) {
    const token = tokenAt(text, start);
    const last = tokens.at(-1);
    if (token.kind === 'invalid' && last?.kind === 'invalid')
      tokens[tokens.length - 1] = { ...token, start: last.start };
    else tokens.push(token);
    start = token.end;
  }
  return tokens;
}

/** Which rules can begin with an ASCII character: most tokens are found at the first try. */
const RULES_BY_CODE = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return RULES.filter(([kind]) => {
    switch (kind) {
      case 'newline':
        return character === '\n' || character === '\r';
      case 'space':
        return /\s/u.test(character);
      case 'comment':
        return character === '#';
      case 'number':
        return /[\d.+-]/u.test(character);
      case 'name':
        return /[\p{L}_]/u.test(character);
      case 'string':
        return character === '"';
      default:
        return true;
    }
  });
});

function tokenAt(text: string, start: number): Token {
  const code = text.charCodeAt(start);
  const rules = code < 128 ? RULES_BY_CODE[code] : RULES;
  // By index: the hottest loop of all, and an iterator would be made anew for every token.
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i][1];
    rule.lastIndex = start;
    if (rule.test(text)) return { kind: rules[i][0], start, end: rule.lastIndex };
  }
  INVALID.lastIndex = start;
  return { kind: 'invalid', start, end: INVALID.test(text) ? INVALID.lastIndex : start + 1 };
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
