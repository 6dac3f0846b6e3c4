/** What plots of errors have in common, whatever they draw. */
import type { GroupedRows } from './groups';

/** How a selection changes: by other points instead, by more, by fewer. */
export type Change = 'replace' | 'add' | 'remove';

export interface ErrorPlot {
  readonly element: HTMLElement;
  setRows(rows: GroupedRows | undefined): void;
  /** Which groups are shown. */
  setVisible(visible: readonly boolean[]): void;
  /** Rows that are marked as selected. */
  setSelection(rows: Int32Array): void;
  /** Rows that are pointed at in another view. */
  setPointed(rows: Int32Array): void;
  toSvg(): string;
  /** base64 */
  toPng(): string;
  dispose(): void;
}
