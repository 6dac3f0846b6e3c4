/**
 * Fills a webview with the page of a panel. It may read no file: what it is made of stands in the page, so that it neither waits
 * for VS Code's service worker, which hands out files of extensions, nor fails where several panels load at once and
 * share one, as in a reloaded window of an editor in a browser.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { PanelName } from '../../protocol/panels';
import { readable, readAgain } from '../views/unpacked-text';
import { panelHtml } from './html';

/** Texts of dist/, which are the same as long as the extension runs. */
const texts = new Map<string, string>();

function textOf(file: string): string {
  const known = texts.get(file) ?? readFileSync(file, 'utf8');
  texts.set(file, known);
  return known;
}

export function fill(
  webview: vscode.Webview,
  extension: vscode.Uri,
  panel: PanelName,
  title: string,
  state?: string,
): void {
  const dist = path.join(extension.fsPath, 'dist');
  webview.options = { enableScripts: true, localResourceRoots: [] };
  const [script, style] = ['webview.js', 'webview.css'].map((name) => textOf(path.join(dist, name)));
  webview.html = panelHtml({ panel, title, script, style, state });
}

/** Opens a file as text, also one that is too large for extensions or compressed, with the cursor on a line counted from 0. */
export async function openText(uri: vscode.Uri, line = 0, column = vscode.ViewColumn.Beside): Promise<void> {
  const text = readable(uri);
  readAgain(text);
  await vscode.commands.executeCommand('vscode.openWith', text, 'default', {
    viewColumn: column,
    selection: new vscode.Range(line, 0, line, 0),
  });
}
