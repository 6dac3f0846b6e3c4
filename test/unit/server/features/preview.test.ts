import { expect, test } from 'vitest';
import { previewOf } from '../../../../server/features/preview';
import { analysisOf, knownFilesOf } from '../fixture';

const TEXT = `potential p {
  elements = [H, O]
  cutoff = 5 Å
  cutoff_function = cos
  radial H O { eta = [4, 1] Å^-2; shift = 1 Å }
  angular { kind = wide; eta = 0.1 Å^-2; lambda = [-1, 1]; zeta = [1, 4] }
}
dataset d { files = ["a.xyz"] }
`;

test('curves are what the formulas say', () => {
  const preview = previewOf(analysisOf(TEXT), 'p');
  const { reach = NaN, radial = [], angularRadial = [], angular = [], cutoffFunction } = preview ?? {};
  expect(reach).toBeCloseTo(5.25, 12);
  const at = (values: readonly number[] = [], r = 0): number => values[Math.round((r / reach) * (values.length - 1))];
  const cos = (r: number): number => (r < 5 ? (Math.cos((Math.PI * r) / 5) + 1) / 2 : 0);
  // 240 steps of 5.25 Å/240: 2.1 Å is the 96th.
  expect(at(cutoffFunction?.values, 2.1)).toBeCloseTo(cos(2.1), 12);
  expect(at(cutoffFunction?.values, 5.25)).toBe(0);
  expect(radial.map(({ label, of }) => [label, of])).toEqual([
    ['η 1 Å⁻², rₛ 1 Å', ['H–O']],
    ['η 4 Å⁻², rₛ 1 Å', ['H–O']],
  ]);
  expect(at(radial[1].values, 2.1)).toBeCloseTo(Math.exp(-4 * 1.1 ** 2) * cos(2.1), 12);
  expect(angularRadial).toHaveLength(1);
  expect(angularRadial[0].of).toHaveLength(6);
  const zeta4 = angular.find(({ label }) => label === 'λ -1, ζ 4')?.values ?? [];
  // 2^(1−ζ)(1 + λ cos θ)^ζ: 0 at 0°, 1/8 at 90°, 2 at 180°.
  expect([zeta4[0], zeta4[45], zeta4[90]].map((x) => Number(x.toFixed(12)))).toEqual([0, 0.125, 2]);
  expect(preview).toMatchObject({ distributions: [], pending: false });
});

test('with data there are distributions, and what says nothing is told', () => {
  const preview = previewOf(analysisOf(TEXT, knownFilesOf('a.xyz')), 'p');
  expect(preview?.sample).toBe('over 4 of 10 structures');
  expect(preview?.distributions.map(({ pair, nearest }) => [pair, nearest])).toEqual([
    ['H–O', 1.5],
    ['O–O', 1.5],
  ]);
  for (const { values } of preview?.distributions ?? []) expect(Math.max(...values)).toBe(1);
  // Of the stub every third function is constant; a curve is if all functions that have it are.
  expect(preview?.radial.map(({ constant }) => constant)).toEqual([true, false]);
});

test('of what nobody has looked at more will be known; of what is wrong nothing', () => {
  const files = { ...knownFilesOf('a.xyz'), survey: () => undefined };
  expect(previewOf(analysisOf(TEXT, files), 'p')).toMatchObject({ pending: true, distributions: [] });
  expect(previewOf(analysisOf(TEXT.replace('5 Å', '5 eV')), 'p')).toBeUndefined();
});

test('channels of chirality are curves, and how large χ becomes is told', () => {
  const text = TEXT.replace('angular {', 'chiral O H O { eta = [0.2, 1] Å^-2; couple { range = 4 Å } }\n  angular {');
  const preview = previewOf(analysisOf(text), 'p');
  expect(preview?.channels.map(({ label, of }) => [label, of])).toEqual([
    ['η 0.2 Å⁻², rₛ 0 Å', ['O–H', 'O–O']],
    ['η 1 Å⁻², rₛ 0 Å', ['O–H', 'O–O']],
  ]);
  expect(preview?.channels[1].values[96]).toBeCloseTo(
    Math.exp(-(2.1 ** 2)) * ((Math.cos((Math.PI * 2.1) / 5) + 1) / 2),
    12,
  );
  expect(preview?.chirality).toEqual([{ center: 'O', functions: 20 }]);
  expect(preview?.radial).toHaveLength(2);
  const known = previewOf(analysisOf(text, knownFilesOf('a.xyz')), 'p');
  expect(known?.chirality[0].strength).toBeGreaterThan(0);
});
