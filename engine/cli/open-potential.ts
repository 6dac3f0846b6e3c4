/** Potentials from disk: a potential.json, a folder that has one, or a folder of n2p2's files. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { FileUnits } from '../../language/definition/definition';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { unitFactors } from '../formats/n2p2-data';
import { readN2p2Potential } from '../formats/n2p2-potential';
import { createImportedFile, parsePotentialFile, type PotentialFile } from '../potentials/potential-file';
import { readJson } from '../runs/files';

const MAXIMUM_BYTES = 2 ** 30;

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Validated potential.json. */
export function readPotentialFile(file: string, place = file): Result<PotentialFile> {
  const json = readJson(file, MAXIMUM_BYTES);
  return json === undefined
    ? fail({ code: 'RN008', message: 'There is no such file, or it is no JSON.', place: { file: place } })
    : parsePotentialFile(json, place);
}

export interface OpenedPotential {
  readonly file: PotentialFile;
  readonly warnings: readonly Problem[];
}

/**
 * A potential.json, a folder that has one, or a folder of n2p2's files.
 * @param units of n2p2's files
 * @param place where it stands, for messages
 */
export function openPotential(path: string, units: FileUnits | undefined, place = path): Result<OpenedPotential> {
  const folder = isFolder(path);
  if (folder && isPresent(join(path, 'input.nn'))) return readN2p2Folder(path, units, place);
  const name = folder ? 'potential.json' : '';
  const read = readPotentialFile(resolve(path, name), join(place, name));
  return read.ok ? ok({ file: read.value, warnings: [] }) : read;
}

const isPresent = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** A folder of n2p2's files. */
export function readN2p2Folder(folder: string, units: FileUnits | undefined, place = folder): Result<OpenedPotential> {
  const read = readN2p2Potential(folder, unitFactors(units), place);
  if (!read.ok) return read;
  const { description, files, warnings } = read.value;
  const { length, energy } = units ?? { length: 'angstrom', energy: 'eV' };
  const identity = createHash('sha256').update(`n2p2 ${length} ${energy}\n`);
  const sources = files.map(({ file, bytes }) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    identity.update(`${basename(file)} ${hash}\n`);
    return `${basename(file)} sha256 ${hash}`;
  });
  const assumed: Problem[] =
    units === undefined
      ? [
          {
            code: 'NN098',
            message:
              'n2p2 files have no units: taken as Å and eV. Otherwise say so: --units bohr,hartree, or `units { length = bohr; energy = hartree }` beside `load`.',
            place: { file: place },
          },
        ]
      : [];
  const provenance = { source: 'n2p2', files: sources, length_unit: length, energy_unit: energy };
  const name = basename(resolve(folder));
  const file = createImportedFile(description, name, identity.digest('hex'), provenance);
  return ok({ file, warnings: [...assumed, ...warnings] });
}
