/**
 * workspace/executeCommand for `input.nn`: scaling.data computed from input.data (NN090, NN091), and a division into sets that no
 * number of ranks changes (NN080). Both need all structures, and take their time in a worker.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CodeActionKind, type CodeAction, type WorkspaceEdit } from 'vscode-languageserver';
import type { Diagnostic } from '../../language/diagnostic';
import { numberOf } from '../../language/runner/reading';
import { SCALING_COMMAND, SETS_COMMAND } from '../../protocol/requests';
import type { Knowledge } from '../data/knowledge';
import { diagnosticsOf } from '../features/diagnostics';
import { pathOf } from '../paths';
import type { InputAnalysis } from './analysis';
import { surveyQuestion } from './survey';

export const INPUT_COMMANDS = [SCALING_COMMAND, SETS_COMMAND];

const TITLES: Readonly<Record<string, string>> = {
  [SCALING_COMMAND]: 'Compute scaling.data from input.data',
  [SETS_COMMAND]: 'Write the division into input.data',
};
/** Which of them mends what. */
const MENDS: Readonly<Record<string, string>> = {
  NN080: SETS_COMMAND,
  NN090: SCALING_COMMAND,
  NN091: SCALING_COMMAND,
};

/** The commands that mend diagnostics, where there are data. */
export function commandFixes({ document, companions }: InputAnalysis, here: readonly Diagnostic[]): CodeAction[] {
  if (companions?.data === undefined) return [];
  return here.flatMap((diagnostic): CodeAction[] => {
    if (!Object.hasOwn(MENDS, diagnostic.code)) return [];
    const command = MENDS[diagnostic.code];
    return [
      {
        title: TITLES[command],
        kind: CodeActionKind.QuickFix,
        diagnostics: diagnosticsOf({ document, diagnostics: [diagnostic] }, () => undefined),
        isPreferred: command === SCALING_COMMAND,
        command: { title: TITLES[command], command, arguments: [document.uri] },
      },
    ];
  });
}

export interface Executed {
  /** For people. */
  readonly message: string;
  /** What the client has to do. */
  readonly edit?: WorkspaceEdit;
}

export const titleOf = (command: string): string => TITLES[command] ?? command;

/** @throws Error with what is wrong, for people */
export async function executeInputCommand(
  command: string,
  { document, file }: InputAnalysis,
  knowledge: Pick<Knowledge, 'work'>,
  signal: AbortSignal,
): Promise<Executed> {
  const own = pathOf(document.uri);
  if (own === undefined) throw new Error('This file is not on the disk: there are no data beside it.');
  const data = path.join(path.dirname(own), 'input.data');
  if (command === SCALING_COMMAND) {
    const question = surveyQuestion(file, data);
    if (question === undefined) throw new Error('Some symmetry functions are not understood: mend these lines first.');
    const { rows } = await knowledge.work('writeScaling', question, signal);
    return { message: `scaling.data has been computed from input.data: ${rows} symmetry functions.` };
  }
  const fraction = numberOf(file, 'test_fraction');
  if (fraction === undefined || !(fraction >= 0 && fraction < 1))
    throw new Error('Write a `test_fraction` from 0 to 1.');
  const edits = await knowledge.work(
    'labelSets',
    { file: data, fraction, seed: numberOf(file, 'random_seed') ?? 1 },
    signal,
  );
  const tests = edits.filter(({ text }) => text.includes('test')).length;
  return {
    message: `${edits.length} structures of input.data have got a set, ${tests} of them \`test\`.`,
    edit: {
      changes: {
        [pathToFileURL(data).href]: edits.map(({ line, character, text }) => ({
          range: { start: { line, character }, end: { line, character } },
          newText: text,
        })),
      },
    },
  };
}
