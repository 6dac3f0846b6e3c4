/** Which points are selected: rows of one quantity, and the structures that they belong to. Pure. */
import type { Change } from './error-plot';
import type { ParityTables, Quantity } from './parity-rows';

export interface Selection {
  /** Of what the rows are. */
  readonly quantity: Quantity;
  /** Increasing. */
  readonly rows: Int32Array;
  /** Those that have such a row, increasing. */
  readonly structures: Int32Array;
}

/** `rows` that increase, or none, with the structures that they belong to. */
function selectionOf({ parity, rows: of }: ParityTables, quantity: Quantity, rows: Int32Array): Selection | undefined {
  if (rows.length === 0) return undefined;
  const { structure } = of(quantity);
  const has = new Uint8Array(parity.structureSet.length);
  for (const row of rows) has[structure[row]] = 1;
  const structures = Int32Array.from(has.keys()).filter((s) => has[s] === 1);
  return { quantity, rows, structures };
}

/** All rows of some structures, or those of some atoms of them where rows belong to atoms. */
export function rowsOfStructures(
  { parity, rows: of }: ParityTables,
  quantity: Quantity,
  structures: Int32Array,
  atoms: readonly number[] = [],
): Int32Array {
  const wanted = new Uint8Array(parity.structureSet.length);
  for (const s of structures) wanted[s] = 1;
  const { structure, atom } = of(quantity);
  const chosen = atom !== undefined && atoms.length > 0 ? new Set(atoms) : undefined;
  return filledWith(
    structure.length,
    (row) => wanted[structure[row]] === 1 && (chosen === undefined || chosen.has(atom?.[row] ?? -1)),
  );
}

/** The numbers below `count` that fit. */
function filledWith(count: number, fits: (i: number) => boolean): Int32Array {
  const found = new Int32Array(count);
  let n = 0;
  for (let i = 0; i < count; i++) if (fits(i)) found[n++] = i;
  return found.slice(0, n);
}

/** What is selected after `rows` of `quantity` came instead, in addition, or were taken away. */
export function changeSelection(
  tables: ParityTables,
  before: Selection | undefined,
  quantity: Quantity,
  rows: Int32Array,
  change: Change,
): Selection | undefined {
  if (change === 'replace' || (before === undefined && change === 'add'))
    return selectionOf(tables, quantity, rows.slice().sort());
  if (before === undefined) return undefined;
  const known = before.quantity === quantity ? before.rows : rowsOfStructures(tables, quantity, before.structures);
  const mask = new Uint8Array(tables.rows(quantity).count);
  for (const row of known) mask[row] = 1;
  for (const row of rows) mask[row] = change === 'add' ? 1 : 0;
  return selectionOf(
    tables,
    quantity,
    filledWith(mask.length, (row) => mask[row] === 1),
  );
}

/** The selected rows as a plot of `quantity` shows them: its own, or all of the selected structures. */
export function selectedRows(tables: ParityTables, selection: Selection | undefined, quantity: Quantity): Int32Array {
  if (selection === undefined) return new Int32Array(0);
  return selection.quantity === quantity ? selection.rows : rowsOfStructures(tables, quantity, selection.structures);
}

/** The rows of force components of the atoms that rows of forces as vectors belong to. */
export function componentsOf(tables: ParityTables, quantity: Quantity, rows: Int32Array): Int32Array {
  const { structure, atom } = tables.rows(quantity);
  const components = tables.rows('force');
  const wanted = new Set(Array.from(rows, (row) => `${structure[row]} ${atom?.[row] ?? ''}`));
  return filledWith(components.count, (row) =>
    wanted.has(`${components.structure[row]} ${components.atom?.[row] ?? ''}`),
  );
}
