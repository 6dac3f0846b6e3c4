/**
 * Random access to the frames of a file of any size, also while it grows: what reads files everywhere.
 * Only the index is kept in memory, 16 bytes a frame.
 */
import { createHash } from 'node:crypto';
import type { DataFacts } from '../../language/check/facts';
import type { FrameData } from '../../protocol/frames';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import type { FileUnits } from '../../protocol/units';
import { openToRead, plainContent, unpackedContent, unreadable } from './content';
import { detectFormat, type Companion, type Detected } from './format';
import { toFrameData, type Frame } from './frame';
import { frameRange, indexFrames, readFrameBytes, type FrameIndex } from './frame-index';
import { Inspection } from './inspection';
import type { UnitFactors } from './n2p2-data';
import { Problems } from './problems';

/** A file that was read, as a run records it. */
export interface DataFile {
  /** Absolute path. */
  readonly file: string;
  readonly sha256: string;
  readonly frames: number;
  /** In which it was taken to be, of a format whose files may not tell it. */
  readonly units?: FileUnits;
}

export interface LookOptions {
  /** Called as the look goes on: `done` of `total` bytes. */
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface FrameSource {
  readonly file: string;
  /** Frames that are whole: of a file that is being written, the one at its end may not be there yet. */
  readonly count: number;
  /** Another number as soon as another file stands in its place; a file that has grown is the same. */
  readonly generation: number;
  /** A packed file, itself or one beside it, that ends in the middle: it is still being written, or was cut off. */
  readonly torn: string | undefined;
  /** Whether files of its format may not tell their units, so that those that are given count. */
  readonly unitless: boolean;
  /**
   * A frame as it is in the file; a failure where it is wrong or there is none of that number.
   * @param units of a file that doesn't tell them, here and below; those of the source unless they are given
   */
  read(i: number, units?: UnitFactors): Promise<Result<Frame>>;
  /** The same for a viewer. */
  frame(i: number, units?: UnitFactors): Promise<Result<FrameData>>;
  /**
   * Reads all frames in order, or those from `from` on, the last one too if it isn't whole; what is wrong with them, if
   * anything is.
   */
  readAll(
    take: (frame: Frame, i: number) => void,
    signal?: AbortSignal,
    units?: UnitFactors,
    from?: number,
  ): Promise<readonly Problem[]>;
  /** Line number, from 1, where a frame begins. */
  line(i: number): number | undefined;
  /** How many bytes of the file as it is on the disk stand before a frame; undefined where it is packed. */
  offset(i: number): number | undefined;
  /** The whole frame that a line, from 1, belongs to: the last one that begins at it or before; undefined before the first. */
  frameAt(line: number): number | undefined;
  /** A text that differs where the bytes of frame i may differ: of another file in its place, of a frame that grew. */
  version(i: number): string;
  /** Looks for frames that were appended since; what was there is kept unless the file became another. */
  refresh(options?: LookOptions): Promise<Result<undefined>>;
  /** What the whole file has, from all its frames; frames that are wrong are left out. */
  inspect(signal?: AbortSignal): Promise<Result<DataFacts>>;
  /** The files behind it; known if their fingerprints were wanted. */
  files(): readonly DataFile[];
  /** Takes back what was taken for it on the disk; afterwards it has no frames. */
  dispose(): Promise<void>;
}

interface SourceOptions {
  /** Factors for files that don't tell their units. */
  readonly units?: UnitFactors;
  /** Whether the files' hashes are wanted. */
  readonly fingerprint?: boolean;
}

/** Detects the format and indexes the file. Problems: `XD001` unreadable or cut off, `XD017` unknown format. */
export async function openFrames(
  file: string,
  options: LookOptions & SourceOptions = {},
): Promise<Result<FrameSource>> {
  const source = createFrameSource(file, options);
  const refreshed = await source.refresh(options);
  if (refreshed.ok && source.torn === undefined) return ok(source);
  const torn = source.torn ?? file;
  await source.dispose();
  return refreshed.ok ? fail(endsTooSoon(torn)) : refreshed;
}

/** Counts the files that have stood anywhere: a source that is opened anew can't be taken for an older one. */
let generations = 0;

/** A source that knows no frame until its first `refresh`; during it, `count` grows. */
export function createFrameSource(
  file: string,
  { units: usual, fingerprint = false }: SourceOptions = {},
): FrameSource {
  let format: Detected | undefined;
  let index: FrameIndex | undefined;
  let known: Stamp | undefined;
  let sha256 = '';
  let companions: readonly IndexedCompanion[] = [];
  let generation = ++generations;

  const wholeFrames = (): number => {
    if (index === undefined) return 0;
    return index.whole ? index.count : index.count - 1;
  };

  const forget = async (): Promise<void> => {
    const contents = [format?.content, ...companions.map((companion) => companion.index.content)];
    format = index = known = undefined;
    companions = [];
    generation = ++generations;
    for (const content of contents) await content?.dispose();
  };

  const read = async (i: number, units: UnitFactors | undefined): Promise<Result<Frame>> => {
    // A last frame that isn't whole is decoded when it is asked for: the decoder says what it lacks.
    if (index === undefined || format === undefined || !Number.isInteger(i) || i < 0 || i >= index.count)
      return fail(noSuchFrame(file, i, wholeFrames()));
    return readFrame(index, format, i, units);
  };

  /** A frame with what the files beside it have for its step. */
  const completed = async (i: number, units = usual): Promise<Result<Frame>> => {
    let frame = await read(i, units);
    for (const companion of companions) {
      if (!frame.ok) break;
      frame = await completeFrame(frame.value, i, companion);
    }
    return frame;
  };

  /** Looks through the file, or through what was appended to it. */
  const look = async (
    { content, createFinder }: Detected,
    previous: FrameIndex | undefined,
    { onProgress, signal }: LookOptions,
  ): Promise<Result<undefined>> => {
    const hash = fingerprint && previous === undefined ? createHash('sha256') : undefined;
    const indexed = await indexFrames(content, createFinder, {
      previous,
      signal,
      hash,
      onProgress: (soFar, done, total) => {
        // While a long file is looked through for the first time, what is known already can be shown.
        if (previous === undefined) index = soFar;
        return onProgress?.(done, total);
      },
    });
    if (!indexed.ok) return indexed;
    index = indexed.value;
    sha256 = hash?.digest('hex') ?? '';
    return ok(undefined);
  };

  return {
    file,
    get count() {
      return wholeFrames();
    },
    get generation() {
      return generation;
    },
    get torn() {
      const contents = [index?.content, ...companions.map((companion) => companion.index.content)];
      return contents.find((content) => content?.torn === true)?.file;
    },
    get unitless() {
      return format?.unitless ?? false;
    },
    read: completed,
    frame: async (i, units) => {
      const frame = await completed(i, units);
      return frame.ok ? ok(toFrameData(frame.value)) : frame;
    },
    readAll: async (take, signal, units = usual, from = 0) => {
      if (index === undefined || format === undefined) return [noSuchFrame(file, 0, 0)];
      if (companions.length === 0) return readAllFrames(index, format, units, take, signal, from);
      const problems = new Problems();
      for (let i = from; i < index.count; i++) {
        signal?.throwIfAborted();
        const frame = await completed(i, units);
        if (frame.ok) take(frame.value, i);
        else problems.add(...frame.problems);
      }
      return problems.list();
    },
    line: (i) => (index !== undefined && i >= 0 && i < index.count ? index.lines[i] : undefined),
    offset: (i) =>
      index !== undefined && !index.content.packed && i >= 0 && i < index.count ? index.offsets[i] : undefined,
    frameAt: (line) => {
      if (index === undefined) return undefined;
      let [low, high] = [0, wholeFrames()];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (index.lines[middle] <= line) low = middle + 1;
        else high = middle;
      }
      return low > 0 ? low - 1 : undefined;
    },
    version: (i) => {
      const lengthOf = (one: FrameIndex | undefined): number =>
        one === undefined || i >= one.count ? 0 : frameRange(one, i).length;
      return [generation, lengthOf(index), ...companions.map((companion) => lengthOf(companion.index))].join(' ');
    },
    refresh: async (options = {}) => {
      const stamp = await stampFile(file, known?.size);
      if (!stamp.ok) {
        await forget();
        return stamp;
      }
      const { size, modified, ends } = stamp.value;
      const isSame = index !== undefined && known?.size === size && known.modified === modified;
      if (isSame && !companions.some((companion) => companion.index.content.torn)) return ok(undefined);
      // What begins and ends as before and is longer was appended to; anything else is another file. The first lines of
      // an empty file may come later, and tell the format.
      const appended = known !== undefined && size > known.size && known.ends === ends;
      if (!(appended || isSame) || format === undefined || index?.count === 0) {
        await forget();
        const detected = await detectFormat(file);
        if (!detected.ok) return detected;
        format = detected.value;
      }
      // First those, so that no frame is shown without what they have for it.
      const indexed = await indexCompanions(format.companions ?? [], companions, fingerprint, options.signal);
      if (!indexed.ok) {
        await forget();
        return indexed;
      }
      companions = indexed.value;
      // Only a file beside it was still being written.
      if (isSame) return ok(undefined);
      const outcome = await look(format, index, options);
      if (!outcome.ok) {
        await forget();
        return outcome;
      }
      const looked = format.content.packed ? size : (index?.size ?? 0);
      const after = await stampFile(file, looked);
      if (!after.ok) return after;
      // What was appended during the look and seen by it is no other change.
      known = {
        size: looked,
        modified: after.value.size === looked ? after.value.modified : modified,
        ends: after.value.ends,
      };
      return ok(undefined);
    },
    inspect: (signal) =>
      index === undefined || format === undefined
        ? Promise.resolve(fail(noSuchFrame(file, 0, 0)))
        : inspectFrames(index, format, usual, signal),
    files: () =>
      index === undefined
        ? []
        : [{ file, sha256, frames: index.count }, ...companions.map((companion) => companion.data)],
    dispose: forget,
  };
}

interface IndexedCompanion {
  readonly companion: Companion;
  /** Bytes on the disk before it was looked through. */
  readonly size: number;
  readonly index: FrameIndex;
  readonly data: DataFile;
}

/** Indexes the files beside one, or what was appended to them. */
async function indexCompanions(
  companions: readonly Companion[],
  previous: readonly IndexedCompanion[],
  fingerprint: boolean,
  signal?: AbortSignal,
): Promise<Result<readonly IndexedCompanion[]>> {
  const indexed: IndexedCompanion[] = [];
  for (const [k, companion] of companions.entries()) {
    const hash = fingerprint ? createHash('sha256') : undefined;
    const { file, createFinder } = companion;
    const before = previous.at(k);
    const stamp = await stampFile(file);
    if (!stamp.ok) return stamp;
    const { size } = stamp.value;
    // To go on with a packed one it is unpacked from its beginning: only if there is more of it.
    if (before?.index.content.packed === true && before.size === size) {
      indexed.push(before);
      continue;
    }
    const content = before?.index.content ?? (file.endsWith('.gz') ? unpackedContent(file) : plainContent(file));
    // A hash needs all of it.
    const index = await indexFrames(content, createFinder, {
      previous: hash ? undefined : before?.index,
      hash,
      signal,
    });
    if (!index.ok) return index;
    const data = { file, sha256: hash?.digest('hex') ?? '', frames: index.value.count };
    indexed.push({ companion, size, index: index.value, data });
  }
  return ok(indexed);
}

/** Adds to frame i what a file beside it has for its step; nothing if it has none. */
async function completeFrame(frame: Frame, i: number, { companion, index }: IndexedCompanion): Promise<Result<Frame>> {
  const step = frame.info.get('step');
  if (typeof step !== 'number') return ok(frame);
  const bytesOf = async (k: number): Promise<Result<Buffer>> => {
    let copy = Buffer.alloc(0);
    const outcome = await readFrameBytes(index, k, k + 1, (_, bytes) => {
      copy = Buffer.from(bytes);
    });
    return outcome.ok ? ok(copy) : outcome;
  };
  // Mostly it has the same frames; otherwise their steps grow.
  let low = 0;
  let high = index.count - 1;
  for (let k = Math.min(i, high); low <= high; k = (low + high) >> 1) {
    const bytes = await bytesOf(k);
    if (!bytes.ok) return bytes;
    const other = companion.stepOf(bytes.value);
    if (other === step) return companion.complete(frame, bytes.value, companion.file, index.lines[k]);
    if (other === undefined || other < step) low = k + 1;
    else high = k - 1;
  }
  return ok(frame);
}

const END_BYTES = 4096;

/** What tells whether a file has changed, and whether it was only appended to. */
interface Stamp {
  readonly size: number;
  readonly modified: number;
  /** Hash of the first and last bytes of the first bytes that were read. */
  readonly ends: string;
}

/** Size and time of a file, and the hash of the first and last bytes of its first `length` bytes. */
async function stampFile(file: string, length = 0): Promise<Result<Stamp>> {
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
  if (count === 0) return emptyFile(file);
  const has = count === 1 ? 'one frame, number 0' : `${count} frames, numbered 0 to ${count - 1}`;
  return { code: 'XD023', message: `there is no frame ${i}: the file has ${has}`, place: { file } };
}

async function readFrame(
  index: FrameIndex,
  format: Detected,
  i: number,
  units: UnitFactors | undefined,
): Promise<Result<Frame>> {
  let frame: Result<Frame> | undefined;
  const outcome = await readFrameBytes(index, i, i + 1, (_, bytes, head) => {
    frame = format.decode(bytes, index.content.file, index.lines[i], head, units);
  });
  if (!outcome.ok) return outcome;
  return frame ?? fail(noSuchFrame(index.content.file, i, index.count));
}

async function readAllFrames(
  index: FrameIndex,
  format: Detected,
  units: UnitFactors | undefined,
  take: (frame: Frame, i: number) => void,
  signal?: AbortSignal,
  from = 0,
): Promise<readonly Problem[]> {
  if (index.count === 0) return [emptyFile(index.content.file)];
  const problems = new Problems();
  const outcome = await readFrameBytes(
    index,
    from,
    index.count,
    (i, bytes, head) => {
      const frame = format.decode(bytes, index.content.file, index.lines[i], head, units);
      if (frame.ok) take(frame.value, i);
      else problems.add(...frame.problems);
    },
    signal,
  );
  if (!outcome.ok) problems.add(...outcome.problems);
  return problems.list();
}

async function inspectFrames(
  index: FrameIndex,
  format: Detected,
  units: UnitFactors | undefined,
  signal?: AbortSignal,
): Promise<Result<DataFacts>> {
  const inspection = new Inspection();
  const problems = await readAllFrames(index, format, units, (frame, i) => inspection.add(frame, i), signal);
  if (inspection.frames === 0) return { ok: false, problems };
  return ok({
    ...inspection.facts(),
    ...(format.unitless && { unitless: true }),
    ...(problems.length > 0 && { problems }),
  });
}

const endsTooSoon = (file: string): Problem => ({
  code: 'XD001',
  message: "the file can't be unpacked: unexpected end of file",
  place: { file },
});

const emptyFile = (file: string): Problem => ({
  code: 'XD002',
  message: 'the file has no frames: is it the right one, and was it written to the end?',
  place: { file },
});
