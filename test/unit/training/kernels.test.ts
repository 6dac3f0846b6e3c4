/** The kernels of training against the reference: errors, gradients, the Kalman filter; whatever the threads. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Activation } from '../../../language/definition/definition';
import { compileTraining, createMemory, instantiate, type TrainingExports } from '../../../engine/kernels/module';
import { createRandom } from '../../../engine/random';
import { groupOf, referenceBackend, type Backend, type BackendProvider } from '../../../engine/training/backend';
import { SIZES } from '../../../engine/training/kernel-core';
import { createKernelBackend } from '../../../engine/training/kernels';
import { createSums, needsDerivatives, predictSample, viewNetworks } from '../../../engine/training/loss';
import { createTraining } from '../../../engine/training/prepare';
import { traceOfTiles } from '../../../engine/training/tile-blocks';
import type { Training, TrainingSetup } from '../../../engine/training/training';
import { crystals, invert, labelled, optimizerOf, setupOf, train, unwrap } from './samples';

const providers: Required<BackendProvider>[] = [];
function kernels(threads = 1): BackendProvider {
  const provider = createKernelBackend(threads);
  providers.push(provider);
  return provider;
}
afterAll(() => {
  for (const provider of providers) provider.dispose();
});

/** Energies and forces, energies alone, forces alone, stresses too and alone; sizes up to more than a vector block; cells below the cutoff. */
function structures() {
  const [a, b, c] = labelled('C H H O', 3);
  const [d, e] = labelled('C O H H H', 2);
  const cell = Float64Array.of(4.1, 0, 0, 0.9, 3.8, 0, 0.3, -0.4, 4.4);
  const periodic = [true, true, true] as const;
  const large = labelled(Array.from({ length: 75 }, (_, i) => 'HHCO'[i % 4]).join(' '), 1);
  const [f, g] = crystals('C H O', 2);
  const solid = { ...g, energy: undefined, forces: undefined };
  return [a, { ...b, forces: undefined }, { ...c, energy: undefined }, d, f, solid, { ...e, cell, periodic }, ...large];
}

async function prepare(options: Parameters<typeof setupOf>[1] = {}, changes: Partial<TrainingSetup> = {}) {
  const configTypes = [{ name: 'even', energy: 0.5, force: 3, stress: 2 }];
  const setup = setupOf(
    structures(),
    { stress_weight: 1, ...options },
    { backend: kernels(), configTypes, ...changes },
  );
  const training = unwrap(await createTraining(setup));
  const random = createRandom(5, 'parameters');
  return { training, parameters: training.state.parameters.map((p) => p + 0.2 * random.normal()) };
}

function evaluate(
  { problem }: Training,
  backend: Backend,
  parameters: Float64Array,
  factors = { energy: 2, force: 3, stress: 5 },
) {
  const sums = createSums();
  const gradient = new Float64Array(parameters.length);
  const samples = Int32Array.from(problem.samples, (_, s) => s);
  backend.evaluate(parameters, samples, factors, sums, gradient);
  return { sums, gradient };
}

function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs));
  expect(scale).toBeGreaterThan(0);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i] - expected[i])).toBeLessThan(tolerance * scale);
}

it('agrees with its C source about the sizes of structures', () => {
  const kernel = instantiate(compileTraining(), createMemory()) as TrainingExports;
  Object.values(SIZES).forEach((size, which) => expect(kernel.struct_size(which)).toBe(size));
});

describe('errors and gradients', () => {
  const activations: Activation[] = ['tanh', 'softplus', 'logistic', 'gaussian', 'cos', 'linear', 'relu'];
  it.each(activations.flatMap((activation) => [[6, 5], [3], [], [7, 2, 9]].map((hidden) => ({ activation, hidden }))))(
    'of $activation networks with layers $hidden are those of the reference',
    async ({ activation, hidden }) => {
      const { potential } = setupOf(structures());
      const networks = Object.fromEntries(potential.elements.map((symbol) => [symbol, { hidden, activation }]));
      const { training, parameters } = await prepare({}, { potential: { ...potential, networks } });
      const reference = unwrap(referenceBackend.create(training.problem));
      expect(training.backend.name).toBe('native');
      for (const factors of [
        { energy: 2, force: 3, stress: 5 },
        { energy: 2, force: 0, stress: 0 },
        { energy: 0, force: 3, stress: 0 },
        { energy: 0, force: 0, stress: 5 },
      ]) {
        const [own, exact] = [training.backend, reference].map((one) => evaluate(training, one, parameters, factors));
        expectNear(own.gradient, exact.gradient, 1e-12);
        expectNear(Object.values(own.sums), Object.values(exact.sums), 1e-12);
      }
    },
  );

  it('do not depend on whether derivatives are kept or brought', async () => {
    const results = [];
    for (const memoryBudget of [undefined, 30_000, 0]) {
      const { training, parameters } = await prepare({}, { memoryBudget });
      results.push(evaluate(training, training.backend, parameters));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('are left to the reference where networks have more layers than the kernels take', async () => {
    const { potential } = setupOf(structures());
    const hidden = new Array<number>(8).fill(3);
    const networks = Object.fromEntries(
      potential.elements.map((symbol) => [symbol, { hidden, activation: 'tanh' as const }]),
    );
    const { training } = await prepare({}, { potential: { ...potential, networks } });
    expect(training.backend.name).toBe('reference');
  });
});

describe('the Kalman filter', () => {
  const energyScales = Float64Array.of(3, 1.5, 0.5);
  const forceScales = Float64Array.of(0.5, 2, 1, 4, 0.3);
  const stressScales = Float64Array.of(0.7, 3);
  const forgetting = 0.97;
  const prior = 0.3;

  /** Grouped residuals ξ = −Σ weight · error with the signs that the errors have at `signsOf`. */
  function residuals({ problem }: Training, parameters: Float64Array, signsOf = parameters): number[] {
    const rows = new Array<number>(energyScales.length + forceScales.length + stressScales.length).fill(0);
    const at = [parameters, signsOf].map((one) =>
      problem.samples.map((sample, s) => {
        const offsets = one.subarray(problem.layout.offsetsAt);
        const derivatives = needsDerivatives(sample) ? problem.derivatives(s) : undefined;
        const energy = predictSample(problem, viewNetworks(problem.layout, one), offsets, sample, derivatives);
        return { energy, forces: problem.buffers.forces.slice(), virial: problem.buffers.virial.slice() };
      }),
    );
    problem.samples.forEach(({ energy, forces, virial, inputs, factors }, s) => {
      const atoms = inputs.elements.length;
      if (energy !== undefined) {
        const group = groupOf(s, 0, energyScales.length);
        const [error, signed] = at.map((one) => (one[s].energy - energy) / atoms);
        rows[group] -= Math.sign(signed) * energyScales[group] * Math.sqrt(factors.energy) * error;
      }
      forces?.forEach((target, c) => {
        const group = groupOf(s, Math.floor(c / 3), forceScales.length);
        const [error, signed] = at.map((one) => one[s].forces[c] - target);
        rows[energyScales.length + group] -= Math.sign(signed) * forceScales[group] * Math.sqrt(factors.force) * error;
      });
      virial?.forEach((target, v) => {
        const group = groupOf(s, v, stressScales.length);
        const row = energyScales.length + forceScales.length + group;
        const [error, signed] = at.map((one) => (one[s].virial[v] - target) / atoms);
        rows[row] -= Math.sign(signed) * stressScales[group] * Math.sqrt(factors.stress) * error;
      });
    });
    return rows;
  }

  it.each(['global', 'element'] as const)(
    'updates as the textbook says, with rows by finite differences (%s)',
    async (blocks) => {
      const few = structures().slice(0, 6);
      const { training, parameters } = await prepare({}, { structures: few, set: new Uint8Array(few.length) });
      const { layout, samples } = training.problem;
      const n = parameters.length;
      const block = Int32Array.from({ length: n }, (_, i) =>
        blocks === 'global' ? 0 : layout.networks.findIndex(({ at, count }) => i >= at && i < at + count),
      );
      const random = createRandom(3, 'zeros');
      const zeros = Array.from({ length: 2 }, () => Float64Array.from({ length: n }, () => 0.1 * random.normal()));
      const errors = residuals(training, parameters);
      const products = zeros.map((row) => row.reduce((sum, value, i) => sum + value * parameters[i], 0));
      const xi = [...errors, ...products.map((product) => -product)];
      const m = xi.length;
      const H = Array.from({ length: m }, () => new Float64Array(n));
      for (let i = 0; i < n; i++) {
        const h = 1e-3;
        const f = (step: number) => residuals(training, parameters.with(i, parameters[i] + step), parameters);
        const [a, b, c, d] = [f(h), f(-h), f(2 * h), f(-2 * h)];
        for (let q = 0; q < errors.length; q++) H[q][i] = -(8 * (a[q] - b[q]) - (c[q] - d[q])) / (12 * h);
        zeros.forEach((row, k) => (H[errors.length + k][i] = row[i]));
      }
      // Two updates with the same rows: the second one with a covariance that is full.
      let P = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (__, j) => (i === j ? prior : 0)));
      const textbook = (): Float64Array => {
        const Y = H.map((row) => P.map((p) => p.reduce((sum, value, j) => sum + value * row[j], 0)));
        const A = H.map((row, a) =>
          Y.map((y, b) => row.reduce((sum, h, i) => sum + h * y[i], 0) + (a === b ? forgetting : 0)),
        );
        const inverse = invert(A);
        const gain = inverse.map((row) => Y[0].map((_, i) => row.reduce((sum, value, b) => sum + value * Y[b][i], 0)));
        P = P.map((p, i) =>
          p.map((value, j) =>
            block[i] === block[j] ? (value - gain.reduce((sum, g, q) => sum + g[i] * Y[q][j], 0)) / forgetting : 0,
          ),
        );
        return Float64Array.from(parameters, (_, i) => gain.reduce((sum, g, q) => sum + g[i] * xi[q], 0));
      };
      const filter = training.backend.createFilter?.({ prior, blocks });
      const all = Int32Array.from(samples, (_, s) => s);
      const observations = { samples: all, energyScales, forceScales, stressScales, zeros, forgetting };
      for (let update = 0; update < 2; update++) {
        const change = textbook();
        const moved = parameters.slice();
        const sums = createSums();
        expect(filter?.update(moved, observations, sums)).toBe(true);
        expectNear(
          moved.map((p, i) => p - parameters[i]),
          change,
          1e-6,
        );
        expect(sums).toEqual(evaluate(training, training.backend, parameters).sums);
      }
      // The trace: all of the covariance that both hold alike.
      const diagonal = Object.values(filter?.state ?? {}).reduce((sum, tiles) => sum + traceOfTiles(tiles), 0);
      const trace = P.reduce((sum, p, i) => sum + p[i], 0);
      expect(diagonal).toBeCloseTo(trace, 6);
      expect(trace).toBeLessThan((n * prior) / forgetting ** 2);
    },
  );
});

it('comes to the same bits with one thread, two and three', async () => {
  const optimizers: TrainingSetup['optimizer'][] = [
    optimizerOf('kalman', { groups: 3 }),
    optimizerOf('adam', { learning_rate: 0.01 }),
    optimizerOf('levenberg_marquardt'),
  ];
  for (const optimizer of optimizers) {
    const results = [];
    for (const threads of [1, 2, 3]) {
      const options = { epochs: 3, batch_size: 12, tests: 3, stress_weight: 1 };
      const setup = setupOf([...structures(), ...structures()], options);
      const { training, reports } = await train({ ...setup, optimizer, backend: kernels(threads) });
      results.push({
        parameters: training.state.parameters,
        state: training.stages[0].optimizer.state,
        losses: reports.map(({ loss }) => loss),
      });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  }
});
