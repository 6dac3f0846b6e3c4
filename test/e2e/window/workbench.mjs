// The real VS Code as the suites of this folder use it: a folder of real data with two finished trainings, a server, a
// window, and what a person does in it. Everything waits for what the window says, never for time.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  command,
  commandAsking,
  launchBrowser,
  openWindow,
  projectRoot,
  startServer,
  webviewFrame,
} from '../../../scripts/vscode-web.mjs';
import { openText, until } from '../checks.mjs';
import { writeFormats } from './structure-files.mjs';

export const POTENTIAL = `potential ammonia {
  elements = [H, N]
  cutoff   = 5 Å

  radial { width = 0.3 Å; center = linspace(0.8, 2.2, 6) Å }
  network { hidden = [8] }
}

dataset small {
  files    = ["ammonia.xyz"]
  split_by = key("split")
}

train quick {
  potential = ammonia
  dataset   = small
  epochs    = 30
}

train other {
  potential = ammonia
  dataset   = small
  epochs    = 20
  seed      = 2
}
`;

/** How long a person looks at a blank panel. What comes later than that comes also when they have looked elsewhere. */
const BLANK_MILLISECONDS = 10_000;

/** One key that closes what a test has left open. */
const CLEAR = {
  key: 'ctrl+alt+f12',
  command: 'runCommands',
  args: {
    commands: ['workbench.action.closeQuickOpen', 'notifications.clearAll', 'workbench.action.closeAllEditors'],
  },
};

/** Makes the folder that the window opens: data of several formats, a definition, its two trainings. */
async function makeFolder() {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'nearsight-editor-')));
  const copy = (from, to) => fs.copyFileSync(path.join(projectRoot, from), path.join(folder, to));
  copy('test/fixtures/workspace/data/ammonia.xyz', 'ammonia.xyz');
  copy('examples/aluminium/al_qe_lda.xyz', 'aluminium.xyz');
  copy('test/fixtures/water-bohr/input.data', 'water.data');
  writeFormats(folder);
  fs.writeFileSync(path.join(folder, 'ammonia.potential'), POTENTIAL);
  const nearsight = path.join(projectRoot, 'dist', 'nearsight.js');
  for (const label of ['quick', 'other'])
    await promisify(execFile)(process.execPath, [nearsight, 'train', 'ammonia.potential', label], { cwd: folder });
  return folder;
}

/** Starts server and browser on a new folder. */
export async function startWorkbench() {
  const folder = await makeFolder();
  const server = await startServer({
    keybindings: [CLEAR],
    // What “light” is for the command that toggles: so that it reaches high contrast.
    userSettings: { 'workbench.preferredLightColorTheme': 'Default High Contrast' },
  });
  const browsers = [];
  const pages = [];

  /** A window on the folder; `arguments` go to a browser of its own. */
  async function window({ browserArguments = [], ...options } = {}) {
    const browser =
      browserArguments.length === 0 && browsers.length > 0 ? browsers[0] : await launchBrowser(browserArguments);
    if (!browsers.includes(browser)) browsers.push(browser);
    const page = await openWindow(browser, server, { folder, extensionDevelopmentPath: projectRoot, ...options });
    await page.emulateMedia({ reducedMotion: 'reduce' }); // no animations to wait for
    page.setDefaultTimeout(60_000);
    pages.push(page);
    return windowTools(page, folder);
  }

  return {
    folder,
    window,
    data: server.data,
    pages,
    stop: async () => {
      for (const browser of browsers) await browser.close().catch(() => {});
      await server.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a person does in a window, and sees there. */
function windowTools(page, folder) {
  const file = (name) => path.join(folder, name);

  /** The page of the panel that shows something of this selector. */
  const panel = (selector) => webviewFrame(page, `${selector}:visible`);

  /** All panels that do. */
  async function panels(selector, count) {
    return until(`${count} panels with ${selector}`, async () => {
      const among = page.frames().filter((frame) => frame.name() === 'active-frame' || /fake\.html/.test(frame.url()));
      const has = await Promise.all(
        among.map((frame) =>
          frame
            .locator(`${selector}:visible`)
            .count()
            .catch(() => 0),
        ),
      );
      const found = among.filter((_, k) => has[k] > 0);
      return found.length === count && found;
    });
  }

  /** The viewer in front, with a frame on the screen. */
  async function viewer() {
    const frame = await panel('.timeline');
    await until('a frame in the viewer', async () => /atom/.test(await frame.locator('.viewer-facts').innerText()));
    await until('a frame in the viewer', async () => (await frame.locator('.timeline-label').innerText()) !== '');
    return frame;
  }

  /**
   * Waits until the two panels of a reloaded window, `tab` in front of the text `other` and one beside it, have their pages. VS Code
   * 1.100 gives each webview a service worker of its own, and counts on an address for each (microsoft/vscode#126444), while a
   * server like this one has them all at the same. Of two that begin at once while the machine is busy, one may wait for ever
   * for a worker that the other has replaced; no panel can tell, as its page never comes. A person who finds one blank looks at
   * another tab and comes back, which begins that webview anew and wakes one that waits for its worker; so does this.
   */
  async function untilRestored(tab, other) {
    let since = new Map();
    await until('the pages of two panels', async () => {
      // Frames of VS Code itself have no names.
      const webviews = page
        .mainFrame()
        .childFrames()
        .filter((frame) => frame.name() !== '');
      const blank = webviews.filter((frame) => frame.childFrames().length === 0);
      if (webviews.length === 2 && blank.length === 0) return true;
      since = new Map(blank.map((frame) => [frame, since.get(frame) ?? Date.now()]));
      if ([...since.values()].every((begun) => Date.now() - begun < BLANK_MILLISECONDS)) return false;
      for (const name of [other, tab]) await page.locator('.tab', { hasText: name }).click();
      since = new Map();
      return false;
    });
  }

  /** Opens a file in the viewer by the command, which asks which one. */
  async function openTrajectory(name) {
    await commandAsking(page, 'Nearsight: Open Trajectory', name);
    const frame = await viewer();
    // A file that was looked at before opens where it was left.
    await frame.locator('.viewer-canvas').focus();
    await page.keyboard.press('Home');
    return frame;
  }

  /** Opens the results of the first training, which are complete, beside its text: by the words above its block. */
  async function openResults() {
    await openText(page, 'ammonia.potential');
    await page.locator('.codelens-decoration a', { hasText: 'Results' }).first().click();
    const frame = await panel('.parity-grid');
    await frame.locator('.worst tbody tr').first().waitFor();
    // A run that was looked at before opens as it was left.
    const forces = frame.getByRole('radiogroup', { name: 'Quantity' }).getByRole('radio', { name: 'Forces' });
    for (const choice of [frame.getByRole('button', { name: /^Select nothing/ }), forces])
      if (await choice.isVisible()) await choice.click();
    return frame;
  }

  /** Answers the dialog that asks where to save with the name that it offers, and gives what is there then. */
  async function saved(ending, complete = (bytes) => bytes.length > 0) {
    const input = page.locator('.quick-input-widget input[type=text]');
    const target = await until(`the dialog that asks where to save ${ending}`, async () => {
      const value = await input.inputValue({ timeout: 1000 });
      return value.endsWith(ending) && value;
    });
    await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
    return until(`${target} on the disk`, () => {
      const bytes = fs.readFileSync(target);
      return complete(bytes) && bytes;
    });
  }

  /** Closes what a test has left open, so that the next one finds an empty window. */
  const clear = () =>
    until('an empty window', async () => {
      for (const key of ['Alt', 'Control', 'Shift']) await page.keyboard.up(key);
      // A webview whose page has not come keeps the keys for itself.
      await page.evaluate(() => document.activeElement?.blur());
      await page.keyboard.press('Control+Alt+F12');
      await until('no editor', async () => (await page.locator('.tab').count()) === 0, 2000);
      return true;
    });

  return {
    page,
    folder,
    file,
    openText: (name) => openText(page, name),
    panel,
    panels,
    openTrajectory,
    viewer,
    openResults,
    saved,
    untilRestored,
    clear,
  };
}

/** The frame that a viewer shows, by what stands beside its slider. */
export const frameOf = async (viewer) => Number.parseInt(await viewer.locator('.timeline-label').innerText(), 10);

export const untilFrame = (viewer, wanted) => until(`frame ${wanted}`, async () => (await frameOf(viewer)) === wanted);

/** Pixels of what a locator shows: how many are not of the background (that of the corner), and their mean colour. */
export async function look(locator) {
  const png = (await locator.screenshot()).toString('base64');
  const decoded = await locator.page().evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const background = [...data.subarray(0, 3)];
    const mean = [0, 0, 0];
    let covered = 0;
    for (let p = 0; p < data.length; p += 4) {
      const distance = background.reduce((sum, each, k) => sum + Math.abs(each - data[p + k]), 0);
      if (distance < 30) continue;
      covered++;
      for (let k = 0; k < 3; k++) mean[k] += data[p + k];
    }
    return { covered, background, mean: mean.map((each) => each / Math.max(1, covered)) };
  }, png);
  return { ...decoded, png };
}

/** Waits until what a locator shows is another picture than before, and fits; gives what it shows then. */
export const untilOther = (what, locator, before, fits = () => true) =>
  until(what, async () => {
    const now = await look(locator);
    return now.png !== before.png && fits(now) && now;
  });
