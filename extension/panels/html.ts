/** The page that a panel starts with: one script file, one style sheet, and nothing from anywhere else. */
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

/**
 * Loads script and style sheet again when they failed. Where all webviews of a window have one origin, as in code-server, they
 * share one service worker, which is what reads files of the extension; each new webview replaces it. The requests of another
 * that loads in this moment, as when a window with two panels is reloaded, go past it to the network, and fail.
 */
const LOAD_AGAIN = `
  let attempts = 50;
  addEventListener('error', ({ target }) => {
    if (!(target instanceof HTMLScriptElement || target instanceof HTMLLinkElement) || attempts-- === 0) return;
    setTimeout(() => {
      const again = document.createElement(target.localName);
      for (const name of ['rel', 'href', 'src']) if (target.hasAttribute(name)) again.setAttribute(name, target.getAttribute(name));
      again.nonce = target.nonce;
      target.replaceWith(again);
    }, 200);
  }, true);
`;

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
<script nonce="${nonce}">${LOAD_AGAIN}</script>
<link rel="stylesheet" nonce="${nonce}" href="${escape(style)}">
</head>
<body data-panel="${panel}"${state === undefined ? '' : ` data-state="${escape(state)}"`}>
<script nonce="${nonce}" src="${escape(script)}"></script>
</body>
</html>`;
}
