/**
 * The data worker: a thread that looks into data files for the language server and for the viewer. It keeps where the
 * frames of a few files begin, and the frames that were asked for last. Protocol: `DataRequests` over a `Channel`; a
 * failure is answered by the message `file:line:col code text`.
 *
 * A long file is looked through bit by bit: `index` answers soon with what is known so far, and a frame is answered as
 * soon as the look has come to it. The look goes on while somebody waits for it, and is given up when nobody has for a
 * while: a machine that draws what is known already has its processors for that. When a file has grown, only what was
 * appended is looked through.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { appendXyz, writeXyz } from '../../engine/formats/extended-xyz';
import type { Frame } from '../../engine/formats/frame';
import { createFrameSource, type FrameSource } from '../../engine/formats/frames';
import { unitFactors, type UnitFactors } from '../../engine/formats/n2p2-data';
import { readSeries } from '../../engine/formats/series';
import { readWindow } from '../../engine/formats/umbrella-windows';
import { Channel, type Handlers } from '../../protocol/messages';
import { decodeParity } from '../../protocol/parity';
import { describe, type Result } from '../../protocol/result';
import type { DataSide, Nothing } from '../../protocol/data-sides';
import { describeUnits, type FileUnits } from '../../protocol/units';
import { withDoubt } from './unit-doubt';
import { exportFrames } from './export';
import { withPredictions } from './predictions';
import { fingerprint } from './fingerprints';
import { createFrameCache } from './frame-cache';
import { trajectoryCurves } from './trajectory-curves';

/** Files whose indexes are kept. */
const MAXIMUM_FILES = 16;
/** Coordinates that `analyze` keeps in memory. */
const ANALYSED_NUMBERS = 3e7;
/** Frames that `extract` keeps in memory. */
const EXTRACTED_AT_ONCE = 100;
/** How long `index` looks before it answers with what it has. */
const PATIENCE_MILLISECONDS = 200;
/** How long a look that nobody waits for is kept. */
const KEPT_MILLISECONDS = 10_000;

interface Entry {
  readonly source: FrameSource;
  /** The look through the file that is under way. */
  scan: Scan | undefined;
  /** Requests that wait for it. */
  waiting: number;
  /** Requests that are being answered. */
  users: number;
}

interface Scan {
  readonly done: Promise<undefined>;
  readonly abort: AbortController;
  /** Of the file, 0 to 1. */
  progress: number;
  /** Called when more is known. */
  readonly listeners: Set<() => void>;
  /** Goes on with a look that rests. */
  goOn: () => void;
}

/** In order of use, the latest last. */
const entries = new Map<string, Entry>();
const frames = createFrameCache();

/** Answers a request with what is known of a file, which is kept meanwhile. */
async function withFile<T>(path: string, answer: (entry: Entry) => Promise<T>): Promise<T> {
  const entry = entries.get(path) ?? { source: createFrameSource(path), scan: undefined, waiting: 0, users: 0 };
  entries.delete(path);
  entries.set(path, entry);
  entry.users++;
  for (const [oldest, { scan, users, source }] of entries) {
    if (entries.size <= MAXIMUM_FILES) break;
    if (scan !== undefined || users > 0) continue;
    entries.delete(oldest);
    void source.dispose();
  }
  try {
    return await answer(entry);
  } finally {
    entry.users--;
  }
}

function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map(describe).join('\n'));
}

function startScan(entry: Entry): Scan {
  const abort = new AbortController();
  const listeners = new Set<() => void>();
  const done = entry.source
    .refresh({
      signal: abort.signal,
      onProgress: (read, total) => {
        scan.progress = total > 0 ? read / total : 1;
        for (const listener of listeners) listener();
        return read < total && entry.waiting === 0 ? rest() : undefined;
      },
    })
    .then(valueOf)
    .finally(() => (entry.scan = undefined));
  // Whoever waits hears of a failure; with nobody waiting, the next request does.
  done.catch(() => undefined);
  const scan: Scan = { done, abort, progress: 0, listeners, goOn: () => undefined };
  const rest = async (): Promise<void> => {
    const over = new AbortController();
    scan.goOn = () => over.abort();
    await delay(KEPT_MILLISECONDS, undefined, { signal: over.signal }).then(
      () => abort.abort(),
      () => undefined,
    );
  };
  return scan;
}

/**
 * Brings the index up to date, until the look is finished or `enough` is known. A look that is under way serves all who
 * wait, and stops when the last one gives up.
 *
 * @returns whether the look is finished
 */
async function update(
  entry: Entry,
  signal: AbortSignal,
  enough: (progress: number) => boolean = () => false,
  patience?: number,
): Promise<boolean> {
  // One that was given up is on its way out: joining it would share its fate.
  while (entry.scan?.abort.signal.aborted === true) await entry.scan.done.catch(() => undefined);
  const scan = (entry.scan ??= startScan(entry));
  const giveUp = (): void => {
    if (entry.waiting === 1) scan.abort.abort();
  };
  let listener = (): void => undefined;
  const known = new Promise<boolean>((resolve) => {
    listener = () => {
      if (enough(scan.progress)) resolve(false);
    };
  });
  scan.listeners.add(listener);
  entry.waiting++;
  scan.goOn();
  signal.addEventListener('abort', giveUp, { once: true });
  const over = new AbortController();
  try {
    const ends = [scan.done.then(() => true), known];
    if (patience !== undefined) ends.push(delay(patience, false, { signal: over.signal }));
    return await Promise.race(ends);
  } finally {
    over.abort();
    scan.listeners.delete(listener);
    entry.waiting--;
    signal.removeEventListener('abort', giveUp);
  }
}

/** Brings the index so far that frame `index` is known, if there is one. */
async function reach(entry: Entry, index: number, signal: AbortSignal): Promise<void> {
  const { source } = entry;
  if (entry.scan === undefined || index >= source.count) await update(entry, signal, () => index < source.count);
}

const factorsOf = (units: FileUnits | undefined): UnitFactors | undefined => units && unitFactors(units);

const handlers: Handlers<DataSide>['requests'] = {
  index: ({ path }, signal) =>
    withFile(path, async (entry) => {
      const { source } = entry;
      // The first frames of a file are told at once.
      const enough = source.count === 0 ? (part: number) => part < 1 && source.count > 0 : undefined;
      const complete = await update(entry, signal, enough, PATIENCE_MILLISECONDS);
      const progress = complete ? 1 : (entry.scan?.progress ?? 0);
      const { count, generation, torn, unitless } = source;
      return {
        frames: count,
        complete,
        progress,
        generation,
        ...(complete && torn !== undefined && { torn: true }),
        ...(unitless && { unitless }),
      };
    }),
  frame: ({ path, index, units }, signal) =>
    withFile(path, async (entry) => {
      await reach(entry, index, signal);
      const key = `${index} ${units === undefined ? '' : describeUnits(units)} ${path}`;
      const version = entry.source.version(index);
      const kept = frames.get(key, version);
      if (kept !== undefined) return kept;
      const frame = withDoubt(valueOf(await entry.source.frame(index, factorsOf(units))));
      frames.keep(key, version, frame);
      return frame;
    }),
  line: ({ path, index }, signal) =>
    withFile(path, async (entry) => {
      await reach(entry, index, signal);
      const line = entry.source.line(index);
      if (line === undefined) throw new Error(`${path} has no frame ${index}`);
      return { line };
    }),
  frameAt: ({ path, line }, signal) =>
    withFile(path, async (entry) => {
      const { source } = entry;
      // A frame is known to its end when the next one is known.
      const isKnown = (): boolean => (source.line(source.count - 1) ?? 0) > line;
      if (entry.scan === undefined || !isKnown()) await update(entry, signal, isKnown);
      const index = source.frameAt(line);
      const begins = index === undefined ? undefined : source.line(index);
      if (index === undefined || begins === undefined) throw new Error(`${path}:${line} is in no frame`);
      return { index, line: begins };
    }),
  analyze: ({ path, units, skip, ...options }, signal) =>
    withFile(path, async (entry) => {
      await update(entry, signal);
      const all: Frame[] = [];
      let numbers = 0;
      const problems = await entry.source.readAll(
        (frame, index) => {
          if (index < skip) return;
          numbers += frame.positions.length;
          if (numbers <= ANALYSED_NUMBERS) all.push(frame);
        },
        signal,
        factorsOf(units),
      );
      if (problems.length > 0) throw new Error(problems.map(describe).join('\n'));
      const { count } = entry.source;
      if (skip >= count) throw new Error(`The file has ${count} frames: none is left.`);
      if (all.length === 0) throw new Error(`Frame ${skip} does not fit into memory.`);
      const curves = trajectoryCurves(all, options);
      if (numbers <= ANALYSED_NUMBERS) return curves;
      const note = `Only the first ${all.length} frames are analysed: the others do not fit into memory.`;
      return { ...curves, notes: [note, ...curves.notes] };
    }),
  extract: async ({ frames: wanted, parity: file, target }, signal) => {
    const parity = file === undefined ? undefined : decodeParity(new Uint8Array(await readFile(file)));
    await writeXyz(target, [], 'exact');
    for (let from = 0; from < wanted.length; from += EXTRACTED_AT_ONCE) {
      const part: Frame[] = [];
      for (const { path, index, units, structure } of wanted.slice(from, from + EXTRACTED_AT_ONCE)) {
        const frame = await withFile(path, async (entry) => {
          await reach(entry, index, signal);
          return valueOf(await entry.source.read(index, factorsOf(units)));
        });
        const source = [
          ['source_file', basename(path)],
          ['source_frame', index],
        ] as const;
        const own = { ...frame, info: new Map([...frame.info, ...source]) };
        part.push(parity === undefined || structure === undefined ? own : withPredictions(own, parity, structure));
      }
      await appendXyz(target, part, 'exact');
    }
    return { frames: wanted.length };
  },
  isAsRead: ({ path, sha256, frames: count }, signal) =>
    withFile(path, async (entry) => {
      if ((await fingerprint(path)) === sha256) return { same: true };
      // What is no file of frames any more has become another one.
      await reach(entry, count, signal).catch(() => undefined);
      const bytes = entry.source.offset(count);
      return { same: bytes !== undefined && (await fingerprint(path, bytes)) === sha256 };
    }),
  window: async ({ path, window }) => valueOf(await readWindow(path, window)),
  series: ({ path, from, units, atoms }, signal) =>
    withFile(path, async (entry) => {
      await update(entry, signal);
      return readSeries(entry.source, signal, factorsOf(units), from, atoms);
    }),
  export: (wish, signal) =>
    withFile(wish.path, async (entry) => {
      await reach(entry, wish.last, signal);
      return exportFrames(entry.source, wish, signal);
    }),
};

const port = parentPort;
if (port !== null) {
  const channel = new Channel<DataSide, Nothing>((message) => port.postMessage(message), {
    requests: handlers,
    notifications: {},
  });
  port.on('message', (message: unknown) => channel.receive(message));
}
