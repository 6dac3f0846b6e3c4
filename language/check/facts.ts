/**
 * What is known of data files, as the diagnostics and features work with it: plain data. Somebody else looks into the files
 * (server/data), later than one types; until then nothing is known, and nothing is said.
 */
import type { CutoffFunction, SignedVolume, SymmetryFunction } from '../definition/definition';

/** How many frames something is true of; which, of one file alone if they are few. */
export interface FlaggedFrames {
  readonly count: number;
  readonly frames?: readonly number[];
}

/** What a look over whole files finds, of all of them together. */
export interface DataFacts {
  /** Those that can be read. */
  readonly frames: number;
  readonly atoms: { readonly minimum: number; readonly maximum: number; readonly total: number };
  /** Symbols, with the number of frames that have them. */
  readonly elements: Readonly<Record<string, number>>;
  /** How many different numbers of atoms of each element frames have; of one file alone, and absent of too many. */
  readonly compositions?: number;
  /** Of a format in whose files numbers may be in any units: a `units` block says in which. Of several, if all are. */
  readonly unitless?: boolean;
  /** Frames with an atom so far from the origin that positions are coarse, if there are any. */
  readonly far?: number;
  /** Per-frame keys and per-atom columns, with the number of frames that have them. */
  readonly keys: Readonly<Record<string, number>>;
  readonly columns: Readonly<Record<string, number>>;
  /** Of keys that hold a few words: the frames of each. */
  readonly words: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Periodic frames whose total charge is not 0. */
  readonly charged?: number;
  /** Frames whose energy and free_energy are not the same, if there are any. */
  readonly differing?: number;
  /** Frames in which some atoms, not all, have forces of exactly zero, if there are any. */
  readonly frozen?: FlaggedFrames;
  /** Frames that say that their calculation did not converge, if there are any. */
  readonly unconverged?: FlaggedFrames;
  /** The unit in which all energies are those of all electrons of the atoms, if there is one. */
  readonly energyUnit?: 'eV' | 'hartree' | 'kcal/mol' | 'kJ/mol';
  /**
   * −ΔE in units of F · Δr between successive frames of one file, where the two go together: 1 if units fit. How many pairs
   * of frames tell it, and of how many atoms, if all are of the same.
   */
  readonly work?: { readonly ratio: number; readonly pairs: number; readonly atoms?: number };
  /** What is wrong with frames that can't be read: the first few, and how many more. */
  readonly problems?: readonly {
    readonly code: string;
    readonly message: string;
    readonly place?: { readonly file: string; readonly line?: number };
  }[];
  /** Smallest distances between opposite faces of the cells along a, b, c, Å; null where they are not periodic. */
  readonly heights?: readonly (number | null)[];
  /** Of elements with structures of one atom how far it is from its own images at least, Å; null without any. */
  readonly isolated?: Readonly<Record<string, number | null>>;
  /** What an atom of each element has of the energies, by least squares, in the file's unit; of one file alone. */
  readonly atomEnergies?: Readonly<Record<string, number>>;
  /** Which key `auto` takes. */
  readonly energyKey?: string;
  readonly forcesKey?: string;
}

/** One symmetry function over a sample of the data. */
export interface FunctionFacts {
  readonly minimum: number;
  readonly mean: number;
  readonly maximum: number;
  /** Atoms in bins of equal width from minimum to maximum. */
  readonly histogram: readonly number[];
  /** An earlier function of the same centre that says the same: its index, and the correlation with it. */
  readonly twin?: { readonly index: number; readonly correlation: number };
}

/** A sample of the structures of a dataset, seen by a potential. Lengths are in Å (of an `input.nn` in its own unit). */
export interface SurveyFacts {
  /** Structures that were looked at, of how many. */
  readonly structures: number;
  readonly of: number;
  /** The elements of the sample and of the potential, in the order of what follows. */
  readonly elements: readonly string[];
  /** Atoms of each in the sample. */
  readonly atoms: readonly number[];
  readonly distances: {
    readonly reach: number;
    /** Width of the bins. */
    readonly bin: number;
    /** [centre][neighbour]: numbers of neighbours in bins. */
    readonly counts: readonly (readonly Float64Array[])[];
    /** [centre][neighbour]; ∞ where no pair is within reach. */
    readonly nearest: readonly (readonly number[])[];
  };
  /** Neighbours of an atom within the cutoff, of any element. */
  readonly neighbors: { readonly mean: number; readonly median: number; readonly maximum: number };
  /** Where the radial distribution has its minimum near a good number of neighbours. */
  readonly suggestedCutoff: number;
  /** Smallest distance between two faces of a periodic cell. */
  readonly height?: number;
  /** Per element, in the order of the question. */
  readonly functions: Readonly<Record<string, readonly FunctionFacts[]>>;
  /**
   * Of centres with chiral functions: the volume that wide channels within the cutoff of the potential span best, and its
   * largest |χ| over the sample.
   */
  readonly volumes?: Readonly<Partial<Record<string, { readonly volume: SignedVolume; readonly strength: number }>>>;
}

/** Whose functions are surveyed, and over which data. */
export interface SurveyedPotential {
  readonly name: string;
  readonly elements: readonly string[];
  readonly cutoff: number;
  readonly cutoffFunction: CutoffFunction;
  readonly functions: Readonly<Record<string, readonly SymmetryFunction[]>>;
}

/** A frame, counted from 0. */
export interface FindingFrame {
  readonly file: string;
  readonly frame: number;
}

/** What is conspicuous in the structures of a dataset. */
export interface DataFinding {
  readonly code: string;
  readonly message: string;
  /** Structures concerned; 0 where all are. */
  readonly count: number;
  /** The first of them, by absolute path, with the line, from 0, at which the frame begins. */
  readonly named: readonly (FindingFrame & { readonly line: number })[];
  /** All of them, by path relative to the definition; none if they are many. */
  readonly frames: readonly FindingFrame[];
}

/** A structure seen by a trained potential: atoms with a symmetry function outside of the range over its training data. */
export interface OutsideFacts {
  readonly atoms: number;
  readonly outside: number;
  /** How far the worst one is, in ranges. */
  readonly farthest: number;
}

/** What is known of the last run of an action: as protocol/run.ts has it. */
export interface RunFacts {
  readonly state: string;
  readonly folder?: string;
  /** Of the potential that was trained or used, as it was written. */
  readonly identity?: string;
  /** Numbers that it ended with. */
  readonly results: Readonly<Partial<Record<string, number>>>;
  /** Of a simulation, as measured. */
  readonly secondsPerStep?: number;
  /** Of an umbrella sampling, as far as it is: in the order of their centres. */
  readonly windows?: readonly WindowFacts[];
}

/** What a window of an umbrella sampling came to; the centre in Å, rad or a plain number. */
export interface WindowFacts {
  readonly center: number;
  /** κ of ½ κ (ξ − center)², eV per square of the centre's unit. */
  readonly force_constant: number;
  /** Values that count, and those before that were left out as equilibration. */
  readonly samples: number;
  readonly discarded: number;
  /** So many values say as much as one independent one. */
  readonly inefficiency: number;
  /** With the next window, 0 … 1; null where there is none. */
  readonly overlap: number | null;
}

/** A smaller range is the far end of a Gaussian (functions are of the order of 1), or rounding of large values. */
const NEGLIGIBLE = 1e-6;
const ROUNDING = 1e-12;

/** Whether a function is practically the same for all atoms, so that it says nothing. */
export const isConstant = ({ minimum, maximum }: FunctionFacts): boolean =>
  !(maximum - minimum > Math.max(NEGLIGIBLE, ROUNDING * Math.max(Math.abs(minimum), Math.abs(maximum))));

const BARS = '▁▂▃▄▅▆▇█';

/** A histogram as a line of text. */
export function sparkline(histogram: readonly number[]): string {
  const most = Math.max(...histogram, 1);
  return histogram.map((n) => (n === 0 ? ' ' : BARS[Math.min(7, Math.floor((8 * n) / most))])).join('');
}
