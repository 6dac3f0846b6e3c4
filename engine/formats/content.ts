/**
 * The bytes of a data file, unpacked where it is compressed (gzip), for reading at any place, in bounded memory.
 *
 * A plain file is opened anew for every access, so that nothing stands in the way of who writes or replaces it. A
 * compressed one can't be read from the middle: it is unpacked into a temporary file while it is looked through, and what is
 * unpacked can be read meanwhile. When it has grown it is unpacked once more, behind what was unpacked before. The temporary
 * file has no name, so that it is gone with the process however that ends.
 */
import { randomUUID } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync, constants } from 'node:zlib';
import { fail, ok, type Result } from '../../protocol/result';

/** Bytes that are read and looked at in one go. */
export const CHUNK_BYTES = 1 << 22;
/** What a compressed file may be when it is unpacked: a guard against files that are made to fill the disk. */
const MAXIMUM_UNPACKED_BYTES = 2 ** 36;
const UNPACK_BYTES = 1 << 20;

class TooLarge extends Error {
  readonly code = 'Z_TOO_LARGE';
  constructor() {
    super('it has more than 64 GiB when unpacked: unpack it with gunzip');
  }
}

export interface ScanOptions {
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is fed every byte of the file as it is on the disk (from the beginning only). */
  readonly hash?: Hash;
}

export interface Content {
  readonly file: string;
  /** Whether it is unpacked. */
  readonly packed: boolean;
  /** Whether a packed file ends in the middle: it is still being written, or was cut off. */
  readonly torn: boolean;
  /**
   * Hands out the bytes from `from` to the end of the file, in order.
   *
   * @param take gets chunks that are valid during the call, where they begin, and how much of the file on the disk is
   * done: `done` of `total` bytes
   */
  scan(
    from: number,
    take: (chunk: Buffer, position: number, done: number, total: number) => void | Promise<void>,
    options?: ScanOptions,
  ): Promise<Result<undefined>>;
  /** Reads from `position` on into `buffer`, for as far as there are bytes; the number of them. */
  read(buffer: Buffer, position: number): Promise<Result<number>>;
  /** Takes back the temporary file, if there is one. */
  dispose(): Promise<void>;
}

/** Whether bytes are the beginning of a gzip file. */
const isPacked = (beginning: Uint8Array): boolean => beginning[0] === 0x1f && beginning[1] === 0x8b;

/** Opens a file to read and gives its size; the caller closes it. Problem: `XD001`. */
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

/** Opens a file for what `use` does, and closes it; what the operating system refuses is a problem. */
async function withOpened<T>(file: string, use: (handle: FileHandle, size: number) => Promise<T>): Promise<Result<T>> {
  const opened = await openToRead(file);
  if (!opened.ok) return opened;
  const { handle, size } = opened.value;
  try {
    return ok(await use(handle, size));
  } catch (error) {
    return unreadable(file, error);
  } finally {
    await handle.close();
  }
}

/** A failure of the operating system as a problem; everything else (cancellation, bugs) is thrown on. */
export function unreadable(file: string, error: unknown): Result<never> {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
  if (error.name === 'AbortError') throw error;
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission is denied',
    ENOSPC: `there is no room to unpack it in ${tmpdir()}`,
  };
  const unpacking = error.code.startsWith('Z_') ? 'unpacked' : 'read';
  const reason = Object.hasOwn(reasons, error.code) ? reasons[error.code] : error.message;
  return fail({ code: 'XD001', message: `the file can't be ${unpacking}: ${reason}`, place: { file } });
}

/** The first bytes of a file, unpacked, at most `length` of them. Problem: `XD001`. */
export async function readBeginning(file: string, length: number): Promise<Result<{ bytes: Buffer; packed: boolean }>> {
  return withOpened(file, async (handle) => {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, 0);
    const bytes = buffer.subarray(0, bytesRead);
    if (!isPacked(bytes)) return { bytes, packed: false };
    // Unpacks a thousandfold at most: few megabytes. What is cut off in the middle gives what is whole.
    const unpacked = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    return { bytes: unpacked.subarray(0, length), packed: true };
  });
}

/** The content of a file as it is. */
export function plainContent(file: string): Content {
  return {
    file,
    packed: false,
    torn: false,
    scan: (from, take, { signal, hash } = {}) =>
      withOpened(file, async (handle, size) => {
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(size - from, 1)));
        for (let position = from; position < size;) {
          signal?.throwIfAborted();
          const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, size - position), position);
          // The file became shorter while it was read: what is there counts.
          if (bytesRead === 0) break;
          const bytes = chunk.subarray(0, bytesRead);
          hash?.update(bytes);
          await take(bytes, position, position + bytesRead, size);
          position += bytesRead;
        }
        return undefined;
      }),
    read: (buffer, position) => withOpened(file, (handle) => fill(handle, buffer, position)),
    dispose: () => Promise.resolve(),
  };
}

async function fill(handle: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** The content of a gzip file; its `scan` unpacks it. */
export function unpackedContent(file: string): Content {
  let spill: FileHandle | undefined;
  /** Bytes in it. */
  let unpacked = 0;
  let torn = false;
  const drop = async (): Promise<void> => {
    const last = spill;
    spill = undefined;
    unpacked = 0;
    await last?.close();
  };
  return {
    file,
    packed: true,
    get torn() {
      return torn;
    },
    scan: (from, take, { signal, hash } = {}) =>
      withOpened(file, async (handle, size) => {
        const target = (spill ??= await openNameless());
        const gunzip = createGunzip({ chunkSize: UNPACK_BYTES });
        let done = 0;
        let position = 0;
        const unpacking = pipeline(
          handle.createReadStream({ autoClose: false, highWaterMark: UNPACK_BYTES }),
          async function* (packed: AsyncIterable<Buffer>) {
            for await (const bytes of packed) {
              hash?.update(bytes);
              done += bytes.length;
              yield bytes;
            }
            // All that there is comes out before the end is looked for, which may be missing.
            await new Promise<void>((resolve) => {
              gunzip.once('close', resolve);
              gunzip.flush(() => resolve());
            });
          },
          gunzip,
          async (chunks: AsyncIterable<Buffer>) => {
            for await (const chunk of chunks) {
              if (position + chunk.length > MAXIMUM_UNPACKED_BYTES) throw new TooLarge();
              const end = position + chunk.length;
              const written = Math.max(0, unpacked - position);
              if (end > unpacked) {
                await target.write(chunk, written, chunk.length - written, position + written);
                unpacked = end;
              }
              if (end > from)
                await take(chunk.subarray(Math.max(0, from - position)), Math.max(from, position), done, size);
              position = end;
            }
          },
          { signal },
        );
        torn = false;
        await unpacking.catch((error: unknown) => {
          signal?.throwIfAborted();
          torn = error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
          if (!torn) throw error;
        });
        return undefined;
      }),
    read: async (buffer, position) => {
      if (spill === undefined) return ok(0);
      try {
        return ok(await fill(spill, buffer, position));
      } catch (error) {
        return unreadable(file, error);
      }
    },
    dispose: drop,
  };
}

/** A temporary file for this process only, without a name as soon as it is open. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `nearsight-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path);
  return handle;
}
