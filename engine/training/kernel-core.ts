/** What the parts of the backend `native` share: the structures and calls of training.c, and what it lends its filter and its Gauss–Newton equations. */
import type { ErrorSums, LossFactors } from './loss';
import { BLOCK_BYTES, type Segment } from './tile-blocks';
import type { Workshop } from './workshop';

/** Bytes of the structures, in the order of `struct_size` in training.c. */
export const SIZES = {
  ...{ network: 56, list: 8, sample: 80, matching: 136 },
  ...{ block: BLOCK_BYTES, filter: 48, normal: 48 },
} as const;

export const RUN = {
  ...{ match: 0, reduce: 1 },
  ...{ multiply: 2, factorize: 3, solve: 4, update: 5 },
  ...{ normalAdd: 6, normalCopy: 7, normalPivot: 8, normalColumn: 9, normalReduce: 10, normalSolve: 11 },
} as const;
export const MAKE = { nothing: 0, gradient: 1, rows: 2, sketch: 3 } as const;

/** What a batch is made into. */
export interface Wanted {
  readonly make: (typeof MAKE)[keyof typeof MAKE];
  readonly factors: LossFactors;
  readonly energyScales: Float64Array;
  readonly forceScales: Float64Array;
  readonly stressScales: Float64Array;
  /** Rows that the caller adds behind those of the errors. */
  readonly added: number;
  /** Of the signs of a sketch. */
  readonly seed?: number;
  /** Of the structures that a thread takes at a time. */
  readonly atoms?: number;
}

/** Where what a batch was made into lies. */
export interface Matched {
  readonly rows: number;
  readonly totals: number;
  readonly residuals: number;
  readonly scratch: readonly number[];
}

/** What the filter and the Gauss–Newton equations need of the backend; vectors are padded, as `segments` says, to `stride` numbers. */
export interface Core {
  readonly workshop: Workshop;
  readonly segments: readonly Segment[];
  readonly stride: number;
  readonly parametersAt: number;
  readonly pack: (from: Float64Array, address: number) => void;
  readonly unpack: (address: number, write: (at: number, value: number) => void) => void;
  readonly cut: (batch: Int32Array, atoms?: number) => Int32Array;
  readonly match: (parameters: Float64Array, batch: Int32Array, wanted: Wanted, sums: ErrorSums) => Matched;
}
