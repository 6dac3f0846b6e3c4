/** `nearsight check FILE…`: every diagnostic of the files; exit code 2 if one is an error. */
import { Command } from 'commander';
import { describe } from '../../protocol/result';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import { problemOf, readDefinitionFile } from './definition-file';
import type { Output } from './output';

export const checkCommand = new Command('check')
  .description('check definition files')
  .argument('<file...>', '.potential files')
  .option(...JSON_OPTION)
  .action((files: string[], options: CommonOptions) => conclude(options, (output) => checkFiles(files, output)));

async function checkFiles(files: readonly string[], output: Output): Promise<Outcome> {
  const read = await Promise.all(files.map(readDefinitionFile));
  const unreadable = read.flatMap((result) => (result.ok ? [] : result.problems));
  if (unreadable.length > 0) return refuse(output, unreadable);
  const diagnostics = read.flatMap((result) => (result.ok ? result.value.diagnostics : []));
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
