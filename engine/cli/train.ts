/** `nearsight train FILE [LABEL]`: fits a potential; potential.json and parity.bin in the run folder are the result. */
import { dirname, join } from 'node:path';
import { describeSaturation, describeStressSign, describeTerms, SATURATED } from '../../language/check/runs';
import type { DatasetDefinition, TrainDefinition } from '../../language/definition/definition';
import { fail, ok } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import type { ErrorSummary } from '../../protocol/run';
import { checkPrior } from '../analysis/distances';
import { stressCorrelation } from '../analysis/errors';
import { quantilesOf } from '../exploration/disagreement';
import type { Committee } from '../training/committee';
import type { LossShares } from '../training/result';
import { saturatedNeurons } from '../training/saturation';
import type { TrainingSetup } from '../training/training';
import { inspectForJob, readDataset } from './dataset';
import { datasetOf, potentialOf } from './definition-file';
import type { DefinitionFile } from './definition-file';
import { describeShares, errorTables } from './error-table';
import { fit, hashWeights, writeFit } from './fit';
import { failed, jobCommand, STOPPED } from './job';
import type { Ending, Job, Prepared } from './job';
import type { Output } from './output';

export const trainCommand = jobCommand('train', 'train a potential', prepareTraining);

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
  const fitted = await fit(given, folder, job);
  if (!fitted.ok) return failed(...fitted.problems);
  if (fitted.value === undefined) return STOPPED;
  const { setup, committee, shares, parity, disagreements } = fitted.value;

  const { file, errors, report, epochs, best_epoch } = writeFit(fitted.value, dataset, job);
  const correlation = stressCorrelation(parity);
  const recorded = {
    ...resultsOf(committee, setup, shares, errors.train),
    ...quantilesOf(disagreements),
    ...(correlation !== undefined && {
      stress_correlation: correlation,
      stress_sign: dataset.options.stress_sign === 'tension' ? 1 : -1,
    }),
  };
  const results = {
    epochs,
    ...job.spent(),
    weights_sha256: hashWeights(file),
  };
  job.warn(verdicts(recorded));
  return {
    state: 'finished',
    changes: { ...errors, results: { ...results, best_epoch, ...recorded } },
    result: {
      potential: join(job.run.folder, 'potential.json'),
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
