/**
 * `nearsight evaluate FILE [LABEL]`: errors of the trained potential on the dataset of an `evaluate` block, with parity.bin.
 * `nearsight evaluate POTENTIAL DATA`: the same figures for any data file, without a run; POTENTIAL is a potential.json or a
 * folder of n2p2's files.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import type { DatasetDefinition, EvaluateDefinition } from '../../language/definition/definition';
import { dataset as datasetVocabulary } from '../../language/schema/vocabulary';
import { encodeParity, SETS } from '../../protocol/parity';
import type { Parity } from '../../protocol/parity';
import { ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import { addPrediction, startComparison } from '../analysis/comparison';
import { reportErrors, type ErrorReport } from '../analysis/error-report';
import { summarize } from '../analysis/errors';
import { potentialFromFile } from '../potentials/potential-file';
import { writeXyz } from '../formats/extended-xyz';
import type { Frame } from '../formats/frame';
import type { Potential, Prediction } from '../potentials/potential';
import { errorCode } from '../runs/files';
import type { LabelledStructure, Structure } from '../structure/structure';
import { conclude, JSON_OPTION, refuse } from './command';
import type { Outcome } from './command';
import { readDataset } from './dataset';
import { datasetOf, potentialOf } from './definition-file';
import type { DefinitionFile } from './definition-file';
import { errorsFile, errorTables, type NamedErrors } from './error-table';
import { CHECKPOINT_OPTION, startJob } from './job';
import type { Ending, Job, JobOptions, Prepared } from './job';
import type { Output } from './output';
import { openPotential } from './n2p2';
import { findPotential } from './trained-potential';
import { parseUnits, UNITS_OPTION } from './units';

interface Options extends JobOptions {
  readonly units?: string;
  readonly output?: string;
}

export const evaluateCommand = new Command('evaluate')
  .description('errors of a trained potential on labelled structures')
  .argument('<file>', '.potential file, a potential.json, or a folder of n2p2')
  .argument('[label]', 'label of the evaluate block; with a trained or imported potential the data file')
  .option(...UNITS_OPTION)
  .option('--output <file>', 'with a data file: write the predictions there as extended XYZ')
  .option('--out <folder>', 'run folder to make, instead of the next number below runs/')
  .option(...CHECKPOINT_OPTION)
  .option(...JSON_OPTION)
  .action((file: string, label: string | undefined, options: Options) =>
    conclude(options, (output) =>
      isPotential(file)
        ? evaluateData(file, label, options, output)
        : startJob('evaluate', prepareEvaluation, file, label, options, output),
    ),
  );

/** A potential.json, or a folder that has one or n2p2's files. */
const isPotential = (file: string): boolean =>
  file.endsWith('.json') || statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;

export async function prepareEvaluation(
  file: DefinitionFile,
  { options }: EvaluateDefinition,
  output: Output,
  resumed?: string,
): Promise<Result<Prepared>> {
  const potential = potentialOf(file.definition, options.potential);
  const found = findPotential(file, potential, resumed);
  if (!found.ok) return found;
  const dataset = datasetOf(file.definition, options.dataset);
  // The split of the training: else structures that were trained on would count as test.
  const seed = typeof found.value.provenance.seed === 'number' ? found.value.provenance.seed : 1;
  const loaded = await readDataset(dataset, dirname(file.path), potential.elements, seed, output);
  if (!loaded.ok) return loaded;
  const { structures, set, files, warnings } = loaded.value;
  return ok({
    data: files,
    identity: potential.identity,
    warnings,
    potential: found.value,
    work: (job) => evaluate(potentialFromFile(found.value), structures, set, job),
  });
}

async function evaluate(
  potential: Potential,
  structures: readonly LabelledStructure[],
  set: Uint8Array,
  job: Job,
): Promise<Ending> {
  const parity = await comparePredictions(potential, structures, set, async (done) => {
    job.progress('predict', done, structures.length);
    // Nothing is worth keeping: a resumed evaluation starts over.
    return !(await job.pause(() => new Uint8Array(0)));
  });
  if (parity === undefined) return { state: 'stopped' };
  const errors = { train: summarize(parity, 'train'), test: summarize(parity, 'test') };
  const report = { train: reportErrors(parity, 'train'), test: reportErrors(parity, 'test') };
  const all = ofAll(parity);
  job.run.write('parity.bin', encodeParity(parity));
  job.run.write('errors.json', errorsFile(errors, report));
  const spent = job.spent();
  return {
    state: 'finished',
    changes: { ...errors, results: { ...spent } },
    result: { ...all.errors, ...errors, report, ...spent },
    text: errorTables([
      { name: 'train', errors: errors.train },
      { name: 'test', errors: errors.test, report: report.test },
      errors.test.structures > 0 ? { name: 'all', errors: all.errors } : all,
    ]),
  };
}

async function evaluateData(
  file: string,
  data: string | undefined,
  options: Options,
  output: Output,
): Promise<Outcome> {
  if (data === undefined) {
    const message = 'Which data? `nearsight evaluate POTENTIAL.json DATA` compares with a data file.';
    return refuse(output, [{ code: 'RN014', message, place: { file } }]);
  }
  const units = parseUnits(options.units);
  if (!units.ok) return refuse(output, units.problems);
  const read = openPotential(file, options.units);
  if (!read.ok) return refuse(output, read.problems);
  output.problems(read.value.warnings);
  const nowhere = { start: 0, end: 0 };
  const { energy, forces, split_by } = datasetVocabulary.attributes;
  const dataset: DatasetDefinition = {
    name: data,
    span: nowhere,
    nameSpan: nowhere,
    options: {
      files: [data],
      energy: energy.default,
      forces: forces.default,
      test: 0,
      split_by: split_by.default,
    },
    units: units.value,
  };
  const loaded = await readDataset(dataset, process.cwd(), read.value.file.elements, 1, output);
  if (!loaded.ok) return refuse(output, loaded.problems);
  const { structures, set, warnings } = loaded.value;
  output.problems(warnings);
  const potential = potentialFromFile(read.value.file);
  const frames: Frame[] = [];
  const keep =
    options.output === undefined
      ? undefined
      : (structure: Structure, prediction: Prediction) => frames.push(predictedFrame(structure, prediction));
  const parity = await comparePredictions(potential, structures, set, () => Promise.resolve(true), keep);
  if (parity === undefined) throw new Error('an evaluation that nobody can stop was stopped');
  if (options.output !== undefined) {
    try {
      await writeXyz(options.output, frames, 'exact');
    } catch (error) {
      const message = `The predictions can't be written (${errorCode(error) ?? 'unknown error'}).`;
      return refuse(output, [{ code: 'RN016', message, place: { file: options.output } }], 1);
    }
  }
  const all = ofAll(parity);
  output.print(errorTables([all]));
  const { user, system } = process.cpuUsage();
  return { exitCode: 0, result: { ...all.errors, report: { all: all.report }, cpu_seconds: (user + system) / 1e6 } };
}

/** A structure with what was predicted for it, as data sets have it. */
function predictedFrame(structure: Structure, { energy, forces, atomicEnergies }: Prediction): Frame {
  return {
    ...structure,
    columns: new Map([
      ['forces', { type: 'R', width: 3, values: forces }],
      ['energies', { type: 'R', width: 1, values: atomicEnergies }],
    ]),
    info: new Map([['energy', energy]]),
  };
}

/**
 * Predicts every structure that has a label.
 * @param step is awaited after each structure; false stops
 * @param keep gets every prediction, also of structures without labels
 * @returns undefined if it was stopped
 */
async function comparePredictions(
  potential: Potential,
  structures: readonly LabelledStructure[],
  set: Uint8Array,
  step: (done: number) => Promise<boolean>,
  keep?: (structure: Structure, prediction: Prediction) => void,
): Promise<Parity | undefined> {
  const comparison = startComparison(structures, set);
  for (const [s, structure] of structures.entries()) {
    if (structure.energy !== undefined || structure.forces !== undefined || keep !== undefined) {
      const predicted = potential.predict(structure);
      keep?.(structure, predicted);
      addPrediction(comparison, s, predicted.energy, predicted.forces);
    }
    if (!(await step(s + 1))) return undefined;
  }
  return comparison.parity;
}

/** Over all structures, whatever set they are in. */
function ofAll(parity: Parity): NamedErrors & { readonly report: ErrorReport } {
  const one = { ...parity, structureSet: new Uint8Array(parity.structureSet.length) };
  return { name: 'all', errors: summarize(one, SETS[0]), report: reportErrors(one, SETS[0]) };
}
