import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  baselineEnergy,
  fitBaseline,
  identifiability,
  latticeBasis,
  latticeCoordinates,
  minimumNormOffsets,
  offsetRow,
  solveLeastSquares,
  subtractBaseline,
} from '../../../engine/training/offset';

const rows = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 12,
  }),
);

describe('latticeBasis', () => {
  it('spans every row by integers, with the rank of the rows', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const basis = latticeBasis(given);
        expect(basis.length).toBeLessThanOrEqual(given[0].length);
        const pivots = basis.map((vector) => vector.findIndex((n) => n !== 0));
        expect([...pivots].sort((a, b) => a - b)).toEqual(pivots);
        expect(new Set(pivots).size).toBe(basis.length);
        for (const row of given) {
          const coordinates = latticeCoordinates(basis, row);
          expect(coordinates).toBeDefined();
          expect(row).toEqual(row.map((_, i) => basis.reduce((sum, v, k) => sum + (coordinates?.[k] ?? 0) * v[i], 0)));
        }
      }),
    );
  });

  it('finds the unit that compositions share', () => {
    expect(
      latticeBasis([
        [12, 6],
        [8, 4],
      ]),
    ).toEqual([[4, 2]]);
    expect(latticeCoordinates([[4, 2]], [2, 1])).toBeUndefined();
    expect(latticeCoordinates([[4, 2]], [4, 3])).toBeUndefined();
    expect(
      latticeBasis([
        [2, 1],
        [2, 2],
      ]),
    ).toHaveLength(2);
  });
});

it('solves weighted least squares to the last digits, with energies of thousands of eV', () => {
  const coordinates = [
    [3, 1],
    [2, 5],
    [1, 1],
    [7, 2],
  ];
  const exact = [-13_605.125, 1027.0625];
  const targets = coordinates.map((c) => c[0] * exact[0] + c[1] * exact[1]);
  const solved = solveLeastSquares(coordinates, targets, [1, 0.5, 2, 0.25]);
  solved.forEach((x, k) => expect(Math.abs(x - exact[k])).toBeLessThan(1e-9));
  // With a residual: the gradient is zero.
  const weights = [1, 0.5, 2, 0.25];
  const noisy = targets.map((t, s) => t + [0.3, -0.2, 0.1, 0.7][s]);
  const fit = solveLeastSquares(coordinates, noisy, weights);
  for (let k = 0; k < 2; k++) {
    const slope = coordinates.reduce(
      (g, c, s) => g + weights[s] * c[k] * (noisy[s] - c[0] * fit[0] - c[1] * fit[1]),
      0,
    );
    expect(Math.abs(slope)).toBeLessThan(1e-9);
  }
});

describe('identifiability', () => {
  const fit = (mode: 'per_element' | 'constant', compositions: number[][], references: number[], energies: number[]) =>
    fitBaseline(
      mode,
      compositions.map((c) => offsetRow(mode, c)),
      energies,
      compositions.map((c) => c.reduce((sum, n) => sum + n, 0) ** -2),
      references,
    );

  it('is rank 1 of 3 for ethanol, and the offsets are the nearest to the references', () => {
    const ethanol = [6, 2, 1];
    const references = [-10, -50, -100];
    const baseline = fit('per_element', [ethanol, ethanol, ethanol], references, [-310.2, -310, -309.8]);
    const known = identifiability(baseline, ['H', 'C', 'O']);
    expect([known.rank, known.offsets]).toEqual([1, 3]);
    expect(known.explanation).toContain('6 H + 2 C + O');
    const { offsets } = baseline;
    expect(offsets.reduce((sum, b, i) => sum + b * ethanol[i], 0)).toBeCloseTo(-310, 9);
    // The change is along the composition: no shorter one gives the same sum.
    const change = offsets.map((b, i) => (b - references[i]) / ethanol[i]);
    for (const ratio of change) expect(ratio).toBeCloseTo(change[0], 10);
  });

  it('is rank 1 of 2 for water clusters, 2 of 2 with one molecule of another composition', () => {
    const water = [
      [2, 1],
      [4, 2],
      [12, 6],
    ];
    expect(identifiability(fit('per_element', water, [0, 0], [-1, -2, -6]), ['H', 'O']).rank).toBe(1);
    const more = [...water, [2, 2]];
    const full = identifiability(fit('per_element', more, [0, 0], [-1, -2, -6, -1.5]), ['H', 'O']);
    expect(full).toEqual({ rank: 2, offsets: 2, explanation: undefined });
    expect(identifiability(fit('constant', [[2, 1]], [0], [-1]), ['H', 'O']).explanation).toBeUndefined();
  });

  it('says that nothing is known without energies', () => {
    const known = identifiability(fit('per_element', [], [-13, -432], []), ['H', 'O']);
    expect(known.rank).toBe(0);
    expect(known.explanation).toContain('no energy');
    expect(fit('per_element', [], [-13, -432], []).offsets).toEqual([-13, -432]);
  });

  it('keeps to the references for compositions that the data do not span', () => {
    const baseline = fit('per_element', [[2, 1]], [-13, -430], [-460]);
    const offsets = minimumNormOffsets([[2, 1]], [-460], [-13, -430]);
    expect(baselineEnergy(baseline, [1, 2])).toBeCloseTo(offsets[0] + 2 * offsets[1], 9);
  });
});

it('takes the same away from shifted energies, to the last bit', () => {
  const compositions = [
    [6, 2, 1],
    [12, 4, 2],
    [2, 0, 1],
    [6, 2, 1],
  ];
  const energies = [-309.98850187, -619.97123456, -137.9321, -309.1];
  const weights = compositions.map((c) => c.reduce((sum, n) => sum + n, 0) ** -2);
  const centred = (shift: number): number[] => {
    const shifted = energies.map((e, s) => e + shift * compositions[s].reduce((sum, n) => sum + n, 0));
    const baseline = fitBaseline('per_element', compositions, shifted, weights, [0, 0, 0]);
    return shifted.map((e, s) => {
      const rest = subtractBaseline(baseline, compositions[s], e);
      expect(Math.abs(rest + baselineEnergy(baseline, compositions[s]) - e)).toBeLessThan(6e-9);
      return rest;
    });
  };
  expect(centred(1000)).toEqual(centred(0));
  expect(centred(-123_456)).toEqual(centred(0));
  for (const rest of centred(0)) expect(Math.abs(rest)).toBeLessThan(2);
});
