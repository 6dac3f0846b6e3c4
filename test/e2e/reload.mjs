// A training survives the reload of the window: started by its code lens, the page is reloaded in the middle, and the run
// goes on in the same process with every epoch in its events; the results panel is there again, with its curves.
// Then a short one to its end: a point of its parity plot is clicked, and its structure appears with the atom marked.
// Then a trajectory plays: Space starts it, frames go by, Space stops it.
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
  windowReady,
} from '../../scripts/vscode-web.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nearsight-reload-'));
fs.cpSync(path.join(projectRoot, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
const run = path.join(fs.realpathSync(folder), 'runs', 'train-long', '001');
const started = Date.now();
const say = (text) => console.log(`[reload ${((Date.now() - started) / 1000).toFixed(1)} s] ${text}`);

const manifest = () => JSON.parse(fs.readFileSync(path.join(run, 'run.json'), 'utf8'));
const epochs = () =>
  fs
    .readFileSync(path.join(run, 'events.ndjson'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'epoch')
    .map(({ epoch }) => epoch);

async function until(what, look, milliseconds = 120_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      if (await look()) return;
    } catch {
      // not there yet
    }
    if (Date.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

let server, browser, page, pid;
const CHECKS = 3;
let passed = 0;
try {
  server = await startServer();
  browser = await launchBrowser();
  // No file in the address: with one, VS Code opens that instead of what was open before.
  page = await openWindow(browser, server, { folder, extensionDevelopmentPath: projectRoot });
  await quickInput(page, 'ammonia.potential', 'ammonia.potential');
  // The second ▶ Train is the one of `train long`.
  const lens = page.locator('.codelens-decoration a', { hasText: 'Train' }).nth(1);
  await lens.waitFor({ timeout: 90_000 });
  await lens.click();
  await until('some epochs', () => epochs().length >= 5);
  pid = manifest().pid;
  await webviewFrame(page, '#panel canvas');
  say(`epoch ${epochs().length} in process ${pid}, with curves on the screen; reloading the window`);

  const before = epochs().length;
  // The command, not the browser's button: VS Code in a browser saves what is open only now and then.
  const reloaded = page.waitForEvent('load', { timeout: 60_000 });
  await command(page, 'Developer: Reload Window').catch(() => {});
  await reloaded;
  await windowReady(page);
  await until('epochs after the reload', () => epochs().length > before + 5);
  assert.equal(manifest().pid, pid, 'the same process goes on');
  assert.equal(manifest().state, 'running');
  say(`epoch ${epochs().length} after the reload`);

  const frame = await webviewFrame(page, '#panel canvas');
  await page.locator('.tab', { hasText: 'train long 001' }).waitFor();
  await until('the panel to follow the run', async () =>
    /\brunning\b/i.test(await frame.locator('#panel').innerText()),
  );
  say('the panel is there again and follows');

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
  say(`stopped after epoch ${seen.length}: every epoch is there`);
  passed++;

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
  say('a parity point has shown its structure');
  passed++;

  await quickInput(page, 'ammonia.xyz', 'ammonia.xyz');
  await page.locator('.tab.active', { hasText: 'ammonia.xyz' }).waitFor({ timeout: 30_000 });
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
  say(`the trajectory has played from frame ${first} to ${stopped}`);
  passed++;
} catch (error) {
  console.error(error);
  const shots = path.join(projectRoot, '.vscode-test', 'failure');
  fs.mkdirSync(shots, { recursive: true });
  await page?.screenshot({ path: path.join(shots, 'reload.png') }).catch(() => {});
} finally {
  await browser?.close().catch(() => {});
  await server?.stop();
  try {
    if (pid) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${CHECKS - passed} failed`);
process.exit(passed === CHECKS ? 0 : 1);
