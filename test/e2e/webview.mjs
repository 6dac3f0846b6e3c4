// The two panels in headless Chromium, driven as a person would: `node test/e2e/webview.mjs [--screenshots FOLDER] [--bench]`.
// Prints `N passed, N failed`; exit code 1 if something failed.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { startPages } from './webview-page.mjs';

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

/** Waits until `probe`, run in the page, is truthy, and returns what it gave. */
const until = async (page, probe, argument) =>
  (await page.waitForFunction(probe, argument, { timeout: 20_000, polling: 50 })).jsonValue();

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

const openResults = async (options = {}) => {
  const opened = await pages.open('results', { file: 'ethanol.xyz', ...options });
  await opened.page.evaluate(() => {
    const { host } = window;
    host.notify('run', {
      manifest: host.manifest('train'),
      state: 'running',
      folder: '/home/ada/runs/train-ethanol/003',
    });
  });
  return opened;
};

/** Counts pixels of a canvas that differ from its corner. */
const inked = (page, selector) =>
  page.evaluate((wanted) => {
    const canvas = document.querySelector(wanted);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let k = 3; k < data.length; k += 4) if (data[k] > 0) count++;
    return count;
  }, selector);

/** Pixels of the 3-D view that are not background. */
const atomsSeen = async (page) => {
  const png = (await page.locator('.viewer-canvas').screenshot()).toString('base64');
  return page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
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
    for (let k = 0; k < 20; k++) await page.keyboard.press('ArrowRight');
    await drawnFrame(page, 20);
    const asked = await page.evaluate(() => window.host.received.filter((each) => each.method === 'frame').length);
    assert.ok(asked - before <= 12, `${asked - before} requests for 20 wishes`);
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
    const { name, base64 } = await until(
      page,
      () => window.host.received.find((each) => each.method === 'saveImage')?.parameters,
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
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
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
    assert.equal(await page.locator('.banner.error').isHidden(), true);
    await close();
  },

  'curves grow live with epochs': async () => {
    const { page, errors, close } = await openResults({ width: 1280 });
    assert.match(await page.textContent('.note'), /after the first epoch/);
    await page.evaluate(() => window.host.notify('events', { events: window.host.epochs(0, 40, 200), reset: true }));
    await until(page, () =>
      window.host.received.some((each) => each.method === 'drawn' && each.parameters.curves === 3),
    );
    await page.waitForSelector('.chart canvas');
    assert.ok((await inked(page, '.chart canvas')) > 1500);
    assert.match(await page.textContent('.progress-text'), /epoch 40 of 200 · .* left/);
    for (let at = 40; at < 100; at += 5) {
      await page.evaluate(
        (from) => window.host.notify('events', { events: window.host.epochs(from, from + 5, 200), reset: false }),
        at,
      );
      await page.waitForTimeout(40);
    }
    await until(page, () => document.querySelector('.progress-text').textContent.startsWith('epoch 100 of 200'));
    assert.equal(await page.getAttribute('.progress', 'aria-valuenow'), '50');
    // Resumed from epoch 90: what came after is replaced, not doubled.
    await page.evaluate(() => window.host.notify('events', { events: window.host.epochs(89, 92, 200), reset: false }));
    await until(page, () => document.querySelector('.progress-text').textContent.startsWith('epoch 92 of 200'));
    await page.click('text=linear');
    await page.click('text=time');
    await page.waitForTimeout(200);
    assert.ok((await inked(page, '.chart canvas')) > 1500);
    await page.click('text=Stop');
    assert.ok(await page.evaluate(() => window.host.received.some((each) => each.method === 'stop')));
    assert.deepEqual(errors, []);
    await close();
  },

  'a clicked parity point asks for its structure and marks its atom': async () => {
    const { page, errors, close } = await openResults({ width: 1280, height: 1060 });
    await page.evaluate(() => {
      const { host } = window;
      host.notify('events', { events: host.epochs(0, 120, 120), reset: true });
      host.notify('run', {
        manifest: host.manifest('train', { state: 'finished', train: host.summary(1), test: host.summary(1.3) }),
        state: 'finished',
        folder: '/home/ada/runs/train-ethanol/003',
      });
      host.notify('parity', { bytes: host.parity(10) });
    });
    await until(page, () => window.host.received.some((each) => each.method === 'drawn' && each.parameters.points > 0));
    const box = await page.locator('.parity-card.force .plot-input').boundingBox();
    let hit;
    for (let x = box.x + box.width - 10; x > box.x + 70 && hit === undefined; x -= 5)
      for (let y = box.y + 12; y < box.y + box.height - 40 && hit === undefined; y += 6) {
        await page.mouse.move(x, y);
        if (await page.locator('.parity-card.force .plot-input.over-point').count()) hit = { x, y };
      }
    assert.ok(hit !== undefined, 'a point is under the pointer');
    await page.mouse.move(hit.x, hit.y);
    await page.waitForTimeout(100);
    // What the readout says the value is belongs to one row of the data; that row's atom is the right one.
    const readout = await page.textContent('.parity-card.force .tooltip');
    const predicted = Number(/predicted\s+(\S+)/.exec(readout)[1].replace('−', '-'));
    const expected = await page.evaluate((value) => {
      const { force } = window.host.lastParity;
      const rows = [...force.predicted.keys()].filter((row) => Math.abs(force.predicted[row] - value) < 5.1e-5);
      return rows.map((row) => force.atom[row]);
    }, predicted);
    await page.mouse.click(hit.x, hit.y);
    const asked = await until(page, () => window.host.received.find((each) => each.method === 'structure')?.parameters);
    assert.deepEqual(asked, { file: '/data/ethanol.xyz', frame: 0 });
    await until(page, () =>
      window.host.received.some((each) => each.method === 'drawn' && each.parameters.atoms === 9),
    );
    const facts = await page.textContent('.facts');
    assert.ok(expected.includes(Number(/force on [CHO] (\d+)xyz/.exec(facts)[1])), `${facts} for atoms ${expected}`);
    assert.equal(await page.locator('.facts tbody tr:first-child td.strong').count(), 1);
    await shoot(page, 'results-dark');
    await page.click('[aria-label="Open in the trajectory viewer"]');
    assert.deepEqual(
      await page.evaluate(() => window.host.received.findLast((each) => each.method === 'openTrajectory').parameters),
      asked,
    );
    assert.deepEqual(errors, []);
    await close();
  },

  'n and p step through the largest errors of the visible sets': async () => {
    const { page, errors, close } = await openResults({ width: 900, height: 900 });
    await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(3000) }));
    await page.waitForSelector('.worst tbody tr');
    const worst = await page.evaluate(() => {
      const { force, structureSet } = window.host.lastParity;
      const errors = [...force.reference].map((r, i) => Math.abs(force.predicted[i] - r));
      const order = [...errors.keys()].sort((a, b) => errors[b] - errors[a]);
      return {
        first: order.slice(0, 2).map((row) => force.structure[row]),
        firstTrain: force.structure[order.find((row) => structureSet[force.structure[row]] === 0)],
      };
    });
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    const frames = () =>
      page.evaluate(() =>
        window.host.received.filter((each) => each.method === 'structure').map((each) => each.parameters.frame),
      );
    assert.deepEqual(await frames(), worst.first);
    assert.equal(await page.locator('.worst tr.chosen').count(), 1);
    await page.locator('.parity-card.force .statistics tr:last-child input').uncheck();
    await page.keyboard.press('n');
    assert.equal((await frames()).at(-1), worst.firstTrain);
    await page.click('text=residual');
    await page.waitForTimeout(200);
    await shoot(page, 'results-residual');
    assert.deepEqual(errors, []);
    await close();
  },

  'says where the errors are, and opens the worst structures': async () => {
    const { page, errors, close } = await openResults({ width: 1280, height: 1500 });
    await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(3000) }));
    const section = page.locator('[aria-label="Where the errors are"]');
    await section.locator('text=By config_type').waitFor();
    // The rows of the table add up to all test structures, and the reference gives the same RMSE.
    const expected = await page.evaluate(() => {
      const { force, structureSet, structureConfigType } = window.host.lastParity;
      const test = [...structureSet.keys()].filter((s) => structureSet[s] === 1);
      const rows = [...force.structure.keys()].filter(
        (row) => structureSet[force.structure[row]] === 1 && structureConfigType[force.structure[row]] === 0,
      );
      const squares = rows.reduce((sum, row) => sum + (force.predicted[row] - force.reference[row]) ** 2, 0);
      return { test: test.length, liquid: 1000 * Math.sqrt(squares / rows.length) };
    });
    const cells = async (card) =>
      (await section.locator(`[aria-label="${card}"] tbody tr`).allInnerTexts()).map((text) => text.split('\t'));
    const types = await cells('By config_type');
    assert.deepEqual(types.map(([name]) => name).sort(), ['gas', 'liquid']);
    assert.equal(Number(types[0][1]) + Number(types[1][1]), expected.test);
    const liquid = types.find(([name]) => name === 'liquid');
    assert.ok(Math.abs(Number(liquid[3]) / expected.liquid - 1) < 0.006, `${liquid[3]} for ${expected.liquid}`);
    assert.deepEqual(
      (await cells('By element')).map(([name]) => name),
      ['H', 'C', 'O'],
    );
    await section.locator('[aria-label="Worst structures"] button').first().focus();
    await page.keyboard.press('Enter');
    const asked = await until(page, () => window.host.received.find((each) => each.method === 'structure')?.parameters);
    assert.equal(String(asked.frame), (await cells('Worst structures'))[0][0].split(' · ')[0]);
    await section.getByRole('radio', { name: 'train' }).click();
    assert.equal((await cells('Worst structures')).length, 10);
    await section.scrollIntoViewIfNeeded();
    await shoot(page, 'results-errors');
    assert.deepEqual(errors, []);
    await close();
  },

  'a million force components are a density picture': async () => {
    const { page, errors, close } = await openResults({ width: 1280, theme: 'vscode-light' });
    await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(1_000_000) }));
    await until(page, () =>
      window.host.received.some((each) => each.method === 'drawn' && each.parameters.points > 1_000_000),
    );
    await page.waitForTimeout(500);
    assert.match(await page.textContent('.parity-card.force .statistics'), /\d{3}.\d{3}/);
    const box = await page.locator('.parity-card.force .plot-input').boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 - 15);
    await page.waitForTimeout(200);
    assert.equal(await page.locator('.parity-card.force .tooltip').isHidden(), false);
    await shoot(page, 'results-density-light');
    assert.deepEqual(errors, []);
    await close();
  },

  'molecular dynamics shows energies, temperature, drift and opens its trajectory': async () => {
    const { page, errors, close } = await pages.open('results', { width: 1280, height: 560 });
    await page.evaluate(() => {
      const { host } = window;
      const manifest = host.manifest('md', { state: 'finished', results: { trajectory: 'trajectory.xyz' } });
      host.notify('run', { manifest, state: 'finished', folder: '/home/ada/runs/md-warm/001' });
      host.notify('events', { events: host.steps(500), reset: true });
    });
    await page.waitForSelector('.chart:nth-child(3) canvas');
    await page.click('text=Trajectory');
    assert.deepEqual(
      await page.evaluate(() => window.host.received.findLast((each) => each.method === 'openTrajectory').parameters),
      {
        file: '/home/ada/runs/md-warm/001/trajectory.xyz',
        frame: 0,
      },
    );
    await shoot(page, 'dynamics');
    assert.deepEqual(errors, []);
    await close();
  },

  'failed and interrupted runs say what to do': async () => {
    const { page, close } = await openResults({ theme: 'vscode-high-contrast' });
    const show = (state, changes) =>
      page.evaluate(
        ([s, c]) =>
          window.host.notify('run', {
            manifest: window.host.manifest('train', c),
            state: s,
            folder: '/home/ada/runs/train-ethanol/003',
          }),
        [state, changes],
      );
    await show('failed', { state: 'failed', error: 'XD003 the energies of 12 frames are missing' });
    await page.waitForSelector('.banner.error:not([hidden])');
    assert.match(await page.textContent('.banner.error'), /XD003/);
    await show('interrupted', {});
    await until(page, () => /Resume goes on/.test(document.querySelector('.banner.error').textContent));
    await page.click('.button.primary:has-text("Resume")');
    assert.ok(await page.evaluate(() => window.host.received.some((each) => each.method === 'resume')));
    await shoot(page, 'interrupted');
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
};

let passed = 0;
let failed = 0;
const only = option('--only');
for (const [name, run] of Object.entries(tests)) {
  if (only !== undefined && !name.includes(only)) continue;
  try {
    await run();
    passed++;
    console.log(`  ok    ${name}`);
  } catch (error) {
    failed++;
    console.log(`  FAIL  ${name}\n        ${String(error.stack ?? error).replaceAll('\n', '\n        ')}`);
  }
}

if (process.argv.includes('--bench')) {
  for (const n of [30, 63]) {
    const { page, close } = await pages.open('trajectory', { file: 'al_qe_lda.xyz', width: 500, height: 400 });
    const figures = await page.evaluate(async (copies) => {
      const { host } = window;
      const big = host.repeat(host.frames[0], copies);
      host.frames = Array.from({ length: 6 }, (_, k) => ({
        ...big,
        positions: big.positions.map((x) => x + 0.01 * k),
      }));
      const times = [];
      const original = window.requestAnimationFrame;
      window.requestAnimationFrame = (callback) =>
        original((now) => {
          const start = performance.now();
          callback(now);
          times.push(performance.now() - start);
        });
      host.notify('trajectory', { name: 'al.xyz', path: '/data/al.xyz', frames: 6, complete: true });
      await new Promise((resolve) => setTimeout(resolve, 12_000));
      return { atoms: big.numbers.length, script: Math.max(...times) };
    }, n);
    console.log(
      `  bench ${figures.atoms} atoms: longest animation callback ${figures.script.toFixed(1)} ms (SwiftShader)`,
    );
    await close();
  }
}

await pages.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
