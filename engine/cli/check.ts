/** `nearsight check FILE…`: every diagnostic of the files; exit code 2 if one is an error. */
import { Command } from 'commander';
import { checkInput } from '../../language/runner/check/check';
import { isInputName } from '../../language/runner/reading';
import { readInput } from '../../language/runner/tree';
import { describe, ok, type Result } from '../../protocol/result';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import { locateAll, problemOf, readDefinitionFile, readText, type LocatedDiagnostic } from './definition-file';
import type { Output } from './output';

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
  return text.ok ? ok(locateAll(file, text.value, checkInput(readInput(text.value)))) : text;
}
