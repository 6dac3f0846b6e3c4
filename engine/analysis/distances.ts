/**
 * Distances between atoms over a dataset: which pairs of elements come how near, how many neighbours an atom has within a
 * radius, where the shells are. Pure. Å.
 */
import type { PotentialDefinition } from '../../language/definition/definition';
import { atomicNumber } from '../../language/elements';
import type { Problem } from '../../protocol/result';
import { buildNeighborList } from '../structure/neighbors';
import type { Structure } from '../structure/structure';

/** Å: width of the bins of a histogram. */
export const BIN = 0.02;

export interface DistanceSurvey {
  /** Å: how far was looked. */
  readonly reach: number;
  /** Atoms that were looked at, per element by index. */
  readonly atoms: readonly number[];
  /** [element of the centre][of the neighbour], numbers of neighbours in bins of `BIN`. */
  readonly counts: readonly (readonly Float64Array[])[];
  /** The same, smallest distance; ∞ where no pair is within reach. */
  readonly nearest: readonly (readonly number[])[];
}

/**
 * @param elements symbols; every atom must be one of them
 * @param reach Å
 */
export function surveyDistances(
  structures: Iterable<Structure>,
  elements: readonly string[],
  reach: number,
): DistanceSurvey {
  const bins = Math.ceil(reach / BIN);
  const index = new Map(elements.map((symbol, e) => [atomicNumber(symbol), e]));
  const indexOf = (number: number): number => index.get(number) ?? 0;
  const atoms = elements.map(() => 0);
  const counts = elements.map(() => elements.map(() => new Float64Array(bins)));
  const nearest = elements.map(() => elements.map(() => Infinity));
  for (const structure of structures) {
    const { numbers } = structure;
    const list = buildNeighborList(structure, reach);
    numbers.forEach((number, i) => {
      const center = indexOf(number);
      atoms[center]++;
      for (let entry = list.offsets[i]; entry < list.offsets[i + 1]; entry++) {
        const neighbor = indexOf(numbers[list.indices[entry]]);
        const r = list.distances[entry];
        counts[center][neighbor][Math.min(bins - 1, Math.floor(r / BIN))]++;
        if (r < nearest[center][neighbor]) nearest[center][neighbor] = r;
      }
    });
  }
  return { reach, atoms, counts, nearest };
}

/** Neighbours that a cutoff should take in: most of what a local model can learn, at a bearable number of triples. */
const WANTED_NEIGHBORS = 35;
/** Å */
const SHORTEST_CUTOFF = 4;
export const LONGEST_CUTOFF = 6.5;
/** Å: how far a minimum of the radial distribution may be from the wanted number of neighbours. */
const LEEWAY = 0.3;
/** Relative: how far their number may be from the wanted one there. */
const TOLERANCE = 0.25;
const STEP = 0.05;

export interface CutoffChoice {
  /** Å */
  readonly cutoff: number;
  /** Mean number of neighbours of all elements within it. */
  readonly neighbors: number;
}

/**
 * A cutoff for a dataset: where an atom has about 35 neighbours other than hydrogen (of any element if there is only
 * hydrogen), between 4 and 6.5 Å, and there at the lowest place of the radial distribution within 0.3 Å and with 26 to 44 neighbours: atoms that move
 * across the cutoff should be few. In steps of 0.05 Å.
 * @param survey must reach to 6.5 Å, or to a cutoff that is given
 * @param given Å, if there is nothing to choose
 */
export function chooseCutoff(
  { atoms, counts }: DistanceSurvey,
  elements: readonly string[],
  given?: number,
): CutoffChoice {
  const bins = counts[0][0].length;
  const isHydrogen = elements.map((symbol) => symbol === 'H');
  const heavyOnly = isHydrogen.includes(false);
  const total = atoms.reduce((sum, n) => sum + n, 0);
  const wanted = new Float64Array(bins);
  const all = new Float64Array(bins);
  for (const row of counts)
    row.forEach((histogram, neighbor) => {
      histogram.forEach((n, bin) => {
        all[bin] += n / total;
        if (!(heavyOnly && isHydrogen[neighbor])) wanted[bin] += n / total;
      });
    });
  let sum = 0;
  let reached = LONGEST_CUTOFF;
  for (let bin = 0; bin < bins; bin++) {
    sum += wanted[bin];
    if (sum < WANTED_NEIGHBORS) continue;
    reached = (bin + 1) * BIN;
    break;
  }
  const center = Math.min(LONGEST_CUTOFF, Math.max(SHORTEST_CUTOFF, reached));
  // The radial distribution, smoothed over ±0.1 Å.
  const density = (r: number): number => {
    const [from, to] = [Math.max(0, Math.round((r - 0.1) / BIN)), Math.min(bins, Math.round((r + 0.1) / BIN))];
    return wanted.subarray(from, to).reduce((part, n) => part + n, 0) / (r * r * (to - from));
  };
  const neighborsWithin = (r: number): number =>
    wanted.subarray(0, Math.round(r / BIN)).reduce((part, n) => part + n, 0);
  let cutoff = given ?? round(center);
  let lowest = Infinity;
  const steps = given === undefined ? Math.round(LEEWAY / STEP) : -1;
  for (let step = -steps; step <= steps; step++) {
    const r = round(center + STEP * step);
    const few = Math.abs(neighborsWithin(r) / WANTED_NEIGHBORS - 1) > TOLERANCE;
    // Of places that are as good the nearest in is the cheapest.
    if (few || r < SHORTEST_CUTOFF || r > LONGEST_CUTOFF || density(r) >= 0.98 * lowest) continue;
    cutoff = r;
    lowest = density(r);
  }
  const within = all.subarray(0, Math.round(cutoff / BIN));
  return { cutoff, neighbors: within.reduce((part, n) => part + n, 0) };
}

/** To whole steps. */
const round = (r: number): number => Number((Math.round(r / STEP) * STEP).toFixed(2));

/** Warns (PD0502) of pairs of elements that the data have within the reach of the prior, where it would disturb what they say. */
export function checkPrior(
  { prior, elements }: Pick<PotentialDefinition, 'prior' | 'elements'>,
  structures: Iterable<Structure>,
): Problem[] {
  if (prior === undefined) return [];
  const reach = Math.max(...prior.pairs.map(({ outer }) => outer));
  const { nearest } = surveyDistances(structures, elements, reach);
  return prior.pairs.flatMap(({ elements: [a, b], outer }) => {
    const distance = nearest[elements.indexOf(a)][elements.indexOf(b)];
    if (distance >= outer) return [];
    const message = `The data have ${a}–${b} distances down to ${distance.toFixed(2)} Å, within the repulsion of the prior, which ends at ${outer.toFixed(2)} Å: lower outer.`;
    return [{ code: 'PD0502', message }];
  });
}
