/** Films that come in pieces, in a folder of their own. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createFilmFile } from '../../../extension/panels/film-file';
import { temporaryFolder } from '../../fixtures/folders';

let folder = '';
let target = '';
beforeEach(() => {
  folder = temporaryFolder();
  target = join(folder, 'a.webm');
  writeFileSync(target, 'before');
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test('pieces become a film in the place of another, which stays until the new one is whole', async () => {
  const film = createFilmFile(target);
  await film.add(0, bytes(1, 2, 3), false);
  await film.add(3, bytes(4), false);
  expect(readFileSync(target, 'utf8')).toBe('before');
  await film.add(4, bytes(5, 6), true);
  await film.discard();
  expect([...readFileSync(target)]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(readdirSync(folder)).toEqual(['a.webm']);
});

test('a film that is discarded leaves nothing, and what was there before', async () => {
  const film = createFilmFile(target);
  await film.add(0, bytes(1), false);
  expect(readdirSync(folder)).toHaveLength(2);
  await film.discard();
  expect(readdirSync(folder)).toEqual(['a.webm']);
  expect(readFileSync(target, 'utf8')).toBe('before');
});

test('it may be discarded while a piece is written', async () => {
  const film = createFilmFile(target);
  await film.add(0, bytes(1), false);
  const adding = film.add(1, bytes(2), true);
  await film.discard();
  await expect(adding).rejects.toThrow('the film is discarded');
  await expect(film.add(2, bytes(3), true)).rejects.toThrow('a piece of the film is missing');
  expect(readdirSync(folder)).toEqual(['a.webm']);
  expect(readFileSync(target, 'utf8')).toBe('before');
});

test('a piece that is missing ends it', async () => {
  const film = createFilmFile(target);
  await film.add(0, bytes(1, 2), false);
  await expect(film.add(3, bytes(4), true)).rejects.toThrow('a piece of the film is missing');
  expect(readdirSync(folder)).toEqual(['a.webm']);
  expect(readFileSync(target, 'utf8')).toBe('before');
});

test('where it can’t be put into its place nothing of it is left', async () => {
  rmSync(target);
  mkdirSync(target);
  writeFileSync(join(target, 'something'), '');
  await expect(createFilmFile(target).add(0, bytes(1), true)).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['a.webm']);
});
