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
  /** Σ over frames of N₁. */
  centres: number;
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
    const known = pairs.get(key) ?? { counts: new Float64Array(bins), expected: 0, centres: 0 };
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
      return [...pairs].sort(byNumbers).map(([key, { counts, expected, centres }]) => {
        const shell = (k: number): number => (4 / 3) * Math.PI * width ** 3 * ((k + 1) ** 3 - k ** 3);
        const [first, second] = symbols(key);
        let sum = 0;
        return {
          pair: [first, second] as const,
          r: middles(width),
          g: counts.map((count, k) => (expected > 0 ? count / (expected * shell(k)) : 0)),
          coordination: counts.map((count) => (sum += count / centres)),
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
