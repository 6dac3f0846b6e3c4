/**
 * Where the errors of a potential come from: per config_type, file and element, the worst structures, and how far the RMSE
 * would differ with other structures of the same kind. Pure. eV/atom, eV/Å, eV/Å³.
 *
 * Each row of a table counts its labels, and Σ count · RMSE² over the rows is that of the whole set: nothing is left out and
 * nothing counted twice.
 */
import { symbolOf } from '../../language/elements';
import { SETS, type Parity, type SetName } from '../../protocol/parity';
import { createRandom } from '../random';
import { errorStatistics, selectSet } from './errors';

/** Of an RMSE: a bootstrap over structures (Efron, Ann. Stat. 7, 1 (1979)), as labels of one structure err together. */
export interface Uncertainty {
  readonly standard_error: number;
  /** The interval that holds 95 % of the resampled RMSEs. */
  readonly low: number;
  readonly high: number;
}

/** Errors of some structures. Absent labels have no errors: null. */
export interface GroupErrors {
  readonly structures: number;
  readonly atoms: number;
  /** Number of energies. */
  readonly energies: number;
  readonly energy_rmse: number | null;
  readonly energy_mae: number | null;
  /** Number of force components. */
  readonly forces: number;
  readonly force_rmse: number | null;
  readonly force_mae: number | null;
  readonly force_max_error: number | null;
  /** Number of stress components. */
  readonly stresses: number;
  readonly stress_rmse: number | null;
}

export interface ConfigTypeErrors extends GroupErrors {
  /** Empty for structures that have none. */
  readonly config_type: string;
}

export interface FileErrors extends GroupErrors {
  readonly file: string;
}

/** Errors of the force components of one element. */
export interface ElementErrors {
  /** Empty for atoms whose element is not known. */
  readonly element: string;
  readonly forces: number;
  readonly force_rmse: number | null;
  readonly force_mae: number | null;
  readonly force_max_error: number | null;
}

export interface WorstStructure {
  /** Its number in the dataset, from 0. */
  readonly structure: number;
  readonly file: string;
  /** In the file, from 0. */
  readonly frame: number;
  readonly config_type: string;
  /** Predicted − reference per atom. */
  readonly energy_error: number | null;
  /** Over the structure's force components. */
  readonly force_rmse: number | null;
  /** The larger of the two in units of the set's RMSE: what the list is sorted by. */
  readonly relative: number;
  /** Which of the two that is. */
  readonly by: 'energy' | 'force';
}

/** Keys as in the results of the command line. */
export interface ErrorReport {
  readonly energy_rmse_uncertainty: Uncertainty | null;
  readonly force_rmse_uncertainty: Uncertainty | null;
  readonly stress_rmse_uncertainty: Uncertainty | null;
  readonly config_types: readonly ConfigTypeErrors[];
  readonly files: readonly FileErrors[];
  readonly elements: readonly ElementErrors[];
  readonly worst: readonly WorstStructure[];
}

const WORST_LISTED = 10;
/** Groups beyond so many, the rarest, share the last row: some data give every structure a name of its own. */
const MAXIMUM_ROWS = 50;
const OTHERS = '(others)';
const RESAMPLES = 1000;
/** Draws of structures in all: with very many structures fewer resamples will do. */
const MAXIMUM_DRAWS = 1e6;

/** The report of one set. */
export function reportErrors(parity: Parity, set: SetName): ErrorReport {
  const { structureSet, structureConfigType, structureFile, configTypes, files, energy, force, stress } = parity;
  const wanted = SETS.indexOf(set);
  const structures = [...structureSet.keys()].filter((s) => structureSet[s] === wanted);
  const rows = selectSet(parity, set);
  const energyErrors = structureErrors(energy, rows.energy, structureSet.length);
  const forceErrors = structureErrors(force, rows.force, structureSet.length);
  return {
    energy_rmse_uncertainty: bootstrapRmse(energyErrors, structures),
    force_rmse_uncertainty: bootstrapRmse(forceErrors, structures),
    stress_rmse_uncertainty: bootstrapRmse(structureErrors(stress, rows.stress, structureSet.length), structures),
    config_types: tabulateGroups(parity, structures, rows, structureConfigType).map(({ group, ...errors }) => ({
      config_type: group === undefined ? OTHERS : group < 0 ? '' : configTypes[group],
      ...errors,
    })),
    files: tabulateGroups(parity, structures, rows, structureFile).map(({ group, ...errors }) => ({
      file: group === undefined ? OTHERS : files[group],
      ...errors,
    })),
    elements: tabulateElements(force, rows.force),
    worst: findWorst(parity, structures, energyErrors, forceErrors),
  };
}

/** Per structure: number of labels, sum of errors and of their squares. */
export interface StructureErrors {
  readonly counts: Int32Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

function structureErrors(
  { structure, reference, predicted }: Parity['energy'],
  rows: Int32Array,
  structures: number,
): StructureErrors {
  const errors = {
    counts: new Int32Array(structures),
    sums: new Float64Array(structures),
    squares: new Float64Array(structures),
  };
  for (const row of rows) {
    const error = predicted[row] - reference[row];
    errors.counts[structure[row]]++;
    errors.sums[structure[row]] += error;
    errors.squares[structure[row]] += error * error;
  }
  return errors;
}

/**
 * Resamples `structures` (indices, those without labels don't count) with replacement; the same for the same errors.
 * @returns null for fewer than two structures with labels, or where an error isn't finite
 */
export function bootstrapRmse(
  { counts, squares }: Omit<StructureErrors, 'sums'>,
  structures: readonly number[],
): Uncertainty | null {
  const labelled = structures.filter((s) => counts[s] > 0);
  const n = labelled.length;
  if (n < 2 || !labelled.every((s) => Number.isFinite(squares[s]))) return null;
  const resamples = Math.max(100, Math.min(RESAMPLES, Math.floor(MAXIMUM_DRAWS / n)));
  const random = createRandom(0, 'bootstrap');
  const rmse = Float64Array.from({ length: resamples }, () => {
    let count = 0;
    let sum = 0;
    for (let k = 0; k < n; k++) {
      const s = labelled[Math.floor(random.uniform() * n)];
      count += counts[s];
      sum += squares[s];
    }
    return Math.sqrt(sum / count);
  }).sort();
  const mean = rmse.reduce((sum, value) => sum + value, 0) / resamples;
  const variance = rmse.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (resamples - 1);
  return {
    standard_error: Math.sqrt(variance),
    low: rmse[Math.floor(0.025 * resamples)],
    high: rmse[Math.ceil(0.975 * resamples) - 1],
  };
}

/** @param groupOf a number for each structure. `group` is undefined for the rarest, which share a row. */
function tabulateGroups(
  { structureAtoms, energy, force, stress }: Parity,
  structures: readonly number[],
  rows: ReturnType<typeof selectSet>,
  groupOf: Int32Array,
): (GroupErrors & { readonly group: number | undefined })[] {
  const members = new Map<number | undefined, number[]>();
  for (const s of structures) {
    const list = members.get(groupOf[s]);
    if (list === undefined) members.set(groupOf[s], [s]);
    else list.push(s);
  }
  const groups = [...members].map(([group, list]) => ({ group, list }));
  if (groups.length > MAXIMUM_ROWS) {
    groups.sort((a, b) => b.list.length - a.list.length || (a.group ?? 0) - (b.group ?? 0));
    const rare = groups.splice(MAXIMUM_ROWS - 1);
    groups.push({ group: undefined, list: rare.flatMap(({ list }) => list) });
  }
  const rowOf = new Int32Array(structureAtoms.length);
  groups.forEach(({ list }, k) => {
    for (const s of list) rowOf[s] = k;
  });
  const errorsOf = ({ structure, reference, predicted }: Parity['energy'], its: Int32Array) =>
    distribute(its, groups.length, (row) => rowOf[structure[row]]).map((list) => ({
      count: list.length,
      statistics: errorStatistics(reference, predicted, list),
    }));
  const [energies, forces, stresses] = [
    errorsOf(energy, rows.energy),
    errorsOf(force, rows.force),
    errorsOf(stress, rows.stress),
  ];
  return groups.map(({ group, list }, k) => ({
    group,
    structures: list.length,
    atoms: list.reduce((sum, s) => sum + structureAtoms[s], 0),
    energies: energies[k].count,
    energy_rmse: energies[k].statistics?.rmse ?? null,
    energy_mae: energies[k].statistics?.mae ?? null,
    forces: forces[k].count,
    force_rmse: forces[k].statistics?.rmse ?? null,
    force_mae: forces[k].statistics?.mae ?? null,
    force_max_error: forces[k].statistics?.maximum ?? null,
    stresses: stresses[k].count,
    stress_rmse: stresses[k].statistics?.rmse ?? null,
  }));
}

function tabulateElements({ element, reference, predicted }: Parity['force'], rows: Int32Array): ElementErrors[] {
  const numbers = [...new Set(Array.from(rows, (row) => element[row]))].sort((a, b) => a - b);
  const groupOf = new Map(numbers.map((number, group) => [number, group]));
  const lists = distribute(rows, numbers.length, (row) => groupOf.get(element[row]) ?? 0);
  return numbers.map((number, group) => {
    const errors = errorStatistics(reference, predicted, lists[group]);
    return {
      element: number === 0 ? '' : symbolOf(number),
      forces: lists[group].length,
      force_rmse: errors?.rmse ?? null,
      force_mae: errors?.mae ?? null,
      force_max_error: errors?.maximum ?? null,
    };
  });
}

function distribute(rows: Int32Array, groups: number, groupOf: (row: number) => number): number[][] {
  const lists = Array.from({ length: groups }, (): number[] => []);
  for (const row of rows) lists[groupOf(row)].push(row);
  return lists;
}

function findWorst(
  parity: Parity,
  structures: readonly number[],
  energies: StructureErrors,
  forces: StructureErrors,
): WorstStructure[] {
  const rmseOf = ({ counts, squares }: StructureErrors): number => {
    const count = structures.reduce((sum, s) => sum + counts[s], 0);
    return Math.sqrt(structures.reduce((sum, s) => sum + squares[s], 0) / count);
  };
  const [energyRmse, forceRmse] = [rmseOf(energies), rmseOf(forces)];
  const ratio = (part: number | null, whole: number): number =>
    part === null || !(whole > 0) ? 0 : Math.abs(part) / whole;
  return structures
    .map((s): WorstStructure => {
      const energyError = energies.counts[s] > 0 ? energies.sums[s] / energies.counts[s] : null;
      const forceError = forces.counts[s] > 0 ? Math.sqrt(forces.squares[s] / forces.counts[s]) : null;
      const [byEnergy, byForce] = [ratio(energyError, energyRmse), ratio(forceError, forceRmse)];
      const type = parity.structureConfigType[s];
      return {
        structure: s,
        file: parity.files[parity.structureFile[s]],
        frame: parity.structureFrame[s],
        config_type: type < 0 ? '' : parity.configTypes[type],
        energy_error: energyError,
        force_rmse: forceError,
        relative: Math.max(byEnergy, byForce),
        by: byEnergy > byForce || forceError === null ? 'energy' : 'force',
      };
    })
    .sort((a, b) => b.relative - a.relative)
    .slice(0, WORST_LISTED);
}
