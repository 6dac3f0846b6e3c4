/** Signed volumes and the functions made of them: reference numbers, mirrors, rotations, permutations. Å. */
import { describe, expect, test } from 'vitest';
import { negligibleRange } from '../../../engine/descriptors/chirality';
import { createStatistics, addSample, fitScaling } from '../../../engine/descriptors/scaling';
import { computeDescriptorValues } from '../../../engine/descriptors/symmetry-functions';
import { buildNeighborList } from '../../../engine/structure/neighbors';
import type { Structure } from '../../../engine/structure/structure';
import { channelsOf, expandChiral, type ChiralBlock } from '../../../language/definition/chirality';
import type { DescriptorFunction } from '../../../engine/descriptors/function-types';
import { bromochlorofluoromethane as molecule, hydrogenPeroxide } from '../../fixtures/chirality';
import { applyMatrix, ethanol, maximumDifference, randomRotation } from '../../fixtures/structures';
import { chiralKinds, everyKind } from '../../fixtures/symmetry-functions';

const block: ChiralBlock = {
  kind: 'chiral',
  elements: ['C', 'F', 'Cl', 'Br'],
  etas: [0.2],
  shifts: [0],
  cutoff: 6,
  parity: 'broken',
  couplings: [],
};
const even: ChiralBlock = { ...block, parity: 'even' };

const mirror = Float64Array.of(1, 0, 0, 0, -1, 0, 0, 0, 1);
const inversion = Float64Array.of(-1, 0, 0, 0, -1, 0, 0, 0, -1);

function valuesOf(structure: Structure, functions: Record<string, readonly DescriptorFunction[]>, reach = 6) {
  return computeDescriptorValues(structure, buildNeighborList(structure, reach), functions, 'cos');
}

/** Of the first atom. */
function ofCarbon(structure: Structure, one: ChiralBlock): Float64Array {
  const functions = { H: [], C: expandChiral(one, ['H', 'C', 'F', 'Cl', 'Br']), F: [], Cl: [], Br: [] };
  return valuesOf(structure, functions)[0];
}

describe('T-CHI-2: CHFClBr', () => {
  test('has the reference value, and its mirror image the negative one', () => {
    const [chi] = ofCarbon(molecule, block);
    expect(Math.abs(chi + 0.07278537062613)).toBeLessThan(1e-15);
    for (const matrix of [mirror, inversion]) expect(ofCarbon(applyMatrix(molecule, matrix), block)[0]).toBe(-chi);
    expect(ofCarbon(molecule, even)[0]).toBe(chi * chi);
  });

  test('the order of elements in the text does not matter', () => {
    const [chi] = ofCarbon(molecule, block);
    expect(ofCarbon(molecule, { ...block, elements: ['C', 'Br', 'F', 'Cl'] })[0]).toBe(chi);
  });

  test('channels with the same Gaussian are one, and fewer than three make no volume', () => {
    expect(channelsOf({ ...block, elements: ['C', 'F', 'F', 'Cl'] }, [])).toHaveLength(2);
    expect(expandChiral({ ...block, elements: ['C', 'F', 'F', 'Cl'] }, [])).toEqual([]);
    // Without an exponential the shift says nothing.
    expect(channelsOf({ ...block, etas: [0], shifts: [0, 1] }, [])).toHaveLength(3);
  });
});

test('T-CHI-1: even functions are the same in the mirror, bit by bit', () => {
  for (const structure of [molecule, ethanol, hydrogenPeroxide(111.5)]) {
    const kinds = chiralKinds(structure.numbers, 5);
    const functions = Object.fromEntries(
      Object.entries(kinds).map(([symbol, list]) => [
        symbol,
        [...everyKind(structure.numbers, 5)[symbol], ...list.filter(({ volumes }) => volumes.length === 2)],
      ]),
    );
    const reference = valuesOf(structure, functions);
    for (const matrix of [mirror, inversion]) {
      const reflected = valuesOf(applyMatrix(structure, matrix), functions);
      reference.forEach((row, i) => expect(maximumDifference(reflected[i], row)).toBe(0));
    }
  }
});

test('T-CHI-3: rotations change nothing, improper ones the sign; equal atoms may change places', () => {
  const functions = chiralKinds(ethanol.numbers, 5);
  const lists = Array.from(ethanol.numbers, (number) => functions[{ 1: 'H', 6: 'C', 8: 'O' }[number] ?? '']);
  const reference = valuesOf(ethanol, functions);
  const scale = Math.max(...reference.flatMap((row) => [...row].map(Math.abs)));
  for (let seed = 0; seed < 20; seed++) {
    const improper = seed % 2 === 1;
    const rotated = valuesOf(applyMatrix(ethanol, randomRotation(seed, improper)), functions);
    reference.forEach((row, i) => {
      const expected = row.map((value, s) => (improper && lists[i][s].volumes.length === 1 ? -value : value));
      expect(maximumDifference(rotated[i], expected)).toBeLessThan(1e-14 * scale);
    });
  }
  const positions = ethanol.positions.slice();
  positions.set(ethanol.positions.subarray(9, 12), 21);
  positions.set(ethanol.positions.subarray(21, 24), 9);
  const swapped = valuesOf({ ...ethanol, positions }, functions);
  [0, 1, 2, 7, 4, 5, 6, 3, 8].forEach((from, to) => expect(swapped[to]).toEqual(reference[from]));
});

test('T-CHI-4: hydrogen peroxide turns its hand with the torsion angle', () => {
  const volume = (degrees: number): number => {
    const r = hydrogenPeroxide(degrees).positions;
    const bond = (from: number, to: number): number[] => [0, 1, 2].map((axis) => r[3 * to + axis] - r[3 * from + axis]);
    // H O O H
    const [a, b, c] = [bond(0, 1), bond(1, 2), bond(2, 3)];
    return a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  };
  expect(volume(60)).toBeCloseTo(1.120937055, 9);
  expect(volume(111.5)).toBeCloseTo(1.2042828351, 9);
  expect(volume(-111.5)).toBeCloseTo(-1.2042828351, 9);
  // Four atoms are seen by one of them: two channels of H (its own and the far one) and one of O.
  const functions = { H: [], O: expandChiral({ ...block, elements: ['O', 'H', 'O'], etas: [0.2, 1] }, []) };
  const chi = (degrees: number): Float64Array => valuesOf(hydrogenPeroxide(degrees), functions)[1];
  expect(chi(60)).toHaveLength(4);
  for (const flat of [0, 180]) expect(Math.max(...chi(flat).map(Math.abs))).toBeLessThan(1e-15);
  for (const [s, value] of chi(111.5).entries()) {
    expect(chi(-111.5)[s]).toBeCloseTo(-value, 14);
  }
  expect(Math.max(...chi(111.5).map(Math.abs))).toBeGreaterThan(0.01);
});

test('what a plane of symmetry leaves is rounding, and is not scaled up', () => {
  const functions = { H: [], O: expandChiral({ ...even, elements: ['O', 'H', 'O'], etas: [0.2, 1] }, []) };
  const statistics = createStatistics(functions.O.length);
  for (let seed = 0; seed < 20; seed++) {
    const values = valuesOf(applyMatrix(hydrogenPeroxide(180), randomRotation(seed)), functions);
    addSample(statistics, values[1]);
  }
  const { scaling, constant } = fitScaling('range', statistics, functions.O.map(negligibleRange));
  expect(constant).toHaveLength(functions.O.length);
  expect(scaling.factor.every((factor) => factor === 0)).toBe(true);
});
