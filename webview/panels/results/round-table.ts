/** The rounds of an exploration as a table: where each paused, what was labelled, and whether it helped. */
import { columnHead, h } from '../../dom';
import { formatCount, formatNumber } from '../../format';
import type { History } from '../history';

interface RoundRow {
  readonly round: number;
  readonly step: number;
  readonly atom: number;
  readonly disagreement: number;
  readonly rejected: boolean;
  readonly labelled: number;
  /** Root mean square over what was labelled, eV/Å; null without. */
  readonly error: number | null;
  /** undefined as long as the round goes on, or where nothing was trained. */
  readonly accepted: boolean | undefined;
  readonly test: number | null;
}

export function roundRows({ flags, labels, rounds }: History): RoundRow[] {
  return flags.map(({ round, step, atom, disagreement, rejected }) => {
    const own = labels.filter((each) => each.round === round);
    const outcome = rounds.find((each) => each.round === round);
    const squares = own.reduce((sum, { force_rmse }) => sum + force_rmse ** 2, 0);
    return {
      round,
      step,
      atom,
      disagreement,
      rejected,
      labelled: own.length,
      error: own.length === 0 ? null : Math.sqrt(squares / own.length),
      accepted: outcome?.accepted,
      test: outcome?.test_force_rmse ?? null,
    };
  });
}

/** Head and body. */
export function roundTable(rows: readonly RoundRow[], onChoose: (round: number) => void): HTMLElement[] {
  const heading = (text: string): HTMLElement => columnHead(text, { class: text === 'round' ? '' : 'number' });
  const names = [
    'round',
    'step',
    'atom',
    'disagreement (eV/Å)',
    'labelled',
    'their force RMSE (meV/Å)',
    'training',
    'test RMSE (meV/Å)',
  ];
  const cell = (text: string): HTMLElement => h('td', { class: 'number' }, text);
  const milli = (value: number | null): string => formatNumber(value === null ? null : 1000 * value);
  const line = (row: RoundRow): HTMLElement => {
    const link = h('button', { type: 'button', class: 'link', title: 'Open what was labelled' }, String(row.round));
    link.disabled = row.labelled === 0;
    link.addEventListener('click', () => onChoose(row.round));
    return h(
      'tr',
      {},
      h('td', {}, link),
      cell(formatCount(row.step)),
      cell(String(row.atom)),
      cell(`${formatNumber(row.disagreement)}${row.rejected ? ' rejected' : ''}`),
      cell(String(row.labelled)),
      cell(milli(row.error)),
      cell(row.accepted === undefined ? '–' : row.accepted ? 'taken' : 'worse, not taken'),
      cell(milli(row.test)),
    );
  };
  return [h('thead', {}, h('tr', {}, ...names.map(heading))), h('tbody', {}, ...rows.toReversed().map(line))];
}
