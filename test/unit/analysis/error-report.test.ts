import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addPrediction, startComparison } from '../../../engine/analysis/comparison';
import { bootstrapRmse, reportErrors } from '../../../engine/analysis/error-report';
import { summarize } from '../../../engine/analysis/errors';
import { createRandom } from '../../../engine/random';
import type { LabelledStructure } from '../../../engine/structure/structure';
import { decodeColumns, encodeColumns } from '../../../protocol/columns';
import { decodeParity, encodeParity, type Parity } from '../../../protocol/parity';
import { ISOLATED, numberOf } from '../../fixtures/structures';

interface Given {
  readonly symbols: readonly string[];
  readonly type?: string;
  readonly set: 0 | 1;
  readonly energy?: number;
  readonly forces?: boolean;
}

/** A dataset whose references are zero, predicted with normal errors: 0.1 eV in energies, 1 eV/Å in forces. */
function compare(given: readonly Given[], seed = 1): Parity {
  const structures = given.map(({ symbols, type, energy, forces }, frame): LabelledStructure => ({
    numbers: Uint8Array.from(symbols, numberOf),
    positions: new Float64Array(3 * symbols.length),
    periodic: ISOLATED,
    energy,
    forces: forces === true ? new Float64Array(3 * symbols.length) : undefined,
    source: { file: '/a.xyz', frame },
    configType: type,
  }));
  const comparison = startComparison(
    structures,
    Uint8Array.from(given, ({ set }) => set),
  );
  const random = createRandom(seed, 'errors');
  structures.forEach(({ numbers, energy }, s) => {
    const forces = Float64Array.from({ length: 3 * numbers.length }, () => random.normal());
    const predicted = (energy ?? 0) + 0.1 * random.normal() * numbers.length;
    addPrediction(comparison, s, { energy: predicted, forces, virial: new Float64Array(9) });
  });
  return comparison.parity;
}

const arbitraryDataset = fc.array(
  fc.record({
    symbols: fc.array(fc.constantFrom('H', 'O', 'Si'), { minLength: 1, maxLength: 4 }),
    type: fc.constantFrom(undefined, 'bulk', 'surface'),
    set: fc.constantFrom<0 | 1>(0, 1),
    energy: fc.constantFrom(undefined, -3, 7),
    forces: fc.boolean(),
  }),
  { maxLength: 20 },
);

test('the rows of both tables add up to the whole set', () => {
  fc.assert(
    fc.property(arbitraryDataset, (given) => {
      const parity = compare(given);
      for (const set of ['train', 'test'] as const) {
        const { config_types, elements } = reportErrors(parity, set);
        const whole = summarize(parity, set);
        const structures = given.filter((one) => one.set === (set === 'train' ? 0 : 1));
        const components = structures.reduce((sum, one) => sum + (one.forces ? 3 * one.symbols.length : 0), 0);
        const energies = structures.filter(({ energy }) => energy !== undefined).length;
        const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
        expect(add(config_types.map((row) => row.structures))).toBe(whole.structures);
        expect(add(config_types.map((row) => row.atoms))).toBe(whole.atoms);
        expect(add(config_types.map((row) => row.energies))).toBe(energies);
        for (const rows of [config_types, elements]) {
          expect(add(rows.map((row) => row.forces))).toBe(components);
          const squares = add(rows.map(({ forces, force_rmse }) => forces * (force_rmse ?? 0) ** 2));
          expect(squares).toBeCloseTo(components * (whole.force_rmse ?? 0) ** 2, 9);
          const absolute = add(rows.map(({ forces, force_mae }) => forces * (force_mae ?? 0)));
          expect(absolute).toBeCloseTo(components * (whole.force_mae ?? 0), 9);
          if (components > 0)
            expect(Math.max(...rows.map((row) => row.force_max_error ?? 0))).toBe(whole.force_max_error);
        }
        const squares = add(config_types.map((row) => row.energies * (row.energy_rmse ?? 0) ** 2));
        expect(squares).toBeCloseTo(energies * (whole.energy_rmse ?? 0) ** 2, 9);
      }
    }),
    { numRuns: 50 },
  );
});

test('a table of very many config_types ends with the rest, and still adds up', () => {
  const given = Array.from({ length: 200 }, (_, i): Given => ({ symbols: ['H'], type: `t${i}`, set: 0, energy: 1 }));
  const { config_types } = reportErrors(compare(given), 'train');
  expect(config_types).toHaveLength(50);
  expect(config_types[49]).toMatchObject({ config_type: '(others)', structures: 151 });
});

test('what has no labels has no errors', () => {
  const report = reportErrors(compare([{ symbols: ['H'], set: 0, forces: true, type: 'gas' }]), 'train');
  expect(report.config_types).toMatchObject([{ config_type: 'gas', energies: 0, energy_rmse: null, forces: 3 }]);
  expect(report.energy_rmse_uncertainty).toBeNull();
  expect(report.force_rmse_uncertainty).toBeNull();
  expect(report.worst).toMatchObject([{ frame: 0, energy_error: null }]);
  expect(reportErrors(compare([]), 'test')).toMatchObject({ config_types: [], elements: [], worst: [] });
});

test('the worst structures come first, by energy or by forces in units of the RMSE', () => {
  const parity = compare(
    Array.from({ length: 30 }, (): Given => ({ symbols: ['H', 'O'], set: 0, energy: -1, forces: true })),
  );
  parity.energy.predicted[7] = parity.energy.reference[7] - 5;
  parity.force.predicted[6 * 3 + 1] = 40;
  const { worst } = reportErrors(parity, 'train');
  expect(worst).toHaveLength(10);
  expect(worst.slice(0, 2).map(({ frame }) => frame)).toEqual([7, 3]);
  expect(worst[0].energy_error).toBe(-5);
  expect(worst[1].force_rmse).toBeGreaterThan(40 / Math.sqrt(6));
});

test('the bootstrap of two structures is what all four equally likely draws say', () => {
  // Squares 1 and 9, one label each: RMSE 1 (¼), √5 (½), 3 (¼).
  const found = bootstrapRmse({ counts: Int32Array.of(1, 1), squares: Float64Array.of(1, 9) }, [0, 1]);
  const mean = 1 / 4 + Math.sqrt(5) / 2 + 3 / 4;
  const deviation = Math.sqrt((1 + 10 + 9) / 4 - mean * mean);
  expect(found?.low).toBe(1);
  expect(found?.high).toBe(3);
  expect(Math.abs((found?.standard_error ?? 0) / deviation - 1)).toBeLessThan(0.05);
});

test('for many independent normal errors the standard error is RMSE/√(2n)', () => {
  const random = createRandom(3, 'errors');
  const n = 800;
  const squares = Float64Array.from({ length: n }, () => random.normal() ** 2);
  const found = bootstrapRmse({ counts: new Int32Array(n).fill(1), squares }, [...squares.keys()]);
  const rmse = Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / n);
  const expected = rmse / Math.sqrt(2 * n);
  expect(Math.abs((found?.standard_error ?? 0) / expected - 1)).toBeLessThan(0.12);
  expect(found?.low).toBeCloseTo(rmse - 1.96 * expected, 1);
  expect(found?.high).toBeCloseTo(rmse + 1.96 * expected, 1);
});

test('labels of one structure are no independent evidence: repeating them changes nothing', () => {
  const squares = [4, 1, 9, 2, 5];
  const once = bootstrapRmse(
    { counts: Int32Array.of(1, 1, 1, 1, 1), squares: Float64Array.from(squares) },
    [0, 1, 2, 3, 4],
  );
  const often = bootstrapRmse(
    { counts: Int32Array.of(50, 50, 50, 50, 50), squares: Float64Array.from(squares, (s) => 50 * s) },
    [0, 1, 2, 3, 4],
  );
  expect(often?.standard_error).toBeCloseTo(once?.standard_error ?? 0, 12);
});

test('parity files keep config_types and elements; older ones are read without them', () => {
  const parity = compare([
    { symbols: ['H', 'O'], type: 'a', set: 0, energy: 1, forces: true },
    { symbols: ['Si'], set: 1, energy: 1, forces: true },
  ]);
  expect(decodeParity(encodeParity(parity))).toEqual(parity);
  expect(Array.from(parity.force.element)).toEqual([1, 1, 1, 8, 8, 8, 14, 14, 14]);
  const columns = decodeColumns(encodeParity(parity))?.columns ?? {};
  const { structure_config_type: _, force_element: __, ...older } = columns;
  expect(decodeParity(encodeColumns({ meta: { kind: 'parity', files: parity.files }, columns: older }))).toEqual({
    ...parity,
    configTypes: [],
    structureConfigType: Int32Array.of(-1, -1),
    force: { ...parity.force, element: new Uint8Array(9) },
  });
  const spread = (rows: number): Float64Array => Float64Array.from({ length: rows }, (_, k) => k / 8);
  const committee = {
    ...parity,
    energy: { ...parity.energy, spread: spread(2) },
    force: { ...parity.force, spread: spread(9) },
  };
  expect(decodeParity(encodeParity(committee))).toEqual(committee);
  for (const wrong of [spread(3), Float64Array.of(0.1, -1)])
    expect(decodeParity(encodeParity({ ...parity, energy: { ...parity.energy, spread: wrong } }))).toBeUndefined();
  const wrong = { ...parity, structureConfigType: Int32Array.of(0, 1) };
  expect(decodeParity(encodeParity(wrong))).toBeUndefined();
});
