/** Committees: what members share and what they have of their own, their mean and spread, interruption, text and file. */
import { afterAll, describe, expect, it } from 'vitest';
import { check } from '../../../language/check/check';
import { parse } from '../../../language/syntax/parser';
import { createCommittee as meanOf } from '../../../engine/potentials/committee';
import {
  addMembers,
  createPotentialFile,
  membersOf,
  parsePotentialFile,
  potentialFromFile,
} from '../../../engine/potentials/potential-file';
import type { BackendProvider } from '../../../engine/training/backend';
import {
  committeeShares,
  createCommittee,
  isCommitteeFinished,
  restoreCommittee,
  runCommitteeEpoch,
  serializeCommittee,
  type Committee,
} from '../../../engine/training/committee';
import { createKernelBackend } from '../../../engine/training/kernels';
import { createTraining, prepareTraining } from '../../../engine/training/prepare';
import { trainedElements } from '../../../engine/training/result';
import type { EpochReport, TrainingSetup } from '../../../engine/training/training';
import type { Result } from '../../../protocol/result';
import { labelled, optimizerOf, setupOf, unwrap } from './samples';

const structures = [...labelled('C H O', 10), ...labelled('C H', 4)];
const providers: Required<BackendProvider>[] = [];
afterAll(() => {
  for (const provider of providers) provider.dispose();
});

async function prepare(more: Partial<TrainingSetup> = {}, threads = 1, size = 3): Promise<Committee> {
  const backend = createKernelBackend(threads);
  providers.push(backend);
  const setup = setupOf(structures, { epochs: 4, tests: 2, validations: 2 }, { backend, ...more });
  const potential = { ...setup.potential, committee: { size, resample: 0.8 } };
  return unwrap(createCommittee(unwrap(await prepareTraining({ ...setup, potential }))));
}

async function finish(committee: Committee): Promise<EpochReport[]> {
  const reports: EpochReport[] = [];
  while (!isCommitteeFinished(committee)) reports.push(unwrap(await runCommitteeEpoch(committee, {})));
  return reports;
}

function unwrapStopped<T>(result: Result<T | undefined>): T | undefined {
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.value;
}

const parametersOf = ({ members }: Committee): Float64Array[] => members.map(({ state }) => state.parameters);

describe('the members', () => {
  it('share descriptors, validation and test set, and have samples and weights of their own', async () => {
    const { members } = await prepare();
    expect(members).toHaveLength(3);
    expect(new Set(members.map(({ problem }) => problem)).size).toBe(1);
    expect(new Set(members.map(({ setup }) => setup.options.seed)).size).toBe(3);
    const trained = members.map(({ members: sets }) => [...sets.train]);
    // 0.8 of ten, none twice.
    for (const own of trained) expect(new Set(own).size).toBe(8);
    expect(new Set(trained.map(String)).size).toBeGreaterThan(1);
    for (const { members: sets, labels } of members) {
      expect([[...sets.validation], [...sets.test]]).toEqual([
        [10, 11],
        [12, 13],
      ]);
      expect(labels.train.structures).toBe(8);
      for (const s of sets.train) expect(s).toBeLessThan(10);
    }
    expect(members[0].state.parameters).not.toEqual(members[1].state.parameters);
  });

  it('are one without a committee, and it is the training itself', async () => {
    const setup = setupOf(structures);
    const { members } = unwrap(createCommittee(unwrap(await prepareTraining(setup))));
    const { state, members: sets } = unwrap(await createTraining(setup));
    expect(members.map((member) => member.state)).toEqual([state]);
    expect(members[0].members).toEqual(sets);
  });

  it('come to the same bits again, with any number of threads', async () => {
    const results = [];
    for (const threads of [1, 1, 2]) {
      const committee = await prepare({ optimizer: optimizerOf('kalman', {}) }, threads);
      results.push({ losses: (await finish(committee)).map(({ loss }) => loss), all: parametersOf(committee) });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('go on where they were interrupted, whichever it was', async () => {
    const whole = await prepare();
    const expected = await finish(whole);
    // Stopped again and again after some batches, each time taken over by a new training.
    let committee = await prepare();
    const reports: EpochReport[] = [];
    for (let session = 0; !isCommitteeFinished(committee); session++) {
      let pauses = 0;
      const report = unwrapStopped(
        await runCommitteeEpoch(committee, { pause: () => Promise.resolve(++pauses > 5 + session) }),
      );
      if (report !== undefined) {
        reports.push(report);
        continue;
      }
      const bytes = serializeCommittee(committee);
      committee = await prepare();
      expect(restoreCommittee(committee, bytes).ok).toBe(true);
    }
    expect(parametersOf(committee)).toEqual(parametersOf(whole));
    expect(reports.map(({ loss, epoch }) => [epoch, loss])).toEqual(expected.map(({ loss, epoch }) => [epoch, loss]));
    const damaged = restoreCommittee(await prepare(), new Uint8Array(100));
    expect(damaged.ok ? [] : damaged.problems.map(({ code }) => code)).toEqual(['TR006']);
    const other = restoreCommittee(await prepare({}, 1, 2), serializeCommittee(whole));
    expect(other.ok ? [] : other.problems.map(({ code }) => code)).toEqual(['TR006']);
  });

  it('tell of an epoch together: mean loss, root mean squares of errors', async () => {
    const committee = await prepare();
    const told = unwrap(await runCommitteeEpoch(committee, {}));
    const own = committee.reports.map((report) => unwrap({ ok: true, value: report }));
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(told.epoch).toBe(1);
    expect(told.loss.train).toBeCloseTo(mean(own.map(({ loss }) => loss.train)), 12);
    expect(told.force_rmse.test).toBeCloseTo(Math.sqrt(mean(own.map((one) => (one.force_rmse.test ?? NaN) ** 2))), 12);
    const { terms } = committeeShares(committee);
    expect(terms.energy + terms.force).toBeCloseTo(1, 12);
  });
});

describe('the potential', () => {
  it('is the mean of its members, also after a file, with their standard deviations', async () => {
    const committee = await prepare();
    await finish(committee);
    const { potential } = committee.members[0].setup;
    const [first, ...others] = committee.members.map(trainedElements);
    const made = addMembers(createPotentialFile(potential, first), others);
    const file = unwrap(parsePotentialFile(JSON.parse(JSON.stringify(made)), 'potential.json'));
    expect(file).toEqual(made);
    const members = membersOf(file).map((member) => potentialFromFile(member));
    expect(members).toHaveLength(3);
    const structure = structures[2];
    const all = members.map((member) => member.predict(structure));
    expect(all[0].spread).toBeUndefined();
    const { energy, forces, virial, atomicEnergies, spread } = potentialFromFile(file).predict(structure);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = (values: number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
    expect(energy).toBeCloseTo(mean(all.map((one) => one.energy)), 12);
    expect(atomicEnergies.reduce((sum, one) => sum + one, 0)).toBeCloseTo(energy, 10);
    expect(spread?.members).toBe(3);
    expect(spread?.energy).toBeCloseTo(deviation(all.map((one) => one.energy)), 12);
    expect(spread?.energy).toBeGreaterThan(0);
    forces.forEach((f, c) => expect(f).toBeCloseTo(mean(all.map((one) => one.forces[c])), 12));
    virial.forEach((w, k) => expect(w).toBeCloseTo(mean(all.map((one) => one.virial[k])), 12));
    spread?.forces.forEach((sigma, i) => {
      const variance = [0, 1, 2].reduce((sum, k) => sum + deviation(all.map((one) => one.forces[3 * i + k])) ** 2, 0);
      expect(sigma).toBeCloseTo(Math.sqrt(variance), 12);
      for (const k of [0, 1, 2])
        expect(spread.components[3 * i + k]).toBeCloseTo(deviation(all.map((one) => one.forces[3 * i + k])), 12);
      // The largest distance of two members lies between σ √(2M/(M − 1)) and σ √(2M).
      const distances = all.flatMap((a) =>
        all.map((b) => Math.hypot(...[0, 1, 2].map((k) => a.forces[3 * i + k] - b.forces[3 * i + k]))),
      );
      expect(Math.max(...distances)).toBeGreaterThanOrEqual(sigma * Math.sqrt(3) * (1 - 1e-12));
      expect(Math.max(...distances)).toBeLessThanOrEqual(sigma * Math.sqrt(6) * (1 + 1e-12));
    });
  });

  it('has forces that are the derivatives of its energy', async () => {
    const committee = await prepare();
    await finish(committee);
    const { potential } = committee.members[0].setup;
    const [first, ...others] = committee.members.map(trainedElements);
    const trained = potentialFromFile(addMembers(createPotentialFile(potential, first), others));
    const { forces } = trained.predict(structures[0]);
    const h = 1e-4;
    forces.forEach((f, c) => {
      const at = (step: number): number => {
        const positions = structures[0].positions.with(c, structures[0].positions[c] + step);
        return trained.predict({ ...structures[0], positions }).energy;
      };
      expect(Math.abs(f + (at(h) - at(-h)) / (2 * h))).toBeLessThan(1e-6);
    });
  });

  it('of equal members has no spread', () => {
    const one = {
      cutoff: 5,
      elements: ['H'],
      predict: () => ({
        energy: 1,
        atomicEnergies: Float64Array.of(1),
        forces: Float64Array.of(1, 2, 3),
        virial: new Float64Array(9),
      }),
    };
    const single = structures[0];
    expect(meanOf([one, one]).predict({ ...single, numbers: Uint8Array.of(1) }).spread).toEqual({
      members: 2,
      energy: 0,
      forces: Float64Array.of(0),
      components: Float64Array.of(0, 0, 0),
      disagreement: Float64Array.of(0),
    });
    expect(meanOf([one])).toBe(one);
  });

  it('that is damaged is refused', async () => {
    const committee = await prepare();
    const { potential } = committee.members[0].setup;
    const [first, ...others] = committee.members.map(trainedElements);
    const file = addMembers(createPotentialFile(potential, first), others);
    const [a, b] = file.committee ?? [];
    const codes = (committeeOfFile: unknown): string[] => {
      const read = parsePotentialFile({ ...file, committee: committeeOfFile }, 'p');
      return read.ok ? [] : read.problems.map(({ code }) => code);
    };
    expect(codes([a, { ...b, H: { ...b.H, parameters: [1] } }])).toEqual(['PF003']);
    expect(codes([{ H: a.H }])).toEqual(['PF003']);
    expect(codes([{ ...a, H: { offset: 0, parameters: ['x'] } }])).toContain('PF002');
  });
});

it('is a block of the potential, and part of its identity', () => {
  const identity = (block: string): string => {
    const { definition, diagnostics } = check(parse(`potential p { elements = [H]; ${block} }`));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    return definition.potentials.get('p')?.identity ?? '';
  };
  expect(identity('committee { }')).toBe(identity('committee { size = 4; resample = 80 % }'));
  expect(
    new Set(['', 'committee { }', 'committee { size = 5 }', 'committee { resample = 0.5 }'].map(identity)).size,
  ).toBe(4);
});
