import { describe, expect, test } from 'vitest';
import { BOLTZMANN } from '../../../language/constants';
import { relaxingFactor } from '../../../engine/dynamics/berendsen';
import { drawRescaling, type Csvr } from '../../../engine/dynamics/csvr';
import {
  advance,
  createSimulation,
  observe,
  startDynamics,
  type DynamicsState,
  type Ensemble,
  type Simulation,
} from '../../../engine/dynamics/dynamics';
import { kineticEnergy } from '../../../engine/dynamics/velocities';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import type { Potential } from '../../../engine/potentials/potential';
import { createRandom } from '../../../engine/random';
import { AMU_ANGSTROM2_PER_FS2 } from '../../../engine/structure/constants';
import type { Structure } from '../../../engine/structure/structure';
import { createStructure, fcc, maximumDifference, PERIODIC } from '../../fixtures/structures';

const KELVIN = 300;
const kT = BOLTZMANN * KELVIN;
const ARGON = 39.948;

/** A spring of k eV/Å² between each two atoms, `length` Å long: of two atoms a harmonic oscillator. With k = 0 they are free. */
function springs(k: number, length = 0): Potential {
  return {
    cutoff: 1,
    elements: ['Ar'],
    predict: ({ positions }) => {
      const atomicEnergies = new Float64Array(positions.length / 3);
      const forces = new Float64Array(positions.length);
      for (let i = 0; i < atomicEnergies.length; i++)
        for (let j = 0; j < i; j++) {
          const d = [0, 1, 2].map((axis) => positions[3 * i + axis] - positions[3 * j + axis]);
          const r = Math.hypot(...d);
          atomicEnergies[i] += 0.5 * k * (r - length) ** 2;
          d.forEach((component, axis) => {
            const force = (-k * (r - length) * component) / r;
            forces[3 * i + axis] += force;
            forces[3 * j + axis] -= force;
          });
        }
      return { energy: atomicEnergies.reduce((a, b) => a + b, 0), atomicEnergies, forces, virial: new Float64Array(9) };
    },
  };
}

const trimer = createStructure(['Ar', 'Ar', 'Ar'], [0, 0, 0, 3.8, 0, 0, 1.9, 3.2, 0.1]);
const dimer = createStructure(['Ar', 'Ar'], [0, 0, 0, 3, 0, 0]);

function begin(
  potential: Potential,
  structure: Structure,
  timestep: number,
  ensemble: Ensemble,
  kelvin = KELVIN,
): { simulation: Simulation; state: DynamicsState; run: (steps: number) => void } {
  const simulation = createSimulation(potential, structure, timestep, ensemble);
  const started = startDynamics(simulation, kelvin, 3);
  if (!started.ok) throw new Error(started.problems[0].message);
  const state = started.value;
  const run = (steps: number): void => {
    for (let step = 0; step < steps; step++) {
      const problem = advance(simulation, state);
      if (problem !== undefined) throw new Error(problem.message);
    }
  };
  return { simulation, state, run };
}

const csvr = (time: number): Csvr => ({ kind: 'csvr', temperature: KELVIN, time });

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const m = mean(values);
  return values.reduce((sum, value) => sum + (value - m) ** 2, 0) / (values.length - 1);
};

/** Mean and standard error of values in time, from blocks that are longer than any correlation. */
function average(values: readonly number[], blocks = 40): { mean: number; error: number } {
  const length = Math.floor(values.length / blocks);
  const means = Array.from({ length: blocks }, (_, block) => mean(values.slice(block * length, (block + 1) * length)));
  return { mean: mean(means), error: Math.sqrt(variance(means) / blocks) };
}

/** χ² with 19 degrees of freedom of numbers that should be uniform in [0, 1). Above 36.19 for one of a hundred that are. */
function chiSquaredOfUniform(values: readonly number[]): number {
  const counts = Array<number>(20).fill(0);
  for (const value of values) counts[Math.floor(20 * value)]++;
  const expected = values.length / 20;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Cumulative distribution of the kinetic energy x k_B T of six degrees of freedom: a gamma distribution of shape 3. */
const cumulative = (x: number): number => 1 - Math.exp(-x) * (1 + x + (x * x) / 2);

describe('csvr', () => {
  test.each([1, 2, 3, 30])('draws the kinetic energy of %i degrees of freedom exactly, however long the step', (n) => {
    const draws = 20_000;
    const average = (n / 2) * kT;
    for (const [before, step] of [
      [average, 0.01],
      [3 * average, 0.5],
      [0.1 * average, 2],
      [average, 100],
    ]) {
      const random = createRandom(n, 'test');
      const after = Array.from(
        { length: draws },
        () => before * drawRescaling(csvr(50), before, step * 50, n, random) ** 2,
      );
      // Of the noncentral χ² distribution that the equation has: Cox, Ingersoll and Ross, Econometrica 53, 385 (1985).
      const keep = Math.exp(-step);
      const expected = average + (before - average) * keep;
      const spread = (2 * (1 - keep) ** 2 * average ** 2 + 4 * keep * (1 - keep) * before * average) / n;
      expect(Math.abs(mean(after) - expected)).toBeLessThan(4 * Math.sqrt(spread / draws));
      const fourth = mean(after.map((value) => (value - expected) ** 4));
      expect(Math.abs(variance(after) - spread)).toBeLessThan(4 * Math.sqrt((fourth - spread ** 2) / draws));
    }
  });

  test('one degree of freedom turns round as often as it must', () => {
    // v → α v is then Langevin’s equation for v: ⟨α⟩ = e^(−Δt/2τ), which no |α| has.
    const random = createRandom(5, 'test');
    const factors = Array.from({ length: 20_000 }, () => drawRescaling(csvr(50), kT / 2, 50, 1, random));
    expect(Math.abs(mean(factors) - Math.exp(-0.5))).toBeLessThan(4 * Math.sqrt(variance(factors) / factors.length));
    expect(Math.min(...factors)).toBeLessThan(0);
  });

  test.each([5, 500])(
    'T-THERMO: kinetic energies of free atoms are distributed as they must, steps of %i fs',
    (step) => {
      const periodic = { ...trimer, periodic: PERIODIC };
      const { simulation, state, run } = begin(springs(0), periodic, step, csvr(20));
      expect(simulation.degreesOfFreedom).toBe(6);
      const energies = Array.from({ length: 4000 }, () => {
        run(Math.ceil(100 / step));
        return kineticEnergy(simulation.masses, state.velocities) / kT;
      });
      expect(Math.abs(mean(energies) - 3)).toBeLessThan(4 * Math.sqrt(3 / energies.length));
      expect(chiSquaredOfUniform(energies.map(cumulative))).toBeLessThan(36.19);
    },
  );

  test('T-THERMO: the oscillator that a dimer is has the variance k_B T/k, and the temperature', () => {
    const k = 2;
    const period = 2 * Math.PI * Math.sqrt(((ARGON / 2) * AMU_ANGSTROM2_PER_FS2) / k);
    const { simulation, state, run } = begin(springs(k, 3), dimer, period / 20, csvr(period));
    expect(simulation.degreesOfFreedom).toBe(1);
    const squares: number[] = [];
    const temperatures: number[] = [];
    for (let step = 0; step < 100_000; step++) {
      run(1);
      squares.push((Math.hypot(...[0, 1, 2].map((i) => state.positions[i] - state.positions[3 + i])) - 3) ** 2);
      temperatures.push(observe(simulation, state).temperature);
    }
    const spread = average(squares);
    expect(Math.abs(spread.mean - kT / k)).toBeLessThan(4 * spread.error);
    expect(spread.error / spread.mean).toBeLessThan(0.03);
    // After a step velocities are colder than in the middle of it by (ωΔt)²/4, exactly.
    const warmth = average(temperatures);
    expect(Math.abs(warmth.mean - KELVIN * (1 - (Math.PI / 20) ** 2))).toBeLessThan(4 * warmth.error);
    expect(warmth.error / warmth.mean).toBeLessThan(0.03);
  });

  test('a weak coupling is none: with a long time the steps are those of nve', () => {
    const argon = createLennardJones({
      epsilon: 0.0103,
      sigma: 3.4,
      cutoff: 6,
      cutoffFunction: 'poly2',
      elements: ['Ar'],
    });
    const crystal = fcc('Ar', 5.3, 2);
    const free = begin(argon, crystal, 2, { kind: 'nve' }, 40);
    const weak = begin(argon, crystal, 2, { kind: 'csvr', temperature: 300, time: 1e40 }, 40);
    free.run(100);
    weak.run(100);
    expect(maximumDifference(weak.state.positions, free.state.positions)).toBeLessThan(1e-12);
    expect(maximumDifference(weak.state.velocities, free.state.velocities)).toBeLessThan(1e-14);
  });
});

describe('berendsen', () => {
  const thermostat = { kind: 'berendsen', temperature: KELVIN, time: 40 } as const;

  test('the temperature relaxes as T₀ + (T − T₀) e^(−t/τ), whatever the step', () => {
    for (const step of [1, 10, 100]) {
      const { simulation, state, run } = begin(springs(0), trimer, step, thermostat, 700);
      run(100 / step);
      expect(observe(simulation, state).temperature).toBeCloseTo(300 + 400 * Math.exp(-100 / 40), 8);
    }
    // To first order the factor of the paper.
    expect(relaxingFactor(thermostat, 700, 1e-3)).toBeCloseTo(Math.sqrt(1 + (1e-3 / 40) * (300 / 700 - 1)), 9);
  });

  test('is why PD1005 warns: kinetic energies fluctuate less than those of csvr', () => {
    const fluctuation = (ensemble: Ensemble): number => {
      const { simulation, state, run } = begin(springs(1, 3), trimer, 5, ensemble);
      const values = Array.from({ length: 5000 }, () => {
        run(4);
        return kineticEnergy(simulation.masses, state.velocities);
      });
      return variance(values) / mean(values) ** 2;
    };
    // Canonical: 2/n_f, of three degrees of freedom.
    expect(Math.abs(fluctuation(csvr(40)) - 2 / 3)).toBeLessThan(0.2);
    expect(fluctuation(thermostat)).toBeLessThan(0.4);
  });
});

test.each(['csvr', 'berendsen'] as const)('%s keeps the total momentum, and lets no rest of it grow', (kind) => {
  const argon = createLennardJones({
    epsilon: 0.5,
    sigma: 3.405,
    cutoff: 20,
    cutoffFunction: 'poly2',
    elements: ['Ar'],
  });
  const { simulation, state, run } = begin(argon, trimer, 5, { kind, temperature: 50, time: 5 }, 50);
  expect(simulation.degreesOfFreedom).toBe(3);
  run(20_000);
  const { velocities: v, positions: r } = state;
  for (let axis = 0; axis < 3; axis++) {
    const [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
    const sum = (of: (i: number) => number): number => [0, 3, 6].reduce((total, i) => total + of(i), 0);
    expect(Math.abs(sum((i) => v[i + axis]))).toBeLessThan(1e-15);
    expect(Math.abs(sum((i) => r[i + b] * v[i + c] - r[i + c] * v[i + b]))).toBeLessThan(1e-14);
  }
});
