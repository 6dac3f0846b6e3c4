/** Potentials, structures and comparisons for the tests of the kernels. Å, eV. */
import { expect } from 'vitest';
import { initialNetwork, type LayerActivation } from '../../../engine/potentials/network';
import { createNeuralPotential, type NeuralDescription } from '../../../engine/potentials/neural';
import type { Potential, Prediction } from '../../../engine/potentials/potential';
import { createRandom } from '../../../engine/random';
import type { DescriptorFunction } from '../../../engine/descriptors/function-types';
import type { Structure } from '../../../engine/structure/structure';
import type { CutoffFunction, SymmetryFunction } from '../../../language/definition/definition';

const SYMBOLS = ['H', 'O'];
export const CUTOFF = 4;

/** Both kinds, shifts, powers of a common exponential, a lonely λ and a ζ that is no integer. */
export function functionsOf(center: string): SymmetryFunction[] {
  const functions: SymmetryFunction[] = [];
  const common = { center, cutoff: CUTOFF };
  for (const neighbor of SYMBOLS)
    for (const [eta, shift] of [
      [0.05, 0],
      [0.5, 1.2],
      [4, 0.9],
    ])
      functions.push({ ...common, type: 2, neighbor, eta, shift });
  for (const neighbors of [
    ['H', 'H'],
    ['H', 'O'],
    ['O', 'O'],
  ] satisfies [string, string][])
    for (const type of [3, 9] as const)
      for (const eta of [0.01, 0.03, 0.07])
        for (const lambda of [-1, 1])
          for (const zeta of [1, 4, 5])
            functions.push({ ...common, type, neighbors, eta, shift: eta === 0.07 ? 0.5 : 0, lambda, zeta });
  functions.push({
    ...common,
    type: 3,
    neighbors: ['H', 'O'],
    eta: 0.02,
    shift: 0,
    cutoff: 3.5,
    lambda: 0.7,
    zeta: 2.5,
  });
  return functions;
}

interface ModelOptions {
  readonly activation?: LayerActivation;
  readonly innerCutoff?: number;
  readonly functions?: Readonly<Record<string, readonly DescriptorFunction[]>>;
}

export function createModel(
  cutoffFunction: CutoffFunction,
  { activation = 'tanh', innerCutoff = 0, functions = { H: functionsOf('H'), O: functionsOf('O') } }: ModelOptions = {},
): { reference: Potential; model: NeuralDescription } {
  const random = createRandom(1, 'kernels');
  const elements = Object.fromEntries(
    Object.entries(functions).map(([symbol, list]) => {
      const scaling = {
        offset: new Float64Array(list.length).fill(0.1),
        factor: new Float64Array(list.length).fill(0.8),
      };
      const network = {
        ...initialNetwork([list.length, 15, 11, 1], 'tanh', random),
        activations: [activation, activation],
      };
      return [symbol, { functions: list, scaling, network, offset: -1.5 }];
    }),
  );
  const model = { elements, cutoffFunction, innerCutoff };
  return { reference: createNeuralPotential(elements, cutoffFunction, innerCutoff), model };
}

export function createStructure(atoms: number, periodic: readonly [boolean, boolean, boolean], edge = 7.2): Structure {
  const random = createRandom(2, 'structure');
  const cell = Float64Array.of(edge, 0.5, 0, 0.3, edge, 0.2, 0, 1, edge);
  const steps = Math.ceil(Math.cbrt(atoms));
  const positions = new Float64Array(3 * atoms);
  for (let i = 0; i < atoms; i++) {
    const f = [Math.floor(i / steps ** 2), Math.floor(i / steps) % steps, i % steps].map((n) => n / steps);
    for (let k = 0; k < 3; k++)
      positions[3 * i + k] = f[0] * cell[k] + f[1] * cell[3 + k] + f[2] * cell[6 + k] + 0.6 * (random.uniform() - 0.5);
  }
  return { numbers: Uint8Array.from({ length: atoms }, (_, i) => (i % 3 === 0 ? 8 : 1)), positions, cell, periodic };
}

/** Largest deviation, relative to the largest value (or to 0.01 eV, eV/Å: by symmetry all may be 0). */
export function deviation(actual: Float64Array, expected: Float64Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(actual[i] - value)), 0) / scale;
}

export function expectClose(actual: Prediction, expected: Prediction, tolerance: number): void {
  expect(deviation(actual.atomicEnergies, expected.atomicEnergies)).toBeLessThan(tolerance);
  expect(deviation(actual.forces, expected.forces)).toBeLessThan(tolerance);
  expect(deviation(actual.virial, expected.virial)).toBeLessThan(tolerance);
  expect(Math.abs(actual.energy - expected.energy)).toBeLessThan(tolerance * Math.abs(expected.energy));
}
