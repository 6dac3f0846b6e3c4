import { expect, test } from 'vitest';
import type { FrameData } from '../../../../protocol/frames';
import { createFrameCache } from '../../../../server/data/frame-cache';

const frame = (atoms: number): FrameData => ({
  numbers: new Uint8Array(atoms),
  positions: new Float32Array(3 * atoms),
  periodic: [false, false, false],
  columns: {},
  info: {},
});

test('frames are kept in order of use, up to a number of atoms', () => {
  const cache = createFrameCache(100, 10);
  const [a, b, c] = [frame(40), frame(40), frame(30)];
  cache.keep('a', '1', a);
  cache.keep('b', '1', b);
  expect(cache.get('a', '1')).toBe(a);
  cache.keep('c', '1', c);
  expect(cache.get('b', '1')).toBeUndefined();
  expect(cache.get('a', '1')).toBe(a);
  expect(cache.get('c', '1')).toBe(c);
  // Kept again, another version, and one that is larger than all.
  cache.keep('c', '1', c);
  expect(cache.get('a', '1')).toBe(a);
  expect(cache.get('a', '2')).toBeUndefined();
  expect(cache.get('a', '1')).toBeUndefined();
  cache.keep('d', '1', frame(101));
  expect(cache.get('d', '1')).toBeUndefined();
  expect(cache.get('c', '1')).toBe(c);
});

test('many small frames are bounded by their number', () => {
  const cache = createFrameCache(1000, 5);
  for (let i = 0; i < 8; i++) cache.keep(String(i), '', frame(1));
  expect(Array.from({ length: 8 }, (_, i) => cache.get(String(i), '') !== undefined)).toEqual([
    ...[false, false, false],
    ...[true, true, true, true, true],
  ]);
});
