/** What one has done in the plots of predictions, as it is kept with the panel: in bounded size. */
import * as v from 'valibot';
import { SETS, type Parity } from '../../../protocol/parity';
import { GROUPINGS } from '../../plots/groups';
import { QUANTITIES, type Quantity } from '../../plots/parity-rows';

const FORCES = ['force', 'norm', 'angle'] as const;
export type Forces = (typeof FORCES)[number];
export const isForces = (quantity: Quantity): quantity is Forces => FORCES.some((each) => each === quantity);

/** Atoms, groups, and stretches of rows, of which more are not kept. */
const MAXIMUM_KEPT = 1000;
const MAXIMUM_STRETCHES = 20_000;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const range = v.pipe(
  v.object({ low: v.number(), high: v.number() }),
  v.check(({ low, high }) => low < high),
);
const quantity = v.picklist(QUANTITIES);

export const parityState = v.object({
  quantity,
  /** As what forces are shown: components, lengths, angles. */
  forces: v.optional(v.picklist(FORCES), 'force'),
  mode: v.picklist(['parity', 'residual', 'histogram', 'calibration']),
  tool: v.picklist(['pan', 'box', 'lasso']),
  grouping: v.optional(v.picklist(GROUPINGS), 'set'),
  /** Sets that are not shown. */
  hidden: v.array(v.picklist(SETS)),
  /** Groups that are not shown, where the groups are no sets. */
  hiddenGroups: v.optional(v.pipe(v.array(v.string()), v.maxLength(MAXIMUM_KEPT)), []),
  /** How many predictions there were: what follows is about these. */
  predictions: v.optional(count, 0),
  /** What is in view of plots that were zoomed or moved. */
  zooms: v.optional(v.array(v.object({ quantity, x: range, y: range })), []),
  selection: v.optional(v.object({ quantity, rows: v.pipe(v.array(count), v.maxLength(2 * MAXIMUM_STRETCHES)) })),
  /** The chosen point, and the atoms that are selected in its structure. */
  chosen: v.optional(v.object({ quantity, row: count, atoms: v.pipe(v.array(count), v.maxLength(MAXIMUM_KEPT)) })),
});
export type ParityState = v.InferOutput<typeof parityState>;

export const INITIAL_PARITY: ParityState = {
  quantity: 'force',
  forces: 'force',
  mode: 'parity',
  tool: 'pan',
  grouping: 'set',
  hidden: [],
  hiddenGroups: [],
  predictions: 0,
  zooms: [],
};

/** The state as it fits the predictions: of other ones than it was about, what depends on them is forgotten. */
export function fitted(state: ParityState, { energy, force, stress }: Parity): ParityState {
  const predictions = energy.structure.length + force.structure.length + stress.structure.length;
  if (predictions === state.predictions) return state;
  return { ...state, predictions, zooms: [], selection: undefined, chosen: undefined };
}

/** A state that may be remembered beyond the closing of the panel, among those of other runs. */
export function abridged(state: ParityState): ParityState {
  const rows = state.selection?.rows.length ?? 0;
  return rows > 2 * MAXIMUM_KEPT ? { ...state, selection: undefined } : state;
}

/** Rows that increase, as the lengths of gaps and of stretches without a gap, in turn; undefined if there are too many. */
export function packRows(rows: Int32Array): number[] | undefined {
  const packed: number[] = [];
  let next = 0;
  for (let from = 0; from < rows.length;) {
    let to = from + 1;
    while (to < rows.length && rows[to] === rows[to - 1] + 1) to++;
    packed.push(rows[from] - next, to - from);
    if (packed.length > 2 * MAXIMUM_STRETCHES) return undefined;
    next = rows[to - 1] + 1;
    from = to;
  }
  return packed;
}

/** The rows below `count` that `packRows` has packed. */
export function unpackRows(packed: readonly number[], count: number): Int32Array {
  const rows: number[] = [];
  let next = 0;
  packed.forEach((length, k) => {
    const end = Math.min(count, next + length);
    if (k % 2 === 1) for (let row = next; row < end; row++) rows.push(row);
    next = end;
  });
  return Int32Array.from(rows);
}

/** Atoms that are kept as selected. */
export const keptAtoms = (atoms: readonly number[]): number[] => atoms.slice(0, MAXIMUM_KEPT);
