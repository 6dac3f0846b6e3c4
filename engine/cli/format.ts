/** `nearsight format FILE`: the canonical layout, on stdout, in place, or only compared. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { formatInput } from '../../language/runner/printer';
import { isInputName } from '../../language/runner/reading';
import { format } from '../../language/syntax/printer';
import { writeAtomically } from '../runs/files';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import { readText } from './definition-file';
import type { Output } from './output';

interface Options extends CommonOptions {
  readonly write?: boolean;
  readonly check?: boolean;
}

export const formatCommand = new Command('format')
  .description('format a definition file; without --write the text goes to stdout')
  .argument('<file>', '.potential file, or an input.nn')
  .option('--write', 'replace the file')
  .option('--check', 'change nothing; exit code 1 if the file is not formatted')
  .option(...JSON_OPTION)
  .action((file: string, options: Options) => conclude(options, (output) => formatFile(file, options, output)));

function formatFile(file: string, options: Options, output: Output): Outcome {
  const text = readText(file);
  if (!text.ok) return refuse(output, text.problems);
  const formatted = isInputName(file) ? formatInput(text.value) : format(text.value);
  const changed = formatted !== text.value;
  if (options.check ?? false) {
    output.print(changed ? `${file}: not formatted` : `${file}: formatted`);
    return { exitCode: changed ? 1 : 0, result: { file, changed } };
  }
  if (options.write ?? false) {
    try {
      if (changed) writeAtomically(resolve(file), formatted);
    } catch (error) {
      const message = `The file cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      return refuse(output, [{ code: 'RN011', message, place: { file } }], 1);
    }
    return { exitCode: 0, result: { file, changed } };
  }
  if (!output.json) process.stdout.write(formatted);
  return { exitCode: 0, result: { file, changed, text: formatted } };
}
