/** Leaves structures out of the dataset that a run was made with: an edit of the definition, which can be undone. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Context } from '../context';
import type { Run } from '../jobs/runs';

/**
 * Structures that the run itself has made are in no dataset: they are let be.
 * @throws Error if there are no others, or the definition has no such action or dataset any more
 */
export async function excludeFrames(
  context: Context,
  run: Run,
  frames: readonly { readonly path: string; readonly index: number }[],
): Promise<void> {
  const given = frames.filter(({ path: file }) => path.dirname(file) !== run.folder);
  const own = frames.length - given.length;
  if (given.length === 0)
    throw new Error('What an exploration has labelled is not of a dataset: there is nothing to leave it out of.');
  const uri = vscode.Uri.file(run.definition);
  const document = await vscode.workspace.openTextDocument(uri);
  const folder = path.dirname(run.definition);
  const { kind, label } = run.manifest;
  const edit = await context.language.exclusion({
    uri: uri.toString(),
    kind,
    label,
    frames: given.map(({ path: file, index }) => ({
      file: path.relative(folder, file).replaceAll('\\', '/'),
      frame: index,
    })),
  });
  if (edit === undefined)
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
  const count = given.length === 1 ? 'One structure is' : `${given.length} structures are`;
  const kept =
    own === 0 ? '' : ` ${own} that the run has labelled itself ${own === 1 ? 'is' : 'are'} not of a dataset.`;
  void vscode.window.showInformationMessage(
    `${count} left out of dataset ${edit.dataset} from the next training on. Other structures keep their sets.${kept}`,
  );
}
