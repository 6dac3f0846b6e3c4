import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../../engine/analysis/errors';
import { comparePredictions } from '../../../engine/cli/predictions';
import { createPotentialFile, parsePotentialFile, potentialFromFile } from '../../../engine/potentials/potential-file';
import { restore, serialize } from '../../../engine/training/checkpoint';
import { isFinished, runEpoch } from '../../../engine/training/epochs';
import { createTraining, solveOffsets } from '../../../engine/training/prepare';
import { trainedElements } from '../../../engine/training/result';
import type { LabelledStructure } from '../../../engine/structure/structure';
import type { Training, TrainingSetup } from '../../../engine/training/training';
import { createSums, evaluate, lossFactors, lossOf, regularize, viewNetworks } from '../../../engine/training/loss';
import { definePotential, labelled, optimizerOf, setupOf, train, unwrap } from './samples';

async function predictions(training: Training) {
  const { potential, structures, set } = training.setup;
  const trained = potentialFromFile(createPotentialFile(potential, trainedElements(training)));
  const parity = await comparePredictions(trained, structures, set, () => Promise.resolve(true));
  if (parity === undefined) throw new Error('It was stopped.');
  return parity;
}

/** The state of the optimizer, quick to compare. */
const bitsOf = ({ stages, state }: Training): Record<string, string> =>
  Object.fromEntries(
    Object.entries(stages[state.stage].optimizer.state).map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      createHash('sha256')
        .update(new Uint8Array(buffer, byteOffset, byteLength))
        .digest('hex'),
    ]),
  );

const kalman = optimizerOf('kalman', { groups: 4 });

describe('T-OFFSET', () => {
  // Three compositions of three elements: each energy per element is determined.
  const structures = [...labelled('C H H O', 8), ...labelled('C C H', 6), ...labelled('O H H', 6)];

  it.each(['joint', 'exact', 'kalman'] as const)(
    '+1000 eV per atom shifts predictions and nothing else (%s)',
    async (refinement) => {
      const shifted = structures.map((one) => ({ ...one, energy: (one.energy ?? 0) + 1000 * one.numbers.length }));
      const runs = [];
      for (const set of [structures, shifted])
        runs.push(
          await train(
            setupOf(
              set,
              { tests: 4, epochs: 40 },
              refinement === 'kalman' ? { optimizer: kalman } : { offsetRefinement: refinement },
            ),
          ),
        );
      await expectShift(runs[0], runs[1], 1000);
      const [before, after] = runs.map(({ training }) => trainedElements(training));
      for (const symbol of ['H', 'C', 'O']) {
        expect(Math.abs(after[symbol].offset - before[symbol].offset - 1000)).toBeLessThan(1e-9);
      }
    },
  );

  it.each(['per_element', 'constant'] as const)(
    '+1000 eV per structure does so for one composition (%s)',
    async (offset) => {
      const one = labelled('C H H O', 16);
      const shifted = one.map((structure) => ({ ...structure, energy: (structure.energy ?? 0) + 1000 }));
      const runs = [];
      for (const set of [one, shifted]) runs.push(await train(setupOf(set, { tests: 4, epochs: 40, offset })));
      await expectShift(runs[0], runs[1], 250);
    },
  );

  it.each(['adam', 'kalman', 'lbfgs'] as const)(
    '+1000 eV per atom, atoms by themselves too (isolated, %s)',
    async (kind) => {
      const atoms = [...labelled('C', 1, -1030), ...labelled('H', 1, -13), ...labelled('O', 1, -2040)];
      const set = [...labelled('C H H O', 8, -3096), ...labelled('O H H', 5, -2066), ...atoms];
      const shifted = set.map((one) => ({ ...one, energy: (one.energy ?? 0) + 1000 * one.numbers.length }));
      const runs = [];
      for (const structures of [set, shifted])
        runs.push(
          await train(
            setupOf(structures, { tests: 2, epochs: 30, offset: 'isolated' }, { optimizer: optimizerOf(kind) }),
          ),
        );
      await expectShift(runs[0], runs[1], 1000);
      const own = trainedElements(runs[0].training);
      expect(['H', 'C', 'O'].map((symbol) => own[symbol].offset)).toEqual([-13, -1030, -2040]);
    },
  );

  type Run = Awaited<ReturnType<typeof train>>;
  async function expectShift(before: Run, after: Run, perAtom: number): Promise<void> {
    expect(after.reports.map(({ loss }) => loss)).toEqual(before.reports.map(({ loss }) => loss));
    expect(after.training.state.parameters).toEqual(before.training.state.parameters);
    const [a, b] = [await predictions(before.training), await predictions(after.training)];
    a.energy.predicted.forEach((energy, row) => {
      expect(Math.abs(b.energy.predicted[row] - energy - perAtom)).toBeLessThan(1e-9);
    });
    expect(b.force.predicted).toEqual(a.force.predicted);
    // The same through potential.json.
    const [p, q] = [before, after].map(({ training: { setup, ...rest } }) => {
      const file: unknown = JSON.parse(
        JSON.stringify(createPotentialFile(setup.potential, trainedElements({ setup, ...rest }))),
      );
      return potentialFromFile(unwrap(parsePotentialFile(file, 'potential.json')));
    });
    for (const structure of before.training.setup.structures) {
      const [first, second] = [p.predict(structure), q.predict(structure)];
      const shift = perAtom * structure.numbers.length;
      expect(Math.abs(second.energy - first.energy - shift)).toBeLessThan(1e-9);
      first.forces.forEach((f, c) => expect(Math.abs(second.forces[c] - f)).toBeLessThan(1e-10));
    }
  }
});

describe('training', () => {
  it('gives the same weights for the same seed, others for another', async () => {
    const structures = labelled('C H O', 10);
    const weights = async (seed: number) => (await train(setupOf(structures, { seed, tests: 2 }))).training.state;
    const [first, again, other] = [await weights(1), await weights(1), await weights(2)];
    expect(again.parameters).toEqual(first.parameters);
    expect(again.best).toEqual(first.best);
    expect(other.parameters).not.toEqual(first.parameters);
  });

  it('overfits a tiny set: the loss falls by a factor of more than 100', async () => {
    const { reports } = await train(setupOf(labelled('C H O', 4), { epochs: 400, batch_size: 2 }));
    expect(reports[0].loss.train / reports[reports.length - 1].loss.train).toBeGreaterThan(100);
  });

  it('keeps the weights with the smallest validation loss and stops after `patience` epochs without a better', async () => {
    const setup = setupOf(labelled('C H O', 9), { validations: 6, epochs: 2000, patience: 5, learning_rate: 0.05 });
    const { training, reports } = await train(setup);
    const { best } = training.state;
    const losses = reports.map(({ loss }) => loss.validation ?? NaN);
    expect(reports.length).toBeLessThan(2000);
    expect(best?.loss).toBe(Math.min(...losses));
    expect(best?.epoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(reports.length).toBe((best?.epoch ?? 0) + 5);
    // What is handed out is the best, and its errors are those of that epoch.
    const summary = summarize(await predictions(training), 'validation');
    const report = reports[(best?.epoch ?? 0) - 1];
    expect(summary.energy_rmse).toBeCloseTo(report.energy_rmse.validation ?? NaN, 9);
    expect(summary.force_rmse).toBeCloseTo(report.force_rmse.validation ?? NaN, 9);
  });

  it('decides nothing by the test set: other labels in it change its errors and no more', async () => {
    const structures = labelled('C H O', 12);
    const spoilt = structures.map((one, s) => (s < 9 ? one : { ...one, energy: (one.energy ?? 0) + s }));
    const run = (all: typeof structures) =>
      train(setupOf(all, { tests: 3, validations: 3, epochs: 60, patience: 4, learning_rate: 0.05 }));
    const [one, other] = [await run(structures), await run(spoilt)];
    expect(other.training.state.parameters).toEqual(one.training.state.parameters);
    expect(other.training.state.best).toEqual(one.training.state.best);
    expect(other.reports.map(({ loss }) => loss.validation)).toEqual(one.reports.map(({ loss }) => loss.validation));
    expect(other.reports[0].loss.test).not.toBe(one.reports[0].loss.test);
    // Without a validation set the last weights are kept.
    const last = await train(setupOf(structures, { tests: 3, epochs: 3 }));
    expect(last.training.state.best).toBeUndefined();
  });

  it('predicts exactly what the potential predicts that it makes, pair terms and prior included', async () => {
    const structures = [...labelled('C H H', 6), ...labelled('O C', 4)];
    const pairs = [{ kind: 'lennard_jones' as const, epsilon: 0.05, sigma: 1.7 }];
    // It reaches into the data, so that what it adds shows.
    const range = { inner: 1, outer: 4 };
    const prior = { kind: 'zbl' as const, pairs: [{ elements: ['H', 'C'] as const, ...range }] };
    const potential = { ...definePotential(['H', 'C', 'O'], { pairs }), prior };
    const { training } = await train(setupOf(structures, { tests: 2 }, { potential }));
    const file = createPotentialFile(potential, trainedElements(training));
    const trained = potentialFromFile(file);
    const alone = potentialFromFile({ ...file, prior: undefined });
    expect(Math.abs(trained.predict(structures[0]).energy - alone.predict(structures[0]).energy)).toBeGreaterThan(0.1);
    const parity = await predictions(training);
    let row = 0;
    structures.forEach((structure, s) => {
      const { energy, forces } = trained.predict(structure);
      expect(parity.energy.structure[s]).toBe(s);
      expect(parity.energy.predicted[s] * structure.numbers.length).toBeCloseTo(energy, 10);
      expect(parity.energy.reference[s]).toBe((structure.energy ?? 0) / structure.numbers.length);
      forces.forEach((f, c) => {
        expect([parity.force.structure[row], parity.force.atom[row], parity.force.component[row]]).toEqual([
          s,
          Math.floor(c / 3),
          c % 3,
        ]);
        expect(parity.force.reference[row]).toBe(structure.forces?.[c]);
        expect(parity.force.predicted[row++]).toBeCloseTo(f, 10);
      });
    });
    expect(row).toBe(parity.force.predicted.length);
  });

  it('predicts periodic structures as the potential does, in cells smaller than the cutoff', async () => {
    const structures = labelled('C H O', 6).map((one) => ({
      ...one,
      cell: Float64Array.of(4.1, 0, 0, 0.9, 3.8, 0, 0.3, -0.4, 4.4),
      periodic: [true, true, true] as const,
    }));
    const { training } = await train(setupOf(structures));
    const trained = potentialFromFile(createPotentialFile(training.setup.potential, trainedElements(training)));
    const parity = await predictions(training);
    structures.forEach((structure, s) => {
      const { energy, forces } = trained.predict(structure);
      expect(parity.energy.predicted[s] * 3).toBeCloseTo(energy, 10);
      forces.forEach((f, c) => expect(parity.force.predicted[9 * s + c]).toBeCloseTo(f, 10));
    });
  });

  it('comes to the same bits whether derivatives are kept, kept in part, or computed again', async () => {
    const structures = [...labelled('C H O', 5), ...labelled('C H', 3)];
    const run = async (memoryBudget?: number) =>
      (await train(setupOf(structures, { tests: 2 }, { memoryBudget }))).training;
    const all = await run();
    const some = await run(10_000);
    const none = await run(0);
    expect(all.descriptors.cached.structures).toBe(8);
    expect(some.descriptors.cached.structures).toBeGreaterThan(0);
    expect(some.descriptors.cached.structures).toBeLessThan(8);
    expect(none.descriptors.cached).toEqual({ structures: 0, bytes: 0 });
    expect(some.state.parameters).toEqual(all.state.parameters);
    expect(none.state.parameters).toEqual(all.state.parameters);
  });

  it('scales by the training data alone', async () => {
    const structures = labelled('C H O', 8);
    const { training } = await train(setupOf(structures, { tests: 3, epochs: 1 }));
    const alone = await train(setupOf(structures.slice(0, 5), { epochs: 1 }));
    expect(training.descriptors.scaling).toEqual(alone.training.descriptors.scaling);
  });

  it('takes constant symmetry functions out of the sight of the network, and says so', async () => {
    const { training, reports } = await train(
      setupOf(labelled('C H', 6), {}, { potential: definePotential(['H', 'C']) }),
    );
    expect(training.warnings.find(({ code }) => code === 'PD0305')?.message).toContain('constant');
    expect(training.descriptors.constant[0].length).toBeGreaterThan(0);
    expect(Number.isFinite(reports[4].loss.train)).toBe(true);
  });
});

describe('the offset', () => {
  it('that is solved for is where the gradient leads: joint and exact agree', async () => {
    const structures = [...labelled('C C C H', 5), ...labelled('O O O H', 4), ...labelled('H H C', 4)];
    const training = unwrap(await createTraining(setupOf(structures, { force_weight: 0 })));
    const { problem, state, labels, setup, members } = training;
    const { offsetsAt } = problem.layout;
    const networks = viewNetworks(problem.layout, state.parameters);
    const exact = state.parameters.slice(offsetsAt);
    const gradient = new Float64Array(problem.layout.count);
    const slopes = (): Float64Array => {
      gradient.fill(0);
      for (const s of members.train)
        evaluate(
          problem,
          networks,
          state.parameters,
          s,
          lossFactors(setup.options, labels.train),
          createSums(),
          gradient,
        );
      return gradient.subarray(offsetsAt);
    };
    for (const slope of slopes()) expect(Math.abs(slope)).toBeLessThan(1e-12);
    state.parameters.fill(0, offsetsAt);
    expect(Math.max(...slopes().map(Math.abs))).toBeGreaterThan(1e-3);
    for (let step = 0; step < 4000; step++) {
      slopes().forEach((slope, k) => (state.parameters[offsetsAt + k] -= 2 * slope));
    }
    exact.forEach((b, k) => expect(Math.abs(state.parameters[offsetsAt + k] - b)).toBeLessThan(1e-9));
    state.parameters.fill(0, offsetsAt);
    solveOffsets(training);
    expect(state.parameters.slice(offsetsAt)).toEqual(exact);
  });

  it('also agrees where the data leave a choice: descent from zero finds the minimum norm', async () => {
    const training = unwrap(await createTraining(setupOf(labelled('C H H O', 6), { force_weight: 0 })));
    expect(training.identifiability).toMatchObject({ rank: 1, offsets: 3 });
    expect(training.warnings.map(({ code }) => code)).toContain('PD0205');
    const { offsetsAt } = training.problem.layout;
    const [h, c, o] = training.state.parameters.subarray(offsetsAt);
    expect(h / 2).toBeCloseTo(c, 12);
    expect(o).toBeCloseTo(c, 12);
  });

  it('leads to the same quality whether it is trained jointly or solved for', async () => {
    const structures = [...labelled('C H H O', 6), ...labelled('O H H', 6)];
    const losses = [];
    for (const offsetRefinement of ['joint', 'exact'] as const) {
      const { reports } = await train(setupOf(structures, { epochs: 150 }, { offsetRefinement }));
      losses.push(reports[149].loss.train);
    }
    expect(losses[0] / losses[1]).toBeGreaterThan(0.2);
    expect(losses[0] / losses[1]).toBeLessThan(5);
  });

  it('of isolated atoms is theirs, whatever the other structures are, and atoms far apart are known', async () => {
    // One composition: a fit could not tell the elements apart.
    const water = labelled('O H H', 12, -76);
    const atoms = [...labelled('O', 1, -70), ...labelled('H', 1, -3)];
    const excited = labelled('O', 1, -68);
    const setup = setupOf([...water, ...excited, ...atoms], { epochs: 200, offset: 'isolated' }, { optimizer: kalman });
    const { training } = await train(setup);
    expect(training.warnings.map(({ code }) => code)).not.toContain('PD0205');
    expect(training.problem.layout.offsetsAt).toBe(training.problem.layout.count);
    const elements = trainedElements(training);
    expect([elements.O.offset, elements.H.offset]).toEqual([-70, -3]);
    const potential = potentialFromFile(createPotentialFile(setup.potential, elements));
    const apart = potential.predict({ ...water[0], positions: Float64Array.of(0, 0, 0, 50, 0, 0, 0, 50, 0) });
    const together = water.map((structure) => potential.predict(structure).energy);
    // They come apart to the sum of what they are alone; the excited atom is learned as well, and pulls a little.
    const alone = atoms.map((structure) => potential.predict(structure).energy);
    expect(apart.energy).toBeCloseTo(alone[0] + 2 * alone[1], 9);
    expect(Math.abs(alone[1] + 3)).toBeLessThan(0.05);
    together.forEach((energy, k) => expect(Math.abs(energy - (water[k].energy ?? 0))).toBeLessThan(0.1));
  });

  it('of isolated atoms takes none from a crystal of one atom, and says which are missing', async () => {
    const [atom] = labelled('O', 1, -70);
    const crystal = {
      ...atom,
      cell: Float64Array.of(3, 0, 0, 0, 3, 0, 0, 0, 3),
      periodic: [true, true, true] as const,
    };
    const box = { ...crystal, cell: Float64Array.of(30, 0, 0, 0, 30, 0, 0, 0, 30) };
    const problemsOf = async (...more: LabelledStructure[]): Promise<(string | undefined)[]> => {
      const created = await createTraining(setupOf([...labelled('O H H', 4), ...more], { offset: 'isolated' }));
      return created.ok
        ? []
        : created.problems.map(({ code, message }) => `${code} ${/atom of (.*?):/u.exec(message)?.[1]}`);
    };
    expect(await problemsOf()).toEqual(['PD0206 H, O']);
    expect(await problemsOf(crystal, ...labelled('H', 1))).toEqual(['PD0206 O']);
    expect(await problemsOf({ ...atom, energy: undefined }, ...labelled('H', 1))).toEqual(['PD0206 O']);
    expect(await problemsOf(box, ...labelled('H', 1))).toEqual([]);
  });

  it('of "none" is zero, and a constant is refused for several compositions', async () => {
    const { training } = await train(setupOf(labelled('C H', 4), { offset: 'none' }));
    for (const { offset } of Object.values(trainedElements(training))) expect(offset).toBe(0);
    const refused = await createTraining(
      setupOf([...labelled('C H', 2), ...labelled('C H H', 2)], { offset: 'constant' }),
    );
    expect(refused.ok ? [] : refused.problems.map(({ code }) => code)).toEqual(['PD0602']);
  });
});

describe.each(['lbfgs', 'levenberg_marquardt'] as const)('%s', (kind) => {
  const epochs = kind === 'lbfgs' ? 40 : 12;
  const setup = setupOf(labelled('C H O', 11), { epochs, batch_size: undefined }, { optimizer: optimizerOf(kind) });

  it('never lets the loss of all data rise', async () => {
    const { reports } = await train(setup);
    expect(reports).toHaveLength(epochs);
    for (let k = 1; k < epochs; k++) expect(reports[k].loss.train).toBeLessThanOrEqual(reports[k - 1].loss.train);
    expect(reports[epochs - 1].loss.train).toBeLessThan(1e-2 * reports[0].loss.train);
  });

  it('stopped in the middle of any step, saved and restored, ends with the same bits', async () => {
    const { training: uninterrupted } = await train(setup);
    for (const stopAfter of [1, 2, 3, 17, 30]) {
      const first = unwrap(await createTraining(setup));
      let pauses = 0;
      let saved: Uint8Array | undefined;
      const pause = (): Promise<boolean> => {
        if (++pauses === stopAfter) saved = serialize(first);
        return Promise.resolve(pauses >= stopAfter);
      };
      while (saved === undefined) await runEpoch(first, { pause });
      const second = unwrap(await createTraining(setup));
      expect(restore(second, saved).ok).toBe(true);
      while (!isFinished(second)) unwrap(await runEpoch(second));
      expect(second.state.parameters).toEqual(uninterrupted.state.parameters);
      expect(bitsOf(second)).toEqual(bitsOf(uninterrupted));
    }
  });

  it('ends the training when the loss cannot be made smaller', async () => {
    const few = setupOf(labelled('C H', 2), { epochs: 5000 }, { optimizer: optimizerOf(kind) });
    const { training, reports } = await train(few);
    expect(reports.length).toBeLessThan(5000);
    expect(training.stages[0].optimizer.isDone?.()).toBe(true);
    expect(reports.at(-1)?.loss.train).toBeLessThan(1e-10);
  });
});

describe('a finish', () => {
  const finish = { optimizer: optimizerOf('lbfgs'), epochs: 8 };
  const setup = setupOf(labelled('C H O', 12), { epochs: 4 }, { optimizer: kalman, finish });

  it('goes on from the weights that the optimizer would have kept', async () => {
    const { training: without } = await train({ ...setup, finish: undefined });
    const training = unwrap(await createTraining(setup));
    while (training.state.epoch < 4) unwrap(await runEpoch(training));
    expect(training.state).toMatchObject({ stage: 1, since: 4 });
    expect(training.state.parameters).toEqual(without.stages[0].optimizer.average);
    expect(isFinished(training)).toBe(false);
    const reports = [];
    while (!isFinished(training)) reports.push(unwrap(await runEpoch(training)));
    expect(reports.map(({ epoch, epochs }) => [epoch, epochs])).toEqual(reports.map((_, k) => [5 + k, 12]));
    expect(reports).toHaveLength(8);
    for (let k = 1; k < 8; k++) expect(reports[k].loss.train).toBeLessThan(reports[k - 1].loss.train);
  });

  it.each([3, 4, 5, 11])('saved and restored after epoch %d leads to the same final bits', async (epoch) => {
    const { training: uninterrupted } = await train(setup);
    const first = unwrap(await createTraining(setup));
    while (first.state.epoch < epoch) unwrap(await runEpoch(first));
    const second = unwrap(await createTraining(setup));
    expect(restore(second, serialize(first)).ok).toBe(true);
    while (!isFinished(second)) unwrap(await runEpoch(second));
    expect(second.state.parameters).toEqual(uninterrupted.state.parameters);
    const plain = unwrap(await createTraining({ ...setup, finish: undefined }));
    expect(restore(plain, serialize(first)).ok).toBe(epoch < 4);
  });

  it('begins when the validation loss has not improved for long enough, too', async () => {
    const options = { validations: 4, epochs: 200, patience: 3, learning_rate: 0.2 };
    const { training } = await train(setupOf(labelled('C H O', 9), options, { finish }));
    expect(training.state.stage).toBe(1);
    expect(training.state.since).toBeLessThan(200);
  });
});

describe('regularization', () => {
  const structures = labelled('C H O', 12);

  it.each([
    { name: 'adam', optimizer: optimizerOf('adam', { learning_rate: 0.01 }) },
    { name: 'kalman', optimizer: kalman, epochs: 150 },
    { name: 'lbfgs', optimizer: optimizerOf('lbfgs') },
    { name: 'levenberg_marquardt', optimizer: optimizerOf('levenberg_marquardt'), epochs: 80 },
  ])('holds weights small by $name, to a smaller loss with its term', async ({ optimizer, epochs = 300 }) => {
    const regularization = 1e-3;
    const trained = [];
    for (const strength of [0, regularization])
      trained.push((await train(setupOf(structures, { epochs, regularization: strength }, { optimizer }))).training);
    const squares = trained.map(({ problem, state }) => regularize(problem.layout, state.parameters, 1, undefined));
    const losses = trained.map(({ problem, state, backend, labels, setup, members }) => {
      const sums = createSums();
      backend.evaluate(state.parameters, members.train, lossFactors(setup.options, labels.train), sums, undefined);
      return lossOf(sums, setup.options, regularize(problem.layout, state.parameters, regularization, undefined)).total;
    });
    expect(squares[1]).toBeLessThan(0.7 * squares[0]);
    expect(losses[1]).toBeLessThan(0.7 * losses[0]);
  });
});

describe('a state', () => {
  const structures = labelled('C H O', 11);
  const base = setupOf(structures, { tests: 3, epochs: 6, batch_size: 3 });

  it.each([
    base.optimizer,
    kalman,
    optimizerOf('kalman', { groups: 4, blocks: 'global', average: 0.5 }),
    optimizerOf('adam', { schedule: 'exponential', warmup: 1, weight_decay: 0.1, average: 0.5 }),
  ])('of $kind that is saved and restored at any batch leads to the same final bits', async (optimizer) => {
    const setup = { ...base, optimizer };
    const { training: uninterrupted } = await train(setup);
    const total = 6 * 3;
    for (const stopAfter of [1, 3, 4, 9, total - 1]) {
      const first = unwrap(await createTraining(setup));
      const pause = () => Promise.resolve(first.state.updates === stopAfter);
      let stopped = false;
      for (let epoch = 0; epoch < 6 && !stopped; epoch++) {
        const result = await runEpoch(first, { pause });
        stopped = result.ok && result.value === undefined;
      }
      expect(stopped).toBe(true);
      expect(first.state.updates).toBe(stopAfter);
      const saved = serialize(first);
      const second = unwrap(await createTraining(setup));
      expect(restore(second, saved).ok).toBe(true);
      expect(second.state).toEqual(first.state);
      while (!isFinished(second)) unwrap(await runEpoch(second));
      expect(second.state.parameters).toEqual(uninterrupted.state.parameters);
      expect(second.state.best).toEqual(uninterrupted.state.best);
      expect(bitsOf(second)).toEqual(bitsOf(uninterrupted));
    }
  });

  it('that is damaged or of another definition is refused and changes nothing', async () => {
    const { training } = await train({ ...base, options: { ...base.options, epochs: 1 } });
    const bytes = serialize(training);
    const fresh = async (changes: Partial<TrainingSetup>) => unwrap(await createTraining({ ...base, ...changes }));
    const target = await fresh({});
    const before = structuredClone(target.state);
    const text = new TextDecoder('latin1').decode(bytes);
    const holes = bytes.slice();
    // A NaN in the last column.
    holes.fill(0xff, holes.length - 8);
    const broken = [
      bytes.subarray(0, bytes.length - 8),
      new Uint8Array(0),
      new TextEncoder().encode('{}\n'),
      holes,
      Uint8Array.from(text.replace('"epoch":1', '"epoch":-'), (letter) => letter.charCodeAt(0)),
    ];
    for (const one of broken) expect(restore(target, one).ok).toBe(false);
    expect(target.state).toEqual(before);
    expect(restore(await fresh({ procedure: 'another' }), bytes).ok).toBe(false);
    const potential = { ...base.potential, identity: 'another' };
    expect(restore(await fresh({ potential }), bytes).ok).toBe(false);
    expect(restore(target, bytes).ok).toBe(true);
  });
});

describe('what cannot be trained on', () => {
  const codes = async (setup: TrainingSetup): Promise<string[]> => {
    const result = await createTraining(setup);
    return result.ok ? [] : result.problems.map(({ code }) => code);
  };
  const structures = labelled('C H', 4);

  it('is refused with a reason', async () => {
    const bare = structures.map((one) => ({ ...one, energy: undefined, forces: undefined }));
    expect(await codes(setupOf(bare))).toEqual(['TR001']);
    expect(await codes(setupOf(structures, { tests: 4 }))).toEqual(['TR001']);
    expect(await codes(setupOf([]))).toEqual(['TR001']);
    const foreign = setupOf(structures, {}, { potential: definePotential(['H', 'O']) });
    expect(await codes(foreign)).toEqual(['TR002', 'TR002', 'TR002', 'TR002']);
    expect(await codes(setupOf(structures.with(1, { ...structures[1], energy: NaN })))).toEqual(['TR003']);
    expect(await codes(setupOf(structures.with(2, { ...structures[2], forces: new Float64Array(2) })))).toEqual([
      'TR003',
    ]);
    const pairsOnly = { ...definePotential(['H', 'C']), networks: undefined };
    expect(await codes(setupOf(structures, {}, { potential: pairsOnly }))).toEqual(['TR001']);
  });

  it('is told when it diverges', async () => {
    const training = unwrap(await createTraining(setupOf(structures, { learning_rate: 1e200 })));
    let result = await runEpoch(training);
    for (let epoch = 0; epoch < 5 && result.ok; epoch++) result = await runEpoch(training);
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual(['TR005']);
  });

  it('needs the rows of the kernels for the Kalman filter', async () => {
    const result = await createTraining({ ...setupOf(structures), optimizer: kalman, backend: undefined });
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual(['TR009']);
  });

  it.each(['kalman', 'levenberg_marquardt'] as const)(
    'does not fit into memory with a matrix of so many weights (%s)',
    async (kind) => {
      const wide = definePotential(['H', 'C'], { hidden: [200, 200] });
      const result = await createTraining(
        setupOf(structures, {}, { potential: wide, optimizer: optimizerOf(kind, { blocks: 'global' }) }),
      );
      expect(result.ok ? [] : result.problems).toMatchObject([{ code: 'TR011', message: /GiB.+`blocks = element`/u }]);
    },
  );

  it('trains on energies or forces alone', async () => {
    const energies = await train(setupOf(structures.map((one) => ({ ...one, forces: undefined }))));
    expect(energies.reports[4].force_rmse).toEqual({ train: null, validation: null, test: null });
    expect(Number.isFinite(energies.reports[4].loss.train)).toBe(true);
    const forces = await train(setupOf(structures.map((one) => ({ ...one, energy: undefined }))));
    expect(forces.reports[4].energy_rmse).toEqual({ train: null, validation: null, test: null });
    expect(forces.reports[4].force_rmse.train).toBeGreaterThan(0);
    expect(forces.training.identifiability.rank).toBe(0);
  });
});

it('T-INFO: forces teach more than energies: E-only training has at least three times the force error', async () => {
  const structures = labelled('He He He He He He He He', 70);
  const centers = [1, 1.4, 1.8, 2.2, 2.6, 3, 3.4, 3.8, 4.4];
  const potential = definePotential(['He'], { centers, hidden: [8, 8] });
  const error = async (set: typeof structures): Promise<number> => {
    const { training } = await train(setupOf(set, { epochs: 300, learning_rate: 0.02 }, { potential }));
    // Compared on structures that neither has seen, with their labels.
    const test = unwrap(await createTraining(setupOf(structures, { tests: 20 }, { potential })));
    test.state.parameters.set(training.state.parameters);
    return summarize(await predictions(test), 'test').force_rmse ?? NaN;
  };
  const both = structures.slice(0, 50);
  const energiesOnly = both.map((one) => ({ ...one, forces: undefined }));
  expect((await error(energiesOnly)) / (await error(both))).toBeGreaterThan(3);
});
