// Ways into the trajectory viewer, and what it reads.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { command, commandAsking } from '../../../scripts/vscode-web.mjs';
import { extendedXyz, FORMATS, FRAMES, LARGE_FRAMES } from './structure-files.mjs';
import { until } from '../checks.mjs';
import { look, untilFrame, untilOther } from './workbench.mjs';

const slider = (viewer) => viewer.locator('input[aria-label="Frame"]');
/** Waits until the viewer knows the whole file, and has drawn a structure. */
async function complete(viewer, frames) {
  await until(`${frames} frames`, async () => Number(await slider(viewer).getAttribute('max')) === frames - 1);
  await untilFrame(viewer, 0);
}

/** How many things a line from the middle towards the hydrogen of water, seen along z, goes through. */
async function stretchesFromMiddle(canvas) {
  const { png } = await look(canvas);
  return canvas.page().evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (each) => each.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const [x, y] = [image.width / 2, image.height / 2];
    const pixel = (right, up) => [...context.getImageData(Math.round(x + right), Math.round(y - up), 1, 1).data];
    // There is nothing half way to the left.
    const background = pixel(-x / 2, 0);
    let stretches = 0;
    let was = false;
    for (let r = 0; r < 0.4 * y; r++) {
      const color = pixel(0.791 * r, 0.612 * r);
      const is = color.reduce((sum, each, k) => sum + Math.abs(each - background[k]), 0) >= 30;
      if (is && !was) stretches++;
      was = is;
    }
    return stretches;
  }, png);
}

export const openingTests = {
  'a command opens a file of frames, with atoms on the screen': async ({ page, openText, viewer: inFront }) => {
    await openText('salt.xyz');
    await command(page, 'Nearsight: Open Trajectory');
    const viewer = await inFront();
    await complete(viewer, FRAMES);
    assert.match(await viewer.locator('.viewer-facts').innerText(), /8 atoms · .*Na/);
    const { covered } = await look(viewer.locator('.viewer-canvas'));
    assert.ok(covered > 3000, `${covered} pixels are drawn on`);
  },

  'a YAML file is opened by what is in it': async ({ page, openText, viewer: inFront, clear }) => {
    for (const [name, frames] of [
      ['salt.yml', FRAMES],
      ['large.yml', LARGE_FRAMES],
    ]) {
      await openText(name);
      await command(page, 'Nearsight: Open Trajectory');
      const viewer = await inFront();
      await complete(viewer, frames);
      assert.match(await viewer.locator('.viewer-facts').innerText(), /8 atoms · .*Na/);
      await clear();
    }
  },

  'the context menu of the explorer opens it': async ({ page, viewer }) => {
    await command(page, 'View: Show Explorer');
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'salt.dump' }).click({ button: 'right' });
    const entry = page.locator('.monaco-menu .action-label', { hasText: 'Open Trajectory' });
    await entry.waitFor();
    // A menu takes no clicks in its first moments.
    await until('the menu to take a click', async () => {
      if (await entry.isVisible()) await entry.click();
      return !(await entry.isVisible());
    });
    await complete(await viewer(), FRAMES);
  },

  'Reopen Editor With offers it': async ({ page, openText, viewer }) => {
    await openText('salt.xyz');
    await commandAsking(page, 'View: Reopen Editor With...', 'Trajectory Viewer');
    await complete(await viewer(), FRAMES);
  },

  'every format shows its frames': async ({ openTrajectory, clear }) => {
    for (const [name, { frames }] of Object.entries(FORMATS)) {
      const viewer = await openTrajectory(name);
      await complete(viewer, frames);
      assert.match(await viewer.locator('.viewer-facts').innerText(), /8 atoms · .*Na/, name);
      // The forces of CP2K stand in another file.
      if (name === 'salt-pos-1.xyz') assert.ok(await viewer.locator('[aria-label^="Force arrows"]').isVisible());
      await clear();
    }
  },

  'a file that grows is followed to its last frame': async ({ file, openTrajectory }) => {
    const viewer = await openTrajectory('growing.xyz');
    await complete(viewer, 3);
    await viewer.locator('[aria-label^="Stay at the last frame"]').click();
    await untilFrame(viewer, 2);
    fs.appendFileSync(file('growing.xyz'), extendedXyz(3, 7));
    await untilFrame(viewer, 6);
    fs.appendFileSync(file('growing.xyz'), extendedXyz(7, 8));
    await untilFrame(viewer, 7);
    // Another file in its place is shown anew.
    const before = await look(viewer.locator('.viewer-canvas'));
    fs.writeFileSync(file('growing.xyz'), extendedXyz(0, 2).replaceAll('Cl', 'Br'));
    await untilFrame(viewer, 1);
    await viewer.locator('.viewer-facts', { hasText: 'Br' }).waitFor();
    await untilOther('another structure', viewer.locator('.viewer-canvas'), before);
  },

  'from a frame to its text': async ({ page, openTrajectory }) => {
    const viewer = await openTrajectory('salt.xyz');
    await complete(viewer, FRAMES);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await untilFrame(viewer, 2);
    await viewer.locator('[aria-label^="Open the text of this frame"]').click();
    await page.locator('.statusbar-item', { hasText: 'Ln 21,' }).waitFor();
  },

  'of a compressed file the frames that are there so far are shown, and its text': async ({
    page,
    file,
    openTrajectory,
  }) => {
    const packed = fs.readFileSync(file('packed.xyz.gz'));
    fs.writeFileSync(file('living.xyz.gz'), packed.subarray(0, packed.length / 2));
    const viewer = await openTrajectory('living.xyz.gz');
    await untilFrame(viewer, 0);
    const last = async () => Number(await slider(viewer).getAttribute('max'));
    await viewer.locator('.panel-header', { hasText: 'its end is missing' }).waitFor();
    assert.ok((await last()) > 0 && (await last()) < FRAMES - 1, `${await last()}`);
    await page.keyboard.press('ArrowRight');
    await untilFrame(viewer, 1);
    fs.writeFileSync(file('living.xyz.gz'), packed);
    await until('all frames', async () => (await last()) === FRAMES - 1);
    await untilFrame(viewer, 1);
    await viewer.locator('[aria-label^="Open the text of this frame"]').click();
    await page.locator('.statusbar-item', { hasText: 'Ln 11,' }).waitFor();
    fs.rmSync(file('living.xyz.gz'));
  },

  'a file that is no file of frames says what is wrong with it': async ({ page, openText, panel }) => {
    await openText('broken.xyz');
    await command(page, 'Nearsight: Open Trajectory');
    const viewer = await panel('.timeline');
    await viewer.locator('.banner.error', { hasText: 'broken.xyz:1' }).waitFor();
  },

  'a file that tells no units is shown in those that are chosen': async ({ page, openTrajectory, clear }) => {
    const viewer = await openTrajectory('water.data');
    await untilFrame(viewer, 0);
    const facts = viewer.locator('.viewer-facts');
    await until('the doubt', async () =>
      (await facts.innerText()).includes('units not told by the file: shown as Å, eV (O–H is 1.81: bohr?)'),
    );
    const canvas = viewer.locator('.viewer-canvas');
    await canvas.press('3');
    await until('the hydrogen apart from the oxygen', async () => (await stretchesFromMiddle(canvas)) === 2);
    await viewer.locator('[aria-label^="Display"]').first().click();
    await viewer.locator('select[aria-label="Units of the file"]').selectOption('bohr, hartree');
    await until('the conversion', async () => (await facts.innerText()).includes('from bohr, hartree'));
    await canvas.press('Escape');
    await until('a bond', async () => (await stretchesFromMiddle(canvas)) === 1);
    await clear();
    // It is remembered, and what is saved is converted.
    const again = await openTrajectory('water.data');
    await untilFrame(again, 0);
    await until('the choice', async () =>
      (await again.locator('.viewer-facts').innerText()).includes('from bohr, hartree'),
    );
    await again.locator('.viewer-canvas').press('/');
    await page.keyboard.type('0, 1');
    await page.keyboard.press('Enter');
    await until('the length of the bond', async () =>
      (await again.locator('.viewer-measurement').innerText()).includes('distance 0.9572 Å'),
    );
  },
};
