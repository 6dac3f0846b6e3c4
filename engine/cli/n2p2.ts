/**
 * `nearsight import FOLDER`: a potential of n2p2 as potential.json. `nearsight export POTENTIAL FOLDER`: the way back.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { FileUnits } from '../../language/definition/definition';
import { atomicNumber } from '../../language/elements';
import { unitFactors } from '../formats/n2p2-data';
import { exportN2p2 } from '../formats/n2p2-export';
import type { NeuralDescription } from '../potentials/neural';
import { neuralFromFile } from '../potentials/potential-file';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import { isFolder, readN2p2Folder, readPotentialFile } from './open-potential';
import type { Output } from './output';
import { unwritable, writeOutput } from './output-file';
import { parseUnits, UNITS_OPTION } from './units';

interface Options extends CommonOptions {
  readonly units?: string;
}

export const importCommand = new Command('import')
  .description('read a potential of n2p2 or RuNNer and write it as potential.json')
  .argument('<folder>', 'folder with input.nn, scaling.data and weights.ZZZ.data')
  .option('-o, --output <file>', 'file to write', 'potential.json')
  .option(...UNITS_OPTION)
  .option(...JSON_OPTION)
  .action((folder: string, options: Options & { readonly output: string }) =>
    conclude(options, (output) => importFolder(folder, options.output, options.units, output)),
  );

export const exportCommand = new Command('export')
  .description('write a trained or imported potential as a folder for n2p2, RuNNer and LAMMPS')
  .argument('<potential>', 'potential.json, or a folder that has one')
  .argument('<folder>', 'folder to write; made if it does not exist')
  .option(...UNITS_OPTION)
  .option(...JSON_OPTION)
  .action((file: string, folder: string, options: Options) =>
    conclude(options, (output) => exportPotential(file, folder, options.units, output)),
  );

function importFolder(folder: string, target: string, units: string | undefined, output: Output): Outcome {
  const parsed = parseUnits(units);
  if (!parsed.ok) return refuse(output, parsed.problems);
  const read = readN2p2Folder(folder, parsed.value);
  if (!read.ok) return refuse(output, read.problems);
  const { file, warnings } = read.value;
  output.problems(warnings);
  const written = writeOutput(target, `${JSON.stringify(file)}\n`);
  if (!written.ok) return refuse(output, written.problems, 1);
  const functions = Object.entries(file.networks ?? {}).map(
    ([symbol, one]) => `${symbol} ${one.symmetry_functions.length}`,
  );
  output.print(
    `${target}: ${file.elements.join(' ')}; symmetry functions: ${functions.join(', ')}; cutoff ${file.cutoff} Å`,
  );
  return {
    exitCode: 0,
    result: { potential: target, elements: file.elements, cutoff: file.cutoff, identity: file.identity },
  };
}

function exportPotential(path: string, folder: string, unitsText: string | undefined, output: Output): Outcome {
  const units = parseUnits(unitsText);
  if (!units.ok) return refuse(output, units.problems);
  const file = isFolder(path) ? join(path, 'potential.json') : path;
  const read = readPotentialFile(resolve(file), file);
  if (!read.ok) return refuse(output, read.problems);
  const neural = neuralFromFile(read.value);
  const { pairs, prior, offset, name, committee } = read.value;
  if (neural === undefined || pairs.length > 0 || prior !== undefined || offset !== 0 || committee !== undefined) {
    const what =
      neural === undefined || pairs.length > 0
        ? 'pair terms'
        : prior !== undefined
          ? 'a prior'
          : committee !== undefined
            ? 'several members'
            : 'an energy zero of the whole structure (offset = constant)';
    return refuse(output, [
      { code: 'NN097', message: `This potential has ${what}, which n2p2 can't have.`, place: { file } },
    ]);
  }
  const length = units.value?.length ?? 'angstrom';
  const energy = units.value?.energy ?? 'eV';
  const exported = exportN2p2(neural, unitFactors(units.value), `${name}, written by nearsight; ${length}, ${energy}`);
  if (!exported.ok)
    return refuse(
      output,
      exported.problems.map((problem) => ({ ...problem, place: { file } })),
    );
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    return refuse(output, [unwritable(folder, error)], 1);
  }
  for (const [name, text] of exported.value) {
    const written = writeOutput(join(folder, name), text);
    if (!written.ok) return refuse(output, written.problems, 1);
  }
  const files = [...exported.value.keys()];
  output.print(`${folder}: ${files.join(', ')}; lengths in ${length}, energies in ${energy}`);
  output.print(lammpsLines(neural, folder, units.value));
  return { exitCode: 0, result: { folder, files, units: { length, energy } } };
}

/**
 * How LAMMPS uses the folder with `units metal` (Å, eV): `cflength` and `cfenergy` go from there to the units of the files,
 * and the cutoff must not be smaller than that of any symmetry function. Without `maxew` it stops at its first warning.
 */
function lammpsLines({ elements }: NeuralDescription, folder: string, units: FileUnits | undefined): string {
  const { length, energy } = unitFactors(units);
  const cutoffs = Object.values(elements).flatMap(({ functions }) => functions.map(({ cutoff }) => cutoff));
  const cutoff = Math.ceil(cutoffs.reduce((most, one) => Math.max(most, one), 0) * 1e6) / 1e6;
  const factors = `cflength ${1 / length} cfenergy ${1 / energy}`;
  const symbols = Object.keys(elements).sort((a, b) => (atomicNumber(a) ?? 0) - (atomicNumber(b) ?? 0));
  return [
    'LAMMPS, with units metal and the elements in the order of its atom types:',
    `  pair_style hdnnp ${cutoff} dir "${folder}/" showew no showewsum 100 resetew yes maxew 100000 ${factors}`,
    `  pair_coeff * * ${symbols.join(' ')}`,
  ].join('\n');
}
