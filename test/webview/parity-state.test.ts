import fc from 'fast-check';
import { expect, test } from 'vitest';
import { abridged, INITIAL_PARITY, packRows, unpackRows } from '../../webview/panels/results/parity-state';

const rows = fc.uniqueArray(fc.nat(500)).map((all) => Int32Array.from(all).sort());

test('rows are packed and unpacked', () => {
  expect(packRows(Int32Array.of(2, 3, 4, 9))).toEqual([2, 3, 4, 1]);
  fc.assert(
    fc.property(rows, (all) => {
      const packed = packRows(all);
      expect(packed && unpackRows(packed, 501)).toEqual(all);
      expect(packed && unpackRows(packed, 100)).toEqual(all.filter((row) => row < 100));
    }),
  );
});

test('more than is reasonable is not kept, and less is remembered', () => {
  const scattered = (count: number): Int32Array => Int32Array.from({ length: count }, (_, k) => 2 * k);
  expect(packRows(scattered(20_000))).toHaveLength(40_000);
  expect(packRows(scattered(20_001))).toBeUndefined();
  const selecting = (count: number) => ({
    ...INITIAL_PARITY,
    selection: { quantity: 'force' as const, rows: packRows(scattered(count)) ?? [] },
  });
  expect(abridged(selecting(1000)).selection).toBeDefined();
  expect(abridged(selecting(1001)).selection).toBeUndefined();
  expect(unpackRows([0, 1e15], 3)).toEqual(Int32Array.of(0, 1, 2));
});
