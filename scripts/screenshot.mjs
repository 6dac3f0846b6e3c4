// Opens the sample in VS Code, shows diagnostics, completion and the WebGL webview, and saves PNGs.
// Usage: node scripts/screenshot.mjs [out-dir] [--vsix dist/nearsight.vsix]
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installVsix, launchBrowser, projectRoot, startServer, workbenchUrl } from './vscode-web.mjs';

const argv = process.argv.slice(2);
const vsix = argv.includes('--vsix') ? path.resolve(argv.splice(argv.indexOf('--vsix'), 2)[1]) : undefined;
const out = path.resolve(argv[0] ?? path.join(projectRoot, '.vscode-test', 'screenshots'));
fs.mkdirSync(out, { recursive: true });
const t0 = Date.now();
const log = (s) => console.log(`[${((Date.now() - t0) / 1000).toFixed(1)}s] ${s}`);

const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'nearsight-shot-'));
const work = path.join(tmp, 'demo'); // a fixed name: it shows in the title bar
fs.cpSync(path.join(projectRoot, 'test', 'fixtures', 'workspace'), work, { recursive: true });
let server,
  browser,
  extensionsDir,
  rc = 0;
try {
  if (vsix) {
    extensionsDir = fs.mkdtempSync(path.join(os.tmpdir(), 'nearsight-ext-'));
    installVsix(vsix, extensionsDir);
    log('vsix installed');
  }
  server = await startServer({ extensionsDir });
  browser = await launchBrowser();
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })).newPage();
  page.on('dialog', (d) => d.accept().catch(() => {}));
  await page.goto(
    workbenchUrl(server, {
      folder: work,
      extensionDevelopmentPath: vsix ? [] : projectRoot,
      openFile: path.join(work, 'a.smp'),
    }),
  );
  await page.locator('.monaco-workbench .part.editor .monaco-editor .view-lines').first().waitFor({ timeout: 60_000 });
  log('editor visible');
  await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 });
  log('diagnostic squiggle visible');
  // the colour theme comes from an extension, so it is applied late; until then VS Code shows a plain light theme
  await page.locator('.monaco-workbench[class*="vscode-theme-defaults-themes-"]').waitFor({ timeout: 60_000 });
  log(
    'theme: ' +
      /vscode-theme-defaults-themes-(\S+)/.exec(await page.locator('.monaco-workbench').getAttribute('class'))[1],
  );
  await command(page, 'View: Focus Problems'); // opens the Problems panel
  await page.locator('.markers-panel .monaco-list-row').first().waitFor();
  await page.screenshot({ path: path.join(out, '1-diagnostics.png') });

  await command(page, 'View: Focus Active Editor Group');
  await page.locator('.monaco-editor.focused').first().waitFor(); // keys pressed earlier would be lost
  await quickInput(page, ':4'); // go to line; key chords such as Control+End now and then get lost under load
  await page.locator('.monaco-editor.focused').first().waitFor();
  await page.keyboard.press('Control+Space');
  const row = page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'sphere' });
  await row.first().waitFor({ timeout: 20_000 });
  await page.waitForTimeout(300);
  await page.screenshot({ path: path.join(out, '2-completion.png') });
  await page.keyboard.press('Escape');

  await command(page, 'SMP: Show Sphere');
  const frame = await webviewFrame(page, '#status');
  await frame.locator('#status', { hasText: /webgl2=|failed/ }).waitFor({ timeout: 30_000 });
  log('webview: ' + (await frame.locator('#status').textContent()));
  await page.waitForTimeout(500);
  await page.screenshot({ path: path.join(out, '3-webview.png') });
  await frame.locator('canvas').screenshot({ path: path.join(out, '4-canvas.png') });
  log('screenshots in ' + out);
} catch (e) {
  rc = 1;
  console.error(e);
  await browser
    ?.contexts()[0]
    ?.pages()[0]
    ?.screenshot({ path: path.join(out, 'failure.png') })
    .catch(() => {});
} finally {
  await browser?.close().catch(() => {});
  await server?.stop();
  for (const d of [tmp, extensionsDir]) if (d) fs.rmSync(d, { recursive: true, force: true });
}
process.exit(rc);

async function command(page, title) {
  await quickInput(page, '>' + title, title);
}

// F1, type, wait for the row that says so, Enter, wait until the box is gone
async function quickInput(page, text, row) {
  const input = page.locator('.quick-input-widget input[type=text]');
  for (let i = 0; i < 5 && !(await input.isVisible()); i++) {
    await page.keyboard.press('F1');
    await input.waitFor({ state: 'visible', timeout: 3000 }).catch(() => {});
  }
  await input.fill(text);
  await page
    .locator('.quick-input-list .monaco-list-row', row ? { hasText: row } : {})
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

// A webview is an iframe (index.html) holding an iframe (#active-frame, the extension's html).
async function webviewFrame(page, selector, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    for (const f of page.frames()) {
      if (f.name() !== 'active-frame' && !/fake\.html/.test(f.url())) continue;
      if (
        await f
          .locator(selector)
          .count()
          .catch(() => 0)
      )
        return f;
    }
    if (Date.now() > end) throw new Error('no webview frame has ' + selector);
    await page.waitForTimeout(100);
  }
}
