/**
 * `npm run bench data`: how long the language server takes to know a dataset of 1 GB, and what it costs whoever types meanwhile.
 * A definition that names the file is open; hover and hints are asked for again and again until they tell what is in the file. Bars:
 * answers ≤ 15 ms (p95), memory ≤ 200 MB.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Hover, InlayHint } from 'vscode-languageserver';
import { createRandom } from '../../engine/random';
import { startServer } from '../lsp/client';

const BYTES = 1e9;
const ATOMS = 200;

function writeLarge(file: string): number {
  const random = createRandom(1, 'structures');
  const atoms = Array.from({ length: ATOMS }, (_, k) => {
    const place = [k % 6, Math.floor(k / 6) % 6, Math.floor(k / 36)].map((n) =>
      (2.2 * n + 0.2 * random.uniform()).toFixed(6),
    );
    return `Cu ${place.join(' ')} 0.123456 -0.234567 0.111111`;
  }).join('\n');
  const handle = openSync(file, 'w');
  let frames = 0;
  for (let bytes = 0; bytes < BYTES; frames++)
    bytes += writeSync(handle, `${ATOMS}\nProperties=species:S:1:pos:R:3:forces:R:3 energy=${-frames}\n${atoms}\n`);
  closeSync(handle);
  return frames;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nearsight-bench-'));
  try {
    const frames = writeLarge(path.join(folder, 'large.xyz'));
    const refresh = { refreshSupport: true };
    const capabilities = { textDocument: { diagnostic: {} }, workspace: { diagnostics: refresh, inlayHint: refresh } };
    const session = await startServer(path.resolve('dist', 'server.js'), capabilities, (connection) => {
      for (const method of ['workspace/diagnostic/refresh', 'workspace/inlayHint/refresh'])
        connection.onRequest(method, () => null);
    });
    const { connection, pid } = session;
    const memory = (): number =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    const uri = pathToFileURL(path.join(folder, 'copper.potential')).href;
    const text =
      'potential copper { elements = [Cu]; cutoff = 5 Å }\ndataset d { files = ["large.xyz"] }\ntrain t { potential = copper; dataset = d }\n';
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'potential', version: 1, text },
    });
    const started = performance.now();
    const times: number[] = [];
    const ask = async <R>(method: string, parameters: object): Promise<R> => {
      const asked = performance.now();
      const answer = await connection.sendRequest<R>(method, { textDocument: { uri }, ...parameters });
      times.push(performance.now() - asked);
      return answer;
    };
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const isKnown = async (): Promise<boolean> => {
      const hover = await ask<Hover>('textDocument/hover', { position: { line: 1, character: 14 } });
      const hints = await ask<InlayHint[]>('textDocument/inlayHint', { range });
      const told = JSON.stringify([hover, hints]);
      return told.includes(frames.toLocaleString('en-US')) && told.includes('neighbours');
    };
    while (!(await isKnown())) await pause(50);
    const seconds = (performance.now() - started) / 1000;
    times.sort((a, b) => a - b);
    const p95 = times[Math.floor(0.95 * times.length)];
    console.log(
      `1 GB, ${frames} frames: known after ${seconds.toFixed(1)} s; meanwhile ${times.length} answers, p95 ${p95.toFixed(1)} ms, max ${times[times.length - 1].toFixed(1)} ms; at most ${memory().toFixed(0)} MB`,
    );
    await session.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
