#!/usr/bin/env node
// A stand-in for the `code` executable where desktop VS Code cannot be downloaded: understands the arguments that
// @vscode/test-electron and @vscode/test-cli pass, and runs the suite in the web-served VS Code.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const value = (name) => {
  for (const [i, a] of process.argv.entries()) {
    if (a.startsWith(`--${name}=`)) return a.slice(name.length + 3);
    if (a === `--${name}`) return process.argv[i + 1];
  }
};
const folder = process.argv
  .slice(2)
  .find((a, i, all) => !a.startsWith('-') && !/^--(user-data-dir|extensions-dir)$/.test(all[i - 1] ?? ''));
const args = [path.join(here, 'run-tests-web.mjs'), '--quiet-summary'];
if (value('extensionTestsPath')) args.push('--tests', value('extensionTestsPath'));
if (value('extensionDevelopmentPath')) args.push('--dev', value('extensionDevelopmentPath'));
if (folder) args.push('--folder', folder);
process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1);
