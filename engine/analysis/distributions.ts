/**
 * How atoms lie around each other, averaged over frames: radial distribution functions and angles between bonds. Pure.
 * Å, degrees.
 */
import { covalentSum, symbolOf } from '../../language/elements';
import { volume } from '../structure/cell';
import { buildNeighborList } from '../structure/neighbors';
import type { Structure } from '../structure/structure';

export interface RadialDistribution {
  /** Symbols, in order of atomic number: of atoms at the centre and around it. */
  readonly pair: readonly [string, string];
  /** Middle of each bin, Å. */
  readonly r: Float64Array;
  /** Density of the second around the first, in units of its mean density: 1 in an ideal gas. */
  readonly g: Float64Array;
  /** Mean number of the second within the outer edge of each bin of the first. */
  readonly coordination: Float64Array;
  /** Atoms of the first for each of the second: so many times `coordination` of the first are around one of the second. */
  readonly ratio: number;
}

/** What is nearest around an atom. */
export interface Shell {
  /** Å: where g is highest, and how high. */
  readonly peak: number;
  readonly height: number;
  /** Å: the minimum behind, and the mean number of the second within it of the first; null if g has none in its range. */
  readonly end: number | null;
  readonly coordination: number | null;
}

/** Where a curve is highest; null where it is zero. */
export function peakOf(
  x: Float64Array,
  y: Float64Array,
): { readonly peak: number | null; readonly height: number | null } {
  const at = y.reduce((best, value, k) => (value > y[best] ? k : best), 0);
  return y.length === 0 || y[at] === 0 ? { peak: null, height: null } : { peak: x[at], height: y[at] };
}

/** Å over which g is averaged to look for its peaks. */
const SMOOTHED = 0.15;
/** Part by which g falls behind a peak. */
const FALL = 0.2;
/** How far g rises again behind a minimum, in units of the peak, and at most by this of 2. */
const RISE = 0.05;

/** The first peak of g above that of an ideal gas, and the minimum behind it; null if there is none. */
export function firstShell({ r, g, coordination }: Omit<RadialDistribution, 'pair' | 'ratio'>): Shell | null {
  if (r.length === 0) return null;
  // The first bin begins at 0.
  const width = 2 * r[0];
  const half = Math.round((SMOOTHED / width - 1) / 2);
  const smooth = g.map((_, k) => {
    const near = g.subarray(Math.max(0, k - half), k + half + 1);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
  let top = 0;
  let k = 0;
  for (; k < g.length; k++) {
    if (smooth[k] > smooth[top]) top = k;
    else if (smooth[top] > 1 && smooth[k] < (1 - FALL) * smooth[top]) break;
  }
  if (k === g.length) return null;
  let low = k;
  for (; k < g.length; k++) {
    if (smooth[k] < smooth[low]) low = k;
    else if (smooth[k] > smooth[low] + RISE * Math.min(2, smooth[top])) break;
  }
  const isSeen = k < g.length || smooth[low] < RISE * smooth[top];
  let peak = Math.max(0, top - half);
  for (let near = peak; near <= top + half; near++) if (g[near] > g[peak]) peak = near;
  return {
    peak: r[peak],
    height: g[peak],
    end: isSeen ? r[low] + width / 2 : null,
    coordination: isSeen ? coordination[low] : null,
  };
}

export interface AngleDistribution {
  /** End, centre, end; the centre is in the middle. */
  readonly triple: readonly [string, string, string];
  /** Middle of each bin, degrees. */
  readonly angle: Float64Array;
  /** Probability per degree. */
  readonly density: Float64Array;
  readonly count: number;
}

/** Two atoms are bonded if they are nearer than so many times the sum of their covalent radii. */
const BOND = 1.2;

interface PairCounts {
  readonly counts: Float64Array;
  /** Σ over frames of N₁ N₂ / V. */
  expected: number;
  /** Σ over frames of N₁, and of N₂. */
  centres: number;
  others: number;
}

export interface Distributions {
  /** Counts a frame. Radial distributions want one that is periodic in all directions. */
  add(frame: Structure): void;
  radial(): RadialDistribution[];
  angles(): AngleDistribution[];
}

/**
 * @param cutoff farthest distance of the radial distributions, Å
 * @param bins of radius and of angle
 */
export function createDistributions(cutoff: number, bins = 200): Distributions {
  const pairs = new Map<string, PairCounts>();
  const triples = new Map<string, Float64Array>();
  const pairOf = (a: number, b: number): PairCounts => {
    const key = `${a} ${b}`;
    const known = pairs.get(key) ?? { counts: new Float64Array(bins), expected: 0, centres: 0, others: 0 };
    pairs.set(key, known);
    return known;
  };

  function add(frame: Structure): void {
    const { numbers, cell, periodic } = frame;
    const list = buildNeighborList(frame, cutoff);
    const counts = new Map<number, number>();
    for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
    const isBulk = cell !== undefined && periodic.every(Boolean);
    if (isBulk) {
      const V = Math.abs(volume(cell));
      for (const [a, countA] of counts)
        for (const [b, countB] of counts) {
          if (a > b) continue;
          const pair = pairOf(a, b);
          // None is around itself.
          pair.expected += (countA * (a === b ? countB - 1 : countB)) / V;
          pair.centres += countA;
          pair.others += countB;
        }
    }
    const bonds: number[] = [];
    for (let i = 0; i < numbers.length; i++) {
      bonds.length = 0;
      for (let k = list.offsets[i]; k < list.offsets[i + 1]; k++) {
        const j = list.indices[k];
        const distance = list.distances[k];
        if (isBulk && numbers[i] <= numbers[j])
          pairOf(numbers[i], numbers[j]).counts[Math.min(bins - 1, Math.floor((distance / cutoff) * bins))]++;
        if (distance < bondLength(numbers[i], numbers[j])) bonds.push(k);
      }
      for (let first = 0; first < bonds.length; first++)
        for (let second = 0; second < first; second++) countAngle(numbers, list, i, bonds[first], bonds[second]);
    }
  }

  function countAngle(
    numbers: Uint8Array,
    { vectors, distances, indices }: ReturnType<typeof buildNeighborList>,
    centre: number,
    a: number,
    b: number,
  ): void {
    let dot = 0;
    for (let x = 0; x < 3; x++) dot += vectors[3 * a + x] * vectors[3 * b + x];
    const cosine = Math.max(-1, Math.min(1, dot / (distances[a] * distances[b])));
    const angle = (Math.acos(cosine) * 180) / Math.PI;
    const ends = [numbers[indices[a]], numbers[indices[b]]].sort((p, q) => p - q);
    const key = `${ends[0]} ${numbers[centre]} ${ends[1]}`;
    const counts = triples.get(key) ?? new Float64Array(bins);
    triples.set(key, counts);
    counts[Math.min(bins - 1, Math.floor((angle / 180) * bins))]++;
  }

  const lengths = new Map<number, number>();
  function bondLength(a: number, b: number): number {
    const key = 256 * a + b;
    const known = lengths.get(key) ?? BOND * covalentSum(symbolOf(a), symbolOf(b));
    lengths.set(key, known);
    return known;
  }

  const symbols = (key: string): string[] => key.split(' ').map((number) => symbolOf(Number(number)));
  const middles = (width: number): Float64Array => Float64Array.from({ length: bins }, (_, k) => (k + 0.5) * width);

  return {
    add,
    radial: () => {
      const width = cutoff / bins;
      return [...pairs].sort(byNumbers).map(([key, { counts, expected, centres, others }]) => {
        const shell = (k: number): number => (4 / 3) * Math.PI * width ** 3 * ((k + 1) ** 3 - k ** 3);
        const [first, second] = symbols(key);
        let sum = 0;
        return {
          pair: [first, second] as const,
          r: middles(width),
          g: counts.map((count, k) => (expected > 0 ? count / (expected * shell(k)) : 0)),
          coordination: counts.map((count) => (sum += count / centres)),
          ratio: centres / others,
        };
      });
    },
    angles: () =>
      [...triples].sort(byNumbers).map(([key, counts]) => {
        const count = counts.reduce((sum, each) => sum + each, 0);
        const [first, centre, last] = symbols(key);
        const width = 180 / bins;
        return {
          triple: [first, centre, last] as const,
          angle: middles(width),
          density: counts.map((each) => each / (count * width)),
          count,
        };
      }),
  };
}

function byNumbers([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const [first, second] = [a, b].map((key) => key.split(' ').map(Number));
  return first.map((number, k) => number - second[k]).find((difference) => difference !== 0) ?? 0;
}
