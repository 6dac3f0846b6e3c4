/** The Runs view: a group for each action of a file, in it its runs, newest first. */
import path from 'node:path';
import * as vscode from 'vscode';
import { isResumable } from '../../protocol/resumable';
import type { Disposable } from '../disposable';
import { COMMANDS, CONTEXT_KEYS, RUN_ITEM, RUNS_VIEW } from '../identifiers';
import { describeInFull, describeRun, STATE_ICONS } from '../jobs/progress';
import { actionFolder, numberOf } from '../jobs/runs';
import type { Run, RunStore } from '../jobs/runs';

export type RunNode =
  | { readonly type: 'action'; readonly folder: string; readonly newest: Run }
  | { readonly type: 'run'; readonly folder: string };

const KIND_ICONS = {
  train: 'mortar-board',
  evaluate: 'checklist',
  md: 'pulse',
  umbrella: 'graph-line',
  explore: 'compass',
  rate: 'watch',
} as const;
/** Coalesces the changes of several runs. */
const REFRESH_MILLISECONDS = 250;

export class RunTree implements vscode.TreeDataProvider<RunNode>, Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly disposables: readonly Disposable[];
  private timer: NodeJS.Timeout | undefined;
  /** One object for each node for as long as it lives, so that selection and expansion stay. */
  private readonly nodes = new Map<string, RunNode>();

  constructor(private readonly runs: RunStore) {
    const view = vscode.window.createTreeView(RUNS_VIEW, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    const refresh = (): void => {
      const running = runs.running.length;
      view.badge = running > 0 ? { value: running, tooltip: running === 1 ? 'a run' : `${running} runs` } : undefined;
      void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.hasRuns, runs.all.length > 0);
      void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.hasRunning, running > 0);
      this.changed.fire();
    };
    this.disposables = [
      view,
      this.changed,
      runs.onDidChange(() => {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          refresh();
        }, REFRESH_MILLISECONDS);
      }),
    ];
  }

  getChildren(node?: RunNode): RunNode[] {
    if (node?.type === 'run') return [];
    if (node)
      return this.runs.all
        .filter((run) => actionFolder(run) === node.folder)
        .map(({ folder }) => this.keep({ type: 'run', folder }));
    const newest = new Map<string, Run>();
    for (const run of this.runs.all) if (!newest.has(actionFolder(run))) newest.set(actionFolder(run), run);
    return [...newest].map(([folder, run]) => this.keep({ type: 'action', folder, newest: run }));
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    if (node.type === 'action') {
      const { kind, label } = node.newest.manifest;
      const item = new vscode.TreeItem(`${kind} ${label}`, vscode.TreeItemCollapsibleState.Expanded);
      item.id = node.folder;
      item.iconPath = new vscode.ThemeIcon(KIND_ICONS[kind]);
      item.description = vscode.workspace.asRelativePath(node.newest.definition);
      item.contextValue = RUN_ITEM.action;
      return item;
    }
    const item = new vscode.TreeItem(path.basename(node.folder));
    item.id = node.folder;
    const run = this.runs.get(node.folder);
    if (!run) return item;
    const { icon, color } = STATE_ICONS[run.state];
    item.description = describeRun(run);
    item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
    item.tooltip = new vscode.MarkdownString(describeInFull(run));
    item.accessibilityInformation = {
      label: `${run.manifest.label} ${numberOf(run)}, ${run.state}, ${describeRun(run)}`,
    };
    item.contextValue = [
      RUN_ITEM.run,
      ...(run.state === 'running' ? [RUN_ITEM.running] : []),
      ...(isResumable(run.state) ? [RUN_ITEM.resumable] : []),
      ...(run.trajectory === undefined ? [] : [RUN_ITEM.trajectory]),
    ].join(' ');
    item.command = { command: COMMANDS.showResults, title: 'Show Results', arguments: [node] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private keep(node: RunNode): RunNode {
    const known = this.nodes.get(node.folder);
    const same =
      known?.type === node.type && (known.type === 'run' || node.type === 'run' || known.newest === node.newest);
    if (known && same) return known;
    this.nodes.set(node.folder, node);
    return node;
  }
}
