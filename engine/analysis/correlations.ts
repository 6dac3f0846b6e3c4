/**
 * How atoms move: mean squared displacement, velocity autocorrelation and its spectrum, over all time origins. Pure.
 * Å, fs, THz.
 */
import { elements } from '../../language/elements';
import { completeCell, invert, transform } from '../structure/cell';
import type { Structure } from '../structure/structure';
import { autocorrelate, powerOfTwo, transformFourier } from './fourier';

/**
 * Positions of successive frames without the jumps at the faces of periodic cells: each atom has moved by the shortest way since
 * the frame before, which is right as long as no atom moves half a cell between frames.
 * @returns 3N numbers a frame, Å
 */
export function unwrapFrames(frames: readonly Structure[]): Float64Array[] {
  const unwrapped: Float64Array[] = [];
  for (const [k, { positions, cell, periodic }] of frames.entries()) {
    if (k === 0) {
      unwrapped.push(Float64Array.from(positions));
      continue;
    }
    const steps = positions.map((x, i) => x - frames[k - 1].positions[i]);
    if (cell !== undefined && periodic.includes(true)) {
      const complete = completeCell(cell, periodic);
      const turns = transform(steps, invert(complete)).map((x, i) => (periodic[i % 3] ? Math.round(x) : 0));
      transform(turns, complete).forEach((shift, i) => (steps[i] -= shift));
    }
    const before = unwrapped[k - 1];
    unwrapped.push(steps.map((x, i) => before[i] + x));
  }
  return unwrapped;
}

const coordinate = (positions: readonly Float64Array[], i: number): Float64Array =>
  Float64Array.from(positions, (frame) => frame[i]);

/**
 * ⟨|r(t₀ + t) − r(t₀)|²⟩ over atoms and all time origins t₀, Å², for t = 0 … half of the frames, by
 * Σ (x_{k+m} − x_k)² = Σ x_{k+m}² + Σ x_k² − 2 Σ x_k x_{k+m} (Calandrini et al., École thém. Soc. Fr. Neutron. 12, 201 (2011), §4).
 * @param positions unwrapped
 * @param atoms of which
 */
export function meanSquaredDisplacement(positions: readonly Float64Array[], atoms: readonly number[]): Float64Array {
  const frames = positions.length;
  const lags = Math.floor(frames / 2) + 1;
  const sum = new Float64Array(lags);
  for (const atom of atoms)
    for (let i = 3 * atom; i < 3 * atom + 3; i++) {
      const raw = coordinate(positions, i);
      // Around the first place, so that large coordinates cancel nothing.
      const x = raw.map((value) => value - raw[0]);
      const products = autocorrelate(x);
      let squares = 2 * x.reduce((total, value) => total + value * value, 0);
      for (let m = 0; m < lags; m++) {
        if (m > 0) squares -= x[m - 1] ** 2 + x[frames - m] ** 2;
        sum[m] += (squares - 2 * products[m]) / (frames - m);
      }
    }
  return sum.map((value, m) => (m === 0 ? 0 : Math.max(0, value / atoms.length)));
}

export interface Diffusion {
  /** cm²/s */
  readonly coefficient: number;
  /** Standard error, cm²/s. */
  readonly error: number;
  /** fs: the line is fitted to the displacement from here to there. */
  readonly from: number;
  readonly to: number;
  /** α of ⟨r²⟩ ~ t^α there: 1 where atoms diffuse, 0 where they are held, 2 where they fly; null where none moves. */
  readonly exponent: number | null;
}

/** Parts of a trajectory whose slopes give the error of the whole. */
const PARTS = 5;
/** Frames that a diffusion coefficient takes: of fewer a part has no line. */
export const DIFFUSION_FRAMES = 6 * PARTS;

/**
 * Einstein's D = slope / 6 of the displacement between an eighth and half of the length of a part of the trajectory. The error is
 * that of the mean over the parts, which are taken for independent: with the same times in each (Maginn et al., Living J. Comput.
 * Mol. Sci. 1, 6324 (2019)). Not corrected for the size of the cell.
 * @param positions unwrapped
 * @param atoms of which
 * @param displacement their mean squared displacement
 * @param timestep between frames, fs
 * @returns null for fewer than `DIFFUSION_FRAMES` frames
 */
export function fitDiffusion(
  positions: readonly Float64Array[],
  atoms: readonly number[],
  displacement: Float64Array,
  timestep: number,
): Diffusion | null {
  if (positions.length < DIFFUSION_FRAMES) return null;
  const length = Math.floor(positions.length / PARTS);
  const last = Math.floor(length / 2);
  const first = Math.max(1, Math.floor(length / 8));
  // Å²/fs = 0.1 cm²/s
  const coefficientOf = (values: Float64Array): number => (0.1 * slope(values, first, last)) / timestep / 6;
  const parts = Array.from({ length: PARTS }, (_, part) =>
    coefficientOf(meanSquaredDisplacement(positions.slice(part * length, (part + 1) * length), atoms)),
  );
  const mean = parts.reduce((sum, value) => sum + value, 0) / PARTS;
  const squares = parts.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    coefficient: coefficientOf(displacement),
    error: Math.sqrt(squares / (PARTS - 1) / PARTS),
    from: first * timestep,
    to: last * timestep,
    exponent:
      displacement[first] > 0 && displacement[last] > 0
        ? Math.log(displacement[last] / displacement[first]) / Math.log(last / first)
        : null,
  };
}

/** Of the straight line nearest to values `first` to `last`, for one step. */
function slope(values: Float64Array, first: number, last: number): number {
  const meanTime = (first + last) / 2;
  let [timeTime, timeValue] = [0, 0];
  for (let m = first; m <= last; m++) {
    timeTime += (m - meanTime) ** 2;
    timeValue += (m - meanTime) * values[m];
  }
  return timeValue / timeTime;
}

/**
 * Σ m ⟨v(t₀)·v(t₀ + t)⟩ over atoms and all time origins, divided by its value at t = 0. Velocities are differences of successive
 * positions.
 * @param positions unwrapped
 * @param masses amu; standard ones if absent
 * @returns for t = 0 … half of the frames
 */
export function velocityAutocorrelation(
  positions: readonly Float64Array[],
  numbers: Uint8Array,
  atoms: readonly number[],
  masses: ArrayLike<number> = Array.from(numbers, (number) => elements[number].mass),
): Float64Array {
  const steps = positions.length - 1;
  const lags = Math.floor(steps / 2) + 1;
  const sum = new Float64Array(lags);
  for (const atom of atoms) {
    for (let i = 3 * atom; i < 3 * atom + 3; i++) {
      const x = coordinate(positions, i);
      const products = autocorrelate(Float64Array.from({ length: steps }, (_, k) => x[k + 1] - x[k]));
      for (let m = 0; m < lags; m++) sum[m] += (masses[atom] * products[m]) / (steps - m);
    }
  }
  return sum[0] > 0 ? sum.map((value) => value / sum[0]) : sum;
}

export interface Spectrum {
  /** THz */
  readonly frequency: Float64Array;
  /** Per THz; its integral over the frequencies is 1. */
  readonly density: Float64Array;
}

/** One THz in cm⁻¹. */
export const WAVENUMBER = 33.356_409_519_815_2;

/**
 * The cosine transform of the velocity autocorrelation with Hann's window: the vibrational density of states. What taking differences
 * of positions for velocities damps, (sin πfΔt / πfΔt)², is given back.
 * @param timestep between frames, fs
 */
export function vibrationalSpectrum(autocorrelation: Float64Array, timestep: number): Spectrum {
  const lags = autocorrelation.length;
  const n = powerOfTwo(4 * lags);
  const re = new Float64Array(n);
  for (let m = 0; m < lags; m++) {
    const value = autocorrelation[m] * Math.cos((Math.PI * m) / (2 * lags)) ** 2;
    re[m] = value;
    if (m > 0) re[n - m] = value;
  }
  transformFourier(re, new Float64Array(n));
  // fs⁻¹ = 1000 THz
  const step = 1000 / (n * timestep);
  const frequency = Float64Array.from({ length: n / 2 }, (_, k) => k * step);
  const raw = frequency.map((_, k) => {
    const x = (Math.PI * k) / n;
    return Math.max(0, re[k]) / (k === 0 ? 1 : (Math.sin(x) / x) ** 2);
  });
  const area = raw.reduce((total, value) => total + value, 0) * step;
  return { frequency, density: area > 0 ? raw.map((value) => value / area) : raw };
}
