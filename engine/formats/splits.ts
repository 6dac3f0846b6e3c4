/**
 * Which structures are kept out of the training: those of the test set, and those of the validation set. Pure, and the
 * same for the same structures and seed; the test set is the same whatever the fraction for validation.
 *
 * `trajectory` and `config_type` exist because neighbouring snapshots of a simulation are near twins: with one in the
 * training and its neighbour in the test set, the test error says nothing. For the same reason the validation structures stand
 * between the two in a trajectory, and are whole config_types with `config_type`.
 */
import type { DatasetDefinition } from '../../language/definition/definition';
import { SETS } from '../../protocol/parity';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { createRandom } from '../random';
import type { LabelledStructure } from '../structure/structure';
import { Problems } from './problems';

const TRAIN = SETS.indexOf('train');
const TEST = SETS.indexOf('test');
const VALIDATION = SETS.indexOf('validation');

/** What files say for the sets. */
const SET_NAMES: ReadonlyMap<string, number> = new Map([
  ['train', TRAIN],
  ['training', TRAIN],
  ['test', TEST],
  ['testing', TEST],
  ['validation', VALIDATION],
  ['valid', VALIDATION],
  ['val', VALIDATION],
]);

/** What the data say of sets themselves. */
export interface GivenSets {
  /** Where each structure's frame begins in its file, from 1: for problems. */
  readonly lines?: readonly number[];
  /** By absolute path, the set (index into SETS) of files that have one, for `split_by = file`. */
  readonly files?: ReadonlyMap<string, number>;
}

/**
 * The set (index into SETS) of each structure.
 *
 * @param seed of `random` and `config_type`, and of what is taken for validation from data that say themselves what is the test set
 * @returns problems `XD019` where the data doesn't allow the split, or leaves nothing to train on
 */
export function splitStructures(
  structures: readonly LabelledStructure[],
  { test, validation, split_by }: Pick<DatasetDefinition['options'], 'test' | 'validation' | 'split_by'>,
  seed: number,
  given: GivenSets = {},
): Result<Uint8Array> {
  const fractions = [
    [TEST, test],
    [VALIDATION, validation],
  ] as const;
  const split = ((): Result<Uint8Array> => {
    if (typeof split_by === 'object') return validated(splitByKey(structures, split_by.key, given.lines));
    switch (split_by) {
      case 'random':
        return ok(splitRandomly(structures.length, fractions, seed));
      case 'trajectory':
        return ok(splitTrajectories(structures, test, validation));
      case 'config_type':
        return splitConfigTypes(structures, fractions, seed);
      case 'file':
        return validated(ok(Uint8Array.from(structures, ({ source }) => given.files?.get(source.file) ?? TRAIN)));
    }
  })();
  if (split.ok && !split.value.includes(TRAIN))
    return fail({ code: 'XD019', message: 'no structure is left to train on: all of them are in other sets' });
  return split;

  /** Takes the validation set from the training set where the data don't name it. */
  function validated(named: Result<Uint8Array>): Result<Uint8Array> {
    if (!named.ok || validation === 0 || named.value.includes(VALIDATION)) return named;
    const training = [...named.value.keys()].filter((s) => named.value[s] === TRAIN);
    const taken = splitRandomly(training.length, [[VALIDATION, validation]], seed);
    training.forEach((s, k) => (named.value[s] = taken[k]));
    return named;
  }
}

/** Sets and the fractions of the structures that they are to get, in the order in which they take them. */
type Fractions = readonly (readonly [set: number, fraction: number])[];

/** How many of n structures: at least one if any are wanted, never all. */
function wantedCount(n: number, fraction: number): number {
  return fraction > 0 && n > 1 ? Math.min(Math.max(Math.round(fraction * n), 1), n - 1) : 0;
}

export function splitRandomly(n: number, fractions: Fractions, seed: number): Uint8Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  createRandom(seed, 'split').shuffle(order);
  const sets = new Uint8Array(n).fill(TRAIN);
  let from = 0;
  for (const [set, fraction] of fractions) {
    const end = Math.min(from + wantedCount(n, fraction), n - 1);
    for (const i of order.subarray(from, end)) sets[i] = set;
    from = Math.max(from, end);
  }
  return sets;
}

/**
 * A trajectory is a sequence of structures with the same config_type in one file; its end is the test set, what is before that
 * the validation set. What rounding leaves over goes to the next one, so that many short trajectories give their share too.
 */
function splitTrajectories(structures: readonly LabelledStructure[], test: number, validation: number): Uint8Array {
  const sets = new Uint8Array(structures.length).fill(TRAIN);
  let owedTest = 0;
  let owedValidation = 0;
  for (let start = 0; start < structures.length;) {
    const { source, configType } = structures[start];
    let end = start + 1;
    while (
      end < structures.length &&
      structures[end].source.file === source.file &&
      structures[end].configType === configType
    )
      end++;
    owedTest += test * (end - start);
    owedValidation += validation * (end - start);
    const testFrom = end - Math.min(Math.round(owedTest), end - start);
    const validationFrom = testFrom - Math.min(Math.round(owedValidation), testFrom - start);
    sets.fill(TEST, testFrom, end);
    sets.fill(VALIDATION, validationFrom, testFrom);
    owedTest -= end - testFrom;
    owedValidation -= testFrom - validationFrom;
    start = end;
  }
  return sets;
}

function splitConfigTypes(
  structures: readonly LabelledStructure[],
  fractions: Fractions,
  seed: number,
): Result<Uint8Array> {
  const counts = new Map<string, number>();
  for (const { configType = '' } of structures) counts.set(configType, (counts.get(configType) ?? 0) + 1);
  const needed = 1 + fractions.filter(([, fraction]) => fraction > 0).length;
  if (counts.size < needed) {
    const message = `the structures have ${counts.size === 1 ? 'one config_type' : `${counts.size} config_types`} only: split_by = config_type needs ${needed} or more; use trajectory or random`;
    return fail({ code: 'XD019', message });
  }
  const types = [...counts.keys()];
  createRandom(seed, 'split').shuffle(types);
  const setOf = new Map<string, number>();
  let next = 0;
  fractions.forEach(([set, fraction], k) => {
    const wanted = wantedCount(structures.length, fraction);
    // One is left for each set that is still to come, and one to train on.
    const last = types.length - 1 - fractions.slice(k + 1).filter(([, other]) => other > 0).length;
    for (let count = 0; count < wanted && next < last; next++) {
      setOf.set(types[next], set);
      count += counts.get(types[next]) ?? 0;
    }
  });
  return ok(Uint8Array.from(structures, ({ configType = '' }) => setOf.get(configType) ?? TRAIN));
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
