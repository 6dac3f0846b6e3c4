/**
 * XDATCAR, a trajectory of VASP. Å.
 *
 * The lines of a POSCAR down to the numbers of atoms, then `Direct configuration= n` or a blank line before the fractional
 * coordinates of each frame. The first lines come again before every frame whose cell is another.
 *
 * VASP 4 writes five other lines, without cell and elements: they are those of the CONTCAR or POSCAR beside it.
 * Source: VASP wiki, page XDATCAR, for the facts of the format.
 */
import { dirname, join } from 'node:path';
import { fail, type Result } from '../../protocol/result';
import { transform } from '../structure/cell';
import { endWithLine, findMisfit, findShortage, packed, readTable } from './atom-table';
import type { Frame, InfoValue } from './frame';
import type { BoundaryFinder } from './frame-index';
import { scanNumber } from './numbers';
import {
  announcementIn,
  decodePoscar,
  findSymbols,
  numbersOf,
  PERIODIC,
  readHead,
  readNeighbour,
  type Head,
} from './poscar';
import { Problems } from './problems';
import { isSpace, TextLines } from './text-lines';

const MARKER = /^\s*(direct\s+configuration|konfig)/i;
const VASP4_XDATCAR = /^(\s*\d+){3}.*\n.*\n.*\n\s*CAR\b/;

export function isXdatcar(text: string): boolean {
  const announcement = announcementIn(text);
  return announcement !== undefined && (MARKER.test(announcement) || /^\s*$/.test(announcement));
}

export const isVasp4Xdatcar = (text: string): boolean => VASP4_XDATCAR.test(text);

/** The structure of the CONTCAR or POSCAR beside an XDATCAR of VASP 4. */
export async function findStructure(file: string): Promise<Result<Frame>> {
  for (const name of ['CONTCAR', 'POSCAR']) {
    const bytes = await readNeighbour(file, name);
    if (bytes === undefined) continue;
    const path = join(dirname(file), name);
    return decodePoscar(bytes, path, 1, await findSymbols(path, bytes.toString('latin1', 0, 1 << 14)));
  }
  const message = 'an XDATCAR of VASP 4 has neither cell nor elements: put the CONTCAR or POSCAR of the run beside it';
  return fail({ code: 'XD007', message, place: { file, line: 1, column: 1 } });
}

interface FinderState {
  /** Lines of the head that were read; 0 outside of one. */
  readonly row: number;
  /** Number of atoms; known before the head only where that is of VASP 4. */
  readonly count: number;
  readonly missing: number;
  /** Whether nothing has come since the head. */
  readonly fresh: boolean;
  readonly headed: boolean;
  readonly begun: boolean;
}

const INITIAL: FinderState = { row: 0, count: 0, missing: 0, fresh: false, headed: false, begun: false };
const one = new Float64Array(1);

/** Whether a line is three numbers: coordinates. */
function isRow(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (let k = 0; k < 3; k++) {
    while (at < end && isSpace(bytes[at])) at++;
    at = scanNumber(bytes, at, end, one, 0);
    if (at < 0 || (at < end && !isSpace(bytes[at]))) return false;
  }
  while (at < end && isSpace(bytes[at])) at++;
  return at === end;
}

const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');

/** The sum of the numbers in a line of counts; undefined if there is something else. */
function countsIn(bytes: Uint8Array, start: number, end: number): number | undefined {
  const text = textOf(bytes, start, end).trim();
  if (!/^\d{1,9}(\s+\d{1,9})*$/.test(text)) return undefined;
  return text.split(/\s+/).reduce((total, word) => total + Number(word), 0);
}

/**
 * Frames begin at a head, at a marker `Direct configuration=`, and where neither stands at the first coordinates after a
 * whole frame.
 *
 * @param vasp4 whether the head is that of VASP 4, of five lines, which only the first frame has
 */
export function createXdatcarFinder(vasp4 = false, initial: FinderState = INITIAL): BoundaryFinder {
  let { row, count, missing, fresh, headed, begun } = initial;
  const beginHead = (): true => {
    row = 1;
    fresh = headed = begun = true;
    return true;
  };
  return {
    line(bytes, start, end) {
      if (!begun) {
        // Number of atoms, again, and something else.
        if (vasp4) count = parseInt(textOf(bytes, start, end), 10) || 0;
        return beginHead();
      }
      if (row > 0) {
        row++;
        // Counts, or symbols and then counts.
        const counts = !vasp4 && row >= 6 ? countsIn(bytes, start, end) : undefined;
        if (vasp4 ? row === 5 : counts !== undefined || row === 7) {
          row = 0;
          missing = count = vasp4 ? count : (counts ?? 0);
        }
        return false;
      }
      let at = start;
      while (at < end && isSpace(bytes[at])) at++;
      if (at === end) return false;
      const byte = bytes[at];
      const numeric = (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x2b;
      if (numeric && (missing > 0 || count === 0)) {
        missing = Math.max(missing - 1, 0);
        fresh = false;
        return false;
      }
      if (numeric && isRow(bytes, start, end)) {
        missing = count - 1;
        headed = false;
        return true;
      }
      if (!MARKER.test(textOf(bytes, start, Math.min(end, start + 64)))) return vasp4 ? false : beginHead();
      const starts = !fresh;
      if (starts) headed = false;
      fresh = false;
      missing = count;
      return starts;
    },
    whole: () => row === 0 && missing === 0,
    copy: () => createXdatcarFinder(vasp4, { row, count, missing, fresh, headed, begun }),
    headed: () => headed && !vasp4,
  };
}

/**
 * Decodes one frame of an XDATCAR.
 *
 * @param before the beginning of the frame with the cell and the elements, if that is another
 * @param symbols those of the POTCAR, for a file without
 */
export function decodeXdatcarFrame(
  bytes: Buffer,
  file: string,
  firstLine: number,
  before: Buffer | undefined,
  symbols?: readonly string[],
): Result<Frame> {
  const problems = new Problems();
  const text = new TextLines(endWithLine(bytes), file, firstLine);
  let head: Head | null;
  if (before === undefined) head = readHead(text, symbols, problems);
  else {
    head = readHead(new TextLines(endWithLine(before), file, 1), symbols, new Problems());
    if (head === null) {
      const message = 'the lines with cell and elements before this frame can’t be read';
      problems.add({ code: 'XD003', message, place: { file, line: firstLine, column: 1 } });
    }
  }
  const frame = head === null ? null : readConfiguration(text, head.count, head.cell, () => numbersOf(head), problems);
  return frame === null ? { ok: false, problems: problems.list() } : problems.result(frame);
}

/**
 * Decodes one frame of an XDATCAR of VASP 4.
 *
 * @param structure the cell and the elements (`findStructure`)
 */
export function decodeVasp4XdatcarFrame(
  bytes: Buffer,
  file: string,
  firstLine: number,
  { numbers, cell }: Frame,
): Result<Frame> {
  const problems = new Problems();
  const text = new TextLines(endWithLine(bytes), file, firstLine);
  if (firstLine === 1) for (let row = 0; row < 5; row++) text.advance();
  if (cell === undefined) throw new Error('a structure of VASP has a cell');
  const frame = readConfiguration(text, numbers.length, cell, () => numbers, problems);
  return frame === null ? { ok: false, problems: problems.list() } : problems.result(frame);
}

/** Reads the coordinates of one configuration; `text` is at the line before them, or before their marker. */
function readConfiguration(
  text: TextLines,
  count: number,
  cell: Float64Array,
  numbers: () => Uint8Array,
  problems: Problems,
): Frame | null {
  const info = new Map<string, InfoValue>();
  // Before the coordinates: blank lines, and a marker with the number of the configuration.
  for (let { nextStart, line } = text; text.advance(); { nextStart, line } = text) {
    if (text.isBlank()) continue;
    const marker = text.text();
    if (MARKER.test(marker)) {
      const step = /=\s*(\d{1,15})/.exec(marker)?.[1];
      if (step !== undefined) info.set('step', Number(step));
    } else text.skipTo(nextStart, line + 1);
    break;
  }
  const { nextStart: offset, line, bytes, file } = text;
  const countPlace = { file, line, column: 1 };
  const expected = 'the 3 coordinates';
  const shortage = findShortage(text, count, 3, expected, countPlace);
  if (shortage !== undefined) {
    problems.add(shortage);
    return null;
  }
  const coordinates = new Float64Array(3 * count);
  const table = { fields: [{ kind: 'real' as const, ...packed(3, coordinates) }], count, expected, open: true };
  const end = readTable({ text, offset, line: line + 1 }, table, problems);
  const misfit = findMisfit(bytes, table, end, countPlace);
  if (misfit !== undefined) problems.add(misfit);
  const positions = transform(coordinates, cell);
  return { numbers: numbers(), positions, cell, periodic: PERIODIC, columns: new Map(), info };
}
