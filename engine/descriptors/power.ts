/** x^n: by repeated multiplication for small integers n ≥ 0, which is exact to a few ulp and much faster than pow. */
export function power(x: number, n: number): number {
  if (n < 0 || n > 64 || !Number.isInteger(n)) return Math.pow(x, n);
  let result = 1;
  for (let square = x, rest = n; rest > 0; rest >>= 1, square *= square) if (rest & 1) result *= square;
  return result;
}
