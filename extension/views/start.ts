/** `npm start` opens the editor on what it has just computed: the run folders that NEARSIGHT_SHOW names. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Context } from '../context';

const SHOWN = 'shown';
/** The text on the left, results above the trajectory on the right. */
const LAYOUT = { orientation: 0, groups: [{ size: 0.45 }, { size: 0.55, groups: [{ size: 0.5 }, { size: 0.5 }] }] };

export async function showAtStart({ extension, runs, results, trajectories }: Context): Promise<void> {
  const wanted = process.env.NEARSIGHT_SHOW;
  // Once: a reloaded window has what it had.
  if (wanted === undefined || extension.workspaceState.get(SHOWN) === wanted) return;
  await extension.workspaceState.update(SHOWN, wanted);
  const found = await Promise.all(
    wanted
      .split(path.delimiter)
      .slice(0, 4)
      .map((folder) => runs.find(folder)),
  );
  const shown = found.filter((run) => run !== undefined);
  if (shown.some(({ trajectory }) => trajectory !== undefined))
    await vscode.commands.executeCommand('vscode.setEditorLayout', LAYOUT);
  for (const run of shown) {
    if (run.trajectory === undefined) await results.show(run, vscode.ViewColumn.Two);
    else await trajectories.open(vscode.Uri.file(run.trajectory), { column: vscode.ViewColumn.Three });
  }
}
