// The results panel, driven as a person would. Run by webview.mjs.
import assert from 'node:assert/strict';
import { inked, until } from './webview-page.mjs';

export const resultsTests = (pages, shoot) => {
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

  return {
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
      await page.evaluate(() =>
        window.host.notify('events', { events: window.host.epochs(89, 92, 200), reset: false }),
      );
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
      await until(page, () =>
        window.host.received.some((each) => each.method === 'drawn' && each.parameters.points > 0),
      );
      const box = await page.locator('.parity-card.force .plot-parity .plot-input').boundingBox();
      let hit;
      for (let x = box.x + box.width - 10; x > box.x + 70 && hit === undefined; x -= 5)
        for (let y = box.y + 12; y < box.y + box.height - 40 && hit === undefined; y += 6) {
          await page.mouse.move(x, y);
          if (await page.locator('.parity-card.force .plot-parity .plot-input.over-point').count()) hit = { x, y };
        }
      assert.ok(hit !== undefined, 'a point is under the pointer');
      await page.mouse.move(hit.x, hit.y);
      await page.waitForTimeout(100);
      // What the readout says the value is belongs to one row of the data; that row's atom is the right one.
      const readout = await page.textContent('.parity-card.force .plot-parity .tooltip');
      const predicted = Number(/predicted\s+(\S+)/.exec(readout)[1].replace('−', '-'));
      const expected = await page.evaluate((value) => {
        const { force } = window.host.lastParity;
        const rows = [...force.predicted.keys()].filter((row) => Math.abs(force.predicted[row] - value) < 5.1e-5);
        return rows.map((row) => force.atom[row]);
      }, predicted);
      await page.mouse.click(hit.x, hit.y);
      const asked = await until(
        page,
        () => window.host.received.findLast((each) => each.method === 'structure')?.parameters,
      );
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

    'the view of structures is ready before the first click, and nothing is seen of it': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 900 });
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(100) }));
      const card = page.locator('section.structure');
      const [canvas, hint] = [card.locator('.viewer-canvas'), card.getByText('Click a point to see its structure.')];
      await canvas.waitFor({ state: 'attached' });
      await until(page, () => window.host.received.some((each) => each.method === 'structure'));
      // Its name has the formula of what it shows.
      await until(page, () => /: C\S*H\S*O/.test(document.querySelector('.viewer-canvas').getAttribute('aria-label')));
      assert.ok(await hint.isVisible());
      assert.equal(await card.locator('.card-head h3').innerText(), 'Structure');
      // It is painted, behind what lets so little through that no eye sees it, and neither keys nor screen readers come to it.
      const [ready, facts] = [card.locator('.viewer'), card.locator('.structure-facts')];
      for (const each of [ready, facts]) assert.ok(await each.evaluate((element) => element.inert));
      // The way it will be painted when it is seen: another way takes the browser its time once more.
      assert.equal(await ready.evaluate((element) => getComputedStyle(element).opacity), '1');
      const picture = async () => (await card.screenshot()).toString('base64');
      const painted = await picture();
      for (const each of [ready, facts]) await each.evaluate((element) => (element.style.visibility = 'hidden'));
      const bare = await picture();
      for (const each of [ready, facts]) await each.evaluate((element) => (element.style.visibility = ''));
      const difference = await page.evaluate(
        async (pictures) => {
          const [one, other] = await Promise.all(
            pictures.map(async (each) => {
              const context = await window.host.decode(each);
              return context.getImageData(0, 0, context.canvas.width, context.canvas.height).data;
            }),
          );
          return one.reduce((most, value, k) => Math.max(most, Math.abs(value - other[k])), 0);
        },
        [painted, bare],
      );
      assert.ok(difference <= 3, `a difference of ${difference} in 255`);
      const told = () => page.evaluate(() => window.host.received.filter((each) => each.method === 'drawn'));
      assert.ok((await told()).every(({ parameters }) => parameters.atoms === 0));
      await canvas.evaluate((element) => element.classList.add('made-ready'));
      await page.keyboard.press('n');
      await until(page, () =>
        window.host.received.some((each) => each.method === 'drawn' && each.parameters.atoms === 9),
      );
      assert.ok(await card.locator('.viewer-canvas.made-ready').isVisible());
      for (const each of [ready, facts]) assert.ok(!(await each.evaluate((element) => element.inert)));
      assert.equal(await hint.count(), 0);
      assert.deepEqual(errors, []);
      await close();
    },

    'the structure of the point under the pointer is asked for before it is clicked': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 1060 });
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(1000) }));
      // The one that is made ready.
      await page.locator('.structure-facts table').waitFor({ state: 'attached' });
      const card = page.locator('.parity-card.force .plot-parity');
      const box = await card.locator('.plot-input').boundingBox();
      const isOver = () => card.locator('.plot-input.over-point').count();
      const middle = box.y + box.height / 2;
      for (let x = box.x + box.width / 2; x < box.x + box.width && !(await isOver()); x += 2)
        await page.mouse.move(x, middle);
      const frame = Number(/frame (\d+)/.exec(await card.locator('.tooltip').innerText())[1]);
      const asked = () =>
        page.evaluate(() =>
          window.host.received.flatMap(({ method, parameters }) => (method === 'structure' ? [parameters.frame] : [])),
        );
      await until(
        page,
        (wanted) => window.host.received.findLast((each) => each.method === 'structure').parameters.frame === wanted,
        frame,
      );
      const before = await asked();
      await page.mouse.down();
      await page.mouse.up();
      await page.getByText(`Frame ${frame} · ethanol.xyz`).waitFor();
      await page.locator('.structure-facts table').waitFor();
      assert.deepEqual(await asked(), before);
      assert.deepEqual(errors, []);
      await close();
    },

    'a first structure that can’t be read is said to be so': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 900 });
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(100) }));
      const facts = page.locator('.structure-facts');
      // The numbers of the structure that was made ready, which nobody sees.
      await facts.locator('table').waitFor({ state: 'attached' });
      await page.evaluate(() => (window.host.frames.length = 0));
      await page.keyboard.press('n');
      const failure = facts.getByText('The structure can’t be shown: there is no frame');
      await failure.waitFor();
      assert.ok(await page.getByText('Click a point to see its structure.').isVisible());
      assert.deepEqual(errors, []);
      await close();
    },

    'a structure of data that have changed is taken back, and the panel says what still holds': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 900 });
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(100) }));
      const structure = page.locator('section.structure');
      const banner = page.locator('.data-changed');
      const tell = (...reasons) =>
        page.evaluate((all) => {
          const files = all.map((reason) => ({ file: '/data/ethanol.xyz', reason }));
          window.host.notify('changed', { files });
        }, reasons);
      await page.locator('.worst tbody tr').first().waitFor();
      await page.keyboard.press('n');
      await structure.locator('.viewer-canvas').waitFor();
      await tell('ethanol.xyz has changed since this run');
      await structure.getByText('ethanol.xyz has changed since this run: ').waitFor();
      assert.match(await banner.innerText(), /^ethanol\.xyz has changed since this run\. Structures can’t be shown/);
      assert.equal(await structure.locator('.viewer-canvas').isVisible(), false);
      await shoot(page, 'results-changed');
      await tell();
      await banner.waitFor({ state: 'hidden' });
      await page.keyboard.press('n');
      await structure.locator('.viewer-canvas').waitFor();
      await structure.locator('.facts').waitFor();
      assert.deepEqual(errors, []);
      await close();
    },

    'what was done is there again after a reload, and when the run is opened again': async () => {
      const { page, errors, close } = await openResults({ width: 900, height: 700 });
      const plot = page.locator('.parity-card.force .plot-parity .plot-input');
      const structure = page.locator('section.structure');
      const body = page.locator('main.results');
      const look = () => page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(3000) }));
      await look();
      await page.locator('.worst tbody tr').first().waitFor();
      await plot.focus();
      for (const key of ['n', 'n', '+', '+', 'a']) await page.keyboard.press(key);
      await structure.locator('.facts').waitFor();
      await page.locator('.parity-card.force .statistics input').last().click();
      await structure.locator('.viewer-canvas').focus();
      for (const key of ['ArrowDown', 'Enter', '+', '+']) await page.keyboard.press(key);
      await until(
        page,
        () => window.host.received.findLast(({ method }) => method === 'pointAt').parameters.atoms.length,
      );
      await body.hover();
      await page.mouse.wheel(0, 150);
      await page.waitForTimeout(400);
      const seen = async () => ({
        title: await structure.locator('.card-head h3').innerText(),
        facts: await structure.locator('.facts').innerText(),
        measured: await structure.locator('.viewer-measurement').innerText(),
        selected: await page.locator('.selection-words').innerText(),
        sets: await page
          .locator('.parity-card.force .statistics input')
          .evaluateAll((all) => all.map((each) => each.checked)),
        scroll: await body.evaluate((element) => element.scrollTop),
        state: await page.evaluate(() => {
          const { parity, viewer } = window.host.state;
          return { parity, view: viewer.view };
        }),
      });
      const before = await seen();
      assert.match(before.measured, /position/);
      assert.match(before.selected, /^Selected: .+ force components/);
      assert.ok(
        before.scroll > 0 && before.sets.includes(false) && before.state.parity.zooms.length === 1,
        JSON.stringify(before),
      );
      const remembered = await page.evaluate(
        () => window.host.received.findLast(({ method }) => method === 'remember').parameters.state,
      );
      await page.reload();
      await page.evaluate(() => window.host.load('/data/ethanol.xyz'));
      await page.evaluate(() => {
        const { host } = window;
        host.notify('run', {
          manifest: host.manifest('train'),
          state: 'running',
          folder: '/home/ada/runs/train-ethanol/003',
        });
      });
      await look();
      await structure.locator('.facts').waitFor();
      await until(page, () => document.querySelector('.viewer-measurement').textContent !== '');
      assert.deepEqual(await seen(), before);
      assert.deepEqual(
        await page.evaluate(() => window.host.received.filter(({ method }) => method === 'pointAt')),
        [],
      );
      assert.deepEqual(errors, []);
      await close();
      // A panel of its own, which knows only what the extension has remembered.
      const again = await openResults({ width: 900, height: 700, state: JSON.parse(remembered) });
      await again.page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(3000) }));
      await again.page.locator('section.structure .facts').waitFor();
      assert.equal(await again.page.locator('.selection-words').innerText(), before.selected);
      assert.equal(await again.page.locator('section.structure .card-head h3').innerText(), before.title);
      // Other predictions have other rows.
      await again.page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(2000) }));
      await again.page.locator('.selection-bar').waitFor({ state: 'hidden' });
      await again.close();
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
      const chosen = () =>
        page.evaluate(() =>
          window.host.received.filter((each) => each.method === 'pointAt').map((each) => each.parameters.structure),
        );
      assert.deepEqual(await chosen(), worst.first);
      assert.equal(await page.locator('.worst tr.chosen').count(), 1);
      await page.locator('.parity-card.force').getByRole('checkbox', { name: 'show test' }).uncheck();
      await page.keyboard.press('n');
      assert.equal((await chosen()).at(-1), worst.firstTrain);
      await page.click('text=residual');
      await page.waitForTimeout(200);
      await shoot(page, 'results-residual');
      // Where one writes, they are letters.
      const stepped = (await chosen()).length;
      await page.waitForSelector('section.structure .viewer-canvas');
      await page.focus('section.structure .viewer-canvas');
      await page.keyboard.press('/');
      await page.keyboard.type('not H');
      assert.equal(await page.inputValue('section.structure .viewer-select input'), 'not H');
      await page.keyboard.press('Enter');
      await until(page, () => document.querySelector('.viewer-measurement').textContent.includes('O 2'));
      // The atom that is selected is told, of the same structure.
      assert.deepEqual((await chosen()).slice(stepped), [worst.firstTrain]);
      // What was chosen in the list by keys keeps the focus: the next one is a step away.
      const third = page.locator('.worst tbody tr').nth(2);
      await third.locator('.link').focus();
      await page.keyboard.press('Enter');
      assert.equal((await chosen()).length, stepped + 2);
      assert.ok(
        await third.evaluate((row) => row.classList.contains('chosen') && row.contains(document.activeElement)),
      );
      assert.equal(await page.locator('.worst tr.chosen').count(), 1);
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
      assert.deepEqual((await cells('By element')).map(([name]) => name).sort(), ['C', 'H', 'O']);
      await section.locator('[aria-label="Worst structures"] button').first().focus();
      await page.keyboard.press('Enter');
      const asked = await until(
        page,
        () => window.host.received.findLast((each) => each.method === 'structure')?.parameters,
      );
      assert.equal(String(asked.frame), (await cells('Worst structures'))[0][0].split(' · ')[0]);
      await section.getByRole('radio', { name: 'train' }).click();
      assert.equal((await cells('Worst structures')).length, 10);
      await section.scrollIntoViewIfNeeded();
      await shoot(page, 'results-errors');
      assert.deepEqual(errors, []);
      await close();
    },

    'a box and a lasso select points, their structures, and what is said of them': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 1060 });
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(3000) }));
      await page.waitForSelector('.worst tbody tr');
      const card = page.locator('.parity-card.force');
      await card.getByRole('radio', { name: 'box' }).click();
      const box = await card.locator('.plot-parity .plot-input').boundingBox();
      const at = (fx, fy) => [box.x + box.width * fx, box.y + box.height * fy];
      const selection = page.locator('.selection-bar');
      const count = async () =>
        Number((/Selected: (.*?) force/.exec(await selection.textContent()) ?? [])[1].replaceAll('\u202f', ''));
      const drag = async (...path) => {
        await page.mouse.move(...path[0]);
        await page.mouse.down();
        for (const place of path.slice(1)) await page.mouse.move(...place, { steps: 3 });
        await page.mouse.up();
      };
      await drag(at(0.1, 0.05), at(0.95, 0.8));
      await selection.waitFor();
      const all = await count();
      assert.ok(all > 500 && all <= 3024, `${all} points`);
      // The statistics of the selection are those of its points: here of nearly all of them.
      const line = (await card.locator('.statistics tbody:last-child tr').innerText()).split('\t');
      assert.equal(Number(line[1].replaceAll('\u202f', '')), all);
      // With Alt a lasso takes points away: a triangle around the upper half of the plot.
      await card.getByRole('radio', { name: 'lasso' }).click();
      await page.keyboard.down('Alt');
      await drag(at(0.05, 0.02), at(0.98, 0.02), at(0.98, 0.4), at(0.05, 0.4));
      await page.keyboard.up('Alt');
      const fewer = await count();
      assert.ok(fewer < all && fewer > 0, `${fewer} of ${all}`);
      // What can be done with them stands over the lower end of the list, with nothing of it below.
      const [bar, panel] = await Promise.all([selection, page.locator('.results')].map((each) => each.boundingBox()));
      const below = panel.y + panel.height - bar.y - bar.height;
      assert.ok(below >= 0 && below <= 8, `${below} pixels below the selection bar`);
      await shoot(page, 'results-selection');
      // Of the selected structures all energies are selected.
      const structures = Number(/of ([\d\u202f]+) structure/.exec(await selection.textContent())[1]);
      const energies = (await page.locator('.parity-card.energy .statistics tbody:last-child tr').innerText()).split(
        '\t',
      );
      assert.equal(Number(energies[1]), structures);
      await selection.getByRole('button', { name: /as a trajectory/ }).click();
      const sent = await page.evaluate(() => [
        ...window.host.received.findLast((each) => each.method === 'openSelection').parameters.structures,
      ]);
      assert.equal(sent.length, structures);
      await selection.getByRole('button', { name: /out of the dataset/ }).click();
      const excluded = await until(page, () => {
        const wish = window.host.received.findLast((each) => each.method === 'exclude');
        return wish && [...wish.parameters.structures];
      });
      assert.deepEqual(excluded, sent);
      await selection.getByRole('button', { name: 'Select nothing' }).click();
      assert.equal(await selection.isHidden(), true);
      assert.deepEqual(errors, []);
      await close();
    },

    'tables show all their numbers, in wide and narrow columns': async () => {
      for (const width of [1092, 752, 540]) {
        const { page, errors, close } = await openResults({ width, height: 1400 });
        await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(20_000) }));
        await page.waitForSelector('.worst tbody tr');
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll('.parity, .worst-scroll')]
            .filter((each) => each.clientWidth > 0 && each.scrollWidth > each.clientWidth)
            .map((each) => `${each.className} ${each.scrollWidth} > ${each.clientWidth}: ${each.textContent}`),
        );
        assert.deepEqual(cut, [], `${width} px`);
        await shoot(page, `tables-${width}`);
        assert.deepEqual(errors, []);
        await close();
      }
    },

    'points are selected, and plots saved, without a pointer': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 1060, theme: 'vscode-light' });
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(900) }));
      await page.waitForSelector('.worst tbody tr');
      const plot = page.locator('.parity-card.force .plot-parity .plot-input');
      await plot.focus();
      await page.keyboard.press('a');
      const words = () => page.textContent('.selection-words');
      assert.match(await words(), /918 force components of 34 structures/);
      // A region is taken away and added again.
      const count = async () => Number(/(\d+) force/.exec((await words()).replaceAll('\u202f', ''))[1]);
      for (let k = 0; k < 4; k++) await page.keyboard.press('+');
      await page.keyboard.press('d');
      const some = await count();
      assert.ok(some > 0 && some < 918, `${some} are left`);
      await page.keyboard.press('Shift+A');
      assert.equal(await count(), 918);
      await page.keyboard.press('0');
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('.selection-bar').isHidden(), true);
      // The keys stay at the plot when the button that was pressed is hidden.
      await page.keyboard.press('a');
      await page.getByRole('button', { name: 'Select nothing' }).press('Enter');
      await page.locator('.selection-bar').waitFor({ state: 'hidden' });
      assert.equal(await plot.evaluate((element) => element === document.activeElement), true);
      // The worst point, and the next one with it.
      for (const key of ['n', 'Enter', 'n', 'Enter']) await page.keyboard.press(key);
      assert.match(await words(), /2 force components/);
      await page.keyboard.press('Enter');
      assert.match(await words(), /1 force component of 1 structure/);
      // A picture is made before it is sent.
      const save = async (name) => {
        const before = await page.evaluate(() => window.host.received.length);
        await page.locator('.parity-card.force .card-foot').getByRole('button', { name }).press('Enter');
        return until(
          page,
          (count) => window.host.received.slice(count).find(({ method }) => method.startsWith('save')),
          before,
        );
      };
      const csv = await save(/points/);
      assert.equal(csv.method, 'savePoints');
      assert.equal(csv.parameters.quantity, 'force');
      const svg = await save(/SVG/);
      assert.equal(svg.parameters.name, 'ethanol-force.svg');
      const drawn = await page.evaluate((text) => {
        const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
        return {
          wrong: parsed.querySelector('parsererror')?.textContent,
          text: [...parsed.querySelectorAll('text')].map((each) => each.textContent),
        };
      }, svg.parameters.content);
      assert.equal(drawn.wrong, undefined);
      assert.ok(drawn.text.includes('reference force component (eV/Å)'), drawn.text.join(', '));
      const png = await save(/PNG/);
      const { width } = await page.evaluate(async (base64) => {
        const image = new Image();
        image.src = `data:image/png;base64,${base64}`;
        await image.decode();
        return { width: image.width };
      }, png.parameters.content);
      const shown = await plot.boundingBox();
      assert.equal(width, Math.round(shown.width * 4));
      assert.deepEqual(errors, []);
      await close();
    },

    'what is pointed at elsewhere lights up, and is said in words': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 1060 });
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(3000) }));
      await page.waitForSelector('.worst tbody tr');
      const bar = page.locator('.pointed-bar');
      const top = '.parity-card.force .plot-parity .plot-input';
      await page.evaluate(() => window.host.notify('pointed', { structures: Int32Array.of(7), atoms: [] }));
      await until(
        page,
        () => window.host.received.findLast(({ method }) => method === 'drawn')?.parameters.pointed === 28,
      );
      assert.ok((await inked(page, top)) > 300);
      const rmse = await page.evaluate(() => {
        const { force } = window.host.lastParity;
        const rows = [...force.structure.keys()].filter((row) => force.structure[row] === 7);
        return (
          1000 * Math.sqrt(rows.reduce((sum, row) => sum + (force.predicted[row] - force.reference[row]) ** 2, 0) / 27)
        );
      });
      const words = await bar.locator('.pointed-words').textContent();
      assert.match(words, /^Frame 7 of ethanol\.xyz · energy RMSE \S+ meV\/atom · force RMSE/);
      assert.ok(Math.abs(Number(/force RMSE (\S+)/.exec(words)[1]) / rmse - 1) < 0.006, words);
      await shoot(page, 'results-pointed');
      // One atom of it: three components, which become the selection, and its structure is shown.
      await page.evaluate(() => window.host.notify('pointed', { structures: Int32Array.of(7), atoms: [2] }));
      await until(
        page,
        () => window.host.received.findLast(({ method }) => method === 'drawn')?.parameters.pointed === 4,
      );
      await bar.getByRole('button', { name: /Select the points/ }).click();
      assert.match(await page.textContent('.selection-words'), /Selected: 3 force components of 1 structure/);
      await bar.getByRole('button', { name: /Show the structure/ }).click();
      const told = await until(page, () => window.host.received.find(({ method }) => method === 'pointAt')?.parameters);
      assert.deepEqual(told, { structure: 7, atoms: [2] });
      await page.evaluate(() => window.host.notify('pointed', { structures: new Int32Array(0), atoms: [] }));
      await bar.waitFor({ state: 'hidden' });
      assert.deepEqual(errors, []);
      await close();
    },

    'a committee is calibrated: σ against errors, in a plot and in words': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 1060 });
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(6000, { committee: true }) }));
      await page.getByRole('radio', { name: 'calibration' }).click();
      const card = page.locator('.parity-card.force');
      const row = (await card.locator('.statistics tbody tr').first().innerText()).split('\t');
      // N, σ, RMSE, shares below σ and 2σ, ENCE, factor: normal errors 1.5 times as large as σ says.
      assert.ok(Math.abs(Number(row[7]) - 1.5) < 0.1, row.join(' '));
      assert.ok(Math.abs(parseFloat(row[4]) - 49.5) < 4, row.join(' '));
      await shoot(page, 'results-calibration-dark');
      await card.getByRole('button', { name: /as SVG/ }).click();
      const svg = await until(page, () => window.host.received.find(({ method }) => method === 'saveFile')?.parameters);
      assert.match(svg.content, /standard deviation of the committee \(meV\/Å\)/);
      await card.getByRole('button', { name: /as Markdown/ }).click();
      const copied = await until(
        page,
        () => window.host.received.find(({ method }) => method === 'copy')?.parameters.text,
      );
      assert.match(copied, /\|\s+\| N \| σ \| RMSE \|/);
      assert.match(copied, /\| train \|/);
      // Without a committee there is no such plot.
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(900) }));
      await until(page, () => document.querySelectorAll('.parity-mode [role="radio"]').length === 3);
      assert.deepEqual(errors, []);
      await close();
    },

    'stresses, lengths and angles of forces have plots of their own, points are told apart by element': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 1260, theme: 'vscode-light' });
      await page.evaluate(() => {
        window.host.withStress = true;
        window.host.notify('events', { events: window.host.epochs(0, 60, 60), reset: true });
        window.host.notify('parity', { bytes: window.host.parity(3000, { stresses: true }) });
      });
      await page.locator('.parity-card.stress .statistics tbody tr').first().waitFor();
      const expected = await page.evaluate(() => {
        const { stress, force, structureSet } = window.host.lastParity;
        const rms = (rows, error) => Math.sqrt(rows.reduce((sum, row) => sum + error(row) ** 2, 0) / rows.length);
        const trained = ({ structure }) => [...structure.keys()].filter((row) => structureSet[structure[row]] === 0);
        const length = (values, row) => Math.hypot(values[row], values[row + 1], values[row + 2]);
        return {
          stress: 160217.6634 * rms(trained(stress), (row) => stress.predicted[row] - stress.reference[row]),
          norm:
            1000 *
            rms(
              trained(force).filter((row) => row % 3 === 0),
              (row) => length(force.predicted, row) - length(force.reference, row),
            ),
        };
      });
      const rmse = async (quantity) =>
        Number(
          (await page.locator(`.parity-card.${quantity} .statistics tbody tr`).first().innerText()).split('\t')[2],
        );
      assert.ok(Math.abs((await rmse('stress')) / expected.stress - 1) < 0.006);
      assert.equal(await page.locator('.chart:visible').count(), 4);
      await page.locator('.parity-card.force').getByRole('radio', { name: '|F|' }).click();
      assert.ok(Math.abs((await rmse('norm')) / expected.norm - 1) < 0.006);
      assert.equal(await page.locator('.parity-card.force').isVisible(), false);
      await page.locator('.parity-card.norm').getByRole('radio', { name: 'angle' }).click();
      await page.getByRole('combobox', { name: 'Tell points apart by' }).selectOption('element');
      const names = await page.locator('.parity-card.angle .statistics tbody th').allInnerTexts();
      assert.deepEqual(names.map((name) => name.trim()).sort(), ['C', 'H', 'O']);
      await page.locator('.parity-card.angle').getByRole('checkbox', { name: 'show H' }).uncheck();
      await page.keyboard.press('n');
      await page.waitForSelector('.facts');
      await shoot(page, 'results-angles-light');
      // P is the previous error here, and nothing else in the list of keys.
      assert.equal(await page.locator('.structure .viewer-keys kbd', { hasText: /^P$/ }).count(), 1);
      const plot = page.locator('.parity-card.angle .plot-parity .plot-input');
      await plot.focus();
      await page.keyboard.press('a');
      const chosen = Number(/Selected: (\d+) forces/.exec(await page.textContent('.selection-words'))?.[1]);
      assert.equal(chosen, 3 * 112, 'all forces of C and O');
      await page
        .locator('.selection-bar')
        .getByRole('button', { name: /as extended XYZ/ })
        .click();
      await until(page, () => window.host.received.some(({ method }) => method === 'saveSelection'));
      await page
        .locator('.parity-card.angle .card-foot')
        .getByRole('button', { name: /points/ })
        .click();
      const saved = await until(
        page,
        () => window.host.received.find(({ method }) => method === 'savePoints')?.parameters,
      );
      assert.deepEqual([saved.quantity, saved.rows.length], ['force', 3 * chosen]);
      await page.locator('.chart').first().getByRole('button', { name: 'Save Loss as CSV' }).click();
      const csv = await until(page, () => window.host.received.find(({ method }) => method === 'saveFile')?.parameters);
      assert.equal(csv.name, 'ethanol-loss.csv');
      assert.equal(csv.content.split('\n').length, 62);
      assert.deepEqual(errors, []);
      await close();
    },

    'the histogram counts every error, and selects a range of them': async () => {
      const { page, errors, close } = await openResults({ width: 1280, height: 1060, theme: 'vscode-high-contrast' });
      await page.evaluate(() => window.host.notify('parity', { bytes: window.host.parity(3000) }));
      await page.getByRole('radio', { name: 'histogram' }).click();
      const plot = page.locator('.parity-card.force .plot-histogram .plot-input');
      await plot.focus();
      await page.keyboard.press('ArrowRight');
      // From the middle to the right end: half of the errors, about.
      for (let k = 0; k < 45; k++) await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Enter');
      const expected = await page.evaluate(() => {
        const { force } = window.host.lastParity;
        const errors = force.predicted.map((predicted, row) => predicted - force.reference[row]);
        const width = (2 * Math.max(...errors.map(Math.abs))) / 55;
        return errors.filter((error) => error >= width / 2).length;
      });
      assert.match(
        (await page.textContent('.selection-words')).replaceAll('\u202f', ''),
        new RegExp(`Selected: ${expected} force components`),
      );
      // The range beside it is added, and taken away.
      const selected = async () =>
        Number(/Selected: (\d+)/.exec((await page.textContent('.selection-words')).replaceAll('\u202f', ''))[1]);
      for (let k = 0; k < 30; k++) await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('Shift+ArrowLeft');
      await page.keyboard.press('Shift+Enter');
      assert.ok((await selected()) > expected);
      await page.keyboard.press('d');
      assert.equal(await selected(), expected);
      await shoot(page, 'results-histogram');
      await page.getByRole('button', { name: 'O', exact: true }).press('Enter');
      const oxygen = await page.evaluate(() => {
        const { force, structureSet } = window.host.lastParity;
        return force.element.filter((element, row) => element === 8 && structureSet[force.structure[row]] === 1).length;
      });
      assert.match(await page.textContent('.selection-words'), new RegExp(`Selected: ${oxygen} force components`));
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
      const box = await page.locator('.parity-card.force .plot-parity .plot-input').boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 - 15);
      await page.waitForTimeout(200);
      assert.equal(await page.locator('.parity-card.force .plot-parity .tooltip').isHidden(), false);
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
      assert.ok(await page.isVisible('.button.primary:has-text("Resume")'));
      await show('interrupted', {});
      await until(page, () => /Resume goes on/.test(document.querySelector('.banner.error').textContent));
      await page.click('.button.primary:has-text("Resume")');
      assert.ok(await page.evaluate(() => window.host.received.some((each) => each.method === 'resume')));
      await shoot(page, 'interrupted');
      await close();
    },
  };
};
