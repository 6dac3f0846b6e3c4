/** Distances and angles around atoms. */
import { expect, test } from 'vitest';
import { environmentOf } from '../../../engine/analysis/environment';
import type { Structure } from '../../../engine/structure/structure';

/** Two atoms 1 Å away from the first at a right angle. */
const water: Structure = {
  numbers: Uint8Array.of(8, 1, 1),
  positions: Float64Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0),
  periodic: [false, false, false],
};

test('of an atom: its neighbours, and the angle between them', () => {
  const { distances, angles, cut } = environmentOf(water, [0], 3, 100);
  expect(distances.map(({ name, value }) => [name, value])).toEqual([
    ['O–H', 1],
    ['O–H', 1],
  ]);
  expect(angles).toHaveLength(1);
  expect(angles[0].name).toBe('H–O–H');
  expect(angles[0].value).toBeCloseTo(90, 12);
  expect(angles[0].atoms[0]).toBe(0);
  expect(cut).toBe(false);
});

test('of all atoms: each pair once, each triple once', () => {
  const { distances, angles } = environmentOf(water, [], 3, 100);
  expect(distances.map(({ name }) => name).sort()).toEqual(['H–H', 'O–H', 'O–H']);
  expect(angles.map(({ value }) => Math.round(value)).sort((a, b) => a - b)).toEqual([45, 45, 90]);
});

test('images count, atoms that are not there do not, and more than what is wanted is left out', () => {
  const chain: Structure = {
    numbers: Uint8Array.of(2),
    positions: new Float64Array(3),
    cell: Float64Array.of(2, 0, 0, 0, 20, 0, 0, 0, 20),
    periodic: [true, true, true],
  };
  const { distances, angles } = environmentOf(chain, [0, 7], 2.5, 100);
  expect(distances.map(({ value, atoms }) => [value, ...atoms])).toEqual([
    [2, 0, 0],
    [2, 0, 0],
  ]);
  expect(angles[0].value).toBeCloseTo(180, 6);
  const few = environmentOf(water, [], 3, 2);
  expect([few.distances.length, few.angles.length, few.cut]).toEqual([2, 2, true]);
});
