import { describe, expect, it } from 'vitest';
import {
  accumulateParameterGradient,
  countParameters,
  initialNetwork,
  layersOf,
  networkEnergy,
  weightMask,
  type LayerActivation,
  type Network,
} from '../../../engine/potentials/network';
import { network as vocabulary } from '../../../language/schema/blocks/potential';
import type { Activation } from '../../../language/definition/definition';
import { createRandom } from '../../../engine/random';

const activations: readonly LayerActivation[] = [
  ...(Object.keys(vocabulary.attributes.activation.values) as Activation[]),
  'reversed_logistic',
  'exponential',
  'harmonic',
];
const depths = [{ sizes: [7, 1] }, { sizes: [7, 5, 1] }, { sizes: [5, 6, 4, 1] }, { sizes: [3, 4, 5, 4, 1] }];

/** A network with weights of order one, so that every activation is far from linear. */
function sample(sizes: readonly number[], activation: LayerActivation): { network: Network; x: Float64Array } {
  const random = createRandom(11, `${activation} ${sizes.join('-')}`);
  const network = initialNetwork(sizes, 'tanh', random);
  const x = Float64Array.from({ length: sizes[0] }, () => random.normal());
  return { network: { ...network, activations: sizes.slice(1, -1).map(() => activation) }, x };
}

/** Central difference of fourth order. */
function difference(f: (h: number) => number, h: number): number {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

describe.each(activations)('a network of %s nodes', (activation) => {
  it.each(depths)('has the exact gradient by its inputs ($sizes)', ({ sizes }) => {
    const { network, x } = sample(sizes, activation);
    const gradient = new Float64Array(x.length);
    const energy = networkEnergy(network, x, gradient);
    expect(networkEnergy(network, x)).toBe(energy);
    x.forEach((value, i) => {
      const numeric = difference((h) => networkEnergy(network, x.with(i, value + h)), 1e-3);
      expect(Math.abs(gradient[i] - numeric)).toBeLessThan(1e-9 * Math.max(1, Math.abs(numeric)));
    });
  });

  it.each(depths)(
    'has the exact gradient by its parameters of energy and directional derivative ($sizes)',
    ({ sizes }) => {
      const { network, x } = sample(sizes, activation);
      const random = createRandom(12, 'tangent');
      const tangent = x.map(() => random.normal());
      const seed = 0.7;
      const value = (parameters: Float64Array, along: Float64Array | undefined): number => {
        const gradient = new Float64Array(x.length);
        const energy = networkEnergy({ ...network, parameters }, x, gradient);
        return seed * energy + (along === undefined ? 0 : gradient.reduce((sum, g, i) => sum + g * along[i], 0));
      };
      for (const along of [tangent, undefined]) {
        // It adds to what is there.
        const into = new Float64Array(network.parameters.length).fill(0.25);
        accumulateParameterGradient(network, x, seed, along, into);
        network.parameters.forEach((parameter, i) => {
          const numeric = difference((h) => value(network.parameters.with(i, parameter + h), along), 1e-3);
          expect(Math.abs(into[i] - 0.25 - numeric)).toBeLessThan(1e-9 * Math.max(1, Math.abs(numeric)));
        });
      }
    },
  );
});

it('orders parameters source-major with the biases after the weights of their layer', () => {
  // 2-2-1: a11 a12 a21 a22 b1 b2 | a1 a2 b
  const network: Network = {
    sizes: [2, 2, 1],
    activation: 'linear',
    parameters: Float64Array.of(1, 2, 3, 4, 0.5, 0.25, 10, 100, 0.125),
  };
  const [x0, x1] = [0.3, -0.7];
  const expected = 10 * (x0 + 3 * x1 + 0.5) + 100 * (2 * x0 + 4 * x1 + 0.25) + 0.125;
  expect(networkEnergy(network, Float64Array.of(x0, x1))).toBeCloseTo(expected, 12);
  expect([...weightMask(network.sizes)]).toEqual([1, 1, 1, 1, 0, 0, 1, 1, 0]);
});

it('gives the activations their values', () => {
  const value = (activation: LayerActivation, z: number): number => {
    const parameters = Float64Array.of(1, 0, 1, 0);
    return networkEnergy(
      { sizes: [1, 1, 1], activation: 'linear', activations: [activation], parameters },
      Float64Array.of(z),
    );
  };
  for (const z of [-1.3, 0.4, 2]) {
    expect(value('tanh', z)).toBeCloseTo((Math.exp(2 * z) - 1) / (Math.exp(2 * z) + 1), 14);
    expect(value('softplus', z)).toBeCloseTo(Math.log(1 + Math.exp(z)), 14);
    expect(value('logistic', z)).toBeCloseTo(Math.exp(z) / (1 + Math.exp(z)), 14);
    expect(value('gaussian', z)).toBeCloseTo(Math.exp((-z * z) / 2), 14);
    expect(value('cos', z)).toBeCloseTo(Math.cos(z), 14);
    expect(value('linear', z)).toBe(z);
    expect(value('relu', z)).toBe(z > 0 ? z : 0);
    expect(value('reversed_logistic', z)).toBeCloseTo(1 / (1 + Math.exp(z)), 14);
    expect(value('exponential', z)).toBeCloseTo(Math.exp(-z), 14);
    expect(value('harmonic', z)).toBeCloseTo(z * z, 14);
  }
  for (const activation of activations.filter((name) => name !== 'exponential')) {
    for (const z of [-1e4, 1e4]) expect(Number.isFinite(value(activation, z))).toBe(true);
  }
});

it('can have another activation in each layer', () => {
  const sizes = [4, 6, 5, 3, 1];
  const activations = ['softplus', 'reversed_logistic', 'harmonic'] as const;
  const network: Network = { ...initialNetwork(sizes, 'tanh', createRandom(3, 'layers')), activations };
  const functions = [
    (z: number) => Math.log1p(Math.exp(z)),
    (z: number) => 1 / (1 + Math.exp(z)),
    (z: number) => z * z,
  ];
  const x = Float64Array.of(0.3, -0.8, 1.1, 0.2);
  const layers = layersOf(network);
  expect(layers.map(({ activation }) => activation)).toEqual([...activations, 'linear']);
  const energy = layers.reduce<number[]>(
    (values, { outputs, weights, biases }, layer) =>
      Array.from({ length: outputs }, (_, k) =>
        (functions[layer] ?? ((z) => z))(values.reduce((sum, y, j) => sum + y * weights[j * outputs + k], biases[k])),
      ),
    [...x],
  );
  expect(energy).toHaveLength(1);
  expect(networkEnergy(network, x)).toBeCloseTo(energy[0], 13);
});

it('starts from weights that depend on the seed alone, and keep signals of order one', () => {
  const sizes = [40, 20, 20, 1];
  const network = initialNetwork(sizes, 'tanh', createRandom(1, 'weights H'));
  expect(network.parameters).toHaveLength(countParameters(sizes));
  expect(countParameters(sizes)).toBe(41 * 20 + 21 * 20 + 21);
  expect(initialNetwork(sizes, 'tanh', createRandom(1, 'weights H'))).toEqual(network);
  expect(initialNetwork(sizes, 'tanh', createRandom(2, 'weights H'))).not.toEqual(network);
  const random = createRandom(1, 'inputs');
  let square = 0;
  for (let i = 0; i < 200; i++) {
    square +=
      networkEnergy(
        network,
        Float64Array.from({ length: 40 }, () => random.normal()),
      ) **
        2 /
      200;
  }
  expect(square).toBeGreaterThan(0.05);
  expect(square).toBeLessThan(5);
});
