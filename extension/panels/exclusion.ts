/** Leaves structures out of the dataset that a run was made with: an edit of the definition, which can be undone. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Context } from '../context';
import type { Run } from '../jobs/runs';

/** @throws Error if the definition has no such action or dataset any more */
export async function excludeFrames(
  context: Context,
  run: Run,
  frames: readonly { readonly path: string; readonly index: number }[],
): Promise<void> {
  const uri = vscode.Uri.file(run.definition);
  const document = await vscode.workspace.openTextDocument(uri);
  const folder = path.dirname(run.definition);
  const { kind, label } = run.manifest;
  const edit = await context.language.exclusion({
    uri: uri.toString(),
    kind,
    label,
    frames: frames.map(({ path: file, index }) => ({
      file: path.relative(folder, file).replaceAll('\\', '/'),
      frame: index,
    })),
  });
  if (edit === null)
    throw new Error(
      `${path.basename(run.definition)} has no dataset of ${kind} ${label} any more: nothing was changed.`,
    );
  const range = new vscode.Range(document.positionAt(edit.start), document.positionAt(edit.end));
  const change = new vscode.WorkspaceEdit();
  change.replace(uri, range, edit.text);
  if (!(await vscode.workspace.applyEdit(change))) throw new Error('The definition could not be changed.');
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  const end = document.positionAt(edit.start + edit.text.length);
  editor.revealRange(new vscode.Range(range.start, end), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  const count = frames.length === 1 ? 'One structure is' : `${frames.length} structures are`;
  void vscode.window.showInformationMessage(
    `${count} left out of dataset ${edit.dataset} from the next training on. Other structures keep their sets.`,
  );
}
