/** Readings of `md` blocks to definitions. */
import { massesIn } from '../check/isotopes';
import { type BlockReading, blocksOf } from '../check/reading';
import type { EnsembleDefinition, MdDefinition, Named } from './definition';
import { optionsOf, optionsOfVariant } from './options';
import * as vocabulary from '../schema/blocks/dynamics';

export function assembleMd(reading: BlockReading, named: Named): MdDefinition {
  const block = blocksOf(reading, 'ensemble').at(0);
  const kind = (block?.label?.text ?? 'nve') as EnsembleDefinition['kind'];
  const { temperature, initial_temperature = temperature } = optionsOf(block, vocabulary.ensemble);
  const own = optionsOfVariant(block, vocabulary.ensemble, kind);
  return {
    ...named,
    kind: 'md',
    options: optionsOf(reading, vocabulary.md),
    ensemble: { ...own, kind, initial_temperature },
    masses: massesIn(reading),
    output: optionsOf(blocksOf(reading, 'output')[0], vocabulary.output),
  };
}
