/**
 * Where the frames of a file begin: one pass over the bytes in bounded chunks, for files of any size.
 *
 * An index only finds boundaries; whether a frame is right is found out when it is decoded. Its frames cover the file
 * without a gap from the first to the last byte, so that nothing in a file escapes the decoder: junk before the first
 * frame makes a frame of its own, junk after a frame belongs to it. What must never happen: memory in proportion to a
 * count that stands in the file, or to the length of a line.
 */
import type { Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { fail, ok, type Result } from '../../protocol/result';
import { LF } from './text-lines';

/** Finds the first lines of frames: a small state machine that is fed line by line. */
export interface BoundaryFinder {
  /**
   * Looks at the next line, `bytes[start..end)` without its line feed. Of lines longer than `LOOK` bytes only the
   * beginning may be there. `blank` lines never start a frame.
   * @returns whether a frame starts here
   */
  line(bytes: Uint8Array, start: number, end: number, length: number): boolean;
  /** Whether the lines so far end with a whole frame. */
  whole(): boolean;
}

/** Bytes of a line that a finder may count on. */
export const LOOK = 64;
const CHUNK_BYTES = 1 << 22;
/** One frame of 10 million atoms with forces has about 1 GB. */
export const MAXIMUM_FRAME_BYTES = 2 ** 30;

export interface FrameIndex {
  readonly file: string;
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
}

export interface IndexOptions {
  /** An index of the same file when it was shorter: only what follows its last frame is read. */
  readonly previous?: FrameIndex;
  /** Called after every chunk with what is known by then: `index.size` of `total` bytes have been looked at. */
  readonly onProgress?: (index: FrameIndex, total: number) => void;
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is fed every byte on the way (not with `previous`). */
  readonly hash?: Hash;
}

/** Opens a file to read and gives its size; the caller closes it. */
export async function openToRead(
  file: string,
): Promise<Result<{ handle: FileHandle; size: number; modified: number }>> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const status = await handle.stat();
    if (!status.isFile()) {
      await handle.close();
      return fail({
        code: 'XD001',
        message: 'this is not a file: name a file, or a glob like "data/*.xyz"',
        place: { file },
      });
    }
    return ok({ handle, size: status.size, modified: status.mtimeMs });
  } catch (error) {
    await handle?.close();
    return unreadable(file, error);
  }
}

/** A failure of the operating system as a problem; everything else (cancellation, bugs) is thrown on. */
export function unreadable(file: string, error: unknown): Result<never> {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
  const reasons: Record<string, string> = { ENOENT: 'there is no such file', EACCES: 'permission is denied' };
  const reason = Object.hasOwn(reasons, error.code) ? reasons[error.code] : error.message;
  return fail({ code: 'XD001', message: `the file can't be read: ${reason}`, place: { file } });
}

/**
 * Indexes a file.
 *
 * @param createFinder a new finder for the file's format
 */
export async function indexFrames(
  file: string,
  createFinder: () => BoundaryFinder,
  options: IndexOptions = {},
): Promise<Result<FrameIndex>> {
  const opened = await openToRead(file);
  if (!opened.ok) return opened;
  const { handle, size } = opened.value;
  try {
    return ok(await scan(file, handle, size, createFinder(), options));
  } catch (error) {
    return unreadable(file, error);
  } finally {
    await handle.close();
  }
}

async function scan(
  file: string,
  handle: FileHandle,
  size: number,
  finder: BoundaryFinder,
  { previous, onProgress, signal, hash }: IndexOptions,
): Promise<FrameIndex> {
  // The last frame of an older index may have been incomplete: start with it again.
  const kept = previous === undefined ? 0 : Math.max(previous.count - 1, 0);
  let offsets = new Float64Array(1024);
  let lines = new Float64Array(1024);
  let position = 0;
  let line = 1;
  if (previous !== undefined && previous.count > 0) {
    offsets = previous.offsets.slice(0, kept + 1024);
    lines = previous.lines.slice(0, kept + 1024);
    position = previous.offsets[kept];
    line = previous.lines[kept];
  }
  let count = kept;
  /** Whether the frames so far reach to here: if not, the next line that isn't blank starts one. */
  let covered = kept > 0;
  let lineOffset = position;

  const endLine = (bytes: Uint8Array, start: number, end: number, length: number): void => {
    const starts = finder.line(bytes, start, end, length);
    if (starts || (!covered && !isBlank(bytes, start, end))) {
      if (count >= offsets.length) {
        offsets = grow(offsets);
        lines = grow(lines);
      }
      offsets[count] = lineOffset;
      lines[count] = line;
      count++;
      covered = true;
    }
    line++;
  };

  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(size - position, 1)));
  /** Beginning of a line whose end is in a later chunk. */
  const carry = Buffer.alloc(LOOK);
  let carried = 0;
  while (position < size) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, size - position), position);
    // The file became shorter while it was read: what is there counts.
    if (bytesRead === 0) break;
    hash?.update(chunk.subarray(0, bytesRead));
    const bytes = chunk.subarray(0, bytesRead);
    let start = position === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    for (let newline = bytes.indexOf(LF, start); newline >= 0; newline = bytes.indexOf(LF, start)) {
      if (carried > 0) {
        carried += bytes.copy(carry, carried, start, newline);
        endLine(carry, 0, carried, position + newline - lineOffset);
        carried = 0;
      } else endLine(bytes, start, newline, newline - start);
      start = newline + 1;
      lineOffset = position + start;
    }
    carried += bytes.copy(carry, carried, start, bytesRead);
    position += bytesRead;
    onProgress?.({ file, count, whole: count === 0 || finder.whole(), size: position, offsets, lines }, size);
  }
  // A last line without a line end.
  if (carried > 0) endLine(carry, 0, carried, position - lineOffset);
  return { file, count, whole: count === 0 || finder.whole(), size: position, offsets, lines };
}

function grow(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 0x20 && bytes[i] !== 0x09 && bytes[i] !== 0x0d) return false;
  return true;
}

/** The bytes of frame `i`: up to the next one, or to the end of what was indexed. */
export function frameRange(index: FrameIndex, i: number): { readonly offset: number; readonly length: number } {
  const offset = index.offsets[i];
  return { offset, length: (i + 1 < index.count ? index.offsets[i + 1] : index.size) - offset };
}

/**
 * Reads the bytes of the frames `from` to `to` (exclusive) one after the other, few reads for many small frames.
 * The buffer that `take` gets is only valid during the call.
 *
 * @param take called for each frame; returns false to stop
 */
export async function readFrameBytes(
  index: FrameIndex,
  from: number,
  to: number,
  take: (i: number, bytes: Buffer) => boolean,
  signal?: AbortSignal,
): Promise<Result<undefined>> {
  const opened = await openToRead(index.file);
  if (!opened.ok) return opened;
  const { handle } = opened.value;
  try {
    let buffer = Buffer.alloc(0);
    for (let i = from; i < to;) {
      signal?.throwIfAborted();
      const first = frameRange(index, i);
      if (first.length > MAXIMUM_FRAME_BYTES) {
        const message = `this frame has ${first.length} bytes; frames of more than ${MAXIMUM_FRAME_BYTES} can't be read`;
        return fail({ code: 'XD012', message, place: { file: index.file, line: index.lines[i], column: 1 } });
      }
      let end = i + 1;
      let length = first.length;
      while (end < to && length + frameRange(index, end).length <= CHUNK_BYTES)
        length += frameRange(index, end++).length;
      if (buffer.length < length) buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, first.offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      // Shorter than when it was indexed: the decoder says what is missing.
      for (; i < end; i++) {
        const { offset, length: bytes } = frameRange(index, i);
        const start = Math.min(offset - first.offset, filled);
        if (!take(i, buffer.subarray(start, Math.min(start + bytes, filled)))) return ok(undefined);
      }
    }
    return ok(undefined);
  } catch (error) {
    return unreadable(index.file, error);
  } finally {
    await handle.close();
  }
}
