/** What the suites share: the extension, files of the workspace, and waiting for what comes by itself. */
import * as vscode from 'vscode';
import type { Api } from '../../extension/main';

export const workspace = (...names: string[]): vscode.Uri => {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('no workspace is open');
  return vscode.Uri.joinPath(folder.uri, ...names);
};

export async function extension(): Promise<Api> {
  const found = vscode.extensions.getExtension<Api>('nearsight.nearsight');
  if (!found) throw new Error('the extension is not installed');
  return found.activate();
}

/** Waits until `look` finds something. It fails with what was looked for, never with a guess about speed. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  milliseconds = 100_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function open(uri: vscode.Uri): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), vscode.ViewColumn.One);
}

/** Replaces the whole text of an editor. */
export async function write(editor: vscode.TextEditor, text: string): Promise<void> {
  const { document } = editor;
  const all = new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
  await editor.edit((edit) => edit.replace(all, text));
}

/** Where `text` begins in the document, `offset` characters further. */
export function positionOf(document: vscode.TextDocument, text: string, offset = 0): vscode.Position {
  const index = document.getText().indexOf(text);
  if (index < 0) throw new Error(`no ${text} in the document`);
  return document.positionAt(index + offset);
}
