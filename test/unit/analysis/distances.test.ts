import { expect, test } from 'vitest';
import { BIN, chooseCutoff, surveyDistances } from '../../../engine/analysis/distances';
import { createStructure, fcc, water } from '../../fixtures/structures';

test('the shells of fcc copper, a = 3.615 Å', () => {
  const survey = surveyDistances([fcc('Cu', 3.615)], ['Cu'], 6);
  expect(survey.atoms).toEqual([4]);
  expect(survey.nearest[0][0]).toBeCloseTo(3.615 / Math.SQRT2, 10);
  const shells = [...survey.counts[0][0]].flatMap((n, bin) =>
    n > 0 ? [[Math.round(bin * BIN * 100) / 100, n / 4]] : [],
  );
  expect(shells).toEqual([
    [2.54, 12],
    [3.6, 6],
    [4.42, 24],
    [5.1, 12],
    [5.7, 24],
  ]);
});

test('a cutoff takes in about 35 neighbours and ends between shells', () => {
  const { cutoff, neighbors } = chooseCutoff(surveyDistances([fcc('Cu', 3.615)], ['Cu'], 6.5), ['Cu']);
  // 42 neighbours up to the third shell at 4.427 Å, 54 from 5.112 Å on.
  expect(neighbors).toBe(42);
  expect(cutoff).toBeGreaterThan(4.52);
  expect(cutoff).toBeLessThan(5.1);
});

test('between the bounds, whatever the density; hydrogen counts only where there is nothing else', () => {
  const choose = (symbols: readonly string[], structure: Parameters<typeof surveyDistances>[0]) =>
    chooseCutoff(surveyDistances(structure, symbols, 6.5), symbols).cutoff;
  expect(choose(['H', 'O'], [water])).toBe(6.5);
  expect(choose(['Ne'], [fcc('Ne', 2)])).toBeLessThan(4.4);
  const dense = fcc('H', 2.6);
  const hydrogen = choose(['H'], [dense]);
  expect(hydrogen).toBeLessThan(4.4);
  const mixed = createStructure(['O', 'H', 'H', 'H'], [...dense.positions], [...(dense.cell ?? [])]);
  expect(choose(['H', 'O'], [mixed])).toBeGreaterThan(hydrogen + 0.8);
});

test('a cutoff that is given stays', () => {
  const survey = surveyDistances([fcc('Cu', 3.615)], ['Cu'], 4);
  expect(chooseCutoff(survey, ['Cu'], 4)).toEqual({ cutoff: 4, neighbors: 18 });
});

test('elements without neighbours are told', () => {
  const atom = createStructure(['He'], [0, 0, 0]);
  const { nearest, atoms } = surveyDistances([water, atom], ['H', 'He', 'O'], 6);
  expect(atoms).toEqual([2, 1, 1]);
  expect(nearest[1]).toEqual([Infinity, Infinity, Infinity]);
  expect(nearest[0][2]).toBeCloseTo(0.9572, 12);
  expect(nearest[2][0]).toBe(nearest[0][2]);
});
