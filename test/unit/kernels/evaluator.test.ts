/** The compiled kernels against the TypeScript reference: same energies, forces and virials, however they are cut up. */
import { afterAll, expect, test } from 'vitest';
import { advance, createSimulation, startDynamics } from '../../../engine/dynamics/dynamics';
import { Evaluator, findObstacle, type EvaluatorOptions } from '../../../engine/kernels/evaluator';
import { CUTOFF_FUNCTIONS } from '../../../engine/formats/n2p2-potential';
import { SIZES } from '../../../engine/kernels/layout';
import { compileKernel, createMemory, instantiate, type KernelExports } from '../../../engine/kernels/module';
import type { LayerActivation } from '../../../engine/potentials/network';
import type { NeuralDescription } from '../../../engine/potentials/neural';
import { chiralKinds, everyKind, importedKinds } from '../../fixtures/symmetry-functions';
import { mixesShapes, type DescriptorFunction } from '../../../engine/descriptors/function-types';
import type {} from '../../../language/definition/definition';
import { angular } from '../../fixtures/symmetry-functions';
import { createModel, createStructure, CUTOFF, deviation, expectClose, functionsOf } from './models';

const evaluators: Evaluator[] = [];
function createEvaluator(model: NeuralDescription, options?: EvaluatorOptions): Evaluator {
  const evaluator = new Evaluator(model, options);
  evaluators.push(evaluator);
  return evaluator;
}
afterAll(() => evaluators.forEach((evaluator) => evaluator.dispose()));

const shapeOf = (one: DescriptorFunction): string => ('shape' in one ? JSON.stringify(one.shape) : '');

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

const TOLERANCE = { f64: 1e-12, f32: 5e-6 };

test('the tables have the sizes that the C structures have', () => {
  const kernel = instantiate(compileKernel('f64', false), createMemory()) as KernelExports;
  expect(Object.values(SIZES).map((_, i) => kernel.struct_size(i))).toEqual(Object.values(SIZES));
});

for (const cutoffFunction of CUTOFF_FUNCTIONS)
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

test('chiral functions, alone and beside others on the same factors; coupled ones are left to the reference', () => {
  const structure = createStructure(20, [true, true, true], 6);
  const chiral = chiralKinds(structure.numbers, CUTOFF);
  const own = mapValues(chiral, (list) => list.filter(({ coupling }) => coupling === undefined));
  const shared = mapValues(own, (list) => [...list, ...functionsOf(list[0].center)]);
  for (const functions of [own, shared]) {
    const { reference, model } = createModel('poly2', { functions });
    for (const one of [
      structure,
      createStructure(5, [false, false, false], 3),
      createStructure(1, [false, false, false]),
    ]) {
      const expected = reference.predict(one);
      expectClose(createEvaluator(model).predict(one), expected, 10 * TOLERANCE.f64);
      expectClose(createEvaluator(model, { precision: 'f32', relaxed: false }).predict(one), expected, 1e-4);
    }
  }
  const coupled = createModel('poly2', { functions: chiral }).model;
  expect(findObstacle(coupled)).toMatch(/coupled/);
  expect(() => createEvaluator(coupled)).toThrow(/couple/);
});

test('wide functions with integer powers, by moments where there are many neighbours and by triples where there are few', () => {
  const functions = Object.fromEntries(
    ['H', 'O'].map((center) => [
      center,
      (
        [
          ['H', 'H'],
          ['H', 'O'],
          ['O', 'O'],
        ] as const
      ).flatMap((neighbors) =>
        [0.01, 0.03, 0.3].flatMap((eta) =>
          [1, 2, 3, 5, 8].map((zeta) =>
            angular(9, center, neighbors, eta, zeta % 2 === 0 ? 1 : -1, zeta, CUTOFF, eta / 2),
          ),
        ),
      ),
    ]),
  );
  const { reference, model } = createModel('cos', { functions });
  const evaluator = createEvaluator(model);
  // Some hundred neighbours, some ten, one.
  for (const structure of [
    createStructure(100, [true, true, true], 6.5),
    createStructure(20, [true, true, true], 9),
    createStructure(3, [false, false, false], 3),
    createStructure(2, [false, false, false], 3),
  ])
    expectClose(evaluator.predict(structure), reference.predict(structure), TOLERANCE.f64);
  const dense = createStructure(60, [true, true, true], 6.5);
  const single = createEvaluator(model, { precision: 'f32', relaxed: false }).predict(dense);
  expectClose(single, reference.predict(dense), TOLERANCE.f32);
});

for (const cutoffFunction of CUTOFF_FUNCTIONS)
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

test('over a trajectory the forces are the same with a skin of 0 and of 1 Å', () => {
  const { model } = createModel('poly2');
  const [without, within] = [0, 1].map((skin) => createEvaluator(model, { skin }));
  const structure = createStructure(120, [true, true, true], 10);
  const simulation = createSimulation(within, structure, 0.5, { kind: 'nve' });
  const started = startDynamics(simulation, 3000, 1);
  if (!started.ok) throw new Error(started.problems[0].message);
  const state = started.value;
  const steps = 60;
  for (let step = 1; step <= steps; step++) {
    expect(advance(simulation, state)).toBeUndefined();
    const { forces, energy } = without.predict({ ...structure, positions: state.positions });
    expect(deviation(state.forces, forces)).toBeLessThan(1e-12);
    expect(Math.abs(state.potentialEnergy / energy - 1)).toBeLessThan(1e-12);
  }
  expect(without.builds).toBe(steps);
  expect(within.builds).toBeGreaterThan(3);
  expect(within.builds).toBeLessThan(steps / 2);
});

test('neighbours in line, and CUTOFF_FUNCTIONS of different lengths side by side', () => {
  const functions = Object.fromEntries(
    ['H', 'O'].map((center) => [
      center,
      [2, 3, CUTOFF].flatMap((cutoff) => [
        ...importedKinds(Uint8Array.of(1, 8), cutoff)[center].filter(
          (one) => !('shape' in one) || one.shape.kernel === 'poly3',
        ),
        angular(3, center, ['H', 'O'], 0.02, 1, 2, cutoff),
        angular(9, center, ['H', 'H'], 0.02, -1, 3, cutoff),
      ]),
    ]),
  );
  const { reference, model } = createModel('tanh3', { functions });
  const evaluator = createEvaluator(model);
  const chain = {
    numbers: Uint8Array.of(1, 8, 1, 8, 1),
    positions: Float64Array.from([0, 0, 0, 0, 0, 1.1, 0, 0, 2.3, 0, 0, 3.3, 0, 1, 3.3]),
    periodic: [false, false, false],
  } as const;
  for (const structure of [chain, createStructure(30, [true, true, true], 7)])
    expectClose(evaluator.predict(structure), reference.predict(structure), 10 * TOLERANCE.f64);
});

test('an element that the model does not know is refused', () => {
  const { model } = createModel('poly2');
  const structure = { ...createStructure(2, [false, false, false]), numbers: Uint8Array.of(1, 6) };
  expect(() => createEvaluator(model).predict(structure)).toThrow(/element/);
});
