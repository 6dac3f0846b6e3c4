/**
 * Where the frames of a file begin: one pass over the bytes in bounded chunks, for files of any size.
 *
 * An index only finds boundaries; whether a frame is right is found out when it is decoded. Its frames cover the file
 * without a gap from the first to the last byte, so that nothing in a file escapes the decoder: junk before the first
 * frame makes a frame of its own, junk after a frame belongs to it. What must never happen: memory in proportion to a
 * count that stands in the file, or to the length of a line.
 */
import { fail, ok, type Result } from '../../protocol/result';
import { CHUNK_BYTES, type Content, type ScanOptions } from './content';
import { isSpace, LF } from './text-lines';

/** Finds the first lines of frames: a small state machine that is fed line by line. */
export interface BoundaryFinder {
  /**
   * Looks at the next line, `bytes[start..end)` without its line feed. Of lines longer than `LOOK` bytes only the
   * beginning may be there; `length` is that of the whole line.
   * @returns whether a frame starts here
   */
  line(bytes: Uint8Array, start: number, end: number, length: number): boolean;
  /** Whether the lines so far end with a whole frame. */
  whole(): boolean;
  /** Another one in the same state. */
  copy(): BoundaryFinder;
  /** Whether the last frame has a head that those after it rely on; without this, every frame stands for itself. */
  headed?(): boolean;
}

/** For formats with one frame in a file: all of it, also a title that is blank. */
export function createSingleFinder(begun = false): BoundaryFinder {
  return {
    line() {
      const starts = !begun;
      begun = true;
      return starts;
    },
    whole: () => true,
    copy: () => createSingleFinder(begun),
  };
}

/** Bytes of a line that a finder may count on. */
export const LOOK = 1024;
/** One frame of 10 million atoms with forces has about 1 GB. */
const MAXIMUM_FRAME_BYTES = 2 ** 30;
/** How much of a frame is read for its head. */
const HEAD_BYTES = 1 << 14;

export interface FrameIndex {
  readonly content: Content;
  /** Number of frames, with the last one whether or not it is whole. */
  readonly count: number;
  /** Whether the last frame is whole. A job that is still writing leaves it in the middle. */
  readonly whole: boolean;
  /** Bytes that were looked at. */
  readonly size: number;
  /** Byte offset of each frame; the first `count` count. */
  readonly offsets: Float64Array;
  /** Line number of each frame, from 1. */
  readonly lines: Float64Array;
  /** Numbers of the frames that have a head for those after them, in order. */
  readonly heads: readonly number[];
  /** The state before the last line that has no end yet: where to go on when the file has grown. */
  readonly resume: {
    readonly offset: number;
    readonly line: number;
    readonly count: number;
    readonly heads: number;
    readonly finder: BoundaryFinder;
  };
}

export interface IndexOptions extends ScanOptions {
  /** An index of the same content when it was shorter: only what follows its last whole line is read. */
  readonly previous?: FrameIndex;
  /** Called after every chunk with what is known by its whole lines; `done` of `total` bytes on the disk are read. */
  readonly onProgress?: (index: FrameIndex, done: number, total: number) => void | Promise<void>;
}

/**
 * Indexes the frames of a file.
 *
 * @param createFinder a new finder for the file's format
 */
export async function indexFrames(
  content: Content,
  createFinder: () => BoundaryFinder,
  { previous, onProgress, ...options }: IndexOptions = {},
): Promise<Result<FrameIndex>> {
  const from = previous?.resume;
  const finder = from?.finder.copy() ?? createFinder();
  let count = from?.count ?? 0;
  let offsets = previous?.offsets.slice(0, count + 1024) ?? new Float64Array(1024);
  let lines = previous?.lines.slice(0, count + 1024) ?? new Float64Array(1024);
  const heads = previous?.heads.slice(0, from?.heads) ?? [];
  let line = from?.line ?? 1;
  let lineOffset = from?.offset ?? 0;
  let size = lineOffset;

  const endLine = (by: BoundaryFinder, bytes: Uint8Array, start: number, end: number, length: number): void => {
    // Whatever comes first belongs to the first frame, so that the frames cover the file.
    if (by.line(bytes, start, end, length) || (count === 0 && !isBlank(bytes, start, end))) {
      if (count >= offsets.length) {
        offsets = grow(offsets);
        lines = grow(lines);
      }
      offsets[count] = lineOffset;
      lines[count] = line;
      if (by.headed?.() === true) heads.push(count);
      count++;
    }
    line++;
  };

  /** Beginning of a line whose end is in a later chunk. */
  const carry = Buffer.alloc(LOOK);
  let carried = 0;

  const snapshot = (by: BoundaryFinder, until: number, resume: FrameIndex['resume']): FrameIndex => {
    const whole = count === 0 || by.whole();
    return { content, count, whole, size: until, offsets, lines, heads: heads.slice(), resume };
  };
  const resumeHere = (): FrameIndex['resume'] => ({
    offset: lineOffset,
    line,
    count,
    heads: heads.length,
    finder: finder.copy(),
  });

  const scanned = await content.scan(
    lineOffset,
    (chunk, position, done, total) => {
      let start = position === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
      for (let newline = chunk.indexOf(LF, start); newline >= 0; newline = chunk.indexOf(LF, start)) {
        if (carried > 0) {
          carried += chunk.copy(carry, carried, start, newline);
          endLine(finder, carry, 0, carried, position + newline - lineOffset);
          carried = 0;
        } else endLine(finder, chunk, start, newline, position + newline - lineOffset);
        start = newline + 1;
        lineOffset = position + start;
      }
      carried += chunk.copy(carry, carried, start, chunk.length);
      size = position + chunk.length;
      return onProgress?.(snapshot(finder, lineOffset, resumeHere()), done, total);
    },
    options,
  );
  if (!scanned.ok) return scanned;
  const resume = resumeHere();
  // A last line without a line end: looked at now, and once more when the file has grown.
  const last = finder.copy();
  if (carried > 0) endLine(last, carry, 0, carried, size - lineOffset);
  return ok(snapshot(last, size, resume));
}

function grow(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isSpace(bytes[i])) return false;
  return true;
}

/** The bytes of frame `i`: up to the next one, or to the end of what was indexed. */
export function frameRange(index: FrameIndex, i: number): { readonly offset: number; readonly length: number } {
  const offset = index.offsets[i];
  return { offset, length: (i + 1 < index.count ? index.offsets[i + 1] : index.size) - offset };
}

/** The number of the frame with the head for frame `i`; undefined where there is none, or it is its own. */
function headOf({ heads }: FrameIndex, i: number): number | undefined {
  let low = 0;
  for (let high = heads.length; low < high;) {
    const middle = (low + high) >> 1;
    if (heads[middle] <= i) low = middle + 1;
    else high = middle;
  }
  return low === 0 || heads[low - 1] === i ? undefined : heads[low - 1];
}

/** What is called for each frame: its bytes and the beginning of the frame with its head, valid during the call. */
export type TakeFrame = (i: number, bytes: Buffer, head: Buffer | undefined) => void;

/**
 * Reads the bytes of the frames `from` to `to` (exclusive) one after the other, few reads for many small frames.
 * Bytes that have gone since they were indexed are left out: the decoder says what is missing.
 */
export async function readFrameBytes(
  index: FrameIndex,
  from: number,
  to: number,
  take: TakeFrame,
  signal?: AbortSignal,
): Promise<Result<undefined>> {
  const { content } = index;
  let buffer = Buffer.alloc(0);
  let head: { readonly of: number; readonly bytes: Buffer } | undefined;
  for (let i = from; i < to;) {
    signal?.throwIfAborted();
    const first = frameRange(index, i);
    if (first.length > MAXIMUM_FRAME_BYTES) {
      const message = `this frame has ${first.length} bytes; frames of more than ${MAXIMUM_FRAME_BYTES} can't be read`;
      return fail({ code: 'XD012', message, place: { file: content.file, line: index.lines[i], column: 1 } });
    }
    let end = i + 1;
    let length = first.length;
    while (end < to && length + frameRange(index, end).length <= CHUNK_BYTES) length += frameRange(index, end++).length;
    if (buffer.length < length) buffer = Buffer.allocUnsafe(length);
    const read = await content.read(buffer.subarray(0, length), first.offset);
    if (!read.ok) return read;
    for (; i < end; i++) {
      const { offset, length: bytes } = frameRange(index, i);
      const start = Math.min(offset - first.offset, read.value);
      const of = headOf(index, i);
      if (of !== undefined && head?.of !== of) {
        const range = frameRange(index, of);
        const beginning = Buffer.allocUnsafe(Math.min(range.length, HEAD_BYTES));
        const filled = await content.read(beginning, range.offset);
        if (!filled.ok) return filled;
        head = { of, bytes: beginning.subarray(0, filled.value) };
      }
      take(i, buffer.subarray(start, Math.min(start + bytes, read.value)), of === undefined ? undefined : head?.bytes);
    }
  }
  return ok(undefined);
}
