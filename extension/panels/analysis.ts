/** Distributions and correlations of a trajectory, computed by a thread of its own so that viewers go on. */
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { createDataClient } from '../../protocol/data-client';
import type { AnalysisHost, AnalysisView } from '../../protocol/panels';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { ANALYSIS_PANEL } from '../identifiers';
import { Connection } from './connection';
import { analysisDrawn, analysisParameters, checked, savedFile } from './messages';
import { PanelSet } from './panel-set';

const panelState = v.object({ path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)) });
const CUTOFF = 6;

export type AnalysisDrawn = AnalysisHost['notifications']['drawn'];

class AnalysisPanel {
  readonly connection: Connection<AnalysisHost, AnalysisView, AnalysisDrawn>;
  private running: AbortController | undefined;

  constructor(
    panel: vscode.WebviewPanel,
    private readonly file: string,
    context: Context,
  ) {
    const name = path.basename(file);
    const data = createDataClient(context.extension.asAbsolutePath('dist/data-worker.js'));
    panel.title = `Analysis of ${name}`;
    const analyze = async (wish: { cutoff: number; timestep?: number }): Promise<void> => {
      this.running?.abort();
      const running = new AbortController();
      this.running = running;
      try {
        const curves = await data.request('analyze', { path: file, ...wish }, running.signal);
        if (this.connection.live) this.connection.notify('curves', curves);
      } catch (error) {
        if (running.signal.aborted) return;
        this.connection.notify('failed', { message: error instanceof Error ? error.message : String(error) });
      }
    };
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
            void analyze({ cutoff: CUTOFF });
          },
          analyze: checked(analysisParameters, (wish) => void analyze(wish)),
          saveFile: checked(savedFile, (plot) =>
            this.connection.attempt(this.connection.saveFile(plot, path.dirname(file))),
          ),
          drawn: checked(analysisDrawn, (drawn) => this.connection.remember(drawn)),
        },
      },
    );
    this.connection.own(data);
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
