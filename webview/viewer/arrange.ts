/**
 * Where the atoms of a frame are drawn: wrapped into the cell or as whole molecules, with copies of the cell, with the
 * images of atoms on its faces, cut by a slice, some elements left out. Pure; Å.
 */
import * as v from 'valibot';
import { completeCell, hasImages, heights, invert, transform, wrap } from '../../engine/structure/cell';
import type { FrameData } from '../../protocol/frames';
import type { Bonds } from './bonds';

/** As in the file; all atoms in the cell; molecules that the cell's faces cut put together again. */
export const PLACEMENTS = ['file', 'wrapped', 'molecules'] as const;
const MAXIMUM_COPIES = 9;
/** Atoms that are drawn at most, copies included. */
const MAXIMUM_DRAWN = 4_000_000;
/** Å: atoms nearer to a face than this stand on it, if only they didn't move. */
const ON_FACE = 0.3;

const copies = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAXIMUM_COPIES));

export const arrangement = v.object({
  placement: v.picklist(PLACEMENTS),
  /** Copies of the cell along a, b, c; 1 along directions that aren't periodic. */
  copies: v.tuple([copies, copies, copies]),
  /** Atoms on a face of the cell are drawn on the opposite one too. */
  faces: v.boolean(),
  /** Atomic numbers that are not drawn. */
  hidden: v.array(v.number()),
  /** Only the atoms of a layer perpendicular to an axis: where its middle is (0 to 1 of the content), how thick (Å). */
  slice: v.nullable(
    v.object({
      axis: v.picklist(['x', 'y', 'z']),
      middle: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
      thickness: v.pipe(v.number(), v.minValue(0.1), v.maxValue(1e4)),
    }),
  ),
});
export type Arrangement = v.InferOutput<typeof arrangement>;

export const AS_IN_FILE: Arrangement = { placement: 'file', copies: [1, 1, 1], faces: false, hidden: [], slice: null };

export interface Arranged {
  readonly count: number;
  /** Å, 3 each */
  readonly positions: Float32Array;
  /** The atom of the frame that each drawn one is; undefined: they are the frame's, in its order. */
  readonly sources: Int32Array | undefined;
  /** Corners of the copies of the cell, for the lines: a lower corner each, 3 numbers. */
  readonly origins: readonly (readonly [number, number, number])[];
}

/**
 * @param bonds of the frame, for `molecules` (without them it is as in the file)
 */
export function arrange(frame: FrameData, how: Arrangement, bonds: Bonds | undefined): Arranged {
  const { numbers } = frame;
  const origins: [number, number, number][] = [[0, 0, 0]];
  const placed = place(frame, how.placement, bonds);
  let positions: ArrayLike<number> = placed;
  let sources: number[] | undefined;

  if (hasImages(frame)) {
    const { periodic } = frame;
    const cell = completeCell(frame.cell, periodic);
    const wanted = how.copies.map((n, k) => (periodic[k] ? n : 1));
    while (wanted[0] * wanted[1] * wanted[2] * numbers.length > MAXIMUM_DRAWN && Math.max(...wanted) > 1)
      wanted[wanted.indexOf(Math.max(...wanted))]--;
    const [na, nb, nc] = wanted;
    if (na * nb * nc > 1 || how.faces) {
      const all: number[] = [];
      sources = [];
      origins.length = 0;
      const shifted = (a: number, b: number, c: number): [number, number, number] => [
        a * cell[0] + b * cell[3] + c * cell[6],
        a * cell[1] + b * cell[4] + c * cell[7],
        a * cell[2] + b * cell[5] + c * cell[8],
      ];
      const fractional = how.faces ? transform(Float64Array.from(placed), invert(cell)) : undefined;
      const near = heights(cell).map((height) => Math.min(0.25, ON_FACE / height));
      const add = (i: number, [x, y, z]: readonly [number, number, number]): void => {
        all.push(placed[3 * i] + x, placed[3 * i + 1] + y, placed[3 * i + 2] + z);
        sources?.push(i);
      };
      for (let a = 0; a < na; a++)
        for (let b = 0; b < nb; b++)
          for (let c = 0; c < nc; c++) {
            const shift = shifted(a, b, c);
            origins.push(shift);
            for (let i = 0; i < numbers.length; i++) add(i, shift);
          }
      if (fractional !== undefined)
        for (let i = 0; i < numbers.length; i++) addFaces(i, fractional, near, wanted, periodic, shifted, add);
      positions = all;
    }
  }
  const kept = keep(positions, sources, numbers, how);
  return { ...kept, origins };
}

/** The atoms of the outer faces: those at the lower face of the whole block once more at the upper one. */
function addFaces(
  i: number,
  fractional: Float64Array,
  near: readonly number[],
  copies: readonly number[],
  periodic: readonly boolean[],
  shifted: (a: number, b: number, c: number) => [number, number, number],
  add: (i: number, shift: readonly [number, number, number]) => void,
): void {
  const options = [0, 1, 2].map((k) => {
    const f = fractional[3 * i + k];
    const inside = Array.from({ length: copies[k] }, (_, n) => n);
    if (!periodic[k]) return inside;
    if (Math.abs(f) < near[k]) return [...inside, copies[k]];
    return Math.abs(f - 1) < near[k] ? [-1, ...inside] : inside;
  });
  const outside = (n: number, k: number): boolean => n < 0 || n >= copies[k];
  for (const a of options[0])
    for (const b of options[1])
      for (const c of options[2]) if (outside(a, 0) || outside(b, 1) || outside(c, 2)) add(i, shifted(a, b, c));
}

function place(frame: FrameData, placement: Arrangement['placement'], bonds: Bonds | undefined): Float32Array {
  const { positions, cell, periodic, numbers } = frame;
  if (placement === 'file' || !hasImages(frame)) return positions;
  if (placement === 'wrapped')
    return Float32Array.from(wrap({ numbers, positions: Float64Array.from(positions), cell, periodic }));
  return bonds === undefined ? positions : joinMolecules(positions, bonds);
}

/** Positions along the bonds from the first atom of each molecule on; endless networks are cut somewhere. */
function joinMolecules(positions: Float32Array, { offsets, to, vectors }: Bonds): Float32Array {
  const atoms = positions.length / 3;
  const joined = positions.slice();
  const seen = new Uint8Array(atoms);
  for (let root = 0; root < atoms; root++) {
    if (seen[root] === 1) continue;
    seen[root] = 1;
    const stack = [root];
    for (let i = stack.pop(); i !== undefined; i = stack.pop())
      for (let bond = offsets[i]; bond < offsets[i + 1]; bond++) {
        const j = to[bond];
        if (seen[j] === 1) continue;
        seen[j] = 1;
        for (let x = 0; x < 3; x++) joined[3 * j + x] = joined[3 * i + x] + vectors[3 * bond + x];
        stack.push(j);
      }
  }
  return joined;
}

/** Leaves out hidden elements and what is outside of the slice. */
function keep(
  positions: ArrayLike<number>,
  sources: readonly number[] | undefined,
  numbers: Uint8Array,
  { hidden, slice }: Arrangement,
): Omit<Arranged, 'origins'> {
  const count = positions.length / 3;
  if (hidden.length === 0 && slice === null)
    return {
      count,
      positions: positions instanceof Float32Array ? positions : Float32Array.from(positions),
      sources: sources && Int32Array.from(sources),
    };
  const isHidden = new Uint8Array(256);
  for (const number of hidden) isHidden[number & 255] = 1;
  const axis = slice === null ? 0 : ['x', 'y', 'z'].indexOf(slice.axis);
  let [low, high] = [-Infinity, Infinity];
  if (slice !== null) {
    let [least, most] = [Infinity, -Infinity];
    for (let p = axis; p < positions.length; p += 3) {
      if (positions[p] < least) least = positions[p];
      if (positions[p] > most) most = positions[p];
    }
    const middle = least + (most - least) * slice.middle;
    [low, high] = [middle - slice.thickness / 2, middle + slice.thickness / 2];
  }
  const keptPositions: number[] = [];
  const keptSources: number[] = [];
  for (let k = 0; k < count; k++) {
    const source = sources?.[k] ?? k;
    const along = positions[3 * k + axis];
    if (isHidden[numbers[source]] === 1 || along < low || along > high) continue;
    keptPositions.push(positions[3 * k], positions[3 * k + 1], positions[3 * k + 2]);
    keptSources.push(source);
  }
  return {
    count: keptSources.length,
    positions: Float32Array.from(keptPositions),
    sources: Int32Array.from(keptSources),
  };
}
