/**
 * Neighbour lists: for each atom every atom, and every periodic image of an atom (its own images too), closer than a
 * cutoff. Å.
 *
 * Linked cells: atoms are sorted into bins of about half the cutoff, and of each atom only the bins within the cutoff
 * are visited; where the cell is thinner than that, its images are visited instead. O(N) at fixed density, for any cell
 * shape and periodicity.
 *
 * A vector depends on nothing but the two positions and the image: not on the binning, so that an atom far away can
 * never change it, not even in the last bit. Neighbours stand in the order of distance, then x, y, z of the vector:
 * exchanging equal atoms exchanges their rows and changes nothing in them.
 */
import { completeCell, heights, invert, transform } from './cell';
import type { Structure } from './structure';

export interface NeighborList {
  /** N + 1: the neighbours of atom i are the entries offsets[i] to offsets[i + 1] − 1. */
  readonly offsets: Int32Array;
  /** The neighbour's index, per entry. */
  readonly indices: Int32Array;
  /** r_j + image − r_i in Å, 3 per entry. */
  readonly vectors: Float64Array;
  /** Length of the vector in Å, per entry. */
  readonly distances: Float64Array;
}

/** More entries than this are refused: they would need gigabytes. */
const MAXIMUM_ENTRIES = 1 << 27;
/** More bin visits than this are refused: a cutoff absurdly larger than the cell. */
const MAXIMUM_VISITS = 1e8;

/**
 * All neighbours closer than `cutoff` (Å) of all atoms, each pair in both directions.
 * @throws Error if the cell is singular, a number is not finite, or the list would not fit in memory; callers that read
 * foreign files check cells first.
 */
export function buildNeighborList(structure: Structure, cutoff: number): NeighborList {
  const { positions } = structure;
  const atoms = structure.numbers.length;
  const periodic = structure.periodic.map((p) => p && structure.cell !== undefined);
  if (!(cutoff > 0) || !Number.isFinite(cutoff)) throw new Error(`The cutoff ${cutoff} Å is not a positive number.`);
  if (!positions.every(Number.isFinite)) throw new Error('A position is not a finite number.');

  const cell = completeCell(structure.cell, structure.periodic);
  const fractional = transform(positions, invert(cell));
  const cellHeights = heights(cell);

  // Along each direction: where the bins start (in fractions of the cell), how many there are, how far to look.
  // A little more than the cutoff, so that rounding in fractional coordinates cannot lose a neighbour.
  const reach = cutoff * (1 + 1e-6);
  const start = [0, 0, 0];
  const extent = [1, 1, 1];
  const bins = [1, 1, 1];
  for (let k = 0; k < 3; k++) {
    if (!periodic[k] && atoms > 0) {
      let minimum = Infinity;
      let maximum = -Infinity;
      for (let i = 0; i < atoms; i++) {
        minimum = Math.min(minimum, fractional[3 * i + k]);
        maximum = Math.max(maximum, fractional[3 * i + k]);
      }
      start[k] = minimum;
      extent[k] = Math.max(maximum - minimum, Number.MIN_VALUE);
    }
    bins[k] = Math.max(1, Math.floor((2 * extent[k] * cellHeights[k]) / reach));
  }
  // Few atoms in a large volume need few bins, not one for every empty place.
  const wanted = Math.max(1, atoms);
  while (bins[0] * bins[1] * bins[2] > 4 * wanted) {
    const widest = bins.indexOf(Math.max(...bins));
    bins[widest] = Math.max(1, Math.floor(bins[widest] / 2));
  }
  const range = bins.map((count, k) => {
    const far = Math.ceil((reach * count) / (extent[k] * cellHeights[k]));
    return periodic[k] ? far : Math.min(far, count - 1);
  });
  const visited = range.reduce((product, r) => product * (2 * r + 1), atoms);
  if (visited > MAXIMUM_VISITS) throw new Error(`A cutoff of ${cutoff} Å is too large for this cell.`);

  // Sort the atoms into bins; `whole` counts the cell vectors that lie between an atom and its place in the cell.
  const whole = new Float64Array(3 * atoms);
  const binOf = new Int32Array(3 * atoms);
  const first = new Int32Array(bins[0] * bins[1] * bins[2]).fill(-1);
  const next = new Int32Array(atoms);
  for (let i = atoms - 1; i >= 0; i--) {
    for (let k = 0; k < 3; k++) {
      const f = fractional[3 * i + k];
      const shift = periodic[k] ? Math.floor(f) : 0;
      whole[3 * i + k] = shift;
      const bin = Math.floor(((f - shift - start[k]) / extent[k]) * bins[k]);
      binOf[3 * i + k] = Math.min(bins[k] - 1, Math.max(0, bin));
    }
    const bin = (binOf[3 * i] * bins[1] + binOf[3 * i + 1]) * bins[2] + binOf[3 * i + 2];
    next[i] = first[bin];
    first[bin] = i;
  }

  const entries = createEntries();
  const offsets = new Int32Array(atoms + 1);
  const squared = cutoff * cutoff;
  for (let i = 0; i < atoms; i++) {
    const rowStart = entries.count;
    const x = positions[3 * i];
    const y = positions[3 * i + 1];
    const z = positions[3 * i + 2];
    for (let da = -range[0]; da <= range[0]; da++) {
      const a = binOf[3 * i] + da;
      if (!periodic[0] && (a < 0 || a >= bins[0])) continue;
      const imageA = Math.floor(a / bins[0]);
      for (let db = -range[1]; db <= range[1]; db++) {
        const b = binOf[3 * i + 1] + db;
        if (!periodic[1] && (b < 0 || b >= bins[1])) continue;
        const imageB = Math.floor(b / bins[1]);
        for (let dc = -range[2]; dc <= range[2]; dc++) {
          const c = binOf[3 * i + 2] + dc;
          if (!periodic[2] && (c < 0 || c >= bins[2])) continue;
          const imageC = Math.floor(c / bins[2]);
          const bin = ((a - imageA * bins[0]) * bins[1] + b - imageB * bins[1]) * bins[2] + c - imageC * bins[2];
          for (let j = first[bin]; j >= 0; j = next[j]) {
            const na = imageA - whole[3 * j] + whole[3 * i];
            const nb = imageB - whole[3 * j + 1] + whole[3 * i + 1];
            const nc = imageC - whole[3 * j + 2] + whole[3 * i + 2];
            if (j === i && na === 0 && nb === 0 && nc === 0) continue;
            const dx = positions[3 * j] - x + (na * cell[0] + nb * cell[3] + nc * cell[6]);
            const dy = positions[3 * j + 1] - y + (na * cell[1] + nb * cell[4] + nc * cell[7]);
            const dz = positions[3 * j + 2] - z + (na * cell[2] + nb * cell[5] + nc * cell[8]);
            const d2 = dx * dx + dy * dy + dz * dz;
            if (d2 < squared) append(entries, j, dx, dy, dz, Math.sqrt(d2));
          }
        }
      }
    }
    sortRow(entries, rowStart);
    offsets[i + 1] = entries.count;
  }
  return {
    offsets,
    indices: entries.indices.slice(0, entries.count),
    vectors: entries.vectors.slice(0, 3 * entries.count),
    distances: entries.distances.slice(0, entries.count),
  };
}

interface Entries {
  count: number;
  indices: Int32Array;
  vectors: Float64Array;
  distances: Float64Array;
}

function createEntries(): Entries {
  return { count: 0, indices: new Int32Array(64), vectors: new Float64Array(192), distances: new Float64Array(64) };
}

function append(entries: Entries, j: number, dx: number, dy: number, dz: number, distance: number): void {
  const at = entries.count++;
  if (at === entries.indices.length) {
    if (at >= MAXIMUM_ENTRIES) throw new Error('The neighbour list does not fit in memory: the cutoff is too large.');
    const grow = <T extends Int32Array | Float64Array>(array: T, into: T): T => (into.set(array), into);
    entries.indices = grow(entries.indices, new Int32Array(2 * at));
    entries.vectors = grow(entries.vectors, new Float64Array(6 * at));
    entries.distances = grow(entries.distances, new Float64Array(2 * at));
  }
  entries.indices[at] = j;
  entries.vectors[3 * at] = dx;
  entries.vectors[3 * at + 1] = dy;
  entries.vectors[3 * at + 2] = dz;
  entries.distances[at] = distance;
}

/** Gaps of Shell's sort (Ciura 2001): rows are short, and a comparison without a call is most of the speed. */
const GAPS = [1750, 701, 301, 132, 57, 23, 10, 4, 1];

/** Sorts the entries from `start` to the end by distance, then vector, and only then by index. */
function sortRow({ indices, vectors, distances, count }: Entries, start: number): void {
  const length = count - start;
  const order = new Int32Array(length);
  for (let k = 0; k < length; k++) order[k] = start + k;
  for (const gap of GAPS)
    for (let k = gap; k < length; k++) {
      const entry = order[k];
      const distance = distances[entry];
      let at = k;
      for (; at >= gap; at -= gap) {
        const other = order[at - gap];
        const later =
          distances[other] > distance ||
          (distances[other] === distance && compareTied(vectors, indices, other, entry) > 0);
        if (!later) break;
        order[at] = other;
      }
      order[at] = entry;
    }
  const sortedIndices = indices.slice(start, count);
  const sortedDistances = distances.slice(start, count);
  const sortedVectors = vectors.slice(3 * start, 3 * count);
  for (let k = 0; k < length; k++) {
    const from = order[k] - start;
    indices[start + k] = sortedIndices[from];
    distances[start + k] = sortedDistances[from];
    for (let axis = 0; axis < 3; axis++) vectors[3 * (start + k) + axis] = sortedVectors[3 * from + axis];
  }
}

function compareTied(vectors: Float64Array, indices: Int32Array, p: number, q: number): number {
  return (
    vectors[3 * p] - vectors[3 * q] ||
    vectors[3 * p + 1] - vectors[3 * q + 1] ||
    vectors[3 * p + 2] - vectors[3 * q + 2] ||
    indices[p] - indices[q]
  );
}
