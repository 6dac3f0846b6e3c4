/** Distributions and correlations of a trajectory: what can be asked, and what is plotted of them. Å, fs. */
import * as v from 'valibot';

export const analysisWish = v.object({
  /** Å: farthest distance of the radial distributions. */
  cutoff: v.pipe(
    v.number('The distance takes a number.'),
    v.minValue(0.5, 'The distance is at least 0.5 Å.'),
    v.maxValue(30, 'The distance is at most 30 Å.'),
  ),
  /** fs: between frames, instead of what the file tells. */
  timestep: v.optional(
    v.pipe(
      v.number('The time takes a number.'),
      v.minValue(1e-6, 'The time between frames is positive.'),
      v.maxValue(1e9, 'The time between frames is at most 10⁹ fs.'),
    ),
  ),
  /** Frames at the start to leave out: the equilibration. */
  skip: v.pipe(
    v.number('Frames to leave out are a number.'),
    v.integer('Frames to leave out are a whole number.'),
    v.minValue(0, 'Frames to leave out are 0 or more.'),
  ),
});
export type AnalysisWish = v.InferOutput<typeof analysisWish>;

/** What is plotted of a trajectory: one curve for each pair, angle or element. */
export interface TrajectoryCurves {
  /** How many were analysed. */
  readonly frames: number;
  readonly groups: readonly CurveGroup[];
  /** What is missing and why. */
  readonly notes: readonly string[];
}

export interface CurveGroup {
  readonly title: string;
  /** Of the curves; empty for numbers without one. */
  readonly unit: string;
  /** With its unit. */
  readonly abscissa: string;
  readonly x: Float64Array;
  readonly curves: readonly { readonly label: string; readonly y: Float64Array }[];
  /** What the curves say in numbers. */
  readonly findings?: Findings;
}

export interface Findings {
  /** With their units. */
  readonly columns: readonly string[];
  /** One for each curve, its name first; null where there is no value. */
  readonly rows: readonly (readonly [string, ...(number | string | null)[]])[];
  /** How they were found. */
  readonly note: string;
}
