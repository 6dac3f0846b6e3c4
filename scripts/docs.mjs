// `node scripts/docs.mjs`: writes docs/reference from the vocabulary (language/schema/reference.ts).
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const { outputFiles } = await build({
  entryPoints: [path.join(root, 'language', 'schema', 'reference.ts')],
  bundle: true,
  format: 'esm',
  write: false,
});
const { reference } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
);
const folder = path.join(root, 'docs', 'reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(reference())) writeFileSync(path.join(folder, name), text);
