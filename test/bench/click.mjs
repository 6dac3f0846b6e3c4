// A click on a point of the force parity plot, in the real VS Code: how long until its structure is painted beside the plot.
// VS Code with the extension runs in Chromium, all on this machine, drawn in software. From the time stamp of the pointer's event
// (button down) over the hit test, the request to the extension host and its reading of the frame from the data file, to the
// picture of the screen that has the structure; nothing is subtracted. Budget: 200 ms. The first click of a panel stands by
// itself: each in a window of its own, whose extension has read nothing yet, once the window has come to rest. The run is the
// ethanol example, trained for one epoch: 47,277 force components.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build as buildExtension, installVsCode } from '../../scripts/prepare.mjs';
import { projectRoot, quickInput, webviewFrame, withFolder, withVsCode } from '../../scripts/vscode-web.mjs';

/** Windows in which a first click is timed; the last one goes on. */
const WINDOWS = 6;
const CLICKS = 40;
const BUDGET = 200;

/** In the page of the results: the latest press of the pointer, and when the picture of which frame was finished. */
function noteClicks() {
  window.addEventListener('pointerdown', ({ timeStamp }) => (window.pressed = timeStamp), { capture: true });
  const mark = performance.mark.bind(performance);
  performance.mark = (name, options) => {
    if (name === 'nearsight-frame') {
      // What was drawn is still in the buffer: reading it waits for it, and tells whether there are atoms.
      const context = document.querySelector('.structure .viewer-canvas').getContext('webgl2');
      const { drawingBufferWidth: width, drawingBufferHeight: height } = context;
      const pixels = new Uint32Array(width * height);
      context.readPixels(0, 0, width, height, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(pixels.buffer));
      const background = pixels[0];
      const coloured = pixels.reduce((count, pixel) => count + (pixel === background ? 0 : 1), 0);
      const drawn = performance.now();
      // The callback for the next picture of the screen comes when this one was handed over.
      requestAnimationFrame(() => {
        window.painted = { frame: options.detail, coloured, drawn, shown: performance.now() };
      });
    }
    return mark(name, options);
  };
}

const wordsOf = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  return `median ${sorted[sorted.length >> 1].toFixed(0)} ms, slowest ${sorted.at(-1).toFixed(0)} ms`;
};

/** Copies the example and trains it. */
function prepare(folder) {
  cpSync(path.join(projectRoot, 'examples', 'ethanol'), folder, { recursive: true });
  const definition = path.join(folder, 'ethanol.potential');
  writeFileSync(definition, readFileSync(definition, 'utf8').replace(/epochs += \d+/, 'epochs = 1'));
  const program = path.join(projectRoot, 'dist', 'nearsight.js');
  execFileSync(process.execPath, [program, 'train', 'ethanol.potential', 'ethanol'], { cwd: folder, stdio: 'ignore' });
}

/** Opens the results in a new window; how long from the click on “Results” until the points are drawn. */
async function openResults(open, folder) {
  const page = await open({ folder });
  await quickInput(page, 'ethanol.potential', 'ethanol.potential');
  const lens = page.locator('.codelens-decoration a', { hasText: 'Results' }).first();
  await lens.waitFor();
  const start = Date.now();
  await lens.click();
  const view = await webviewFrame(page, '.worst tbody tr');
  const opened = Date.now() - start;
  const plot = view.locator('.parity-card.force .plot-parity .plot-input');
  await plot.scrollIntoViewIfNeeded();
  await view.evaluate(noteClicks);
  // The window has come to rest.
  await page.waitForTimeout(3000);
  return { page, view, plot, opened };
}

/** Points at places of the plot until there is a point, presses, and returns how long it took and which point it was. */
async function click(page, view, plot, random) {
  const box = await plot.boundingBox();
  for (;;) {
    // The points lie about the diagonal.
    const along = 0.25 + 0.5 * random();
    const [x, y] = [box.x + along * box.width, box.y + (1 - along) * box.height + 8 * (random() - 0.5)];
    await page.mouse.move(x, y);
    await page.waitForTimeout(50);
    if (!(await plot.evaluate((element) => element.classList.contains('over-point')))) continue;
    await view.evaluate(() => (window.painted = undefined));
    await page.mouse.down();
    await page.mouse.up();
    await view.waitForFunction(() => window.painted !== undefined);
    const seen = await view.evaluate(() => ({
      pressed: window.pressed,
      ...window.painted,
      title: document.querySelector('.structure h3').textContent,
      facts: document.querySelector('.structure .facts').textContent,
    }));
    if (!seen.title.startsWith(`Frame ${seen.frame} `))
      throw new Error(`${seen.title}, but frame ${seen.frame} is drawn`);
    return seen;
  }
}

if (!installVsCode()) throw new Error('this benchmark needs Linux');
// What people install.
buildExtension('--minify');
await withFolder('click', async (folder) => {
  prepare(folder);
  await withVsCode('click', {}, async ({ open }) => {
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const clickOn = async ({ page, view, plot }) => {
      const seen = await click(page, view, plot, random);
      if (seen.coloured === 0) throw new Error(`no atom of frame ${seen.frame} was drawn`);
      return seen;
    };
    const timesOf = (seen, end) => seen.map((each) => each[end] - each.pressed);
    const opened = [];
    const firsts = [];
    for (let window = 1; window <= WINDOWS; window++) {
      const results = await openResults(open, folder);
      opened.push(results.opened);
      firsts.push(await clickOn(results));
      if (window < WINDOWS) {
        await results.page.context().close();
        continue;
      }
      const clicks = new Map();
      while (clicks.size < CLICKS) {
        const seen = await clickOn(results);
        clicks.set(`${seen.frame} ${seen.facts}`, seen);
      }
      const others = [...clicks.values()];
      console.log(`  panel              ${wordsOf(opened)} until its points are there, ${WINDOWS} windows`);
      console.log(
        `  first clicks       on the screen: ${wordsOf(timesOf(firsts, 'shown'))} after the press (budget ${BUDGET} ms)`,
      );
      console.log(`  ${CLICKS} other points    drawn: ${wordsOf(timesOf(others, 'drawn'))}`);
      console.log(
        `                     on the screen: ${wordsOf(timesOf(others, 'shown'))} after the press (budget ${BUDGET} ms)`,
      );
    }
  });
});
