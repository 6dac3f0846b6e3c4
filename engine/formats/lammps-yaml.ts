/**
 * YAML dumps of LAMMPS (`dump yaml`): a document a frame, whose `data` are the lines of a text dump in brackets.
 *
 *   ---
 *   creator: LAMMPS
 *   timestep: 500
 *   units: metal                 with `dump_modify units yes`
 *   time: 0.5                    with `dump_modify time yes`
 *   natoms: 2
 *   boundary: [ p, p, p, p, f, f, ]
 *   thermo:                      with `dump_modify thermo yes`
 *     - keywords: [ Step, Temp, PotEng, ]
 *     - data: [ 500, 301.2, -9.5, ]
 *   box:
 *     - [ 0, 10 ]
 *     - [ 0, 10 ]
 *     - [ 0, 10 ]
 *     - [ 0, 0, 0 ]              xy, xz, yz of a tilted box
 *   keywords: [ id, type, element, x, y, z,  ]
 *   data:
 *     - [ 2 , 1 , O , 1.0 , 2.0 , 3.0 , ]
 *     - [ 1 , 1 , O , 4.0 , 5.0 , 6.0 , ]
 *   ...
 *
 * Only what LAMMPS writes is read, line by line: a frame of a million atoms is no tree. What is in `thermo` is known of the frame by
 * its names, as it stands. Source: LAMMPS documentation, page dump.
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
import { parseNumber } from './numbers';
import { Problems } from './problems';
import { isSpace, LF, TextLines } from './text-lines';
import { readNumbers } from './text-numbers';

const [BLANK, COMMA, DASH, POINT, OPEN, CLOSE] = Buffer.from(' ,-.[]');

/** Whether a line is one byte three times: `---` and `...`, which begin and end a document. */
function isMark(mark: number, bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start + 3; i < end; i++) if (!isSpace(bytes[i])) return false;
  return end - start >= 3 && bytes[start] === mark && bytes[start + 1] === mark && bytes[start + 2] === mark;
}

export function createYamlFinder(whole = false): BoundaryFinder {
  let ended = whole;
  return {
    line(bytes, start, end) {
      const starts = isMark(DASH, bytes, start, end);
      if (starts) ended = false;
      else if (isMark(POINT, bytes, start, end)) ended = true;
      return starts;
    },
    whole: () => ended,
    copy: () => createYamlFinder(ended),
  };
}

/**
 * Decodes one frame.
 *
 * @param units factors for a file that doesn't name its units
 * @returns the frame, or what is wrong with it: `XD003` to `XD013`
 */
export function decodeYamlFrame(
  bytes: Buffer,
  file: string,
  firstLine: number,
  units: UnitFactors | undefined,
): Result<Frame> {
  const problems = new Problems();
  const text = new TextLines(withoutBrackets(bytes), file, firstLine);
  const header = readHeader(text, problems);
  return header === null ? { ok: false, problems: problems.list() } : readAtoms(text, header, units, problems);
}

/** A copy with blanks for the punctuation of lists and for the end of the document: what is left are words at the places where they were. */
function withoutBrackets(bytes: Buffer): Buffer {
  const plain = Buffer.from(endWithLine(bytes));
  for (let start = 0, end = 0; start < plain.length; start = end + 1) {
    end = plain.indexOf(LF, start);
    if (isMark(POINT, plain, start, end)) plain.fill(BLANK, start, start + 3);
    let at = start;
    while (at < end && isSpace(plain[at])) at++;
    if (plain[at] === DASH && isSpace(plain[at + 1])) plain[at] = BLANK;
    const open = at + plain.subarray(at, end).indexOf(OPEN);
    if (open < at) continue;
    let close = end - 1;
    while (close > open && isSpace(plain[close])) close--;
    plain[open] = BLANK;
    if (plain[close] === CLOSE) plain[close] = BLANK;
    // Brackets of a name, as in c_stress[1], stay.
    for (let i = open; i < close; i++) if (plain[i] === COMMA) plain[i] = BLANK;
  }
  return plain;
}

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** Reads the lines up to `data:`; null where the atoms can't be read. */
function readHeader(text: TextLines, problems: Problems): DumpHeader | null {
  const refuse = (code: string, message: string, place: Place): null => {
    problems.add({ code, message, place });
    return null;
  };
  const beginning: Place = { file: text.file, line: text.line + 1, column: 1 };
  const info = new Map<string, InfoValue>();
  const one = new Float64Array(1);
  let count: number | undefined;
  let countPlace = beginning;
  let names: readonly string[] = [];
  let namesPlace = beginning;
  let thermo: readonly string[] = [];
  let periodic: Periodicity = [true, true, true];
  let box: Box | undefined;
  let units: string | undefined;

  while (text.advance()) {
    if (text.isBlank() || isMark(DASH, text.bytes, text.start, text.end)) continue;
    const place = text.place();
    const parts = /^((\s*)([\w ]+):\s*)(.*?)\s*$/.exec(text.text());
    if (parts === null)
      return refuse('XD013', `${text.quote(text.skipSpace(text.start))} is no line of a YAML dump`, place);
    const [, before, indent, key, value] = parts;
    const at = text.start + before.length;
    const isOfThermo = indent !== '';
    switch (key) {
      case 'timestep':
      case 'time':
        if (readNumbers(text, at, 1, one, 0, problems) < 0) return null;
        info.set(key === 'time' ? 'time' : 'step', one[0]);
        break;
      case 'units':
        units = value;
        break;
      case 'natoms':
        countPlace = text.place(at);
        count = countIn(text.bytes, at, text.end);
        if (count === undefined) return refuse('XD003', `${text.quote(at)} is not a number of atoms`, countPlace);
        break;
      case 'boundary': {
        const [x, , y, , z] = wordsOf(value);
        periodic = [x === 'p', y === 'p', z === 'p'];
        break;
      }
      case 'box':
        box = readBox(text, problems);
        if (box === undefined) return null;
        break;
      case 'keywords':
        if (isOfThermo) thermo = wordsOf(value);
        else {
          names = wordsOf(value);
          namesPlace = place;
        }
        break;
      case 'data':
        if (!isOfThermo) {
          if (count === undefined) return refuse('XD003', 'natoms is missing before the atoms', place);
          if (count === 0) return refuse('XD003', 'a frame must have at least one atom', countPlace);
          return { count, countPlace, box, periodic, names, namesPlace, units, info };
        }
        for (const [i, word] of wordsOf(value).slice(0, thermo.length).entries()) {
          const number = parseNumber(word);
          if (thermo[i] !== 'Step' && number !== undefined && Number.isFinite(number)) info.set(thermo[i], number);
        }
        break;
      case 'creator':
      case 'thermo':
        break;
      default:
        return refuse('XD013', `“${key.slice(0, 40)}” is no part of a YAML dump of atoms`, place);
    }
  }
  return refuse('XD004', 'this frame has no “data”: it is truncated', beginning);
}

/** Reads the three lines of the bounds and, of a tilted box, the one of the tilt factors; undefined after a complaint. */
function readBox(text: TextLines, problems: Problems): Box | undefined {
  const bounds = new Float64Array(6);
  for (let row = 0; row < 3; row++) {
    if (!text.advance()) {
      problems.add({ code: 'XD004', message: 'the bounds of the box are cut off', place: text.place() });
      return undefined;
    }
    if (readNumbers(text, text.start, 2, bounds, 2 * row, problems) < 0) return undefined;
  }
  const { nextStart, line } = text;
  const tilts = new Float64Array(3);
  if (text.advance() && !text.text().includes(':')) {
    if (readNumbers(text, text.start, 3, tilts, 0, problems) < 0) return undefined;
    const [xy, xz, yz] = tilts;
    return boxWithin([...bounds], [xy, xz, yz]);
  }
  text.skipTo(nextStart, line + 1);
  return boxOf(bounds, [0, 0, 0]);
}
