/** Points within a region that a person has drawn. Pure. */

/** A closed polygon as x₀ y₀ x₁ y₁ …, in the coordinates of the points. */
export type Polygon = readonly number[];

export const rectangle = (x0: number, y0: number, x1: number, y1: number): Polygon => [x0, y0, x1, y0, x1, y1, x0, y1];

/** Bands of equal height, each with the edges that reach into it: a point looks at a few edges instead of all. */
const BANDS = 512;

/**
 * The points of the shown sets within a polygon, by the even–odd rule (W. R. Franklin's crossing test), in increasing order.
 * A point on a left or lower edge of a rectangle belongs to it, one on the opposite edge does not.
 */
export function pointsWithin(
  polygon: Polygon,
  x: Float64Array,
  y: Float64Array,
  set: Uint8Array,
  shown: readonly boolean[],
): Int32Array {
  const corners = polygon.length / 2;
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let k = 0; k < corners; k++) {
    left = Math.min(left, polygon[2 * k]);
    right = Math.max(right, polygon[2 * k]);
    bottom = Math.min(bottom, polygon[2 * k + 1]);
    top = Math.max(top, polygon[2 * k + 1]);
  }
  if (!(top > bottom) || !(right > left)) return new Int32Array(0);
  const scale = BANDS / (top - bottom);
  const bandOf = (value: number): number => Math.min(BANDS - 1, Math.max(0, Math.floor((value - bottom) * scale)));
  // Edges as x, y of the lower end, slope dx/dy, y of the upper end.
  const bands: number[][] = Array.from({ length: BANDS }, () => []);
  for (let k = 0, j = corners - 1; k < corners; j = k++) {
    let [x0, y0, x1, y1] = [polygon[2 * j], polygon[2 * j + 1], polygon[2 * k], polygon[2 * k + 1]];
    if (y0 === y1) continue;
    if (y0 > y1) [x0, y0, x1, y1] = [x1, y1, x0, y0];
    for (let band = bandOf(y0); band <= bandOf(y1); band++) bands[band].push(x0, y0, (x1 - x0) / (y1 - y0), y1);
  }
  const edges = bands.map((band) => Float64Array.from(band));
  const found = new Int32Array(x.length);
  let count = 0;
  for (let i = 0; i < x.length; i++) {
    const px = x[i];
    const py = y[i];
    // The negation catches what is no number.
    if (!(px >= left && px <= right && py >= bottom && py < top) || !shown[set[i]]) continue;
    const near = edges[bandOf(py)];
    let inside = false;
    for (let k = 0; k < near.length; k += 4)
      if (py >= near[k + 1] && py < near[k + 3] && px >= near[k] + (py - near[k + 1]) * near[k + 2]) inside = !inside;
    if (inside) found[count++] = i;
  }
  return found.slice(0, count);
}
