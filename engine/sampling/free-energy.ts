/**
 * From umbrella windows to a potential of mean force W(ξ) = −k_B T ln p(ξ), with its error and what speaks for or against
 * it. Pure. eV, K; the coordinate in Å, rad or without unit.
 *
 * The windows' free energies are solved for on a grid much finer than the windows are wide, so that they don't depend on the
 * bins. With them the bins that are looked at get the density at their centres: what fell into them over what the windows
 * would have put there if all ξ were equally likely. Errors are those of a block bootstrap.
 */
import { BOLTZMANN } from '../../language/constants';
import type { Coordinate, Pmf, PmfWindow } from '../../protocol/pmf';
import { createRandom } from '../random';
import { deviation } from './coordinates';
import { findWay, type Way } from './profile';
import {
  blockLength,
  detectEquilibration,
  resampleBlocks,
  standardDeviation,
  statisticalInefficiency,
} from './statistics';
import { densities, solveWham, type Histogram, type WhamSolution } from './wham';

/** What was sampled under the bias ½ κ (ξ − center)². */
export interface UmbrellaWindow {
  readonly center: number;
  /** κ, eV per square of the coordinate's unit. */
  readonly forceConstant: number;
  /** ξ at equal intervals of time. */
  readonly values: Float64Array;
}

export interface FreeEnergyOptions {
  readonly coordinate: Coordinate;
  /** K */
  readonly temperature: number;
  /** The coordinate is a distance: see PmfMeta. */
  readonly jacobian?: boolean;
  /** Number of bins; without it as many as resolve the windows. */
  readonly bins?: number;
  /** From where to where; without it all values. Periodic coordinates have −π … π. */
  readonly range?: readonly [number, number];
  /** Fraction of each window to leave out at its beginning; without it what looks like equilibration. */
  readonly discard?: number;
  /** Of the bootstrap: without it 100. */
  readonly resamples?: number;
  readonly seed?: number;
}

export interface FreeEnergy {
  readonly pmf: Pmf;
  /** W of each resample of the bootstrap, eV, at total probability 1 per unit of ξ: no common minimum. */
  readonly resamples: readonly Float64Array[];
}

const MINIMUM_BINS = 20;
const MAXIMUM_BINS = 200;
const MAXIMUM_FINE_BINS = 20_000;
/** Of a window's width, the largest bin to look at and to solve on. */
const BIN_WIDTH = 0.5;
const FINE_WIDTH = 0.1;
/** Common part of two histograms that makes them hang together. */
const CONNECTING_OVERLAP = 0.01;
/** Values that each half must have in a bin for the halves to be compared there. */
const COMPARED = 10;

/** A window's values without equilibration, as differences from its centre. */
interface Used {
  readonly center: number;
  readonly forceConstant: number;
  readonly deviations: Float64Array;
  /** Bin of the fine grid of each value; −1 outside of it. */
  readonly bins: Int32Array;
  readonly discarded: number;
  readonly inefficiency: number;
}

interface Grid {
  readonly start: number;
  readonly width: number;
  readonly count: number;
  /** Fine bins in each. */
  readonly parts: number;
}

/**
 * @param windows in any order; those without values are left out
 * @returns undefined if no window has a value in the range
 */
export function freeEnergyOf(windows: readonly UmbrellaWindow[], options: FreeEnergyOptions): FreeEnergy | undefined {
  const { coordinate, temperature, jacobian = false, resamples = 100, seed = 1 } = options;
  const kT = BOLTZMANN * temperature;
  const sorted = windows.filter(({ values }) => values.length > 0).sort((a, b) => a.center - b.center);
  const cut = sorted.map((window) => cutEquilibration(window, options.discard, coordinate));
  if (cut.length === 0) return undefined;
  const grid = gridOf(cut, options);
  const all = cut.map((window) => ({ ...window, bins: binsOf(window, grid, coordinate) }));
  const used = all.filter(({ bins }) => bins.some((bin) => bin >= 0));
  if (used.length === 0) return undefined;

  const fine = biasOf(
    used,
    { ...grid, width: grid.width / grid.parts, count: grid.count * grid.parts },
    kT,
    coordinate,
  );
  const coarse = biasOf(used, grid, kT, coordinate);
  /** −k_B T ln of the probability per unit of ξ at the centres of the bins; NaN where there is none. */
  const profileOf = (histogram: Histogram, { offsets }: WhamSolution): Float64Array =>
    densities({ ...histogram, counts: gather(histogram.counts, grid), bias: coarse }, offsets).map((p) =>
      p > 0 ? -kT * Math.log(p / grid.width) : NaN,
    );
  const histogram = histogramOf(used, grid, fine, (window, visit) => window.bins.forEach(visit));
  const solution = solveWham(histogram, estimateOffsets(used, kT));
  const profile = profileOf(histogram, solution);

  const random = createRandom(seed, 'bootstrap');
  const drawn = Array.from({ length: resamples }, () => {
    const resampled = histogramOf(used, grid, fine, ({ bins, inefficiency }, visit) =>
      resampleBlocks(bins.length, blockLength(inefficiency, bins.length), random, (i) => visit(bins[i])),
    );
    return profileOf(resampled, solveWham(resampled, solution.offsets));
  });
  const error = profile.map((value, b) =>
    Number.isNaN(value) ? NaN : standardDeviation(drawn.map((each) => each[b])),
  );

  const halves = [0, 1].map((half) => {
    const part = histogramOf(used, grid, fine, ({ bins }, visit) => {
      const middle = Math.floor(bins.length / 2);
      (half === 0 ? bins.subarray(0, middle) : bins.subarray(middle)).forEach(visit);
    });
    return { counts: gather(part.counts, grid), profile: profileOf(part, solveWham(part, solution.offsets)) };
  });
  const { difference, agree } = compareHalves(halves, error);

  const histograms = used.map(({ bins }) => {
    const counts = new Float64Array(grid.count);
    for (const bin of bins) if (bin >= 0) counts[Math.floor(bin / grid.parts)]++;
    return counts;
  });
  const connected = hangTogether(histograms);
  const minimum = profile.reduce((least, value) => (value < least ? value : least), Infinity);
  const centers = Float64Array.from({ length: grid.count }, (_, b) => grid.start + (b + 0.5) * grid.width);
  const way = findWay(profile, coordinate.periodic, kT);
  return {
    resamples: drawn,
    pmf: {
      meta: {
        kind: 'pmf',
        coordinate,
        temperature,
        windows: describeWindows(used, histograms, coordinate.periodic),
        jacobian,
        connected,
        converged: connected && agree,
        difference,
        barrier: way === undefined ? null : describeBarrier(way, centers, drawn),
      },
      coordinate: centers,
      pmf: profile.map((value) => value - minimum),
      error,
      histograms: Float64Array.from(histograms.flatMap((counts) => [...counts])),
    },
  };
}

type Cut = Omit<Used, 'bins'>;

function cutEquilibration(
  { center, forceConstant, values }: UmbrellaWindow,
  discard: number | undefined,
  coordinate: Coordinate,
): Cut {
  const deviations = values.map((value) => deviation(coordinate, value, center));
  const discarded =
    discard === undefined ? undefined : Math.min(values.length - 1, Math.floor(discard * values.length));
  const found =
    discarded === undefined
      ? detectEquilibration(deviations)
      : { discarded, inefficiency: statisticalInefficiency(deviations.subarray(discarded)) };
  return { center, forceConstant, ...found, deviations: deviations.subarray(found.discarded) };
}

function gridOf(windows: readonly Cut[], { bins, range, coordinate }: FreeEnergyOptions): Grid {
  const widths = windows.map(({ deviations }) => standardDeviation(deviations)).filter((width) => width > 0);
  const narrowest = widths.length > 0 ? Math.min(...widths) : Infinity;
  const typical = widths.length > 0 ? widths.sort((a, b) => a - b)[widths.length >> 1] : Infinity;
  let [start, end] = coordinate.periodic ? [-Math.PI, Math.PI] : (range ?? extentOf(windows));
  if (!(end > start)) [start, end] = [start - 0.5, start + 0.5];
  const resolving = Math.ceil((end - start) / (BIN_WIDTH * typical));
  const count = bins ?? Math.min(MAXIMUM_BINS, Math.max(MINIMUM_BINS, resolving));
  const width = (end - start) / count;
  const parts = Math.ceil(width / (FINE_WIDTH * narrowest));
  return { start, width, count, parts: Math.max(1, Math.min(parts, Math.floor(MAXIMUM_FINE_BINS / count))) };
}

/** Of all values, a little wider at the upper end, so that the largest one is inside. */
function extentOf(windows: readonly Cut[]): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const { center, deviations } of windows)
    for (const each of deviations) {
      least = Math.min(least, center + each);
      most = Math.max(most, center + each);
    }
  return [least, most + 1e-9 * (most - least)];
}

function binsOf({ center, deviations }: Cut, grid: Grid, { periodic }: Coordinate): Int32Array {
  const total = grid.count * grid.parts;
  const fine = grid.width / grid.parts;
  return Int32Array.from(deviations, (each) => {
    const bin = Math.floor((center + each - grid.start) / fine);
    if (periodic) return ((bin % total) + total) % total;
    return bin >= 0 && bin < total ? bin : -1;
  });
}

/** ½ κ (ξ − center)² in k_B T at the centres of the bins. */
function biasOf(
  windows: readonly Used[],
  { start, width, count }: Omit<Grid, 'parts'>,
  kT: number,
  coordinate: Coordinate,
): Float64Array {
  const bias = new Float64Array(windows.length * count);
  for (const [k, { center, forceConstant }] of windows.entries())
    for (let b = 0; b < count; b++)
      bias[k * count + b] = (forceConstant * deviation(coordinate, start + (b + 0.5) * width, center) ** 2) / (2 * kT);
  return bias;
}

function histogramOf(
  windows: readonly Used[],
  grid: Grid,
  bias: Float64Array,
  count: (window: Used, visit: (bin: number) => void) => void,
): Histogram {
  const counts = new Float64Array(grid.count * grid.parts);
  const samples = new Float64Array(windows.length);
  for (const [k, window] of windows.entries()) {
    count(window, (bin) => {
      if (bin < 0) return;
      counts[bin]++;
      samples[k]++;
    });
    // A part of a window may have nothing in the range: as good as nothing, but a number.
    samples[k] = Math.max(samples[k], 1e-6);
  }
  return { counts, samples, bias };
}

/**
 * The windows' free energies in k_B T by thermodynamic integration, to begin with: ∂f/∂center = −κ ⟨ξ − center⟩ and
 * ∂f/∂κ = ½ ⟨(ξ − center)²⟩ in units of k_B T, by the trapezoidal rule.
 */
function estimateOffsets(windows: readonly Used[], kT: number): Float64Array {
  const slopes = windows.map(({ forceConstant, deviations }) => {
    let [first, second] = [0, 0];
    for (const each of deviations) {
      first += each / deviations.length;
      second += each ** 2 / deviations.length;
    }
    return [(-forceConstant * first) / kT, second / (2 * kT)];
  });
  const offsets = new Float64Array(windows.length);
  for (let k = 1; k < windows.length; k++) {
    const [before, now] = [windows[k - 1], windows[k]];
    offsets[k] =
      offsets[k - 1] +
      ((slopes[k - 1][0] + slopes[k][0]) / 2) * (now.center - before.center) +
      ((slopes[k - 1][1] + slopes[k][1]) / 2) * (now.forceConstant - before.forceConstant);
  }
  return offsets;
}

function gather(fine: Float64Array, { count, parts }: Grid): Float64Array {
  const coarse = new Float64Array(count);
  for (let b = 0; b < fine.length; b++) coarse[Math.floor(b / parts)] += fine[b];
  return coarse;
}

/**
 * Whether the halves of the samples tell the same: each has √2 of the error of both together, their difference twice it.
 * @returns the largest difference, eV, where both have enough values and their mean there is the same
 */
function compareHalves(
  halves: readonly { readonly counts: Float64Array; readonly profile: Float64Array }[],
  error: Float64Array,
): { difference: number; agree: boolean } {
  const [first, second] = halves;
  const compared = [...error.keys()].filter(
    (b) => error[b] > 0 && first.counts[b] >= COMPARED && second.counts[b] >= COMPARED,
  );
  if (compared.length === 0) return { difference: 0, agree: false };
  const differences = compared.map((b) => first.profile[b] - second.profile[b]);
  const mean = differences.reduce((sum, each) => sum + each, 0) / compared.length;
  const square = compared.reduce((sum, b, i) => sum + ((differences[i] - mean) / (2 * error[b])) ** 2, 0);
  return {
    difference: Math.max(...differences.map((each) => Math.abs(each - mean))),
    // Bins share their values, so that the mean square has a wide distribution around 1.
    agree: square / compared.length <= 4,
  };
}

/** Σ_b min(p_b, q_b): the common part of two histograms, 0 … 1. */
function overlapOf(p: Float64Array, q: Float64Array): number {
  const sum = (counts: Float64Array): number => counts.reduce((total, count) => total + count, 0);
  const [all, others] = [sum(p), sum(q)];
  if (all === 0 || others === 0) return 0;
  return p.reduce((common, count, b) => common + Math.min(count / all, q[b] / others), 0);
}

/** Whether one gets from each histogram to each other one over overlaps. */
function hangTogether(histograms: readonly Float64Array[]): boolean {
  const reached = new Set([0]);
  for (const k of reached)
    for (let l = 0; l < histograms.length; l++)
      if (!reached.has(l) && overlapOf(histograms[k], histograms[l]) >= CONNECTING_OVERLAP) reached.add(l);
  return reached.size === histograms.length;
}

function describeWindows(
  windows: readonly Used[],
  histograms: readonly Float64Array[],
  periodic: boolean,
): PmfWindow[] {
  return windows.map(({ center, forceConstant, deviations, discarded, inefficiency }, k) => {
    const next = k + 1 < windows.length ? k + 1 : periodic && k > 1 ? 0 : undefined;
    return {
      center,
      force_constant: forceConstant,
      samples: deviations.length,
      discarded,
      inefficiency,
      overlap: next === undefined ? null : overlapOf(histograms[k], histograms[next]),
      mean: center + deviations.reduce((sum, each) => sum + each / deviations.length, 0),
      deviation: standardDeviation(deviations),
    };
  });
}

function describeBarrier(
  { reactant, top, product, forward, backward, heights }: Way,
  centers: Float64Array,
  resamples: readonly Float64Array[],
): Pmf['meta']['barrier'] {
  const drawn = resamples.map(heights);
  return {
    reactant: centers[reactant],
    top: centers[top],
    product: centers[product],
    forward,
    forward_error: standardDeviation(drawn.map((each) => each.forward)),
    backward,
    backward_error: standardDeviation(drawn.map((each) => each.backward)),
  };
}
