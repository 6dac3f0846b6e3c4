/** Umbrella windows of a known potential, sampled exactly: what profiles are compared with. In units of k_B T. */
import { BOLTZMANN } from '../../../language/constants';
import { createRandom } from '../../../engine/random';
import type { UmbrellaWindow } from '../../../engine/sampling/free-energy';

export const TEMPERATURE = 300;
export const KT = BOLTZMANN * TEMPERATURE;

export interface Sampling {
  /** In k_B T. */
  readonly potential: (x: number) => number;
  readonly centers: readonly number[];
  /** k_B T per square of the coordinate's unit. */
  readonly forceConstant: number;
  /** Values a window. */
  readonly samples: number;
  readonly seed: number;
  readonly period?: number;
}

export const linspace = (start: number, end: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => start + ((end - start) * i) / (count - 1));

/** Independent values of exp(−V − ½ κ (x − center)²), through its integral on a grid that is fine against all that they are asked. */
export function sampleWindows({
  potential,
  centers,
  forceConstant,
  samples,
  seed,
  period,
}: Sampling): UmbrellaWindow[] {
  const width = 1 / Math.sqrt(forceConstant);
  return centers.map((center, k) => {
    const random = createRandom(seed, k);
    const points = linspace(center - 10 * width, center + 10 * width, 8001);
    const energies = points.map((x) => potential(x) + (forceConstant * (x - center) ** 2) / 2);
    const lowest = Math.min(...energies);
    const integral = new Float64Array(points.length);
    for (let i = 1; i < points.length; i++)
      integral[i] = integral[i - 1] + Math.exp(lowest - (energies[i - 1] + energies[i]) / 2);
    const values = Float64Array.from({ length: samples }, () => {
      const sought = random.uniform() * integral[points.length - 1];
      let [below, above] = [0, points.length - 1];
      while (above - below > 1) {
        const middle = (below + above) >> 1;
        if (integral[middle] <= sought) below = middle;
        else above = middle;
      }
      const part = (sought - integral[below]) / (integral[above] - integral[below]);
      const x = points[below] + part * (points[above] - points[below]);
      return period === undefined ? x : x - period * Math.round(x / period);
    });
    return { center, forceConstant: forceConstant * KT, values };
  });
}

/** V = 8 k_B T (x² − 1)². */
export const doubleWell = (x: number): number => 8 * (x * x - 1) ** 2;
