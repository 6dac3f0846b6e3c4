/**
 * Scaling of symmetry functions before they enter a network: scaled = (G − offset) · factor.
 *
 *   range            (G − min)/(max − min)
 *   range_centered   (G − mean)/(max − min)
 *   sigma            (G − mean)/σ
 *   none             G
 *
 * as in n2p2 with scale_min 0 and scale_max 1. A function that is constant over the data says nothing, and its range
 * must not become a divisor: its factor is 0 (never ∞), which takes it out of the network's sight.
 */
import type { ScalingMode } from '../../language/definition/definition';

/** What the training data had of each symmetry function of an element, unscaled. */
export interface FunctionRanges {
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
}

export interface Scaling {
  /** Per symmetry function of one element. */
  readonly offset: Float64Array;
  readonly factor: Float64Array;
  /** Unknown of what was trained before it was written down. */
  readonly range?: FunctionRanges;
}

/** What the data say of the symmetry functions of one element; grown sample by sample (Welford's update). */
export interface Statistics {
  count: number;
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
  readonly mean: Float64Array;
  /** Sum of squared deviations from the mean. */
  readonly squares: Float64Array;
}

export function createStatistics(functions: number): Statistics {
  return {
    count: 0,
    minimum: new Float64Array(functions).fill(Infinity),
    maximum: new Float64Array(functions).fill(-Infinity),
    mean: new Float64Array(functions),
    squares: new Float64Array(functions),
  };
}

/** Takes one atom's unscaled values into account. */
export function addSample(statistics: Statistics, values: Float64Array): void {
  const { minimum, maximum, mean, squares } = statistics;
  const count = ++statistics.count;
  for (let s = 0; s < mean.length; s++) {
    const value = values[s];
    minimum[s] = Math.min(minimum[s], value);
    maximum[s] = Math.max(maximum[s], value);
    const deviation = value - mean[s];
    mean[s] += deviation / count;
    squares[s] += deviation * (value - mean[s]);
  }
}

/** Ranges below this fraction of the largest value are rounding, not information. */
const NEGLIGIBLE_RANGE = 1e-12;

/**
 * The scaling that `mode` makes of the statistics.
 * @param negligible of each function the range that is rounding in any case; 0 if absent
 * @returns the scaling, and the numbers of the functions that are constant over the data: the caller warns of them.
 */
export function fitScaling(
  mode: ScalingMode,
  statistics: Statistics,
  negligible: readonly number[] = [],
): { readonly scaling: Scaling; readonly constant: readonly number[] } {
  const { minimum, maximum, mean, squares, count } = statistics;
  const offset = new Float64Array(mean.length);
  const factor = new Float64Array(mean.length).fill(1);
  const constant: number[] = [];
  for (let s = 0; s < mean.length; s++) {
    const range = maximum[s] - minimum[s];
    const divisor = mode === 'sigma' ? Math.sqrt(squares[s] / (count - 1)) : range;
    // Written so that no sample at all (a range of −∞) and a single one (σ = 0/0) count as constant.
    const varies =
      range > NEGLIGIBLE_RANGE * Math.max(Math.abs(minimum[s]), Math.abs(maximum[s])) &&
      range > (negligible.at(s) ?? 0) &&
      Number.isFinite(1 / divisor);
    if (!varies) constant.push(s);
    if (mode === 'none') continue;
    if (count > 0) offset[s] = mode === 'range' ? minimum[s] : mean[s];
    factor[s] = varies ? 1 / divisor : 0;
  }
  return { scaling: { offset, factor, ...(count > 0 && { range: { minimum, maximum } }) }, constant };
}

/** (G − offset) · factor, into `into`. */
export function applyScaling({ offset, factor }: Scaling, values: Float64Array, into: Float64Array): void {
  for (let s = 0; s < offset.length; s++) into[s] = (values[s] - offset[s]) * factor[s];
}
