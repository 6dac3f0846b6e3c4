/** How every subcommand ends: 0 good, 1 the work failed, 2 bad input. */
import type { Problem } from '../../protocol/result';
import { createOutput } from './output';
import type { Output } from './output';

export interface Outcome {
  readonly exitCode: 0 | 1 | 2;
  /** What --json prints in the last line. */
  readonly result: object;
}

export interface CommonOptions {
  readonly json?: boolean;
}

export const JSON_OPTION = ['--json', 'machine-readable: one JSON object a line, the result in the last'] as const;

/** Prints the problems; --json gets them as `problems`. */
export function refuse(output: Output, problems: readonly Problem[], exitCode: 1 | 2 = 2): Outcome {
  output.problems(problems);
  return { exitCode, result: { problems } };
}

/** Runs a subcommand and sets the process's exit code. */
export async function conclude(
  options: CommonOptions,
  work: (output: Output) => Outcome | Promise<Outcome>,
): Promise<void> {
  const output = createOutput(options.json ?? false);
  const { exitCode, result } = await work(output);
  output.result(result);
  process.exitCode = exitCode;
}
