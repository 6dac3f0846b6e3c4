/** Files that go wrong: what every reader must withstand. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Frame } from '../../../engine/formats/frame';
import type { Result } from '../../../protocol/result';

/**
 * Holds a decoder to its word: damaged text, and any bytes, make a frame of finite numbers that fit together, or problems
 * with places, never an exception.
 *
 * @param text a good frame
 * @param pieces what is telling in this format, to be inserted anywhere
 */
export function damaged(text: string, decode: (text: string) => Result<Frame>, pieces: readonly string[] = []): void {
  const insert = fc.constantFrom(
    ...[
      '',
      '\n',
      '\n\n',
      'NaN',
      '1e999',
      '-',
      '.',
      '#',
      '"',
      ' ',
      '\t',
      '99999999999',
      '0',
      '\0',
      'é',
      '\r',
      ...pieces,
    ],
  );
  const damage = fc.record({
    at: fc.integer({ min: 0, max: text.length }),
    remove: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(text.length)),
    insert,
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
      let other = text;
      for (const { at, remove, insert: piece } of damages)
        other = other.slice(0, at) + piece + other.slice(at + remove);
      judge(decode(other));
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(insert, fc.string({ maxLength: 8 })), { maxLength: 20 }), (parts) =>
      judge(decode(parts.join(''))),
    ),
    { numRuns: 500 },
  );
}

function judge(result: Result<Frame>): void {
  if (!result.ok) {
    expect(result.problems.length).toBeGreaterThan(0);
    expect(result.problems.every(({ place }) => place?.line !== undefined)).toBe(true);
    return;
  }
  const { numbers, positions, cell, columns } = result.value;
  expect(numbers.length).toBeGreaterThan(0);
  expect(positions).toHaveLength(3 * numbers.length);
  expect(positions.every(Number.isFinite)).toBe(true);
  expect(cell === undefined || cell.every(Number.isFinite)).toBe(true);
  for (const column of columns.values()) {
    expect(column.values).toHaveLength(column.width * numbers.length);
    if (column.type === 'R' || column.type === 'I') expect(column.values.every(Number.isFinite)).toBe(true);
  }
}
