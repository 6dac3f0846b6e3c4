/**
 * The results of a run, one panel each. The panel owns nothing that matters: what it shows is read from the run folder, so a
 * reloaded window only has to know which folder it was.
 */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { FrameData } from '../../protocol/frames';
import { Channel } from '../../protocol/messages';
import type { ResultsHost, ResultsView } from '../../protocol/panels';
import { decodeParity } from '../../protocol/parity';
import type { RunEvent } from '../../protocol/run';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { RESULTS_PANEL } from '../identifiers';
import { EventTail } from '../jobs/events';
import { titleOf } from '../jobs/runs';
import type { Run } from '../jobs/runs';
import { checked, openTextParameters, resultsDrawn, structureParameters } from './messages';
import { fill, openText } from './page';

const MAXIMUM_PARITY_BYTES = 1 << 28;

/** What a panel leaves behind for the next session of the window. */
const panelState = v.object({ folder: v.pipe(v.string(), v.maxLength(4096)) });

export type ResultsDrawn = ResultsHost['notifications']['drawn'];

class ResultsPanel {
  readonly drawn: ResultsDrawn[] = [];
  private readonly channel: Channel<ResultsHost, ResultsView>;
  private readonly subscriptions: Disposable[] = [];
  private tail: EventTail;
  private parityStamp = '';
  private files = new Set<string>();
  private ready = false;
  private working: Promise<void> = Promise.resolve();

  constructor(
    readonly panel: vscode.WebviewPanel,
    private run: Run,
    private readonly context: Context,
    onDispose: () => void,
  ) {
    this.tail = this.newTail();
    this.channel = new Channel<ResultsHost, ResultsView>((message) => void panel.webview.postMessage(message), {
      requests: { structure: checked(structureParameters, ({ file, frame }) => this.structure(file, frame)) },
      notifications: {
        ready: () => this.restart(),
        stop: () => this.attempt(context.jobs.stop(this.run)),
        resume: () => this.attempt(context.jobs.resume(this.run)),
        openTrajectory: checked(structureParameters, ({ file, frame }) =>
          this.attempt(this.openTrajectory(file, frame)),
        ),
        openText: checked(openTextParameters, ({ file, frame }) => this.attempt(this.openText(file, frame))),
        drawn: checked(resultsDrawn, (drawn) => {
          this.drawn.push(drawn);
          if (this.drawn.length > 100) this.drawn.shift();
        }),
      },
    });
    this.subscriptions.push(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        try {
          this.channel.receive(message);
        } catch (error) {
          context.log.warn('a message of the results panel was refused', error);
        }
      }),
      context.runs.onDidChange((changed) => {
        const run = changed.find(({ folder }) => folder === this.run.folder);
        if (run) this.follow(run);
      }),
      panel.onDidDispose(() => {
        this.channel.close();
        for (const subscription of this.subscriptions) subscription.dispose();
        onDispose();
      }),
    );
    panel.title = titleOf(run);
    panel.iconPath = vscode.Uri.joinPath(context.extension.extensionUri, 'media', 'icon.svg');
    fill(panel.webview, context.extension.extensionUri, 'results', panel.title);
  }

  /** What a person asked for in the page and could not be done is told where they look. */
  private attempt(task: Promise<unknown>): void {
    task.catch((error: unknown) => {
      this.context.log.error('results panel', error);
      void vscode.window.showErrorMessage(`Nearsight: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  private newTail(): EventTail {
    return new EventTail(path.join(this.run.folder, 'events.ndjson'));
  }

  /** The page is there, for the first time or again: it knows nothing. */
  private restart(): void {
    this.ready = true;
    this.tail = this.newTail();
    this.parityStamp = '';
    this.follow(this.context.runs.get(this.run.folder) ?? this.run);
  }

  private follow(run: Run): void {
    this.run = run;
    this.working = this.working
      .then(() => this.send())
      .catch((error: unknown) => this.context.log.error('results', error));
  }

  private async send(): Promise<void> {
    // A hidden page is gone, and says `ready` when it comes back.
    if (!this.panel.visible) this.ready = false;
    if (!this.ready) return;
    const { manifest, state, folder } = this.run;
    this.channel.notify('run', { manifest, state, folder });
    for (;;) {
      const batch = await this.tail.read();
      if (!batch) break;
      if (batch.events.length > 0 || batch.reset) this.notifyEvents(batch.events, batch.reset);
      if (!batch.more) break;
    }
    await this.sendParity();
  }

  private notifyEvents(events: readonly RunEvent[], reset: boolean): void {
    this.channel.notify('events', { events, reset });
  }

  private async sendParity(): Promise<void> {
    const file = path.join(this.run.folder, 'parity.bin');
    const status = await stat(file).catch(() => undefined);
    if (!status?.isFile() || status.size > MAXIMUM_PARITY_BYTES) return;
    const stamp = `${status.size} ${status.mtimeMs}`;
    if (stamp === this.parityStamp) return;
    this.parityStamp = stamp;
    // A copy with a buffer of its own: a Buffer would not arrive as bytes.
    const bytes = new Uint8Array(await readFile(file));
    const parity = decodeParity(bytes);
    if (!parity) return;
    this.files = new Set(parity.files.map((name) => this.resolve(name)));
    this.channel.notify('parity', { bytes });
  }

  /** Files stand in the run as absolute paths, or relative to the definition. */
  private resolve(file: string): string {
    return path.resolve(path.dirname(this.run.definition), file);
  }

  /** The file if it belongs to the run. @throws Error for any other file of this machine. */
  private own(file: string): string {
    const resolved = this.resolve(file);
    const data = this.run.manifest.data.map((entry) => this.resolve(entry.file));
    const inFolder = path.dirname(resolved) === this.run.folder;
    if (inFolder || resolved === this.run.definition || this.files.has(resolved) || data.includes(resolved))
      return resolved;
    throw new Error(`${path.basename(file)} is no file of this run`);
  }

  private structure(file: string, frame: number): Promise<FrameData> {
    return this.context.data.request('frame', { path: this.own(file), index: frame });
  }

  private async openTrajectory(file: string, frame: number): Promise<void> {
    await this.context.trajectories.open(vscode.Uri.file(this.own(file)), { frame });
  }

  private async openText(file: string, frame?: number): Promise<void> {
    const resolved = this.own(file);
    const line = frame === undefined ? 0 : await this.context.trajectories.lineOf(resolved, frame);
    await openText(vscode.Uri.file(resolved), line, vscode.ViewColumn.One);
  }
}

export class ResultsPanels implements vscode.WebviewPanelSerializer, Disposable {
  private readonly panels = new Map<string, ResultsPanel>();

  constructor(private readonly context: Context) {}

  isVisible(folder: string): boolean {
    return this.panels.get(folder)?.panel.visible ?? false;
  }

  /** What the panel of a run has told that it has drawn, oldest first. */
  drawn(folder: string): readonly ResultsDrawn[] {
    return this.panels.get(folder)?.drawn ?? [];
  }

  /** Opens or reveals the panel of a run; the text keeps the focus. */
  show(run: Run, column?: vscode.ViewColumn): Promise<void> {
    const known = this.panels.get(run.folder);
    if (known) {
      known.panel.reveal(undefined, true);
      return Promise.resolve();
    }
    // Beside the text, and there in one place with the results of other runs.
    const beside = [...this.panels.values()].find(({ panel }) => panel.viewColumn !== undefined)?.panel.viewColumn;
    const viewColumn = column ?? beside ?? vscode.ViewColumn.Beside;
    const panel = vscode.window.createWebviewPanel(RESULTS_PANEL, titleOf(run), { viewColumn, preserveFocus: true });
    this.attach(panel, run);
    return Promise.resolve();
  }

  /** A panel of the window before it was reloaded. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = v.safeParse(panelState, state);
    const run = parsed.success ? await this.context.runs.find(parsed.output.folder) : undefined;
    // The run was deleted in the meantime: there is nothing to show.
    if (run) this.attach(panel, run);
    else panel.dispose();
  }

  dispose(): void {
    for (const { panel } of this.panels.values()) panel.dispose();
  }

  private attach(panel: vscode.WebviewPanel, run: Run): void {
    const attached = new ResultsPanel(panel, run, this.context, () => {
      if (this.panels.get(run.folder) === attached) this.panels.delete(run.folder);
    });
    this.panels.set(run.folder, attached);
  }
}
