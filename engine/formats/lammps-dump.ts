/**
 * Text dumps of LAMMPS (`dump atom`, `dump custom`): frames of `ITEM:` sections.
 *
 *   ITEM: UNITS                  only in the first frame, for all: metal, real, …
 *   ITEM: TIME
 *   ITEM: TIMESTEP
 *   ITEM: NUMBER OF ATOMS
 *   ITEM: BOX BOUNDS [xy xz yz | abc origin] pp pp ff
 *   ITEM: ATOMS id type element xs ys zs fx fy fz c_pe …
 */
import type { Place, Result } from '../../protocol/result';
import type { Periodicity } from '../structure/structure';
import { endWithLine } from './atom-table';
import { countIn } from './extended-xyz-header';
import type { Frame, InfoValue } from './frame';
import type { BoundaryFinder } from './frame-index';
import { boxOf, boxWithin, type Box } from './lammps';
import { readAtoms, type DumpHeader } from './lammps-atoms';
import type { UnitFactors } from './n2p2-data';
import { Problems } from './problems';
import { TextLines } from './text-lines';
import { readNumbers } from './text-numbers';

// ------------------------------------------------------------------------------------------------------- boundaries

const ITEM = Buffer.from('ITEM: ');

/** The beginning of what follows `ITEM: ` in a line; undefined for other lines. */
function itemOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start < ITEM.length || bytes[start] !== ITEM[0]) return undefined;
  for (let i = 1; i < ITEM.length; i++) if (bytes[start + i] !== ITEM[i]) return undefined;
  return String.fromCharCode(...bytes.subarray(start + ITEM.length, Math.min(end, start + 32))).trimEnd();
}

interface FinderState {
  /** Whether the sections before the number of atoms are being read, and which of them were there. */
  readonly preamble: boolean;
  readonly timestep: boolean;
  readonly headed: boolean;
  readonly countIsNext: boolean;
  /** Lines of atoms that are missing; undefined before `ITEM: ATOMS`. */
  readonly atoms: number;
  readonly missing: number | undefined;
}

const INITIAL: FinderState = {
  preamble: false,
  timestep: false,
  headed: false,
  countIsNext: false,
  atoms: 0,
  missing: undefined,
};

/** A frame begins at `ITEM: TIMESTEP`, or at the `ITEM: UNITS` or `ITEM: TIME` before it. */
export function createDumpFinder(initial: FinderState = INITIAL): BoundaryFinder {
  let { preamble, timestep, headed, countIsNext, atoms, missing } = initial;
  return {
    line(bytes, start, end) {
      const item = itemOf(bytes, start, end);
      if (item === undefined) {
        if (countIsNext) atoms = countIn(bytes, start, end) ?? 0;
        countIsNext = false;
        if (missing !== undefined && missing > 0) missing--;
        return false;
      }
      if (item === 'TIMESTEP' || item === 'UNITS' || item === 'TIME') {
        const starts = !preamble || (item === 'TIMESTEP' && timestep);
        if (starts) {
          timestep = headed = false;
          atoms = 0;
          missing = undefined;
        }
        preamble = true;
        timestep ||= item === 'TIMESTEP';
        headed ||= item === 'UNITS';
        return starts;
      }
      preamble = false;
      countIsNext = item === 'NUMBER OF ATOMS';
      if (item.startsWith('ATOMS')) missing = atoms;
      return false;
    },
    whole: () => missing === 0,
    copy: () => createDumpFinder({ preamble, timestep, headed, countIsNext, atoms, missing }),
    headed: () => headed,
  };
}

// ---------------------------------------------------------------------------------------------------------- decoding

/**
 * Decodes one frame.
 *
 * @param head the beginning of the first frame, if it has the units of all
 * @param units factors for a file that doesn't name its units
 * @returns the frame, or what is wrong with it: `XD003` to `XD013`
 */
export function decodeDumpFrame(
  bytes: Buffer,
  file: string,
  firstLine: number,
  head: Buffer | undefined,
  units: UnitFactors | undefined,
): Result<Frame> {
  const problems = new Problems();
  const text = new TextLines(endWithLine(bytes), file, firstLine);
  const header = readHeader(text, problems);
  if (header === null) return { ok: false, problems: problems.list() };
  return readAtoms(text, { ...header, units: header.units ?? unitsOf(head) }, units, problems);
}

/** The units that the head of a file names. */
const unitsOf = (head: Buffer | undefined): string | undefined =>
  head === undefined ? undefined : /^ITEM: UNITS\s*\n\s*(\S+)/.exec(head.toString('latin1'))?.[1];

/** Reads the sections up to the line `ITEM: ATOMS`; null where the atoms can't be read. */
function readHeader(text: TextLines, problems: Problems): DumpHeader | null {
  const refuse = (code: string, message: string, place: Place): null => {
    problems.add({ code, message, place });
    return null;
  };
  const beginning = (): Place => ({ file: text.file, line: firstLine, column: 1 });
  const firstLine = text.line + 1;
  const info = new Map<string, InfoValue>();
  const one = new Float64Array(1);
  let count: number | undefined;
  let countPlace: Place | undefined;
  let bounds: { readonly box: Box; readonly periodic: Periodicity } | undefined;
  let units: string | undefined;

  while (text.advance()) {
    if (text.isBlank()) continue;
    const line = text.text();
    const item = /^ITEM: *(.*?)\s*$/.exec(line)?.[1];
    if (item === undefined)
      return refuse(
        'XD003',
        `a section begins with “ITEM:”, but here is ${text.quote(text.skipSpace(text.start))}`,
        text.place(),
      );
    const place = text.place();
    if (item.startsWith('ATOMS')) {
      if (count === undefined || countPlace === undefined)
        return refuse('XD003', 'the section NUMBER OF ATOMS is missing before the atoms', place);
      if (count === 0) return refuse('XD003', 'a frame must have at least one atom', countPlace);
      const names = item.split(/\s+/).slice(1);
      const { box, periodic = [false, false, false] } = bounds ?? {};
      return { count, countPlace, box, periodic, names, namesPlace: place, units, info };
    }
    if (item.startsWith('BOX BOUNDS')) {
      const outcome = readBox(text, item.split(/\s+/).slice(2), problems);
      if (outcome === null) return null;
      bounds = outcome;
      continue;
    }
    if (!text.advance()) break;
    const at = text.skipSpace(text.start);
    if (item === 'UNITS') units = text.text().trim();
    else if (item === 'TIME' || item === 'TIMESTEP') {
      if (readNumbers(text, at, 1, one, 0, problems) < 0) return null;
      info.set(item === 'TIME' ? 'time' : 'step', one[0]);
    } else if (item === 'NUMBER OF ATOMS') {
      countPlace = text.place(at);
      count = countIn(text.bytes, text.start, text.end);
      if (count === undefined) return refuse('XD003', `${text.quote(at)} is not a number of atoms`, countPlace);
    } else if (item.startsWith('NUMBER OF') || item.startsWith('ENTRIES'))
      return refuse('XD003', `this dump has no atoms, but “${item}”: only dumps of atoms can be read`, place);
    else return refuse('XD013', `“ITEM: ${item.slice(0, 40)}” is no section of a dump of atoms`, place);
  }
  return refuse('XD004', 'this frame has no “ITEM: ATOMS”: it is truncated', beginning());
}

/** Reads the three lines of the box; `words` follow BOX BOUNDS. */
function readBox(
  text: TextLines,
  words: readonly string[],
  problems: Problems,
): { readonly box: Box; readonly periodic: Periodicity } | null {
  const general = words[0] === 'abc';
  const tilted = words[0] === 'xy';
  const flags = words.filter((word) => /^[pfsm]{2}$/.test(word));
  const periodic = (k: number): boolean => (flags.length === 3 ? flags[k].startsWith('p') : true);
  const width = general ? 4 : tilted ? 3 : 2;
  const values = new Float64Array(3 * width);
  for (let row = 0; row < 3; row++) {
    if (!text.advance()) {
      problems.add({ code: 'XD004', message: 'the bounds of the box are cut off', place: text.place() });
      return null;
    }
    if (readNumbers(text, text.start, width, values, row * width, problems) < 0) return null;
  }
  let box: Box;
  if (general) {
    const [ax, ay, az, ox, bx, by, bz, oy, cx, cy, cz, oz] = values;
    box = { cell: Float64Array.of(ax, ay, az, bx, by, bz, cx, cy, cz), origin: [ox, oy, oz] };
  } else if (tilted) {
    const [xlo, xhi, xy, ylo, yhi, xz, zlo, zhi, yz] = values;
    box = boxWithin([xlo, xhi, ylo, yhi, zlo, zhi], [xy, xz, yz]);
  } else box = boxOf(values, [0, 0, 0]);
  return { box, periodic: [periodic(0), periodic(1), periodic(2)] };
}
