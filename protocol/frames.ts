/** Frames of data files as they travel: data worker → extension host → webview. Typed arrays, never one object per atom. */

import type { Problem } from './result';

export interface FrameData {
  /** Atomic numbers, N. */
  readonly numbers: Uint8Array;
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

/** What a look over a whole file finds. */
export interface DataSummary {
  readonly frames: number;
  readonly atoms: { readonly minimum: number; readonly maximum: number; readonly total: number };
  /** Symbols in order of atomic number, with the number of frames that have them. */
  readonly elements: Readonly<Record<string, number>>;
  /** Per-frame keys and per-atom columns, with the number of frames that have them. */
  readonly keys: Readonly<Record<string, number>>;
  readonly columns: Readonly<Record<string, number>>;
  /** Of keys that hold a few words (config_type, split, …): the frames of each. */
  readonly words: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Periodic frames whose total charge is not 0, if there are any. */
  readonly charged?: number;
  /** Frames whose energy and free_energy are not the same, if there are any. */
  readonly differing?: number;
  /** Frames in which some atoms, not all, have forces of exactly zero, if there are any. */
  readonly frozen?: number;
  /** Smallest distance between two faces of a periodic cell, in the file's unit of length. */
  readonly height?: number;
  /** What is wrong with the frames that are left out: the first few, and how many more. */
  readonly problems?: readonly Problem[];
  /** Which key was taken for energy and forces under `auto`. */
  readonly energyKey?: string;
  readonly forcesKey?: string;
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
  /** Writes frames, in this order, into one extended XYZ file, bit for bit and with where they come from. */
  extract: {
    parameters: { frames: readonly { readonly path: string; readonly index: number }[]; target: string };
    result: { frames: number };
  };
  inspect: { parameters: { path: string }; result: DataSummary };
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
    };
    result: { frames: number };
  };
}
