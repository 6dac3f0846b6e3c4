/**
 * potential.json: a trained potential, complete in one file. What is in it determines every energy to the last bit:
 * numbers are JSON numbers in their shortest form that reads back exactly. Å, eV.
 *
 * A file is not trusted: what is read is checked for shape, finite numbers and counts that fit together before anything
 * is made of it, and nothing in it is ever executed or used as a path.
 */
import * as v from 'valibot';
import { atomicNumber } from '../../language/elements';
import type { ChiralChannel, PotentialDefinition, SignedVolume } from '../../language/definition/definition';
import { network as networkVocabulary, potential as potentialVocabulary } from '../../language/schema/blocks/potential';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { countTerms, MAXIMUM_TERMS, neighborElements, type DescriptorFunction } from '../descriptors/function-types';
import type { Scaling } from '../descriptors/scaling';
import { createAnalyticPotential } from './analytic';
import { createCommittee } from './committee';
import { countParameters, type LayerActivation, type Network } from './network';
import { createNeuralPotential, type NeuralDescription, type NeuralElement } from './neural';
import type { Potential } from './potential';
import { addConstant, sumPotentials } from './sum';

const FORMAT = 'nearsight-potential';
const VERSION = 1;
/** Å: no local potential reaches farther; protects the neighbour list from absurd numbers. */
const MAXIMUM_CUTOFF = 100;
const MAXIMUM_LAYERS = 100;
const MAXIMUM_MEMBERS = 100;

const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.gtValue(0));
const notNegative = v.pipe(finite, v.minValue(0));
const reach = v.pipe(positive, v.maxValue(MAXIMUM_CUTOFF));
const symbol = v.pipe(
  v.string(),
  v.maxLength(3),
  v.check((text) => (atomicNumber(text) ?? 0) > 0, 'is no element'),
);
const text = v.pipe(v.string(), v.maxLength(10_000));
const choice = <T extends string>(values: Readonly<Record<T, string>>) => v.picklist(Object.keys(values) as T[]);

const gaussian = { eta: notNegative, shift: finite, cutoff: reach };
const angular = { lambda: finite, zeta: positive };
const neighbors = v.tuple([symbol, symbol]);
const compact = {
  inner: finite,
  cutoff: reach,
  shape: v.object({ kernel: v.picklist(['exp', 'poly1', 'poly2', 'poly3', 'poly4']), asymmetric: v.boolean() }),
};
const angles = v.tuple([finite, finite]);
const channel = v.object({ neighbor: symbol, eta: notNegative, shift: finite });
const volume = v.tuple([channel, channel, channel]);
/** As in engine/descriptors/function-types.ts, without the centre. Å, rad. */
const symmetryFunction = v.variant('type', [
  v.object({ type: v.literal(2), neighbor: symbol, ...gaussian }),
  v.object({ type: v.picklist([3, 9]), neighbors, ...angular, ...gaussian }),
  v.object({ type: v.literal(12), ...gaussian }),
  v.object({ type: v.literal(13), ...angular, ...gaussian }),
  v.object({ type: v.literal(20), neighbor: symbol, ...compact }),
  v.object({ type: v.picklist([21, 22]), neighbors, angles, ...compact }),
  v.object({ type: v.literal(23), ...compact }),
  v.object({ type: v.picklist([24, 25]), angles, ...compact }),
  v.object({
    type: v.literal('chiral'),
    volumes: v.union([v.strictTuple([volume]), v.strictTuple([volume, volume])]),
    cutoff: reach,
    coupling: v.optional(v.object({ range: reach, eta: notNegative, shift: finite })),
  }),
]);

const numbers = v.array(finite);
const layerActivation = choice<LayerActivation>({
  ...networkVocabulary.attributes.activation.values,
  reversed_logistic: '',
  exponential: '',
  harmonic: '',
});
const element = v.object({
  /** Energy zero of an atom in eV. */
  offset: finite,
  /** In the order of the network's inputs. */
  symmetry_functions: v.array(symmetryFunction),
  /** scaled = (G − offset) · factor */
  scaling: v.object({
    offset: numbers,
    factor: numbers,
    /** The smallest and largest value of each symmetry function over the training data; it changes no energy. */
    range: v.optional(v.object({ minimum: numbers, maximum: numbers })),
  }),
  network: v.object({
    /** Inputs, nodes of the hidden layers, 1. */
    sizes: v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e6))),
      v.minLength(2),
      v.maxLength(MAXIMUM_LAYERS),
    ),
    /** Of the hidden layers. */
    activation: choice(networkVocabulary.attributes.activation.values),
    /** One for each hidden layer, where they differ or are others: then `activation` doesn't count. */
    activations: v.optional(v.pipe(v.array(layerActivation), v.maxLength(MAXIMUM_LAYERS))),
    /** Per layer all weights, those of the first source first, then the biases. */
    parameters: numbers,
  }),
});

const potentialFile = v.object({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  /** Label of the block that describes it. */
  name: text,
  /** Hash of what the weights are bound to (language/definition). */
  identity: text,
  /** Sorted by atomic number. */
  elements: v.pipe(v.array(symbol), v.minLength(1), v.maxLength(200)),
  /** Å: of pair terms; symmetry functions have their own. */
  cutoff: reach,
  cutoff_function: choice(potentialVocabulary.attributes.cutoff_function.values),
  /** The fraction of each cutoff from which on the cutoff function falls; absent: 0. */
  inner_cutoff: v.optional(
    v.pipe(
      finite,
      v.minValue(0),
      v.check((x) => x < 1, 'is not below 1'),
    ),
  ),
  /** By symbol; absent for a potential of pair terms alone. */
  networks: v.optional(v.record(symbol, element)),
  /** The further members of a committee: by symbol what they have in the place of the first one's, the rest is the same. */
  committee: v.optional(
    v.pipe(
      v.array(v.record(symbol, v.object({ offset: finite, parameters: numbers }))),
      v.maxLength(MAXIMUM_MEMBERS - 1),
    ),
  ),
  /** Energy zero of a structure as a whole in eV: 0 unless it was trained with `offset = constant`. */
  offset: finite,
  prior: v.optional(
    v.object({
      kind: v.literal('zbl'),
      pairs: v.pipe(
        v.array(v.object({ elements: neighbors, inner: notNegative, outer: reach })),
        v.minLength(1),
        v.maxLength(20_100),
      ),
    }),
  ),
  pairs: v.pipe(
    v.array(v.object({ kind: v.literal('lennard_jones'), epsilon: positive, sigma: positive })),
    v.maxLength(100),
  ),
  /** Where it comes from: data, seed, versions, errors. For people and for the record; it changes no energy. */
  provenance: v.record(v.string(), v.union([text, finite, v.boolean(), v.null(), v.array(v.union([text, finite]))])),
});

/** The content of a potential.json. Plain JSON: write it with `JSON.stringify`. */
export type PotentialFile = v.InferOutput<typeof potentialFile>;

/** What training adds to the definition of one element. */
export interface TrainedElement {
  readonly scaling: Scaling;
  readonly network: Network;
  /** eV */
  readonly offset: number;
}

/**
 * The file of a potential.
 * @param trained by symbol, for every element; undefined for a potential of pair terms alone
 * @param offset energy zero of a structure as a whole in eV
 */
export function createPotentialFile(
  definition: PotentialDefinition,
  trained: Readonly<Record<string, TrainedElement>> | undefined,
  provenance: PotentialFile['provenance'] = {},
  offset = 0,
): PotentialFile {
  return {
    format: FORMAT,
    version: VERSION,
    name: definition.name,
    identity: definition.identity,
    elements: [...definition.elements],
    cutoff: definition.options.cutoff,
    cutoff_function: definition.options.cutoff_function,
    networks:
      trained === undefined
        ? undefined
        : Object.fromEntries(
            definition.elements.map((name) => [
              name,
              describeElement({ ...trained[name], functions: definition.symmetryFunctions[name] }),
            ]),
          ),
    offset,
    prior: definition.prior && {
      kind: definition.prior.kind,
      pairs: definition.prior.pairs.map(({ elements: [a, b], inner, outer }) => ({
        elements: [a, b] as [string, string],
        inner,
        outer,
      })),
    },
    pairs: definition.pairs.map(({ kind, epsilon, sigma }) => ({ kind, epsilon, sigma })),
    provenance,
  };
}

/** The file with further members of a committee, trained with the same symmetry functions and scaling. */
export const addMembers = (
  file: PotentialFile,
  members: readonly Readonly<Record<string, TrainedElement>>[],
): PotentialFile => ({
  ...file,
  committee: members.map((member) =>
    Object.fromEntries(
      Object.entries(member).map(([name, { offset, network }]) => [
        name,
        { offset, parameters: [...network.parameters] },
      ]),
    ),
  ),
});

/**
 * The file of an imported potential.
 * @param identity hash of what it was made of
 */
export function createImportedFile(
  { elements, cutoffFunction, innerCutoff }: NeuralDescription,
  name: string,
  identity: string,
  provenance: PotentialFile['provenance'],
): PotentialFile {
  const cutoffs = Object.values(elements).flatMap(({ functions }) => functions.map(({ cutoff }) => cutoff));
  return {
    format: FORMAT,
    version: VERSION,
    name,
    identity,
    elements: Object.keys(elements).sort((a, b) => (atomicNumber(a) ?? 0) - (atomicNumber(b) ?? 0)),
    cutoff: cutoffs.reduce((most, cutoff) => Math.max(most, cutoff), 0),
    cutoff_function: cutoffFunction,
    inner_cutoff: innerCutoff === 0 ? undefined : innerCutoff,
    networks: Object.fromEntries(Object.entries(elements).map(([name, one]) => [name, describeElement(one)])),
    offset: 0,
    pairs: [],
    provenance,
  };
}

function describeElement({ functions, scaling, network, offset }: NeuralElement): v.InferOutput<typeof element> {
  const { sizes, activation, activations, parameters } = network;
  return {
    offset,
    symmetry_functions: functions.map(describeFunction),
    scaling: {
      offset: [...scaling.offset],
      factor: [...scaling.factor],
      range: scaling.range && { minimum: [...scaling.range.minimum], maximum: [...scaling.range.maximum] },
    },
    network: {
      sizes: [...sizes],
      activation,
      activations: activations && [...activations],
      parameters: [...parameters],
    },
  };
}

/** Without the centre, under which it stands, and with keys in a fixed order. */
function describeFunction(one: DescriptorFunction): v.InferOutput<typeof symmetryFunction> {
  const pair = ([a, b]: readonly [string, string]): [string, string] => [a, b];
  const angles = ([left, right]: readonly [number, number]): [number, number] => [left, right];
  const gaussian = ({ eta, shift, cutoff }: Extract<DescriptorFunction, { eta: number }>) => ({ eta, shift, cutoff });
  const compact = ({ inner, cutoff, shape }: Extract<DescriptorFunction, { inner: number }>) => ({
    inner,
    cutoff,
    shape: { kernel: shape.kernel, asymmetric: shape.asymmetric },
  });
  switch (one.type) {
    case 2:
      return { type: one.type, neighbor: one.neighbor, ...gaussian(one) };
    case 3:
    case 9: {
      const { eta, shift, lambda, zeta, cutoff } = one;
      return { type: one.type, neighbors: pair(one.neighbors), eta, shift, lambda, zeta, cutoff };
    }
    case 12:
      return { type: one.type, ...gaussian(one) };
    case 13:
      return { type: one.type, ...gaussian(one), lambda: one.lambda, zeta: one.zeta };
    case 20:
      return { type: one.type, neighbor: one.neighbor, ...compact(one) };
    case 21:
    case 22:
      return { type: one.type, neighbors: pair(one.neighbors), ...compact(one), angles: angles(one.angles) };
    case 23:
      return { type: one.type, ...compact(one) };
    case 24:
    case 25:
      return { type: one.type, ...compact(one), angles: angles(one.angles) };
    case 'chiral': {
      const { type, volumes, cutoff, coupling } = one;
      const [first, second] = volumes.map(describeVolume);
      return {
        type,
        volumes: volumes.length === 1 ? [first] : [first, second],
        cutoff,
        coupling: coupling && { range: coupling.range, eta: coupling.eta, shift: coupling.shift },
      };
    }
  }
}

function describeVolume([a, b, c]: SignedVolume): v.InferOutput<typeof volume> {
  const own = ({ neighbor, eta, shift }: ChiralChannel): v.InferOutput<typeof channel> => ({ neighbor, eta, shift });
  return [own(a), own(b), own(c)];
}

/**
 * Reads what `JSON.parse` made of a potential.json.
 * @param file its name, for messages
 * @returns problems PF001 (not such a file, or another version), PF002 (a value that can't be), PF003 (parts that don't
 * fit together)
 */
export function parsePotentialFile(json: unknown, file: string): Result<PotentialFile> {
  const problem = (code: string, message: string): Problem => ({ code, message, place: { file } });
  const head = v.safeParse(v.object({ format: v.literal(FORMAT), version: v.number() }), json);
  if (!head.success)
    return fail(
      problem('PF001', 'This is no potential: train one with "nearsight train", or name its potential.json.'),
    );
  if (head.output.version !== VERSION)
    return fail(
      problem(
        'PF001',
        `This potential has format version ${head.output.version}, this program reads version ${VERSION}: use the version that wrote it, or train again.`,
      ),
    );
  const parsed = v.safeParse(potentialFile, json, { abortPipeEarly: true });
  if (!parsed.success)
    return fail(
      ...parsed.issues
        .slice(0, 5)
        .map((issue) =>
          problem('PF002', `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}. The file is damaged: train again.`),
        ),
    );
  const inconsistent = findInconsistency(parsed.output);
  if (inconsistent !== undefined)
    return fail(problem('PF003', `${inconsistent}. The file is damaged: train again, or restore it.`));
  return ok(parsed.output);
}

/** What doesn't fit together, if anything. */
function findInconsistency({ elements, networks, committee = [], pairs, prior }: PotentialFile): string | undefined {
  const order = elements.map((name) => atomicNumber(name) ?? 0);
  if (order.some((number, i) => i > 0 && number <= order[i - 1])) return 'elements: not in order of atomic number';
  const bad = prior?.pairs.find(
    ({ elements: two, inner, outer }) => inner >= outer || two.some((one) => !elements.includes(one)),
  );
  if (bad !== undefined) return `prior: a pair ${bad.elements.join('-')} that can't be`;
  if (networks === undefined)
    return pairs.length === 0 && prior === undefined ? 'There are neither networks nor pair terms' : undefined;
  for (const name of Object.keys(networks)) if (!elements.includes(name)) return `networks.${name}: no element of it`;
  for (const name of elements) {
    if (!Object.hasOwn(networks, name)) return `networks.${name}: missing`;
    const { symmetry_functions, scaling, network } = networks[name];
    const count = symmetry_functions.length;
    const { sizes, parameters } = network;
    if (scaling.offset.length !== count || scaling.factor.length !== count)
      return `networks.${name}.scaling: not one offset and factor for each of the ${count} symmetry functions`;
    if (scaling.range !== undefined && Object.values(scaling.range).some(({ length }) => length !== count))
      return `networks.${name}.scaling.range: not one smallest and largest value for each of the ${count} symmetry functions`;
    if (sizes[0] !== count || sizes[sizes.length - 1] !== 1 || sizes.slice(1).includes(0))
      return `networks.${name}.network.sizes: not from ${count} symmetry functions to one energy`;
    if (parameters.length !== countParameters(sizes))
      return `networks.${name}.network.parameters: ${parameters.length} instead of ${countParameters(sizes)}`;
    if (network.activations !== undefined && network.activations.length !== sizes.length - 2)
      return `networks.${name}.network.activations: not one for each of the ${sizes.length - 2} hidden layers`;
    const functions = symmetry_functions.map((one) => ({ ...one, center: name }));
    for (const one of functions) {
      if (neighborElements(one).some((neighbor) => !elements.includes(neighbor)))
        return `networks.${name}.symmetry_functions: a neighbour that is no element of the potential`;
      if ('inner' in one && one.inner >= one.cutoff)
        return `networks.${name}.symmetry_functions: an inner radius that is not below the cutoff`;
      if ('angles' in one && one.angles[0] >= one.angles[1])
        return `networks.${name}.symmetry_functions: angles that are not in order`;
    }
    if (countTerms(functions, elements.length) > MAXIMUM_TERMS) return `networks.${name}.symmetry_functions: too many`;
    const wrong = committee.findIndex(
      (member) => !Object.hasOwn(member, name) || member[name].parameters.length !== parameters.length,
    );
    if (wrong >= 0) return `committee.${wrong}.${name}: not ${parameters.length} parameters`;
  }
  return undefined;
}

/** The members of a committee as files of their own; the file itself if it is none. */
export function membersOf(file: PotentialFile): PotentialFile[] {
  const { networks, committee = [] } = file;
  const first = { ...file, committee: undefined };
  if (networks === undefined) return [first];
  return [
    first,
    ...committee.map((member) => ({
      ...first,
      networks: Object.fromEntries(
        Object.entries(networks).map(([name, one]) => {
          const { offset, parameters } = member[name];
          return [name, { ...one, offset, network: { ...one.network, parameters } }];
        }),
      ),
    })),
  ];
}

/** The networks of a valid file, of the first member of a committee, as plain data; undefined for a potential of pair terms alone. */
export function neuralFromFile(file: PotentialFile): NeuralDescription | undefined {
  if (file.networks === undefined) return undefined;
  const elements: Record<string, NeuralElement> = {};
  for (const [center, { symmetry_functions, scaling, network, offset }] of Object.entries(file.networks))
    elements[center] = {
      functions: symmetry_functions.map((one) => ({ ...one, center })),
      scaling: {
        offset: Float64Array.from(scaling.offset),
        factor: Float64Array.from(scaling.factor),
        ...(scaling.range !== undefined && {
          range: {
            minimum: Float64Array.from(scaling.range.minimum),
            maximum: Float64Array.from(scaling.range.maximum),
          },
        }),
      },
      network: { ...network, parameters: Float64Array.from(network.parameters) },
      offset,
    };
  return { elements, cutoffFunction: file.cutoff_function, innerCutoff: file.inner_cutoff ?? 0 };
}

/**
 * The potential that a valid file describes, ready to predict.
 * @param createNetworks makes the part of the networks, of each member of a committee; the reference if absent
 */
export function potentialFromFile(
  file: PotentialFile,
  createNetworks: (neural: NeuralDescription) => Potential = (neural) =>
    createNeuralPotential(neural.elements, neural.cutoffFunction, neural.innerCutoff),
): Potential {
  const terms: Potential[] = [];
  const members = membersOf(file).flatMap((member) => neuralFromFile(member) ?? []);
  if (members.length > 0) terms.push(createCommittee(members.map(createNetworks)));
  const { pairs, prior, cutoff, cutoff_function: cutoffFunction, elements } = file;
  const analytic = createAnalyticPotential({ pairs, prior, cutoff, cutoffFunction, elements });
  if (analytic !== undefined) terms.push(analytic);
  const sum = sumPotentials(terms);
  return file.offset === 0 ? sum : addConstant(sum, file.offset);
}
