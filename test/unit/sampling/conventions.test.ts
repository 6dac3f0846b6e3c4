/** Windows of other programs: with the ½ or without, and what GROMACS makes of the same files. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forceConstantRatio } from '../../../engine/analysis/force-constants';
import { parseSeries } from '../../../engine/formats/umbrella-windows';
import { freeEnergyOf, type UmbrellaWindow } from '../../../engine/sampling/free-energy';
import { describeForceConstants } from '../../../language/check/rates';
import { fromInternal, toInternal } from '../../../language/schema/units';
import { doubleWell, linspace, sampleWindows, TEMPERATURE } from './windows';

const coordinate = { name: 'x', unit: 'Å', periodic: false } as const;

function ratioOf(windows: readonly UmbrellaWindow[], factor: number): number | undefined {
  const written = windows.map((window) => ({ ...window, forceConstant: factor * window.forceConstant }));
  const found = freeEnergyOf(written, { coordinate, temperature: TEMPERATURE, resamples: 2 });
  return found && forceConstantRatio(found.pmf.meta.windows, TEMPERATURE);
}

test.each([
  ['stiff', 150, 25],
  // Softer than the barrier and the wells are curved: the variance alone would tell nothing.
  ['soft', 30, 15],
])('%s windows tell whether their force constants lack the ½', (_, forceConstant, count) => {
  const windows = sampleWindows({
    potential: doubleWell,
    centers: linspace(-1.5, 1.5, count),
    forceConstant,
    samples: 1000,
    seed: 1,
  });
  const [right, halved] = [ratioOf(windows, 1), ratioOf(windows, 0.5)];
  expect(right).toBeGreaterThan(0.8);
  expect(right).toBeLessThan(1.2);
  expect((halved ?? 0) / (right ?? 1)).toBeCloseTo(0.5, 2);
  expect(describeForceConstants(right)).toBeUndefined();
  expect(describeForceConstants(halved)).toContain('without the ½');
});

test('two windows tell nothing', () => {
  const windows = sampleWindows({
    potential: doubleWell,
    centers: [0.9, 1],
    forceConstant: 150,
    samples: 100,
    seed: 1,
  });
  expect(ratioOf(windows, 0.5)).toBeUndefined();
});

const folder = join(process.env.NEARSIGHT_DATA ?? '', 'wham');
test.skipIf(process.env.NEARSIGHT_DATA === undefined || !existsSync(folder))(
  'the windows of GROMACS give its profile, and the exact one within the errors',
  () => {
    const forceConstant = toInternal(3000, 'kJ/mol', 'energy') / 100;
    const windows = linspace(-3.2, 3.2, 17).map((center, k) => {
      const file = join(folder, 'data', `w${String(k).padStart(2, '0')}.dat`);
      const series = parseSeries(readFileSync(file), file);
      if (!series.ok) throw new Error(file);
      return { center, forceConstant, values: series.value.values.map((x) => 10 * x) };
    });
    const found = freeEnergyOf(windows, { coordinate, temperature: 300, bins: 112, range: [-2.8, 2.8], discard: 0 });
    if (found === undefined) throw new Error('no profile');
    const { pmf, error, meta } = found.pmf;
    const columns = (name: string): number[][] =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter((line) => /^\s*[-\d]/.test(line))
        .map((line) => line.trim().split(/\s+/).map(Number));
    /** Differences in kJ/mol at equal means. */
    const against = (reference: readonly number[]): number[] => {
      const differences = [...pmf].map((w, b) => fromInternal(w, 'kJ/mol', 'energy') - reference[b]);
      const mean = differences.reduce((sum, each) => sum + each / differences.length, 0);
      return differences.map((each) => each - mean);
    };
    const rms = (values: readonly number[]): number =>
      Math.sqrt(values.reduce((sum, each) => sum + each ** 2, 0) / values.length);
    const gmx = against(columns('gmx_prof.xvg').map(([, w]) => w));
    // What a bin of 0.005 nm makes of the bias in it; the errors are ten times that.
    expect(rms(gmx)).toBeLessThan(0.02);
    const exact = against(columns('data/exact_pmf.dat').map(([, , u]) => u));
    expect(rms(exact)).toBeLessThan(0.25);
    const errors = error.map((each) => fromInternal(each, 'kJ/mol', 'energy'));
    expect(rms(exact.map((each, b) => each / errors[b]))).toBeLessThan(2);
    expect(meta).toMatchObject({ connected: true, converged: true });
    // U(±2 Å) and U at the top differ by 16.63 and 13.43 kJ/mol.
    const kJ = (energy = NaN): number => fromInternal(energy, 'kJ/mol', 'energy');
    expect(Math.abs(kJ(meta.barrier?.forward) - exactBarrier(-2))).toBeLessThan(3 * kJ(meta.barrier?.forward_error));
    expect(Math.abs(kJ(meta.barrier?.backward) - exactBarrier(2))).toBeLessThan(3 * kJ(meta.barrier?.backward_error));
  },
);

/** From the minimum near `start` (Å) to the top between, kJ/mol. */
function exactBarrier(start: number): number {
  const u = (x: number): number => 15 * ((x / 2) ** 2 - 1) ** 2 + 0.8 * x;
  const near = (x: number): number[] => linspace(x - 0.4, x + 0.4, 2001).map(u);
  return Math.max(...near(0)) - Math.min(...near(start));
}
