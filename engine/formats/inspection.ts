/**
 * What a look over a data file finds, frame by frame: counts, keys, and what needs a second look. Units are those of the frames.
 * Nothing is kept of a frame but numbers.
 */
import type { DataFacts, FlaggedFrames } from '../../language/check/facts';
import { symbolOf } from '../../language/elements';
import { imageDistance, periodicHeights } from '../structure/cell';
import { isFar, type Frame } from './frame';
import { energyUnitOf, hasFrozenAtoms } from '../analysis/label-units';
import { count, countAtoms, EnergyInspection, fitAtoms } from './energy-inspection';
import { chooseKey, ENERGY_KEYS, FORCES_KEYS, forcesOf, isDifferent, isUnconverged } from './labels';

/** A key with more different words than this names structures instead of kinds of them. */
const MAXIMUM_WORDS = 30;
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
  private readonly elements = new Map<number, number>();
  private readonly keys = new Map<string, number>();
  private readonly columns = new Map<string, number>();
  private readonly words = new Map<string, Map<string, number>>();
  private readonly energies = new EnergyInspection();

  /** @param i number of the frame in its file */
  add(frame: Frame, i: number): void {
    const { numbers, info, columns, periodic } = frame;
    this.frames++;
    this.minimum = Math.min(this.minimum, numbers.length);
    this.maximum = Math.max(this.maximum, numbers.length);
    this.total += numbers.length;
    const atoms = countAtoms(numbers);
    for (const z of atoms.keys()) count(this.elements, z);
    this.energies.add(frame, atoms);
    const charge = info.get('charge');
    if (typeof charge === 'number' && Math.abs(charge) > 1e-6 && periodic.includes(true)) this.charged++;
    const forces = forcesOf(frame);
    if (forces !== undefined && hasFrozenAtoms(forces)) this.frozen.add(i);
    if (isFar(frame)) this.far++;
    if (numbers.length === 1)
      this.isolated.set(numbers[0], Math.max(imageDistance(frame), this.isolated.get(numbers[0]) ?? 0));
    if (isUnconverged(frame)) this.unconverged.add(i);
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
  }

  facts(): DataFacts {
    const sorted = [...this.elements].sort(([a], [b]) => a - b);
    const energyKey = chooseKey('auto', ENERGY_KEYS, this.keys);
    const means = energyKey === undefined ? [] : this.energies.means(energyKey);
    const atomEnergies = fitAtoms(means);
    const energyUnit = energyUnitOf(means);
    const work = this.energies.work();
    const { compositions } = this.energies;
    return {
      frames: this.frames,
      atoms: { minimum: this.minimum, maximum: this.maximum, total: this.total },
      elements: Object.fromEntries(sorted.map(([z, n]) => [symbolOf(z), n])),
      ...(this.charged > 0 && { charged: this.charged }),
      ...(this.differing > 0 && { differing: this.differing }),
      ...(this.frozen.count > 0 && { frozen: this.frozen.facts() }),
      ...(compositions !== undefined && { compositions }),
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
}
