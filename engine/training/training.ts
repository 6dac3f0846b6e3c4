/**
 * What a training is: its setup, the state that changes while it goes on, and all that is prepared once. eV, Å.
 *
 * The same setup and seed give the same weights, bit for bit, whatever the number of threads, also when the state was
 * serialized and restored in between: order and initial weights come from random streams that are named by what they
 * are for, sums run in a fixed order, and the state changes only between batches.
 */
import type {
  FinishDefinition,
  OptimizerDefinition,
  PotentialDefinition,
  TrainDefinition,
} from '../../language/definition/definition';
import type { Problem as Failure } from '../../protocol/result';
import type { SetName } from '../../protocol/parity';
import type { EpochEvent } from '../../protocol/run';
import type { LabelledStructure } from '../structure/structure';
import type { Backend, BackendProvider } from './backend';
import type { PreparedDescriptors } from './data';
import type { ErrorSums, Loss, Problem } from './loss';
import type { Baseline, Identifiability } from './offset';
import type { Optimizer } from './optimizers/optimizer';

export interface TrainingSetup {
  readonly potential: PotentialDefinition;
  readonly options: TrainDefinition['options'];
  readonly optimizer: OptimizerDefinition;
  readonly finish?: FinishDefinition;
  /** Config_types whose errors count more or less than others in the loss. */
  readonly configTypes?: TrainDefinition['configTypes'];
  /** Hash of the procedure: a state is restored only into a training of the same potential and procedure. */
  readonly procedure: string;
  readonly structures: readonly LabelledStructure[];
  /** Index into SETS of each structure. */
  readonly set: Uint8Array;
  /** Energies of isolated atoms in eV by symbol, to stay near to where the data leave the offset undetermined; else 0. */
  readonly references?: Readonly<Record<string, number>>;
  /** Whether the offset follows the gradient like the weights (the default), or is solved for after each epoch. */
  readonly offsetRefinement?: 'joint' | 'exact';
  /** What computes the loss; the reference if absent. */
  readonly backend?: BackendProvider;
  /** Bytes that derivatives may take; what doesn't fit is computed again in each epoch. */
  readonly memoryBudget?: number;
}

/** How the caller takes part. */
export interface Hooks {
  /** Awaited between pieces of work; true: stop. The state may be serialized in it. */
  readonly pause?: () => Promise<boolean>;
  /** Of a stage: `descriptors`, `epoch` (structures of the present one), `predict`. */
  readonly progress?: (stage: string, done: number, total: number) => void;
  /** Something worth telling people, before it happens. */
  readonly log?: (message: string) => void;
}

/** All that changes while training goes on. Plain data. */
export interface TrainingState {
  /** Finished epochs. */
  epoch: number;
  /** 0 with the optimizer, 1 with that of the finish, and the epoch with which it began. */
  stage: number;
  since: number;
  /** Finished batches of the present epoch, and of all. */
  batch: number;
  updates: number;
  /** Seconds of work. */
  elapsed: number;
  /** Errors met in the present epoch. */
  sums: ErrorSums;
  readonly parameters: Float64Array;
  /** The weights with the smallest validation loss so far, after so many epochs; absent without validation labels. */
  best: { readonly epoch: number; readonly loss: number; readonly parameters: Float64Array } | undefined;
}

export interface LabelCounts {
  readonly structures: number;
  /** Structures that have an energy. */
  readonly energies: number;
  /** Force components. */
  readonly forces: number;
  /** Components of stresses: six of each that is fitted. */
  readonly stresses: number;
}

/** All that is made once, before there are weights. */
export interface Prepared {
  readonly setup: TrainingSetup;
  readonly descriptors: PreparedDescriptors;
  readonly problem: Problem;
  readonly backend: Backend;
  readonly baseline: Baseline;
  readonly labels: Readonly<Record<SetName, LabelCounts>>;
  readonly identifiability: Identifiability;
  /** What people should know of the data. */
  readonly warnings: readonly Failure[];
  /** Per structure: what predictions have in addition to the model. */
  readonly fixed: readonly { readonly energy: number; readonly forces: Float64Array | undefined }[];
  /** Of each set the indices of the structures that have labels. */
  readonly members: Readonly<Record<SetName, Int32Array>>;
}

export interface Training extends Prepared {
  readonly state: TrainingState;
  /** The optimizer, and that of the finish. */
  readonly stages: readonly { readonly optimizer: Optimizer; readonly epochs: number }[];
}

/** An epoch as it is told (protocol/run.ts), and whether it is the best. */
export type EpochReport = Omit<EpochEvent, 't' | 'type'> & {
  readonly shares: Loss['shares'];
  /** These weights are the best so far. */
  readonly improved: boolean;
};
