// The features of the panels in the real VS Code, clicked as a person would: `node test/e2e/window.mjs [--only PATTERN]`.
// One server, one browser, one window; the subjects stand in window/. Prints `N passed, N failed`.
import { keepPictures } from '../../scripts/vscode-web.mjs';
import { linkingTests } from './window/linking.mjs';
import { livingTests } from './window/living.mjs';
import { openingTests } from './window/opening.mjs';
import { plottingTests } from './window/plotting.mjs';
import { viewingTests } from './window/viewing.mjs';
import { startWorkbench } from './window/workbench.mjs';

const tests = { ...openingTests, ...viewingTests, ...plottingTests, ...linkingTests, ...livingTests };

const at = process.argv.indexOf('--only');
const only = at < 0 ? /./ : new RegExp(process.argv[at + 1]);
const started = Date.now();
let passed = 0;
let failed = 0;
const workbench = await startWorkbench();
try {
  const window = await workbench.window();
  console.log(`  the window is there after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  for (const [name, run] of Object.entries(tests)) {
    if (!only.test(name)) continue;
    const begun = Date.now();
    try {
      await run({ ...window, workbench });
      passed++;
      console.log(`  ok    ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      console.log(`  FAIL  ${name}\n        ${String(error.stack ?? error).replaceAll('\n', '\n        ')}`);
      await keepPictures(`window-${failed}`, workbench.pages);
    }
    await window.clear();
  }
} catch (error) {
  failed++;
  console.error(error);
} finally {
  await workbench.stop();
}
console.log(`in ${((Date.now() - started) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
