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
import { labelled, setupOf, unwrap } from './samples';

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
  it('is that of finite differences for every parameter: weights, biases, offsets', async () => {
    // Energies and forces, energies alone, forces alone, in structures of two sizes.
    const [a, b, c] = labelled('C H H O', 3);
    const [d] = labelled('C O H H H', 1);
    const structures = [a, { ...b, forces: undefined }, { ...c, energy: undefined }, d];
    const training = unwrap(
      await createTraining(setupOf(structures, { energy_weight: 3, force_weight: 0.7, regularization: 0.01 })),
    );
    const { layout } = training.problem;
    const random = createRandom(3, 'parameters');
    const parameters = training.state.parameters.map((p) => p + 0.1 * random.normal());
    const gradient = new Float64Array(layout.count);
    wholeLoss(training, parameters, gradient);
    let largest = 0;
    parameters.forEach((p, i) => {
      const f = (h: number): number => wholeLoss(training, parameters.with(i, p + h)).total;
      const h = 1e-3;
      const numeric = (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
      largest = Math.max(largest, Math.abs(numeric));
      expect(Math.abs(gradient[i] - numeric)).toBeLessThan(1e-8 * Math.max(1, Math.abs(numeric)));
    });
    expect(largest).toBeGreaterThan(0.1);
    // Every group takes part.
    for (const { at, count } of layout.networks)
      expect(gradient.subarray(at, at + count).some((g) => g !== 0)).toBe(true);
    expect(gradient.subarray(layout.offsetsAt).every((g) => g !== 0)).toBe(true);
  });
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
      const factors = { energy: 0, force: 1 };
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
    expect(training.labels.train).toEqual({ structures: 6, energies: 5, forces: 5 * 9 });
    const { state, problem } = training;
    const networks = viewNetworks(problem.layout, state.parameters);
    const sumsOf = (s: number) => {
      const sums = createSums();
      evaluate(problem, networks, state.parameters, s, { energy: 1, force: 1 }, sums, undefined);
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
    expect(loss.shares).toEqual({ energy: 1, force: 0, regularization: 0 });
  });
});

it('reports what each term contributes', () => {
  const sums = { energies: 4, energySquares: 8, forces: 10, forceSquares: 30 };
  const loss = lossOf(sums, { energy_weight: 3, force_weight: 1 }, 1);
  expect([loss.energy, loss.force, loss.regularization, loss.total]).toEqual([6, 3, 1, 10]);
  expect(loss.shares).toEqual({ energy: 0.6, force: 0.3, regularization: 0.1 });
});
