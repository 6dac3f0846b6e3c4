// Bundles every entry point into dist/ with esbuild. `--minify` for the packaged extension, `--tests` adds the suites
// that run inside the extension host (dist-test/).
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { buildKernels } from './build-kernels.mjs';

const minify = process.argv.includes('--minify');
const common = { bundle: true, minify, sourcemap: minify ? false : 'linked', logLevel: 'warning' };
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
await Promise.all([buildKernels(), ...builds.map((options) => build(options))]);
chmodSync('dist/nearsight.js', 0o755);
