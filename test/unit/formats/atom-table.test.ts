/** Tables of atoms of any shape, read by compiled code piece by piece: the same as by splitting lines. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packed, readTable, type Field, type TableEnd } from '../../../engine/formats/atom-table';
import { Problems } from '../../../engine/formats/problems';
import { TextLines } from '../../../engine/formats/text-lines';
import type { Problem } from '../../../protocol/result';

/** A piece of a text that is read at once. */
const PIECE = 131_072;

function read(
  text: string,
  fields: readonly Field[],
  count: number,
  open = false,
): { readonly end: TableEnd; readonly problems: readonly Problem[] } {
  const problems = new Problems();
  const lines = new TextLines(Buffer.from(text), 'x', 1);
  const end = readTable({ text: lines, offset: 0, line: 1 }, { fields, count, expected: 'these', open }, problems);
  return { end, problems: problems.list() };
}

/** As one would write it first. */
const split = (text: string): string[][] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.trim().split(/[ \t\r]+/));

const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }).map((x) => x.toFixed(8)),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }).map((x) => x.toExponential(9).replace('e', 'D')),
  fc.integer({ min: -1e6, max: 1e6 }).map(String),
);
const blank = fc.constantFrom(' ', '\t', '   ', ' \t ');

test('what lines hold, wherever pieces of the text end', () => {
  const line = fc.tuple(
    fc.constantFrom('H', 'O', 'Cl', 'Si'),
    fc.array(numberText, { minLength: 4, maxLength: 4 }),
    fc.constantFrom('T', 'F', 'True', 'false'),
    fc.stringMatching(/^[a-z_]{1,12}$/),
    fc.integer({ min: -99, max: 99 }),
    blank,
    fc.constantFrom('\n', '\r\n', ' \n'),
  );
  const symbols: Readonly<Record<string, number>> = { H: 1, O: 8, Cl: 17, Si: 14 };
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 300 }), (lines, times) => {
      const once = lines
        .map(([symbol, numbers, flag, word, whole, between, end]) =>
          [symbol, ...numbers.slice(0, 3), flag, word, numbers[3], whole].join(between).concat(end),
        )
        .join('');
      const text = once.repeat(times);
      const count = lines.length * times;
      const elements = new Uint8Array(count);
      const flags = new Uint8Array(count);
      const words: string[] = [];
      const [positions, whole] = [new Float64Array(3 * count), new Float64Array(2 * count)];
      const { end, problems } = read(
        text,
        [
          { kind: 'element', ...packed(1, elements) },
          { kind: 'real', ...packed(3, positions) },
          { kind: 'logical', ...packed(1, flags) },
          { kind: 'text', ...packed(1, words) },
          { kind: 'ignored', width: 1 },
          // Every other number of its array.
          { kind: 'integer', width: 1, values: whole, stride: 2, offset: 1 },
        ],
        count,
      );
      expect(problems).toEqual([]);
      expect(end).toEqual({ offset: Buffer.byteLength(text), lines: count });
      const rows = split(text);
      expect([...elements]).toEqual(rows.map(([symbol]) => symbols[symbol]));
      expect([...positions]).toEqual(rows.flatMap((row) => row.slice(1, 4).map((x) => Number(x.replace('D', 'e')))));
      expect([...flags]).toEqual(rows.map((row) => (/^t/i.test(row[4]) ? 1 : 0)));
      expect(words).toEqual(rows.map((row) => row[5]));
      expect([...whole]).toEqual(rows.flatMap((row) => [0, Number(row[7])]));
    }),
    { numRuns: 60 },
  );
});

test('lines longer than a piece, and more columns than there is room for', () => {
  const width = 40_000;
  const numbers = Array.from({ length: width }, (_, k) => (k / 7).toFixed(8));
  const text = `1 2\n${numbers.join(' ')}\n3 4\n`;
  expect(numbers.join(' ').length).toBeGreaterThan(PIECE);
  const values = new Float64Array(width);
  expect(read(text.slice(4), [{ kind: 'real', ...packed(width, values) }], 1).problems).toEqual([]);
  expect(values).toEqual(Float64Array.from(numbers, Number));
  // Short lines on both sides of a long one, of which the rest is ignored.
  const pairs = new Float64Array(6);
  const { end, problems } = read(text, [{ kind: 'real', ...packed(2, pairs) }], 3, true);
  expect(problems).toEqual([]);
  expect(end).toEqual({ offset: text.length, lines: 3 });
  expect([...pairs]).toEqual([1, 2, 0, Number(numbers[1]), 3, 4]);
});

test('more fields than are read at once', () => {
  const fields: Field[] = Array.from({ length: 100 }, () => ({ kind: 'real', ...packed(1, new Float64Array(2)) }));
  const row = fields.map((_, k) => k).join(' ');
  expect(read(`${row}\n${row}\n`, fields, 2).problems).toEqual([]);
  fields.forEach((field, k) => expect('values' in field && [...field.values]).toEqual([k, k]));
});

test('each line that is wrong is told with its place, and the others are read', () => {
  const text = Array.from({ length: 30_000 }, (_, i) => (i % 10_000 === 9_999 ? `${i} x\n` : `${i} 0.5\n`)).join('');
  const values = new Float64Array(60_000);
  const { end, problems } = read(text, [{ kind: 'real', ...packed(2, values) }], 30_000);
  expect(text.length).toBeGreaterThan(2 * PIECE);
  expect(end).toEqual({ offset: text.length, lines: 30_000 });
  expect(problems.map(({ code, place }) => [code, place?.line, place?.column])).toEqual([
    ['XD009', 10_000, 6],
    ['XD009', 20_000, 7],
    ['XD009', 30_000, 7],
  ]);
  expect(values.filter((x, k) => k % 2 === 0 && x !== k / 2)).toEqual(new Float64Array(0));
});
