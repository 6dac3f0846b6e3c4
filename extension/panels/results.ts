/**
 * The results of a run, one panel each. The panel owns nothing that matters: what it shows is read from the run folder, so a
 * reloaded window only has to know which folder it was.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { FrameData } from '../../protocol/frames';
import type { Handlers } from '../../protocol/messages';
import type { PointedAt, ResultsHost, ResultsView } from '../../protocol/panels';
import type { WindowSamples } from '../../protocol/pmf';
import { decodeParity } from '../../protocol/parity';
import type { FileUnits } from '../../protocol/units';
import type { Parity } from '../../protocol/parity';
import type { RunManifest } from '../../protocol/run';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { COMMANDS, RESULTS_PANEL } from '../identifiers';
import { titleOf } from '../jobs/runs';
import type { Run } from '../jobs/runs';
import type { Follower } from '../pointing';
import { askWhereToSave, Connection } from './connection';
import { excludeFrames } from './exclusion';
import { recall, remember } from './file-states';
import {
  checked,
  copiedText,
  openTextParameters,
  savedFile,
  pointsParameters,
  rememberedState,
  resultsDrawn,
  resultsPointAt,
  selectionParameters,
  structureParameters,
  windowParameters,
} from './messages';
import { openText } from './page';
import { PanelSet } from './panel-set';
import { pointsCsv } from './points-csv';
import { RunData } from './run-data';
import { RunFeed, viewOf } from './run-feed';

const MAXIMUM_FILE_BYTES = 1 << 28;

/** What a panel leaves behind for the next session of the window. */
const panelState = v.object({ folder: v.pipe(v.string(), v.maxLength(4096)) });

export type ResultsDrawn = ResultsHost['notifications']['drawn'];

class ResultsPanel {
  readonly connection: Connection<ResultsHost, ResultsView, ResultsDrawn>;
  private readonly feed: RunFeed;
  /** Size and time of the files of the run that were sent. */
  private readonly sent = new Map<string, string>();
  /** Which files the predictions speak of, and which frame of which of them each structure is. */
  private parity: Pick<Parity, 'files' | 'structureFile' | 'structureFrame'> | undefined;
  private data: RunData;
  private readonly follower: Follower = {
    has: (file) => this.fileNumber(file) >= 0,
    point: (at) => this.unlessChanged(this.showPointed(at)),
  };

  constructor(
    panel: vscode.WebviewPanel,
    private run: Run,
    private readonly context: Context,
  ) {
    panel.title = titleOf(run);
    this.data = this.newData();
    this.feed = new RunFeed(run.folder, (events, reset) => this.connection.notify('events', { events, reset }));
    const memory = context.extension.workspaceState;
    const handlers: Handlers<ResultsHost> = {
      requests: {
        structure: checked(structureParameters, ({ file, frame }) => this.structure(file, frame)),
        window: checked(windowParameters, ({ window }) => this.window(window)),
      },
      notifications: {
        ready: () => this.restart(),
        stop: () => this.connection.attempt(context.jobs.stop(this.run)),
        resume: () => this.connection.attempt(context.jobs.resume(this.run)),
        compare: () => void vscode.commands.executeCommand(COMMANDS.compareRuns, { type: 'run', folder: run.folder }),
        pointAt: checked(resultsPointAt, ({ structure, atoms }) => this.unlessChanged(this.pointAt(structure, atoms))),
        openTrajectory: checked(structureParameters, ({ file, frame }) =>
          this.connection.attempt(this.openTrajectory(file, frame)),
        ),
        openText: checked(openTextParameters, ({ file, frame }) => this.connection.attempt(this.openText(file, frame))),
        openSelection: checked(selectionParameters, ({ structures }) =>
          this.connection.attempt(this.openSelection(structures)),
        ),
        saveSelection: checked(selectionParameters, ({ structures }) =>
          this.connection.attempt(this.saveSelection(structures)),
        ),
        copy: checked(copiedText, ({ text }) => this.connection.attempt(this.connection.copy(text))),
        exclude: checked(selectionParameters, ({ structures }) => this.connection.attempt(this.exclude(structures))),
        saveFile: checked(savedFile, (file) => this.connection.attempt(this.connection.saveFile(file, run.folder))),
        savePoints: checked(pointsParameters, ({ quantity, rows }) =>
          this.connection.attempt(this.savePoints(quantity, rows)),
        ),
        remember: checked(rememberedState, ({ state }) => void remember(memory, run.folder, state)),
        drawn: checked(resultsDrawn, (drawn) => this.connection.remember(drawn)),
      },
    };
    this.connection = new Connection<ResultsHost, ResultsView, ResultsDrawn>(
      panel,
      'results',
      panel.title,
      context,
      handlers,
      recall(memory, run.folder),
    );
    this.connection.own(
      context.pointing.follow(this.follower),
      context.runs.onDidChange((changed) => {
        const next = changed.find(({ folder }) => folder === this.run.folder);
        if (next) this.follow(next);
      }),
    );
  }

  private restart(): void {
    this.connection.begin();
    this.feed.restart();
    this.sent.clear();
    // What it has told of the data, the page has forgotten.
    this.data = this.newData();
    this.follow(this.context.runs.get(this.run.folder) ?? this.run);
  }

  private follow(run: Run): void {
    this.run = run;
    this.connection.queue(() => this.send());
  }

  private async send(): Promise<void> {
    if (!this.connection.live) return;
    this.connection.notify('run', viewOf(this.run));
    await this.feed.send();
    await this.sendParity();
    await this.sendPmf();
  }

  /** The bytes of a file of the run's folder if there is one, and it was not sent as it is now. */
  private async news(name: string): Promise<Uint8Array | undefined> {
    const file = path.join(this.run.folder, name);
    const status = await stat(file).catch(() => undefined);
    if (!status?.isFile() || status.size > MAXIMUM_FILE_BYTES) return undefined;
    const stamp = `${status.size} ${status.mtimeMs}`;
    if (stamp === this.sent.get(name)) return undefined;
    this.sent.set(name, stamp);
    // A copy with a buffer of its own: a Buffer would not arrive as bytes.
    return new Uint8Array(await readFile(file));
  }

  private async sendPmf(): Promise<void> {
    const bytes = await this.news('pmf.bin');
    if (bytes) this.connection.notify('pmf', { bytes });
  }

  private async sendParity(): Promise<void> {
    const bytes = await this.news('parity.bin');
    if (!bytes) return;
    const parity = decodeParity(bytes);
    if (!parity) return;
    const { structureFile, structureFrame } = parity;
    this.parity = { files: parity.files.map((name) => this.resolve(name)), structureFile, structureFrame };
    this.connection.notify('parity', { bytes });
    this.unlessChanged(this.data.verify(...this.parity.files));
    const { current } = this.context.pointing;
    if (current !== undefined && this.follower.has(current.file)) this.follower.point(current);
  }

  /** Of a file without symbolic links among those that have been predicted; −1 for others. */
  private fileNumber(file: string): number {
    return this.parity?.files.findIndex((own) => this.context.pointing.realPath(own) === file) ?? -1;
  }

  private newData(): RunData {
    return new RunData(
      this.context.data,
      (file) => this.recorded(file),
      (reasons) =>
        this.connection.notify('changed', { files: [...reasons].map(([file, reason]) => ({ file, reason })) }),
    );
  }

  /** What shall not happen with data that have changed; the page says that they have. */
  private unlessChanged(task: Promise<void>): void {
    task.catch((error: unknown) => this.context.log.debug('results', error));
  }

  private async pointAt(structure: number, atoms: readonly number[]): Promise<void> {
    const [{ path: file, index }] = await this.placesOf(Int32Array.of(structure));
    this.context.pointing.point({ file, frames: [index], atoms }, this.follower);
  }

  /** Lights up the points of what is pointed at elsewhere. */
  private async showPointed({ file, frames, atoms }: PointedAt): Promise<void> {
    const { parity } = this;
    if (parity === undefined || !this.connection.live) return;
    const wanted = new Set(frames);
    const number = this.fileNumber(file);
    await this.data.verify(parity.files[number]);
    const structures = Int32Array.from(parity.structureFile.keys()).filter(
      (s) => parity.structureFile[s] === number && wanted.has(parity.structureFrame[s]),
    );
    this.connection.notify('pointed', { structures, atoms });
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
    if (
      inFolder ||
      resolved === this.run.definition ||
      this.parity?.files.includes(resolved) ||
      data.includes(resolved)
    )
      return resolved;
    throw new Error(`${path.basename(file)} is no file of this run`);
  }

  /**
   * Where structures of the predictions stand.
   *
   * @throws Error for a number that none has, and if the data are no longer those of the run
   */
  private async placesOf(structures: Int32Array): Promise<{ path: string; index: number }[]> {
    const { parity } = this;
    const places = Array.from(structures, (structure) => {
      if (!parity || !(structure >= 0 && structure < parity.structureFile.length)) throw new Error('no such structure');
      return { path: this.own(parity.files[parity.structureFile[structure]]), index: parity.structureFrame[structure] };
    });
    await this.data.verify(...new Set(places.map(({ path: file }) => file)));
    return places;
  }

  /** Writes the structures with their predictions into one file, outside of the workspace, and shows that. */
  private async openSelection(structures: Int32Array): Promise<void> {
    // Runs of other folders have the same titles.
    const run = createHash('sha256').update(this.run.folder).digest('hex').slice(0, 16);
    const folder = path.join(this.context.extension.globalStorageUri.fsPath, 'selections', run);
    await mkdir(folder, { recursive: true });
    const target = path.join(folder, `${titleOf(this.run).replace(/[^\w.-]+/g, '-')}-selection.xyz`);
    await this.extract(structures, target, true);
    await this.context.trajectories.open(vscode.Uri.file(target));
  }

  private async saveSelection(structures: Int32Array): Promise<void> {
    const name = `${titleOf(this.run).replaceAll(' ', '-')}-selection.xyz`;
    const target = await askWhereToSave(path.dirname(this.run.definition), name, 'xyz');
    if (target) await this.extract(structures, target.fsPath);
  }

  /** Writes structures into one file, with where they come from, and perhaps with what was predicted for them. */
  private async extract(structures: Int32Array, target: string, predicted = false): Promise<void> {
    const places = await this.placesOf(structures);
    const files = [...new Set(places.map(({ path: file }) => file))];
    const units = new Map(await Promise.all(files.map(async (file) => [file, await this.unitsOf(file)] as const)));
    const frames = places.map((place, k) => ({ ...place, units: units.get(place.path), structure: structures[k] }));
    const parity = predicted ? path.join(this.run.folder, 'parity.bin') : undefined;
    if (frames.some(({ path: file }) => file === target)) throw new Error('A file can’t be saved over itself.');
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: `Nearsight: reading ${frames.length} structures` },
      () => this.context.data.request('extract', { frames, parity, target }),
    );
  }

  private async exclude(structures: Int32Array): Promise<void> {
    await excludeFrames(this.context, this.run, await this.placesOf(structures));
  }

  private async savePoints(quantity: 'energy' | 'force' | 'stress', rows: Int32Array | undefined): Promise<void> {
    const parity = decodeParity(new Uint8Array(await readFile(path.join(this.run.folder, 'parity.bin'))));
    if (!parity) throw new Error('parity.bin of this run is not readable');
    const name = `${titleOf(this.run).replaceAll(' ', '-')}-${quantity}.csv`;
    const target = await askWhereToSave(this.run.folder, name, 'csv');
    if (target) await pipeline(Readable.from(pointsCsv(parity, quantity, rows)), createWriteStream(target.fsPath));
  }

  private async structure(file: string, frame: number): Promise<FrameData> {
    const own = this.own(file);
    await this.data.verify(own);
    return this.context.data.request('frame', { path: own, index: frame, units: await this.unitsOf(own) });
  }

  /** What the window with this number, in the order of their centres, has sampled. */
  private window(window: number): Promise<WindowSamples> {
    return this.context.data.request('window', { path: path.join(this.run.folder, 'metadata.dat'), window });
  }

  private async openTrajectory(file: string, frame: number): Promise<void> {
    const own = this.own(file);
    await this.data.verify(own);
    const { units } = this.recorded(own) ?? {};
    if (units !== undefined) this.context.units.learn(own, units);
    await this.context.trajectories.open(vscode.Uri.file(own), { frame });
  }

  private recorded(file: string): RunManifest['data'][number] | undefined {
    return this.run.manifest.data.find((entry) => this.resolve(entry.file) === file);
  }

  /** In which units a file is: as the run has read it, if it has recorded that. */
  private async unitsOf(file: string): Promise<FileUnits | undefined> {
    return this.recorded(file)?.units ?? (await this.context.units.of(file));
  }

  private async openText(file: string, frame?: number): Promise<void> {
    const resolved = this.own(file);
    if (frame !== undefined) await this.data.verify(resolved);
    const line = frame === undefined ? 0 : await this.context.trajectories.lineOf(resolved, frame);
    await openText(vscode.Uri.file(resolved), line, vscode.ViewColumn.One);
  }
}

export class ResultsPanels implements vscode.WebviewPanelSerializer, Disposable {
  private readonly panels = new PanelSet<ResultsDrawn, ResultsPanel>();

  constructor(private readonly context: Context) {}

  isVisible(folder: string): boolean {
    return this.panels.get(folder)?.connection.panel.visible ?? false;
  }

  isOpen(folder: string): boolean {
    return this.panels.get(folder) !== undefined;
  }

  /** What the panel of a run has told that it has drawn, oldest first. */
  drawn(folder: string): readonly ResultsDrawn[] {
    return this.panels.drawn(folder);
  }

  /** Opens or reveals the panel of a run; the text keeps the focus. */
  show(run: Run, column?: vscode.ViewColumn): Promise<void> {
    if (this.panels.reveal(run.folder, true)) return Promise.resolve();
    // Beside the text, and there in one place with the results of other runs.
    const beside = this.panels.all.find(({ connection }) => connection.panel.viewColumn !== undefined)?.connection.panel
      .viewColumn;
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
    this.panels.dispose();
  }

  private attach(panel: vscode.WebviewPanel, run: Run): void {
    this.panels.add(run.folder, new ResultsPanel(panel, run, this.context));
  }
}
