/** Readings of what moves atoms in time, `md` and `umbrella` blocks, to definitions. */
import { massesIn } from '../check/isotopes';
import { type BlockReading, blocksOf } from '../check/reading';
import type { CoordinateKind, EnsembleDefinition, MdDefinition, Named, UmbrellaDefinition } from './definition';
import { optionsOf, optionsOfVariant } from './options';
import * as dynamics from '../schema/blocks/dynamics';
import * as vocabulary from '../schema/blocks/umbrella';

export function assembleMd(reading: BlockReading, named: Named): MdDefinition {
  return {
    ...named,
    kind: 'md',
    options: optionsOf(reading, dynamics.md),
    ensemble: ensembleOf(reading, 'nve'),
    masses: massesIn(reading),
    output: optionsOf(blocksOf(reading, 'output')[0], dynamics.output),
  };
}

/** Undefined without a coordinate: the checker has said so. */
export function assembleUmbrella(reading: BlockReading, named: Named): UmbrellaDefinition | undefined {
  const block = blocksOf(reading, 'coordinate').at(0);
  const kind = block?.label?.text as CoordinateKind | undefined;
  const ensemble = ensembleOf(reading, 'langevin');
  if (kind === undefined || (ensemble.kind !== 'langevin' && ensemble.kind !== 'csvr')) return undefined;
  const own = optionsOfVariant(block, vocabulary.coordinate, kind);
  return {
    ...named,
    kind: 'umbrella',
    options: optionsOf(reading, vocabulary.umbrella),
    ensemble,
    masses: massesIn(reading),
    coordinate: { ...own, kind, centers: [...own.centers].sort((a, b) => a - b) } as UmbrellaDefinition['coordinate'],
    output: optionsOf(blocksOf(reading, 'output')[0], vocabulary.series),
  };
}

/**
 * Of a block that moves atoms.
 * @param usual where it says nothing
 */
export function ensembleOf(reading: BlockReading, usual: EnsembleDefinition['kind']): EnsembleDefinition {
  const block = blocksOf(reading, 'ensemble').at(0);
  const kind = (block?.label?.text ?? usual) as EnsembleDefinition['kind'];
  const { temperature, initial_temperature = temperature } = optionsOf(block, dynamics.ensemble);
  return { ...optionsOfVariant(block, dynamics.ensemble, kind), kind, initial_temperature };
}
