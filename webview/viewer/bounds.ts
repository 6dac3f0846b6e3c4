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
const SAMPLE = 20_000;

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
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  const corners =
    cell === undefined ? [] : origins.flatMap((origin) => CORNERS.map((each) => shift(corner(cell, each), origin)));
  const visit = (take: (x: number, y: number, z: number) => void): void => {
    const step = 3 * Math.max(1, Math.floor(positions.length / 3 / SAMPLE));
    for (let p = 0; p < positions.length; p += step) take(positions[p], positions[p + 1], positions[p + 2]);
    for (const point of corners) take(...point);
  };
  visit((x, y, z) => {
    if (!Number.isFinite(x + y + z)) return;
    if (x < low[0]) low[0] = x;
    if (y < low[1]) low[1] = y;
    if (z < low[2]) low[2] = z;
    if (x > high[0]) high[0] = x;
    if (y > high[1]) high[1] = y;
    if (z > high[2]) high[2] = z;
  });
  if (low[0] > high[0]) return { center: [0, 0, 0], radius: 1 };
  const center: Point = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2];
  let squared = 0;
  visit((x, y, z) => {
    const d = (x - center[0]) ** 2 + (y - center[1]) ** 2 + (z - center[2]) ** 2;
    if (d > squared) squared = d;
  });
  return { center, radius: Math.sqrt(squared) + MARGIN };
}
