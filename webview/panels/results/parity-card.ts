/** The card of one quantity: its parity plot or the histogram of its errors, the table beneath, tools and export. */
import type { ErrorStatistics } from '../../../engine/analysis/errors';
import { button, h, segmented } from '../../dom';
import type { View } from '../../plots/coordinates';
import { createErrorHistogram } from '../../plots/error-histogram';
import type { Change, ErrorPlot } from '../../plots/error-plot';
import type { Tool } from '../../plots/navigation';
import { createParityPlot, type ParityPlot, type ParityPlotOptions } from '../../plots/parity-plot';
import type { GroupedRows } from '../../plots/groups';
import { UNITS, type Quantity } from '../../plots/parity-rows';
import { createStatisticsTable } from '../../plots/statistics-table';
import { copyTableButton } from '../save-buttons';

const TITLES: Readonly<Record<Quantity, string>> = {
  energy: 'Energy',
  force: 'Forces',
  norm: 'Forces',
  angle: 'Forces',
  stress: 'Stress',
};

export type Mode = View | 'histogram';

/** What is to be saved: the plot, or its points. */
export type Export = { readonly kind: 'svg' | 'png'; readonly content: string } | { readonly kind: 'csv' };

export interface ParityCard {
  readonly element: HTMLElement;
  readonly plot: ParityPlot;
  setRows(rows: GroupedRows | undefined): void;
  setVisible(visible: readonly boolean[]): void;
  setMode(mode: Mode): void;
  setSelection(rows: Int32Array, statistics: ErrorStatistics | null): void;
  setPointed(rows: Int32Array): void;
  /** Has the keys go to the plot that is shown, wherever the page is scrolled to. */
  focus(): void;
}

export interface ParityCardOptions {
  readonly quantity: Quantity;
  readonly visible: readonly boolean[];
  readonly mode: Mode;
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
  readonly onVisible: (visible: readonly boolean[]) => void;
  readonly onChoose: (row: number) => void;
  readonly onHover: (row: number) => void;
  readonly onSelect: (rows: Int32Array, change: Change) => void;
  readonly onZoom: ParityPlotOptions['onZoom'];
  readonly describe: (row: number) => readonly string[];
  readonly onExport: (file: Export) => void;
  /** To be put on the clipboard. */
  readonly onCopy: (text: string) => void;
  /** What stands beside the title. */
  readonly choice?: HTMLElement;
}

export function createParityCard(options: ParityCardOptions): ParityCard {
  const { quantity, visible, onSelect } = options;
  let { mode } = options;
  const viewOf = (of: Mode): View => (of === 'histogram' ? 'parity' : of);
  const plot = createParityPlot({ ...options, view: viewOf(mode) });
  const histogram = createErrorHistogram({ quantity, visible, onSelect });
  const both: readonly ErrorPlot[] = [plot, histogram];
  const table = createStatisticsTable(quantity, visible, options.onVisible);
  const shown = (): ErrorPlot => (mode === 'histogram' ? histogram : plot);

  const tools = segmented<Tool>(
    'Dragging',
    [
      { value: 'pan', caption: 'move' },
      { value: 'box', caption: 'box' },
      { value: 'lasso', caption: 'lasso' },
    ],
    options.tool,
    (tool) => {
      plot.setTool(tool);
      options.onTool(tool);
    },
  );
  tools.element.title =
    'What dragging does: move the view, or select by box or lasso. With Shift points are added, with Alt taken away.';
  const save = (caption: string, label: string, file: () => Export): HTMLButtonElement =>
    button('save', label, () => options.onExport(file()), { caption, class: 'small' });
  const element = h(
    'section',
    { class: `card parity-card ${quantity}` },
    h(
      'div',
      { class: 'card-head' },
      h(
        'h3',
        {},
        TITLES[quantity], // Beside a choice there is no room; the axes have it too.
        options.choice === undefined && h('span', { class: 'unit' }, ` (${UNITS[quantity].value})`),
      ),
      options.choice,
      h('span', { class: 'spacer' }),
      tools.element,
    ),
    h('div', { class: 'parity' }, plot.element, histogram.element, table.element),
    h(
      'div',
      { class: 'card-foot' },
      copyTableButton(table.element, options.onCopy, { caption: 'Table' }),
      save('CSV', 'Save the points, those that are selected if any are', () => ({ kind: 'csv' })),
      save('SVG', 'Save the plot as SVG', () => ({ kind: 'svg', content: shown().toSvg() })),
      save('PNG', 'Save the plot as PNG', () => ({ kind: 'png', content: shown().toPng() })),
    ),
  );

  function showMode(): void {
    plot.element.hidden = mode === 'histogram';
    histogram.element.hidden = mode !== 'histogram';
    tools.element.hidden = mode === 'histogram';
    plot.setView(viewOf(mode));
    table.setCalibration(mode === 'calibration');
  }
  showMode();

  return {
    element,
    plot,
    setRows: (rows) => {
      for (const each of [...both, table]) each.setRows(rows);
    },
    setVisible: (next) => {
      for (const each of [...both, table]) each.setVisible(next);
    },
    setMode: (next) => {
      mode = next;
      showMode();
    },
    setSelection: (rows, statistics) => {
      for (const each of both) each.setSelection(rows);
      table.setSelection(rows, statistics);
    },
    setPointed: (rows) => {
      for (const each of both) each.setPointed(rows);
    },
    focus: () => shown().element.querySelector<HTMLElement>('.plot-input')?.focus({ preventScroll: true }),
  };
}
