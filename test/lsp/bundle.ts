/** The server, bundled as scripts/build.mjs does it. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(__dirname, '../..');

export interface Bundle {
  readonly file: string;
  dispose(): void;
}

/** Into a folder of its own; with `others`, the sources of other bundles by their names. */
export async function bundleServer(others: Readonly<Record<string, string>> = {}): Promise<Bundle> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nearsight-server-'));
  const file = path.join(folder, 'dist', 'server.js');
  await build({
    absWorkingDir: root,
    entryPoints: { server: 'server/main.ts', 'survey-worker': 'server/data/survey-worker.ts', ...others },
    outdir: path.dirname(file),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  return { file, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
