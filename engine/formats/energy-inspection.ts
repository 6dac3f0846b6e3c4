/**
 * What the energies of a data file tell, frame by frame: their means by composition, atomic energies, and the work of the forces along the
 * file. Units are those of the frames. Nothing is kept but sums and the last frame.
 */
import type { DataFacts } from '../../language/check/facts';
import { symbolOf } from '../../language/elements';
import { WorkBalance } from '../analysis/label-units';
import type { Structure } from '../structure/structure';
import { fitBaseline } from '../training/offset';
import type { Frame } from './frame';
import { ENERGY_KEYS, forcesOf } from './labels';

/** With more compositions than this atomic energies are fitted to the first ones. */
const MAXIMUM_COMPOSITIONS = 500;

interface Composition {
  readonly atoms: ReadonlyMap<number, number>;
  /** By key: how many frames have an energy there, and their sum. */
  readonly energies: Map<string, { frames: number; sum: number }>;
}

/** A composition, and the mean of its energies. */
interface Mean {
  readonly atoms: ReadonlyMap<number, number>;
  readonly frames: number;
  readonly energy: number;
}

export class EnergyInspection {
  private readonly balance = new WorkBalance();
  /** By their atoms as text. */
  private readonly all = new Map<string, Composition>();

  /** @param atoms those of the frame, by atomic number */
  add(frame: Frame, atoms: ReadonlyMap<number, number>): void {
    this.balance.add(labelled(frame));
    const key = [...atoms].sort(([a], [b]) => a - b).join(' ');
    let composition = this.all.get(key);
    if (composition === undefined) {
      if (this.all.size >= MAXIMUM_COMPOSITIONS) return;
      composition = { atoms, energies: new Map() };
      this.all.set(key, composition);
    }
    for (const name of ENERGY_KEYS) {
      const energy = frame.info.get(name);
      if (typeof energy !== 'number') continue;
      const own = composition.energies.get(name) ?? { frames: 0, sum: 0 };
      composition.energies.set(name, own);
      own.frames++;
      own.sum += energy;
    }
  }

  /** How many there are; undefined where they are too many to be counted. */
  get compositions(): number | undefined {
    return this.all.size < MAXIMUM_COMPOSITIONS ? this.all.size : undefined;
  }

  /** The compositions whose frames have an energy there, and the mean of it. */
  means(key: string): Mean[] {
    return [...this.all.values()].flatMap(({ atoms, energies }) => {
      const own = energies.get(key);
      return own === undefined ? [] : [{ atoms, frames: own.frames, energy: own.sum / own.frames }];
    });
  }

  /** How the energy changes along the file, in units of what the forces say. */
  work(): DataFacts['work'] {
    return this.balance.result();
  }
}

/** Least squares of the energies per atom; where compositions leave a choice, the smallest. */
export function fitAtoms(means: readonly Mean[]): Readonly<Record<string, number>> | undefined {
  const numbers = [...new Set(means.flatMap(({ atoms }) => [...atoms.keys()]))].sort((a, b) => a - b);
  if (numbers.includes(0)) return undefined;
  const known = means.map((one) => ({ ...one, row: numbers.map((z) => one.atoms.get(z) ?? 0) }));
  if (known.length === 0) return undefined;
  const { offsets } = fitBaseline(
    'per_element',
    known.map(({ row }) => row),
    known.map(({ energy }) => energy),
    known.map(({ row, frames }) => frames / row.reduce((total, n) => total + n, 0) ** 2),
    numbers.map(() => 0),
  );
  return Object.fromEntries(numbers.map((z, k) => [symbolOf(z), offsets[k]]));
}

/** A frame with the labels that it has by its own keys; undefined if it lacks one. */
function labelled(frame: Frame): (Structure & { energy: number; forces: Float64Array }) | undefined {
  const energy = frame.info.get(ENERGY_KEYS.find((key) => frame.info.has(key)) ?? '');
  const column = forcesOf(frame);
  return typeof energy === 'number' && column !== undefined ? { ...frame, energy, forces: column } : undefined;
}

/** Counts one more of a key. */
export const count = <K>(map: Map<K, number>, key: K): void => void map.set(key, (map.get(key) ?? 0) + 1);

/** Atoms by atomic number. */
export function countAtoms(numbers: Uint8Array): ReadonlyMap<number, number> {
  const atoms = new Map<number, number>();
  for (const z of numbers) count(atoms, z);
  return atoms;
}
