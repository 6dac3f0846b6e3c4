/**
 * What extension host and webviews say to each other. One bundle serves all panels; `<body data-panel="…">` says which.
 *
 * *Results* belongs to a run: curves, parity plots, and beside them the structure of a clicked point.
 * *Comparison* belongs to several runs: their curves in one chart, their errors in one table.
 * *Trajectory* belongs to a file of frames.
 * *Preview* belongs to a potential as it is written: its descriptors as curves.
 */
import type { AnalysisWish, TrajectoryCurves } from './analysis';
import type { DescriptorPreview } from './preview';
import type { RunErrors } from './errors';
import type { FrameData, FrameSeries } from './frames';
import type { WindowSamples } from './pmf';
import type { RunEvent, RunManifest, RunState } from './run';
import type { FileUnits, UnitsInUse } from './units';
import type { LinkedView } from './view';

export type PanelName = 'results' | 'comparison' | 'trajectory' | 'preview' | 'analysis';

export interface RunView {
  readonly manifest: RunManifest;
  readonly state: RunState;
  /** Absolute path of the run folder: its identity. */
  readonly folder: string;
}

/** What a person points at, in whichever view: structures of a data file, and of a single one perhaps some of its atoms. */
export interface PointedAt {
  /** Absolute path. */
  readonly file: string;
  readonly frames: readonly number[];
  readonly atoms: readonly number[];
}

/** Answered by the webview of a run. */
export interface ResultsView {
  requests: Record<string, never>;
  notifications: {
    run: RunView;
    /** New events in order; `reset` starts over (first batch after `ready`). At most 10 batches a second. */
    events: { readonly events: readonly RunEvent[]; readonly reset: boolean };
    /** Bytes of parity.bin (protocol/parity.ts); sent when it appears or changes. */
    parity: { readonly bytes: Uint8Array };
    /** Data files that are not what the run has read, absolute paths, with why in a few words. */
    changed: { readonly files: readonly { readonly file: string; readonly reason: string }[] };
    /** Bytes of pmf.bin (protocol/pmf.ts); sent when it appears or changes. */
    pmf: { readonly bytes: Uint8Array };
    /** A person points at structures of the parity file in another view; at no atoms: at all of them. */
    pointed: { readonly structures: Int32Array; readonly atoms: readonly number[] };
  };
}

/** What is to be saved: a drawing as SVG or its numbers as CSV, in text; a picture (PNG) in base64. */
export interface SavedFile {
  readonly name: string;
  readonly kind: 'svg' | 'csv' | 'png';
  readonly content: string;
}

/** Answered by the extension host for the webview of a run. */
export interface ResultsHost {
  requests: {
    /** A structure of the parity file. */
    structure: { parameters: { readonly file: string; readonly frame: number }; result: FrameData };
    /** What the window of an umbrella sampling has sampled, by its number in pmf.bin. */
    window: { parameters: { readonly window: number }; result: WindowSamples };
  };
  notifications: {
    ready: undefined;
    stop: undefined;
    resume: undefined;
    /** Ask which runs to compare this one with. */
    compare: undefined;
    /** Open the trajectory viewer on this frame, or on the run's own trajectory. */
    openTrajectory: { readonly file: string; readonly frame: number };
    /** Open the text of the data file at this frame, or the definition. */
    openText: { readonly file: string; readonly frame?: number };
    /** The person points at a structure of the parity file, and at some of its atoms. */
    pointAt: { readonly structure: number; readonly atoms: readonly number[] };
    /** Open structures of the parity file, by their numbers, as one trajectory. */
    openSelection: { readonly structures: Int32Array };
    /** Save structures of the parity file, by their numbers, as extended XYZ where the person says. */
    saveSelection: { readonly structures: Int32Array };
    /** Put text on the clipboard: a page may not. */
    copy: { readonly text: string };
    /** Leave structures of the parity file, by their numbers, out of the dataset from now on. */
    exclude: { readonly structures: Int32Array };
    /** To be saved where the person says. */
    saveFile: SavedFile;
    /** Points of the parity file to be saved as CSV where the person says: all, or some rows. */
    savePoints: { readonly quantity: 'energy' | 'force' | 'stress'; readonly rows?: Int32Array };
    /** How the run is looked at, as JSON, for the next time that it is opened. */
    remember: { readonly state: string };
    /** What is on the screen now: plotted curves and parity points, points that are pointed at, atoms of the structure beside them. */
    drawn: { readonly curves: number; readonly points: number; readonly pointed: number; readonly atoms: number };
  };
}

/** A run among others. */
export interface ComparedRunView extends RunView {
  /** What it is called: kind, label, number. */
  readonly title: string;
  readonly errors?: RunErrors;
}

/** Answered by the webview of a comparison. */
export interface ComparisonView {
  requests: Record<string, never>;
  notifications: {
    /** All of them, in order; the first is what the others are compared with. Sent again when one changes. */
    runs: { readonly runs: readonly ComparedRunView[] };
    /** New events of one, as for the results. */
    events: { readonly folder: string; readonly events: readonly RunEvent[]; readonly reset: boolean };
  };
}

/** Answered by the extension host for the webview of a comparison. */
export interface ComparisonHost {
  requests: Record<string, never>;
  notifications: {
    ready: undefined;
    openResults: { readonly folder: string };
    /** Show how the definition of this run differs from that of the first. */
    openDifference: { readonly folder: string };
    saveFile: SavedFile;
    /** Put text on the clipboard. */
    copy: { readonly text: string };
    /** What is on the screen now: charts with curves, and rows of the table. */
    drawn: { readonly curves: number; readonly rows: number };
  };
}

/** Answered by the webview of an analysis. */
export interface AnalysisView {
  requests: Record<string, never>;
  notifications: {
    file: { readonly name: string; readonly path: string };
    curves: TrajectoryCurves;
    failed: { readonly message: string };
    /** The file is another than the one that was analysed. */
    changed: undefined;
  };
}

/** Answered by the extension host for the webview of an analysis. */
export interface AnalysisHost {
  requests: Record<string, never>;
  notifications: {
    ready: undefined;
    /** Compute, from the file as it is now. */
    analyze: AnalysisWish;
    /** Put text on the clipboard. */
    copy: { readonly text: string };
    /** State to keep for when the file is analysed again, as JSON. */
    remember: { readonly state: string };
    saveFile: SavedFile;
    /** What is on the screen now: charts. */
    drawn: { readonly charts: number };
  };
}

/** A run that has predicted structures of a data file. */
export interface Predictor {
  readonly folder: string;
  readonly title: string;
}

/** Bytes of its parity.bin (protocol/parity.ts), and which of the files in it is meant. */
export interface Predictions {
  readonly bytes: Uint8Array;
  readonly file: number;
}

/** Answered by the webview of a trajectory. */
export interface TrajectoryView {
  requests: Record<string, never>;
  notifications: {
    /**
     * `frames` is how many are known so far; more come until `complete`, and again when the file grows. `generation` is
     * another number where the file became another one, so that nothing that was read of it counts any more. `progress` is
     * the part of the file that was looked through, 0 to 1. `ahead` is a frame that nobody has asked for yet, but will.
     */
    trajectory: {
      readonly name: string;
      readonly path: string;
      readonly frames: number;
      readonly generation: number;
      readonly complete: boolean;
      readonly progress?: number;
      /** A compressed file that ends in the middle: it is still being written, or was cut off. */
      readonly torn?: boolean;
      readonly ahead?: { readonly index: number; readonly frame: FrameData };
      /** Of a file that may not tell its units; in others it is of another `generation`. */
      readonly units?: UnitsInUse;
    };
    show: { readonly frame: number; readonly atoms?: readonly number[] };
    /** Another viewer that is linked with this one looks so. */
    linked: LinkedView;
    /** Runs that have predicted structures of the file, newest first; sent again when they are others. */
    predictors: { readonly predictors: readonly Predictor[] };
    failed: { readonly message: string };
  };
}

/** Answered by the extension host for the webview of a trajectory. */
export interface TrajectoryHost {
  requests: {
    frame: { parameters: { readonly index: number }; result: FrameData };
    /**
     * A piece of a film (WebM), in order and each after the one before was answered: for the first one the person is asked
     * where to save it, and `saved` is false if they don't want to. The file is there after the last one.
     */
    saveFilm: {
      parameters: {
        readonly name: string;
        readonly offset: number;
        readonly bytes: Uint8Array;
        readonly last: boolean;
      };
      result: { readonly saved: boolean };
    };
    /** Numbers over the frames from `from` on, for the strip under the view, with what two to four atoms measure. */
    series: { parameters: { readonly from: number; readonly atoms?: readonly number[] }; result: FrameSeries };
    /** What one of the predictors has predicted. */
    predictions: { parameters: { readonly folder: string }; result: Predictions };
  };
  notifications: {
    ready: undefined;
    openText: { readonly frame: number };
    /** The person looks at this frame, and has selected these atoms. */
    pointAt: { readonly frame: number; readonly atoms: readonly number[] };
    /** What is on the screen now; `renderer` is '' where WebGL is missing. */
    drawn: { readonly frame: number; readonly atoms: number; readonly renderer: string };
    saveFile: SavedFile;
    /** How the file is looked at, as JSON, for the next time that it is opened. */
    remember: { readonly state: string };
    /** The person looks so, and wants the other linked viewers to follow. */
    linked: LinkedView;
    /** The person says in which units the file is; null: as is known otherwise. */
    chooseUnits: { readonly units: FileUnits | null };
    /** Frames, or some atoms of them, to be saved where the person says. */
    saveStructures: {
      readonly first: number;
      readonly last: number;
      readonly stride: number;
      readonly atoms?: readonly number[];
      /** Atomic numbers of types that have no element in the file. */
      readonly elements?: Readonly<Record<string, number>>;
    };
  };
}

/** Answered by the webview of a preview. */
export interface PreviewView {
  requests: Record<string, never>;
  notifications: {
    /** Sent again with every change of the text; without a preview the potential has errors, and the last one stays. */
    preview: { readonly uri: string; readonly potential: string; readonly preview: DescriptorPreview | null };
    /** A person points at a structure in another view, at no atoms: at all of them. */
    pointed: {
      readonly name: string;
      readonly frame: number;
      readonly data: FrameData;
      readonly atoms: readonly number[];
    };
  };
}

/** Answered by the extension host for the webview of a preview. */
export interface PreviewHost {
  requests: Record<string, never>;
  notifications: {
    ready: undefined;
    /** What is on the screen now. */
    drawn: {
      readonly radial: number;
      readonly angular: number;
      readonly distributions: number;
      readonly marks: number;
    };
    saveFile: SavedFile;
    /** The person points at atoms of the structure that is shown. */
    pointAt: { readonly atoms: readonly number[] };
  };
}
