/**
 * Units of data files. Everything is shown, measured and saved in Å, eV, fs, amu and e; the formats of n2p2 and (mostly) LAMMPS
 * don't tell in which units their numbers are, so that somebody has to.
 */
import * as v from 'valibot';

export const LENGTH_UNITS = ['angstrom', 'bohr', 'nm'] as const;
export const ENERGY_UNITS = ['eV', 'hartree', 'rydberg', 'kcal/mol', 'kJ/mol', 'meV'] as const;

/** Units of a file that doesn't tell them: words of the language's `units` block (a test holds the two equal). */
export const fileUnits = v.object({ length: v.picklist(LENGTH_UNITS), energy: v.picklist(ENERGY_UNITS) });
export type FileUnits = v.InferOutput<typeof fileUnits>;

/** As a person reads them: `bohr, hartree`. */
export const describeUnits = ({ length, energy }: FileUnits): string =>
  `${length === 'angstrom' ? 'Å' : length}, ${energy}`;

/** The units that a file is shown in, if anybody has told them. */
export interface UnitsInUse {
  readonly used?: FileUnits;
  /** A person has chosen them. */
  readonly chosen: boolean;
}

/**
 * What is known of the units of a frame whose file doesn't tell them: they were *given*, so that lengths, energies and forces are in
 * Å, eV, eV/Å, and nobody knows of times; or *assumed* to be those, as nobody has given any; or the file has *reduced* ones
 * (LAMMPS `lj`), which are none.
 */
export type UnitsKnown = 'given' | 'assumed' | 'reduced';

interface Meaning {
  readonly unit: string;
  /** Known where length and energy are. */
  readonly given: boolean;
}

const meaning = (unit: string, given = true): Meaning => ({ unit, given });

/** What columns of atoms mean by their names: `forces`, `ref_forces`, `initial_charges`, `local_energy`. */
const COLUMNS: readonly (readonly [RegExp, Meaning])[] = [
  [/force/i, meaning('eV/Å')],
  [/velocit|velo$/i, meaning('Å/fs', false)],
  [/charge/i, meaning('e')],
  [/mass/i, meaning('amu')],
  [/energ/i, meaning('eV')],
  [/magmom/i, meaning('μB')],
  [/^extrapolation$/, meaning('of the training range')],
];

/** The same of values of a frame. */
const VALUES: ReadonlyMap<string, Meaning> = new Map([
  ...[
    'energy',
    'predicted_energy',
    'reference_energy',
    'free_energy',
    'potential_energy',
    'kinetic_energy',
    'conserved',
  ].map((key) => [key, meaning('eV')] as const),
  ['temperature', meaning('K')],
  ['time', meaning('fs', false)],
  ['pressure', meaning('eV/Å³', false)],
  ['volume', meaning('Å³')],
]);

const unitIn = (means: Meaning | undefined, known: UnitsKnown | undefined): string =>
  means !== undefined && (known === undefined || (known === 'given' && means.given)) ? means.unit : '';

/** The unit of a column of atoms by its name; '' where nobody knows it. */
export const unitOfColumn = (column: string, known?: UnitsKnown): string =>
  unitIn(COLUMNS.find(([name]) => name.test(column))?.[1], known);

/** The unit of a value of a frame by its key; '' where nobody knows it. */
export const unitOfValue = (key: string, known?: UnitsKnown): string => unitIn(VALUES.get(key), known);

/** The unit of lengths; '' where nobody knows it. */
export const unitOfLength = (known?: UnitsKnown): 'Å' | '' => (known === undefined || known === 'given' ? 'Å' : '');
