/** The labelled structures of a dataset block, held against the elements of a potential. */
import { symbolOf } from '../../language/elements';
import type { DatasetDefinition } from '../../language/definition/definition';
import { fail } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import { loadDataset } from '../formats/dataset';
import type { LoadedDataset } from '../formats/dataset';
import { openFrames } from '../formats/frames';
import type { Structure } from '../structure/structure';
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
