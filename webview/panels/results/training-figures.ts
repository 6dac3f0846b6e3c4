/** The key figures of a training or an evaluation: errors of its sets. */
import { UNSEEN_FIRST } from '../../../engine/analysis/errors';
import { SETS } from '../../../protocol/parity';
import type { ErrorSummary } from '../../../protocol/run';
import { formatCount, formatNumber } from '../../format';
import { figure, type Figures } from './figures';

export const trainingFigures: Figures = ({ manifest }, { epochs }) => {
  const epoch = epochs.at(-1);
  const sets = SETS.filter((set) => manifest[set] !== undefined);
  const shown: HTMLElement[] = [];
  if (epoch !== undefined || sets.length > 0) {
    const rmse = (name: string, unit: string, of: 'energy_rmse' | 'force_rmse'): HTMLElement => {
      const values = UNSEEN_FIRST.flatMap((set) => {
        const value = manifest[set]?.[of] ?? epoch?.[of][set];
        return value === null || value === undefined ? [] : [{ set, text: formatNumber(value * 1000, 3) }];
      });
      const rest = values.slice(1).map(({ set, text }) => `${set} ${text}`);
      const second = [values.at(0)?.set ?? 'train', ...rest].join(' · ');
      return figure(name, values.at(0)?.text ?? '–', unit, second);
    };
    shown.push(rmse('Energy RMSE', 'meV/atom', 'energy_rmse'), rmse('Force RMSE', 'meV/Å', 'force_rmse'));
  }
  if (epoch !== undefined) {
    // The epoch whose weights are kept: the best on the validation set, the last without one.
    const best = epochs.reduce((a, b) =>
      b.loss.validation === null || b.loss.validation < (a.loss.validation ?? Infinity) ? b : a,
    );
    const by = best.loss.validation === null ? 'train' : 'validation';
    shown.push(figure('Best epoch', formatCount(best.epoch), '', `${by} loss ${formatNumber(best.loss[by])}`));
    // Not every optimizer has one.
    if (epoch.learning_rate !== null) {
      const when = `epoch ${formatCount(epoch.epoch)} of ${formatCount(epoch.epochs)}`;
      shown.push(figure('Learning rate', formatNumber(epoch.learning_rate, 2), '', when));
    }
  }
  if (sets.length > 0) {
    const structures = (summary: ErrorSummary | undefined): number => summary?.structures ?? 0;
    const counts = sets.map((set) => structures(manifest[set]));
    shown.push(
      figure(
        'Structures',
        formatCount(counts.reduce((sum, each) => sum + each, 0)),
        '',
        // A set that the run doesn't have takes no room.
        sets.flatMap((set, k) => (counts[k] > 0 ? [`${formatCount(counts[k])} ${set}`] : [])).join(' · '),
      ),
    );
  }
  return shown;
};
