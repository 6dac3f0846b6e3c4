// Serves the panels to headless Chromium under the content-security policy that the extension sets, with the fake
// host of webview-host.js and the editor's theme colours. Used by webview.mjs.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../../scripts/vscode-web.mjs';

const root = new URL('../../', import.meta.url);
const inRoot = (path) => fileURLToPath(new URL(path, root));
/** The frames that pages may load, by name. */
const data = {
  'ethanol.xyz': inRoot('examples/ethanol/ethanol.xyz'),
  'al_qe_lda.xyz': inRoot('examples/aluminium/al_qe_lda.xyz'),
};

/** Colours of the editor's default themes, as the editor hands them to webviews. */
const themes = {
  'vscode-dark': {
    'editor-background': '#1f1f1f',
    foreground: '#cccccc',
    'editor-foreground': '#cccccc',
    descriptionForeground: '#9d9d9d',
    'panel-border': '#2b2b2b',
    'widget-border': '#313131',
    focusBorder: '#0078d4',
    'button-background': '#0078d4',
    'button-foreground': '#ffffff',
    'button-hoverBackground': '#026ec1',
    'button-secondaryBackground': '#313131',
    'button-secondaryForeground': '#cccccc',
    'editorWidget-background': '#202020',
    'dropdown-background': '#313131',
    'dropdown-border': '#3c3c3c',
    'dropdown-foreground': '#cccccc',
    'toolbar-hoverBackground': '#5a5d5e50',
    'charts-blue': '#59a4f9',
    'charts-orange': '#d18616',
    'charts-green': '#89d185',
    'charts-red': '#f14c4c',
    'inputOption-activeBackground': '#2489db82',
    'inputOption-activeForeground': '#ffffff',
    'inputOption-activeBorder': '#2488db',
    'textLink-foreground': '#4daafc',
    'editorHoverWidget-background': '#202020',
    'editorHoverWidget-border': '#454545',
    'list-activeSelectionBackground': '#04395e',
    'list-activeSelectionForeground': '#ffffff',
    'list-hoverBackground': '#2a2d2e',
    'progressBar-background': '#0078d4',
    'inputValidation-errorBackground': '#5a1d1d',
    'inputValidation-errorBorder': '#be1100',
  },
  'vscode-light': {
    'editor-background': '#ffffff',
    foreground: '#3b3b3b',
    'editor-foreground': '#3b3b3b',
    descriptionForeground: '#3b3b3bb3',
    'panel-border': '#e5e5e5',
    'widget-border': '#e5e5e5',
    focusBorder: '#005fb8',
    'button-background': '#005fb8',
    'button-foreground': '#ffffff',
    'button-hoverBackground': '#0258a8',
    'button-secondaryBackground': '#e5e5e5',
    'button-secondaryForeground': '#3b3b3b',
    'editorWidget-background': '#f8f8f8',
    'dropdown-background': '#ffffff',
    'dropdown-border': '#cecece',
    'dropdown-foreground': '#3b3b3b',
    'toolbar-hoverBackground': '#b8b8b850',
    'charts-blue': '#0063d3',
    'charts-orange': '#d18616',
    'charts-green': '#388a34',
    'charts-red': '#e51400',
    'inputOption-activeBackground': '#bed6ed',
    'inputOption-activeForeground': '#000000',
    'inputOption-activeBorder': '#005fb8',
    'textLink-foreground': '#005fb8',
    'editorHoverWidget-background': '#f8f8f8',
    'editorHoverWidget-border': '#c8c8c8',
    'list-activeSelectionBackground': '#e8e8e8',
    'list-activeSelectionForeground': '#000000',
    'list-hoverBackground': '#f2f2f2',
    'progressBar-background': '#005fb8',
    'inputValidation-errorBackground': '#f2dede',
    'inputValidation-errorBorder': '#be1100',
  },
  'vscode-high-contrast': {
    'editor-background': '#000000',
    foreground: '#ffffff',
    'editor-foreground': '#ffffff',
    descriptionForeground: '#ffffffb3',
    contrastBorder: '#6fc3df',
    'widget-border': '#6fc3df',
    focusBorder: '#f38518',
    'button-border': '#6fc3df',
    'button-foreground': '#ffffff',
    'button-background': '#000000',
    'editorWidget-background': '#0c141f',
    'dropdown-background': '#000000',
    'dropdown-foreground': '#ffffff',
    'charts-blue': '#3794ff',
    'charts-orange': '#ea5c0055',
    'charts-green': '#89d185',
    'charts-red': '#f14c4c',
    'textLink-foreground': '#21a6ff',
    'editorHoverWidget-background': '#0c141f',
    'progressBar-background': '#6fc3df',
    'inputOption-activeBorder': '#f38518',
    'inputOption-activeBackground': '#00000000',
  },
};

const css = (name) =>
  `:root{${Object.entries(themes[name])
    .map(([key, value]) => `--vscode-${key}:${value}`)
    .join(
      ';',
    )};--vscode-font-family:"DejaVu Sans",sans-serif;--vscode-font-size:13px;--vscode-editor-font-family:"DejaVu Sans Mono",monospace}`;

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [inRoot(entry)],
    bundle: true,
    write: false,
    outdir: 'out',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    loader: { '.css': 'css' },
    logLevel: 'error',
  });
  const find = (suffix) => outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
  return { js: find('.js'), css: find('.css') };
}

/** What the extension remembers of a file stands in the page. */
const stateOf = (url) => {
  const state = url.searchParams.get('state');
  return state === null ? '' : ` data-state="${state.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
};

/** Starts server and browser. `open(panel, options)` gives a page whose host has loaded `file`. */
export async function startPages() {
  const [webview, host] = await Promise.all([bundle('webview/main.ts'), bundle('test/e2e/webview-host.js')]);
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://x');
    const nonce = 'bm9uY2U';
    const reply = (type, body, headers = {}) => response.writeHead(200, { 'content-type': type, ...headers }).end(body);
    try {
      if (url.pathname === '/webview.js') reply('text/javascript', webview.js);
      else if (url.pathname === '/host.js') reply('text/javascript', host.js);
      else if (url.pathname === '/webview.css') reply('text/css', webview.css);
      else if (url.pathname.startsWith('/theme/')) reply('text/css', css(url.pathname.slice(7)));
      else if (url.pathname.startsWith('/data/')) reply('text/plain', await readFile(data[url.pathname.slice(6)]));
      else if (url.pathname === '/') {
        const self = `http://${request.headers.host}`;
        const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${self}; img-src ${self} data: blob:; font-src ${self}; connect-src ${self}; worker-src blob:`;
        const theme = url.searchParams.get('theme');
        reply(
          'text/html; charset=utf-8',
          `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>panel</title><link rel="icon" href="data:,"><link rel="stylesheet" id="theme" href="/theme/${theme}"><link rel="stylesheet" href="/webview.css"></head><body class="${theme}" data-panel="${url.searchParams.get('panel')}"${stateOf(url)}><script nonce="${nonce}" src="/host.js"></script><script nonce="${nonce}" src="/webview.js"></script></body></html>`,
          { 'content-security-policy': policy },
        );
      } else response.writeHead(404).end();
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await launchBrowser();

  async function open(
    panel,
    { theme = 'vscode-dark', width = 1000, height = 720, scale = 1, file, before, state } = {},
  ) {
    const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale });
    const page = await context.newPage();
    const errors = [];
    page.on('console', (message) => {
      // SwiftShader tells about slow read-backs (screenshots); that is no message of ours.
      if (message.type() === 'error' || (message.type() === 'warning' && !/GPU stall|GL Driver/.test(message.text())))
        errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    if (before !== undefined) await page.addInitScript(before);
    const given = state === undefined ? '' : `&state=${encodeURIComponent(JSON.stringify(state))}`;
    await page.goto(`${origin}/?panel=${panel}&theme=${theme}${given}`);
    if (file !== undefined) await page.evaluate((path) => window.host.load(path), `/data/${file}`);
    return { page, errors, close: () => context.close() };
  }

  return {
    open,
    stop: async () => {
      await browser.close();
      server.close();
    },
  };
}

/** Waits until `probe`, run in the page, is truthy, and returns what it gave. */
export const until = async (page, probe, argument) =>
  (await page.waitForFunction(probe, argument, { timeout: 20_000, polling: 50 })).jsonValue();

/** Counts pixels of a canvas that differ from its corner. */
export const inked = (page, selector) =>
  page.evaluate((wanted) => {
    const canvas = document.querySelector(wanted);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let k = 3; k < data.length; k += 4) if (data[k] > 0) count++;
    return count;
  }, selector);
