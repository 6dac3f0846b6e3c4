/** "New Potential": a first definition for data that lie in the workspace, or an empty one to fill in. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Context } from './context';
import { LANGUAGE } from './identifiers';
import { filesToPick } from './pick-file';

/** Data to train on, by their usual names. */
const DATA_FILES = '{*.xyz,*.extxyz,*.xyz.gz,*.extxyz.gz,input.data,input.data.gz}';

const TEMPLATE = `potential \${1:name} {
  elements = [\${2:H, O}]
}

dataset \${3:reference} {
  files = ["\${4:data/*.xyz}"]
  test  = 10 %
}

train \${5:$1} {
  potential = $1
  dataset   = $3
}
$0`;

/** @param argument a data file of the explorer; without it a person picks one */
export async function newPotential(context: Context, argument: unknown): Promise<void> {
  const data = argument instanceof vscode.Uri ? argument : await pickData();
  if (data === undefined) return;
  if (data === 'none') {
    const empty = await vscode.workspace.openTextDocument({ language: LANGUAGE, content: '' });
    const editor = await vscode.window.showTextDocument(empty);
    await editor.insertSnippet(new vscode.SnippetString(TEMPLATE));
    return;
  }
  const draft = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Looking into ${path.basename(data.path)}`,
      cancellable: true,
    },
    async (_, token) => {
      const result = await context.language.draft({ uri: data.toString() }, token);
      return token.isCancellationRequested ? undefined : (result ?? 'nothing');
    },
  );
  if (draft === undefined) return;
  if (draft === 'nothing') throw new Error(`there are no structures in ${path.basename(data.path)} that can be read`);
  // It is to be saved beside the data, so that paths hold.
  const document = await vscode.workspace.openTextDocument(await freeName(data));
  const editor = await vscode.window.showTextDocument(document);
  await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), draft.text));
}

/** A data file of the workspace; `none` where there is none, or none is wanted; undefined if a person gives up. */
async function pickData(): Promise<vscode.Uri | 'none' | undefined> {
  const found = await filesToPick(DATA_FILES);
  if (found.length === 0) return 'none';
  const items = found
    .filter(({ file }) => file.scheme === 'file')
    .map(({ label, file }) => ({ label: `$(file) ${label}`, data: file }));
  const empty = { label: '$(new-file) Empty', data: 'none' as const };
  const placeHolder = 'Which data the potential learns from';
  return (await vscode.window.showQuickPick([...items, empty], { placeHolder }))?.data;
}

/** An unsaved document beside a file, of a name that no file has. */
async function freeName(data: vscode.Uri): Promise<vscode.Uri> {
  const base = path.basename(data.path).replace(/\..*$/s, '') || 'new';
  for (let k = 1; ; k++) {
    const target = vscode.Uri.joinPath(data, '..', `${base}${k === 1 ? '' : `-${k}`}.potential`);
    const isTaken =
      vscode.workspace.textDocuments.some(({ uri }) => uri.path === target.path) ||
      (await vscode.workspace.fs.stat(target).then(
        () => true,
        () => false,
      ));
    if (!isTaken) return target.with({ scheme: 'untitled' });
  }
}
