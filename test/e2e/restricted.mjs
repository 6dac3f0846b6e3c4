// Restricted Mode, in a real VS Code: what is written is checked and what is there is shown, but nothing is run, and the way out
// of it is told. Once the folder is trusted, the same button trains.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { command, webviewFrame } from '../../scripts/vscode-web.mjs';
import { openText, runChecks } from './checks.mjs';

/** Commands with “Run” in their title that the palette has; one of them is there in any case. */
async function offered(page) {
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

async function train(page) {
  const lens = page.locator('.codelens-decoration a', { hasText: 'Train' }).first();
  await lens.waitFor({ timeout: 90_000 });
  await lens.click();
}

await runChecks(
  'restricted',
  {
    'the window is in Restricted Mode, and Runs says that jobs need trust': async ({ page }) => {
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ timeout: 60_000 });
      await command(page, 'Nearsight: Focus on Runs View');
      await page.locator('.welcome-view', { hasText: 'Jobs run in trusted workspaces only' }).waitFor();
    },
    'a definition is checked': async ({ page }) => {
      await openText(page, 'wrong.potential');
      await page.locator('.squiggly-error').first().waitFor({ timeout: 90_000 });
    },
    'a trajectory is shown': async ({ page }) => {
      await openText(page, 'ammonia.xyz');
      await command(page, 'Nearsight: Open Trajectory');
      const viewer = await webviewFrame(page, '.timeline');
      await viewer.locator('input[aria-label="Frame"]').waitFor();
    },
    'Train trains nothing and says why': async ({ page, folder }) => {
      await openText(page, 'ammonia.potential');
      await train(page);
      await page.locator('.notification-toast', { hasText: 'trusted workspaces only' }).waitFor();
      assert.ok(!fs.existsSync(path.join(folder, 'runs')), 'nothing is written');
    },
    'commands that run jobs are not offered': async ({ page }) => {
      assert.ok(!(await offered(page)).includes('Nearsight: Run…'));
    },
    'once it is trusted, it trains': async ({ page }) => {
      await page.locator('.notification-toast a', { hasText: 'Manage Workspace Trust' }).click();
      await page.locator('.workspace-trust-editor').waitFor();
      await page.locator('.workspace-trust-editor a.monaco-button', { hasText: 'Trust' }).first().click();
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'hidden' });
      await openText(page, 'ammonia.potential');
      await train(page);
      await webviewFrame(page, 'text=Finished', 180_000);
      assert.ok((await offered(page)).includes('Nearsight: Run…'));
    },
  },
  { asksForTrust: true },
);
