// Bundles every entry point into dist/ with esbuild. `--minify` for the packaged extension, `--tests` adds the suites
// that run inside the extension host (dist-test/).
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { buildKernels } from './build-kernels.mjs';
import { buildTensorFlow } from './build-tensorflow.mjs';

const minify = process.argv.includes('--minify');
const common = { bundle: true, metafile: true, minify, sourcemap: minify ? false : 'linked', logLevel: 'warning' };
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };

const builds = [
  { ...node, entryPoints: ['extension/main.ts'], outfile: 'dist/extension.js', external: ['vscode'] },
  { ...node, entryPoints: ['server/main.ts'], outfile: 'dist/server.js' },
  { ...node, entryPoints: ['server/data/worker.ts'], outfile: 'dist/data-worker.js' },
  { ...node, entryPoints: ['server/data/survey-worker.ts'], outfile: 'dist/survey-worker.js' },
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
const [, ...results] = await Promise.all([
  buildKernels(),
  buildTensorFlow(common),
  ...builds.map((options) => build(options)),
]);
chmodSync('dist/nearsight.js', 0o755);

// The licences of what is in the bundles go with them.
const packages = new Set(
  results
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .map((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1])
    .filter((name) => name !== undefined),
);
const licences = [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const entries = readdirSync(folder);
  const read = (pattern) => {
    const file = entries.find((entry) => pattern.test(entry));
    return file === undefined ? undefined : readFileSync(`${folder}/${file}`, 'utf8').trim();
  };
  // Some have it at the end of their README; those of TensorFlow nowhere.
  const text = read(/^licen[cs]e/i) ?? /^#* *LICENSE\b[\s\S]*/m.exec(read(/^readme/i) ?? '')?.[0];
  return { title: `${name} ${version} (${license})`, license, text };
});
const notices = licences.map(({ title, license, text }) => {
  const same = licences.find((other) => other.license === license && other.text !== undefined);
  if (text === undefined && same === undefined) throw new Error(`No text of the licence of ${title}`);
  return `${title}\n\n${text ?? `The text of this licence stands at ${same.title}.`}\n`;
});
notices.push(readFileSync('engine/training/tensorflow/NOTICE.txt', 'utf8'));
writeFileSync('dist/THIRD-PARTY-LICENSES.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));
