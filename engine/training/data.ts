/**
 * Labelled structures made ready for training: scaled symmetry functions of every atom and their derivatives, computed
 * once. eV, Å.
 *
 * Derivatives are large, so they are stored without the zeros that follow from elements alone: moving a neighbour
 * changes only the functions of its element. They are kept as long as a memory budget lasts; beyond it they are computed
 * again at every use, by the same code, to the same bits. Statistics for scaling are those of the training set alone.
 */
import type { PotentialDefinition } from '../../language/definition/definition';
import { atomicNumber } from '../../language/elements';
import { negligibleRange } from '../descriptors/chirality';
import { neighborElements } from '../descriptors/function-types';
import { createStatistics, fitScaling, addSample, type Scaling } from '../descriptors/scaling';
import {
  createWorkspace,
  evaluateAtom,
  prepareDescriptors,
  type DescriptorPlan,
  type Workspace,
} from '../descriptors/symmetry-functions';
import { buildNeighborList, type NeighborList } from '../structure/neighbors';
import { VOIGT } from '../structure/voigt';
import type { LabelledStructure, Structure } from '../structure/structure';

/** Forces as linear functions of dE/dx: F_j += Σ_s dE/dx_s · (−∂x_s/∂r_j), x the scaled symmetry functions. */
export interface Derivatives {
  /** Atoms + 1: the slots of atom i, the neighbours that its functions depend on, are slots[slotsAt[i]] to …[i + 1] − 1. */
  readonly slotsAt: Int32Array;
  /** The atom in each slot; the centre itself has none. */
  readonly slots: Int32Array;
  /**
   * −∂x_s/∂r (x, y, z): for each atom first those by its own position for all its functions, then per slot those by the
   * neighbour's position for the functions that `functionsOf` lists.
   */
  readonly values: Float64Array;
  /**
   * −∂x_s/∂ε of every function of every atom by the strain of all space, six components (structure/voigt.ts), as the virial
   * is W = Σ_i Σ_s dE/dx_s · (−∂x_s/∂ε); empty where the virial isn't wanted.
   */
  readonly virials: Float64Array;
}

/** What of the derivatives a structure needs. */
export const DERIVATIVES = { none: 0, forces: 1, virial: 2 } as const;

/** Geometry of one structure as the networks see it. */
export interface Inputs {
  /** Index of each atom's element in the potential's order. */
  readonly elements: Uint8Array;
  /** Atoms + 1: the functions of atom i are values[valuesAt[i]] to …[i + 1] − 1. */
  readonly valuesAt: Int32Array;
  readonly values: Float64Array;
}

/** Which functions a neighbour can change, [element of the centre][element of the neighbour]. */
export type FunctionsOf = readonly (readonly Int32Array[])[];

export interface DescriptorSet {
  readonly plan: DescriptorPlan;
  /** Index of an element by atomic number; −1 for others. */
  readonly elementOf: Int8Array;
  /** Number of functions per element. */
  readonly counts: readonly number[];
  readonly functionsOf: FunctionsOf;
  readonly workspace: Workspace;
}

export function prepareDescriptorSet(potential: PotentialDefinition): DescriptorSet {
  const { elements, symmetryFunctions } = potential;
  const elementOf = new Int8Array(256).fill(-1);
  elements.forEach((symbol, index) => {
    const number = atomicNumber(symbol);
    if (number === undefined) throw new Error(`${symbol} is no element.`);
    elementOf[number] = index;
  });
  const functionsOf = elements.map((center) =>
    elements.map((neighbor) =>
      Int32Array.from(symmetryFunctions[center].flatMap((f, s) => (neighborElements(f).includes(neighbor) ? [s] : []))),
    ),
  );
  return {
    plan: prepareDescriptors(symmetryFunctions, potential.options.cutoff_function),
    elementOf,
    counts: elements.map((symbol) => symmetryFunctions[symbol].length),
    functionsOf,
    workspace: createWorkspace(),
  };
}

/** Elements and places of the functions of a structure; values are zero. */
function createInputs({ elementOf, counts }: DescriptorSet, { numbers }: Structure): Inputs {
  const elements = Uint8Array.from(numbers, (number) => elementOf[number]);
  const valuesAt = new Int32Array(numbers.length + 1);
  for (let i = 0; i < numbers.length; i++) valuesAt[i + 1] = valuesAt[i] + counts[elements[i]];
  return { elements, valuesAt, values: new Float64Array(valuesAt[numbers.length]) };
}

/** Slots of all atoms, and how many numbers their derivatives are. */
function findSlots(
  { counts, functionsOf }: DescriptorSet,
  elements: Uint8Array,
  list: NeighborList,
): { slotsAt: Int32Array; slots: Int32Array; length: number } {
  const atoms = elements.length;
  const slotsAt = new Int32Array(atoms + 1);
  const slots = new Int32Array(list.indices.length);
  const seenBy = new Int32Array(atoms).fill(-1);
  let used = 0;
  let length = 0;
  for (let i = 0; i < atoms; i++) {
    seenBy[i] = i;
    length += 3 * counts[elements[i]];
    for (let e = list.offsets[i]; e < list.offsets[i + 1]; e++) {
      const j = list.indices[e];
      if (seenBy[j] === i) continue;
      seenBy[j] = i;
      slots[used++] = j;
      length += 3 * functionsOf[elements[i]][elements[j]].length;
    }
    slotsAt[i + 1] = used;
  }
  return { slotsAt, slots: slots.slice(0, used), length };
}

/** Bytes that the derivatives of a structure take, without computing them. */
function measureDerivatives(set: DescriptorSet, structure: Structure, wanted: number): number {
  const elements = Uint8Array.from(structure.numbers, (number) => set.elementOf[number]);
  const { slots, slotsAt, length } = findSlots(set, elements, buildNeighborList(structure, set.plan.cutoff));
  const virials = wanted < DERIVATIVES.virial ? 0 : elements.reduce((sum, element) => sum + 6 * set.counts[element], 0);
  return 8 * (length + virials) + 4 * (slots.length + slotsAt.length);
}

/** Unscaled functions of a structure into `inputs.values`, and the derivatives that are wanted. */
function computeStructure(
  set: DescriptorSet,
  structure: Structure,
  inputs: Inputs,
  wanted: number,
  allocate: (numbers: number) => Float64Array = (numbers) => new Float64Array(numbers),
): Derivatives | undefined {
  const { plan, workspace, functionsOf } = set;
  const { elements, values, valuesAt } = inputs;
  const list = buildNeighborList(structure, plan.cutoff);
  const withDerivatives = wanted !== DERIVATIVES.none;
  const found = withDerivatives ? findSlots(set, elements, list) : undefined;
  const virials = wanted >= DERIVATIVES.virial ? allocate(6 * values.length) : new Float64Array(0);
  const derivatives = found === undefined ? new Float64Array(0) : allocate(found.length);
  /** Where the derivatives of a neighbour in the present atom's slots begin. */
  const placeOf = new Int32Array(elements.length);
  let at = 0;
  for (let i = 0; i < elements.length; i++) {
    const count = evaluateAtom(plan, structure, list, i, workspace, withDerivatives);
    values.set(workspace.values.subarray(0, count), valuesAt[i]);
    if (found === undefined) continue;
    const { gradients } = workspace;
    if (virials.length > 0) addVirials(list, i, count, gradients, virials, valuesAt[i]);
    const center = at;
    at += 3 * count;
    for (let slot = found.slotsAt[i]; slot < found.slotsAt[i + 1]; slot++) {
      const j = found.slots[slot];
      placeOf[j] = at;
      at += 3 * functionsOf[elements[i]][elements[j]].length;
    }
    for (let e = list.offsets[i], entry = 0; e < list.offsets[i + 1]; e++, entry++) {
      const j = list.indices[e];
      // An image of the atom itself moves with it: nothing changes.
      if (j === i) continue;
      const functions = functionsOf[elements[i]][elements[j]];
      let to = placeOf[j];
      for (let m = 0; m < functions.length; m++, to += 3) {
        const s = functions[m];
        const from = 3 * (entry * count + s);
        const own = center + 3 * s;
        for (let axis = 0; axis < 3; axis++) {
          derivatives[to + axis] -= gradients[from + axis];
          derivatives[own + axis] += gradients[from + axis];
        }
      }
    }
  }
  return found && { slotsAt: found.slotsAt, slots: found.slots, values: derivatives, virials };
}

/** −∂x_s/∂ε of the functions of atom i: strain moves every neighbour, images of the atom itself too, by ε r. */
function addVirials(
  { offsets, vectors }: NeighborList,
  i: number,
  count: number,
  gradients: Float64Array,
  virials: Float64Array,
  first: number,
): void {
  for (let e = offsets[i], from = 0; e < offsets[i + 1]; e++)
    for (let s = 0; s < count; s++, from += 3)
      for (let v = 0; v < 6; v++) {
        const [a, b] = VOIGT[v];
        virials[6 * (first + s) + v] -=
          0.5 * (gradients[from + a] * vectors[3 * e + b] + gradients[from + b] * vectors[3 * e + a]);
      }
}

function scaleInputs({ elements, values, valuesAt }: Inputs, scaling: readonly Scaling[]): void {
  for (let i = 0; i < elements.length; i++) {
    const { offset, factor } = scaling[elements[i]];
    for (let s = 0, at = valuesAt[i]; s < offset.length; s++, at++) values[at] = (values[at] - offset[s]) * factor[s];
  }
}

function scaleDerivatives(
  { functionsOf }: DescriptorSet,
  { elements, valuesAt }: Inputs,
  { slots, slotsAt, values, virials }: Derivatives,
  scaling: readonly Scaling[],
): void {
  let at = 0;
  for (let i = 0; i < elements.length; i++) {
    const { factor } = scaling[elements[i]];
    for (let s = 0; s < factor.length; s++) for (let axis = 0; axis < 3; axis++) values[at++] *= factor[s];
    if (virials.length > 0)
      for (let s = 0; s < factor.length; s++)
        for (let v = 0; v < 6; v++) virials[6 * (valuesAt[i] + s) + v] *= factor[s];
    for (let slot = slotsAt[i]; slot < slotsAt[i + 1]; slot++) {
      const functions = functionsOf[elements[i]][elements[slots[slot]]];
      for (let m = 0; m < functions.length; m++)
        for (let axis = 0; axis < 3; axis++) values[at++] *= factor[functions[m]];
    }
  }
}

export interface PreparedDescriptors {
  readonly set: DescriptorSet;
  /** Per structure. */
  readonly inputs: readonly Inputs[];
  /** Per element. */
  readonly scaling: readonly Scaling[];
  /** Per element, the functions that are constant over the training data. */
  readonly constant: readonly (readonly number[])[];
  /** How many structures' derivatives are kept, and how many bytes they take. */
  readonly cached: { readonly structures: number; readonly bytes: number };
  /** Scaled derivatives of a structure, from memory or computed again. */
  readonly derivatives: (structure: number) => Derivatives;
  /** The same, if they are in memory. */
  readonly kept: (structure: number) => Derivatives | undefined;
}

/** Bytes that all derivatives will take, extrapolated from at most 32 structures. */
export function estimateBytes(set: DescriptorSet, structures: readonly Structure[], wanted: Uint8Array): number {
  const indices = structures.flatMap((_, s) => (wanted[s] === DERIVATIVES.none ? [] : [s]));
  const stride = Math.max(1, Math.ceil(indices.length / 32));
  let bytes = 0;
  let atoms = 0;
  let all = 0;
  indices.forEach((s, k) => {
    all += structures[s].numbers.length;
    if (k % stride !== 0) return;
    bytes += measureDerivatives(set, structures[s], wanted[s]);
    atoms += structures[s].numbers.length;
  });
  return atoms === 0 ? 0 : Math.round((bytes / atoms) * all);
}

/**
 * Symmetry functions of all structures and the derivatives that are wanted of each (DERIVATIVES).
 * @param isTraining 1 for the structures whose statistics make the scaling
 * @param budget bytes that derivatives may take
 * @param step is awaited after each structure; false stops
 * @param allocate memory for derivatives that are kept, filled with zeros
 * @returns undefined if it was stopped
 */
export async function prepareDescriptorsOf(
  set: DescriptorSet,
  potential: PotentialDefinition,
  structures: readonly LabelledStructure[],
  isTraining: Uint8Array,
  wanted: Uint8Array,
  budget: number,
  step: (done: number) => Promise<boolean>,
  allocate?: (numbers: number) => Float64Array,
): Promise<PreparedDescriptors | undefined> {
  const statistics = set.counts.map(createStatistics);
  const inputs: Inputs[] = [];
  const cache: (Derivatives | undefined)[] = [];
  let bytes = 0;
  for (const [index, structure] of structures.entries()) {
    const own = createInputs(set, structure);
    const size = wanted[index] === DERIVATIVES.none ? 0 : measureDerivatives(set, structure, wanted[index]);
    const keep = size > 0 && bytes + size <= budget;
    cache.push(computeStructure(set, structure, own, keep ? wanted[index] : DERIVATIVES.none, allocate));
    if (keep) bytes += size;
    inputs.push(own);
    if (isTraining[index] === 1) {
      own.elements.forEach((element, i) =>
        addSample(statistics[element], own.values.subarray(own.valuesAt[i], own.valuesAt[i + 1])),
      );
    }
    if (!(await step(index + 1))) return undefined;
  }
  const { elements, symmetryFunctions, options } = potential;
  const fitted = statistics.map((one, e) =>
    fitScaling(options.scaling, one, symmetryFunctions[elements[e]].map(negligibleRange)),
  );
  const scaling = fitted.map((one) => one.scaling);
  inputs.forEach((own, index) => {
    scaleInputs(own, scaling);
    const derivatives = cache[index];
    if (derivatives !== undefined) scaleDerivatives(set, own, derivatives, scaling);
  });
  return {
    set,
    inputs,
    scaling,
    constant: fitted.map((one) => one.constant),
    cached: { structures: cache.filter((one) => one !== undefined).length, bytes },
    kept: (index) => cache[index],
    derivatives(index) {
      const kept = cache[index];
      if (kept !== undefined) return kept;
      // The values go to a copy: the scaled ones stay as they are.
      const own = createInputs(set, structures[index]);
      const derivatives = computeStructure(set, structures[index], own, Math.max(wanted[index], DERIVATIVES.forces));
      if (derivatives === undefined) throw new Error('Derivatives were asked for and not computed.');
      scaleDerivatives(set, own, derivatives, scaling);
      return derivatives;
    },
  };
}
