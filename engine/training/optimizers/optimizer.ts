/** The interface of all optimizers. Their state is named arrays, so that a checkpoint needs to know nothing of them. */
import type { ErrorSums } from '../loss';

/** All that an optimizer remembers between updates. */
export type OptimizerState = Readonly<Record<string, Float64Array>>;

export interface Progress {
  /** Updates done so far, and those that the training has in all and per epoch. */
  readonly update: number;
  readonly updates: number;
  readonly updatesPerEpoch: number;
}

/** One batch as an optimizer sees it. */
export interface Step extends Progress {
  /** To be awaited between pieces of work; true: stop. */
  readonly pause: () => Promise<boolean>;
  /**
   * The loss of the batch at any parameters, and its gradient, regularization included, into `gradient`.
   * @returns undefined if it was stopped
   */
  readonly evaluate: (
    parameters: Float64Array,
    gradient: Float64Array,
  ) => Promise<{ readonly sums: ErrorSums; readonly loss: number } | undefined>;
}

export interface Optimizer {
  readonly state: OptimizerState;
  /** The weights to test and keep, if they are not the parameters themselves. */
  readonly average?: Float64Array;
  /** Structures of a batch, where the definition doesn't say; Infinity if it must be all of them. */
  readonly batchSize: number;
  /** Whether no update can make the loss smaller any more. */
  readonly isDone?: () => boolean;
  /** Step size, for those that have one. */
  readonly learningRate?: (progress: Progress) => number;
  /**
   * One update: changes parameters and state, or nothing if it was stopped.
   * @returns the errors of the batch before it, or of all data after it; `failed` if the method has broken down, by numbers that are none any more
   */
  readonly update: (
    parameters: Float64Array,
    batch: Int32Array,
    step: Step,
  ) => Promise<ErrorSums | 'stopped' | 'failed'>;
}
