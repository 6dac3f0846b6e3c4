// One structure in several views: what is pointed at in one is seen in the others; panels that were hidden meanwhile.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { command } from '../../../scripts/vscode-web.mjs';
import { until } from '../checks.mjs';
import { look, untilFrame } from './workbench.mjs';

export const linkingTests = {
  'a file behind a symbolic link is the file': async (tools) => {
    const { page, file, openResults, openTrajectory, panel } = tools;
    fs.symlinkSync(file('ammonia.xyz'), file('linked.xyz'));
    const results = await openResults();
    const pointed = (of, frame) => of.locator('.pointed-words', { hasText: `Frame ${frame} of ammonia.xyz` }).waitFor();
    await command(page, 'View: Focus First Editor Group');
    const viewer = await openTrajectory('linked.xyz');
    await untilFrame(viewer, 0);
    // From the viewer to the plots, and back.
    await page.keyboard.press('ArrowRight');
    await untilFrame(viewer, 1);
    await pointed(results, 1);
    const worst = results.locator('.worst tbody tr').first();
    const frame = Number(/\d+/.exec(await worst.innerText())[0]);
    await worst.locator('button').click();
    await untilFrame(viewer, frame);
    // From its text, which covers the results, to both. A frame has six lines.
    await command(page, 'View: Focus First Editor Group');
    await viewer.locator('[aria-label^="Open the text of this frame"]').click();
    await page.locator('.statusbar-item', { hasText: `Ln ${6 * frame + 1},` }).waitFor();
    await page.keyboard.press('Control+Home');
    for (let line = 0; line < 13; line++) await page.keyboard.press('ArrowDown');
    await untilFrame(viewer, 2);
    // What the viewer goes to is marked in the text, and revealed there.
    await viewer.locator('input[aria-label="Frame"]').fill('40');
    await page.locator('.margin-view-overlays .line-numbers', { hasText: `${6 * 40 + 1}` }).waitFor();
    await until(
      'six marked lines',
      async () => (await page.locator('.view-overlays .cdr[class*="ced-"]').count()) === 6,
    );
    await page.locator('.tab', { hasText: 'train quick' }).click();
    await pointed(await panel('.parity-grid'), 40);
    fs.rmSync(file('linked.xyz'));
  },

  'results that were made behind another tab are there when one looks': async (tools) => {
    const { page, file, openText, panel } = tools;
    await openText('ammonia.potential');
    const runs = file('runs/train-quick');
    const before = fs.readdirSync(runs);
    await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().click();
    await panel('.progress-text');
    const tab = page.locator('.tab', { hasText: 'train quick' });
    await tab.click();
    await openText('salt.xyz');
    await until('the panel to be hidden', async () => !(await tab.getAttribute('class')).includes('active'));
    const run = await until('a new run', () => fs.readdirSync(runs).find((each) => !before.includes(each)));
    const manifest = path.join(runs, run, 'run.json');
    await until('the training to end', () => JSON.parse(fs.readFileSync(manifest, 'utf8')).state === 'finished');
    await tab.click();
    const results = await panel('.parity-grid');
    await results.locator('.chip', { hasText: 'Finished' }).waitFor();
    const { covered } = await look(results.locator('.chart').first());
    assert.ok(covered > 500, `${covered} pixels of the curves are drawn on`);
    await results.locator('.worst tbody tr button').first().click();
    const structure = results.locator('section.structure');
    await structure.locator('.facts', { hasText: 'reference' }).waitFor();
    await until('atoms on the screen', async () => (await look(structure.locator('.viewer-canvas'))).covered > 500);
    fs.rmSync(path.join(runs, run), { recursive: true });
  },
};
