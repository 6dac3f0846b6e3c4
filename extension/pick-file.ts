/** Files of the workspace for a person to pick from. */
import * as vscode from 'vscode';

const MAXIMUM_FILES_OFFERED = 500;

/** @param names a pattern for the editor's search, without braces within braces: it finds nothing for them */
export async function filesToPick(names: string): Promise<{ readonly label: string; readonly file: vscode.Uri }[]> {
  const files = await vscode.workspace.findFiles(`**/${names}`, undefined, MAXIMUM_FILES_OFFERED);
  return files
    .map((file) => ({ label: vscode.workspace.asRelativePath(file), file }))
    .sort((a, b) => a.label.localeCompare(b.label));
}
