// What the viewer shows and how: display settings, selection by a box, colours, pictures. Run by webview.mjs.
import assert from 'node:assert/strict';
import { inked, until } from './webview-page.mjs';

/** Tests by name, of the helpers that webview.mjs has. */
export const viewerTests = (pages, shoot, { openTrajectory, drawnFrame, atomsSeen }) => {
  /** Aluminium with a charge of each atom and reference forces, periodic. */
  const openMetal = async (options = {}) => {
    const opened = await pages.open('trajectory', { file: 'al_qe_lda.xyz', ...options });
    await opened.page.evaluate(() => {
      const { host } = window;
      const frame = host.frames.find((each) => each.columns.forces.values.some((x) => Math.abs(x) > 0.1));
      const { values } = frame.columns.forces;
      frame.columns.charge = {
        width: 1,
        values: Float32Array.from(frame.numbers, (_, i) => (i % 2 === 0 ? 0.3 : -0.2)),
      };
      frame.columns.ref_forces = { width: 3, values: values.map((x, i) => x + (i === 0 ? 0.5 : 0)) };
      host.frames = [frame];
      host.notify('trajectory', { name: 'al.xyz', path: '/data/al.xyz', frames: 1, complete: true });
    });
    await drawnFrame(opened.page, 0);
    return opened;
  };
  const legend = (page) => page.textContent('.viewer-legend');

  return {
    'what is pointed at elsewhere is ringed in its frame, and Esc takes the rings away': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      const canvas = page.locator('.viewer-canvas');
      const picture = async () => {
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        return (await canvas.screenshot()).toString('base64');
      };
      const point = (frame, atoms) => page.evaluate((at) => window.host.notify('show', at), { frame, atoms });
      await canvas.focus();
      await point(3, []);
      await drawnFrame(page, 3);
      const plain = await picture();
      // More than can be measured: all are ringed, none is selected.
      await point(3, [0, 1, 2, 3, 4]);
      await page.waitForTimeout(200);
      assert.ok((await picture()) !== plain, 'rings are seen');
      assert.equal(await page.textContent('.viewer-measurement'), '');
      await page.keyboard.press('Escape');
      assert.ok((await picture()) === plain, 'Esc took them away');
      await point(3, [0, 1, 2, 3, 4]);
      await page.waitForTimeout(200);
      for (const [key, frame] of [
        ['ArrowRight', 4],
        ['ArrowLeft', 3],
      ]) {
        await page.keyboard.press(key);
        await drawnFrame(page, frame);
      }
      assert.ok((await picture()) === plain, 'they went with the frame');
      await point(3, [0, 1]);
      await until(page, () => /distance/.test(document.querySelector('.viewer-measurement').textContent));
      assert.deepEqual(errors, []);
      await close();
    },

    'display settings: copies of the cell, elements, slice': async () => {
      const { page, errors, close } = await openMetal();
      await page.keyboard.press('g');
      await page.waitForSelector('.viewer-settings:not([hidden])');
      assert.equal(await page.locator('.viewer-settings select:focus').count(), 1, 'the keys are in the panel');
      const one = await atomsSeen(page);
      for (const axis of ['a', 'b', 'c']) {
        await page.fill(`#display-copies-${axis}`, '2');
        await page.keyboard.press('Enter');
      }
      await page.check('#display-faces');
      await until(page, () => window.host.state?.viewer.arrangement.copies.join() === '2,2,2');
      assert.match(await page.textContent('.viewer-facts'), /^\d+ atoms? · Al/);
      await shoot(page, 'display');
      await page.selectOption('#display-slice', 'z');
      await page.fill('#display-slice-thickness', '1');
      await page.keyboard.press('Enter');
      await until(page, () => window.host.state?.viewer.arrangement.slice?.thickness === 1);
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('.viewer-settings').isHidden(), true);
      const sliced = await atomsSeen(page);
      assert.ok(one > 0 && sliced > 0, `${one} and ${sliced} of the middle are covered`);
      assert.deepEqual(errors, []);
      await close();
    },

    'a control stays as it is while the view turns, and leaves the others what they were': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      await page.keyboard.press('g');
      await page.selectOption('#display-slice', 'z');
      const viewer = () => page.evaluate(() => window.host.state.viewer);
      await until(page, () => window.host.state?.viewer.arrangement.slice?.axis === 'z');
      const { view } = await viewer();
      await page.evaluate(() => (window.kept = document.querySelector('#display-colour')));
      const slider = page.locator('#display-slice-middle');
      await slider.fill('0.8');
      await until(page, () => window.host.state?.viewer.arrangement.slice?.middle === 0.8);
      // What is cut is less than the whole; the view is that of the whole.
      assert.deepEqual((await viewer()).view, view);
      await page.uncheck('#display-element-1');
      await page.fill('#display-slice-thickness', '2');
      await page.keyboard.press('Enter');
      await page.locator('.viewer-canvas').focus();
      await page.keyboard.press('d');
      await until(page, () => window.host.state?.viewer.arrangement.slice?.thickness === 2);
      const { slice, hidden } = (await viewer()).arrangement;
      assert.deepEqual([slice, hidden], [{ axis: 'z', middle: 0.8, thickness: 2 }, [1]]);
      assert.equal(await slider.inputValue(), '0.8');
      assert.ok(await page.evaluate(() => window.kept === document.querySelector('#display-colour')));
      assert.deepEqual(errors, []);
      await close();
    },

    'colours: by any number of the atoms, with a scale that says what it is': async () => {
      const { page, errors, close } = await openMetal();
      assert.match(await legend(page), /Al/);
      await page.keyboard.press('c');
      assert.match(await legend(page), /^0.*0\.5 eV\/Å.*Force error/);
      await page.keyboard.press('c');
      assert.match(await legend(page), /^0.*eV\/Å.*\|forces\|/);
      await page.keyboard.press('c');
      // Both signs: about 0, on the other map.
      assert.match(await legend(page), /^−0\.5.*0\.5 e.*charge/);
      assert.equal(await page.locator('.ramp.coolwarm').count(), 1);
      await page.keyboard.press('g');
      await page.selectOption('#display-colour', 'forces − ref_forces');
      assert.match(await legend(page), /0\.5 eV\/Å.*Force error/);
      await shoot(page, 'colour-by-error');
      await page.selectOption('#display-colour', '');
      assert.match(await legend(page), /Al/);
      assert.deepEqual(errors, []);
      await close();
    },

    'scales of colours and arrows can be fixed, and stay so': async () => {
      const { page, errors, close } = await openMetal();
      await page.keyboard.press('g');
      await page.selectOption('#display-colour', 'forces.x');
      assert.equal(await page.inputValue('#display-scale'), 'frames');
      await page.fill('#display-scale-high', '0.125');
      await page.keyboard.press('Enter');
      assert.equal(await page.inputValue('#display-scale'), 'fixed');
      assert.match(await legend(page), /0\.125 eV\/Å.*forces\.x/);
      await page.selectOption('#display-arrows', 'forces');
      const scale = async () => Number(await page.inputValue('#display-arrow-scale'));
      const automatic = await scale();
      await page.locator('.viewer-canvas').focus();
      await page.keyboard.press('t');
      assert.ok((await scale()) < automatic, 'less for 1 Å: longer arrows');
      await page.keyboard.press('Shift+T');
      assert.equal(await scale(), automatic);
      await page.fill('#display-arrow-scale', '0.25');
      await page.keyboard.press('Enter');
      assert.match(await legend(page), /1 Å = 0\.25 eV\/Å/);
      const { ranges, arrowScales } = await until(
        page,
        () => window.host.state?.viewer.arrowScales.forces === 0.25 && window.host.state.viewer,
      );
      assert.deepEqual([ranges['forces.x'].high, arrowScales], [0.125, { forces: 0.25 }]);
      await shoot(page, 'scales');
      await page.check('#display-arrow-automatic');
      assert.equal(await scale(), automatic);
      await page.selectOption('#display-scale', 'frames');
      assert.doesNotMatch(await legend(page), /0\.125/);
      await page.uncheck('#display-bonds');
      await until(page, () => window.host.state?.viewer.bonds === false);
      assert.deepEqual(errors, []);
      await close();
    },

    'an image on white has legend and scale in it, and its size is said': async () => {
      const { page, errors, close } = await openMetal();
      await page.keyboard.press('v');
      await page.keyboard.press('g');
      await page.selectOption('#display-colour', 'charge');
      await page.selectOption('#display-image-background', 'white');
      const { x, y, width, height } = await page.locator('.viewer-canvas').boundingBox();
      // A part of the atoms that nothing floats over.
      const clip = { x: x + width / 4, y: y + height / 4, width: width / 4, height: height / 2 };
      const picture = async () => (await page.screenshot({ clip })).toString('base64');
      const before = await picture();
      await page.click('[aria-label="Save as PNG"]');
      const { content: base64 } = await until(
        page,
        () => window.host.received.find((each) => each.method === 'saveFile')?.parameters,
      );
      const image = await page.evaluate(async (data) => {
        const context = await window.host.decode(data);
        const picture = context.canvas;
        const inked = (x, y, w, h) => {
          const { data: pixels } = context.getImageData(2 * x, 2 * y, 2 * w, 2 * h);
          return pixels.filter((value, k) => k % 4 === 0 && value < 250).length / (4 * w * h);
        };
        return {
          size: `${picture.width} × ${picture.height}`,
          corner: [...context.getImageData(picture.width - 2, 1, 1, 1).data],
          ramp: inked(14, 8, 200, 30),
          arrows: inked(14, 40, 150, 22),
        };
      }, base64);
      assert.deepEqual(image.corner, [255, 255, 255, 255]);
      assert.ok(image.ramp > 0.1, `${image.ramp} of the place of the colour scale is inked`);
      assert.ok(image.arrows > 0.02, `${image.arrows} of the place of the arrows' scale is inked`);
      assert.equal(await page.textContent('.viewer-facts'), `Image of ${image.size} pixels`);
      // The screen is as before.
      await page.waitForTimeout(200);
      assert.ok((await picture()) === before, 'another picture');
      assert.deepEqual(errors, []);
      await close();
    },

    'frames of other atoms, of more and of fewer, are drawn as they are': async () => {
      const { page, errors, close } = await pages.open('trajectory', { file: 'al_qe_lda.xyz' });
      const frames = await page.evaluate(() => {
        const { host } = window;
        const [first] = host.frames;
        const moved = { ...first, positions: first.positions.map((x, i) => x + (i < 3 ? 0.6 : 0)) };
        const iron = first.numbers.map((z, i) => (i === first.numbers.length - 1 ? 26 : z));
        host.frames = [first, moved, { ...first, numbers: iron }, host.repeat(first, 3), first];
        host.notify('trajectory', { name: 'al.xyz', path: '/data/al.xyz', frames: 5, complete: true });
        return host.frames.map(({ numbers }) => numbers.length);
      });
      assert.equal(frames[3], 27 * frames[0]);
      const pictures = [];
      for (const frame of frames.keys()) {
        await drawnFrame(page, frame);
        await page.waitForTimeout(100);
        assert.match(await page.textContent('.viewer-facts'), new RegExp(`^${frames[frame]} atoms?`));
        pictures.push((await page.locator('.viewer-canvas').screenshot()).toString('base64'));
        await page.keyboard.press('ArrowRight');
      }
      assert.equal(pictures[4], pictures[0]);
      assert.equal(new Set(pictures).size, 4);
      assert.deepEqual(errors, []);
      await close();
    },

    'a thicket of bonds is left out, and the panel says so': async () => {
      const { page, errors, close } = await pages.open('trajectory', { file: 'al_qe_lda.xyz' });
      const facts = () => page.textContent('.viewer-facts');
      await page.evaluate(() => {
        const { host } = window;
        const [first] = host.frames;
        host.frames = [host.repeat(first, 3), host.repeat(first, 13)];
        host.notify('trajectory', { name: 'al.xyz', path: '/data/al.xyz', frames: 2, complete: true });
      });
      await drawnFrame(page, 0);
      assert.equal(await facts(), '108 atoms · Al₁₀₈');
      await page.keyboard.press('ArrowRight');
      await drawnFrame(page, 1);
      // Six an atom.
      assert.match(await facts(), / · 52\D728 bonds are too many to draw$/);
      await page.keyboard.press('b');
      assert.doesNotMatch(await facts(), /bonds/);
      assert.deepEqual(errors, []);
      await close();
    },

    '30,000 bonds are drawn, one more is not': async () => {
      const { page, errors, close } = await pages.open('trajectory', { file: 'al_qe_lda.xyz' });
      const facts = () => page.textContent('.viewer-facts');
      await page.evaluate(() => {
        const { host } = window;
        // A cubic lattice of carbon with 29,022 bonds, and molecules of hydrogen.
        const [a, b, c] = [21, 21, 23];
        const lattice = Array.from({ length: a * b * c }, (_, k) =>
          [k % a, Math.floor(k / a) % b, Math.floor(k / (a * b))].map((x) => 1.5 * x),
        ).flat();
        const frame = (molecules) => {
          const hydrogen = Array.from({ length: molecules }, (_, k) => [4 * k, -9, 0, 4 * k + 0.74, -9, 0]).flat();
          const positions = Float32Array.from([...lattice, ...hydrogen]);
          const numbers = Uint8Array.from({ length: positions.length / 3 }, (_, i) => (i < a * b * c ? 6 : 1));
          return { numbers, positions, periodic: [false, false, false], columns: {}, info: {} };
        };
        host.frames = [frame(979), frame(978)];
        host.notify('trajectory', { name: 'c.xyz', path: '/data/c.xyz', frames: 2, complete: true });
      });
      await drawnFrame(page, 0);
      await until(page, () =>
        / · 30\D001 bonds are too many/.test(document.querySelector('.viewer-facts').textContent),
      );
      await page.keyboard.press('ArrowRight');
      await drawnFrame(page, 1);
      // Of many atoms the bonds come into the second picture; another style and back makes it at once.
      await page.keyboard.press('b');
      await page.keyboard.press('b');
      assert.match(await facts(), /^12\D099 atoms · C\S+$/);
      assert.deepEqual(errors, []);
      await close();
    },

    'a bond is a cylinder of 0.2 Å from every side': async () => {
      const { page, errors, close } = await pages.open('trajectory', { file: 'al_qe_lda.xyz' });
      await page.evaluate(() => {
        const positions = Float32Array.of(-0.8, 0, 0, 0.8, 0, 0);
        const numbers = Uint8Array.of(6, 6);
        window.host.frames = [{ numbers, positions, periodic: [false, false, false], columns: {}, info: {} }];
        window.host.notify('trajectory', { name: 'c.xyz', path: '/data/c.xyz', frames: 1, complete: true });
      });
      await drawnFrame(page, 0);
      await page.keyboard.press('j');
      const canvas = page.locator('.viewer-canvas');
      const { height } = await canvas.boundingBox();
      const extent = 1.2;
      /** Pixels in the middle between the atoms that are not background, from all about the bond and turned towards the eye. */
      const thickness = async (about, towards, perspective) => {
        const [s, c] = [Math.sin(about / 2), Math.cos(about / 2)];
        const [t, d] = [Math.sin(towards / 2), Math.cos(towards / 2)];
        const rotation = [s * d, c * t, s * t, c * d];
        await page.evaluate((view) => window.host.notify('linked', { view, frame: 0 }), {
          target: [0, 0, 0],
          rotation,
          extent,
          perspective,
        });
        await page.evaluate(() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => done()), 100)));
        return page.evaluate(
          async (picture) => {
            const context = await window.host.decode(picture);
            const { width, height } = context.canvas;
            const { data } = context.getImageData(width >> 1, 0, 1, height);
            const light = Array.from({ length: height }, (_, k) => data[4 * k] + data[4 * k + 1] + data[4 * k + 2]);
            return light.filter((each) => Math.abs(each - light[0]) > 20).length;
          },
          (await canvas.screenshot()).toString('base64'),
        );
      };
      const wanted = (0.2 / (2 * extent)) * height;
      for (const about of [0, 0.11, 0.25, 0.4, 1, 2, 3])
        for (const perspective of [false, true]) {
          const seen = await thickness(about, 0, perspective);
          assert.ok(Math.abs(seen - wanted) <= 2, `${seen} pixels instead of ${wanted.toFixed(1)}`);
        }
      // From the side of one atom it is hidden behind that.
      assert.ok((await thickness(0, Math.PI / 2, false)) > 3 * wanted);
      assert.deepEqual(errors, []);
      await close();
    },

    'in a narrow panel the bar has two rows, and nothing covers the axes': async () => {
      const { page, errors, close } = await openTrajectory({ width: 400, height: 560 });
      await drawnFrame(page, 0);
      const rows = await page.evaluate(() =>
        [...document.querySelectorAll('.timeline > *')].map((each) => {
          const { top, bottom, right } = each.getBoundingClientRect();
          return { row: Math.round((top + bottom) / 2), right };
        }),
      );
      const [previous, play, next, slider, label, ...choices] = rows;
      const lower = [previous, play, next, ...choices];
      assert.ok(Math.abs(slider.row - label.row) < 4, JSON.stringify(rows));
      for (const each of lower)
        assert.ok(Math.abs(each.row - previous.row) < 4 && each.row > slider.row + 15, JSON.stringify(rows));
      for (const { right } of rows) assert.ok(right <= 400);
      // The axes reach 76 pixels from the left.
      assert.ok((await page.locator('.viewer-tools').boundingBox()).x > 80);
      await shoot(page, 'narrow');
      assert.deepEqual(errors, []);
      await close();
    },

    'a box selects the atoms in it, with Ctrl or in its mode': async () => {
      const { page, errors, close } = await openMetal();
      const { x, y, width, height } = await page.locator('.viewer-canvas').boundingBox();
      const drag = async () => {
        await page.mouse.move(x + 4, y + 4);
        await page.mouse.down();
        await page.mouse.move(x + width / 2, y + height / 2, { steps: 3 });
        await page.mouse.move(x + width - 4, y + height - 4, { steps: 3 });
        await page.mouse.up();
      };
      const selected = () => until(page, () => window.host.state?.selection?.length);
      const atoms = await page.evaluate(() => window.host.frames[0].numbers.length);
      await page.keyboard.press('x');
      await drag();
      assert.equal(await selected(), atoms);
      await page.keyboard.press('x');
      await page.keyboard.press('Escape');
      await until(page, () => window.host.state?.selection.length === 0);
      await page.keyboard.down('Control');
      await drag();
      await page.keyboard.up('Control');
      assert.equal(await selected(), atoms);
      assert.deepEqual(errors, []);
      await close();
    },

    'atoms are walked through and selected by keys, and each is announced': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      const said = () => page.textContent('[aria-live="polite"].visually-hidden');
      const measured = () => page.textContent('.viewer-measurement');
      const look = async () => (await page.locator('.viewer-canvas').screenshot()).toString('base64');
      const numbers = await page.evaluate(() => [...window.host.frames[0].numbers]);
      const name = (atom) => `${{ 1: 'H', 6: 'C', 8: 'O' }[numbers[atom]]} ${atom}`;
      await page.focus('.viewer-canvas');
      const before = await look();
      await page.keyboard.press('ArrowDown');
      assert.match(await said(), new RegExp(`^${name(0)} · .*, position  .* Å$`));
      assert.equal(await page.locator('.tooltip').isVisible(), true);
      await page.waitForTimeout(100);
      assert.notEqual(await look(), before, 'a ring is about the atom');
      await page.keyboard.press('Enter');
      assert.match(await measured(), new RegExp(`^${name(0)}   position`));
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      assert.match(await measured(), new RegExp(`^${name(0)} – ${name(1)}   distance`));
      // Round and round.
      await page.keyboard.press('ArrowUp');
      assert.match(await said(), /, selected$/);
      await page.keyboard.press('ArrowUp');
      assert.match(await said(), new RegExp(`^${name(numbers.length - 1)} ·`));
      await page.keyboard.press('Shift+ArrowDown');
      assert.match(await said(), new RegExp(`^${name(9 % numbers.length)} ·`));
      await shoot(page, 'atom-by-keys');
      // The frames' keys are as before, and the atom stays.
      await page.keyboard.press('ArrowRight');
      await drawnFrame(page, 1);
      await page.keyboard.press('ArrowDown');
      assert.match(await said(), new RegExp(`^${name(10 % numbers.length)} ·`));
      await until(page, () => window.host.state?.selection.join() === '0,1');
      await page.keyboard.press('Escape');
      assert.equal((await measured()).trim(), '');
      assert.equal(await page.locator('.tooltip').isHidden(), true);
      // Left out are those that are not drawn.
      await page.keyboard.press('g');
      await page.uncheck('#display-element-1');
      await page.keyboard.press('Escape');
      const heavy = numbers.flatMap((z, atom) => (z === 1 ? [] : [atom]));
      for (const atom of [...heavy, heavy[0]]) {
        await page.keyboard.press('ArrowDown');
        assert.match(await said(), new RegExp(`^${name(atom)} ·`));
      }
      assert.deepEqual(errors, []);
      await close();
    },

    'atoms are selected by what is written of them': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      const numbers = await page.evaluate(() => [...window.host.frames[0].numbers]);
      const selection = () => page.evaluate(() => window.host.state?.selection.join());
      await page.focus('.viewer-canvas');
      await page.keyboard.press('/');
      await page.keyboard.type('O, c');
      await page.keyboard.press('Enter');
      const heavy = numbers.flatMap((z, atom) => (z === 1 ? [] : [atom])).join();
      await until(page, (wanted) => window.host.state?.selection.join() === wanted, heavy);
      assert.match(await page.textContent('[aria-live="polite"].visually-hidden'), /^3 atoms are selected/);
      await page.keyboard.press('Control+a');
      await page.keyboard.type('1-99');
      await page.keyboard.press('Enter');
      assert.match(await page.textContent('.viewer-select [role="alert"]'), /There is no atom 99: the last is 8/);
      assert.equal(await page.getAttribute('.viewer-select input', 'aria-invalid'), 'true');
      assert.equal(await selection(), heavy);
      await shoot(page, 'select-atoms');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('|forces| > 0 and not (H, C)');
      await page.click('.viewer-select >> text=Select');
      await until(page, (wanted) => window.host.state?.selection.join() === wanted, String(numbers.indexOf(8)));
      assert.equal(await page.locator('.viewer-select [role="alert"]').isHidden(), true);
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('.viewer-select').isHidden(), true);
      assert.equal(await page.evaluate(() => document.activeElement.className), 'viewer-canvas');
      assert.deepEqual(errors, []);
      await close();
    },

    'images are as large as wished, on nothing if wished': async () => {
      const { page, errors, close } = await openMetal();
      const size = await page.evaluate(() => {
        const canvas = document.querySelector('.viewer-canvas');
        return [canvas.width, canvas.height];
      });
      await page.keyboard.press('g');
      await page.selectOption('#display-image-scale', '3');
      await page.selectOption('#display-image-background', 'transparent');
      await page.click('[aria-label="Save as PNG"]');
      const { content: base64 } = await until(
        page,
        () => window.host.received.find((each) => each.method === 'saveFile')?.parameters,
      );
      const image = await page.evaluate(async (data) => {
        const context = await window.host.decode(data);
        const picture = context.canvas;
        const { data: pixels } = context.getImageData(0, 0, picture.width, picture.height);
        let [clear, solid] = [0, 0];
        for (let p = 3; p < pixels.length; p += 4) {
          if (pixels[p] === 0) clear++;
          if (pixels[p] > 250) solid++;
        }
        return { size: [picture.width, picture.height], clear, solid, all: pixels.length / 4 };
      }, base64);
      assert.deepEqual(image.size, [3 * size[0], 3 * size[1]]);
      assert.ok(image.clear > 0.3 * image.all, `${image.clear} of ${image.all} pixels are clear`);
      assert.ok(image.solid > 0.01 * image.all, `${image.solid} of ${image.all} pixels are solid`);
      // The view on the screen is as before.
      const after = await page.evaluate(() => document.querySelector('.viewer-canvas').width);
      assert.equal(after, size[0]);
      assert.deepEqual(errors, []);
      await close();
    },

    'ambient occlusion darkens hollows and nothing else, on the screen and in images': async () => {
      const { page, errors, close } = await openMetal({ width: 700, height: 560 });
      const { x, y, width, height } = await page.locator('.viewer-canvas').boundingBox();
      // The middle: no tools, no legend.
      const clip = { x: x + width / 4, y: y + height / 4, width: width / 2, height: height / 2 };
      const saved = (count) =>
        until(
          page,
          (n) => {
            const found = window.host.received.filter((each) => each.method === 'saveFile');
            return found.length === n && found.at(-1).parameters.content;
          },
          count,
        );
      const show = async (occlusion, count) => {
        await page.keyboard.press('g');
        await page.selectOption('#display-occlusion', occlusion);
        await page.selectOption('#display-image-scale', '1');
        await page.keyboard.press('Escape');
        assert.equal(await page.locator('.viewer-settings').isHidden(), true, 'Esc closes, from a list too');
        await page.waitForTimeout(300);
        await page.click('[aria-label="Save as PNG"]');
        return [(await page.screenshot({ clip })).toString('base64'), await saved(count)];
      };
      await page.keyboard.press('b');
      const plain = await show('never', 1);
      // Here a processor draws, which is no place where it is cheap.
      const automatic = await show('auto', 2);
      const occluded = await show('always', 3);
      await shoot(page, 'ambient-occlusion');
      const compare = ([before, after]) =>
        page.evaluate(
          async (pictures) => {
            const [a, b] = await Promise.all(
              pictures.map(async (data) => {
                const context = await window.host.decode(data);
                const image = context.canvas;
                return context.getImageData(0, 0, image.width, image.height).data;
              }),
            );
            let [darker, lighter] = [0, 0];
            for (let p = 0; p < a.length; p += 4) {
              const change = a[p] + a[p + 1] + a[p + 2] - b[p] - b[p + 1] - b[p + 2];
              if (change > 30) darker++;
              if (change < -6) lighter++;
            }
            return { darker: darker / (a.length / 4), lighter };
          },
          [before, after],
        );
      for (const k of [0, 1]) {
        const { darker, lighter } = await compare([plain[k], occluded[k]]);
        assert.ok(darker > 0.01 && darker < 0.7, `${darker} of the pixels are darker`);
        assert.equal(lighter, 0);
        assert.deepEqual(await compare([plain[k], automatic[k]]), { darker: 0, lighter: 0 });
      }
      assert.deepEqual(errors, []);
      await close();
    },

    'types without an element are named by hand, and that is remembered': async () => {
      const { page, errors, close } = await pages.open('trajectory', { file: 'ethanol.xyz' });
      const anonymize = () => {
        const { host } = window;
        const [frame] = host.frames;
        const names = [1, 6, 8].map(String);
        const of = frame.numbers.map((z) => names.indexOf(String(z)));
        host.frames = [{ ...frame, numbers: new Uint8Array(9), types: { names: ['1', '2', 'Ow'], of } }];
        host.notify('trajectory', { name: 'a.dump', path: '/data/a.dump', frames: 1, complete: true });
      };
      await page.evaluate(anonymize);
      await drawnFrame(page, 0);
      assert.match(await page.textContent('.viewer-facts'), /9 atoms · X.* · 3 types without an element/);
      await page.keyboard.press('g');
      // Letters and digits are keys of the viewer too, but not where one writes.
      for (const [k, word] of ['h', 'C', 'o'].entries()) {
        await page.focus(`#display-type-${k}`);
        await page.keyboard.type(word);
        await page.keyboard.press('Enter');
      }
      await page.focus('#display-type-2');
      await page.keyboard.press('Escape');
      assert.equal(await page.textContent('.viewer-facts'), '9 atoms · C₂H₆O');
      assert.match(await legend(page), /H.*C.*O/);
      await page.keyboard.press('k');
      await page.click('.choices >> text=Frame 0');
      const elements = { 1: 1, 2: 6, Ow: 8 };
      const wish = await until(page, () => window.host.received.find((each) => each.method === 'saveStructures'));
      assert.deepEqual(wish.parameters, { first: 0, last: 0, stride: 1, elements });
      // It is told a while after the last change.
      const text = await until(page, () => {
        const told = window.host.received.findLast((each) => each.method === 'remember')?.parameters.state;
        return told?.includes('"Ow"') ? told : undefined;
      });
      const state = JSON.parse(text);
      assert.deepEqual(state.viewer.types, elements);
      assert.deepEqual(errors, []);
      await close();
      // Opened again, another time.
      const again = await pages.open('trajectory', { file: 'ethanol.xyz', state: { ...state, details: true } });
      await again.page.evaluate(anonymize);
      await drawnFrame(again.page, 0);
      assert.equal(await again.page.textContent('.viewer-facts'), '9 atoms · C₂H₆O');
      // The rest of the page comes after the first picture.
      await again.page.locator('aside.details').waitFor();
      assert.equal(await again.page.locator('aside.details').isVisible(), true);
      await again.close();
    },

    'where one writes, keys are letters and digits': async () => {
      const { page, errors, close } = await openMetal();
      await drawnFrame(page, 0);
      await page.keyboard.press('g');
      await page.locator('#display-copies-a').click();
      const before = await page.evaluate(() => window.host.state?.viewer.view.rotation);
      await page.keyboard.press('Control+a');
      await page.keyboard.type('2');
      await page.keyboard.press('Enter');
      await until(page, () => window.host.state?.viewer.arrangement.copies[0] === 2);
      assert.deepEqual(await page.evaluate(() => window.host.state?.viewer.view.rotation), before);
      await page.focus('#display-faces');
      await page.keyboard.press('Space');
      await until(page, () => window.host.state?.viewer.arrangement.faces === true);
      assert.deepEqual(errors, []);
      await close();
    },

    'a lost graphics context is explained, and the view comes back': async () => {
      const { page, close } = await openTrajectory();
      await drawnFrame(page, 0);
      const seen = await atomsSeen(page);
      await page.evaluate(() => {
        window.lost = document.querySelector('.viewer-canvas').getContext('webgl2').getExtension('WEBGL_lose_context');
        window.lost.loseContext();
      });
      await page.waitForSelector('.viewer-message:not([hidden])');
      assert.match(await page.textContent('.viewer-message'), /took the 3-D view back/);
      await page.keyboard.press('ArrowRight');
      await drawnFrame(page, 1);
      await page.evaluate(() => window.lost.restoreContext());
      await page.waitForSelector('.viewer-message', { state: 'hidden' });
      await page.waitForTimeout(300);
      const restored = await atomsSeen(page);
      assert.ok(Math.abs(restored - seen) < 0.05, `${restored} of the middle is covered, ${seen} before`);
      // The graphics card doesn't give it back: a fresh canvas.
      await page.evaluate(() =>
        document.querySelector('.viewer-canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext(),
      );
      await page.click('.viewer-message >> text=Try again');
      await page.waitForSelector('.viewer-message', { state: 'hidden' });
      await page.waitForTimeout(300);
      assert.ok(Math.abs((await atomsSeen(page)) - seen) < 0.05);
      await close();
    },

    'the theme goes to high contrast and back while it is looked at; frames and selections are announced': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      const backdrop = () =>
        page.evaluate(async () => {
          // Drawn and read in one task.
          await new Promise((resolve) => requestAnimationFrame(resolve));
          const context = document.querySelector('.viewer-canvas').getContext('webgl2');
          return [...context.getParameter(context.COLOR_CLEAR_VALUE)].map((x) => Math.round(255 * x));
        });
      const dress = async (theme) => {
        await page.evaluate(
          (name) =>
            new Promise((resolve) => {
              const link = document.querySelector('#theme');
              link.addEventListener('load', resolve, { once: true });
              link.href = `/theme/${name}`;
            }),
          theme,
        );
        await page.evaluate((name) => (document.body.className = name), theme);
        await page.waitForTimeout(200);
      };
      assert.deepEqual(await backdrop(), [31, 31, 31, 255]);
      await dress('vscode-high-contrast');
      assert.deepEqual(await backdrop(), [0, 0, 0, 255]);
      await shoot(page, 'theme-high-contrast');
      await dress('vscode-light');
      assert.deepEqual(await backdrop(), [255, 255, 255, 255]);
      const said = () => page.textContent('[aria-live="polite"].visually-hidden');
      await page.keyboard.press('ArrowRight');
      await drawnFrame(page, 1);
      assert.match(await said(), /Frame 1 of 200/);
      await page.keyboard.press('x');
      assert.match(await said(), /A drag selects atoms/);
      assert.equal(await page.getAttribute('.viewer-canvas', 'role'), 'application');
      assert.match(await page.getAttribute('.viewer-canvas', 'aria-label'), /Structure: C₂H₆O/);
      assert.deepEqual(errors, []);
      await close();
    },

    'the strip shows what the selected atoms measure over the frames, and saves it': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      await page.waitForSelector('.strip:not([hidden])');
      const choices = () => page.locator('.strip select option').allInnerTexts();
      assert.deepEqual(await choices(), ['energy', 'time']);
      await page.focus('.viewer');
      await page.keyboard.press('/');
      const select = async (text) => {
        await page.locator('.viewer-select input').fill(text);
        await page.keyboard.press('Enter');
      };
      await select('0, 1');
      await until(page, () => document.querySelectorAll('.strip select option').length === 3);
      const name = (await choices())[2];
      assert.match(name, /^distance C 0 – \w+ 1$/);
      await page.selectOption('.strip select', { label: name });
      const agrees = (kind, unit, within) =>
        until(
          page,
          ([kind, unit, within]) => {
            const number = (before, selector) =>
              Number(new RegExp(`${before}([\\d.]+) ?${unit}`).exec(document.querySelector(selector).textContent)?.[1]);
            return Math.abs(number(`${kind} `, '.viewer-measurement') - number('^', '.strip-value')) < within;
          },
          [kind, unit, within],
        );
      await agrees('distance', 'Å', 1e-3);
      await page.getByRole('button', { name: 'Save these numbers as CSV' }).click();
      const saved = await until(
        page,
        () => window.host.received.findLast(({ method }) => method === 'saveFile')?.parameters,
      );
      assert.match(saved.name, /^ethanol-distance-c-0-\w+-1\.csv$/);
      const lines = saved.content.trim().split('\n');
      assert.deepEqual([lines[0], lines.length], [`"frame","${name} (Å)"`, 201]);
      // Three atoms have an angle, asked for at once.
      await select('0-2');
      await until(page, () => /^angle/.test(document.querySelector('.strip select').selectedOptions[0].text));
      const asked = await until(page, () => {
        const { atoms } = window.host.received.findLast(({ method }) => method === 'series').parameters;
        return atoms.length === 3 && atoms;
      });
      assert.deepEqual(asked, [0, 1, 2]);
      // Of an angle the line below says two decimals.
      await agrees('angle', '°', 0.01);
      await shoot(page, 'strip-measured');
      assert.deepEqual(errors, []);
      await close();
    },

    'playing goes on after a frame that can’t be read': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      await page.evaluate(() => delete window.host.frames[4]);
      await page.focus('.viewer-canvas');
      await page.keyboard.press('Space');
      await page.locator('.banner', { hasText: /^Frame 4 could not be read/ }).waitFor();
      assert.match(await page.textContent('.banner.error'), /The picture is still that of frame 3\.$/);
      assert.match(await page.textContent('.timeline-label'), /^4 \/ 199/);
      assert.match(await page.getAttribute('[aria-label="Frame"]', 'aria-valuetext'), /^frame 4 /);
      await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
      await page.keyboard.press('Space');
      await until(page, () =>
        window.host.received.some(({ method, parameters }) => method === 'drawn' && parameters.frame > 4),
      );
      await page.keyboard.press('Space');
      assert.equal(await page.locator('.banner', { hasText: 'could not be read' }).isVisible(), false);
      assert.deepEqual(errors, []);
      await close();
    },

    'the strip shows values without neighbours, and numbers of steps as such': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      await page.waitForSelector('.strip:not([hidden])');
      await page.evaluate(() => {
        for (const [k, { info }] of window.host.frames.entries()) {
          if (k % 2 === 0) delete info.energy;
          info.time = 100 * k;
        }
      });
      await page.evaluate(() =>
        window.host.notify('trajectory', { name: 'e.xyz', path: '/e.xyz', frames: 200, generation: 2, complete: true }),
      );
      await until(page, () => {
        if (document.querySelector('.strip-value').textContent !== '– eV') return false;
        const canvas = document.querySelector('.strip-canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const columns = new Set();
        for (let k = 3; k < data.length; k += 4) if (data[k] > 0) columns.add(((k - 3) / 4) % canvas.width);
        return columns.size > 100;
      });
      await shoot(page, 'strip-dots');
      await page.selectOption('.strip select', 'time');
      assert.equal(await page.textContent('.strip-value'), '0 fs');
      assert.deepEqual(errors, []);
      await close();
    },

    'the strip shows the energy of all frames, and a click goes there': async () => {
      const { page, errors, close } = await openTrajectory({ width: 1000 });
      await drawnFrame(page, 0);
      await page.waitForSelector('.strip:not([hidden])');
      assert.match(await page.textContent('.strip-value'), /−?\d+\.\d+ eV/);
      const { x, y, width, height } = await page.locator('.strip-canvas').boundingBox();
      await page.mouse.click(x + width - 1, y + height / 2);
      await drawnFrame(page, 199);
      await page.mouse.click(x + width / 2, y + height / 2);
      await drawnFrame(page, 100);
      await page.selectOption('.strip select', 'time');
      assert.equal(await page.textContent('.strip-value'), '50.00000 fs');
      await page.selectOption('.strip select', 'energy');
      await shoot(page, 'viewer-dark');
      assert.deepEqual(errors, []);
      await close();
      for (const theme of ['vscode-light', 'vscode-high-contrast']) {
        const other = await openTrajectory({ width: 1000, theme });
        await other.page.waitForSelector('.strip:not([hidden])');
        await other.page.keyboard.press('End');
        await drawnFrame(other.page, 199);
        assert.ok((await inked(other.page, '.strip-canvas')) > 400, `the strip is drawn in ${theme}`);
        await shoot(other.page, `viewer-${theme.slice(7)}`);
        await other.close();
      }
    },

    'every tenth frame plays, and a file that grows is followed': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      await page.selectOption('[aria-label="Frames that are played"]', '10');
      await page.keyboard.press('Space');
      await drawnFrame(page, 30);
      await page.keyboard.press('Space');
      const shown = await page.evaluate(() =>
        window.host.received.filter((each) => each.method === 'drawn').map((each) => each.parameters.frame),
      );
      assert.ok(
        shown.every((frame) => frame % 10 === 0),
        shown.join(),
      );
      await page.keyboard.press('l');
      await drawnFrame(page, 199);
      await page.evaluate(() => {
        const { host } = window;
        host.frames = [...host.frames, ...host.frames.slice(0, 10)];
        host.notify('trajectory', { name: 'ethanol.xyz', path: '/data/ethanol.xyz', frames: 210, complete: true });
      });
      await drawnFrame(page, 209);
      assert.deepEqual(errors, []);
      await close();
    },

    'linked viewers look alike, and show the same frame': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      const told = () =>
        page.evaluate(() =>
          window.host.received.filter((each) => each.method === 'linked').map((each) => each.parameters),
        );
      await page.keyboard.press('a');
      assert.deepEqual(await told(), []);
      await page.keyboard.press('j');
      await page.keyboard.press('ArrowRight');
      await drawnFrame(page, 1);
      await until(
        page,
        () => window.host.received.findLast((each) => each.method === 'linked')?.parameters.frame === 1,
      );
      const view = { target: [1, 2, 3], rotation: [0, 0, 0, 1], extent: 7, perspective: true };
      const before = (await told()).length;
      await page.evaluate((wanted) => window.host.notify('linked', { view: wanted, frame: 5 }), view);
      await drawnFrame(page, 5);
      await page.waitForTimeout(100);
      // What another viewer wished is not told back.
      assert.equal((await told()).length, before);
      // From where it looks then it goes on, to another frame and to another side.
      await page.keyboard.press('ArrowRight');
      await until(page, () => window.host.received.findLast((each) => each.method === 'linked').parameters.frame === 6);
      assert.deepEqual((await told()).at(-1), { frame: 6 });
      await page.keyboard.press('d');
      await until(
        page,
        () =>
          (window.host.received.findLast((each) => each.method === 'linked').parameters.view?.rotation[3] ?? 1) !== 1,
      );
      const { view: shown, ...rest } = (await told()).at(-1);
      assert.deepEqual([shown.extent, shown.perspective, shown.target], [7, true, [1, 2, 3]]);
      assert.deepEqual(rest, {});
      // A viewer that turns late leaves the frame, one that steps late the side.
      const position = () => page.evaluate(() => [window.host.state.frame, window.host.state.viewer.view]);
      await page.evaluate((wanted) => window.host.notify('linked', { view: wanted }), view);
      await until(page, () => window.host.state.viewer.view.rotation[3] === 1);
      assert.deepEqual(await position(), [6, view]);
      await page.evaluate(() => window.host.notify('linked', { frame: 2 }));
      await drawnFrame(page, 2);
      await until(page, () => window.host.state.frame === 2);
      assert.deepEqual(await position(), [2, view]);
      assert.deepEqual(errors, []);
      await close();
    },

    'selected atoms draw trails': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      const { x, y, width, height } = await page.locator('.viewer-canvas').boundingBox();
      await page.keyboard.down('Control');
      await page.mouse.move(x + 4, y + 4);
      await page.mouse.down();
      await page.mouse.move(x + width - 4, y + height - 4, { steps: 4 });
      await page.mouse.up();
      await page.keyboard.up('Control');
      for (let k = 1; k < 6; k++) {
        await page.keyboard.press('ArrowRight');
        await drawnFrame(page, k);
      }
      const overlay = () => page.evaluate(() => document.querySelector('.viewer-overlay').toDataURL().length);
      const without = await overlay();
      await page.keyboard.press('g');
      await page.check('#display-trails');
      await page.keyboard.press('Escape');
      await until(
        page,
        (enough) => document.querySelector('.viewer-overlay').toDataURL().length > enough,
        without + 500,
      );
      await shoot(page, 'trails');
      assert.deepEqual(errors, []);
      await close();
    },

    'axes are drawn again only when they change, a measurement with its atoms': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      const overlay = () => page.evaluate(() => document.querySelector('.viewer-overlay').toDataURL());
      await page.evaluate(() => {
        const context = document.querySelector('.viewer-overlay').getContext('2d');
        const clear = context.clearRect;
        window.cleared = 0;
        context.clearRect = (...area) => {
          window.cleared++;
          clear.apply(context, area);
        };
      });
      await page.keyboard.press('ArrowRight');
      await drawnFrame(page, 1);
      // They come after the first picture.
      await until(page, () => {
        const { width, height } = document.querySelector('.viewer-overlay');
        const context = document.querySelector('.viewer-overlay').getContext('2d');
        return context.getImageData(0, 0, width, height).data.some((value) => value > 0);
      });
      const cleared = await page.evaluate(() => window.cleared);
      const before = await overlay();
      for (const frame of [2, 3]) {
        await page.keyboard.press('ArrowRight');
        await drawnFrame(page, frame);
      }
      assert.equal(await page.evaluate(() => window.cleared), cleared);
      assert.equal(await overlay(), before);

      await page.evaluate(() => window.host.notify('show', { frame: 3, atoms: [0, 1] }));
      await until(page, (none) => document.querySelector('.viewer-overlay').toDataURL() !== none, before);
      const measured = await overlay();
      await page.keyboard.press('ArrowRight');
      await drawnFrame(page, 4);
      assert.notEqual(await overlay(), measured);
      assert.deepEqual(errors, []);
      await close();
    },

    'structures are saved: the frame, all of them, the selected atoms': async () => {
      const { page, errors, close } = await openTrajectory();
      await drawnFrame(page, 0);
      const wished = (count) =>
        until(
          page,
          (n) => {
            const found = window.host.received.filter((each) => each.method === 'saveStructures');
            return found.length === n && found.at(-1).parameters;
          },
          count,
        );
      await page.keyboard.press('ArrowRight');
      await drawnFrame(page, 1);
      await page.keyboard.press('k');
      await page.click('.choices >> text=Frame 1');
      assert.deepEqual(await wished(1), { first: 1, last: 1, stride: 1 });
      await page.keyboard.press('k');
      await page.click('.choices >> text=All 200 frames');
      assert.deepEqual(await wished(2), { first: 0, last: 199, stride: 1 });
      await page.keyboard.press('x');
      const { x, y, width, height } = await page.locator('.viewer-canvas').boundingBox();
      await page.mouse.move(x + 4, y + 4);
      await page.mouse.down();
      await page.mouse.move(x + width - 4, y + height - 4, { steps: 4 });
      await page.mouse.up();
      await page.keyboard.press('k');
      await page.click('.choices >> text=The 9 selected atoms of frame 1');
      const atoms = [0, 1, 2, 3, 4, 5, 6, 7, 8];
      assert.deepEqual(await wished(3), { first: 1, last: 1, stride: 1, atoms });
      await page.selectOption('[aria-label="Frames that are played"]', '2');
      await page.locator('.viewer-canvas').focus();
      // With Caps Lock.
      await page.keyboard.press('K');
      await page.click('.choices >> text=The 9 selected atoms of each 2nd frame');
      assert.deepEqual(await wished(4), { first: 0, last: 199, stride: 2, atoms });
      // Esc closes it, and the keys go to the view again.
      await page.keyboard.press('k');
      await page.keyboard.press('Escape');
      await page.waitForSelector('.choices', { state: 'hidden' });
      assert.ok(await page.evaluate(() => document.activeElement.matches('.viewer-canvas')));
      assert.deepEqual(errors, []);
      await close();
    },

    'a film is recorded from here to the end': async () => {
      const { page, errors, close } = await openTrajectory({ width: 500, height: 400 });
      await drawnFrame(page, 0);
      await page.selectOption('[aria-label="Frames that are played"]', '10');
      await page.keyboard.press('m');
      assert.equal(await page.locator('[aria-label="Discard the film"]').isVisible(), true);
      const told = (text) => page.waitForSelector(`[role=status]:text("${text}")`, { state: 'attached' });
      await told('The film is saved');
      const film = await page.evaluate(async () => {
        const pieces = window.host.received
          .filter(({ method }) => method === 'saveFilm')
          .map((each) => each.parameters);
        // As large as the picture, without what stands under it.
        const stage = document.querySelector('.viewer-stage');
        const bytes = new Blob(pieces.map((each) => each.bytes));
        const first = [...new Uint8Array(await bytes.slice(0, 4).arrayBuffer())];
        const even = (x) => x - (x % 2);
        const tracks = [...new Uint8Array(await bytes.slice(0, 2000).arrayBuffer())];
        // PixelWidth and PixelHeight of Matroska: how many bytes, and these.
        const number = (id, from = 0) => {
          const at = tracks.findIndex((each, k) => k >= from && each === id && [0x81, 0x82].includes(tracks[k + 1]));
          const value = tracks.slice(at + 2, at + 2 + tracks[at + 1] - 0x80).reduce((sum, each) => 256 * sum + each, 0);
          return { at, value };
        };
        const width = number(0xb0);
        return {
          name: pieces[0].name,
          offsets: pieces.map((each) => each.offset),
          length: bytes.size,
          first,
          size: [width.value, number(0xba, width.at).value],
          expected: [even(stage.clientWidth), even(stage.clientHeight)],
        };
      });
      assert.deepEqual([film.name, film.offsets[0]], ['ethanol.webm', 0]);
      assert.deepEqual(film.first, [0x1a, 0x45, 0xdf, 0xa3]);
      assert.deepEqual(film.size, film.expected);
      assert.ok(film.length > 5000, `${film.length} bytes`);
      assert.equal(await page.getAttribute('[aria-label="Record a film"]', 'aria-pressed'), 'false');
      // Esc discards it.
      await page.selectOption('[aria-label="Frames that are played"]', '1');
      await page.locator('.viewer-canvas').focus();
      await page.keyboard.press('Home');
      await drawnFrame(page, 0);
      const plays = () =>
        until(page, () => window.host.received.findLast(({ method }) => method === 'drawn').parameters.frame > 1);
      await page.keyboard.press('m');
      await plays();
      await page.keyboard.press('Escape');
      await told('The film is discarded');
      assert.equal(await page.locator('[aria-label="Discard the film"]').isVisible(), false);
      // What nobody wants is not said to be saved.
      await page.evaluate(() => (window.host.savesFilms = false));
      await page.keyboard.press('Home');
      await drawnFrame(page, 0);
      await page.keyboard.press('m');
      await plays();
      await page.keyboard.press('m');
      await told('The film is not saved');
      assert.deepEqual(errors, []);
      await close();
    },
  };
};
