/** "Show Expanded Symmetry Functions": a virtual document beside the text that follows it as it is written. */
import * as vscode from 'vscode';
import type { Context } from '../context';
import type { Disposable } from '../disposable';
import { LANGUAGE } from '../identifiers';

const SCHEME = 'nearsight-expansion';
const FOLLOW_MILLISECONDS = 400;

export class Expansions implements vscode.TextDocumentContentProvider, Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly disposables: readonly Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly context: Context) {
    this.disposables = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === LANGUAGE) this.follow();
      }),
    ];
  }

  async show(file: vscode.Uri, label: string): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${label} symmetry functions.txt`,
      query: file.toString(),
      fragment: label,
    });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const text = await this.context.language.expansion({ uri: uri.query, label: uri.fragment });
    return text ?? `The potential ${uri.fragment} has errors: correct them to see its symmetry functions.\n`;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private follow(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) this.changed.fire(uri);
    }, FOLLOW_MILLISECONDS);
  }
}
