/**
 * How much correlated values are worth: statistical inefficiency, where equilibration ends, resampling by blocks. Pure.
 *
 * Chodera, Swope, Pitera, Seok and Dill, J. Chem. Theory Comput. 3, 26 (2007); Chodera, J. Chem. Theory Comput. 12, 1799
 * (2016); Künsch, Ann. Stat. 17, 1217 (1989).
 */
import { autocorrelate } from '../analysis/fourier';
import type { Random } from '../random';

/** Correlations below these many steps are taken whatever their sign: a fast oscillation must not end the sum. */
const LEAST_STEPS = 3;
/** Starts that are tried as the end of equilibration. */
const STARTS = 20;

/**
 * g = 1 + 2 Σ_t (1 − t/n) C(t), the number of values that count as one independent one (Chodera 2007, eq. 29); the sum
 * ends where the normalized autocorrelation C first falls to 0.
 * @returns at least 1, and 1 for values that don't change
 */
export function statisticalInefficiency(values: Float64Array): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  const products = autocorrelate(values.map((value) => value - mean));
  const variance = products[0] / n;
  // What rounding leaves of values that are all the same is no motion.
  if (!(variance > (1e-14 * mean) ** 2)) return 1;
  let g = 1;
  for (let t = 1; t < n - 1; t++) {
    const correlation = products[t] / (n - t) / variance;
    if (correlation <= 0 && t > LEAST_STEPS) break;
    g += 2 * correlation * (1 - t / n);
  }
  return Math.max(1, g);
}

export interface Equilibration {
  /** Values at the beginning to leave out. */
  readonly discarded: number;
  /** Of the others. */
  readonly inefficiency: number;
}

/** The start that leaves the most independent values (Chodera 2016, eq. 10). */
export function detectEquilibration(values: Float64Array): Equilibration {
  const n = values.length;
  let best: Equilibration = { discarded: 0, inefficiency: statisticalInefficiency(values) };
  for (let k = 1; k < STARTS; k++) {
    const discarded = Math.floor((k * n) / STARTS);
    const inefficiency = statisticalInefficiency(values.subarray(discarded));
    if ((n - discarded) / inefficiency > (n - best.discarded) / best.inefficiency) best = { discarded, inefficiency };
  }
  return best;
}

/** Blocks that are enough for the spread between them to be known. */
const ENOUGH_BLOCKS = 1000;

/** Length of the blocks to resample by: longer than the correlation lasts, and many of them. */
export const blockLength = (inefficiency: number, samples: number): number =>
  Math.max(
    1,
    Math.min(
      Math.max(Math.round(1 + 3 * (inefficiency - 1)), Math.floor(samples / ENOUGH_BLOCKS)),
      Math.floor(samples / 4),
    ),
  );

/**
 * Draws as many values as there are, in blocks of neighbours that begin anywhere and go on at the start after the end.
 * @param visit gets the index of each value drawn
 */
export function resampleBlocks(samples: number, block: number, random: Random, visit: (index: number) => void): void {
  for (let drawn = 0; drawn < samples; drawn += block) {
    const first = random.integer(samples);
    const length = Math.min(block, samples - drawn);
    for (let k = 0; k < length; k++) visit((first + k) % samples);
  }
}

/** Root of the mean square deviation from the mean, of what is a number. */
export function standardDeviation(values: Iterable<number>): number {
  let [count, mean, squares] = [0, 0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    const before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }
  return count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
}
