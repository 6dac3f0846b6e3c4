/** Errors of each set and of the selection, under a plot; the sets can be hidden here. Thousandths of the unit. */
import { SETS, type SetName } from '../../protocol/parity';
import type { ErrorStatistics } from '../../engine/analysis/errors';
import { fill, h } from '../dom';
import { formatCount, formatFixed, formatNumber } from '../format';
import { UNITS, type ParityRows, type Quantity, type Visible } from './parity-rows';

export interface StatisticsTable {
  readonly element: HTMLElement;
  setRows(rows: ParityRows | undefined): void;
  setVisible(visible: Visible): void;
  setSelection(statistics: ErrorStatistics | null): void;
}

const HEADS = ['', 'N', 'RMSE', 'MAE', 'max', 'bias', 'R²'];

export function createStatisticsTable(
  quantity: Quantity,
  initial: Visible,
  onVisible: (visible: Visible) => void,
): StatisticsTable {
  let visible = initial;
  let rows: ParityRows | undefined;
  const boxes = new Map<SetName, HTMLInputElement>();
  const selection = h('tbody', {});
  const sets = h('tbody', {});
  const element = h(
    'table',
    { class: 'statistics' },
    h('caption', {}, `Errors in ${UNITS[quantity].error}`),
    h('thead', {}, h('tr', {}, ...HEADS.map((head) => h('th', { scope: 'col' }, head)))),
    sets,
    selection,
  );

  function draw(): void {
    boxes.clear();
    const lines = SETS.flatMap((name, which) => {
      const statistics = rows?.statistics[name] ?? null;
      // Sets that the data don't have; before there are data, the two that there will be.
      if (statistics === null && which > (rows === undefined ? 1 : 0)) return [];
      const box = h('input', { type: 'checkbox', 'aria-label': `show ${name}` });
      box.checked = visible[name];
      box.addEventListener('change', () => onVisible({ ...visible, [name]: box.checked }));
      boxes.set(name, box);
      return [line(h('label', {}, box, h('span', { class: `swatch series-${which}` }), name), statistics)];
    });
    fill(sets, ...lines);
  }
  draw();

  return {
    element,
    setRows: (next) => {
      rows = next;
      draw();
    },
    setVisible: (next) => {
      visible = next;
      for (const [name, box] of boxes) box.checked = visible[name];
    },
    setSelection: (statistics) =>
      fill(selection, statistics !== null && line(h('span', { class: 'selection-name' }, 'selection'), statistics)),
  };
}

function line(name: HTMLElement, statistics: ErrorStatistics | null): HTMLElement {
  const milli = (value: number | undefined): string => formatNumber(value === undefined ? undefined : value * 1000, 3);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name),
    h('td', {}, statistics ? formatCount(statistics.count) : '–'),
    h('td', { class: 'strong' }, milli(statistics?.rmse)),
    h('td', {}, milli(statistics?.mae)),
    h('td', {}, milli(statistics?.maximum)),
    h('td', {}, milli(statistics?.bias)),
    h('td', {}, statistics?.r2 === null || statistics?.r2 === undefined ? '–' : formatFixed(statistics.r2, 5)),
  );
}
