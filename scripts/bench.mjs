// `npm run bench [NAME…]`: bundles and runs test/bench/<name>.ts, one after the other, alone. Each prints its figures.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { installDependencies, build, root, run } from './prepare.mjs';

installDependencies();
const { build: bundle } = await import('esbuild');
const only = process.argv.slice(2);
const names = readdirSync(path.join(root, 'test', 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .filter((name) => only.length === 0 || only.includes(name))
  .sort();
if (names.length === 0) {
  console.error(`no such benchmark: ${only.join(' ')}`);
  process.exit(2);
}
build();
let failed = 0;
for (const name of names) {
  // In dist/, where the kernels are found beside it.
  const outfile = path.join(root, 'dist', `bench-${name}.cjs`);
  await bundle({
    entryPoints: [path.join(root, 'test', 'bench', `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
    define: { 'import.meta.url': '__filename' },
  });
  console.log(`\n== ${name}`);
  if (run(process.execPath, ['--expose-gc', outfile]) !== 0) failed++;
  rmSync(outfile, { force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
