/** Finding, selecting and counting points: each against the plain loop that needs no cleverness. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Parity } from '../../protocol/parity';
import { countErrors } from '../../webview/plots/error-histogram';
import { groupRows } from '../../webview/plots/groups';
import { rowsOf, tablesOf } from '../../webview/plots/parity-rows';
import { indexPoints } from '../../webview/plots/point-index';
import { pointsWithin, rectangle } from '../../webview/plots/region';
import { changeSelection, componentsOf, rowsOfStructures, selectedRows } from '../../webview/plots/selection';

const real = (minimum: number, maximum: number): fc.Arbitrary<number> =>
  fc.double({ min: minimum, max: maximum, noNaN: true });

/** Points as data has them: most in a narrow core, some far out, some no number. */
function cloud(count: number, seed: number): { x: Float64Array; y: Float64Array; set: Uint8Array } {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const x = Float64Array.from({ length: count }, () => (uniform() - 0.5) / (0.01 + uniform()) ** 2);
  const y = x.map((value) => value + 0.1 * (uniform() - 0.5));
  const set = Uint8Array.from({ length: count }, () => Math.floor(uniform() * 3));
  if (count > 10) x[3] = NaN;
  return { x, y, set };
}

describe('the nearest point', () => {
  test('is that of looking at all points, for any cloud, place, zoom and choice of sets', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 50, 3000, 20_000),
        fc.integer({ min: 1, max: 1000 }),
        fc.array(fc.tuple(real(-3, 3), real(-3, 3), real(0, 5), real(0.1, 30)), { minLength: 1, maxLength: 8 }),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        (count, seed, places, shown) => {
          const { x, y, set } = cloud(count, seed);
          const index = indexPoints(x, y, set, 3);
          for (const [px, py, zoom, reach] of places) {
            const [kx, ky] = [10 ** zoom, 0.5 * 10 ** zoom];
            let best = reach * reach;
            for (let i = 0; i < count; i++) {
              const squared = ((x[i] - px) * kx) ** 2 + ((y[i] - py) * ky) ** 2;
              if (shown[set[i]] && squared < best) best = squared;
            }
            const found = index.nearest(px, py, kx, ky, reach, shown);
            if (best === reach * reach) expect(found).toBeUndefined();
            else {
              expect(found).toBeDefined();
              const i = found ?? 0;
              expect(((x[i] - px) * kx) ** 2 + ((y[i] - py) * ky) ** 2).toBeCloseTo(best, 9);
              expect(shown[set[i]]).toBe(true);
            }
          }
        },
      ),
      { seed: 3, numRuns: 60 },
    );
  });

  test('is found in a cloud that an outlier spreads over a range a million times its core', () => {
    const { x, y, set } = cloud(5000, 7);
    x[0] = y[0] = 1e9;
    const index = indexPoints(x, y, set, 3);
    expect(index.nearest(1e9, 1e9, 1e-7, 1e-7, 9, [true, true, true])).toBe(0);
    expect(index.nearest(x[77], y[77], 1e6, 1e6, 9, [true, true, true])).toBe(77);
  });
});

describe('points within a region', () => {
  test('of any polygon are those of the crossing test with every edge', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(real(-4, 4), real(-4, 4)), { minLength: 3, maxLength: 40 }),
        fc.integer({ min: 1, max: 1000 }),
        (corners, seed) => {
          const { x, y, set } = cloud(400, seed);
          const polygon = corners.flat();
          const inside = (px: number, py: number): boolean => {
            let odd = false;
            corners.forEach(([x1, y1], k) => {
              const [x0, y0] = corners[(k + corners.length - 1) % corners.length];
              if (y0 > py !== y1 > py && px > x0 + ((py - y0) / (y1 - y0)) * (x1 - x0)) odd = !odd;
            });
            return odd;
          };
          const expected = [...x.keys()].filter((i) => set[i] !== 1 && inside(x[i], y[i]));
          expect([...pointsWithin(polygon, x, y, set, [true, false, true])]).toEqual(expected);
        },
      ),
      { seed: 5 },
    );
  });

  test('of a rectangle drawn from any corner are those between its edges', () => {
    const { x, y, set } = cloud(2000, 9);
    const shown = [true, true, true];
    const expected = [...x.keys()].filter((i) => x[i] >= -0.5 && x[i] < 0.25 && y[i] >= -1 && y[i] < 2);
    expect([...pointsWithin(rectangle(-0.5, -1, 0.25, 2), x, y, set, shown)]).toEqual(expected);
    expect([...pointsWithin(rectangle(0.25, 2, -0.5, -1), x, y, set, shown)]).toEqual(expected);
    expect(pointsWithin(rectangle(0, 0, 0, 2), x, y, set, shown)).toHaveLength(0);
  });
});

const parity: Parity = {
  files: ['/a.xyz'],
  structureFile: Int32Array.of(0, 0, 0),
  structureFrame: Int32Array.of(0, 1, 2),
  structureAtoms: Int32Array.of(1, 1, 1),
  structureSet: Uint8Array.of(0, 1, 1),
  configTypes: [],
  structureConfigType: Int32Array.of(-1, -1, -1),
  energy: { structure: Int32Array.of(0, 2), reference: Float64Array.of(0, 0), predicted: Float64Array.of(0, 0) },
  force: {
    structure: Int32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2),
    atom: new Int32Array(9),
    element: new Uint8Array(9),
    component: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2),
    reference: new Float64Array(9),
    predicted: Float64Array.of(0, 1, -1, 3, -4, 0.01, 0, 0, NaN),
  },
  stress: {
    structure: new Int32Array(0),
    component: new Uint8Array(0),
    reference: new Float64Array(0),
    predicted: new Float64Array(0),
  },
};

describe('a selection', () => {
  const tables = tablesOf(parity);

  test('grows and shrinks, knows its structures, and shows them in the other plot', () => {
    const first = changeSelection(tables, undefined, 'force', Int32Array.of(4, 1), 'add');
    expect(first).toEqual({ quantity: 'force', rows: Int32Array.of(1, 4), structures: Int32Array.of(0, 1) });
    // Structure 1 has no energy.
    expect([...selectedRows(tables, first, 'energy')]).toEqual([0]);
    const more = changeSelection(tables, first, 'force', Int32Array.of(8), 'add');
    expect(more?.structures).toEqual(Int32Array.of(0, 1, 2));
    expect(changeSelection(tables, more, 'force', Int32Array.of(1, 8), 'remove')?.rows).toEqual(Int32Array.of(4));
    expect(changeSelection(tables, first, 'force', Int32Array.of(1, 4), 'remove')).toBeUndefined();
    expect(changeSelection(tables, undefined, 'force', Int32Array.of(1), 'remove')).toBeUndefined();
  });

  test('of atoms of structures, and of the components of atoms', () => {
    expect([...rowsOfStructures(tables, 'force', Int32Array.of(0, 2))]).toEqual([0, 1, 2, 6, 7, 8]);
    expect([...rowsOfStructures(tables, 'force', Int32Array.of(0), [1])]).toEqual([]);
    expect([...rowsOfStructures(tables, 'force', Int32Array.of(0), [0, 1])]).toEqual([0, 1, 2]);
    expect([...rowsOfStructures(tables, 'energy', Int32Array.of(2), [1])]).toEqual([1]);
    // The second force as a vector is that of structure 1.
    expect([...componentsOf(tables, 'norm', Int32Array.of(1))]).toEqual([3, 4, 5]);
  });

  test('of another quantity goes on with all rows of its structures', () => {
    const forces = changeSelection(tables, undefined, 'force', Int32Array.of(1), 'replace');
    const energies = changeSelection(tables, forces, 'energy', Int32Array.of(1), 'add');
    expect(energies).toEqual({ quantity: 'energy', rows: Int32Array.of(0, 1), structures: Int32Array.of(0, 2) });
    expect([...selectedRows(tables, energies, 'force')]).toEqual([0, 1, 2, 6, 7, 8]);
    expect([...selectedRows(tables, undefined, 'force')]).toEqual([]);
  });
});

test('a histogram counts every finite error once, in the bin that holds it', () => {
  const rows = groupRows(parity, rowsOf(parity, 'force'), 'set');
  const { low, width, counts } = countErrors(rows, 9);
  expect(low).toBeCloseTo(-4, 9);
  expect(width).toBeCloseTo(8 / 9, 9);
  // −1, 0, 1 of the one set; −4, 0, 0, 0.01, 3 of the other.
  expect([...counts[0]]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0]);
  expect([...counts[1]]).toEqual([1, 0, 0, 0, 3, 0, 0, 1, 0]);
});

test('a histogram of angles begins at zero', () => {
  const rows = {
    quantity: 'angle' as const,
    count: 3,
    error: Float64Array.of(0, 15, 90),
    groups: ['a'],
    group: new Uint8Array(3),
  };
  const { low, counts } = countErrors(rows, 9);
  expect(low).toBe(0);
  expect([...counts[0]]).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 1]);
});
