/**
 * The weighted histogram analysis method: one distribution out of windows that were sampled under different biases
 * (Kumar, Bouzida, Swendsen, Kollman and Rosenberg, J. Comput. Chem. 13, 1011 (1992)),
 *
 *   p_b = M_b / Σ_k N_k exp(f_k − u_kb),   exp(−f_k) = Σ_b p_b exp(−u_kb)
 *
 * with counts M_b of all windows together, N_k values in window k, and biases u in units of k_B T. The f that solve it
 * minimize a convex function (Zhu and Hummer, J. Comput. Chem. 33, 453 (2012), eq. 19),
 *
 *   A(f) = −Σ_k N_k f_k + Σ_b M_b ln Σ_k N_k exp(f_k − u_kb),
 *
 * for which Newton's method needs few steps where the plain iteration needs thousands. Bins may be as narrow as one value
 * each: then this is MBAR (Shirts and Chodera, J. Chem. Phys. 129, 124105 (2008)). Pure.
 */
import { solveSymmetric } from '../vectors';

/** What was counted. */
export interface Histogram {
  /** M_b, B */
  readonly counts: Float64Array;
  /** N_k, K: each at least 1. */
  readonly samples: Float64Array;
  /** u_kb in k_B T, K × B, row-major. */
  readonly bias: Float64Array;
}

export interface WhamSolution {
  /** Free energies f_k of the windows in k_B T, K; f_0 = 0. */
  readonly offsets: Float64Array;
  /** Steps of Newton's method. */
  readonly iterations: number;
  /** Largest difference of an f_k from the one that the present p give, k_B T. */
  readonly residual: number;
}

const TOLERANCE = 1e-10;
const MAXIMUM_ITERATIONS = 200;
/** Shares of a window in a bin below this don't count in the curvature, which needs not be exact. */
const NEGLIGIBLE = 1e-9;

/**
 * Value, gradient (K) and the shares of the windows in each bin (K × B) of the function that `solveWham` minimizes.
 * @param offsets f_k in k_B T, K
 */
export function likelihood({ counts, samples, bias }: Histogram, offsets: Float64Array) {
  const [windows, bins] = [samples.length, counts.length];
  const gradient = samples.map((count) => -count);
  const shares = new Float64Array(windows * bins);
  const base = samples.map((count, k) => Math.log(count) + offsets[k]);
  let value = 0;
  for (let k = 0; k < windows; k++) value -= samples[k] * offsets[k];
  for (let b = 0; b < bins; b++) {
    if (counts[b] === 0) continue;
    let largest = -Infinity;
    for (let k = 0; k < windows; k++) largest = Math.max(largest, base[k] - bias[k * bins + b]);
    let sum = 0;
    for (let k = 0; k < windows; k++) {
      const share = Math.exp(base[k] - bias[k * bins + b] - largest);
      shares[k * bins + b] = share;
      sum += share;
    }
    value += counts[b] * (largest + Math.log(sum));
    for (let k = 0; k < windows; k++) {
      shares[k * bins + b] /= sum;
      gradient[k] += counts[b] * shares[k * bins + b];
    }
  }
  return { value, gradient, shares };
}

/** @param start f_k to begin with, k_B T, K; zeros are good enough */
export function solveWham(histogram: Histogram, start?: Float64Array): WhamSolution {
  const { samples } = histogram;
  let offsets = start?.slice() ?? new Float64Array(samples.length);
  let now = likelihood(histogram, offsets);
  /** ln of what the window's equation is off by. */
  const residualOf = (gradient: Float64Array): number =>
    gradient.reduce((worst, slope, k) => Math.max(worst, Math.abs(Math.log1p(slope / samples[k]))), 0);
  let iterations = 0;
  while (residualOf(now.gradient) > TOLERANCE && iterations < MAXIMUM_ITERATIONS) {
    iterations++;
    const direction = solveSymmetric(
      curvature(histogram, now.shares),
      Array.from(now.gradient, (slope) => -slope),
    );
    const slope = now.gradient.reduce((sum, each, k) => sum + each * direction[k], 0);
    let step = 1;
    let next = now;
    let tried = offsets;
    // The function is convex: a short enough step goes down, until rounding is all that is left of the way.
    for (; step > 1e-6; step /= 2) {
      tried = offsets.map((f, k) => f + step * direction[k]);
      next = likelihood(histogram, tried);
      if (next.value <= now.value + 1e-4 * step * slope || residualOf(next.gradient) < residualOf(now.gradient)) break;
    }
    if (step <= 1e-6) break;
    [offsets, now] = [tried, next];
  }
  return {
    offsets: offsets.map((f) => f - offsets[0]),
    iterations,
    residual: residualOf(now.gradient),
  };
}

/** Second derivatives, K × K; a constant is added to all elements because A does not change where all f move together. */
function curvature({ counts, samples }: Histogram, shares: Float64Array): number[][] {
  const [windows, bins] = [samples.length, counts.length];
  const total = samples.reduce((sum, count) => sum + count, 0);
  const matrix = Array.from({ length: windows }, () => new Array<number>(windows).fill(total / windows ** 2));
  for (let k = 0; k < windows; k++) matrix[k][k] += 1e-9 * samples[k];
  const present: number[] = [];
  for (let b = 0; b < bins; b++) {
    if (counts[b] === 0) continue;
    present.length = 0;
    for (let k = 0; k < windows; k++) if (shares[k * bins + b] > NEGLIGIBLE) present.push(k);
    for (const k of present) {
      const weighted = counts[b] * shares[k * bins + b];
      matrix[k][k] += weighted;
      for (const l of present) matrix[k][l] -= weighted * shares[l * bins + b];
    }
  }
  return matrix;
}

/**
 * p_b with sum 1, B.
 * @param offsets f_k in k_B T, K; they may come from other bins
 */
export function densities({ counts, samples, bias }: Histogram, offsets: Float64Array): Float64Array {
  const bins = counts.length;
  const logarithms = counts.map((count, b) => {
    if (count === 0) return -Infinity;
    const terms = offsets.map((f, k) => Math.log(samples[k]) + f - bias[k * bins + b]);
    const largest = terms.reduce((most, term) => Math.max(most, term), -Infinity);
    return Math.log(count) - largest - Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
  });
  const largest = logarithms.reduce((most, each) => Math.max(most, each), -Infinity);
  const sum = logarithms.reduce((total, each) => total + Math.exp(each - largest), 0);
  return logarithms.map((each) => Math.exp(each - largest) / sum);
}
