/**
 * Trajectories of CP2K: positions in NAME-pos-1.xyz, and beside them forces in NAME-frc-1.xyz, velocities in NAME-vel-1.xyz,
 * cells in NAME-1.cell, temperatures and energies in NAME-1.ener and stresses in NAME-1.stress, as far as they are there. Frames
 * belong together that have the same step.
 *
 * Plain XYZ files whose comment is `i = 0, time = 0.000, E = -17.16`: step, fs, hartree. Positions are in Å, forces in
 * hartree/bohr, velocities in bohr per atomic unit of time, as CP2K writes them unless it is told otherwise; they come out in Å, eV,
 * eV/Å and Å/fs. A line of the cell file is `step time ax ay az bx by bz cx cy cz volume`, in fs and Å; of that of energies
 * `step time kinetic temperature potential conserved seconds`, in fs, hartree and K; of that of stresses
 * `step time xx xy xz yx yy yz zx zy zz`, in fs and bar. Stresses contain the motion of the atoms, so that they are no labels: only
 * the pressure is taken out of them.
 * Source: CP2K manual, MOTION%PRINT, and files that it wrote, for the facts of the formats.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { units } from '../../language/schema/units';
import { fail, ok, type Place, type Result } from '../../protocol/result';
import { findCellProblem } from '../structure/cell';
import { createXyzFinder, decodeXyzFrame } from './extended-xyz';
import type { Companion } from './format';
import type { Frame, InfoValue } from './frame';
import type { BoundaryFinder } from './frame-index';
import { parseNumber } from './numbers';
import { isSpace, TextLines } from './text-lines';

const COMMENT = /^\s*i\s*=\s*(\d{1,15})(?:,\s*time\s*=\s*([^,\s]+))?(?:,\s*E\s*=\s*([^,\s]+))?/;
const BEGINNING = /^\s*\d+\s*\n\s*i\s*=\s*\d+\s*,/;

export const isCp2k = (text: string): boolean => BEGINNING.test(text);

const { bar, bohr, hartree } = units;
/** fs: ħ/hartree */
const ATOMIC_TIME = 0.024188843265864;

/** Decodes a frame of the positions. */
export function decodeCp2kFrame(bytes: Buffer, file: string, firstLine: number): Result<Frame> {
  const frame = decodeXyzFrame(bytes, file, firstLine);
  if (!frame.ok) return frame;
  const [, step, time, energy] = COMMENT.exec(commentOf(bytes)) ?? [];
  const info = new Map<string, InfoValue>();
  const set = (key: string, text: string | undefined, factor: number): void => {
    const value = text === undefined ? undefined : parseNumber(text);
    if (value !== undefined && Number.isFinite(value)) info.set(key, value * factor);
  };
  set('step', step, 1);
  set('time', time, 1);
  set('energy', energy, hartree.factor);
  return ok({ ...frame.value, info });
}

function commentOf(bytes: Buffer): string {
  const text = new TextLines(bytes, '', 1);
  return text.advance() && text.advance() ? text.text() : '';
}

const stepOf = (bytes: Buffer): number | undefined => {
  const step = COMMENT.exec(commentOf(bytes))?.[1];
  return step === undefined ? undefined : Number(step);
};

/** The files beside the positions. Fails with the way out for a file that isn't the positions: `XD017`. */
export function findCompanions(file: string): Result<readonly Companion[]> {
  const name = basename(file);
  const kind = /-(frc|vel)-/.exec(name)?.[1];
  if (kind !== undefined) {
    const positions = name.replace(`-${kind}-`, '-pos-');
    const message = `this file of CP2K has ${kind === 'frc' ? 'forces' : 'velocities'}, no positions: name ${positions}, with which it is read`;
    return fail({ code: 'XD017', message, place: { file, line: 1, column: 1 } });
  }
  if (!name.includes('-pos-')) return ok([]);
  const rows = (ending: string): string => name.replace('-pos-', '-').replace(/\.xyz(\.gz)?$/, `.${ending}`);
  const companions = [
    vectorsIn(name.replace('-pos-', '-frc-'), 'forces', hartree.factor / bohr.factor),
    vectorsIn(name.replace('-pos-', '-vel-'), 'velocities', bohr.factor / ATOMIC_TIME),
    rowsIn(rows('cell'), takeCell),
    rowsIn(rows('ener'), takeEnergies),
    rowsIn(rows('stress'), takePressure),
  ].flatMap((companion) => {
    // Each may be compressed or not, whatever the positions are.
    const beside = join(dirname(file), companion.file);
    const found = [beside, `${beside}.gz`, beside.replace(/\.gz$/, '')].find((each) => existsSync(each));
    return found === undefined ? [] : [{ ...companion, file: found }];
  });
  return ok(companions);
}

/** A file of vectors, which stand where the positions would. */
function vectorsIn(file: string, column: string, factor: number): Companion {
  return {
    file,
    createFinder: () => createXyzFinder(),
    stepOf,
    complete: (frame, bytes, path, line) => {
      const vectors = decodeXyzFrame(bytes, path, line);
      if (!vectors.ok) return vectors;
      const { positions, numbers } = vectors.value;
      if (numbers.length !== frame.numbers.length || numbers.some((z, i) => z !== frame.numbers[i])) {
        const message = `the ${column} of this frame are not those of the atoms in the positions`;
        return fail({ code: 'XD020', message, place: { file: path, line, column: 1 } });
      }
      const values = positions.map((x) => x * factor);
      return ok({ ...frame, columns: new Map([...frame.columns, [column, { type: 'R', width: 3, values }]]) });
    },
  };
}

/** A file with a line of numbers for each step, which `take` adds to the frame. */
function rowsIn(file: string, take: (frame: Frame, row: readonly number[], place: Place) => Result<Frame>): Companion {
  const rowOf = (bytes: Buffer): number[] =>
    (bytes.toString('latin1').split('\n', 1)[0] ?? '')
      .trim()
      .split(/\s+/)
      .map((word) => parseNumber(word) ?? NaN);
  return {
    file,
    createFinder: createLineFinder,
    stepOf: (bytes) => {
      const [step] = rowOf(bytes);
      return Number.isFinite(step) ? step : undefined;
    },
    complete: (frame, bytes, path, line) => take(frame, rowOf(bytes), { file: path, line, column: 1 }),
  };
}

function takeCell(frame: Frame, row: readonly number[], place: Place): Result<Frame> {
  const cell = Float64Array.from(row.slice(2, 11));
  const problem = findCellProblem(cell);
  if (problem === 'not_finite' || problem === 'singular')
    return fail({ code: 'XD007', message: 'this line is no cell of CP2K', place });
  return ok({ ...frame, cell, periodic: [true, true, true] });
}

/** Adds what is a number: a line may be cut off where a job is just writing it. */
const withNumbers = (frame: Frame, numbers: Readonly<Record<string, number>>): Result<Frame> =>
  ok({ ...frame, info: new Map([...frame.info, ...Object.entries(numbers).filter(([, x]) => Number.isFinite(x))]) });

const takeEnergies = (frame: Frame, row: readonly number[]): Result<Frame> =>
  withNumbers(frame, {
    kinetic_energy: row[2] * hartree.factor,
    temperature: row[3],
    conserved: row[5] * hartree.factor,
  });

const takePressure = (frame: Frame, row: readonly number[]): Result<Frame> =>
  withNumbers(frame, { pressure: ((row[2] + row[6] + row[10]) / 3) * bar.factor });

/** Every line but those that begin with `#` is a frame. */
function createLineFinder(): BoundaryFinder {
  return {
    line(bytes, start, end) {
      let at = start;
      while (at < end && isSpace(bytes[at])) at++;
      return at < end && bytes[at] !== 0x23;
    },
    whole: () => true,
    copy: createLineFinder,
  };
}
