/** The key figures of dynamics: how far, the temperature, what should be kept. */
import { formatCount, formatFixed, formatNumber, formatTime } from '../../format';
import { figure, splitUnit, type Figures } from './figures';

export const dynamicsFigures: Figures = (_, { steps }) => {
  const last = steps.at(-1);
  if (last === undefined) return [];
  const half = steps.slice(Math.floor(steps.length / 2));
  const mean = half.reduce((sum, each) => sum + each.temperature, 0) / half.length;
  const spread = Math.sqrt(half.reduce((sum, each) => sum + (each.temperature - mean) ** 2, 0) / half.length);
  return [
    figure(
      'Simulated',
      ...splitUnit(formatTime(last.time)),
      `step ${formatCount(last.step)} of ${formatCount(last.steps)}`,
    ),
    figure(
      'Temperature',
      formatFixed(last.temperature, 0),
      'K',
      `mean ${formatFixed(mean, 0)} ± ${formatFixed(spread, 0)} K, second half`,
    ),
    figure(
      'Conserved quantity',
      formatNumber((last.conserved - steps[0].conserved) * 1000, 3),
      'meV',
      'change since the start',
    ),
    figure('Potential energy', formatFixed(last.potential_energy, 3), 'eV', ''),
  ];
};
