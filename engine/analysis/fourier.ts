/** Fast Fourier transforms of real series and their autocorrelation. Pure. */

/**
 * In place: X_k = Σ_n x_n exp(−2πi k n / N), radix 2 (Cooley and Tukey, Math. Comput. 19, 297 (1965)). N a power of two.
 * @param re @param im real and imaginary parts, N each
 */
export function transformFourier(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j |= bit;
    if (i >= j) continue;
    [re[i], re[j]] = [re[j], re[i]];
    [im[i], im[j]] = [im[j], im[i]];
  }
  for (let length = 2; length <= n; length *= 2) {
    const half = length / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / length;
      const [wr, wi] = [Math.cos(angle), Math.sin(angle)];
      for (let a = k; a < n; a += length) {
        const b = a + half;
        const xr = re[b] * wr - im[b] * wi;
        const xi = re[b] * wi + im[b] * wr;
        re[b] = re[a] - xr;
        im[b] = im[a] - xi;
        re[a] += xr;
        im[a] += xi;
      }
    }
  }
}

/** The smallest power of two that is not below `n`. */
export const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Σ_k x_k x_{k+m} for m = 0 … x.length − 1, through the power spectrum of the series padded with zeros. */
export function autocorrelate(x: Float64Array): Float64Array {
  const n = powerOfTwo(2 * x.length);
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  re.set(x);
  transformFourier(re, im);
  for (let k = 0; k < n; k++) {
    re[k] = re[k] * re[k] + im[k] * im[k];
    im[k] = 0;
  }
  // Of an even real series the transform is its own inverse, but for the factor N.
  transformFourier(re, im);
  return re.slice(0, x.length).map((value) => value / n);
}
