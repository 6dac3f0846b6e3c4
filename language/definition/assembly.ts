/**
 * Readings to a `Definition`: every default filled in, everything sorted. A block of whose text any part is in error is left out, and so is
 * what refers to it.
 */
import { atomicNumber, elements as periodicTable } from '../elements';
import type { BlockSchema, OptionsOf, OptionsOfVariant } from '../schema/types';
import { belongsTo } from '../schema/variants';
import * as vocabulary from '../schema/vocabulary';
import { massesIn } from '../check/isotopes';
import { elementsOf, isLoaded } from '../check/loading';
import {
  blocksOf,
  numberOf,
  numbersOf,
  originalOf,
  valueOf,
  type BlockReading,
  type Environment,
  type Placed,
} from '../check/reading';
import type {
  ActionDefinition,
  Automatic,
  DatasetDefinition,
  Definition,
  EnsembleDefinition,
  FileUnits,
  FinishDefinition,
  LennardJones,
  MdDefinition,
  Named,
  NetworkShape,
  OptimizerDefinition,
  PotentialDefinition,
  TrainDefinition,
  Zbl,
} from './definition';
import { etaOfWidth, expand, type DescriptorBlock } from './expansion';
import { hash, identityOf, procedureOf } from './identity';
import { solveSample } from './lennard-jones';

/** The definition of a file out of the blocks in it that are free of errors. */
export function assemble(blocks: readonly Placed[], environment?: Environment): Definition {
  const potentials = new Map<string, PotentialDefinition>();
  const datasets = new Map<string, DatasetDefinition>();
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
        options: optionsOf(reading, vocabulary.dataset),
        units: unitsOf(reading),
      });
  }
  for (const placed of good) {
    const action = assembleAction(placed, datasets);
    if (action === undefined || !potentials.has(action.options.potential)) continue;
    if ('dataset' in action.options && !datasets.has(action.options.dataset)) continue;
    actions.push(action);
  }
  return { potentials, datasets, actions };
}

function namedOf({ reading: { block, label }, start }: Placed): Named {
  const nameSpan = label ?? block.name;
  return {
    name: label?.text ?? '',
    span: { start: start + block.start, end: start + block.end },
    nameSpan: { start: start + nameSpan.start, end: start + nameSpan.end },
  };
}

/** The values of a block's attributes, with defaults; of a block that is not there all defaults. */
function optionsOf<S extends BlockSchema>(reading: BlockReading | undefined, schema: S): OptionsOf<S> {
  const names = Object.keys(schema.attributes);
  const valueIn = (name: string): unknown => {
    if (reading !== undefined) return valueOf(reading, name);
    const attribute = schema.attributes[name];
    return 'default' in attribute ? attribute.default : undefined;
  };
  // The schema that the values were checked against is what the type is computed from.
  return Object.fromEntries(names.map((name) => [name, valueIn(name)])) as OptionsOf<S>;
}

function unitsOf(reading: BlockReading): FileUnits | undefined {
  const units = blocksOf(reading, 'units').at(0);
  return units && optionsOf(units, vocabulary.units);
}

type Described = Omit<PotentialDefinition, keyof Named>;

/** Potentials as they were made of a reading, for what is not edited has the same reading again. */
const potentialsMade = new WeakMap<BlockReading, Described>();

function assemblePotential(reading: BlockReading, environment: Environment | undefined): Described {
  const known = potentialsMade.get(reading);
  if (known !== undefined) return known;
  const written = optionsOf(reading, vocabulary.potential);
  const elements = sortByNumber(elementsOf({ environment }, reading));
  const units = unitsOf(reading);
  if (written.load !== undefined) {
    const nothing = { automatic: undefined, symmetryFunctions: {}, networks: undefined, pairs: [], prior: undefined };
    const identity = hash({ load: written.load, units });
    return { options: { ...written, elements }, units, elements, ...nothing, identity };
  }
  const options = { ...written, elements };
  const isNeural = hasNetwork(reading);
  const networks = isNeural ? networksOf(reading, elements) : undefined;
  const pairs = blocksOf(reading, 'pair').map(lennardJonesOf);
  const blocks = isNeural ? descriptorsOf(reading) : [];
  const automatic = isNeural && blocks.length === 0 ? automaticOf(reading, elements) : undefined;
  const block = isNeural ? blocksOf(reading, 'committee').at(0) : undefined;
  const committee = block && optionsOf(block, vocabulary.committee);
  const described = { options, elements, automatic, networks, committee, pairs, prior: priorOf(reading, elements) };
  const symmetryFunctions = expand(blocks, elements);
  const identity = identityOf({ ...described, symmetryFunctions });
  const potential = { ...described, units, symmetryFunctions, identity };
  potentialsMade.set(reading, potential);
  return potential;
}

function lennardJonesOf(pair: BlockReading): LennardJones {
  const sample = blocksOf(pair, 'sample').at(0);
  const solved = sample && solveSample(optionsOf(sample, vocabulary.sample));
  const { epsilon, sigma } = solved ?? optionsOf(pair, vocabulary.pair);
  return { kind: 'lennard_jones', epsilon, sigma };
}

export function sortByNumber(symbols: readonly string[]): readonly string[] {
  return [...symbols].sort((a, b) => (atomicNumber(a) ?? 0) - (atomicNumber(b) ?? 0));
}

/** A potential that is loaded has no network here, nor has one of pair terms and nothing else; every other one has. */
export function hasNetwork(potential: BlockReading): boolean {
  if (isLoaded(potential)) return false;
  return blocksOf(potential, 'radial', 'angular', 'network').length > 0 || blocksOf(potential, 'pair').length === 0;
}

/** The descriptor blocks of a potential; with none its symmetry functions are chosen from the data. */
export function descriptorsOf(potential: BlockReading): DescriptorBlock[] {
  const cutoff = cutoffOf(potential);
  return blocksOf(potential, 'radial', 'angular').map((block) => descriptorOf(block, cutoff));
}

export const cutoffOf = (potential: BlockReading): number =>
  numberOf(potential, 'cutoff') ?? vocabulary.potential.attributes.cutoff.default;

function priorOf(potential: BlockReading, elements: readonly string[]): Zbl | undefined {
  const prior = blocksOf(potential, 'prior').at(0);
  if (prior === undefined) return undefined;
  const { inner, outer = inner && 2 * inner } = optionsOf(prior, vocabulary.prior);
  const pairs = elements.flatMap((a, i) =>
    elements.slice(i).map((b) => {
      const end = outer ?? 0.7 * (radiusOf(a) + radiusOf(b));
      return { elements: [a, b] as const, inner: inner ?? end / 2, outer: end };
    }),
  );
  return { kind: 'zbl', pairs };
}

const radiusOf = (symbol: string): number => periodicTable[atomicNumber(symbol) ?? 0].covalentRadius;

function automaticOf(potential: BlockReading, elements: readonly string[]): Automatic {
  const sized = blocksOf(potential, 'network').filter(({ attributes }) => attributes.has('hidden'));
  return {
    cutoff: !potential.attributes.has('cutoff'),
    hidden: elements.filter((element) =>
      sized.every(({ elements: labels }) => labels.length > 0 && labels[0].text !== element),
    ),
  };
}

/** One descriptor block in internal form; `cutoff` is the potential's. */
export function descriptorOf(reading: BlockReading, cutoff: number): DescriptorBlock {
  const block = originalOf(reading);
  const own = numberOf(block, 'cutoff') ?? cutoff;
  let descriptor = descriptors.get(block);
  if (descriptor?.cutoff !== own) {
    descriptor = describe(block, own);
    descriptors.set(block, descriptor);
  }
  return descriptor;
}

/** As they were made last: a block that is not edited is the same again. */
const descriptors = new WeakMap<BlockReading, DescriptorBlock>();

function describe(block: BlockReading, own: number): DescriptorBlock {
  const elements = block.elements.map(({ text }) => text);
  if (block.name === 'angular')
    return {
      kind: valueOf(block, 'kind') === 'wide' ? 'wide' : 'narrow',
      elements,
      cutoff: own,
      etas: numbersOf(block, 'eta'),
      shifts: numbersOf(block, 'shift'),
      lambdas: numbersOf(block, 'lambda'),
      zetas: numbersOf(block, 'zeta'),
    };
  const byWidth = block.attributes.has('width');
  return {
    kind: 'radial',
    elements,
    cutoff: own,
    etas: byWidth ? numbersOf(block, 'width').map(etaOfWidth) : numbersOf(block, 'eta'),
    shifts: byWidth && !block.attributes.has('center') ? [0] : numbersOf(block, byWidth ? 'center' : 'shift'),
  };
}

/** `network { … }` is for all elements; `network O { … }` overrides what it names. */
function networksOf(potential: BlockReading, elements: readonly string[]): Readonly<Record<string, NetworkShape>> {
  const blocks = blocksOf(potential, 'network');
  const general = blocks.find(({ elements: labels }) => labels.length === 0);
  return Object.fromEntries(
    elements.map((element) => {
      const own = blocks.find(({ elements: labels }) => labels.at(0)?.text === element);
      const base = optionsOf(general, vocabulary.network);
      const override = own === undefined ? base : optionsOf(own, vocabulary.network);
      return [
        element,
        {
          hidden: own?.attributes.has('hidden') === true ? override.hidden : base.hidden,
          activation: own?.attributes.has('activation') === true ? override.activation : base.activation,
        },
      ];
    }),
  );
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
      return { ...named, kind: 'evaluate', options: optionsOf(reading, vocabulary.evaluate) };
    case 'md':
      return assembleMd(reading, named);
    default:
      return undefined;
  }
}

function assembleTrain(
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

/** As `optionsOf`, of the attributes that the variant has. */
function optionsOfVariant<S extends BlockSchema, V extends string>(
  reading: BlockReading | undefined,
  schema: S,
  variant: V,
): OptionsOfVariant<S, V> {
  const { attributes }: BlockSchema = schema;
  const own = Object.entries(optionsOf(reading, schema)).filter(([name]) => belongsTo(attributes[name], variant));
  return Object.fromEntries(own) as OptionsOfVariant<S, V>;
}

function assembleMd(reading: BlockReading, named: Named): MdDefinition {
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
