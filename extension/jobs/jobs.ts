/** Starting, resuming and stopping jobs on behalf of a person: saves, asks, launches, and says what went wrong. */
import path from 'node:path';
import * as vscode from 'vscode';
import { describe } from '../../protocol/result';
import type { Problem } from '../../protocol/result';
import type { RunKind } from '../../protocol/run';
import type { Context } from '../context';
import { RUNS_VIEW, SETTINGS } from '../identifiers';
import { canonical } from '../paths';
import { launch, newestRuns, pruneLogs, runFolderOf } from './launch';
import { numberOf, titleOf } from './runs';
import type { Run } from './runs';
import { stopRun } from './stop';

export class Jobs {
  constructor(private readonly context: Context) {}

  /** Runs an action of a file. Resolves when the run folder is there, or has been explained why there is none. */
  async start(written: vscode.Uri, kind: RunKind, label: string): Promise<Run | undefined> {
    if (!(await mayRun())) return undefined;
    const uri = await saved(written);
    if (uri === undefined) return undefined;
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.isDirty && !(await document.save())) return undefined;
    const file = await canonical(uri.fsPath);
    const other = this.context.runs.running.find(
      ({ definition, manifest }) => definition === file && manifest.kind === kind && manifest.label === label,
    );
    if (other && !(await this.startAnother(other))) return undefined;

    await this.context.watchRunsOf(file);
    const runs = path.join(path.dirname(file), 'runs');
    const earlier = new Set(await newestRuns(runs, kind));
    const candidates = async (): Promise<string[]> =>
      (await newestRuns(runs, kind)).filter((folder) => !earlier.has(folder));
    return this.launch(`${kind} ${label}`, uri, [kind, '--json', '--', file, label], candidates);
  }

  async resume(run: Run): Promise<Run | undefined> {
    if (!(await mayRun())) return undefined;
    const uri = vscode.Uri.file(run.definition);
    return this.launch(`resume ${titleOf(run)}`, uri, ['resume', '--json', '--', run.folder], () =>
      Promise.resolve([run.folder]),
    );
  }

  async stop(run: Run): Promise<void> {
    if (!(await mayRun())) return;
    const title = `Stopping ${titleOf(run)}`;
    const stopped = await vscode.window.withProgress({ location: { viewId: RUNS_VIEW }, title }, () =>
      stopRun(run.folder),
    );
    await this.context.runs.find(run.folder);
    if (!stopped)
      void vscode.window.showWarningMessage(`${titleOf(run)} runs on ${run.manifest.host}: it was asked to stop.`);
  }

  private async launch(
    title: string,
    uri: vscode.Uri,
    args: readonly string[],
    candidates: () => Promise<readonly string[]>,
  ): Promise<Run | undefined> {
    const { extension, runs, log } = this.context;
    const logs = path.join((extension.storageUri ?? extension.globalStorageUri).fsPath, 'jobs');
    const name = `${new Date().toISOString()} ${title}`.replace(/[^\p{L}\p{N}.-]+/gu, '-').slice(0, 120);
    const output = path.join(logs, `${name}.log`);
    log.info(`nearsight ${args.join(' ')} > ${output}`);
    const started = await vscode.window.withProgress({ location: { viewId: RUNS_VIEW }, title }, async () => {
      const child = await launch({
        node: vscode.workspace.getConfiguration(undefined, uri).get(SETTINGS.node, ''),
        script: extension.asAbsolutePath('dist/nearsight.js'),
        arguments: args,
        folder: path.dirname(uri.fsPath),
        log: output,
      });
      return child.ok ? runFolderOf(child.value, output, candidates) : child;
    });
    void pruneLogs(logs);
    if (started.ok) return runs.find(started.value);
    void this.explain(title, started.problems, output);
    return undefined;
  }

  private async startAnother(other: Run): Promise<boolean> {
    const [show, another] = ['Show Results', 'Start Another'];
    const message = `${other.manifest.kind} ${other.manifest.label} is running (${numberOf(other)}).`;
    const answer = await vscode.window.showInformationMessage(message, show, another);
    if (answer === show) await this.context.results.show(other);
    return answer === another;
  }

  /** Tells why a job didn't start; its whole output is one click away. */
  private async explain(title: string, problems: readonly Problem[], output: string): Promise<void> {
    const text = problems
      .map((problem) => (problem.code.startsWith('JB') ? problem.message : describe(problem)))
      .join('\n');
    this.context.log.error(`${title}: ${text}`);
    const [log, list] = ['Show Log', 'Show Problems'];
    const answer = await vscode.window.showErrorMessage(`${title}: ${lastProblem(text)}`, list, log);
    if (answer === list) await vscode.commands.executeCommand('workbench.actions.view.problems');
    if (answer === log) await vscode.window.showTextDocument(vscode.Uri.file(output), { preview: true });
  }
}

/** One line for a notification: the first problem of a job's output, without the JSON that follows. */
function lastProblem(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'));
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
  return lines.length === 0 ? 'it ended at once' : `${lines[0].slice(0, 400)}${more}`;
}

async function mayRun(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const message =
    'Nearsight runs jobs in trusted workspaces only: they read and write the files that a definition names.';
  if ((await vscode.window.showWarningMessage(message, manage)) === manage)
    await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}

/** The file that a document is; a new one is saved first. Undefined if a person gives up, or it is not on this machine. */
async function saved(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  const file = uri.scheme === 'untitled' ? await vscode.workspace.save(uri) : uri;
  if (file === undefined || file.scheme === 'file') return file;
  void vscode.window.showWarningMessage('Save the file in a folder of this machine first: runs are written beside it.');
  return undefined;
}
