import { expect, test } from 'vitest';
import { surveyDistances } from '../../../engine/analysis/distances';
import { candidateFunctions } from '../../../engine/descriptors/candidates';
import { compareFunctions } from '../../../language/definition/expansion';
import { ethanol, fcc, water } from '../../fixtures/structures';

test('radial Gaussians cover the distances, angular ones the triples', () => {
  const functions = candidateFunctions(surveyDistances([fcc('Cu', 3.615)], ['Cu'], 5), ['Cu'], 5);
  const shifts = functions.flatMap((one) => (one.type === 2 && one.shift > 0 ? [one] : []));
  expect(shifts[0].shift).toBeCloseTo(3.615 / Math.SQRT2, 2);
  // Neighbouring Gaussians are as wide as they are apart.
  const width = 1 / Math.sqrt(2 * shifts[0].eta);
  for (let k = 1; k < shifts.length; k++) expect(shifts[k].shift - shifts[k - 1].shift).toBeCloseTo(width, 1);
  expect(5 - shifts[shifts.length - 1].shift).toBeCloseTo(width, 1);
  for (const type of [3, 9]) expect(functions.filter((one) => one.type === type).length).toBeGreaterThan(20);
});

test('what never occurs in the data has no functions', () => {
  const functions = candidateFunctions(surveyDistances([water], ['H', 'O'], 6), ['H', 'O'], 6);
  const pairs = new Set(functions.flatMap((one) => (one.type === 2 ? [`${one.center}${one.neighbor}`] : [])));
  expect([...pairs]).toEqual(['HH', 'HO', 'OH']);
  const triples = new Set(
    functions.flatMap((one) => (one.type === 2 ? [] : [[one.center, ...one.neighbors].join('')])),
  );
  expect([...triples]).toEqual(['HHH', 'HHO', 'HOO', 'OHH']);
});

test('they are all different, and not too many for several elements', () => {
  const symbols = ['H', 'C', 'O'];
  const functions = candidateFunctions(surveyDistances([ethanol], symbols, 6), symbols, 6);
  expect(functions.length).toBeLessThanOrEqual(1500);
  const sorted = [...functions].sort(compareFunctions);
  for (let k = 1; k < sorted.length; k++) expect(compareFunctions(sorted[k - 1], sorted[k])).toBeLessThan(0);
  // Grouped by centre, as the linear model wants them.
  const centers = functions.map(({ center }) => center).filter((center, k, all) => center !== all[k - 1]);
  expect(centers).toEqual(symbols);
});
