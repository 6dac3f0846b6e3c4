/** What bonds say of the unit of length: nearest distances, and whether they would be bonds if they were bohr. */
import type { NeighborList } from '../../engine/structure/neighbors';
import { looksLikeBohr, NOBLE } from '../../language/bond-lengths';
import { covalentSum, symbolOf } from '../../language/elements';
import type { FrameData } from '../../protocol/frames';
import { listNeighbors } from './frame-report';

/** Farther no bond is sought, in the unit of the file. */
export const BOND_REACH = 6;
/** Larger frames are not asked: they would have to wait for the answer. */
const MAXIMUM_ATOMS = 1000;

interface NearestPair {
  readonly pair: readonly [string, string];
  readonly distance: number;
  /** The distance in sums of the covalent radii of the pair. */
  readonly ratio: number;
}

/** The two atoms that are nearest for their size; undefined if none are near that could be bonded. */
export function nearestPair(
  numbers: Uint8Array,
  { offsets, indices, distances }: NeighborList,
): NearestPair | undefined {
  let nearest: NearestPair | undefined;
  for (let i = 0; i < numbers.length; i++)
    for (let entry = offsets[i]; entry < offsets[i + 1]; entry++) {
      const [a, b] = [numbers[i], numbers[indices[entry]]];
      if (a === 0 || b === 0) continue;
      const pair = [symbolOf(a), symbolOf(b)] as const;
      const ratio = distances[entry] / covalentSum(...pair);
      if (ratio < (nearest?.ratio ?? Infinity) && !pair.some((symbol) => NOBLE.includes(symbol)))
        nearest = { pair, distance: distances[entry], ratio };
    }
  return nearest;
}

/** A frame of assumed units with what its bonds say against them. */
export function withDoubt(frame: FrameData): FrameData {
  const { units, numbers, positions, cell, periodic } = frame;
  if (units !== 'assumed' || numbers.length > MAXIMUM_ATOMS || !positions.every(Number.isFinite)) return frame;
  const list = listNeighbors({ numbers, positions: Float64Array.from(positions), cell, periodic }, BOND_REACH);
  const nearest = list && nearestPair(numbers, list);
  if (nearest === undefined || !looksLikeBohr(nearest.ratio)) return frame;
  // As chemists write it: the hydrogen last.
  const [a, b] = nearest.pair;
  const name = a === 'H' ? `${b}–${a}` : `${a}–${b}`;
  return { ...frame, doubt: `${name} is ${nearest.distance.toFixed(2)}: bohr?` };
}
