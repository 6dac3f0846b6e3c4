/** The descriptors of a potential as curves, beside its text, following it as it is written. One panel for each potential. */
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { PointedAt, PreviewHost, PreviewView } from '../../protocol/panels';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { LANGUAGE, PREVIEW_PANEL, STRUCTURE_FILE } from '../identifiers';
import type { Follower } from '../pointing';
import { Connection } from './connection';
import { checked, previewDrawn, previewPointAt, savedFile } from './messages';
import { PanelSet } from './panel-set';

/** A change is shown when nobody has typed for so long. */
const FOLLOW_MILLISECONDS = 120;
/** So often is asked again while the data are looked at. */
const PENDING_MILLISECONDS = 400;

export type PreviewDrawn = PreviewHost['notifications']['drawn'];

class PreviewPanel {
  readonly connection: Connection<PreviewHost, PreviewView, PreviewDrawn>;
  private timer: NodeJS.Timeout | undefined;
  private asking: AbortController | undefined;
  /** The structure whose distances are shown. */
  private shown: PointedAt | undefined;
  private readonly follower: Follower = {
    has: (file) => STRUCTURE_FILE.test(file),
    point: (at) => {
      this.showPointed(at).catch((error: unknown) => this.context.log.debug('preview', error));
    },
  };

  constructor(
    panel: vscode.WebviewPanel,
    private readonly uri: vscode.Uri,
    private readonly label: string,
    private readonly context: Context,
  ) {
    panel.title = `Descriptors of ${label}`;
    this.connection = new Connection<PreviewHost, PreviewView, PreviewDrawn>(panel, 'preview', panel.title, context, {
      requests: {},
      notifications: {
        ready: () => {
          this.connection.begin();
          this.follow(0);
          const { current } = context.pointing;
          if (current !== undefined && this.follower.has(current.file)) this.follower.point(current);
        },
        pointAt: checked(previewPointAt, ({ atoms }) => {
          const { shown } = this;
          if (shown) context.pointing.point({ ...shown, atoms }, this.follower);
        }),
        saveFile: checked(savedFile, (file) =>
          this.connection.attempt(this.connection.saveFile(file, path.dirname(uri.fsPath))),
        ),
        drawn: checked(previewDrawn, (drawn) => this.connection.remember(drawn)),
      },
    });
    this.connection.own(
      context.pointing.follow(this.follower),
      context.units.follow(
        () => this.shown?.file,
        () => {
          if (this.shown) this.follower.point(this.shown);
        },
      ),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === LANGUAGE && document.uri.toString() === uri.toString())
          this.follow(FOLLOW_MILLISECONDS);
      }),
      { dispose: () => clearTimeout(this.timer) },
    );
  }

  private follow(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.send().catch((error: unknown) => this.context.log.error('preview', error));
    }, milliseconds);
  }

  /** Shows where the distances of a structure lie; of several the first. */
  private async showPointed({ file, frames, atoms }: PointedAt): Promise<void> {
    this.asking?.abort();
    if (!this.connection.live || frames.length === 0) return;
    const asking = new AbortController();
    this.asking = asking;
    const [frame] = frames;
    const units = await this.context.units.of(file);
    const data = await this.context.data.request('frame', { path: file, index: frame, units }, asking.signal);
    if (asking.signal.aborted) return;
    this.shown = { file, frames: [frame], atoms };
    this.connection.notify('pointed', { name: path.basename(file), frame, data, atoms });
  }

  private async send(): Promise<void> {
    if (!this.connection.live) return;
    const { label } = this;
    const preview = await this.context.language.preview({ uri: this.uri.toString(), label });
    this.connection.notify('preview', { uri: this.uri.toString(), potential: label, preview: preview ?? null });
    if (preview?.pending === true) this.follow(PENDING_MILLISECONDS);
  }
}

/** What a panel leaves behind for the next session of the window. */
const panelState = v.object({
  uri: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  potential: v.pipe(v.string(), v.maxLength(4096)),
});

export class PreviewPanels implements vscode.WebviewPanelSerializer, Disposable {
  private readonly panels = new PanelSet<PreviewDrawn, PreviewPanel>();

  constructor(private readonly context: Context) {}

  /** What the panel of a potential has told that it has drawn, oldest first. */
  drawn(uri: vscode.Uri, label: string): readonly PreviewDrawn[] {
    return this.panels.drawn(keyOf(uri, label));
  }

  /** Opens or reveals the preview beside the text. */
  show(uri: vscode.Uri, label: string): void {
    if (this.panels.reveal(keyOf(uri, label), true)) return;
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.attach(vscode.window.createWebviewPanel(PREVIEW_PANEL, `Descriptors of ${label}`, place), uri, label);
  }

  /** A panel of the window before it was reloaded; the text need not be in any editor. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const parsed = v.safeParse(panelState, state);
    const uri = parsed.success ? vscode.Uri.parse(parsed.output.uri) : undefined;
    const document = uri && (await Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => undefined));
    if (parsed.success && document) this.attach(panel, document.uri, parsed.output.potential);
    else panel.dispose();
  }

  dispose(): void {
    this.panels.dispose();
  }

  private attach(panel: vscode.WebviewPanel, uri: vscode.Uri, label: string): void {
    this.panels.add(keyOf(uri, label), new PreviewPanel(panel, uri, label, this.context));
  }
}

const keyOf = (uri: vscode.Uri, label: string): string => `${uri.toString()} ${label}`;
