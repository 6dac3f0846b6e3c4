// A training survives the reload of the window: started by its code lens, the page is reloaded in the middle, and the run
// goes on in the same process with every epoch in its events; the results panel is there again, with its curves.
// Then a short one to its end: a point of its parity plot is clicked, and its structure appears with the atom marked.
// Then a trajectory plays: Space starts it, frames go by, Space stops it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { command, reloadWindow, webviewFrame } from '../../scripts/vscode-web.mjs';
import { openText, runChecks, until } from './checks.mjs';

let pid;
process.on('exit', () => {
  try {
    if (pid) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
});

await runChecks('reload', {
  'a training survives the reload of the window': async ({ page, folder }) => {
    const run = path.join(folder, 'runs', 'train-long', '001');
    const manifest = () => JSON.parse(fs.readFileSync(path.join(run, 'run.json'), 'utf8'));
    const epochs = () =>
      fs
        .readFileSync(path.join(run, 'events.ndjson'), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
        .filter(({ type }) => type === 'epoch')
        .map(({ epoch }) => epoch);
    await openText(page, 'ammonia.potential');
    await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().waitFor({ timeout: 90_000 });
    await command(page, 'Nearsight: Preview Descriptors');
    await webviewFrame(page, '.profile .curve');
    // The second ▶ Train is the one of `train long`.
    const lens = page.locator('.codelens-decoration a', { hasText: 'Train' }).nth(1);
    await lens.waitFor({ timeout: 90_000 });
    await lens.click();
    await until('some epochs', () => epochs().length >= 5);
    pid = manifest().pid;
    await webviewFrame(page, '#panel canvas');

    const before = epochs().length;
    await reloadWindow(page);
    await until('epochs after the reload', () => epochs().length > before + 5);
    assert.equal(manifest().pid, pid, 'the same process goes on');
    assert.equal(manifest().state, 'running');

    const frame = await webviewFrame(page, '#panel canvas');
    await page.locator('.tab', { hasText: 'train long 001' }).waitFor();
    await until('the panel to follow the run', async () =>
      /\brunning\b/i.test(await frame.locator('#panel').innerText()),
    );

    await page.locator('.statusbar-item', { hasText: 'train long' }).waitFor({ timeout: 30_000 });
    await command(page, 'Nearsight: Stop');
    await until('the end', () => manifest().state !== 'running');
    assert.equal(manifest().state, 'stopped');
    const seen = epochs();
    assert.deepEqual(
      seen,
      Array.from({ length: seen.length }, (_, i) => i + 1),
      'every epoch is there, once, in order',
    );
    // So are the descriptors, behind the results.
    const results = page.locator('.tab', { hasText: 'train long 001' });
    await page.locator('.tab', { hasText: 'Descriptors of' }).click();
    await webviewFrame(page, '.profile .curve');
    await results.click();
  },

  'a parity point shows its structure': async ({ page }) => {
    await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().click();
    const results = await webviewFrame(page, 'text=Finished', 180_000);
    const points = results.locator('.parity-card:visible .plot-parity .plot-input').last();
    await points.scrollIntoViewIfNeeded();
    const structure = results.locator('section.structure');
    await until('the structure of a point', async () => {
      // The middle of the diagonal: there are points there, once the panel has come to rest.
      const box = await points.boundingBox();
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await page.waitForTimeout(1000);
      return /Frame \d+ · ammonia\.xyz[\s\S]*force on [HN] \d[\s\S]*reference/.test(await structure.innerText());
    });
    assert.ok((await structure.locator('canvas').count()) > 0);
  },

  'a trajectory plays and stops': async ({ page }) => {
    await openText(page, 'ammonia.xyz');
    await command(page, 'Nearsight: Open Trajectory');
    const viewer = await webviewFrame(page, '.timeline');
    const slider = viewer.locator('input[aria-label="Frame"]');
    await until('the first frame', async () => Number(await slider.getAttribute('max')) > 10);
    const shown = async () => Number(await slider.inputValue());
    const first = await shown();
    await viewer.locator('.timeline button[aria-label^="Play"]').focus();
    await page.keyboard.press('Space');
    await until('frames to go by', async () => (await shown()) > first + 3, 30_000);
    await page.keyboard.press('Space');
    await page.waitForTimeout(500);
    const stopped = await shown();
    await page.waitForTimeout(1000);
    assert.equal(await shown(), stopped, 'Space stops it');
  },
});
