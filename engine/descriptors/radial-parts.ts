/** The radial parts h(r) of symmetry functions and their derivatives: Gaussians times a cutoff function, and compact ones. Å. */
import { cutoffShape, type CutoffShape } from './cutoff-functions';
import type { CompactShape, Gaussian, N2p2Function } from './function-types';

/** The radial part h of some functions. */
export type Radial =
  /** h(r) = exp(−η(r − r_s)²) f_c(r) */
  | {
      readonly kind: 'gaussian';
      readonly eta: number;
      readonly shift: number;
      readonly cutoff: number;
      readonly shape: CutoffShape;
    }
  /** h(r) = C(r) */
  | { readonly kind: 'compact'; readonly cutoff: number; readonly bump: Bump };

/** C(x): f(|x − middle|/width), zero where that is 1 or more. */
export interface Bump {
  readonly middle: number;
  readonly width: number;
  readonly shape: CutoffShape;
  readonly asymmetric: boolean;
}

/** What of a function says its radial part. */
type RadialFunction = Omit<Gaussian, 'center'> | Extract<N2p2Function, { inner: number }>;

/** The same for parts that are the same. */
export function radialKey(one: RadialFunction): string {
  return 'eta' in one
    ? `${one.eta} ${one.shift} ${one.cutoff}`
    : `${one.shape.kernel} ${one.shape.asymmetric} ${one.inner} ${one.cutoff}`;
}

/** @param shape the cutoff function */
export function createRadial(one: RadialFunction, shape: CutoffShape): Radial {
  const { cutoff } = one;
  if ('eta' in one) return { kind: 'gaussian', eta: one.eta, shift: one.shift, cutoff, shape };
  return { kind: 'compact', cutoff, bump: createBump(one.inner, cutoff, one.shape.kernel, one.shape.asymmetric) };
}

export function createBump(left: number, right: number, kernel: CompactShape['kernel'], asymmetric: boolean): Bump {
  return { middle: (right + left) / 2, width: (right - left) / 2, shape: cutoffShape(kernel), asymmetric };
}

/** h(r) and h′(r) into place `at` of the two arrays. */
export function evaluateRadial(radial: Radial, r: number, value: Float64Array, slope: Float64Array, at: number): void {
  if (radial.kind === 'compact') {
    evaluateBump(radial.bump, r, value, slope, at);
    return;
  }
  const { eta, shift, cutoff, shape } = radial;
  const x = r / cutoff;
  if (x >= 1) {
    value[at] = 0;
    slope[at] = 0;
    return;
  }
  const gaussian = Math.exp(-eta * (r - shift) * (r - shift));
  const fc = shape.value(x);
  value[at] = gaussian * fc;
  slope[at] = gaussian * (shape.slope(x) / cutoff - 2 * eta * (r - shift) * fc);
}

/** C(x) and C′(x) into place `at` of the two arrays. */
export function evaluateBump(bump: Bump, x: number, value: Float64Array, slope: Float64Array, at: number): void {
  const { middle, width, shape, asymmetric } = bump;
  const t = Math.abs(x - middle) / width;
  const u = asymmetric ? t * (2 - t) : t;
  // u may round to 1 before t does.
  if (t >= 1 || u >= 1) {
    value[at] = 0;
    slope[at] = 0;
    return;
  }
  value[at] = shape.value(u);
  slope[at] = (Math.sign(x - middle) / width) * shape.slope(u) * (asymmetric ? 2 - 2 * t : 1);
}
