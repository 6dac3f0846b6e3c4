/**
 * Bonds for the eye: atoms closer than the sum of their covalent radii plus a tolerance, over all periodic images.
 *
 * Lengths in Å. Method: cell list in fractional coordinates, so that triclinic cells, cells smaller than a bond and
 * atoms outside of the cell are all right. Nothing here is physics; the engine has its own neighbour list.
 */
import { completeCell, hasImages, invert } from '../../engine/structure/cell';
import { elements } from '../../language/elements';
import type { Arranged } from './arrange';
import type { Sticks } from './scene';

/** Cordero's radii meet crystal structures within this (Å). */
export const TOLERANCE = 0.3;
/** Nothing is bonded over less than this: two atoms on one place are an error in the data, not a bond. */
const SHORTEST = 0.3;

export interface Geometry {
  readonly numbers: Uint8Array;
  /** Å, 3N */
  readonly positions: Float32Array;
  /** Rows a, b, c in Å; absent for a cluster. */
  readonly cell?: Float64Array;
  readonly periodic: readonly [boolean, boolean, boolean];
}

/**
 * Each bond twice, once from either end. Those of atom i are the ones from `offsets[i]` to before `offsets[i + 1]`; `vectors`
 * lead from it to the bonded image of `to`.
 */
export interface Bonds {
  readonly offsets: Int32Array;
  readonly to: Int32Array;
  /** Å, 3 each */
  readonly vectors: Float32Array;
}

/** The covalent radius in Å; unknown elements get that of the placeholder. */
export const covalentRadius = (number: number): number => (elements.at(number) ?? elements[0]).covalentRadius;

const OPEN = [false, false, false] as const;

/**
 * Finds all bonds; O(N). Atoms with positions that are no numbers have none.
 * @param tolerance Å that a bond may be longer than the sum of the covalent radii
 */
export function findBonds({ numbers, positions, cell, periodic }: Geometry, tolerance = TOLERANCE): Bonds {
  const count = numbers.length;
  // Without a usable cell the axes are x, y, z and nothing is periodic.
  const wraps = hasImages({ cell, periodic }) ? periodic : OPEN;
  const frame = completeCell(cell, wraps);
  const inverse = invert(frame);

  const radii = new Float64Array(count);
  let largest = 0;
  for (let i = 0; i < count; i++) {
    radii[i] = covalentRadius(numbers[i]);
    largest = Math.max(largest, radii[i]);
  }
  const reach = Math.max(SHORTEST, 2 * largest + tolerance);

  // Fractional coordinates; along periodic axes wrapped into [0, 1), else shifted and scaled to the occupied range.
  const fractional = new Float64Array(3 * count);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      const f =
        positions[3 * i] * inverse[k] + positions[3 * i + 1] * inverse[3 + k] + positions[3 * i + 2] * inverse[6 + k];
      fractional[3 * i + k] = f;
      if (!Number.isFinite(f)) continue;
      low[k] = Math.min(low[k], f);
      high[k] = Math.max(high[k], f);
    }
  }
  const origin = [0, 1, 2].map((k) => (wraps[k] || !Number.isFinite(low[k]) ? 0 : low[k]));
  const span = [0, 1, 2].map((k) => (wraps[k] ? 1 : Math.max(high[k] - low[k], 0) || 1e-9));

  // Thickness of the cell along each axis, in Å: 1 / |row of the inverse's transpose|.
  const thickness = [0, 1, 2].map((k) => span[k] / Math.hypot(inverse[k], inverse[3 + k], inverse[6 + k]));
  const bins = thickness.map((t) => Math.max(1, Math.min(1024, Math.floor(t / reach))));
  // A thinly filled box must not cost memory: fewer, larger bins.
  while (bins[0] * bins[1] * bins[2] > 4 * count + 64) {
    const k = bins.indexOf(Math.max(...bins));
    bins[k] = Math.ceil(bins[k] / 2);
  }
  const steps = [0, 1, 2].map((k) =>
    wraps[k] ? Math.min(8, Math.ceil((reach * bins[k]) / thickness[k])) : Math.min(1, bins[k] - 1),
  );

  const binOf = new Int32Array(count);
  const shifts = new Int32Array(3 * count);
  const heads = new Int32Array(bins[0] * bins[1] * bins[2]).fill(-1);
  const next = new Int32Array(count).fill(-1);
  for (let i = count - 1; i >= 0; i--) {
    let bin = 0;
    for (let k = 0; k < 3; k++) {
      const f = (fractional[3 * i + k] - origin[k]) / span[k];
      const image = wraps[k] ? Math.floor(f) : 0;
      shifts[3 * i + k] = image;
      bin = bin * bins[k] + Math.min(bins[k] - 1, Math.max(0, Math.floor((f - image) * bins[k])));
    }
    if (Number.isNaN(bin)) {
      binOf[i] = -1;
      continue;
    }
    binOf[i] = bin;
    next[i] = heads[bin];
    heads[bin] = i;
  }

  const offsets = new Int32Array(count + 1);
  const to: number[] = [];
  const vectors: number[] = [];
  for (let i = 0; i < count; i++) {
    offsets[i] = to.length;
    if (binOf[i] < 0) continue;
    const bz = binOf[i] % bins[2];
    const by = Math.floor(binOf[i] / bins[2]) % bins[1];
    const bx = Math.floor(binOf[i] / (bins[2] * bins[1]));
    for (let dx = -steps[0]; dx <= steps[0]; dx++) {
      const sx = Math.floor((bx + dx) / bins[0]);
      if (sx !== 0 && !wraps[0]) continue;
      for (let dy = -steps[1]; dy <= steps[1]; dy++) {
        const sy = Math.floor((by + dy) / bins[1]);
        if (sy !== 0 && !wraps[1]) continue;
        for (let dz = -steps[2]; dz <= steps[2]; dz++) {
          const sz = Math.floor((bz + dz) / bins[2]);
          if (sz !== 0 && !wraps[2]) continue;
          const bin =
            ((bx + dx - sx * bins[0]) * bins[1] + (by + dy - sy * bins[1])) * bins[2] + (bz + dz - sz * bins[2]);
          for (let j = heads[bin]; j >= 0; j = next[j]) {
            const a = sx + shifts[3 * i] - shifts[3 * j];
            const b = sy + shifts[3 * i + 1] - shifts[3 * j + 1];
            const c = sz + shifts[3 * i + 2] - shifts[3 * j + 2];
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const x = positions[3 * j] - positions[3 * i] + a * frame[0] + b * frame[3] + c * frame[6];
            const y = positions[3 * j + 1] - positions[3 * i + 1] + a * frame[1] + b * frame[4] + c * frame[7];
            const z = positions[3 * j + 2] - positions[3 * i + 2] + a * frame[2] + b * frame[5] + c * frame[8];
            const squared = x * x + y * y + z * z;
            const cutoff = radii[i] + radii[j] + tolerance;
            if (cutoff < 0 || squared > cutoff * cutoff || squared < SHORTEST * SHORTEST) continue;
            to.push(j);
            vectors.push(x, y, z);
          }
        }
      }
    }
  }
  offsets[count] = to.length;
  return { offsets, to: Int32Array.from(to), vectors: Float32Array.from(vectors) };
}

/**
 * What is drawn of the bonds of drawn atoms: from each the half of it that is its own, in its colour; over a face of the cell
 * both halves are stubs.
 */
export function halvesOf(
  { offsets, to, vectors }: Bonds,
  { numbers }: Pick<Geometry, 'numbers'>,
  { count, positions, sources }: Arranged,
  colors: Uint8Array,
  hidden: readonly number[],
): Sticks {
  const isHidden = new Uint8Array(256);
  for (const number of hidden) isHidden[number & 255] = 1;
  const total = countHalves({ offsets }, { count, sources });
  const starts = new Float32Array(3 * total);
  const halves = new Float32Array(3 * total);
  const tints = new Uint8Array(3 * total);
  let at = 0;
  for (let k = 0; k < count; k++) {
    const atom = sources?.[k] ?? k;
    for (let bond = offsets[atom]; bond < offsets[atom + 1]; bond++) {
      if (isHidden[numbers[to[bond]]] === 1) continue;
      for (let x = 0; x < 3; x++) {
        starts[at + x] = positions[3 * k + x];
        halves[at + x] = vectors[3 * bond + x] / 2;
        tints[at + x] = colors[3 * k + x];
      }
      at += 3;
    }
  }
  return { count: at / 3, starts, vectors: halves, colors: tints };
}

/** How many halves of bonds the drawn atoms have. */
export function countHalves(
  { offsets }: Pick<Bonds, 'offsets'>,
  { count, sources }: Pick<Arranged, 'count' | 'sources'>,
): number {
  let total = 0;
  for (let k = 0; k < count; k++) {
    const atom = sources?.[k] ?? k;
    total += offsets[atom + 1] - offsets[atom];
  }
  return total;
}
