import { describe, expect, test } from 'vitest';
import { cutoffShape } from '../../../engine/descriptors/cutoff-functions';
import { potential } from '../../../language/schema/blocks/potential';
import type { CutoffFunction } from '../../../language/definition/definition';

const names = Object.keys(potential.attributes.cutoff_function.values) as CutoffFunction[];

/** The expanded forms of the definitions (physics.md 1.2). */
const definitions: Record<CutoffFunction, (x: number) => number> = {
  hard: () => 1,
  cos: (x) => 0.5 * (Math.cos(Math.PI * x) + 1),
  tanh3: (x) => Math.tanh(1 - x) ** 3,
  tanh3_normalized: (x) => Math.tanh(1 - x) ** 3 / Math.tanh(1) ** 3,
  exp: (x) => Math.exp(1 - 1 / (1 - x * x)),
  poly1: (x) => (2 * x - 3) * x * x + 1,
  poly2: (x) => ((15 - 6 * x) * x - 10) * x ** 3 + 1,
  poly3: (x) => (x * (x * (20 * x - 70) + 84) - 35) * x ** 4 + 1,
  poly4: (x) => (x * (x * ((315 - 70 * x) * x - 540) + 420) - 126) * x ** 5 + 1,
};

describe.each(names)('%s', (name) => {
  const { value, slope, smoothness } = cutoffShape(name);
  const grid = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);

  test('is its definition', () => {
    for (const x of grid) expect(Math.abs(value(x) - definitions[name](x))).toBeLessThan(1e-13);
    expect(value(0)).toBeCloseTo(name === 'tanh3' ? 0.4417 : 1, 4);
  });

  test('T-FD: slope against central differences', () => {
    const h = 1e-5;
    for (const x of grid.filter((x) => x < 0.999)) {
      const difference = (value(x + h) - value(x - h)) / (2 * h);
      expect(Math.abs(slope(x) - difference)).toBeLessThan(2e-8);
    }
  });

  test('falls from the atom to the cutoff', () => {
    for (const [i, x] of grid.entries()) if (i > 0) expect(value(x)).toBeLessThanOrEqual(value(grid[i - 1]));
  });

  test('T-CUT: vanishes at the cutoff as smoothly as it says', () => {
    if (name === 'hard') {
      expect(smoothness).toBe(-1);
      expect(value(1 - 1e-9)).toBe(1);
      return;
    }
    // f(1 − y) ~ yⁿ, where n is one more than the number of continuous derivatives.
    const order = Math.log2(value(1 - 2e-3) / value(1 - 1e-3));
    if (name === 'exp') expect(order).toBeGreaterThan(20);
    else expect(order).toBeCloseTo(smoothness + 1, 1);
    expect(Math.abs(slope(1 - 1e-12))).toBeLessThan(1e-10);
  });
});

test('an inner cutoff leaves a plateau; tanh³ has none', () => {
  for (const name of names) {
    const plain = cutoffShape(name);
    const { value, slope } = cutoffShape(name, 0.4);
    const tanh = name.startsWith('tanh3');
    for (const x of [0.01, 0.2, 0.399]) {
      expect(value(x)).toBe(tanh ? plain.value(x) : 1);
      expect(slope(x)).toBe(tanh ? plain.slope(x) : 0);
    }
    for (const x of [0.45, 0.7, 0.95]) {
      expect(value(x)).toBeCloseTo(plain.value(tanh ? x : (x - 0.4) / 0.6), 14);
      expect(slope(x)).toBeCloseTo((value(x + 1e-6) - value(x - 1e-6)) / 2e-6, 7);
    }
  }
});
