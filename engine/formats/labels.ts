/**
 * Which keys of a file are the reference energies, forces and virials. Units: eV, eV/Å; stress eV/Å³ as ASE has it,
 * positive under tension; virial = −V · stress in eV.
 *
 * Files name them in many ways, and often have several: reference labels beside those of a cheaper method. `auto` takes
 * the first of a declared list that the data has, the same for all frames, and says which. Predictions of other models
 * (`MACE_forces`) are never taken by themselves. A label that is absent is absent, never zero.
 */
import type { DatasetDefinition } from '../../language/definition/definition';
import type { Problem } from '../../protocol/result';
import { volume } from '../structure/cell';
import type { Labels } from '../structure/structure';
import { numbersOf } from './extended-xyz-header';
import type { Frame, InfoValue } from './frame';

/** In order of preference. */
export const ENERGY_KEYS = ['REF_energy', 'dft_energy', 'DFT_energy', 'energy', 'free_energy', 'total_energy'];
export const FORCES_KEYS = ['REF_forces', 'dft_forces', 'DFT_forces', 'dft_force', 'forces', 'force'];
const VIRIAL_KEYS = ['REF_virials', 'REF_virial', 'dft_virial', 'DFT_virial', 'virial', 'virials'];
export const STRESS_KEYS = ['REF_stress', 'dft_stress', 'DFT_stress', 'stress'];

type StressSign = DatasetDefinition['options']['stress_sign'];

export interface LabelKeys {
  readonly energy?: string;
  readonly forces?: string;
  /** At most one of the two: a virial overrides a stress. */
  readonly virial?: string;
  readonly stress?: string;
  /** When its stress is positive. */
  readonly stressSign: StressSign;
}

/** The key that is meant by `wanted`, a key or `auto`; undefined if no frame has it. `present`: frames that have each key. */
export function chooseKey(
  wanted: string,
  preferred: readonly string[],
  present: ReadonlyMap<string, number>,
): string | undefined {
  return (wanted === 'auto' ? preferred : [wanted]).find((key) => (present.get(key) ?? 0) > 0);
}

/** Chooses the keys of all labels from what the frames have. */
export function chooseKeys(
  wanted: {
    readonly energy: string;
    readonly forces: string;
    readonly stress: string;
    readonly stress_sign: StressSign;
  },
  keys: ReadonlyMap<string, number>,
  columns: ReadonlyMap<string, number>,
): LabelKeys {
  const isNamed = wanted.stress !== 'auto';
  const isVirial = /virial/i.test(wanted.stress);
  const virial = isNamed && !isVirial ? undefined : chooseKey(wanted.stress, VIRIAL_KEYS, keys);
  const stress = isNamed && isVirial ? undefined : chooseKey(wanted.stress, STRESS_KEYS, keys);
  return {
    energy: chooseKey(wanted.energy, ENERGY_KEYS, keys),
    forces: chooseKey(wanted.forces, FORCES_KEYS, columns),
    virial,
    stress: virial === undefined ? stress : undefined,
    stressSign: wanted.stress_sign,
  };
}

/** The labels of a frame; what a key holds that can't be a label is a problem. */
export function readLabels(
  frame: Frame,
  keys: LabelKeys,
): { readonly labels: Labels; readonly problems: readonly Omit<Problem, 'place'>[] } {
  const problems: Omit<Problem, 'place'>[] = [];
  const bad = (key: string, expected: string): undefined => {
    problems.push({ code: 'XD020', message: `${key} must be ${expected}` });
    return undefined;
  };
  let energy: number | undefined;
  const energyValue = keys.energy === undefined ? undefined : frame.info.get(keys.energy);
  if (typeof energyValue === 'number') energy = energyValue;
  else if (energyValue !== undefined) bad(keys.energy ?? '', 'one finite number, the total energy in eV');

  let forces: Float64Array | undefined;
  const column = keys.forces === undefined ? undefined : frame.columns.get(keys.forces);
  if (column !== undefined) {
    if (column.type === 'R' && column.width === 3) forces = column.values;
    else bad(keys.forces ?? '', 'a column R:3, forces in eV/Å');
  }

  let virial: Float64Array | undefined;
  const virialKey = keys.virial ?? keys.stress;
  const value = virialKey === undefined ? undefined : frame.info.get(virialKey);
  if (virialKey !== undefined && value !== undefined) {
    const six = numbersOf(value, 6);
    const matrix =
      six === undefined ? numbersOf(value, 9) : Float64Array.from([0, 5, 4, 5, 1, 3, 4, 3, 2], (voigt) => six[voigt]);
    const sign = keys.stressSign === 'tension' ? 1 : -1;
    if (matrix === undefined) bad(virialKey, 'nine finite numbers, or six in the order xx yy zz yz xz xy');
    else if (keys.virial !== undefined) virial = matrix.map((value) => sign * value);
    else {
      const space = frame.cell === undefined ? 0 : volume(frame.cell);
      if (space > 0) virial = matrix.map((stress) => -sign * space * stress);
      else bad(virialKey, 'given with a cell: without a volume there is no stress');
    }
  }
  return { labels: { energy, forces, virial }, problems };
}

/** The forces of a frame under the first name that it has, 3N. */
export function forcesOf({ columns }: Frame): Float64Array | undefined {
  const column = columns.get(FORCES_KEYS.find((key) => columns.has(key)) ?? '');
  return column?.type === 'R' && column.width === 3 ? column.values : undefined;
}

/** Masses of the atoms in amu as a frame has them (the column `masses` of ASE); undefined unless all are positive. */
export function writtenMasses(frame: Frame | undefined): Float64Array | undefined {
  const column = frame?.columns.get('masses');
  return column?.type === 'R' && column.width === 1 && column.values.every((mass) => mass > 0 && mass < Infinity)
    ? column.values
    : undefined;
}

/** Whether two energies of a frame are not the same: with smearing `energy` and `free_energy` are two. */
export const isDifferent = (a: InfoValue | undefined, b: InfoValue | undefined): boolean =>
  typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) > 1e-6;

/** Words of ASE, of scripts around VASP and CP2K: `converged=F`, `scf_converged`, `electronic_converged`, `dft_is_converged`. */
const CONVERGED = /^(?:[a-z]+_)*converged$/i;

/** Whether a frame says of itself that its calculation did not converge. How the ions moved is no matter of the labels. */
export function isUnconverged({ info }: Frame): boolean {
  for (const [key, value] of info) {
    if (!CONVERGED.test(key) || /^(?:ionic|geometry|relax|opt|not|un)/i.test(key)) continue;
    if (value === false || value === 0 || (typeof value === 'string' && /^no(?:ne)?$/i.test(value))) return true;
  }
  return false;
}
