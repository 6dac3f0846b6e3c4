/**
 * What a sample of structures is like for a potential: distances, numbers of neighbours, and of each symmetry function
 * the values that it takes. Pure but for being interruptible between structures. Å.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { BIN, chooseCutoff, LONGEST_CUTOFF, surveyDistances } from '../../engine/analysis/distances';
import { createWorkspace, evaluateAtom, prepareDescriptors } from '../../engine/descriptors/symmetry-functions';
import { imageDistance } from '../../engine/structure/cell';
import { buildNeighborList } from '../../engine/structure/neighbors';
import type { Structure } from '../../engine/structure/structure';
import type { FunctionFacts, SurveyFacts } from '../../language/check/facts';
import { expandChiral } from '../../language/definition/chirality';
import type { CutoffFunction, SignedVolume } from '../../language/definition/definition';
import { etaOfWidth } from '../../language/definition/expansion';
import { atomicNumber, symbolOf } from '../../language/elements';
import type { SurveyQuestion } from './requests';

/** Atoms of an element whose functions are evaluated. */
const EVALUATED_ATOMS = 400;
const BINS = 16;
/** Functions that correlate more say the same. */
const TWIN_CORRELATION = 0.999;

type SampleQuestion = Omit<SurveyQuestion, 'files' | 'length'>;

/** @param of how many structures the sample is taken from */
export async function surveySample(
  sample: readonly Structure[],
  of: number,
  question: SampleQuestion,
  signal: AbortSignal,
): Promise<SurveyFacts> {
  const steps = surveySteps(sample, of, question);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await breathe();
    signal.throwIfAborted();
  }
}

/** The same bit by bit: stops after each structure. */
export function* surveySteps(
  sample: readonly Structure[],
  of: number,
  { elements: known, cutoff, cutoffFunction, innerCutoff, functions }: SampleQuestion,
): Generator<undefined, SurveyFacts> {
  const present = new Set(sample.flatMap(({ numbers }) => [...new Set(numbers)]));
  const elements = [...new Set([...known, ...[...present].sort((a, b) => a - b).map(symbolOf)])];

  const plan = prepareDescriptors(functions, cutoffFunction, innerCutoff);
  const distances = surveyDistances(sample, elements, Math.max(cutoff, LONGEST_CUTOFF, plan.cutoff));
  yield;

  const counts: number[] = [];
  const columns = new Map<number, number[][]>();
  for (const [symbol, list] of Object.entries(functions))
    columns.set(
      atomicNumber(symbol) ?? 0,
      list.map(() => []),
    );
  const workspace = createWorkspace();
  const atoms = elements.map((symbol) => sample.reduce((sum, { numbers }) => sum + countOf(numbers, symbol), 0));
  const strides = new Map(
    elements.map((symbol, e) => [atomicNumber(symbol) ?? 0, Math.max(1, Math.ceil(atoms[e] / EVALUATED_ATOMS))]),
  );
  const seen = new Map<number, number>();
  for (const structure of sample) {
    const { numbers } = structure;
    const list = buildNeighborList(structure, Math.max(cutoff, plan.cutoff));
    for (let i = 0; i < numbers.length; i++) {
      let within = 0;
      for (let entry = list.offsets[i]; entry < list.offsets[i + 1] && list.distances[entry] < cutoff; entry++)
        within++;
      counts.push(within);
      const number = numbers[i];
      const own = columns.get(number);
      const turn = seen.get(number) ?? 0;
      seen.set(number, turn + 1);
      if (own === undefined || own.length === 0 || turn % (strides.get(number) ?? 1) !== 0) continue;
      evaluateAtom(plan, structure, list, i, workspace, false);
      own.forEach((column, k) => column.push(workspace.values[k]));
    }
    yield;
  }
  const handed = Object.keys(functions).filter((symbol) => functions[symbol].some(({ type }) => type === 'chiral'));
  const volumes =
    handed.length === 0 ? undefined : yield* largestVolumes(sample, handed, known, strides, cutoff, cutoffFunction);
  counts.sort((a, b) => a - b);
  const height = Math.min(...sample.map(imageDistance));
  const mean = counts.reduce((sum, n) => sum + n, 0) / Math.max(1, counts.length);
  return {
    structures: sample.length,
    of,
    elements,
    atoms,
    distances: { reach: distances.reach, bin: BIN, counts: distances.counts, nearest: distances.nearest },
    neighbors: { mean, median: counts.at(counts.length >> 1) ?? 0, maximum: counts.at(-1) ?? 0 },
    suggestedCutoff: chooseCutoff(distances, elements).cutoff,
    ...(height < Infinity && { height }),
    ...(volumes !== undefined && { volumes }),
    functions: Object.fromEntries(
      Object.keys(functions).map((symbol) => [symbol, factsOf(columns.get(atomicNumber(symbol) ?? 0) ?? [])]),
    ),
  };
}

/** Widths of the channels that are tried, as parts of the cutoff. */
const PROBED_WIDTHS = [1 / 6, 1 / 3];

/** The volume around each centre that is largest over the sample, of channels of all elements. */
function* largestVolumes(
  sample: readonly Structure[],
  centers: readonly string[],
  elements: readonly string[],
  strides: ReadonlyMap<number, number>,
  cutoff: number,
  cutoffFunction: CutoffFunction,
): Generator<undefined, NonNullable<SurveyFacts['volumes']>> {
  const etas = PROBED_WIDTHS.map((width) => Number(etaOfWidth(width * cutoff).toPrecision(3)));
  const block = { kind: 'chiral', elements: [], etas, shifts: [0], cutoff, parity: 'broken', couplings: [] } as const;
  const probes = expandChiral(block, elements);
  const functions = Object.fromEntries(
    elements.map((symbol) => [symbol, probes.filter(({ center }) => center === symbol)]),
  );
  const plan = prepareDescriptors(functions, cutoffFunction);
  const workspace = createWorkspace();
  const seen = new Map<number, number>();
  const found: Record<string, { volume: SignedVolume; strength: number }> = {};
  for (const structure of sample) {
    const list = buildNeighborList(structure, cutoff);
    structure.numbers.forEach((number, i) => {
      const symbol = symbolOf(number);
      if (!centers.includes(symbol)) return;
      const turn = seen.get(number) ?? 0;
      seen.set(number, turn + 1);
      if (turn % (strides.get(number) ?? 1) !== 0) return;
      evaluateAtom(plan, structure, list, i, workspace, false);
      functions[symbol].forEach(({ volumes: [volume] }, k) => {
        const strength = Math.abs(workspace.values[k]);
        if (!Object.hasOwn(found, symbol) || strength > found[symbol].strength) found[symbol] = { volume, strength };
      });
    });
    yield;
  }
  return found;
}

function countOf(numbers: Uint8Array, symbol: string): number {
  const number = atomicNumber(symbol);
  return numbers.reduce((sum, n) => sum + (n === number ? 1 : 0), 0);
}

/** @param columns values of each function over the same atoms */
function factsOf(columns: readonly (readonly number[])[]): FunctionFacts[] {
  const standard = columns.map(standardize);
  return columns.map((column, k) => {
    // Of an element that the sample lacks nothing is known; nothing varies either.
    if (column.length === 0) return { minimum: 0, mean: 0, maximum: 0, histogram: [] };
    const minimum = Math.min(...column);
    const maximum = Math.max(...column);
    const histogram = new Array<number>(BINS).fill(0);
    for (const value of column)
      histogram[Math.min(BINS - 1, Math.floor((BINS * (value - minimum)) / (maximum - minimum || 1)))]++;
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const twin = twinOf(standard, k);
    return { minimum, mean, maximum, histogram, ...(twin !== undefined && { twin }) };
  });
}

function twinOf(standard: readonly (readonly number[] | undefined)[], k: number): FunctionFacts['twin'] {
  const own = standard[k];
  if (own === undefined) return undefined;
  let twin: FunctionFacts['twin'];
  for (let other = 0; other < k; other++) {
    const column = standard[other];
    if (column === undefined) continue;
    const correlation = own.reduce((sum, value, i) => sum + value * column[i], 0);
    if (Math.abs(correlation) > Math.max(TWIN_CORRELATION, Math.abs(twin?.correlation ?? 0)))
      twin = { index: other, correlation };
  }
  return twin;
}

/** Of fewer atoms functions are alike by chance. */
const FEWEST_ATOMS = 50;

/** Mean 0 and square sum 1; undefined for what is constant, or too short to tell. */
function standardize(column: readonly number[]): readonly number[] | undefined {
  if (column.length < FEWEST_ATOMS) return undefined;
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const square = column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (!(square > (1e-10 * mean) ** 2 * column.length)) return undefined;
  return column.map((value) => (value - mean) / Math.sqrt(square));
}
