/**
 * What a potential without descriptor blocks leaves to its data: the cutoff, the symmetry functions, the size of the
 * networks. Deterministic: the same training structures give the same choice, whatever the seed and the threads.
 *
 * 1. The cutoff comes from the radial distribution (analysis/distances.ts).
 * 2. Grids of candidates come from the nearest distances (descriptors/candidates.ts).
 * 3. A linear model of energies and forces, E = Σ_i Σ_k c_k G_k(i), is fitted to a sample of the data, and the functions are
 *    chosen one by one that lower its error most for their cost (descriptors/selection.ts). Where there are too few labels to
 *    judge by, functions that tell atoms apart best are added.
 * 4. The networks are as large as the labels can determine.
 *
 * The choice is written as text, and what is trained is what is read from that text. eV, Å.
 */
import { check } from '../../language/check/check';
import type { NetworkShape, PotentialDefinition, BehlerFunction } from '../../language/definition/definition';
import { compareFunctions } from '../../language/definition/expansion';
import { writePotential } from '../../language/definition/written';
import { atomicNumber } from '../../language/elements';
import { parse } from '../../language/syntax/parser';
import { fail, ok, type Result } from '../../protocol/result';
import { BIN, chooseCutoff, LONGEST_CUTOFF, surveyDistances, type DistanceSurvey } from '../analysis/distances';
import { candidateFunctions } from '../descriptors/candidates';
import { farthestPoints, selectByLabels, type Candidate } from '../descriptors/selection';
import { createWorkspace, evaluateAtom, prepareDescriptors } from '../descriptors/symmetry-functions';
import { analyticPotentialOf } from '../potentials/analytic';
import { countParameters } from '../potentials/network';
import { createRandom } from '../random';
import type { Potential } from '../potentials/potential';
import { buildNeighborList } from '../structure/neighbors';
import type { LabelledStructure } from '../structure/structure';
import { energiesAboveBaseline } from './offset';

export interface Chosen {
  /** The `potential` block: what is read from it is `potential`. */
  readonly text: string;
  readonly potential: PotentialDefinition;
  /** For people: what was chosen and why. */
  readonly summary: readonly string[];
}

/** Per element at most and at least so many functions, as far as labels can tell them apart. */
const MOST_FUNCTIONS = 48;
const FEWEST_FUNCTIONS = 8;
/** Without enough labels to choose by. */
const UNLABELLED_FUNCTIONS = 24;
/** A function that lowers the squared error by less than this part is not worth having. */
const WORTHWHILE = 0.002;
/** Rows of labels per function of the linear model: with fewer it learns them by heart. */
const ROWS_PER_FUNCTION = 20;
/** Labels per network parameter. */
const LABELS_PER_PARAMETER = 20;
const SMALLEST_LAYER = 8;
const LARGEST_LAYER = 32;
/** Relative cost of functions: radial, of triples without and with the distance between the neighbours, one more angular part. */
const COST = { radial: 1, wide: 4, narrow: 6, shared: 2 };
/** Weight of all energies against all forces in the linear model. */
const ENERGY_SHARE = 0.5;

/** What the choice may take: atoms to measure distances of, angular terms to evaluate, numbers to keep. */
const SURVEYED_ATOMS = 20_000;
const MAXIMUM_TERMS = 6e8;
const MAXIMUM_NUMBERS = 2.5e7;

/**
 * Chooses what `potential` (which has `automatic`) leaves open.
 * @param structures of the training set alone
 * @param step is awaited between structures, with how many are done of how many; false stops
 * @returns undefined if it was stopped; problem TR010 if the data don't allow a choice
 */
export async function chooseAutomatically(
  potential: PotentialDefinition,
  structures: readonly LabelledStructure[],
  step: (done: number, total: number) => Promise<boolean> = () => Promise.resolve(true),
): Promise<Result<Chosen | undefined>> {
  const { elements, automatic } = potential;
  if (automatic === undefined) throw new Error(`The potential ${potential.name} leaves nothing to the data.`);
  const order = Int32Array.from(structures.keys());
  createRandom(0, 'descriptors').shuffle(order);
  const shuffled = Array.from(order, (s) => structures[s]);

  const reach = automatic.cutoff ? LONGEST_CUTOFF : potential.options.cutoff;
  const survey = surveyDistances(takeAtoms(shuffled, SURVEYED_ATOMS), elements, reach);
  const lonely = elements.filter((_, e) => !survey.nearest[e].some(Number.isFinite));
  if (lonely.length > 0) {
    const [symbol] = lonely;
    const message = structures.some(({ numbers }) => numbers.includes(atomicNumber(symbol) ?? 0))
      ? `No atom of ${symbol} in the training data has a neighbour within ${reach} Å`
      : `No training structure has ${symbol}`;
    const wayOut = `so its symmetry functions can't be chosen: write descriptor blocks, or take ${symbol} out of elements.`;
    return fail({ code: 'TR010', message: `${message}, ${wayOut}` });
  }
  const { cutoff, neighbors } = chooseCutoff(survey, elements, automatic.cutoff ? undefined : potential.options.cutoff);

  const functions = candidateFunctions(survey, elements, cutoff);
  const sample = takeSample(shuffled, survey, elements, functions, cutoff);
  const design = await createDesign(potential, functions, cutoff, sample, step);
  if (design === undefined) return ok(undefined);
  const selected = select(functions, elements, design);
  const symmetryFunctions = Object.fromEntries(
    elements.map((center) => [
      center,
      selected
        .map((k) => functions[k])
        .filter((one) => one.center === center)
        .sort(compareFunctions),
    ]),
  );
  const labels = countLabels(structures, elements);
  const networks = sizeNetworks(potential, symmetryFunctions, labels);
  const options = { ...potential.options, cutoff };
  const text = writePotential({ ...potential, automatic: undefined, options, networks, symmetryFunctions });
  const chosen = readChosen(text, potential);
  if (chosen === undefined) throw new Error(`What was chosen for ${potential.name} cannot be read.`);
  return ok({
    text,
    potential: chosen,
    summary: [
      `Chosen from the data: cutoff ${cutoff} Å (${neighbors.toFixed(1)} neighbours on average).`,
      ...elements.map((symbol, e) => {
        const own = symmetryFunctions[symbol];
        const count = (type: number): number => own.filter((one) => one.type === type).length;
        const sizes = [own.length, ...networks[symbol].hidden, 1];
        return `${symbol}: ${own.length} of ${functions.filter(({ center }) => center === symbol).length} symmetry functions (${count(2)} radial, ${count(9)} wide, ${count(3)} narrow), network ${sizes.join('-')} with ${countParameters(sizes)} parameters for ${labels[e]} labels.`;
      }),
    ],
  });
}

/** The potential that `text` describes, in the place of the one in whose file it stands; undefined if it describes none. */
export function readChosen(
  text: string,
  { name, span, nameSpan }: PotentialDefinition,
): PotentialDefinition | undefined {
  const found = [...check(parse(text)).definition.potentials.values()].at(0);
  return found === undefined ? undefined : { ...found, name, span, nameSpan };
}

/** The first structures with so many atoms together; at least one. */
function takeAtoms(structures: readonly LabelledStructure[], atoms: number): LabelledStructure[] {
  let sum = 0;
  return structures.filter(({ numbers }, s) => (sum += numbers.length) <= atoms || s === 0);
}

/** As many structures as can be computed in some seconds. */
function takeSample(
  structures: readonly LabelledStructure[],
  { counts, atoms }: DistanceSurvey,
  elements: readonly string[],
  functions: readonly BehlerFunction[],
  cutoff: number,
): LabelledStructure[] {
  const labelled = structures.filter(({ energy, forces }) => energy !== undefined || forces !== undefined);
  const index = new Map(elements.map((symbol, e) => [symbol, e]));
  const bins = Math.round(cutoff / BIN);
  const neighbors = counts.map((row, c) =>
    row.map((histogram) => histogram.subarray(0, bins).reduce((sum, n) => sum + n, 0) / Math.max(1, atoms[c])),
  );
  const total = atoms.reduce((sum, n) => sum + n, 0);
  let terms = 0;
  for (const one of functions) {
    const c = index.get(one.center) ?? 0;
    const of = (symbol: string): number => neighbors[c][index.get(symbol) ?? 0];
    const share = atoms[c] / total;
    if (one.type === 2) terms += share * of(one.neighbor);
    else
      terms += (share * of(one.neighbors[0]) * of(one.neighbors[1])) / (one.neighbors[0] === one.neighbors[1] ? 2 : 1);
  }
  return takeAtoms(labelled, Math.min(MAXIMUM_TERMS / terms, MAXIMUM_NUMBERS / (3 * functions.length)));
}

/** The linear model as columns: rows are energies per atom, then force components. */
interface Design {
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  /** Numbers of atoms of each element, per atom: the energy zeros. */
  readonly zeros: readonly Float64Array[];
  /** Values of each function over the atoms of its centre. */
  readonly values: readonly Float64Array[];
}

async function createDesign(
  potential: PotentialDefinition,
  functions: readonly BehlerFunction[],
  cutoff: number,
  sample: readonly LabelledStructure[],
  step: (done: number, total: number) => Promise<boolean>,
): Promise<Design | undefined> {
  const { elements, options } = potential;
  const analytic = analyticPotentialOf({ ...potential, options: { ...options, cutoff } });
  // Where the functions of each centre stand among all: candidates are sorted by centre.
  const own = new Map(
    elements.map((symbol) => {
      const indices = functions.flatMap(({ center }, k) => (center === symbol ? [k] : []));
      return [atomicNumber(symbol) ?? 0, indices] as const;
    }),
  );
  const plan = prepareDescriptors(
    Object.fromEntries(elements.map((symbol) => [symbol, functions.filter(({ center }) => center === symbol)])),
    options.cutoff_function,
  );
  const { energies: targets, zeros: compositions } = energyTargets(sample, elements, analytic);
  const energies = targets.length;
  const components = sample.reduce((sum, { forces }) => sum + (forces?.length ?? 0), 0);
  const rows = energies + components;
  const atomsOf = (symbol: string): number =>
    sample.reduce((sum, { numbers }) => sum + numbers.filter((n) => n === atomicNumber(symbol)).length, 0);
  const columns = functions.map(() => new Float64Array(rows));
  const values = functions.map(({ center }) => new Float64Array(atomsOf(center)));
  const filled = new Map<number, number>();
  const target = new Float64Array(rows);
  target.set(targets);
  const zeros = compositions.map((column) => {
    const padded = new Float64Array(rows);
    padded.set(column);
    return padded;
  });
  const workspace = createWorkspace();
  let energyRow = 0;
  let forceRow = energies;
  for (const [s, structure] of sample.entries()) {
    const { numbers, energy, forces } = structure;
    const atoms = numbers.length;
    const list = buildNeighborList(structure, cutoff);
    const fixed = analytic?.predict(structure);
    for (let i = 0; i < atoms; i++) {
      const indices = own.get(numbers[i]) ?? [];
      const count = evaluateAtom(plan, structure, list, i, workspace, forces !== undefined);
      const place = filled.get(numbers[i]) ?? 0;
      filled.set(numbers[i], place + 1);
      indices.forEach((k, m) => {
        values[k][place] = workspace.values[m];
        if (energy !== undefined) columns[k][energyRow] += workspace.values[m] / atoms;
      });
      if (forces === undefined) continue;
      for (let entry = list.offsets[i], at = 0; entry < list.offsets[i + 1]; entry++, at += 3 * count) {
        const j = list.indices[entry];
        if (j === i) continue;
        const [rowI, rowJ] = [forceRow + 3 * i, forceRow + 3 * j];
        for (let m = 0; m < count; m++) {
          const column = columns[indices[m]];
          for (let axis = 0; axis < 3; axis++) {
            const gradient = workspace.gradients[at + 3 * m + axis];
            column[rowI + axis] += gradient;
            column[rowJ + axis] -= gradient;
          }
        }
      }
    }
    if (energy !== undefined) energyRow++;
    if (forces !== undefined) {
      forces.forEach((value, c) => (target[forceRow + c] = value - (fixed?.forces[c] ?? 0)));
      forceRow += forces.length;
    }
    if (!(await step(s + 1, sample.length))) return undefined;
  }
  weighEnergies(columns, target, zeros, energies);
  return { columns, target, zeros, values };
}

/**
 * Energies per atom less the baseline (no zero of energy changes the choice), and the part of each
 * element in the atoms, of the structures that have an energy.
 */
function energyTargets(
  sample: readonly LabelledStructure[],
  elements: readonly string[],
  analytic: Potential | undefined,
): { readonly energies: Float64Array; readonly zeros: readonly Float64Array[] } {
  const labelled = sample.filter(({ energy }) => energy !== undefined);
  const rows = labelled.map(({ numbers }) =>
    elements.map((symbol) => numbers.filter((number) => number === atomicNumber(symbol)).length),
  );
  const energies = labelled.map(({ energy = 0 }) => energy);
  const fixed = labelled.map((structure) => analytic?.predict(structure).energy ?? 0);
  return {
    energies: energiesAboveBaseline(rows, energies, fixed),
    zeros: elements.map((_, e) => Float64Array.from(rows, (row, s) => row[e] / labelled[s].numbers.length)),
  };
}

/** Scales the rows of energies so that what the zeros leave of them counts as `ENERGY_SHARE` of all forces. */
function weighEnergies(
  columns: readonly Float64Array[],
  target: Float64Array,
  zeros: readonly Float64Array[],
  energies: number,
): void {
  // What the zeros leave, by Gram and Schmidt on the rows of energies.
  const rest = target.slice(0, energies);
  const basis: Float64Array[] = [];
  const project = (vector: Float64Array): void => {
    for (const q of basis) {
      const along = q.reduce((sum, value, i) => sum + value * vector[i], 0);
      q.forEach((value, i) => (vector[i] -= along * value));
    }
  };
  const square = (vector: Float64Array): number => vector.reduce((sum, value) => sum + value * value, 0);
  for (const zero of zeros) {
    const q = zero.slice(0, energies);
    const before = square(q);
    for (let pass = 0; pass < 2; pass++) project(q);
    const norm = Math.sqrt(square(q));
    if (norm > 1e-6 * Math.sqrt(before)) basis.push(q.map((value) => value / norm));
  }
  for (let pass = 0; pass < 2; pass++) project(rest);
  const [energy, force] = [square(rest), square(target.subarray(energies))];
  const weight = energy > 0 && force > 0 ? Math.sqrt((ENERGY_SHARE * force) / energy) : 1;
  for (const column of [...columns, ...zeros, target]) for (let row = 0; row < energies; row++) column[row] *= weight;
}

function select(
  functions: readonly BehlerFunction[],
  elements: readonly string[],
  { columns, target, zeros, values }: Design,
): number[] {
  const candidates = functions.map((one): Candidate => {
    const { center, eta, shift } = one;
    const group = elements.indexOf(center);
    if (one.type === 2) return { group, cost: COST.radial, shared: COST.radial, part: '' };
    const cost = one.type === 3 ? COST.narrow : COST.wide;
    return { group, cost, shared: COST.shared, part: [center, one.type, ...one.neighbors, eta, shift].join(' ') };
  });
  const judged = Math.floor(target.length / ROWS_PER_FUNCTION / elements.length);
  const maximum = Math.min(MOST_FUNCTIONS, judged);
  const minimum = Math.min(FEWEST_FUNCTIONS, maximum);
  const chosen = selectByLabels(candidates, columns, target, zeros, { minimum, maximum, threshold: WORTHWHILE });
  if (maximum >= UNLABELLED_FUNCTIONS) return chosen;
  return elements.flatMap((_, group) => {
    const indices = [...candidates.keys()].filter((k) => candidates[k].group === group);
    const known = chosen.filter((k) => candidates[k].group === group).map((k) => indices.indexOf(k));
    const all = farthestPoints(
      indices.map((k) => values[k]),
      known,
      Math.max(known.length, UNLABELLED_FUNCTIONS),
    );
    return all.map((at) => indices[at]);
  });
}

/** Per element its force components, and the energies of structures that have it. */
function countLabels(structures: readonly LabelledStructure[], elements: readonly string[]): number[] {
  return elements.map((symbol) => {
    const number = atomicNumber(symbol);
    return structures.reduce((sum, { numbers, energy, forces }) => {
      const atoms = numbers.filter((one) => one === number).length;
      return sum + (forces === undefined ? 0 : 3 * atoms) + (energy !== undefined && atoms > 0 ? 1 : 0);
    }, 0);
  });
}

/** Two hidden layers with one parameter for so many labels; layers that are written stay. */
function sizeNetworks(
  { elements, automatic, networks = {} }: PotentialDefinition,
  symmetryFunctions: Readonly<Record<string, readonly BehlerFunction[]>>,
  labels: readonly number[],
): Record<string, NetworkShape> {
  return Object.fromEntries(
    elements.map((symbol, e) => {
      const { hidden, activation } = networks[symbol];
      if (automatic?.hidden.includes(symbol) !== true) return [symbol, { hidden, activation }];
      let width = LARGEST_LAYER;
      const inputs = symmetryFunctions[symbol].length;
      while (width > SMALLEST_LAYER && countParameters([inputs, width, width, 1]) * LABELS_PER_PARAMETER > labels[e])
        width--;
      return [symbol, { hidden: [width, width], activation }];
    }),
  );
}
