/** Windows of known systems: what is sampled is what must be, and the profile that they give is the exact one. */
import { describe, expect, test } from 'vitest';
import { BOLTZMANN } from '../../../language/constants';
import { advance, createSimulation, startDynamics } from '../../../engine/dynamics/dynamics';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import type { Potential } from '../../../engine/potentials/potential';
import { biasPotential } from '../../../engine/sampling/bias';
import { createCoordinate } from '../../../engine/sampling/coordinates';
import { freeEnergyOf } from '../../../engine/sampling/free-energy';
import { statisticalInefficiency } from '../../../engine/sampling/statistics';
import { centerAt, nearestWindow, visitsOf } from '../../../engine/sampling/windows';
import { windowWidth, predictedOverlap } from '../../../language/definition/windows';
import { createStructure } from '../../fixtures/structures';

const TEMPERATURE = 60;
const kT = BOLTZMANN * TEMPERATURE;
const EPSILON = 0.0103;
const SIGMA = 3.4;
const CUTOFF = 12;
const full = process.env.NEARSIGHT_FULL !== undefined;

const argon = createLennardJones({
  epsilon: EPSILON,
  sigma: SIGMA,
  cutoff: CUTOFF,
  cutoffFunction: 'cos',
  elements: ['Ar'],
});
const free: Potential = {
  ...argon,
  predict: () => ({
    energy: 0,
    atomicEnergies: new Float64Array(2),
    forces: new Float64Array(6),
    virial: new Float64Array(9),
  }),
};
const dimer = (r: number) => createStructure(['Ar', 'Ar'], [0, 0, 0, r, 0, 0]);
const coordinate = createCoordinate(
  { kind: 'distance', atoms: [0, 1], centers: [4], force_constant: 1 },
  dimer(4).numbers,
);

/** Values of the distance in a window, every 100 fs. */
function sampleDimer(potential: Potential, center: number, forceConstant: number, samples: number, seed: number) {
  const structure = dimer(center);
  const biased = biasPotential(potential, coordinate, structure, { center, forceConstant });
  const simulation = createSimulation(biased, structure, 10, {
    kind: 'langevin',
    temperature: TEMPERATURE,
    friction: 0.01,
  });
  const started = startDynamics(simulation, TEMPERATURE, seed);
  if (!started.ok) throw new Error(started.problems[0].message);
  const state = started.value;
  const values = new Float64Array(samples);
  for (let i = -100; i < samples; i++) {
    for (let step = 0; step < 10; step++) advance(simulation, state);
    if (i >= 0) values[i] = biased.valueAt(state.positions);
  }
  return values;
}

/** ⟨f⟩ under r² exp(−(u + ½ κ (r − r₀)²)/kT). */
function quadrature(f: (r: number) => number, u: (r: number) => number, center: number, forceConstant: number): number {
  let [sum, norm] = [0, 0];
  for (let r = 0.001; r < 2 * center; r += 0.001) {
    const weight = r * r * Math.exp(-(u(r) + 0.5 * forceConstant * (r - center) ** 2) / kT);
    sum += weight * f(r);
    norm += weight;
  }
  return sum / norm;
}

test.each([0.36, 2])(
  'mean and variance in a window of two free atoms are exact within 4 standard errors; κ %s',
  (forceConstant) => {
    const center = 4;
    const values = sampleDimer(free, center, forceConstant, 6000, 1);
    const mean = quadrature(
      (r) => r,
      () => 0,
      center,
      forceConstant,
    );
    const variance = quadrature(
      (r) => (r - mean) ** 2,
      () => 0,
      center,
      forceConstant,
    );
    const squares = values.map((r) => (r - mean) ** 2);
    for (const [series, exact] of [
      [values, mean],
      [squares, variance],
    ] as const) {
      const average = series.reduce((a, b) => a + b, 0) / series.length;
      const spread = series.reduce((a, b) => a + (b - average) ** 2, 0) / series.length;
      const error = Math.sqrt((spread * statisticalInefficiency(series)) / series.length);
      expect(Math.abs(average - exact)).toBeLessThan(4 * error);
      expect(error).toBeLessThan(0.1 * Math.sqrt(spread));
    }
  },
);

test(
  'T-US-2: the profile of two Lennard-Jones atoms in space is their energy − 2 kT ln r',
  { timeout: 300_000 },
  () => {
    const forceConstant = 0.5;
    const width = windowWidth(TEMPERATURE, forceConstant);
    const centers = Array.from({ length: 13 }, (_, k) => 3.4 + 0.2 * k);
    const windows = centers.map((center, k) => ({
      center,
      forceConstant,
      values: sampleDimer(argon, center, forceConstant, full ? 8000 : 1500, 10 + k),
    }));
    const found = freeEnergyOf(windows, {
      coordinate: { name: 'd', unit: 'Å', periodic: false },
      temperature: TEMPERATURE,
      jacobian: true,
      range: [3.4, 5.8],
      bins: 40,
    });
    if (found === undefined) throw new Error('no profile');
    const { pmf } = found;
    expect(pmf.meta.connected).toBe(true);
    const exact = pmf.coordinate.map((r) => argon.predict(dimer(r)).energy - 2 * kT * Math.log(r));
    // The zero is that at which the two are nearest to each other.
    const difference = pmf.pmf.map((w, b) => w - exact[b]);
    const zero = difference.reduce((a, b) => a + b, 0) / difference.length;
    const rest = difference.map((d) => d - zero);
    const rmse = Math.sqrt(rest.reduce((a, b) => a + b * b, 0) / rest.length);
    expect(rmse / kT).toBeLessThan(full ? 0.08 : 0.15);
    // Where it is not there the Jacobian would show: 2 kT ln(5.8/3.4) is a whole kT.
    const slope = 2 * kT * Math.log(5.8 / 3.4);
    expect(slope).toBeGreaterThan(5 * rmse);
    expect(rest.every((d, b) => Math.abs(d) < 5 * Math.max(pmf.error[b], 0.03 * kT))).toBe(true);
    // Predicted where the free energy is flat, and about right where it is not.
    const last = pmf.meta.windows[pmf.meta.windows.length - 2];
    expect(Math.abs((last.overlap ?? 0) - predictedOverlap(0.2, width))).toBeLessThan(0.15);
  },
);

describe('windows', () => {
  const line = { periodic: false };

  test('are visited from the start to both sides, each from its neighbour', () => {
    expect(visitsOf([0, 1, 2, 3], 1.2, line)).toEqual([
      { window: 1, from: undefined },
      { window: 2, from: 1 },
      { window: 3, from: 2 },
      { window: 0, from: 1 },
    ]);
    expect(visitsOf([0, 1], 5, line)).toEqual([
      { window: 1, from: undefined },
      { window: 0, from: 1 },
    ]);
    expect(visitsOf([-3, 0], 3.2, { periodic: true })[0]).toEqual({ window: 0, from: undefined });
  });

  test('the nearest to a value is found on the short way round: of a dihedral near ±π too', () => {
    const { periodic } = createCoordinate(
      { kind: 'dihedral', atoms: [0, 1, 2, 3], centers: [0], force_constant: 1 },
      Uint8Array.of(1, 8, 8, 1),
    );
    const centers = [-3, -1, 1, 2.7];
    expect(nearestWindow(centers, 3.1, { periodic })).toBe(0);
    expect(nearestWindow(centers, 3.1, { periodic: false })).toBe(3);
    expect(nearestWindow(centers, -1.9, { periodic })).toBe(1);
  });

  test('the spring moves in the first half of the equilibration, of a dihedral the short way', () => {
    const at = (step: number): number => centerAt(step, 100, 1, 2, line);
    expect([at(0), at(25), at(50), at(80)]).toEqual([1, 1.5, 2, 2]);
    expect(centerAt(0, 0, 1, 2, line)).toBe(2);
    expect(centerAt(25, 100, 3, -3, { periodic: true })).toBeCloseTo(-3 - (Math.PI - 3), 12);
  });

  test('predicted overlaps of Gaussians', () => {
    expect(predictedOverlap(0, 1)).toBeCloseTo(1, 6);
    expect(predictedOverlap(2, 1)).toBeCloseTo(0.3173105, 6);
    expect(predictedOverlap(3.29, 1)).toBeCloseTo(0.1, 3);
    expect(windowWidth(300, 5)).toBeCloseTo(0.0719, 4);
  });
});
