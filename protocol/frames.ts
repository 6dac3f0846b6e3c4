/** Frames of data files as they travel: data worker → extension host → webview. Typed arrays, never one object per atom. */

import type { AnalysisWish, TrajectoryCurves } from './analysis';
import type { WindowSamples } from './pmf';
import type { FileUnits, UnitsKnown } from './units';

/** How LAMMPS begins its YAML dumps: all other YAML is none of ours, whatever the file is called. */
export const YAML_DUMP = /^---[ \t\r]*\ncreator: LAMMPS\b/;

/** Types of atoms whose elements a file doesn't tell. */
export interface AtomTypes {
  /** What the file calls them. */
  readonly names: readonly string[];
  /** Which of these an atom is, N; 255 for one whose element is known. */
  readonly of: Uint8Array;
}

export interface FrameData {
  /** Atomic numbers, N; 0 where the element isn't known. */
  readonly numbers: Uint8Array;
  /** Of atoms without an element, if they have types. */
  readonly types?: AtomTypes;
  /** Å, 3N */
  readonly positions: Float32Array;
  /** Cell vectors as rows in Å, 9. */
  readonly cell?: Float64Array;
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Per-atom numbers by column name (forces, charges, …): `width` values per atom. */
  readonly columns: Readonly<Record<string, { readonly width: number; readonly values: Float32Array }>>;
  /** Per-frame values by key (energy, time, config_type, …). */
  readonly info: Readonly<Record<string, string | number | boolean>>;
  /** Where the file doesn't tell in which units it is; otherwise all numbers are in those that their names imply. */
  readonly units?: UnitsKnown;
  /** Of assumed units: what bonds say against it, `O–H is 1.81: bohr?`. */
  readonly doubt?: string;
}

/** Key of a series: the distance, angle or dihedral of the atoms that were named. */
export const MEASURED = 'selected atoms';

/** Numbers over the frames of a file from one of them on, by key; NaN where a frame has none. */
export interface FrameSeries {
  readonly frames: number;
  readonly values: Readonly<Record<string, Float64Array>>;
  /** Of the first frame. */
  readonly units?: UnitsKnown;
}

/** Requests to the data worker: `path` is a file on this machine, `units` are its own where it doesn't tell them. */
export interface DataRequests {
  /**
   * Number of frames that are known so far; until `complete`, `progress` is the part of the file that was looked through.
   * `generation` is another number where the file became another one, rather than longer; a `torn` one is compressed and
   * ends in the middle, as it is still being written or was cut off. Of a `unitless` format files may
   * not tell their units.
   */
  index: {
    parameters: { path: string };
    result: {
      frames: number;
      complete: boolean;
      progress: number;
      generation: number;
      torn?: boolean;
      unitless?: boolean;
    };
  };
  frame: { parameters: { path: string; index: number; units?: FileUnits }; result: FrameData };
  /** Line in the file where a frame begins, counted from 1. */
  line: { parameters: { path: string; index: number }; result: { line: number } };
  /** The frame that a line, counted from 1, is in, and the line where that frame begins. */
  frameAt: { parameters: { path: string; line: number }; result: { index: number; line: number } };
  /** Distributions and correlations of a trajectory. */
  analyze: { parameters: { path: string; units?: FileUnits } & AnalysisWish; result: TrajectoryCurves };
  /**
   * Writes frames, in this order, into one extended XYZ file, bit for bit and with where they come from; with what a run has
   * predicted for them beside, if they are structures of its parity.bin.
   */
  extract: {
    parameters: {
      frames: readonly {
        readonly path: string;
        readonly index: number;
        readonly units?: FileUnits;
        readonly structure?: number;
      }[];
      parity?: string;
      target: string;
    };
    result: { frames: number };
  };
  /**
   * Whether a file still begins with the frames that a run has read, of which it has recorded the hash of the file and their
   * number: then frames have at most been appended.
   */
  isAsRead: { parameters: { path: string; sha256: string; frames: number }; result: { same: boolean } };
  /** What a window of an umbrella sampling has sampled, by its number in the order of their centres; `path` is its metadata.dat. */
  window: { parameters: { path: string; window: number }; result: WindowSamples };
  /** Looks through the file from frame `from` on. */
  series: {
    parameters: { path: string; from: number; units?: FileUnits; atoms?: readonly number[] };
    result: FrameSeries;
  };
  /** Writes frames `first` to `last`, each `stride`-th, or some of their atoms, to `target`; tells how many. */
  export: {
    parameters: {
      path: string;
      target: string;
      first: number;
      last: number;
      stride: number;
      atoms?: readonly number[];
      /** Atomic numbers of types that have no element in the file. */
      elements?: Readonly<Record<string, number>>;
      units?: FileUnits;
    };
    /** `assumed`: nobody has told the units, so that numbers are as in the file. */
    result: { frames: number; assumed?: boolean };
  };
}
