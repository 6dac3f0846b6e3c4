/** Small datasets whose labels come from analytic potentials, for the tests of training. */
import { optimizerDefinition } from '../../../language/definition/training-assembly';
import type {
  OptimizerDefinition,
  OptimizerOptions,
  PotentialDefinition,
  SymmetryFunction,
} from '../../../language/definition/definition';
import { atomicNumber } from '../../../language/elements';
import type { Result } from '../../../protocol/result';
import { createKernelBackend } from '../../../engine/training/kernels';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import { createRandom } from '../../../engine/random';
import type { LabelledStructure, Structure } from '../../../engine/structure/structure';
import { isFinished, runEpoch } from '../../../engine/training/epochs';
import { createTraining } from '../../../engine/training/prepare';
import { valueOf } from '../../fixtures/results';
import type { EpochReport, Training, TrainingSetup } from '../../../engine/training/training';

/** The value of what must have gone well, to its end. */
export function unwrap<T>(result: Result<T | undefined>): T {
  const value = valueOf(result);
  if (value === undefined) throw new Error('It was stopped.');
  return value;
}

const span = { start: 0, end: 0 };

/** Radial functions for all pairs of elements, one angular function per triple. */
export function definePotential(
  elements: readonly string[],
  {
    cutoff = 5,
    hidden = [6, 5],
    centers = [1, 1.8, 2.6, 3.4],
    angular = true,
    pairs = [] as PotentialDefinition['pairs'],
  } = {},
): PotentialDefinition {
  const functions = (center: string): SymmetryFunction[] => [
    ...elements.flatMap((neighbor) =>
      centers.map((shift) => ({ type: 2 as const, center, neighbor, eta: 2, shift, cutoff })),
    ),
    ...elements.flatMap((a, i) =>
      elements.slice(i).flatMap((b) =>
        (angular ? [-1, 1] : []).map((lambda) => ({
          type: 3 as const,
          center,
          neighbors: [a, b] as const,
          eta: 0.05,
          shift: 0,
          lambda,
          zeta: 1,
          cutoff,
        })),
      ),
    ),
  ];
  return {
    name: 'sample',
    span,
    nameSpan: span,
    options: { elements, cutoff, cutoff_function: 'poly2', scaling: 'range_centered', load: undefined },
    units: undefined,
    automatic: undefined,
    prior: undefined,
    elements,
    symmetryFunctions: Object.fromEntries(elements.map((symbol) => [symbol, functions(symbol)])),
    networks: Object.fromEntries(elements.map((symbol) => [symbol, { hidden, activation: 'tanh' as const }])),
    pairs,
    identity: 'identity',
  };
}

/** The same with further functions of some centres. */
export function withFunctions(
  potential: PotentialDefinition,
  more: Readonly<Partial<Record<string, readonly SymmetryFunction[]>>>,
): PotentialDefinition {
  const symmetryFunctions = Object.fromEntries(
    Object.entries(potential.symmetryFunctions).map(([symbol, list]) => [symbol, [...list, ...(more[symbol] ?? [])]]),
  );
  return { ...potential, symmetryFunctions };
}

export const symbols = (formula: string): Uint8Array =>
  Uint8Array.from(formula.split(' '), (s) => atomicNumber(s) ?? 0);

/** Atoms that were pushed around a loose grid. */
export function randomStructure(numbers: Uint8Array, seed: number, spacing = 2.2, spread = 0.15): Structure {
  const random = createRandom(seed, 'structure');
  const side = Math.ceil(Math.cbrt(numbers.length));
  const positions = Float64Array.from({ length: 3 * numbers.length }, (_, c) => {
    const atom = Math.floor(c / 3);
    const cell = [atom % side, Math.floor(atom / side) % side, Math.floor(atom / side ** 2)][c % 3];
    return spacing * cell + spread * random.normal();
  });
  return { numbers, positions, periodic: [false, false, false] };
}

/** Lennard-Jones energies and forces, σ = 2 Å, ε = 0.1 eV. */
export function labelled(formula: string, count: number, shift = 0): LabelledStructure[] {
  const numbers = symbols(formula);
  const oracle = createLennardJones({
    epsilon: 0.1,
    sigma: 2,
    cutoff: 6,
    cutoffFunction: 'poly2',
    elements: [...new Set(formula.split(' '))],
  });
  return Array.from({ length: count }, (_, frame) => {
    const structure = randomStructure(numbers, 1000 * numbers.length + frame);
    const { energy, forces } = oracle.predict(structure);
    return { ...structure, energy: energy + shift, forces, source: { file: `/${formula}.xyz`, frame } };
  });
}

/** An optimizer with defaults but for some options. */
export function optimizerOf<K extends OptimizerDefinition['kind']>(
  kind: K,
  changes: Partial<OptimizerOptions<K>> = {},
): OptimizerDefinition {
  const { options } = optimizerDefinition(kind);
  return { kind, options: { ...options, ...changes } } as OptimizerDefinition;
}

/** The same in a skewed cell that is smaller than the cutoff, with virials. */
export function crystals(formula: string, count: number): LabelledStructure[] {
  const periodic = [true, true, true] as const;
  return labelled(formula, count).map((structure, k) => {
    const cell = Float64Array.of(5.1 + 0.1 * k, 0, 0, 0.9, 4.8, 0, 0.3, -0.4, 5.4);
    const crystal = { ...structure, cell, periodic, configType: k % 2 === 0 ? 'even' : 'odd' };
    const elements = [...new Set(formula.split(' '))];
    const oracle = createLennardJones({ epsilon: 0.1, sigma: 2, cutoff: 6, cutoffFunction: 'poly2', elements });
    const { energy, forces, virial } = oracle.predict(crystal);
    return { ...crystal, energy, forces, virial };
  });
}

export function setupOf(
  structures: readonly LabelledStructure[],
  changes: Partial<TrainingSetup['options']> & { learning_rate?: number; tests?: number; validations?: number } = {},
  more: Partial<TrainingSetup> = {},
): TrainingSetup {
  const { learning_rate = 0.01, tests = 0, validations = 0, ...options } = changes;
  const kept = structures.length - tests;
  const elements = [...new Set(structures.flatMap(({ numbers }) => [...numbers]))].sort((a, b) => a - b);
  const names = elements.map((number) => ['X', 'H', 'He', 'Li', 'Be', 'B', 'C', 'N', 'O'][number]);
  return {
    potential: definePotential(names),
    options: {
      potential: 'sample',
      dataset: 'sample',
      energy_weight: 1,
      force_weight: 0.5,
      stress_weight: 0,
      regularization: 0,
      offset: 'per_element',
      epochs: 5,
      batch_size: 4,
      patience: 1000,
      backend: 'native',
      seed: 1,
      ...options,
    },
    optimizer: optimizerOf('adam', { learning_rate, average: 0 }),
    backend: createKernelBackend(),
    procedure: 'procedure',
    structures,
    // The last ones are the test set, those before them the validation set.
    set: Uint8Array.from(structures, (_, s) => (s >= kept ? 1 : s >= kept - validations ? 2 : 0)),
    ...more,
  };
}

/** Trains to the end. */
export async function train(setup: TrainingSetup): Promise<{ training: Training; reports: EpochReport[] }> {
  const training = unwrap(await createTraining(setup));
  const reports: EpochReport[] = [];
  while (!isFinished(training)) reports.push(unwrap(await runEpoch(training)));
  return { training, reports };
}

/** Gauss and Jordan; symmetric positive definite matrices need no pivoting. */
export function invert(matrix: number[][]): number[][] {
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows[k].map((value) => value / rows[k][k]);
    rows.forEach((row, i) => {
      rows[i] = i === k ? pivot : row.map((value, j) => value - row[k] * pivot[j]);
    });
  }
  return rows.map((row) => row.slice(matrix.length));
}
