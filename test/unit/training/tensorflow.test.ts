/**
 * The program in TensorFlow.js, whose derivatives are automatic, against our own: each checks the other. float32 keeps
 * seven digits; sums of some dozen terms of both signs cost one or two of them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Activation } from '../../../language/definition/definition';
import { createPotentialFile, potentialFromFile } from '../../../engine/potentials/potential-file';
import { createRandom } from '../../../engine/random';
import { createSums, evaluate, predictSample, viewNetworks, type LossFactors } from '../../../engine/training/loss';
import { createTensorFlowBackend } from '../../../engine/training/tensorflow/backend';
import { loadTensorFlow, type Device } from '../../../engine/training/tensorflow/load';
import { createProgram, type Program, type ProgramSample } from '../../../engine/training/tensorflow/program';
import { backendOf, restore, serialize } from '../../../engine/training/checkpoint';
import { isFinished, runEpoch } from '../../../engine/training/epochs';
import { createTraining } from '../../../engine/training/prepare';
import { trainedElements } from '../../../engine/training/result';
import type { Training, TrainingSetup } from '../../../engine/training/training';
import { evenFunctions } from '../../fixtures/chirality';
import { labelled, setupOf, train, unwrap, withFunctions } from './samples';

const bundle = resolve('dist/tensorflow');
const load = async (device: Device) => unwrap(await loadTensorFlow({ from: [], device, bundle }));

/** Largest difference over the largest of the exact numbers. */
function difference(approximate: ArrayLike<number>, exact: ArrayLike<number>): number {
  expect(approximate.length).toBe(exact.length);
  let [largest, worst] = [0, 0];
  for (let i = 0; i < exact.length; i++) {
    largest = Math.max(largest, Math.abs(exact[i]));
    worst = Math.max(worst, Math.abs(approximate[i] - exact[i]));
  }
  expect(largest).toBeGreaterThan(0);
  return worst / largest;
}

/** Energies and forces, energies alone, forces alone; two sizes; molecules, and a cell smaller than the cutoff. */
function structures() {
  const [a, b, c] = labelled('C H H O', 3);
  const [d, e] = labelled('C O H H H', 2);
  const cell = Float64Array.of(4.1, 0, 0, 0.9, 3.8, 0, 0.3, -0.4, 4.4);
  return [
    a,
    { ...b, forces: undefined },
    { ...c, energy: undefined },
    d,
    { ...e, cell, periodic: [true, true, true] as const },
  ];
}

async function prepare(
  activation: Activation,
  options: Parameters<typeof setupOf>[1] = {},
  more = {},
): Promise<Training> {
  const setup = setupOf(structures(), options);
  const potential = withFunctions(setup.potential, more);
  const networks = Object.fromEntries(potential.elements.map((symbol) => [symbol, { hidden: [7, 4], activation }]));
  const training = unwrap(await createTraining({ ...setup, potential: { ...potential, networks } }));
  const random = createRandom(3, 'parameters');
  training.state.parameters.forEach((_, i, all) => (all[i] += 0.1 * random.normal()));
  return training;
}

function programSamples({ problem }: Training): ProgramSample[] {
  return problem.samples.map((sample, s) => ({
    sample,
    derivatives: sample.forces === undefined ? undefined : problem.derivatives(s),
  }));
}

async function withProgram<T>(device: Device, training: Training, use: (program: Program) => T): Promise<T> {
  const { tf } = await load(device);
  const tensors = tf.memory().numTensors;
  const program = createProgram(tf, training.problem.layout, training.problem.functionsOf);
  const result = use(program);
  program.dispose();
  // Nothing is left behind, or a long training would fill the memory.
  expect(tf.memory().numTensors).toBe(tensors);
  return result;
}

describe.each(['wasm', 'cpu'] as const)('on %s', (device) => {
  it.each(['tanh', 'softplus', 'logistic', 'gaussian', 'cos', 'linear', 'relu'] as const)(
    '%s networks: gradients of both terms, by themselves and together, are the native ones',
    async (activation) => {
      const training = await prepare(activation);
      const { problem, state } = training;
      await withProgram(device, training, (program) => {
        for (const factors of [
          { energy: 3, force: 0, stress: 0 },
          { energy: 0, force: 0.7, stress: 0 },
          { energy: 3, force: 0.7, stress: 0 },
        ]) {
          const [own, automatic] = [createSums(), createSums()];
          const exact = new Float64Array(problem.layout.count);
          const gradient = new Float64Array(problem.layout.count);
          const networks = viewNetworks(problem.layout, state.parameters);
          problem.samples.forEach((_, s) => {
            evaluate(problem, networks, state.parameters, s, factors, own, exact);
          });
          program.evaluate(state.parameters, programSamples(training), factors, automatic, gradient);
          expect(difference(gradient, exact)).toBeLessThan(5e-6);
          for (const { at, count } of problem.layout.networks)
            expect(difference(gradient.subarray(at, at + count), exact.subarray(at, at + count))).toBeLessThan(2e-5);
          expect([automatic.energies, automatic.forces]).toEqual([own.energies, own.forces]);
          expect(automatic.energySquares / own.energySquares).toBeCloseTo(1, 5);
          expect(automatic.forceSquares / own.forceSquares).toBeCloseTo(1, 5);
        }
      });
    },
  );

  it.each([
    ['usual', {}],
    ['chiral', evenFunctions()],
  ])('with %s functions energies and forces are those of the potential that the training makes', async (_, more) => {
    const training = await prepare('tanh', {}, more);
    const file = createPotentialFile(training.setup.potential, trainedElements(training));
    const potential = potentialFromFile(file);
    await withProgram(device, training, (program) => {
      training.setup.structures.forEach((structure, s) => {
        const derivatives = training.problem.derivatives(s);
        const sample = training.problem.samples[s];
        const { energy, forces } = program.predict(training.state.parameters, { sample, derivatives });
        const reference = potential.predict(structure);
        const networks = viewNetworks(training.problem.layout, training.state.parameters);
        const offsets = training.state.parameters.subarray(training.problem.layout.offsetsAt);
        const own = predictSample(training.problem, networks, offsets, sample, derivatives);
        expect(Math.abs(energy - own)).toBeLessThan(2e-6 * Math.max(1, Math.abs(own)));
        expect(Math.abs(energy + training.fixed[s].energy - reference.energy)).toBeLessThan(1e-5);
        expect(difference(forces ?? [], reference.forces)).toBeLessThan(2e-6);
      });
    });
  });

  it('an element without atoms, a term without labels and weights of zero leave a gradient of zero', async () => {
    const training = await prepare('tanh');
    const { problem, state } = training;
    await withProgram(device, training, (program) => {
      const evaluated = (samples: ProgramSample[], factors: LossFactors): Float64Array => {
        const gradient = new Float64Array(problem.layout.count);
        program.evaluate(state.parameters, samples, factors, createSums(), gradient);
        return gradient;
      };
      const [first, second] = programSamples(training);
      expect(evaluated([first], { energy: 0, force: 0, stress: 0 }).every((g) => g === 0)).toBe(true);
      expect(evaluated([second], { energy: 0, force: 1, stress: 0 }).every((g) => g === 0)).toBe(true);
      const unlabelled = { sample: { ...second.sample, energy: undefined }, derivatives: undefined };
      expect(evaluated([unlabelled], { energy: 1, force: 1, stress: 0 }).every((g) => g === 0)).toBe(true);
    });
  });
});

it('takes no notice of how energies and forces of a missing label would be', async () => {
  const training = await prepare('tanh', { offset: 'none' });
  const { problem, state } = training;
  expect(problem.layout.offsetsAt).toBe(problem.layout.count);
  await withProgram('wasm', training, (program) => {
    const sums = createSums();
    program.evaluate(state.parameters, programSamples(training), { energy: 1, force: 1, stress: 0 }, sums, undefined);
    expect([sums.energies, sums.forces]).toEqual([4, 3 * (4 + 4 + 5 + 5)]);
  });
});

describe('training with it', () => {
  const setup = async (): Promise<TrainingSetup> => ({
    ...setupOf(labelled('C H O', 11), { tests: 3, epochs: 12, batch_size: 3 }),
    backend: createTensorFlowBackend(await load('wasm')),
  });

  it('follows the native one: the loss falls, to the same value', async () => {
    const wanted = await setup();
    const options = { ...wanted.options, epochs: 50 };
    const automatic = (await train({ ...wanted, options })).reports;
    const own = (await train({ ...wanted, options, backend: undefined })).reports;
    own.forEach(({ loss }, epoch) => {
      expect(automatic[epoch].loss.train / loss.train).toBeCloseTo(1, 4);
      expect((automatic[epoch].loss.test ?? NaN) / (loss.test ?? NaN)).toBeCloseTo(1, 4);
    });
    expect(own[0].loss.train / own[49].loss.train).toBeGreaterThan(10);
  });

  it('follows the native one from the energies of isolated atoms', async () => {
    const atoms = [...labelled('C', 1, -1030), ...labelled('H', 1, -13), ...labelled('O', 1, -2040)];
    const structures = [...labelled('C H O', 9, -3085), ...atoms];
    const wanted = setupOf(structures, { epochs: 20, batch_size: 3, offset: 'isolated' });
    const automatic = await train({ ...wanted, backend: (await setup()).backend });
    const own = await train({ ...wanted, backend: undefined });
    own.reports.forEach(({ loss }, epoch) => {
      expect(automatic.reports[epoch].loss.train / loss.train).toBeCloseTo(1, 4);
    });
    expect(trainedElements(automatic.training).C.offset).toBe(-1030);
  });

  it('goes on from a saved state to the same bits, and not with another backend', async () => {
    const wanted = await setup();
    const { training: uninterrupted } = await train(wanted);
    for (const stopAfter of [1, 7, 20]) {
      const first = unwrap(await createTraining(wanted));
      const pause = () => Promise.resolve(first.state.updates === stopAfter);
      while (first.state.updates < stopAfter) await runEpoch(first, { pause });
      const saved = serialize(first);
      expect(backendOf(saved)).toBe('tensorflow wasm');
      const second = unwrap(await createTraining(wanted));
      expect(restore(second, saved).ok).toBe(true);
      while (!isFinished(second)) unwrap(await runEpoch(second));
      expect(second.state.parameters).toEqual(uninterrupted.state.parameters);
      expect(second.stages[0].optimizer.state).toEqual(uninterrupted.stages[0].optimizer.state);
      const native = unwrap(await createTraining({ ...wanted, backend: undefined }));
      expect(restore(native, saved).ok).toBe(false);
    }
  });

  it('leaves nothing in the memory of TensorFlow when it is over', async () => {
    const loaded = await load('wasm');
    const tensors = loaded.tf.memory().numTensors;
    const backend = createTensorFlowBackend(loaded);
    const wanted = await setup();
    for (let member = 0; member < 2; member++)
      await train({ ...wanted, options: { ...wanted.options, epochs: 2 }, backend });
    expect(loaded.tf.memory().numTensors).toBeGreaterThan(tensors);
    backend.dispose?.();
    expect(loaded.tf.memory().numTensors).toBe(tensors);
  });

  it('refuses structures whose derivatives would take gigabytes', async () => {
    const { problem } = unwrap(await createTraining(await setup()));
    const [sample] = problem.samples;
    // 3,000 atoms with 20 functions each.
    const inputs = { ...sample.inputs, elements: new Uint8Array(3000), values: new Float64Array(60_000) };
    const result = createTensorFlowBackend(await load('wasm')).create({ ...problem, samples: [{ ...sample, inputs }] });
    expect(result.ok ? [] : result.problems).toMatchObject([{ code: 'TR008' }]);
    expect(result.ok ? '' : result.problems[0].message).toContain('3000 atoms that is 2.0 GiB');
  });
});

describe('loading', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nearsight-tensorflow-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  /** A folder with a package of that name whose main file has that text. */
  const withPackage = (name: string, text: string): string => {
    const home = join(folder, name, 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{"name": "@tensorflow/tfjs-node", "main": "main.js"}');
    writeFileSync(join(home, 'main.js'), text);
    return join(folder, name);
  };

  it('takes WebAssembly where tfjs-node is not installed', async () => {
    const loaded = unwrap(await loadTensorFlow({ from: [folder], bundle }));
    expect(loaded).toMatchObject({ device: 'wasm', warnings: [] });
    expect(loaded.description).toContain('WebAssembly');
    expect(loaded.tf.getBackend()).toBe('wasm');
  });

  it('takes tfjs-node where it is installed, with the functions that Node 23 has removed', async () => {
    // Its place is taken by the library that comes with us: what is tested is how it is found and used.
    const main = `const util = require('util');
      if (!util.isNullOrUndefined(null) || util.isNullOrUndefined(0) || !util.isArray([])) throw new Error('util');
      module.exports = require(${JSON.stringify(join(bundle, 'tfjs.js'))});`;
    const from = join(withPackage('good', main), 'project', 'potentials');
    const { device, tf, warnings } = unwrap(await loadTensorFlow({ from: [folder, from], bundle }));
    expect([device, warnings]).toEqual(['tfjs-node', []]);
    expect(tf.sum(tf.ones([2, 3])).dataSync()[0]).toBe(6);
  });

  it('says why an installed tfjs-node does not start, and goes on with WebAssembly', async () => {
    const from = withPackage('broken', "throw new Error('The native addon can not be found\\nsecond line')");
    const loaded = unwrap(await loadTensorFlow({ from: [from], bundle }));
    expect(loaded.device).toBe('wasm');
    expect(loaded.warnings.map(({ code }) => code)).toEqual(['TR007']);
    expect(loaded.warnings[0].message).toContain("doesn't start: The native addon can not be found. Its own");
    expect(loaded.tf.sum(loaded.tf.ones([2, 3])).dataSync()[0]).toBe(6);
  });

  it('keeps to the device that a training was begun on', async () => {
    const result = await loadTensorFlow({ from: [folder], device: 'tfjs-node', bundle });
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual(['TR007']);
    expect((await load('cpu')).device).toBe('cpu');
  });

  it('says what to do where there is no TensorFlow at all', async () => {
    const result = await loadTensorFlow({ from: [folder], bundle: join(folder, 'nothing') });
    expect(result.ok).toBe(false);
    const [problem] = result.ok ? [] : result.problems;
    expect(problem).toMatchObject({ code: 'TR007' });
    expect(problem.message).toContain('backend = native');
  });
});
