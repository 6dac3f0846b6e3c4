/** `nearsight train FILE [LABEL]`: fits a potential; potential.json and parity.bin in the run folder are the result. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { describeSaturation, describeStressSign, describeTerms, SATURATED } from '../../language/check/runs';
import type { DatasetDefinition, TrainDefinition } from '../../language/definition/definition';
import { bySet, encodeParity } from '../../protocol/parity';
import { fail, ok } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import type { ErrorSummary } from '../../protocol/run';
import { checkPrior } from '../analysis/distances';
import { reportErrors } from '../analysis/error-report';
import { stressCorrelation, summarize } from '../analysis/errors';
import { addMembers, createPotentialFile, membersOf } from '../potentials/potential-file';
import type { PotentialFile } from '../potentials/potential-file';
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
import { saturatedNeurons } from '../training/saturation';
import type { Hooks, TrainingSetup } from '../training/training';
import { completePotential } from './automatic';
import { conclude, JSON_OPTION } from './command';
import { THREADS_OPTION } from './compute';
import { describeSplit, readDataset } from './dataset';
import { datasetOf, potentialOf } from './definition-file';
import type { DefinitionFile } from './definition-file';
import { describeShares, errorsFile, errorTables } from './error-table';
import { inspectForJob } from './inspect';
import { CHECKPOINT_OPTION, startJob } from './job';
import type { Ending, Job, JobOptions, Prepared } from './job';
import type { Output } from './output';
import { predictInJob } from './predictions';
import { version } from './version';

export const trainCommand = new Command('train')
  .description('train a potential')
  .argument('<file>', '.potential file')
  .argument('[label]', 'label of the train block; may be left out if there is one')
  .option('--out <folder>', 'run folder to make, instead of the next number below runs/')
  .option(...THREADS_OPTION)
  .option(...CHECKPOINT_OPTION)
  .option(...JSON_OPTION)
  .action((file: string, label: string | undefined, options: JobOptions) =>
    conclude(options, (output) => startJob('train', prepareTraining, file, label, options, output)),
  );

export async function prepareTraining(
  { path, definition }: DefinitionFile,
  { options, optimizer, finish, configTypes, procedure }: TrainDefinition,
  output: Output,
): Promise<Result<Prepared>> {
  const potential = potentialOf(definition, options.potential);
  if (potential.networks === undefined) {
    const message = `The potential ${potential.name} has no network here: there is nothing to train.`;
    return fail({ code: 'TR001', message, place: { file: path } });
  }
  const dataset = datasetOf(definition, options.dataset);
  const loaded = await readDataset(dataset, dirname(path), potential.elements, options.seed, output);
  if (!loaded.ok) return loaded;
  const { structures, set, files, warnings } = loaded.value;
  const setup = { potential, options, optimizer, finish, configTypes, procedure, structures, set };
  return ok({
    data: files,
    identity: potential.identity,
    seed: options.seed,
    warnings: [...warnings, ...inspectForJob(structures, set), ...checkPrior(potential, structures)],
    work: (job) => train(setup, dataset, dirname(path), job),
  });
}

async function train(given: TrainingSetup, dataset: DatasetDefinition, folder: string, job: Job): Promise<Ending> {
  const backend = await loadBackend(given.options.backend, folder, job);
  if (!backend.ok) return { state: 'failed', problems: backend.problems };
  const completed = await completePotential(given.potential, given.structures, given.set, job);
  if (!completed.ok) return { state: 'failed', problems: completed.problems };
  if (completed.value === undefined) return { state: 'stopped' };
  const setup: TrainingSetup = { ...given, potential: completed.value, backend: backend.value };
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
  if (!prepared.ok) return { state: 'failed', problems: prepared.problems };
  if (prepared.value === undefined) return { state: 'stopped' };
  for (const { message, code } of prepared.value.warnings) job.tell({ type: 'warning', message, code });
  const members = createCommittee(prepared.value);
  if (!members.ok) return { state: 'failed', problems: members.problems };
  const committee = members.value;
  const save = (): Uint8Array => serializeCommittee(committee);
  if (job.checkpoint !== undefined && job.checkpoint.length > 0) {
    const restored = restoreCommittee(committee, job.checkpoint);
    if (!restored.ok) return { state: 'failed', problems: restored.problems };
  }
  while (!isCommitteeFinished(committee)) {
    const epoch = await runCommitteeEpoch(committee, hooks(save));
    if (!epoch.ok) return { state: 'failed', problems: epoch.problems };
    if (epoch.value === undefined) return { state: 'stopped' };
    job.tell({ type: 'epoch', ...epoch.value });
    if (await job.pause(save)) return { state: 'stopped' };
  }
  job.save(save());
  const shares = committeeShares(committee);
  job.tell({ type: 'log', message: describeShares(shares) });
  backend.value.dispose?.();
  const [elements, ...others] = committee.members.map(trainedElements);
  const make = (provenance?: PotentialFile['provenance']): PotentialFile => {
    const file = createPotentialFile(setup.potential, elements, provenance);
    return others.length === 0 ? file : addMembers(file, others);
  };
  const parity = await predictInJob(make(), setup.structures, setup.set, job, save);
  if (parity === undefined) return { state: 'stopped' };

  const { run } = job;
  const [{ state: first }] = committee.members;
  const epochs = Math.max(...committee.members.map(({ state }) => state.epoch));
  const errors = bySet((set) => summarize(parity, set));
  const report = bySet((set) => reportErrors(parity, set));
  const correlation = stressCorrelation(parity);
  const recorded = {
    ...resultsOf(committee, setup, shares, errors.train),
    ...(correlation !== undefined && {
      stress_correlation: correlation,
      stress_sign: dataset.options.stress_sign === 'tension' ? 1 : -1,
    }),
  };
  const file = make({
    nearsight: version,
    trained: new Date().toISOString(),
    definition_sha256: run.manifest.definition_sha256,
    recipe: run.manifest.recipe ?? null,
    procedure: setup.procedure,
    seed: setup.options.seed,
    epochs,
    best_epoch: first.best?.epoch ?? null,
    data: run.manifest.data.flatMap(({ file: name, sha256 }) => [name, sha256]),
    split: describeSplit(dataset),
    test_energy_rmse: errors.test.energy_rmse,
    test_force_rmse: errors.test.force_rmse,
  });
  run.write('parity.bin', encodeParity(parity));
  run.write('errors.json', errorsFile(errors, report));
  run.write('potential.json', JSON.stringify(file));
  const results = {
    epochs,
    ...job.spent(),
    weights_sha256: hashWeights(file),
  };
  job.warn(verdicts(recorded));
  return {
    state: 'finished',
    changes: { ...errors, results: { ...results, best_epoch: first.best?.epoch ?? null, ...recorded } },
    result: {
      potential: join(run.folder, 'potential.json'),
      ...errors,
      report,
      loss_shares: shares,
      identity: setup.potential.identity,
      ...results,
    },
    text: [
      errorTables([
        { name: 'train', errors: errors.train },
        { name: 'validation', errors: errors.validation },
        { name: 'test', errors: errors.test, report: report.test },
      ]),
      describeShares(shares),
    ].join('\n\n'),
  };
}

/** Numbers by which a training is judged, now and later in the editor (language/check/runs.ts). */
function resultsOf(
  { members }: Committee,
  { options, potential }: TrainingSetup,
  shares: LossShares,
  { energy_r2, force_r2 }: ErrorSummary,
): Record<string, number> {
  const saturated = members.map(saturatedNeurons);
  return Object.fromEntries([
    ...[...Object.entries(shares.terms), ...Object.entries(shares.config_types)].map(
      ([name, share]) => [`loss_share ${name}`, share] as const,
    ),
    ...potential.elements.map(
      (symbol) =>
        [SATURATED + symbol, saturated.reduce((sum, one) => sum + one[symbol], 0) / saturated.length] as const,
    ),
    ['energy_weight', options.energy_weight],
    ['force_weight', options.force_weight],
    ...(energy_r2 === null ? [] : [['train_energy_r2', energy_r2] as const]),
    ...(force_r2 === null ? [] : [['train_force_r2', force_r2] as const]),
  ]);
}

function verdicts(results: Readonly<Record<string, number>>): Problem[] {
  const found = {
    PD0404: describeSaturation(results),
    PD0603: describeTerms(results),
    PD0905: describeStressSign(results),
  };
  return Object.entries(found).flatMap(([code, message]) => (message === undefined ? [] : [{ code, message }]));
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
function hashWeights(file: PotentialFile): string {
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
