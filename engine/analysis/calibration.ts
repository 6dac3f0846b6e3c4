/**
 * Whether a committee knows how wrong it is: its standard deviations σ against the errors that were made. Pure. In the units of
 * the rows.
 */

/** Structures or components with about the same σ. */
export interface CalibrationBin {
  readonly count: number;
  /** Root mean square of σ. */
  readonly sigma: number;
  /** Root mean square of the errors: what `sigma` should be. */
  readonly error: number;
}

export interface Calibration {
  /** Rows with σ > 0; others say nothing of an uncertainty. */
  readonly count: number;
  /** Root mean squares over all of them. */
  readonly sigma: number;
  readonly rmse: number;
  /** Parts of the errors that are below σ and below 2σ; NORMAL_SHARES if errors are normal and σ is right. */
  readonly within1: number;
  readonly within2: number;
  /**
   * Mean of |σ − rms error| / σ over the bins, root mean square each: the expected normalized calibration error of Levi,
   * Gispan, Giladi and Fetaya, Sensors 22, 5540 (2022).
   */
  readonly calibration_error: number;
  /** What σ is to be multiplied with for the likelihood of normal errors to be largest, √(mean of (error/σ)²). */
  readonly scale: number;
  /** Equally many rows each, σ increases. */
  readonly bins: readonly CalibrationBin[];
}

/** Parts of normal errors within one and two standard deviations. */
export const NORMAL_SHARES = [0.6827, 0.9545] as const;

const MOST_BINS = 20;
const ROWS_PER_BIN = 10;

/**
 * @param rows those that count, all if absent
 * @returns null without any σ > 0, and where an error isn't finite
 */
export function calibrate(
  {
    reference,
    predicted,
    spread,
  }: { readonly reference: Float64Array; readonly predicted: Float64Array; readonly spread: Float64Array },
  rows?: ArrayLike<number>,
): Calibration | null {
  const all = rows === undefined ? Int32Array.from(reference.keys()) : Int32Array.from(rows);
  const used = all.filter((row) => spread[row] > 0);
  const count = used.length;
  if (count === 0) return null;
  const sorted = Float64Array.from(used, (row) => spread[row]).sort();
  const wanted = Math.max(1, Math.min(MOST_BINS, Math.floor(count / ROWS_PER_BIN)));
  // Rows of one σ stay together.
  const ends = new Set(Array.from({ length: wanted }, (_, k) => sorted[Math.ceil(((k + 1) * count) / wanted) - 1]));
  const edges = Float64Array.from(ends);
  const sums = Array.from(edges, () => ({ count: 0, sigma: 0, error: 0 }));
  let [within1, within2, sigma, squares, scaled] = [0, 0, 0, 0, 0];
  for (const row of used) {
    const [s, error] = [spread[row], Math.abs(predicted[row] - reference[row])];
    if (error < s) within1++;
    if (error < 2 * s) within2++;
    sigma += s * s;
    squares += error * error;
    scaled += (error / s) ** 2;
    let bin = 0;
    while (edges[bin] < s) bin++;
    sums[bin].count++;
    sums[bin].sigma += s * s;
    sums[bin].error += error * error;
  }
  if (!Number.isFinite(squares)) return null;
  const bins = sums.map((bin) => ({
    count: bin.count,
    sigma: Math.sqrt(bin.sigma / bin.count),
    error: Math.sqrt(bin.error / bin.count),
  }));
  return {
    count,
    sigma: Math.sqrt(sigma / count),
    rmse: Math.sqrt(squares / count),
    within1: within1 / count,
    within2: within2 / count,
    calibration_error: bins.reduce((sum, bin) => sum + Math.abs(bin.sigma - bin.error) / bin.sigma, 0) / bins.length,
    scale: Math.sqrt(scaled / count),
    bins,
  };
}
