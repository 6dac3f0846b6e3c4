/**
 * How a job computes: by the compiled kernels, on as many threads as pay; by the reference where the kernels can't.
 * Threads belong to the machine and are an option of the command; no result depends on them.
 */
import { availableParallelism } from 'node:os';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { Evaluator, findObstacle } from '../kernels/evaluator';
import type { Precision } from '../kernels/module';
import { createNeuralPotential } from '../potentials/neural';
import type { Potential } from '../potentials/potential';
import { potentialFromFile, type PotentialFile } from '../potentials/potential-file';
import type { Job } from './job';

export const THREADS_OPTION = [
  '--threads <number>',
  'threads to compute with; all cores if absent, fewer for few atoms',
] as const;

/** As the command line has them. */
export interface ComputeOptions {
  readonly threads?: string;
}

/** Each has its own memory, and the kernels share 4 GB. */
const MAXIMUM_THREADS = 256;
/** Fewer atoms a thread are not worth waking it. */
const ATOMS_PER_THREAD = 64;
/** More are not compared with the ranges of the training. */
const RANGED_ATOMS = 100_000;

/** undefined: as many as pay. */
export function parseThreads(text: string | undefined): Result<number | undefined> {
  if (text === undefined) return ok(undefined);
  const threads = Number(text);
  return /^\d+$/.test(text) && threads >= 1 && threads <= MAXIMUM_THREADS
    ? ok(threads)
    : fail({ code: 'RN014', message: `--threads takes a whole number from 1 to ${MAXIMUM_THREADS}, not ${text}.` });
}

export interface Computation {
  readonly potential: Potential;
  /** What it is computed with: the reference has one thread and double precision. */
  readonly threads: number;
  readonly precision: Precision;
  readonly warnings: readonly Problem[];
  /** Ends its threads. */
  dispose(): void;
}

interface ComputingOptions {
  readonly threads: number | undefined;
  readonly precision?: Precision;
  /** Å that the neighbour list reaches beyond the cutoff: 0 if no structure is near the one before. */
  readonly skin?: number;
  /** Of the largest structure. */
  readonly atoms: number;
  /** Tell how far atoms are outside of the training; of very many atoms not, as that takes memory. */
  readonly extrapolation?: boolean;
}

/** Computes with a potential as a stage of a job, which is told what speaks against it. */
export async function computing<T>(
  { threads, warn }: Pick<Job, 'threads' | 'warn'>,
  file: PotentialFile,
  options: Omit<ComputingOptions, 'threads'>,
  use: (computation: Computation) => Promise<T>,
): Promise<T> {
  const computation = startComputing(file, { ...options, threads });
  warn(computation.warnings);
  try {
    return await use(computation);
  } finally {
    computation.dispose();
  }
}

/** The potential of a valid file. */
export function startComputing(file: PotentialFile, options: ComputingOptions): Computation {
  const { precision = 'f64', skin = 0, atoms } = options;
  const worthwhile = Math.max(1, Math.min(availableParallelism(), Math.floor(atoms / ATOMS_PER_THREAD)));
  const threads = options.threads ?? worthwhile;
  const warnings: Problem[] = [];
  const evaluators: Evaluator[] = [];
  const potential = potentialFromFile(file, (neural) => {
    const obstacle = findObstacle(neural);
    if (obstacle === undefined) {
      // The members of a committee have the same symmetry functions.
      const extrapolation = options.extrapolation === true && evaluators.length === 0 && atoms <= RANGED_ATOMS;
      const evaluator = new Evaluator(neural, { precision, threads, skin, extrapolation });
      evaluators.push(evaluator);
      return evaluator;
    }
    const message = `The fast kernels can't compute this potential: ${obstacle}. The reference does it, in double precision and many times slower.`;
    if (warnings.length === 0) warnings.push({ code: 'RN017', message });
    return createNeuralPotential(neural.elements, neural.cutoffFunction, neural.innerCutoff);
  });
  return {
    potential,
    threads: evaluators.length === 0 ? 1 : threads,
    precision: evaluators.length === 0 ? 'f64' : precision,
    warnings,
    dispose: () => evaluators.forEach((evaluator) => evaluator.dispose()),
  };
}
