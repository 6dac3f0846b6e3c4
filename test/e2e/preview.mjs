// The preview of descriptors, driven as a person would. Run by webview.mjs.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { until } from './webview-page.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** As the language server makes it, with a change of the text. */
async function previewEthanol(edit) {
  const folder = await mkdtemp(path.join(tmpdir(), 'nearsight-preview-'));
  try {
    const outfile = path.join(folder, 'preview.cjs');
    const entryPoints = [path.join(root, 'test/e2e/preview-data.ts')];
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
    // What reads data is compiled.
    await cp(path.join(root, 'dist/kernels'), path.join(folder, 'kernels'), { recursive: true });
    return await createRequire(import.meta.url)(outfile).previewEthanol(root, edit);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const previewTests = (pages, shoot) => {
  const openPreview = async (options = {}) => {
    const preview = await previewEthanol();
    const opened = await pages.open('preview', { width: 1200, height: 900, ...options });
    await show(opened.page, preview);
    await until(opened.page, () => window.host.received.some((each) => each.method === 'drawn'));
    return { ...opened, preview };
  };
  const show = (page, preview) =>
    page.evaluate(
      (next) =>
        window.host.notify('preview', { uri: 'file:///ethanol.potential', potential: 'ethanol', preview: next }),
      preview,
    );
  const drawn = (page) =>
    page.evaluate(() => window.host.received.findLast((each) => each.method === 'drawn').parameters);
  const curves = (page, chart) => page.locator(`.profile:nth-of-type(${chart}) .curve`).count();

  return {
    'descriptors are drawn over the radial distribution of the data': async () => {
      const { page, errors, close } = await openPreview();
      // Six centres; λ = ±1 with ζ = 1 and 4; six pairs of H, C, O but O–O, which no molecule has.
      assert.deepEqual(await drawn(page), { radial: 6, angular: 4, distributions: 5, marks: 0 });
      assert.equal(await curves(page, 1), 7);
      assert.equal(await curves(page, 3), 4);
      assert.match(await page.textContent('.panel-header'), /6 radial, 4 angular shapes, cutoff 5\.00 Å/);
      assert.match(await page.textContent('.preview-key'), /H–C in the data, from 0\.9\d Å/);
      // Within the frame, and as high as the function is: 1 at its centre but for the cutoff function.
      const top = await page
        .locator('.profile:nth-of-type(1) .curve')
        .first()
        .evaluate((one) => one.getBBox().height);
      assert.ok(top > 100, `the first curve is ${top} pixels high`);
      assert.deepEqual(errors, []);
      await shoot(page, 'preview-dark');
      await close();
    },

    'distances and angles of a structure that is pointed at are ticks, which point at their atoms': async () => {
      const { page, errors, close } = await openPreview();
      await page.evaluate(() => {
        // A bent molecule: 0.96 Å, 104.5°.
        const angle = (104.5 * Math.PI) / 180;
        const positions = Float32Array.of(0, 0, 0, 0.96, 0, 0, 0.96 * Math.cos(angle), 0.96 * Math.sin(angle), 0);
        const data = {
          numbers: Uint8Array.of(8, 1, 1),
          positions,
          periodic: [false, false, false],
          columns: {},
          info: {},
        };
        window.host.notify('pointed', { name: 'water.xyz', frame: 3, data, atoms: [0] });
      });
      await until(page, () => window.host.received.findLast(({ method }) => method === 'drawn').parameters.marks === 3);
      assert.match(await page.textContent('.preview-key'), /frame 3 of water\.xyz, around atom 0/);
      const angular = page.locator('.profile:nth-of-type(3)');
      const place = angular.locator('.profile-place');
      await angular.locator('.profile-stage').focus();
      // From 90° in steps of 1.8°.
      for (let k = 0; k < 8; k++) await page.keyboard.press('ArrowRight');
      assert.match(await place.textContent(), /H–O–H \(0 \d \d\) 104\.5 °/);
      await shoot(page, 'preview-pointed');
      await page.keyboard.press('Enter');
      const { atoms } = await page.evaluate(
        () => window.host.received.findLast(({ method }) => method === 'pointAt').parameters,
      );
      assert.deepEqual([...atoms].sort(), [0, 1, 2]);
      // A structure of other elements has no ticks here, and nothing is said of them.
      await page.evaluate(() => {
        const positions = Float32Array.of(0, 0, 0, 2.4, 0, 0);
        const data = {
          numbers: Uint8Array.of(11, 17),
          positions,
          periodic: [false, false, false],
          columns: {},
          info: {},
        };
        window.host.notify('pointed', { name: 'salt.xyz', frame: 0, data, atoms: [] });
      });
      await until(page, () => window.host.received.findLast(({ method }) => method === 'drawn').parameters.marks === 0);
      assert.doesNotMatch(await page.textContent('.preview-key'), /ticks/);
      assert.deepEqual(errors, []);
      await close();
    },

    'profiles are saved as CSV, SVG and PNG as they are on the screen': async () => {
      const { page, errors, close } = await openPreview();
      const saved = async (card, kind) => {
        await page
          .locator('.profile')
          .nth(card)
          .getByRole('button', { name: new RegExp(`as ${kind}$`) })
          .click();
        const ending = `.${kind.toLowerCase()}`;
        return until(
          page,
          (wanted) =>
            window.host.received.findLast(
              ({ method, parameters }) => method === 'saveFile' && parameters.name.endsWith(wanted),
            )?.parameters,
          ending,
        );
      };
      const { name, content: csv } = await saved(0, 'CSV');
      assert.equal(name, 'ethanol-radial-functions.csv');
      const [head, ...rows] = csv.trim().split('\n');
      assert.match(head, /^"r \(Å\)",.*cutoff function/);
      assert.equal(rows.at(-1).split(',')[0], '5.25');
      assert.ok(rows.length > 50 && rows.every((row) => row.split(',').length === 8));
      const { content: svg } = await saved(2, 'SVG');
      assert.match(svg, /^<svg[^>]* width="\d/);
      assert.ok(!svg.includes('class=') && !svg.includes('var('), 'it needs no style sheet');
      const { content: png } = await saved(2, 'PNG');
      const picture = await page.evaluate(async (base64) => {
        const context = await window.host.decode(base64);
        const image = context.canvas;
        const { data } = context.getImageData(0, 0, image.width, image.height);
        let inked = 0;
        for (let k = 0; k < data.length; k += 4) if (Math.abs(data[k + 1] - data[1]) > 60) inked++;
        return { width: image.width, inked };
      }, png);
      assert.ok(picture.width > 600 && picture.inked > 1000, JSON.stringify(picture));
      assert.deepEqual(await page.evaluate(() => ({ ...window.host.state })), {
        uri: 'file:///ethanol.potential',
        potential: 'ethanol',
        pair: '',
      });
      assert.deepEqual(errors, []);
      await close();
    },

    'the preview is drawn in other themes': async () => {
      for (const theme of ['vscode-light', 'vscode-high-contrast']) {
        const { page, errors, close } = await openPreview({ theme });
        const stroke = await page
          .locator('.profile .curve')
          .first()
          .evaluate((one) => getComputedStyle(one).stroke);
        assert.notEqual(stroke, 'none');
        assert.deepEqual(errors, []);
        await shoot(page, `preview-${theme.slice(7)}`);
        await close();
      }
    },

    'the preview follows what is typed, and keeps the last one while there are errors': async () => {
      const { page, errors, close } = await openPreview();
      await show(page, await previewEthanol((text) => text.replace('linspace(1.0, 4.0, 6)', 'linspace(1.0, 4.0, 9)')));
      await until(page, () => window.host.received.findLast((each) => each.method === 'drawn').parameters.radial === 9);
      assert.equal(await curves(page, 1), 10);
      await show(page, null);
      await page.waitForSelector('.banner:not([hidden])');
      assert.equal(await curves(page, 1), 10);
      assert.deepEqual(errors, []);
      await close();
    },

    'channels of chirality are a chart of their own, with how large the volumes become': async () => {
      const { page, errors, close } = await openPreview();
      assert.equal(await page.locator('.profile:nth-of-type(4)').isVisible(), false);
      const block = '  chiral C H O { eta = [0.3, 1.5] Å^-2 }\n';
      await show(page, await previewEthanol((text) => text.replace(/^ {2}radial/mu, `${block}  radial`)));
      await page.waitForSelector('.profile:nth-of-type(4):visible');
      // Two Gaussians and the cutoff function.
      assert.equal(await curves(page, 4), 3);
      assert.match(await page.textContent('.panel-header'), /10 chiral of C, \|χ\| up to 0\.\d+/);
      assert.deepEqual(errors, []);
      await shoot(page, 'preview-chirality');
      await close();
    },

    'keys move through the curves of the preview, a pair can be chosen': async () => {
      const { page, errors, close } = await openPreview();
      const place = page.locator('.profile:nth-of-type(1) .profile-place');
      await page.locator('.profile:nth-of-type(1) .profile-stage').focus();
      await page.keyboard.press('ArrowDown');
      assert.match(await place.textContent(), /^r = 2\.63 Å · η 4\.082 Å⁻², rₛ 1 Å = 9\.45e−6$/);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Shift+ArrowLeft');
      assert.match(await place.textContent(), /^r = 2\.10 Å · η 4\.082 Å⁻², rₛ 1\.6 Å = 0\.\d+$/);
      assert.equal(await page.locator('.profile .curve.chosen').count(), 1);
      await page.keyboard.press('Escape');
      assert.equal(await place.textContent(), '');
      await page.selectOption('select', 'C–O');
      assert.equal((await drawn(page)).distributions, 1);
      assert.deepEqual(errors, []);
      await close();
    },
  };
};
