/**
 * Fits a potential, as a stage of a job: what `train` does once, and `explore` again and again. It goes on from what the job's
 * checkpoint holds of it; the same setup gives the same weights.
 */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { DatasetDefinition, TrainDefinition } from '../../language/definition/definition';
import { bySet, encodeParity, SETS } from '../../protocol/parity';
import type { Parity } from '../../protocol/parity';
import { ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import { reportErrors } from '../analysis/error-report';
import { summarize } from '../analysis/errors';
import { addMembers, createPotentialFile, membersOf } from '../potentials/potential-file';
import type { PotentialFile } from '../potentials/potential-file';
import type { Prediction } from '../potentials/potential';
import type { Structure } from '../structure/structure';
import type { BackendProvider } from '../training/backend';
import { backendName, createTensorFlowBackend } from '../training/tensorflow/backend';
import { createKernelBackend } from '../training/kernels';
import { DEVICES, loadTensorFlow } from '../training/tensorflow/load';
import {
  backendOfCommittee,
  committeeShares,
  createCommittee,
  isCommitteeFinished,
  restoreCommittee,
  runCommitteeEpoch,
  serializeCommittee,
  type Committee,
} from '../training/committee';
import { prepareTraining as prepare } from '../training/prepare';
import { trainedElements, type LossShares } from '../training/result';
import type { Hooks, TrainingSetup } from '../training/training';
import { completePotential } from './automatic';
import { describeSplit } from './dataset';
import { describeShares, errorsFile } from './error-table';
import type { Job } from './job';
import { predictInJob } from './predictions';
import { version } from './version';

interface Trained {
  /** With the potential as it was completed. */
  readonly setup: TrainingSetup;
  readonly committee: Committee;
  readonly shares: LossShares;
}

export interface Fit extends Trained {
  /** Of all structures of the setup. */
  readonly parity: Parity;
  /** Of a committee about each atom of the test set (of the training set without one), eV/Å. */
  readonly disagreements: readonly number[];
  /** The trained potential. */
  readonly make: (provenance?: PotentialFile['provenance']) => PotentialFile;
}

/**
 * @param folder where a backend is looked for
 * @returns undefined if the job was stopped
 */
export async function fit(given: TrainingSetup, folder: string, job: Job): Promise<Result<Fit | undefined>> {
  const backend = await loadBackend(given.options.backend, folder, job);
  if (!backend.ok) return backend;
  const trained = await trainWith(backend.value, given, job).finally(() => backend.value.dispose?.());
  if (!trained.ok) return trained;
  if (trained.value === undefined) return ok(undefined);
  const { setup, committee, shares } = trained.value;
  const [elements, ...others] = committee.members.map(trainedElements);
  const make = (provenance?: PotentialFile['provenance']): PotentialFile => {
    const file = createPotentialFile(setup.potential, elements, provenance);
    return others.length === 0 ? file : addMembers(file, others);
  };
  const { structures, set } = setup;
  const watched = SETS.indexOf(set.includes(SETS.indexOf('test')) ? 'test' : 'train');
  const disagreements: number[] = [];
  let s = 0;
  const keep = (_: Structure, { spread }: Prediction): void => {
    if (set[s++] === watched) spread?.disagreement.forEach((one) => disagreements.push(one));
  };
  const save = (): Uint8Array => serializeCommittee(committee);
  const parity = await predictInJob(make(), structures, set, job, save, others.length > 0 ? keep : undefined);
  if (parity === undefined) return ok(undefined);
  return ok({ setup, committee, shares, parity, disagreements, make });
}

/** @returns undefined if the job was stopped */
async function trainWith(
  backend: BackendProvider,
  given: TrainingSetup,
  job: Job,
): Promise<Result<Trained | undefined>> {
  const completed = await completePotential(given.potential, given.structures, given.set, job);
  if (!completed.ok) return completed;
  if (completed.value === undefined) return ok(undefined);
  const setup: TrainingSetup = { ...given, potential: completed.value, backend };
  const nothing = new Uint8Array(0);
  const hooks = (save: () => Uint8Array): Hooks => ({
    pause: () => job.pause(save),
    progress: (stage, done, total) => job.progress(stage, done, total),
    log: (message) => job.tell({ type: 'log', message }),
  });
  // While descriptors are computed there is nothing yet to save but what an earlier session has saved.
  const prepared = await prepare(
    setup,
    hooks(() => job.checkpoint ?? nothing),
  );
  if (!prepared.ok) return prepared;
  if (prepared.value === undefined) return ok(undefined);
  for (const { message, code } of prepared.value.warnings) job.tell({ type: 'warning', message, code });
  const members = createCommittee(prepared.value);
  if (!members.ok) return members;
  const committee = members.value;
  const save = (): Uint8Array => serializeCommittee(committee);
  if (job.checkpoint !== undefined && job.checkpoint.length > 0) {
    const restored = restoreCommittee(committee, job.checkpoint);
    if (!restored.ok) return restored;
  }
  while (!isCommitteeFinished(committee)) {
    const epoch = await runCommitteeEpoch(committee, hooks(save));
    if (!epoch.ok) return epoch;
    if (epoch.value === undefined) return ok(undefined);
    job.tell({ type: 'epoch', ...epoch.value });
    if (await job.pause(save)) return ok(undefined);
  }
  job.save(save());
  const shares = committeeShares(committee);
  job.tell({ type: 'log', message: describeShares(shares) });
  return ok({ setup, committee, shares });
}

/** Leaves potential, predictions and errors of a fit in the run folder. */
export function writeFit({ setup, committee, parity, make }: Fit, dataset: DatasetDefinition, { run }: Job) {
  const [{ state: first }] = committee.members;
  const epochs = Math.max(...committee.members.map(({ state }) => state.epoch));
  const best_epoch = first.best?.epoch ?? null;
  const errors = bySet((set) => summarize(parity, set));
  const report = bySet((set) => reportErrors(parity, set));
  const file = make({
    nearsight: version,
    trained: new Date().toISOString(),
    definition_sha256: run.manifest.definition_sha256,
    recipe: run.manifest.recipe ?? null,
    procedure: setup.procedure,
    seed: setup.options.seed,
    epochs,
    best_epoch,
    data: run.manifest.data.flatMap(({ file: name, sha256 }) => [name, sha256]),
    split: describeSplit(dataset),
    test_energy_rmse: errors.test.energy_rmse,
    test_force_rmse: errors.test.force_rmse,
  });
  run.write('parity.bin', encodeParity(parity));
  run.write('errors.json', errorsFile(errors, report));
  run.write('potential.json', JSON.stringify(file));
  return { file, errors, report, epochs, best_epoch };
}

/** A batch has work for so many, unless the command line says otherwise. */
const MAXIMUM_THREADS = 8;

/** What the definition asks for; on the device that the run was begun on, if it was. */
async function loadBackend(
  wanted: TrainDefinition['options']['backend'],
  folder: string,
  job: Job,
): Promise<Result<BackendProvider>> {
  if (wanted === 'native')
    return ok(createKernelBackend(job.threads ?? Math.min(availableParallelism(), MAXIMUM_THREADS)));
  const begunWith = job.checkpoint === undefined ? undefined : backendOfCommittee(job.checkpoint);
  const device = DEVICES.find((one) => backendName(one) === begunWith);
  const loaded = await loadTensorFlow({ from: [folder, __dirname], device });
  if (!loaded.ok) return loaded;
  for (const { message, code } of loaded.value.warnings) job.tell({ type: 'warning', message, code });
  job.tell({ type: 'log', message: `Loss and gradients by ${loaded.value.description}.` });
  return ok(createTensorFlowBackend(loaded.value));
}

/** SHA-256 over all that training has found, float64 little-endian: of each member, per element parameters, scaling, offset. */
export function hashWeights(file: PotentialFile): string {
  const hash = createHash('sha256');
  const all = membersOf(file).flatMap(({ elements, networks }) => elements.map((symbol) => ({ symbol, networks })));
  for (const { symbol, networks } of all) {
    const trained = networks?.[symbol];
    if (trained === undefined) continue;
    const { network, scaling, offset } = trained;
    for (const numbers of [network.parameters, scaling.offset, scaling.factor, [offset]]) {
      hash.update(Float64Array.from(numbers));
    }
  }
  return hash.digest('hex');
}
