/** Readings of `oracle` and `explore` blocks to definitions. */
import { type BlockReading } from '../check/reading';
import * as vocabulary from '../schema/blocks/exploration';
import type { ExploreDefinition, Named, OracleDefinition, TrainDefinition } from './definition';
import { ensembleOf } from './dynamics-assembly';
import { optionsOf } from './options';

export function assembleOracle(reading: BlockReading, named: Named): OracleDefinition {
  const { command, potential, ...options } = optionsOf(reading, vocabulary.oracle);
  const answers: OracleDefinition['answers'] =
    command === undefined ? { kind: 'potential', potential } : { kind: 'command', command };
  return { ...named, options, answers };
}

/** @returns undefined where the training or the oracle is in error */
export function assembleExplore(
  reading: BlockReading,
  named: Named,
  trainings: ReadonlyMap<string, TrainDefinition>,
  oracles: ReadonlyMap<string, OracleDefinition>,
): ExploreDefinition | undefined {
  const { train: trainName, oracle: oracleName, ...options } = optionsOf(reading, vocabulary.explore);
  const train = trainings.get(trainName);
  const oracle = oracles.get(oracleName);
  if (train === undefined || oracle === undefined) return undefined;
  return {
    ...named,
    kind: 'explore',
    options: { ...options, potential: train.options.potential },
    train,
    oracle,
    ensemble: ensembleOf(reading, 'nve'),
  };
}
