/** Readings of `train` blocks to definitions. */
import { type BlockReading, blocksOf } from '../check/reading';
import type { DatasetDefinition, FinishDefinition, Named, OptimizerDefinition, TrainDefinition } from './definition';
import { procedureOf } from './identity';
import { optionsOf, optionsOfVariant } from './options';
import * as vocabulary from '../schema/blocks/training';

export function assembleTrain(
  reading: BlockReading,
  named: Named,
  datasets: ReadonlyMap<string, DatasetDefinition>,
): TrainDefinition | undefined {
  const options = optionsOf(reading, vocabulary.train);
  const dataset = datasets.get(options.dataset);
  if (dataset === undefined) return undefined;
  const optimizer = optimizerOf(reading, options.backend);
  const finish = finishOf(reading);
  const configTypes = blocksOf(reading, 'config_type').map((block) => ({
    name: block.label?.text ?? '',
    ...optionsOf(block, vocabulary.configType),
  }));
  const procedure = procedureOf({ options, optimizer, finish, configTypes }, dataset);
  return { ...named, kind: 'train', options, optimizer, finish, configTypes, procedure };
}

/** The default is the Kalman filter where the backend can compute what it needs. */
function optimizerOf(train: BlockReading, backend: TrainDefinition['options']['backend']): OptimizerDefinition {
  const block = blocksOf(train, 'optimizer').at(0);
  const kind = block?.label?.text ?? (backend === 'tensorflow' ? 'adam' : 'kalman');
  return optimizerDefinition(kind as OptimizerDefinition['kind'], block);
}

function finishOf(train: BlockReading): FinishDefinition | undefined {
  const block = blocksOf(train, 'finish').at(0);
  if (block?.label === undefined) return undefined;
  const { epochs } = optionsOf(block, vocabulary.finish);
  return { optimizer: optimizerDefinition(block.label.text as OptimizerDefinition['kind']), epochs };
}

/** An optimizer as it is written, or with all defaults. */
export function optimizerDefinition(kind: OptimizerDefinition['kind'], reading?: BlockReading): OptimizerDefinition {
  return { kind, options: optionsOfVariant(reading, vocabulary.optimizer, kind) };
}
