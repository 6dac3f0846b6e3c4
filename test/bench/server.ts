/**
 * How long the editor waits: each keystroke in files of 1,000 and 2,000 lines is diagnosed, completed and hovered over, over
 * stdio, against the built server. Bars: diagnostics ≤ 50 ms, completion ≤ 20 ms always at 1,000 lines; p95 ≤ 30 ms,
 * completion and hover ≤ 15 ms at 2,000, and in an input.nn of 5,000; start ≤ 300 ms, memory at rest ≤ 120 MB.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CompletionItem, Diagnostic, Hover } from 'vscode-languageserver';
import { manyBlocks, oneBlock, places, type Place } from '../fixtures/language/long-files';
import { inputPlaces, longInput } from '../fixtures/language/long-input';
import { startServer, type Session } from '../lsp/client';

/** A file to type into. */
interface Typed {
  readonly uri: string;
  readonly languageId: string;
  readonly text: string;
  readonly places: readonly Place[];
}

const potential = (text: string): Typed => ({
  uri: 'untitled:bench.potential',
  languageId: 'potential',
  text,
  places: places(text),
});
const input = (text: string): Typed => ({
  uri: 'untitled:input.nn',
  languageId: 'runner-nn',
  text,
  places: inputPlaces(text),
});

const STARTS = 5;

function percentile(times: readonly number[], fraction: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))];
}

/** A field of `/proc/PID/status` in MB; NaN where there is no such file. */
function megabytes(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s*(\\d+)`).exec(status)?.[1]) / 1024;
  } catch {
    return NaN;
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

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const start = (): Promise<Session> => startServer(path.resolve('dist/server.js'), { textDocument: { diagnostic: {} } });

/** Types at each place and asks after every key; what is asked gets the position behind the key. */
async function typeEverywhere(
  { connection, pid }: Session,
  name: string,
  { uri, places: everywhere }: Typed,
  version: number,
  ask: (position: { line: number; character: number }) => Promise<number>,
): Promise<void> {
  const times: number[] = [];
  let answers = 0;
  const before = processorMilliseconds(pid);
  for (const { line, character, typed } of everywhere) {
    const position = { line, character };
    for (const inserted of typed) {
      const started = performance.now();
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version: ++version },
        contentChanges: [{ range: { start: position, end: position }, text: inserted }],
      });
      if (inserted === '\n') [position.line, position.character] = [position.line + 1, 0];
      else position.character++;
      answers += await ask(position);
      times.push(performance.now() - started);
    }
  }
  const processor = (processorMilliseconds(pid) - before) / times.length;
  const [p50, p95, most] = [0.5, 0.95, 1].map((fraction) => percentile(times, fraction).toFixed(1));
  console.log(
    `  ${name.padEnd(11)} p50 ${p50} ms, p95 ${p95} ms, max ${most} ms; ${processor.toFixed(1)} ms of processor each ` +
      `(${times.length} keystrokes, ${answers} answers)`,
  );
}

async function measure(name: string, file: Typed): Promise<void> {
  const { uri, languageId, text } = file;
  const session = await start();
  const { connection, pid, errors } = session;
  const textDocument = { uri };
  const open = (version: number): Promise<void> =>
    connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version, text },
    });
  const diagnose = async (): Promise<number> =>
    (await connection.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument })).items.length;
  const opened = performance.now();
  await open(0);
  await diagnose();
  console.log(`${name}: diagnosed ${(performance.now() - opened).toFixed(0)} ms after it is opened`);
  // Nobody types within the first second after opening a file.
  await pause(1000);
  await typeEverywhere(session, 'diagnostics', file, 0, diagnose);
  const again = async (version: number): Promise<void> => {
    await connection.sendNotification('textDocument/didClose', { textDocument });
    await open(version);
  };
  await again(1000);
  // Now something else is the first to ask after the key.
  await typeEverywhere(session, 'completion', file, 1000, async (position) => {
    const parameters = { textDocument, position };
    return (await connection.sendRequest<CompletionItem[]>('textDocument/completion', parameters)).length;
  });
  await again(2000);
  await typeEverywhere(session, 'hover', file, 2000, async (position) => {
    const parameters = { textDocument, position: { line: position.line, character: 2 } };
    return (await connection.sendRequest<Hover | null>('textDocument/hover', parameters)) === null ? 0 : 1;
  });
  await pause(3000);
  const [resident, peak] = (['VmRSS', 'VmHWM'] as const).map((field) => megabytes(pid, field).toFixed(0));
  console.log(`  at rest ${resident} MB resident, at most ${peak} MB; ${errors.length} errors logged`);
  await session.close();
}

async function main(): Promise<void> {
  const startups: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const session = await start();
    startups.push(session.startup);
    await session.close();
  }
  console.log(`start-up p50 ${percentile(startups, 0.5).toFixed(0)} ms, max ${Math.max(...startups).toFixed(0)} ms`);
  await measure('1,000 lines', potential(manyBlocks(1000)));
  await measure('2,000 lines', potential(manyBlocks(2000)));
  await measure('2,000 lines in one block', potential(oneBlock(2000)));
  await measure('5,000 lines of input.nn', input(longInput(5000)));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
