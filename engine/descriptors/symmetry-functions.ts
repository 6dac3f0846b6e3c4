/**
 * Atom-centred symmetry functions: what the surroundings of an atom look like, in numbers that neither translation,
 * rotation, reflection nor the order of equal atoms can change.
 *
 *   type 2   G = Σ_j exp(−η(r_ij − r_s)²) f_c(r_ij)
 *   type 3   G = 2^(1−ζ) Σ_{j<k} (1 + λ cos θ_jik)^ζ h(r_ij) h(r_ik) h(r_jk),   h(r) = exp(−η(r − r_s)²) f_c(r)
 *   type 9   the same without h(r_jk)
 *
 * with sums over neighbours of the function's elements; each pair {j, k} counts once. Imported potentials have further types:
 * function-types.ts. Chiral ones are in chirality.ts. All others are sums over neighbours or pairs of neighbours of weight · h(r_ij) or
 * weight · a(θ_jik) h(r_ij) h(r_ik) [h(r_jk)], with one of two kinds of radial part h and of angular part a.
 * Source: Behler, J. Chem. Phys. 134, 074106 (2011); numbering and conventions of n2p2. Å; G itself has no unit.
 *
 * This is the reference that every faster kernel is tested against: float64, analytic derivatives, no tables. The one
 * thing computed here is, for one atom, its values and ∂G/∂(vector to a neighbour) for each entry of its row of the
 * neighbour list; derivatives with respect to atoms and strain, forces and virial all follow from those by sums.
 */
import type { CutoffFunction } from '../../language/definition/definition';
import { atomicNumber, symbolOf } from '../../language/elements';
import type { NeighborList } from '../structure/neighbors';
import type { Structure } from '../structure/structure';
import { reachOf } from '../../language/definition/chirality';
import { addChirality, type Chirality, prepareChirality } from './chirality';
import { cutoffShape, type CutoffShape } from './cutoff-functions';
import type { DescriptorFunction } from './function-types';
import { power } from './power';
import {
  type Bump,
  createBump,
  createRadial,
  evaluateBump,
  evaluateRadial,
  type Radial,
  radialKey,
} from './radial-parts';

/** The symmetry functions of one atom with their derivatives, unscaled. */
export interface AtomDescriptors {
  /** G_s, one per symmetry function of the element. */
  readonly values: Float64Array;
  /** The atoms that the values depend on, each once, the centre first: the *slots*. */
  readonly atoms: Int32Array;
  /** ∂G_s/∂r of the atom in a slot and all its images together, in 1/Å: [slot][function][x, y, z]. */
  readonly derivatives: Float64Array;
  /** ∂G_s/∂ε_ab when all vectors stretch as r → (1 + ε) r: [function][3a + b]. */
  readonly strain: Float64Array;
}

/** Symmetry functions sorted so that what several of them share is computed once. Made by `prepareDescriptors`. */
export interface DescriptorPlan {
  /** Largest cutoff of all functions in Å; 0 if there is none. */
  readonly cutoff: number;
  /** By atomic number of the centre. */
  readonly centers: ReadonlyMap<number, CenterPlan>;
}

interface CenterPlan {
  /** Number of symmetry functions. */
  readonly count: number;
  /** The distinct h(r) of all functions. */
  readonly radials: readonly Radial[];
  /** By element of the neighbour: functions of pairs. */
  readonly pairs: ReadonlyMap<
    number,
    readonly { readonly target: number; readonly radial: number; readonly weight: number }[]
  >;
  /** By element of the neighbour: the radials that any function, of pairs or triples, needs there. */
  readonly needed: ReadonlyMap<number, readonly number[]>;
  /** By `tripleKey` of the neighbours' elements: functions of triples. */
  readonly triples: ReadonlyMap<number, TriplePlan>;
  /** Signed volumes; undefined if no function needs them. */
  readonly chirality: Chirality | undefined;
}

/** The angular part a of some functions. */
type Angle =
  /** a(θ) = 2^(1−ζ) (1 + λ cos θ)^ζ */
  | { readonly kind: 'power'; readonly lambda: number; readonly zeta: number; readonly norm: number }
  /** a(θ) = C(θ) */
  | { readonly kind: 'compact'; readonly bump: Bump };

interface TriplePlan {
  /** The distinct angular parts. */
  readonly angles: readonly Angle[];
  /** Functions that share the radial part and whether it counts for the distance between the neighbours too. */
  readonly groups: readonly TripleGroup[];
}

interface TripleGroup {
  readonly narrow: boolean;
  readonly radial: number;
  readonly members: { readonly target: number; readonly angle: number; readonly weight: number }[];
  /** Of types 21 and 24: see `linkChain`. Such a group has one member. */
  readonly link?: 'fresh' | 'reused';
}

const tripleKey = (a: number, b: number): number => (a < b ? a * 256 + b : b * 256 + a);

/**
 * Sorts the functions of every element (in the order that the values will have) for evaluation.
 * @param innerCutoff α of `cutoffShape`
 * @throws Error if a symbol is no element.
 */
export function prepareDescriptors(
  functions: Readonly<Record<string, readonly DescriptorFunction[]>>,
  cutoffFunction: CutoffFunction,
  innerCutoff = 0,
): DescriptorPlan {
  const shape = cutoffShape(cutoffFunction, innerCutoff);
  const elements = Object.keys(functions).map(numberOf);
  const centers = new Map<number, CenterPlan>();
  let cutoff = 0;
  for (const [symbol, list] of Object.entries(functions)) {
    centers.set(numberOf(symbol), prepareCenter(list, elements, shape));
    for (const one of list) cutoff = Math.max(cutoff, one.type === 'chiral' ? reachOf(one) : one.cutoff);
  }
  return { cutoff, centers };
}

function numberOf(symbol: string): number {
  const number = atomicNumber(symbol);
  if (number === undefined) throw new Error(`${symbol} is no element.`);
  return number;
}

/** @param elements all of the potential: weighted functions sum over them */
function prepareCenter(
  functions: readonly DescriptorFunction[],
  elements: readonly number[],
  shape: CutoffShape,
): CenterPlan {
  const radials: Radial[] = [];
  const radialNumbers = new Map<string, number>();
  const pairs = new Map<number, { target: number; radial: number; weight: number }[]>();
  const needed = new Map<number, number[]>();
  const triples = new Map<
    number,
    {
      angles: Angle[];
      angleNumbers: Map<string, number>;
      groups: TripleGroup[];
      groupNumbers: Map<string, number>;
      /** By type. */
      chains: Map<number, TripleGroup[]>;
    }
  >();
  for (const [target, one] of functions.entries()) {
    if (one.type === 'chiral') continue;
    const radial = numberIn(radials, radialNumbers, radialKey(one), () => createRadial(one, shape));
    const need = (neighbor: number): void => {
      const list = getOrAdd(needed, neighbor, () => []);
      if (!list.includes(radial)) list.push(radial);
    };
    const addPair = (neighbor: number, weight: number): void => {
      need(neighbor);
      getOrAdd(pairs, neighbor, () => []).push({ target, radial, weight });
    };
    const addTriple = (narrow: boolean, a: number, b: number, weight: number, key: string, angle: Angle): void => {
      need(a);
      need(b);
      const triple = getOrAdd(triples, tripleKey(a, b), () => ({
        angles: [],
        angleNumbers: new Map(),
        groups: [],
        groupNumbers: new Map(),
        chains: new Map(),
      }));
      const { angles, angleNumbers, groups, groupNumbers, chains } = triple;
      const member = { target, angle: numberIn(angles, angleNumbers, key, () => angle), weight };
      if (one.type === 21 || one.type === 24) {
        linkChain(
          getOrAdd(chains, one.type, () => []),
          { narrow, radial, members: [member] },
          radials,
        );
        return;
      }
      const group = numberIn(groups, groupNumbers, `${narrow} ${radial}`, () => ({ narrow, radial, members: [] }));
      groups[group].members.push(member);
    };
    switch (one.type) {
      case 2:
      case 20:
        addPair(numberOf(one.neighbor), 1);
        break;
      case 12:
      case 23:
        for (const neighbor of elements) addPair(neighbor, neighbor);
        break;
      case 3:
      case 9:
      case 21:
      case 22: {
        const [a, b] = one.neighbors.map(numberOf);
        addTriple(one.type === 3 || one.type === 21, a, b, 1, angleKey(one), createAngle(one));
        break;
      }
      case 13:
      case 24:
      case 25:
        elements.forEach((a, i) => {
          for (const b of elements.slice(i)) addTriple(one.type !== 25, a, b, a * b, angleKey(one), createAngle(one));
        });
    }
  }
  for (const { groups, chains } of triples.values()) for (const chain of chains.values()) groups.push(...chain);
  const chirality = prepareChirality(functions, shape);
  return { count: functions.length, radials, pairs, needed, triples, chirality };
}

/**
 * Appends a function of type 21 or 24 to those of the same neighbours before it. n2p2 remembers C(r_jk) from one function
 * to the next if both have the same radii, without looking at their shapes, and only if the triple was within the support
 * of all functions in between. Networks were trained with these values, so they are the definition of the types. Where
 * shapes are mixed on the same radii (`mixesShapes`) the values jump at the ends of supports.
 */
function linkChain(chain: TripleGroup[], group: TripleGroup, radials: readonly Radial[]): void {
  const before = chain.length > 0 ? radials[chain[chain.length - 1].radial] : undefined;
  const own = radials[group.radial];
  const reused =
    before?.kind === 'compact' &&
    own.kind === 'compact' &&
    before.cutoff === own.cutoff &&
    before.bump.middle === own.bump.middle;
  chain.push({ ...group, link: reused ? 'reused' : 'fresh' });
}

type AngularFunction = Extract<DescriptorFunction, { lambda: number } | { angles: unknown }>;

function angleKey(one: AngularFunction): string {
  return 'lambda' in one ? `${one.lambda} ${one.zeta}` : `${one.shape.kernel} ${one.angles.join(' ')}`;
}

function createAngle(one: AngularFunction): Angle {
  if ('lambda' in one) return { kind: 'power', lambda: one.lambda, zeta: one.zeta, norm: 2 ** (1 - one.zeta) };
  return { kind: 'compact', bump: createBump(one.angles[0], one.angles[1], one.shape.kernel, false) };
}

/** The number of what `key` stands for, which is added to the list if it isn't there. */
function numberIn<T>(list: T[], numbers: Map<string, number>, key: string, create: () => T): number {
  return getOrAdd(numbers, key, () => list.push(create()) - 1);
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}

/** Working memory of an evaluation, used again from atom to atom. Only the first entries of each array have meaning. */
export interface Workspace {
  /** G_s of the atom. */
  values: Float64Array;
  /** ∂G_s/∂(vector) in 1/Å: [entry of the atom's row][function][x, y, z]; untouched if only values are asked for. */
  gradients: Float64Array;
  /** h(r) and h′(r): [entry][radial]. */
  radial: Float64Array;
  radialSlope: Float64Array;
  /** Of the current triple, per radial: h(r_jk) and h′(r_jk). */
  third: Float64Array;
  thirdSlope: Float64Array;
  /** Of the current triple, per angle: a(θ) and its derivative with respect to cos θ. */
  angular: Float64Array;
  angularSlope: Float64Array;
}

export function createWorkspace(): Workspace {
  const empty = new Float64Array(0);
  return {
    values: empty,
    gradients: empty,
    radial: empty,
    radialSlope: empty,
    third: empty,
    thirdSlope: empty,
    angular: empty,
    angularSlope: empty,
  };
}

/** An array of at least `length` numbers, the old one if it is long enough. */
function atLeast(array: Float64Array, length: number): Float64Array {
  return array.length >= length ? array : new Float64Array(Math.max(length, 2 * array.length));
}

/**
 * The symmetry functions of atom `i`, into `workspace.values`, and, if `withGradients`, their derivatives with respect
 * to the vector of each entry of the atom's row of `list`, into `workspace.gradients`.
 *
 * Two atoms in one place have no direction: their cosines count as 0 and their distance has no derivative, so that
 * nothing becomes NaN.
 * @returns the number of functions
 * @throws Error if the plan has no functions for the element.
 */
export function evaluateAtom(
  plan: DescriptorPlan,
  structure: Structure,
  list: NeighborList,
  i: number,
  workspace: Workspace,
  withGradients: boolean,
): number {
  const { numbers } = structure;
  const { indices, vectors, distances } = list;
  const center = plan.centers.get(numbers[i]);
  if (center === undefined) throw new Error(`The potential doesn't know the element ${symbolOf(numbers[i])}.`);
  const { count, radials } = center;
  const first = list.offsets[i];
  const entries = list.offsets[i + 1] - first;

  const values = (workspace.values = atLeast(workspace.values, count));
  values.fill(0, 0, count);
  if (withGradients) {
    workspace.gradients = atLeast(workspace.gradients, 3 * count * entries);
    workspace.gradients.fill(0, 0, 3 * count * entries);
  }
  const { gradients } = workspace;
  const width = radials.length;
  const radial = (workspace.radial = atLeast(workspace.radial, entries * width));
  const radialSlope = (workspace.radialSlope = atLeast(workspace.radialSlope, entries * width));

  // Pairs: h(r) for all radials that the neighbour's element needs, then the functions of pairs.
  for (let e = 0; e < entries; e++) {
    const neighbor = numbers[indices[first + e]];
    const r = distances[first + e];
    const inverse = r > 0 ? 1 / r : 0;
    for (const k of center.needed.get(neighbor) ?? [])
      evaluateRadial(radials[k], r, radial, radialSlope, e * width + k);
    for (const { target, radial: k, weight } of center.pairs.get(neighbor) ?? []) {
      values[target] += weight * radial[e * width + k];
      if (!withGradients) continue;
      const slope = weight * radialSlope[e * width + k] * inverse;
      const at = 3 * (e * count + target);
      for (let axis = 0; axis < 3; axis++) gradients[at + axis] += slope * vectors[3 * (first + e) + axis];
    }
  }

  if (center.chirality !== undefined)
    addChirality(center.chirality, count, structure, list, i, values, withGradients ? gradients : undefined);

  // Triples.
  if (center.triples.size === 0) return count;
  const third = (workspace.third = atLeast(workspace.third, width));
  const thirdSlope = (workspace.thirdSlope = atLeast(workspace.thirdSlope, width));
  for (let p = 0; p < entries; p++) {
    const elementJ = numbers[indices[first + p]];
    const rj = distances[first + p];
    const inverseJ = rj > 0 ? 1 / rj : 0;
    // Unit vector to j.
    const jx = vectors[3 * (first + p)] * inverseJ;
    const jy = vectors[3 * (first + p) + 1] * inverseJ;
    const jz = vectors[3 * (first + p) + 2] * inverseJ;
    for (let q = p + 1; q < entries; q++) {
      const triple = center.triples.get(tripleKey(elementJ, numbers[indices[first + q]]));
      if (triple === undefined) continue;
      const rk = distances[first + q];
      const inverseK = rk > 0 ? 1 / rk : 0;
      const kx = vectors[3 * (first + q)] * inverseK;
      const ky = vectors[3 * (first + q) + 1] * inverseK;
      const kz = vectors[3 * (first + q) + 2] * inverseK;
      const cosine = jx * kx + jy * ky + jz * kz;
      // From j to k.
      let nx = vectors[3 * (first + q)] - vectors[3 * (first + p)];
      let ny = vectors[3 * (first + q) + 1] - vectors[3 * (first + p) + 1];
      let nz = vectors[3 * (first + q) + 2] - vectors[3 * (first + p) + 2];
      const rjk = Math.sqrt(nx * nx + ny * ny + nz * nz);
      const inverseJK = rjk > 0 ? 1 / rjk : 0;
      nx *= inverseJK;
      ny *= inverseJK;
      nz *= inverseJK;

      const theta = evaluateAngles(triple, cosine, workspace);
      const { angular, angularSlope } = workspace;
      // The radial whose C(r_jk) functions of types 21 and 24 hand on; −1 if there is none.
      let handed = -1;
      for (const { narrow, radial: k, members, link } of triple.groups) {
        const hj = radial[p * width + k];
        const hk = radial[q * width + k];
        let h3 = 1;
        let slope3 = 0;
        if (link !== undefined) {
          // Where the exponential shape is zero before its support ends, the atom that comes first decides.
          const earlier = indices[first + p] <= indices[first + q] ? hj : hk;
          const inside =
            earlier !== 0 &&
            [rj, rk, rjk].every((r) => isInside(radials[k], r)) &&
            isInside(triple.angles[members[0].angle], theta);
          if (!inside) handed = -1;
          else if (handed < 0 || link === 'fresh') handed = k;
        }
        if (hj === 0 || hk === 0) continue;
        if (narrow) {
          const source = link === undefined ? k : handed;
          if (source < 0 || rjk >= radials[source].cutoff) continue;
          evaluateRadial(radials[source], rjk, third, thirdSlope, source);
          h3 = third[source];
          slope3 = thirdSlope[source];
        }
        const product = hj * hk * h3;
        // d(product)/dr_ij, /dr_ik, /dr_jk
        const dj = radialSlope[p * width + k] * hk * h3;
        const dk = radialSlope[q * width + k] * hj * h3;
        const d3 = hj * hk * slope3;
        for (const { target, angle, weight } of members) {
          const a = weight * angular[angle];
          const slope = weight * angularSlope[angle];
          if (a === 0 && slope === 0) continue;
          values[target] += a * product;
          if (!withGradients) continue;
          // G depends on the vectors to j and k through r_ij, r_ik, r_jk and cos θ;
          // ∂cos θ/∂(vector to j) = (unit vector to k − cos θ · unit vector to j)/r_ij.
          const t = slope * product;
          const tj = t * inverseJ;
          const tk = t * inverseK;
          const alongJ = a * dj - tj * cosine;
          const alongK = a * dk - tk * cosine;
          const along3 = a * d3;
          const atJ = 3 * (p * count + target);
          const atK = 3 * (q * count + target);
          gradients[atJ] += alongJ * jx + tj * kx - along3 * nx;
          gradients[atJ + 1] += alongJ * jy + tj * ky - along3 * ny;
          gradients[atJ + 2] += alongJ * jz + tj * kz - along3 * nz;
          gradients[atK] += alongK * kx + tk * jx + along3 * nx;
          gradients[atK + 1] += alongK * ky + tk * jy + along3 * ny;
          gradients[atK + 2] += alongK * kz + tk * jz + along3 * nz;
        }
      }
    }
  }
  return count;
}

/** Within the support of a compact part. */
function isInside(part: Radial | Angle, x: number): boolean {
  return part.kind !== 'compact' || Math.abs(x - part.bump.middle) < part.bump.width;
}

/** @returns the angle in rad */
function evaluateAngles({ angles }: TriplePlan, cosine: number, workspace: Workspace): number {
  const angular = (workspace.angular = atLeast(workspace.angular, angles.length));
  const angularSlope = (workspace.angularSlope = atLeast(workspace.angularSlope, angles.length));
  const clamped = Math.max(-1, Math.min(1, cosine));
  const theta = Math.acos(clamped);
  const sine = Math.sqrt(1 - clamped * clamped);
  // Straight angles have no direction to bend in: what multiplies the derivative vanishes there.
  const perCosine = sine > 0 ? -1 / sine : 0;
  for (let k = 0; k < angles.length; k++) {
    const angle = angles[k];
    if (angle.kind === 'compact') {
      evaluateBump(angle.bump, theta, angular, angularSlope, k);
      angularSlope[k] *= perCosine;
      continue;
    }
    const { lambda, zeta, norm } = angle;
    // Rounding may take a straight angle a little below zero, whose powers would be NaN.
    const base = Math.max(0, 1 + lambda * cosine);
    // At exactly zero the derivative is infinite for ζ < 1: there it is left out.
    const lower = base > 0 ? power(base, zeta - 1) : zeta === 1 && Math.abs(lambda) <= 1 ? 1 : 0;
    angular[k] = norm * lower * base;
    angularSlope[k] = norm * zeta * lambda * lower;
  }
  return theta;
}

/**
 * Unscaled symmetry functions and all their derivatives, one element of the result per atom. `list` must reach at least
 * as far as the largest cutoff of `functions`.
 * @throws Error if the structure has an element without functions.
 */
export function computeDescriptors(
  structure: Structure,
  list: NeighborList,
  functions: Readonly<Record<string, readonly DescriptorFunction[]>>,
  cutoffFunction: CutoffFunction,
  innerCutoff = 0,
): AtomDescriptors[] {
  const plan = prepareDescriptors(functions, cutoffFunction, innerCutoff);
  const workspace = createWorkspace();
  // Slot of each atom while a row is reduced; −1 for atoms that are not in it.
  const slotOf = new Int32Array(structure.numbers.length).fill(-1);
  return Array.from(structure.numbers, (_, i) => {
    const count = evaluateAtom(plan, structure, list, i, workspace, true);
    const row = list.indices.subarray(list.offsets[i], list.offsets[i + 1]);
    const atoms = Int32Array.from(new Set([i, ...row]));
    atoms.forEach((atom, slot) => (slotOf[atom] = slot));
    const derivatives = new Float64Array(atoms.length * count * 3);
    const strain = new Float64Array(count * 9);
    row.forEach((j, e) => {
      const slot = slotOf[j];
      const vector = 3 * (list.offsets[i] + e);
      for (let s = 0; s < count; s++)
        for (let a = 0; a < 3; a++) {
          const gradient = workspace.gradients[3 * (e * count + s) + a];
          derivatives[3 * (slot * count + s) + a] += gradient;
          derivatives[3 * s + a] -= gradient;
          for (let b = 0; b < 3; b++) strain[9 * s + 3 * a + b] += gradient * list.vectors[vector + b];
        }
    });
    atoms.forEach((atom) => (slotOf[atom] = -1));
    return { values: workspace.values.slice(0, count), atoms, derivatives, strain };
  });
}

/** Unscaled symmetry functions without derivatives, one array per atom. Otherwise as `computeDescriptors`. */
export function computeDescriptorValues(
  structure: Structure,
  list: NeighborList,
  functions: Readonly<Record<string, readonly DescriptorFunction[]>>,
  cutoffFunction: CutoffFunction,
  innerCutoff = 0,
): Float64Array[] {
  const plan = prepareDescriptors(functions, cutoffFunction, innerCutoff);
  const workspace = createWorkspace();
  return Array.from(structure.numbers, (_, i) => {
    const count = evaluateAtom(plan, structure, list, i, workspace, false);
    return workspace.values.slice(0, count);
  });
}
