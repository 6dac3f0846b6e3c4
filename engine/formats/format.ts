/** The formats that can be read: how a file is recognized, and what is known of each. A new format is a row of the table. */
import { basename } from 'node:path';
import { YAML_DUMP } from '../../protocol/frames';
import { fail, ok, type Result } from '../../protocol/result';
import { plainContent, readBeginning, unpackedContent, type Content } from './content';
import { decodeCp2kFrame, findCompanions, isCp2k } from './cp2k';
import { createXyzFinder, decodeXyzFrame } from './extended-xyz';
import type { Frame } from './frame';
import { createSingleFinder, type BoundaryFinder } from './frame-index';
import { decodeLammpsData } from './lammps-data';
import { createDumpFinder, decodeDumpFrame } from './lammps-dump';
import { createYamlFinder, decodeYamlFrame } from './lammps-yaml';
import { decodePoscar, findSymbols, isPoscar } from './poscar';
import {
  createXdatcarFinder,
  decodeVasp4XdatcarFrame,
  decodeXdatcarFrame,
  findStructure,
  isVasp4Xdatcar,
  isXdatcar,
} from './xdatcar';
import { createN2p2Finder, decodeN2p2Frame, type UnitFactors } from './n2p2-data';

/**
 * One frame from its bytes; a failure where anything in them is wrong.
 *
 * @param bytes from the first byte of the frame to the first one of the next
 * @param firstLine number of its first line in the file
 * @param head beginning of the frame with the head for this one, if that is another (`BoundaryFinder.headed`)
 * @param units factors for what doesn't tell its units
 */
export type Decode = (
  bytes: Buffer,
  file: string,
  firstLine: number,
  head: Buffer | undefined,
  units: UnitFactors | undefined,
) => Result<Frame>;

/** What is needed to read a file. */
export interface Reader {
  readonly createFinder: () => BoundaryFinder;
  readonly decode: Decode;
  /** Files beside it that complete its frames. */
  readonly companions?: readonly Companion[];
}

/** A file whose frames belong to those of another with the same step. */
export interface Companion {
  readonly file: string;
  readonly createFinder: () => BoundaryFinder;
  readonly stepOf: (bytes: Buffer) => number | undefined;
  /** The frame with what a frame of this file has for it. */
  readonly complete: (frame: Frame, bytes: Buffer, file: string, line: number) => Result<Frame>;
}

interface Format {
  readonly name: string;
  /** Whether files may not tell their units, so that those that the dataset names count. */
  readonly unitless: boolean;
  /** Whether a file is of this format by the text at its beginning. */
  readonly begins: (text: string) => boolean;
  /** Names of files where the beginning says nothing; without `.gz`. */
  readonly names: RegExp;
  /**
   * How to read a file.
   *
   * @param text its beginning
   */
  readonly open: (file: string, text: string) => Promise<Result<Reader>> | Result<Reader>;
}

/**
 * In the order in which their beginnings are tried: the more telling first. Names are tried the other way round, as endings
 * (`data.xyz`) tell more than what some names begin with.
 */
const formats: readonly Format[] = [
  {
    name: 'LAMMPS dump',
    unitless: true,
    begins: (text) => /^ITEM: /.test(text),
    names: /\.(dump|lammpstrj)$|^dump\./i,
    open: () => ok({ createFinder: () => createDumpFinder(), decode: decodeDumpFrame }),
  },
  {
    name: 'LAMMPS YAML dump',
    unitless: true,
    begins: (text) => YAML_DUMP.test(text),
    names: /(?!)/,
    open: () =>
      ok({
        createFinder: () => createYamlFinder(),
        decode: (bytes, file, firstLine, _, units) => decodeYamlFrame(bytes, file, firstLine, units),
      }),
  },
  {
    name: 'LAMMPS data',
    unitless: true,
    begins: (text) => /\n[ \t]*\d+[ \t]+atoms\s/.test(text) && /\b(xlo[ \t]+xhi|avec|atom[ \t]+types)\b/.test(text),
    names: /\.(lmp|lmpdat|lammps)$|^data\./i,
    open: () =>
      ok({
        createFinder: () => createSingleFinder(),
        decode: (bytes, file, firstLine, _, units) => decodeLammpsData(bytes, file, firstLine, units),
      }),
  },
  {
    name: 'XDATCAR',
    unitless: false,
    begins: isXdatcar,
    names: /^XDATCAR|\.xdatcar$/i,
    open: async (path, text) => {
      const symbols = await findSymbols(path, text);
      return ok({
        createFinder: () => createXdatcarFinder(),
        decode: (bytes, file, firstLine, head) => decodeXdatcarFrame(bytes, file, firstLine, head, symbols),
      });
    },
  },
  {
    name: 'XDATCAR of VASP 4',
    unitless: false,
    begins: isVasp4Xdatcar,
    names: /(?!)/,
    open: async (path) => {
      const structure = await findStructure(path);
      if (!structure.ok) return structure;
      return ok({
        createFinder: () => createXdatcarFinder(true),
        decode: (bytes, file, firstLine) => decodeVasp4XdatcarFrame(bytes, file, firstLine, structure.value),
      });
    },
  },
  {
    name: 'POSCAR',
    unitless: false,
    begins: isPoscar,
    names: /^(POSCAR|CONTCAR)|\.(poscar|contcar|vasp)$/i,
    open: async (path, text) => {
      const symbols = await findSymbols(path, text);
      return ok({
        createFinder: () => createSingleFinder(),
        decode: (bytes, file, firstLine) => decodePoscar(bytes, file, firstLine, symbols),
      });
    },
  },
  {
    name: 'CP2K',
    unitless: false,
    begins: isCp2k,
    names: /(?!)/,
    open: (path) => {
      const companions = findCompanions(path);
      if (!companions.ok) return companions;
      return ok({ createFinder: () => createXyzFinder(), decode: decodeCp2kFrame, companions: companions.value });
    },
  },
  {
    name: 'extended XYZ',
    unitless: false,
    begins: (text) => /^\s*\d+\s*(\n|$)/.test(text),
    names: /\.(ext)?xyz$/i,
    open: () => ok({ createFinder: () => createXyzFinder(), decode: decodeXyzFrame }),
  },
  {
    name: 'n2p2 input.data',
    unitless: true,
    begins: (text) => /^\s*begin(\s|$)/.test(text),
    names: /\.data$/i,
    open: () =>
      ok({
        createFinder: () => createN2p2Finder(),
        decode: (bytes, file, firstLine, _, units) => decodeN2p2Frame(bytes, file, firstLine, units),
      }),
  },
];

const BEGINNING_BYTES = 1 << 14;

export interface Detected extends Reader {
  readonly unitless: boolean;
  readonly content: Content;
}

/**
 * Finds the format of a file: by its beginning, and where that says nothing by its name.
 *
 * @returns how to read it, with its content, which the caller disposes of; problems: `XD001`, `XD017`
 */
export async function detectFormat(file: string): Promise<Result<Detected>> {
  const beginning = await readBeginning(file, BEGINNING_BYTES);
  if (!beginning.ok) return beginning;
  const { bytes, packed } = beginning.value;
  const text = bytes.toString('latin1').replace(/^\u00EF\u00BB\u00BF/, '');
  const name = basename(file).replace(/\.gz$/i, '');
  const format = formats.find(({ begins }) => begins(text)) ?? formats.findLast(({ names }) => names.test(name));
  if (format === undefined) {
    const message = `this is none of the formats that can be read: ${formats.map((f) => f.name).join(', ')}`;
    return fail({ code: 'XD017', message, place: { file, line: 1, column: 1 } });
  }
  const reader = await format.open(file, text);
  if (!reader.ok) return reader;
  const content = packed ? unpackedContent(file) : plainContent(file);
  return ok({ ...reader.value, unitless: format.unitless, content });
}
