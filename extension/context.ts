/** Owns everything that the extension has made; disposing it ends all but the jobs, which live on by themselves. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from './disposable';
import {
  ANALYSIS_PANEL,
  COMPARISON_PANEL,
  INPUT_LANGUAGE,
  LANGUAGE,
  PREVIEW_PANEL,
  RESULTS_PANEL,
} from './identifiers';
import { UnitsOfFiles } from './file-units';
import { Jobs } from './jobs/jobs';
import { RunStore } from './jobs/runs';
import { Language } from './language-client';
import { createDataClient, type DataClient } from '../protocol/data-client';
import { AnalysisPanels } from './panels/analysis';
import { ComparisonPanels } from './panels/comparison';
import { PreviewPanels } from './panels/preview';
import { ResultsPanels } from './panels/results';
import { TrajectoryEditors } from './panels/trajectory';
import { canonical, realPath } from './paths';
import { Pointing } from './pointing';
import { Expansions } from './views/expansions';
import { Notifications } from './views/notifications';
import { RunTree } from './views/run-tree';
import { showAtStart } from './views/start';
import { StatusBar } from './views/status-bar';
import { TextPointing } from './views/text-pointing';
import { UNPACKED_SCHEME, unpackedTexts } from './views/unpacked-text';

/** Run folders of the workspace that are looked for at the start; those of files that are opened later come in addition. */
const MAXIMUM_FOUND = 2000;

export class Context implements Disposable {
  readonly log = vscode.window.createOutputChannel('Nearsight', { log: true });
  readonly runs = new RunStore();
  readonly pointing = new Pointing(realPath);
  readonly data: DataClient;
  readonly language: Language;
  readonly units: UnitsOfFiles;
  readonly jobs: Jobs;
  readonly results: ResultsPanels;
  readonly comparisons: ComparisonPanels;
  readonly analyses: AnalysisPanels;
  readonly trajectories: TrajectoryEditors;
  readonly previews: PreviewPanels;
  readonly expansions: Expansions;
  private readonly disposables: Disposable[];

  constructor(readonly extension: vscode.ExtensionContext) {
    this.data = createDataClient(extension.asAbsolutePath('dist/data-worker.js'));
    this.language = new Language(this);
    this.units = new UnitsOfFiles(this);
    this.jobs = new Jobs(this);
    this.results = new ResultsPanels(this);
    this.comparisons = new ComparisonPanels(this);
    this.analyses = new AnalysisPanels(this);
    this.trajectories = new TrajectoryEditors(this);
    this.previews = new PreviewPanels(this);
    this.expansions = new Expansions(this);
    this.disposables = [
      this.log,
      this.runs,
      this.data,
      this.language,
      this.units,
      this.results,
      this.comparisons,
      this.analyses,
      this.trajectories,
      this.previews,
      this.expansions,
      new RunTree(this.runs),
      new StatusBar(this.runs),
      new Notifications(this),
      new TextPointing(this),
      vscode.workspace.registerTextDocumentContentProvider(UNPACKED_SCHEME, unpackedTexts),
      vscode.window.registerWebviewPanelSerializer(RESULTS_PANEL, this.results),
      vscode.window.registerWebviewPanelSerializer(COMPARISON_PANEL, this.comparisons),
      vscode.window.registerWebviewPanelSerializer(ANALYSIS_PANEL, this.analyses),
      vscode.window.registerWebviewPanelSerializer(PREVIEW_PANEL, this.previews),
      vscode.workspace.onDidOpenTextDocument((document) => void this.meet(document)),
    ];
  }

  /** Finds the runs of the workspace and of the open files. */
  async start(): Promise<void> {
    await Promise.all(vscode.workspace.textDocuments.map((document) => this.meet(document)));
    // Looking through the workspace takes its time: activation doesn't wait for it, and what a person has opened goes first.
    void this.trajectories
      .firstPictures()
      .then(() => this.discover())
      .then(() => showAtStart(this));
  }

  /** Looks for `runs` folders anywhere in the workspace, and at all known runs. */
  async discover(): Promise<void> {
    const found = await vscode.workspace.findFiles('**/runs/*/*/run.json', '**/node_modules/**', MAXIMUM_FOUND);
    const roots = new Set(
      found.filter((uri) => uri.scheme === 'file').map((uri) => path.resolve(uri.fsPath, '../../..')),
    );
    for (const root of roots) await this.watchRunsOf(path.join(path.dirname(root), 'any'));
    await this.runs.refresh();
  }

  /** Watches the folder of runs beside a file. */
  async watchRunsOf(file: string): Promise<void> {
    this.runs.watch(path.join(path.dirname(await canonical(file)), 'runs'));
  }

  /** What a person asked for and could not be done is told where they look. */
  tell(what: string, error: unknown): void {
    this.log.error(what, error);
    void vscode.window.showErrorMessage(`Nearsight: ${error instanceof Error ? error.message : String(error)}`);
  }

  dispose(): void {
    for (const disposable of this.disposables.reverse()) disposable.dispose();
  }

  private async meet(document: vscode.TextDocument): Promise<void> {
    if (document.languageId === LANGUAGE || document.languageId === INPUT_LANGUAGE) this.language.start();
    if (document.languageId !== LANGUAGE) return;
    if (document.uri.scheme === 'file') await this.watchRunsOf(document.uri.fsPath);
  }
}
