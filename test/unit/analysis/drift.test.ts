import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addValue, BLOCKS, fitDrift, NO_DRIFT } from '../../../engine/analysis/drift';
import type { DriftState } from '../../../engine/analysis/drift';
import { createRandom } from '../../../engine/random';

const collect = (values: readonly (readonly [number, number])[]): DriftState =>
  values.reduce(
    (state, [time, value], k) => addValue(state, time, value, Math.floor((BLOCKS * k) / values.length)),
    NO_DRIFT,
  );

it('finds slope and fluctuation of a line with an oscillation, far from zero', () => {
  const values = Array.from({ length: 1000 }, (_, k) => [k, -40_000 + 1e-6 * k + 1e-4 * (-1) ** k] as const);
  const fit = fitDrift(collect(values));
  expect(fit?.slope).toBeCloseTo(1e-6, 8);
  expect(fit?.fluctuation).toBeCloseTo(1e-4, 7);
});

it('knows how uncertain the slope is, also for values that depend on those before them', () => {
  // The means of many series, each a random walk that is pulled back: x ← 0.9 x + ξ, with a slope of 0.01.
  const random = createRandom(1, 'drift');
  let [squares, predicted] = [0, 0];
  const series = 300;
  for (let n = 0; n < series; n++) {
    let x = 0;
    const values = Array.from({ length: 4000 }, (_, k) => {
      x = 0.9 * x + random.normal();
      return [k, 0.01 * k + x] as const;
    });
    const fit = fitDrift(collect(values));
    squares += ((fit?.slope ?? NaN) - 0.01) ** 2;
    predicted += (fit?.standardError ?? NaN) ** 2;
  }
  // A variance from n values has a relative standard error of √(2/n).
  expect(Math.abs(predicted / squares - 1)).toBeLessThan(4 * Math.sqrt(2 / series));
});

it('agrees with the normal equations', () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 3, maxLength: 20 }), (series) => {
      const n = series.length;
      const fit = fitDrift(collect(series.map((value, k) => [k, value] as const)));
      const meanTime = (n - 1) / 2;
      const mean = series.reduce((sum, value) => sum + value, 0) / n;
      const timeTime = series.reduce((sum, _, k) => sum + (k - meanTime) ** 2, 0);
      const slope = series.reduce((sum, value, k) => sum + (k - meanTime) * (value - mean), 0) / timeTime;
      const squares = series.reduce((sum, value, k) => sum + (value - mean - slope * (k - meanTime)) ** 2, 0);
      expect(fit?.slope).toBeCloseTo(slope, 10);
      expect(fit?.fluctuation).toBeCloseTo(Math.sqrt(squares / n), 6);
    }),
  );
});

it('says nothing about too few values', () => {
  expect(fitDrift(NO_DRIFT)).toBeNull();
  expect(
    fitDrift(
      collect([
        [0, 1],
        [1, 2],
      ]),
    ),
  ).toBeNull();
});
