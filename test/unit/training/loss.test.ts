import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../engine/random';
import {
  createSums,
  evaluate,
  lossFactors,
  lossOf,
  predictSample,
  regularize,
  viewNetworks,
} from '../../../engine/training/loss';
import { createTraining } from '../../../engine/training/prepare';
import type { Training } from '../../../engine/training/training';
import { createPotentialFile, potentialFromFile } from '../../../engine/potentials/potential-file';
import { lossShares, trainedElements } from '../../../engine/training/result';
import { toVoigt } from '../../../engine/structure/voigt';
import { crystals, labelled, setupOf, train, unwrap } from './samples';

/** The whole loss of the training set, and its gradient if asked for. */
function wholeLoss({ problem, labels, setup, members }: Training, parameters: Float64Array, gradient?: Float64Array) {
  const sums = createSums();
  const factors = lossFactors(setup.options, labels.train);
  const networks = viewNetworks(problem.layout, parameters);
  for (const s of members.train) evaluate(problem, networks, parameters, s, factors, sums, gradient);
  const weights = regularize(problem.layout, parameters, setup.options.regularization, gradient);
  return lossOf(sums, setup.options, weights);
}

describe('the gradient of the loss', () => {
  // Energies and forces, energies alone, forces alone, in structures of two sizes.
  const [a, b, c] = labelled('C H H O', 3);
  const [d] = labelled('C O H H H', 1);
  const molecules = [a, { ...b, forces: undefined }, { ...c, energy: undefined }, d];
  // All, stresses alone, none.
  const [e, f, g] = crystals('C H O', 3);
  const solids = [e, { ...f, energy: undefined, forces: undefined }, { ...g, virial: undefined }, a];
  const factors = [{ name: 'even', energy: 4, force: 0.3, stress: 2 }];

  it.each([
    { what: 'weights, biases, offsets', structures: molecules, options: {}, more: {} },
    { what: 'with stresses', structures: solids, options: { stress_weight: 2.5 }, more: {} },
    {
      what: 'of stresses alone',
      structures: solids,
      options: { energy_weight: 0, force_weight: 0, stress_weight: 9 },
      more: {},
    },
    {
      what: 'with factors of config_types',
      structures: solids,
      options: { stress_weight: 2.5 },
      more: { configTypes: factors },
    },
  ])('is that of finite differences for every parameter: $what', async ({ structures, options, more }) => {
    const setup = setupOf(structures, { energy_weight: 3, force_weight: 0.7, regularization: 0.01, ...options }, more);
    const training = unwrap(await createTraining(setup));
    const { layout } = training.problem;
    const random = createRandom(3, 'parameters');
    const parameters = training.state.parameters.map((p) => p + 0.1 * random.normal());
    const gradient = new Float64Array(layout.count);
    wholeLoss(training, parameters, gradient);
    let largest = 0;
    parameters.forEach((p, i) => {
      const at = (h: number): number => wholeLoss(training, parameters.with(i, p + h)).total;
      const h = 1e-3;
      const numeric = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      largest = Math.max(largest, Math.abs(numeric));
      expect(Math.abs(gradient[i] - numeric)).toBeLessThan(1e-8 * Math.max(1, Math.abs(numeric)));
    });
    expect(largest).toBeGreaterThan(0.1);
    // Every group takes part.
    for (const { at, count } of layout.networks)
      expect(gradient.subarray(at, at + count).some((g) => g !== 0)).toBe(true);
    if (setup.options.energy_weight > 0)
      expect(gradient.subarray(layout.offsetsAt).every((slope) => slope !== 0)).toBe(true);
  });
});

describe('stresses', () => {
  it('are those of the potential that the weights make, prior included, and learnt from their labels', async () => {
    const structures = crystals('C H O', 6);
    const prior = { kind: 'zbl' as const, pairs: [{ elements: ['H', 'C'] as const, inner: 1, outer: 3 }] };
    const potential = { ...setupOf(structures).potential, prior };
    const run = (stress_weight: number) =>
      train(setupOf(structures, { stress_weight, epochs: 60, learning_rate: 0.02 }, { potential }));
    const { training, reports } = await run(1);
    const { problem, state, setup } = training;
    const trained = potentialFromFile(createPotentialFile(setup.potential, trainedElements(training)));
    const networks = viewNetworks(problem.layout, state.parameters);
    problem.samples.forEach((sample, s) => {
      predictSample(
        problem,
        networks,
        state.parameters.subarray(problem.layout.offsetsAt),
        sample,
        problem.derivatives(s),
      );
      const reference = toVoigt(structures[s].virial ?? new Float64Array(9));
      const predicted = toVoigt(trained.predict(structures[s]).virial);
      // What is fitted is less the prior on both sides.
      predicted.forEach((w, v) =>
        expect(problem.buffers.virial[v] - (sample.virial?.[v] ?? NaN)).toBeCloseTo(w - reference[v], 10),
      );
    });
    const stress = (report: (typeof reports)[number]): number => report.stress_rmse?.train ?? NaN;
    expect(stress(reports[reports.length - 1])).toBeLessThan(0.5 * stress(reports[0]));
    expect(reports[0].shares.stress).toBeGreaterThan(0);
    // Not fitted they are no part of the loss, and nothing is said of them.
    const without = await run(0);
    expect(without.reports[0].stress_rmse).toBeUndefined();
    expect(without.reports[0].shares.stress).toBe(0);
  });

  it('of which there are none leave energies and forces to be fitted, and it is said', async () => {
    const training = unwrap(await createTraining(setupOf(labelled('C H', 3), { stress_weight: 1 })));
    expect(training.warnings.map(({ code }) => code)).toContain('PD0605');
    expect(wholeLoss(training, training.state.parameters).shares.stress).toBe(0);
  });
});

it('factors of a config_type weigh its structures, and are said to have no effect where it has none', async () => {
  const structures = crystals('C H O', 4);
  const lossWith = async (factor: number) => {
    const configTypes = [
      { name: 'odd', energy: factor, force: factor, stress: factor },
      { name: 'liquid', energy: 2, force: 2, stress: 2 },
    ];
    const training = unwrap(await createTraining(setupOf(structures, { stress_weight: 1 }, { configTypes })));
    expect(training.warnings.filter(({ code }) => code === 'PD0612').map(({ message }) => message)).toEqual([
      'No structure has the config_type liquid: its factors have no effect.',
    ]);
    // The same weights for all: the offset is fitted to the energies alone.
    return { total: wholeLoss(training, training.state.parameters.fill(0.1)).total, shares: lossShares(training) };
  };
  const [none, one, three] = [await lossWith(0), await lossWith(1), await lossWith(3)];
  expect((three.total - none.total) / (one.total - none.total)).toBeCloseTo(3, 10);
  expect(none.shares.config_types).toEqual({ even: 1, odd: 0 });
  const odd = (one.total - none.total) / one.total;
  expect(one.shares.config_types.odd).toBeCloseTo(odd, 10);
  expect(three.shares.config_types.odd).toBeCloseTo((3 * odd) / (1 + 2 * odd), 10);
});

it('T-VEC: compares vectors, not lengths: forces turned by 90° cost 2|F|² per atom', async () => {
  const training = unwrap(await createTraining(setupOf(labelled('C H O', 3))));
  const { problem, state, members } = training;
  const networks = viewNetworks(problem.layout, state.parameters);
  const offsets = state.parameters.subarray(problem.layout.offsetsAt);
  for (const s of members.train) {
    const sample = problem.samples[s];
    predictSample(problem, networks, offsets, sample, problem.derivatives(s));
    const predicted = problem.buffers.forces.slice();
    // Turned about z: the same lengths, other directions.
    const turned = predicted.map((f, c) => (c % 3 === 0 ? -predicted[c + 1] : c % 3 === 1 ? predicted[c - 1] : f));
    const inPlane = predicted.reduce((sum, f, c) => sum + (c % 3 === 2 ? 0 : f * f), 0);
    const squares = (forces: Float64Array): number => {
      const sums = createSums();
      const samples = problem.samples.with(s, { ...sample, forces });
      const factors = { energy: 0, force: 1, stress: 0 };
      evaluate({ ...problem, samples }, networks, state.parameters, s, factors, sums, undefined);
      return sums.forceSquares;
    };
    expect(inPlane).toBeGreaterThan(1e-3);
    expect(squares(turned) / (2 * inPlane)).toBeCloseTo(1, 12);
    expect(squares(predicted)).toBe(0);
  }
});

describe('missing labels', () => {
  it('are left out of sums and counts, and change nothing else', async () => {
    const structures = labelled('C H H', 6);
    const whole = unwrap(await createTraining(setupOf(structures)));
    const gaps = structures.map((one, s) => ({
      ...one,
      energy: s === 1 ? undefined : one.energy,
      forces: s === 2 ? undefined : one.forces,
    }));
    const training = unwrap(await createTraining(setupOf(gaps)));
    expect(training.labels.train).toEqual({ structures: 6, energies: 5, forces: 5 * 9, stresses: 0 });
    const { state, problem } = training;
    const networks = viewNetworks(problem.layout, state.parameters);
    const sumsOf = (s: number) => {
      const sums = createSums();
      evaluate(problem, networks, state.parameters, s, { energy: 1, force: 1, stress: 0 }, sums, undefined);
      return sums;
    };
    expect(sumsOf(1)).toMatchObject({ energies: 0, energySquares: 0, forces: 9 });
    expect(sumsOf(2)).toMatchObject({ energies: 1, forces: 0, forceSquares: 0 });
    expect(problem.samples[3].forces).toEqual(whole.problem.samples[3].forces);
  });

  it('leave no share to a term that has no labels', async () => {
    const structures = labelled('C H H', 4).map((one) => ({ ...one, forces: undefined }));
    const training = unwrap(await createTraining(setupOf(structures)));
    expect(training.warnings.map(({ code }) => code)).toContain('TR004');
    const loss = wholeLoss(training, training.state.parameters);
    expect(loss.shares).toEqual({ energy: 1, force: 0, stress: 0, regularization: 0 });
  });
});

it('reports what each term contributes', () => {
  const sums = { ...createSums(), energies: 4, energyLoss: 8, forces: 10, forceLoss: 30, stresses: 6, stressLoss: 3 };
  const loss = lossOf(sums, { energy_weight: 3, force_weight: 1, stress_weight: 20 }, 10);
  expect([loss.energy, loss.force, loss.stress, loss.regularization, loss.total]).toEqual([6, 3, 10, 10, 29]);
  expect(Object.values(loss.shares).map((share) => 29 * share)).toEqual(
    [6, 3, 10, 10].map((x) => expect.closeTo(x, 12) as number),
  );
});
