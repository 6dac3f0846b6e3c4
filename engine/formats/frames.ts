/**
 * Random access to the frames of a file of any size, also while it grows: what viewers and inspections use.
 * Only the index is kept in memory, 16 bytes a frame.
 */
import { createHash } from 'node:crypto';
import { symbolOf } from '../../language/elements';
import type { DataSummary, FrameData } from '../../protocol/frames';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { detectFormat, type Format } from './format';
import { toFrameData, type Frame } from './frame';
import { indexFrames, openToRead, readFrameBytes, unreadable, type FrameIndex, type IndexOptions } from './frame-index';
import { chooseKey, ENERGY_KEYS, FORCES_KEYS } from './labels';
import { Problems } from './problems';

export interface FrameSource {
  readonly file: string;
  /** Frames that are whole: of a file that is being written, the one at its end may not be there yet. */
  readonly count: number;
  /** A frame as it is in the file; a failure where it is wrong or there is none of that number. */
  read(i: number): Promise<Result<Frame>>;
  /** The same for a viewer. */
  frame(i: number): Promise<Result<FrameData>>;
  /** Line number, from 1, where a frame begins. */
  line(i: number): number | undefined;
  /** Looks for frames that were appended since; what was there is kept unless the file became shorter. */
  refresh(options?: Pick<IndexOptions, 'onProgress' | 'signal'>): Promise<Result<undefined>>;
  /** What the whole file has, from all its frames; frames that are wrong are left out. */
  inspect(signal?: AbortSignal): Promise<Result<DataSummary>>;
}

/** Detects the format and indexes the file. Problems: `XD001` unreadable, `XD017` unknown format. */
export async function openFrames(
  file: string,
  options: Pick<IndexOptions, 'onProgress' | 'signal'> = {},
): Promise<Result<FrameSource>> {
  const source = createFrameSource(file);
  const refreshed = await source.refresh(options);
  return refreshed.ok ? ok(source) : refreshed;
}

/** A source that knows no frame until its first `refresh`; during it, `count` grows. */
export function createFrameSource(file: string): FrameSource {
  let index: FrameIndex | undefined;
  let format: Format | undefined;
  let known: { readonly modified: number; readonly ends: string } | undefined;

  const wholeFrames = (): number => {
    if (index === undefined) return 0;
    return index.whole ? index.count : index.count - 1;
  };

  const read = async (i: number): Promise<Result<Frame>> => {
    const decode = format?.decode;
    // A last frame that isn't whole is decoded when it is asked for: the decoder says what it lacks.
    if (index === undefined || decode === undefined || !Number.isInteger(i) || i < 0 || i >= index.count)
      return fail(noSuchFrame(file, i, wholeFrames()));
    return readFrame(index, decode, i);
  };

  return {
    file,
    get count() {
      return wholeFrames();
    },
    read,
    frame: async (i) => {
      const frame = await read(i);
      return frame.ok ? ok(toFrameData(frame.value)) : frame;
    },
    line: (i) => (index !== undefined && i >= 0 && i < index.count ? index.lines[i] : undefined),
    refresh: async ({ onProgress, signal } = {}) => {
      const stamp = await stampFile(file, index?.size);
      if (!stamp.ok) {
        index = undefined;
        return stamp;
      }
      const { size, modified, ends } = stamp.value;
      if (index !== undefined && index.size === size && known?.modified === modified) return ok(undefined);
      // What begins and ends as before and is longer was appended to; anything else is another file.
      const previous = index !== undefined && size > index.size && known?.ends === ends ? index : undefined;
      if (previous === undefined) index = undefined;
      // The first lines of an empty file may come later, and tell the format.
      if (format === undefined || previous === undefined || previous.count === 0) {
        const detected = await detectFormat(file);
        if (!detected.ok) return detected;
        format = detected.value;
      }
      const indexed = await indexFrames(file, format.createFinder, {
        previous,
        signal,
        onProgress: (soFar, total) => {
          // While a long file is looked through for the first time, what is known already can be shown.
          if (previous === undefined) index = soFar;
          onProgress?.(soFar, total);
        },
      });
      if (!indexed.ok) {
        index = undefined;
        return indexed;
      }
      const after = await stampFile(file, indexed.value.size);
      if (!after.ok) return after;
      known = { modified, ends: after.value.ends };
      index = indexed.value;
      return ok(undefined);
    },
    inspect: (signal) =>
      index === undefined || format === undefined
        ? Promise.resolve(fail(noSuchFrame(file, 0, 0)))
        : inspectFrames(index, format, signal),
  };
}

const END_BYTES = 4096;

/** Size and time of a file, and the hash of the first and last bytes of its first `length` bytes. */
async function stampFile(
  file: string,
  length = 0,
): Promise<Result<{ readonly size: number; readonly modified: number; readonly ends: string }>> {
  const opened = await openToRead(file);
  if (!opened.ok) return opened;
  const { handle, size, modified } = opened.value;
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(END_BYTES);
    for (const position of [0, Math.max(length - END_BYTES, 0)]) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(END_BYTES, length), position);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return ok({ size, modified, ends: hash.digest('hex') });
  } catch (error) {
    return unreadable(file, error);
  } finally {
    await handle.close();
  }
}

function noSuchFrame(file: string, i: number, count: number): Problem {
  const has =
    count === 0 ? 'no frame' : count === 1 ? 'one frame, number 0' : `${count} frames, numbered 0 to ${count - 1}`;
  return { code: 'XD023', message: `there is no frame ${i}: the file has ${has}`, place: { file } };
}

async function readFrame(index: FrameIndex, decode: Format['decode'], i: number): Promise<Result<Frame>> {
  let frame: Result<Frame> | undefined;
  const outcome = await readFrameBytes(index, i, i + 1, (_, bytes) => {
    frame = decode(bytes, index.file, index.lines[i]);
    return false;
  });
  if (!outcome.ok) return outcome;
  return frame ?? fail(noSuchFrame(index.file, i, index.count));
}

/**
 * Decodes all frames of a file one after the other, the last one too if it isn't whole.
 *
 * @returns what is wrong with the frames, if anything is
 */
export async function readAllFrames(
  index: FrameIndex,
  decode: Format['decode'],
  take: (frame: Frame, i: number) => void,
  signal?: AbortSignal,
): Promise<readonly Problem[]> {
  const problems = new Problems();
  const outcome = await readFrameBytes(
    index,
    0,
    index.count,
    (i, bytes) => {
      const frame = decode(bytes, index.file, index.lines[i]);
      if (frame.ok) take(frame.value, i);
      else problems.add(...frame.problems);
      return true;
    },
    signal,
  );
  if (!outcome.ok) problems.add(...outcome.problems);
  return problems.list();
}

async function inspectFrames(index: FrameIndex, format: Format, signal?: AbortSignal): Promise<Result<DataSummary>> {
  let frames = 0;
  let minimum = Infinity;
  let maximum = 0;
  let total = 0;
  const elements = new Map<number, number>();
  const keys = new Map<string, number>();
  const columns = new Map<string, number>();
  const count = <K>(map: Map<K, number>, key: K): void => void map.set(key, (map.get(key) ?? 0) + 1);
  const problems = await readAllFrames(
    index,
    format.decode,
    (frame) => {
      frames++;
      minimum = Math.min(minimum, frame.numbers.length);
      maximum = Math.max(maximum, frame.numbers.length);
      total += frame.numbers.length;
      for (const z of new Set(frame.numbers)) count(elements, z);
      for (const key of frame.info.keys()) count(keys, key);
      for (const name of frame.columns.keys()) count(columns, name);
    },
    signal,
  );
  if (frames === 0) return problems.length > 0 ? { ok: false, problems } : fail(emptyFile(index.file));
  const sorted = [...elements].sort(([a], [b]) => a - b);
  return ok({
    frames,
    atoms: { minimum, maximum, total },
    elements: Object.fromEntries(sorted.map(([z, n]) => [symbolOf(z), n])),
    keys: Object.fromEntries(keys),
    columns: Object.fromEntries(columns),
    energyKey: chooseKey('auto', ENERGY_KEYS, keys),
    forcesKey: chooseKey('auto', FORCES_KEYS, columns),
  });
}

export const emptyFile = (file: string): Problem => ({
  code: 'XD002',
  message: 'the file has no frames: is it the right one, and was it written to the end?',
  place: { file },
});
