import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  completeCell,
  findCellProblem,
  heights,
  imageDistance,
  invert,
  nearestImages,
  repeatCell,
  signedVolume,
  transform,
  volume,
  wrap,
} from '../../../engine/structure/cell';
import { createStructure, maximumDifference } from '../../fixtures/structures';

const cells = fc
  .array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 9, maxLength: 9 })
  .map((values) => Float64Array.from(values))
  .filter((cell) => volume(cell) > 1 && findCellProblem(cell) !== 'singular');

test('volume and heights of a skewed cell', () => {
  const cell = Float64Array.of(2, 0, 0, 1, 3, 0, 0.5, 0.5, 4);
  expect(signedVolume(cell)).toBeCloseTo(24, 12);
  const [a, b, c] = heights(cell);
  // Volume over the area of the opposite face.
  expect(a).toBeCloseTo(24 / Math.hypot(3 * 4, 4, 0.5 - 1.5), 12);
  expect(b).toBeCloseTo(24 / Math.hypot(0, 8, 1), 12);
  expect(c).toBeCloseTo(4, 12);
});

test('an atom is as far from its images as the smallest height along a periodic direction', () => {
  const cell = Float64Array.of(2, 0, 0, 1, 3, 0, 0.5, 0.5, 4);
  expect(imageDistance({ cell, periodic: [true, true, true] })).toBeCloseTo(Math.min(...heights(cell)), 12);
  expect(imageDistance({ cell, periodic: [false, false, true] })).toBeCloseTo(Math.hypot(0.5, 0.5, 4), 12);
  expect(imageDistance({ cell, periodic: [false, false, false] })).toBe(Infinity);
  expect(imageDistance({ periodic: [false, false, false] })).toBe(Infinity);
});

test('the inverse undoes the cell', () => {
  fc.assert(
    fc.property(
      cells,
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 }),
      (cell, f) => {
        const there = transform(Float64Array.from(f), cell);
        expect(maximumDifference(transform(there, invert(cell)), f)).toBeLessThan(1e-6);
      },
    ),
  );
});

test('singular, left-handed and not finite cells are told apart', () => {
  expect(findCellProblem(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1))).toBeUndefined();
  expect(findCellProblem(Float64Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1))).toBe('left_handed');
  expect(findCellProblem(Float64Array.of(1, 0, 0, 0, 1, 0, 1, 1, 0))).toBe('singular');
  expect(findCellProblem(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0))).toBe('singular');
  expect(findCellProblem(Float64Array.of(1, 0, 0, 0, 1, 0, 1e9, 1e9, 1e-9))).toBe('singular');
  expect(findCellProblem(Float64Array.of(1, 0, 0, 0, NaN, 0, 0, 0, 1))).toBe('not_finite');
  expect(findCellProblem(Float64Array.of(1e200, 0, 0, 0, 1e200, 0, 0, 0, 1e200))).toBe('singular');
  expect(() => invert(new Float64Array(9))).toThrow(/singular/);
});

test('wrapped positions lie in the cell, whole cell vectors away, and only along periodic directions', () => {
  fc.assert(
    fc.property(
      cells,
      fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 3, maxLength: 3 }),
      fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      (cell, position, periodic) => {
        const structure = createStructure(['H'], position, [...cell], periodic);
        const wrapped = wrap(structure);
        const complete = periodic.includes(true) ? completeCell(cell, periodic) : undefined;
        if (complete === undefined) {
          expect([...wrapped]).toEqual(position);
          return;
        }
        const f = transform(wrapped, invert(complete));
        const moved = transform(
          wrapped.map((x, i) => x - position[i]),
          invert(complete),
        );
        for (let k = 0; k < 3; k++) {
          if (periodic[k]) {
            expect(f[k]).toBeGreaterThan(-1e-6);
            expect(f[k]).toBeLessThan(1 + 1e-6);
          }
          expect(Math.abs(moved[k] - (periodic[k] ? Math.round(moved[k]) : 0))).toBeLessThan(1e-5);
        }
      },
    ),
  );
});

test('directions without periodicity are completed perpendicular to the others', () => {
  const slab = completeCell(Float64Array.of(3, 0, 0, 1, 3, 0, 0, 0, 0), [true, true, false]);
  expect([...slab]).toEqual([3, 0, 0, 1, 3, 0, 0, 0, 1]);
  const wire = completeCell(Float64Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0), [false, true, false]);
  expect(volume(wire)).toBeCloseTo(Math.sqrt(3), 12);
  expect([...completeCell(undefined, [false, false, false])]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
});

test('a supercell has the copies side by side, in its own cell', () => {
  const structure = createStructure(
    ['H', 'O'],
    [0, 0, 0, 0.5, 1, 2],
    [2, 0, 0, 1, 3, 0, 0.5, 0.5, 4],
    [true, true, true],
  );
  const double = repeatCell(structure, [2, 1, 2]);
  expect([...(double.cell ?? [])]).toEqual([4, 0, 0, 1, 3, 0, 1, 1, 8]);
  expect([...double.numbers]).toEqual([1, 8, 1, 8, 1, 8, 1, 8]);
  expect([...double.positions]).toEqual([
    ...[0, 0, 0, 0.5, 1, 2, 0.5, 0.5, 4, 1, 1.5, 6],
    ...[2, 0, 0, 2.5, 1, 2, 2.5, 0.5, 4, 3, 1.5, 6],
  ]);
  expect(repeatCell(structure, [1, 1, 1])).toBe(structure);
});

test('nearest images: the shortest of all, along periodic directions only', () => {
  const skewed = Float64Array.of(4, 0, 0, 3.6, 2, 0, 0, 0, 9);
  const vector = Float64Array.of(3.9, 1.9, 5, -7, 3, 1);
  const folded = nearestImages(skewed, [true, true, false])(vector);
  for (const k of [0, 1]) {
    let shortest = Infinity;
    for (let a = -6; a <= 6; a++)
      for (let b = -6; b <= 6; b++)
        shortest = Math.min(shortest, Math.hypot(vector[3 * k] + 4 * a + 3.6 * b, vector[3 * k + 1] + 2 * b));
    expect(Math.hypot(folded[3 * k], folded[3 * k + 1])).toBeCloseTo(shortest, 12);
    expect(folded[3 * k + 2]).toBeCloseTo(vector[3 * k + 2], 12);
  }
  expect(nearestImages(undefined, [false, false, false])(vector)).toEqual(vector);
});
