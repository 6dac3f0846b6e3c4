/** Code lenses as the list of what a file offers: which actions it has, the language server knows. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { LensArguments } from '../protocol/requests';
import { runKind } from '../protocol/run';

export const lensArguments = v.object({
  uri: v.string(),
  kind: v.union([runKind, v.literal('potential')]),
  label: v.string(),
});

const MAXIMUM_LENSES = 1000;

/** The lenses of a file with a command, in the order of the text. */
export async function lensesOf(
  uri: vscode.Uri,
  command: string,
): Promise<readonly { readonly line: number; readonly lens: LensArguments }[]> {
  await vscode.workspace.openTextDocument(uri);
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    MAXIMUM_LENSES,
  );
  return all.flatMap((lens) => {
    const parsed =
      lens.command?.command === command ? v.safeParse(lensArguments, lens.command.arguments?.[0]) : undefined;
    return parsed?.success ? [{ line: lens.range.start.line, lens: parsed.output }] : [];
  });
}
