/** Errors of each group and of the selection, under a plot; groups can be hidden here. In the unit of the quantity's errors. */
import { calibrate, NORMAL_SHARES, type Calibration } from '../../engine/analysis/calibration';
import type { ErrorStatistics } from '../../engine/analysis/errors';
import { fill, h, setText } from '../dom';
import { formatBeside, formatCount, formatFixed, formatNumber } from '../format';
import { rowsOfGroups, type GroupedRows } from './groups';
import { UNITS, type Quantity } from './parity-rows';

export interface StatisticsTable {
  readonly element: HTMLTableElement;
  setRows(rows: GroupedRows | undefined): void;
  setVisible(visible: readonly boolean[]): void;
  /** Errors, or what a committee says of them. */
  setCalibration(shown: boolean): void;
  setSelection(rows: Int32Array, statistics: ErrorStatistics | null): void;
}

interface Column<T> {
  readonly head: string;
  readonly title?: string;
  readonly text: (of: T) => string;
}

export function createStatisticsTable(
  quantity: Quantity,
  initial: readonly boolean[],
  onVisible: (visible: readonly boolean[]) => void,
): StatisticsTable {
  const { error: unit, scale, many } = UNITS[quantity];
  let visible = initial;
  let rows: GroupedRows | undefined;
  let calibration = false;
  let selected: { rows: Int32Array; statistics: ErrorStatistics } | undefined;
  let boxes: HTMLInputElement[] = [];
  const caption = h('caption', {});
  const head = h('thead', {});
  const body = h('tbody', {});
  const selection = h('tbody', {});
  const element = h('table', { class: 'statistics' }, caption, head, body, selection);

  const scaled = (value: number): string => formatNumber(value * scale, 3);
  const errorColumns: readonly Column<ErrorStatistics>[] = [
    { head: 'N', text: ({ count }) => formatCount(count) },
    { head: 'RMSE', text: ({ rmse }) => scaled(rmse) },
    { head: 'MAE', text: ({ mae }) => scaled(mae) },
    { head: 'max', text: ({ maximum }) => scaled(maximum) },
    { head: 'bias', text: ({ bias, rmse }) => formatBeside(bias * scale, rmse * scale) },
    { head: 'R²', text: ({ r2 }) => (typeof r2 === 'number' ? formatFixed(r2, 5) : '–') },
  ];
  // Angles have a size only, and nothing that they vary with.
  const columns =
    quantity === 'angle'
      ? errorColumns.slice(0, 4).map((column, k) => ({ ...column, head: ['N', 'rms', 'mean', 'max'][k] }))
      : errorColumns;
  const percent = (part: number): string => `${formatFixed(100 * part, 1)}\u00a0%`;
  const calibrationColumns: readonly Column<Calibration>[] = [
    { head: 'N', text: ({ count }) => formatCount(count) },
    { head: 'σ', title: 'Root mean square of the standard deviations', text: ({ sigma }) => scaled(sigma) },
    { head: 'RMSE', text: ({ rmse }) => scaled(rmse) },
    { head: '< σ', title: 'Share of the errors below σ', text: ({ within1 }) => percent(within1) },
    { head: '< 2σ', title: 'Share of the errors below 2σ', text: ({ within2 }) => percent(within2) },
    {
      head: 'ENCE',
      title: 'Expected normalized calibration error: mean of |σ − rms error| / σ over the bins',
      text: ({ calibration_error }) => percent(calibration_error),
    },
    {
      head: 'σ ×',
      title: 'What the standard deviations are to be multiplied with to be those of the errors',
      text: ({ scale: factor }) => formatNumber(factor, 3),
    },
  ];

  function lines<T>(shown: readonly Column<T>[], of: readonly (T | null)[], ofSelection: T | null): void {
    const cells = (values: T | null): HTMLElement[] =>
      shown.map(({ head: name, text }) =>
        h('td', { class: name === 'RMSE' || name === 'rms' ? 'strong' : '' }, values === null ? '–' : text(values)),
      );
    fill(
      head,
      h('tr', {}, h('td', {}), ...shown.map((column) => h('th', { scope: 'col', title: column.title }, column.head))),
    );
    boxes = of.map((_, k) => {
      const box = h('input', { type: 'checkbox', 'aria-label': `show ${rows?.groups[k] ?? ''}` });
      box.checked = visible[k];
      box.addEventListener('change', () => onVisible(visible.map((each, j) => (j === k ? box.checked : each))));
      return box;
    });
    fill(
      body,
      ...order(of.length).flatMap((k) => {
        const values = of[k];
        // Groups that the data don't have take no room.
        if (values === null && rows?.statistics[k] === null) return [];
        const name = rows?.groups[k] ?? '';
        const label = h('label', {}, boxes[k], h('span', { class: `swatch series-${k}` }), name);
        return [h('tr', {}, h('th', { scope: 'row' }, label), ...cells(values))];
      }),
    );
    fill(
      selection,
      ofSelection !== null &&
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, h('span', { class: 'selection-name' }, 'selection')),
          ...cells(ofSelection),
        ),
    );
  }

  /** Sets as they are, other groups by their errors, the largest first. */
  function order(count: number): number[] {
    const numbers = Array.from({ length: count }, (_, k) => k);
    if (rows === undefined || rows.group === rows.set) return numbers;
    const { statistics } = rows;
    return numbers.sort((a, b) => (statistics[b]?.rmse ?? 0) - (statistics[a]?.rmse ?? 0));
  }

  function draw(): void {
    const spread = rows?.spread;
    if (rows === undefined) {
      setText(caption, `Errors in ${unit}`);
      lines(columns, [], null);
    } else if (calibration && spread !== undefined) {
      const { reference, predicted } = rows;
      const calibrated = (of: Int32Array): Calibration | null => calibrate({ reference, predicted, spread }, of);
      const shares = NORMAL_SHARES.map(percent).join(' and ');
      setText(caption, `Committee’s standard deviations σ in ${unit}; normal errors: ${shares} below σ and 2σ`);
      const groups = rowsOfGroups(rows.group, rows.groups.length);
      lines(calibrationColumns, groups.map(calibrated), selected === undefined ? null : calibrated(selected.rows));
    } else {
      const { absent } = rows;
      const missing = absent > 0 ? ` · ${formatCount(absent)} ${many} have no reference` : '';
      setText(caption, `${quantity === 'angle' ? 'Angles' : 'Errors'} in ${unit}${missing}`);
      lines(columns, rows.statistics, selected?.statistics ?? null);
    }
  }
  draw();

  return {
    element,
    setRows: (next) => {
      rows = next;
      selected = undefined;
      draw();
    },
    setVisible: (next) => {
      visible = next;
      boxes.forEach((box, k) => (box.checked = visible[k]));
    },
    setCalibration: (shown) => {
      if (calibration === shown) return;
      calibration = shown;
      draw();
    },
    setSelection: (chosen, statistics) => {
      selected = statistics === null ? undefined : { rows: chosen, statistics };
      draw();
    },
  };
}
