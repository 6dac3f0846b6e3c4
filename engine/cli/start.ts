/** Where a simulation starts: the structure that its block names, the masses of its atoms, the potential that moves them. Å, amu. */
import { dirname, resolve } from 'node:path';
import { describeOutside } from '../../language/check/runs';
import { symbolOf } from '../../language/elements';
import { fail, ok } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import { findOutside } from '../descriptors/extrapolation';
import { massesOf } from '../dynamics/velocities';
import { fingerprint, readStructure } from '../formats/dataset';
import type { DataFile } from '../formats/frames';
import { writtenMasses } from '../formats/labels';
import { neuralFromFile, type PotentialFile } from '../potentials/potential-file';
import { repeatCell } from '../structure/cell';
import type { Structure } from '../structure/structure';
import { findUnknownElement } from './dataset';
import { potentialOf, type DefinitionFile } from './definition-file';
import type { Prepared } from './job';
import { findPotential } from './trained-potential';

const MAXIMUM_STEPS = 1e12;
/** Of a supercell: about as many as the memory of the kernels (4 GB) has room for. */
const MAXIMUM_ATOMS = 4_000_000;

/** What the block of a simulation says of it. */
export interface StartOptions {
  readonly potential: string;
  readonly structure: string;
  /** The last one if absent. */
  readonly frame: number | undefined;
  /** One of each if absent. */
  readonly supercell?: readonly number[];
}

export interface Start {
  readonly potential: PotentialFile;
  /** Of the file of the structure. */
  readonly data: DataFile;
  readonly structure: Structure;
  /** amu, N */
  readonly masses: Float64Array;
  /** They are not all standard ones, and the trajectory has them. */
  readonly showMasses: boolean;
  readonly warnings: readonly Problem[];
}

/**
 * Expected failures: no potential, no such structure, one that can't be repeated or has elements that the potential doesn't know.
 * @param what names the block in messages: `md melt`
 * @param own masses of elements, amu by symbol
 * @param resumed folder of the run when it goes on
 */
export async function readStart(
  file: DefinitionFile,
  what: string,
  { potential, structure, frame, supercell = [1, 1, 1] }: StartOptions,
  own: Readonly<Partial<Record<string, number>>>,
  resumed: string | undefined,
): Promise<Result<Start>> {
  const found = findPotential(file, potentialOf(file.definition, potential), resumed);
  if (!found.ok) return found;
  const path = resolve(dirname(file.path), structure);
  const print = await fingerprint(path);
  if (!print.ok) return print;
  const read = await readStructure(path, frame);
  if (!read.ok) return read;
  const { file: used, warnings } = found.value;
  const refusal = refuseSupercell(read.value, supercell);
  if (refusal !== undefined) return fail({ code: 'RN013', message: `${what}: ${refusal}`, place: { file: path } });
  const start = repeatCell(read.value, supercell);
  const source = { file: path, frame: frame ?? print.value.frames - 1 };
  const unknown = await findUnknownElement([read.value], used.elements, () => source);
  if (unknown !== undefined) return fail(unknown);
  const written = writtenMasses(read.value);
  const standard = massesOf(start.numbers, own);
  const masses = standard.map((mass, i) =>
    written === undefined || own[symbolOf(start.numbers[i])] !== undefined ? mass : written[i % written.length],
  );
  return ok({
    potential: used,
    data: print.value,
    structure: start,
    masses,
    showMasses: written !== undefined || Object.keys(own).length > 0,
    warnings: [...warnings, ...warnOfExtrapolation(used, read.value, path)],
  });
}

/**
 * The job of a simulation that begins there.
 * @param more what else it has read, and was warned of
 */
export function preparedFrom(
  { potential, data, warnings }: Start,
  seed: number,
  work: Prepared['work'],
  more: { readonly files: readonly DataFile[]; readonly warnings: readonly Problem[] } = { files: [], warnings: [] },
): Prepared {
  return {
    data: more.files.some(({ file }) => file === data.file) ? more.files : [...more.files, data],
    identity: potential.identity,
    seed,
    warnings: [...warnings, ...more.warnings],
    potential,
    work,
  };
}

/** Number of time steps (fs) in a duration (fs); fails if there are none or too many. */
export function countSteps(
  what: string,
  duration: number,
  timestep: number,
  place: { readonly file: string },
): Result<number> {
  const steps = Math.round(duration / timestep);
  if (steps >= 1 && steps <= MAXIMUM_STEPS) return ok(steps);
  const message = `${what}: the duration is ${steps} time steps; it must be 1 to ${MAXIMUM_STEPS} of them.`;
  return fail({ code: 'RN013', message, place });
}

/** Masses that are not the standard ones, in a sentence. */
export function describeMasses({ structure: { numbers }, masses }: Pick<Start, 'structure' | 'masses'>): string {
  const standard = massesOf(numbers);
  const own = new Set(
    [...masses.keys()].filter((i) => masses[i] !== standard[i]).map((i) => `${symbolOf(numbers[i])} ${masses[i]} amu`),
  );
  return own.size === 0
    ? 'Masses are the standard ones.'
    : `Masses: ${[...own].slice(0, 10).join(', ')}${own.size > 10 ? ' …' : ''}; others are the standard ones.`;
}

/** Why a structure can't be repeated, if it can't. */
function refuseSupercell({ numbers, periodic }: Structure, copies: readonly number[]): string | undefined {
  const blocked = copies.findIndex((count, k) => count > 1 && !periodic[k]);
  if (blocked >= 0)
    return `the supercell repeats the structure along ${'abc'[blocked]}, where it is not periodic: write 1 there, or give the structure a cell.`;
  const atoms = copies.reduce((product, count) => product * count, numbers.length);
  return atoms > MAXIMUM_ATOMS
    ? `the supercell has ${atoms} atoms, more than the ${MAXIMUM_ATOMS} that a simulation can have: take fewer copies.`
    : undefined;
}

/** Whether the first structure is one that the potential knows nothing of. */
function warnOfExtrapolation(potential: PotentialFile, structure: Structure, file: string): Problem[] {
  const neural = neuralFromFile(potential);
  const found = neural === undefined ? undefined : findOutside(structure, neural);
  const message = found === undefined ? undefined : describeOutside(found);
  return message === undefined ? [] : [{ code: 'PD1003', message, place: { file } }];
}
