/** One item: what runs, and how far it is. Absent while nothing runs. */
import * as vscode from 'vscode';
import type { Disposable } from '../disposable';
import { COMMANDS } from '../identifiers';
import { describeInFull, fractionOf } from '../jobs/progress';
import type { RunStore } from '../jobs/runs';

export class StatusBar implements Disposable {
  private readonly item = vscode.window.createStatusBarItem('nearsight.running', vscode.StatusBarAlignment.Left, 10);
  private readonly subscription: Disposable;

  constructor(private readonly runs: RunStore) {
    this.item.name = 'Nearsight Runs';
    this.subscription = runs.onDidChange(() => this.update());
  }

  dispose(): void {
    this.item.dispose();
    this.subscription.dispose();
  }

  private update(): void {
    const { running } = this.runs;
    if (running.length === 0) {
      this.item.hide();
      return;
    }
    const fractions = running.map((run) => fractionOf(run) ?? 0);
    const percent = Math.floor((100 * fractions.reduce((sum, fraction) => sum + fraction, 0)) / running.length);
    const { kind, label } = running[0].manifest;
    const what = running.length === 1 ? `${kind} ${label}` : `${running.length} runs`;
    this.item.text = `$(loading~spin) ${what} ${percent} %`;
    this.item.tooltip = new vscode.MarkdownString(running.map(describeInFull).join('\n\n---\n\n'));
    this.item.command = {
      command: COMMANDS.showResults,
      title: 'Show Results',
      arguments: running.length === 1 ? [{ type: 'run', folder: running[0].folder }] : [],
    };
    this.item.show();
  }
}
