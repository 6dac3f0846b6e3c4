// Results, their plots and what they lead to; comparison, analysis, descriptors.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { chooseRow, command, commandAsking } from '../../../scripts/vscode-web.mjs';
import { until } from '../checks.mjs';
import { look, untilFrame, untilOther } from './workbench.mjs';

const card = (results, quantity) => results.locator(`.parity-card.${quantity}`);

/** A narrow panel shows one of the two plots. */
async function choosePlot(results, quantity) {
  const choice = results
    .getByRole('radiogroup', { name: 'Quantity' })
    .getByRole('radio', { name: quantity === 'energy' ? 'Energy' : 'Forces' });
  if (await choice.isVisible()) await choice.click();
  const plot = card(results, quantity).locator('.plot-parity .plot-input');
  await plot.scrollIntoViewIfNeeded();
  return plot;
}

/** Moves over the plot until a point is under the pointer, from the middle of the diagonal outwards. */
async function findPoint(page, results, quantity) {
  const plot = await choosePlot(results, quantity);
  const { x, y, width, height } = await plot.boundingBox();
  for (let step = 0; step < 40; step++) {
    const part = 0.5 + (step % 2 === 0 ? 1 : -1) * 0.01 * step;
    const at = [x + width * part, y + height * (1 - part)];
    await page.mouse.move(...at);
    await plot.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    if (/over-point/.test(await plot.getAttribute('class'))) return at;
  }
  throw new Error('no point is under the pointer');
}

async function drag(page, from, ...path) {
  await page.mouse.move(...from);
  await page.mouse.down();
  for (const to of path) await page.mouse.move(...to, { steps: 3 });
  await page.mouse.up();
}

/** In a viewer; its legend says what is shown, with the unit. */
async function chooseForceError(viewer) {
  await viewer.locator('button[aria-label^="Display"]').click();
  await viewer.locator('#display-colour').selectOption({ label: 'Force error (eV/Å)' });
  await viewer.locator('.viewer-legend .ramp-row', { hasText: /eV\/Å[^]*Force error/ }).waitFor();
}

export const plottingTests = {
  'a parity point shows its structure with its atom, also when the results are opened again': async (tools) => {
    const { page, openResults, clear } = tools;
    const results = await openResults();
    await page.mouse.click(...(await findPoint(page, results, 'force')));
    const structure = results.locator('section.structure');
    await structure.locator('h3', { hasText: /^Frame \d+ · ammonia\.xyz$/ }).waitFor();
    const facts = structure.locator('.facts');
    await facts.waitFor();
    assert.match(await facts.innerText(), /force on [HN] \d[^]*reference[^]*predicted[^]*eV\/Å/);
    await until('atoms on the screen', async () => (await look(structure.locator('.viewer-canvas'))).covered > 500);
    const told = await facts.innerText();
    await clear();
    const again = await openResults();
    const chosen = again.locator('section.structure .facts');
    await chosen.waitFor();
    assert.equal(await chosen.innerText(), told);
  },

  'a point of the energies leads to the viewer and to the text': async ({ page, openResults, viewer }) => {
    const results = await openResults();
    await page.mouse.click(...(await findPoint(page, results, 'energy')));
    const title = results.locator('section.structure h3', { hasText: /^Frame \d+/ });
    await title.waitFor();
    const frame = Number(/\d+/.exec(await title.innerText())[0]);
    await results.locator('[aria-label="Open the text of the data file here"]').click();
    await page.locator('.statusbar-item', { hasText: `Ln ${6 * frame + 1},` }).waitFor();
    await results.locator('[aria-label="Open in the trajectory viewer"]').click();
    await untilFrame(await viewer(), frame);
  },

  'a box and a lasso select structures, which open as a trajectory': async ({ page, openResults, viewer }) => {
    const results = await openResults();
    const bar = results.locator('.selection-bar');
    const words = results.locator('.selection-words');
    const counted = async () => Number(/of (\d+) structure/.exec(await words.innerText())[1]);
    const plot = await choosePlot(results, 'energy');
    const at = async (fx, fy) => {
      const { x, y, width, height } = await plot.boundingBox();
      return [x + width * fx, y + height * fy];
    };
    await card(results, 'energy').getByRole('radio', { name: 'box' }).click();
    await drag(page, await at(0.2, 0.02), await at(0.99, 0.8));
    await bar.waitFor();
    const all = await counted();
    assert.ok(all > 25 && all <= 50, `${all} structures`);
    await card(results, 'energy').getByRole('radio', { name: 'lasso' }).click();
    await page.keyboard.down('Alt');
    await drag(page, await at(0.2, 0.02), await at(0.98, 0.02), await at(0.98, 0.45), await at(0.2, 0.45));
    await page.keyboard.up('Alt');
    await until('fewer structures', async () => (await counted()) < all);
    const some = await counted();
    await bar.getByRole('button', { name: /as a trajectory/ }).click();
    const trajectory = await viewer();
    await until('its frames', async () => {
      const last = await trajectory.locator('input[aria-label="Frame"]').getAttribute('max');
      return Number(last) === some - 1;
    });
    // With what the run has predicted, and how wrong it is.
    await chooseForceError(trajectory);
    await trajectory.locator('#display-arrows').selectOption({ label: 'reference_forces and predicted_forces' });
    for (const text of ['reference', 'predicted', 'eV/Å'])
      await trajectory.locator('.viewer-legend .element-row', { hasText: text }).waitFor();
  },

  'a data file shows what a run has predicted for it': async ({ page, file, openTrajectory }) => {
    const viewer = await openTrajectory('ammonia.xyz');
    const runs = viewer.locator('select[aria-label="Predictions of"]');
    await runs.selectOption({ label: 'train quick 001' });
    await chooseForceError(viewer);
    await viewer.locator('#display-colour').selectOption('');
    await viewer.locator('button[aria-label^="Display"]').click();
    const details = viewer.locator('button[aria-label^="Values of the frame"]');
    await details.click();
    const column = viewer.locator('.details dt', { hasText: 'predicted_forces' });
    await column.waitFor();
    // Of another file in its place nothing was predicted, also if its frame comes later than this is known.
    const before = fs.readFileSync(file('ammonia.xyz'), 'utf8');
    fs.writeFileSync(file('ammonia.xyz'), before.split('\n').slice(6).join('\n'));
    const changed = viewer.locator('.banner', { hasText: 'ammonia.xyz has changed since this run' });
    await changed.waitFor();
    await column.waitFor({ state: 'detached' });
    await viewer.locator('.viewer-canvas').focus();
    await page.keyboard.press('ArrowRight');
    await untilFrame(viewer, 1);
    assert.ok(await changed.isVisible());
    fs.writeFileSync(file('ammonia.xyz'), before);
    await column.waitFor();
    await changed.waitFor({ state: 'hidden' });
    await runs.selectOption('');
    await column.waitFor({ state: 'detached' });
    await details.click();
  },

  'the structure of a point is coloured by the error of all its forces': async ({ page, openResults }) => {
    const results = await openResults();
    await page.mouse.click(...(await findPoint(page, results, 'force')));
    const structure = results.locator('section.structure');
    await structure.locator('.facts').waitFor();
    const canvas = structure.locator('.viewer-canvas');
    const before = await look(canvas);
    await chooseForceError(structure);
    await untilOther('colours of the errors', canvas, before);
    await structure.locator('#display-colour').selectOption('');
    await structure.locator('button[aria-label^="Display"]').click();
  },

  'structures are left out of the dataset, in the text of the potential': async ({ page, file, openResults }) => {
    const before = fs.readFileSync(file('ammonia.potential'), 'utf8');
    const results = await openResults();
    const plot = await choosePlot(results, 'energy');
    await plot.focus();
    for (const key of ['n', 'Enter']) await page.keyboard.press(key);
    const bar = results.locator('.selection-bar');
    await bar.getByRole('button', { name: /out of the dataset/ }).click();
    await page.locator('.notification-toast', { hasText: 'One structure is left out of dataset small' }).waitFor();
    // VS Code in a browser saves by itself.
    const after = await until('the text on the disk', () => {
      const text = fs.readFileSync(file('ammonia.potential'), 'utf8');
      return text !== before && text;
    });
    assert.match(after, /exclude\s*=.*ammonia\.xyz/);
    fs.writeFileSync(file('ammonia.potential'), before);
  },

  'structures of data that have changed are neither shown nor left out': async ({ page, file, openResults }) => {
    const before = fs.readFileSync(file('ammonia.xyz'), 'utf8');
    const potential = fs.readFileSync(file('ammonia.potential'), 'utf8');
    const results = await openResults();
    const structure = results.locator('section.structure');
    const chooseWorst = () => results.locator('.worst tbody tr button').first().click();
    await chooseWorst();
    await structure.locator('.facts').waitFor();
    // Its last frame comes first: every frame has another number.
    fs.writeFileSync(file('ammonia.xyz'), before.split('\n').slice(-7, -1).join('\n') + '\n' + before);
    await chooseWorst();
    await structure.locator('.failure', { hasText: 'ammonia.xyz has changed since this run' }).waitFor();
    await results.locator('.data-changed', { hasText: 'ammonia.xyz has changed since this run' }).waitFor();
    assert.equal(await structure.locator('.viewer-canvas').isVisible(), false);
    await (await choosePlot(results, 'energy')).focus();
    for (const key of ['n', 'Enter']) await page.keyboard.press(key);
    await results
      .locator('.selection-bar')
      .getByRole('button', { name: /out of the dataset/ })
      .click();
    await page.locator('.notification-toast', { hasText: 'ammonia.xyz has changed since this run' }).waitFor();
    assert.equal(fs.readFileSync(file('ammonia.potential'), 'utf8'), potential);
    // More frames behind those that the run has read are no change.
    fs.writeFileSync(file('ammonia.xyz'), before + before);
    await page.keyboard.press('n');
    await structure.locator('.facts').waitFor();
    await results.locator('.data-changed').waitFor({ state: 'hidden' });
    fs.writeFileSync(file('ammonia.xyz'), before);
  },

  'points, drawings and pictures of a plot land on the disk': async ({ openResults, saved }) => {
    const results = await openResults();
    const save = (name) => card(results, 'force').locator('.card-foot').getByRole('button', { name }).click();
    await save(/points/);
    const csv = (await saved('-force.csv', (bytes) => bytes.toString().split('\n').length === 602)).toString();
    assert.match(csv.split('\n')[0], /reference.*predicted/);
    await save(/SVG/);
    assert.match((await saved('/quick-force.svg')).toString(), /reference force component \(eV\/Å\)/);
    await save(/PNG/);
    assert.equal((await saved('/quick-force.png')).toString('latin1', 1, 4), 'PNG');
  },

  'a table is copied as Markdown': async ({ page, openResults }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const results = await openResults();
    await card(results, 'force').getByRole('button', { name: 'Copy the table as Markdown' }).click();
    const text = await until('a table on the clipboard', async () => {
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      return copied.includes('RMSE') && copied;
    });
    const [head, rule, ...rows] = text.split('\n').filter((line) => line.startsWith('|'));
    assert.match(head, /RMSE/);
    assert.match(rule, /^\|(?: *:?-+:? *\|)+$/);
    assert.deepEqual(
      rows.map((row) => row.split('|')[1].trim()),
      (await card(results, 'force').locator('.statistics tbody th').allInnerTexts()).map((name) => name.trim()),
    );
  },

  'residuals, a histogram, and the list of the largest errors': async ({ openResults }) => {
    const results = await openResults();
    const plot = card(results, 'force').locator('.parity');
    await plot.scrollIntoViewIfNeeded();
    const parity = await look(plot);
    await results.getByRole('radio', { name: 'residual' }).click();
    const residual = await untilOther('residuals', plot, parity);
    await results.getByRole('radio', { name: 'histogram' }).click();
    await untilOther('a histogram', plot, residual);
    await results.getByRole('radio', { name: 'parity', exact: true }).click();
    const first = results.locator('.worst tbody tr').first();
    const frame = /\d+/.exec(await first.innerText())[0];
    await first.locator('button').click();
    await results.locator('section.structure h3', { hasText: `Frame ${frame} ·` }).waitFor();
    await results.locator('.worst tr.chosen').waitFor();
  },

  'tables of errors by element and config_type lead to their points': async ({ openResults }) => {
    const results = await openResults();
    const errors = results.getByRole('region', { name: 'Where the errors are' });
    /** Chooses the first row of a table; the texts of its cells. */
    const chooseFirst = async (table) => {
      const row = errors.getByRole('group', { name: table }).locator('tbody tr').first();
      await row.locator('button').click();
      return row.locator('th, td').allInnerTexts();
    };
    const selected = (words) => results.locator('.selection-words', { hasText: words }).waitFor();
    const [, components] = await chooseFirst('By element');
    await selected(`Selected: ${components} force components of `);
    const [, structures] = await chooseFirst('By config_type');
    await selected(new RegExp(` of ${structures} structures?$`));
    const [worst] = await chooseFirst('Worst structures');
    await results.locator('section.structure h3', { hasText: `Frame ${Number.parseInt(worst, 10)} ·` }).waitFor();
    const table = card(results, 'force').locator('.statistics');
    const names = async () =>
      (await table.locator('tbody th').allInnerTexts())
        .map((name) => name.trim())
        .sort()
        .join(' ');
    assert.equal(await names(), 'selection test train');
    await results.getByRole('combobox', { name: 'Tell points apart by' }).selectOption('element');
    await until('statistics by element', async () => (await names()) === 'H N selection');
    await results.getByRole('combobox', { name: 'Tell points apart by' }).selectOption('set');
  },

  'curves of two runs share charts, are smoothed and change their axes': async ({ page, panel }) => {
    await commandAsking(page, 'Nearsight: Compare Runs', 'train quick 001');
    await chooseRow(page, 'train other 001');
    await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
    const comparison = await panel('div.comparison');
    const chart = comparison.locator('.chart').first();
    await chart.locator('canvas').first().waitFor();
    assert.equal(await chart.locator('.chart-series').count(), 2);
    const logarithmic = await look(chart);
    await comparison.getByRole('radio', { name: 'linear' }).click();
    const linear = await untilOther('a linear scale', chart, logarithmic);
    await comparison.getByRole('slider', { name: 'Smoothing' }).fill('0.9');
    const smooth = await untilOther('smooth curves', chart, linear);
    await comparison.getByRole('radio', { name: 'time' }).click();
    await untilOther('a time axis', chart, smooth);
    assert.match(await comparison.locator('div.comparison').innerText(), /energy RMSE[^]*force RMSE/);
  },

  'a trajectory is analyzed, its numbers saved, and analyzed anew when it has grown': async ({
    page,
    file,
    openText,
    panel,
    saved,
  }) => {
    await openText('salt.xyz');
    await command(page, 'Nearsight: Analyze Trajectory');
    const analysis = await panel('.chart-grid.all .chart');
    const title = analysis.locator('.chart h3', { hasText: 'Radial distribution' });
    await title.waitFor();
    await analysis.getByRole('button', { name: 'Save Radial distribution g(r) as CSV' }).click();
    const csv = (await saved('/salt-radial-distribution-g-r.csv')).toString();
    assert.match(csv.split('\n')[0], /^"distance \(Å\)".*Na–Cl|^"distance \(Å\)".*Cl–Na/);
    const frames = async () => Number.parseInt(await analysis.locator('[role="status"]').first().innerText(), 10);
    const before = await frames();
    const skip = analysis.getByRole('spinbutton', { name: 'Frames to leave out' });
    await skip.fill('1');
    await skip.press('Enter');
    await until('one frame less', async () => (await frames()) === before - 1);
    const text = fs.readFileSync(file('salt.xyz'), 'utf8');
    fs.appendFileSync(file('salt.xyz'), text);
    await analysis.getByRole('button', { name: 'Analyze the file as it is now' }).click();
    await until('the frames that were added', async () => (await frames()) === 2 * before - 1);
    fs.writeFileSync(file('salt.xyz'), text);
  },

  'the descriptors of a potential are drawn beside its data': async ({ page, openText, panel }) => {
    await openText('ammonia.potential');
    await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().waitFor();
    await command(page, 'Nearsight: Preview Descriptors');
    const preview = await panel('.chart, .profile');
    await until('shapes and distances', async () =>
      /radial[^]*in the data/.test(await preview.locator('body').innerText()),
    );
  },
};
