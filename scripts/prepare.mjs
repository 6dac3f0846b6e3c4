// What every main command needs first, with nothing but node and npm on the machine: dependencies as the lock file
// says, and on demand a build and the real VS Code that tests and `npm start` use.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Runs a program to its end with our own output; returns its exit code. */
export function run(program, args, options = {}) {
  const shell = process.platform === 'win32' && program === 'npm'; // npm is a .cmd there
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', shell, ...options });
  if (error) console.error(`${program}: ${error.message}`);
  return status ?? 1;
}

/** `npm ci` unless what is installed is what package-lock.json says. */
export function installDependencies() {
  const marker = path.join(root, 'node_modules', '.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log('Installing dependencies…');
  if (run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']) !== 0)
    throw new Error('npm ci failed; its message above says why.');
}

export function build(...flags) {
  if (run(process.execPath, ['scripts/build.mjs', ...flags]) !== 0) throw new Error('the build failed');
}

/** Installs the VS Code server (and Chromium unless `browser` is false) once; false where this system can't have it. */
export function installVsCode({ browser = true } = {}) {
  if (process.platform !== 'linux') return false;
  return run('bash', ['scripts/setup-vscode.sh', ...(browser ? [] : ['--no-browser'])]) === 0;
}
