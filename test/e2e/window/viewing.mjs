// What one does in the trajectory viewer: play, colour, measure, link, save.
import assert from 'node:assert/strict';
import { command } from '../../../scripts/vscode-web.mjs';
import { FRAMES } from './structure-files.mjs';
import { until } from '../checks.mjs';
import { frameOf, look, untilFrame, untilOther } from './workbench.mjs';

const canvasOf = (viewer) => viewer.locator('.viewer-canvas');
const press = (viewer, label) => viewer.locator(`button[aria-label^="${label}"]`).click();

/** The place on the screen that is a part of the canvas to the right of, and above, its middle; in units of half its height. */
async function place(viewer, right, up) {
  const { x, y, width, height } = await canvasOf(viewer).boundingBox();
  return [x + width / 2 + (right * height) / 2, y + height / 2 - (up * height) / 2];
}

export const viewingTests = {
  'frames play, step and are scrubbed': async ({ page, openTrajectory }) => {
    const viewer = await openTrajectory('aluminium.xyz');
    await untilFrame(viewer, 0);
    await press(viewer, 'Next frame');
    await untilFrame(viewer, 1);
    await press(viewer, 'Play');
    await until('frames to go by', async () => (await frameOf(viewer)) > 4);
    await press(viewer, 'Pause');
    const slider = viewer.locator('input[aria-label="Frame"]');
    const { x, y, width, height } = await slider.boundingBox();
    await page.mouse.move(x + width / 4, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + height / 2, { steps: 4 });
    await page.mouse.up();
    const last = Number(await slider.getAttribute('max'));
    const wanted = Number(await slider.inputValue());
    assert.ok(Math.abs(wanted / last - 0.5) < 0.05, `${wanted} of ${last}`);
    await untilFrame(viewer, wanted);
  },

  'at the end it starts over, plays back or stops': async ({ openTrajectory }) => {
    const viewer = await openTrajectory('salt.xyz');
    await untilFrame(viewer, 0);
    const last = FRAMES - 1;
    /** Plays from a frame until enough was seen, or until it stops; the frames as they went by. */
    const played = async (end, from, isEnough) => {
      await until(`“${end}”`, async () => {
        const isSo = await viewer.locator(`button[aria-label="At the end: ${end}"]`).isVisible();
        if (!isSo) await press(viewer, 'At the end');
        return isSo;
      });
      await canvasOf(viewer).press(from);
      await untilFrame(viewer, from === 'End' ? last : 0);
      await viewer.locator('.timeline-label').evaluate((label) => {
        window.went = [];
        window.watching = new MutationObserver(() => window.went.push(Number.parseInt(label.textContent, 10)));
        window.watching.observe(label, { childList: true, characterData: true, subtree: true });
      });
      await press(viewer, 'Play');
      const went = await until(`enough of “${end}”`, async () => {
        const soFar = await viewer.evaluate(() => window.went);
        return isEnough(soFar) && soFar;
      });
      if (end !== 'stop') await press(viewer, 'Pause');
      await viewer.evaluate(() => window.watching.disconnect());
      return went.filter((frame, k) => frame !== went[k - 1]);
    };
    /** Whether a frame was followed by another one. */
    const follows = (went, frame, next) => went.some((each, k) => each === frame && went[k + 1] === next);

    const over = await played('start over', 'Home', (went) => follows(went, last, 0) && went.at(-1) > 0);
    assert.ok(follows(over, last - 1, last) && follows(over, 0, 1) && !follows(over, last, last - 1), String(over));
    const back = await played('play back', 'Home', (went) => follows(went, 1, 0) && went.at(-1) > 0);
    assert.ok(follows(back, last, last - 1) && follows(back, 0, 1) && !follows(back, last, 0), String(back));
    // At the last frame already, it plays back at once.
    const down = await played('play back', 'End', (went) => went.includes(last - 2));
    assert.equal(down[0], last - 1, String(down));
    const once = await played('stop', 'Home', (went) => went.at(-1) === last);
    assert.ok(!once.slice(1).includes(0), String(once));
    await viewer.locator('button[aria-label^="Play"]').waitFor();
    await press(viewer, 'At the end');
    await viewer.locator('button[aria-label="At the end: start over"]').waitFor();
  },

  'a click on the energies goes to their frame': async ({ page, openTrajectory }) => {
    const viewer = await openTrajectory('aluminium.xyz');
    const strip = viewer.locator('.strip-canvas');
    await strip.waitFor();
    assert.match(await viewer.locator('.strip-value').innerText(), /−\d+\.\d+ eV/);
    const { x, y, width, height } = await strip.boundingBox();
    await page.mouse.click(x + width - 1, y + height / 2);
    await untilFrame(viewer, Number(await viewer.locator('input[aria-label="Frame"]').getAttribute('max')));
  },

  'what selected atoms measure over the frames is shown and saved': async ({ openTrajectory, saved }) => {
    const viewer = await openTrajectory('ammonia.xyz');
    await untilFrame(viewer, 0);
    await press(viewer, 'Select atoms');
    await viewer.locator('.viewer-select input').fill('0, 1');
    await viewer.locator('.viewer-select input').press('Enter');
    const choice = viewer.locator('.strip select');
    const name = await until('a distance to choose', async () =>
      (await choice.locator('option').allInnerTexts()).find((text) => /^distance [HN] 0 – [HN] 1$/.test(text)),
    );
    await choice.selectOption({ label: name });
    const told = await until(
      'its value',
      async () => /^\d\.\d+ Å$/.exec(await viewer.locator('.strip-value').innerText())?.[0],
    );
    await viewer.locator('button[aria-label="Save these numbers as CSV"]').click();
    const lines = (await saved('.csv', (bytes) => bytes.toString().startsWith('"frame","distance')))
      .toString()
      .split('\n');
    assert.equal(lines[0], `"frame","${name} (Å)"`);
    assert.equal(Number(lines[1].split(',')[1]).toFixed(4), Number.parseFloat(told).toFixed(4));
  },

  'colours, arrows, copies of the cell and a slice change the picture': async ({ openTrajectory }) => {
    const viewer = await openTrajectory('salt.xyz');
    await untilFrame(viewer, 0);
    const canvas = canvasOf(viewer);
    const elements = await look(canvas);
    await press(viewer, 'Display');
    await viewer.locator('#display-colour').selectOption('charge');
    await viewer.locator('.viewer-legend', { hasText: 'charge' }).waitFor();
    await viewer.locator('.ramp.coolwarm').waitFor();
    await untilOther('colours of the charges', canvas, elements);
    await viewer.locator('#display-scale-high').fill('4');
    await viewer.locator('#display-scale-high').press('Enter');
    await viewer.locator('.viewer-legend', { hasText: '4 e' }).waitFor();
    await viewer.locator('#display-scale').selectOption('frames');
    await viewer.locator('.ramp.coolwarm').waitFor();
    const charges = await look(canvas);
    await viewer.locator('#display-arrows').selectOption('forces');
    const arrows = await untilOther('arrows', canvas, charges);
    await viewer.locator('#display-copies-a').fill('3');
    await viewer.locator('#display-copies-a').press('Enter');
    const copies = await untilOther('copies of the cell', canvas, arrows);
    await viewer.locator('#display-slice').selectOption('z');
    await viewer.locator('#display-slice-thickness').fill('1');
    await viewer.locator('#display-slice-thickness').press('Enter');
    await untilOther('a slice', canvas, copies);
  },

  'clicks select and measure, a box selects all': async ({ page, openTrajectory }) => {
    const viewer = await openTrajectory('ammonia.xyz');
    await untilFrame(viewer, 0);
    const measured = viewer.locator('.viewer-measurement');
    // Along z the nitrogen is in the middle, the first hydrogen above it.
    await press(viewer, 'Space-filling');
    await page.keyboard.press('3');
    await page.mouse.click(...(await place(viewer, 0, 0)));
    await until('the nitrogen', async () => /N 0/.test(await measured.innerText()));
    await page.keyboard.down('Shift');
    await page.mouse.click(...(await place(viewer, 0, 0.75)));
    await until('the distance of N and H', async () => /1\.01[23]\d* Å/.test(await measured.innerText()));
    await page.mouse.click(...(await place(viewer, 0.8, -0.35)));
    await page.keyboard.up('Shift');
    await until('an angle', async () => /°/.test(await measured.innerText()));
    await page.keyboard.down('Control');
    await page.mouse.move(...(await place(viewer, -0.98, 0.98)));
    await page.mouse.down();
    await page.mouse.move(...(await place(viewer, 0.98, -0.98)), { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up('Control');
    await until('a dihedral of all four', async () => /dihedral/.test(await measured.innerText()));
    await page.keyboard.press('Escape');
    await until('nothing selected', async () => (await measured.innerText()).trim() === '');
  },

  'atoms are walked through, selected and measured by keys alone': async ({ page, openTrajectory }) => {
    const viewer = await openTrajectory('ammonia.xyz');
    await untilFrame(viewer, 0);
    const measured = viewer.locator('.viewer-measurement');
    const said = viewer.locator('.visually-hidden[role="status"]');
    await canvasOf(viewer).focus();
    // What another check selected in this file may be remembered.
    await page.keyboard.press('Escape');
    await until('nothing selected', async () => (await measured.innerText()).trim() === '');
    await page.keyboard.press('ArrowDown');
    await until('the first atom', async () => /^N 0 · nitrogen, position/.test(await said.innerText()));
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await until('the distance of N and H', async () => /1\.01[23]\d* Å/.test(await measured.innerText()));
    await page.keyboard.press('/');
    await page.keyboard.type('H');
    await page.keyboard.press('Enter');
    await until('the three H', async () => /H 1 – H 2 – H 3/.test(await measured.innerText()));
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await until('nothing selected', async () => (await measured.innerText()).trim() === '');
  },

  'a picture, a film and structures land on the disk': async ({ page, openTrajectory, saved }) => {
    const viewer = await openTrajectory('salt.xyz');
    await untilFrame(viewer, 0);
    await viewer.locator('.strip-canvas').waitFor();
    await press(viewer, 'Save as PNG');
    const png = await saved('/salt-0.png');
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    const [width, height] = await canvasOf(viewer).evaluate((canvas) => [canvas.width, canvas.height]);
    // Twice as large as on the screen, unless one wants otherwise.
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [2 * width, 2 * height]);

    await press(viewer, 'Save structures');
    await viewer.locator('.choices button', { hasText: `All ${FRAMES} frames` }).click();
    const frames = (bytes) => [...bytes.toString().matchAll(/^8$/gm)].length;
    const all = (await saved('/salt-copy.xyz', (bytes) => frames(bytes) === FRAMES)).toString();
    assert.match(all, /Properties=species:S:1:pos:R:3\S*forces:R:3/);
    await page.locator('.notification-toast', { hasText: `${FRAMES} structures are in salt-copy.xyz` }).waitFor();

    await press(viewer, 'Record a film');
    const film = await saved('/salt.webm');
    assert.equal(film.readUInt32BE(0), 0x1a45dfa3);
    await untilFrame(viewer, FRAMES - 1);
  },

  'linked viewers turn and step together': async ({ page, openTrajectory, panels }) => {
    await untilFrame(await openTrajectory('salt.xyz'), 0);
    await command(page, 'View: Split Editor Right');
    const [first, second] = await panels('.timeline', 2);
    for (const viewer of [first, second]) {
      await canvasOf(viewer).focus();
      await page.keyboard.press('Home');
      await untilFrame(viewer, 0);
      await press(viewer, 'Link with other viewers');
    }
    await press(first, 'Next frame');
    await untilFrame(second, 1);
    const before = await look(canvasOf(second));
    await canvasOf(first).focus();
    await page.keyboard.press('d');
    await untilOther('the other viewer to turn', canvasOf(second), before);
    await press(second, 'Next frame');
    await untilFrame(first, 2);
  },
};
