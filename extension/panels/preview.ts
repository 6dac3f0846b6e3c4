/** The descriptors of a potential as curves, beside its text, following it as it is written. One panel for each potential. */
import * as vscode from 'vscode';
import type { PreviewHost, PreviewView } from '../../protocol/panels';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { LANGUAGE, PREVIEW_PANEL } from '../identifiers';
import { Connection } from './connection';
import { checked, previewDrawn } from './messages';
import { PanelSet } from './panel-set';

/** A change is shown when nobody has typed for so long. */
const FOLLOW_MILLISECONDS = 120;
/** So often is asked again while the data are looked at. */
const PENDING_MILLISECONDS = 400;

export type PreviewDrawn = PreviewHost['notifications']['drawn'];

class PreviewPanel {
  readonly connection: Connection<PreviewHost, PreviewView, PreviewDrawn>;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    panel: vscode.WebviewPanel,
    private readonly uri: vscode.Uri,
    private readonly label: string,
    private readonly context: Context,
  ) {
    panel.iconPath = vscode.Uri.joinPath(context.extension.extensionUri, 'media', 'icon.svg');
    this.connection = new Connection<PreviewHost, PreviewView, PreviewDrawn>(panel, 'preview', panel.title, context, {
      requests: {},
      notifications: {
        ready: () => {
          this.connection.begin();
          this.follow(0);
        },
        drawn: checked(previewDrawn, (drawn) => this.connection.remember(drawn)),
      },
    });
    this.connection.own(
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

  private async send(): Promise<void> {
    if (!this.connection.live) return;
    const { label } = this;
    const preview = await this.context.language.preview({ uri: this.uri.toString(), label });
    this.connection.notify('preview', { potential: label, preview: preview ?? null });
    if (preview?.pending === true) this.follow(PENDING_MILLISECONDS);
  }
}

export class PreviewPanels implements Disposable {
  private readonly panels = new PanelSet<PreviewDrawn, PreviewPanel>();

  constructor(private readonly context: Context) {}

  /** What the panel of a potential has told that it has drawn, oldest first. */
  drawn(uri: vscode.Uri, label: string): readonly PreviewDrawn[] {
    return this.panels.drawn(keyOf(uri, label));
  }

  /** Opens or reveals the preview beside the text. */
  show(uri: vscode.Uri, label: string): void {
    const key = keyOf(uri, label);
    if (this.panels.reveal(key, true)) return;
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(PREVIEW_PANEL, `Descriptors of ${label}`, place);
    this.panels.add(key, new PreviewPanel(panel, uri, label, this.context));
  }

  dispose(): void {
    this.panels.dispose();
  }
}

const keyOf = (uri: vscode.Uri, label: string): string => `${uri.toString()} ${label}`;
