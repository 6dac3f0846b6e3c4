import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FrameData } from '../../protocol/frames';
import { arrange, AS_IN_FILE, type Arrangement } from '../../webview/viewer/arrange';
import { findBonds } from '../../webview/viewer/bonds';
import { arrowChoicesOf, arrowsOf, coloredValues, coloringsOf, countBins, widen } from '../../webview/viewer/coloring';

const ALL = [true, true, true] as const;
const frameOf = (
  positions: readonly number[],
  numbers: readonly number[],
  more: Partial<FrameData> = {},
): FrameData => ({
  numbers: Uint8Array.from(numbers),
  positions: Float32Array.from(positions),
  cell: Float64Array.of(4, 0, 0, 1, 5, 0, 0, 0, 6),
  periodic: ALL,
  columns: {},
  info: {},
  ...more,
});
const how = (changes: Partial<Arrangement>): Arrangement => ({ ...AS_IN_FILE, ...changes });
const pointsOf = (positions: Float32Array): number[][] =>
  Array.from({ length: positions.length / 3 }, (_, k) =>
    [...positions.subarray(3 * k, 3 * k + 3)].map((x) => Math.round(x * 1e4) / 1e4),
  );

describe('where atoms are drawn', () => {
  test('as in the file: the very same array, nothing is copied', () => {
    const frame = frameOf([9, 9, 9, -1, 0, 0], [1, 8]);
    const { positions, sources, count } = arrange(frame, AS_IN_FILE, undefined);
    expect(positions).toBe(frame.positions);
    expect([sources, count]).toEqual([undefined, 2]);
  });

  test('wrapped into the cell', () => {
    const { positions } = arrange(frameOf([4.5, 5.5, -1], [1]), how({ placement: 'wrapped' }), undefined);
    // 4.5 5.5 −1 = 0.85 a + 1.1 b − c/6
    expect(pointsOf(positions)).toEqual([[3.5, 0.5, 5]]);
  });

  test('a molecule that a face cuts is put together', () => {
    const frame = frameOf([0.2, 1, 1, 3.4, 1, 1, 0.2, 1.9, 1], [8, 1, 1]);
    const { positions } = arrange(frame, how({ placement: 'molecules' }), findBonds(frame));
    expect(pointsOf(positions)).toEqual([
      [0.2, 1, 1],
      [-0.6, 1, 1],
      [0.2, 1.9, 1],
    ]);
    const slab = { cell: Float64Array.of(4, 0, 0, 1, 5, 0, 0, 0, 0), periodic: [true, true, false] as const };
    const cut = { ...frame, ...slab };
    expect(arrange(cut, how({ placement: 'molecules' }), findBonds(cut)).positions).toEqual(positions);
  });

  test('copies lie along the cell, and know their atoms', () => {
    const { positions, sources, origins } = arrange(
      frameOf([0, 0, 0, 1, 1, 1], [1, 8]),
      how({ copies: [2, 1, 2] }),
      undefined,
    );
    expect(origins).toEqual([
      [0, 0, 0],
      [0, 0, 6],
      [4, 0, 0],
      [4, 0, 6],
    ]);
    expect([...(sources ?? [])]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect(pointsOf(positions)[5]).toEqual([5, 1, 1]);
  });

  test('not along directions that are not periodic, nor without a cell', () => {
    const slab = frameOf([0, 0, 0], [1], { periodic: [true, false, false] });
    expect(arrange(slab, how({ copies: [2, 3, 3] }), undefined).count).toBe(2);
    const cluster = frameOf([0, 0, 0], [1], { cell: undefined, periodic: [false, false, false] });
    expect(arrange(cluster, how({ copies: [2, 3, 3], faces: true, placement: 'wrapped' }), undefined).count).toBe(1);
  });

  test('an atom at a corner has eight images, one on an edge four, one on a face two', () => {
    const count = (x: number, y: number, z: number): number =>
      arrange(frameOf([x, y, z], [1]), how({ faces: true }), undefined).count;
    expect([count(0, 0, 0), count(0, 0, 3), count(1.5, 2.5, 0), count(2, 2, 2)]).toEqual([8, 4, 2, 1]);
    // The far face counts as well.
    expect(count(4, 0, 3)).toBe(4);
  });

  test('hidden elements and what is beside the slice are left out', () => {
    const frame = frameOf([0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0], [1, 8, 1, 8]);
    expect([...(arrange(frame, how({ hidden: [1] }), undefined).sources ?? [])]).toEqual([1, 3]);
    const slice = { axis: 'x', middle: 0.5, thickness: 1.2 } as const;
    expect([...(arrange(frame, how({ slice }), undefined).sources ?? [])]).toEqual([1, 2]);
  });

  test('every drawn atom is an image of its source, whatever is asked for', () => {
    const coordinate = fc.double({ min: -20, max: 20, noNaN: true });
    const wish = fc.record<Arrangement>({
      placement: fc.constantFrom('file', 'wrapped', 'molecules'),
      copies: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      faces: fc.boolean(),
      hidden: fc.subarray([1, 8]),
      slice: fc.option(
        fc.record({
          axis: fc.constantFrom('x', 'y', 'z'),
          middle: fc.double({ min: 0, max: 1, noNaN: true }),
          thickness: fc.double({ min: 0.1, max: 9, noNaN: true }),
        }),
      ),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate, coordinate), { maxLength: 8 }), wish, (points, wished) => {
        const frame = frameOf(
          points.flat(),
          points.map((_, i) => (i % 2 === 0 ? 1 : 8)),
        );
        const arranged = arrange(frame, wished, findBonds(frame));
        expect(arranged.positions).toHaveLength(3 * arranged.count);
        for (let k = 0; k < arranged.count; k++) {
          const source = arranged.sources?.[k] ?? k;
          expect(wished.hidden).not.toContain(frame.numbers[source]);
          const [x, y, z] = [0, 1, 2].map((c) => arranged.positions[3 * k + c] - frame.positions[3 * source + c]);
          // Cell coordinates of the difference, by hand: a = (4, 0, 0), b = (1, 5, 0), c = (0, 0, 6).
          for (const f of [(x - y / 5) / 4, y / 5, z / 6]) expect(Math.abs(f - Math.round(f))).toBeLessThan(1e-4);
        }
      }),
    );
  });
});

describe('what atoms are coloured by', () => {
  const columns = {
    forces: { width: 3, values: Float32Array.of(3, 4, 0, 0, 0, 1) },
    ref_forces: { width: 3, values: Float32Array.of(3, 4, 2, 0, 0, 1) },
    charge: { width: 1, values: Float32Array.of(-0.5, 0.5) },
    tensor: { width: 9, values: new Float32Array(18) },
  };
  const frame = frameOf([0, 0, 0, 1, 1, 1], [1, 8], { columns });

  test('scalars, lengths of vectors, differences from a reference', () => {
    expect(coloringsOf(frame).filter(({ component }) => component !== true)).toEqual([
      { key: 'forces − ref_forces', label: 'Force error', unit: 'eV/Å' },
      { key: 'forces', label: '|forces|', unit: 'eV/Å' },
      { key: 'ref_forces', label: '|ref_forces|', unit: 'eV/Å' },
      { key: 'charge', label: 'charge', unit: 'e' },
    ]);
    expect([...(coloredValues(frame, 'forces') ?? [])]).toEqual([5, 1]);
    expect([...(coloredValues(frame, 'forces − ref_forces') ?? [])]).toEqual([2, 0]);
    expect([...(coloredValues(frame, 'forces.y') ?? [])]).toEqual(
      [...frame.columns.forces.values].filter((_, i) => i % 3 === 1),
    );
    expect(coloredValues(frame, 'nothing')).toBeUndefined();
  });

  test('predictions of potentials, with their uncertainty, and how far they extrapolate', () => {
    const vector = (x: number) => ({ width: 3, values: Float32Array.of(x, 0, 0, 0, x, 0) });
    const number = { width: 1, values: Float32Array.of(0, 0.25) };
    const labelsOf = (names: Record<string, { width: number; values: Float32Array }>): string[] =>
      coloringsOf({ ...frame, columns: names })
        .filter(({ component }) => component !== true)
        .map(({ label, unit }) => `${label} ${unit}`.trim());
    const evaluated = {
      forces: vector(1),
      predicted_forces: vector(4),
      extrapolation: number,
      forces_std: number,
    };
    expect(labelsOf(evaluated)).toEqual([
      'Force error eV/Å',
      '|forces| eV/Å',
      '|predicted_forces| eV/Å',
      'Extrapolation of the training range',
      'Uncertainty of forces eV/Å',
    ]);
    expect([...(coloredValues({ ...frame, columns: evaluated }, 'predicted_forces − forces') ?? [])]).toEqual([3, 3]);
    // Of several predictions each is compared, and always with the reference.
    const several = { REF_forces: vector(0), forces: vector(1), MACE_forces: vector(2), predicted_forces: vector(4) };
    expect(labelsOf(several).slice(0, 3)).toEqual([
      'Force error (forces) eV/Å',
      'Force error (MACE_forces) eV/Å',
      'Force error (predicted_forces) eV/Å',
    ]);
    expect(coloringsOf({ ...frame, columns: several }).map(({ key }) => key)).toContain('MACE_forces − REF_forces');
    // What a run has predicted is compared with what it was trained to, and nothing else is.
    const run = { forces: vector(0), reference_forces: vector(1), predicted_forces: vector(4) };
    const keys = coloringsOf({ ...frame, columns: run }).flatMap(({ key, component }) => (component ? [] : [key]));
    expect(keys).toEqual(['predicted_forces − reference_forces', ...Object.keys(run)]);
    // Without anything to compare with there is no error.
    expect(labelsOf({ predicted_forces: vector(4) })).toEqual(['|predicted_forces| eV/Å']);
    expect(labelsOf({ initial_charges: number, charges: number })).toEqual(['initial_charges e', 'charges e']);
  });

  test('arrows are those of a column, or of a prediction beside its reference', () => {
    expect(arrowChoicesOf(frame).map(({ label }) => label)).toEqual(['ref_forces and forces', 'forces', 'ref_forces']);
    const [pair, own] = arrowChoicesOf(frame).map(({ key }) => arrowsOf(frame, key));
    expect(pair.map(({ role, values }) => [role, values[2]])).toEqual([
      ['reference', 2],
      ['predicted', 0],
    ]);
    expect(own.map(({ label, role }) => [label, role])).toEqual([['force', 'own']]);
    expect(arrowsOf(frame, 'charge')).toEqual([]);
    expect(arrowsOf(frame, '')).toEqual([]);
  });

  test('the parts of vectors and tensors, but not of fingerprints', () => {
    const columns = Object.fromEntries(
      [3, 6, 9, 10].map((width) => [`c${width}`, { width, values: Float32Array.from({ length: width }, (_, k) => k) }]),
    );
    const wide = { ...frame, numbers: Uint8Array.of(1), columns };
    const parts = coloringsOf(wide).filter(({ component }) => component);
    expect(parts.map(({ key }) => key).join(' ')).toBe(
      'c3.x c3.y c3.z c6.1 c6.2 c6.3 c6.4 c6.5 c6.6 c9.1 c9.2 c9.3 c9.4 c9.5 c9.6 c9.7 c9.8 c9.9',
    );
    expect(parts.map(({ key }) => coloredValues(wide, key)?.[0])).toEqual([
      0,
      1,
      2,
      0,
      1,
      2,
      3,
      4,
      5,
      ...columns.c9.values,
    ]);
  });

  test('values are counted in the parts of a range', () => {
    expect(countBins(Float32Array.of(-9, 0, 0.9, 1, 3.9, 4, 99, NaN), { low: 0, high: 4 }, 4)).toEqual([3, 1, 0, 3]);
  });

  test('ranges are round, hold all that was seen, and lie about 0 for both signs', () => {
    expect(widen(undefined, [0.1, 3.2])).toEqual({ low: 0, high: 5 });
    expect(widen({ low: 0, high: 5 }, [1])).toEqual({ low: 0, high: 5 });
    expect(widen(undefined, [-0.2, 1.4])).toEqual({ low: -2, high: 2 });
    expect(widen(undefined, [100, 103])).toEqual({ low: 100, high: 103 });
    expect(widen(undefined, [-1, -4])).toEqual({ low: -5, high: 0 });
    expect(widen(undefined, [])).toEqual({ low: 0, high: 1 });
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
        const { low, high } = widen(undefined, values);
        const slack = 1e-3 * (high - low);
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(low - slack);
          expect(value).toBeLessThanOrEqual(high + slack);
        }
      }),
    );
  });
});
