/** How far what is drawn reaches, and the lines of its cells. Å. */

export interface Bounds {
  readonly center: readonly [number, number, number];
  readonly radius: number;
}

type Point = readonly [number, number, number];

const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [k & 1, (k >> 1) & 1, (k >> 2) & 1] as const);
/** Room for the atoms themselves. */
const MARGIN = 0.8;
/** Of more atoms than these a part tells where they are. */
const SAMPLE = 5000;

const corner = (cell: Float64Array, [a, b, c]: Point): Point => [
  a * cell[0] + b * cell[3] + c * cell[6],
  a * cell[1] + b * cell[4] + c * cell[7],
  a * cell[2] + b * cell[5] + c * cell[8],
];

const shift = ([x, y, z]: Point, [dx, dy, dz]: Point): Point => [x + dx, y + dy, z + dz];

/** The twelve edges of each copy of a cell as pairs of points. */
export function cellEdges(cell: Float64Array, origins: readonly Point[]): Float32Array {
  const points: number[] = [];
  for (const origin of origins)
    for (const from of CORNERS)
      for (let k = 0; k < 3; k++) {
        if (from[k] === 1) continue;
        const to: [number, number, number] = [...from];
        to[k] = 1;
        points.push(...shift(corner(cell, from), origin), ...shift(corner(cell, to), origin));
      }
  return Float32Array.from(points);
}

/** A sphere about all atoms and cells. Atoms without a finite position don't count. */
export function boundsOf(positions: Float32Array, cell: Float64Array | undefined, origins: readonly Point[]): Bounds {
  const corners = Float32Array.from(
    cell === undefined ? [] : origins.flatMap((origin) => CORNERS.flatMap((each) => shift(corner(cell, each), origin))),
  );
  const some = 3 * Math.max(1, Math.floor(positions.length / 3 / SAMPLE));
  const low = Float64Array.of(Infinity, Infinity, Infinity);
  const high = Float64Array.of(-Infinity, -Infinity, -Infinity);
  widenBox(low, high, positions, some);
  widenBox(low, high, corners, 3);
  if (low[0] > high[0]) return { center: [0, 0, 0], radius: 1 };
  const center: Point = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2];
  const squared = Math.max(farthest(center, positions, some), farthest(center, corners, 3));
  return { center, radius: Math.sqrt(squared) + MARGIN };
}

// Plain loops without allocations: these run for every frame that plays.

/** Makes a box hold the points that begin at every `step`-th number. */
function widenBox(low: Float64Array, high: Float64Array, points: Float32Array, step: number): void {
  for (let p = 0; p < points.length; p += step) {
    if (!Number.isFinite(points[p] + points[p + 1] + points[p + 2])) continue;
    for (let k = 0; k < 3; k++) {
      const x = points[p + k];
      if (x < low[k]) low[k] = x;
      if (x > high[k]) high[k] = x;
    }
  }
}

/** The largest squared distance of the points from `center`. */
function farthest(center: Point, points: Float32Array, step: number): number {
  let squared = 0;
  for (let p = 0; p < points.length; p += step) {
    const x = points[p] - center[0];
    const y = points[p + 1] - center[1];
    const z = points[p + 2] - center[2];
    const d = x * x + y * y + z * z;
    if (d > squared) squared = d;
  }
  return squared;
}
