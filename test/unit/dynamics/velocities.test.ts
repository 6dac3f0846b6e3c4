import { describe, expect, test } from 'vitest';
import { BOLTZMANN } from '../../../language/constants';
import {
  internalVelocities,
  internalDegreesOfFreedom,
  kineticEnergy,
  massesOf,
  temperature,
} from '../../../engine/dynamics/velocities';
import { createRandom } from '../../../engine/random';
import type { Structure } from '../../../engine/structure/structure';
import { applyMatrix, createStructure, ethanol, fcc, randomRotation, water } from '../../fixtures/structures';

const carbonDioxide = createStructure(['C', 'O', 'O'], [0, 0, 0, 1.16, 0, 0, -1.16, 0, 0]);

function momenta(structure: Structure, velocities: Float64Array): { linear: number; angular: number } {
  const masses = massesOf(structure.numbers);
  const linear = [0, 0, 0];
  const angular = [0, 0, 0];
  masses.forEach((mass, i) => {
    const [x, y, z] = structure.positions.subarray(3 * i);
    const [u, v, w] = velocities.subarray(3 * i);
    [u, v, w].forEach((value, k) => (linear[k] += mass * value));
    angular[0] += mass * (y * w - z * v);
    angular[1] += mass * (z * u - x * w);
    angular[2] += mass * (x * v - y * u);
  });
  return { linear: Math.hypot(...linear), angular: Math.hypot(...angular) };
}

describe.each<readonly [string, Structure, number]>([
  ['one atom', createStructure(['Ar'], [1, 2, 3]), 0],
  ['two atoms', createStructure(['H', 'Cl'], [0, 0, 0, 0.7, 0.8, 0.7]), 1],
  ['a linear molecule', carbonDioxide, 4],
  ['a linear molecule at any angle', applyMatrix(carbonDioxide, randomRotation(5)), 4],
  ['water', water, 3],
  ['ethanol', ethanol, 21],
  ['a crystal', fcc('Cu', 3.6, 2), 93],
  ['a slab', { ...fcc('Cu', 3.6, 2), periodic: [true, true, false] }, 93],
])('%s', (_, structure, degrees) => {
  const masses = massesOf(structure.numbers);
  const velocities = internalVelocities(structure, masses, 300, createRandom(3, 'test'));

  test(`has ${degrees} internal degrees of freedom`, () => {
    expect(internalDegreesOfFreedom(structure, masses)).toBe(degrees);
  });

  test('starts with exactly its temperature and without motion as a whole', () => {
    const kinetic = kineticEnergy(masses, velocities);
    if (degrees === 0) {
      expect(kinetic).toBe(0);
      return;
    }
    expect(Math.abs(temperature(kinetic, degrees) / 300 - 1)).toBeLessThan(1e-12);
    expect(kinetic).toBeCloseTo((degrees * BOLTZMANN * 300) / 2, 12);
    const { linear, angular } = momenta(structure, velocities);
    expect(linear).toBeLessThan(1e-13);
    if (!structure.periodic.includes(true)) expect(angular).toBeLessThan(1e-12);
  });
});

test('components have the Maxwell–Boltzmann width of their mass', () => {
  const structure = {
    ...createStructure(Array<string>(4000).fill('H').fill('Ar', 2000), Array<number>(12000).fill(0)),
  };
  const masses = massesOf(structure.numbers);
  const velocities = internalVelocities(
    { ...structure, periodic: [true, true, true] },
    masses,
    300,
    createRandom(1, 'x'),
  );
  for (const [from, to] of [
    [0, 2000],
    [2000, 4000],
  ]) {
    const kinetic = kineticEnergy(masses.subarray(from, to), velocities.subarray(3 * from, 3 * to));
    // Either half has half of it: 6000 components, standard error √(2/6000).
    expect(Math.abs(temperature(kinetic, 6000) / 300 - 1)).toBeLessThan(4 * Math.sqrt(2 / 6000));
  }
});

test('zero kelvin is rest', () => {
  expect([...internalVelocities(water, massesOf(water.numbers), 0, createRandom(1, 'x'))]).toEqual(Array(9).fill(0));
});
