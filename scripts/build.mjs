// Bundles every entry point into dist/ with esbuild. `--minify` for the packaged extension, `--tests` adds the suites
// that run inside the extension host (dist-test/).
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { buildKernels } from './build-kernels.mjs';

const minify = process.argv.includes('--minify');
const common = { bundle: true, metafile: true, minify, sourcemap: minify ? false : 'linked', logLevel: 'warning' };
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };

const builds = [
  { ...node, entryPoints: ['extension/main.ts'], outfile: 'dist/extension.js', external: ['vscode'] },
  { ...node, entryPoints: ['server/main.ts'], outfile: 'dist/server.js' },
  { ...node, entryPoints: ['server/data/worker.ts'], outfile: 'dist/data-worker.js' },
  { ...node, entryPoints: ['engine/kernels/worker.ts'], outfile: 'dist/kernel-worker.js' },
  {
    ...node,
    entryPoints: ['engine/cli/main.ts'],
    outfile: 'dist/nearsight.js',
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...common,
    entryPoints: ['webview/main.ts'],
    outfile: 'dist/webview.js',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    loader: { '.css': 'css', '.ttf': 'file', '.svg': 'dataurl' },
    assetNames: '[name]',
  },
];
if (process.argv.includes('--tests')) {
  rmSync('dist-test', { recursive: true, force: true });
  builds.push({
    ...node,
    entryPoints: ['test/vscode/index.ts'],
    outfile: 'dist-test/index.js',
    external: ['vscode', 'mocha'],
  });
}
const [, ...results] = await Promise.all([buildKernels(), ...builds.map((options) => build(options))]);
chmodSync('dist/nearsight.js', 0o755);

// The licences of what is in the bundles go with them.
const packages = new Set(
  results
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .map((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1])
    .filter((name) => name !== undefined),
);
const notices = [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = existsSync(folder) && readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(`${folder}/${file}`, 'utf8').trim() : ''}\n`;
});
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));
