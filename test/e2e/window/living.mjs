// How the panels live in their window: reloads, themes, keys, graphics cards.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { command, reloadWindow } from '../../../scripts/vscode-web.mjs';
import { until } from '../checks.mjs';
import { frameOf, look, untilFrame, untilOther } from './workbench.mjs';

const canvasOf = (viewer) => viewer.locator('.viewer-canvas');

export const livingTests = {
  'the keyboard is enough: open, step, play, look along an axis, read the keys': async ({ page, openTrajectory }) => {
    const viewer = await openTrajectory('salt.xyz');
    await untilFrame(viewer, 0);
    await page.keyboard.press('ArrowRight');
    await untilFrame(viewer, 1);
    await page.keyboard.press('End');
    await untilFrame(viewer, 11);
    await page.keyboard.press('Home');
    await untilFrame(viewer, 0);
    await page.keyboard.press('Space');
    await until('frames to go by', async () => (await frameOf(viewer)) > 2);
    await page.keyboard.press('Space');
    const before = await look(canvasOf(viewer));
    await page.keyboard.press('1');
    await untilOther('another side', canvasOf(viewer), before);
    await page.keyboard.press('?');
    await viewer.locator('.viewer-keys', { hasText: 'play or pause' }).waitFor();
    await page.keyboard.press('Escape');
    await viewer.locator('.viewer-keys').waitFor({ state: 'hidden' });
  },

  'points are chosen and selected by keys': async ({ page, openResults }) => {
    const results = await openResults();
    const plot = results.locator('.parity-card.force .plot-parity .plot-input');
    await plot.scrollIntoViewIfNeeded();
    await plot.focus();
    await page.keyboard.press('n');
    await results.locator('section.structure h3', { hasText: /^Frame \d+/ }).waitFor();
    await page.keyboard.press('a');
    await results.locator('.selection-words', { hasText: '600 force components of 50 structures' }).waitFor();
    await page.keyboard.press('Escape');
    await results.locator('.selection-bar').waitFor({ state: 'hidden' });
  },

  'a reloaded window shows what it showed: results and, beside them, a viewer': async (tools) => {
    const { page, openResults, openTrajectory, panel, viewer, file, saved, untilRestored } = tools;
    /** The picture as it is saved: with the camera, without what the mouse does. */
    const picture = async (of) => {
      await of.locator('button[aria-label^="Save as PNG"]').click();
      const bytes = await saved('/ammonia-8.png', (each) => each.includes('IEND'));
      fs.rmSync(file('ammonia-8.png'));
      return bytes;
    };
    const residual = (results) => results.getByRole('radio', { name: 'residual' }).first();
    await residual(await openResults()).click();
    await command(page, 'View: Focus First Editor Group');
    const before = await openTrajectory('ammonia.xyz');
    await untilFrame(before, 0);
    // The view is fitted to frame 7; frame 8 lies well enough in it.
    for (let frame = 1; frame <= 8; frame++) {
      await page.keyboard.press('ArrowRight');
      await untilFrame(before, frame);
    }
    await page.keyboard.press('2');
    // Another check may have left it so: a file is shown as it was.
    if (await before.locator('button[aria-label^="Space-filling"]').isVisible()) await page.keyboard.press('b');
    const { x, y, width, height } = await canvasOf(before).boundingBox();
    const measured = before.locator('.viewer-measurement');
    await until('an atom to be selected', async () => {
      await page.mouse.click(x + width / 2, y + height / 2);
      return (await measured.innerText()) !== '';
    });
    const selected = await measured.innerText();
    await page.keyboard.press('d');
    const seen = await picture(before);
    await reloadWindow(page);
    await untilRestored('ammonia.xyz', 'ammonia.potential');
    const after = await viewer();
    await untilFrame(after, 8);
    assert.equal(await after.locator('.viewer-measurement').innerText(), selected);
    assert.ok((await picture(after)).equals(seen), 'the same picture');
    const results = await panel('.parity-grid');
    await results.locator('.worst tbody tr').first().waitFor();
    assert.ok(await residual(results).isChecked());
  },

  'another theme changes the colours of what is open': async ({ page, openTrajectory }) => {
    const viewer = await openTrajectory('salt.xyz');
    await untilFrame(viewer, 0);
    const toggle = () => command(page, 'Preferences: Toggle between Light/Dark Themes');
    const dark = await look(canvasOf(viewer));
    await toggle();
    const contrast = await untilOther('high contrast', canvasOf(viewer), dark, ({ background }) => background[0] === 0);
    await toggle();
    await untilOther('light high contrast', canvasOf(viewer), contrast, ({ background }) => background[0] === 255);
  },

  'without WebGL the panel explains, and the plots work': async ({ workbench }) => {
    const { page, openTrajectory, openResults } = await workbench.window({ browserArguments: ['--disable-3d-apis'] });
    const viewer = await openTrajectory('salt.xyz');
    await viewer.locator('.viewer-message', { hasText: 'needs WebGL 2' }).waitFor();
    await untilFrame(viewer, 0);
    await viewer.locator('button[aria-label^="Next frame"]').click();
    await untilFrame(viewer, 1);
    await until('the strip', async () => (await look(viewer.locator('.strip-canvas'))).covered > 300);
    const results = await openResults();
    await results.locator('.worst tbody tr button').first().click();
    await results.locator('section.structure .facts', { hasText: 'reference' }).waitFor();
    await results.locator('section.structure .viewer-message', { hasText: 'needs WebGL 2' }).waitFor();
    const { covered } = await look(results.locator('.parity-card.force .plot-parity'));
    assert.ok(covered > 1000, `${covered} pixels of the plot are drawn on`);
    await page.context().close();
  },
};
