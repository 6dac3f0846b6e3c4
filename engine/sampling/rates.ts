/**
 * Rates of rare events out of a profile: transition-state theory, what it leaves out, and how that is said as a free energy of
 * activation. Pure. eV, K, fs, amu inside; rates in 1/s.
 *
 *   k = κ k_TST,   k_TST = ½ ⟨|ξ̇|⟩ exp(−W(ξ‡)/k_B T) / ∫ exp(−W/k_B T) dξ   over the reactant,
 *
 * with the mean velocity at the top ½ ⟨|ξ̇|⟩ = √(k_B T/2π m), 1/√m = ⟨√Σ|∇_i ξ|²/m_i⟩ (Chandler, J. Chem. Phys. 68, 2959
 * (1978); Hänggi, Talkner and Borkovec, Rev. Mod. Phys. 62, 251 (1990)).
 */
import { BOLTZMANN } from '../../language/constants';
import { createRandom } from '../random';
import { AMU_ANGSTROM2_PER_FS2 } from '../structure/constants';
import type { FreeEnergy } from './free-energy';
import { curvatureAt, smoothAt } from './profile';
import { standardDeviation } from './statistics';

/** h in eV s, exact. */
export const PLANCK = 6.62607015e-34 / 1.602176634e-19;
const SECOND = 1e15;

/** k = (k_B T/h) exp(−ΔG‡/k_B T) in 1/s (Eyring, J. Chem. Phys. 3, 107 (1935)). */
export function eyringRate(activationFreeEnergy: number, temperature: number): number {
  const kT = BOLTZMANN * temperature;
  return (kT / PLANCK) * Math.exp(-activationFreeEnergy / kT);
}

/** ΔG‡ in eV of a rate in 1/s, the inverse of Eyring's equation. */
export function activationFreeEnergy(rate: number, temperature: number): number {
  const kT = BOLTZMANN * temperature;
  return -kT * Math.log((rate * PLANCK) / kT);
}

/**
 * The part of what crosses a parabolic barrier that doesn't come back under friction: [√(γ²/4 + ω_b²) − γ/2]/ω_b (Kramers,
 * Physica 7, 284 (1940)).
 * @param friction γ @param frequency ω_b, in the same unit
 */
export const kramersTransmission = (friction: number, frequency: number): number =>
  (Math.sqrt(friction ** 2 / 4 + frequency ** 2) - friction / 2) / frequency;

export interface ProfileRate {
  /** ξ‡, the centre of its bin, and of the lowest bin of the reactant. */
  readonly transition: number;
  readonly reactant: number;
  /** k_TST in 1/s, with one standard error. */
  readonly rate: number;
  readonly error: number;
  /** W(ξ‡) above the reactant's minimum, eV. */
  readonly barrier: number;
  readonly barrierError: number;
  /** Angular frequency at the top, 1/fs; undefined where it is no top. */
  readonly frequency: number | undefined;
}

export interface ProfileRateOptions {
  /** 1/m of the coordinate at ξ‡, 1/amu times the square of the coordinate's unit over Å. */
  readonly inverseMass: number;
  /** On which side of it the reactants are. */
  readonly reactant: 'low' | 'high';
}

/** @returns undefined where there is no top, or nothing on the side of the reactants */
export function rateOfProfile(
  { pmf, resamples }: FreeEnergy,
  { inverseMass, reactant }: ProfileRateOptions,
): ProfileRate | undefined {
  const { coordinate, meta } = pmf;
  const { periodic } = meta.coordinate;
  const kT = BOLTZMANN * meta.temperature;
  const width = coordinate[1] - coordinate[0];
  if (meta.barrier === null) return undefined;
  const top = Math.round((meta.barrier.top - coordinate[0]) / width);
  if (!(top > 0 && top < coordinate.length - 1) || Number.isNaN(pmf.pmf[top])) return undefined;
  const basin = basinOf(pmf.pmf, top, reactant === 'low' ? -1 : 1, periodic);
  if (basin.length === 0) return undefined;
  const lowest = basin.reduce((best, b) => (pmf.pmf[b] < pmf.pmf[best] ? b : best));
  /** √(k_B T/2π m) in units of the coordinate per fs. */
  const speed = Math.sqrt((kT * inverseMass) / (2 * Math.PI * AMU_ANGSTROM2_PER_FS2));
  const rate = (profile: Float64Array): number => {
    const height = smoothAt(profile, top, periodic);
    const room = basin.reduce((sum, b) => sum + (Number.isNaN(profile[b]) ? 0 : Math.exp(-profile[b] / kT)), 0) * width;
    return (SECOND * speed * Math.exp(-height / kT)) / room;
  };
  const barrier = (profile: Float64Array): number =>
    smoothAt(profile, top, periodic) - smoothAt(profile, lowest, periodic);
  const curvature = curvatureAt(pmf.pmf, top, periodic, kT) / width ** 2;
  return {
    transition: coordinate[top],
    reactant: coordinate[lowest],
    rate: rate(pmf.pmf),
    error: standardDeviation(resamples.map(rate)),
    barrier: barrier(pmf.pmf),
    barrierError: standardDeviation(resamples.map(barrier)),
    frequency: curvature < 0 ? Math.sqrt((-curvature * inverseMass) / AMU_ANGSTROM2_PER_FS2) : undefined,
  };
}

/**
 * Bins from the transition on in one direction: to the end, or, of a coordinate that goes round, to the highest bin between the
 * two lowest places, which is where the product begins from the other side.
 */
function basinOf(profile: Float64Array, top: number, direction: -1 | 1, periodic: boolean): number[] {
  const count = profile.length;
  if (!periodic) {
    const bins = direction < 0 ? [...profile.keys()].slice(0, top) : [...profile.keys()].slice(top + 1);
    return bins.filter((b) => !Number.isNaN(profile[b]));
  }
  // Half a turn from each side has the reactant and the product; in between is the other barrier.
  const round = Array.from({ length: count - 1 }, (_, i) => (top + direction * (i + 1) + 2 * count) % count);
  const known = round.filter((b) => !Number.isNaN(profile[b]));
  const minimumOf = (from: number, to: number): number =>
    known.slice(from, to).reduce((best, b, i) => (profile[b] < profile[known[best]] ? from + i : best), from);
  const middle = Math.floor(known.length / 2);
  if (middle === 0) return [];
  const [reactant, product] = [minimumOf(0, middle), minimumOf(middle, known.length)];
  let other = reactant;
  for (let i = reactant; i <= product; i++) if (profile[known[i]] > profile[known[other]]) other = i;
  return known.slice(0, other);
}

/** A trajectory through the top: followed forwards, and backwards in time, from one place with one velocity. */
export interface Recrossing {
  /** ξ̇ at the start, towards the products: above 0. */
  readonly velocity: number;
  /** Whether it is on the side of the products in the end, and was in the beginning. */
  readonly forward: boolean;
  readonly backward: boolean;
}

export interface Transmission {
  readonly transmission: number;
  readonly error: number;
}

const RESAMPLES = 200;

/**
 * κ = ⟨ξ̇ [θ(forward) − θ(backward)]⟩ / ⟨ξ̇⟩ over velocities towards the products (Bennett, ACS Symp. Ser. 46, 63 (1977);
 * Chandler 1978), each trajectory with its reverse, which is as likely. The error is a bootstrap's.
 */
export function transmissionOf(trajectories: readonly Recrossing[], seed = 1): Transmission {
  const ratio = (pick: (i: number) => Recrossing): number => {
    let [reactive, all] = [0, 0];
    for (let i = 0; i < trajectories.length; i++) {
      const { velocity, forward, backward } = pick(i);
      reactive += velocity * (Number(forward) - Number(backward));
      all += velocity;
    }
    return reactive / all;
  };
  const random = createRandom(seed, 'transmission');
  const drawn = Array.from({ length: RESAMPLES }, () => ratio(() => trajectories[random.integer(trajectories.length)]));
  return { transmission: ratio((i) => trajectories[i]), error: standardDeviation(drawn) };
}

/** k = κ k_TST in 1/s with one standard error, of errors that have nothing to do with each other; κ is 1 where nothing comes back. */
export function reactiveRate(
  theory: Pick<ProfileRate, 'rate' | 'error'>,
  { transmission, error }: Transmission = { transmission: 1, error: 0 },
): Pick<ProfileRate, 'rate' | 'error'> {
  return {
    rate: transmission * theory.rate,
    error: Math.hypot(transmission * theory.error, error * theory.rate),
  };
}
