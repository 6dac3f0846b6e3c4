/**
 * Files that a dataset names: paths and globs, relative to a folder. `*` and `?` match within a name, `**` any depth of
 * folders. Names that begin with a point are only matched by patterns that say so; links to folders are not followed by
 * `**`, so that no cycle is. The result is sorted and without doubles: the order of frames must not depend on the disk.
 */
import { readdir } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { isGlob } from '../../language/schema/globs';

/** A pattern such as `/**` may find a whole disk: more files than any dataset has are refused. */
export const MAXIMUM_FILES = 100_000;

/** Whether a file or folder name matches one segment of a pattern; linear, without backtracking regular expressions. */
export function matchesSegment(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let p = 0;
  let n = 0;
  let star = -1;
  let retry = 0;
  while (n < name.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++retry;
    } else return false;
  }
  while (p < pattern.length && pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Whether an absolute path is one that an absolute pattern names. */
export function matchesGlob(pattern: string, path: string): boolean {
  const matches = (segments: readonly string[], names: readonly string[]): boolean => {
    if (segments.length === 0 || names.length === 0) return segments.length === names.length;
    const [segment, ...rest] = segments;
    const [name, ...below] = names;
    if (segment !== '**')
      return (isGlob(segment) ? matchesSegment(segment, name) : segment === name) && matches(rest, below);
    if (rest.length > 0 && matches(rest, names)) return true;
    return !name.startsWith('.') && (below.length > 0 ? matches(segments, below) : rest.length === 0);
  };
  return matches(pattern.split(/[\\/]/), path.split(/[\\/]/));
}

/** Absolute paths of the files that a pattern names. One without `*` and `?` is itself, whether or not it exists. */
export async function expandGlob(pattern: string, folder: string, signal?: AbortSignal): Promise<readonly string[]> {
  if (!isGlob(pattern)) return [resolve(folder, pattern)];
  const segments = pattern.split(/[\\/]/).filter((segment, i, all) => segment !== '**' || all[i - 1] !== '**');
  const first = segments.findIndex(isGlob);
  const found = new Set<string>();
  const root = resolve(folder, segments.slice(0, first).join(sep) || (pattern.startsWith('/') ? '/' : '.'));

  const walk = async (path: string, at: number): Promise<void> => {
    signal?.throwIfAborted();
    if (found.size > MAXIMUM_FILES) return;
    // A folder that can't be read has no files for us; a missing one is reported as “no file matches”.
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const segment = segments[at];
    const last = at === segments.length - 1;
    if (segment === '**') {
      if (!last) await walk(path, at + 1);
      for (const entry of entries) {
        if (entry.name.startsWith('.')) continue;
        if (entry.isDirectory()) await walk(resolve(path, entry.name), at);
        else if (last) found.add(resolve(path, entry.name));
      }
      return;
    }
    for (const entry of entries) {
      if (!matchesSegment(segment, entry.name)) continue;
      const next = resolve(path, entry.name);
      if (!last) {
        if (entry.isDirectory() || entry.isSymbolicLink()) await walk(next, at + 1);
      } else if (!entry.isDirectory()) found.add(next);
    }
  };
  await walk(root, first);
  // By code units, not by locale: the same order on every machine.
  return [...found].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
