/** Custom requests between language client and server, and the commands that code lenses carry. */
import type { DescriptorPreview } from './preview';
import type { FileUnits } from './units';
import type { RunKind, RunState } from './run';

/** The commands that code lenses name; the extension registers them, other editors may. Arguments: `[LensArguments]`. */
export const LENS_COMMANDS = {
  run: 'nearsight.run',
  resume: 'nearsight.resume',
  results: 'nearsight.showResults',
  expand: 'nearsight.showExpansion',
  preview: 'nearsight.previewDescriptors',
} as const;

export interface LensArguments {
  readonly uri: string;
  readonly kind: RunKind | 'potential';
  readonly label: string;
}

/** The expanded symmetry functions of a potential, as text for a virtual document. */
export const EXPANSION = 'nearsight/expansion';
export interface ExpansionParameters {
  readonly uri: string;
  readonly label: string;
}
export type ExpansionResult = { readonly text: string } | null;

/** The descriptors of a potential as curves; null where it has errors. */
export const PREVIEW = 'nearsight/preview';
export type PreviewResult = DescriptorPreview | null;

/** The edit that leaves frames out of the dataset of an action; null if the file has no such dataset. */
export const EXCLUDE = 'nearsight/exclude';
export interface ExcludeParameters {
  readonly uri: string;
  readonly kind: RunKind;
  readonly label: string;
  /** `file` as it is to be written. */
  readonly frames: readonly { readonly file: string; readonly frame: number }[];
}
export type ExcludeResult = {
  readonly dataset: string;
  /** UTF-16 offsets into the text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
} | null;

/** In which units the definitions of the workspace say that a data file is; null if they don't, or not with one voice. */
export const UNITS = 'nearsight/units';
export interface UnitsParameters {
  /** URI of the data file. */
  readonly uri: string;
}
export type UnitsResult = FileUnits | null;

/** A first definition for a data file, as the text of a document beside it. */
export const DRAFT = 'nearsight/draft';
export interface DraftParameters {
  /** URI of the data file. */
  readonly uri: string;
}
/** Null where there are no structures in the file. */
export type DraftResult = { readonly text: string } | null;

/** Notification client → server: the runs of a file changed, code lenses should be asked for again. */
export const RUNS_CHANGED = 'nearsight/runsChanged';
export interface RunsChangedParameters {
  /** URI of the .potential file. */
  readonly uri: string;
  readonly runs: readonly {
    readonly kind: RunKind;
    readonly label: string;
    readonly state: RunState;
    readonly summary: string;
    /** What an epoch or a step took: `0.8 s per epoch`. */
    readonly cost?: string;
    /** What the checker asks of it (language/check/facts.ts): the folder is an absolute path. */
    readonly folder?: string;
    readonly identity?: string;
    readonly results?: Readonly<Record<string, number>>;
    readonly secondsPerStep?: number;
  }[];
}

/** What the client says of the workspace when it starts the server, and in the notification TRUST when that has changed. */
export const TRUST = 'nearsight/trust';
export interface TrustParameters {
  /** Whether programs of the workspace may be run; an editor that has no such notion says nothing. */
  readonly trusted: boolean;
}

/** The command that the language server offers for `input.nn`; the argument is the URI of the file. */
export const CONVERT_COMMAND = 'nearsight.convert';

/** Commands of the server itself for `input.nn`; the argument is the URI of the file. */
export const SCALING_COMMAND = 'nearsight.computeScaling';
export const SETS_COMMAND = 'nearsight.labelSets';

/** An input.nn as a `.potential` file, or the way back. */
export const CONVERT = 'nearsight/convert';
export interface ConvertParameters {
  readonly uri: string;
  /** Units of the input.nn: `bohr,hartree`. */
  readonly units?: string;
  /** Which potential of a `.potential` file. */
  readonly potential?: string;
}
export type ConvertResult =
  | { readonly kind: 'text'; readonly text: string; readonly language: string; readonly notes: readonly string[] }
  /** To be asked again with what is missing. */
  | { readonly kind: 'units'; readonly choices: readonly string[] }
  | { readonly kind: 'potential'; readonly choices: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string }
  /** There is no such file. */
  | null;
