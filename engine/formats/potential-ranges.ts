/** The symmetry functions of a trained potential with their ranges over its training data, from its files. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileUnits } from '../../language/definition/definition';
import type { Ranges } from '../descriptors/extrapolation';
import { neuralFromFile, parsePotentialFile } from '../potentials/potential-file';
import { readJson } from '../runs/files';
import { unitFactors } from './n2p2-data';
import { readN2p2Potential } from './n2p2-potential';

const MAXIMUM_BYTES = 2 ** 28;

/**
 * @param path a folder of n2p2's files, one with a potential.json, or such a file
 * @param units of n2p2's files
 * @returns undefined where there is no potential that can be read, or none with networks
 */
export function readRanges(path: string, units: FileUnits | undefined): Ranges | undefined {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder && statSync(join(path, 'input.nn'), { throwIfNoEntry: false })?.isFile() === true) {
    const read = readN2p2Potential(path, unitFactors(units), path);
    return read.ok ? read.value.description : undefined;
  }
  const file = isFolder ? join(path, 'potential.json') : path;
  const parsed = parsePotentialFile(readJson(file, MAXIMUM_BYTES), file);
  return parsed.ok ? neuralFromFile(parsed.value) : undefined;
}
