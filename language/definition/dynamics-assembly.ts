/** Readings of `md` blocks to definitions. */
import { massesIn } from '../check/isotopes';
import { type BlockReading, blocksOf } from '../check/reading';
import type { EnsembleDefinition, MdDefinition, Named } from './definition';
import { optionsOf, optionsOfVariant } from './options';
import * as vocabulary from '../schema/blocks/dynamics';

export function assembleMd(reading: BlockReading, named: Named): MdDefinition {
  return {
    ...named,
    kind: 'md',
    options: optionsOf(reading, vocabulary.md),
    ensemble: ensembleOf(reading),
    masses: massesIn(reading),
    output: optionsOf(blocksOf(reading, 'output')[0], vocabulary.output),
  };
}

/** Of a block that moves atoms; without one the energy is kept. */
export function ensembleOf(reading: BlockReading): EnsembleDefinition {
  const block = blocksOf(reading, 'ensemble').at(0);
  const kind = (block?.label?.text ?? 'nve') as EnsembleDefinition['kind'];
  const { temperature, initial_temperature = temperature } = optionsOf(block, vocabulary.ensemble);
  return { ...optionsOfVariant(block, vocabulary.ensemble, kind), kind, initial_temperature };
}
