/**
 * POSCAR and CONTCAR, a structure of VASP. Å, Å/fs.
 *
 *   comment
 *   scale                          negative: the volume; three: one for each Cartesian axis
 *   three cell vectors
 *   symbols                        since VASP 5; `Fe_pv` and `Si/1a2b` are Fe and Si
 *   numbers of atoms
 *   Selective dynamics             may be there; only its first letter counts
 *   Direct | Cartesian             c, C, k, K: Cartesian
 *   coordinates                    with three of T and F under selective dynamics; whatever follows is ignored
 *   Lattice velocities …           of NPT runs; ignored
 *   velocities                     after a blank line or `Cartesian`; those after `Direct` are in units of a time step that
 *                                  the file doesn't tell, and ignored, as is what follows them
 *
 * Files of VASP 4 have no symbols: these are then those of the POTCAR beside it, or of the comment.
 * Source: VASP wiki, page POSCAR, for the facts of the format.
 */
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { atomicNumber } from '../../language/elements';
import type { Place, Result } from '../../protocol/result';
import { findCellProblem, signedVolume, transform } from '../structure/cell';
import { endWithLine, findShortage, packed, readTable, type Field } from './atom-table';
import type { Column, Frame, InfoValue } from './frame';
import { Problems } from './problems';
import { TextLines } from './text-lines';
import { readNumbers } from './text-numbers';

export const PERIODIC = [true, true, true] as const;

/** What stands before the coordinates. */
export interface Head {
  readonly comment: string;
  readonly cell: Float64Array;
  /** Factors of Cartesian coordinates. */
  readonly scale: readonly [number, number, number];
  /** Atomic number and number of atoms of each kind, in order. */
  readonly kinds: readonly (readonly [z: number, count: number])[];
  /** Number of atoms. */
  readonly count: number;
  readonly countPlace: Place;
}

// --------------------------------------------------------------------------------------------------------- recognition

const NUMBER = '[-+]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eEdD][-+]?\\d+)?';
const ROW = new RegExp(`^\\s*(?:${NUMBER}\\s+){2}${NUMBER}\\s*(?:[!#(a-zA-Z].*)?$`);
const SCALE = new RegExp(`^\\s*${NUMBER}(?:(?:\\s+${NUMBER}){2})?\\s*(?:[!#(a-zA-Z].*)?$`);
const THREE = new RegExp(`^\\s*(?:${NUMBER}\\s+){2}${NUMBER}(?:\\s|$)`);

/** Whether a text begins with scale and cell vectors, and what stands where coordinates are announced. */
export function announcementIn(text: string): string | undefined {
  const lines = text.split('\n', 10);
  if (!SCALE.test(lines[1] ?? '') || ![2, 3, 4].every((i) => ROW.test(lines[i] ?? ''))) return undefined;
  return lines[hasSymbols(text) ? 7 : 6];
}

const hasSymbols = (text: string): boolean => /^\s*[A-Za-z]/.test(text.split('\n', 6)[5] ?? '');

export const isPoscar = (text: string): boolean => announcementIn(text) !== undefined;

// ---------------------------------------------------------------------------------------------------------- neighbours

const MAXIMUM_NEIGHBOUR_BYTES = 1 << 25;

export async function readNeighbour(file: string, name: string): Promise<Buffer | undefined> {
  const path = join(dirname(file), name);
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      return size <= MAXIMUM_NEIGHBOUR_BYTES ? await handle.readFile() : undefined;
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/** Symbols from the POTCAR beside a file that may have none of its own. */
export async function findSymbols(file: string, text: string): Promise<readonly string[] | undefined> {
  if (hasSymbols(text)) return undefined;
  const potcar = await readNeighbour(file, 'POTCAR');
  const titles = potcar?.toString('latin1').matchAll(/^\s*TITEL\s*=\s*\S+\s+([A-Z][a-z]?)/gm);
  return titles && Array.from(titles, ([, symbol]) => symbol);
}

// ---------------------------------------------------------------------------------------------------------------- head

/** Reads the lines down to the numbers of atoms; `text` is left there. Null where what follows can't be read. */
export function readHead(text: TextLines, symbols: readonly string[] | undefined, problems: Problems): Head | null {
  const refuse = (code: string, message: string, place: Place): null => {
    problems.add({ code, message, place });
    return null;
  };
  const next = (): boolean => {
    if (text.advance()) return true;
    problems.add({ code: 'XD004', message: 'the file ends before the atoms: it is truncated', place: text.place() });
    return false;
  };
  if (!next()) return null;
  const comment = text.text().trim();

  if (!next()) return null;
  const factors = new Float64Array(3);
  const several = THREE.test(text.text());
  if (readNumbers(text, text.start, several ? 3 : 1, factors, 0, problems) < 0) return null;
  if (!several) factors.fill(factors[0]);

  const cell = new Float64Array(9);
  const cellPlace = { file: text.file, line: text.line + 1, column: 1 };
  for (let row = 0; row < 3; row++)
    if (!next() || readNumbers(text, text.start, 3, cell, 3 * row, problems) < 0) return null;
  if (!several && factors[0] < 0) factors.fill(Math.cbrt(-factors[0] / Math.abs(signedVolume(cell))));
  for (let i = 0; i < 9; i++) cell[i] *= factors[i % 3];
  const wrong = factors.every((factor) => factor > 0) ? findCellProblem(cell) : 'singular';
  if (wrong === 'singular' || wrong === 'not_finite')
    return refuse(
      'XD007',
      'the cell has no volume: its vectors lie in a plane or are zero, or its scale is',
      cellPlace,
    );

  if (!next()) return null;
  let named: readonly string[] | undefined;
  let namedPlace = text.place(text.skipSpace(text.start));
  let words = text.text().trim().split(/\s+/);
  if (/^[A-Za-z]/.test(words[0])) {
    named = words.map((word) => word.replace(/[_/\d].*$/, ''));
    if (!next()) return null;
    words = text.text().trim().split(/\s+/);
  }
  const countPlace = text.place(text.skipSpace(text.start));
  const end = words.findIndex((word) => !/^\d{1,9}$/.test(word));
  const counts = (end < 0 ? words : words.slice(0, end)).map(Number);
  if (counts.length === 0)
    return refuse(
      'XD003',
      `here the numbers of atoms should stand, but there is “${words[0].slice(0, 40)}”`,
      countPlace,
    );
  if (named === undefined) {
    named = symbols?.length === counts.length ? symbols : symbolsIn(comment, counts.length);
    namedPlace = countPlace;
  }
  if (named === undefined) {
    const message =
      'the elements are not named, as in files of VASP 4: write their symbols in a line before the numbers of atoms, ' +
      'or put the POTCAR beside the file';
    return refuse('XD011', message, countPlace);
  }
  if (named.length !== counts.length) {
    const message = `there are ${named.length} symbols, but ${counts.length} numbers of atoms`;
    return refuse('XD006', message, countPlace);
  }
  const kinds: [number, number][] = [];
  let count = 0;
  for (const [k, symbol] of named.entries()) {
    const z = atomicNumber(symbol);
    if (z === undefined) return refuse('XD011', `“${symbol.slice(0, 40)}” is not an element`, namedPlace);
    kinds.push([z, counts[k]]);
    count += counts[k];
  }
  if (count === 0) return refuse('XD003', 'a frame must have at least one atom', countPlace);
  return { comment, cell, scale: [factors[0], factors[1], factors[2]], kinds, count, countPlace };
}

/** Atomic numbers of the atoms. */
export function numbersOf({ kinds, count }: Pick<Head, 'kinds' | 'count'>): Uint8Array {
  const numbers = new Uint8Array(count);
  let at = 0;
  for (const [z, n] of kinds) numbers.fill(z, at, (at += n));
  return numbers;
}

/** The symbols that a comment of VASP 4 consists of, if it has as many words: “Ga N”, “Ga2 N2”. */
function symbolsIn(comment: string, count: number): readonly string[] | undefined {
  const words = comment.split(/\s+/).map((word) => word.replace(/\d+$/, ''));
  return words.length === count && words.every((word) => atomicNumber(word) !== undefined) ? words : undefined;
}

// -------------------------------------------------------------------------------------------------------------- POSCAR

/**
 * Decodes a POSCAR or CONTCAR.
 *
 * @param symbols those of the POTCAR, for a file without (`findSymbols`)
 * @returns the structure, or what is wrong with it: `XD003` to `XD012`
 */
export function decodePoscar(
  bytes: Buffer,
  file: string,
  firstLine: number,
  symbols?: readonly string[],
): Result<Frame> {
  const problems = new Problems();
  const text = new TextLines(endWithLine(bytes), file, firstLine);
  const head = readHead(text, symbols, problems);
  const frame = head === null ? null : readStructure(text, head, problems);
  return frame === null ? { ok: false, problems: problems.list() } : problems.result(frame);
}

/** Reads what follows the numbers of atoms of a POSCAR. */
function readStructure(text: TextLines, head: Head, problems: Problems): Frame | null {
  const { comment, cell, scale, count, countPlace } = head;
  const announce = (): string | undefined => (text.advance() ? text.text().trim() : undefined);
  let announced = announce();
  const selective = announced !== undefined && /^s/i.test(announced);
  if (selective) announced = announce();
  if (announced === undefined) {
    const message = 'the file ends before the atoms: it is truncated';
    problems.add({ code: 'XD004', message, place: countPlace });
    return null;
  }
  const cartesian = /^[ck]/i.test(announced);

  const expected = selective ? 'the 3 coordinates and 3 of T and F' : 'the 3 coordinates';
  const shortage = findShortage(text, count, selective ? 6 : 3, expected, countPlace);
  if (shortage !== undefined) {
    problems.add(shortage);
    return null;
  }
  const positions = new Float64Array(3 * count);
  const columns = new Map<string, Column>();
  const fields: Field[] = [{ kind: 'real', ...packed(3, positions) }];
  if (selective) {
    const values = new Uint8Array(3 * count);
    fields.push({ kind: 'logical', ...packed(3, values) });
    columns.set('move_mask', { type: 'L', width: 3, values });
  }
  const { nextStart: offset, line } = text;
  const table = { fields, count, expected, open: true };
  const end = readTable({ text, offset, line: line + 1 }, table, problems);
  if (end.lines < count) {
    const message = `this frame says ${count} atoms, but only ${end.lines} lines follow`;
    problems.add({ code: 'XD004', message, place: countPlace });
    return null;
  }
  text.skipTo(end.offset, line + 1 + count);
  const velocities = readVelocities(text, count, problems);
  if (velocities !== undefined) columns.set('velocities', { type: 'R', width: 3, values: velocities });
  if (problems.count > 0) return null;
  const info = new Map<string, InfoValue>();
  if (comment !== '') info.set('comment', comment);
  return {
    numbers: numbersOf(head),
    positions: place(positions, cell, cartesian ? scale : undefined),
    cell,
    periodic: PERIODIC,
    columns,
    info,
  };
}

/** Positions in Å from Cartesian coordinates with their scale, or from fractional ones. */
function place(
  coordinates: Float64Array,
  cell: Float64Array,
  scale: readonly [number, number, number] | undefined,
): Float64Array {
  if (scale === undefined) return transform(coordinates, cell);
  for (let i = 0; i < coordinates.length; i++) coordinates[i] *= scale[i % 3];
  return coordinates;
}

/** Cartesian velocities in Å/fs behind the coordinates, if there are any. */
function readVelocities(text: TextLines, count: number, problems: Problems): Float64Array | undefined {
  if (!text.advance()) return undefined;
  if (/^\s*l/i.test(text.text())) {
    // The state of the integrator, which may be missing, three velocities of the cell, three vectors.
    do if (!text.advance()) return undefined;
    while (/^\s*[-+.\d]/.test(text.text()));
  }
  const announced = text.text().trim();
  if (announced !== '' && !/^[ck]/i.test(announced)) return undefined;
  const { nextStart: offset, line, bytes } = text;
  // Fewer lines than atoms: what follows is something else.
  if (bytes.length - offset < 6 * count) return undefined;
  const values = new Float64Array(3 * count);
  const table = {
    fields: [{ kind: 'real' as const, ...packed(3, values) }],
    count,
    expected: 'the 3 velocities',
    open: true,
  };
  const own = new Problems();
  const end = readTable({ text, offset, line: line + 1 }, table, own);
  if (end.lines < count) return undefined;
  problems.add(...own.list());
  return values;
}
