/**
 * Extended XYZ: reading and writing frames. Units: Å, eV, eV/Å.
 *
 * A frame is a line with the number of atoms N, a comment line of `key=value` pairs (extended-xyz-comment.ts), and N lines
 * of columns that `Properties=name:type:count:…` describes (R real, I integer, S string, L logical); without it the file is
 * plain XYZ: a symbol or an atomic number, three coordinates, whatever follows is ignored. Blank lines may follow a frame.
 * Source: github.com/libAtoms/extxyz; ASE's reader for what files in the wild look like.
 *
 * Numbers are read exactly as `Number` reads them and written so that they are read back bit for bit. What must never
 * happen: an exception because of what stands in a file, memory in proportion to a count that stands in it, a number that
 * isn't finite, an atom that is left out silently.
 */
import { appendFile, writeFile } from 'node:fs/promises';
import { elements, symbolOf } from '../../language/elements';
import type { Problem, Result } from '../../protocol/result';
import { endWithLine, findMisfit, findShortage, readTable, type Field } from './atom-table';
import { formatExact, formatKey, formatValue } from './extended-xyz-comment';
import { countIn, readHeader, type Header, type Property } from './extended-xyz-header';
import type { Column, Frame } from './frame';
import { LOOK, type BoundaryFinder } from './frame-index';
import { Problems } from './problems';
import { TextLines } from './text-lines';

// ------------------------------------------------------------------------------------------------------- boundaries

/**
 * Frames begin where a number of atoms is due, and wherever a number stands alone in the place of an atom: there a frame
 * is shorter than it says, and the next one begins.
 */
export function createXyzFinder(remaining = 0, seen = 0): BoundaryFinder {
  return {
    line(bytes, start, end, length) {
      if (length <= LOOK && (remaining === 0 || seen >= 2)) {
        const count = countIn(bytes, start, end);
        if (count !== undefined) {
          remaining = count + 1;
          seen = 1;
          return true;
        }
      }
      if (remaining > 0) {
        remaining--;
        seen++;
      }
      return false;
    },
    whole: () => remaining === 0,
    copy: () => createXyzFinder(remaining, seen),
  };
}

// ---------------------------------------------------------------------------------------------------------- decoding

/**
 * Decodes one frame.
 *
 * @param bytes the frame from its first byte to the first byte of the next one
 * @param firstLine number of its first line in the file
 * @returns the frame, or what is wrong with it: `XD003` to `XD012`
 */
export function decodeXyzFrame(bytes: Buffer, file: string, firstLine: number): Result<Frame> {
  const problems = new Problems();
  const text = new TextLines(endWithLine(bytes), file, firstLine);
  const header = readHeader(text, problems);
  const atoms = header === null ? null : readAtoms(text, header, problems);
  if (header === null || atoms === null) return { ok: false, problems: problems.list() };
  const { cell, periodic, info } = header;
  const { numbers, positions, columns } = atoms;
  return problems.result({ numbers, positions, cell, periodic, columns, info });
}

/**
 * Reads the lines of the atoms; `text` is at the comment line.
 *
 * @returns null where the lines are too few or too many: `XD004`, `XD008`
 */
function readAtoms(
  text: TextLines,
  { count, countPlace, columns: { properties, width, declared, expected } }: Header,
  problems: Problems,
): Pick<Frame, 'numbers' | 'positions' | 'columns'> | null {
  const { bytes, file, line: commentLine } = text;
  const refuse = (problem: Problem): null => {
    problems.add(problem);
    return null;
  };
  const offset = text.nextStart;
  const shortage = findShortage(text, count, width, expected, countPlace);
  if (shortage !== undefined) return refuse(shortage);

  const { numbers, positions, columns, fields, atomicNumbers } = createFields(properties, count);
  // What could not be read stays so, and is told once.
  atomicNumbers?.fill(Number.NaN);
  const table = { fields, count, expected, open: !declared };
  const end = readTable({ text, offset, line: commentLine + 1 }, table, problems);
  const misfit = findMisfit(bytes, table, end, countPlace);
  if (misfit !== undefined) return refuse(misfit);

  if (atomicNumbers !== undefined)
    for (let atom = 0; atom < count; atom++) {
      const z = atomicNumbers[atom];
      if (z >= 1 && z < elements.length) numbers[atom] = z;
      else if (!Number.isNaN(z))
        problems.add({
          code: 'XD011',
          message: `atom ${atom + 1}: there is no element with the atomic number ${z}`,
          place: { file, line: commentLine + 1 + atom, column: 1 },
        });
    }

  return { numbers, positions, columns };
}

const NO_VALUES = new Float64Array(0);

/** Small frames share buffers of 128 kB: one for each of their columns takes longer than reading them. */
const POOL_BYTES = 131_072;
let pool = new ArrayBuffer(0);
let taken = POOL_BYTES;

/** Zeros. */
function takeMemory(length: number): Float64Array {
  if (16 * 8 * length > POOL_BYTES) return new Float64Array(length);
  if (taken + 8 * length > POOL_BYTES) {
    pool = new ArrayBuffer(POOL_BYTES);
    taken = 0;
  }
  const at = taken;
  taken += 8 * length;
  return new Float64Array(pool, at, length);
}

/** Memory for the columns, and where each of them goes. */
function createFields(
  properties: readonly Property[],
  count: number,
): Pick<Frame, 'numbers' | 'positions'> & {
  readonly columns: Map<string, Column>;
  readonly fields: readonly Field[];
  /** Where there is no species: the column Z. */
  readonly atomicNumbers: Float64Array | undefined;
} {
  const numbers = new Uint8Array(count);
  const columns = new Map<string, Column>();
  const fields: Field[] = [];
  let positions: Float64Array = NO_VALUES;
  let atomicNumbers: Float64Array | undefined;
  const useSpecies = properties.some((property) => property.name === 'species');
  for (const { name, type, width } of properties) {
    if (name === 'species') fields.push({ kind: 'element', width: 1, values: numbers, stride: 1, offset: 0 });
    else if (type === 'S') {
      const values: string[] = [];
      columns.set(name, { type, width, values });
      fields.push({ kind: 'text', width, values, stride: width, offset: 0 });
    } else if (type === 'L') {
      const values = new Uint8Array(width * count);
      columns.set(name, { type, width, values });
      fields.push({ kind: 'logical', width, values, stride: width, offset: 0 });
    } else {
      const values = takeMemory(width * count);
      if (name === 'pos') positions = values;
      else if (name === 'Z' && !useSpecies) atomicNumbers = values;
      else columns.set(name, { type, width, values });
      fields.push({ kind: type === 'R' ? 'real' : 'integer', width, values, stride: width, offset: 0 });
    }
  }
  return { numbers, positions, columns, fields, atomicNumbers };
}

// ----------------------------------------------------------------------------------------------------------- writing

/** `exact`: every number is read back bit for bit (training data). `fixed`: eight decimals per atom (trajectories). */
export type NumberStyle = 'exact' | 'fixed';

const DECIMALS = 8;

/** A frame as text, with the line end of its last line, so that frames can be appended to one another. */
export function formatXyzFrame(frame: Frame, style: NumberStyle): string {
  const format = style === 'exact' ? formatExact : (x: number): string => x.toFixed(DECIMALS);
  const properties = ['species:S:1:pos:R:3'];
  for (const [name, { type, width }] of frame.columns) properties.push(`${name}:${type}:${width}`);
  const pairs: string[] = [];
  if (frame.cell !== undefined) pairs.push(`Lattice="${[...frame.cell].map(formatExact).join(' ')}"`);
  pairs.push(`Properties=${properties.join(':')}`);
  for (const [key, value] of frame.info) pairs.push(`${formatKey(key)}=${formatValue(value)}`);
  pairs.push(`pbc="${frame.periodic.map((p) => (p ? 'T' : 'F')).join(' ')}"`);

  const columns = [...frame.columns.values()];
  const lines = [String(frame.numbers.length), pairs.join(' ')];
  for (let atom = 0; atom < frame.numbers.length; atom++) {
    let line = symbolOf(frame.numbers[atom]);
    for (let k = 3 * atom; k < 3 * atom + 3; k++) line += ` ${format(frame.positions[k])}`;
    for (const column of columns)
      for (let k = column.width * atom; k < column.width * (atom + 1); k++) {
        if (column.type === 'R') line += ` ${format(column.values[k])}`;
        else if (column.type === 'L') line += column.values[k] === 0 ? ' F' : ' T';
        else line += ` ${column.values[k]}`;
      }
    lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

/** Writes a file of frames, replacing what was there. */
export async function writeXyz(file: string, frames: readonly Frame[], style: NumberStyle): Promise<void> {
  await writeFile(file, frames.map((frame) => formatXyzFrame(frame, style)).join(''));
}

/** Appends frames to a file. */
export async function appendXyz(file: string, frames: readonly Frame[], style: NumberStyle): Promise<void> {
  await appendFile(file, frames.map((frame) => formatXyzFrame(frame, style)).join(''));
}
