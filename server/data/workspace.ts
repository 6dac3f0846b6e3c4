/**
 * The definition files below the folders that are open, and of each what is asked about all of them. Files are found and read piece
 * by piece, so that what somebody types is answered in between; one is read again only if size or time are others.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isInputName } from '../../language/runner/reading';

/** Larger files, more of them, or more names in all folders are left out: nobody has written that. */
const MAXIMUM_BYTES = 1_000_000;
const MAXIMUM_FILES = 2000;
const MAXIMUM_ENTRIES = 100_000;

export interface WorkspaceReader<T> {
  /** By path. `found` hears how many files are known so far; throws what `signal` is aborted with. */
  read(
    folders: readonly string[],
    found: (count: number) => void,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, T>>;
}

/** @param make what is kept of a file */
export function createWorkspaceReader<T>(make: (path: string, text: string) => T): WorkspaceReader<T> {
  const known = new Map<string, { readonly stamp: string; readonly value: T }>();

  /** Undefined for a file that is gone, or too large. */
  async function valueOf(file: string): Promise<T | undefined> {
    try {
      const { size, mtimeMs } = await stat(file);
      if (size > MAXIMUM_BYTES) return undefined;
      const stamp = `${size} ${mtimeMs}`;
      const before = known.get(file);
      if (before?.stamp === stamp) return before.value;
      const value = make(file, await readFile(file, 'utf8'));
      known.set(file, { stamp, value });
      return value;
    } catch {
      return undefined;
    }
  }

  return {
    read: async (folders, found, signal) => {
      const values = new Map<string, T>();
      for await (const file of definitionFiles(folders)) {
        signal.throwIfAborted();
        const value = await valueOf(file);
        if (value === undefined) continue;
        values.set(file, value);
        found(values.size);
        if (values.size >= MAXIMUM_FILES) break;
      }
      for (const file of known.keys()) if (!values.has(file)) known.delete(file);
      return values;
    },
  };
}

/** Paths of `.potential` files and `input.nn`; folders that begin with a point and those of packages are not looked into. */
async function* definitionFiles(folders: readonly string[]): AsyncGenerator<string> {
  const waiting = [...folders];
  let entries = 0;
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const content = await readdir(folder, { withFileTypes: true }).catch(() => []);
    entries += content.length;
    if (entries > MAXIMUM_ENTRIES) return;
    for (const entry of content) {
      if (entry.name.startsWith('.')) continue;
      const file = path.join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') waiting.push(file);
      else if (entry.isFile() && (entry.name.endsWith('.potential') || isInputName(entry.name))) yield file;
    }
  }
}
