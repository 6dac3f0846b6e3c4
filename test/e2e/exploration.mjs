// The results of an exploration, driven as a person would. Run by webview.mjs.
import assert from 'node:assert/strict';
import { inked, until } from './webview-page.mjs';

export const explorationTests = (pages, shoot) => {
  const folder = '/home/ada/runs/explore-liquid/001';
  const openExploration = async (options = {}) => {
    const opened = await pages.open('results', { width: 1280, height: 1000, ...options });
    await opened.page.evaluate((where) => {
      const { host } = window;
      const results = { trigger: 0.15, reject: 1, trajectory: 'trajectory.xyz' };
      const manifest = host.manifest('explore', { label: 'liquid', state: 'running', results });
      host.notify('run', { manifest, state: 'running', folder: where });
      host.notify('events', { events: host.exploration(), reset: true });
    }, folder);
    await opened.page.locator('.rounds-card tbody tr').first().waitFor();
    return opened;
  };
  const opened = (page) =>
    page.evaluate(() => window.host.received.findLast(({ method }) => method === 'openTrajectory')?.parameters);

  return {
    'an exploration tells where it paused, and opens what was labelled': async () => {
      const { page, errors, close } = await openExploration();
      await until(page, () => document.querySelector('.progress-text').textContent.startsWith('round 3 · step 3'));
      assert.ok((await inked(page, '.plot-timeline .plot-layer:not(.plot-input)')) > 3000);
      const rows = (await page.locator('.rounds-card tbody tr').allInnerTexts()).map((text) => text.split('\t'));
      assert.deepEqual(
        rows.map(([round, , atom, disagreement, labelled, , training]) => [
          round,
          atom,
          disagreement,
          labelled,
          training,
        ]),
        [
          ['3', '5', '0.190', '4', 'taken'],
          ['2', '4', '1.30 rejected', '4', 'worse, not taken'],
          ['1', '3', '0.240', '4', 'taken'],
        ],
      );
      await shoot(page, 'exploration-dark');

      // By keys to the second mark of the timeline: the first structure of that round.
      await page.locator('.plot-timeline .plot-input').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await until(page, () =>
        /round 2, step 650, atom 4: 1\.30 eV/.test(document.querySelector('[role=status]').textContent),
      );
      await page.keyboard.press('Enter');
      assert.deepEqual(await opened(page), { file: `${folder}/labelled.xyz`, frame: 4 });
      await page.locator('.plot-errors .plot-input').focus();
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Enter');
      assert.deepEqual(await opened(page), { file: `${folder}/labelled.xyz`, frame: 11 });
      await page.locator('.rounds-card tbody tr').last().getByRole('button').click();
      assert.deepEqual(await opened(page), { file: `${folder}/labelled.xyz`, frame: 0 });
      assert.deepEqual(errors, []);
      await close();
    },

    'an exploration is pointed at with the mouse, and saved': async () => {
      const { page, errors, close } = await openExploration({ theme: 'vscode-light' });
      const plot = page.locator('.plot-timeline .plot-input');
      assert.match(await plot.getAttribute('aria-label'), /over 3.950 steps: it paused 3 times, 1 of them beyond/);
      const box = await plot.boundingBox();
      let hit = false;
      for (let x = box.x + 60; x < box.x + box.width && !hit; x += 6)
        for (let y = box.y + 10; y < box.y + box.height / 2 && !hit; y += 6) {
          await page.mouse.move(x, y);
          hit = (await page.locator('.plot-timeline .plot-input.over-point').count()) > 0;
        }
      assert.match(await page.locator('.plot-timeline .tooltip').innerText(), /^round \d, step/);
      await shoot(page, 'exploration-light');
      await page.getByRole('button', { name: 'Save Errors of the forces as CSV' }).click();
      const csv = await until(page, () => window.host.received.find(({ method }) => method === 'saveFile')?.parameters);
      assert.equal(csv.content.trimEnd().split('\n').length, 13);
      await page.getByRole('button', { name: 'Save Disagreement as SVG' }).click();
      const svg = await until(page, () =>
        window.host.received.find(
          ({ method, parameters }) => method === 'saveFile' && parameters.name.endsWith('.svg'),
        ),
      );
      assert.match(svg.parameters.content, /trigger/);
      assert.deepEqual(errors, []);
      await close();
    },
  };
};
