/** `nearsight convert`, and `check` and `format` of an input.nn. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { PREDICTION } from '../unit/language/runner/cases';
import { nearsight, newFolder } from './nearsight';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

it('converts an input.nn to .potential and back', async () => {
  const folder = newFolder();
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  writeFileSync(join(folder, 'input.nn'), PREDICTION.replace('# length unit: bohr, energy unit: hartree\n', ''));
  const there = await nearsight(folder, ['convert', 'input.nn', 'water.potential', '--json']);
  expect(there.code).toBe(0);
  expect(there.stderr).toMatch(/^input\.nn NN098 input\.nn has no units/);
  expect(there.json).toMatchObject({ units: { length: 'angstrom', energy: 'eV' } });
  expect(read('water.potential')).toContain(
    'potential water {\n  elements        = [H, O]\n  cutoff          = 12 Å\n',
  );

  const units = await nearsight(folder, ['convert', 'input.nn', 'water.potential', '--units', 'bohr,hartree']);
  expect({ code: units.code, stderr: units.stderr }).toEqual({ code: 0, stderr: '' });
  expect(read('water.potential')).toContain('cutoff          = 12 bohr');
  expect((await nearsight(folder, ['check', 'water.potential'])).code).toBe(0);

  const back = await nearsight(folder, ['convert', 'water.potential', 'input.nn.new', '--units', 'bohr,hartree']);
  expect({ code: back.code, stderr: back.stderr }).toEqual({ code: 0, stderr: '' });
  expect(read('input.nn.new')).toContain('symfunction_short H 2 H 0.01 0 12\n');
  expect(read('input.nn.new')).toContain('# length unit: bohr, energy unit: hartree\n');
  expect((await nearsight(folder, ['check', 'input.nn.new'])).code).toBe(0);
});

it('says what it can not say, with its place', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'input.nn'), `${PREDICTION}symfunction_short H 12 0.1 0.0 12.0\n`);
  const { code, stderr } = await nearsight(folder, ['convert', 'input.nn', 'a.potential']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^input\.nn:17:1 NN100 1 symmetry functions of type 12 can't be said/);
});

it('refuses bad input', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'a.potential'), 'potential p { elements = [H]; cutoff = 6 eV }\n');
  const wrong = await nearsight(folder, ['convert', 'a.potential', 'input.nn']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/^a\.potential:1:\d+ PD0102 /);
  expect((await nearsight(folder, ['convert', 'absent.nn', 'b.potential'])).code).toBe(2);
  expect((await nearsight(folder, ['convert', 'a.potential', 'b', '--units', 'mile,cal'])).code).toBe(2);
});

it('checks and formats an input.nn', async () => {
  const folder = newFolder();
  const file = join(folder, 'input.nn.train');
  writeFileSync(file, 'cutoff_type 9\n  elements H   O\n');
  const checked = await nearsight(folder, ['check', 'input.nn.train', '--json']);
  expect(checked.code).toBe(2);
  expect(checked.stderr).toMatch(/^input\.nn\.train:1:13 NN020 /);
  expect((await nearsight(folder, ['format', '--check', 'input.nn.train'])).code).toBe(1);
  expect((await nearsight(folder, ['format', '--write', 'input.nn.train'])).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe('cutoff_type                     9\nelements                        H O\n');
});
