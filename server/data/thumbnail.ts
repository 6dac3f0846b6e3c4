/** A small picture of a structure, as SVG: atoms as discs, bonds as lines, the edges of the cell; nearer ones are in front. Pure. Å. */
import type { Structure } from '../../engine/structure/structure';
import { add, cross, dot, length, scale, subtract, vectorAt, type Vector3 } from '../../engine/structure/vector3';
import { elements as periodicTable } from '../../language/elements';

/** Of larger structures a small picture shows nothing. */
const MAXIMUM_ATOMS = 200;
/** Characters: editors cut off hovers that are longer by far. With more the bonds are left out. */
const LONGEST_PICTURE = 30_000;
const SIZE = { width: 200, height: 150, margin: 6 };
/** Pixels per Å at most: a single atom need not fill it. */
const LARGEST_SCALE = 40;
/** A bond is as long as the sum of the covalent radii, and not much longer. */
const LONGEST_BOND = 1.25;
/** Of the covalent radius. */
const DISC = 0.55;

/** Faces, edges and corners of a cube: whence a structure may be looked at. */
const DIRECTIONS: readonly Vector3[] = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
  ...([-1, 1] as const).flatMap((s): Vector3[] => [
    [1, s, 0],
    [1, 0, s],
    [0, 1, s],
  ]),
  ...([-1, 1] as const).flatMap((s) => ([-1, 1] as const).map((t): Vector3 => [1, s, t])),
];

const unit = (v: Vector3): Vector3 => scale(v, 1 / length(v));

interface Shape {
  readonly depth: number;
  readonly svg: string;
}

/** Undefined for a structure without atoms, or with too many. */
export function thumbnailOf({ numbers, positions, cell, periodic }: Structure): string | undefined {
  if (numbers.length === 0 || numbers.length > MAXIMUM_ATOMS) return undefined;
  const atoms = Array.from(numbers, (z, i) => ({
    element: periodicTable.at(z) ?? periodicTable[0],
    at: vectorAt(positions, i),
  }));
  const edges = cell === undefined ? [] : edgesOf(cell, periodic);
  const view = flattestView(atoms.map(({ at }) => at));
  const across = unit(cross(Math.abs(view[1]) < 0.9 ? [0, 1, 0] : [0, 0, 1], view));
  const up = cross(view, across);
  const points = [...atoms.map(({ at }) => at), ...edges.flat()].map((at) => [dot(at, across), dot(at, up)]);
  const radius = Math.max(...atoms.map(({ element }) => element.covalentRadius)) * DISC;
  const [left, right] = extent(
    points.map(([x]) => x),
    radius,
  );
  const [low, high] = extent(
    points.map(([, y]) => y),
    radius,
  );
  const { width, height, margin } = SIZE;
  const scale = Math.min((width - 2 * margin) / (right - left), (height - 2 * margin) / (high - low), LARGEST_SCALE);
  const place = (at: Vector3): string[] => [
    (width / 2 + scale * (dot(at, across) - (left + right) / 2)).toFixed(1),
    (height / 2 - scale * (dot(at, up) - (low + high) / 2)).toFixed(1),
  ];
  const line = (a: Vector3, b: Vector3, style: string): string => {
    const [[x1, y1], [x2, y2]] = [place(a), place(b)];
    return `<path d="M${x1} ${y1}L${x2} ${y2}" ${style}/>`;
  };
  const shapes: Shape[] = atoms.map(({ element, at }) => {
    const [x, y] = place(at);
    const r = (scale * DISC * element.covalentRadius).toFixed(1);
    const color = `#${element.color.toString(16).padStart(6, '0')}`;
    return { depth: dot(at, view), svg: `<circle cx="${x}" cy="${y}" r="${r}" fill="${color}"/>` };
  });
  atoms.forEach((one, i) => {
    for (const other of atoms.slice(i + 1)) {
      const longest = LONGEST_BOND * (one.element.covalentRadius + other.element.covalentRadius);
      const r = length(subtract(one.at, other.at));
      if (r > 0 && r < longest)
        shapes.push({
          depth: Math.min(dot(one.at, view), dot(other.at, view)) - 1e-6,
          svg: line(one.at, other.at, 'stroke-width="3"'),
        });
    }
  });
  shapes.sort((a, b) => a.depth - b.depth);
  const picture = (shown: readonly Shape[]): string =>
    [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" stroke="#808080">`,
      ...edges.map(([a, b]) => line(a, b, 'stroke-opacity="0.5"')),
      ...shown.map(({ svg }) => svg),
      '</svg>',
    ].join('');
  const whole = picture(shapes);
  return whole.length <= LONGEST_PICTURE ? whole : picture(shapes.filter(({ svg }) => svg.startsWith('<circle')));
}

/** The direction along which atoms spread least: from there most of them are seen. */
function flattestView(points: readonly Vector3[]): Vector3 {
  const spread = (direction: Vector3): number => {
    const depths = points.map((point) => dot(point, direction));
    const mean = depths.reduce((sum, depth) => sum + depth, 0) / depths.length;
    return depths.reduce((sum, depth) => sum + (depth - mean) ** 2, 0);
  };
  const views = DIRECTIONS.map((direction) => ({ view: unit(direction), spread: spread(unit(direction)) }));
  return views.reduce((best, one) => (one.spread < best.spread * (1 - 1e-9) ? one : best)).view;
}

function extent(values: readonly number[], by: number): [number, number] {
  return [Math.min(...values) - by, Math.max(...values) + by];
}

/** The twelve edges of a cell, those between periodic directions alone. */
function edgesOf(cell: Float64Array, periodic: Structure['periodic']): [Vector3, Vector3][] {
  const vectors = [0, 1, 2].map((k): Vector3 =>
    periodic[k] ? [cell[3 * k], cell[3 * k + 1], cell[3 * k + 2]] : [0, 0, 0],
  );
  const corner = (bits: number): Vector3 =>
    vectors.reduce<Vector3>((sum, vector, k) => ((bits >> k) & 1 ? add(sum, vector) : sum), [0, 0, 0]);
  return [0, 1, 2].flatMap((k) =>
    !periodic[k]
      ? []
      : [...Array(8).keys()]
          .filter((bits) => ((bits >> k) & 1) === 0)
          .map((bits): [Vector3, Vector3] => [corner(bits), corner(bits | (1 << k))]),
  );
}

/** The picture as an image of Markdown. */
export const imageOf = (svg: string, name: string): string =>
  `![${name}](data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')})`;
