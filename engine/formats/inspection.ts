/**
 * What a look over a data file finds, frame by frame: counts, keys, and what needs a second look. Units are those of the frames.
 * Nothing is kept of a frame but numbers.
 */
import type { DataFacts, FlaggedFrames } from '../../language/check/facts';
import { symbolOf } from '../../language/elements';
import { imageDistance, periodicHeights } from '../structure/cell';
import { fitBaseline } from '../training/offset';
import type { Structure } from '../structure/structure';
import { isFar, type Frame } from './frame';
import { energyUnitOf, hasFrozenAtoms, WorkBalance } from '../analysis/label-units';
import { chooseKey, ENERGY_KEYS, FORCES_KEYS, forcesOf, isDifferent, isUnconverged } from './labels';

/** A key with more different words than this names structures instead of kinds of them. */
const MAXIMUM_WORDS = 30;
/** With more compositions than this atomic energies are fitted to the first ones. */
const MAXIMUM_COMPOSITIONS = 500;
/** More frames are counted, not named. */
const MAXIMUM_NAMED = 100;

/** Frames that something is true of. */
class Flagged {
  count = 0;
  private readonly frames: number[] = [];

  add(frame: number): void {
    if (++this.count <= MAXIMUM_NAMED) this.frames.push(frame);
  }

  facts(): FlaggedFrames {
    return { count: this.count, ...(this.count <= MAXIMUM_NAMED && { frames: this.frames }) };
  }
}

interface Composition {
  readonly atoms: ReadonlyMap<number, number>;
  /** By key: how many frames have an energy there, and their sum. */
  readonly energies: Map<string, { frames: number; sum: number }>;
}

interface Mean {
  readonly atoms: ReadonlyMap<number, number>;
  readonly frames: number;
  readonly energy: number;
}

export class Inspection {
  frames = 0;
  private minimum = Infinity;
  private maximum = 0;
  private total = 0;
  private charged = 0;
  private differing = 0;
  private readonly frozen = new Flagged();
  private far = 0;
  private readonly heights = [Infinity, Infinity, Infinity];
  /** By atomic number: structures of one atom, and how far it is from its images in the widest of them. */
  private readonly isolated = new Map<number, number>();
  private readonly unconverged = new Flagged();
  private readonly balance = new WorkBalance();
  private readonly elements = new Map<number, number>();
  private readonly keys = new Map<string, number>();
  private readonly columns = new Map<string, number>();
  private readonly words = new Map<string, Map<string, number>>();
  private readonly compositions = new Map<string, Composition>();

  /** @param i number of the frame in its file */
  add(frame: Frame, i: number): void {
    const { numbers, info, columns, periodic } = frame;
    this.frames++;
    this.minimum = Math.min(this.minimum, numbers.length);
    this.maximum = Math.max(this.maximum, numbers.length);
    this.total += numbers.length;
    const atoms = new Map<number, number>();
    for (const z of numbers) count(atoms, z);
    for (const z of atoms.keys()) count(this.elements, z);
    const charge = info.get('charge');
    if (typeof charge === 'number' && Math.abs(charge) > 1e-6 && periodic.includes(true)) this.charged++;
    const forces = forcesOf(frame);
    if (forces !== undefined && hasFrozenAtoms(forces)) this.frozen.add(i);
    if (isFar(frame)) this.far++;
    if (numbers.length === 1)
      this.isolated.set(numbers[0], Math.max(imageDistance(frame), this.isolated.get(numbers[0]) ?? 0));
    if (isUnconverged(frame)) this.unconverged.add(i);
    this.balance.add(labelled(frame));
    if (isDifferent(info.get('energy'), info.get('free_energy'))) this.differing++;
    for (const [k, height] of periodicHeights(frame).entries())
      if (height !== undefined) this.heights[k] = Math.min(this.heights[k], height);
    for (const [key, value] of info) {
      count(this.keys, key);
      if (typeof value !== 'string') continue;
      const own = this.words.get(key) ?? new Map<string, number>();
      this.words.set(key, own);
      if (own.size <= MAXIMUM_WORDS) count(own, value);
    }
    for (const name of columns.keys()) count(this.columns, name);
    this.addEnergies(frame, atoms);
  }

  facts(): DataFacts {
    const sorted = [...this.elements].sort(([a], [b]) => a - b);
    const energyKey = chooseKey('auto', ENERGY_KEYS, this.keys);
    const means = energyKey === undefined ? [] : this.means(energyKey);
    const atomEnergies = this.fitAtoms(means);
    const energyUnit = energyUnitOf(means);
    const work = this.balance.result();
    return {
      frames: this.frames,
      atoms: { minimum: this.minimum, maximum: this.maximum, total: this.total },
      elements: Object.fromEntries(sorted.map(([z, n]) => [symbolOf(z), n])),
      ...(this.charged > 0 && { charged: this.charged }),
      ...(this.differing > 0 && { differing: this.differing }),
      ...(this.frozen.count > 0 && { frozen: this.frozen.facts() }),
      ...(this.compositions.size < MAXIMUM_COMPOSITIONS && { compositions: this.compositions.size }),
      ...(this.far > 0 && { far: this.far }),
      ...(this.heights.some(Number.isFinite) && {
        heights: this.heights.map((height) => (height < Infinity ? height : null)),
      }),
      ...(this.isolated.size > 0 && {
        isolated: Object.fromEntries([...this.isolated].map(([z, far]) => [symbolOf(z), far < Infinity ? far : null])),
      }),
      ...(atomEnergies !== undefined && { atomEnergies }),
      ...(this.unconverged.count > 0 && { unconverged: this.unconverged.facts() }),
      ...(energyUnit !== undefined && { energyUnit }),
      ...(work !== undefined && { work }),
      words: Object.fromEntries(
        [...this.words]
          .filter(([, own]) => own.size <= MAXIMUM_WORDS)
          .map(([key, own]) => [key, Object.fromEntries(own)]),
      ),
      keys: Object.fromEntries(this.keys),
      columns: Object.fromEntries(this.columns),
      energyKey,
      forcesKey: chooseKey('auto', FORCES_KEYS, this.columns),
    };
  }

  private addEnergies({ info }: Frame, atoms: ReadonlyMap<number, number>): void {
    const key = [...atoms].sort(([a], [b]) => a - b).join(' ');
    let composition = this.compositions.get(key);
    if (composition === undefined) {
      if (this.compositions.size >= MAXIMUM_COMPOSITIONS) return;
      composition = { atoms, energies: new Map() };
      this.compositions.set(key, composition);
    }
    for (const name of ENERGY_KEYS) {
      const energy = info.get(name);
      if (typeof energy !== 'number') continue;
      const own = composition.energies.get(name) ?? { frames: 0, sum: 0 };
      composition.energies.set(name, own);
      own.frames++;
      own.sum += energy;
    }
  }

  /** The compositions whose frames have an energy there, and the mean of it. */
  private means(key: string): Mean[] {
    return [...this.compositions.values()].flatMap(({ atoms, energies }) => {
      const own = energies.get(key);
      return own === undefined ? [] : [{ atoms, frames: own.frames, energy: own.sum / own.frames }];
    });
  }

  /** Least squares of the energies per atom; where compositions leave a choice, the smallest. */
  private fitAtoms(means: readonly Mean[]): Readonly<Record<string, number>> | undefined {
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
}

const count = <K>(map: Map<K, number>, key: K): void => void map.set(key, (map.get(key) ?? 0) + 1);

/** A frame with the labels that it has by its own keys; undefined if it lacks one. */
function labelled(frame: Frame): (Structure & { energy: number; forces: Float64Array }) | undefined {
  const energy = frame.info.get(ENERGY_KEYS.find((key) => frame.info.has(key)) ?? '');
  const column = forcesOf(frame);
  return typeof energy === 'number' && column !== undefined ? { ...frame, energy, forces: column } : undefined;
}
