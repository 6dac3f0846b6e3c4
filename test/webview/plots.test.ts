/** The plots' arithmetic: ticks, density, parity rows, and how numbers are written. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GIGAPASCAL } from '../../engine/structure/voigt';
import { forcesOf, predictionsOf, type Parity } from '../../protocol/parity';
import {
  fileName,
  formatBeside,
  formatCount,
  formatDuration,
  formatScientific,
  formatSeconds,
  formatNumber,
  formatTick,
  formatTime,
  formula,
} from '../../webview/format';
import { bin } from '../../webview/plots/density';
import { align, smooth } from '../../webview/plots/points';
import { coordinatesOf } from '../../webview/plots/coordinates';
import { groupRows } from '../../webview/plots/groups';
import { rangeOf, rowsOf, widen, worstRows } from '../../webview/plots/parity-rows';
import { labelledOnLogAxis, logTicks, niceTicks } from '../../webview/plots/ticks';

const real = (minimum: number, maximum: number): fc.Arbitrary<number> =>
  fc.double({ min: minimum, max: maximum, noNaN: true });

describe('ticks', () => {
  test('lie inside, are even, tell each other apart, and are about as many as asked for', () => {
    fc.assert(
      fc.property(real(-1e4, 1e4), real(1e-3, 1e4), fc.integer({ min: 2, max: 12 }), (low, span, count) => {
        const { values, decimals } = niceTicks(low, low + span, count);
        expect(values.length).toBeLessThanOrEqual(count + 2);
        expect(values.length).toBeGreaterThanOrEqual(Math.floor(count / 3));
        expect(new Set(values.map((each) => each.toFixed(decimals))).size).toBe(values.length);
        for (const each of values) {
          expect(each).toBeGreaterThanOrEqual(low - 1e-6 * span);
          expect(each).toBeLessThanOrEqual(low + span * (1 + 1e-6));
        }
      }),
      { seed: 5 },
    );
  });

  test('there are none for ranges without width or with infinite ends', () => {
    for (const [low, high] of [
      [1, 1],
      [2, 1],
      [0, Infinity],
      [NaN, 1],
      [1e20, 1e20 + 1e4],
    ])
      expect(niceTicks(low, high, 5).values).toEqual([]);
  });

  test('logarithmic lines are digits times powers of ten, exactly', () => {
    expect(logTicks(0.25, 21)).toEqual([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20]);
    expect(logTicks(0, 1)).toEqual([]);
    expect(logTicks(0.25, 21).filter((each) => labelledOnLogAxis(each, 0.25, 21))).toEqual([0.5, 1, 2, 5, 10, 20]);
    expect(logTicks(1e-4, 1).filter((each) => labelledOnLogAxis(each, 1e-4, 1))).toEqual([1e-4, 1e-3, 0.01, 0.1, 1]);
  });
});

describe('points of curves', () => {
  test('curves with places of their own meet at all places, and lose nothing', () => {
    const { x, ys } = align([
      { x: [1, 2, 4], y: [10, null, 30] },
      { x: [2, 3], y: [5, 6] },
    ]);
    expect(x).toEqual([1, 2, 3, 4]);
    expect(ys).toEqual([
      [10, null, null, 30],
      [null, 5, 6, null],
    ]);
    const places = [1, 2];
    expect(align([{ x: places, y: [3, 4] }]).x).toBe(places);
    expect(align([])).toEqual({ x: [], ys: [] });
  });

  test('smoothing keeps constants, gaps and the first value, and follows the average of its definition', () => {
    expect(smooth([3, null, 3, 3], 0.9, false).map((each) => each?.toFixed(9))).toEqual([
      '3.000000000',
      undefined,
      '3.000000000',
      '3.000000000',
    ]);
    // (0.5·0.5·1 + 0.5·4) / (1 − 0.5²)
    expect(smooth([1, 4], 0.5, false)[1]).toBeCloseTo(3, 12);
    expect(smooth([1, 16], 0.5, true)[1]).toBeCloseTo(16 ** (2 / 3), 12);
    expect(smooth([1, 4], 0, false)).toEqual([1, 4]);
  });
});

const parity: Parity = {
  files: ['/a/b.xyz'],
  structureFile: Int32Array.of(0, 0),
  structureFrame: Int32Array.of(4, 9),
  structureAtoms: Int32Array.of(1, 2),
  structureSet: Uint8Array.of(0, 1),
  configTypes: [],
  structureConfigType: Int32Array.of(-1, -1),
  energy: {
    structure: Int32Array.of(0, 1),
    reference: Float64Array.of(-1, -2),
    predicted: Float64Array.of(-1.5, -2.25),
  },
  force: {
    structure: Int32Array.of(0, 0, 0, 1, 1),
    atom: Int32Array.of(0, 0, 0, 1, 1),
    element: Uint8Array.of(1, 1, 1, 8, 8),
    component: Uint8Array.of(0, 1, 2, 0, 2),
    reference: Float64Array.of(1, 2, 3, 4, 5),
    predicted: Float64Array.of(1.5, 2, 2, 4.25, 8),
  },
  stress: {
    structure: new Int32Array(0),
    component: new Uint8Array(0),
    reference: new Float64Array(0),
    predicted: new Float64Array(0),
  },
};

describe('parity rows', () => {
  test('carry their set and its statistics', () => {
    const rows = groupRows(parity, rowsOf(parity, 'force'), 'set');
    expect([...rows.set]).toEqual([0, 0, 0, 1, 1]);
    const [train, tested, validation] = rows.statistics;
    expect(train?.count).toBe(3);
    expect(tested?.maximum).toBe(3);
    expect(validation).toBeNull();
    expect(train?.rmse).toBeCloseTo(Math.sqrt(1.25 / 3), 12);
  });

  test('are told apart by element, config_type and file, without those of hidden sets', () => {
    const forces = rowsOf(parity, 'force');
    const elements = groupRows(parity, forces, 'element');
    expect(elements.groups).toEqual(['H', 'O']);
    expect([...elements.group]).toEqual([0, 0, 0, 1, 1]);
    expect(elements.statistics.map((each) => each?.count)).toEqual([3, 2]);
    const shown = groupRows(parity, forces, 'element', ['test']);
    expect([...shown.group]).toEqual([0, 0, 0, 2, 2]);
    expect(shown.statistics[1]).toBeNull();
    // Energies belong to no element.
    expect(groupRows(parity, rowsOf(parity, 'energy'), 'element').groups).toEqual(['train', 'test', 'validation']);
    expect(groupRows(parity, forces, 'file').groups).toEqual(parity.files.map(fileName));
    expect(groupRows(parity, forces, 'config_type').groups).toHaveLength(1);
  });

  test('of lengths and angles: atoms with all components; what has no row is counted', () => {
    const norms = rowsOf(parity, 'norm');
    expect([...(norms.atom ?? [])]).toEqual([0]);
    expect(norms.reference[0]).toBeCloseTo(Math.sqrt(14), 12);
    expect(norms.predicted[0]).toBeCloseTo(Math.sqrt(1.5 ** 2 + 8), 12);
    const atoms = parity.structureAtoms.reduce((sum, each) => sum + each, 0);
    expect(norms.absent).toBe(atoms - 1);
    expect(rowsOf(parity, 'force').absent).toBe(3 * atoms - 5);
    const [angle] = rowsOf(parity, 'angle').error;
    expect(angle).toBeCloseTo((Math.acos(11.5 / Math.sqrt(14 * (1.5 ** 2 + 8))) * 180) / Math.PI, 9);
  });

  test('angles are exact where vectors are nearly parallel, and there is none of a force that is zero', () => {
    const vector = (reference: number[], predicted: number[]) =>
      rowsOf(
        {
          ...parity,
          structureAtoms: Int32Array.of(1, 0),
          force: {
            structure: new Int32Array(3),
            atom: new Int32Array(3),
            element: new Uint8Array(3),
            component: Uint8Array.of(0, 1, 2),
            reference: Float64Array.from(reference),
            predicted: Float64Array.from(predicted),
          },
        },
        'angle',
      );
    expect(vector([1, 0, 0], [1, 1e-9, 0]).error[0]).toBeCloseTo((1e-9 * 180) / Math.PI, 18);
    expect(vector([0, 0, 2], [0, 0, -1]).error[0]).toBe(180);
    expect(vector([0, 0, 0], [0, 1, 0])).toMatchObject({ count: 0, absent: 1 });
  });

  test('stresses are shown in GPa', () => {
    const stress = {
      structure: Int32Array.of(0),
      component: Uint8Array.of(5),
      reference: Float64Array.of(0.01),
      predicted: Float64Array.of(0.02),
    };
    const { reference, error } = rowsOf({ ...parity, stress }, 'stress');
    expect([reference[0], error[0]]).toEqual([0.01 * GIGAPASCAL, 0.02 * GIGAPASCAL - 0.01 * GIGAPASCAL]);
  });

  test('a committee: errors against standard deviations, as logarithms of the shown unit', () => {
    const spread = Float64Array.of(0.1, 1, 0, 0.01, 10);
    const { x, y, guides } = coordinatesOf(
      rowsOf({ ...parity, force: { ...parity.force, spread } }, 'force'),
      'calibration',
    );
    expect([...x].map((each) => Math.round(1e6 * each) / 1e6)).toEqual([2, 3, -Infinity, 1, 4]);
    expect(y[0]).toBeCloseTo(Math.log10(500), 12);
    expect(y[1]).toBe(-Infinity);
    expect(guides.map(({ slope }) => slope)).toEqual([1, 1]);
  });

  test('forces of a structure; what has no row is no number, not zero', () => {
    const { reference, predicted } = forcesOf(parity, 1);
    expect([...reference]).toEqual([NaN, NaN, NaN, 4, NaN, 5]);
    expect([...predicted]).toEqual([NaN, NaN, NaN, 4.25, NaN, 8]);
    // Columns are whole or none.
    expect(predictionsOf(parity, 1).columns).toEqual({});
  });

  test('the worst rows are those of sorting, whatever the data', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(real(-5, 5), real(-5, 5), fc.integer({ min: 0, max: 1 })), { maxLength: 300 }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (data, most, test) => {
          const rows = {
            count: data.length,
            error: Float64Array.from(data, ([reference, predicted]) => predicted - reference),
            group: Uint8Array.from(data, ([, , set]) => set),
          };
          const error = (row: number): number => Math.abs(data[row][1] - data[row][0]);
          const expected = [...data.keys()]
            .filter((row) => data[row][2] === 0 || test)
            .sort((a, b) => error(b) - error(a))
            .slice(0, most);
          expect([...worstRows(rows, [true, test], most)].map(error)).toEqual(expected.map(error));
        },
      ),
      { seed: 11 },
    );
  });

  test('ranges ignore what is not finite and always have width', () => {
    expect(rangeOf(Float64Array.of(NaN, 2), Float64Array.of(-1, Infinity))).toEqual({ low: -1, high: 2 });
    expect(rangeOf(Float64Array.of(NaN))).toBeUndefined();
    const { low, high } = widen({ low: -34, high: -34 });
    expect(high).toBeGreaterThan(low);
  });
});

test('every visible point inside of the picture is counted once, in its pixel', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(real(-2, 2), real(-2, 2), fc.integer({ min: 0, max: 1 })), { maxLength: 200 }),
      (data) => {
        const x = Float64Array.from(data, ([each]) => each);
        const y = Float64Array.from(data, ([, each]) => each);
        const set = Uint8Array.from(data, ([, , each]) => each);
        const bins = bin(
          data.length,
          x,
          y,
          set,
          [true, false],
          { offset: -1, scale: 5 },
          { offset: 1, scale: -5 },
          10,
          10,
        );
        const inside = data.filter(([px, py, s]) => s === 0 && px >= -1 && px < 1 && py <= 1 && py > -1);
        expect(bins.inside).toBe(inside.length);
        expect(bins.counts.reduce((sum, each) => sum + each, 0)).toBe(inside.length);
        expect(bins.largest).toBe(Math.max(0, ...bins.counts));
        for (const [px, py] of inside)
          expect(bins.counts[Math.floor((1 - py) * 5) * 10 + Math.floor((px + 1) * 5)]).toBeGreaterThan(0);
      },
    ),
    { seed: 13 },
  );
});

describe('numbers for people', () => {
  test('a mean has the decimals of what it belongs to', () => {
    expect(formatBeside(-1.46e-5, 48.35)).toBe('0.0');
    expect(formatBeside(-0.0851, 1.46)).toBe('−0.09');
    expect(formatBeside(12.34, 2488)).toBe('12');
    expect(formatBeside(1.234e-7, 2e-6)).toBe('1.23e−7');
    expect(formatBeside(0, 0)).toBe('0');
  });

  test('marks of axes have no zeros at their end', () => {
    expect([0, 1, 100, 0.25, 1e-5, 2.5e-7, -1e-5, 3e8].map(formatTick)).toEqual(
      ['0', '1', '100', '0.25', '1e−5', '2.5e−7', '−1e−5', '3e+8'], // prettier-ignore
    );
  });

  test('digits, counts, times, formulas, names', () => {
    expect([0, 0.03125, 1234.5, -0.5, 1.2e-7, NaN, undefined, null].map((each) => formatNumber(each, 3))).toEqual([
      '0',
      '0.0313',
      '1235',
      '−0.500',
      '1.20e−7',
      '–',
      '–',
      '–',
    ]);
    expect(formatCount(1234567)).toBe('1\u202f234\u202f567');
    expect([3.21, 59.7, 250, 7500, 100_000, -1].map(formatDuration)).toEqual([
      '3.2 s',
      '1 min 00 s',
      '4 min 10 s',
      '2 h 05 min',
      '1 d 4 h',
      '–',
    ]);
    expect([2, 0.5, 7.7e-10, 1e-3, 2.5e-13, 90].map(formatSeconds)).toEqual([
      '2.00 s',
      '500 ms',
      '770 ps',
      '1.00 ms',
      '250 fs',
      '1 min 30 s',
    ]);
    expect(formatScientific(1.298e9, 1.2e8)).toBe('(1.30 ± 0.12) × 10⁹');
    expect(formatScientific(-4e-12, 1e-13)).toBe('(−4.00 ± 0.10) × 10⁻¹²');
    expect([formatScientific(3, 0.5), formatScientific(0, 0)]).toEqual(['3.00 ± 0.50', '0']);
    expect(formatScientific(0, 2e9)).toBe('(0.00 ± 2.00) × 10⁹');
    expect([12, 12_500, 3e6].map(formatTime)).toEqual(['12.0 fs', '12.50 ps', '3.000 ns']);
    expect(formula(Uint8Array.of(8, 6, 1, 1, 6, 1, 1, 1, 1))).toBe('C₂H₆O');
    expect(formula(Uint8Array.of(8, 1, 1))).toBe('H₂O');
    expect([fileName('/a/b.xyz'), fileName('C:\\a\\b.xyz'), fileName('b.xyz')]).toEqual(['b.xyz', 'b.xyz', 'b.xyz']);
  });
});
