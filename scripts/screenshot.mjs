// Takes the pictures of README and guides: the examples in VS Code, dark and light, as a person sees it who works with it.
//   node scripts/screenshot.mjs [OUT-DIR] [--vsix dist/nearsight.vsix] [--theme dark|light]... [--only NAME]... [--workspaces DIR]
// OUT-DIR is docs/images if absent. With a packaged extension the title says nothing of development. Workspaces in a folder
// that is named are kept and their runs are used again; else examples are copied, trained and run, which takes minutes.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  chooseRow,
  command,
  commandAsking,
  installVsix,
  projectRoot,
  quickInput,
  webviewFrame,
  withFolder,
  withVsCode,
} from './vscode-web.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    vsix: { type: 'string' },
    theme: { type: 'string', multiple: true, default: ['dark', 'light'] },
    only: { type: 'string', multiple: true, default: [] },
    workspaces: { type: 'string' },
  },
});
const out = path.resolve(positionals[0] ?? path.join(projectRoot, 'docs', 'images'));
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' };
const SIZE = { width: 1600, height: 1000 };
/** Of the data of aluminium: a crystal whose atoms are displaced, with the forces on them. */
const SHOWN_FRAME = 235;
/** Of the plot of the errors of ethanol's forces, in parts of its size: around what was predicted far too small. */
const OUTLIERS = [
  [0.2, 0.7],
  [0.55, 0.684],
  [0.62, 0.667],
  [0.85, 0.667],
  [0.7, 0.89],
  [0.25, 0.89],
];
/** What a page of a marketplace can bear. */
const MAXIMUM_BYTES = 300_000;
const QUIET = {
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
  'workbench.layoutControl.enabled': false,
  'nearsight.notifications': 'never',
  'window.title': '${rootName}',
  'explorer.autoReveal': false,
  'outline.collapseItems': 'alwaysCollapse',
  'editor.renderLineHighlight': 'none',
};

const nearsight = (folder, ...words) =>
  execFileSync(process.execPath, [path.join(projectRoot, 'dist', 'nearsight.js'), ...words], { cwd: folder });

/** What is run in an example before its pictures are taken. */
const runs = {
  /** A training of a smaller network and one as it is, and a simulation. */
  ethanol: (folder) => {
    const definition = path.join(folder, 'ethanol.potential');
    const text = fs.readFileSync(definition, 'utf8');
    fs.writeFileSync(definition, text.replace('hidden = [20, 20]', 'hidden = [6]'));
    nearsight(folder, 'train', 'ethanol.potential', 'ethanol');
    fs.writeFileSync(definition, text);
    nearsight(folder, 'train', 'ethanol.potential', 'ethanol');
    nearsight(folder, 'md', 'ethanol.potential', 'vibrating');
  },
  'hydrogen-transfer': (folder) => {
    nearsight(folder, 'train', 'hydrogen-transfer.potential');
    nearsight(folder, 'umbrella', 'hydrogen-transfer.potential');
  },
  /** A committee of the default size. */
  'hydrogen-peroxide': (folder) => {
    const definition = path.join(folder, 'hydrogen-peroxide.potential');
    const text = fs.readFileSync(definition, 'utf8');
    fs.writeFileSync(definition, text.replace(/^  network \{/m, '  committee {}\n$&'));
    nearsight(folder, 'train', 'hydrogen-peroxide.potential');
  },
  argon: (folder) => nearsight(folder, 'md', 'argon.potential', 'crystal'),
  aluminium: () => undefined,
};

/** An example of which a picture is to be taken, with its runs. */
function prepare(folder, example) {
  if (fs.existsSync(folder)) return;
  fs.cpSync(path.join(projectRoot, 'examples', example), folder, { recursive: true });
  runs[example](folder);
}

const openFile = async (page, name) => {
  await quickInput(page, name, name);
  await page.locator('.tab.active', { hasText: name }).waitFor();
};
const openDefinition = async (page, name = 'ethanol.potential') => {
  await openFile(page, name);
  await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().waitFor();
  await page.keyboard.press('Control+Home');
};
const closeSideBar = (page) => command(page, 'View: Close Primary Side Bar');
const maximize = (page) => command(page, 'View: Toggle Maximize Editor Group');
const showResults = async (page) => {
  await page.locator('.codelens-decoration a', { hasText: 'Results' }).first().click();
  const results = await webviewFrame(page, '.worst tbody tr');
  await results.locator('.chart canvas').first().waitFor();
  return results;
};
/** Predictions against reference values over the whole window. */
const openParity = async (page, definition = 'ethanol.potential') => {
  await openDefinition(page, definition);
  await closeSideBar(page);
  await showResults(page);
  await page.locator('.tab', { hasText: /^train / }).click();
  await maximize(page);
  const results = await webviewFrame(page, '.worst tbody tr');
  await rest(page, 500);
  await results.locator('section[aria-label="Parity"]').evaluate((element) => element.scrollIntoView());
  return results;
};
/** The picture is taken of what has come to rest. */
const rest = (page, milliseconds = 1500) => page.waitForTimeout(milliseconds);

/** Each leaves on the screen what its name says, and may give what is to be done after the picture. */
const pictures = {
  editor: async (page) => {
    await openDefinition(page);
    await command(page, 'Nearsight: Preview Descriptors');
    const preview = await webviewFrame(page, '.profile, .chart');
    await preview.locator('text=in the data').first().waitFor();
  },
  results: async (page) => {
    const results = await openParity(page);
    await results.locator('.worst tbody tr button').nth(3).click();
    await results.locator('section.structure .facts').waitFor();
  },
  selection: async (page) => {
    const results = await openParity(page);
    const card = results.locator('.parity-card.force');
    await results.getByRole('radio', { name: 'residual' }).click();
    await card.getByRole('radio', { name: 'lasso' }).click();
    const plot = await card.locator('.plot-parity .plot-input').boundingBox();
    const [first, ...others] = OUTLIERS.map(([x, y]) => [plot.x + x * plot.width, plot.y + y * plot.height]);
    await page.mouse.move(...first);
    await page.mouse.down();
    for (const place of others) await page.mouse.move(...place, { steps: 4 });
    await page.mouse.up();
    await results.locator('.selection-words').waitFor();
    await results.locator('.worst tbody tr button').first().click();
    await results.locator('section.structure .facts').waitFor();
  },
  calibration: async (page) => {
    const results = await openParity(page, 'hydrogen-peroxide.potential');
    await results.getByRole('radio', { name: 'calibration' }).click();
    await results.locator('.worst tbody tr button').nth(2).click();
    await results.locator('section.structure .facts').waitFor();
  },
  comparison: async (page) => {
    await openDefinition(page);
    await closeSideBar(page);
    await commandAsking(page, 'Nearsight: Compare Runs', 'train ethanol 001');
    await chooseRow(page, 'train ethanol 002');
    await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
    await webviewFrame(page, 'div.comparison tbody tr');
    await maximize(page).catch(() => {});
  },
  umbrella: async (page) => {
    await openDefinition(page, 'hydrogen-transfer.potential');
    await closeSideBar(page);
    await page.locator('.codelens-decoration a', { hasText: 'Results: barrier' }).first().click();
    await webviewFrame(page, '.windows tbody tr');
    await page.locator('.tab', { hasText: 'umbrella transfer' }).click();
    await maximize(page);
  },
  trajectory: async (page) => {
    await openFile(page, 'aluminium.potential');
    const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'al_qe_lda.xyz' });
    // A menu closes when the window is still being built.
    await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().waitFor();
    await rest(page);
    await row.click({ button: 'right' });
    await rest(page, 500);
    await page.getByRole('menuitem', { name: 'Open Trajectory' }).click();
    await webviewFrame(page, '.timeline input[aria-label="Frame"]');
    await closeSideBar(page);
    await command(page, 'View: Move Editor into Right Group');
    const moved = await webviewFrame(page, '.timeline input[aria-label="Frame"]');
    const slider = moved.locator('.timeline input[aria-label="Frame"]');
    // The file is looked through first.
    await moved.waitForFunction(
      (frame) => Number(document.querySelector('.timeline input[aria-label="Frame"]')?.max) > frame,
      SHOWN_FRAME,
    );
    await slider.fill(String(SHOWN_FRAME));
    await moved.locator('.timeline', { hasText: `${SHOWN_FRAME} / ` }).waitFor();
    await moved.locator('.viewer-canvas').press('v');
    await moved.locator('.viewer-canvas').press(']');
  },
  errors: async (page) => {
    await openDefinition(page);
    const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'ethanol.xyz' });
    await row.click({ button: 'right' });
    await rest(page, 500);
    await page.getByRole('menuitem', { name: 'Open Trajectory' }).click();
    const viewer = await webviewFrame(page, '.timeline input[aria-label="Frame"]');
    await closeSideBar(page);
    await viewer.locator('select[aria-label="Predictions of"]').selectOption({ label: 'train ethanol 002' });
    await viewer.locator('button[aria-label^="Display"]').click();
    await viewer.locator('#display-colour').selectOption({ label: 'Force error (eV/Å)' });
    await viewer.locator('#display-arrows').selectOption({ label: 'reference_forces and predicted_forces' });
    await viewer.locator('.timeline input[aria-label="Frame"]').fill('1574');
    await viewer.locator('.timeline', { hasText: '1574 / ' }).waitFor();
  },
  analysis: async (page) => {
    await openFile(page, 'crystal.xyz');
    await command(page, 'Nearsight: Analyze Trajectory');
    await closeSideBar(page);
    const analysis = await webviewFrame(page, '.chart-grid.all .chart');
    await maximize(page);
    const skip = analysis.getByRole('spinbutton', { name: 'Frames to leave out' });
    await skip.fill('100');
    await skip.press('Enter');
    await rest(page, 3000);
  },
  training: async (page, folder) => {
    const trainings = path.join(folder, 'runs', 'train-ethanol');
    const before = fs.readdirSync(trainings);
    await openDefinition(page);
    await command(page, 'Nearsight: Focus on Runs View');
    await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().click();
    const results = await webviewFrame(page, '.progress-text');
    await results.locator('.progress-text', { hasText: /epoch (9|10) of/ }).waitFor({ timeout: 300_000 });
    // The other pictures show the trainings that were there before.
    return async () => {
      await results.getByRole('button', { name: 'Stop' }).click();
      await results.locator('.chip', { hasText: 'Stopped' }).waitFor();
      for (const run of fs.readdirSync(trainings).filter((each) => !before.includes(each)))
        fs.rmSync(path.join(trainings, run), { recursive: true });
    };
  },
};

/** Of which example a picture is, where it isn't ethanol. */
const exampleOf = {
  analysis: 'argon',
  calibration: 'hydrogen-peroxide',
  trajectory: 'aluminium',
  umbrella: 'hydrogen-transfer',
};

let code = 0;

/** Takes one picture in a window of its own. */
async function take(open, theme, name, compose, workspaces) {
  const example = exampleOf[name] ?? 'ethanol';
  const folder = path.join(workspaces, example);
  prepare(folder, example);
  const page = await open(
    {
      folder,
      extensionDevelopmentPath: options.vsix ? [] : projectRoot,
      colorScheme: theme,
    },
    SIZE,
  );
  const file = path.join(out, `${name}-${theme}.png`);
  const tidyUp = await compose(page, folder).catch((error) => {
    code = 1;
    console.error(`${name}-${theme}: ${error.message}`);
  });
  await rest(page);
  await command(page, 'Notifications: Clear All Notifications');
  // Where nothing tells what it is.
  await page.mouse.move(SIZE.width / 2, SIZE.height - 5);
  await rest(page, 500);
  await page.screenshot({ path: file });
  await tidyUp?.();
  const { size } = fs.statSync(file);
  console.log(`${path.relative(projectRoot, file)} ${(size / 1000).toFixed(0)} kB`);
  if (size > MAXIMUM_BYTES) code = 1;
  await page.context().close();
}

await withFolder('shot', async (scratch) => {
  fs.mkdirSync(out, { recursive: true });
  const workspaces = path.resolve(options.workspaces ?? scratch);
  const extensionsDir = options.vsix && path.join(scratch, 'extensions');
  if (extensionsDir) {
    fs.mkdirSync(extensionsDir);
    installVsix(path.resolve(options.vsix), extensionsDir);
  }
  for (const theme of options.theme) {
    const userSettings = { ...QUIET, 'workbench.colorTheme': themes[theme] };
    await withVsCode(`screenshot-${theme}`, { extensionsDir, userSettings }, async ({ open }) => {
      for (const [name, compose] of Object.entries(pictures))
        if (options.only.length === 0 || options.only.includes(name))
          await take(open, theme, name, compose, workspaces);
    });
  }
});
process.exit(code);
