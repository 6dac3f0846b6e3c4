/**
 * The energy zero of a dataset: which part of the total energies is a sum over atoms (or one constant), and how well
 * the data determine it. eV.
 *
 * Each structure has a *row* of integers: the number of atoms of each element (`per_element`, `isolated`), a 1
 * (`constant`), or nothing (`none`). The energy zero of a structure is row · b. Only what the rows span can be known: from ethanol alone
 * 2 b_C + 6 b_H + b_O, not the three. The rows of a dataset are integer combinations of a *lattice basis* with as many
 * vectors as can be known, and all fitting happens in its coordinates, where every system has full rank; b itself is
 * then the solution nearest to given reference energies (minimum norm).
 *
 * Shifting all reference energies must shift predictions and nothing else, down to the last bit of every weight. So a
 * *baseline* is taken away exactly before training: energies are whole numbers of 1e-8 eV, the baseline whole numbers of
 * 1 meV per basis vector (what remains is left to the offset that is trained), and the difference is one of integers.
 */
import type { TrainDefinition } from '../../language/definition/definition';
import { solveSymmetric } from '../vectors';

export type OffsetMode = TrainDefinition['options']['offset'];

/** Energies of training are rounded to this many eV: far below what electronic-structure theory converges to. */
export const ENERGY_GRAIN = 1e-8;
const GRAINS_PER_MEV = 1e5;

/** Number of offsets that are trained in a mode. */
export function countOffsets(mode: OffsetMode, elements: number): number {
  if (mode === 'none' || mode === 'isolated') return 0;
  return mode === 'constant' ? 1 : elements;
}

/** The row of a structure with these numbers of atoms per element. */
export function offsetRow(mode: OffsetMode, composition: readonly number[]): number[] {
  if (mode === 'none') return [];
  return mode === 'constant' ? [1] : [...composition];
}

/**
 * A basis, in row echelon form, of all integer combinations of `rows` (the Hermite normal form). Its length is the rank
 * of the rows, found without any tolerance.
 */
export function latticeBasis(rows: Iterable<readonly number[]>): number[][] {
  const basis: number[][] = [];
  const pivotOf = (row: readonly number[]): number => row.findIndex((n) => n !== 0);
  for (const given of rows) {
    let row = [...given];
    for (let at = 0; ;) {
      const pivot = pivotOf(row);
      if (pivot < 0) break;
      while (at < basis.length && pivotOf(basis[at]) < pivot) at++;
      if (at === basis.length || pivotOf(basis[at]) > pivot) {
        basis.splice(at, 0, row[pivot] < 0 ? row.map((n) => -n) : row);
        break;
      }
      // Euclid's algorithm on the two rows: the basis keeps the greatest common divisor, the rest goes on.
      let kept = basis[at];
      while (row[pivot] !== 0) {
        const times = Math.floor(kept[pivot] / row[pivot]);
        [kept, row] = [row, kept.map((n, i) => n - times * row[i])];
      }
      basis[at] = kept[pivot] < 0 ? kept.map((n) => -n) : kept;
    }
  }
  // Small entries: reduce what stands above each pivot.
  for (let k = basis.length - 1; k >= 0; k--) {
    const pivot = pivotOf(basis[k]);
    for (let above = 0; above < k; above++) {
      const times = Math.floor(basis[above][pivot] / basis[k][pivot]);
      if (times !== 0) basis[above] = basis[above].map((n, i) => n - times * basis[k][i]);
    }
  }
  return basis;
}

/** Coordinates of a row in the basis: integers; undefined for a row that is no integer combination of it. */
export function latticeCoordinates(
  basis: readonly (readonly number[])[],
  row: readonly number[],
): number[] | undefined {
  const coordinates: number[] = [];
  let rest = [...row];
  for (const vector of basis) {
    const pivot = vector.findIndex((n) => n !== 0);
    const times = rest[pivot] / vector[pivot];
    if (!Number.isInteger(times)) return undefined;
    coordinates.push(times);
    if (times !== 0) rest = rest.map((n, i) => n - times * vector[i]);
  }
  return rest.every((n) => n === 0) ? coordinates : undefined;
}

/**
 * x that minimizes Σ weight (target − coordinates · x)², by normal equations with two steps of iterative refinement.
 * `coordinates` are those of a lattice basis of the same rows, so that there is one solution.
 */
export function solveLeastSquares(
  coordinates: readonly (readonly number[])[],
  targets: ArrayLike<number>,
  weights: ArrayLike<number>,
): number[] {
  const rank = coordinates.length === 0 ? 0 : coordinates[0].length;
  const solution = new Array<number>(rank).fill(0);
  if (rank === 0) return solution;
  const matrix = Array.from({ length: rank }, () => new Array<number>(rank).fill(0));
  coordinates.forEach((c, s) => {
    for (let k = 0; k < rank; k++) for (let l = 0; l < rank; l++) matrix[k][l] += weights[s] * c[k] * c[l];
  });
  for (let pass = 0; pass < 3; pass++) {
    const right = new Array<number>(rank).fill(0);
    coordinates.forEach((c, s) => {
      let rest = targets[s];
      for (let k = 0; k < rank; k++) rest -= c[k] * solution[k];
      for (let k = 0; k < rank; k++) right[k] += weights[s] * c[k] * rest;
    });
    solveSymmetric(matrix, right).forEach((change, k) => (solution[k] += change));
  }
  return solution;
}

/** b nearest to `references` with basis · b = values. */
export function minimumNormOffsets(
  basis: readonly (readonly number[])[],
  values: readonly number[],
  references: readonly number[],
): number[] {
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, n, i) => sum + n * b[i], 0);
  const matrix = basis.map((a) => basis.map((b) => dot(a, b)));
  let offsets = [...references];
  // Twice: the second pass removes the rounding of the first, which counts where energies are 1e5 eV.
  for (let pass = 0; pass < 2; pass++) {
    const missing = basis.map((vector, k) => values[k] - dot(vector, offsets));
    const multipliers = solveSymmetric(matrix, missing);
    offsets = offsets.map((b, i) => basis.reduce((sum, vector, k) => sum + vector[i] * multipliers[k], b));
  }
  return offsets;
}

/** What training takes away from the energies, and how to say what is left in terms of offsets. */
export interface Baseline {
  readonly mode: OffsetMode;
  /** Rank × offsets; empty without offsets or without energies. */
  readonly basis: readonly (readonly number[])[];
  /** Energy of each basis vector in grains: whole numbers of meV. */
  readonly grains: readonly number[];
  /** Offsets in eV that give these energies, nearest to the references. */
  readonly offsets: readonly number[];
}

/**
 * Fits the baseline.
 * @param rows of the training structures that have an energy
 * @param energies eV
 * @param weights of the squared errors
 * @param references offsets (eV) to stay near to where the data leave a choice
 */
export function fitBaseline(
  mode: OffsetMode,
  rows: readonly (readonly number[])[],
  energies: ArrayLike<number>,
  weights: ArrayLike<number>,
  references: readonly number[],
): Baseline {
  const basis = latticeBasis(rows);
  const coordinates = rows.map((row) => {
    const found = latticeCoordinates(basis, row);
    if (found === undefined) throw new Error('A row is no combination of the basis of the rows.');
    return found;
  });
  const values = solveLeastSquares(coordinates, energies, weights);
  const grains = values.map((energy) => Math.round(energy * 1000) * GRAINS_PER_MEV);
  const rounded = grains.map((n) => n * ENERGY_GRAIN);
  return { mode, basis, grains, offsets: minimumNormOffsets(basis, rounded, references) };
}

/** Baseline of a structure in eV. */
export function baselineEnergy(baseline: Baseline, row: readonly number[]): number {
  const coordinates = latticeCoordinates(baseline.basis, row);
  if (coordinates === undefined) return row.reduce((sum, n, i) => sum + n * baseline.offsets[i], 0);
  return coordinates.reduce((sum, n, k) => sum + n * baseline.grains[k], 0) * ENERGY_GRAIN;
}

/** energy − baseline in eV, without rounding errors for energies up to 9e7 eV. */
export function subtractBaseline(baseline: Baseline, row: readonly number[], energy: number): number {
  const coordinates = latticeCoordinates(baseline.basis, row);
  if (coordinates === undefined) return energy - baselineEnergy(baseline, row);
  const grains = coordinates.reduce((sum, n, k) => sum - n * baseline.grains[k], Math.round(energy / ENERGY_GRAIN));
  return grains * ENERGY_GRAIN;
}

/** How many of the offsets the data determine. */
export interface Identifiability {
  readonly rank: number;
  readonly offsets: number;
  /** For people; undefined if everything is determined. */
  readonly explanation: string | undefined;
}

export function identifiability(baseline: Baseline, elements: readonly string[]): Identifiability {
  const rank = baseline.basis.length;
  const offsets = baseline.mode === 'isolated' ? rank : countOffsets(baseline.mode, elements.length);
  if (rank === offsets) return { rank, offsets, explanation: undefined };
  const sums = baseline.basis.map((vector) =>
    vector
      .map((n, i) =>
        n === 0 ? '' : `${n < 0 ? '− ' : '+ '}${Math.abs(n) === 1 ? '' : `${Math.abs(n)} `}${elements[i]}`,
      )
      .filter((term) => term !== '')
      .join(' ')
      .replace(/^\+ /, ''),
  );
  const known =
    sums.length === 0 ? 'no energy is known' : `only ${sums.join(' and ')} ${sums.length > 1 ? 'are' : 'is'}`;
  return {
    rank,
    offsets,
    explanation: `The compositions determine ${rank} of ${offsets} energies per element (${known}): the rest is chosen nearest to the references. Energies of other compositions mean nothing. Energies of the isolated atoms would tell them, with offset = isolated.`,
  };
}

/**
 * Energies per atom in eV less a baseline of one energy per element that is fitted to them all: exact, so that no zero of energy
 * changes a bit of them.
 * @param rows numbers of atoms of each element, of all elements that a structure has
 * @param fixed what of each energy is no matter of the elements, eV
 */
export function energiesAboveBaseline(
  rows: readonly (readonly number[])[],
  energies: readonly number[],
  fixed: readonly number[] = energies.map(() => 0),
): Float64Array {
  const sizes = rows.map((row) => row.reduce((sum, n) => sum + n, 0));
  const baseline = fitBaseline(
    'per_element',
    rows,
    energies.map((energy, s) => energy - fixed[s]),
    sizes.map((atoms) => atoms ** -2),
    rows.length === 0 ? [] : rows[0].map(() => 0),
  );
  return Float64Array.from(
    energies,
    (energy, s) => (subtractBaseline(baseline, rows[s], energy) - fixed[s]) / sizes[s],
  );
}
