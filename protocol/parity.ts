/**
 * `parity.bin`: reference against prediction for every label of a dataset, and which structure it belongs to.
 *
 * One row per structure with an energy, one row per component of a force or a stress. `structure` numbers the dataset's structures from
 * 0; `structure_file` and `structure_frame` say where each stands, `structure_config_type` what kind it is. Rows without a
 * reference do not exist. Files of before there were config_types and elements in it are read without them. Columns of a
 * committee's spread are there if a committee predicted.
 */
import * as v from 'valibot';
import { decodeColumns, encodeColumns } from './columns';

/**
 * The networks are fitted to `train`; `validation` decides which epoch's weights are kept; `test` decides nothing, so that its
 * error is that of new data. Files hold the numbers: a new set goes to the end.
 */
export const SETS = ['train', 'test', 'validation'] as const;
export type SetName = (typeof SETS)[number];

/** One value for each set, in the order in which people read them. */
export const bySet = <T>(of: (name: SetName) => T): Record<SetName, T> => ({
  train: of('train'),
  validation: of('validation'),
  test: of('test'),
});

/** The names of the components that rows count. */
export const COMPONENTS = ['x', 'y', 'z'] as const;
export const STRESS_COMPONENTS = ['xx', 'yy', 'zz', 'yz', 'xz', 'xy'] as const;

export interface Parity {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Index into `files`, and frame number in that file, of each structure. */
  readonly structureFile: Int32Array;
  readonly structureFrame: Int32Array;
  /** Number of atoms of each structure. */
  readonly structureAtoms: Int32Array;
  /** Index into SETS of each structure. */
  readonly structureSet: Uint8Array;
  /** The config_types that the data names. */
  readonly configTypes: readonly string[];
  /** Index into `configTypes` of each structure, −1 for one that has none. */
  readonly structureConfigType: Int32Array;
  /** eV/atom, the fitted offset included on both sides. */
  readonly energy: {
    readonly structure: Int32Array;
    readonly reference: Float64Array;
    readonly predicted: Float64Array;
    /** Standard deviation over the members of a committee, eV/atom. */
    readonly spread?: Float64Array;
  };
  /** eV/Å; `atom` counts from 0 in the structure, `component` is 0, 1, 2 for x, y, z. */
  readonly force: {
    readonly structure: Int32Array;
    readonly atom: Int32Array;
    /** Atomic number of the atom, 0 if it isn't known. */
    readonly element: Uint8Array;
    readonly component: Uint8Array;
    readonly reference: Float64Array;
    readonly predicted: Float64Array;
    /** Standard deviation over the members of a committee, eV/Å. */
    readonly spread?: Float64Array;
  };
  /**
   * How far each atom, structure after structure, is outside of the training (engine/descriptors/extrapolation.ts), if the potential tells
   * it; NaN in structures that were not predicted.
   */
  readonly extrapolation?: Float64Array;
  /** eV/Å³, positive under tension; `component` counts xx yy zz yz xz xy from 0. Files of before there were stresses have no rows. */
  readonly stress: {
    readonly structure: Int32Array;
    readonly component: Uint8Array;
    readonly reference: Float64Array;
    readonly predicted: Float64Array;
  };
}

const meta = v.object({
  kind: v.literal('parity'),
  files: v.array(v.string()),
  config_types: v.optional(v.array(v.string()), []),
});

export function encodeParity(parity: Parity): Uint8Array {
  return encodeColumns({
    meta: { kind: 'parity', files: parity.files, config_types: parity.configTypes },
    columns: {
      structure_file: parity.structureFile,
      structure_frame: parity.structureFrame,
      structure_atoms: parity.structureAtoms,
      structure_set: parity.structureSet,
      structure_config_type: parity.structureConfigType,
      energy_structure: parity.energy.structure,
      energy_reference: parity.energy.reference,
      energy_predicted: parity.energy.predicted,
      force_structure: parity.force.structure,
      force_atom: parity.force.atom,
      force_element: parity.force.element,
      force_component: parity.force.component,
      force_reference: parity.force.reference,
      force_predicted: parity.force.predicted,
      stress_structure: parity.stress.structure,
      stress_component: parity.stress.component,
      stress_reference: parity.stress.reference,
      stress_predicted: parity.stress.predicted,
      ...(parity.energy.spread && { energy_spread: parity.energy.spread }),
      ...(parity.force.spread && { force_spread: parity.force.spread }),
      ...(parity.extrapolation && { extrapolation: parity.extrapolation }),
    },
  });
}

/** Undefined if the bytes are no parity file or contradict themselves. */
export function decodeParity(bytes: Uint8Array): Parity | undefined {
  const decoded = decodeColumns(bytes);
  const parsed = v.safeParse(meta, decoded?.meta);
  if (decoded === undefined || !parsed.success) return undefined;
  const c = decoded.columns;
  const i32 = (name: string): Int32Array | undefined => (c[name] instanceof Int32Array ? c[name] : undefined);
  const f64 = (name: string): Float64Array | undefined => (c[name] instanceof Float64Array ? c[name] : undefined);
  const u8 = (name: string): Uint8Array | undefined => (c[name] instanceof Uint8Array ? c[name] : undefined);
  const file = i32('structure_file');
  const structure = {
    file,
    frame: i32('structure_frame'),
    atoms: i32('structure_atoms'),
    set: u8('structure_set'),
    configType: Object.hasOwn(c, 'structure_config_type') ? i32('structure_config_type') : file?.map(() => -1),
  };
  const energy = {
    structure: i32('energy_structure'),
    reference: f64('energy_reference'),
    predicted: f64('energy_predicted'),
    ...(Object.hasOwn(c, 'energy_spread') && { spread: f64('energy_spread') }),
  };
  const component = u8('force_component');
  const force = {
    structure: i32('force_structure'),
    atom: i32('force_atom'),
    element: Object.hasOwn(c, 'force_element') ? u8('force_element') : component?.map(() => 0),
    component,
    reference: f64('force_reference'),
    predicted: f64('force_predicted'),
    ...(Object.hasOwn(c, 'force_spread') && { spread: f64('force_spread') }),
  };
  const hasStress = Object.hasOwn(c, 'stress_structure');
  const stress = {
    structure: hasStress ? i32('stress_structure') : new Int32Array(0),
    component: hasStress ? u8('stress_component') : new Uint8Array(0),
    reference: hasStress ? f64('stress_reference') : new Float64Array(0),
    predicted: hasStress ? f64('stress_predicted') : new Float64Array(0),
  };
  const extrapolation = f64('extrapolation');
  if (!sameLength(stress)) return undefined;
  if (!sameLength(structure) || !sameLength(energy) || !sameLength(force)) return undefined;
  const structures = structure.file.length;
  const { files, config_types: configTypes } = parsed.output;
  const valid =
    structure.file.every((file) => file >= 0 && file < files.length) &&
    structure.frame.every((frame) => frame >= 0) &&
    structure.set.every((set) => set < SETS.length) &&
    structure.configType.every((type) => type >= -1 && type < configTypes.length) &&
    energy.structure.every((s) => s >= 0 && s < structures) &&
    force.structure.every(
      (s, row) => s >= 0 && s < structures && force.atom[row] >= 0 && force.atom[row] < structure.atoms[s],
    ) &&
    force.component.every((component) => component < 3) &&
    [energy, force].every(({ spread }) => spread?.every((sigma) => sigma >= 0) ?? true) &&
    (extrapolation === undefined || extrapolation.length === structure.atoms.reduce((sum, atoms) => sum + atoms, 0)) &&
    stress.structure.every((s) => s >= 0 && s < structures) &&
    stress.component.every((component) => component < 6);
  if (!valid) return undefined;
  return {
    files,
    structureFile: structure.file,
    structureFrame: structure.frame,
    structureAtoms: structure.atoms,
    structureSet: structure.set,
    configTypes,
    structureConfigType: structure.configType,
    energy,
    force,
    stress,
    ...(extrapolation && { extrapolation }),
  };
}

type Present<T> = { [K in keyof T]: NonNullable<T[K]> };

function sameLength<T extends Record<string, { length: number } | undefined>>(columns: T): columns is T & Present<T> {
  const lengths = new Set(Object.values(columns).map((column) => column?.length));
  return lengths.size === 1 && !lengths.has(undefined);
}

/** Forces of one structure, 3N, eV/Å; NaN where there is no reference. */
export function forcesOf(
  { force, structureAtoms }: Parity,
  structure: number,
): { readonly reference: Float64Array; readonly predicted: Float64Array; readonly spread?: Float64Array } {
  const reference = new Float64Array(3 * structureAtoms[structure]).fill(NaN);
  const predicted = reference.slice();
  const { spread: told } = force;
  const spread = told && reference.slice();
  // Rows of a structure stand together, but nothing promises it: one pass over all costs a few milliseconds.
  for (let row = force.structure.indexOf(structure); row >= 0; row = force.structure.indexOf(structure, row + 1)) {
    const at = 3 * force.atom[row] + force.component[row];
    reference[at] = force.reference[row];
    predicted[at] = force.predicted[row];
    if (spread) spread[at] = told[row];
  }
  return { reference, predicted, spread };
}

/**
 * What a run has predicted for one of its structures, to stand beside what the data file has: `predicted_forces` and their
 * `reference_forces`, of a committee also `forces_std` (the standard deviation of the force as a vector); `extrapolation` where
 * it is known; of the frame `predicted_energy` and `reference_energy`. eV, eV/Å. Nothing where the data have no label.
 */
export function predictionsOf(
  parity: Parity,
  structure: number,
): {
  readonly columns: Readonly<Record<string, { readonly width: number; readonly values: Float64Array }>>;
  readonly info: Readonly<Record<string, number>>;
} {
  const { reference, predicted, spread } = forcesOf(parity, structure);
  const atoms = parity.structureAtoms[structure];
  const first = parity.structureAtoms.subarray(0, structure).reduce((sum, count) => sum + count, 0);
  const outside = parity.extrapolation?.subarray(first, first + atoms);
  const row = parity.energy.structure.indexOf(structure);
  return {
    columns: {
      ...(!predicted.some(Number.isNaN) && {
        reference_forces: { width: 3, values: reference },
        predicted_forces: { width: 3, values: predicted },
        ...(spread && {
          forces_std: {
            width: 1,
            values: Float64Array.from({ length: atoms }, (_, i) => Math.hypot(...spread.subarray(3 * i, 3 * i + 3))),
          },
        }),
      }),
      ...(outside && !outside.some(Number.isNaN) && { extrapolation: { width: 1, values: outside } }),
    },
    info:
      row < 0
        ? {}
        : {
            reference_energy: atoms * parity.energy.reference[row],
            predicted_energy: atoms * parity.energy.predicted[row],
          },
  };
}
