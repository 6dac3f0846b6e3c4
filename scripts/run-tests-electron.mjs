// The same suite in desktop VS Code. Downloads VS Code, so it needs the internet, unless VSCODE_EXECUTABLE names one
// (a real `code` binary, or scripts/code-web.mjs, which runs the suite in the web-served VS Code instead).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'nearsight-electron-'));
const work = path.join(tmp, 'workspace'),
  results = path.join(tmp, 'results.json');
fs.cpSync(path.join(root, 'test', 'fixtures', 'workspace'), work, { recursive: true });
let code = 1;
try {
  const user = path.join(tmp, 'user', 'User');
  fs.mkdirSync(user, { recursive: true });
  fs.writeFileSync(
    path.join(user, 'settings.json'),
    JSON.stringify({ 'workbench.startupEditor': 'none', 'telemetry.telemetryLevel': 'off' }),
  );
  code = await runTests({
    version: process.env.VSCODE_VERSION ?? '1.100.3',
    vscodeExecutablePath: process.env.VSCODE_EXECUTABLE,
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, 'dist-test', 'index.js'),
    extensionTestsEnv: { TEST_RESULTS: results },
    launchArgs: [
      work,
      '--user-data-dir',
      path.join(tmp, 'user'),
      '--extensions-dir',
      path.join(tmp, 'ext'),
      '--disable-workspace-trust',
      '--enable-unsafe-swiftshader',
      '--use-gl=angle',
      '--use-angle=swiftshader',
    ],
  });
  const r = JSON.parse(fs.readFileSync(results, 'utf8'));
  console.log(`${r.passed} passed, ${r.failed} failed, ${r.skipped} skipped`);
} catch (e) {
  console.error(e);
  code = 1;
} finally {
  fs.rmSync(tmp, { recursive: true, force: true });
}
process.exit(code);
