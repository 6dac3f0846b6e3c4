/** ARCHITECTURE.md's import rules, held. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ACTIONS } from '../../language/schema/vocabulary';
import { runKind } from '../../protocol/run';

const root = path.resolve(__dirname, '../..');

/** What a file in the folder (left) may import of ours (right: path prefixes); itself is always allowed. */
const allowed: Record<string, readonly string[]> = {
  protocol: [],
  language: [],
  engine: ['language/', 'protocol/'],
  server: ['language/', 'protocol/', 'engine/formats/', 'engine/structure/', 'engine/descriptors/', 'engine/analysis/'],
  extension: ['protocol/', 'language/elements'],
  webview: ['protocol/', 'language/elements', 'language/definition/windows', 'engine/analysis/', 'engine/structure/'],
};

const touchesFiles = [
  'extension/',
  'engine/runs/',
  'engine/formats/',
  'engine/cli/',
  'engine/oracles/',
  'engine/kernels/module.ts',
  'server/data/',
  'server/files.ts',
  'server/main.ts',
];

const sources = Object.keys(allowed).flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join(folder, name.replaceAll('\\', '/'))),
);

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]);
}

test('there are sources in every folder', () => {
  for (const folder of Object.keys(allowed)) expect(sources.some((file) => file.startsWith(`${folder}/`))).toBe(true);
});

test('imports point down only', () => {
  const wrong = sources.flatMap((file) => {
    const folder = file.split('/')[0];
    return importsOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => path.posix.join(path.posix.dirname(file), specifier))
      .filter((target) => !target.startsWith(`${folder}/`) && target !== 'package.json')
      .filter((target) => !allowed[folder].some((prefix) => target.startsWith(prefix)))
      .map((target) => `${file} → ${target}`);
  });
  expect(wrong).toEqual([]);
});

/** Files that a file needs the values of; types are gone when anything runs. */
function neededBy(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/^(?:import|export) (?!type\b)([^;]*?)from '(\.[^']+)'/gm)].flatMap(
    ([, what, specifier]) => {
      const names = /\{([^}]*)\}/
        .exec(what)?.[1]
        .split(',')
        .map((name) => name.trim()) ?? [what];
      if (names.every((name) => name === '' || name.startsWith('type '))) return [];
      return [`${path.posix.join(path.posix.dirname(file), specifier)}.ts`];
    },
  );
}

test('no file needs itself by way of others', () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (done.has(file) || !sources.includes(file)) return;
    done.add(file);
    for (const next of neededBy(file)) visit(next, [...way, file]);
  };
  for (const file of sources) visit(file, []);
  expect(cycles).toEqual([]);
});

test('only the extension imports vscode', () => {
  expect(sources.filter((file) => !file.startsWith('extension/') && importsOf(file).includes('vscode'))).toEqual([]);
});

test('only the named places touch the file system', () => {
  const wrong = sources.filter(
    (file) =>
      !touchesFiles.some((prefix) => file.startsWith(prefix)) &&
      importsOf(file).some((specifier) => /^(node:)?fs(\/promises)?$/.test(specifier)),
  );
  expect(wrong).toEqual([]);
});

test('the run kinds are the actions of the language', () => {
  expect([...runKind.options].sort()).toEqual([...ACTIONS].sort());
});

test('no subcommand is the library of another', () => {
  const commands = sources.filter(
    (file) =>
      file.startsWith('engine/cli/') &&
      /export const (?!jobCommand)\w+Command\b/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  expect(commands.length).toBeGreaterThan(15);
  // The command line has them all, and a job that goes on begins like the first time.
  const wrong = sources
    .filter((file) => !['engine/cli/main.ts', 'engine/cli/resume.ts'].includes(file))
    .flatMap((file) =>
      importsOf(file)
        .map((specifier) => `${path.posix.join(path.posix.dirname(file), specifier)}.ts`)
        .filter((target) => commands.includes(target))
        .map((target) => `${file} → ${target}`),
    );
  expect(wrong).toEqual([]);
});
