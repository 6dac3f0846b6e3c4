// `npm test`: everything, from a fresh clone. Stages run one after the other; the last line is `N passed, N failed`.
//   node scripts/test.mjs [STAGE…]   only these stages (names below)
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build, installDependencies, installVsCode, root } from './prepare.mjs';

const only = process.argv.slice(2);
const results = [];
const scratch = mkdtempSync(path.join(os.tmpdir(), 'nearsight-test-'));
const started = Date.now();

/** Runs node on a script, shows its output, returns exit code and output. */
function node(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        output += data;
        process.stdout.write(data);
      });
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const bin = (name, file) => path.join('node_modules', name, file);

/** A stage that passes or fails as one. */
async function whole(args) {
  const { code } = await node(args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** A stage that ends with `N passed, N failed` itself. */
async function counting(args) {
  const { code, output } = await node(args);
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)].at(-1);
  if (!last) return { passed: 0, failed: 1, skipped: 0 };
  const counts = { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) };
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

async function vitest() {
  const file = path.join(scratch, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await node([bin('vitest', 'vitest.mjs'), 'run', ...reporters]);
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const counts = { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests };
    // A suite that failed to load has no failed test but is a failure.
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const stages = {
  types: async () => {
    const first = await whole([bin('typescript', 'bin/tsc'), '--noEmit', '-p', 'tsconfig.json']);
    const second = await whole([bin('typescript', 'bin/tsc'), '--noEmit', '-p', 'webview/tsconfig.json']);
    return { passed: first.passed + second.passed, failed: first.failed + second.failed, skipped: 0 };
  },
  lint: () => whole([bin('eslint', 'bin/eslint.js'), '.', '--max-warnings=0']),
  format: () => whole([bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level=warn', '.']),
  unit: vitest,
  webview: () => counting(['test/e2e/webview.mjs']),
  editor: () => counting(['scripts/run-tests-web.mjs']),
  reload: () => counting(['test/e2e/reload.mjs']),
  restricted: () => counting(['test/e2e/restricted.mjs']),
  window: () => counting(['test/e2e/window.mjs']),
};
const needBrowser = ['webview', 'editor', 'reload', 'restricted', 'window'];

try {
  installDependencies();
  const chosen = Object.keys(stages).filter((name) => only.length === 0 || only.includes(name));
  const browser = !chosen.some((name) => needBrowser.includes(name)) || installVsCode();
  build('--tests');
  for (const name of chosen) {
    console.log(`\n== ${name} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
    if (!browser && needBrowser.includes(name)) {
      const why = 'needs Linux, where VS Code and Chromium can be installed without a download';
      console.log(`skipped: ${why}`);
      results.push({ name, passed: 0, failed: process.platform === 'linux' ? 1 : 0, skipped: 1 });
      continue;
    }
    results.push({ name, ...(await stages[name]()) });
  }
} catch (error) {
  console.error(error.message);
  results.push({ name: 'preparation', passed: 0, failed: 1, skipped: 0 });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

console.log('');
for (const { name, passed, failed, skipped } of results)
  console.log(`${name.padEnd(12)} ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
console.log(`${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') ? `, ${sum('skipped')} skipped` : ''}`);
