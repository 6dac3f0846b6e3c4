/**
 * `nearsight evaluate FILE [LABEL]`: errors of the trained potential on the dataset of an `evaluate` block, with parity.bin.
 * `nearsight evaluate POTENTIAL DATA`: the same figures for any data file, without a run; POTENTIAL is a potential.json or a
 * folder of n2p2's files.
 */
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { describeStressSign } from '../../language/check/runs';
import type { EvaluateDefinition } from '../../language/definition/definition';
import { bySet, encodeParity, SETS } from '../../protocol/parity';
import type { Parity } from '../../protocol/parity';
import { ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import { reportErrors, type ErrorReport } from '../analysis/error-report';
import { stressCorrelation, summarize } from '../analysis/errors';
import { writeXyz } from '../formats/extended-xyz';
import type { Column, Frame, InfoValue } from '../formats/frame';
import { KernelLimit } from '../kernels/evaluator';
import type { Precision } from '../kernels/module';
import type { Prediction } from '../potentials/potential';
import type { PotentialFile } from '../potentials/potential-file';
import { errorCode } from '../runs/files';
import type { LabelledStructure } from '../structure/structure';
import { conclude, refuse } from './command';
import type { Outcome } from './command';
import { parseThreads, startComputing } from './compute';
import { datasetOfFiles, readDataset, setsFor } from './dataset';
import { datasetOf, potentialOf } from './definition-file';
import type { DefinitionFile } from './definition-file';
import { errorsFile, errorTables, type NamedErrors } from './error-table';
import { addJobOptions, OUT_OPTION, startJob, STOPPED } from './job';
import type { Ending, Job, JobOptions, Prepared } from './job';
import type { Output } from './output';
import { isFolder, openPotential } from './open-potential';
import { comparePredictions, largestOf, predictInJob } from './predictions';
import { describeSpread, describeSummary, gatherSpread } from './spread';
import { findPotential } from './trained-potential';
import { parseUnits, UNITS_OPTION } from './units';

interface Options extends JobOptions {
  readonly units?: string;
  readonly output?: string;
  readonly precision?: Precision;
}

/** They belong to `evaluate POTENTIAL DATA`; a block says itself what it wants. */
const DATA_OPTIONS = ['units', 'output', 'precision'] as const;

export const evaluateCommand = addJobOptions(
  new Command('evaluate')
    .description('errors of a trained potential on labelled structures')
    .argument('<file>', '.potential file, a potential.json, or a folder of n2p2')
    .argument('[label]', 'label of the evaluate block; with a trained or imported potential the data file')
    .option(...UNITS_OPTION)
    .option('--output <file>', 'with a data file: write the predictions there beside the labels, as extended XYZ')
    .addOption(
      new Option('--precision <name>', 'with a data file: f32 computes pairs and triples in single precision').choices([
        'f64',
        'f32',
      ]),
    )
    .option(...OUT_OPTION),
).action((file: string, label: string | undefined, options: Options) =>
  conclude(options, (output) => {
    if (isPotential(file)) return evaluateData(file, label, options, output);
    const strange = DATA_OPTIONS.find((name) => options[name] !== undefined);
    if (strange === undefined) return startJob('evaluate', prepareEvaluation, file, label, options, output);
    const message = `--${strange} goes with a trained or imported potential and a data file: an evaluate block has none.`;
    return refuse(output, [{ code: 'RN014', message, place: { file } }]);
  }),
);

/** A potential.json, or a folder that has one or n2p2's files. */
const isPotential = (file: string): boolean => file.endsWith('.json') || isFolder(file);

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
  const { file: used } = found.value;
  const seed = typeof used.provenance.seed === 'number' ? used.provenance.seed : 1;
  const loaded = await readDataset(dataset, dirname(file.path), used.elements, seed, output);
  if (!loaded.ok) return loaded;
  const { structures, files, warnings } = loaded.value;
  const { set, warnings: unsure } = setsFor(used, dataset, loaded.value);
  return ok({
    data: files,
    identity: used.identity,
    warnings: [...found.value.warnings, ...warnings, ...unsure],
    potential: used,
    work: (job) => evaluate(used, structures, set, job),
  });
}

async function evaluate(
  file: PotentialFile,
  structures: readonly LabelledStructure[],
  set: Uint8Array,
  job: Job,
): Promise<Ending> {
  // Nothing is worth keeping: a resumed evaluation starts over.
  const spread = gatherSpread();
  const parity = await predictInJob(
    file,
    structures,
    set,
    job,
    () => new Uint8Array(0),
    (_, prediction) => spread.add(prediction),
  );
  if (parity === undefined) return STOPPED;
  const opposed = describeStressSign({ stress_correlation: stressCorrelation(parity) });
  if (opposed !== undefined) job.warn([{ code: 'PD0905', message: opposed }]);
  const errors = bySet((name) => summarize(parity, name));
  const report = bySet((name) => reportErrors(parity, name));
  const all = ofAll(parity);
  const committee = spread.summary();
  job.run.write('parity.bin', encodeParity(parity));
  job.run.write('errors.json', errorsFile(errors, report));
  const spent = job.spent();
  return {
    state: 'finished',
    changes: { ...errors, results: { ...committee, ...spent } },
    result: { ...all.errors, ...errors, report, committee, ...spent },
    text: [
      errorTables([
        { name: 'train', errors: errors.train },
        { name: 'validation', errors: errors.validation },
        { name: 'test', errors: errors.test, report: report.test },
        errors.test.structures > 0 ? { name: 'all', errors: all.errors } : all,
      ]),
      ...(committee === undefined ? [] : [describeSummary(committee)]),
    ].join('\n\n'),
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
  const threads = parseThreads(options.threads);
  if (!threads.ok) return refuse(output, threads.problems);
  const read = openPotential(file, units.value);
  if (!read.ok) return refuse(output, read.problems);
  output.problems(read.value.warnings);
  const dataset = datasetOfFiles(data, [data], units.value);
  const loaded = await readDataset(dataset, process.cwd(), read.value.file.elements, 1, output);
  if (!loaded.ok) return refuse(output, loaded.problems);
  const { structures, set, warnings } = loaded.value;
  output.problems(warnings);
  const frames: Frame[] = [];
  const spread = gatherSpread();
  const keep = (structure: LabelledStructure, prediction: Prediction): void => {
    spread.add(prediction);
    if (options.output !== undefined) frames.push(predictedFrame(structure, prediction));
  };
  const computation = startComputing(read.value.file, {
    threads: threads.value,
    precision: options.precision,
    atoms: largestOf(structures),
    extrapolation: options.output !== undefined,
  });
  output.problems(computation.warnings.map((warning) => ({ ...warning, place: { file } })));
  try {
    const parity = await comparePredictions(computation.potential, structures, set, () => Promise.resolve(true), keep);
    if (parity === undefined) throw new Error('an evaluation that nobody can stop was stopped');
    if (options.output !== undefined) await writeXyz(options.output, frames, 'exact');
    const all = ofAll(parity);
    output.print(errorTables([all]));
    const committee = spread.summary();
    if (committee !== undefined) output.print(`\n${describeSummary(committee)}`);
    const { user, system } = process.cpuUsage();
    const spent = { cpu_seconds: (user + system) / 1e6, threads: computation.threads };
    return { exitCode: 0, result: { ...all.errors, report: { all: all.report }, committee, ...spent } };
  } catch (error) {
    if (error instanceof KernelLimit)
      return refuse(output, [{ code: 'RN018', message: error.message, place: { file: data } }], 1);
    const code = errorCode(error);
    if (code === undefined) throw error;
    const message = `The predictions can't be written (${code}).`;
    return refuse(output, [{ code: 'RN016', message, place: { file: options.output ?? '' } }], 1);
  } finally {
    computation.dispose();
  }
}

/** A structure with its labels of energy and forces under their plain names, and what was predicted for it under names that begin with `predicted_`. */
function predictedFrame(structure: LabelledStructure, prediction: Prediction): Frame {
  const { columns: spreads, info: uncertain } = describeSpread(prediction.spread);
  const columns = new Map<string, Column>();
  const add = (name: string, width: number, values: Float64Array | undefined): void => {
    if (values !== undefined) columns.set(name, { type: 'R', width, values });
  };
  add('forces', 3, structure.forces);
  add('predicted_forces', 3, prediction.forces);
  add('predicted_energies', 1, prediction.atomicEnergies);
  add('extrapolation', 1, prediction.extrapolation?.());
  const info = new Map<string, InfoValue>();
  if (structure.configType !== undefined) info.set('config_type', structure.configType);
  if (structure.energy !== undefined) info.set('energy', structure.energy);
  info.set('predicted_energy', prediction.energy);
  const { numbers, positions, cell, periodic } = structure;
  return {
    numbers,
    positions,
    cell,
    periodic,
    columns: new Map([...columns, ...spreads]),
    info: new Map([...info, ...uncertain]),
  };
}

/** Over all structures, whatever set they are in. */
function ofAll(parity: Parity): NamedErrors & { readonly report: ErrorReport } {
  const one = { ...parity, structureSet: new Uint8Array(parity.structureSet.length) };
  return { name: 'all', errors: summarize(one, SETS[0]), report: reportErrors(one, SETS[0]) };
}
