/** How the rows of a parity plot are told apart: by set, element, config_type or file, with the errors of each group. Pure. */
import { symbolOf } from '../../language/elements';
import { SETS, type Parity, type SetName } from '../../protocol/parity';
import { errorStatistics, type ErrorStatistics } from '../../engine/analysis/errors';
import { fileName } from '../format';
import type { ParityRows } from './parity-rows';

export const GROUPINGS = ['set', 'element', 'config_type', 'file'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface GroupedRows extends ParityRows {
  readonly groups: readonly string[];
  /** Index into `groups` of each row; their number for rows of sets that are hidden. */
  readonly group: Uint8Array;
  /** Of each group; null without rows. */
  readonly statistics: readonly (ErrorStatistics | null)[];
}

/** As many as there are colours: of more groups the smallest share the last one. */
const MOST_GROUPS = 6;
const OTHERS = '(others)';

/** @param hidden sets that are left out where rows are not told apart by set */
export function groupRows(
  parity: Parity,
  rows: ParityRows,
  grouping: Grouping,
  hidden: readonly SetName[] = [],
): GroupedRows {
  const { groups, group } = partition(parity, rows, grouping, hidden);
  return { ...rows, groups, group, statistics: statisticsOf(rows, group, groups.length) };
}

function partition(
  { structureConfigType, structureFile, configTypes, files }: Parity,
  { count, set, structure, element }: ParityRows,
  grouping: Grouping,
  hidden: readonly SetName[],
): Pick<GroupedRows, 'groups' | 'group'> {
  // Energies and stresses belong to no element.
  if (grouping === 'set' || (grouping === 'element' && element === undefined)) return { groups: SETS, group: set };
  const keyOf = {
    element: (row: number) => element?.[row] ?? 0,
    config_type: (row: number) => structureConfigType[structure[row]],
    file: (row: number) => structureFile[structure[row]],
  }[grouping];
  const nameOf = {
    element: (key: number) => (key === 0 ? 'unknown' : symbolOf(key)),
    config_type: (key: number) => (key < 0 ? 'none' : configTypes[key]),
    file: (key: number) => fileName(files[key]),
  }[grouping];
  const isHidden = SETS.map((name) => hidden.includes(name));
  const counts = new Map<number, number>();
  for (let row = 0; row < count; row++) {
    const key = keyOf(row);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const keys = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([key]) => key);
  const shown = keys.length > MOST_GROUPS ? keys.slice(0, MOST_GROUPS - 1) : keys;
  shown.sort((a, b) => a - b);
  const groups = [...shown.map(nameOf), ...(keys.length > shown.length ? [OTHERS] : [])];
  const numbers = new Map(shown.map((key, k) => [key, k]));
  const group = Uint8Array.from({ length: count }, (_, row) =>
    isHidden[set[row]] ? groups.length : (numbers.get(keyOf(row)) ?? shown.length),
  );
  return { groups, group };
}

/** Rows of each group. */
export function rowsOfGroups(group: Uint8Array, groups: number): Int32Array[] {
  const counts = new Int32Array(groups + 1);
  for (const each of group) counts[each]++;
  const lists = Array.from({ length: groups }, (_, g) => new Int32Array(counts[g]));
  const filled = new Int32Array(groups + 1);
  for (let row = 0; row < group.length; row++) {
    const g = group[row];
    if (g < groups) lists[g][filled[g]++] = row;
  }
  return lists;
}

const statisticsOf = (rows: ParityRows, group: Uint8Array, groups: number): (ErrorStatistics | null)[] =>
  rowsOfGroups(group, groups).map((list) => statisticsOfRows(rows, list));

/** Of some rows. Angles have nothing that they are compared with. */
export const statisticsOfRows = ({ quantity, reference, error, predicted }: ParityRows, rows: Int32Array) =>
  quantity === 'angle'
    ? errorStatistics(new Float64Array(error.length), error, rows)
    : errorStatistics(reference, predicted, rows);
