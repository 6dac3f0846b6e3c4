/**
 * Umbrella windows before anything is run. Where the free energy is flat, the spring ½ κ (ξ − ξ_k)² makes a window a Gaussian of
 * the width √(k_B T/κ). Centres and widths in Å, rad or plain numbers, as the coordinate has them; eV, K.
 */
import { BOLTZMANN } from '../constants';
import type { CoordinateKind } from './definition';

/** What neighbouring windows must have in common: with less they hardly tell how their free energies differ. */
export const LEAST_OVERLAP = 0.1;
/** Independent values that a window needs. */
export const FEWEST_INDEPENDENT = 20;

/** Whether a coordinate closes on itself after 2π. */
export const isPeriodic = (kind: CoordinateKind | undefined): boolean => kind === 'dihedral';

/** Standard deviation of the coordinate in a window. */
export const windowWidth = (temperature: number, forceConstant: number): number =>
  Math.sqrt((BOLTZMANN * temperature) / forceConstant);

/** The constant with which a window is so wide. */
export const forceConstantFor = (temperature: number, width: number): number => (BOLTZMANN * temperature) / width ** 2;

/** Area that two Gaussians of the same width have in common, 0 … 1. */
export const predictedOverlap = (distance: number, width: number): number => erfc(distance / (Math.SQRT2 * 2 * width));

/** Distances from each centre (ascending) to the next. */
export const gapsOf = (centers: readonly number[]): number[] =>
  centers.slice(1).map((center, k) => center - centers[k]);

/** For x ≥ 0 to 1.5e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26). */
function erfc(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return sum * Math.exp(-x * x);
}
