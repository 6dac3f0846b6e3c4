/**
 * Chiral symmetry functions: which hand the surroundings of an atom have.
 *
 *   v_a(i) = Σ_j exp(−η_a(r_ij − r_a)²) f_c(r_ij) r_ij/|r_ij|     over the neighbours of the channel's element
 *   χ_abc(i) = v_a · (v_b × v_c)                                  a pseudoscalar: a mirror turns it into −χ
 *   G = χ(i) χ′(i)                                                even: the same in the mirror
 *   G = χ(i) Σ_k χ′(k) exp(−η(r_ik − r_s)²) f_c(r_ik; range)      even, over other atoms k of the centre's element
 *   G = χ(i)                                                      where parity is broken on purpose
 *
 * A mirror across a plane of the axes, and inversion, change signs of components alone, so that even functions stay the same
 * to the last bit. Linear in the neighbours but for the coupled ones. Å; the sums are over the rows of one neighbour list,
 * which must reach as far as range and cutoff together (`reachOf`).
 */
import { NEGLIGIBLE_VOLUME } from '../../language/definition/chirality';
import type { ChiralChannel, SignedVolume } from '../../language/definition/definition';
import { atomicNumber } from '../../language/elements';
import type { NeighborList } from '../structure/neighbors';
import type { Structure } from '../structure/structure';
import type { CutoffShape } from './cutoff-functions';
import type { DescriptorFunction } from './function-types';
import { createRadial, evaluateRadial, type Radial } from './radial-parts';

/** A range of values that small is made by rounding, of surroundings that have a mirror plane. */
export const negligibleRange = (one: DescriptorFunction): number =>
  one.type === 'chiral' ? NEGLIGIBLE_VOLUME ** one.volumes.length : 0;

/** The chiral functions of one centre. Made by `prepareChirality`. */
export interface Chirality {
  readonly channels: readonly { readonly neighbor: number; readonly radial: Radial }[];
  /** Three channels each. */
  readonly volumes: readonly (readonly [number, number, number])[];
  /** Products of volumes of the centre; without `second` a volume alone. */
  readonly own: readonly { readonly target: number; readonly first: number; readonly second: number | undefined }[];
  readonly coupled: readonly {
    readonly target: number;
    readonly first: number;
    readonly second: number;
    /** Of the distance to the other centre. */
    readonly radial: Radial;
  }[];
}

/** @returns undefined if no function is chiral. @param shape the cutoff function */
export function prepareChirality(functions: readonly DescriptorFunction[], shape: CutoffShape): Chirality | undefined {
  const channels: { readonly neighbor: number; readonly radial: Radial }[] = [];
  const channelNumbers = new Map<string, number>();
  const volumes: (readonly [number, number, number])[] = [];
  const volumeNumbers = new Map<string, number>();
  const own: Chirality['own'][number][] = [];
  const coupled: Chirality['coupled'][number][] = [];
  const channelOf = ({ neighbor, eta, shift }: ChiralChannel, cutoff: number): number => {
    const key = [neighbor, eta, shift, cutoff].join(' ');
    const known = channelNumbers.get(key);
    if (known !== undefined) return known;
    channelNumbers.set(key, channels.length);
    const number = atomicNumber(neighbor);
    if (number === undefined) throw new Error(`${neighbor} is no element.`);
    return channels.push({ neighbor: number, radial: createRadial({ eta, shift, cutoff }, shape) }) - 1;
  };
  const volumeOf = ([a, b, c]: SignedVolume, cutoff: number): number => {
    const volume = [channelOf(a, cutoff), channelOf(b, cutoff), channelOf(c, cutoff)] as const;
    const key = volume.join(' ');
    const known = volumeNumbers.get(key);
    if (known !== undefined) return known;
    volumeNumbers.set(key, volumes.length);
    return volumes.push(volume) - 1;
  };
  for (const [target, one] of functions.entries()) {
    if (one.type !== 'chiral') continue;
    const [first, second] = one.volumes.map((volume) => volumeOf(volume, one.cutoff));
    if (one.coupling === undefined) own.push({ target, first, second });
    else {
      const { eta, shift, range } = one.coupling;
      coupled.push({ target, first, second, radial: createRadial({ eta, shift, cutoff: range }, shape) });
    }
  }
  return own.length + coupled.length === 0 ? undefined : { channels, volumes, own, coupled };
}

/** The vectors of all channels of one centre and what they depend on. */
interface Center {
  /** v: [channel][x, y, z]. */
  readonly vectors: Float64Array;
  /** Entry of each neighbour in the row of the atom that is evaluated; −1 for that atom itself. */
  readonly entries: number[];
  /** Of each neighbour: the channel, h(r), h′(r), 1/r, and the unit vector: seven numbers. */
  readonly terms: number[];
}

/** A neighbour of a centre: its entry and the vector from the centre, which is sorted into the channels of its element. */
function addNeighbor(
  { channels }: Chirality,
  center: Center,
  entry: number,
  neighbor: number,
  x: number,
  y: number,
  z: number,
): void {
  const r = Math.sqrt(x * x + y * y + z * z);
  // Two atoms in one place have no direction.
  if (r === 0) return;
  const inverse = 1 / r;
  for (let c = 0; c < channels.length; c++) {
    const { neighbor: wanted, radial } = channels[c];
    if (wanted !== neighbor || r >= radial.cutoff) continue;
    evaluateRadial(radial, r, value, slope, 0);
    const unit = [x * inverse, y * inverse, z * inverse];
    for (let axis = 0; axis < 3; axis++) center.vectors[3 * c + axis] += value[0] * unit[axis];
    center.entries.push(entry);
    center.terms.push(c, value[0], slope[0], inverse, ...unit);
  }
}

const value = new Float64Array(1);
const slope = new Float64Array(1);

function createCenter({ channels }: Chirality): Center {
  return { vectors: new Float64Array(3 * channels.length), entries: [], terms: [] };
}

/** χ of a volume, and ∂χ/∂v of its three channels: v_b × v_c and so on. */
interface Volume {
  readonly value: number;
  readonly gradients: readonly (readonly [number, number, number])[];
}

function volumeOf(channels: readonly [number, number, number], vectors: Float64Array): Volume {
  const [a, b, c] = channels.map((channel) => vectors.subarray(3 * channel, 3 * channel + 3));
  const gradients = [cross(b, c), cross(c, a), cross(a, b)];
  const [[x, y, z]] = gradients;
  return { value: a[0] * x + a[1] * y + a[2] * z, gradients };
}

function cross(a: Float64Array, b: Float64Array): readonly [number, number, number] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/**
 * Adds `factor` · ∂χ/∂(vectors of the row) of one function to its gradients. The neighbours of another atom than the row's
 * have vectors that end at theirs and begin at that atom, which stands at entry `origin` (−1: the row's atom itself).
 */
function addGradients(
  volume: Volume,
  channels: readonly [number, number, number],
  { entries, terms }: Center,
  factor: number,
  origin: number,
  count: number,
  target: number,
  gradients: Float64Array,
): void {
  for (let k = 0, at = 0; k < entries.length; k++, at += 7) {
    const which = channels.indexOf(terms[at]);
    if (which < 0) continue;
    const [h, dh, inverse] = [terms[at + 1], terms[at + 2], terms[at + 3]];
    const w = volume.gradients[which];
    const [nx, ny, nz] = [terms[at + 4], terms[at + 5], terms[at + 6]];
    // ∂v/∂r = h′ n nᵀ + h/r (1 − n nᵀ)
    const across = factor * h * inverse;
    const along = (factor * dh - across) * (w[0] * nx + w[1] * ny + w[2] * nz);
    const pull = [along * nx + across * w[0], along * ny + across * w[1], along * nz + across * w[2]];
    const to = 3 * (entries[k] * count + target);
    const from = 3 * (origin * count + target);
    for (let axis = 0; axis < 3; axis++) {
      if (entries[k] >= 0) gradients[to + axis] += pull[axis];
      if (origin >= 0) gradients[from + axis] -= pull[axis];
    }
  }
}

/**
 * Adds the chiral functions of atom `i` to `values`, and their derivatives with respect to the vectors of its row to
 * `gradients`, laid out as `evaluateAtom` has them.
 * @param count of all functions of the centre
 */
export function addChirality(
  plan: Chirality,
  count: number,
  structure: Structure,
  list: NeighborList,
  i: number,
  values: Float64Array,
  gradients: Float64Array | undefined,
): void {
  const { numbers } = structure;
  const { indices, vectors, distances } = list;
  const first = list.offsets[i];
  const entries = list.offsets[i + 1] - first;
  const center = createCenter(plan);
  for (let e = 0; e < entries; e++) {
    const at = 3 * (first + e);
    addNeighbor(plan, center, e, numbers[indices[first + e]], vectors[at], vectors[at + 1], vectors[at + 2]);
  }
  const volumes = plan.volumes.map((channels) => volumeOf(channels, center.vectors));
  const push = (volume: number, factor: number, target: number): void => {
    if (gradients === undefined || factor === 0) return;
    addGradients(volumes[volume], plan.volumes[volume], center, factor, -1, count, target, gradients);
  };
  for (const { target, first: a, second: b } of plan.own) {
    values[target] += volumes[a].value * (b === undefined ? 1 : volumes[b].value);
    push(a, b === undefined ? 1 : volumes[b].value, target);
    if (b !== undefined) push(b, volumes[a].value, target);
  }
  if (plan.coupled.length === 0) return;

  const range = Math.max(...plan.coupled.map(({ radial }) => radial.cutoff));
  for (let e = 0; e < entries; e++) {
    const r = distances[first + e];
    if (numbers[indices[first + e]] !== numbers[i] || r >= range || r === 0) continue;
    const [x, y, z] = vectors.subarray(3 * (first + e), 3 * (first + e) + 3);
    const other = createCenter(plan);
    addNeighbor(plan, other, -1, numbers[i], -x, -y, -z);
    for (let k = 0; k < entries; k++) {
      if (k === e) continue;
      const at = 3 * (first + k);
      addNeighbor(
        plan,
        other,
        k,
        numbers[indices[first + k]],
        vectors[at] - x,
        vectors[at + 1] - y,
        vectors[at + 2] - z,
      );
    }
    const others = plan.volumes.map((channels) => volumeOf(channels, other.vectors));
    for (const { target, first: a, second: b, radial } of plan.coupled) {
      if (r >= radial.cutoff) continue;
      evaluateRadial(radial, r, value, slope, 0);
      const [g, dg] = [value[0], slope[0]];
      values[target] += volumes[a].value * others[b].value * g;
      if (gradients === undefined) continue;
      push(a, others[b].value * g, target);
      addGradients(others[b], plan.volumes[b], other, volumes[a].value * g, e, count, target, gradients);
      const along = (volumes[a].value * others[b].value * dg) / r;
      const at = 3 * (e * count + target);
      gradients[at] += along * x;
      gradients[at + 1] += along * y;
      gradients[at + 2] += along * z;
    }
  }
}
