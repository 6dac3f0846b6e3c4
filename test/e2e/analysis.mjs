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
      const group = (title, unit, abscissa, axis, curves) => ({ title, unit, abscissa, x: axis, curves });
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
          group('Mean squared displacement', 'Å²', 'time (fs)', times, [
            { label: 'all', y: times.map((t) => 0.0013 * t) },
            { label: 'O', y: times.map((t) => 0.0012 * t) },
          ]),
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

    'an analysis is asked for anew with another distance, and says what is missing': async () => {
      const { page, close } = await openAnalysis({ width: 700, theme: 'vscode-light' });
      await page.getByRole('spinbutton', { name: 'Farthest distance' }).fill('8');
      await page.getByRole('spinbutton', { name: 'Time between frames' }).fill('0.5');
      await page.keyboard.press('Tab');
      const asked = await until(page, () => {
        const last = window.host.received.findLast((each) => each.method === 'analyze')?.parameters;
        return last?.timestep === undefined ? undefined : last;
      });
      assert.deepEqual(asked, { cutoff: 8, timestep: 0.5 });
      await page.evaluate(() =>
        window.host.notify('curves', { frames: 2, groups: [], notes: ['There are no displacements.'] }),
      );
      await until(page, () => /no displacements/.test(document.querySelector('.comparison-notes').textContent));
      await page.evaluate(() => window.host.notify('failed', { message: 'a.xyz:3:1 XD004 wrong' }));
      await until(page, () => /XD004/.test(document.querySelector('.headline').textContent));
      await until(page, () => window.host.state?.path === '/data/water.xyz');
      await close();
    },
  };
};
