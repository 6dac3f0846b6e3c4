/**
 * `nearsight evaluate FILE [LABEL]`: errors of the trained potential on the dataset of an `evaluate` block, with parity.bin.
 * `nearsight evaluate POTENTIAL.json DATA`: the same figures for any data file, without a run.
 */
import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import type { DatasetDefinition, EvaluateDefinition } from '../../language/definition/definition';
import { dataset as datasetVocabulary, units as unitsVocabulary } from '../../language/schema/vocabulary';
import { encodeParity, SETS } from '../../protocol/parity';
import type { Parity } from '../../protocol/parity';
import { fail, ok } from '../../protocol/result';
import type { Result } from '../../protocol/result';
import type { ErrorSummary } from '../../protocol/run';
import { summarize } from '../analysis/errors';
import { potentialFromFile } from '../potentials/potential-file';
import type { Potential } from '../potentials/potential';
import type { LabelledStructure } from '../structure/structure';
import { conclude, JSON_OPTION, refuse } from './command';
import type { Outcome } from './command';
import { readDataset } from './dataset';
import { datasetOf, potentialOf } from './definition-file';
import type { DefinitionFile } from './definition-file';
import { errorTable } from './error-table';
import { CHECKPOINT_OPTION, startJob } from './job';
import type { Ending, Job, JobOptions, Prepared } from './job';
import type { Output } from './output';
import { findPotential, readPotentialFile } from './trained-potential';

interface Options extends JobOptions {
  readonly units?: string;
}

export const evaluateCommand = new Command('evaluate')
  .description('errors of a trained potential on labelled structures')
  .argument('<file>', '.potential file, or a potential.json')
  .argument('[label]', 'label of the evaluate block; with a potential.json the data file')
  .option('--units <length,energy>', 'units of a data file that has none of its own, e.g. bohr,hartree')
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

/** A potential.json, or a folder that has one. */
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
  const all = summarizeAll(parity);
  job.run.write('parity.bin', encodeParity(parity));
  const spent = job.spent();
  return {
    state: 'finished',
    changes: { ...errors, results: { ...spent } },
    result: { ...all, ...errors, ...spent },
    text: errorTable([
      { name: 'train', errors: errors.train },
      { name: 'test', errors: errors.test },
      { name: 'all', errors: all },
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
  const folder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  const path = folder ? join(file, 'potential.json') : file;
  const read = readPotentialFile(resolve(path), path);
  if (!read.ok) return refuse(output, read.problems);
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
  const loaded = await readDataset(dataset, process.cwd(), read.value.elements, 1, output);
  if (!loaded.ok) return refuse(output, loaded.problems);
  const { structures, set, warnings } = loaded.value;
  output.problems(warnings);
  const parity = await comparePredictions(potentialFromFile(read.value), structures, set, () => Promise.resolve(true));
  if (parity === undefined) throw new Error('an evaluation that nobody can stop was stopped');
  const errors = summarizeAll(parity);
  output.print(errorTable([{ name: 'all', errors }]));
  const { user, system } = process.cpuUsage();
  return { exitCode: 0, result: { ...errors, cpu_seconds: (user + system) / 1e6 } };
}

/**
 * Predicts every structure that has a label.
 * @param step is awaited after each structure; false stops
 * @returns undefined if it was stopped
 */
async function comparePredictions(
  potential: Potential,
  structures: readonly LabelledStructure[],
  set: Uint8Array,
  step: (done: number) => Promise<boolean>,
): Promise<Parity | undefined> {
  const files = [...new Set(structures.map(({ source }) => source.file))];
  const fileIndex = new Map(files.map((file, index) => [file, index]));
  const columns = (rows: number) => ({
    structure: new Int32Array(rows),
    reference: new Float64Array(rows),
    predicted: new Float64Array(rows),
  });
  const components = structures.reduce((sum, { forces }) => sum + (forces?.length ?? 0), 0);
  const energy = columns(structures.filter((structure) => structure.energy !== undefined).length);
  const force = { ...columns(components), atom: new Int32Array(components), component: new Uint8Array(components) };
  let energyRow = 0;
  let forceRow = 0;
  for (const [s, structure] of structures.entries()) {
    const { energy: reference, forces, numbers } = structure;
    if (reference !== undefined || forces !== undefined) {
      const predicted = potential.predict(structure);
      if (reference !== undefined) {
        energy.structure[energyRow] = s;
        energy.reference[energyRow] = reference / numbers.length;
        energy.predicted[energyRow++] = predicted.energy / numbers.length;
      }
      forces?.forEach((value, c) => {
        force.structure[forceRow] = s;
        force.atom[forceRow] = Math.floor(c / 3);
        force.component[forceRow] = c % 3;
        force.reference[forceRow] = value;
        force.predicted[forceRow++] = predicted.forces[c];
      });
    }
    if (!(await step(s + 1))) return undefined;
  }
  return {
    files,
    structureFile: Int32Array.from(structures, ({ source }) => fileIndex.get(source.file) ?? 0),
    structureFrame: Int32Array.from(structures, ({ source }) => source.frame),
    structureAtoms: Int32Array.from(structures, ({ numbers }) => numbers.length),
    structureSet: set.slice(),
    energy,
    force,
  };
}

/** Over all structures, whatever set they are in. */
function summarizeAll(parity: Parity): ErrorSummary {
  return summarize({ ...parity, structureSet: new Uint8Array(parity.structureSet.length) }, SETS[0]);
}

function parseUnits(text: string | undefined): Result<DatasetDefinition['units']> {
  if (text === undefined) return ok(undefined);
  const [length, energy, ...rest] = text.split(',').map((part) => part.trim());
  const lengths = unitsVocabulary.attributes.length.values;
  const energies = unitsVocabulary.attributes.energy.values;
  const known = <T extends string>(values: Record<T, string>, name: string): name is T => Object.hasOwn(values, name);
  if (rest.length === 0 && known(lengths, length) && known(energies, energy)) return ok({ length, energy });
  const message = `--units takes a length (${Object.keys(lengths).join(', ')}) and an energy (${Object.keys(energies).join(', ')}) with a comma between them.`;
  return fail({ code: 'RN014', message });
}
