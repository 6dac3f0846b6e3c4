import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorStatistics, selectSet, stressCorrelation, summarize } from '../../../engine/analysis/errors';
import type { Parity } from '../../../protocol/parity';

const f64 = (...values: number[]): Float64Array => Float64Array.from(values);

test('statistics of a small example by hand', () => {
  // residuals 1, −1, 2, 0; mean of the reference 2.5, variation 5
  const statistics = errorStatistics(f64(1, 2, 3, 4), f64(2, 1, 5, 4));
  expect(statistics).toEqual({ count: 4, rmse: Math.sqrt(6 / 4), mae: 1, maximum: 2, bias: 0.5, r2: 1 - 6 / 5 });
});

test('a selection is the same as the selected columns alone', () => {
  const reference = f64(1, 2, 3, 4, 5);
  const predicted = f64(1.5, 2, 9, 4.25, 5);
  expect(errorStatistics(reference, predicted, [0, 1, 3])).toEqual(errorStatistics(f64(1, 2, 4), f64(1.5, 2, 4.25)));
});

test('nothing to compare is null, not zero', () => {
  expect(errorStatistics(f64(), f64())).toBeNull();
  expect(errorStatistics(f64(1), f64(1), [])).toBeNull();
  expect(errorStatistics(f64(1, 2), f64(1, NaN))).toBeNull();
  expect(errorStatistics(f64(3, 3), f64(3, 4))?.r2).toBeNull();
  expect(errorStatistics(f64(0.1 + 0.2, 0.3), f64(0.3, 0.3))?.r2).toBeNull();
});

test('a large common offset does not spoil R²', () => {
  const reference = Float64Array.from({ length: 1000 }, (_, i) => -1000 + 1e-3 * Math.sin(i));
  const predicted = reference.map((e, i) => e + 1e-5 * Math.cos(7 * i));
  expect(errorStatistics(reference, predicted)?.r2).toBeCloseTo(1 - 1e-4, 6);
});

test('bias ≤ MAE ≤ RMSE ≤ maximum', () => {
  const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 50 }), (rows) => {
      const s = errorStatistics(
        Float64Array.from(rows, (r) => r[0]),
        Float64Array.from(rows, (r) => r[1]),
      );
      expect(s).not.toBeNull();
      if (s === null) return;
      const slack = 1e-9;
      expect(Math.abs(s.bias)).toBeLessThanOrEqual(s.mae + slack);
      expect(s.mae).toBeLessThanOrEqual(s.rmse + slack);
      expect(s.rmse).toBeLessThanOrEqual(s.maximum + slack);
    }),
  );
});

const parity: Parity = {
  files: ['/a.xyz'],
  structureFile: Int32Array.of(0, 0, 0),
  structureFrame: Int32Array.of(0, 1, 2),
  structureAtoms: Int32Array.of(1, 2, 1),
  structureSet: Uint8Array.of(0, 1, 0),
  configTypes: ['liquid'],
  structureConfigType: Int32Array.of(0, -1, 0),
  // Structure 2 has no energy, structure 0 no forces.
  energy: { structure: Int32Array.of(0, 1), reference: f64(-1, -2), predicted: f64(-1.5, -2.25) },
  force: {
    structure: Int32Array.of(1, 1, 2),
    atom: Int32Array.of(0, 1, 0),
    element: Uint8Array.of(1, 8, 1),
    component: Uint8Array.of(0, 2, 1),
    reference: f64(1, 2, 3),
    predicted: f64(1, 3, 3.5),
  },
  stress: {
    structure: Int32Array.of(2, 2),
    component: Uint8Array.of(0, 5),
    reference: f64(0.1, -0.2),
    predicted: f64(0.4, 0.2),
  },
};

test('sets are selected by structure', () => {
  expect(selectSet(parity, 'train')).toEqual({
    energy: Int32Array.of(0),
    force: Int32Array.of(2),
    stress: Int32Array.of(0, 1),
  });
  expect(selectSet(parity, 'test')).toEqual({
    energy: Int32Array.of(1),
    force: Int32Array.of(0, 1),
    stress: new Int32Array(0),
  });
});

test('the summary of a run', () => {
  expect(summarize(parity, 'train')).toEqual({
    structures: 2,
    atoms: 2,
    energy_rmse: 0.5,
    energy_mae: 0.5,
    force_rmse: 0.5,
    force_mae: 0.5,
    force_max_error: 0.5,
    energy_r2: null,
    force_r2: null,
    stress_rmse: Math.sqrt(0.125),
    stress_mae: expect.closeTo(0.35, 12) as number,
  });
  expect(summarize(parity, 'test')).toEqual({
    structures: 1,
    atoms: 2,
    energy_rmse: 0.25,
    energy_mae: 0.25,
    force_rmse: Math.SQRT1_2,
    force_mae: 0.5,
    force_max_error: 1,
    energy_r2: null,
    force_r2: 1 - 1 / 0.5,
    stress_rmse: null,
    stress_mae: null,
  });
  const none = { ...parity, structureSet: Uint8Array.of(0, 0, 0) };
  expect(summarize(none, 'test')).toMatchObject({ structures: 0, atoms: 0, energy_rmse: null, force_max_error: null });
});

test('stresses of the other sign have a negative correlation', () => {
  const stress = (sign: number, structures = 6) => {
    const rows = 6 * structures;
    const reference = Float64Array.from({ length: rows }, (_, row) => Math.sin(row));
    return {
      structure: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 6)),
      component: Uint8Array.from({ length: rows }, (_, row) => row % 6),
      reference,
      predicted: reference.map((value, row) => sign * value + 0.1 * Math.cos(3 * row) + 5),
    };
  };
  expect(stressCorrelation({ stress: stress(1) })).toBeGreaterThan(0.9);
  expect(stressCorrelation({ stress: stress(-1) })).toBeLessThan(-0.9);
  // Too few, or none: nothing is said.
  expect(stressCorrelation({ stress: stress(-1, 3) })).toBeUndefined();
  expect(stressCorrelation({ stress: stress(-1, 0) })).toBeUndefined();
});
