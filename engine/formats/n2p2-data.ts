/**
 * `input.data`, the structure files of RuNNer and n2p2.
 *
 *   begin [set=train|set=test]
 *   comment …
 *   lattice x y z                      none, or three lines: the cell vectors
 *   atom x y z El q n fx fy fz         q: reference charge, n: unused
 *   energy E
 *   charge Q
 *   end
 *
 * The files have no units: the caller says which (`units` block of the dataset); frames come out in Å, eV, eV/Å.
 * Energies are total energies. Every atom line carries forces, so a frame whose forces are all zero has none: energy-only
 * data sets are written that way. `set=` becomes the info key `set`, so that `split_by = key("set")` uses it.
 * Source: n2p2's Structure::readFromLines and its documentation, for the facts of the format.
 */
import type { DatasetDefinition } from '../../language/definition/definition';
import { atomicNumber } from '../../language/elements';
import { units as table } from '../../language/schema/units';
import type { Place, Result } from '../../protocol/result';
import { findCellProblem } from '../structure/cell';
import type { Column, Frame, InfoValue } from './frame';
import type { BoundaryFinder } from './frame-index';
import { Problems } from './problems';
import { isSpace, TextLines } from './text-lines';
import { readNumbers } from './text-numbers';

/** Factors from the units of a file to Å and eV. */
export interface UnitFactors {
  readonly length: number;
  readonly energy: number;
}

export const NO_CONVERSION: UnitFactors = { length: 1, energy: 1 };

const { bohr, nm, hartree, rydberg, meV, kcal, kJ, mol } = table;
const LENGTHS = { angstrom: 1, bohr: bohr.factor, nm: nm.factor };
const ENERGIES = {
  eV: 1,
  hartree: hartree.factor,
  rydberg: rydberg.factor,
  'kcal/mol': kcal.factor / mol.factor,
  'kJ/mol': kJ.factor / mol.factor,
  meV: meV.factor,
};

/** Factors for the `units` block of a dataset; without one the file is in Å and eV. */
export function unitFactors(units: DatasetDefinition['units']): UnitFactors {
  return units === undefined ? NO_CONVERSION : { length: LENGTHS[units.length], energy: ENERGIES[units.energy] };
}

function startsWith(bytes: Uint8Array, at: number, end: number, word: string): boolean {
  if (end - at < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return false;
  return end - at === word.length || isSpace(bytes[at + word.length]);
}

/** A frame begins at every line `begin`. */
export function createN2p2Finder(open = false): BoundaryFinder {
  return {
    line(bytes, start, end) {
      let at = start;
      while (at < end && isSpace(bytes[at])) at++;
      if (startsWith(bytes, at, end, 'begin')) {
        open = true;
        return true;
      }
      if (startsWith(bytes, at, end, 'end')) open = false;
      return false;
    },
    whole: () => !open,
    copy: () => createN2p2Finder(open),
  };
}

/** Shortest line of an atom: "atom 0 0 0 H 0 0 0 0 0". */
const ATOM_BYTES = 22;

/**
 * Decodes one frame.
 *
 * @param bytes the frame from its first byte to the first byte of the next one
 * @param firstLine number of its first line in the file
 * @param units of the file, if they are known
 * @returns the frame in Å, eV, eV/Å, or what is wrong with it
 */
export function decodeN2p2Frame(
  bytes: Buffer,
  file: string,
  firstLine: number,
  units: UnitFactors | undefined,
): Result<Frame> {
  const { length, energy } = units ?? NO_CONVERSION;
  const problems = new Problems();
  const text = new TextLines(bytes, file, firstLine);
  const add = (code: string, message: string, place: Place = text.place()): void =>
    problems.add({ code, message, place });

  const capacity = Math.ceil(bytes.length / ATOM_BYTES);
  const numbers = new Uint8Array(capacity);
  const positions = new Float64Array(3 * capacity);
  const charges = new Float64Array(capacity);
  const forces = new Float64Array(3 * capacity);
  const cell = new Float64Array(9);
  let atoms = 0;
  let vectors = 0;
  const info = new Map<string, InfoValue>();
  const one = new Float64Array(1);
  const force = energy / length;

  const readNumber = (at: number, into: Float64Array, index: number): number =>
    readNumbers(text, at, 1, into, index, problems);

  const readAtom = (start: number): void => {
    let at = readNumbers(text, start, 3, positions, 3 * atoms, problems);
    if (at < 0) return;
    at = text.skipSpace(at);
    const symbol = text.bytes.toString('latin1', at, Math.min(text.tokenEnd(at), at + 40));
    const z = atomicNumber(symbol);
    if (z === undefined) {
      if (symbol === '') add('XD008', 'an atom line is: atom x y z element charge n fx fy fz', text.place(at));
      else add('XD011', `${text.quote(at)} is not an element`, text.place(at));
      return;
    }
    numbers[atoms] = z;
    at = readNumber(text.tokenEnd(at), charges, atoms);
    if (at >= 0) at = readNumber(at, one, 0);
    if (at >= 0) at = readNumbers(text, at, 3, forces, 3 * atoms, problems);
    // Further columns are RuNNer's own.
    if (at >= 0) atoms++;
  };

  if (!text.advance())
    return {
      ok: false,
      problems: [{ code: 'XD004', message: 'the file ends where a frame should begin', place: text.place() }],
    };
  let at = text.skipSpace(text.start);
  if (!startsWith(bytes, at, text.end, 'begin')) {
    const message = `a frame begins with the line “begin”, but here is ${text.quote(at)}`;
    return { ok: false, problems: [{ code: 'XD003', message, place: text.place() }] };
  }
  const beginning = text.place();
  at = text.skipSpace(text.tokenEnd(at));
  if (startsWith(bytes, at, text.end, 'set=train')) info.set('set', 'train');
  else if (startsWith(bytes, at, text.end, 'set=test')) info.set('set', 'test');
  else if (at < text.end)
    add(
      'XD013',
      `${text.quote(at)} is not understood after begin: set=train or set=test may stand here`,
      text.place(at),
    );

  let ended = false;
  while (text.advance()) {
    at = text.skipSpace(text.start);
    if (at === text.end) continue;
    const word = text.bytes.toString('latin1', at, Math.min(text.tokenEnd(at), at + 40));
    const place = text.place(at);
    if (ended) {
      add('XD003', `a frame begins with the line “begin”, but here is ${text.quote(at)}`, place);
      break;
    }
    const rest = text.skipSpace(text.tokenEnd(at));
    switch (word) {
      case 'atom':
        readAtom(rest);
        break;
      case 'lattice': {
        if (vectors === 3) {
          add('XD007', 'a frame has at most three lattice vectors', place);
          break;
        }
        readNumbers(text, rest, 3, cell, 3 * vectors, problems);
        vectors++;
        break;
      }
      case 'energy':
      case 'charge':
        if (info.has(word)) add('XD005', `${word} stands twice in this frame`, place);
        else if (readNumber(rest, one, 0) >= 0) info.set(word, word === 'energy' ? one[0] * energy : one[0]);
        break;
      case 'comment': {
        const comment = text.bytes.toString('utf8', rest, text.end).trim();
        if (comment !== '')
          info.set('comment', info.has('comment') ? `${String(info.get('comment'))}\n${comment}` : comment);
        break;
      }
      case 'end':
        ended = true;
        break;
      default:
        add(
          'XD013',
          `${text.quote(at)} is no keyword of this format: begin, comment, lattice, atom, energy, charge, end`,
          place,
        );
    }
  }
  if (!ended) add('XD004', 'this frame has no “end”: it is truncated', beginning);
  else if (problems.count === 0 && atoms === 0) add('XD003', 'a frame must have at least one atom', beginning);
  if (vectors !== 0 && vectors !== 3)
    add('XD007', `this frame has ${vectors} lattice lines instead of three or none`, beginning);
  else if (vectors === 3 && problems.count === 0 && findCellProblem(cell) === 'singular')
    add('XD007', 'the lattice vectors lie in a plane or are zero: a periodic cell needs a volume', beginning);
  if (problems.count > 0) return { ok: false, problems: problems.list() };

  for (let i = 0; i < 3 * atoms; i++) {
    positions[i] *= length;
    forces[i] *= force;
  }
  for (let i = 0; i < 9; i++) cell[i] *= length;
  const columns = new Map<string, Column>();
  if (forces.subarray(0, 3 * atoms).some((f) => f !== 0))
    columns.set('forces', { type: 'R', width: 3, values: forces.slice(0, 3 * atoms) });
  if (charges.subarray(0, atoms).some((q) => q !== 0))
    columns.set('charges', { type: 'R', width: 1, values: charges.slice(0, atoms) });
  const periodic = vectors === 3;
  return {
    ok: true,
    value: {
      numbers: numbers.slice(0, atoms),
      positions: positions.slice(0, 3 * atoms),
      cell: periodic ? cell : undefined,
      periodic: [periodic, periodic, periodic],
      columns,
      info,
      units: units === undefined ? 'assumed' : 'given',
    },
  };
}
