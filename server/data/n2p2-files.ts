/**
 * What is written beside an `input.nn` on demand: scaling.data, as nnp-scaling computes it, and the division of input.data into
 * sets. In the worker: both read all structures, one after the other.
 */
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addSample, createStatistics } from '../../engine/descriptors/scaling';
import { createWorkspace, evaluateAtom, prepareDescriptors } from '../../engine/descriptors/symmetry-functions';
import { openFrames } from '../../engine/formats/frames';
import { splitRandomly } from '../../engine/formats/splits';
import { buildNeighborList } from '../../engine/structure/neighbors';
import { atomicNumber } from '../../language/elements';
import { describe } from '../../protocol/result';
import type { SetEdit, SplitQuestion, SurveyQuestion } from './requests';

/**
 * The text of scaling.data: `element function min max mean sigma` over all atoms of the files, functions in the order of the
 * question, which is that of n2p2.
 * @throws Error with what can't be read
 */
export async function scalingOf(
  { files, elements, functions, cutoffFunction, innerCutoff }: SurveyQuestion,
  signal: AbortSignal,
): Promise<string> {
  const plan = prepareDescriptors(functions, cutoffFunction, innerCutoff);
  const workspace = createWorkspace();
  const statistics = elements.map((symbol) => createStatistics(functions[symbol].length));
  const indices = new Map(elements.map((symbol, e) => [atomicNumber(symbol) ?? 0, e]));
  for (const file of files) {
    const opened = await openFrames(file, { signal });
    if (!opened.ok) throw new Error(opened.problems.map(describe).join('\n'));
    try {
      const problems = await opened.value.readAll((frame) => {
        const list = buildNeighborList(frame, plan.cutoff);
        frame.numbers.forEach((number, i) => {
          const e = indices.get(number);
          if (e === undefined) throw new Error(`${file} has elements that input.nn does not list.`);
          evaluateAtom(plan, frame, list, i, workspace, false);
          addSample(statistics[e], workspace.values.subarray(0, statistics[e].mean.length));
        });
      }, signal);
      if (problems.length > 0) throw new Error(problems.map(describe).join('\n'));
    } finally {
      await opened.value.dispose();
    }
  }
  const rows = statistics.flatMap(({ count, minimum, maximum, mean, squares }, e) => {
    if (count === 0) throw new Error(`The data have no ${elements[e]}: nothing is known of its symmetry functions.`);
    return Array.from(mean, (average, s) => {
      const sigma = count > 1 ? Math.sqrt(squares[s] / (count - 1)) : 0;
      return [e + 1, s + 1, ...[minimum[s], maximum[s], average, sigma].map((x) => x.toExponential(16))].join(' ');
    });
  });
  return ['# Symmetry function scaling data, by nearsight', '# element function min max mean sigma', ...rows, ''].join(
    '\n',
  );
}

/** Writes it beside the data; what stood there is `scaling.data.old` from now on. */
export async function writeScaling(question: SurveyQuestion, signal: AbortSignal): Promise<{ readonly rows: number }> {
  const text = await scalingOf(question, signal);
  const file = path.join(path.dirname(question.files[0]), 'scaling.data');
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (isThere) await rename(file, `${file}.old`);
  await writeFile(file, text);
  return { rows: Object.values(question.functions).reduce((sum, own) => sum + own.length, 0) };
}

/** Larger files no editor takes edits of. */
const MAXIMUM_BYTES = 32 * 2 ** 20;

/** The edits that write `set=train` or `set=test` behind each `begin` that says neither. */
export async function labelSets({ file, fraction, seed }: SplitQuestion): Promise<readonly SetEdit[]> {
  if ((await stat(file)).size > MAXIMUM_BYTES) throw new Error(`${file} is too large to be edited: more than 32 MB.`);
  const begins = (await readFile(file, 'utf8')).split('\n').flatMap((line, number) => {
    const match = /^\s*begin(?=\s|$)/.exec(line);
    return match === null ? [] : [{ line: number, character: match[0].length, isSet: /\bset=/.test(line) }];
  });
  const sets = splitRandomly(begins.length, [[1, fraction]], seed);
  return begins.flatMap(({ line, character, isSet }, k) =>
    isSet ? [] : [{ line, character, text: sets[k] === 0 ? ' set=train' : ' set=test' }],
  );
}
