/**
 * What all panels share: a page with a typed channel whose messages are not trusted, mistakes told where people look, and
 * what the page has told that it has drawn.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { Channel } from '../../protocol/messages';
import type { Handlers, Side } from '../../protocol/messages';
import type { PanelName, SavedFile } from '../../protocol/panels';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { isKind } from './messages';
import { fill } from './page';

/** What a page told is kept for those who ask, the newest. */
const DRAWN_KEPT = 100;

export class Connection<Mine extends Side, Theirs extends Side, Drawn> {
  readonly drawn: Drawn[] = [];
  private readonly channel: Channel<Mine, Theirs>;
  private readonly owned: Disposable[] = [];
  private working: Promise<void> = Promise.resolve();
  private ready = false;

  /** @param state what the page begins with where the editor keeps nothing for it, as JSON */
  constructor(
    readonly panel: vscode.WebviewPanel,
    name: PanelName,
    title: string,
    private readonly context: Context,
    handlers: Handlers<Mine>,
    state?: string,
  ) {
    // A custom editor has the icon of its file.
    if (name !== 'trajectory')
      panel.iconPath = vscode.Uri.joinPath(context.extension.extensionUri, 'media', 'icon.svg');
    this.channel = new Channel<Mine, Theirs>((message) => void panel.webview.postMessage(message), handlers);
    this.own(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        try {
          this.channel.receive(message);
        } catch (error) {
          context.log.warn(`a message of the ${name} panel was refused`, error);
        }
      }),
      panel.onDidDispose(() => {
        this.channel.close();
        for (const disposable of this.owned) disposable.dispose();
      }),
    );
    fill(panel.webview, context.extension.extensionUri, name, title, state);
  }

  /** Disposed with the panel. */
  own(...disposables: readonly Disposable[]): void {
    this.owned.push(...disposables);
  }

  /** The page is there, for the first time or again: it knows nothing. */
  begin(): void {
    this.ready = true;
  }

  /** Whether the page listens. A hidden page is gone, and says `ready` when it comes back. */
  get live(): boolean {
    if (!this.panel.visible) this.ready = false;
    return this.ready;
  }

  notify<M extends keyof Theirs['notifications'] & string>(method: M, parameters: Theirs['notifications'][M]): void {
    this.channel.notify(method, parameters);
  }

  /** What a person asked for in the page and could not be done is told where they look. */
  attempt(task: Promise<unknown>): void {
    task.catch((error: unknown) => this.context.tell('panel', error));
  }

  /** Does what the page need not be told of should it fail, one thing after the other. */
  queue(task: () => Promise<void>): void {
    this.working = this.working.then(task).catch((error: unknown) => this.context.log.error('panel', error));
  }

  /** Saves a plot of the page where the person says. */
  async saveFile({ name, kind, content }: SavedFile, folder: string): Promise<void> {
    const packed = kind === 'png';
    const bytes = Buffer.from(content, packed ? 'base64' : 'utf8');
    if (packed && !isKind(bytes, kind)) return;
    const target = await askWhereToSave(folder, name, kind);
    if (target) await vscode.workspace.fs.writeFile(target, bytes);
  }

  /** Puts text of the page on the clipboard. */
  async copy(text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    void vscode.window.setStatusBarMessage('Nearsight: the table is on the clipboard', 3000);
  }

  /** Remembers what the page has told that it has drawn. */
  remember(drawn: Drawn): void {
    this.drawn.push(drawn);
    if (this.drawn.length > DRAWN_KEPT) this.drawn.shift();
  }
}

const KINDS = {
  svg: 'SVG drawing',
  png: 'PNG image',
  webm: 'WebM film',
  csv: 'Comma-separated values',
  xyz: 'Extended XYZ',
} as const;

/** Where a file is to be saved; undefined if it isn't. */
export async function askWhereToSave(
  folder: string,
  name: string,
  kind: keyof typeof KINDS,
): Promise<vscode.Uri | undefined> {
  const defaultUri = vscode.Uri.joinPath(vscode.Uri.file(folder), path.basename(name));
  return vscode.window.showSaveDialog({ defaultUri, filters: { [KINDS[kind]]: [kind] } });
}
