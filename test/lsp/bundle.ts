/** The server as a program. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundle } from '../bundle';

export interface Bundle {
  readonly file: string;
  dispose(): void;
}

/** Into a folder of its own; with `others`, the sources of other bundles by their names. */
export async function bundleServer(others: Readonly<Record<string, string>> = {}): Promise<Bundle> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nearsight-server-'));
  const file = path.join(folder, 'dist', 'server.js');
  const sources = { server: 'server/main.ts', 'survey-worker': 'server/data/survey-worker.ts', ...others };
  await bundle(path.dirname(file), sources);
  return { file, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
