/** What the survey worker answers. Files are absolute paths. */
import type { CutoffFunction, DatasetDefinition, FileUnits } from '../../language/definition/definition';
import type { DataFacts, DataFinding, OutsideFacts, SurveyFacts } from '../../language/check/facts';
import type { DescriptorFunction } from '../../engine/descriptors/function-types';
import type { DataDocument, DataReport } from './reports';

export interface SurveyQuestion {
  readonly files: readonly string[];
  /** Factor for the lengths of files that have no units. */
  readonly length: number;
  readonly elements: readonly string[];
  readonly cutoff: number;
  readonly cutoffFunction: CutoffFunction;
  /** Part of the cutoff up to which its function is 1. */
  readonly innerCutoff: number;
  readonly functions: Readonly<Record<string, readonly DescriptorFunction[]>>;
}

/** A structure by a trained potential. */
export interface OutsideQuestion {
  readonly potential: string;
  /** Of n2p2's files. */
  readonly units: FileUnits | undefined;
  readonly structure: string;
  /** The last one if it isn't given. */
  readonly frame: number | undefined;
}

/** A dataset, as it is written. */
export interface FindingsQuestion {
  readonly dataset: Omit<DatasetDefinition, 'span' | 'nameSpan'>;
  /** What its paths are relative to. */
  readonly folder: string;
  /** What they name. */
  readonly files: readonly string[];
}

/** How structures of an input.data are divided. */
export interface SplitQuestion {
  readonly file: string;
  /** That is kept for tests. */
  readonly fraction: number;
  readonly seed: number;
}

/** Text to insert; line and character from 0. */
export interface SetEdit {
  readonly line: number;
  readonly character: number;
  readonly text: string;
}

/** The worker's side of the channel. A type, because an interface has no index signature. */
export type SurveySide = {
  requests: {
    summary: { parameters: { readonly file: string }; result: DataFacts };
    survey: { parameters: SurveyQuestion; result: SurveyFacts };
    /** Writes the scaling.data of an input.nn beside its data; of all functions, in the order of n2p2. */
    writeScaling: { parameters: SurveyQuestion; result: { readonly rows: number } };
    labelSets: { parameters: SplitQuestion; result: readonly SetEdit[] };
    findings: { parameters: FindingsQuestion; result: readonly DataFinding[] };
    /** Null where it can't be told. */
    outside: { parameters: OutsideQuestion; result: OutsideFacts | null };
    report: { parameters: DataDocument; result: DataReport };
    frameAt: {
      parameters: { readonly document: DataDocument; readonly line: number; readonly picture: boolean };
      result: string | null;
    };
  };
  notifications: Record<string, never>;
};
