import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packed, readTable } from '../../../engine/formats/atom-table';
import { parseNumber, scanNumber } from '../../../engine/formats/numbers';
import { Problems } from '../../../engine/formats/problems';
import { TextLines } from '../../../engine/formats/text-lines';

/** Reads a line of numbers as that of a table; undefined if it is none. */
function readLine(line: string, count: number): Float64Array | undefined {
  const values = new Float64Array(count);
  const problems = new Problems();
  const fields = [{ kind: 'real', ...packed(count, values) }] as const;
  const text = new TextLines(Buffer.from(line), 'x', 1);
  const end = readTable({ text, offset: 0, line: 1 }, { fields, count: 1, expected: 'numbers', open: false }, problems);
  return problems.count === 0 && end.lines === 1 && end.offset === Buffer.byteLength(line) ? values : undefined;
}

/** Equal bits: tells −0 from 0. Alone, and twice in a line. */
const same = (text: string): void => {
  const value = Number(text);
  expect(Object.is(parseNumber(text), value), text).toBe(true);
  const two = readLine(`${text}\t ${text}\n`, 2);
  if (Number.isFinite(value))
    expect(
      two?.every((number) => Object.is(number, value)),
      text,
    ).toBe(true);
  else expect(two).toBeUndefined();
};

test('numbers as people and programs write them', () => {
  for (const text of [
    '0',
    '-0',
    '-0.0',
    '+1',
    '1.',
    '.5',
    '-.5',
    '1e5',
    '1E-05',
    '1e+22',
    '1e23',
    '007',
    '0.1',
    '123456789012345678',
  ])
    same(text);
  for (const text of [
    '9007199254740993',
    '900719925474099.3',
    '9007199254740.993',
    '9007199254740992',
    '9007199254740991.5',
    '0.3',
    '2.2250738585072014e-308',
    '5e-324',
    '1e-400',
    '1.7976931348623157e308',
    '1e309',
    '-1e400',
  ])
    same(text);
  expect(parseNumber('1.5D-3')).toBe(1.5e-3);
  expect(parseNumber('1.5d+03')).toBe(1500);
  expect(parseNumber('0.12345678901234567890123D2')).toBe(12.345678901234567890123);
});

test('what is no number is none', () => {
  for (const text of [
    '',
    '+',
    '-',
    '.',
    '-.',
    'e5',
    '1e',
    '1e+',
    '1d',
    '1.0-100',
    '0x10',
    'nan',
    'NaN',
    'inf',
    'Infinity',
    '1_000',
    '1,5',
    '1 ',
    ' 1',
    '1.2.3',
    '--1',
    '１',
  ])
    expect(parseNumber(text), text).toBeUndefined();
});

test('the numbers of a line end with it, and none of them is half a number', () => {
  expect(readLine('1 2 3\n', 3)).toEqual(Float64Array.of(1, 2, 3));
  expect(readLine('  1\t2.5e3\r\n', 2)).toEqual(Float64Array.of(1, 2500));
  expect(readLine('1 2\n3\n', 3)).toBeUndefined();
  for (const text of ['1x 2\n', '1 2x\n', '1 1e999\n', '1 nan\n', '1 -\n', '1 .\n', '1 2.5.\n', '1 2\0\n'])
    expect(readLine(text, 2), text).toBeUndefined();
});

test('nothing beyond the end is looked at', () => {
  const bytes = new TextEncoder().encode('12.5e3');
  const into = new Float64Array(1);
  expect(scanNumber(bytes, 0, 2, into, 0)).toBe(2);
  expect(into[0]).toBe(12);
  expect(scanNumber(bytes, 0, 4, into, 0)).toBe(4);
  expect(into[0]).toBe(12.5);
  expect(scanNumber(bytes, 0, 5, into, 0)).toBe(-1);
});

test('every number is what Number(text) gives, bit for bit', () => {
  // All doubles in their shortest form, with 17 digits, and fixed.
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      same(String(x));
      same(x.toPrecision(17));
      same(x.toExponential(16));
    }),
    { numRuns: 3000 },
  );
  const moderate = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(moderate, fc.integer({ min: 1, max: 21 }), (x, digits) => {
      same(x.toFixed(digits));
      same(x.toPrecision(digits));
    }),
    { numRuns: 5000 },
  );
  // Any digits, any length, any exponent.
  const digits = (maxLength: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^\\d{0,${maxLength}}$`));
  fc.assert(
    fc.property(digits(12), digits(24), fc.integer({ min: -340, max: 340 }), (whole, fraction, exponent) => {
      if (whole + fraction === '') return;
      same(`${whole}.${fraction}`);
      same(`-${whole}.${fraction}e${exponent}`);
    }),
    { numRuns: 5000 },
  );
});

test('numbers in the middle between two float64s round to even', () => {
  // 2⁵³ + odd lies exactly between two neighbours; divided by a power of five it still does, in decimal notation.
  fc.assert(
    fc.property(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }), fc.integer({ min: 0, max: 20 }), (m, halvings) => {
      const middle = (2n * m + 1n) * 5n ** BigInt(halvings);
      const text = middle.toString().padStart(halvings + 1, '0');
      same(`${text.slice(0, text.length - halvings)}.${text.slice(text.length - halvings)}`);
    }),
    { numRuns: 3000 },
  );
});

test('15 to 19 digits with any exponent, and those next to the middle between two float64s', () => {
  const text = fc.tuple(
    fc.integer({ min: 15, max: 19 }).chain((length) => fc.stringMatching(new RegExp(`^[1-9]\\d{${length - 1}}$`))),
    fc.integer({ min: 0, max: 19 }),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: -345, max: 310 }), ([digits, at], exponent) => {
      const point = Math.min(at, digits.length);
      const decimal = `${digits.slice(0, point)}.${digits.slice(point)}`;
      same(decimal);
      same(`-${decimal}e${exponent}`);
      same(`${decimal}e${exponent % 40}`);
    }),
    { numRuns: 800 },
  );
  // The middle above x < 1, cut to 16 to 18 decimals, and one unit to either side of that.
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 12 }),
      fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }),
      fc.integer({ min: 16, max: 18 }),
      fc.integer({ min: -30, max: 7 }),
      (halvings, mantissa, decimals, exponent) => {
        const middle = ((2n * mantissa + 1n) * 10n ** BigInt(decimals)) >> BigInt(54 + halvings);
        for (const unit of [-1n, 0n, 1n]) {
          const digits = (middle + unit).toString().padStart(decimals, '0');
          same(`0.${digits}`);
          same(`7.${digits}`);
          same(`0.${digits}e${exponent}`);
        }
      },
    ),
    { numRuns: 400 },
  );
});
