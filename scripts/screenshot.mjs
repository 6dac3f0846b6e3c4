// Drives the extension in VS Code as a person would, and saves what is on the screen.
//   node scripts/screenshot.mjs [OUT-DIR] [--vsix dist/nearsight.vsix] [--theme dark|light|contrast]... [--workspace DIR]
// Without --theme: everything in dark, the main pictures also in light and high contrast.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  command,
  installVsix,
  launchBrowser,
  openWindow,
  projectRoot,
  quickInput,
  startServer,
  webviewFrame,
} from './vscode-web.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    vsix: { type: 'string' },
    theme: { type: 'string', multiple: true, default: ['dark', 'light', 'contrast'] },
    workspace: { type: 'string', default: path.join(projectRoot, 'test', 'fixtures', 'workspace') },
  },
});
const out = path.resolve(positionals[0] ?? path.join(projectRoot, '.vscode-test', 'screenshots'));
fs.mkdirSync(out, { recursive: true });
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern', contrast: 'Default High Contrast' };
const started = Date.now();
const log = (text) => console.log(`[${((Date.now() - started) / 1000).toFixed(1)} s] ${text}`);

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'nearsight-shot-'));
let server, browser, extensionsDir;
let code = 0;
try {
  if (options.vsix) {
    extensionsDir = path.join(scratch, 'extensions');
    fs.mkdirSync(extensionsDir);
    installVsix(path.resolve(options.vsix), extensionsDir);
  }
  // One folder for all themes: the first trains and simulates, the others show what is there.
  const folder = path.join(scratch, 'ammonia');
  fs.cpSync(options.workspace, folder, { recursive: true });
  browser = await launchBrowser();
  for (const theme of options.theme) {
    server = await startServer({ extensionsDir, userSettings: { 'workbench.colorTheme': themes[theme] } });
    const page = await openWindow(browser, server, {
      folder,
      extensionDevelopmentPath: options.vsix ? [] : projectRoot,
      openFile: path.join(folder, 'ammonia.potential'),
      colorScheme: theme === 'light' ? 'light' : 'dark',
    });
    page.setDefaultTimeout(120_000); // the machine may be busy with other things
    const shot = async (name) => {
      await page.waitForTimeout(700);
      await page.screenshot({ path: path.join(out, `${theme}-${name}.png`) });
      log(`${theme}-${name}.png`);
    };
    try {
      await take(page, shot, folder, theme === options.theme[0]);
    } catch (error) {
      await shot('failure');
      throw error;
    }
    await page.context().close();
    await server.stop();
    server = undefined;
  }
} catch (error) {
  code = 1;
  console.error(error);
} finally {
  await browser?.close().catch(() => {});
  await server?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
}
process.exit(code);

async function take(page, shot, folder, first) {
  const lenses = page.locator('.codelens-decoration a', { hasText: /Train|Run/ });
  await lenses.first().waitFor({ timeout: 90_000 });
  if (first) {
    await shot('1-editor');

    await openFile(page, 'wrong.potential');
    const squiggle = page.locator('.squiggly-error').first();
    await squiggle.waitFor({ timeout: 180_000 });
    await quickInput(page, ':3:13');
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget').first().waitFor();
    await shot('2-diagnostic-with-quick-fix');
    await page.keyboard.press('Escape');

    await quickInput(page, ':3:99');
    await page.locator('.monaco-editor.focused').first().waitFor();
    await page.keyboard.press('Enter');
    const suggestion = page.locator('.suggest-widget.visible .monaco-list-row').first();
    // A chord now and then gets lost while the editor is busy.
    for (let i = 0; i < 5 && !(await suggestion.isVisible()); i++) {
      await page.waitForTimeout(500);
      await page.keyboard.press('Control+Space');
      await suggestion.waitFor({ timeout: 5000 }).catch(() => {});
    }
    await page.waitForTimeout(500);
    await shot('3-completion');
    await page.keyboard.press('Escape');
    await command(page, 'File: Revert File');
    await command(page, 'View: Close Editor');
    await openFile(page, 'ammonia.potential');
    await lenses.nth(1).waitFor();
  }
  await command(page, 'Nearsight: Focus on Runs View');
  if (first) {
    await lenses.nth(1).click();
    await webviewFrame(page, '#panel canvas');
    await page.waitForTimeout(9000);
    await shot('4-training');
    await command(page, 'Nearsight: Stop');
    await page.locator('.statusbar-item', { hasText: 'train long' }).waitFor({ state: 'hidden', timeout: 180_000 });
    await command(page, 'View: Close All Editors');
    await openFile(page, 'ammonia.potential');
    await lenses.first().click();
    await page.locator('.statusbar-item', { hasText: 'train quick' }).waitFor({ timeout: 180_000 });
    await page.locator('.statusbar-item', { hasText: 'train quick' }).waitFor({ state: 'hidden', timeout: 300_000 });
  } else {
    const link = page.locator('.codelens-decoration a', { hasText: 'Results' }).first();
    await link.waitFor();
    await link.click();
  }
  const results = await webviewFrame(page, '#panel canvas');
  await shot('5-results');
  await command(page, 'View: Toggle Primary Side Bar Visibility');
  await page.locator('.tab', { hasText: 'train quick' }).click();
  await command(page, 'View: Toggle Maximize Editor Group');
  await page.waitForTimeout(1000);
  await shot('6-results-wide');
  await clickParity(page, results);
  await shot('7-parity-and-structure');

  await command(page, 'View: Close All Editors');
  await openFile(page, 'ammonia.xyz');
  await command(page, 'Nearsight: Open Trajectory');
  await webviewFrame(page, '#panel canvas');
  await page.waitForTimeout(1500);
  await shot('8-trajectory');
}

/** Clicks the middle of the diagonal of the parity plot that is shown: there are points there. */
async function clickParity(page, frame) {
  const canvas = frame.locator('.parity-card:visible .plot-parity .plot-input').last();
  await canvas.scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  const box = await canvas.boundingBox();
  await page.mouse.click(box.x + box.width * 0.5, box.y + box.height * 0.5);
  await page.waitForTimeout(1500);
}

async function openFile(page, name) {
  await quickInput(page, name, name);
  await page.locator('.tab.active', { hasText: name }).waitFor();
}
