// `npm start`: sets everything up, trains the example's potential, runs molecular dynamics with it, and opens VS Code on
// the results: a local `code` if there is one, else VS Code in the browser at a printed address.
//   --headless   stop before the editor        --browser   don't use a local `code`
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build, installDependencies, installVsCode, root, run } from './prepare.mjs';

const headless = process.argv.includes('--headless');
const folder = path.join(root, 'examples', 'ethanol');
const definition = path.join(folder, 'ethanol.potential');

function step(title) {
  console.log(`\n── ${title}`);
}

/** The newest run of a kind in the example. */
function newestRun(kind) {
  const runs = path.join(folder, 'runs');
  const action = readdirSync(runs).find((name) => name.startsWith(`${kind}-`));
  const number = readdirSync(path.join(runs, action))
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => a - b)
    .at(-1);
  return path.join(runs, action, number);
}

function nearsight(...args) {
  const code = run(process.execPath, ['dist/nearsight.js', ...args]);
  if (code !== 0) process.exit(code);
}

try {
  installDependencies();
  build();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
step('Checking examples/ethanol/ethanol.potential');
nearsight('check', definition);
step('Training on 1,401 quantum-mechanical structures of ethanol');
nearsight('train', definition);
step('Molecular dynamics with the trained potential');
nearsight('md', definition);

const trained = newestRun('train');
const trajectory = newestRun('md');
console.log(`\nPotential   ${path.relative(root, path.join(trained, 'potential.json'))}`);
console.log(`Trajectory  ${path.relative(root, trajectory)}`);
if (headless) process.exit(0);

// What the extension opens beside the text when it starts.
const show = [trained, trajectory].join(path.delimiter);
const local = !process.argv.includes('--browser') && findCode();
if (local) {
  step(`Opening ${local}`);
  const args = ['--new-window', `--extensionDevelopmentPath=${root}`, folder, definition];
  spawn(local, args, {
    env: { ...process.env, NEARSIGHT_SHOW: show },
    stdio: 'ignore',
    detached: true,
    shell: process.platform === 'win32',
  }).unref();
} else {
  step('Setting up VS Code for the browser');
  if (!installVsCode({ browser: false })) {
    console.error(
      'Install VS Code so that `code` is in the PATH, and run `npm start` again: there is no browser version here.',
    );
    process.exit(1);
  }
  const { startServer, workbenchUrl } = await import('./vscode-web.mjs');
  const server = await startServer({ env: { NEARSIGHT_SHOW: show } });
  const stop = async () => {
    await server.stop();
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const url = workbenchUrl(server, { folder, extensionDevelopmentPath: root, openFile: definition });
  console.log(`\nVS Code with the results is at\n\n  ${url}\n\nControl-C ends it.`);
}

function findCode() {
  for (const name of ['code', 'code-insiders', 'codium']) {
    const found = spawnSync(name, ['--version'], { shell: process.platform === 'win32', encoding: 'utf8' });
    if (found.status === 0) return name;
  }
  return undefined;
}
