// Restricted Mode, in a real VS Code: what is written is checked and what is there is shown, but nothing is run, and the way out
// of it is told. Once the folder is trusted, the same button trains.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  command,
  launchBrowser,
  openWindow,
  projectRoot,
  quickInput,
  startServer,
  webviewFrame,
} from '../../scripts/vscode-web.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nearsight-restricted-'));
fs.cpSync(path.join(projectRoot, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
const runs = path.join(folder, 'runs');
let server, browser, page;

const checks = {
  'the window is in Restricted Mode, and Runs says that jobs need trust': async () => {
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ timeout: 60_000 });
    await command(page, 'Nearsight: Focus on Runs View');
    await page.locator('.welcome-view', { hasText: 'Jobs run in trusted workspaces only' }).waitFor();
  },
  'a definition is checked': async () => {
    await openFile('wrong.potential');
    await page.locator('.squiggly-error').first().waitFor({ timeout: 90_000 });
  },
  'a trajectory is shown': async () => {
    await openFile('ammonia.xyz');
    await command(page, 'Nearsight: Open Trajectory');
    const viewer = await webviewFrame(page, '.timeline');
    await viewer.locator('input[aria-label="Frame"]').waitFor();
  },
  'Train trains nothing and says why': async () => {
    await openFile('ammonia.potential');
    await train();
    await page.locator('.notification-toast', { hasText: 'trusted workspaces only' }).waitFor();
    assert.ok(!fs.existsSync(runs), 'nothing is written');
  },
  'commands that run jobs are not offered': async () => {
    assert.ok(!(await offered()).includes('Nearsight: Run…'));
  },
  'once it is trusted, it trains': async () => {
    await page.locator('.notification-toast a', { hasText: 'Manage Workspace Trust' }).click();
    await page.locator('.workspace-trust-editor').waitFor();
    await page.locator('.workspace-trust-editor a.monaco-button', { hasText: 'Trust' }).first().click();
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'hidden' });
    await openFile('ammonia.potential');
    await train();
    await webviewFrame(page, 'text=Finished', 180_000);
    assert.ok((await offered()).includes('Nearsight: Run…'));
  },
};

async function openFile(name) {
  await quickInput(page, name, name);
  await page.locator('.tab.active', { hasText: name }).waitFor();
}

/** Commands with “Run” in their title that the palette has; one of them is there in any case. */
async function offered() {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input[type=text]');
  await input.fill('>Nearsight: Run');
  const names = page.locator('.quick-input-list .monaco-list-row .label-name');
  await names.filter({ hasText: 'Refresh Runs' }).waitFor();
  const found = await names.allInnerTexts();
  await page.keyboard.press('Escape');
  await input.waitFor({ state: 'hidden' });
  return found;
}

async function train() {
  const lens = page.locator('.codelens-decoration a', { hasText: 'Train' }).first();
  await lens.waitFor({ timeout: 90_000 });
  await lens.click();
}

let passed = 0;
try {
  server = await startServer({ asksForTrust: true });
  browser = await launchBrowser();
  page = await openWindow(browser, server, { folder, extensionDevelopmentPath: projectRoot });
  for (const [name, check] of Object.entries(checks)) {
    await check();
    console.log(`✓ ${name}`);
    passed++;
  }
} catch (error) {
  console.error(error);
  const shots = path.join(projectRoot, '.vscode-test', 'failure');
  fs.mkdirSync(shots, { recursive: true });
  await page?.screenshot({ path: path.join(shots, 'restricted.png') }).catch(() => {});
} finally {
  await browser?.close().catch(() => {});
  await server?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
}
const failed = Object.keys(checks).length - passed;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
