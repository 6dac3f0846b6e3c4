/** Sources as programs, bundled as scripts/build.mjs does it, with what the build puts beside them. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');

/** Writes `folder/<name>.js` for each name and its source, a path in the repository. */
export async function bundle(folder: string, sources: Readonly<Record<string, string>>): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: sources,
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  // Made by `npm run build` and before the unit tests.
  for (const name of ['kernels', 'tensorflow'])
    cpSync(path.join(root, 'dist', name), path.join(folder, name), { recursive: true });
}
