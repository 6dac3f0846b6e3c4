/**
 * What stands in the folder of a document: whether a path exists, which files a glob matches, what a folder contains.
 *
 * The checker asks at every keystroke, so answers are kept for a short while; how many, and how many directory entries
 * one glob may look at, is bounded. Nothing is ever read here but names, the elements of potentials that `load` names, and the
 * windows of an umbrella sampling;
 * what is in data files others find out (data/knowledge.ts), and nobody waits for it.
 * Paths are relative to the document and use `/`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { unitFactors } from '../engine/formats/n2p2-data';
import { matchesSegment } from '../engine/formats/globs';
import { inspectPotential } from '../engine/formats/potential-folder';
import type { Environment } from '../language/check/check';
import type { DataFacts, SurveyFacts, SurveyedPotential, WindowFacts } from '../language/check/facts';
import type { FileUnits } from '../language/definition/definition';
import { isGlob } from '../language/schema/globs';
import { decodePmf } from '../protocol/pmf';
import type { Knowledge } from './data/knowledge';

export interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
}

/** Questions about files, as features and checker ask them. All answers may be a few seconds old. */
export interface Files {
  exists(path: string): boolean;
  /** How many files match. */
  matches(glob: string): number;
  /** The elements of the potential in a folder, or what is wrong with it. */
  potential(path: string): ReturnType<typeof inspectPotential>;
  /** The paths that match, relative to the document, in order. */
  find(glob: string): readonly string[];
  /** Names in a folder, in order; empty where there is no such folder. */
  list(folder: string): readonly FolderEntry[];
  /** The windows of the umbrella sampling in a run folder, as far as they are finished. */
  windows(folder: string): readonly WindowFacts[] | undefined;
  /** The absolute path. */
  locate(path: string): string;
  /** What is in the files that some paths and globs name; undefined as long as nobody has looked. */
  summary?(patterns: readonly string[]): DataFacts | undefined;
  /** A potential over a sample of a dataset; undefined as long as nobody has looked. */
  survey?(potential: SurveyedPotential, dataset: SurveyedFiles): SurveyFacts | undefined;
  /** A structure seen by a trained potential; undefined as long as nobody has looked. */
  outside?: Environment['outside'];
  /** What is conspicuous in a dataset; undefined as long as nobody has looked. */
  findings?: Environment['findings'];
  /** Whether programs of the workspace may be run, if the client tells. */
  readonly trusted?: boolean;
  /** The newest run of an action, as far as the client tells. */
  lastRun?: Environment['lastRun'];
}

export interface SurveyedFiles {
  readonly files: readonly string[];
  /** Of files that have none of their own. */
  readonly units: FileUnits | undefined;
}

const LIFETIME_MILLISECONDS = 2000;
const MAXIMUM_ANSWERS = 2000;
/** More than a profile of 1000 windows has: while somebody types there is no time for larger ones. */
const MAXIMUM_PROFILE_BYTES = 1 << 22;
const MAXIMUM_ENTRIES = 20_000;
const MAXIMUM_DEPTH = 12;

/** A cache that forgets what is old, and everything once it is full. `knowledge` is of what is in data files. */
export function createFileCache(
  now: () => number = Date.now,
  knowledge?: Knowledge,
): { beside(folder: string): Files; clear(): void } {
  const answers = new Map<string, { readonly at: number; readonly value: unknown }>();

  function remember<T>(key: string, question: () => T): T {
    const known = answers.get(key);
    const time = now();
    // The key says which question it is, so the value has that question's type.
    if (known !== undefined && time - known.at < LIFETIME_MILLISECONDS) return known.value as T;
    const value = question();
    if (answers.size >= MAXIMUM_ANSWERS) answers.clear();
    answers.set(key, { at: time, value });
    return value;
  }

  const exists = (path: string): boolean =>
    remember(`exists ${path}`, () => {
      try {
        return statSync(path, { throwIfNoEntry: false }) !== undefined;
      } catch {
        return false;
      }
    });

  const potential = (path: string): ReturnType<typeof inspectPotential> =>
    remember(`potential ${path}`, () => {
      try {
        return inspectPotential(path);
      } catch {
        return { problem: 'This folder can’t be read.' };
      }
    });

  const windows = (folder: string): readonly WindowFacts[] | undefined =>
    remember(`windows ${folder}`, () => {
      const path = resolve(folder, 'pmf.bin');
      try {
        const status = statSync(path);
        if (!status.isFile() || status.size > MAXIMUM_PROFILE_BYTES) return undefined;
        return decodePmf(readFileSync(path))?.meta.windows;
      } catch {
        return undefined;
      }
    });

  const list = (folder: string): readonly FolderEntry[] =>
    remember(`list ${folder}`, () => {
      try {
        return readdirSync(folder, { withFileTypes: true })
          .slice(0, MAXIMUM_ENTRIES)
          .map((entry) => ({ name: entry.name, folder: entry.isDirectory() }))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
      } catch {
        return [];
      }
    });

  function find(base: string, glob: string): readonly string[] {
    return remember(`find ${base} ${glob}`, () => {
      const found: string[] = [];
      let budget = MAXIMUM_ENTRIES;
      const walk = (path: string, segments: readonly string[], depth: number): void => {
        const [segment, ...rest] = segments;
        if (budget <= 0 || depth > MAXIMUM_DEPTH) return;
        const join = (name: string): string => (path === '' || path.endsWith('/') ? path + name : `${path}/${name}`);
        if (!isGlob(segment)) {
          const next = segment === '' ? '/' : join(segment);
          if (rest.length > 0) walk(next, rest, depth + 1);
          else if (exists(resolve(base, next))) found.push(next);
          return;
        }
        const anyDepth = segment === '**';
        if (anyDepth && rest.length > 0) walk(path, rest, depth);
        for (const entry of list(resolve(base, path))) {
          if (--budget <= 0) return;
          if (anyDepth && entry.folder && !entry.name.startsWith('.')) walk(join(entry.name), segments, depth + 1);
          else if (matchesSegment(segment, entry.name)) {
            if (rest.length > 0 && !anyDepth && entry.folder) walk(join(entry.name), rest, depth + 1);
            else if (rest.length === 0 && !entry.folder) found.push(join(entry.name));
          }
        }
      };
      walk('', glob.split('/'), 0);
      return found;
    });
  }

  /** Absolute paths of what paths and globs name, each once. */
  const locateAll = (folder: string, patterns: readonly string[]): string[] => {
    const paths = patterns.flatMap((pattern) => (isGlob(pattern) ? find(folder, pattern) : [pattern]));
    return [...new Set(paths.map((path) => resolve(folder, path)))].filter(exists);
  };

  return {
    beside: (folder) => ({
      exists: (path) => exists(resolve(folder, path)),
      matches: (glob) => find(folder, glob).length,
      potential: (path) => potential(resolve(folder, path)),
      find: (glob) => find(folder, glob),
      list: (path) => list(resolve(folder, path)),
      windows: (path) => windows(resolve(folder, path)),
      locate: (path) => resolve(folder, path),
      summary: (patterns) => knowledge?.summary(locateAll(folder, patterns)),
      survey: ({ name, ...potential }, { files, units }) =>
        knowledge?.survey(`${folder}\n${name}`, {
          ...potential,
          innerCutoff: 0,
          files: locateAll(folder, files),
          length: unitFactors(units).length,
        }),
      findings: ({ name, options, units }) =>
        knowledge?.findings(`${folder}\n${name}`, {
          dataset: { name, options, units },
          folder,
          files: locateAll(folder, [
            ...options.files,
            ...(options.test_files ?? []),
            ...(options.validation_files ?? []),
          ]),
        }),
      outside: ({ folder: potential, units }, { file, frame }) =>
        knowledge?.outside({
          potential: resolve(folder, potential),
          units,
          structure: resolve(folder, file),
          frame,
        }),
    }),
    clear: () => {
      answers.clear();
    },
  };
}
