/** The largest errors of one quantity among the sets that are shown, or of the selection, as a table to choose from. */
import { SETS, type Parity } from '../../../protocol/parity';
import { fill, h } from '../../dom';
import { formatFixed, formatNumber } from '../../format';
import { UNITS, worstRows, type ParityRows, type Visible } from '../../plots/parity-rows';
import { COMPONENTS, placeOf } from './place';

const LISTED = 24;

export interface WorstList {
  readonly element: HTMLElement;
  /** @param among rows of the selection, if there is one */
  update(parity: Parity, rows: ParityRows, visible: Visible, chosen: number | undefined, among?: Int32Array): void;
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

  function update(
    parity: Parity,
    rows: ParityRows,
    visible: Visible,
    chosen: number | undefined,
    among?: Int32Array,
  ): void {
    const { quantity, reference, predicted, set } = rows;
    const unit = UNITS[quantity];
    const heading = (text: string, className = ''): HTMLElement => h('th', { scope: 'col', class: className }, text);
    const line = (row: number): HTMLElement => {
      const { frame } = placeOf(parity, quantity, row);
      const { atom, component } = parity.force;
      const link = h(
        'button',
        { type: 'button', class: 'link' },
        quantity === 'energy' ? `${frame}` : `${frame} · atom ${atom[row]} ${COMPONENTS[component[row]]}`,
      );
      link.addEventListener('click', () => onChoose(row));
      return h(
        'tr',
        { class: row === chosen ? 'chosen' : '' },
        h('td', {}, link),
        h('td', {}, h('span', { class: `swatch series-${set[row]}` }), SETS[set[row]]),
        h('td', { class: 'number' }, formatFixed(reference[row], 3)),
        h('td', { class: 'number' }, formatFixed(predicted[row], 3)),
        h('td', { class: 'number strong' }, formatNumber((predicted[row] - reference[row]) * 1000, 3)),
      );
    };
    fill(title, among === undefined ? 'Largest errors' : 'Largest errors of the selection');
    fill(
      table,
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heading(quantity === 'energy' ? 'frame' : 'frame · component'),
          heading('set'),
          heading(`reference (${unit.value})`, 'number'),
          heading(`predicted (${unit.value})`, 'number'),
          heading(`error (${unit.error})`, 'number'),
        ),
      ),
      h('tbody', {}, ...[...worstRows(rows, visible, LISTED, among)].map(line)),
    );
  }

  return { element, update };
}
