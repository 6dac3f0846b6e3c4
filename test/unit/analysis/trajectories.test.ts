/** Distributions and correlations against cases that can be worked out: ideal gas, crystal, free flight, oscillator, walk. */
import { describe, expect, test } from 'vitest';
import {
  fitDiffusion,
  meanSquaredDisplacement,
  unwrapFrames,
  velocityAutocorrelation,
  vibrationalSpectrum,
} from '../../../engine/analysis/correlations';
import { createDistributions, firstShell } from '../../../engine/analysis/distributions';
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
    const shell = firstShell(distributions.radial()[0]);
    expect(shell?.coordination).toBe(12);
    expect(Math.abs((shell?.peak ?? NaN) - a / Math.SQRT2)).toBeLessThan(0.01);
  });

  test('the first shell: of a liquid up to the minimum of g, of molecules their bonds, of a gas none', () => {
    const r = Float64Array.from({ length: 200 }, (_, k) => (k + 0.5) * 0.04);
    const density = 0.0214;
    const shellOf = (g: Float64Array): ReturnType<typeof firstShell> => {
      let sum = 0;
      return firstShell({
        r,
        g,
        coordination: g.map((value, k) => (sum += 4 * Math.PI * r[k] ** 2 * 0.04 * density * value)),
      });
    };
    // As of a simple liquid: highest with 3.05 at 3.68 Å, lowest at 5.2 Å.
    const gauss = (x: number, at: number, width: number): number => Math.exp(-(((x - at) / width) ** 2));
    const liquidAt = (x: number): number =>
      x < 2.9
        ? 0
        : Math.min(1, (x - 2.9) / 0.6) +
          2.05 * gauss(x, 3.68, 0.42) -
          0.45 * gauss(x, 5.2, 0.7) +
          0.28 * gauss(x, 7, 0.5);
    const liquid = r.map(liquidAt);
    const shell = shellOf(liquid);
    expect(shell?.peak).toBeCloseTo(3.68, 1);
    expect(shell?.height).toBeCloseTo(3.05, 1);
    expect(Math.abs((shell?.end ?? NaN) - 5.2)).toBeLessThan(0.15);
    let within = 0;
    for (let x = 0.0005; x < (shell?.end ?? NaN); x += 0.001)
      within += 4 * Math.PI * x * x * density * liquidAt(x) * 0.001;
    expect((shell?.coordination ?? NaN) / within).toBeCloseTo(1, 2);
    const bonded = shellOf(r.map((x) => 20 * gauss(x, 0.98, 0.06) + (x > 1.6 ? 1.2 : 0)));
    expect(bonded?.peak).toBeCloseTo(0.98, 1);
    // Anywhere between the bond and what follows at 1.6 Å.
    expect(bonded?.end).toBeGreaterThan(1.1);
    expect(bonded?.end).toBeLessThan(1.6);
    const random = createRandom(4, 'gas');
    expect(shellOf(r.map(() => 1 + 0.1 * (random.uniform() - 0.5)))).toBeNull();
    // The minimum is beyond what was looked at.
    expect(shellOf(liquid.slice(0, 110))).toMatchObject({ end: null });
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

  const walk = (atoms: number, frames: number, seed: number): Float64Array[] => {
    const random = createRandom(seed, 'walk');
    const place = new Float64Array(3 * atoms);
    return Array.from({ length: frames }, () => {
      for (let i = 0; i < place.length; i++) place[i] += 0.1 * (random.uniform() < 0.5 ? 1 : -1);
      return place.slice();
    });
  };
  const fit = (positions: readonly Float64Array[], timestep: number): ReturnType<typeof fitDiffusion> => {
    const atoms = [...Array(positions[0].length / 3).keys()];
    return fitDiffusion(positions, atoms, meanSquaredDisplacement(positions, atoms), timestep);
  };

  test('random walks: ⟨r²⟩ = 6 D t with the D of their steps, and the error is what repetitions scatter by', () => {
    const runs = Array.from({ length: 40 }, (_, seed) => fit(walk(12, 200, seed), 2));
    // D = 3 · 0.1² Å² / (6 · 2 fs) = 2.5e-3 Å²/fs = 2.5e-4 cm²/s.
    const found = runs.map((run) => (run?.coefficient ?? NaN) / 2.5e-4);
    const mean = found.reduce((sum, value) => sum + value, 0) / 40;
    const scatter = Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 39);
    expect(Math.abs(mean - 1)).toBeLessThan(4 * (scatter / Math.sqrt(40)));
    const error = Math.sqrt(runs.reduce((sum, run) => sum + ((run?.error ?? NaN) / 2.5e-4) ** 2, 0) / 40);
    // Of 40 runs the scatter is known to 11 %, the error of five parts each to 6 %.
    expect(error / scatter).toBeGreaterThan(0.7);
    expect(error / scatter).toBeLessThan(1.4);
    expect(runs[0]).toMatchObject({ from: 10, to: 40 });
    expect(Math.abs((runs[0]?.exponent ?? NaN) - 1)).toBeLessThan(0.2);
    expect(meanSquaredDisplacement(walk(300, 400, 6), [...Array(300).keys()])[1]).toBeCloseTo(0.03, 10);
  });

  test('atoms that fly or are held are told from those that diffuse; few frames have no line', () => {
    const flying = Array.from({ length: 100 }, (_, k) => Float64Array.of(k, 0, 0));
    expect(fit(flying, 1)?.exponent).toBeCloseTo(2, 9);
    expect(fit(flying, 1)?.error).toBeCloseTo(0, 9);
    const random = createRandom(8, 'held');
    const held = Array.from({ length: 400 }, () => Float64Array.from({ length: 60 }, () => random.uniform()));
    expect(Math.abs(fit(held, 1)?.exponent ?? NaN)).toBeLessThan(0.05);
    expect(fit(flying.slice(0, 30), 1)?.to).toBe(3);
    expect(fit(flying.slice(0, 29), 1)).toBeNull();
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
