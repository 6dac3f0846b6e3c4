/** What plots of errors have in common, whatever they draw. */
import type { ParityRows, Visible } from './parity-rows';

/** How a selection changes: by other points instead, by more, by fewer. */
export type Change = 'replace' | 'add' | 'remove';

export const NAMES = { energy: 'energy per atom', force: 'force component' } as const;

export interface ErrorPlot {
  readonly element: HTMLElement;
  setRows(rows: ParityRows | undefined): void;
  setVisible(visible: Visible): void;
  /** Rows that are marked as selected. */
  setSelection(rows: Int32Array): void;
  /** Rows that are pointed at in another view. */
  setPointed(rows: Int32Array): void;
  toSvg(): string;
  /** base64 */
  toPng(): string;
  dispose(): void;
}
