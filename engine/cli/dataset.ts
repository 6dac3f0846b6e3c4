/** The labelled structures of a dataset block, held against the elements of a potential and against what it was trained on. */
import { symbolOf } from '../../language/elements';
import type { DatasetDefinition } from '../../language/definition/definition';
import { canonical } from '../../language/definition/identity';
import { dataset as vocabulary } from '../../language/schema/blocks/dataset';
import { SETS } from '../../protocol/parity';
import { fail } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import { describeFinding, reportData } from '../analysis/data-report';
import { loadDataset } from '../formats/dataset';
import type { LoadedDataset } from '../formats/dataset';
import { openFrames } from '../formats/frames';
import type { PotentialFile } from '../potentials/potential-file';
import type { LabelledStructure, Structure } from '../structure/structure';
import type { Output } from './output';

/**
 * Reads with progress. Expected failures: what the files have wrong, and elements that the potential doesn't have.
 * @param seed of the split
 */
export async function readDataset(
  dataset: DatasetDefinition,
  folder: string,
  elements: readonly string[],
  seed: number,
  output: Output,
): Promise<Result<LoadedDataset>> {
  const started = performance.now();
  const onProgress = (done: number, total: number): void => {
    const seconds = (performance.now() - started) / 1000;
    if (seconds < 1) return;
    const remaining = done > 0 ? (seconds / done) * (total - done) : undefined;
    output.event({ t: Date.now(), type: 'progress', stage: 'reading data', done, total, remaining });
  };
  const loaded = await loadDataset(dataset, folder, onProgress, undefined, seed);
  if (!loaded.ok) return loaded;
  const problem = await findUnknownElement(loaded.value.structures, elements, (s) => loaded.value.structures[s].source);
  return problem === undefined ? loaded : fail(problem);
}

/** A dataset of these files and nothing else said. */
export function datasetOfFiles(
  name: string,
  files: readonly string[],
  units: DatasetDefinition['units'],
): DatasetDefinition {
  const nowhere = { start: 0, end: 0 };
  const { energy, forces, stress, stress_sign, split_by, validation } = vocabulary.attributes;
  return {
    name,
    span: nowhere,
    nameSpan: nowhere,
    options: {
      files,
      energy: energy.default,
      forces: forces.default,
      stress: stress.default,
      stress_sign: stress_sign.default,
      test: 0,
      validation: validation.default,
      test_files: undefined,
      validation_files: undefined,
      exclude: undefined,
      split_by: split_by.default,
    },
    units,
  };
}

/** How a dataset is split, as the provenance of a potential keeps it. */
export function describeSplit({ options }: DatasetDefinition): string {
  const { test, validation, split_by, test_files, validation_files } = options;
  return canonical({ test, validation, split_by, test_files, validation_files });
}

/**
 * The sets that the structures of a dataset are to a potential. Only its own training data split as in the training have those
 * of the split. What it was not trained on is a test, whatever the dataset says; of what it was trained on with another
 * split nobody knows what was a test then, so it counts as training.
 */
export function setsFor(
  { provenance }: PotentialFile,
  dataset: DatasetDefinition,
  { structures, set, files }: LoadedDataset,
): { readonly set: Uint8Array; readonly warnings: readonly Problem[] } {
  const test = SETS.indexOf('test');
  const { data, split } = provenance;
  const { split_by } = dataset.options;
  if (!Array.isArray(data)) {
    // An imported potential: the data themselves may say what they were to it.
    const isSaid = typeof split_by === 'object' || split_by === 'file';
    return { set: isSaid ? set : set.map(() => test), warnings: [] };
  }
  const known = new Set(data);
  const trained = new Set(files.filter(({ sha256 }) => known.has(sha256)).map(({ file }) => file));
  const isSame = typeof split !== 'string' || split === describeSplit(dataset);
  const isAll = files.every(({ file }) => trained.has(file)) && files.length === data.length / 2;
  const sets = set.map((own, s) => (!trained.has(structures[s].source.file) ? test : isSame && isAll ? own : 0));
  if (trained.size === 0 || (isSame && isAll)) return { set: sets, warnings: [] };
  const count = sets.filter((one) => one === 0).length;
  const message = `The potential was trained on files of this dataset, but with another split: their ${count} structures count as training.`;
  return { set: sets, warnings: [{ code: 'RN020', message }] };
}

/** The first structure with an element that is not among `elements`, as a problem at the line where its frame begins. */
export async function findUnknownElement(
  structures: readonly Structure[],
  elements: readonly string[],
  sourceOf: (structure: number) => { readonly file: string; readonly frame: number },
): Promise<Problem | undefined> {
  const known = new Set(elements);
  for (const [s, { numbers }] of structures.entries()) {
    const unknown = numbers.find((number) => !known.has(symbolOf(number)));
    if (unknown === undefined) continue;
    const { file, frame } = sourceOf(s);
    const frames = await openFrames(file);
    const line = frames.ok ? frames.value.line(frame) : undefined;
    const message = `Frame ${frame} has ${symbolOf(unknown)}, which the potential doesn't know: add it to elements and train again.`;
    return { code: 'PD0202', message, place: { file, line, column: line === undefined ? undefined : 1 } };
  }
  return undefined;
}

/** Beyond so many atoms a job does not look at its data: it would not begin in good time. */
const MAXIMUM_ATOMS = 300_000;
/** What a job tells of its data before it works with them. */
export function inspectForJob(structures: readonly LabelledStructure[], set: Uint8Array): Problem[] {
  const atoms = structures.reduce((sum, { numbers }) => sum + numbers.length, 0);
  if (atoms > MAXIMUM_ATOMS) {
    const message = `The data were not looked through for duplicates, contradictions, outliers and leaks: that many atoms (${atoms}) take minutes. \`nearsight inspect\` does it.`;
    return [{ code: 'RN021', message }];
  }
  return reportData(structures, set).findings.map((finding) => ({
    code: finding.code,
    message: describeFinding(finding, structures),
  }));
}
