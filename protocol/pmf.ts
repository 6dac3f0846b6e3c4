/**
 * `pmf.bin`: the potential of mean force along a coordinate that umbrella windows give, and what it rests on
 * (protocol/columns.ts). Energies in eV, the coordinate in the unit that `coordinate` names. Windows stand in the order of
 * their centres.
 */
import * as v from 'valibot';
import { decodeColumns, encodeColumns } from './columns';

const MAXIMUM_WINDOWS = 10_000;

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(1000));

export const coordinateUnit = v.picklist(['Å', 'rad', '']);
export type CoordinateUnit = v.InferOutput<typeof coordinateUnit>;

/** Of a coordinate: what it is called, its unit, and whether it closes on itself after 2π. */
const coordinate = v.object({ name: text, unit: coordinateUnit, periodic: v.boolean() });
export type Coordinate = v.InferOutput<typeof coordinate>;

const pmfWindow = v.object({
  center: finite,
  /** κ of the bias ½ κ (ξ − center)², eV per square of the unit. */
  force_constant: finite,
  /** Values that were used: without the discarded ones. */
  samples: count,
  /** Values at the beginning that were left out as equilibration. */
  discarded: count,
  /** Statistical inefficiency: `samples / inefficiency` values would be as good if they were independent. */
  inefficiency: finite,
  /** Common part of its histogram and the next window's, 0 … 1; null for the last one, unless the coordinate is periodic. */
  overlap: v.nullable(finite),
  /** Of the used values. */
  mean: finite,
  deviation: finite,
});
export type PmfWindow = v.InferOutput<typeof pmfWindow>;

/** The highest way between the two lowest minima: the barrier as seen from the one at the smaller coordinate, and back. */
const barrier = v.object({
  reactant: finite,
  top: finite,
  product: finite,
  /** eV, with one standard error each. */
  forward: finite,
  forward_error: finite,
  backward: finite,
  backward_error: finite,
});
export type Barrier = v.InferOutput<typeof barrier>;

const pmfMeta = v.object({
  kind: v.literal('pmf'),
  coordinate,
  /** K */
  temperature: finite,
  windows: v.pipe(v.array(pmfWindow), v.maxLength(MAXIMUM_WINDOWS)),
  /** The coordinate is a distance r: W + 2 k_B T ln r (without the room that a sphere has) means something. */
  jacobian: v.boolean(),
  /** The windows hang together by overlaps: otherwise the parts have no common zero. */
  connected: v.boolean(),
  /** Connected, and the two halves of the samples agree within their errors. */
  converged: v.boolean(),
  /** The largest difference between the profiles of the first and the second half of the samples, eV. */
  difference: finite,
  /** Null if there are no two minima. */
  barrier: v.nullable(barrier),
});
export type PmfMeta = v.InferOutput<typeof pmfMeta>;

export interface Pmf {
  readonly meta: PmfMeta;
  /** Centres of the bins, equally far from each other. */
  readonly coordinate: Float64Array;
  /** W = −k_B T ln p, minimum 0; NaN in bins that nothing fell into. */
  readonly pmf: Float64Array;
  /** One standard error of W at fixed total probability; NaN like `pmf`. */
  readonly error: Float64Array;
  /** Counts, windows × bins, row-major. */
  readonly histograms: Float64Array;
}

export const encodePmf = ({ meta, ...columns }: Pmf): Uint8Array => encodeColumns({ columns, meta });

/** Undefined if the bytes are no profile or contradict themselves. */
export function decodePmf(bytes: Uint8Array): Pmf | undefined {
  const decoded = decodeColumns(bytes);
  const parsed = v.safeParse(pmfMeta, decoded?.meta);
  if (decoded === undefined || !parsed.success) return undefined;
  const { coordinate, pmf, error, histograms } = decoded.columns;
  if (!(coordinate instanceof Float64Array) || !(pmf instanceof Float64Array)) return undefined;
  if (!(error instanceof Float64Array) || !(histograms instanceof Float64Array)) return undefined;
  const bins = coordinate.length;
  const valid =
    pmf.length === bins &&
    error.length === bins &&
    histograms.length === bins * parsed.output.windows.length &&
    coordinate.every(Number.isFinite) &&
    histograms.every((value) => value >= 0);
  return valid ? { meta: parsed.output, coordinate, pmf, error, histograms } : undefined;
}

/** What a window of an umbrella sampling has sampled: fs, and the coordinate in its own unit. */
export interface WindowSamples {
  readonly time: Float64Array;
  readonly value: Float64Array;
}
