/**
 * Error statistics of predictions. Pure: engine, command line and plots compute the same figures from the same columns.
 *
 * Vocabulary: residual = predicted − reference. Units are those of the columns: eV/atom for energies, eV/Å for force
 * components. What has no data has no statistic: `null`, never zero, never NaN.
 */
import { SETS, type Parity, type SetName } from '../../protocol/parity';
import type { ErrorSummary } from '../../protocol/run';

const rank = (set: string): number => (set === 'test' ? 0 : set === 'train' ? 2 : 1);

/** The sets as they count: those that a training has not seen first, and the test set before all. */
export const UNSEEN_FIRST: readonly SetName[] = [...SETS].sort((a, b) => rank(a) - rank(b));

/** Diagonal components of stresses, with fewer of which nothing is said of their sign. */
const FEWEST_STRESSES = 12;

export interface ErrorStatistics {
  readonly count: number;
  readonly rmse: number;
  readonly mae: number;
  /** Largest |residual|. */
  readonly maximum: number;
  /** Mean residual: positive where the prediction is too high. */
  readonly bias: number;
  /** Coefficient of determination 1 − Σ residual² / Σ (reference − mean)²; null where the reference doesn't vary. */
  readonly r2: number | null;
}

/**
 * Statistics of `predicted` against `reference` (same length), over the rows in `selection` or over all.
 *
 * @returns null for no rows, or where a residual isn't finite
 */
export function errorStatistics(
  reference: Float64Array,
  predicted: Float64Array,
  selection?: ArrayLike<number>,
): ErrorStatistics | null {
  const count = selection?.length ?? reference.length;
  if (count === 0) return null;
  const row = (k: number): number => (selection === undefined ? k : selection[k]);
  let sum = 0;
  let absolute = 0;
  let squares = 0;
  let maximum = 0;
  let mean = 0;
  for (let k = 0; k < count; k++) {
    const i = row(k);
    const residual = predicted[i] - reference[i];
    const size = Math.abs(residual);
    sum += residual;
    absolute += size;
    squares += residual * residual;
    if (size > maximum) maximum = size;
    mean += reference[i];
  }
  if (!Number.isFinite(squares)) return null;
  mean /= count;
  // Around the mean in a second pass: energies per atom may be −1000 eV with a spread of meV.
  let variation = 0;
  for (let k = 0; k < count; k++) variation += (reference[row(k)] - mean) ** 2;
  return {
    count,
    rmse: Math.sqrt(squares / count),
    mae: absolute / count,
    maximum,
    bias: sum / count,
    // A spread at the level of rounding is none: its quotient would be a number without meaning.
    r2: variation > count * (Number.EPSILON * mean) ** 2 ? 1 - squares / variation : null,
  };
}

/** Rows of energies, of force components and of stresses whose structure belongs to `set`. */
export function selectSet(
  parity: Parity,
  set: SetName,
): { readonly energy: Int32Array; readonly force: Int32Array; readonly stress: Int32Array } {
  const wanted = SETS.indexOf(set);
  const select = (structure: Int32Array): Int32Array => {
    const rows = new Int32Array(structure.length);
    let count = 0;
    for (let row = 0; row < structure.length; row++)
      if (parity.structureSet[structure[row]] === wanted) rows[count++] = row;
    return rows.slice(0, count);
  };
  return {
    energy: select(parity.energy.structure),
    force: select(parity.force.structure),
    stress: select(parity.stress.structure),
  };
}

/** The figures of one set that are recorded with a run: energies in eV/atom, force components in eV/Å, stresses in eV/Å³. */
export function summarize(parity: Parity, set: SetName): ErrorSummary {
  const wanted = SETS.indexOf(set);
  let structures = 0;
  let atoms = 0;
  for (let s = 0; s < parity.structureSet.length; s++) {
    if (parity.structureSet[s] !== wanted) continue;
    structures++;
    atoms += parity.structureAtoms[s];
  }
  const rows = selectSet(parity, set);
  const energy = errorStatistics(parity.energy.reference, parity.energy.predicted, rows.energy);
  const force = errorStatistics(parity.force.reference, parity.force.predicted, rows.force);
  const stress = errorStatistics(parity.stress.reference, parity.stress.predicted, rows.stress);
  return {
    structures,
    atoms,
    energy_rmse: energy?.rmse ?? null,
    energy_mae: energy?.mae ?? null,
    force_rmse: force?.rmse ?? null,
    force_mae: force?.mae ?? null,
    force_max_error: force?.maximum ?? null,
    energy_r2: energy?.r2 ?? null,
    force_r2: force?.r2 ?? null,
    stress_rmse: stress?.rmse ?? null,
    stress_mae: stress?.mae ?? null,
  };
}

/**
 * Correlation of predicted with reference stresses (diagonal components, as shear is often zero); undefined for too few of them.
 * A negative one tells of stresses of the other sign: language/check/runs.ts.
 */
export function stressCorrelation({ stress }: Pick<Parity, 'stress'>): number | undefined {
  const { component, reference, predicted } = stress;
  const rows = [...component.keys()].filter((row) => component[row] < 3);
  const mean = (values: Float64Array): number => rows.reduce((sum, row) => sum + values[row], 0) / rows.length;
  const [middle, center] = [mean(reference), mean(predicted)];
  const product = (a: Float64Array, b: Float64Array, a0: number, b0: number): number =>
    rows.reduce((sum, row) => sum + (a[row] - a0) * (b[row] - b0), 0);
  const correlation =
    product(reference, predicted, middle, center) /
    Math.sqrt(product(reference, reference, middle, middle) * product(predicted, predicted, center, center));
  return rows.length < FEWEST_STRESSES || !Number.isFinite(correlation) ? undefined : correlation;
}
