/** Readings of `potential` blocks to definitions. */
import { elementsOf, isLoaded } from '../check/loading';
import {
  type BlockReading,
  blocksOf,
  type Environment,
  numberOf,
  numbersOf,
  originalOf,
  valueOf,
} from '../check/reading';
import { atomicNumber, elements as periodicTable } from '../elements';
import type { Automatic, FileUnits, LennardJones, Named, NetworkShape, PotentialDefinition, Zbl } from './definition';
import type { ChiralBlock } from './chirality';
import { type DescriptorBlock, etaOfWidth, expand } from './expansion';
import { hash, identityOf } from './identity';
import { solveSample } from './lennard-jones';
import { optionsOf } from './options';
import { units as unitsBlock } from '../schema/blocks/dataset';
import * as vocabulary from '../schema/blocks/potential';

export function unitsOf(reading: BlockReading): FileUnits | undefined {
  const units = blocksOf(reading, 'units').at(0);
  return units && optionsOf(units, unitsBlock);
}

type Described = Omit<PotentialDefinition, keyof Named>;

/** The descriptor blocks of a potential. */
export const DESCRIPTORS = ['radial', 'angular', 'chiral'] as const;
export const isDescriptor = (name: string): boolean => (DESCRIPTORS as readonly string[]).includes(name);

/** Potentials as they were made of a reading, for what is not edited has the same reading again. */
const potentialsMade = new WeakMap<BlockReading, Described>();

export function assemblePotential(reading: BlockReading, environment: Environment | undefined): Described {
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
  return blocksOf(potential, ...DESCRIPTORS, 'network').length > 0 || blocksOf(potential, 'pair').length === 0;
}

/** The descriptor blocks of a potential; with none its symmetry functions are chosen from the data. */
export function descriptorsOf(potential: BlockReading): DescriptorBlock[] {
  const cutoff = cutoffOf(potential);
  return blocksOf(potential, ...DESCRIPTORS).map((block) => descriptorOf(block, cutoff));
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
  if (block.name === 'chiral') return describeChiral(block, elements, own);
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

function describeChiral(block: BlockReading, elements: readonly string[], cutoff: number): ChiralBlock {
  const couple = blocksOf(block, 'couple').at(0);
  const range = couple && numberOf(couple, 'range');
  const couplings =
    couple === undefined || range === undefined
      ? []
      : numbersOf(couple, 'eta').flatMap((eta) => numbersOf(couple, 'shift').map((shift) => ({ range, eta, shift })));
  return {
    kind: 'chiral',
    elements,
    etas: numbersOf(block, 'eta'),
    shifts: numbersOf(block, 'shift'),
    cutoff,
    parity: valueOf(block, 'parity') === 'broken' ? 'broken' : 'even',
    couplings,
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
