// The results of umbrella samplings and rates, driven as a person would. Run by webview.mjs.
import assert from 'node:assert/strict';
import { inked, until } from './webview-page.mjs';

export const freeEnergyTests = (pages, shoot) => {
  const openUmbrella = async (options = {}, sampled = {}) => {
    const opened = await pages.open('results', { width: 1280, height: 1000, ...options });
    await opened.page.evaluate((given) => {
      const { host } = window;
      const manifest = host.manifest('umbrella', { label: 'transfer', state: 'finished' });
      host.notify('run', { manifest, state: 'finished', folder: '/home/ada/runs/umbrella-transfer/001' });
      host.notify('pmf', { bytes: host.pmf(given) });
    }, sampled);
    await opened.page.locator('table.windows tbody tr').first().waitFor();
    return opened;
  };
  const saved = (page, end) =>
    until(
      page,
      (wanted) =>
        window.host.received.findLast(
          ({ method, parameters }) => method === 'saveFile' && parameters.name.endsWith(wanted),
        )?.parameters,
      end,
    );

  return {
    'a profile shows its barrier with an error, its windows, and what one of them sampled': async () => {
      const { page, errors, close } = await openUmbrella();
      const plot = page.locator('.plot-pmf .plot-input');
      assert.ok((await inked(page, '.plot-pmf .plot-layer:not(.plot-input)')) > 5000);
      // A barrier of 0.25 eV that the samples were drawn from.
      const barrier = await page
        .locator('.figure', { hasText: 'Barrier' })
        .first()
        .locator('.figure-value')
        .innerText();
      const [, value, error] = /^(\S+) ± (\S+) eV/.exec(barrier) ?? [];
      assert.ok(Math.abs(Number(value) - 0.25) < 4 * Number(error), barrier);
      assert.equal(await page.locator('table.windows tbody tr').count(), 15);
      await shoot(page, 'umbrella-dark');

      // A click into a histogram chooses its window and shows its samples.
      const box = await plot.boundingBox();
      await page.mouse.click(box.x + box.width * 0.55, box.y + box.height * 0.8);
      const chosen = page.locator('table.windows tr.chosen');
      await chosen.waitFor();
      const number = Number((await chosen.locator('button').innerText()).trim());
      const asked = await until(page, () => window.host.received.find(({ method }) => method === 'window')?.parameters);
      assert.equal(asked.window, number - 1);
      await page.locator('.window-samples .chart canvas').waitFor();
      assert.match(
        await page.locator('.window-samples .chart-stage').getAttribute('aria-label'),
        /^Window \d+ against time/,
      );
      await shoot(page, 'umbrella-window-dark');
      assert.deepEqual(errors, []);
      await close();
    },

    'a profile is walked through by keys, in the unit that is wanted, and saved': async () => {
      const { page, errors, close } = await openUmbrella({ theme: 'vscode-light' });
      const plot = page.locator('.plot-pmf .plot-input');
      assert.match(
        await plot.getAttribute('aria-label'),
        /along difference from 15 windows: barrier 0\.\d+ ± 0\.\d+ eV/,
      );
      await plot.focus();
      await page.keyboard.press('ArrowRight');
      await until(page, () => /difference .* Å, W = .* eV/.test(document.querySelector('[role=status]')?.textContent));
      await page.keyboard.press('ArrowUp');
      await until(page, () => /window 1: \d+ of/.test(document.querySelector('[role=status]').textContent));
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      assert.equal((await page.locator('table.windows tr.chosen button').innerText()).trim(), '2');
      await shoot(page, 'umbrella-light');
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('table.windows tr.chosen').count(), 0);

      await page.getByRole('radio', { name: 'kJ/mol' }).click();
      const label = await plot.getAttribute('aria-label');
      const barrier = Number(/barrier (\S+) ±/.exec(label)[1]);
      assert.ok(Math.abs(barrier / 96.485 - 0.25) < 0.03, label);
      await page.getByRole('button', { name: 'Save Potential of mean force as CSV' }).click();
      const { content } = await saved(page, '.csv');
      const [head, ...lines] = content.trimEnd().split('\n');
      assert.match(head, /^"difference \(Å\)","W \(kJ\/mol\)","error \(kJ\/mol\)","samples of window 1"/);
      const sum = lines.reduce((total, line) => total + Number(line.split(',')[3]), 0);
      const used = await page.locator('table.windows tbody tr').first().locator('td').nth(5).innerText();
      assert.equal(sum, Number(used.replaceAll('\u202f', '')));
      await page.getByRole('button', { name: 'Save Potential of mean force as SVG' }).click();
      assert.match((await saved(page, '.svg')).content, /W \(kJ\/mol\)/);
      assert.deepEqual(errors, []);
      await close();
    },

    'while it runs, the window that goes on is seen, and the profile of those that are finished': async () => {
      const { page, errors, close } = await openUmbrella({}, { centers: [-0.2, 0, 0.2, 0.4, 0.6] });
      await page.evaluate(() => {
        const { host } = window;
        const manifest = host.manifest('umbrella', { label: 'transfer', state: 'running' });
        host.notify('run', { manifest, state: 'running', folder: '/home/ada/runs/umbrella-transfer/001' });
        host.notify('events', { events: host.windowEvents(), reset: true });
      });
      await until(page, () => /window 6 of 15 · .* left/.test(document.querySelector('.progress-text').textContent));
      const chart = page.locator('.running-window .chart-stage');
      await chart.locator('canvas').waitFor();
      assert.match(
        await chart.getAttribute('aria-label'),
        /^Window 11 of 15, sampling against step: coordinate \S+ Å, centre 0\.600 Å/,
      );
      assert.equal(await page.locator('table.windows tbody tr').count(), 5);
      await shoot(page, 'umbrella-running-dark');
      await page.evaluate(() => {
        const { host } = window;
        const manifest = host.manifest('umbrella', { label: 'transfer', state: 'finished' });
        host.notify('run', { manifest, state: 'finished', folder: '/home/ada/runs/umbrella-transfer/001' });
      });
      await page.locator('.running-window').waitFor({ state: 'hidden' });
      assert.deepEqual(errors, []);
      await close();
    },

    'a rate is said with its error, in words, over the profile that it rests on': async () => {
      const { page, errors, close } = await pages.open('results', { width: 1280, height: 1000, theme: 'vscode-light' });
      await page.evaluate(() => {
        const { host } = window;
        const results = {
          method: 'Bennett–Chandler',
          rate: 1.298e9,
          rate_error: 1.17e8,
          transmission: 0.634,
          transmission_error: 0.041,
          barrier: 0.2551,
          barrier_error: 0.003,
          activation_free_energy: 0.2201,
          activation_free_energy_error: 0.0023,
          temperature: 300,
        };
        const manifest = host.manifest('rate', { label: 'transfer', state: 'finished', results });
        host.notify('run', { manifest, state: 'finished', folder: '/home/ada/runs/rate-transfer/001' });
        host.notify('pmf', { bytes: host.pmf() });
      });
      await page.locator('table.windows tbody tr').first().waitFor();
      const figures = (await page.locator('.figures').first().innerText()).replace(/\s+/g, ' ');
      assert.match(figures, /Rate \(1\.30 ± 0\.12\) × 10⁹ 1\/s once in 770 ps · Bennett–Chandler/);
      assert.match(figures, /activation 0\.2201 ± 0\.0023 eV barrier of the profile 0\.2551 ± 0\.0030 eV/);
      assert.match(figures, /Transmission 0\.63 ± 0\.04/);
      assert.ok(await page.locator('.window-samples').isHidden());
      await shoot(page, 'rate-light');
      assert.deepEqual(errors, []);
      await close();
    },

    'windows with little in common are marked, and a torn profile is said to be torn': async () => {
      const { page, errors, close } = await openUmbrella(
        { theme: 'vscode-high-contrast', width: 700, height: 1300 },
        { centers: [-1.2, -1, -0.8, 0.9, 1.1], unit: 'rad' },
      );
      const weak = page.locator('table.windows td.weak');
      assert.equal(await weak.count(), 1);
      assert.equal((await weak.innerText()).trim(), '0 %');
      assert.match(await page.locator('.comparison-notes').innerText(), /don’t hang together/);
      // Angles are in degrees for people.
      const cell = await page.locator('table.windows tbody tr').first().locator('td').nth(1).innerText();
      assert.ok(Math.abs(Number(cell.replace('−', '-')) + (1.2 * 1.5 * 180) / Math.PI) < 0.01, cell);
      await shoot(page, 'umbrella-high-contrast');
      assert.deepEqual(errors, []);
      await close();
    },
  };
};
