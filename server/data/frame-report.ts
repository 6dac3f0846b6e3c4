/**
 * What a reader of a data file can be told, frame by frame, without more than one of them in memory: an outline, what one
 * frame is like, and what is conspicuous though it can be read (XD024 to XD029). What can't be read the formats say. Pure. Å, eV.
 */
import { createHash } from 'node:crypto';
import { numbersOf } from '../../engine/formats/extended-xyz-header';
import { FAR, isFar, type Frame } from '../../engine/formats/frame';
import { chooseKey, ENERGY_KEYS, FORCES_KEYS, forcesOf } from '../../engine/formats/labels';
import { completeCell, findCellProblem, invert, periodicHeights, transform, volume } from '../../engine/structure/cell';
import { buildNeighborList, type NeighborList } from '../../engine/structure/neighbors';
import type { Structure } from '../../engine/structure/structure';
import { symbolOf } from '../../language/elements';
import type { Severity } from '../../language/diagnostic';
import { imageOf, thumbnailOf } from './thumbnail';

export interface DataProblem {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** From 0. */
  readonly line: number;
  readonly character: number;
}

/** One frame in an outline. */
export interface FrameEntry {
  /** First line, from 0. */
  readonly line: number;
  readonly name: string;
  readonly detail: string;
}

/** More of a kind are counted, not told one by one. */
const MAXIMUM_OF_A_KIND = 50;
/** Frames that are compared with each other. */
const MAXIMUM_COMPARED = 200_000;
/** eV/Å per atom */
const NET_FORCE = 0.01;

/** Looks at the frames of a file one after the other. */
export class FrameChecker {
  private readonly found = new Map<string, { readonly problems: DataProblem[]; count: number }>();
  private readonly seen = new Map<string, number>();
  private readonly lacking: { readonly key: string; readonly line: number; readonly frame: number }[] = [];
  private readonly has = new Map<string, number>();
  private outside = 0;
  private frames = 0;

  /** @param line first line of the frame, from 0 */
  add(frame: Frame, index: number, line: number): void {
    this.frames++;
    const report = (code: string, severity: Severity, message: string): void => {
      const kind = this.found.get(code) ?? { problems: [], count: 0 };
      this.found.set(code, kind);
      kind.count++;
      if (kind.problems.length < MAXIMUM_OF_A_KIND) kind.problems.push({ code, severity, message, line, character: 0 });
    };
    const { numbers, positions, cell } = frame;
    const net = netForce(frame);
    if (net !== undefined && net > NET_FORCE)
      report(
        'XD024',
        'warning',
        `The forces do not add up to zero: ${net.toFixed(3)} eV/Å per atom remain. Constrained atoms, an external field, or a calculation that is not converged.`,
      );
    if (this.seen.size < MAXIMUM_COMPARED) {
      const hash = createHash('sha1').update(numbers).update(bytesOf(positions));
      if (cell !== undefined) hash.update(bytesOf(cell));
      const key = hash.digest('base64');
      const earlier = this.seen.get(key);
      if (earlier === undefined) this.seen.set(key, index);
      else report('XD025', 'warning', `The same atoms at the same places as in frame ${earlier}: it counts twice.`);
    }
    for (const [key, isThere] of labelsOf(frame)) {
      if (isThere) this.has.set(key, (this.has.get(key) ?? 0) + 1);
      else if (this.lacking.length < MAXIMUM_OF_A_KIND) this.lacking.push({ key, line, frame: index });
    }
    if (cell !== undefined && findCellProblem(cell) === 'left_handed')
      report('XD027', 'information', 'The cell vectors are left-handed: the same crystal, but not to every program.');
    if (isFar(frame))
      report(
        'XD028',
        'warning',
        `An atom is farther than ${FAR} Å from the origin, where positions are coarse: move the structure back.`,
      );
    if (isOutside(frame)) this.outside++;
  }

  problems(): DataProblem[] {
    const all = [...this.found.values()].flatMap(({ problems, count }) =>
      count === problems.length
        ? problems
        : [
            ...problems.slice(0, -1),
            {
              ...problems[problems.length - 1],
              message: `${problems[problems.length - 1].message} And ${count - problems.length} more frames of this kind.`,
            },
          ],
    );
    for (const { key, line, frame } of this.lacking)
      if ((this.has.get(key) ?? 0) > 0)
        all.push({
          code: 'XD026',
          severity: 'information',
          message: `Frame ${frame} has no ${key}, others have: it is not used for it.`,
          line,
          character: 0,
        });
    if (this.outside > 0)
      all.push({
        code: 'XD029',
        severity: 'hint',
        message: `In ${this.outside} of ${this.frames} frames atoms are outside of the cell: they are taken for their periodic images.`,
        line: 0,
        character: 0,
      });
    return all.sort((a, b) => a.line - b.line);
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function labelsOf({ info, columns }: Frame): [string, boolean][] {
  const one = new Map([...info.keys()].map((key) => [key, 1]));
  const all = new Map([...columns.keys()].map((key) => [key, 1]));
  return [
    ['energy', chooseKey('auto', ENERGY_KEYS, one) !== undefined],
    ['forces', chooseKey('auto', FORCES_KEYS, all) !== undefined],
  ];
}

function netForce(frame: Frame): number | undefined {
  const forces = forcesOf(frame);
  if (forces === undefined) return undefined;
  const sum = [0, 0, 0];
  forces.forEach((f, k) => (sum[k % 3] += f));
  return Math.hypot(...sum) / Math.max(1, frame.numbers.length);
}

/** Half a cell of leeway: what is wrapped around another origin is inside. */
function isOutside({ positions, cell, periodic }: Frame): boolean {
  if (cell === undefined || !periodic.includes(true)) return false;
  const fractional = transform(positions, invert(completeCell(cell, periodic)));
  return fractional.some((x, k) => periodic[k % 3] && (x < -0.5 || x > 1.5));
}

/** `H64 O32` */
function formulaOf(numbers: Uint8Array): string {
  const counts = new Map<number, number>();
  for (const z of numbers) counts.set(z, (counts.get(z) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([z, n]) => `${z === 0 ? '?' : symbolOf(z)}${n === 1 ? '' : n}`)
    .join(' ');
}

export function entryOf(frame: Frame, index: number, line: number): FrameEntry {
  const { info, numbers } = frame;
  const energy = energyOf(frame);
  const type = info.get('config_type');
  const detail = [
    formulaOf(numbers),
    ...(energy === undefined ? [] : [`${(energy[1] / numbers.length).toFixed(4)} eV/atom`]),
    ...(typeof type === 'string' ? [type] : []),
  ];
  return { line, name: `frame ${index}`, detail: detail.join(' · ') };
}

function energyOf({ info }: Frame): [string, number] | undefined {
  const key = ENERGY_KEYS.find((name) => typeof info.get(name) === 'number');
  const value = key === undefined ? undefined : info.get(key);
  return key === undefined || typeof value !== 'number' ? undefined : [key, value];
}

/** The neighbours within a reach (Å); undefined in a cell that is so thin that they can't be listed. */
export function listNeighbors(structure: Structure, reach: number): NeighborList | undefined {
  try {
    return buildNeighborList(structure, reach);
  } catch {
    return undefined;
  }
}

const PROBE = 3;
/** Of larger frames the nearest distance is not looked for. */
const MAXIMUM_ATOMS = 20_000;

/**
 * One frame in Markdown.
 * @param picture whether images are shown
 */
export function describeFrame(frame: Frame, index: number, count: number, picture = false): string {
  const { numbers, cell, periodic, info } = frame;
  const atoms = numbers.length;
  const lines = [
    `**Frame ${index}** of ${count} (from 0): ${formulaOf(numbers)}, ${atoms} ${atoms === 1 ? 'atom' : 'atoms'}`,
  ];
  const energy = energyOf(frame);
  if (energy !== undefined) lines.push(`\`${energy[0]}\` ${energy[1]} eV, ${(energy[1] / atoms).toFixed(6)} eV/atom`);
  const forces = forcesOf(frame);
  if (forces !== undefined) {
    let most = 0;
    for (let i = 0; i < forces.length; i += 3)
      most = Math.max(most, Math.hypot(forces[i], forces[i + 1], forces[i + 2]));
    const square = forces.reduce((sum, f) => sum + f * f, 0);
    lines.push(
      `forces at most ${most.toFixed(3)} eV/Å, root mean square ${Math.sqrt(square / Math.max(1, forces.length)).toFixed(3)} eV/Å; sum ${((netForce(frame) ?? 0) * atoms).toExponential(1)} eV/Å`,
    );
  }
  if (cell !== undefined && periodic.includes(true)) {
    const between = periodicHeights(frame).map((height) => height?.toFixed(3) ?? '–');
    const size = periodic.every(Boolean) ? `, ${volume(cell).toFixed(2)} Å³` : '';
    lines.push(
      `cell ${between.join(' × ')} Å between faces${size}, periodic ${periodic.map((p) => (p ? 'T' : 'F')).join(' ')}`,
    );
  }
  const stress = numbersOf(info.get('stress') ?? '', 9) ?? numbersOf(info.get('virial') ?? '', 9);
  if (stress !== undefined) lines.push('has a stress or virial');
  const nearest = atoms <= MAXIMUM_ATOMS ? nearestPair(frame) : undefined;
  if (nearest !== undefined) lines.push(nearest);
  const words = [...info].flatMap(([key, value]) =>
    typeof value === 'string' ? [`\`${key}\` ${value.slice(0, 80)}`] : [],
  );
  if (words.length > 0) lines.push(words.slice(0, 8).join(' · '));
  const svg = picture ? thumbnailOf(frame) : undefined;
  if (svg !== undefined) lines.splice(1, 0, imageOf(svg, formulaOf(numbers)));
  return lines.join('\n\n');
}

function nearestPair(frame: Frame): string | undefined {
  if (frame.numbers.length === 0) return undefined;
  const list = listNeighbors(frame, PROBE);
  if (list === undefined) return undefined;
  const { offsets, indices, distances } = list;
  let best: [number, number, number] | undefined;
  for (let i = 0; i < frame.numbers.length; i++) {
    // Neighbours stand in the order of their distance.
    const entry = offsets[i];
    if (entry < offsets[i + 1] && distances[entry] < (best?.[0] ?? Infinity))
      best = [distances[entry], i, indices[entry]];
  }
  if (best === undefined) return undefined;
  const [r, i, j] = best;
  const name = (k: number): string => (frame.numbers[k] === 0 ? '?' : symbolOf(frame.numbers[k]));
  return `nearest ${name(i)}–${name(j)} ${r.toFixed(3)} Å (atoms ${i} and ${j})`;
}
