/**
 * Which structures are kept out of the training. Pure, and the same for the same structures and seed.
 *
 * `trajectory` and `config_type` exist because neighbouring snapshots of a simulation are near twins: with one in the
 * training and its neighbour in the test set, the test error says nothing.
 */
import type { DatasetDefinition } from '../../language/definition/definition';
import { SETS } from '../../protocol/parity';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { createRandom } from '../random';
import type { LabelledStructure } from '../structure/structure';
import { Problems } from './problems';

const TRAIN = SETS.indexOf('train');
const TEST = SETS.indexOf('test');

/** What files say for the two sets; a validation set is data that isn't trained on. */
const SET_NAMES: ReadonlyMap<string, number> = new Map([
  ['train', TRAIN],
  ['training', TRAIN],
  ['test', TEST],
  ['testing', TEST],
  ['validation', TEST],
  ['valid', TEST],
  ['val', TEST],
]);

/**
 * The set (index into SETS) of each structure.
 *
 * @param seed of `random` and `config_type`
 * @param lines where each structure's frame begins in its file, from 1: for problems
 * @returns problems `XD019` where the data doesn't allow the split, or leaves nothing to train on
 */
export function splitStructures(
  structures: readonly LabelledStructure[],
  { test, split_by }: Pick<DatasetDefinition['options'], 'test' | 'split_by'>,
  seed: number,
  lines?: readonly number[],
): Result<Uint8Array> {
  const split = ((): Result<Uint8Array> => {
    if (typeof split_by === 'object') return splitByKey(structures, split_by.key, lines);
    switch (split_by) {
      case 'random':
        return ok(splitRandomly(structures.length, test, seed));
      case 'trajectory':
        return ok(splitTrajectories(structures, test));
      case 'config_type':
        return splitConfigTypes(structures, test, seed);
    }
  })();
  if (split.ok && !split.value.includes(TRAIN))
    return fail({ code: 'XD019', message: 'no structure is left to train on: all of them are in the test set' });
  return split;
}

/** How many of n structures: at least one if any are wanted, never all. */
function testCount(n: number, fraction: number): number {
  return fraction > 0 && n > 1 ? Math.min(Math.max(Math.round(fraction * n), 1), n - 1) : 0;
}

function splitRandomly(n: number, fraction: number, seed: number): Uint8Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  createRandom(seed, 'split').shuffle(order);
  const sets = new Uint8Array(n).fill(TRAIN);
  for (const i of order.subarray(0, testCount(n, fraction))) sets[i] = TEST;
  return sets;
}

/**
 * A trajectory is a sequence of structures with the same config_type in one file; its end is the test set. What rounding
 * leaves over goes to the next one, so that many short trajectories give their share too.
 */
function splitTrajectories(structures: readonly LabelledStructure[], fraction: number): Uint8Array {
  const sets = new Uint8Array(structures.length).fill(TRAIN);
  let owed = 0;
  for (let start = 0; start < structures.length;) {
    const { source, configType } = structures[start];
    let end = start + 1;
    while (
      end < structures.length &&
      structures[end].source.file === source.file &&
      structures[end].configType === configType
    )
      end++;
    owed += fraction * (end - start);
    const taken = Math.min(Math.round(owed), end - start);
    sets.fill(TEST, end - taken, end);
    owed -= taken;
    start = end;
  }
  return sets;
}

function splitConfigTypes(
  structures: readonly LabelledStructure[],
  fraction: number,
  seed: number,
): Result<Uint8Array> {
  const counts = new Map<string, number>();
  for (const { configType = '' } of structures) counts.set(configType, (counts.get(configType) ?? 0) + 1);
  if (fraction > 0 && counts.size < 2) {
    const message =
      'the structures have one config_type only: split_by = config_type needs two or more; use trajectory or random';
    return fail({ code: 'XD019', message });
  }
  const types = [...counts.keys()];
  createRandom(seed, 'split').shuffle(types);
  const wanted = testCount(structures.length, fraction);
  const chosen = new Set<string>();
  let count = 0;
  for (const type of types.slice(0, -1)) {
    if (count >= wanted) break;
    chosen.add(type);
    count += counts.get(type) ?? 0;
  }
  return ok(Uint8Array.from(structures, ({ configType = '' }) => (chosen.has(configType) ? TEST : TRAIN)));
}

function splitByKey(
  structures: readonly LabelledStructure[],
  key: string,
  lines: readonly number[] | undefined,
): Result<Uint8Array> {
  const problems = new Problems();
  const sets = new Uint8Array(structures.length);
  structures.forEach(({ split, source }, i) => {
    const set = split === undefined ? undefined : SET_NAMES.get(split.toLowerCase());
    if (set === undefined) problems.add(notASet(key, split, source, lines?.[i]));
    else sets[i] = set;
  });
  return problems.result(sets);
}

function notASet(
  key: string,
  value: string | undefined,
  { file, frame }: LabelledStructure['source'],
  line: number | undefined,
): Problem {
  const says = value === undefined ? `has no key “${key}”` : `says ${key}=${value.slice(0, 40)}`;
  return {
    code: 'XD019',
    message: `frame ${frame} ${says}, but split_by = key("${key}") needs train, test or validation in every frame`,
    place: { file, line, column: line === undefined ? undefined : 1 },
  };
}
