import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCellProblem, heights } from '../../../engine/structure/cell';
import { buildNeighborList } from '../../../engine/structure/neighbors';
import type { Structure } from '../../../engine/structure/structure';
import { createStructure, fcc, ISOLATED, rattle } from '../../fixtures/structures';

/** Every image within reach, without bins: the definition. */
function bruteForce(structure: Structure, cutoff: number): string[] {
  const { positions, periodic } = structure;
  const cell = structure.cell ?? new Float64Array(9);
  const images = [1, 1, 1].map((_, k) => {
    if (!periodic[k]) return 0;
    // Atoms may lie outside the cell: look as much farther as they are spread.
    return Math.ceil((cutoff + spread(positions)) / heights(cell)[k]) + 1;
  });
  const found: string[] = [];
  for (let i = 0; i < structure.numbers.length; i++)
    for (let j = 0; j < structure.numbers.length; j++)
      for (let a = -images[0]; a <= images[0]; a++)
        for (let b = -images[1]; b <= images[1]; b++)
          for (let c = -images[2]; c <= images[2]; c++) {
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const vector = [0, 1, 2].map(
              (k) => positions[3 * j + k] - positions[3 * i + k] + a * cell[k] + b * cell[3 + k] + c * cell[6 + k],
            );
            if (Math.hypot(...vector) < cutoff) found.push(entry(i, j, vector));
          }
  return found.sort();
}

function spread(positions: Float64Array): number {
  let far = 0;
  for (let i = 0; i < positions.length; i += 3)
    far = Math.max(far, Math.hypot(positions[i], positions[i + 1], positions[i + 2]));
  return 2 * far;
}

const entry = (i: number, j: number, vector: readonly number[]): string =>
  `${i} ${j} ${vector.map((x) => (Math.round(x * 1e6) / 1e6 + 0).toFixed(6)).join(' ')}`;

function listed(structure: Structure, cutoff: number): string[] {
  const list = buildNeighborList(structure, cutoff);
  const found: string[] = [];
  for (let i = 0; i < structure.numbers.length; i++)
    for (let e = list.offsets[i]; e < list.offsets[i + 1]; e++) {
      const vector = [...list.vectors.subarray(3 * e, 3 * e + 3)];
      expect(list.distances[e]).toBeCloseTo(Math.hypot(...vector), 12);
      if (e > list.offsets[i]) expect(list.distances[e]).toBeGreaterThanOrEqual(list.distances[e - 1]);
      found.push(entry(i, list.indices[e], vector));
    }
  return found.sort();
}

// Coordinates on a grid of 2⁻¹² Å, so that rounding cannot move a distance across the cutoff.
const coordinate = (limit: number) => fc.integer({ min: -limit * 4096, max: limit * 4096 }).map((n) => n / 4096);

describe('against all images', () => {
  test('random cells, any shape, smaller than the cutoff too, any periodicity', () => {
    fc.assert(
      fc.property(
        fc.array(coordinate(5), { minLength: 9, maxLength: 9 }).filter((cell) => {
          const problem = findCellProblem(Float64Array.from(cell));
          return problem !== 'singular' && heights(Float64Array.from(cell)).every((height) => height > 0.8);
        }),
        fc.array(coordinate(8), { minLength: 3, maxLength: 18 }).map((x) => x.slice(0, 3 * Math.floor(x.length / 3))),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        fc.double({ min: 0.5, max: 5, noNaN: true }),
        (cell, positions, periodic, cutoff) => {
          const symbols = Array.from({ length: positions.length / 3 }, () => 'H');
          const structure = createStructure(symbols, positions, cell, periodic);
          expect(listed(structure, cutoff)).toEqual(bruteForce(structure, cutoff));
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });

  test('a cluster with many bins', () => {
    fc.assert(
      fc.property(fc.array(coordinate(15), { minLength: 90, maxLength: 90 }), (positions) => {
        const structure = createStructure(Array<string>(30).fill('H'), positions);
        expect(listed(structure, 3)).toEqual(bruteForce(structure, 3));
      }),
      { numRuns: 20, seed: 2 },
    );
  });

  test('one atom in a cell much smaller than the cutoff has only its own images', () => {
    const structure = createStructure(['Cu'], [0.3, 0.2, 0.1], [0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0]);
    expect(listed(structure, 6)).toEqual(bruteForce(structure, 6));
  });
});

test('fcc has its shells: 12, 6, 24, 12, 24', () => {
  const list = buildNeighborList(fcc('Cu', 3.615), 6);
  const shells = new Map<string, number>();
  for (const d of list.distances.subarray(0, list.offsets[1])) {
    const key = d.toFixed(6);
    shells.set(key, (shells.get(key) ?? 0) + 1);
  }
  expect([...shells]).toEqual([
    ['2.556191', 12],
    ['3.615000', 6],
    ['4.427453', 24],
    ['5.112382', 12],
    ['5.715817', 24],
  ]);
});

test('linear in the number of atoms: as many entries per atom in 32 as in 4000', () => {
  const count = (repeats: number): number => {
    const structure = fcc('Cu', 3.615, repeats);
    return buildNeighborList(structure, 6).indices.length / structure.numbers.length;
  };
  expect(count(2)).toBe(78);
  expect(count(10)).toBe(78);
});

test('an atom that moves far away changes no bit of the others’ entries', () => {
  const structure = rattle({ ...fcc('Cu', 3.615, 2), periodic: ISOLATED }, 0.1);
  const moved = structure.positions.slice();
  moved.set([100, 200, -300], moved.length - 3);
  const before = buildNeighborList(structure, 4);
  const after = buildNeighborList({ ...structure, positions: moved }, 4);
  let compared = 0;
  const last = structure.numbers.length - 1;
  for (let i = 0; i < last; i++) {
    const row = (list: typeof before) => [...list.vectors.subarray(3 * list.offsets[i], 3 * list.offsets[i + 1])];
    if (before.indices.subarray(before.offsets[i], before.offsets[i + 1]).includes(last)) continue;
    expect(row(after)).toEqual(row(before));
    compared++;
  }
  expect(compared).toBeGreaterThan(10);
});

test('what cannot be computed is refused before memory is taken', () => {
  const atom = createStructure(['H'], [0, 0, 0], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  expect(() => buildNeighborList(atom, 1e4)).toThrow(/too large/);
  expect(() => buildNeighborList(atom, NaN)).toThrow(/cutoff/);
  expect(() => buildNeighborList({ ...atom, positions: Float64Array.of(0, NaN, 0) }, 1)).toThrow(/finite/);
  expect(() => buildNeighborList({ ...atom, cell: new Float64Array(9) }, 1)).toThrow(/singular/);
});

test('atoms at astronomical distances take no memory for the emptiness between them', () => {
  const list = buildNeighborList(createStructure(['H', 'H', 'H'], [0, 0, 0, 1e12, 0, 0, 1e12, 1, 0]), 2);
  expect([...list.offsets]).toEqual([0, 0, 1, 2]);
  expect(buildNeighborList(createStructure([], []), 2).indices.length).toBe(0);
});
