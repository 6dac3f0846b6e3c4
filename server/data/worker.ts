/**
 * The data worker: a thread that looks into data files for the language server and for the viewer. It keeps where the
 * frames of a few files begin, never their atoms. Protocol: `DataRequests` over a `Channel`; a failure is answered by the
 * message `file:line:col code text`.
 *
 * A long file is looked through in the background: `index` answers after a moment with what is known so far, and frames
 * that are known can be read meanwhile. When a file has grown, only what was appended is looked through.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { createFrameSource, type FrameSource } from '../../engine/formats/frames';
import type { FrameData } from '../../protocol/frames';
import { Channel, type Handlers } from '../../protocol/messages';
import { describe, type Result } from '../../protocol/result';
import type { DataSide, Nothing } from '../../protocol/data-sides';

/** Files whose indexes are kept. */
const MAXIMUM_FILES = 16;
/** How long `index` looks before it answers with what it has. */
const PATIENCE_MILLISECONDS = 200;

interface Entry {
  readonly source: FrameSource;
  /** The look through the file that is under way. */
  scan: { readonly done: Promise<undefined>; readonly abort: AbortController } | undefined;
  /** Requests that wait for it. */
  waiting: number;
}

/** In order of use, the latest last. */
const entries = new Map<string, Entry>();

function entryOf(path: string): Entry {
  const entry = entries.get(path) ?? { source: createFrameSource(path), scan: undefined, waiting: 0 };
  entries.delete(path);
  entries.set(path, entry);
  for (const [oldest, { scan }] of entries) {
    if (entries.size <= MAXIMUM_FILES) break;
    if (scan === undefined) entries.delete(oldest);
  }
  return entry;
}

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map(describe).join('\n'));
}

/** Brings the index up to date; a look that is under way serves all who wait, and stops when the last one gives up. */
async function update(entry: Entry, signal: AbortSignal, patience?: number): Promise<boolean> {
  // One that was given up is on its way out: joining it would share its fate.
  while (entry.scan?.abort.signal.aborted === true) await entry.scan.done.catch(() => undefined);
  if (entry.scan === undefined) {
    const abort = new AbortController();
    const done = entry.source
      .refresh({ signal: abort.signal })
      .then(valueOf)
      .finally(() => (entry.scan = undefined));
    // Whoever waits hears of a failure; with nobody waiting, the next request does.
    done.catch(() => undefined);
    entry.scan = { done, abort };
  }
  const { scan } = entry;
  const giveUp = (): void => {
    if (entry.waiting === 1) scan.abort.abort();
  };
  entry.waiting++;
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const finished = scan.done.then(() => true);
    return await (patience === undefined ? finished : Promise.race([finished, delay(patience, false)]));
  } finally {
    entry.waiting--;
    signal.removeEventListener('abort', giveUp);
  }
}

const handlers: Handlers<DataSide>['requests'] = {
  index: async ({ path }, signal) => {
    const entry = entryOf(path);
    const complete = await update(entry, signal, PATIENCE_MILLISECONDS);
    return { frames: entry.source.count, complete };
  },
  frame: async ({ path, index }, signal) => {
    const entry = entryOf(path);
    if (entry.scan === undefined || index >= entry.source.count) await update(entry, signal);
    return valueOf(await entry.source.frame(index));
  },
  line: async ({ path, index }, signal) => {
    const entry = entryOf(path);
    if (entry.scan === undefined || index >= entry.source.count) await update(entry, signal);
    const line = entry.source.line(index);
    if (line === undefined) throw new Error(`${path} has no frame ${index}`);
    return { line };
  },
  inspect: async ({ path }, signal) => {
    const entry = entryOf(path);
    await update(entry, signal);
    return valueOf(await entry.source.inspect(signal));
  },
};

/** The memory of a frame goes over instead of being copied: every frame is decoded anew. */
function transferOf(message: unknown): ArrayBuffer[] {
  if (typeof message !== 'object' || message === null || !('result' in message) || !isFrame(message.result)) return [];
  const { numbers, positions, cell, columns } = message.result;
  const arrays = [numbers, positions, cell, ...Object.values(columns).map(({ values }) => values)];
  const buffers = new Set<ArrayBuffer>();
  for (const array of arrays) if (array?.buffer instanceof ArrayBuffer) buffers.add(array.buffer);
  return [...buffers];
}

function isFrame(result: unknown): result is FrameData {
  return typeof result === 'object' && result !== null && 'positions' in result && 'columns' in result;
}

const port = parentPort;
if (port !== null) {
  const channel = new Channel<DataSide, Nothing>((message) => port.postMessage(message, transferOf(message)), {
    requests: handlers,
    notifications: {},
  });
  port.on('message', (message: unknown) => channel.receive(message));
}
