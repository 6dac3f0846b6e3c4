/**
 * Collects prediction and reference of the structures of a dataset, one structure after the other, as the rows of parity.bin.
 * Pure. Labels that are absent have no row.
 */
import type { Parity } from '../../protocol/parity';
import type { Prediction } from '../potentials/potential';
import { volume } from '../structure/cell';
import type { LabelledStructure } from '../structure/structure';
import { toVoigt } from '../structure/voigt';

export interface Comparison {
  readonly parity: Parity;
  readonly structures: readonly LabelledStructure[];
  /** Rows that are filled. */
  energyRows: number;
  forceRows: number;
  stressRows: number;
  /** How far the members of a committee are apart, as the rows of energies and forces; made with the first that is told. */
  spread?: { readonly energy: Float64Array; readonly force: Float64Array };
  /** Number of the first atom of each structure among all atoms; behind the last structure the number of atoms. */
  readonly firstAtom: Int32Array;
  /** Of all atoms; made with the first that is told. */
  extrapolation?: Float64Array;
}

/** The rows, when all predictions are there. */
export const parityOf = ({ parity, spread, extrapolation }: Comparison): Parity => ({
  ...parity,
  ...(spread && {
    energy: { ...parity.energy, spread: spread.energy },
    force: { ...parity.force, spread: spread.force },
  }),
  ...(extrapolation && { extrapolation }),
});

/** @param set index into SETS of each structure */
export function startComparison(structures: readonly LabelledStructure[], set: Uint8Array): Comparison {
  const files = numbering(structures.map(({ source }) => source.file));
  const types = numbering(structures.map(({ configType }) => configType));
  const columns = (rows: number) => ({
    structure: new Int32Array(rows),
    reference: new Float64Array(rows),
    predicted: new Float64Array(rows),
  });
  const stresses = 6 * structures.filter(({ virial }) => virial !== undefined).length;
  const components = structures.reduce((sum, { forces }) => sum + (forces?.length ?? 0), 0);
  const parity: Parity = {
    files: files.names,
    structureFile: files.indices,
    structureFrame: Int32Array.from(structures, ({ source }) => source.frame),
    structureAtoms: Int32Array.from(structures, ({ numbers }) => numbers.length),
    structureSet: set.slice(),
    configTypes: types.names,
    structureConfigType: types.indices,
    energy: columns(structures.filter(({ energy }) => energy !== undefined).length),
    force: {
      ...columns(components),
      atom: new Int32Array(components),
      element: new Uint8Array(components),
      component: new Uint8Array(components),
    },
    stress: { ...columns(stresses), component: new Uint8Array(stresses) },
  };
  const firstAtom = new Int32Array(structures.length + 1);
  structures.forEach(({ numbers }, s) => (firstAtom[s + 1] = firstAtom[s] + numbers.length));
  return { parity, structures, firstAtom, energyRows: 0, forceRows: 0, stressRows: 0 };
}

/** The distinct names in the order in which they come, and the number of each; −1 for none. */
function numbering(names: readonly (string | undefined)[]): { names: string[]; indices: Int32Array } {
  const numbers = new Map<string, number>();
  const indices = Int32Array.from(names, (name) => {
    if (name === undefined) return -1;
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  });
  return { names: [...numbers.keys()], indices };
}

/** Adds what is predicted for structure `s`; each once. */
export function addPrediction(
  comparison: Comparison,
  s: number,
  {
    energy,
    forces,
    virial,
    spread: told,
    extrapolation,
  }: Pick<Prediction, 'energy' | 'forces' | 'virial' | 'spread' | 'extrapolation'>,
): void {
  const { energy: energies, force, stress } = comparison.parity;
  const {
    numbers,
    cell,
    energy: reference,
    forces: referenceForces,
    virial: referenceVirial,
  } = comparison.structures[s];
  if (told !== undefined)
    comparison.spread ??= {
      energy: new Float64Array(energies.structure.length),
      force: new Float64Array(force.structure.length),
    };
  const { spread, firstAtom } = comparison;
  if (extrapolation !== undefined) {
    comparison.extrapolation ??= new Float64Array(firstAtom[firstAtom.length - 1]).fill(NaN);
    comparison.extrapolation.set(extrapolation(), firstAtom[s]);
  }
  if (reference !== undefined) {
    const row = comparison.energyRows++;
    energies.structure[row] = s;
    energies.reference[row] = reference / numbers.length;
    energies.predicted[row] = energy / numbers.length;
    if (spread && told) spread.energy[row] = told.energy / numbers.length;
  }
  referenceForces?.forEach((value, c) => {
    const row = comparison.forceRows++;
    const atom = Math.floor(c / 3);
    force.structure[row] = s;
    force.atom[row] = atom;
    force.element[row] = numbers[atom];
    force.component[row] = c % 3;
    force.reference[row] = value;
    force.predicted[row] = forces[c];
    if (spread && told) spread.force[row] = told.components[c];
  });
  if (referenceVirial === undefined || cell === undefined) return;
  const predicted = toVoigt(virial);
  toVoigt(referenceVirial).forEach((value, component) => {
    const row = comparison.stressRows++;
    stress.structure[row] = s;
    stress.component[row] = component;
    stress.reference[row] = -value / volume(cell);
    stress.predicted[row] = -predicted[component] / volume(cell);
  });
}
