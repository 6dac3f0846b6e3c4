/** The compiled kernels against the TypeScript reference: same energies, forces and virials, however they are cut up. */
import { afterAll, expect, test } from 'vitest';
import { Evaluator, type EvaluatorOptions } from '../../../engine/kernels/evaluator';
import { SIZES } from '../../../engine/kernels/layout';
import { compileKernel, createMemory, hasRelaxedSimd, instantiate } from '../../../engine/kernels/module';
import { initialNetwork, type LayerActivation } from '../../../engine/potentials/network';
import { createNeuralPotential, type NeuralDescription } from '../../../engine/potentials/neural';
import type { Potential, Prediction } from '../../../engine/potentials/potential';
import { everyKind, importedKinds } from '../../fixtures/symmetry-functions';
import { createRandom } from '../../../engine/random';
import { mixesShapes, type DescriptorFunction } from '../../../engine/descriptors/function-types';
import type { Structure } from '../../../engine/structure/structure';
import type { CutoffFunction, SymmetryFunction } from '../../../language/definition/definition';

const SYMBOLS = ['H', 'O'];
const CUTOFF = 4;

/** Both kinds, shifts, powers of a common exponential, a lonely λ and a ζ that is no integer. */
function functionsOf(center: string): SymmetryFunction[] {
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

function createModel(
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

function createStructure(atoms: number, periodic: readonly [boolean, boolean, boolean], edge = 7.2): Structure {
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

const evaluators: Evaluator[] = [];
function createEvaluator(model: NeuralDescription, options?: EvaluatorOptions): Evaluator {
  const evaluator = new Evaluator(model, options);
  evaluators.push(evaluator);
  return evaluator;
}
afterAll(() => evaluators.forEach((evaluator) => evaluator.dispose()));

/** Largest deviation, relative to the largest value (or to 0.01 eV, eV/Å: by symmetry all may be 0). */
function deviation(actual: Float64Array, expected: Float64Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(actual[i] - value)), 0) / scale;
}

function expectClose(actual: Prediction, expected: Prediction, tolerance: number): void {
  expect(deviation(actual.atomicEnergies, expected.atomicEnergies)).toBeLessThan(tolerance);
  expect(deviation(actual.forces, expected.forces)).toBeLessThan(tolerance);
  expect(deviation(actual.virial, expected.virial)).toBeLessThan(tolerance);
  expect(Math.abs(actual.energy - expected.energy)).toBeLessThan(tolerance * Math.abs(expected.energy));
}

const shapeOf = (one: DescriptorFunction): string => ('shape' in one ? JSON.stringify(one.shape) : '');

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

const TOLERANCE = { f64: 1e-12, f32: 5e-6 };

test('the tables have the sizes that the C structures have', () => {
  const kernel = instantiate(compileKernel('f64', false), createMemory());
  expect(Object.values(SIZES).map((_, i) => kernel.struct_size(i))).toEqual(Object.values(SIZES));
});

const cutoffs: CutoffFunction[] = ['cos', 'tanh3', 'tanh3_normalized', 'exp', 'poly1', 'poly2', 'poly3', 'poly4'];
for (const cutoffFunction of cutoffs)
  test(`${cutoffFunction}: energies, forces and virial are the reference's`, () => {
    const { reference, model } = createModel(cutoffFunction);
    for (const precision of ['f64', 'f32'] as const) {
      const evaluator = createEvaluator(model, { precision, relaxed: false });
      for (const periodic of [
        [true, true, true],
        [true, false, true],
        [false, false, false],
      ] as const) {
        const structure = createStructure(40, periodic);
        expectClose(evaluator.predict(structure), reference.predict(structure), TOLERANCE[precision]);
      }
    }
  });

test.skipIf(!hasRelaxedSimd)('with fused multiply-add the results are the same to rounding', () => {
  const { reference, model } = createModel('tanh3');
  const structure = createStructure(40, [true, true, true]);
  for (const precision of ['f64', 'f32'] as const)
    expectClose(
      createEvaluator(model, { precision, relaxed: true }).predict(structure),
      reference.predict(structure),
      TOLERANCE[precision],
    );
});

const activations: LayerActivation[] = ['softplus', 'logistic', 'gaussian', 'cos', 'linear', 'relu'];
activations.push('reversed_logistic', 'exponential', 'harmonic');
for (const activation of activations)
  test(`activation ${activation} is the reference's`, () => {
    const { reference, model } = createModel('poly2', { activation });
    const structure = createStructure(20, [true, true, true]);
    expectClose(createEvaluator(model).predict(structure), reference.predict(structure), TOLERANCE.f64);
  });

test('every kind of symmetry function, also those of imported potentials', () => {
  const structure = createStructure(14, [true, true, true], 5.2);
  // One shape at a time: what n2p2 makes of different ones with the same radii, the kernels refuse.
  const imported = importedKinds(structure.numbers, CUTOFF);
  const sets = [everyKind(structure.numbers, CUTOFF), imported];
  const shapes = new Set(Object.values(imported).flatMap((list) => list.map(shapeOf)));
  for (const shape of shapes) sets.push(mapValues(imported, (list) => list.filter((one) => shapeOf(one) === shape)));
  for (const functions of sets) {
    if (Object.values(functions).some(mixesShapes)) {
      expect(() => createEvaluator(createModel('poly2', { functions }).model)).toThrow(/shapes/);
      continue;
    }
    const { reference, model } = createModel('poly2', { functions });
    const expected = reference.predict(structure);
    expectClose(createEvaluator(model).predict(structure), expected, 10 * TOLERANCE.f64);
    // In single precision the angle between collinear neighbours is uncertain by 1e-4, and so are forces by its functions.
    expectClose(createEvaluator(model, { precision: 'f32', relaxed: false }).predict(structure), expected, 1e-3);
  }
});

for (const cutoffFunction of cutoffs)
  test(`${cutoffFunction} with an inner cutoff`, () => {
    const { reference, model } = createModel(cutoffFunction, { innerCutoff: 0.4 });
    const structure = createStructure(20, [true, true, true]);
    expectClose(createEvaluator(model).predict(structure), reference.predict(structure), TOLERANCE.f64);
  });

test('cells much smaller than the cutoff, single atoms and lone molecules', () => {
  const { reference, model } = createModel('poly2');
  const evaluator = createEvaluator(model);
  for (const structure of [
    createStructure(2, [true, true, true], 2.1),
    createStructure(1, [true, true, true], 2.3),
    createStructure(1, [true, false, false], 2.3),
    createStructure(9, [false, false, false], 3),
  ])
    expectClose(evaluator.predict(structure), reference.predict(structure), 1e-11);
  const lone = createStructure(1, [false, false, false]);
  expect(evaluator.predict(lone).energy).toBeCloseTo(reference.predict(lone).energy, 12);
  expect([...evaluator.predict(lone).forces]).toEqual([0, 0, 0]);
});

test('two and three threads give the bits of one', () => {
  const { model } = createModel('poly2');
  const structure = createStructure(500, [true, true, false], 16);
  const [one, two, three] = [1, 2, 3].map((threads) => createEvaluator(model, { threads }).predict(structure));
  for (const other of [two, three]) {
    expect(other.energy).toBe(one.energy);
    expect(other.forces).toEqual(one.forces);
    expect(other.virial).toEqual(one.virial);
  }
});

test('the skin changes when the list is built, not what is computed', () => {
  const { model } = createModel('poly2');
  const [without, within] = [0, 1].map((skin) => createEvaluator(model, { skin }));
  const structure = createStructure(120, [true, true, true], 10);
  const random = createRandom(3, 'walk');
  for (let step = 0; step < 30; step++) {
    structure.positions.forEach((value, i) => (structure.positions[i] = value + 0.05 * random.normal()));
    expectClose(within.predict(structure), without.predict(structure), 1e-12);
  }
  expect(without.builds).toBe(30);
  expect(within.builds).toBeGreaterThan(1);
  expect(within.builds).toBeLessThan(20);
});

test('an element that the model does not know is refused', () => {
  const { model } = createModel('poly2');
  const structure = { ...createStructure(2, [false, false, false]), numbers: Uint8Array.of(1, 6) };
  expect(() => createEvaluator(model).predict(structure)).toThrow(/element/);
});
