import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addSample, applyScaling, createStatistics, fitScaling } from '../../../engine/descriptors/scaling';
import type { ScalingMode } from '../../../language/definition/definition';

const modes: readonly ScalingMode[] = ['range', 'range_centered', 'sigma', 'none'];

function gather(samples: readonly (readonly number[])[]) {
  const statistics = createStatistics(samples[0]?.length ?? 2);
  for (const sample of samples) addSample(statistics, Float64Array.from(sample));
  return statistics;
}

test('each mode is its formula', () => {
  const statistics = gather([[1], [2], [6]]);
  const scale = (mode: ScalingMode, value: number): number => {
    const into = new Float64Array(1);
    applyScaling(fitScaling(mode, statistics).scaling, Float64Array.of(value), into);
    return into[0];
  };
  expect(scale('range', 6)).toBeCloseTo(1, 14);
  expect(scale('range', 1)).toBe(0);
  expect(scale('range_centered', 6)).toBeCloseTo(3 / 5, 14);
  expect(scale('sigma', 6)).toBeCloseTo(3 / Math.sqrt(7), 14);
  expect(scale('none', 6)).toBe(6);
});

test('mean and deviation are those of the two-pass formulas', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 50 }), (list) => {
      const statistics = gather(list.map((value) => [value]));
      const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
      const squares = list.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expect(Math.abs(statistics.mean[0] - mean)).toBeLessThan(1e-9);
      expect(Math.abs(statistics.squares[0] - squares)).toBeLessThan(1e-6 * (1 + squares));
    }),
  );
});

test.each(modes)('%s: constant functions are named and never give ∞ or NaN', (mode) => {
  // Constant, constant up to rounding, zero, varying, varying by 1e-134.
  const samples = [
    [3, 1, 0, 1, 2e-134],
    [3, 1 + 1e-14, 0, 2, 1e-134],
    [3, 1, 0, 5, 4e-134],
  ];
  for (const count of [0, 1, 3]) {
    const statistics = gather(samples.slice(0, count).length > 0 ? samples.slice(0, count) : []);
    const { scaling, constant } = fitScaling(mode, statistics);
    expect(scaling.offset.every(Number.isFinite)).toBe(true);
    expect(scaling.factor.every(Number.isFinite)).toBe(true);
    if (count === 3) {
      expect(constant).toEqual([0, 1, 2]);
      expect(scaling.factor[3]).toBeGreaterThan(0);
      expect(scaling.factor[4]).toBeGreaterThan(0);
      if (mode !== 'none') expect([...scaling.factor.subarray(0, 3)]).toEqual([0, 0, 0]);
    } else if (mode !== 'none') expect(scaling.factor.every((factor) => factor === 0)).toBe(true);
  }
});
