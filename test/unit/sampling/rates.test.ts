/** Rates of known potentials, by theory and by waiting. Reduced units have k_B T = 1, m = 1, Å. */
import { expect, test } from 'vitest';
import { BOLTZMANN } from '../../../language/constants';
import { createRandom } from '../../../engine/random';
import { freeEnergyOf } from '../../../engine/sampling/free-energy';
import {
  activationFreeEnergy,
  eyringRate,
  kramersTransmission,
  PLANCK,
  rateOfProfile,
  reactiveRate,
  transmissionOf,
  type Recrossing,
} from '../../../engine/sampling/rates';
import { AMU_ANGSTROM2_PER_FS2 } from '../../../engine/structure/constants';
import { KT, linspace, sampleWindows, TEMPERATURE } from './windows';

const FULL = process.env.NEARSIGHT_FULL === '1';
const coordinate = { name: 'x', unit: 'Å', periodic: false } as const;
const INVERSE_MASS = 1;
/** The reduced unit of time in s, for a mass of 1 amu. */
const TIME = Math.sqrt(AMU_ANGSTROM2_PER_FS2 / KT) * 1e-15;

/** V = 5 k_B T (x² − 1)²: ω_0² = 40, ω_b² = 20. */
const well = (x: number): number => 5 * (x * x - 1) ** 2;
const slope = (x: number): number => 20 * x * (x * x - 1);
const [OMEGA_0, OMEGA_B] = [Math.sqrt(40), Math.sqrt(20)];
const K_TST = 6.44571325e-3;

test('Eyring’s equation', () => {
  expect(eyringRate(0.5, 300) / 2.490682e4).toBeCloseTo(1, 6);
  expect(eyringRate(1, 300) / 9.924026e-5).toBeCloseTo(1, 6);
  expect((BOLTZMANN * 300) / PLANCK / 6.250986e12).toBeCloseTo(1, 6);
  expect(activationFreeEnergy(eyringRate(0.7, 350), 350)).toBeCloseTo(0.7, 12);
});

test('friction lets trajectories come back', () => {
  // κ k_TST of 5 k_B T (x² − 1)² is 6.10e-3, 5.16e-3, 2.46e-3, 5.72e-4.
  for (const [friction, rate] of [
    [0.5, 6.1e-3],
    [2, 5.16e-3],
    [10, 2.46e-3],
    [50, 5.72e-4],
  ])
    expect((kramersTransmission(friction, OMEGA_B) * K_TST) / rate).toBeCloseTo(1, 2);
  expect(kramersTransmission(0, OMEGA_B)).toBe(1);
});

function profileOf(potential: (x: number) => number, samples: number, seed: number) {
  const windows = sampleWindows({ potential, centers: linspace(-1.5, 1.5, 25), forceConstant: 150, samples, seed });
  const found = freeEnergyOf(windows, { coordinate, temperature: TEMPERATURE });
  if (found === undefined) throw new Error('no profile');
  return found;
}

test('the rate of transition-state theory comes out of windows', () => {
  const found = rateOfProfile(profileOf(well, 4000, 1), { inverseMass: INVERSE_MASS, reactant: 'low' });
  if (found === undefined) throw new Error('no rate');
  const { rate, error, frequency, transition } = found;
  expect(Math.abs(rate * TIME - K_TST)).toBeLessThan(3 * error * TIME);
  expect((error * TIME) / K_TST).toBeLessThan(0.15);
  expect(Math.abs(transition)).toBeLessThan(0.1);
  // Harmonic theory has (ω_0/2π) exp(−5) = 6.78231127e-3.
  expect((OMEGA_0 / (2 * Math.PI)) * Math.exp(-5)).toBeCloseTo(6.78231127e-3, 9);
  // W is flatter than its parabola within k_B T of the top.
  expect((frequency ?? 0) * 1e15 * TIME).toBeGreaterThan(0.75 * OMEGA_B);
  expect((frequency ?? 0) * 1e15 * TIME).toBeLessThan(1.1 * OMEGA_B);
  // The barrier of the profile is no free energy of activation.
  const activation = activationFreeEnergy(rate, TEMPERATURE);
  expect(Math.abs(activation - found.barrier)).toBeGreaterThan(5 * found.barrierError);
});

test('rates there and back are in detailed balance', () => {
  const tilted = (x: number): number => well(x) + 1.5 * x;
  const profile = profileOf(tilted, 2000, 2);
  const [there, back] = (['low', 'high'] as const).map((reactant) =>
    rateOfProfile(profile, { inverseMass: INVERSE_MASS, reactant }),
  );
  const weight = (from: number, to: number): number =>
    linspace(from, to, 4001).reduce((sum, x) => sum + Math.exp(-tilted(x)), 0);
  const top = there?.transition ?? NaN;
  const exact = weight(top, 2) / weight(-2, top);
  const error = Math.hypot((there?.error ?? 0) / (there?.rate ?? 1), (back?.error ?? 0) / (back?.rate ?? 1));
  expect(Math.abs((there?.rate ?? 0) / (back?.rate ?? 1) / exact - 1)).toBeLessThan(3 * error);
});

test('where there is no barrier, there is no rate', () => {
  const profile = profileOf((x) => 8 * x ** 2, 100, 3);
  expect(rateOfProfile(profile, { inverseMass: 1, reactant: 'low' })).toBeUndefined();
});

/** One step of BAOAB. */
function langevin(friction: number, timestep: number, seed: string) {
  const random = createRandom(1, seed);
  const keep = Math.exp(-friction * timestep);
  const noise = Math.sqrt(1 - keep * keep);
  return {
    random,
    step: (state: { x: number; v: number }): void => {
      state.v -= (timestep / 2) * slope(state.x);
      state.x += (timestep / 2) * state.v;
      state.v = keep * state.v + noise * random.normal();
      state.x += (timestep / 2) * state.v;
      state.v -= (timestep / 2) * slope(state.x);
    },
  };
}

/** κ of trajectories from x = 0 with thermal velocities; time reversed is the same under friction and noise. */
function transmissionBy(friction: number, count: number) {
  const { random, step } = langevin(friction, 0.01, `recrossing ${friction}`);
  const follow = (v: number): boolean => {
    const state = { x: 0, v };
    while (Math.abs(state.x) < 0.7) step(state);
    return state.x > 0;
  };
  const trajectories: Recrossing[] = Array.from({ length: count }, () => {
    const velocity = Math.abs(random.normal());
    return { velocity, forward: follow(velocity), backward: follow(-velocity) };
  });
  return transmissionOf(trajectories);
}

test.each([0.5, 2, 10])('trajectories from the top come back under friction %f as Kramers has it', (friction) => {
  const { transmission, error } = transmissionBy(friction, 2000);
  const exact = kramersTransmission(friction, OMEGA_B);
  // The barrier is no parabola as far as trajectories are followed: that is of the order of k_B T over its height.
  expect(Math.abs(transmission - exact)).toBeLessThan(3 * error + 0.1 * exact);
});

/** Crossings from one side to the other (committed beyond 0.7) per unit of time, and its error, by waiting. */
function countCrossings(friction: number, steps: number) {
  const timestep = 0.02;
  const { step } = langevin(friction, timestep, 'waiting');
  const state = { x: -1, v: 0 };
  let [side, crossings] = [-1, 0];
  for (let i = 0; i < steps; i++) {
    step(state);
    if (state.x * side < -0.7) {
      side = -side;
      crossings++;
    }
  }
  const time = steps * timestep;
  return { rate: crossings / time, error: Math.sqrt(crossings) / time };
}

test('windows, profile, rate and transmission make what one sees by waiting', () => {
  const friction = 2;
  const found = rateOfProfile(profileOf(well, 2000, 4), { inverseMass: INVERSE_MASS, reactant: 'low' });
  const { transmission, error } = transmissionBy(friction, 2000);
  const rate = (found?.rate ?? 0) * TIME * transmission;
  const relative = Math.hypot((found?.error ?? 0) / (found?.rate ?? 1), error / transmission);
  const seen = countCrossings(friction, FULL ? 20_000_000 : 1_500_000);
  const margin = Math.hypot(relative * rate, seen.error);
  expect(Math.abs(rate - seen.rate)).toBeLessThan((FULL ? 2 : 4) * margin + 0.15 * seen.rate);
});

test('a rate is as uncertain as its theory and its transmission, also where the transmission is 0 or less', () => {
  const theory = { rate: 1e9, error: 3e8 };
  expect(reactiveRate(theory)).toEqual(theory);
  const half = reactiveRate(theory, { transmission: 0.5, error: 0.2 });
  expect(half.rate).toBe(5e8);
  expect(half.error / 2.5e8).toBeCloseTo(1, 12);
  expect(reactiveRate(theory, { transmission: 0, error: 0.1 })).toEqual({ rate: 0, error: 1e8 });
  expect(reactiveRate(theory, { transmission: -0.02, error: 0.1 }).error).toBeGreaterThan(1e8);
});
