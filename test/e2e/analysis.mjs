// The analysis of a trajectory, driven as a person would. Run by webview.mjs.
import assert from 'node:assert/strict';
import { inked, until } from './webview-page.mjs';

export const analysisTests = (pages, shoot) => {
  const openAnalysis = async (options = {}) => {
    const opened = await pages.open('analysis', options);
    await opened.page.evaluate(() => {
      const { host } = window;
      host.notify('file', { name: 'water.xyz', path: '/data/water.xyz' });
      const x = Float64Array.from({ length: 200 }, (_, k) => (k + 0.5) * 0.03);
      const times = x.map((_, k) => 2 * k);
      const bump = (at, height, width) => x.map((r) => height * Math.exp(-(((r - at) / width) ** 2)));
      const liquid = (at, height) =>
        x.map((r) => (r < at - 0.4 ? 0 : 1 - Math.exp(-r) + (height - 1) * Math.exp(-(((r - at) / 0.2) ** 2))));
      const group = (title, unit, abscissa, axis, curves, findings) => ({
        title,
        unit,
        abscissa,
        x: axis,
        curves,
        findings,
      });
      host.notify('curves', {
        frames: 400,
        notes: [],
        groups: [
          group('Radial distribution g(r)', '', 'distance (Å)', x, [
            { label: 'H–H', y: liquid(2.4, 1.3) },
            { label: 'H–O', y: liquid(1.85, 1.5) },
            { label: 'O–O', y: liquid(2.8, 2.6) },
          ]),
          group(
            'Angles between bonds',
            '1/°',
            'angle (°)',
            x.map((r) => 30 * r),
            [{ label: 'H–O–H', y: bump(104.5 / 30, 0.05, 0.2) }],
          ),
          group(
            'Mean squared displacement',
            'Å²',
            'time (fs)',
            times,
            [
              { label: 'all', y: times.map((t) => 0.0013 * t) },
              { label: 'O', y: times.map((t) => 0.0012 * t) },
            ],
            {
              columns: ['D (10⁻⁵ cm²/s)', '±', 'fitted (fs)', 'α'],
              rows: [
                ['all', 2.1667, 0.12, '10 to 40', 0.98],
                ['O', 2, null, '10 to 40', 1.01],
              ],
              note: 'A straight line.',
            },
          ),
          group(
            'Vibrational spectrum',
            '1/THz',
            'frequency (THz)',
            x.map((r) => 20 * r),
            [{ label: 'H', y: bump(5.2, 0.04, 0.3) }],
          ),
        ],
      });
    });
    await until(opened.page, () =>
      window.host.received.some((each) => each.method === 'drawn' && each.parameters.charts === 4),
    );
    return opened;
  };

  return {
    'an analysis draws its curves with units, and saves numbers and drawings': async () => {
      const { page, errors, close } = await openAnalysis({ width: 1280, height: 720 });
      await page.waitForSelector('.chart:nth-child(4) canvas');
      assert.ok((await inked(page, '.chart canvas')) > 1500);
      assert.deepEqual(await page.locator('.chart h3').allInnerTexts(), [
        'Radial distribution g(r)',
        'Angles between bonds (1/°)',
        'Mean squared displacement (Å²)',
        'Vibrational spectrum (1/THz)',
      ]);
      await page.getByRole('button', { name: 'Save Mean squared displacement as CSV' }).press('Enter');
      const saved = (ending) =>
        until(
          page,
          (end) =>
            window.host.received.findLast((each) => each.method === 'saveFile' && each.parameters.name.endsWith(end))
              ?.parameters,
          ending,
        );
      const csv = await saved('.csv');
      assert.equal(csv.name, 'water-mean-squared-displacement.csv');
      assert.deepEqual(csv.content.split('\n').slice(0, 3), [
        '"time (fs)","all (Å²)","O (Å²)"',
        '0,0,0',
        `2,${0.0013 * 2},${0.0012 * 2}`,
      ]);
      await page.getByRole('button', { name: 'Save Radial distribution g(r) as SVG' }).press('Enter');
      const svg = await saved('.svg');
      const told = await page.evaluate((text) => {
        const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
        if (parsed.querySelector('parsererror') !== null) return ['not well-formed'];
        return [...parsed.querySelectorAll('text')].map((each) => each.textContent);
      }, svg.content);
      for (const text of ['distance (Å)', 'Radial distribution g(r)', 'O–O']) assert.ok(told.includes(text), text);
      await shoot(page, 'analysis-dark');
      assert.deepEqual(errors, []);
      await close();
    },

    'an analysis says in a table what the curves are in numbers': async () => {
      const { page, close } = await openAnalysis();
      const table = page.locator('.chart', { hasText: 'Mean squared displacement' }).locator('table');
      assert.deepEqual(await table.locator('th[scope="col"]').allInnerTexts(), [
        'D (10⁻⁵ cm²/s)',
        '±',
        'fitted (fs)',
        'α',
      ]);
      assert.deepEqual(await table.locator('tbody td').allInnerTexts(), [
        ...['2.17', '0.120', '10 to 40', '0.980'],
        ...['2.00', '–', '10 to 40', '1.01'],
      ]);
      await page.getByRole('button', { name: 'Copy the table as Markdown' }).click();
      const { text } = await until(
        page,
        () => window.host.received.findLast((each) => each.method === 'copy')?.parameters,
      );
      assert.match(text, /^\| +\| D \(10⁻⁵ cm²\/s\) \| ± /);
      await close();
    },

    'the curves of many pairs all look different': async () => {
      const { page, close } = await openAnalysis();
      await page.evaluate(() => {
        const x = Float64Array.from({ length: 20 }, (_, k) => k);
        const curves = Array.from({ length: 15 }, (_, k) => ({
          label: `pair ${k}`,
          y: x.map((each) => each * (k + 1)),
        }));
        const group = { title: 'Pairs', unit: '', abscissa: 'distance (Å)', x, curves };
        window.host.notify('curves', { frames: 9, notes: [], groups: [group] });
      });
      const looks = await until(page, () => {
        const swatches = [...document.querySelectorAll('.chart-legend .swatch')];
        return swatches.length === 15 && swatches.map((each) => getComputedStyle(each).borderTop);
      });
      assert.equal(new Set(looks).size, 15, looks.join());
      await page.getByRole('button', { name: 'Save Pairs as SVG' }).click();
      const { content } = await until(
        page,
        () => window.host.received.findLast((each) => each.method === 'saveFile')?.parameters,
      );
      const lines = [...content.matchAll(/<path[^>]*fill="none"[^>]*>/g)].map(([path]) => path);
      const kinds = new Set(
        lines.map((path) => `${/stroke="([^"]*)"/.exec(path)?.[1]} ${/dasharray="([^"]*)"/.exec(path)?.[1]}`),
      );
      assert.ok(kinds.size >= 15, [...kinds].join('; '));
      await shoot(page, 'analysis-pairs');
      await close();
    },

    'each input of an analysis does something or says why not': async () => {
      const { page, close } = await openAnalysis({ width: 700, theme: 'vscode-light' });
      const input = (name) => page.getByRole('spinbutton', { name });
      const asked = () =>
        page.evaluate(() =>
          window.host.received.filter((each) => each.method === 'analyze').map((each) => each.parameters),
        );
      const type = async (name, text) => {
        await input(name).fill(text);
        await page.keyboard.press('Enter');
      };
      assert.deepEqual(await asked(), [{ cutoff: 6, skip: 0 }]);
      await type('Farthest distance', '6.2');
      await type('Time between frames', '0.25');
      await type('Frames to leave out', '100');
      assert.deepEqual((await asked()).at(-1), { cutoff: 6.2, timestep: 0.25, skip: 100 });
      await type('Farthest distance', '40');
      const problem = page.getByRole('alert');
      assert.equal(await problem.innerText(), 'The distance is at most 30 Å.');
      assert.equal(await input('Farthest distance').getAttribute('aria-invalid'), 'true');
      // It is still to be read when another field is right.
      await type('Frames to leave out', '101');
      await until(
        page,
        () => window.host.received.findLast((each) => each.method === 'analyze').parameters.skip === 101,
      );
      assert.equal(await problem.innerText(), 'The distance is at most 30 Å.');
      await type('Farthest distance', '8');
      await problem.waitFor({ state: 'hidden' });
      await type('Frames to leave out', '1.5');
      assert.match(await problem.innerText(), /whole number/);
      await type('Frames to leave out', '');
      await type('Time between frames', '-1');
      assert.match(await problem.innerText(), /positive/);
      await type('Time between frames', '');
      assert.deepEqual((await asked()).at(-1), { cutoff: 8, timestep: undefined, skip: 0 });
      await until(page, () => {
        const wish = window.host.state?.wish;
        return wish?.cutoff === 8 && wish.skip === 0 && wish.timestep === undefined;
      });
      assert.deepEqual(await page.evaluate(() => window.host.state), {
        panel: 'analysis',
        path: '/data/water.xyz',
        wish: { cutoff: 8, timestep: undefined, skip: 0 },
      });
      await close();
    },

    'an analysis begins as it was left, says what is missing, and that the file has changed': async () => {
      const state = { panel: 'analysis', path: '/data/water.xyz', wish: { cutoff: 8, timestep: 0.5, skip: 20 } };
      const { page, close } = await openAnalysis({ state });
      const asked = () =>
        page.evaluate(() =>
          window.host.received.filter((each) => each.method === 'analyze').map((each) => each.parameters),
        );
      assert.deepEqual(await asked(), [state.wish]);
      assert.equal(await page.getByRole('spinbutton', { name: 'Frames to leave out' }).inputValue(), '20');
      await page.evaluate(() => window.host.notify('changed', undefined));
      await page.getByRole('button', { name: 'Analyze the file as it is now' }).click();
      assert.deepEqual((await asked()).at(-1), state.wish);
      await page.locator('.banner', { hasText: 'has changed' }).waitFor({ state: 'hidden' });
      await page.evaluate(() =>
        window.host.notify('curves', { frames: 2, groups: [], notes: ['There are no displacements.'] }),
      );
      await until(page, () => /no displacements/.test(document.querySelector('.comparison-notes').textContent));
      await page.evaluate(() => window.host.notify('failed', { message: 'a.xyz:3:1 XD004 wrong' }));
      assert.match(await page.getByRole('alert').innerText(), /XD004/);
      assert.equal(await page.locator('.chart').count(), 0);
      await close();
    },
  };
};
