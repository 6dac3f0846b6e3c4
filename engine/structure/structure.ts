/**
 * Atoms as plain data: structure of arrays, float64, Å.
 *
 * A *structure* is what a potential needs; a *labelled structure* adds what training needs: reference energy (eV),
 * forces (eV/Å), and where it came from.
 */

export type Periodicity = readonly [boolean, boolean, boolean];

export interface Structure {
  /** Atomic numbers, N. */
  readonly numbers: Uint8Array;
  /** x, y, z of each atom in Å, 3N. */
  readonly positions: Float64Array;
  /** Cell vectors a, b, c as rows in Å, 9; absent for a cluster in vacuum. */
  readonly cell?: Float64Array;
  /** Which of a, b, c are periodic; all false without a cell. */
  readonly periodic: Periodicity;
}

/** What electronic-structure theory says of a structure. A label that is absent is absent, never zero. */
export interface Labels {
  /** Total energy in eV. */
  readonly energy?: number;
  /** eV/Å, 3N. */
  readonly forces?: Float64Array;
  /** −dE/dε in eV, 9 (row-major). */
  readonly virial?: Float64Array;
}

export interface LabelledStructure extends Structure, Labels {
  /** Where it stands: a file and the number of the frame in it, from 0. */
  readonly source: { readonly file: string; readonly frame: number };
  readonly configType?: string;
  /** The value of the key that `split_by = key(…)` names. */
  readonly split?: string;
}
