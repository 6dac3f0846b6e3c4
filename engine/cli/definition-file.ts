/** A `.potential` file from disk: text, checked definition, and diagnostics as problems with places. */
import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { check } from '../../language/check/check';
import type {
  ActionDefinition,
  DatasetDefinition,
  Definition,
  PotentialDefinition,
} from '../../language/definition/definition';
import type { Diagnostic, Severity } from '../../language/diagnostic';
import { isGlob } from '../../language/schema/globs';
import { unquote } from '../../language/syntax/lexer';
import { parse } from '../../language/syntax/parser';
import { fail, ok } from '../../protocol/result';
import type { Problem, Result } from '../../protocol/result';
import type { RunKind } from '../../protocol/run';
import { inspectPotential } from '../formats/potential-folder';
import { expandGlob } from '../formats/globs';
import { errorCode, readBounded } from '../runs/files';

const MAXIMUM_BYTES = 1 << 24;

export interface DefinitionFile {
  /** As it was named. */
  readonly file: string;
  /** Absolute; its folder is what paths in the file are relative to. */
  readonly path: string;
  readonly text: string;
  readonly definition: Definition;
  readonly diagnostics: readonly LocatedDiagnostic[];
}

export interface LocatedDiagnostic {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
}

/** The text of a definition file. Expected failures: it is missing, a folder, or larger than 16 MiB. */
export function readText(file: string): Result<string> {
  const bytes = readBounded(resolve(file), MAXIMUM_BYTES);
  return bytes === undefined ? fail(unreadable(file)) : ok(bytes.toString('utf8'));
}

/** Reads and checks; errors in the text are in `diagnostics`, not a failure. */
export async function readDefinitionFile(file: string): Promise<Result<DefinitionFile>> {
  const text = readText(file);
  return text.ok ? ok(await checkText(file, text.value)) : text;
}

/** Checks `text` as the content of `file`. */
export async function checkText(file: string, text: string): Promise<DefinitionFile> {
  const path = resolve(file);
  const folder = dirname(path);
  const tree = parse(text);
  // The checker can't wait: what the globs match is found out before.
  const matches = new Map<string, number>();
  for (const token of tree.tokens) {
    const glob = token.kind === 'string' ? unquote(text.slice(token.start, token.end)) : '';
    if (isGlob(glob)) matches.set(glob, (await expandGlob(glob, folder)).length);
  }
  const { definition, diagnostics } = check(tree, {
    exists: (name) => existsSync(resolve(folder, name)),
    matches: (glob) => matches.get(glob) ?? 0,
    potential: (name) => inspectPotential(resolve(folder, name)),
  });
  return { file, path, text, definition, diagnostics: locateAll(file, text, diagnostics) };
}

/** Diagnostics with the lines and columns of their places. */
export function locateAll(file: string, text: string, diagnostics: readonly Diagnostic[]): LocatedDiagnostic[] {
  const locate = locator(text);
  return diagnostics.map(({ span, code, severity, message }) => ({
    file,
    ...locate(span.start),
    code,
    severity,
    message,
  }));
}

/** The errors among the diagnostics. */
export const errorsOf = ({ diagnostics }: DefinitionFile): Problem[] =>
  diagnostics.filter(({ severity }) => severity === 'error').map(problemOf);

export const problemOf = ({ file, line, column, code, message }: LocatedDiagnostic): Problem => ({
  code,
  message,
  place: { file, line, column },
});

/** The action of a kind: the one that is named, or the only one. */
export function findAction<K extends RunKind>(
  { file, definition }: DefinitionFile,
  kind: K,
  label: string | undefined,
): Result<Extract<ActionDefinition, { kind: K }>> {
  const candidates = definition.actions.filter(
    (action): action is Extract<ActionDefinition, { kind: K }> => action.kind === kind,
  );
  const found =
    label === undefined && candidates.length === 1 ? candidates[0] : candidates.find(({ name }) => name === label);
  if (found !== undefined) return ok(found);
  const labels = candidates.map(({ name }) => name).join(', ');
  return fail({
    code: 'RN007',
    message:
      candidates.length === 0
        ? `The file has no \`${kind}\` block.`
        : label === undefined
          ? `Which of them? Add one of the labels: ${labels}.`
          : `There is no \`${kind} ${label}\`. The labels are: ${labels}.`,
    place: { file },
  });
}

/** The potential that an action names: the checker has seen to it that there is one. */
export function potentialOf(definition: Definition, name: string): PotentialDefinition {
  const potential = definition.potentials.get(name);
  if (potential === undefined) throw new Error(`a checked definition names the potential ${name}, which it lacks`);
  return potential;
}

/** The same for a dataset. */
export function datasetOf(definition: Definition, name: string): DatasetDefinition {
  const dataset = definition.datasets.get(name);
  if (dataset === undefined) throw new Error(`a checked definition names the dataset ${name}, which it lacks`);
  return dataset;
}

/** Line and column, from 1, of an offset. */
export function locator(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low] + 1 };
  };
}

function unreadable(file: string): Problem {
  const place = { file };
  try {
    const status = statSync(resolve(file));
    if (!status.isFile()) return { code: 'RN008', message: 'This is not a file.', place };
    if (status.size > MAXIMUM_BYTES) return { code: 'RN008', message: 'The file is larger than 16 MiB.', place };
    return { code: 'RN008', message: 'The file cannot be read: look at its permissions.', place };
  } catch (error) {
    const missing = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
    return { code: 'RN008', message: missing ? 'There is no such file.' : 'The file cannot be read.', place };
  }
}
