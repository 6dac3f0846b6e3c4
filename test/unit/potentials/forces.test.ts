/** Forces and virial are the exact derivatives of the energy, and therefore conservative. */
import { describe, expect, test } from 'vitest';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import type { Potential } from '../../../engine/potentials/potential';
import { addConstant, sumPotentials } from '../../../engine/potentials/sum';
import { createZbl } from '../../../engine/potentials/zbl';
import type { Structure } from '../../../engine/structure/structure';
import {
  applyMatrix,
  createStructure,
  ethanol,
  fcc,
  maximumDifference,
  maximumMagnitude,
  rattle,
} from '../../fixtures/structures';
import { evenFunctions } from '../../fixtures/chirality';
import { randomPotential } from '../../fixtures/random-potential';
import { integrate } from '../../fixtures/quadrature';

const elements = ['H', 'C', 'O'];
const lennardJones = createLennardJones({ epsilon: 0.05, sigma: 0.9, cutoff: 4, cutoffFunction: 'poly3', elements });
const repulsion = createZbl(
  {
    kind: 'zbl',
    pairs: [
      { elements: ['C', 'C'], inner: 0.5, outer: 3 },
      { elements: ['C', 'O'], inner: 1, outer: 3.5 },
    ],
  },
  elements,
);
const organic = randomPotential(elements);
const handed = randomPotential(['H', 'C', 'O'], { more: evenFunctions() });
const metal = randomPotential(['Cu'], { activation: 'softplus' });
// Two atoms in a skewed cell that is smaller than the cutoff: every atom meets its own images.
const small = createStructure(['C', 'O'], [0.1, 0.2, 0, 1.5, 1.4, 1.2], [2.6, 0.2, 0, 0.7, 2.8, 0.1, -0.3, 0.5, 2.7]);
const slab: Structure = { ...rattle(fcc('Cu', 3.6, 1), 0.1), periodic: [true, false, true] };

const systems: readonly (readonly [string, Potential, Structure])[] = [
  ['network, molecule', organic, ethanol],
  ['network, cell smaller than the cutoff', organic, small],
  ['network with chiral functions, molecule', handed, ethanol],
  ['network with chiral functions, cell smaller than the cutoff', handed, small],
  ['network, periodic in two directions', metal, slab],
  ['Lennard-Jones, cell smaller than the cutoff', lennardJones, small],
  ['ZBL, cell smaller than its reach', repulsion, small],
  ['their sum with a constant, molecule', addConstant(sumPotentials([organic, lennardJones]), -7), ethanol],
];

function moved(structure: Structure, coordinate: number, by: number): Structure {
  const positions = structure.positions.slice();
  positions[coordinate] += by;
  return { ...structure, positions };
}

describe.each(systems)('%s', (_, potential, structure) => {
  const { energy, atomicEnergies, forces, virial } = potential.predict(structure);
  const energyOf = (changed: Structure): number => potential.predict(changed).energy;
  const difference = (coordinate: number, h: number): number =>
    (energyOf(moved(structure, coordinate, -h)) - energyOf(moved(structure, coordinate, h))) / (2 * h);

  test('T-FD-F: every force component against central differences', () => {
    const numeric = forces.map((_, coordinate) => difference(coordinate, 1e-4));
    expect(maximumMagnitude(forces)).toBeGreaterThan(0.001);
    expect(maximumDifference(forces, numeric)).toBeLessThan(1e-6);
    expect(maximumDifference(forces, numeric) / maximumMagnitude(forces)).toBeLessThan(1e-6);
  });

  test('T-FD-F: the error of the difference falls with h²', () => {
    const error = (h: number): number =>
      Math.hypot(...forces.map((force, coordinate) => difference(coordinate, h) - force));
    const slope = Math.log2(error(8e-3) / error(2e-3)) / 2;
    expect(slope).toBeGreaterThan(1.9);
    expect(slope).toBeLessThan(2.1);
  });

  test('T-FD-V: the virial against strained structures', () => {
    const h = 1e-5;
    const numeric = virial.map((_, component) => {
      const strained = (by: number): number => {
        const matrix = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
        matrix[component] += by;
        return energyOf(applyMatrix(structure, matrix));
      };
      return (strained(-h) - strained(h)) / (2 * h);
    });
    // Rotations, the antisymmetric part, cost nothing: the virial is symmetric.
    for (const [a, b] of [
      [1, 3],
      [2, 6],
      [5, 7],
    ])
      expect(Math.abs(virial[a] - virial[b])).toBeLessThan(1e-11);
    expect(maximumDifference(virial, numeric) / maximumMagnitude(virial)).toBeLessThan(1e-6);
  });

  test('T-SUM0: no net force; no net torque on what is isolated', () => {
    const net = [0, 0, 0];
    const torque = [0, 0, 0];
    for (let i = 0; i < forces.length; i += 3) {
      const [x, y, z] = structure.positions.subarray(i, i + 3);
      const [fx, fy, fz] = forces.subarray(i, i + 3);
      net.forEach((_, k) => (net[k] += forces[i + k]));
      torque[0] += y * fz - z * fy;
      torque[1] += z * fx - x * fz;
      torque[2] += x * fy - y * fx;
    }
    expect(Math.max(...net.map(Math.abs))).toBeLessThan(1e-12);
    if (structure.cell === undefined) expect(Math.max(...torque.map(Math.abs))).toBeLessThan(1e-12);
  });

  test('the energies of the atoms add up', () => {
    expect(Math.abs(atomicEnergies.reduce((a, b) => a + b, 0) - energy)).toBeLessThan(1e-12 * Math.abs(energy) + 1e-13);
  });
});

describe('work', () => {
  const potential = sumPotentials([organic, lennardJones]);
  /** ∫ F·dl of atom 0 of ethanol along r(t), t from 0 to 1. */
  const work = (path: (t: number) => readonly number[], slope: (t: number) => readonly number[], segments: number) =>
    integrate((t) => {
      const positions = ethanol.positions.slice();
      path(t).forEach((x, k) => (positions[k] += x));
      const { forces } = potential.predict({ ...ethanol, positions });
      return slope(t).reduce((sum, x, k) => sum + x * forces[k], 0);
    }, segments);
  const energyAt = (displacement: readonly number[]): number => {
    const positions = ethanol.positions.slice();
    displacement.forEach((x, k) => (positions[k] += x));
    return potential.predict({ ...ethanol, positions }).energy;
  };

  test('T-LOOP: none around a circle', () => {
    const angle = 2 * Math.PI;
    const radius = 0.3;
    const loop = work(
      (t) => [radius * (Math.cos(angle * t) - 1), radius * Math.sin(angle * t), 0],
      (t) => [-radius * angle * Math.sin(angle * t), radius * angle * Math.cos(angle * t), 0],
      4,
    );
    expect(Math.abs(loop)).toBeLessThan(1e-9);
    // Half of the circle is work: the integral would see a force that is no gradient.
    expect(Math.abs(energyAt([-2 * radius, 0, 0]) - energyAt([0, 0, 0]))).toBeGreaterThan(1e-3);
  });

  test('T-WORK: the same along a straight and a curved path, and it is what the energy loses', () => {
    const target = [0.2, -0.15, 0.1];
    const straight = work(
      (t) => target.map((x) => x * t),
      () => target,
      2,
    );
    const curved = work(
      (t) => [target[0] * t + 0.1 * Math.sin(Math.PI * t), target[1] * t * t, target[2] * t - 0.2 * t * (1 - t)],
      (t) => [target[0] + 0.1 * Math.PI * Math.cos(Math.PI * t), 2 * target[1] * t, target[2] - 0.2 * (1 - 2 * t)],
      2,
    );
    const lost = energyAt([0, 0, 0]) - energyAt(target);
    expect(Math.abs(lost)).toBeGreaterThan(1e-3);
    expect(Math.abs(straight - lost)).toBeLessThan(1e-8);
    expect(Math.abs(curved - lost)).toBeLessThan(1e-8);
  });
});

describe('T-LJ: energy and force of a dimer', () => {
  // ε 0.010323 eV, σ 3.405 Å, practically without cutoff.
  const argon = createLennardJones({
    epsilon: 0.010323,
    sigma: 3.405,
    cutoff: 20,
    cutoffFunction: 'hard',
    elements: ['Ar'],
  });
  test.each([
    [4.0, -9.733236921890202e-3, -5.632948150269063e-3],
    [3.3, 1.030245470078517e-2, 1.28062238679844e-1],
    [3.405, 0, 7.276123348017623e-2],
    [8.0, -2.440276530197156e-4, -1.819261465967489e-4],
  ])('at %f Å', (r, energy, force) => {
    const prediction = argon.predict(createStructure(['Ar', 'Ar'], [0, 0, 0, 0, 0, r]));
    expect(Math.abs(prediction.energy - energy)).toBeLessThan(1e-12 * Math.abs(energy) + 1e-16);
    // F = −dV/dr pushes the second atom outwards.
    expect(Math.abs(prediction.forces[5] / force - 1)).toBeLessThan(1e-12);
    expect(prediction.forces[2]).toBe(-prediction.forces[5]);
  });
});

test('an element that the potential doesn’t know is named', () => {
  for (const potential of [organic, lennardJones])
    expect(() => potential.predict(createStructure(['Cu'], [0, 0, 0]))).toThrow(/Cu/);
});
