/** Symmetry, locality and extensivity of potentials whose weights are random: they hold by construction. */
import { describe, expect, test } from 'vitest';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import type { Potential } from '../../../engine/potentials/potential';
import { sumPotentials } from '../../../engine/potentials/sum';
import { repeatCell } from '../../../engine/structure/cell';
import type { Structure } from '../../../engine/structure/structure';
import { createRandom } from '../../../engine/random';
import {
  applyMatrix,
  createStructure,
  ethanol,
  fcc,
  maximumDifference,
  maximumMagnitude,
  multiplyVectors,
  randomRotation,
  rattle,
  water,
} from '../../fixtures/structures';
import { evenFunctions } from '../../fixtures/chirality';
import { randomPotential } from '../../fixtures/random-potential';

const organic = sumPotentials([
  randomPotential(['H', 'C', 'O']),
  createLennardJones({ epsilon: 0.004, sigma: 1.1, cutoff: 4, cutoffFunction: 'poly2', elements: ['H', 'C', 'O'] }),
]);
const handed = randomPotential(['H', 'C', 'O'], { more: evenFunctions() });
const metal = randomPotential(['Cu']);
const crystal = rattle(
  repeatCell(applyMatrix(fcc('Cu', 3.6), Float64Array.of(1, 0.1, 0, 0, 1, -0.05, 0.02, 0, 1.03)), [1, 1, 2]),
  0.15,
);
const systems: readonly (readonly [string, Potential, Structure])[] = [
  ['ethanol', organic, ethanol],
  ['a rattled, skewed crystal', metal, crystal],
  ['ethanol with chiral functions', handed, ethanol],
];

function translate(structure: Structure, by: readonly number[]): Structure {
  return { ...structure, positions: structure.positions.map((x, i) => x + by[i % 3]) };
}

function relative(a: number, b: number): number {
  return Math.abs(a / b - 1);
}

describe.each(systems)('%s', (_, potential, structure) => {
  const reference = potential.predict(structure);

  test('forces are not small: what follows says something', () => {
    expect(maximumMagnitude(reference.forces)).toBeGreaterThan(0.05);
    expect(Math.abs(reference.energy)).toBeGreaterThan(0.1);
  });

  test('T-SYM-1: translation by up to 10 Å and by cell vectors', () => {
    const random = createRandom(1, 'translations');
    const vectors = Array.from({ length: 20 }, () => {
      const direction = [random.normal(), random.normal(), random.normal()];
      const length = (10 * random.uniform()) / Math.hypot(...direction);
      return direction.map((x) => x * length);
    });
    const { cell } = structure;
    if (cell !== undefined) for (let row = 0; row < 9; row += 3) vectors.push([...cell.subarray(row, row + 3)]);
    for (const vector of vectors) {
      const moved = potential.predict(translate(structure, vector));
      expect(relative(moved.energy, reference.energy)).toBeLessThan(1e-12);
      expect(maximumDifference(moved.forces, reference.forces)).toBeLessThan(1e-11);
    }
  });

  test('T-SYM-1b: translation by 10⁴ Å', () => {
    const moved = potential.predict(translate(structure, [1e4, -1e4, 1e4]));
    expect(relative(moved.energy, reference.energy)).toBeLessThan(1e-9);
  });

  test('T-SYM-2: 100 proper and improper rotations', () => {
    for (let seed = 0; seed < 100; seed++) {
      const rotation = randomRotation(seed, seed % 2 === 1);
      const rotated = potential.predict(applyMatrix(structure, rotation));
      expect(relative(rotated.energy, reference.energy)).toBeLessThan(1e-12);
      expect(maximumDifference(rotated.forces, multiplyVectors(reference.forces, rotation))).toBeLessThan(1e-11);
      // R W Rᵀ: rows, then columns.
      const transposed = transpose(multiplyVectors(reference.virial, rotation));
      expect(maximumDifference(rotated.virial, transpose(multiplyVectors(transposed, rotation)))).toBeLessThan(1e-10);
    }
  });

  test('T-SYM-3: atoms of one element change places', () => {
    for (let seed = 0; seed < 10; seed++) {
      const order = Array.from(structure.numbers, (_, i) => i);
      createRandom(seed, 'permutation').shuffle(order);
      const positions = new Float64Array(structure.positions.length);
      order.forEach((from, to) => positions.set(structure.positions.subarray(3 * from, 3 * from + 3), 3 * to));
      const numbers = Uint8Array.from(order, (from) => structure.numbers[from]);
      const permuted = potential.predict({ ...structure, numbers, positions });
      // Neighbours are sorted by geometry, so that the energy of each atom keeps every bit.
      order.forEach((from, to) => expect(permuted.atomicEnergies[to]).toBe(reference.atomicEnergies[from]));
      expect(relative(permuted.energy, reference.energy)).toBeLessThan(1e-13);
    }
  });
});

test('T-EXT: a 2 × 2 × 2 supercell has eight times the energy', () => {
  const one = metal.predict(crystal);
  const eight = metal.predict(repeatCell(crystal, [2, 2, 2]));
  expect(relative(eight.energy, 8 * one.energy)).toBeLessThan(1e-12);
  for (let copy = 0; copy < 8; copy++)
    expect(
      maximumDifference(eight.forces.subarray(copy * one.forces.length).subarray(0, one.forces.length), one.forces),
    ).toBeLessThan(1e-11);
});

test('T-EXT: two molecules farther apart than the cutoff', () => {
  const apart = createStructure([], []);
  const far = translate(water, [3, 4, 12]);
  const both: Structure = {
    ...apart,
    numbers: Uint8Array.of(...ethanol.numbers, ...far.numbers),
    positions: Float64Array.of(...ethanol.positions, ...far.positions),
  };
  const sum = organic.predict(ethanol).energy + organic.predict(far).energy;
  expect(relative(organic.predict(both).energy, sum)).toBeLessThan(1e-12);
});

test('T-LOC: what happens beyond the cutoff changes no bit', () => {
  const row = createStructure(
    Array<string>(12).fill('Cu'),
    Array.from({ length: 12 }, (_, i) => [2.1 * i, 0.3 * Math.sin(i), 0.2 * Math.cos(3 * i)]).flat(),
  );
  const before = metal.predict(row);
  for (const step of [1e-9, 0.3, 50]) {
    const positions = row.positions.slice();
    positions[33] += step;
    positions[34] -= step;
    const after = metal.predict({ ...row, positions });
    expect(after.energy).not.toBe(before.energy);
    for (let i = 0; i < 11; i++) {
      const distance = Math.hypot(
        ...[0, 1, 2].map((k) => Math.min(row.positions[33 + k], positions[33 + k]) - row.positions[3 * i + k]),
      );
      if (distance > metal.cutoff + step) expect(after.atomicEnergies[i]).toBe(before.atomicEnergies[i]);
      if (distance > 2 * metal.cutoff + step)
        expect(after.forces.subarray(3 * i, 3 * i + 3)).toEqual(before.forces.subarray(3 * i, 3 * i + 3));
    }
    expect(after.atomicEnergies[4]).toBe(before.atomicEnergies[4]);
    expect(after.forces.subarray(0, 9)).toEqual(before.forces.subarray(0, 9));
  }
});

describe('T-CUT: a neighbour that is pulled through the cutoff', () => {
  const at = (r: number, side = 1): Structure =>
    createStructure(['Cu', 'Cu', 'Cu'], [0, 0, 0, 2.2, 0.4, 0, side * r * 0.6, r * 0.8, 0]);
  test.each(['cos', 'tanh3', 'tanh3_normalized', 'exp', 'poly1', 'poly2', 'poly3', 'poly4'] as const)(
    'energy and forces are continuous with %s',
    (cutoffFunction) => {
      const potential = randomPotential(['Cu'], { cutoffFunction });
      const step = 1e-4;
      let previous = potential.predict(at(4 - 50 * step));
      for (let n = -49; n <= 50; n++) {
        const next = potential.predict(at(4 + n * step));
        // No more than a bounded slope lets it change: |F| and |dF/dr| of this system are below 10 and 100.
        expect(Math.abs(next.energy - previous.energy)).toBeLessThan(10 * step);
        expect(maximumDifference(next.forces, previous.forces)).toBeLessThan(100 * step);
        previous = next;
      }
      // On the side away from the second atom: beyond the cutoff nothing is left of the neighbour,
      // and just inside nearly nothing, as the force fades away at least linearly.
      expect(potential.predict(at(4, -1)).forces.subarray(6)).toEqual(new Float64Array(3));
      expect(maximumMagnitude(potential.predict(at(4 - 1e-6, -1)).forces.subarray(6))).toBeLessThan(1e-4);
    },
  );

  test('a step is seen: the same check fails for `hard`', () => {
    const potential = randomPotential(['Cu'], { cutoffFunction: 'hard' });
    const jump = potential.predict(at(4 - 1e-6)).energy - potential.predict(at(4 + 1e-6)).energy;
    expect(Math.abs(jump)).toBeGreaterThan(1e-4);
  });
});

test('T-DIM: a lone atom has a finite energy and no force', () => {
  for (const structure of [
    createStructure(['Cu'], [1, 2, 3]),
    createStructure(['Cu'], [1, 2, 3], [20, 0, 0, 0, 20, 0, 0, 0, 20]),
  ]) {
    const { energy, atomicEnergies, forces, virial } = metal.predict(structure);
    expect(Number.isFinite(energy)).toBe(true);
    expect([...atomicEnergies]).toEqual([energy]);
    expect([...forces]).toEqual([0, 0, 0]);
    expect(maximumMagnitude(virial)).toBe(0);
  }
});

function transpose(m: Float64Array): Float64Array {
  return Float64Array.of(m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]);
}
