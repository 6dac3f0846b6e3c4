/** Files that are there completely or not at all, and readers that never take more memory than they were allowed. */
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The code (`ENOENT`, …) of a file-system error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Writes all of `data`; `write` alone may write less. */
export function writeFully(descriptor: number, data: Uint8Array): void {
  for (let written = 0; written < data.length;) written += writeSync(descriptor, data, written);
}

/** Makes a rename or a new name durable. */
export function syncFolder(folder: string): void {
  // Windows opens no folders, some network file systems don't sync them: then the file system decides.
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch {
    return;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Replaces `path` by `data`: whoever reads sees the old or the new content, also after a crash. */
export function writeAtomically(path: string, ...parts: readonly (string | Uint8Array)[]): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const descriptor = openSync(temporary, 'w');
  try {
    for (const part of parts) writeFully(descriptor, typeof part === 'string' ? Buffer.from(part) : part);
    fsyncSync(descriptor);
  } catch (error) {
    closeSync(descriptor);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(descriptor);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** The bytes of a regular file, undefined if there is none, it can't be read, or is larger than `maximumBytes`. */
export function readBounded(path: string, maximumBytes: number): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    // Non-blocking: opening a named pipe would otherwise wait for ever.
    descriptor = openSync(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    const status = fstatSync(descriptor);
    if (!status.isFile() || status.size > maximumBytes) return undefined;
    const bytes = Buffer.alloc(status.size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Parsed JSON of a file, undefined if it is missing, too large or no JSON. */
export function readJson(path: string, maximumBytes: number): unknown {
  const bytes = readBounded(path, maximumBytes);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
