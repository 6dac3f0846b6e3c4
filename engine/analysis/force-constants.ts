/**
 * Whether umbrella windows were sampled with the force constants that they are said to have. Pure.
 *
 * In a window whose bias is ½ c κ (ξ − ξ_k)² the coordinate varies by ⟨δξ²⟩ = k_B T/(c κ + W″), and its mean x̄_k follows the
 * centres so that c κ (ξ_k − x̄_k) = W′(x̄_k), hence W″ = c κ (dξ_k/dx̄_k − 1). Together
 *
 *   ⟨δξ²⟩ κ (dξ_k/dx̄_k) / k_B T = 1/c
 *
 * whatever the profile W: 1 where the constants are right, ½ where the bias was κ (ξ − ξ_k)², the convention of LAMMPS, AMBER
 * and CHARMM.
 */
import { BOLTZMANN } from '../../language/constants';
import type { PmfWindow } from '../../protocol/pmf';

/** Windows that are needed to tell. */
const LEAST_WINDOWS = 3;

/**
 * 1/c, the median over the windows between two others; undefined where it can't be told.
 * @param windows in the order of their centres @param temperature K
 */
export function forceConstantRatio(windows: readonly PmfWindow[], temperature: number): number | undefined {
  const ratios = windows.flatMap(({ force_constant, deviation, samples, inefficiency }, k) => {
    const [before, after] = [windows.at(k - 1), windows.at(k + 1)];
    if (k === 0 || before === undefined || after === undefined) return [];
    const slope = (after.center - before.center) / (after.mean - before.mean);
    // A mean is fitted to the values, which takes one independent value of them.
    const variance = deviation ** 2 / (1 - Math.min(0.5, inefficiency / samples));
    const ratio = (variance * force_constant * slope) / (BOLTZMANN * temperature);
    return ratio > 0 && Number.isFinite(ratio) ? [ratio] : [];
  });
  if (windows.length < LEAST_WINDOWS || ratios.length === 0) return undefined;
  ratios.sort((a, b) => a - b);
  return (ratios[(ratios.length - 1) >> 1] + ratios[ratios.length >> 1]) / 2;
}
