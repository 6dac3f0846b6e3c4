// Starts the bundled VS Code server (from code-server's lib/vscode) and opens it in Debian's Chromium.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const vscodeRoot =
  process.env.VSCODE_SERVER_ROOT ??
  path.join(
    process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'),
    'vscode-web-test',
    'vscode-server' + (process.env.VSCODE_RELEASE ? '-' + process.env.VSCODE_RELEASE : ''),
  );
const ownNode = path.join(vscodeRoot, 'node', 'bin', 'node'); // `setup-vscode.sh latest` brings its own
const node = fs.existsSync(ownNode) ? ownNode : process.execPath;

// code-server's product points at open-vsx.org; an empty service URL turns the gallery off (no look-ups, no error toasts).
const NO_GALLERY = JSON.stringify({ serviceUrl: '' });

export const settings = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'npm.fetchOnlinePackageInfo': false,
  'json.schemaDownload.enable': false,
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.restoreWindows': 'none',
  'remote.autoForwardPorts': false,
  'files.hotExit': 'off',
};

/** @param asksForTrust folders open in Restricted Mode until somebody trusts them */
export async function startServer({
  log = false,
  env = {},
  extraArgs = [],
  extensionsDir,
  keep = false,
  userSettings = {},
  asksForTrust = false,
  keybindings = [],
} = {}) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-web-'));
  const user = path.join(data, 'data', 'User');
  const tmp = path.join(data, 'tmp'); // VS Code leaves its sockets in TMPDIR; this way they go with the rest
  for (const d of [user, tmp]) fs.mkdirSync(d, { recursive: true });
  // No question at the start: the window opens in Restricted Mode.
  const trust = asksForTrust
    ? { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' }
    : {};
  fs.writeFileSync(
    path.join(user, 'settings.json'),
    JSON.stringify({ ...settings, ...trust, ...userSettings }, null, 2),
  );
  fs.writeFileSync(path.join(user, 'keybindings.json'), JSON.stringify(keybindings));
  const args = [
    path.join(vscodeRoot, 'out', 'server-main.js'),
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--without-connection-token',
    '--accept-server-license-terms',
    '--server-data-dir',
    data,
    '--extensions-dir',
    extensionsDir ?? path.join(data, 'extensions'),
    '--telemetry-level',
    'off',
    ...(asksForTrust ? [] : ['--disable-workspace-trust']),
    '--disable-update-check',
    '--disable-getting-started-override',
    '--force-disable-user-env',
    '--enable-smoke-test-driver', // newer VS Codes (seen in 1.139) ignore the test payload in the URL without it; harmless in 1.100
    ...extraArgs,
  ];
  const child = spawn(node, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // own process group: the extension host and servers die with it
    env: { ...process.env, EXTENSIONS_GALLERY: NO_GALLERY, TMPDIR: tmp, ...env },
  });
  let out = '';
  const port = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('VS Code server did not start:\n' + out)), 60_000);
    const on = (d) => {
      out += d;
      if (log) process.stderr.write(d);
      const m = /Extension host agent listening on (\d+)/.exec(out);
      if (m) {
        clearTimeout(timer);
        resolve(Number(m[1]));
      }
    };
    child.stdout.on('data', on);
    child.stderr.on('data', on);
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`VS Code server exited with ${code}:\n${out}`));
    });
  });
  const stop = async () => {
    const kill = (s) => {
      try {
        process.kill(-child.pid, s);
      } catch {}
    };
    const gone = new Promise((r) =>
      child.exitCode === null && child.signalCode === null ? child.once('exit', r) : r(),
    );
    kill('SIGTERM');
    await Promise.race([gone, new Promise((r) => setTimeout(r, 3000))]);
    kill('SIGKILL');
    if (!keep) fs.rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { port, origin: `http://127.0.0.1:${port}`, data, child, stop, output: () => out };
}

export function installVsix(vsix, extensionsDir) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'vscode-cli-'));
  try {
    execFileSync(
      node,
      [
        path.join(vscodeRoot, 'out', 'server-main.js'),
        '--accept-server-license-terms',
        '--server-data-dir',
        data,
        '--extensions-dir',
        extensionsDir,
        '--install-extension',
        vsix,
        '--force',
      ],
      { stdio: 'inherit', env: { ...process.env, EXTENSIONS_GALLERY: NO_GALLERY } },
    );
  } finally {
    fs.rmSync(data, { recursive: true, force: true });
  }
}

/** @param more arguments of Chromium besides those that are always given */
export async function launchBrowser(more = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      ...more,
    ],
  });
}

export function workbenchUrl(server, { folder, extensionDevelopmentPath, extensionTestsPath, openFile, extra = [] }) {
  const remote = (p) => `vscode-remote://127.0.0.1:${server.port}${path.resolve(p)}`;
  const payload = [
    ['skipWelcome', 'true'],
    ['enableProposedApi', ''],
  ];
  for (const p of [extensionDevelopmentPath ?? []].flat()) payload.push(['extensionDevelopmentPath', remote(p)]);
  if (extensionTestsPath) payload.push(['extensionTestsPath', remote(extensionTestsPath)]);
  if (openFile) payload.push(['openFile', remote(openFile)]);
  payload.push(...extra);
  const u = new URL(server.origin);
  u.searchParams.set('folder', path.resolve(folder));
  u.searchParams.set('payload', JSON.stringify(payload));
  return u.href;
}

/** Opens the window of a folder and waits until it is itself: editor, theme. */
export async function openWindow(browser, server, options, viewport = { width: 1440, height: 900 }) {
  const context = await browser.newContext({ viewport, locale: 'en-US', colorScheme: options.colorScheme ?? 'dark' });
  const page = await context.newPage();
  page.on('dialog', (dialog) => dialog.accept().catch(() => {}));
  await page.goto(workbenchUrl(server, options));
  await windowReady(page);
  return page;
}

/**
 * VS Code with the extension of this project, for as long as `use` takes: a server (`startServer` has its options), a browser, and
 * `open(options, viewport)`, which gives windows. If `use` fails, pictures of them are kept.
 */
export async function withVsCode(name, options, use) {
  const pages = [];
  let server, browser;
  try {
    server = await startServer(options);
    browser = await launchBrowser();
    const open = async (windowOptions, viewport) => {
      const page = await openWindow(
        browser,
        server,
        { extensionDevelopmentPath: projectRoot, ...windowOptions },
        viewport,
      );
      page.setDefaultTimeout(60_000);
      pages.push(page);
      return page;
    };
    return await use({ server, open });
  } catch (error) {
    await keepPictures(name, pages);
    throw error;
  } finally {
    await browser?.close().catch(() => {});
    await server?.stop();
  }
}

/** What was on the screen when something failed, in .vscode-test/failure. */
export async function keepPictures(name, pages) {
  const folder = path.join(projectRoot, '.vscode-test', 'failure');
  fs.mkdirSync(folder, { recursive: true });
  for (const [k, page] of pages.entries())
    await page.screenshot({ path: path.join(folder, `${name}-${k}.png`) }).catch(() => {});
}

/** A folder that is there for as long as `use` takes. */
export async function withFolder(name, use) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), `nearsight-${name}-`)));
  try {
    return await use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The colour theme comes from an extension and is applied late: then the window is complete. */
export async function windowReady(page) {
  await page.locator('.monaco-workbench[class*="vscode-theme-defaults-themes-"]').waitFor({ timeout: 90_000 });
}

/** Reloads the window by the command, as VS Code in a browser saves what is open only now and then. */
export async function reloadWindow(page) {
  const reloaded = page.waitForEvent('load');
  await command(page, 'Developer: Reload Window').catch(() => {});
  await reloaded;
  await windowReady(page);
}

/** Runs a command by its title. */
export async function command(page, title) {
  await quickInput(page, '>' + title, title);
}

/** Runs a command that asks something in the same box, and answers with the row that says so. */
export async function commandAsking(page, title, answer) {
  await openQuickInput(page, '>' + title, title);
  await page.keyboard.press('Enter');
  // A new box, without what was written into the old one.
  await page.locator('.quick-input-widget input[type=text].empty').waitFor();
  await chooseRow(page, answer);
}

/** Filters the list that is asked with, as only the rows in view are there, and clicks the row. */
export async function chooseRow(page, answer) {
  await page.locator('.quick-input-widget input[type=text]').fill(answer);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: answer }).first().click();
}

/** F1, type, wait for the row that says so, Enter, wait until the box is gone. */
export async function quickInput(page, text, row) {
  const input = await openQuickInput(page, text, row);
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

/** The box closes when something takes the focus, and what it offers is of the moment when it was opened: each attempt opens it anew. */
async function openQuickInput(page, text, row) {
  const input = page.locator('.quick-input-widget input[type=text]');
  const entry = page.locator('.quick-input-list .monaco-list-row', row ? { hasText: row } : {}).first();
  for (let attempt = 1; ; attempt++) {
    try {
      if (await input.isVisible()) await page.keyboard.press('Escape');
      await input.waitFor({ state: 'hidden', timeout: 5000 });
      await page.keyboard.press('F1');
      await input.waitFor({ timeout: 1500 });
      await input.fill(text, { timeout: 5000 });
      await entry.waitFor({ timeout: 10_000 });
      return input;
    } catch (error) {
      if (attempt === 12) throw error;
    }
  }
}

/** A webview is an iframe (index.html) that holds an iframe (#active-frame, the extension's page). */
export async function webviewFrame(page, selector, milliseconds = 60_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    for (const frame of page.frames()) {
      if (frame.name() !== 'active-frame' && !/fake\.html/.test(frame.url())) continue;
      if (
        await frame
          .locator(selector)
          .count()
          .catch(() => 0)
      )
        return frame;
    }
    if (Date.now() > end) throw new Error('no webview frame has ' + selector);
    await page.waitForTimeout(100);
  }
}
