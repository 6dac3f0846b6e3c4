/**
 * Cutoff functions f_c(r) = f(x), x = r/r_c: 1 at the atom (0.4417 for tanh3), 0 from x = 1 on.
 *
 * Source: Behler, J. Chem. Phys. 134, 074106 (2011), eqs. 4, 5; Singraber, Behler and Dellago, J. Chem. Theory Comput.
 * 15, 1827 (2019) for the polynomials and exp. The polynomials are written as powers of y = 1 − x times a polynomial
 * with positive coefficients: the same as the expanded forms, without their cancellation near the cutoff.
 */
import type { CutoffFunction } from '../../language/definition/definition';
import { power } from './power';

export interface CutoffShape {
  /** f(x) for 0 ≤ x < 1. */
  readonly value: (x: number) => number;
  /** df/dx for 0 ≤ x < 1. */
  readonly slope: (x: number) => number;
  /** How often it is continuously differentiable at the cutoff; −1 for a step. */
  readonly smoothness: number;
}

const TANH_1_CUBED = Math.tanh(1) ** 3;

function tanh3(scale: number): CutoffShape {
  return {
    value: (x) => {
      const t = Math.tanh(1 - x);
      return (t * t * t) / scale;
    },
    slope: (x) => {
      const t2 = Math.tanh(1 - x) ** 2;
      return (-3 * t2 * (1 - t2)) / scale;
    },
    smoothness: 2,
  };
}

const shapes: Readonly<Record<CutoffFunction, CutoffShape>> = {
  hard: { value: () => 1, slope: () => 0, smoothness: -1 },
  // ½(1 + cos πx) = sin²(πy/2)
  cos: {
    value: (x) => Math.sin((Math.PI / 2) * (1 - x)) ** 2,
    slope: (x) => (-Math.PI / 2) * Math.sin(Math.PI * (1 - x)),
    smoothness: 1,
  },
  tanh3: tanh3(1),
  tanh3_normalized: tanh3(TANH_1_CUBED),
  exp: {
    value: (x) => Math.exp(1 - 1 / ((1 - x) * (1 + x))),
    slope: (x) => {
      const u = 1 / ((1 - x) * (1 + x));
      const value = Math.exp(1 - u);
      // Next to the cutoff u² overflows long after the exponential has vanished.
      return value === 0 ? 0 : -2 * x * u * u * value;
    },
    smoothness: Infinity,
  },
  // (2x − 3)x² + 1
  poly1: { value: (x) => power(1 - x, 2) * (1 + 2 * x), slope: (x) => -6 * x * (1 - x), smoothness: 1 },
  // ((15 − 6x)x − 10)x³ + 1
  poly2: {
    value: (x) => power(1 - x, 3) * (1 + x * (3 + 6 * x)),
    slope: (x) => -30 * power(x * (1 - x), 2),
    smoothness: 2,
  },
  // (x(x(20x − 70) + 84) − 35)x⁴ + 1
  poly3: {
    value: (x) => power(1 - x, 4) * (1 + x * (4 + x * (10 + 20 * x))),
    slope: (x) => -140 * power(x * (1 - x), 3),
    smoothness: 3,
  },
  // (x(x((315 − 70x)x − 540) + 420) − 126)x⁵ + 1
  poly4: {
    value: (x) => power(1 - x, 5) * (1 + x * (5 + x * (15 + x * (35 + 70 * x)))),
    slope: (x) => -630 * power(x * (1 - x), 4),
    smoothness: 4,
  },
};

/**
 * @param inner α: where 0 < α < 1, f is 1 up to x = α and falls from there on, f((x − α)/(1 − α)); the two kinds of tanh³
 * have no such part
 */
export function cutoffShape(name: CutoffFunction, inner = 0): CutoffShape {
  const shape = shapes[name];
  if (inner === 0 || name === 'tanh3' || name === 'tanh3_normalized') return shape;
  const width = 1 - inner;
  return {
    value: (x) => (x < inner ? 1 : shape.value((x - inner) / width)),
    slope: (x) => (x < inner ? 0 : shape.slope((x - inner) / width) / width),
    smoothness: shape.smoothness,
  };
}
