/** The card of one quantity: its parity plot or the histogram of its errors, the table beneath, tools and export. */
import type { ErrorStatistics } from '../../../engine/analysis/errors';
import { button, h, segmented } from '../../dom';
import { createErrorHistogram } from '../../plots/error-histogram';
import type { Change, ErrorPlot } from '../../plots/error-plot';
import type { Tool } from '../../plots/navigation';
import { createParityPlot, type ParityPlot } from '../../plots/parity-plot';
import { UNITS, type ParityRows, type Quantity, type Visible } from '../../plots/parity-rows';
import { createStatisticsTable } from '../../plots/statistics-table';

export type Mode = 'parity' | 'residual' | 'histogram';

/** What is to be saved: the plot, or its points. */
export type Export = { readonly kind: 'svg' | 'png'; readonly content: string } | { readonly kind: 'csv' };

export interface ParityCard {
  readonly element: HTMLElement;
  readonly plot: ParityPlot;
  setRows(rows: ParityRows | undefined): void;
  setVisible(visible: Visible): void;
  setMode(mode: Mode): void;
  setSelection(rows: Int32Array, statistics: ErrorStatistics | null): void;
  setPointed(rows: Int32Array): void;
}

export interface ParityCardOptions {
  readonly quantity: Quantity;
  readonly visible: Visible;
  readonly mode: Mode;
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
  readonly onVisible: (visible: Visible) => void;
  readonly onChoose: (row: number) => void;
  readonly onSelect: (rows: Int32Array, change: Change) => void;
  readonly describe: (row: number) => readonly string[];
  readonly onExport: (file: Export) => void;
}

export function createParityCard(options: ParityCardOptions): ParityCard {
  const { quantity, visible, onSelect } = options;
  let { mode } = options;
  const plot = createParityPlot({ ...options, residual: mode === 'residual' });
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
        quantity === 'energy' ? 'Energy' : 'Forces',
        h('span', { class: 'unit' }, ` (${UNITS[quantity].value})`),
      ),
      h('span', { class: 'spacer' }),
      tools.element,
    ),
    h('div', { class: 'parity' }, plot.element, histogram.element, table.element),
    h(
      'div',
      { class: 'card-foot' },
      save('CSV', 'Save the points, those that are selected if any are', () => ({ kind: 'csv' })),
      save('SVG', 'Save the plot as SVG', () => ({ kind: 'svg', content: shown().toSvg() })),
      save('PNG', 'Save the plot as PNG', () => ({ kind: 'png', content: shown().toPng() })),
    ),
  );

  function showMode(): void {
    plot.element.hidden = mode === 'histogram';
    histogram.element.hidden = mode !== 'histogram';
    tools.element.hidden = mode === 'histogram';
    plot.setResidual(mode === 'residual');
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
      table.setSelection(statistics);
    },
    setPointed: (rows) => {
      for (const each of both) each.setPointed(rows);
    },
  };
}
