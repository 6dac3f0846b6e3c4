import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isGlob } from '../../../language/schema/globs';
import { createFileCache } from '../../../server/files';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nearsight-files-'));
  for (const name of [
    'a.xyz',
    'b.xyz',
    'c.XYZ',
    '.hidden.xyz',
    'data/one.xyz',
    'data/deep/two.xyz',
    'data/n+(1).data',
  ]) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), '');
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('paths and globs relative to a folder', () => {
  const files = createFileCache().beside(folder);
  expect(files.exists('a.xyz')).toBe(true);
  expect(files.exists('data')).toBe(true);
  expect(files.exists('nothing.xyz')).toBe(false);
  expect(files.exists('a.xyz/impossible')).toBe(false);
  expect(files.exists('\u0000')).toBe(false);
  expect(files.find('*.xyz')).toEqual(['a.xyz', 'b.xyz']);
  expect(files.find('data/*.xyz')).toEqual(['data/one.xyz']);
  expect(files.find('*/*.xyz')).toEqual(['data/one.xyz']);
  expect(files.find('**/*.xyz')).toEqual(['a.xyz', 'b.xyz', 'data/one.xyz', 'data/deep/two.xyz']);
  expect(files.find('data/n+(?).data')).toEqual(['data/n+(1).data']);
  expect(files.find(`${folder}/?.xyz`)).toEqual([`${folder}/a.xyz`, `${folder}/b.xyz`]);
  expect(files.matches('nothing/*')).toBe(0);
  expect(files.list('data')).toEqual([
    { name: 'deep', folder: true },
    { name: 'n+(1).data', folder: false },
    { name: 'one.xyz', folder: false },
  ]);
  expect(files.list('nothing')).toEqual([]);
  expect([isGlob('a*'), isGlob('a?'), isGlob('a')]).toEqual([true, true, false]);
});

test('answers are kept for a while, then asked for again', () => {
  let now = 0;
  const cache = createFileCache(() => now);
  const files = cache.beside(folder);
  expect(files.exists('later.xyz')).toBe(false);
  writeFileSync(path.join(folder, 'later.xyz'), '');
  expect(files.exists('later.xyz')).toBe(false);
  now = 10_000;
  expect(files.exists('later.xyz')).toBe(true);
  rmSync(path.join(folder, 'later.xyz'));
  cache.clear();
  expect(files.exists('later.xyz')).toBe(false);
});
