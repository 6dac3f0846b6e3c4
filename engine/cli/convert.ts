/** `nearsight convert IN OUT`: an input.nn of n2p2 and RuNNer as a `.potential` file, or the way back. */
import { basename } from 'node:path';
import { Command } from 'commander';
import { potentialToInput } from '../../language/runner/from-potential';
import { isInputName } from '../../language/runner/reading';
import { inputToPotential, namedUnits, type ConversionOptions } from '../../language/runner/to-potential';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { conclude, JSON_OPTION, refuse, type CommonOptions, type Outcome } from './command';
import { locateAll, problemOf, readText } from './definition-file';
import type { Output } from './output';
import { writeOutput } from './output-file';
import { parseUnits } from './units';

interface Options extends CommonOptions {
  readonly units?: string;
  readonly potential?: string;
}

export const convertCommand = new Command('convert')
  .description('convert an input.nn of n2p2 or RuNNer to a .potential file, or the way back')
  .argument('<in>', 'input.nn or .potential file')
  .argument('<out>', 'file to write')
  .option(
    '--units <length,energy>',
    'units of the input.nn, e.g. bohr,hartree; without it those that a comment or the dataset names, or angstrom,eV',
  )
  .option('--potential <label>', 'which potential of a .potential file; may be left out if there is one')
  .option(...JSON_OPTION)
  .action((from: string, to: string, options: Options) =>
    conclude(options, (output) => convert(from, to, options, output)),
  );

interface Converted {
  readonly text: string;
  readonly units: ConversionOptions['units'];
  readonly notes: readonly Problem[];
}

function convert(from: string, to: string, options: Options, output: Output): Outcome {
  const text = readText(from);
  if (!text.ok) return refuse(output, text.problems);
  const units = parseUnits(options.units);
  if (!units.ok) return refuse(output, units.problems);
  const converted = isInputName(from)
    ? convertInput(from, to, text.value, units.value)
    : convertPotential(from, text.value, units.value, options.potential);
  if (!converted.ok) return refuse(output, converted.problems);
  const written = writeOutput(to, converted.value.text);
  if (!written.ok) return refuse(output, written.problems, 1);
  output.problems(converted.value.notes);
  const { length, energy } = converted.value.units;
  output.print(`${to}: converted from ${from}; lengths in ${length}, energies in ${energy}`);
  return {
    exitCode: 0,
    result: { from, to, units: converted.value.units, notes: converted.value.notes },
  };
}

function convertInput(
  file: string,
  target: string,
  text: string,
  given: ConversionOptions['units'] | undefined,
): Result<Converted> {
  const named = namedUnits(text);
  const units = given ?? { length: named.length ?? 'angstrom', energy: named.energy ?? 'eV' };
  const name = basename(target).replace(/\..*$/, '') || 'imported';
  const converted = inputToPotential(text, { units, name });
  const assumed: Problem[] =
    given === undefined && (named.length === undefined || named.energy === undefined)
      ? [
          {
            code: 'NN098',
            message: `input.nn has no units: taken as ${units.length} and ${units.energy}. Otherwise say --units, e.g. bohr,hartree.`,
            place: { file },
          },
        ]
      : [];
  return ok({
    text: converted.text,
    units,
    notes: [...assumed, ...locateAll(file, text, converted.notes).map(problemOf)],
  });
}

function convertPotential(
  file: string,
  text: string,
  given: ConversionOptions['units'] | undefined,
  potential: string | undefined,
): Result<Converted> {
  const converted = potentialToInput(text, {
    ...(given !== undefined && { units: given }),
    ...(potential !== undefined && { potential }),
  });
  if (!converted.ok) return fail(...locateAll(file, text, converted.problems).map(problemOf));
  const { units, notes } = converted;
  return ok({ text: converted.text, units, notes: locateAll(file, text, notes).map(problemOf) });
}
