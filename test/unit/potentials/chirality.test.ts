/** What parity demands of energies and forces of chiral molecules, alone and in pairs. */
import { describe, expect, test } from 'vitest';
import { startComputing } from '../../../engine/cli/compute';
import { exportN2p2 } from '../../../engine/formats/n2p2-export';
import { Evaluator } from '../../../engine/kernels/evaluator';
import { createNeuralPotential, type NeuralElement } from '../../../engine/potentials/neural';
import type { Potential } from '../../../engine/potentials/potential';
import { createImportedFile, parsePotentialFile, potentialFromFile } from '../../../engine/potentials/potential-file';
import type { Structure } from '../../../engine/structure/structure';
import { expandChiral, type ChiralBlock } from '../../../language/definition/chirality';
import type { ChiralFunction } from '../../../language/definition/definition';
import { bromochlorofluoromethane as left } from '../../fixtures/chirality';
import { randomElements, randomPotential } from '../../fixtures/random-potential';
import { valueOf } from '../../fixtures/results';
import {
  applyMatrix,
  maximumDifference,
  maximumMagnitude,
  multiplyVectors,
  randomRotation,
  rattle,
} from '../../fixtures/structures';

const symbols = ['H', 'C', 'F', 'Cl', 'Br'];
const mirror = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, -1);
const right = applyMatrix(left, mirror);
const block: ChiralBlock = {
  kind: 'chiral',
  elements: ['C', 'F', 'Cl', 'Br'],
  etas: [0.2],
  shifts: [0],
  cutoff: 4,
  parity: 'even',
  couplings: [],
};
const ofCarbon = (changes: Partial<ChiralBlock>): { C: ChiralFunction[] } => ({
  C: expandChiral({ ...block, ...changes }, symbols),
});
const even = randomPotential(symbols, { more: ofCarbon({}) });
const broken = randomPotential(symbols, { more: ofCarbon({ parity: 'broken' }) });

/** Both, the second one moved along x. */
function pair(a: Structure, b: Structure, distance: number): Structure {
  return {
    ...a,
    numbers: Uint8Array.of(...a.numbers, ...b.numbers),
    positions: Float64Array.of(...a.positions, ...b.positions.map((x, i) => (i % 3 === 0 ? x + distance : x))),
  };
}

describe('T-CHI-5: a molecule on its own', () => {
  test('has the energy of its mirror image to the last bit, and mirrored forces', () => {
    const [one, other] = [left, right].map((structure) => even.predict(structure));
    expect(other.energy).toBe(one.energy);
    expect(maximumMagnitude(one.forces)).toBeGreaterThan(0.05);
    expect(maximumDifference(other.forces, multiplyVectors(one.forces, mirror))).toBe(0);
  });

  test('by the kernels as well', () => {
    const elements = randomElements(symbols, { more: ofCarbon({}) });
    const evaluator = new Evaluator({ elements, cutoffFunction: 'poly2', innerCutoff: 0 });
    for (let seed = 0; seed < 10; seed++) {
      const one = rattle(left, 0.1, seed);
      expect(evaluator.predict(applyMatrix(one, mirror)).energy).toBe(evaluator.predict(one).energy);
    }
    evaluator.dispose();
  });

  test('and to 10⁻¹² after any rotation', () => {
    const { energy } = even.predict(left);
    for (let seed = 0; seed < 20; seed++) {
      const rotated = even.predict(applyMatrix(right, randomRotation(seed))).energy;
      expect(Math.abs(rotated - energy)).toBeLessThan(1e-12);
    }
  });

  test('has another one if parity is broken: the test can fail', () => {
    expect(Math.abs(broken.predict(left).energy - broken.predict(right).energy)).toBeGreaterThan(1e-3);
  });
});

test('T-CHI-6: two of a hand and one of each differ within the cutoff, and not beyond it', () => {
  const energies = (distance: number): number[] =>
    [pair(left, left, distance), pair(right, right, distance), pair(left, right, distance)].map(
      (structure) => even.predict(structure).energy,
    );
  const [LL, DD, LD] = energies(4.5);
  expect(DD).toBe(LL);
  expect(Math.abs(LL - LD)).toBeGreaterThan(1e-5);
  const far = energies(20);
  expect(far[1]).toBe(far[0]);
  expect(Math.abs(far[2] / far[0] - 1)).toBeLessThan(1e-15);
});

describe('T-CHI-7: recognition beyond the cutoff', () => {
  const range = 9;
  const distance = 7;
  const weight = 3;
  /** E = Σ_C w G: a network without hidden layers. */
  const linear = (functions: readonly ChiralFunction[]): Potential => {
    const element = (own: readonly ChiralFunction[]): NeuralElement => ({
      functions: own,
      scaling: { offset: new Float64Array(own.length), factor: new Float64Array(own.length).fill(1) },
      network: {
        sizes: [own.length, 1],
        activation: 'linear',
        parameters: Float64Array.of(...own.map(() => weight), 0),
      },
      offset: 0,
    });
    return createNeuralPotential(
      Object.fromEntries(symbols.map((symbol) => [symbol, element(symbol === 'C' ? functions : [])])),
      'cos',
    );
  };
  const [square, coupled] = ofCarbon({ cutoff: 3, couplings: [{ range, eta: 0, shift: 0 }] }).C;
  const recognition = linear([coupled]);

  test('even functions within the cutoff say nothing, exactly', () => {
    const blind = linear([square]);
    expect(blind.predict(pair(left, right, distance)).energy).toBe(blind.predict(pair(left, left, distance)).energy);
  });

  test('coupled ones give 2 J q²', () => {
    const [LL, LD, one] = [pair(left, left, distance), pair(left, right, distance), left].map(
      (structure) => recognition.predict(structure).energy,
    );
    const q2 = linear([square]).predict(left).energy / weight;
    // Each of the two centres has the other as its neighbour.
    const J = 2 * weight * 0.5 * (1 + Math.cos((Math.PI * distance) / range));
    expect(one).toBe(0);
    expect(LD).toBe(-LL);
    expect(Math.abs((LL - LD) / (2 * J * q2) - 1)).toBeLessThan(1e-12);
  });

  test('and end with their range', () => {
    expect(recognition.cutoff).toBe(12);
    expect(recognition.predict(pair(left, left, range + 1e-9)).energy).toBe(0);
    // A neighbour of the other centre, beyond range and cutoff of this one, counts.
    const structure = pair(left, left, 8.9);
    const { forces } = recognition.predict(structure);
    expect(maximumMagnitude(forces.subarray(15))).toBeGreaterThan(0);
    const sum = [0, 1, 2].map((axis) => forces.reduce((total, f, i) => (i % 3 === axis ? total + f : total), 0));
    expect(maximumMagnitude(sum)).toBeLessThan(1e-15);
  });
});

test('a file keeps them, and what of them cannot be is refused', () => {
  const elements = randomElements(symbols, {
    more: ofCarbon({ couplings: [{ range: 5, eta: 0.1, shift: 2 }] }),
  });
  const file = createImportedFile({ elements, cutoffFunction: 'poly2', innerCutoff: 0 }, 'p', 'identity', {});
  const read = valueOf(parsePotentialFile(JSON.parse(JSON.stringify(file)), 'potential.json'));
  const structure = pair(left, right, 5);
  expect(potentialFromFile(read).predict(structure)).toEqual(
    createNeuralPotential(elements, 'poly2').predict(structure),
  );
  const accepts = (changes: Record<string, unknown>): boolean => {
    const copy = structuredClone(file);
    Object.assign(copy.networks?.C.symmetry_functions.at(-1) ?? {}, changes);
    return parsePotentialFile(copy, 'potential.json').ok;
  };
  expect(accepts({})).toBe(true);
  expect(accepts({ volumes: [] })).toBe(false);
  expect(accepts({ coupling: { range: -1, eta: 0, shift: 0 } })).toBe(false);
  const [[a, b]] = elements.C.functions.flatMap((one) => (one.type === 'chiral' ? [...one.volumes] : []));
  expect(accepts({ volumes: [[a, b, { neighbor: 'N', eta: 1, shift: 0 }]] })).toBe(false);
});

test('coupled functions are computed by the reference, which is told; others by the kernels', () => {
  const compute = (changes: Partial<ChiralBlock>): { codes: string[]; energy: number; exact: number } => {
    const neural = {
      elements: randomElements(symbols, { more: ofCarbon(changes) }),
      cutoffFunction: 'poly2',
      innerCutoff: 0,
    } as const;
    const file = createImportedFile(neural, 'p', 'identity', {});
    const computation = startComputing(file, { threads: 1, atoms: 10 });
    const structure = pair(left, left, 5);
    const { energy } = computation.potential.predict(structure);
    computation.dispose();
    return {
      codes: computation.warnings.map(({ code }) => code),
      energy,
      exact: potentialFromFile(file).predict(structure).energy,
    };
  };
  const coupled = compute({ couplings: [{ range: 6, eta: 0, shift: 0 }] });
  expect(coupled.codes).toEqual(['RN017']);
  expect(coupled.energy).toBe(coupled.exact);
  const alone = compute({});
  expect(alone.codes).toEqual([]);
  expect(Math.abs(alone.energy / alone.exact - 1)).toBeLessThan(1e-12);
});

test('n2p2 has none, and an export says so', () => {
  const neural = {
    elements: randomElements(symbols, { more: ofCarbon({}) }),
    cutoffFunction: 'poly2',
    innerCutoff: 0,
  } as const;
  const result = exportN2p2(neural, { length: 1, energy: 1 }, 'title');
  expect(result.ok ? [] : result.problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
    "NN097 C has chiral symmetry functions, which n2p2 hasn't.",
  ]);
});
