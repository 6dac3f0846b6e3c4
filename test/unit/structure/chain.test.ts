/** What atoms measure along their chain, through the faces of a cell. */
import { expect, test } from 'vitest';
import { kindOfChain, measureAtoms } from '../../../engine/structure/chain';

const open = [false, false, false] as const;
const bulk = [true, true, true] as const;

test('a distance, an angle and a dihedral by hand', () => {
  // Along x, along y, up z: right angles, and a quarter turn.
  const positions = Float64Array.from([1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 2, 3]);
  const structure = { positions, periodic: open };
  expect(measureAtoms(structure, [1, 2])).toBe(2);
  expect(measureAtoms(structure, [0, 2])).toBeCloseTo(Math.sqrt(5), 12);
  expect(measureAtoms(structure, [0, 1, 2])).toBeCloseTo(90, 12);
  expect(measureAtoms(structure, [1, 0, 2])).toBeCloseTo((Math.atan(2) * 180) / Math.PI, 12);
  expect(measureAtoms(structure, [0, 1, 2, 3])).toBeCloseTo(-90, 12);
  expect(measureAtoms(structure, [3, 2, 1, 0])).toBeCloseTo(-90, 12);
  expect([1, 2, 3, 4, 5].map(kindOfChain)).toEqual([undefined, 'distance', 'angle', 'dihedral', undefined]);
});

test('a molecule that a face cuts measures as whole, also in a skewed cell; atoms that are not there measure nothing', () => {
  // Water around a corner: 0.96 Å, 104.5°.
  const half = (104.5 * Math.PI) / 360;
  const [x, y] = [0.96 * Math.sin(half), 0.96 * Math.cos(half)];
  const cell = Float64Array.of(9, 0, 0, 2, 8, 0, 1, -1, 7);
  const whole = [0, 0, 0, x, y, 0, -x, y, 0];
  const cut = Float64Array.from(whole, (value, k) => value + (k > 5 ? cell[k % 3] + cell[3 + (k % 3)] : 0));
  const structure = { positions: cut, cell, periodic: bulk };
  expect(measureAtoms(structure, [0, 2])).toBeCloseTo(0.96, 10);
  expect(measureAtoms(structure, [1, 0, 2])).toBeCloseTo(104.5, 10);
  expect(measureAtoms({ ...structure, periodic: open }, [0, 2])).toBeGreaterThan(8);
  // A cell without a volume has no images.
  expect(measureAtoms({ ...structure, cell: new Float64Array(9) }, [0, 1])).toBeCloseTo(0.96, 10);
  // A slab has them along its periodic vectors, whatever stands for the third.
  const slab = {
    ...structure,
    cell: cell.map((value, i) => (i < 6 ? value : 0)),
    periodic: [true, true, false] as const,
  };
  expect(measureAtoms(slab, [0, 2])).toBeCloseTo(0.96, 10);
  expect(measureAtoms(slab, [1, 0, 2])).toBeCloseTo(104.5, 10);
  expect(measureAtoms(structure, [0, 3])).toBeUndefined();
  expect(measureAtoms(structure, [0])).toBeUndefined();
});
