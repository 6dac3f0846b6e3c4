/**
 * Collective variables ξ(r): functions of the vectors between pairs of atoms, with their derivatives by these vectors. Å, rad;
 * atoms from 0.
 *
 * A vector is the one to the nearest periodic image. Beyond half a cell distances fold.
 */
import type { CoordinateDefinition } from '../../language/definition/definition';
import { isPeriodic } from '../../language/definition/windows';
import { symbolOf } from '../../language/elements';
import type { Coordinate } from '../../protocol/pmf';
import { nearestImages } from '../structure/cell';
import type { Structure } from '../structure/structure';
import { add, cross, dot, length, scale, vectorAt as at } from '../structure/vector3';

export interface CollectiveVariable extends Coordinate {
  /** Each vector goes from the first atom of a pair to the second. */
  readonly pairs: readonly (readonly [number, number])[];
  /**
   * ξ of the vectors (3 for each pair, Å); writes ∂ξ/∂vector into `derivatives`. Not finite where ξ is not defined, such as a
   * dihedral of three atoms in a line.
   */
  evaluate(vectors: Float64Array, derivatives: Float64Array): number;
}

/** Below that part of what it could be, a cross product of two vectors is 0: they are in a line. */
const STRAIGHT = 1e-12;

/** @param numbers atomic numbers of the structure, for the name */
export function createCoordinate(definition: CoordinateDefinition, numbers: Uint8Array): CollectiveVariable {
  const { kind, atoms } = definition;
  const [a, b, c, d] = atoms;
  const named = (atom: number): string => `${symbolOf(numbers[atom])}${atom}`;
  const chain = (...some: readonly number[]): string => some.map(named).join('–');
  const periodic = isPeriodic(kind);
  switch (kind) {
    case 'distance':
      return { name: `d(${chain(a, b)})`, unit: 'Å', periodic, pairs: [[a, b]], evaluate: evaluateDistance };
    case 'difference':
      return {
        name: `d(${chain(a, b)}) − d(${chain(c, d)})`,
        unit: 'Å',
        periodic,
        pairs: [
          [a, b],
          [c, d],
        ],
        evaluate: evaluateDifference,
      };
    case 'angle':
      return {
        name: `∠(${chain(a, b, c)})`,
        unit: 'rad',
        periodic,
        pairs: [
          [b, a],
          [b, c],
        ],
        evaluate: evaluateAngle,
      };
    case 'dihedral':
      return {
        name: `φ(${chain(a, b, c, d)})`,
        unit: 'rad',
        periodic,
        pairs: [
          [a, b],
          [b, c],
          [c, d],
        ],
        evaluate: evaluateDihedral,
      };
    case 'height':
      return {
        name: `height of ${named(a)} over ${chain(b, c, d)}`,
        unit: 'Å',
        periodic,
        pairs: [
          [b, a],
          [b, c],
          [b, d],
        ],
        evaluate: evaluateHeight,
      };
    case 'coordination': {
      const neighbors = atoms.slice(1);
      return {
        name: `coordination of ${named(a)}`,
        unit: '',
        periodic,
        pairs: neighbors.map((neighbor) => [a, neighbor] as const),
        evaluate: (vectors, derivatives) => evaluateCoordination(vectors, derivatives, definition.distance),
      };
    }
  }
}

/** |v| */
function evaluateDistance(vectors: Float64Array, derivatives: Float64Array): number {
  const v = at(vectors, 0);
  const r = length(v);
  derivatives.set(scale(v, 1 / r));
  return r;
}

/** |v₁| − |v₂| */
function evaluateDifference(vectors: Float64Array, derivatives: Float64Array): number {
  const [v, w] = [at(vectors, 0), at(vectors, 1)];
  const [r, s] = [length(v), length(w)];
  derivatives.set(scale(v, 1 / r));
  derivatives.set(scale(w, -1 / s), 3);
  return r - s;
}

/** Between v₁ and v₂, 0 … π. At 0 and π it has no derivative; there it is 0, so that no spring pulls anywhere. */
function evaluateAngle(vectors: Float64Array, derivatives: Float64Array): number {
  const [v, w] = [at(vectors, 0), at(vectors, 1)];
  const n = cross(v, w);
  const sine = length(n);
  const [vv, ww] = [dot(v, v), dot(w, w)];
  const isStraight = sine <= STRAIGHT * Math.sqrt(vv * ww) && vv * ww > 0;
  derivatives.set(isStraight ? [0, 0, 0] : scale(cross(v, n), 1 / (vv * sine)));
  derivatives.set(isStraight ? [0, 0, 0] : scale(cross(n, w), 1 / (ww * sine)), 3);
  return Math.atan2(sine, dot(v, w));
}

/** −π … π, positive where the far bond is turned clockwise (IUPAC). Blondel and Karplus, J. Comput. Chem. 17, 1132 (1996), eqs. 26 and 27. */
function evaluateDihedral(vectors: Float64Array, derivatives: Float64Array): number {
  const [u, v, w] = [at(vectors, 0), at(vectors, 1), at(vectors, 2)];
  const [m, n] = [cross(u, v), cross(v, w)];
  const [mm, nn, axis] = [dot(m, m), dot(n, n), length(v)];
  derivatives.set(scale(m, axis / mm));
  derivatives.set(add(scale(m, -dot(u, v) / (mm * axis)), scale(n, -dot(w, v) / (nn * axis))), 3);
  derivatives.set(scale(n, axis / nn), 6);
  return Math.atan2(axis * dot(u, n), dot(m, n));
}

/** v₀ · n, n the direction of v₁ × v₂ */
function evaluateHeight(vectors: Float64Array, derivatives: Float64Array): number {
  const [u, v, w] = [at(vectors, 0), at(vectors, 1), at(vectors, 2)];
  const normal = cross(v, w);
  const area = length(normal);
  const n = scale(normal, 1 / area);
  const height = dot(u, n);
  const inPlane = add(u, scale(n, -height));
  derivatives.set(n);
  derivatives.set(scale(cross(w, inPlane), 1 / area), 3);
  derivatives.set(scale(cross(inPlane, v), 1 / area), 6);
  return height;
}

/** Σ 1/(1 + (r/d)⁶): (1 − x⁶)/(1 − x¹²) of the usual switching function, without its hole at x = 1. */
function evaluateCoordination(vectors: Float64Array, derivatives: Float64Array, distance: number): number {
  let sum = 0;
  for (let k = 0; k < vectors.length / 3; k++) {
    const v = at(vectors, k);
    const square = dot(v, v) / (distance * distance);
    const counted = 1 / (1 + square ** 3);
    sum += counted;
    derivatives.set(scale(v, (-6 * square * square * counted * counted) / (distance * distance)), 3 * k);
  }
  return sum;
}

/** The vectors that a coordinate is a function of, in structures of one cell. */
export function vectorsOf(
  { pairs }: CollectiveVariable,
  { cell, periodic }: Pick<Structure, 'cell' | 'periodic'>,
): (positions: Float64Array) => Float64Array {
  const between = (positions: Float64Array): Float64Array =>
    Float64Array.from({ length: 3 * pairs.length }, (_, c) => {
      const [i, j] = pairs[Math.floor(c / 3)];
      return positions[3 * j + (c % 3)] - positions[3 * i + (c % 3)];
    });
  const nearest = nearestImages(cell, periodic);
  return (positions) => nearest(between(positions));
}

/** A coordinate as a function of all positions. */
export interface Slope {
  readonly value: number;
  /** ∂ξ/∂r, 3N */
  readonly gradient: Float64Array;
  /** Σ |∇_i ξ|²/m_i, 1/amu of a length, Å⁻² amu⁻¹ of an angle. */
  readonly inverseMass: number;
}

/** @param cell of all structures @param masses amu, N */
export function slopeOf(
  coordinate: CollectiveVariable,
  cell: Pick<Structure, 'cell' | 'periodic'>,
  masses: Float64Array,
): (positions: Float64Array) => Slope {
  const vectorsAt = vectorsOf(coordinate, cell);
  const derivatives = new Float64Array(3 * coordinate.pairs.length);
  return (positions) => {
    const value = coordinate.evaluate(vectorsAt(positions), derivatives);
    const gradient = new Float64Array(positions.length);
    coordinate.pairs.forEach(([i, j], k) => {
      for (let x = 0; x < 3; x++) {
        gradient[3 * i + x] -= derivatives[3 * k + x];
        gradient[3 * j + x] += derivatives[3 * k + x];
      }
    });
    let inverseMass = 0;
    for (let k = 0; k < gradient.length; k++) inverseMass += gradient[k] ** 2 / masses[Math.floor(k / 3)];
    return { value, gradient, inverseMass };
  };
}

/** ξ − center, of a periodic coordinate the short way round: −π … π. */
export function deviation({ periodic }: Pick<Coordinate, 'periodic'>, value: number, center: number): number {
  const difference = value - center;
  return periodic ? difference - 2 * Math.PI * Math.round(difference / (2 * Math.PI)) : difference;
}
