/** The largest errors of one quantity among the groups that are shown, or of the selection, as a table to choose from. */
import { SETS, type Parity } from '../../../protocol/parity';
import { columnHead, fill, h } from '../../dom';
import { formatFixed, formatNumber } from '../../format';
import type { GroupedRows } from '../../plots/groups';
import { UNITS, worstRows } from '../../plots/parity-rows';
import { placeOfStructure, subjectOf } from './place';

const LISTED = 24;

export interface WorstList {
  readonly element: HTMLElement;
  /** @param among rows of the selection, if there is one */
  update(parity: Parity, rows: GroupedRows, visible: readonly boolean[], among?: Int32Array): void;
  /** Shows which of the rows is chosen, if it is among them. */
  mark(chosen: number | undefined): void;
}

export function createWorstList(onChoose: (row: number) => void): WorstList {
  const title = h('h3', {});
  const table = h('table', { class: 'worst' });
  const element = h(
    'section',
    { class: 'card worst-card' },
    h('div', { class: 'card-head' }, title),
    h('div', { class: 'worst-scroll', tabindex: 0, role: 'group', 'aria-label': 'Largest errors' }, table),
  );

  /** Of the rows that are listed. */
  let lines = new Map<number, HTMLElement>();

  function update(parity: Parity, rows: GroupedRows, visible: readonly boolean[], among?: Int32Array): void {
    const { quantity, reference, predicted, error, structure, set } = rows;
    const unit = UNITS[quantity];
    const heading = (text: string, className = ''): HTMLElement => columnHead(text, { class: className });
    const line = (row: number): HTMLElement => {
      const { frame } = placeOfStructure(parity, structure[row]);
      const subject = subjectOf(rows, row);
      const link = h(
        'button',
        { type: 'button', class: 'link' },
        subject === '' ? `${frame}` : `${frame} · ${subject}`,
      );
      link.addEventListener('click', () => onChoose(row));
      return h(
        'tr',
        {},
        h('td', {}, link),
        h('td', {}, h('span', { class: `swatch series-${set[row]}` }), SETS[set[row]]),
        h('td', { class: 'number' }, formatFixed(reference[row], 3)),
        quantity !== 'angle' && h('td', { class: 'number' }, formatFixed(predicted[row], 3)),
        h('td', { class: 'number strong' }, formatNumber(error[row] * unit.scale, 3)),
      );
    };
    lines = new Map([...worstRows(rows, visible, LISTED, among)].map((row) => [row, line(row)]));
    fill(title, among === undefined ? 'Largest errors' : 'Largest errors of the selection');
    fill(
      table,
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heading(
            {
              energy: 'frame',
              norm: 'frame · atom',
              angle: 'frame · atom',
              force: 'frame · component',
              stress: 'frame · component',
            }[quantity],
          ),
          heading('set'),
          heading(`reference (${unit.value})`, 'number'),
          quantity !== 'angle' && heading(`predicted (${unit.value})`, 'number'),
          heading(`${quantity === 'angle' ? 'angle' : 'error'} (${unit.error})`, 'number'),
        ),
      ),
      h('tbody', {}, ...lines.values()),
    );
  }

  function mark(chosen: number | undefined): void {
    for (const [row, line] of lines) line.classList.toggle('chosen', row === chosen);
  }

  return { element, update, mark };
}
