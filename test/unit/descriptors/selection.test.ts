import fc from 'fast-check';
import { expect, test } from 'vitest';
import { farthestPoints, selectByLabels, type Candidate } from '../../../engine/descriptors/selection';
import { createRandom } from '../../../engine/random';

function randomColumns(count: number, rows: number, seed: number): Float64Array[] {
  const random = createRandom(seed, 'columns');
  return Array.from({ length: count }, () => Float64Array.from({ length: rows }, () => random.normal()));
}

const plain: Candidate = { group: 0, cost: 1, shared: 1, part: '' };
const combine = (columns: readonly Float64Array[], factors: Readonly<Record<number, number>>): Float64Array =>
  columns[0].map((_, row) =>
    Object.entries(factors).reduce((sum, [k, factor]) => sum + factor * columns[Number(k)][row], 0),
  );
const free = { minimum: 0, maximum: 100, threshold: 1e-9 };

/** Σ (target − best linear combination)², by plain normal equations and Gauss–Jordan. */
function leastSquares(columns: readonly Float64Array[], target: Float64Array): number {
  const n = columns.length;
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const matrix = columns.map((a) => [...columns.map((b) => dot(a, b)), dot(a, target)]);
  for (let p = 0; p < n; p++)
    for (let row = 0; row < n; row++) {
      if (row === p) continue;
      const factor = matrix[row][p] / matrix[p][p];
      for (let c = p; c <= n; c++) matrix[row][c] -= factor * matrix[p][c];
    }
  const solution = matrix.map((row, p) => row[n] / row[p]);
  return target.reduce((sum, y, i) => sum + (y - columns.reduce((fit, c, k) => fit + solution[k] * c[i], 0)) ** 2, 0);
}

test('finds the few functions that labels are made of, and ends there', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
      const columns = randomColumns(40, 200, seed);
      const target = combine(columns, { 7: 3, 31: -2, 12: 1 });
      const chosen = selectByLabels(
        columns.map(() => plain),
        columns,
        target,
        [],
        { ...free, threshold: 0.01 },
      );
      expect([...chosen].sort((a, b) => a - b)).toEqual([7, 12, 31]);
    }),
    { numRuns: 20 },
  );
});

test('each function is the one with which least squares leaves least', () => {
  const columns = randomColumns(8, 30, 5);
  for (let k = 1; k < columns.length; k++) columns[k] = columns[k].map((x, i) => x + 0.8 * columns[k - 1][i]);
  const [target, zero] = randomColumns(2, 30, 6);
  const chosen = selectByLabels(
    columns.map(() => plain),
    columns,
    target,
    [zero],
    { ...free, maximum: 5 },
  );
  expect(chosen).toHaveLength(5);
  chosen.forEach((k, step) => {
    const before = [zero, ...chosen.slice(0, step).map((one) => columns[one])];
    const errors = columns.map((column, other) =>
      chosen.slice(0, step).includes(other) ? Infinity : leastSquares([...before, column], target),
    );
    expect(errors.indexOf(Math.min(...errors))).toBe(k);
  });
});

test('twins, constants beside an energy zero, and zeros are never chosen', () => {
  const [a, b] = randomColumns(2, 50, 1);
  const constant = new Float64Array(50).fill(2);
  const columns = [a, a.map((x) => 3 * x), b, constant, new Float64Array(50)];
  const target = combine([a, b, constant], { 0: 1, 1: 0.5, 2: 7 });
  const zeros = [new Float64Array(50).fill(1)];
  expect(
    selectByLabels(
      columns.map(() => plain),
      columns,
      target,
      zeros,
      { ...free, minimum: 5 },
    ),
  ).toEqual([0, 2]);
});

test('a function that says nearly as much as another and costs less is preferred', () => {
  const [a, b, c] = randomColumns(3, 400, 2);
  const near = a.map((x, i) => x + 0.3 * b[i]);
  const columns = [near, a, c];
  const target = combine([a, c], { 0: 1, 1: 0.2 }).map((x, i) => x + 0.1 * b[i]);
  const costs = (first: number): Candidate[] => [
    { ...plain, cost: first, part: 'angular' },
    { ...plain, cost: 4, part: 'other' },
    { ...plain, cost: 4, part: 'other' },
  ];
  expect(selectByLabels(costs(4), columns, target, [], { ...free, maximum: 1 })).toEqual([1]);
  expect(selectByLabels(costs(3), columns, target, [], { ...free, maximum: 1 })).toEqual([0]);
});

test('every group gets its minimum and no more than its maximum', () => {
  const columns = randomColumns(20, 6000, 3);
  const candidates = columns.map((_, k): Candidate => ({ ...plain, group: k < 10 ? 0 : 1 }));
  const target = combine(columns, { 0: 5, 1: 4, 2: 3, 3: 2 });
  const chosen = selectByLabels(candidates, columns, target, [], { minimum: 2, maximum: 3, threshold: 0.01 });
  expect(chosen.slice(0, 3)).toEqual([0, 1, 2]);
  expect(chosen.filter((k) => k >= 10)).toHaveLength(2);
  expect(chosen).toHaveLength(5);
});

test('farthest points: at right angles before in between, no twins, no constants', () => {
  const [x, y, z] = [
    Float64Array.of(1, -1, 0, 0, 0, 0),
    Float64Array.of(0, 0, 1, -1, 0, 0),
    Float64Array.of(0, 0, 0, 0, 1, -1),
  ];
  const between = x.map((value, i) => value + y[i]);
  const columns = [x, between, x.map((value) => 5 - 2 * value), y, new Float64Array(6).fill(3), z];
  expect(farthestPoints(columns, [0], 3)).toEqual([0, 3, 5]);
  expect(farthestPoints(columns, [0], 99)).toEqual([0, 3, 5, 1]);
  expect(farthestPoints([x, between, y, z], [], 1)).toEqual([1]);
  expect(farthestPoints([columns[4]], [], 3)).toEqual([]);
});
