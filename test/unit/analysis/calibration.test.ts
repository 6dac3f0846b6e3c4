/** Whether standard deviations are those of the errors. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrate, NORMAL_SHARES } from '../../../engine/analysis/calibration';
import { createRandom } from '../../../engine/random';

/** Normal errors of known standard deviation, told too small by `factor`. */
function normalErrors(count: number, factor: number): Parameters<typeof calibrate>[0] {
  const random = createRandom(3, 'calibration');
  const sigma = Float64Array.from({ length: count }, () => Math.exp(2 * random.uniform()));
  const reference = Float64Array.from({ length: count }, () => random.normal());
  const predicted = reference.map((value, row) => value + sigma[row] * random.normal());
  return { reference, predicted, spread: sigma.map((value) => value / factor) };
}

describe('calibration', () => {
  test('of normal errors with the right σ', () => {
    const found = calibrate(normalErrors(40_000, 1));
    expect(found?.within1).toBeCloseTo(NORMAL_SHARES[0], 2);
    expect(found?.within2).toBeCloseTo(NORMAL_SHARES[1], 2);
    expect(found?.scale).toBeCloseTo(1, 2);
    expect(found?.bins).toHaveLength(20);
    // 2000 errors tell their spread to 1.6 %.
    expect(found?.calibration_error).toBeLessThan(0.03);
  });

  test('σ that is half of what it should be is told so', () => {
    const found = calibrate(normalErrors(40_000, 2));
    expect(found?.scale).toBeCloseTo(2, 1);
    expect(found?.calibration_error).toBeCloseTo(1, 1);
    // Φ(1/2) − Φ(−1/2)
    expect(found?.within1).toBeCloseTo(0.3829, 2);
  });

  test('by hand: two bins of ten', () => {
    const spread = Float64Array.from({ length: 20 }, (_, k) => (k < 10 ? 1 : 2));
    const predicted = spread.map((sigma) => (sigma === 1 ? 1.5 : -1));
    const found = calibrate({ reference: new Float64Array(20), predicted, spread });
    expect(found?.bins).toEqual([
      { count: 10, sigma: 1, error: 1.5 },
      { count: 10, sigma: 2, error: 1 },
    ]);
    expect(found).toMatchObject({ count: 20, within1: 0.5, within2: 1, calibration_error: 0.5 });
    expect(found?.scale).toBeCloseTo(Math.sqrt((1.5 ** 2 + 0.5 ** 2) / 2), 12);
  });

  test('rows without σ say nothing; without any there is no calibration', () => {
    const [reference, predicted] = [new Float64Array(3), Float64Array.of(1, 1, 1)];
    expect(calibrate({ reference, predicted, spread: Float64Array.of(0, 2, 0) })?.count).toBe(1);
    expect(calibrate({ reference, predicted, spread: new Float64Array(3) })).toBeNull();
    expect(calibrate({ reference, predicted, spread: Float64Array.of(1, 1, 1) }, [])).toBeNull();
  });

  test('bins hold every row once, whatever the data', () => {
    const value = fc.double({ min: 0, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 400 }), (data) => {
        const found = calibrate({
          reference: new Float64Array(data.length),
          predicted: Float64Array.from(data, ([error]) => error),
          spread: Float64Array.from(data, ([, sigma]) => sigma),
        });
        const rows = data.filter(([, sigma]) => sigma > 0);
        expect(found?.count ?? 0).toBe(rows.length);
        if (found === null) return;
        expect(found.bins.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
        expect(found.bins.every(({ count }) => count > 0)).toBe(true);
        expect(found.within1).toBeLessThanOrEqual(found.within2);
        const squares = found.bins.reduce((sum, { count, error }) => sum + count * error ** 2, 0);
        const expected = rows.reduce((sum, [error]) => sum + error ** 2, 0);
        expect(Math.abs(squares - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
      }),
      { seed: 6 },
    );
  });
});
