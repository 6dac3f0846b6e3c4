import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  computeDescriptors,
  computeDescriptorValues,
  createWorkspace,
  evaluateAtom,
  prepareDescriptors,
} from '../../../engine/descriptors/symmetry-functions';
import type { DescriptorFunction } from '../../../engine/descriptors/function-types';
import { buildNeighborList } from '../../../engine/structure/neighbors';
import type { Structure } from '../../../engine/structure/structure';
import { potential } from '../../../language/schema/blocks/potential';
import type { CutoffFunction, SymmetryFunction } from '../../../language/definition/definition';
import {
  applyMatrix,
  createStructure,
  ethanol,
  fcc as faceCentredCubic,
  ISOLATED,
  maximumDifference,
  randomRotation,
  rattle,
  water,
} from '../../fixtures/structures';
import { angular, chiralKinds, everyKind, importedKinds, radial } from '../../fixtures/symmetry-functions';

const names = Object.keys(potential.attributes.cutoff_function.values) as CutoffFunction[];

function values(
  structure: Structure,
  functions: Record<string, readonly DescriptorFunction[]>,
  cutoffFunction: CutoffFunction,
  cutoff = 6,
  innerCutoff = 0,
): Float64Array[] {
  const list = buildNeighborList(structure, cutoff);
  return computeDescriptorValues(structure, list, functions, cutoffFunction, innerCutoff);
}

function expectRelative(actual: number, expected: number, tolerance = 1e-12): void {
  expect(Math.abs(actual / expected - 1), `${actual} is not ${expected}`).toBeLessThan(tolerance);
}

describe('T-G2, T-G4: reference values of a water molecule', () => {
  // Atom, function, and its value with cos, poly2 and tanh3.
  const rows: readonly (readonly [number, SymmetryFunction, number, number, number])[] = [
    [0, radial('O', 'H', 4, 1), 1.86330874870345, 1.922845959213242, 0.641101464823147],
    [1, radial('H', 'O', 1, 0), 0.375424513963748, 0.387420233048923, 0.129170866610353],
    [1, radial('H', 'H', 0.5, 1.5), 0.850888546009717, 0.893939449052235, 0.254531951295307],
    [0, angular(3, 'O', ['H', 'H'], 0.05, 1, 1), 0.456956413534919, 0.51124555393956, 0.016181854754422],
    [0, angular(3, 'O', ['H', 'H'], 0.05, 1, 4), 0.024028175776756, 0.026882866004913, 0.000850891767609],
    [0, angular(3, 'O', ['H', 'H'], 0.05, -1, 1), 0.76276159530137, 0.853382210563659, 0.027011104301909],
    [0, angular(3, 'O', ['H', 'H'], 0.05, -1, 4), 0.186542144543925, 0.208704461072509, 0.006605877057807],
    [0, angular(9, 'O', ['H', 'H'], 0.05, 1, 1), 0.60218233643157, 0.641279495833488, 0.07128725706053],
    [0, angular(9, 'O', ['H', 'H'], 0.05, -1, 4), 0.245827350524389, 0.261787883617666, 0.029101414088609],
    [1, angular(3, 'H', ['O', 'H'], 0.05, 1, 1), 1.092133318019278, 1.221885253403818, 0.038674898089164],
  ];
  test.each(['cos', 'poly2', 'tanh3'] as const)('%s', (name) => {
    const column = { cos: 2, poly2: 3, tanh3: 4 } as const;
    for (const row of rows) {
      const [atom, one] = row;
      const functions: Record<string, SymmetryFunction[]> = { O: [], H: [] };
      functions[one.center].push(one);
      const expected = row[column[name]];
      // The table has 15 decimals: of its smallest entries only 12 or 13 digits.
      expectRelative(values(water, functions, name)[atom][0], expected, Math.max(1e-12, 1e-15 / expected));
    }
  });
});

test('T-G2, T-G4: reference values of fcc, 78 neighbours and 3003 pairs', () => {
  const expected: readonly (readonly [SymmetryFunction, number])[] = [
    [radial('Cu', 'Cu', 2, 2.556), 7.602896387989447],
    [radial('Cu', 'Cu', 2, 3.615), 3.868390220995911],
    [radial('Cu', 'Cu', 2, 4.427), 4.65182019514556],
    [radial('Cu', 'Cu', 0.5, 0), 0.284574864158747],
    [angular(3, 'Cu', ['Cu', 'Cu'], 0.01, 1, 1), 22.069253773292949],
    [angular(3, 'Cu', ['Cu', 'Cu'], 0.01, -1, 1), 8.07533016481016],
    [angular(3, 'Cu', ['Cu', 'Cu'], 0.01, 1, 4), 11.684270666745627],
    [angular(3, 'Cu', ['Cu', 'Cu'], 0.01, -1, 4), 1.153106239920563],
    [angular(9, 'Cu', ['Cu', 'Cu'], 0.01, 1, 1), 72.651404756473283],
    [angular(9, 'Cu', ['Cu', 'Cu'], 0.01, -1, 1), 77.611802989993066],
    [angular(9, 'Cu', ['Cu', 'Cu'], 0.01, 1, 4), 26.089510570375822],
    [angular(9, 'Cu', ['Cu', 'Cu'], 0.01, -1, 4), 31.049908803895597],
  ];
  const [atom] = values(faceCentredCubic('Cu', 3.615), { Cu: expected.map(([one]) => one) }, 'cos');
  expected.forEach(([, value], s) => expectRelative(atom[s], value));
});

test('T-SHELL: every atom of a perfect crystal has the same descriptor', () => {
  const crystal = faceCentredCubic('Cu', 3.615, 2);
  const all = values(crystal, everyKind(crystal.numbers, 6), 'poly2');
  for (const one of all) one.forEach((value, s) => expectRelative(value, all[0][s], 1e-13));
  // A strained cell splits the first shell of 12 into 8 + 4.
  const stretched = applyMatrix(crystal, Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1.02));
  const { distances, offsets } = buildNeighborList(stretched, 3);
  const lengths = [...distances.subarray(0, offsets[1])];
  expect(lengths.filter((d) => d < 2.56).length).toBe(4);
  expect(lengths.filter((d) => d > 2.56).length).toBe(8);
});

test('T-ANGLE: squares and tetrahedra differ in angles alone', () => {
  const r = 1.545;
  const t = r / Math.sqrt(3);
  const tetrahedron = createStructure(['C', 'C', 'C', 'C', 'C'], [0, 0, 0, t, t, t, t, -t, -t, -t, t, -t, -t, -t, t]);
  const square = createStructure(['C', 'C', 'C', 'C', 'C'], [0, 0, 0, r, 0, 0, -r, 0, 0, 0, r, 0, 0, -r, 0]);
  const radials = { C: [radial('C', 'C', 0.5, 0, 2), radial('C', 'C', 4, 1.5, 2)] };
  expect(maximumDifference(values(tetrahedron, radials, 'cos')[0], values(square, radials, 'cos')[0])).toBeLessThan(
    1e-14,
  );
  const angulars = {
    C: [
      angular(3, 'C', ['C', 'C'], 0.01, 1, 1),
      angular(3, 'C', ['C', 'C'], 0.01, -1, 4),
      angular(9, 'C', ['C', 'C'], 0.01, 1, 4),
      angular(9, 'C', ['C', 'C'], 0.01, -1, 4),
    ],
  };
  const a = values(tetrahedron, angulars, 'cos')[0];
  const b = values(square, angulars, 'cos')[0];
  a.forEach((value, s) => expect(Math.abs(value - b[s])).toBeGreaterThan(0.1 * Math.min(value, b[s])));
});

describe('T-FD: derivatives of all types against central differences', () => {
  const skewed = createStructure(
    ['O', 'H', 'H', 'C'],
    [0.1, 0.2, 0.3, 1.1, 0.4, 0.2, -0.3, 1.0, 0.7, 2.1, 1.9, 1.4],
    [3.4, 0.1, 0, 0.7, 3.6, 0.2, -0.4, 0.9, 3.1],
  );
  const systems: readonly (readonly [string, Structure, number])[] = [
    ['a molecule', ethanol, 4],
    ['a skewed cell smaller than the cutoff', skewed, 3.7],
  ];
  describe.each(systems)('%s', (_, structure, cutoff) => {
    const cases = [
      ...names.filter((name) => name !== 'hard').map((name) => [name, 0, 'types of the language', everyKind] as const),
      ...(['cos', 'exp', 'poly1', 'poly4'] as const).map(
        (name) => [name, 0.3, 'types of the language', everyKind] as const,
      ),
      ['cos', 0, 'imported types', importedKinds] as const,
      ['poly2', 0, 'chiral ones', chiralKinds] as const,
      ['cos', 0.3, 'chiral ones', chiralKinds] as const,
    ];
    test.each(cases)('%s, inner cutoff %f, %s', (name, inner, _, kinds) => {
      const functions = kinds(structure.numbers, cutoff);
      const all = computeDescriptors(structure, buildNeighborList(structure, cutoff), functions, name, inner);
      const h = 1e-4;
      const differences = (change: (by: number) => Structure): Float64Array[] => {
        // Fourth order: what is measured is the derivative, not the truncation of the difference.
        const [m2, m1, p1, p2] = [-2, -1, 1, 2].map((step) => values(change(step * h), functions, name, cutoff, inner));
        return m1.map((row, i) => row.map((_, s) => (m2[i][s] - 8 * m1[i][s] + 8 * p1[i][s] - p2[i][s]) / (12 * h)));
      };
      const scale = all.map((one) => one.values.map((_, s) => maximum(one.derivatives, s, one)));
      for (let atom = 0; atom < 2; atom++)
        for (let axis = 0; axis < 3; axis++) {
          const numeric = differences((by) => {
            const positions = structure.positions.slice();
            positions[3 * atom + axis] += by;
            return { ...structure, positions };
          });
          all.forEach((one, i) => {
            const slot = one.atoms.indexOf(atom);
            one.values.forEach((_, s) => {
              const analytic = slot < 0 ? 0 : one.derivatives[3 * (slot * one.values.length + s) + axis];
              expect(Math.abs(analytic - numeric[i][s])).toBeLessThanOrEqual(1e-7 * Math.max(scale[i][s], 1e-4));
            });
          });
        }
      for (const [a, b] of [
        [0, 1],
        [2, 1],
        [2, 2],
      ]) {
        const numeric = differences((by) => {
          const matrix = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
          matrix[3 * a + b] += by;
          return applyMatrix(structure, matrix);
        });
        all.forEach((one, i) => {
          one.values.forEach((_, s) => {
            const difference = Math.abs(one.strain[9 * s + 3 * a + b] - numeric[i][s]);
            // An atom's own images pull in the strain alone.
            const largest = Math.max(...one.strain.subarray(9 * s, 9 * s + 9).map(Math.abs));
            expect(difference).toBeLessThanOrEqual(1e-7 * Math.max(10 * scale[i][s], largest, 1e-4));
          });
        });
      }
    });
  });

  function maximum(derivatives: Float64Array, s: number, one: { values: Float64Array; atoms: Int32Array }): number {
    let largest = 0;
    for (let slot = 0; slot < one.atoms.length; slot++)
      for (let axis = 0; axis < 3; axis++)
        largest = Math.max(largest, Math.abs(derivatives[3 * (slot * one.values.length + s) + axis]));
    return largest;
  }
});

test('T-FD: straight angles, where 1 + λ cos θ vanishes, have finite values and derivatives for every ζ', () => {
  const line = createStructure(['C', 'O', 'O'], [0, 0, 0, 1.16, 0, 0, -1.16, 0, 0]);
  const functions = {
    C: [0.5, 1, 1.5, 2, 3.7, 4].flatMap((zeta) => [
      angular(3, 'C', ['O', 'O'], 0.01, 1, zeta),
      angular(9, 'C', ['O', 'O'], 0.01, -1, zeta),
    ]),
    O: [],
  };
  const [carbon] = computeDescriptors(line, buildNeighborList(line, 6), functions, 'poly2');
  for (const array of [carbon.values, carbon.derivatives, carbon.strain])
    expect(array.every(Number.isFinite)).toBe(true);
});

test('T-DIM: as long for 0, 1 and 500 neighbours; zeros for none', () => {
  const functions = { H: everyKind(Uint8Array.of(1), 6).H };
  const lone = computeDescriptors(
    createStructure(['H'], [1, 2, 3]),
    buildNeighborList(createStructure(['H'], [1, 2, 3]), 6),
    functions,
    'cos',
  );
  expect(lone[0].values).toEqual(new Float64Array(functions.H.length));
  expect([...lone[0].atoms]).toEqual([0]);
  expect(lone[0].derivatives.every((x) => x === 0)).toBe(true);
  for (const neighbors of [1, 500]) {
    const positions = [0, 0, 0];
    for (let n = 0; n < neighbors; n++) {
      // A spiral on a sphere: no two in one place.
      const z = 1 - (2 * n + 1) / neighbors;
      const phi = n * 2.399963;
      positions.push(4 * Math.sqrt(1 - z * z) * Math.cos(phi), 4 * Math.sqrt(1 - z * z) * Math.sin(phi), 4 * z);
    }
    const structure = createStructure(Array<string>(neighbors + 1).fill('H'), positions);
    const plan = prepareDescriptors(functions, 'cos');
    const workspace = createWorkspace();
    const list = buildNeighborList(structure, 6);
    expect(list.offsets[1]).toBe(neighbors);
    expect(evaluateAtom(plan, structure, list, 0, workspace, true)).toBe(functions.H.length);
    expect(workspace.values.subarray(0, functions.H.length).every(Number.isFinite)).toBe(true);
  }
});

test('invariant under rotation and reflection; equal atoms may change places', () => {
  const functions = everyKind(ethanol.numbers, 5);
  const reference = values(ethanol, functions, 'poly2', 5);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.boolean(), (seed, improper) => {
      const rotated = values(applyMatrix(ethanol, randomRotation(seed, improper)), functions, 'poly2', 5);
      reference.forEach((row, i) => expect(maximumDifference(rotated[i], row)).toBeLessThan(1e-12));
    }),
    { numRuns: 25, seed: 3 },
  );
  // Hydrogens 3 and 7 change places: their rows change places, and no bit changes.
  const positions = ethanol.positions.slice();
  positions.set(ethanol.positions.subarray(9, 12), 21);
  positions.set(ethanol.positions.subarray(21, 24), 9);
  const swapped = values({ ...ethanol, positions }, functions, 'poly2', 5);
  const order = [0, 1, 2, 7, 4, 5, 6, 3, 8];
  order.forEach((from, to) => expect(swapped[to]).toEqual(reference[from]));
});

test('the values-only path gives the same bits', () => {
  const structure = rattle({ ...faceCentredCubic('Cu', 3.6, 2), periodic: [true, false, true] }, 0.2);
  const functions = everyKind(structure.numbers, 4.5);
  const list = buildNeighborList(structure, 4.5);
  const full = computeDescriptors(structure, list, functions, 'exp');
  computeDescriptorValues(structure, list, functions, 'exp').forEach((row, i) => expect(row).toEqual(full[i].values));
});

test('atoms in one place and unknown elements', () => {
  const collapsed = createStructure(['H', 'H', 'H'], [0, 0, 0, 0, 0, 0, 1, 0, 0], undefined, ISOLATED);
  const functions = everyKind(collapsed.numbers, 3);
  for (const one of computeDescriptors(collapsed, buildNeighborList(collapsed, 3), functions, 'poly2')) {
    expect(one.values.every(Number.isFinite)).toBe(true);
    expect(one.derivatives.every(Number.isFinite)).toBe(true);
  }
  expect(() => values(water, functions, 'poly2')).toThrow(/element O/);
});
