/**
 * What labels tell of themselves. In which units they are: total energies of all electrons by the elements, and along the frames of a
 * trajectory the work of the forces against the change of the energy. And whether atoms were held fixed. Pure; nothing is kept but sums and the last frame.
 */
import type { DataFacts } from '../../language/check/facts';
import { toInternal, units } from '../../language/schema/units';
import { displacements, haveSameAtoms } from '../structure/displacements';
import type { Labels, Structure } from '../structure/structure';

/**
 * −E of free atoms from hydrogen to argon with all their electrons, hartree, not relativistic (Chakravorty et al.,
 * Phys. Rev. A 47 (1993) 3649, table XI). Heavier atoms are left out: what relativity adds differs from program to program.
 */
const ATOMS = [
  0, 0.5, 2.9037, 7.4781, 14.6674, 24.6539, 37.845, 54.5892, 75.0673, 99.7339, 128.9376, 162.2546, 200.053, 242.346,
  289.359, 341.259, 398.11, 460.148, 527.54,
];
/** Hartree per atom: no molecule or crystal is bound more strongly. */
const STRONGEST_BINDING = 0.3;
/** What functionals differ in. */
const FUNCTIONALS = 0.005;

type EnergyUnit = NonNullable<DataFacts['energyUnit']>;
/** Not rydberg: energies of valence electrons in eV may be as large. */
const UNITS: readonly EnergyUnit[] = ['eV', 'hartree', 'kcal/mol', 'kJ/mol'];

/** A composition, and the mean of its energies. */
interface Mean {
  /** By atomic number. */
  readonly atoms: ReadonlyMap<number, number>;
  readonly energy: number;
}

/** The unit in which all energies are those of all electrons of their atoms; undefined if there is none, as with pseudopotentials. */
export function energyUnitOf(means: readonly Mean[]): EnergyUnit | undefined {
  if (means.length === 0) return undefined;
  return UNITS.find((unit) => {
    const hartree = units.hartree.factor / toInternal(1, unit, 'energy');
    return means.every(({ atoms, energy }) => {
      let free = 0;
      let count = 0;
      for (const [z, n] of atoms) {
        // Nothing is known of heavier atoms, nor of those without an element.
        free += n * (ATOMS.at(z) || Infinity);
        count += n;
      }
      const total = -energy / hartree;
      return total > free * (1 - FUNCTIONALS) && total < free * (1 + FUNCTIONALS) + STRONGEST_BINDING * count;
    });
  });
}

/** Whether some atoms, not all, have forces (3N) that are exactly zero: no calculation has that but by constraints. */
export function hasFrozenAtoms(forces: Float64Array): boolean {
  let frozen = 0;
  for (let i = 0; i < forces.length; i += 3)
    if (forces[i] === 0 && forces[i + 1] === 0 && forces[i + 2] === 0) frozen++;
  return frozen > 0 && 3 * frozen < forces.length;
}

/** Å (or bohr), root mean square over the atoms: farther the forces at both ends don't tell the work between. */
const LONGEST_STEP = 0.3;
const FEWEST_PAIRS = 8;
const SMALLEST_CORRELATION = 0.95;
/** So many pairs of frames tell, or else none do: a long file is not compared to its end. */
const MOST_PAIRS = 2000;

/** What has atoms, and both labels. */
type Labelled = Structure & Required<Pick<Labels, 'energy' | 'forces'>>;

/** Compares the work of the forces with the change of the energy, frame after frame. */
export class WorkBalance {
  private last: Labelled | undefined;
  private tried = 0;
  private pairs = 0;
  private work2 = 0;
  private change2 = 0;
  private product = 0;
  private atoms: number | undefined;

  /** @param frame undefined for one that lacks a label, or begins another trajectory */
  add(frame: Labelled | undefined): void {
    const { last } = this;
    this.last = frame;
    if (last === undefined || frame === undefined || !haveSameAtoms(last, frame)) return;
    if (last.cell?.some((x, c) => x !== frame.cell?.[c]) || this.tried++ >= MOST_PAIRS) return;
    const moved = displacements(last, frame);
    let square = 0;
    let work = 0;
    // The trapezoidal rule: what it lacks is of the third order of the step.
    for (let c = 0; c < moved.length; c++) {
      square += moved[c] ** 2;
      work += ((last.forces[c] + frame.forces[c]) / 2) * moved[c];
    }
    if (square === 0 || Math.sqrt(square / frame.numbers.length) > LONGEST_STEP) return;
    const change = last.energy - frame.energy;
    this.pairs++;
    this.work2 += work * work;
    this.change2 += change * change;
    this.product += work * change;
    this.atoms = this.pairs === 1 || this.atoms === frame.numbers.length ? frame.numbers.length : undefined;
  }

  /** −ΔE in units of F · Δr by least squares; undefined where the two have nothing to do with each other. */
  result(): DataFacts['work'] {
    const correlation = this.product / Math.sqrt(this.work2 * this.change2);
    if (this.pairs < FEWEST_PAIRS || !(Math.abs(correlation) > SMALLEST_CORRELATION)) return undefined;
    return {
      ratio: this.product / this.work2,
      pairs: this.pairs,
      ...(this.atoms !== undefined && { atoms: this.atoms }),
    };
  }
}
