import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { BOLTZMANN } from '../../../language/constants';
import {
  advance,
  createSimulation,
  observe,
  startDynamics,
  type DynamicsState,
  type Ensemble,
  type Simulation,
} from '../../../engine/dynamics/dynamics';
import { decodeState, encodeState, restoreFrom, saveSimulation } from '../../../engine/dynamics/state';
import { Evaluator } from '../../../engine/kernels/evaluator';
import { massesOf } from '../../../engine/dynamics/velocities';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import type { Potential } from '../../../engine/potentials/potential';
import { AMU_ANGSTROM2_PER_FS2 } from '../../../engine/structure/constants';
import type { Structure } from '../../../engine/structure/structure';
import type { CutoffFunction } from '../../../language/definition/definition';
import { encodeColumns } from '../../../protocol/columns';
import { createStructure, fcc, maximumDifference, water } from '../../fixtures/structures';
import { randomElements, randomPotential } from '../../fixtures/random-potential';

const NVE: Ensemble = { kind: 'nve' };

const evaluators: Evaluator[] = [];
afterAll(() => evaluators.forEach((evaluator) => evaluator.dispose()));

function argon(cutoffFunction: CutoffFunction, cutoff = 8.5125): Potential {
  return createLennardJones({ epsilon: 0.010323, sigma: 3.405, cutoff, cutoffFunction, elements: ['Ar'] });
}

/** Springs of k eV/Å² to the places where the atoms start: every frequency is known. */
function springs(structure: Structure, k: number): Potential {
  return {
    cutoff: 1,
    elements: ['Ar'],
    predict: ({ positions }) => {
      const forces = positions.map((x, i) => -k * (x - structure.positions[i]));
      const atomicEnergies = new Float64Array(positions.length / 3);
      forces.forEach((force, i) => (atomicEnergies[Math.floor(i / 3)] += (force * force) / (2 * k)));
      return { energy: atomicEnergies.reduce((a, b) => a + b, 0), atomicEnergies, forces, virial: new Float64Array(9) };
    },
  };
}

function start(simulation: Simulation, kelvin: number, seed = 1): DynamicsState {
  const result = startDynamics(simulation, kelvin, seed);
  if (!result.ok) throw new Error(result.problems[0].message);
  return result.value;
}

function run(simulation: Simulation, state: DynamicsState, steps: number): void {
  for (let step = 0; step < steps; step++) {
    const problem = advance(simulation, state);
    if (problem !== undefined) throw new Error(problem.message);
  }
}

const copy = (state: DynamicsState): DynamicsState => structuredClone(state);

describe('T-NVE: argon, 108 atoms, T* about 0.55', () => {
  const structure = fcc('Ar', 5.3, 3);
  const timesteps = [4.3, 8.6, 17.2];

  /** Standard deviation (meV/atom) and drift (meV/atom/ns) of the total energy over `time` fs. */
  function fluctuation(potential: Potential, from: DynamicsState, timestep: number, time: number) {
    const simulation = createSimulation(potential, structure, timestep, NVE);
    const state = copy(from);
    const times: number[] = [];
    const energies: number[] = [];
    for (let step = 0; step < time / timestep; step++) {
      run(simulation, state, 1);
      times.push(step * timestep * 1e-6);
      energies.push((1000 * observe(simulation, state).conserved) / structure.numbers.length);
    }
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const [t, e] = [mean(times), mean(energies)];
    const covariance = mean(times.map((time, i) => (time - t) * (energies[i] - e)));
    const drift = covariance / mean(times.map((time) => (time - t) ** 2));
    return { rms: Math.sqrt(mean(energies.map((energy) => (energy - e) ** 2))), drift };
  }

  function equilibrate(potential: Potential): DynamicsState {
    const simulation = createSimulation(potential, structure, 8.6, NVE);
    const state = start(simulation, 2 * 66);
    run(simulation, state, 250);
    return state;
  }

  test.each(['poly2', 'cos'] as const)('%s: fluctuation grows with Δt², no drift', (cutoffFunction) => {
    const potential = argon(cutoffFunction);
    const from = equilibrate(potential);
    const results = timesteps.map((timestep) => fluctuation(potential, from, timestep, 3440));
    const slope = Math.log2(results[2].rms / results[0].rms) / 2;
    expect(slope).toBeGreaterThan(1.9);
    expect(slope).toBeLessThan(2.1);
    expect(Math.abs(results[0].drift)).toBeLessThan(0.1);
    // The reference's 0.00021 meV/atom at the smallest step, within the differences of density and phase.
    expect(results[0].rms).toBeLessThan(0.0005);
  });

  test('a step at the cutoff is seen: a floor that a smaller time step does not lower', () => {
    const potential = argon('hard');
    const from = equilibrate(potential);
    const [fine, coarse] = [4.3, 8.6].map((timestep) => fluctuation(potential, from, timestep, 2150));
    expect(fine.rms).toBeGreaterThan(0.005);
    expect(coarse.rms / fine.rms).toBeLessThan(2);
  });
});

test.each(['reference', 'kernels'])('T-NVE: a smooth network keeps its energy at 0.5 fs (%s)', (which) => {
  const model = { elements: randomElements(['H', 'O']), cutoffFunction: 'poly2', innerCutoff: 0 } as const;
  const kernels = new Evaluator(model);
  evaluators.push(kernels);
  const simulation = createSimulation(which === 'kernels' ? kernels : randomPotential(['H', 'O']), water, 0.5, NVE);
  const halved = { ...simulation, timestep: 0.25 };
  const deviation = (one: Simulation): number => {
    const state = start(one, 300);
    const first = observe(one, state).conserved;
    let largest = 0;
    for (let step = 0; step < 400 / one.timestep; step++) {
      run(one, state, 1);
      largest = Math.max(largest, Math.abs(observe(one, state).conserved - first));
    }
    return largest;
  };
  const ratio = deviation(simulation) / deviation(halved);
  expect(ratio).toBeGreaterThan(3.5);
  expect(ratio).toBeLessThan(4.5);
});

test('T-REV: a thousand steps there and back again', () => {
  // A cold crystal: in a liquid rounding errors grow exponentially, which is physics, not the integrator.
  const structure = fcc('Ar', 5.3, 2);
  const simulation = createSimulation(argon('poly2', 6), structure, 5, NVE);
  const state = start(simulation, 20);
  run(simulation, state, 1000);
  expect(maximumDifference(state.positions, structure.positions)).toBeGreaterThan(0.05);
  for (let k = 0; k < state.velocities.length; k++) state.velocities[k] *= -1;
  run(simulation, state, 1000);
  expect(maximumDifference(state.positions, structure.positions)).toBeLessThan(1e-6);
});

test('a spring swings with its frequency: units', () => {
  const structure = createStructure(['Ar'], [0, 0, 0]);
  const k = 2;
  const simulation = createSimulation(springs(structure, k), structure, 0.1, NVE);
  const state = start(simulation, 0);
  state.positions[0] = 0.1;
  // Forces follow at the next step; a displaced start needs them at once.
  state.forces[0] = -k * 0.1;
  const period = 2 * Math.PI * Math.sqrt((39.948 * AMU_ANGSTROM2_PER_FS2) / k);
  const steps = Math.round(period / 0.1);
  run(simulation, state, steps);
  expect(Math.abs(state.positions[0] - 0.1 * Math.cos((2 * Math.PI * steps * 0.1) / period))).toBeLessThan(1e-6);
  expect(Math.sqrt(AMU_ANGSTROM2_PER_FS2)).toBeCloseTo(10.1805057, 7);
});

test('an isotope swings more slowly, by the root of its mass', () => {
  const structure = createStructure(['H', 'H', 'O'], [0, 0, 0, 9, 0, 0, 0, 9, 0]);
  const masses = massesOf(structure.numbers, { H: 2.014 });
  expect([...masses]).toEqual([2.014, 2.014, 15.999]);
  const k = 2;
  const simulation = createSimulation(springs(structure, k), structure, 0.05, NVE, masses);
  const state = start(simulation, 0);
  state.positions[0] += 0.1;
  state.forces[0] = -k * 0.1;
  const period = 2 * Math.PI * Math.sqrt((2.014 * AMU_ANGSTROM2_PER_FS2) / k);
  const steps = Math.round(period / 0.05);
  run(simulation, state, steps);
  expect(Math.abs(state.positions[0] - 0.1 * Math.cos((2 * Math.PI * steps * 0.05) / period))).toBeLessThan(1e-6);
  // Velocities, temperature and thermostats take the same masses: initial velocities have exactly the temperature.
  const warm = start(simulation, 300);
  expect(observe(simulation, warm).temperature).toBeCloseTo(300, 9);
  const kinetic = [0, 1, 2].reduce(
    (sum, i) =>
      sum +
      0.5 * masses[i] * AMU_ANGSTROM2_PER_FS2 * [0, 1, 2].reduce((v2, c) => v2 + warm.velocities[3 * i + c] ** 2, 0),
    0,
  );
  expect(observe(simulation, warm).kineticEnergy).toBeCloseTo(kinetic, 12);
});

describe('BAOAB', () => {
  // 300 independent oscillators, so that averages converge soon.
  const atoms = 100;
  const structure = createStructure(Array<string>(atoms).fill('Ar'), Array<number>(3 * atoms).fill(0));
  const k = 1;
  const kelvin = 300;
  const period = 2 * Math.PI * Math.sqrt((39.948 * AMU_ANGSTROM2_PER_FS2) / k);
  const potential = springs(structure, k);

  /** Means over time and oscillators with their standard errors, from blocks longer than any correlation. */
  function sample(timestep: number, friction: number) {
    const simulation = createSimulation(potential, structure, timestep, {
      kind: 'langevin',
      temperature: kelvin,
      friction,
    });
    const state = start(simulation, kelvin, 7);
    run(simulation, state, Math.ceil(5 / (friction * timestep)));
    const blocks: { temperature: number; variance: number }[] = [];
    const length = Math.ceil((10 / friction + 2 * period) / timestep);
    for (let block = 0; block < 25; block++) {
      let [temperature, variance] = [0, 0];
      for (let step = 0; step < length; step++) {
        run(simulation, state, 1);
        temperature += observe(simulation, state).temperature / length;
        variance += state.positions.reduce((sum, x) => sum + x * x, 0) / (state.positions.length * length);
      }
      blocks.push({ temperature, variance });
    }
    const summarize = (values: readonly number[]) => {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return { mean, error: Math.sqrt(squares / (values.length * (values.length - 1))) };
    };
    return {
      temperature: summarize(blocks.map((block) => block.temperature)),
      variance: summarize(blocks.map((block) => block.variance)),
    };
  }

  test('T-THERMO: temperature and the variance k_B T/k of an oscillator, within 4 standard errors', () => {
    const { temperature, variance } = sample(period / 40, 10 / period);
    // Of BAOAB's velocities in a harmonic well ⟨mv²⟩ = k_B T (1 − (ωΔt)²/4), exactly.
    const expected = kelvin * (1 - (2 * Math.PI) ** 2 / (4 * 40 ** 2));
    expect(Math.abs(temperature.mean - expected)).toBeLessThan(4 * temperature.error);
    expect(temperature.error / kelvin).toBeLessThan(0.01);
    expect(Math.abs(variance.mean - (BOLTZMANN * kelvin) / k)).toBeLessThan(4 * variance.error);
    expect(variance.error / variance.mean).toBeLessThan(0.01);
  });

  test('T-THERMO: positions of harmonic oscillators have no time step error, however large the step', () => {
    const { variance } = sample(period / 8, 2 / period);
    expect(Math.abs(variance.mean - (BOLTZMANN * kelvin) / k)).toBeLessThan(4 * variance.error);
    expect(variance.error / variance.mean).toBeLessThan(0.02);
  });

  test('a free particle: velocities keep the temperature and forget with e^(−γt)', () => {
    const free = createStructure(Array<string>(2000).fill('Ar'), Array<number>(6000).fill(0));
    const nothing: Potential = {
      cutoff: 1,
      elements: ['Ar'],
      predict: ({ numbers, positions }) => ({
        energy: 0,
        atomicEnergies: new Float64Array(numbers.length),
        forces: new Float64Array(positions.length),
        virial: new Float64Array(9),
      }),
    };
    const simulation = createSimulation(nothing, free, 10, { kind: 'langevin', temperature: 300, friction: 0.01 });
    const state = start(simulation, 300);
    const before = state.velocities.slice();
    run(simulation, state, 10);
    const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    const correlation = product(before, state.velocities) / product(before, before);
    // 6000 components: standard error √((1 − e⁻²)/6000).
    expect(Math.abs(correlation - Math.exp(-1))).toBeLessThan(4 * Math.sqrt((1 - Math.exp(-2)) / 6000));
    expect(Math.abs(observe(simulation, state).temperature / 300 - 1)).toBeLessThan(4 * Math.sqrt(2 / 6000));
  });

  test('all 3N degrees of freedom are warm from the first step', () => {
    const molecule = createStructure(['Ar', 'Ar', 'Ar'], [0, 0, 0, 3.8, 0, 0, 0, 3.8, 0]);
    const simulation = createSimulation(argon('poly2', 6), molecule, 1, {
      kind: 'langevin',
      temperature: 300,
      friction: 0.01,
    });
    let sum = 0;
    for (let seed = 1; seed <= 500; seed++) sum += observe(simulation, start(simulation, 300, seed)).temperature;
    // 4500 components in all.
    expect(Math.abs(sum / 500 / 300 - 1)).toBeLessThan(4 * Math.sqrt(2 / 4500));
  });

  test.each<Ensemble>([
    { kind: 'langevin', temperature: 40, friction: 0.01 },
    { kind: 'csvr', temperature: 40, time: 100 },
    { kind: 'berendsen', temperature: 40, time: 100 },
  ])('the conserved quantity is conserved while the energy is not: $kind', (ensemble) => {
    const simulation = createSimulation(argon('poly2', 6), fcc('Ar', 5.3, 2), 2, ensemble);
    const state = start(simulation, 20);
    const first = observe(simulation, state);
    run(simulation, state, 500);
    const last = observe(simulation, state);
    const total = (at: typeof last) => at.kineticEnergy + at.potentialEnergy;
    expect(Math.abs(total(last) - total(first))).toBeGreaterThan(0.01);
    expect(Math.abs(last.conserved - first.conserved)).toBeLessThan(1e-3 * Math.abs(total(last) - total(first)));
  });

  test('at zero kelvin friction alone is left: energy falls', () => {
    const simulation = createSimulation(argon('poly2', 6), fcc('Ar', 5.3, 2), 5, {
      kind: 'langevin',
      temperature: 0,
      friction: 0.01,
    });
    const state = start(simulation, 50);
    const before = observe(simulation, state);
    run(simulation, state, 200);
    const after = observe(simulation, state);
    expect(after.kineticEnergy).toBeLessThan(0.05 * before.kineticEnergy);
    expect(state.heat).toBeLessThan(0);
  });
});

describe('a run that is resumed', () => {
  test.each<Ensemble>([
    NVE,
    { kind: 'langevin', temperature: 300, friction: 0.01 },
    { kind: 'csvr', temperature: 300, time: 20 },
    { kind: 'berendsen', temperature: 300, time: 20 },
  ])('takes the same steps to the last bit: $kind', (ensemble) => {
    const simulation = createSimulation(randomPotential(['H', 'O']), water, 0.5, ensemble);
    const straight = start(simulation, 300, 5);
    run(simulation, straight, 30);
    let interrupted = start(simulation, 300, 5);
    for (const steps of [7, 1, 22]) {
      run(simulation, interrupted, steps);
      const decoded = decodeState(encodeState(interrupted), 3);
      if (decoded === undefined) throw new Error('not decoded');
      expect(decoded).toEqual(interrupted);
      interrupted = decoded;
    }
    expect(encodeState(interrupted)).toEqual(encodeState(straight));
  });

  test('goes on from a checkpoint of its own alone', () => {
    const simulation = createSimulation(randomPotential(['H', 'O']), water, 0.5, NVE);
    const state = start(simulation, 300, 5);
    const own = v.object({ kind: v.literal('own'), bytes: v.number() });
    const save = (meta: object): Uint8Array => encodeColumns({ columns: saveSimulation(simulation, state), meta });
    const restored = restoreFrom(save({ kind: 'own', bytes: 7 }), simulation, own);
    expect(restored.ok && restored.value).toMatchObject({ meta: { kind: 'own', bytes: 7 } });
    expect(restored.ok && encodeState(restored.value.state)).toEqual(encodeState(state));
    const larger = createSimulation(argon('cos'), fcc('Ar', 5, 3), 0.5, NVE);
    for (const foreign of [
      restoreFrom(save({ kind: 'other', bytes: 7 }), simulation, own),
      restoreFrom(save({ kind: 'own', bytes: 7 }), larger, own),
      restoreFrom(new Uint8Array(9), simulation, own),
    ])
      expect(foreign).toMatchObject({ ok: false, problems: [{ code: 'RN012' }] });
  });

  test('has the neighbour list of the run that was interrupted', () => {
    // Hot enough for atoms to change cells, and with them the order in which forces are added up.
    const elements = randomElements(['Ar']);
    const structure = fcc('Ar', 5, 3);
    const simulate = (threads: number): Simulation & { readonly potential: Evaluator } => {
      const potential = new Evaluator({ elements, cutoffFunction: 'poly2', innerCutoff: 0 }, { skin: 1, threads });
      evaluators.push(potential);
      return { ...createSimulation(potential, structure, 5, NVE), potential };
    };
    const straight = simulate(1);
    const state = start(straight, 500, 5);
    run(straight, state, 34);
    const kept = copy(state);
    const builtAt = straight.potential.list.builtAt()?.slice() ?? new Float64Array(0);
    expect(builtAt).not.toEqual(state.positions);
    run(straight, state, 60);
    expect(straight.potential.builds).toBeGreaterThan(3);
    const goOn = (build: boolean, threads: number): DynamicsState => {
      const simulation = simulate(threads);
      const resumed = copy(kept);
      if (build) simulation.potential.list.build({ ...structure, positions: builtAt });
      run(simulation, resumed, 60);
      return resumed;
    };
    expect(encodeState(goOn(true, 1))).toEqual(encodeState(state));
    expect(encodeState(goOn(true, 2))).toEqual(encodeState(state));
    expect(encodeState(goOn(false, 1))).not.toEqual(encodeState(state));
  });

  test('another seed is another run', () => {
    const simulation = createSimulation(randomPotential(['H', 'O']), water, 0.5, NVE);
    expect(start(simulation, 300, 1).velocities).not.toEqual(start(simulation, 300, 2).velocities);
  });

  test('damaged states are refused', () => {
    const simulation = createSimulation(randomPotential(['H', 'O']), water, 0.5, NVE);
    const state = start(simulation, 300);
    const bytes = encodeState(state);
    expect(decodeState(bytes, 4)).toBeUndefined();
    expect(decodeState(bytes.subarray(0, bytes.length - 1), 3)).toBeUndefined();
    expect(decodeState(new Uint8Array(0), 3)).toBeUndefined();
    state.velocities[2] = NaN;
    expect(decodeState(encodeState(state), 3)).toBeUndefined();
  });
});

describe('what goes wrong is said', () => {
  test('atoms in one place', () => {
    const structure = createStructure(['Ar', 'Ar'], [0, 0, 0, 0, 0, 0]);
    const result = startDynamics(createSimulation(argon('poly2'), structure, 1, NVE), 10, 1);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.problems[0].code).toBe('MD001');
    expect(!result.ok && result.problems[0].message).toMatch(/too close/);
  });
  test('a time step far too large', () => {
    const structure = createStructure(['Ar'], [0, 0, 0]);
    const simulation = createSimulation(springs(structure, 1), structure, 1e5, NVE);
    const state = start(simulation, 0);
    state.velocities[0] = 1;
    const problems = Array.from({ length: 300 }, () => advance(simulation, state)).filter((one) => one !== undefined);
    expect(problems[0].code).toBe('MD001');
    expect(problems[0].message).toMatch(/smaller time step/);
  });
});
