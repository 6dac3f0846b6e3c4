/** The page that a panel starts with: script and style sheet stand in it, and it loads nothing, from nowhere. */
import { randomBytes } from 'node:crypto';
import type { PanelName } from '../../protocol/panels';

export interface Page {
  readonly panel: PanelName;
  readonly title: string;
  /** The texts of dist/webview.js and dist/webview.css. */
  readonly script: string;
  readonly style: string;
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

/** What would end or change a script in HTML, which a bundle has in strings only. */
const escapeScript = (text: string): string => text.replace(/<(?=\/script|!--)/gi, '\\x3c');

export function panelHtml({ panel, title, script, style, state }: Page): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    'img-src data: blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body data-panel="${panel}"${state === undefined ? '' : ` data-state="${escape(state)}"`}>
<script nonce="${nonce}">${escapeScript(script)}</script>
</body>
</html>`;
}
