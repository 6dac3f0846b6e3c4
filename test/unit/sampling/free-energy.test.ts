import { expect, test } from 'vitest';
import {
  freeEnergyOf,
  type FreeEnergy,
  type FreeEnergyOptions,
  type UmbrellaWindow,
} from '../../../engine/sampling/free-energy';
import { decodePmf, encodePmf, type Barrier, type Coordinate } from '../../../protocol/pmf';
import { doubleWell, KT, linspace, sampleWindows, TEMPERATURE } from './windows';

const FULL = process.env.NEARSIGHT_FULL === '1';
const coordinate: Coordinate = { name: 'x', unit: 'Å', periodic: false };
const settings = { coordinate, temperature: TEMPERATURE, bins: 80, range: [-1.6, 1.6] } as const;

const windowsOf = (samples: number, seed: number) =>
  sampleWindows({ potential: doubleWell, centers: linspace(-1.5, 1.5, 25), forceConstant: 150, samples, seed });

/** Root of the mean square difference from the potential in kT, at equal means, where at least ten values fell. */
function rmse({ pmf }: FreeEnergy, potential: (x: number) => number): number {
  const bins = pmf.coordinate.length;
  const counts = pmf.coordinate.map((_, b) => pmf.histograms.reduce((sum, n, i) => sum + (i % bins === b ? n : 0), 0));
  const differences = [...pmf.coordinate].flatMap((x, b) => (counts[b] < 10 ? [] : [pmf.pmf[b] / KT - potential(x)]));
  const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
  return Math.sqrt(differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / differences.length);
}

function profileOf(windows: readonly UmbrellaWindow[], options: Partial<FreeEnergyOptions> = {}): FreeEnergy {
  const found = freeEnergyOf(windows, { ...settings, ...options });
  if (found === undefined) throw new Error('There is no profile.');
  return found;
}

function barrierOf({ pmf }: FreeEnergy): Barrier {
  if (pmf.meta.barrier === null) throw new Error('There is no barrier.');
  return pmf.meta.barrier;
}

function expectDoubleWell(found: FreeEnergy, bound: number): void {
  expect(found.pmf.meta).toMatchObject({ connected: true, converged: true });
  expect(rmse(found, doubleWell)).toBeLessThan(bound);
  const { forward, forward_error, backward, backward_error } = barrierOf(found);
  expect(Math.abs(forward / KT - 8)).toBeLessThan((3 * forward_error) / KT);
  expect(Math.abs(backward / KT - 8)).toBeLessThan((3 * backward_error) / KT);
}

test('25 windows of 2000 values give the double well', () => {
  expectDoubleWell(profileOf(windowsOf(2000, 1)), 0.15);
});

test.runIf(FULL)('25 windows of 10000 values give it closer', () => {
  expectDoubleWell(profileOf(windowsOf(10_000, 2)), 0.08);
});

test('the same values and seed give the same bits, in whatever order the windows are', () => {
  const windows = windowsOf(200, 3);
  const first = encodePmf(profileOf(windows, { resamples: 5 }).pmf);
  expect(encodePmf(profileOf([...windows].reverse(), { resamples: 5 }).pmf)).toEqual(first);
});

test('a profile survives its file', () => {
  const { pmf } = profileOf(windowsOf(200, 3), { resamples: 5 });
  expect(decodePmf(encodePmf(pmf))).toEqual(pmf);
  expect(decodePmf(encodePmf({ ...pmf, pmf: pmf.pmf.subarray(1) }))).toBeUndefined();
  expect(decodePmf(encodePmf({ ...pmf, histograms: pmf.histograms.map((n) => n - 1) }))).toBeUndefined();
  expect(decodePmf(Buffer.from('{"format":"nearsight-columns"}\n'))).toBeUndefined();
});

test('the error of the barrier is the spread of repeats', () => {
  const repeats = Array.from({ length: 20 }, (_, i) =>
    barrierOf(profileOf(windowsOf(500, 100 + i), { resamples: i === 0 ? 100 : 2 })),
  );
  const mean = repeats.reduce((sum, { forward }) => sum + forward / repeats.length, 0);
  const spread = Math.sqrt(repeats.reduce((sum, { forward }) => sum + (forward - mean) ** 2, 0) / (repeats.length - 1));
  const ratio = repeats[0].forward_error / spread;
  expect(ratio).toBeGreaterThan(1 / 1.7);
  expect(ratio).toBeLessThan(1.7);
  expect(Math.abs(mean / KT - 8)).toBeLessThan((3 * spread) / KT / Math.sqrt(repeats.length));
});

test('a periodic profile closes', () => {
  const potential = (x: number) => 4 * (1 + Math.cos(x)) + Math.sin(2 * x);
  const windows = sampleWindows({
    potential,
    centers: linspace(-Math.PI, Math.PI, 25).slice(0, 24),
    forceConstant: 30,
    samples: 2000,
    seed: 4,
    period: 2 * Math.PI,
  });
  const found = profileOf(windows, {
    coordinate: { name: 'phi', unit: 'rad', periodic: true },
    range: undefined,
    bins: 72,
  });
  const { pmf, meta } = found.pmf;
  expect(rmse(found, potential)).toBeLessThan(0.15);
  const slope = (potential(Math.PI + 0.05) - potential(Math.PI - 0.05)) / 0.1;
  expect(Math.abs((pmf[0] - pmf[71]) / KT - slope * (Math.PI / 36))).toBeLessThan(0.3);
  // The last window's neighbour is the first one.
  expect(meta.windows.every(({ overlap }) => overlap !== null && overlap > 0.1)).toBe(true);
});

test('windows that do not touch are told from those that do', () => {
  const sample = (centers: number[]) =>
    sampleWindows({ potential: () => 0, centers, forceConstant: 150, samples: 500, seed: 5 });
  const apart = profileOf(sample([-1, -0.9, 0.9, 1]), { resamples: 5 });
  expect(apart.pmf.meta).toMatchObject({ connected: false, converged: false });
  expect(apart.pmf.meta.windows[1].overlap).toBe(0);
  expect(profileOf(sample([-0.1, 0, 0.1]), { resamples: 5 }).pmf.meta.connected).toBe(true);
});

test('halves that tell different things are not converged', () => {
  // The second half of each window lies 0.05 off.
  const drifted = windowsOf(1000, 6).map((window, k) => ({
    ...window,
    values: window.values.map((x, i) => (i < 500 ? x : x + (k < 12 ? 0.05 : -0.05))),
  }));
  expect(profileOf(drifted, { discard: 0 }).pmf.meta.converged).toBe(false);
});

test('values far off at the beginning are left out', () => {
  const windows = windowsOf(1000, 7).map((window) => ({
    ...window,
    values: window.values.map((x, i) => x + 0.6 * Math.exp(-i / 30)),
  }));
  const discarded = profileOf(windows, { resamples: 5 }).pmf.meta.windows.map((window) => window.discarded);
  expect(Math.min(...discarded)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...discarded)).toBeLessThan(500);
});

test('no values, no profile', () => {
  expect(freeEnergyOf([], settings)).toBeUndefined();
  expect(freeEnergyOf([{ center: 0, forceConstant: 1, values: new Float64Array(0) }], settings)).toBeUndefined();
  expect(freeEnergyOf([{ center: 0, forceConstant: 1, values: Float64Array.of(5) }], settings)).toBeUndefined();
});
