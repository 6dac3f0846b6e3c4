// The comparison of runs, driven as a person would. Run by webview.mjs.
import assert from 'node:assert/strict';
import { inked, until } from './webview-page.mjs';

export const comparisonTests = (pages, shoot) => {
  const folders = ['001', '002', '003'].map((number) => `/home/ada/runs/train-ethanol/${number}`);

  const openComparison = async (options = {}) => {
    const opened = await pages.open('comparison', options);
    await opened.page.evaluate((names) => {
      const { host } = window;
      const report = (scale) => ({
        energy_rmse_uncertainty: { standard_error: 0.00006 },
        force_rmse_uncertainty: { standard_error: 0.0012 },
        config_types: ['gas', 'liquid'].map((config_type, k) => ({
          config_type,
          structures: 50,
          energy_rmse: 0.001 * scale * (k + 1),
          force_rmse: 0.05 * scale * (k + 1),
        })),
        elements: ['H', 'C', 'O'].map((element, k) => ({ element, forces: 900, force_rmse: 0.03 * scale * (k + 1) })),
      });
      const scales = [1.3, 1.1, 1.299];
      host.notify('runs', {
        runs: names.map((folder, k) => ({
          folder,
          title: `train ethanol ${folder.slice(-3)}`,
          state: 'finished',
          manifest: host.manifest('train', {
            state: 'finished',
            train: host.summary(1),
            test: host.summary(scales[k]),
            seed: k === 2 ? 2 : 1,
            results: { best_epoch: 90 + k, cpu_seconds: 40.5 + 3 * k },
          }),
          errors: { train: report(1), test: report(scales[k]) },
        })),
      });
      names.forEach((folder, k) =>
        host.notify('events', { folder, events: host.epochs(0, 120 - 20 * k, 120, 0.01 + 0.09 * k), reset: true }),
      );
    }, folders);
    await until(opened.page, () =>
      window.host.received.some((each) => each.method === 'drawn' && each.parameters.curves === 3),
    );
    return opened;
  };
  const last = (opened, method) =>
    opened.page.evaluate((name) => window.host.received.findLast((each) => each.method === name)?.parameters, method);

  return {
    'compared runs share charts, and their errors one table': async () => {
      const opened = await openComparison({ width: 1280, height: 1180 });
      assert.ok((await inked(opened.page, '.chart canvas')) > 3000);
      // Each curve ends where its run ended: the last values are those of epoch 120, 100, 80.
      const values = (await opened.page.locator('.chart:first-child .chart-series .value').allInnerTexts()).map(Number);
      assert.ok(values[0] < values[1] && values[1] < values[2], values.join(' '));
      const rows = await opened.page.locator('.comparison tbody tr').allInnerTexts();
      const energy = rows.find((row) => row.startsWith('energy RMSE')).split('\t');
      assert.deepEqual(energy.slice(0, 3), ['energy RMSE', 'meV/atom', '2.080 ± 0.060']);
      assert.match(energy[3], /^1\.760 ± 0\.060\s*−0\.32 ✓$/);
      assert.match(energy[4], /^2\.078 ± 0\.060\s*≈ −0\.0016$/);
      assert.ok(rows.some((row) => row.startsWith('O: force RMSE')));
      assert.match(await opened.page.textContent('.comparison-notes'), /seeds differ/);
      await shoot(opened.page, 'comparison-dark');
      assert.deepEqual(opened.errors, []);
      await opened.close();
    },

    'a comparison leads to results and definitions, by keyboard too': async () => {
      const opened = await openComparison({ width: 760, height: 900, theme: 'vscode-light' });
      await opened.page.getByRole('button', { name: 'train ethanol 002', exact: true }).focus();
      await opened.page.keyboard.press('Enter');
      assert.deepEqual(await last(opened, 'openResults'), { folder: folders[1] });
      await opened.page.getByRole('button', { name: /What differs .* 003/ }).click();
      assert.deepEqual(await last(opened, 'openDifference'), { folder: folders[2] });
      await opened.page.getByRole('button', { name: 'Copy the table as Markdown' }).click();
      assert.match(
        (await last(opened, 'copy')).text,
        /\| test: energy RMSE \| meV\/atom \| 2\.080 ± 0\.060 \| 1\.760 ± 0\.060 \|/,
      );
      await opened.page.getByRole('button', { name: 'Save Loss as SVG' }).click();
      const { name, content } = await last(opened, 'saveFile');
      assert.equal(name, 'comparison-loss.svg');
      assert.match(content, /train ethanol 003/);
      await shoot(opened.page, 'comparison-light');
      await opened.close();
    },

    'curves are smoothed, of another set, against time, and stay so after a reload': async () => {
      const opened = await openComparison({ width: 1280, theme: 'vscode-high-contrast' });
      const values = async () =>
        (await opened.page.locator('.chart:first-child .value').allInnerTexts()).map(Number).join(' ');
      const test = await values();
      const before = await inked(opened.page, '.chart canvas');
      await opened.page.getByRole('slider', { name: 'Smoothing' }).fill('0.9');
      await until(
        opened.page,
        (count) => {
          const canvas = document.querySelector('.chart canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let now = 0;
          for (let k = 3; k < data.length; k += 4) if (data[k] > 0) now++;
          return now !== count;
        },
        before,
      );
      // None of them has a validation set.
      const sets = opened.page.getByRole('radiogroup', { name: 'Set' }).getByRole('radio');
      assert.deepEqual(await sets.allInnerTexts(), ['train', 'test']);
      await opened.page.getByRole('radio', { name: 'train' }).click();
      await until(
        opened.page,
        (shown) =>
          [...document.querySelectorAll('.chart:first-child .value')]
            .map((each) => Number(each.textContent))
            .join(' ') !== shown,
        test,
      );
      await opened.page.getByRole('radio', { name: 'time' }).click();
      await shoot(opened.page, 'comparison-contrast');
      await until(opened.page, () => window.host.state?.curves.axis === 'time');
      const state = await opened.page.evaluate(() => window.host.state);
      assert.deepEqual(state.folders, folders);
      assert.deepEqual([state.set, state.curves.smoothing], ['train', 0.9]);
      assert.deepEqual(opened.errors, []);
      await opened.close();
    },

    'a chart is moved through by keys, which say what is there, and zoom; hidden curves are in no drawing':
      async () => {
        const opened = await openComparison({ width: 1280 });
        const { page } = opened;
        const chart = page.locator('.chart').first();
        const stage = chart.locator('.chart-stage');
        const said = () => page.textContent('[aria-live="polite"].visually-hidden');
        await stage.focus();
        await page.keyboard.press('ArrowLeft');
        assert.match(await said(), /^epoch 120\.0: train ethanol 001 [\d.]+ \w+/);
        for (let k = 0; k < 6; k++) await page.keyboard.press('Shift+ArrowLeft');
        assert.match(await said(), /^epoch 60\.00: train ethanol 001 \S+ weighted, train ethanol 002 \S+ weighted/);
        const painted = () =>
          page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        /** Where the right edge is. */
        const rightEdge = async () => {
          const { x, y, width, height } = await chart.locator('.u-over').boundingBox();
          await page.mouse.move(x + width - 1, y + height / 2);
          const text = await chart.locator('.chart-place').textContent();
          await page.mouse.move(5, 5);
          return Number(/[\d.]+$/.exec(text)[0]);
        };
        assert.equal(await rightEdge(), 120);
        await page.keyboard.press('+');
        await page.keyboard.press('+');
        const near = await rightEdge();
        assert.ok(near < 100, `zoomed to ${near}`);
        await page.keyboard.press('0');
        assert.equal(await rightEdge(), 120);
        await page.keyboard.press('+');
        assert.ok((await rightEdge()) < 120);
        // Another axis shows all, and goes on following what comes.
        await page.getByRole('radio', { name: 'linear' }).click();
        await page.evaluate((folder) => {
          const { host } = window;
          host.notify('events', { folder, events: host.epochs(120, 140, 140, 0.01), reset: false });
        }, folders[0]);
        await until(page, () => document.querySelector('.chart') !== null);
        await page.waitForTimeout(100);
        assert.equal(await rightEdge(), 140);

        const entry = chart.getByRole('button', { name: /^train ethanol 002/ });
        const all = await inked(page, '.chart canvas');
        await entry.focus();
        await page.keyboard.press('Enter');
        assert.equal(await entry.getAttribute('aria-pressed'), 'false');
        await painted();
        assert.ok((await inked(page, '.chart canvas')) < all - 100);
        await page.getByRole('button', { name: 'Save Loss as SVG' }).click();
        const { content } = await last(opened, 'saveFile');
        assert.match(content, /train ethanol 001/);
        assert.doesNotMatch(content, /train ethanol 002/);
        await page.getByRole('button', { name: 'Save Loss as CSV' }).click();
        assert.match((await last(opened, 'saveFile')).content, /train ethanol 002/);
        await stage.focus();
        await page.keyboard.press('ArrowLeft');
        assert.doesNotMatch(await said(), /ethanol 002/);
        await opened.close();
      },
  };
};
