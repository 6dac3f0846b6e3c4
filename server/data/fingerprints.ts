/**
 * SHA-256 of data files, as runs record it, to tell whether a file is still the one that a run has read. That takes a read of
 * all of it, so it is done once for each state of a file, by size and times.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

const MAXIMUM_KEPT = 100;
const CHUNK_BYTES = 1 << 20;

const kept = new Map<string, { readonly stamp: string; readonly hash: Promise<string> }>();

/**
 * @param bytes how many of its first bytes count; all if absent
 * @throws Error (as a rejection) if the file can't be read
 */
export async function fingerprint(file: string, bytes = Infinity): Promise<string> {
  const { size, mtimeMs, ctimeMs, ino } = await stat(file);
  const stamp = [size, mtimeMs, ctimeMs, ino].join(' ');
  const key = `${bytes} ${file}`;
  const known = kept.get(key);
  if (known?.stamp === stamp) return known.hash;
  const hash = read(file, bytes);
  kept.delete(key);
  kept.set(key, { stamp, hash });
  // What can't be read now may be readable the next time.
  hash.catch(() => kept.delete(key));
  for (const oldest of kept.keys()) {
    if (kept.size <= MAXIMUM_KEPT) break;
    kept.delete(oldest);
  }
  return hash;
}

async function read(file: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  if (bytes > 0)
    for await (const chunk of createReadStream(file, { end: bytes - 1, highWaterMark: CHUNK_BYTES }))
      hash.update(chunk as Buffer);
  return hash.digest('hex');
}
