import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tokenize, tokensAt } from '../../../../language/syntax/lexer';
import { soup } from '../arbitrary';

/** The grammar of tokens as one regular expression; the first alternative that matches holds. */
const GRAMMAR =
  /(?<space>[^\S\r\n]+)|(?<newline>\r\n|\n|\r)|(?<comment>#[^\r\n]*)|(?<number>[+-]?(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_](?:[\p{L}\p{M}\p{N}_]|-(?=[\p{L}\p{N}_]))*)|(?<string>"(?:[^"\\\r\n]|\\[^\r\n]?)*"?)|(?<symbol>\.\.|[={}[\](),;*/^%])|(?<invalid>[^])/gu;

function reference(text: string): string[] {
  const tokens: { kind: string; text: string }[] = [];
  for (const { 0: word, groups = {} } of text.matchAll(GRAMMAR)) {
    const kind = Object.keys(groups).find((name) => (groups[name] as string | undefined) !== undefined) ?? '';
    const last = tokens.at(-1);
    if (kind === 'invalid' && last?.kind === 'invalid') last.text += word;
    else tokens.push({ kind, text: word });
  }
  return tokens.map((token) => `${token.kind} ${token.text}`);
}

it('cuts any text as the grammar says', () => {
  const alphabet = Array.from('a1Zé_ .-+eE^*/%,[](){}="\\#\n\r\t\v\u00a0\u2028Å\u030a😀٣;:');
  const characters = fc.array(fc.constantFrom(...alphabet), { maxLength: 40 });
  const text = fc.oneof(
    soup(),
    characters.map((list) => list.join('')),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  fc.assert(
    fc.property(text, (content) => {
      const tokens = tokensAt(tokenize(content), 0);
      expect(tokens.map(({ kind, start, end }) => `${kind} ${content.slice(start, end)}`)).toEqual(reference(content));
    }),
    { numRuns: 1000 },
  );
});
