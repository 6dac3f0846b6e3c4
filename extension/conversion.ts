/** "Convert": an input.nn of n2p2 and RuNNer as a new `.potential` document beside it, or the way back. */
import * as vscode from 'vscode';
import type { ConvertParameters } from '../protocol/requests';
import type { Context } from './context';

/** What can be asked for, and as what. */
const QUESTIONS = {
  units: 'Units of the input.nn, which has none of its own',
  potential: 'Which potential',
} as const;

/** @param argument the URI of the file as a text or object; without it the one in the active editor */
export async function convert(context: Context, argument: unknown): Promise<void> {
  const uri =
    typeof argument === 'string'
      ? vscode.Uri.parse(argument, true)
      : argument instanceof vscode.Uri
        ? argument
        : vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined) return;
  // The server knows open documents alone.
  await vscode.workspace.openTextDocument(uri);
  let parameters: ConvertParameters = { uri: uri.toString() };
  for (;;) {
    const answer = await context.language.convert(parameters);
    switch (answer?.kind) {
      case 'text': {
        const document = await vscode.workspace.openTextDocument({ language: answer.language, content: answer.text });
        await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
        const [first, ...others] = answer.notes;
        if (answer.notes.length > 0)
          void vscode.window.showInformationMessage(
            others.length === 0 ? first : `${first} And ${others.length} more: see the log.`,
          );
        for (const note of answer.notes) context.log.info(`converting ${uri.fsPath}: ${note}`);
        return;
      }
      case 'units':
      case 'potential': {
        const choice = await vscode.window.showQuickPick(answer.choices, { placeHolder: QUESTIONS[answer.kind] });
        if (choice === undefined) return;
        parameters = { ...parameters, [answer.kind]: choice };
        break;
      }
      case 'refused':
        throw new Error(answer.message);
      case undefined:
        throw new Error("This file can't be converted: it is neither a .potential file nor an input.nn.");
    }
  }
}
