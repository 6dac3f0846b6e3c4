// Runs dist-test/index.js INSIDE the (node) extension host of a web-served VS Code. Exit code = the tests'.
//   node scripts/run-tests-web.mjs [--vsix dist/nearsight.vsix] [--tests dist-test/index.js] [--fixture test/fixtures/workspace]
// --vsix: install the packaged extension and run the same suite against it (the development extension is then an empty shell).
// VERBOSE=1 prints the server's and the page's own logs. TEST_GREP=… picks tests. TEST_TIMEOUT_MS bounds the whole run.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { format, parseArgs } from 'node:util';
import { installVsix, launchBrowser, projectRoot, startServer, workbenchUrl } from './vscode-web.mjs';

const { values: opt } = parseArgs({
  options: {
    vsix: { type: 'string' },
    tests: { type: 'string', default: path.join(projectRoot, 'dist-test', 'index.js') },
    fixture: { type: 'string', default: path.join(projectRoot, 'test', 'fixtures', 'workspace') }, // copied, so tests may write
    folder: { type: 'string' }, // opened as it is, instead of a copy of the fixture
    dev: { type: 'string', default: projectRoot },
    'quiet-summary': { type: 'boolean', default: false }, // for code-web.mjs: the caller owns TEST_RESULTS
  },
});
const t0 = Date.now();
const say = (s) => console.log(`[runner ${((Date.now() - t0) / 1000).toFixed(1)}s] ${s}`);
const verbose = !!process.env.VERBOSE;
// what VS Code itself logs here at every start
const noise =
  /^(Resolv|Creating a socket|Updating additional builtin|Ignoring fetching additional builtin|ChatSessionStore|\[Service Worker\] registration|Creation of workbench contribution|\[(AgentHost|ChatModel|AccountPolicyGate|reconnection-grace-time)|ComputeTargetPlatform)/;
const limit = Number(process.env.TEST_TIMEOUT_MS ?? 300_000);

const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'nearsight-test-'));
const work = opt.folder ?? path.join(tmp, 'workspace');
const results = opt['quiet-summary'] ? process.env.TEST_RESULTS : path.join(tmp, 'results.json');
if (!opt.folder) fs.cpSync(opt.fixture, work, { recursive: true });

let server,
  browser,
  result = { code: 1, why: 'did not start' };
const onSignal = async () => {
  await browser?.close().catch(() => {});
  await server?.stop();
  process.exit(130);
};
process.once('SIGINT', onSignal);
process.once('SIGTERM', onSignal);
try {
  let dev = path.resolve(opt.dev),
    extensionsDir;
  if (opt.vsix) {
    extensionsDir = path.join(tmp, 'extensions');
    fs.mkdirSync(extensionsDir);
    installVsix(path.resolve(opt.vsix), extensionsDir);
    dev = path.join(tmp, 'shell');
    fs.mkdirSync(dev);
    fs.writeFileSync(
      path.join(dev, 'package.json'),
      JSON.stringify({ name: 'test-shell', publisher: 'test', version: '0.0.0', engines: { vscode: '*' } }),
    );
  }
  server = await startServer({ log: verbose, extensionsDir, env: results ? { TEST_RESULTS: results } : {} });
  say(`VS Code server on ${server.origin}`);
  browser = await launchBrowser();
  const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-US' })).newPage();

  let finish;
  const done = new Promise((r) => {
    finish = r;
  });
  // VS Code calls these two page functions while extensionTestsPath is set: console output of the extension host, and the end.
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    const text = format(...args).trimEnd();
    if (type === 'error' || type === 'warn') {
      if (verbose || !noise.test(text)) console.error(`[${type}] ${text}`);
    } else if (verbose || !noise.test(text)) console.log(text);
  });
  await page.exposeFunction('codeAutomationExit', (code, logs) => finish({ code, logs }));
  if (verbose) {
    page.on('console', (m) => console.log(`[page ${m.type()}] ${m.text()}`));
    page.on('requestfailed', (r) => console.log('[page requestfailed]', r.url(), r.failure()?.errorText));
  }
  page.on('crash', () => finish({ code: 1, why: 'the page crashed' }));
  server.child.once('exit', (c) => finish({ code: 1, why: `the VS Code server exited with ${c}` }));
  const timer = setTimeout(() => finish({ code: 1, why: `no result within ${limit} ms` }), limit);
  await page.goto(workbenchUrl(server, { folder: work, extensionDevelopmentPath: dev, extensionTestsPath: opt.tests }));
  page
    .locator('.monaco-workbench')
    .waitFor()
    .then(
      () => say('workbench visible'),
      () => {},
    );
  result = await done;
  clearTimeout(timer);
  // VS Code reports success when the extension host dies during the run, so look at how it ended
  const died = /Extension Host Process exited with code: (?!0, signal: null)[^\n]*/.exec(server.output());
  if (!result.code && died) result = { ...result, code: 1, why: died[0] };
  if (result.code !== 0) {
    const shots = path.join(projectRoot, '.vscode-test', 'failure');
    fs.rmSync(shots, { recursive: true, force: true });
    fs.mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: path.join(shots, 'page.png') }).catch(() => {});
    for (const l of result.logs ?? []) {
      const f = path.join(shots, 'logs', l.relativePath);
      fs.mkdirSync(path.dirname(f), { recursive: true });
      fs.writeFileSync(f, l.contents);
    }
    fs.cpSync(path.join(server.data, 'data', 'logs'), path.join(shots, 'server-logs'), {
      recursive: true,
      force: true,
    });
    console.error(`[runner] ${result.why ?? 'tests failed'}; screenshot and logs in ${shots}`);
  }
} catch (e) {
  console.error('[runner]', e);
  result = { code: 1 };
} finally {
  await browser?.close().catch(() => {});
  await server?.stop();
}
say(`exit ${result.code}`);
let r;
try {
  r = JSON.parse(fs.readFileSync(results, 'utf8'));
} catch {}
fs.rmSync(tmp, { recursive: true, force: true });
if (opt['quiet-summary']) process.exit(result.code ? 1 : 0);
if (!r) {
  console.error('[runner] the suite reported no results');
  result.code ||= 1;
} else console.log(`${r.passed} passed, ${r.failed} failed, ${r.skipped} skipped`);
process.exit(result.code ? 1 : 0);
