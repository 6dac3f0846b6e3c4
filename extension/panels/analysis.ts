/** Distributions and correlations of a trajectory, computed by a thread of its own so that viewers go on. */
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { analysisWish, type AnalysisWish, type TrajectoryCurves } from '../../protocol/analysis';
import { createDataClient, type DataClient } from '../../protocol/data-client';
import type { AnalysisHost, AnalysisView } from '../../protocol/panels';
import type { FileUnits } from '../../protocol/units';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { ANALYSIS_PANEL } from '../identifiers';
import { Connection } from './connection';
import { stampOf } from './file-stamp';
import { recall, remember } from './file-states';
import { analysisDrawn, checked, copiedText, rememberedState, savedFile } from './messages';
import { PanelSet } from './panel-set';

const panelState = v.object({ path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)) });
/** How often a file is asked whether it has changed. */
const FOLLOW_MILLISECONDS = 1000;

export type AnalysisDrawn = AnalysisHost['notifications']['drawn'];

/** Of a file in some state, as it was wished for; the curves if they came of it. */
interface Analysis {
  readonly stamp: string;
  readonly units: FileUnits | undefined;
  readonly wish: string;
  readonly curves?: TrajectoryCurves;
}

class AnalysisPanel {
  readonly connection: Connection<AnalysisHost, AnalysisView, AnalysisDrawn>;
  private readonly data: DataClient;
  /** What is under way, and what was done last. */
  private running: Analysis | undefined;
  private latest: Analysis | undefined;
  /** How many have been wished for. */
  private wishes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    panel: vscode.WebviewPanel,
    private readonly file: string,
    private readonly context: Context,
  ) {
    const name = path.basename(file);
    const memory = context.extension.workspaceState;
    const key = `analysis of ${file}`;
    this.data = createDataClient(context.extension.asAbsolutePath('dist/data-worker.js'));
    panel.title = `Analysis of ${name}`;
    this.connection = new Connection<AnalysisHost, AnalysisView, AnalysisDrawn>(
      panel,
      'analysis',
      panel.title,
      context,
      {
        requests: {},
        notifications: {
          ready: () => {
            this.connection.begin();
            this.connection.notify('file', { name, path: file });
            clearTimeout(this.timer);
            void this.follow();
          },
          analyze: checked(analysisWish, (wish) => void this.analyze(wish)),
          saveFile: checked(savedFile, (plot) =>
            this.connection.attempt(this.connection.saveFile(plot, path.dirname(file))),
          ),
          copy: checked(copiedText, ({ text }) => this.connection.attempt(this.connection.copy(text))),
          remember: checked(rememberedState, ({ state }) => void remember(memory, key, state)),
          drawn: checked(analysisDrawn, (drawn) => this.connection.remember(drawn)),
        },
      },
      recall(memory, key),
    );
    this.connection.own(
      this.data,
      context.units.follow(
        () => file,
        () => void this.compareUnits(),
      ),
      { dispose: () => clearTimeout(this.timer) },
    );
  }

  /** Only the latest wish counts: a thread that is at another one is ended. */
  private async analyze(wish: AnalysisWish): Promise<void> {
    const mine = ++this.wishes;
    const units = await this.units();
    const stamp = await stampOf(this.file);
    if (this.wishes !== mine) return;
    const own: Analysis = { stamp, units, wish: JSON.stringify({ ...wish, units }) };
    const isSame = (other: Analysis | undefined): boolean => other?.stamp === own.stamp && other.wish === own.wish;
    if (isSame(this.running)) return;
    if (this.running !== undefined) this.data.stop();
    this.running = own;
    try {
      const known = isSame(this.latest) ? this.latest?.curves : undefined;
      const curves = known ?? (await this.data.request('analyze', { path: this.file, units, ...wish }));
      if (this.running !== own) return;
      this.latest = { ...own, curves };
      if (this.connection.live) this.connection.notify('curves', curves);
    } catch (error) {
      if (this.running !== own) return;
      this.latest = own;
      this.connection.notify('failed', { message: error instanceof Error ? error.message : String(error) });
    }
    this.running = undefined;
  }

  private units(): Promise<FileUnits | undefined> {
    return this.context.units.of(this.file).catch(() => undefined);
  }

  /** Tells the page that the file is in other units than it was analysed in: its analysis is another one. */
  private async compareUnits(): Promise<void> {
    const units = await this.units();
    const analysed = this.running ?? this.latest;
    if (analysed === undefined || isDeepStrictEqual(units, analysed.units)) return;
    if (this.connection.live) this.connection.notify('changed', undefined);
  }

  /** Tells the page, as long as it is seen, that the file has changed since it was analysed. */
  private async follow(): Promise<void> {
    if (!this.connection.live) return;
    const stamp = await stampOf(this.file);
    if (this.latest !== undefined && this.running === undefined && stamp !== this.latest.stamp)
      this.connection.notify('changed', undefined);
    this.timer = setTimeout(() => void this.follow(), FOLLOW_MILLISECONDS);
  }
}

export class AnalysisPanels implements vscode.WebviewPanelSerializer, Disposable {
  private readonly panels = new PanelSet<AnalysisDrawn, AnalysisPanel>();

  constructor(private readonly context: Context) {}

  /** What the panel of a file has told that it has drawn. */
  drawn(file: string): readonly AnalysisDrawn[] {
    return this.panels.drawn(file);
  }

  show(file: string): void {
    if (this.panels.reveal(file)) return;
    this.attach(vscode.window.createWebviewPanel(ANALYSIS_PANEL, 'Analysis', vscode.ViewColumn.Beside), file);
  }

  /** A panel of the window before it was reloaded. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = v.safeParse(panelState, state);
    if (parsed.success) this.attach(panel, parsed.output.path);
    else panel.dispose();
    return Promise.resolve();
  }

  dispose(): void {
    this.panels.dispose();
  }

  private attach(panel: vscode.WebviewPanel, file: string): void {
    this.panels.add(file, new AnalysisPanel(panel, file, this.context));
  }
}
