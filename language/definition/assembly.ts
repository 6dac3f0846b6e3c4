/**
 * Readings to a `Definition`: every default filled in, everything sorted. A block of whose text any part is in error is left out, and so is
 * what refers to it.
 */
import type { Environment, Placed } from '../check/reading';
import type {
  ActionDefinition,
  DatasetDefinition,
  Definition,
  Named,
  OracleDefinition,
  PotentialDefinition,
  TrainDefinition,
} from './definition';
import { assembleMd, assembleUmbrella } from './dynamics-assembly';
import { assembleExplore, assembleOracle } from './exploration-assembly';
import { optionsOf } from './options';
import { assemblePotential, unitsOf } from './potential-assembly';
import { assembleRate } from './rate-assembly';
import { assembleTrain } from './training-assembly';
import { dataset as datasetBlock } from '../schema/blocks/dataset';
import { evaluate as evaluateBlock } from '../schema/blocks/training';

/** The definition of a file out of the blocks in it that are free of errors. */
export function assemble(blocks: readonly Placed[], environment?: Environment): Definition {
  const potentials = new Map<string, PotentialDefinition>();
  const datasets = new Map<string, DatasetDefinition>();
  const oracles = new Map<string, OracleDefinition>();
  const actions: ActionDefinition[] = [];
  const good = blocks.filter(({ reading }) => reading.label !== undefined);
  for (const placed of good) {
    const { reading } = placed;
    const named = namedOf(placed);
    if (reading.name === 'potential')
      potentials.set(named.name, { ...named, ...assemblePotential(reading, environment) });
    if (reading.name === 'dataset')
      datasets.set(named.name, {
        ...named,
        options: optionsOf(reading, datasetBlock),
        units: unitsOf(reading),
      });
    if (reading.name === 'oracle') oracles.set(named.name, assembleOracle(reading, named));
  }
  for (const [name, { answers }] of oracles)
    if (answers.kind === 'potential' && !potentials.has(answers.potential)) oracles.delete(name);
  for (const placed of good) {
    const action = assembleAction(placed, datasets);
    if (action === undefined || ('potential' in action.options && !potentials.has(action.options.potential))) continue;
    if ('dataset' in action.options && !datasets.has(action.options.dataset)) continue;
    actions.push(action);
  }
  // After the trainings, wherever they stand.
  const trainings = new Map(
    actions.filter((action): action is TrainDefinition => action.kind === 'train').map((one) => [one.name, one]),
  );
  for (const placed of good) {
    if (placed.reading.name !== 'explore') continue;
    const action = assembleExplore(placed.reading, namedOf(placed), trainings, oracles);
    if (action !== undefined) actions.push(action);
  }
  const umbrellas = new Set(actions.filter(({ kind }) => kind === 'umbrella').map(({ name }) => name));
  const complete = actions.filter(
    (action) => action.kind !== 'rate' || action.source.kind === 'windows' || umbrellas.has(action.source.umbrella),
  );
  complete.sort((a, b) => a.span.start - b.span.start);
  return { potentials, datasets, oracles, actions: complete };
}

function namedOf({ reading: { block, label }, start }: Placed): Named {
  const nameSpan = label ?? block.name;
  return {
    name: label?.text ?? '',
    span: { start: start + block.start, end: start + block.end },
    nameSpan: { start: start + nameSpan.start, end: start + nameSpan.end },
  };
}

function assembleAction(
  placed: Placed,
  datasets: ReadonlyMap<string, DatasetDefinition>,
): ActionDefinition | undefined {
  const { reading } = placed;
  const named = namedOf(placed);
  switch (reading.name) {
    case 'train':
      return assembleTrain(reading, named, datasets);
    case 'evaluate':
      return { ...named, kind: 'evaluate', options: optionsOf(reading, evaluateBlock) };
    case 'md':
      return assembleMd(reading, named);
    case 'umbrella':
      return assembleUmbrella(reading, named);
    case 'rate':
      return assembleRate(reading, named);
    default:
      return undefined;
  }
}
