/** The shape of a profile: its two most prominent minima and the lowest way between them. Pure. */

export interface Heights {
  /** From the reactant up to the top, and from the product, in the profile's unit. */
  readonly forward: number;
  readonly backward: number;
}

/** Bins of the minimum at the smaller coordinate, of the highest point on the lowest way, and of the other minimum. */
export interface Way extends Heights {
  readonly reactant: number;
  readonly top: number;
  readonly product: number;
  /** Of another profile, at the same places. */
  readonly heights: (profile: Float64Array) => Heights;
}

/** Weights of the middle of a parabola through five points by least squares (Savitzky and Golay, Anal. Chem. 36, 1627 (1964)). */
const PARABOLA = [-3 / 35, 12 / 35, 17 / 35, 12 / 35, -3 / 35];

/**
 * @param profile NaN where it isn't known
 * @param kT height above the higher minimum that makes it one, and not noise
 * @returns undefined if there is one minimum only
 */
export function findWay(profile: Float64Array, periodic: boolean, kT: number): Way | undefined {
  const smooth = profile.map((_, b) => smoothAt(profile, b, periodic));
  const pair = mostProminent(smooth, periodic, kT);
  if (pair === undefined) return undefined;
  const [reactant, product] = pair.minima[0] < pair.minima[1] ? pair.minima : [pair.minima[1], pair.minima[0]];
  const { top } = pair;
  const heights = (other: Float64Array): Heights => {
    const [start, middle, end] = [reactant, top, product].map((b) => smoothAt(other, b, periodic));
    return { forward: middle - start, backward: middle - end };
  };
  return { reactant, top, product, ...heights(profile), heights };
}

/** The profile without its noise; the bare value beside the ends and beside what isn't known. */
export function smoothAt(profile: Float64Array, bin: number, periodic: boolean): number {
  const count = profile.length;
  let sum = 0;
  for (let k = 0; k < PARABOLA.length; k++) {
    const b = bin + k - 2;
    sum += PARABOLA[k] * profile[periodic ? (b + count) % count : b];
  }
  return Number.isNaN(sum) ? profile[bin] : sum;
}

/**
 * The lowest minimum, and of the others the one that is deepest below the lowest way to a lower one: bins are flooded from
 * the lowest to the highest, and where two lakes meet the shallower one ends.
 */
function mostProminent(
  profile: Float64Array,
  periodic: boolean,
  least: number,
): { minima: [number, number]; top: number } | undefined {
  const count = profile.length;
  const order = [...profile.keys()].filter((b) => !Number.isNaN(profile[b])).sort((a, b) => profile[a] - profile[b]);
  /** The lowest bin of the lake that a bin belongs to. */
  const lake = new Int32Array(count).fill(-1);
  let best: { minima: [number, number]; top: number; depth: number } | undefined;
  for (const bin of order) {
    const beside = [bin - 1, bin + 1]
      .map((b) => (periodic ? (b + count) % count : b))
      .filter((b) => b >= 0 && b < count && lake[b] >= 0)
      .map((b) => lake[b])
      .sort((a, b) => profile[a] - profile[b]);
    lake[bin] = beside.at(0) ?? bin;
    if (beside.length < 2 || beside[0] === beside[1]) continue;
    const [lower, higher] = beside;
    const depth = profile[bin] - profile[higher];
    if (depth >= least && (best === undefined || depth > best.depth))
      best = { minima: [lower, higher], top: bin, depth };
    for (let b = 0; b < count; b++) if (lake[b] === higher) lake[b] = lower;
  }
  return best;
}

/**
 * Second derivative per square of a bin, of the parabola that fits best within `depth` of the value at a bin, at least over
 * five bins.
 */
export function curvatureAt(profile: Float64Array, bin: number, periodic: boolean, depth: number): number {
  const count = profile.length;
  const at = (k: number): number => profile[periodic ? (bin + k + count) % count : bin + k];
  let half = 2;
  while (half < count / 4 && Math.abs(at(half + 1) - at(0)) < depth && Math.abs(at(-half - 1) - at(0)) < depth) half++;
  // Of x² − ⟨x²⟩, which is orthogonal to 1 and x.
  const mean = (half * (half + 1)) / 3;
  let [above, below] = [0, 0];
  for (let k = -half; k <= half; k++) {
    above += (k * k - mean) * at(k);
    below += (k * k - mean) ** 2;
  }
  return (2 * above) / below;
}
