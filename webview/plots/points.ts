/** The points of curves: at common places, and smoothed. Pure. */

export type Values = readonly (number | null)[];

export interface Points {
  /** Increases. */
  readonly x: readonly number[];
  /** As many as `x`. */
  readonly y: Values;
}

/**
 * Exponential moving average without the pull of its start: s ← w·s + (1 − w)·y, divided by 1 − wⁿ after n values (the bias
 * correction of Kingma and Ba, arXiv:1412.6980, algorithm 1). Of logarithms where the axis is logarithmic.
 * @param weight 0 ≤ w < 1
 * @returns null where there is no value
 */
export function smooth(values: Values, weight: number, log: boolean): Values {
  let sum = 0;
  let norm = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * (log ? Math.log(value) : value);
    norm = weight * norm + (1 - weight);
    return log ? Math.exp(sum / norm) : sum / norm;
  });
}

/** Curves with places of their own, at the places of all; null where a curve has none. */
export function align(curves: readonly Points[]): { readonly x: readonly number[]; readonly ys: readonly Values[] } {
  const first = curves.at(0)?.x ?? [];
  if (curves.every(({ x }) => x === first)) return { x: first, ys: curves.map(({ y }) => y) };
  const x = [...new Set(curves.flatMap((curve) => curve.x))].sort((a, b) => a - b);
  const ys = curves.map((curve) => {
    const known = new Map(curve.x.map((place, k) => [place, curve.y[k]]));
    return x.map((place) => known.get(place) ?? null);
  });
  return { x, ys };
}
