/** Several runs side by side, one panel for each choice of runs. Like the results it only reads the run folders. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { parseErrors } from '../../protocol/errors';
import type { RunErrors } from '../../protocol/errors';
import type { ComparedRunView, ComparisonHost, ComparisonView } from '../../protocol/panels';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { COMPARISON_PANEL } from '../identifiers';
import { titleOf } from '../jobs/runs';
import type { Run } from '../jobs/runs';
import { Connection } from './connection';
import { checked, comparisonDrawn, copiedText, folderParameters, savedFile } from './messages';
import { PanelSet } from './panel-set';
import { RunFeed, viewOf } from './run-feed';

const MAXIMUM_ERRORS_BYTES = 1 << 24;
/** More curves than these in one chart can't be told apart. */
export const MAXIMUM_COMPARED = 12;

const panelState = v.object({
  folders: v.pipe(v.array(v.pipe(v.string(), v.maxLength(4096))), v.maxLength(MAXIMUM_COMPARED)),
});

export type ComparisonDrawn = ComparisonHost['notifications']['drawn'];

class ComparisonPanel {
  readonly connection: Connection<ComparisonHost, ComparisonView, ComparisonDrawn>;
  private readonly feeds: readonly RunFeed[];

  constructor(
    panel: vscode.WebviewPanel,
    private runs: readonly Run[],
    private readonly context: Context,
  ) {
    panel.title = `Comparison of ${runs.length} runs`;
    this.feeds = runs.map(
      ({ folder }) =>
        new RunFeed(folder, (events, reset) => this.connection.notify('events', { folder, events, reset })),
    );
    this.connection = new Connection<ComparisonHost, ComparisonView, ComparisonDrawn>(
      panel,
      'comparison',
      panel.title,
      context,
      {
        requests: {},
        notifications: {
          ready: () => {
            this.connection.begin();
            for (const feed of this.feeds) feed.restart();
            this.follow();
          },
          openResults: checked(folderParameters, ({ folder }) => {
            this.connection.attempt(context.results.show(this.own(folder)));
          }),
          openDifference: checked(folderParameters, ({ folder }) => {
            this.connection.attempt(showDifference(this.runs[0], this.own(folder)));
          }),
          saveFile: checked(savedFile, (file) =>
            this.connection.attempt(this.connection.saveFile(file, path.dirname(this.runs[0].definition))),
          ),
          copy: checked(copiedText, ({ text }) => this.connection.attempt(this.connection.copy(text))),
          drawn: checked(comparisonDrawn, (drawn) => this.connection.remember(drawn)),
        },
      },
    );
    this.connection.own(
      context.runs.onDidChange((changed) => {
        if (changed.some(({ folder }) => this.runs.some((run) => run.folder === folder))) this.follow();
      }),
    );
  }

  /** @throws Error for a run that is not compared here. */
  private own(folder: string): Run {
    const run = this.runs.find((each) => each.folder === folder);
    if (!run) throw new Error('This run is not one of those that are compared.');
    return run;
  }

  private follow(): void {
    this.runs = this.runs.map((run) => this.context.runs.get(run.folder) ?? run);
    this.connection.queue(() => this.send());
  }

  private async send(): Promise<void> {
    if (!this.connection.live) return;
    const runs = await Promise.all(
      this.runs.map(async (run): Promise<ComparedRunView> => ({
        ...viewOf(run),
        title: titleOf(run),
        errors: await readErrors(run.folder),
      })),
    );
    this.connection.notify('runs', { runs });
    for (const feed of this.feeds) await feed.send();
  }
}

/** The editor's own view of two texts, of the definitions as they were run. */
export async function showDifference(first: Run, second: Run): Promise<void> {
  const definition = ({ folder }: Run): vscode.Uri => vscode.Uri.file(path.join(folder, 'definition.potential'));
  await vscode.commands.executeCommand(
    'vscode.diff',
    definition(first),
    definition(second),
    `${titleOf(first)} ↔ ${titleOf(second)}`,
  );
}

async function readErrors(folder: string): Promise<RunErrors | undefined> {
  const file = path.join(folder, 'errors.json');
  try {
    const status = await stat(file);
    if (!status.isFile() || status.size > MAXIMUM_ERRORS_BYTES) return undefined;
    return parseErrors(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Runs that have not ended have none.
    return undefined;
  }
}

export class ComparisonPanels implements vscode.WebviewPanelSerializer, Disposable {
  private readonly panels = new PanelSet<ComparisonDrawn, ComparisonPanel>();

  constructor(private readonly context: Context) {}

  /** What the panel of these runs has told that it has drawn, oldest first. */
  drawn(folders: readonly string[]): readonly ComparisonDrawn[] {
    return this.panels.drawn(folders.join('\n'));
  }

  /** Opens or reveals the comparison of these runs, the others with the first. */
  show(runs: readonly Run[]): void {
    if (this.panels.reveal(keyOf(runs))) return;
    this.attach(vscode.window.createWebviewPanel(COMPARISON_PANEL, 'Comparison', vscode.ViewColumn.Active), runs);
  }

  /** A panel of the window before it was reloaded; without the runs that were deleted in the meantime. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = v.safeParse(panelState, state);
    const folders = parsed.success ? parsed.output.folders : [];
    const found = await Promise.all(folders.map((folder) => this.context.runs.find(folder)));
    const runs = found.filter((run) => run !== undefined);
    if (runs.length >= 2) this.attach(panel, runs);
    else panel.dispose();
  }

  dispose(): void {
    this.panels.dispose();
  }

  private attach(panel: vscode.WebviewPanel, runs: readonly Run[]): void {
    this.panels.add(keyOf(runs), new ComparisonPanel(panel, runs, this.context));
  }
}

const keyOf = (runs: readonly Run[]): string => runs.map(({ folder }) => folder).join('\n');
