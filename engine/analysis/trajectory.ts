/**
 * Everything that is asked of a trajectory at once: how its atoms lie and how they move, of all and of each element. Pure.
 * Å, fs, degrees, THz.
 */
import { symbolOf } from '../../language/elements';
import type { Structure } from '../structure/structure';
import {
  DIFFUSION_FRAMES,
  fitDiffusion,
  meanSquaredDisplacement,
  unwrapFrames,
  velocityAutocorrelation,
  vibrationalSpectrum,
  type Diffusion,
  type Spectrum,
} from './correlations';
import { createDistributions, type AngleDistribution, type RadialDistribution } from './distributions';

export interface Motion {
  /** Symbol of the element, or `all`. */
  readonly name: string;
  /** fs */
  readonly timestep: number;
  /** Å², for 0, 1, 2 … times the timestep. */
  readonly displacement: Float64Array;
  /** null if there are too few frames. */
  readonly diffusion: Diffusion | null;
  /** Divided by its first value. */
  readonly autocorrelation: Float64Array;
  readonly spectrum: Spectrum;
}

export interface TrajectoryAnalysis {
  readonly radial: readonly RadialDistribution[];
  readonly angles: readonly AngleDistribution[];
  readonly motion: readonly Motion[];
  /** What is missing and why. */
  readonly notes: readonly string[];
}

/** Frames that displacements and vibrations need. */
const LEAST_FRAMES = 8;

/**
 * @param times of the frames in fs, where the file tells them
 * @param options.cutoff farthest distance of the radial distributions, Å
 * @param options.timestep between frames in fs, instead of what the file tells
 * @param options.masses amu, instead of the standard ones
 */
export function analyzeTrajectory(
  frames: readonly Structure[],
  times: readonly (number | undefined)[],
  options: { readonly cutoff: number; readonly timestep?: number; readonly masses?: Float64Array },
): TrajectoryAnalysis {
  const notes: string[] = [];
  const distributions = createDistributions(options.cutoff);
  for (const frame of frames) distributions.add(frame);
  const radial = distributions.radial();
  if (radial.length === 0)
    notes.push('There are no radial distributions: they are of structures that are periodic in all directions.');
  return {
    radial,
    angles: distributions.angles(),
    motion: analyzeMotion(frames, times, options, notes),
    notes,
  };
}

function analyzeMotion(
  frames: readonly Structure[],
  times: readonly (number | undefined)[],
  { timestep: given, masses }: { readonly timestep?: number; readonly masses?: Float64Array },
  notes: string[],
): Motion[] {
  const why = (message: string): Motion[] => {
    notes.push(`There are no displacements and vibrations: ${message}`);
    return [];
  };
  if (frames.length < LEAST_FRAMES) return why(`they take ${LEAST_FRAMES} frames.`);
  const { numbers } = frames[0];
  if (frames.some((frame) => !frame.numbers.every((number, i) => number === numbers[i])))
    return why('the frames have different atoms.');
  const told = times[0] === undefined || times[1] === undefined ? undefined : times[1] - times[0];
  const timestep = given ?? told;
  if (timestep === undefined || !(timestep > 0)) return why('the file does not tell the time between frames: give it.');
  const uneven = times.findIndex((time, k) => {
    const before = k > 0 ? times[k - 1] : undefined;
    return time !== undefined && before !== undefined && Math.abs(time - before - timestep) > 1e-3 * timestep;
  });
  if (given === undefined && uneven > 0) return why(`the time between frames changes at frame ${uneven}.`);
  const positions = unwrapFrames(frames);
  const all = [...numbers.keys()];
  const kinds = [...new Set(numbers)].sort((a, b) => a - b);
  const groups = kinds.map((z) => ({ name: symbolOf(z), atoms: all.filter((i) => numbers[i] === z) }));
  if (groups.length > 1) groups.unshift({ name: 'all', atoms: all });
  if (frames.length < DIFFUSION_FRAMES)
    notes.push(`There are no diffusion coefficients: they take ${DIFFUSION_FRAMES} frames.`);
  return groups.map(({ name, atoms }) => {
    const displacement = meanSquaredDisplacement(positions, atoms);
    const autocorrelation = velocityAutocorrelation(positions, numbers, atoms, masses);
    return {
      name,
      timestep,
      displacement,
      diffusion: fitDiffusion(positions, atoms, displacement, timestep),
      autocorrelation,
      spectrum: vibrationalSpectrum(autocorrelation, timestep),
    };
  });
}
