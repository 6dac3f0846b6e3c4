/**
 * How long the editor waits: each keystroke in a 1,000-line file is diagnosed and completed, over stdio, against the
 * built server. Bars: diagnostics ≤ 50 ms, completion ≤ 20 ms.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CompletionItem, Diagnostic } from 'vscode-languageserver';
import { startServer } from '../lsp/client';

const LINES = 1000;
const URI = 'untitled:bench.potential';

function chapter(i: number): string {
  return `# potential number ${i}
potential p${i} {
  elements = [H, C, N, O]
  cutoff   = 6.${i} Å
  radial { width = 0.5 Å; center = linspace(0.8, 5.5, 10) Å }
  radial H O { eta = [4, 16] Å^-2; shift = 0.9 Å }
  angular { kind = narrow; eta = [0.01, 0.07] Å^-2; lambda = [-1, 1]; zeta = [1, 4] }
  network { hidden = [25, 25]; activation = tanh }
}

dataset d${i} {
  files    = ["data/${i}/*.xyz"]
  test     = 10 %
  split_by = trajectory
}

train t${i} {
  potential    = p${i}
  dataset      = d${i}
  force_weight = 10
  optimizer adam { learning_rate = 3e-3 }
}

md m${i} {
  potential = p${i}
  structure = "start.xyz"
  ensemble langevin { temperature = 300 K; friction = 5 1/ps }
  duration  = 20 ps
}
`;
}

/** What is typed, at the end of the block in the middle of the file. */
const TYPED = '\n  timestep = 0.5 fs\n  output { every = 20; file = "liquid.xyz" }\n  seed = 17';

function percentile(times: readonly number[], fraction: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))];
}

function report(name: string, times: readonly number[], processor: number): void {
  const [p50, p95, max] = [percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)].map((t) =>
    t.toFixed(1),
  );
  const each = (processor / times.length).toFixed(1);
  console.log(
    `${name.padEnd(12)} p50 ${p50} ms, p95 ${p95} ms, max ${max} ms; ${each} ms of processor each (${times.length} keystrokes)`,
  );
}

function residentMegabytes(pid: number): string {
  try {
    const kilobytes = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? '?' : (Number(kilobytes) / 1024).toFixed(0);
  } catch {
    return '?';
  }
}

/** Processor milliseconds of the server so far: unlike times on the wall they don't depend on what else runs. */
function processorMilliseconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    // utime and stime in hundredths of a second.
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return NaN;
  }
}

async function main(): Promise<void> {
  const server = await startServer(path.resolve('dist/server.js'), {
    textDocument: { diagnostic: {} },
  });
  const { connection, pid, startup, errors } = server;
  const chapters = Array.from({ length: Math.ceil(LINES / chapter(0).split('\n').length) + 1 }, (_, i) => chapter(i));
  const lines = chapters.join('').split('\n').slice(0, LINES);
  const middle = lines.findIndex((line, i) => i > LINES / 2 && line.includes('duration'));
  const text = lines.join('\n');
  await connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri: URI, languageId: 'potential', version: 0, text },
  });
  let line = middle;
  let character = lines[middle].length;
  let version = 0;
  const diagnosed: number[] = [];
  const completed: number[] = [];
  let diagnostics = 0;
  let items = 0;
  const type = async (inserted: string): Promise<void> => {
    const position = { line, character };
    const range = { start: position, end: position };
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: URI, version: ++version },
      contentChanges: [{ range, text: inserted }],
    });
    [line, character] = inserted === '\n' ? [line + 1, 0] : [line, character + 1];
  };
  const textDocument = { uri: URI };
  await connection.sendRequest('textDocument/diagnostic', { textDocument });
  // Nobody types within the first second after opening a file.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const before = processorMilliseconds(pid);
  for (const inserted of TYPED) {
    const start = performance.now();
    await type(inserted);
    const answer = await connection.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument });
    diagnosed.push(performance.now() - start);
    diagnostics += answer.items.length;
  }
  const between = processorMilliseconds(pid);
  // Again, now with completion as the first to ask after the key.
  for (const inserted of TYPED.replace('timestep', 'frame').replace('0.5 fs', '5')) {
    const start = performance.now();
    await type(inserted);
    const position = { line, character };
    const answer = await connection.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument,
      position,
    });
    completed.push(performance.now() - start);
    items += answer.length;
  }
  console.log(`${lines.length} lines; start-up ${startup.toFixed(0)} ms, resident ${residentMegabytes(pid)} MB`);
  report('diagnostics', diagnosed, between - before);
  report('completion', completed, processorMilliseconds(pid) - between);
  console.log(`(${diagnostics} diagnostics, ${items} completion items, ${errors.length} errors logged)`);
  await server.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
