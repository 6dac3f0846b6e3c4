import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from '../../../../language/syntax/parser';
import type { Block } from '../../../../language/syntax/tree';
import { format } from '../../../../language/syntax/printer';
import { potentialText } from '../arbitrary';

const RICH = readFileSync(new URL('../../../fixtures/language/rich.potential', import.meta.url), 'utf8');

/** A tree without spans: what must survive formatting. */
function meaning(text: string): unknown {
  const { file, errors, tokens } = parse(text);
  const strip = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(strip);
    if (node === null || typeof node !== 'object') return node;
    // A long block has its items in parts: they are asked for.
    if ('kind' in node && node.kind === 'block') {
      const { name, labels, items } = node as Block;
      return { block: strip(name), labels: strip(labels), items: strip(items) };
    }
    return Object.fromEntries(
      Object.entries(node)
        .filter(([key]) => !['start', 'end', 'equals', 'open', 'close'].includes(key))
        .map(([key, value]) => [key, strip(value)]),
    );
  };
  const comments = tokens
    .filter((token) => token.kind === 'comment')
    .map(({ start, end }) => text.slice(start, end).trimEnd());
  return { items: strip(file.items), comments, errors: errors.map((error) => error.message) };
}

describe('format', () => {
  it('leaves a formatted file as it is', () => {
    const formatted = format(RICH);
    expect(format(formatted)).toBe(formatted);
    expect(meaning(formatted)).toEqual(meaning(RICH));
  });

  const cases: readonly (readonly [string, string, string])[] = [
    ['aligns runs of attributes', 'a=1\nlonger   =2\n\nc  =  3', 'a      = 1\nlonger = 2\n\nc = 3\n'],
    [
      'aligns across what stands on one line',
      'a=1\n# x\nq { b = 2 }\nlonger=3\nr {\n c=4\n}\nd=5',
      'a      = 1\n# x\nq { b = 2 }\nlonger = 3\nr {\n  c = 4\n}\nd = 5\n',
    ],
    ['indents', 'p x{\na=1\n q{\nb=[1,2]A\n}\n}', 'p x {\n  a = 1\n  q {\n    b = [1, 2] A\n  }\n}\n'],
    ['keeps inline blocks inline', 'p {\n q   {a=1;b=2 Å^ -2;}\n}', 'p {\n  q { a = 1; b = 2 Å^-2 }\n}\n'],
    ['writes empty blocks short', 'p {\n\n}\nq { }', 'p {}\nq {}\n'],
    ['breaks half-inline blocks', 'p { a = 1\nb = 2 }', 'p {\n  a = 1\n  b = 2\n}\n'],
    ['splits lines at semicolons', 'p {\n a = 1; b = 2\n}', 'p {\n  a = 1\n  b = 2\n}\n'],
    ['keeps comments', '#  x\np { # y\n a = 1 # z\n # w\n}\n# v', '#  x\np {  # y\n  a = 1  # z\n  # w\n}\n# v\n'],
    ['aligns trailing comments', 'a = 1 # x\nb = 222 # y', 'a = 1    # x\nb = 222  # y\n'],
    ['keeps one blank line', '\n\na = 1\n\n\n\nb = 2\n\n', 'a = 1\n\nb = 2\n'],
    ['takes the brace up to its header', 'p x # y\n\n{\n a = 1\n}', 'p x {  # y\n  a = 1\n}\n'],
    ['joins lists that fit', 'a = [\n 1,\n 2,\n]', 'a = [1, 2]\n'],
    ['keeps lists with comments', 'a = [ # x\n 1,\n# y\n 2, # z\n]', 'a = [  # x\n  1,\n  # y\n  2,  # z\n]\n'],
    [
      'spaces units',
      'a = 5 1 / ps\nb = 10%\nc = 3eV / Å ^2\nd = 1 .. 5\ne=1. .. 5',
      'a = 5 1/ps\nb = 10 %\nc = 3 eV/Å^2\nd = 1..5\ne = 1. ..5\n',
    ],
    [
      'leaves a block with an error alone',
      'a=1\np {\n    x   = \n  y=1\n}\nb=1',
      'a = 1\np {\n    x   = \n  y=1\n}\nb = 1\n',
    ],
    [
      'leaves alone what indentation says where a brace is missing',
      'p {\n  a !  q { b = 1 }\n  r H { c = 2 }\n  s { d = 1; e !  t { f = 3 }\n}\n\ng=1\n',
      'p {\n  a !  q { b = 1 }\n  r H { c = 2 }\n  s { d = 1; e !  t { f = 3 }\n}\n\ng=1\n',
    ],
    ['keeps line ends of Windows', 'a=1\r\nb=2\r\n', 'a = 1\r\nb = 2\r\n'],
  ];
  it.each(cases)('%s', (_, text, expected) => {
    expect(format(text)).toBe(expected);
    expect(format(expected)).toBe(expected);
  });

  it('breaks an inline block that does not fit', () => {
    const text = `p { a = "${'x'.repeat(60)}"; b = "${'y'.repeat(60)}" }`;
    expect(format(text)).toBe(`p {\n  a = "${'x'.repeat(60)}"\n  b = "${'y'.repeat(60)}"\n}\n`);
  });

  it('is idempotent and keeps meaning and comments, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(potentialText(RICH), fc.string({ unit: 'binary', maxLength: 100 })), (text) => {
        const once = format(text);
        expect(format(once)).toBe(once);
        expect(meaning(once)).toEqual(meaning(text));
      }),
      { numRuns: 1000 },
    );
  });
});
