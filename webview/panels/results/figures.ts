/** The key figures of a run in large type: errors of a training, temperature and drift of dynamics. */
import type { RunView } from '../../../protocol/panels';
import { SETS } from '../../../protocol/parity';
import type { EpochEvent, ErrorSummary, RunManifest, StepEvent } from '../../../protocol/run';
import { UNSEEN_FIRST } from '../../../engine/analysis/errors';
import { fill, h } from '../../dom';
import { formatCount, formatFixed, formatNumber, formatTime } from '../../format';
import type { History } from '../history';

export function createFigures(): { readonly element: HTMLElement; update(run: RunView, history: History): void } {
  const element = h('div', { class: 'figures' });
  let text = '';
  return {
    element,
    update: ({ manifest }, { epochs, steps }) => {
      const shown = manifest.kind === 'md' ? dynamicsFigures(steps) : trainingFigures(manifest, epochs);
      const next = shown.map((each) => each.textContent).join('|');
      if (next === text) return;
      text = next;
      fill(element, ...shown);
    },
  };
}

function figure(name: string, value: string, unit: string, second = ''): HTMLElement {
  return h(
    'div',
    { class: 'figure' },
    h('div', { class: 'figure-name' }, name),
    h('div', { class: 'figure-value' }, value, unit === '' ? undefined : h('span', { class: 'unit' }, ` ${unit}`)),
    h('div', { class: 'figure-second' }, second),
  );
}

function dynamicsFigures(steps: readonly StepEvent[]): HTMLElement[] {
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
}

function trainingFigures(manifest: RunManifest, epochs: readonly EpochEvent[]): HTMLElement[] {
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
}

/** `12.5 ps` as value and unit. */
function splitUnit(text: string): [string, string] {
  const at = text.lastIndexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}
