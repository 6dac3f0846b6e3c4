/** What optimizers that take all data at once know of the loss at the present parameters, from one update to the next. */
import { readSums, SUMS, type ErrorSums } from '../loss';
import type { OptimizerState, Step } from './optimizer';

/** What an evaluation tells. */
export interface Evaluated {
  readonly loss: number;
  readonly gradient: Float64Array;
  readonly sums: ErrorSums;
}

export interface Point {
  readonly state: OptimizerState;
  readonly gradient: Float64Array;
  readonly loss: () => number;
  readonly sums: () => ErrorSums;
  readonly note: (evaluated: Evaluated) => void;
  /** Evaluates if nothing is known yet. */
  readonly find: (parameters: Float64Array, step: Step) => Promise<'known' | 'stopped' | 'failed'>;
}

/** @param count of parameters */
export function createPoint(count: number): Point {
  const gradient = new Float64Array(count);
  /** Whether it is known; loss; errors. */
  const point = new Float64Array(2 + SUMS.length);
  const note = ({ loss, gradient: found, sums }: Evaluated): void => {
    gradient.set(found);
    point.set([1, loss, ...SUMS.map((name) => sums[name])]);
  };
  return {
    state: { gradient, point },
    gradient,
    loss: () => point[1],
    sums: () => readSums(point.subarray(2)),
    note,
    async find(parameters, step) {
      if (point[0] === 1) return 'known';
      const evaluated = await evaluateAt(parameters, step);
      if (evaluated === undefined) return 'stopped';
      if (!Number.isFinite(evaluated.loss)) return 'failed';
      note(evaluated);
      return 'known';
    },
  };
}

/** Loss and gradient in an array of its own; undefined if it was stopped. */
export async function evaluateAt(parameters: Float64Array, { evaluate }: Step): Promise<Evaluated | undefined> {
  const gradient = new Float64Array(parameters.length);
  const evaluated = await evaluate(parameters, gradient);
  return evaluated === undefined ? undefined : { ...evaluated, gradient };
}
