/** The key figures of an exploration: how far it came, what was labelled, how good the committee is. */
import { formatCount, formatNumber, formatTime } from '../../format';
import { figure, splitUnit, type Figures } from './figures';

export const explorationFigures: Figures = ({ manifest: { results } }, { steps, rounds, labels }) => {
  const last = steps.at(-1);
  const round = rounds.at(-1);
  const test = round?.test_force_rmse ?? results?.test_force_rmse;
  const given = round?.quarantined ?? 0;
  return [
    ...(last === undefined
      ? []
      : [
          figure(
            'Simulated',
            ...splitUnit(formatTime(last.time)),
            `step ${formatCount(last.step)} of ${formatCount(last.steps)}`,
          ),
        ]),
    ...(round === undefined ? [] : [figure('Rounds', String(round.round), '', `of at most ${round.rounds}`)]),
    ...(labels.length === 0
      ? []
      : [figure('Labelled', formatCount(labels.length), '', given === 0 ? '' : `${given} given up`)]),
    ...(typeof test === 'number' ? [figure('Force RMSE', formatNumber(1000 * test), 'meV/Å', 'test set')] : []),
    ...(typeof results?.converged === 'boolean'
      ? [
          figure(
            'Converged',
            results.converged ? 'yes' : 'no',
            '',
            results.converged ? 'to the end nobody disagreed' : 'the committee still disagrees',
          ),
        ]
      : []),
  ];
};
