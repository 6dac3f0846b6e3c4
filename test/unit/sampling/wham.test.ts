import { expect, test } from 'vitest';
import { densities, likelihood, solveWham, type Histogram } from '../../../engine/sampling/wham';
import { doubleWell, KT, linspace, sampleWindows } from './windows';

const windows = sampleWindows({
  potential: doubleWell,
  centers: linspace(-1.5, 1.5, 13),
  forceConstant: 60,
  samples: 200,
  seed: 1,
});

function histogram(centers: readonly number[], counts: Float64Array): Histogram {
  const bias = Float64Array.from(
    windows.flatMap(({ center, forceConstant }) => centers.map((x) => (forceConstant * (x - center) ** 2) / (2 * KT))),
  );
  return { counts, samples: Float64Array.from(windows, ({ values }) => values.length), bias };
}

function binned(bins: number): Histogram {
  const width = 3.6 / bins;
  const counts = new Float64Array(bins);
  for (const { values } of windows) for (const x of values) counts[Math.floor((x + 1.8) / width)]++;
  return histogram(
    Array.from({ length: bins }, (_, b) => -1.8 + (b + 0.5) * width),
    counts,
  );
}

test('the gradient is the slope of the likelihood', () => {
  const problem = binned(60);
  const offsets = Float64Array.from(windows, (_, k) => Math.sin(k));
  const { gradient } = likelihood(problem, offsets);
  for (let k = 0; k < windows.length; k++) {
    const at = (change: number) =>
      likelihood(
        problem,
        offsets.map((f, l) => (l === k ? f + change : f)),
      ).value;
    expect((at(1e-4) - at(-1e-4)) / 2e-4).toBeCloseTo(gradient[k], 4);
  }
});

test('Newton finds the fixed point of the plain iteration', () => {
  const problem = binned(60);
  const { offsets, residual, iterations } = solveWham(problem);
  expect(residual).toBeLessThan(1e-9);
  expect(iterations).toBeLessThan(30);
  let plain = new Float64Array(windows.length);
  for (let sweep = 0; sweep < 3000; sweep++) {
    const { gradient } = likelihood(problem, plain);
    plain = plain.map((f, k) => f - Math.log1p(gradient[k] / problem.samples[k]));
  }
  for (let k = 0; k < windows.length; k++) expect(plain[k] - plain[0]).toBeCloseTo(offsets[k], 6);
});

test('with ever narrower bins it comes to MBAR, which has one for each value', () => {
  const values = windows.flatMap(({ values: own }) => [...own]);
  const exact = solveWham(histogram(values, new Float64Array(values.length).fill(1)));
  const worst = (bins: number): number => {
    const { offsets } = solveWham(binned(bins));
    return Math.max(...offsets.map((f, k) => Math.abs(f - exact.offsets[k])));
  };
  expect(exact.residual).toBeLessThan(1e-9);
  expect(worst(3600)).toBeLessThan(2e-3);
  expect(worst(3600)).toBeLessThan(worst(36) / 10);
});

test('densities add up to 1', () => {
  const problem = binned(60);
  const sum = densities(problem, solveWham(problem).offsets).reduce((total, p) => total + p, 0);
  expect(sum).toBeCloseTo(1, 12);
});
