/** The page that a panel starts with: one script, one style sheet, and nothing from anywhere else. */
import { randomBytes } from 'node:crypto';
import type { PanelName } from '../../protocol/panels';

export interface Page {
  readonly panel: PanelName;
  readonly title: string;
  /** Webview URIs of dist/webview.js and dist/webview.css. */
  readonly script: string;
  readonly style: string;
  readonly cspSource: string;
  /** What the panel begins with where the editor keeps nothing for it, as JSON. */
  readonly state?: string;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character]);

export function panelHtml({ panel, title, script, style, cspSource, state }: Page): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data: blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="stylesheet" nonce="${nonce}" href="${escape(style)}">
</head>
<body data-panel="${panel}"${state === undefined ? '' : ` data-state="${escape(state)}"`}>
<script nonce="${nonce}" src="${escape(script)}"></script>
</body>
</html>`;
}
