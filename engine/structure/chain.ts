/**
 * What a chain of atoms measures: the distance of two, the angle of three, the dihedral of four, from each to the nearest
 * periodic image of the next: a molecule that a face of the cell cuts is measured as the molecule that it is. Å and degrees. Pure.
 */
import { hasImages, nearestImages } from './cell';
import type { Structure } from './structure';
import { cross, dot, length, scale, subtract, vectorAt, type Vector3 } from './vector3';

const degrees = (radians: number): number => (radians * 180) / Math.PI;

/** Angle between two vectors in degrees. */
function angle(u: Vector3, v: Vector3): number {
  // atan2 keeps its precision near 0 and 180 degrees, where acos loses half the digits.
  return degrees(Math.atan2(length(cross(u, v)), dot(u, v)));
}

/** Torsion of three bonds about the second in (−180, 180], positive when the far one is turned clockwise (IUPAC). */
function dihedral(u: Vector3, v: Vector3, w: Vector3): number {
  const m = cross(u, v);
  const n = cross(v, w);
  return degrees(Math.atan2(length(v) * dot(u, n), dot(m, n)));
}

/** What so many atoms measure, if they do. */
export const kindOfChain = (atoms: number): 'distance' | 'angle' | 'dihedral' | undefined =>
  ([undefined, undefined, 'distance', 'angle', 'dihedral'] as const)[atoms];

/** From one to three vectors along a chain. */
export function measureChain(vectors: readonly Vector3[]): number {
  const [u, v, w] = vectors;
  if (vectors.length === 1) return length(u);
  return vectors.length === 2 ? angle(scale(u, -1), v) : dihedral(u, v, w);
}

const OPEN = [false, false, false] as const;

/** Of two to four atoms of a structure, by index; undefined of others, and where it has fewer atoms. */
export function measureAtoms(
  structure: Pick<Structure, 'positions' | 'cell' | 'periodic'>,
  atoms: readonly number[],
): number | undefined {
  const { positions, cell, periodic } = structure;
  if (kindOfChain(atoms.length) === undefined || Math.max(...atoms) >= positions.length / 3) return undefined;
  const nearest = nearestImages(cell, hasImages(structure) ? periodic : OPEN);
  const points = atoms.map((atom) => vectorAt(positions, atom));
  const vectors = points.slice(1).flatMap((point, k) => subtract(point, points[k]));
  const shortest = nearest(Float64Array.from(vectors));
  return measureChain(points.slice(1).map((_, k) => vectorAt(shortest, k)));
}
