// `npm run bench [NAME…]`: runs test/bench/<name>.ts (bundled) or .mjs, one after the other, alone. Each prints its figures.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { installDependencies, build, root, run } from './prepare.mjs';

installDependencies();
const { build: bundle } = await import('esbuild');
const only = process.argv.slice(2);
const files = readdirSync(path.join(root, 'test', 'bench'))
  .filter((file) => /\.(ts|mjs)$/.test(file))
  .filter((file) => only.length === 0 || only.includes(path.parse(file).name))
  .sort();
if (files.length === 0) {
  console.error(`no such benchmark: ${only.join(' ')}`);
  process.exit(2);
}
build();
let failed = 0;
for (const file of files) {
  const { name, ext } = path.parse(file);
  console.log(`\n== ${name}`);
  const source = path.join(root, 'test', 'bench', file);
  if (ext === '.mjs') {
    if (run(process.execPath, [source]) !== 0) failed++;
    continue;
  }
  // In dist/, where the kernels are found beside it.
  const outfile = path.join(root, 'dist', `bench-${name}.cjs`);
  await bundle({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
    define: { 'import.meta.url': '__filename' },
  });
  if (run(process.execPath, ['--expose-gc', outfile]) !== 0) failed++;
  rmSync(outfile, { force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
