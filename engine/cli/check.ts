/** `nearsight check FILE…`: every diagnostic of the files; exit code 2 if one is an error. */
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { checkInput } from '../../language/runner/check/check';
import { parseScaling, parseWeights, type Companions, type Weights } from '../../language/runner/check/companions';
import { elementsOf, isInputName, readFile } from '../../language/runner/reading';
import { readInput } from '../../language/runner/tree';
import { describe, ok, type Result } from '../../protocol/result';
import { weightsName } from '../formats/n2p2-potential';
import { readBounded } from '../runs/files';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import { locateAll, problemOf, readDefinitionFile, readText, type LocatedDiagnostic } from './definition-file';
import type { Output } from './output';

/** Of a file of weights. */
const MAXIMUM_BYTES = 2 ** 26;

export const checkCommand = new Command('check')
  .description('check definition files')
  .argument('<file...>', '.potential files, or input.nn of n2p2 and RuNNer')
  .option(...JSON_OPTION)
  .action((files: string[], options: CommonOptions) => conclude(options, (output) => checkFiles(files, output)));

async function checkFiles(files: readonly string[], output: Output): Promise<Outcome> {
  const read = await Promise.all(files.map(diagnosticsOf));
  const unreadable = read.flatMap((result) => (result.ok ? [] : result.problems));
  if (unreadable.length > 0) return refuse(output, unreadable);
  const diagnostics = read.flatMap((result) => (result.ok ? result.value : []));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  output.problems(errors.map(problemOf));
  for (const found of diagnostics) {
    if (found.severity !== 'error') output.print(`${describe(problemOf(found))} (${found.severity})`);
  }
  output.print(
    errors.length + warnings.length === 0
      ? `${files.length === 1 ? files[0] : `${files.length} files`}: no problems`
      : `${errors.length} errors, ${warnings.length} warnings`,
  );
  return {
    exitCode: errors.length > 0 ? 2 : 0,
    result: { files: files.length, errors: errors.length, warnings: warnings.length, diagnostics },
  };
}

/** Of a `.potential` file, or of an `input.nn`. */
async function diagnosticsOf(file: string): Promise<Result<readonly LocatedDiagnostic[]>> {
  if (!isInputName(file)) {
    const read = await readDefinitionFile(file);
    return read.ok ? ok(read.value.diagnostics) : read;
  }
  const text = readText(file);
  if (!text.ok) return text;
  const tree = readInput(text.value);
  // What lies in the folder belongs to `input.nn`, not to `input.nn.train` or the like.
  const companions =
    basename(file) === 'input.nn' ? companionsOf(dirname(resolve(file)), elementsOf(readFile(tree))) : undefined;
  return ok(locateAll(file, text.value, checkInput(tree, undefined, companions)));
}

function companionsOf(folder: string, elements: readonly string[]): Companions {
  const open = (name: string): string | undefined => readBounded(join(folder, name), MAXIMUM_BYTES)?.toString('latin1');
  const scaling = open('scaling.data');
  const weights = elements.flatMap((symbol): [string, Weights][] => {
    const text = open(weightsName(symbol));
    return text === undefined ? [] : [[symbol, parseWeights(text)]];
  });
  return { scaling: scaling === undefined ? undefined : parseScaling(scaling), weights: new Map(weights) };
}
