import { expect, test } from 'vitest';
import { createRandom } from '../../../engine/random';
import {
  blockLength,
  detectEquilibration,
  resampleBlocks,
  statisticalInefficiency,
} from '../../../engine/sampling/statistics';

/** x ← ρ x + √(1 − ρ²) ξ: correlations ρ^t, variance 1. */
function correlated(count: number, rho: number, seed: number): Float64Array {
  const random = createRandom(seed, 'correlated');
  let x = random.normal();
  return Float64Array.from({ length: count }, () => {
    x = rho * x + Math.sqrt(1 - rho * rho) * random.normal();
    return x;
  });
}

test.each([
  [0, 1],
  [0.5, 3],
  [0.9, 19],
])('correlations %f^t have the inefficiency %f', (rho, exact) => {
  const found = statisticalInefficiency(correlated(40_000, rho, 1));
  expect(found / exact).toBeGreaterThan(0.85);
  expect(found / exact).toBeLessThan(1.15);
});

test('values that do not change are independent', () => {
  expect(statisticalInefficiency(new Float64Array(10).fill(3))).toBe(1);
  expect(statisticalInefficiency(new Float64Array(1))).toBe(1);
  expect(statisticalInefficiency(new Float64Array(0))).toBe(1);
});

test('equilibration ends where the drift does', () => {
  const drifting = correlated(4000, 0.5, 2).map((x, i) => x + 10 * Math.exp(-i / 100));
  const { discarded, inefficiency } = detectEquilibration(drifting);
  expect(discarded).toBeGreaterThanOrEqual(200);
  expect(discarded).toBeLessThanOrEqual(1200);
  expect(inefficiency).toBeLessThan(5);
});

test('resampled means spread like those of correlated values', () => {
  const values = correlated(20_000, 0.8, 3);
  const block = blockLength(9, values.length);
  const random = createRandom(4, 'bootstrap');
  const means = Array.from({ length: 400 }, () => {
    let sum = 0;
    let drawn = 0;
    resampleBlocks(values.length, block, random, (i) => {
      sum += values[i];
      drawn++;
    });
    expect(drawn).toBe(values.length);
    return sum / drawn;
  });
  const mean = means.reduce((sum, each) => sum + each / means.length, 0);
  const spread = Math.sqrt(means.reduce((sum, each) => sum + (each - mean) ** 2 / (means.length - 1), 0));
  // √(g / n)
  const exact = Math.sqrt(9 / values.length);
  expect(spread / exact).toBeGreaterThan(0.8);
  expect(spread / exact).toBeLessThan(1.2);
});
