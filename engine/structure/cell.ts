/**
 * Cells: three vectors a, b, c as the rows of nine numbers (Å), any shape.
 *
 * Fractional coordinates f belong to Cartesian ones by r = f₀a + f₁b + f₂c. A *height* is the distance between the two
 * planes that bound the cell along one of its vectors: what a cutoff must be compared with, in a skewed cell too.
 * A left-handed cell is unusual but means the same crystal; only a singular one means nothing.
 */
import type { Periodicity, Structure } from './structure';
import { add, dot, vectorAt } from './vector3';

export type CellProblem = 'not_finite' | 'singular' | 'left_handed';

/** a · (b × c) in Å³: negative for a left-handed cell. */
export function signedVolume(cell: Float64Array): number {
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = cell;
  return ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
}

/** Volume in Å³, never negative. */
export function volume(cell: Float64Array): number {
  return Math.abs(signedVolume(cell));
}

function length(cell: Float64Array, row: number): number {
  return Math.hypot(cell[3 * row], cell[3 * row + 1], cell[3 * row + 2]);
}

/** What is wrong with a cell, if anything. Singular: a vector is zero, or the three (nearly) lie in one plane. */
export function findCellProblem(cell: Float64Array): CellProblem | undefined {
  if (cell.length !== 9 || !cell.every(Number.isFinite)) return 'not_finite';
  const box = length(cell, 0) * length(cell, 1) * length(cell, 2);
  const signed = signedVolume(cell);
  // Written so that a NaN from overflowing products is refused as well.
  if (!(Math.abs(signed) > 1e-9 * box) || !Number.isFinite(box)) return 'singular';
  return signed < 0 ? 'left_handed' : undefined;
}

/**
 * The inverse M of a cell, row-major: f = r M with row vectors, fᵢ = Σⱼ rⱼ M[3j+i].
 * @throws Error if the cell is singular; callers check with `findCellProblem`.
 */
export function invert(cell: Float64Array): Float64Array {
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = cell;
  const determinant = signedVolume(cell);
  if (determinant === 0 || !Number.isFinite(determinant)) throw new Error('The cell is singular.');
  const inverse = Float64Array.of(
    by * cz - bz * cy,
    az * cy - ay * cz,
    ay * bz - az * by,
    bz * cx - bx * cz,
    ax * cz - az * cx,
    az * bx - ax * bz,
    bx * cy - by * cx,
    ay * cx - ax * cy,
    ax * by - ay * bx,
  );
  return inverse.map((value) => value / determinant);
}

/** r M for every row r of `vectors` (3N) and a 3×3 matrix M (row-major): coordinates through a cell or its inverse. */
export function transform(vectors: Float64Array, matrix: Float64Array): Float64Array {
  const result = new Float64Array(vectors.length);
  for (let i = 0; i < vectors.length; i += 3) {
    const x = vectors[i];
    const y = vectors[i + 1];
    const z = vectors[i + 2];
    for (let k = 0; k < 3; k++) result[i + k] = x * matrix[k] + y * matrix[3 + k] + z * matrix[6 + k];
  }
  return result;
}

/** Distances in Å between the opposite faces of the cell, along a, b and c. */
export function heights(cell: Float64Array): [number, number, number] {
  const inverse = invert(cell);
  const height = (k: number): number => 1 / Math.hypot(inverse[k], inverse[3 + k], inverse[6 + k]);
  return [height(0), height(1), height(2)];
}

/**
 * A cell whose vectors in periodic directions are the structure's, and in the others unit vectors perpendicular to
 * them: what stands there in a file (often nothing, or zeros) has no meaning.
 * @throws Error if the periodic vectors are linearly dependent; `hasImages` tells.
 */
export function completeCell(cell: Float64Array | undefined, periodic: Periodicity): Float64Array {
  const complete = fillCell(cell, periodic);
  if (isDegenerate(complete)) throw new Error('The cell is singular.');
  return complete;
}

/** Whether atoms have periodic images: the periodic vectors are there and independent. The others need not be. */
export function hasImages<S extends Pick<Structure, 'cell' | 'periodic'>>(
  structure: S,
): structure is S & { readonly cell: Float64Array } {
  const { cell, periodic } = structure;
  return cell !== undefined && periodic.includes(true) && !isDegenerate(fillCell(cell, periodic));
}

const isDegenerate = (cell: Float64Array): boolean => ['singular', 'not_finite'].includes(findCellProblem(cell) ?? '');

function fillCell(cell: Float64Array | undefined, periodic: Periodicity): Float64Array {
  if (cell === undefined || !periodic.includes(true)) return Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const complete = new Float64Array(9);
  for (let i = 0; i < 9; i++) if (periodic[Math.floor(i / 3)]) complete[i] = cell[i];
  const known = [0, 1, 2].filter((row) => periodic[row]);
  for (const row of [0, 1, 2].filter((row) => !known.includes(row))) {
    // The Cartesian axis that is farthest from the plane or line of the known vectors, made perpendicular to them.
    const candidates = [0, 1, 2].map((axis) => perpendicular(complete, known, axis));
    const best = candidates.reduce((a, b) => (Math.hypot(...b) > Math.hypot(...a) + 1e-9 ? b : a));
    const norm = Math.hypot(...best);
    complete.set(
      best.map((value) => value / norm),
      3 * row,
    );
    known.push(row);
  }
  return complete;
}

/** The unit vector along `axis` minus its part in the span of the given rows (Gram–Schmidt, at most two rows). */
function perpendicular(cell: Float64Array, rows: readonly number[], axis: number): [number, number, number] {
  const basis: [number, number, number][] = [];
  const project = (vector: [number, number, number]): [number, number, number] => {
    for (const b of basis) {
      const overlap = vector[0] * b[0] + vector[1] * b[1] + vector[2] * b[2];
      vector = [vector[0] - overlap * b[0], vector[1] - overlap * b[1], vector[2] - overlap * b[2]];
    }
    return vector;
  };
  for (const row of rows) {
    const rest = project([cell[3 * row], cell[3 * row + 1], cell[3 * row + 2]]);
    const norm = Math.hypot(...rest);
    if (norm > 0) basis.push([rest[0] / norm, rest[1] / norm, rest[2] / norm]);
  }
  return project([axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0]);
}

/** Heights (Å) along a, b and c as far as they are periodic: the other vectors have no meaning, and may be zero. */
export function periodicHeights({ cell, periodic }: Pick<Structure, 'cell' | 'periodic'>): (number | undefined)[] {
  const all = heights(completeCell(cell, periodic));
  return all.map((height, k) => (cell !== undefined && periodic[k] ? height : undefined));
}

/** How far, in Å, an atom is from its own images at least: the smallest height along a periodic direction; ∞ without any. */
export function imageDistance(structure: Pick<Structure, 'cell' | 'periodic'>): number {
  return Math.min(...periodicHeights(structure).map((height) => height ?? Infinity));
}

/** Positions (3N, Å) moved by whole cell vectors into the cell, along periodic directions only. */
export function wrap(structure: Structure): Float64Array {
  const { cell, periodic, positions } = structure;
  if (cell === undefined || !periodic.includes(true)) return positions.slice();
  const complete = completeCell(cell, periodic);
  const fractional = transform(positions, invert(complete));
  const wrapped = positions.slice();
  for (let i = 0; i < positions.length; i += 3)
    for (let k = 0; k < 3; k++) {
      if (!periodic[k]) continue;
      const shift = Math.floor(fractional[i + k]);
      for (let axis = 0; axis < 3; axis++) wrapped[i + axis] -= shift * complete[3 * k + axis];
    }
  return wrapped;
}

/**
 * Vectors (3N, Å) between points, each to the nearest periodic image: of that of rounded fractional coordinates and its 26
 * neighbours the shortest, which is the nearest in every cell but a grotesquely skewed one.
 * @throws Error if the periodic vectors of the cell are linearly dependent.
 */
export function nearestImages(
  cell: Float64Array | undefined,
  periodic: Periodicity,
): (vectors: Float64Array) => Float64Array {
  if (!periodic.includes(true)) return (vectors) => vectors;
  const complete = completeCell(cell, periodic);
  const inverse = invert(complete);
  const steps = periodic.map((isPeriodic) => (isPeriodic ? [0, -1, 1] : [0]));
  const shifts = steps[0].flatMap((i) => steps[1].flatMap((j) => steps[2].map((k) => Float64Array.of(i, j, k))));
  const images = shifts.map((shift) => vectorAt(transform(shift, complete), 0));
  return (vectors) => {
    const fractional = transform(vectors, inverse);
    const folded = transform(
      fractional.map((f, c) => (periodic[c % 3] ? f - Math.round(f) : f)),
      complete,
    );
    for (let k = 0; k < folded.length / 3; k++) {
      const vector = vectorAt(folded, k);
      let nearest = vector;
      for (const image of images) {
        const other = add(vector, image);
        if (dot(other, other) < dot(nearest, nearest) * (1 - 1e-12)) nearest = other;
      }
      folded.set(nearest, 3 * k);
    }
    return folded;
  };
}

/**
 * A supercell: the structure repeated `counts` times along a, b and c. The atoms of each copy stand together, the copies in the
 * order of their place along a, then b, then c; the first is the structure itself.
 */
export function repeatCell(structure: Structure, counts: readonly number[]): Structure {
  const { numbers, positions, cell, periodic } = structure;
  const copies = counts.reduce((product, count) => product * count, 1);
  if (cell === undefined || copies === 1) return structure;
  const atoms = numbers.length;
  const repeated = { numbers: new Uint8Array(copies * atoms), positions: new Float64Array(copies * 3 * atoms) };
  let copy = 0;
  for (let a = 0; a < counts[0]; a++)
    for (let b = 0; b < counts[1]; b++)
      for (let c = 0; c < counts[2]; c++, copy++) {
        const shift = [0, 1, 2].map((k) => a * cell[k] + b * cell[3 + k] + c * cell[6 + k]);
        repeated.numbers.set(numbers, copy * atoms);
        for (let i = 0; i < 3 * atoms; i++) repeated.positions[3 * copy * atoms + i] = positions[i] + shift[i % 3];
      }
  return { ...repeated, cell: cell.map((value, i) => value * counts[Math.floor(i / 3)]), periodic };
}
