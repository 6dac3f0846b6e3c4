/** What stands around atoms: distances and angles, each with the atoms it is between. Pure. Å, degrees. */
import { symbolOf } from '../../language/elements';
import { buildNeighborList } from '../structure/neighbors';
import type { Structure } from '../structure/structure';

/** A distance or an angle. */
export interface Relation {
  /** `H–O`, or `H–O–H` with the centre in the middle. */
  readonly name: string;
  readonly value: number;
  /** Their numbers in the structure, the centre first. */
  readonly atoms: readonly number[];
}

export interface Environment {
  readonly distances: readonly Relation[];
  readonly angles: readonly Relation[];
  /** Whether there were more than `most` of either, and the rest was left out. */
  readonly cut: boolean;
}

/**
 * Distances below `reach` of some atoms, or between all if `centers` is empty, and the angles at them.
 * @param most of each are listed
 * @throws Error as `buildNeighborList`
 */
export function environmentOf(
  structure: Structure,
  centers: readonly number[],
  reach: number,
  most: number,
): Environment {
  const { offsets, indices, vectors, distances: lengths } = buildNeighborList(structure, reach);
  const nameOf = (atom: number): string => symbolOf(structure.numbers[atom]);
  const all = centers.length === 0;
  const wanted = all ? [...structure.numbers.keys()] : centers.filter((i) => i < structure.numbers.length);
  const distances: Relation[] = [];
  const angles: Relation[] = [];
  let cut = false;
  for (const i of wanted) {
    for (let a = offsets[i]; a < offsets[i + 1]; a++) {
      const j = indices[a];
      // Of all atoms each pair has two entries.
      if (all && j < i) continue;
      if (distances.length < most)
        distances.push({ name: `${nameOf(i)}–${nameOf(j)}`, value: lengths[a], atoms: [i, j] });
      else cut = true;
    }
    for (let a = offsets[i]; a < offsets[i + 1]; a++)
      for (let b = a + 1; b < offsets[i + 1]; b++) {
        if (angles.length >= most) {
          cut = true;
          break;
        }
        const [u, w] = [vectors.subarray(3 * a, 3 * a + 3), vectors.subarray(3 * b, 3 * b + 3)];
        const cosine = (u[0] * w[0] + u[1] * w[1] + u[2] * w[2]) / (lengths[a] * lengths[b]);
        const value = (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
        const [j, k] = [indices[a], indices[b]];
        angles.push({ name: `${nameOf(j)}–${nameOf(i)}–${nameOf(k)}`, value, atoms: [i, j, k] });
      }
  }
  return { distances, angles, cut };
}
