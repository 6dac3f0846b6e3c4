import { expect, test } from 'vitest';
import { massesOf } from '../../../engine/dynamics/velocities';
import { createCoordinate, slopeOf } from '../../../engine/sampling/coordinates';
import { moveOnto } from '../../../engine/sampling/crossing';
import type { CoordinateDefinition } from '../../../language/definition/definition';

const numbers = Uint8Array.of(7, 1, 1, 1);
const positions = Float64Array.of(0.1, -0.05, 0.3, 0.95, 0.02, 0, -0.45, 0.83, 0.05, -0.5, -0.8, -0.04);
const cell = { cell: undefined, periodic: [false, false, false] } as const;
const masses = massesOf(numbers);

const definition = (kind: string, atoms: number[]): CoordinateDefinition =>
  ({ kind, atoms, centers: [0], force_constant: 1, distance: 2 }) as CoordinateDefinition;

const cases: readonly [string, number[]][] = [
  ['distance', [0, 1]],
  ['difference', [0, 1, 0, 2]],
  ['angle', [1, 0, 2]],
  ['dihedral', [1, 0, 2, 3]],
  ['height', [0, 1, 2, 3]],
];

test.each(cases)('the slope of a %s is its derivative by positions', (kind, atoms) => {
  const slopeAt = slopeOf(createCoordinate(definition(kind, atoms), numbers), cell, masses);
  const { gradient, inverseMass } = slopeAt(positions);
  let weighted = 0;
  for (let k = 0; k < positions.length; k++) {
    const at = (change: number): number => slopeAt(positions.map((x, i) => (i === k ? x + change : x))).value;
    expect((at(1e-5) - at(-1e-5)) / 2e-5).toBeCloseTo(gradient[k], 8);
    weighted += gradient[k] ** 2 / masses[Math.floor(k / 3)];
  }
  expect(inverseMass).toBeCloseTo(weighted, 12);
});

test('a distance has the reduced mass', () => {
  const slopeAt = slopeOf(createCoordinate(definition('distance', [0, 1]), numbers), cell, masses);
  expect(slopeAt(positions).inverseMass).toBeCloseTo(1 / masses[0] + 1 / masses[1], 12);
});

test.each(cases)('atoms are moved until a %s is what it should be, and their centre of mass stays', (kind, atoms) => {
  const coordinate = createCoordinate(definition(kind, atoms), numbers);
  const slopeAt = slopeOf(coordinate, cell, masses);
  const target = slopeAt(positions).value + 0.1;
  const moved = positions.slice();
  const slope = moveOnto(slopeAt, coordinate, moved, masses, target);
  expect(slope?.value).toBeCloseTo(target, 8);
  for (let x = 0; x < 3; x++) {
    let shift = 0;
    for (let i = 0; i < masses.length; i++) shift += masses[i] * (moved[3 * i + x] - positions[3 * i + x]);
    expect(shift).toBeCloseTo(0, 9);
  }
});

test('what can not be reached is told', () => {
  const coordinate = createCoordinate(definition('distance', [0, 1]), numbers);
  const slopeAt = slopeOf(coordinate, cell, masses);
  expect(moveOnto(slopeAt, coordinate, positions.slice(), masses, NaN)).toBeUndefined();
  // The same place for both: there is no direction to go in.
  const together = positions.map((x, k) => (k >= 3 && k < 6 ? positions[k - 3] : x));
  expect(moveOnto(slopeAt, coordinate, together, masses, 1)).toBeUndefined();
});
