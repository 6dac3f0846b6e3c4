/** The trajectory viewer: a read-only editor for files of frames, also of files that a running job still writes. */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { DataRequests } from '../../protocol/frames';
import type { PointedAt, TrajectoryHost, TrajectoryView } from '../../protocol/panels';
import type { FileUnits } from '../../protocol/units';
import { linkedView, type LinkedView } from '../../protocol/view';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { TRAJECTORY_EDITOR } from '../identifiers';
import type { Follower } from '../pointing';
import { askWhereToSave, Connection } from './connection';
import { stampOf } from './file-stamp';
import { recall, remember } from './file-states';
import { createFilmFile, type FilmFile } from './film-file';
import {
  checked,
  chooseUnitsParameters,
  filmPiece,
  folderParameters,
  frameParameters,
  isKind,
  rememberedState,
  savedFile,
  seriesParameters,
  saveStructuresParameters,
  trajectoryDrawn,
  trajectoryOpenText,
  trajectoryPointAt,
} from './messages';
import { openText } from './page';
import { predictorsOf, readPredictions } from './predictors';

/** How often a file is asked whether it has grown. */
const FOLLOW_MILLISECONDS = 500;
/** The first picture has the machine for itself; the rest of a long file is looked through afterwards. */
const FIRST_PICTURE_MILLISECONDS = 1000;
const PAINTING_MILLISECONDS = 150;
/** So long after the extension has started, an editor that it was started for is there. */
const OPENING_MILLISECONDS = 300;

interface Wanted {
  readonly frame?: number;
  readonly atoms?: readonly number[];
}

export type TrajectoryDrawn = TrajectoryHost['notifications']['drawn'];

class TrajectoryPanel {
  readonly connection: Connection<TrajectoryHost, TrajectoryView, TrajectoryDrawn>;
  private readonly path: string;
  private stamp = '';
  private looking: Promise<void> = Promise.resolve();
  /** What was told of them, as JSON. */
  private predictors = '[]';
  private ahead: Promise<DataRequests['index']['result']> | undefined;
  private onDrawn = (): void => undefined;
  /** The page has drawn. */
  private readonly hasDrawn = new Promise<void>((resolve) => (this.onDrawn = resolve));
  private frames = 0;
  /** The film that comes in pieces. */
  private film: FilmFile | undefined;
  /** Of a file that doesn't tell them. */
  private units: FileUnits | undefined;
  /** How often they have changed: each time the file is as good as another one. */
  private changes = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly follower: Follower = {
    has: (file) => file === this.context.pointing.realPath(this.path),
    point: ({ frames, atoms }) => {
      // Of several it shows the first, as long as somebody looks.
      if (this.connection.live && frames.length > 0) this.show({ frame: frames[0], atoms });
    },
  };
  private readonly closed = new AbortController();

  constructor(
    private readonly uri: vscode.Uri,
    panel: vscode.WebviewPanel,
    private wanted: Wanted,
    private readonly context: Context,
    tellOthers: (from: TrajectoryPanel, looks: LinkedView) => void,
  ) {
    this.path = uri.fsPath;
    const title = path.basename(this.path);
    const memory = context.extension.workspaceState;
    this.connection = new Connection<TrajectoryHost, TrajectoryView, TrajectoryDrawn>(
      panel,
      'trajectory',
      title,
      context,
      {
        requests: {
          frame: checked(frameParameters, ({ index }, signal) =>
            context.data.request('frame', { path: this.path, index, units: this.units }, signal),
          ),
          saveFilm: checked(filmPiece, (piece) => this.saveFilm(piece)),
          series: checked(seriesParameters, (wish, signal) =>
            context.data.request('series', { path: this.path, units: this.units, ...wish }, signal),
          ),
          predictions: checked(folderParameters, ({ folder }) => readPredictions(context, this.path, folder)),
        },
        notifications: {
          ready: () => this.restart(),
          chooseUnits: checked(chooseUnitsParameters, ({ units }) => void context.units.choose(this.path, units)),
          openText: checked(trajectoryOpenText, ({ frame }) => this.connection.attempt(this.openText(frame))),
          pointAt: checked(trajectoryPointAt, ({ frame, atoms }) =>
            context.pointing.point({ file: this.path, frames: [frame], atoms }, this.follower),
          ),
          saveFile: checked(savedFile, (wanted) =>
            this.connection.attempt(this.connection.saveFile(wanted, path.dirname(this.path))),
          ),
          linked: checked(linkedView, (looks) => tellOthers(this, looks)),
          saveStructures: checked(saveStructuresParameters, (wish) =>
            this.connection.attempt(this.saveStructures(wish)),
          ),
          remember: checked(rememberedState, ({ state }) => void remember(memory, uri.toString(), state)),
          drawn: checked(trajectoryDrawn, (drawn) => {
            this.connection.remember(drawn);
            this.onDrawn();
          }),
        },
      },
      recall(memory, uri.toString()),
    );
    this.ahead = this.readAhead();
    this.ahead.catch(() => undefined);
    const followRuns = context.runs.onDidChange(() => this.sendPredictors());
    const followUnits = context.units.follow(
      () => this.path,
      () => {
        this.stamp = '';
        void this.look();
      },
    );
    this.connection.own(context.pointing.follow(this.follower), followUnits, followRuns, {
      dispose: () => {
        clearTimeout(this.timer);
        this.closed.abort();
        // What can't be taken back stays beside the film that it isn't.
        void this.film?.discard().catch(() => undefined);
      },
    });
  }

  /** Shows a frame now, or as soon as the page is there. */
  show(wanted: Wanted): void {
    this.wanted = wanted;
    if (this.connection.live) this.sendWanted();
  }

  /**
   * Has the frame read that will be asked for first, while the page loads, and sends it along: it is there when the page is.
   * What fails is told when the page asks.
   */
  private async readAhead(): Promise<DataRequests['index']['result']> {
    const { data } = this.context;
    const index = this.wanted.frame ?? 0;
    const early = await data.request('index', { path: this.path });
    // What definitions say takes longer.
    if (early.unitless === true) this.units = this.context.units.atOnce(this.path);
    if (index < early.frames) {
      const { units } = this;
      const frame = await data.request('frame', { path: this.path, index, units }, this.closed.signal);
      this.tell(early, { index, frame });
    }
    return early;
  }

  private tell(
    known: DataRequests['index']['result'],
    ahead?: TrajectoryView['notifications']['trajectory']['ahead'],
  ): void {
    const { unitless, generation, ...index } = known;
    this.frames = known.frames;
    this.connection.notify('trajectory', {
      name: path.basename(this.path),
      path: this.path,
      ...index,
      generation: generation + this.changes,
      ahead,
      ...(unitless === true && {
        units: { used: this.units, chosen: this.context.units.chosen(this.path) !== undefined },
      }),
    });
    this.sendWanted();
  }

  /** Asks in which units the file is. */
  private async updateUnits(known: DataRequests['index']['result']): Promise<void> {
    const units = await this.context.units.of(this.path, known);
    if (isDeepStrictEqual(units, this.units)) return;
    this.units = units;
    this.changes++;
  }

  /** Until the page has drawn; not for ever, as a page that can't show the frame never does. */
  async firstPicture(): Promise<void> {
    await Promise.race([this.hasDrawn, delay(FIRST_PICTURE_MILLISECONDS)]);
    // The graphics card begins only then.
    await delay(PAINTING_MILLISECONDS);
  }

  /** Tells which runs have predicted structures of the file, if they are others than were told. */
  private sendPredictors(): void {
    if (!this.connection.live) return;
    const predictors = predictorsOf(this.context, this.path);
    const text = JSON.stringify(predictors);
    if (text === this.predictors) return;
    this.predictors = text;
    this.connection.notify('predictors', { predictors });
  }

  private restart(): void {
    this.connection.begin();
    this.stamp = '';
    this.predictors = '[]';
    this.sendPredictors();
    clearTimeout(this.timer);
    void this.follow();
  }

  private async follow(): Promise<void> {
    if (!this.connection.live) return;
    const begun = performance.now();
    await this.look();
    // A file that takes long to look through, as a compressed one that grows, is looked at less often.
    const pause = Math.max(FOLLOW_MILLISECONDS, 2 * (performance.now() - begun));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.follow(), pause);
  }

  /** Brings the page up to date when the file is another than at the last look; one look at a time. */
  private look(): Promise<void> {
    this.looking = this.looking.then(() => this.update());
    return this.looking;
  }

  private async update(): Promise<void> {
    const stamp = await stampOf(this.path);
    if (stamp === this.stamp || !this.connection.live) return;
    this.stamp = stamp;
    try {
      if (this.uri.scheme !== 'file') throw new Error('The viewer reads files of this machine only.');
      for (let complete = false; !complete;) {
        // What was found out while the page was loading is there at once, but may be old.
        const early = await this.ahead?.catch(() => undefined);
        this.ahead = undefined;
        const index = early ?? (await this.context.data.request('index', { path: this.path }));
        if (early === undefined) await this.updateUnits(index);
        complete = early === undefined && index.complete;
        this.tell(index);
        if (early !== undefined) await this.firstPicture();
      }
    } catch (error) {
      this.connection.notify('failed', { message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** A frame that is not known yet is shown when the file has grown that far. */
  private sendWanted(): void {
    const { frame, atoms } = this.wanted;
    if (frame === undefined || frame >= this.frames) return;
    this.wanted = {};
    this.connection.notify('show', { frame, atoms });
  }

  private async openText(frame: number): Promise<void> {
    await openText(this.uri, await this.context.trajectories.lineOf(this.path, frame));
  }

  /** @throws Error as `FilmFile.add` does */
  private async saveFilm({
    name,
    offset,
    bytes,
    last,
  }: TrajectoryHost['requests']['saveFilm']['parameters']): Promise<{ saved: boolean }> {
    if (offset === 0) {
      if (!isKind(bytes, 'webm')) throw new Error('this is no film');
      await this.film?.discard();
      this.film = undefined;
      const target = (await askWhereToSave(path.dirname(this.path), name, 'webm'))?.fsPath;
      if (target === this.path) throw new Error('a file can’t be saved over itself');
      if (target !== undefined) this.film = createFilmFile(target);
    }
    await this.film?.add(offset, bytes, last);
    return { saved: this.film !== undefined };
  }

  private async saveStructures(wish: TrajectoryHost['notifications']['saveStructures']): Promise<void> {
    const { name } = path.parse(this.path);
    const part = wish.first === wish.last ? `-${wish.first}` : '';
    const defaultUri = vscode.Uri.joinPath(this.uri, '..', `${name}${part}${wish.atoms ? '-part' : '-copy'}.xyz`);
    const filters = { 'Extended XYZ': ['xyz', 'extxyz'], POSCAR: ['poscar', 'vasp'] };
    const target = await vscode.window.showSaveDialog({ defaultUri, filters });
    if (target === undefined) return;
    if (target.fsPath === this.path) throw new Error('A file can’t be saved over itself.');
    const title = `Saving ${path.basename(target.fsPath)}`;
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    const frames = await vscode.window.withProgress(options, async (_, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      const parameters = { path: this.path, target: target.fsPath, units: this.units, ...wish };
      const answer = this.context.data.request('export', parameters, abort.signal);
      return answer.catch((error: unknown) => {
        if (abort.signal.aborted) return undefined;
        throw error;
      });
    });
    if (frames === undefined) return;
    const open = 'Open';
    const assumed =
      frames.assumed === true ? ' The file does not tell its units: its numbers were taken for Å and eV.' : '';
    const chosen = await vscode.window.showInformationMessage(
      `${frames.frames} ${frames.frames === 1 ? 'structure is' : 'structures are'} in ${path.basename(target.fsPath)}.${assumed}`,
      open,
    );
    if (chosen === open) await this.context.trajectories.open(target);
  }
}

export class TrajectoryEditors implements vscode.CustomReadonlyEditorProvider, Disposable {
  private readonly panels = new Map<string, Set<TrajectoryPanel>>();
  private readonly wanted = new Map<string, Wanted>();
  private readonly registration: Disposable;

  constructor(private readonly context: Context) {
    this.registration = vscode.window.registerCustomEditorProvider(TRAJECTORY_EDITOR, this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  /** Opens a file in the viewer, on a frame if one is named. */
  async open(
    uri: vscode.Uri,
    { column = vscode.ViewColumn.Beside, ...wanted }: Wanted & { column?: vscode.ViewColumn } = {},
  ): Promise<void> {
    const key = uri.toString();
    const open = [...(this.panels.get(key) ?? [])].at(0);
    if (open) {
      open.connection.panel.reveal();
      open.show(wanted);
      return;
    }
    this.wanted.set(key, wanted);
    await vscode.commands.executeCommand('vscode.openWith', uri, TRAJECTORY_EDITOR, column);
  }

  /** Until the viewers that are there, or just being opened, show something. */
  async firstPictures(): Promise<void> {
    await delay(OPENING_MILLISECONDS);
    await Promise.all(this.all().map((panel) => panel.firstPicture()));
  }

  /** What the viewers of a file have told that they have drawn. */
  drawn(uri: vscode.Uri): readonly TrajectoryDrawn[] {
    return [...(this.panels.get(uri.toString()) ?? [])].flatMap(({ connection }) => connection.drawn);
  }

  /** The frame that the viewer of a file shows, with the atoms of it that were pointed at last. */
  shown(uri: vscode.Uri): PointedAt {
    const panels = [...(this.panels.get(uri.toString()) ?? [])];
    const panel = panels.find(({ connection }) => connection.panel.active) ?? panels.at(0);
    const frame = panel?.connection.drawn.at(-1)?.frame ?? 0;
    const { current, realPath } = this.context.pointing;
    const file = realPath(uri.fsPath);
    const isCurrent = current?.file === file && current.frames.length === 1 && current.frames[0] === frame;
    return { file, frames: [frame], atoms: isCurrent ? current.atoms : [] };
  }

  /** The line of a frame in its file, counted from 0; 0 if it can't be told. */
  async lineOf(file: string, frame: number): Promise<number> {
    return this.context.data.request('line', { path: file, index: frame }).then(
      ({ line }) => line - 1,
      () => 0,
    );
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const key = uri.toString();
    const siblings = this.panels.get(key) ?? new Set<TrajectoryPanel>();
    this.panels.set(key, siblings);
    const wanted = this.wanted.get(key) ?? {};
    this.wanted.delete(key);
    const attached = new TrajectoryPanel(uri, panel, wanted, this.context, (from, looks) => {
      for (const other of this.all())
        if (other !== from && other.connection.live) other.connection.notify('linked', looks);
    });
    siblings.add(attached);
    attached.connection.own({
      dispose: () => {
        siblings.delete(attached);
        if (siblings.size === 0) this.panels.delete(key);
      },
    });
  }

  private all(): readonly TrajectoryPanel[] {
    return [...this.panels.values()].flatMap((each) => [...each]);
  }

  dispose(): void {
    this.registration.dispose();
  }
}
