/**
 * The vocabulary of the `.potential` language: the one table that checker, completion, hover, generated reference and
 * the engine's option types read. Adding a word to the language means adding a row in blocks/, adding a block of the top
 * level also one here.
 */
import { dataset } from './blocks/dataset';
import { md } from './blocks/dynamics';
import { explore, oracle } from './blocks/exploration';
import { potential } from './blocks/potential';
import { rate } from './blocks/rate';
import { evaluate, train } from './blocks/training';
import { umbrella } from './blocks/umbrella';
import type { BlockSchema } from './types';

/** The top level of a file. */
export const vocabulary = {
  potential,
  dataset,
  train,
  evaluate,
  md,
  umbrella,
  rate,
  oracle,
  explore,
} as const satisfies Record<string, BlockSchema>;

export type TopLevelBlock = keyof typeof vocabulary;
/** Kinds of run: the blocks that can be run. */
export type ActionName = {
  [K in TopLevelBlock]: (typeof vocabulary)[K] extends { action: true } ? K : never;
}[TopLevelBlock];

export const ACTIONS = (Object.keys(vocabulary) as TopLevelBlock[]).filter(
  (name): name is ActionName => 'action' in vocabulary[name],
);
