/**
 * A checked file: what server, engine and command line work with. All numbers are in internal units (Å, eV, fs, amu, K,
 * rad), every default is filled in, every name refers to something. Plain data.
 */
import type { Span } from '../syntax/tree';
import type { OptionsOf, OptionsOfVariant } from '../schema/types';
import type { dataset, units } from '../schema/blocks/dataset';
import type { ensemble, md, output } from '../schema/blocks/dynamics';
import type { explore, oracle } from '../schema/blocks/exploration';
import type { committee, network, potential } from '../schema/blocks/potential';
import type { rate, recrossing, windows } from '../schema/blocks/rate';
import type { configType, evaluate, optimizer, train } from '../schema/blocks/training';
import type { coordinate, series, umbrella } from '../schema/blocks/umbrella';

export type CutoffFunction = OptionsOf<typeof potential>['cutoff_function'];
export type ScalingMode = OptionsOf<typeof potential>['scaling'];
export type Activation = OptionsOf<typeof network>['activation'];

interface SymmetryFunctionBase {
  /** Symbol of the central atom's element. */
  readonly center: string;
  /** Å^-2 */
  readonly eta: number;
  /** r_s in Å */
  readonly shift: number;
  /** r_c in Å */
  readonly cutoff: number;
}
/** A symmetry function of Behler's, numbered as n2p2 numbers the types (2 radial, 3 angular narrow, 9 angular wide). */
export type BehlerFunction =
  | (SymmetryFunctionBase & { readonly type: 2; readonly neighbor: string })
  | (SymmetryFunctionBase & {
      readonly type: 3 | 9;
      /** In order of atomic number. */
      readonly neighbors: readonly [string, string];
      readonly lambda: number;
      readonly zeta: number;
    });

/** Unit vectors to the neighbours of one element, summed with the weights exp(−η(r − r_s)²) f_c(r). */
export interface ChiralChannel {
  readonly neighbor: string;
  /** Å^-2 */
  readonly eta: number;
  /** r_s in Å */
  readonly shift: number;
}
/** Three different channels in order (chirality.ts): their vectors span the signed volume χ. */
export type SignedVolume = readonly [ChiralChannel, ChiralChannel, ChiralChannel];
/** What weights the product of the signed volumes of two atoms: exp(−η(r − r_s)²) f_c(r; range) of their distance. */
export interface ChiralCoupling {
  /** Å */
  readonly range: number;
  /** Å^-2 */
  readonly eta: number;
  /** r_s in Å */
  readonly shift: number;
}
/** A product of two signed volumes (or, where parity is broken, one alone), which n2p2 does not have. */
export interface ChiralFunction {
  readonly type: 'chiral';
  /** Symbol of the central atom's element. */
  readonly center: string;
  /** r_c of the channels in Å; a coupled function reaches farther (`reachOf`). */
  readonly cutoff: number;
  readonly volumes: readonly [SignedVolume] | readonly [SignedVolume, SignedVolume];
  /** The second volume is that of other atoms of the centre's element, summed; absent: of the same atom. */
  readonly coupling?: ChiralCoupling;
}

export type SymmetryFunction = BehlerFunction | ChiralFunction;

export interface Named {
  readonly name: string;
  /** Of the whole block. */
  readonly span: Span;
  readonly nameSpan: Span;
}

export interface NetworkShape {
  readonly hidden: readonly number[];
  readonly activation: Activation;
}

export interface LennardJones {
  readonly kind: 'lennard_jones';
  /** eV */
  readonly epsilon: number;
  /** Å */
  readonly sigma: number;
}

/**
 * What a potential without descriptor blocks leaves to the data that it is trained on: its symmetry functions, and what
 * else its text does not say. Until they are chosen there are no symmetry functions, and defaults stand for the rest.
 */
export interface Automatic {
  readonly cutoff: boolean;
  /** Elements whose hidden layers are not written. */
  readonly hidden: readonly string[];
}

/** Repulsion of the nuclei (engine/potentials/zbl.ts). */
export interface Zbl {
  readonly kind: 'zbl';
  /** Every unordered pair of elements, in order of atomic number; where the repulsion begins to fall and where it ends, Å. */
  readonly pairs: readonly {
    readonly elements: readonly [string, string];
    readonly inner: number;
    readonly outer: number;
  }[];
}

/** Units of files that have none of their own. */
export type FileUnits = OptionsOf<typeof units>;

export interface PotentialDefinition extends Named {
  /**
   * With `load` the potential lies ready in a folder: the other options are defaults, what follows is empty, and so are
   * `elements` where nobody could look into the folder.
   */
  readonly options: OptionsOf<typeof potential>;
  /** Of the folder's files, if the text says so. */
  readonly units: FileUnits | undefined;
  /** Sorted by atomic number: the order of everything that is per element. */
  readonly elements: readonly string[];
  /** Defined for a potential whose symmetry functions the data decide (engine/training/automatic.ts). */
  readonly automatic: Automatic | undefined;
  /** Per element, expanded and in n2p2's order; empty for a potential of pair terms alone, and while they are automatic. */
  readonly symmetryFunctions: Readonly<Record<string, readonly SymmetryFunction[]>>;
  /** Per element; undefined for a potential of pair terms alone. */
  readonly networks: Readonly<Record<string, NetworkShape>> | undefined;
  /** Of how many networks on which part of the data it is; absent for one on all. */
  readonly committee?: OptionsOf<typeof committee>;
  readonly pairs: readonly LennardJones[];
  readonly prior: Zbl | undefined;
  /**
   * SHA-256 (hex) of what weights are bound to: elements, cutoff and its function, scaling mode, symmetry functions,
   * network shapes, committee, pair terms, prior. Independent of spelling, order, units and comments. Of a loaded potential it is the
   * hash of path and units: what it is, the folder alone knows. Of an automatic one it is that of what is written:
   * weights are bound to what is then chosen.
   */
  readonly identity: string;
}

export interface DatasetDefinition extends Named {
  readonly options: OptionsOf<typeof dataset>;
  /** Defined if the file says so. */
  readonly units: FileUnits | undefined;
}

type OptimizerKind = (typeof optimizer)['label']['variants'][number];
export type OptimizerOptions<K extends OptimizerKind> = OptionsOfVariant<typeof optimizer, K>;
export type OptimizerDefinition = {
  readonly [K in OptimizerKind]: { readonly kind: K; readonly options: OptimizerOptions<K> };
}[OptimizerKind];

export interface FinishDefinition {
  readonly optimizer: OptimizerDefinition;
  readonly epochs: number;
}

export interface TrainDefinition extends Named {
  readonly kind: 'train';
  readonly options: OptionsOf<typeof train>;
  readonly optimizer: OptimizerDefinition;
  /** What goes on from the weights of the optimizer. */
  readonly finish: FinishDefinition | undefined;
  /** What the weights of the loss are multiplied by for structures of these config_types, in file order. */
  readonly configTypes: readonly (OptionsOf<typeof configType> & { readonly name: string })[];
  /** SHA-256 (hex) of everything about the procedure that is not in the potential's identity. */
  readonly procedure: string;
}
export interface EvaluateDefinition extends Named {
  readonly kind: 'evaluate';
  readonly options: OptionsOf<typeof evaluate>;
}
type EnsembleKind = (typeof ensemble)['label']['variants'][number];
export type EnsembleDefinition = {
  readonly [K in EnsembleKind]: { readonly kind: K; readonly initial_temperature: number } & OptionsOfVariant<
    typeof ensemble,
    K
  >;
}[EnsembleKind];

export interface MdDefinition extends Named {
  readonly kind: 'md';
  readonly options: OptionsOf<typeof md>;
  readonly ensemble: EnsembleDefinition;
  /** Of elements whose mass is not the standard one, amu by symbol. */
  readonly masses: Readonly<Partial<Record<string, number>>>;
  readonly output: OptionsOf<typeof output>;
}

export interface OracleDefinition extends Named {
  readonly options: Omit<OptionsOf<typeof oracle>, 'potential' | 'command'>;
  readonly answers:
    | { readonly kind: 'potential'; readonly potential: string }
    | { readonly kind: 'command'; readonly command: readonly string[] };
}
export interface ExploreDefinition extends Named {
  readonly kind: 'explore';
  /** With the potential of the training. */
  readonly options: Omit<OptionsOf<typeof explore>, 'train' | 'oracle'> & { readonly potential: string };
  readonly train: TrainDefinition;
  readonly oracle: OracleDefinition;
  readonly ensemble: EnsembleDefinition;
}

export type CoordinateKind = (typeof coordinate)['label']['variants'][number];
/** Atoms from 0; centres in ascending order; the force constant is that of ½ κ (ξ − ξ_k)². */
export type CoordinateDefinition = {
  readonly [K in CoordinateKind]: { readonly kind: K } & OptionsOfVariant<typeof coordinate, K>;
}[CoordinateKind];

export interface UmbrellaDefinition extends Named {
  readonly kind: 'umbrella';
  readonly options: OptionsOf<typeof umbrella>;
  readonly ensemble: Extract<EnsembleDefinition, { kind: 'langevin' | 'csvr' }>;
  /** As of `md`. */
  readonly masses: MdDefinition['masses'];
  readonly coordinate: CoordinateDefinition;
  readonly output: OptionsOf<typeof series>;
}
/** Of the newest finished run of an umbrella sampling, or of windows that another program has sampled. */
export interface RateDefinition extends Named {
  readonly kind: 'rate';
  readonly options: Omit<OptionsOf<typeof rate>, 'umbrella'>;
  readonly source:
    | { readonly kind: 'umbrella'; readonly umbrella: string }
    | ({ readonly kind: 'windows' } & OptionsOf<typeof windows>);
  /** Undefined: transition-state theory alone. */
  readonly recrossing: OptionsOf<typeof recrossing> | undefined;
}
export type ActionDefinition =
  TrainDefinition | EvaluateDefinition | MdDefinition | UmbrellaDefinition | RateDefinition | ExploreDefinition;

export interface Definition {
  readonly potentials: ReadonlyMap<string, PotentialDefinition>;
  readonly datasets: ReadonlyMap<string, DatasetDefinition>;
  readonly oracles: ReadonlyMap<string, OracleDefinition>;
  /** In file order. Names are unique among all actions of one kind. */
  readonly actions: readonly ActionDefinition[];
}
