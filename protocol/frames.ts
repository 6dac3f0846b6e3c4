/** Frames of data files as they travel: data worker → extension host → webview. Typed arrays, never one object per atom. */

import type { AnalysisWish, TrajectoryCurves } from './analysis';
import type { WindowSamples } from './pmf';

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
}

/** Numbers over the frames of a file, by key; NaN where a frame has none. */
export interface FrameSeries {
  readonly frames: number;
  readonly values: Readonly<Record<string, Float64Array>>;
}

/** Requests to the data worker: `path` is a file on this machine. */
export interface DataRequests {
  /** Number of frames that are known so far; until `complete`, `progress` is the part of the file that was looked through. */
  index: { parameters: { path: string }; result: { frames: number; complete: boolean; progress: number } };
  frame: { parameters: { path: string; index: number }; result: FrameData };
  /** Line in the file where a frame begins, counted from 1. */
  line: { parameters: { path: string; index: number }; result: { line: number } };
  /** The frame that a line, counted from 1, is in, and the line where that frame begins. */
  frameAt: { parameters: { path: string; line: number }; result: { index: number; line: number } };
  /** Distributions and correlations of a trajectory. */
  analyze: { parameters: { path: string } & AnalysisWish; result: TrajectoryCurves };
  /** Writes frames, in this order, into one extended XYZ file, bit for bit and with where they come from. */
  extract: {
    parameters: { frames: readonly { readonly path: string; readonly index: number }[]; target: string };
    result: { frames: number };
  };
  /**
   * Whether a file still begins with the frames that a run has read, of which it has recorded the hash of the file and their
   * number: then frames have at most been appended.
   */
  isAsRead: { parameters: { path: string; sha256: string; frames: number }; result: { same: boolean } };
  /** What a window of an umbrella sampling has sampled, by its number in the order of their centres; `path` is its metadata.dat. */
  window: { parameters: { path: string; window: number }; result: WindowSamples };
  /** Looks through the whole file. */
  series: { parameters: { path: string }; result: FrameSeries };
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
    };
    result: { frames: number };
  };
}
