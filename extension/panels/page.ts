/** Fills a webview with the page of a panel; the only folder that it may read is dist/. */
import * as vscode from 'vscode';
import type { PanelName } from '../../protocol/panels';
import { panelHtml } from './html';

export function fill(
  webview: vscode.Webview,
  extension: vscode.Uri,
  panel: PanelName,
  title: string,
  state?: string,
): void {
  const dist = vscode.Uri.joinPath(extension, 'dist');
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const uri = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  webview.html = panelHtml({
    panel,
    title,
    script: uri('webview.js'),
    style: uri('webview.css'),
    cspSource: webview.cspSource,
    state,
  });
}

/** Opens a file as text, also one that is too large for extensions, with the cursor on a line counted from 0. */
export async function openText(uri: vscode.Uri, line = 0, column = vscode.ViewColumn.Beside): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, 'default', {
    viewColumn: column,
    selection: new vscode.Range(line, 0, line, 0),
  });
}
