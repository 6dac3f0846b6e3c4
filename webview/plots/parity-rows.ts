/**
 * What a parity plot draws: one row per energy or force component, which set it belongs to, which are the worst. Pure.
 * eV/atom and eV/Å; errors are shown in thousandths.
 */
import { SETS, type Parity, type SetName } from '../../protocol/parity';
import { errorStatistics, selectSet, type ErrorStatistics } from '../../engine/analysis/errors';

export type Quantity = 'energy' | 'force';

export interface ParityRows {
  readonly quantity: Quantity;
  readonly count: number;
  readonly reference: Float64Array;
  readonly predicted: Float64Array;
  /** Structure of each row, a number within the parity file. */
  readonly structure: Int32Array;
  /** Index into SETS of each row. */
  readonly set: Uint8Array;
  readonly statistics: Readonly<Record<SetName, ErrorStatistics | null>>;
}

export const UNITS = {
  energy: { value: 'eV/atom', error: 'meV/atom' },
  force: { value: 'eV/Å', error: 'meV/Å' },
} as const;

export function rowsOf(parity: Parity, quantity: Quantity): ParityRows {
  const { structure, reference, predicted } = parity[quantity];
  const statistics = (name: SetName): ErrorStatistics | null =>
    errorStatistics(reference, predicted, selectSet(parity, name)[quantity]);
  return {
    quantity,
    count: structure.length,
    reference,
    predicted,
    structure,
    set: Uint8Array.from(structure, (s) => parity.structureSet[s]),
    statistics: Object.fromEntries(SETS.map((set) => [set, statistics(set)])) as ParityRows['statistics'],
  };
}

/** Which sets are shown. */
export type Visible = Readonly<Record<SetName, boolean>>;

/** `visible` by index into SETS. */
export const visibleByIndex = (visible: Visible): readonly boolean[] => SETS.map((name) => visible[name]);

/** The `most` rows with the largest |predicted − reference| among the visible sets (and `among`), the worst first. */
export function worstRows(
  { count, reference, predicted, set }: ParityRows,
  visible: Visible,
  most: number,
  among?: Int32Array,
): Int32Array {
  const shown = visibleByIndex(visible);
  const error = (row: number): number => Math.abs(predicted[row] - reference[row]);
  let candidates: number[] = [];
  let threshold = -1;
  // Keep what may belong to the worst; halve the candidates whenever there are too many.
  const prune = (): void => {
    candidates = candidates.sort((a, b) => error(b) - error(a) || a - b).slice(0, most);
    if (candidates.length === most) threshold = error(candidates[most - 1]);
  };
  for (let k = 0; k < (among?.length ?? count); k++) {
    const row = among === undefined ? k : among[k];
    if (!shown[set[row]] || !(error(row) > threshold)) continue;
    candidates.push(row);
    if (candidates.length >= 4 * most) prune();
  }
  prune();
  return Int32Array.from(candidates);
}

/** Reference and predicted forces of a structure (eV/Å, 3N); components without a row are NaN. */
export function forcesOf(
  { force, structureAtoms }: Parity,
  structure: number,
): { readonly reference: Float32Array; readonly predicted: Float32Array } {
  const reference = new Float32Array(3 * structureAtoms[structure]).fill(NaN);
  const predicted = new Float32Array(reference.length).fill(NaN);
  // Rows of a structure stand together, but nothing promises it: one pass over all costs a few milliseconds.
  for (let row = force.structure.indexOf(structure); row >= 0; row = force.structure.indexOf(structure, row + 1)) {
    const at = 3 * force.atom[row] + force.component[row];
    reference[at] = force.reference[row];
    predicted[at] = force.predicted[row];
  }
  return { reference, predicted };
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Smallest range of all values of rows with finite numbers, or undefined without any. */
export function rangeOf(...columns: readonly Float64Array[]): Range | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns)
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? { low, high } : undefined;
}

/** A little wider on both sides; a single value gets room around it. */
export function widen({ low, high }: Range, part = 0.05): Range {
  const room = (high - low) * part || Math.max(Math.abs(low) * 1e-3, 1e-3);
  return { low: low - room, high: high + room };
}
