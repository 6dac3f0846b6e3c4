// The panels in headless Chromium, driven as a person would: `node test/e2e/webview.mjs [--screenshots FOLDER]`.
// Prints `N passed, N failed`; exit code 1 if something failed.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { analysisTests } from './analysis.mjs';
import { comparisonTests } from './comparison.mjs';
import { explorationTests } from './exploration.mjs';
import { freeEnergyTests } from './free-energy.mjs';
import { previewTests } from './preview.mjs';
import { realRunTests } from './real-runs.mjs';
import { resultsTests } from './results.mjs';
import { startPages, until } from './webview-page.mjs';
import { viewerTests } from './viewer.mjs';

const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const screenshots = option('--screenshots');
if (screenshots !== undefined) mkdirSync(screenshots, { recursive: true });

const pages = await startPages();
const shoot = async (page, name) => {
  if (screenshots !== undefined) await page.screenshot({ path: `${screenshots}/${name}.png` });
};

const drawnFrame = (page, frame) =>
  until(
    page,
    (wanted) => window.host.received.findLast((each) => each.method === 'drawn')?.parameters.frame === wanted,
    frame,
  );

const openTrajectory = async (options = {}) => {
  const opened = await pages.open('trajectory', { file: 'ethanol.xyz', ...options });
  await opened.page.evaluate(() => {
    const { host } = window;
    host.frames = host.frames.slice(0, 200);
    host.notify('trajectory', {
      name: 'ethanol.xyz',
      path: '/data/ethanol.xyz',
      frames: host.frames.length,
      complete: true,
    });
  });
  return opened;
};

/** Pixels of the 3-D view that are not background. */
const atomsSeen = async (page) => {
  const png = (await page.locator('.viewer-canvas').screenshot()).toString('base64');
  return page.evaluate(async (base64) => {
    const context = await window.host.decode(base64);
    const image = context.canvas;
    // The middle, where neither tools nor legend are.
    const [w, h] = [Math.floor(image.width * 0.5), Math.floor(image.height * 0.5)];
    const { data } = context.getImageData(Math.floor(image.width / 4), Math.floor(image.height / 4), w, h);
    let count = 0;
    for (let k = 0; k < data.length; k += 4)
      if (Math.abs(data[k] - data[0]) + Math.abs(data[k + 1] - data[1]) + Math.abs(data[k + 2] - data[2]) > 30) count++;
    return count / (w * h);
  }, png);
};

const tests = {
  ...resultsTests(pages, shoot),
  ...freeEnergyTests(pages, shoot),
  ...explorationTests(pages, shoot),
  ...realRunTests(pages, shoot),
  ...comparisonTests(pages, shoot),
  ...analysisTests(pages, shoot),
  ...previewTests(pages, shoot),

  'the trajectory shows its first frame with atoms on the screen': async () => {
    const { page, errors, close } = await openTrajectory();
    await drawnFrame(page, 0);
    const part = await atomsSeen(page);
    assert.ok(part > 0.03 && part < 0.9, `${part} of the middle is covered`);
    assert.match(await page.textContent('.viewer-facts'), /9 atoms · C₂H₆O/);
    await shoot(page, 'trajectory-dark');
    assert.deepEqual(errors, []);
    await close();
  },

  'a frame that is asked for stays when more is told of the file before it is there': async () => {
    const { page, errors, close } = await pages.open('trajectory', { file: 'ethanol.xyz' });
    await page.evaluate(() => {
      const { host } = window;
      host.delay = 300;
      const file = { name: 'ethanol.xyz', path: '/data/ethanol.xyz', frames: 100 };
      host.notify('trajectory', { ...file, complete: false });
      host.notify('show', { frame: 7, atoms: [] });
      host.notify('trajectory', { ...file, complete: true });
    });
    await until(page, () => window.host.received.some(({ method }) => method === 'drawn'));
    await page.waitForTimeout(700);
    await drawnFrame(page, 7);
    assert.deepEqual(errors, []);
    await close();
  },

  'a file that is rewritten is shown anew: the frame, the strip, and it plays': async () => {
    const { page, errors, close } = await pages.open('trajectory', { file: 'ethanol.xyz' });
    const tell = (generation, frames) =>
      page.evaluate(
        (next) => window.host.notify('trajectory', { name: 'e.xyz', path: '/data/e.xyz', complete: true, ...next }),
        { generation, frames },
      );
    const asked = (method) =>
      page.evaluate(
        (wanted) => window.host.received.filter((each) => each.method === wanted).map(({ parameters }) => parameters),
        method,
      );
    await page.evaluate(() => (window.host.frames = window.host.frames.slice(0, 10)));
    await tell(1, 10);
    await drawnFrame(page, 0);
    await page.keyboard.press('End');
    await drawnFrame(page, 9);
    const before = (await page.locator('.viewer-canvas').screenshot()).toString('base64');
    const strip = await page.textContent('.strip-value');
    // As many frames, others.
    await page.evaluate(
      () =>
        (window.host.frames = window.host.frames.map((frame) => ({
          ...frame,
          info: { energy: -7 },
          positions: frame.positions.map((x, i) => (i < 3 ? x + 1 : x)),
        }))),
    );
    await tell(2, 10);
    await until(page, (was) => document.querySelector('.strip-value').textContent !== was, strip);
    assert.match(await page.textContent('.strip-value'), /^−7/);
    await until(
      page,
      () =>
        window.host.received.filter(({ method, parameters }) => method === 'drawn' && parameters.frame === 9).length ===
        2,
    );
    assert.notEqual((await page.locator('.viewer-canvas').screenshot()).toString('base64'), before);
    assert.deepEqual(await asked('series'), [{ from: 0 }, { from: 0 }]);
    // Fewer frames than the one that was shown: the first, and from there it plays.
    await tell(3, 4);
    await drawnFrame(page, 0);
    await page.keyboard.press('Space');
    await until(page, () => window.host.received.findLast(({ method }) => method === 'drawn').parameters.frame > 1);
    await page.keyboard.press('Space');
    // One that only grows keeps what was read; how long it is stands beside the frame.
    await page.keyboard.press('End');
    await drawnFrame(page, 3);
    const frames = (await asked('frame')).length;
    await tell(3, 10);
    assert.match(
      await until(
        page,
        () =>
          /\/ 9/.test(document.querySelector('.timeline-label').textContent) &&
          document.querySelector('.timeline-label').textContent,
      ),
      /^3 \/ 9/,
    );
    await page.keyboard.press('Home');
    await drawnFrame(page, 0);
    assert.equal((await asked('frame')).length, frames);
    assert.deepEqual(errors, []);
    await close();
  },

  'a file that was left at a far frame shows its first one until that is known': async () => {
    const { page, close } = await openTrajectory();
    await drawnFrame(page, 0);
    await page.keyboard.press('End');
    await drawnFrame(page, 199);
    await until(page, () => window.host.state?.frame === 199);
    await page.reload();
    await page.evaluate(async () => {
      const { host } = window;
      await host.load('/data/ethanol.xyz');
      host.tell = (frames, complete) =>
        host.notify('trajectory', { name: 'e.xyz', path: '/data/ethanol.xyz', generation: 1, frames, complete });
      host.tell(50, false);
    });
    await drawnFrame(page, 0);
    await page.evaluate(() => window.host.tell(100, false));
    assert.equal(await page.evaluate(() => window.host.state.frame), 199);
    await page.evaluate(() => window.host.tell(300, false));
    await drawnFrame(page, 199);
    await close();
  },

  'while frames play the next one is fetched ahead, in the direction in which it plays': async () => {
    const { page, close } = await openTrajectory();
    await drawnFrame(page, 0);
    const asked = () =>
      page.evaluate(() =>
        window.host.received.filter(({ method }) => method === 'frame').map(({ parameters }) => parameters.index),
      );
    await page.evaluate(() => {
      const { host } = window;
      host.frames = host.frames.slice(0, 4);
      host.notify('trajectory', { name: 'e.xyz', path: '/data/ethanol.xyz', generation: 2, frames: 4, complete: true });
    });
    await drawnFrame(page, 0);
    await page.selectOption('[aria-label="Frames per second"]', '1');
    await page.keyboard.press('Space');
    await drawnFrame(page, 1);
    assert.deepEqual((await asked()).slice(-2), [1, 2]);
    await page.keyboard.press('Space');
    await close();
  },

  'keys move through the frames, Space plays, the slider scrubs': async () => {
    const { page, errors, close } = await openTrajectory();
    await drawnFrame(page, 0);
    for (const [key, frame] of [
      ['ArrowRight', 1],
      ['Shift+ArrowRight', 11],
      ['ArrowLeft', 10],
      ['.', 11],
      [',', 10],
      ['End', 199],
      ['Home', 0],
    ]) {
      await page.keyboard.press(key);
      await drawnFrame(page, frame);
    }
    await page.keyboard.press('Space');
    await until(page, () => window.host.received.filter((each) => each.method === 'drawn').at(-1).parameters.frame > 5);
    await page.keyboard.press('Space');
    const stopped = await page.inputValue('.timeline input');
    await page.waitForTimeout(300);
    assert.equal(await page.inputValue('.timeline input'), stopped, 'paused');
    await page.locator('.timeline input').fill('120');
    await drawnFrame(page, 120);
    assert.match(await page.textContent('.timeline-label'), /120 \/ 199\s+·\s+60\.0 fs/);
    assert.deepEqual(errors, []);
    await close();
  },

  'while frames are slow one request is in flight and the latest wins': async () => {
    const { page, close } = await openTrajectory();
    await drawnFrame(page, 0);
    await page.evaluate(() => (window.host.delay = 250));
    const before = await page.evaluate(() => window.host.received.filter((each) => each.method === 'frame').length);
    const begun = Date.now();
    for (let k = 0; k < 20; k++) await page.keyboard.press('ArrowRight');
    await drawnFrame(page, 20);
    const most = Math.floor((Date.now() - begun) / 250) + 2;
    const asked = await page.evaluate(() => window.host.received.filter((each) => each.method === 'frame').length);
    assert.ok(
      asked - before <= Math.min(most, 20),
      `${asked - before} requests for 20 wishes, at most ${most} one after the other`,
    );
    await close();
  },

  'clicks select and measure: position, distance, angle, dihedral': async () => {
    const { page, errors, close } = await openTrajectory({ width: 1000, height: 760 });
    await drawnFrame(page, 0);
    await page.keyboard.press('3');
    await page.waitForTimeout(500);
    const centre = async () => {
      const box = await page.locator('.viewer-canvas').boundingBox();
      // Look for atoms on a grid, by the pointer's shape.
      const found = [];
      for (let y = box.y + 60; y < box.y + box.height - 60; y += 22)
        for (let x = box.x + 200; x < box.x + box.width - 200; x += 22) {
          await page.mouse.move(x, y);
          await page.evaluate(
            () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
          );
          const name = await page.evaluate(() => {
            const tip = document.querySelector('.viewer .tooltip');
            return tip.hidden ? undefined : tip.querySelector('strong').textContent;
          });
          if (name !== undefined && !found.some((each) => each.name === name)) found.push({ name, x, y });
          if (found.length === 4) return found;
        }
      return found;
    };
    const atoms = await centre();
    assert.equal(atoms.length, 4, 'four atoms were found under the pointer');
    const text = () => page.textContent('.viewer-measurement');
    await page.mouse.click(atoms[0].x, atoms[0].y);
    assert.match(await text(), /position .* Å/);
    const measured = [/distance \d+\.\d{4} Å/, /angle \d+\.\d\d°/, /dihedral −?\d+\.\d\d°/];
    for (let k = 1; k < 4; k++) {
      await page.keyboard.down('Shift');
      await page.mouse.click(atoms[k].x, atoms[k].y);
      await page.keyboard.up('Shift');
      assert.match(await text(), measured[k - 1]);
    }
    // The distance is that of the file.
    await page.mouse.click(atoms[0].x, atoms[0].y);
    await page.keyboard.down('Shift');
    await page.mouse.click(atoms[1].x, atoms[1].y);
    await page.keyboard.up('Shift');
    const expected = await page.evaluate(
      ([a, b]) => {
        const { positions } = window.host.frames[0];
        const [i, j] = [a, b].map((name) => Number(name.split(' ')[1]));
        return Math.hypot(...[0, 1, 2].map((k) => positions[3 * i + k] - positions[3 * j + k])).toFixed(4);
      },
      [atoms[0].name, atoms[1].name],
    );
    assert.ok((await text()).includes(`distance ${expected} Å`), await text());
    await shoot(page, 'trajectory-measured');
    await page.keyboard.press('Escape');
    assert.equal(await text(), '');
    assert.deepEqual(errors, []);
    await close();
  },

  'camera, frame and style survive a reload of the window': async () => {
    const { page, close } = await openTrajectory();
    await drawnFrame(page, 0);
    for (const key of ['b', 'p', 'a', 'a', '+', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    await drawnFrame(page, 2);
    await page.waitForTimeout(400);
    const before = await page.evaluate(() => window.host.state);
    assert.equal(before.viewer.spaceFilling, true);
    assert.equal(before.path, '/data/ethanol.xyz');
    await page.reload();
    await page.evaluate(() => window.host.load('/data/ethanol.xyz'));
    await page.evaluate(() =>
      window.host.notify('trajectory', { name: 'ethanol.xyz', path: '/data/ethanol.xyz', frames: 200, complete: true }),
    );
    await drawnFrame(page, 2);
    const after = await page.evaluate(() => window.host.state);
    assert.deepEqual(after.viewer, before.viewer);
    await close();
  },

  'the image is a PNG with the atoms on it': async () => {
    const { page, close } = await openTrajectory();
    await drawnFrame(page, 0);
    await page.click('[aria-label="Save as PNG"]');
    const { name, content: base64 } = await until(
      page,
      () => window.host.received.find((each) => each.method === 'saveFile')?.parameters,
    );
    assert.equal(name, 'ethanol-0.png');
    const bytes = Buffer.from(base64, 'base64');
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
    assert.ok(bytes.length > 8000, `${bytes.length} bytes`);
    await close();
  },

  'a periodic cell is drawn, forces are arrows, the theme changes live': async () => {
    const { page, errors, close } = await pages.open('trajectory', { file: 'al_qe_lda.xyz' });
    await page.evaluate(() => {
      const { host } = window;
      host.frames = [
        host.repeat(
          host.frames.find((frame) => frame.columns.forces.values.some((x) => Math.abs(x) > 0.1)),
          3,
        ),
      ];
      host.notify('trajectory', { name: 'al.xyz', path: '/data/al.xyz', frames: 1, complete: true });
    });
    await drawnFrame(page, 0);
    await page.keyboard.press('v');
    assert.match(await page.textContent('.viewer-legend'), /1 Å = .* eV\/Å/);
    await page.keyboard.press('c');
    assert.match(await page.textContent('.viewer-legend'), /eV\/Å/);
    await page.waitForTimeout(300);
    await shoot(page, 'aluminium-dark');
    await page.evaluate(() => {
      document.querySelector('#theme').href = '/theme/vscode-light';
      return new Promise((resolve) =>
        document.querySelector('#theme').addEventListener('load', resolve, { once: true }),
      );
    });
    await page.evaluate(() => (document.body.className = 'vscode-light'));
    await page.waitForTimeout(400);
    const corner = await page.locator('.viewer-canvas').screenshot();
    const white = await page.evaluate(async (base64) => {
      const context = await window.host.decode(base64);
      const image = context.canvas;
      return [...context.getImageData(2, Math.floor(image.height / 2), 1, 1).data];
    }, corner.toString('base64'));
    assert.deepEqual(white.slice(0, 3), [255, 255, 255]);
    await shoot(page, 'aluminium-light');
    assert.deepEqual(errors, []);
    await close();
  },

  'without WebGL the panel explains and the rest works': async () => {
    const { page, errors, close } = await openTrajectory({
      before: () => {
        const original = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          return kind.startsWith('webgl') ? null : original.call(this, kind, ...rest);
        };
      },
    });
    await page.waitForSelector('.viewer-message:not([hidden])');
    assert.match(await page.textContent('.viewer-message'), /WebGL 2.*Configure Runtime Arguments/s);
    await page.keyboard.press('ArrowRight');
    await drawnFrame(page, 1);
    const drawn = await page.evaluate(
      () => window.host.received.findLast((each) => each.method === 'drawn').parameters,
    );
    assert.equal(drawn.renderer, '');
    assert.match(await page.textContent('.viewer-facts'), /9 atoms/);
    await shoot(page, 'no-webgl');
    assert.deepEqual(errors, []);
    await close();
  },

  'a frame that cannot be read says so, and others still come': async () => {
    const { page, close } = await openTrajectory();
    await drawnFrame(page, 0);
    await page.evaluate(() => (window.host.frames[1] = undefined));
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('.banner.error:not([hidden])');
    assert.match(await page.textContent('.banner.error'), /Frame 1 could not be read: there is no frame 1/);
    await page.keyboard.press('ArrowRight');
    await drawnFrame(page, 2);
    assert.equal(await page.locator('.banner.error:visible').count(), 0);
    await close();
  },

  'the content-security policy holds': async () => {
    const { page, close } = await openTrajectory();
    await drawnFrame(page, 0);
    assert.deepEqual(await page.evaluate(() => window.host.violations), [], 'the panel itself violates nothing');
    const blocked = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
      return window.injected === undefined;
    });
    assert.ok(blocked, 'an inline script does not run');
    await close();
  },

  'everything can be reached by keyboard and has a name': async () => {
    const { page, close } = await openTrajectory();
    await drawnFrame(page, 0);
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, canvas[tabindex]')]
        .filter((each) => !(each.getAttribute('aria-label') || each.textContent.trim() || each.labels?.length))
        .map((each) => each.outerHTML.slice(0, 80)),
    );
    assert.deepEqual(nameless, []);
    const reached = new Set();
    for (let k = 0; k < 30; k++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? ''));
    }
    for (const name of ['Play', 'Frame', 'Fit to view', 'Save as PNG', 'Frames per second'])
      assert.ok(reached.has(name), `${name} is reached by Tab: ${[...reached].join(', ')}`);
    await page.keyboard.press('?');
    assert.equal(await page.locator('.viewer-keys').isHidden(), false);
    await shoot(page, 'keys');
    await close();
  },

  ...viewerTests(pages, shoot, { openTrajectory, drawnFrame, atomsSeen }),
};

let passed = 0;
let failed = 0;
const only = option('--only');
for (const [name, run] of Object.entries(tests)) {
  if (only !== undefined && !new RegExp(only).test(name)) continue;
  try {
    await run();
    passed++;
    console.log(`  ok    ${name}`);
  } catch (error) {
    failed++;
    console.log(`  FAIL  ${name}\n        ${String(error.stack ?? error).replaceAll('\n', '\n        ')}`);
  }
}

await pages.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
