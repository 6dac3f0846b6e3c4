/** Distributions and correlations against cases that can be worked out: ideal gas, crystal, free flight, oscillator, walk. */
import { describe, expect, test } from 'vitest';
import {
  diffusionCoefficient,
  meanSquaredDisplacement,
  unwrapFrames,
  velocityAutocorrelation,
  vibrationalSpectrum,
} from '../../../engine/analysis/correlations';
import { createDistributions } from '../../../engine/analysis/distributions';
import { autocorrelate, transformFourier } from '../../../engine/analysis/fourier';
import { createRandom } from '../../../engine/random';
import type { Structure } from '../../../engine/structure/structure';

const cube = (length: number): Float64Array => Float64Array.of(length, 0, 0, 0, length, 0, 0, 0, length);
const frame = (numbers: readonly number[], positions: Float64Array, length?: number): Structure => ({
  numbers: Uint8Array.from(numbers),
  positions,
  cell: length === undefined ? undefined : cube(length),
  periodic: length === undefined ? [false, false, false] : [true, true, true],
});

describe('Fourier transforms', () => {
  test('are the sums of their definition', () => {
    const random = createRandom(1, 'fourier');
    const re = Float64Array.from({ length: 16 }, () => random.uniform() - 0.5);
    const im = Float64Array.from({ length: 16 }, () => random.uniform() - 0.5);
    const [a, b] = [re.slice(), im.slice()];
    transformFourier(a, b);
    for (let k = 0; k < 16; k++) {
      let [sumRe, sumIm] = [0, 0];
      for (let n = 0; n < 16; n++) {
        const angle = (-2 * Math.PI * k * n) / 16;
        sumRe += re[n] * Math.cos(angle) - im[n] * Math.sin(angle);
        sumIm += re[n] * Math.sin(angle) + im[n] * Math.cos(angle);
      }
      expect(a[k]).toBeCloseTo(sumRe, 12);
      expect(b[k]).toBeCloseTo(sumIm, 12);
    }
  });

  test('give the autocorrelation of the double sum', () => {
    const random = createRandom(2, 'fourier');
    const x = Float64Array.from({ length: 21 }, () => random.uniform() - 0.5);
    autocorrelate(x).forEach((value, m) => {
      let sum = 0;
      for (let k = 0; k + m < x.length; k++) sum += x[k] * x[k + m];
      expect(value).toBeCloseTo(sum, 12);
    });
  });
});

describe('distributions', () => {
  test('of an ideal gas: g(r) = 1 for equal and for different kinds, and N(r) that of the density', () => {
    const random = createRandom(3, 'gas');
    const length = 14;
    const numbers = Array.from({ length: 200 }, (_, i) => (i < 60 ? 1 : 8));
    const distributions = createDistributions(6, 12);
    for (let k = 0; k < 60; k++)
      distributions.add(
        frame(
          numbers,
          Float64Array.from({ length: 600 }, () => length * random.uniform()),
          length,
        ),
      );
    const radial = distributions.radial();
    expect(radial.map(({ pair }) => pair.join('–'))).toEqual(['H–H', 'H–O', 'O–O']);
    for (const { g } of radial)
      g.forEach((value, k) => {
        // Beyond 2 Å thousands of pairs are in each bin: 5 % is more than four standard deviations.
        if (k >= 4) expect(Math.abs(value - 1)).toBeLessThan(0.05);
      });
    const around = ((4 / 3) * Math.PI * 6 ** 3 * 140) / length ** 3;
    expect(radial[1].coordination[11] / around).toBeCloseTo(1, 1);
  });

  test('of face-centred cubic copper: 12 at a/√2, 6 at a, 24 at a√(3/2), and angles of 60, 90, 120, 180°', () => {
    const a = 3.615;
    const basis = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0];
    const distributions = createDistributions(5, 500);
    distributions.add(
      frame(
        [29, 29, 29, 29],
        Float64Array.from(basis, (x) => a * x),
        a,
      ),
    );
    const [{ r, coordination }] = distributions.radial();
    const within = (distance: number): number => coordination[r.findIndex((x) => x > distance)];
    expect(within(a / Math.SQRT2 - 0.1)).toBe(0);
    expect([within(2.8), within(3.8), within(4.8)]).toEqual([12, 18, 42]);
    // Of 66 pairs of 12 bonds: 24 at 60°, 12 at 90°, 24 at 120°, 6 at 180°.
    const [{ count, angle, density }] = distributions.angles();
    expect(count).toBe(4 * 66);
    const near = (degrees: number): number =>
      66 * 0.36 * density.reduce((sum, each, k) => sum + (Math.abs(angle[k] - degrees) < 1 ? each : 0), 0);
    expect([60, 90, 120, 179.9].map((degrees) => Math.round(near(degrees)))).toEqual([24, 12, 24, 6]);
  });

  test('of a molecule: methane’s angles are those of the tetrahedron; without a cell there is no g(r)', () => {
    const corners = [1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1];
    const positions = Float64Array.from([0, 0, 0, ...corners.map((x) => (1.09 / Math.sqrt(3)) * x)]);
    const distributions = createDistributions(5, 180);
    distributions.add(frame([6, 1, 1, 1, 1], positions));
    expect(distributions.radial()).toEqual([]);
    const [{ triple, count, angle, density }] = distributions.angles();
    expect([triple.join('–'), count]).toEqual(['H–C–H', 6]);
    expect(angle[density.findIndex((each) => each > 0)]).toBe(109.5);
  });
});

describe('correlations', () => {
  const flight = (frames: number, velocity: readonly number[], length: number): Structure[] =>
    Array.from({ length: frames }, (_, k) => {
      const place = velocity.map((v) => (((3 + v * k) % length) + length) % length);
      return frame([18], Float64Array.from(place), length);
    });

  test('free flight through the faces of a cell: v² t², and no decay', () => {
    const positions = unwrapFrames(flight(101, [0.3, -0.2, 0.1], 5));
    expect(positions[100][0]).toBeCloseTo(33, 9);
    const displacement = meanSquaredDisplacement(positions, [0]);
    expect(displacement).toHaveLength(51);
    displacement.forEach((value, m) => expect(value).toBeCloseTo(0.14 * m * m, 7));
    for (const value of velocityAutocorrelation(positions, Uint8Array.of(18), [0])) expect(value).toBeCloseTo(1, 9);
  });

  test('the displacement is that of the double sum over frames and origins', () => {
    const random = createRandom(5, 'walk');
    const positions = Array.from({ length: 20 }, () => Float64Array.from({ length: 6 }, () => 50 + random.uniform()));
    meanSquaredDisplacement(positions, [0, 1]).forEach((value, m) => {
      let sum = 0;
      for (let k = 0; k + m < 20; k++) for (let i = 0; i < 6; i++) sum += (positions[k + m][i] - positions[k][i]) ** 2;
      expect(value).toBeCloseTo(sum / (2 * (20 - m)), 10);
    });
  });

  test('a random walk: ⟨r²⟩ = 6 D t with the D of its steps', () => {
    const random = createRandom(6, 'walk');
    const atoms = 300;
    const place = new Float64Array(3 * atoms);
    const positions = Array.from({ length: 400 }, () => {
      for (let i = 0; i < place.length; i++) place[i] += 0.1 * (random.uniform() < 0.5 ? 1 : -1);
      return place.slice();
    });
    const displacement = meanSquaredDisplacement(positions, [...Array(atoms).keys()]);
    // D = 3 · 0.1² Å² / (6 · 2 fs) = 2.5e-3 Å²/fs = 2.5e-4 cm²/s; the scatter of 300 walkers is some 5 %.
    expect((diffusionCoefficient(displacement, 2) ?? 0) / 2.5e-4).toBeCloseTo(1, 0.6);
    expect(displacement[1]).toBeCloseTo(0.03, 10);
  });

  test('of two kinds of atoms: each counts by its mass', () => {
    // One step of hydrogen along x, then one of oxygen along y: ⟨v(0)·v(1)⟩ = 0, and the mean square is (m_H + m_O) / 2.
    const positions = [
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 1],
      [2, 2],
    ].map(([x, y]) => Float64Array.of(x, 0, 0, 0, y, 0));
    const numbers = Uint8Array.of(1, 8);
    const [hydrogen, oxygen] = [1.008, 15.999];
    // Σ over the two atoms of m · (products of 2 of 4 steps) / origins, at two steps distance: 1/2 of each.
    const both = velocityAutocorrelation(positions, numbers, [0, 1]);
    expect(both[1]).toBeCloseTo(0, 12);
    expect(both[2]).toBeCloseTo(1, 12);
    const still = positions.map((frame) => Float64Array.of(frame[0], 0, 0, 0, 0, 0));
    const mixed = still.map((frame, k) => Float64Array.of(frame[0], 0, 0, 0, k, 0));
    // Masses that the file has count instead of standard ones: deuterium.
    const deuterated = velocityAutocorrelation(mixed, numbers, [0, 1], [2 * hydrogen, oxygen]);
    expect(deuterated[1]).toBeCloseTo(oxygen / (oxygen + hydrogen), 3);
    // Hydrogen moves in every second step, oxygen in all: after one step only oxygen's velocity is left.
    expect(velocityAutocorrelation(mixed, numbers, [0, 1])[1]).toBeCloseTo(oxygen / (oxygen + hydrogen / 2), 3);
  });

  test('two oscillators: peaks at their frequencies, with the areas of their kinetic energies', () => {
    const timestep = 1;
    const [slow, fast] = [12, 47];
    // Amplitudes in inverse proportion to the frequencies: equal kinetic energies.
    const positions = Array.from({ length: 4000 }, (_, k) => {
      const phase = (f: number): number => (2 * Math.PI * f * k * timestep) / 1000;
      return Float64Array.of(Math.cos(phase(slow)) / slow, 0, Math.sin(phase(fast)) / fast);
    });
    const autocorrelation = velocityAutocorrelation(positions, Uint8Array.of(14), [0]);
    expect(autocorrelation[0]).toBe(1);
    const { frequency, density } = vibrationalSpectrum(autocorrelation, timestep);
    const around = (f: number): { peak: number; area: number } => {
      const near = [...frequency.keys()].filter((k) => Math.abs(frequency[k] - f) < 5);
      return {
        peak: frequency[near.reduce((best, k) => (density[k] > density[best] ? k : best), near[0])],
        area: near.reduce((sum, k) => sum + density[k], 0) * frequency[1],
      };
    };
    for (const f of [slow, fast]) {
      // Within the resolution of 2 ps.
      expect(Math.abs(around(f).peak - f)).toBeLessThan(0.25);
      expect(around(f).area).toBeCloseTo(0.5, 2);
    }
  });
});
