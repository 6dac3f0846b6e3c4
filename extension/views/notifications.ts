/** Tells that a run has ended, if nobody is looking. Only ends that were seen to happen: not those found at the start. */
import * as vscode from 'vscode';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { SETTINGS } from '../identifiers';
import { describeRun } from '../jobs/progress';
import { titleOf } from '../jobs/runs';
import type { Run } from '../jobs/runs';

export class Notifications implements Disposable {
  private readonly running = new Set<string>();
  private readonly subscription: Disposable;

  constructor(private readonly context: Context) {
    this.subscription = context.runs.onDidChange((changed) => {
      for (const run of changed) {
        if (run.state === 'running') this.running.add(run.folder);
        else if (this.running.delete(run.folder) && context.runs.get(run.folder)) void this.tell(run);
      }
    });
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async tell(run: Run): Promise<void> {
    const when = vscode.workspace.getConfiguration().get<string>(SETTINGS.notifications, 'unseen');
    // A stop was asked for: whoever asked knows.
    if (when === 'never' || run.state === 'stopped') return;
    if (when === 'unseen' && this.context.results.isVisible(run.folder)) return;
    const failed = run.state !== 'finished';
    const show = failed ? vscode.window.showErrorMessage : vscode.window.showInformationMessage;
    const message = `${titleOf(run)} ${run.state}: ${describeRun(run)}`;
    const [results, resume] = ['Show Results', 'Resume'];
    const answer = await show(message, results, ...(run.state === 'interrupted' ? [resume] : []));
    if (answer === results) await this.context.results.show(run);
    if (answer === resume) await this.context.jobs.resume(run);
  }
}
