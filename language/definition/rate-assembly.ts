/** Readings of `rate` blocks to definitions. */
import { type BlockReading, blocksOf } from '../check/reading';
import type { Named, RateDefinition } from './definition';
import { optionsOf } from './options';
import * as vocabulary from '../schema/blocks/rate';

export function assembleRate(reading: BlockReading, named: Named): RateDefinition {
  const { umbrella, ...options } = optionsOf(reading, vocabulary.rate);
  const windows = blocksOf(reading, 'windows').at(0);
  const recrossing = blocksOf(reading, 'recrossing').at(0);
  return {
    ...named,
    kind: 'rate',
    options,
    source:
      windows === undefined
        ? { kind: 'umbrella', umbrella }
        : { kind: 'windows', ...optionsOf(windows, vocabulary.windows) },
    recrossing: recrossing && optionsOf(recrossing, vocabulary.recrossing),
  };
}
