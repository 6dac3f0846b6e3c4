// How checks in a real VS Code are run: a workspace of fixtures, a window, one check after the other, each on what the one before
// has left. Prints `N passed, N failed`.
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot, quickInput, withFolder, withVsCode } from '../../scripts/vscode-web.mjs';

/** Polls until `look` gives something true, and returns it. Mistakes while looking count as “not yet”. */
export async function until(what, look, milliseconds = 90_000) {
  const end = Date.now() + milliseconds;
  let last;
  for (;;) {
    try {
      last = await look();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`never came: ${what} (last seen: ${String(last)})`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Runs checks in a window on a copy of the fixtures until one fails; they get the page and the folder. Ends the process. */
export async function runChecks(name, checks, serverOptions = {}) {
  const started = Date.now();
  let passed = 0;
  await withFolder(name, async (folder) => {
    fs.cpSync(path.join(projectRoot, 'test', 'fixtures', 'workspace'), folder, { recursive: true });
    await withVsCode(name, serverOptions, async ({ open }) => {
      // No file in the address: with one, VS Code opens that instead of what was open before.
      const page = await open({ folder });
      for (const [what, check] of Object.entries(checks)) {
        await check({ page, folder });
        passed++;
        console.log(`✓ ${what} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
      }
    });
  }).catch((error) => console.error(error));
  const failed = Object.keys(checks).length - passed;
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

/** Opens a file of the folder in the editor. */
export async function openText(page, name) {
  await quickInput(page, name, name);
  await page.locator('.tab.active', { hasText: path.basename(name) }).waitFor();
}
