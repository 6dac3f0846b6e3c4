/** `nearsight wham` of windows whose profile is known. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodePmf } from '../../protocol/pmf';
import { doubleWell, KT, linspace, sampleWindows } from '../unit/sampling/windows';
import { nearsight, newFolder } from './nearsight';

/** Windows over V = 8 k_B T (x² − 1)² in nm and kJ/mol, without a word of the units. */
function writeWindows(folder: string, factor = 1): void {
  const windows = sampleWindows({
    potential: doubleWell,
    centers: linspace(-1.5, 1.5, 15),
    forceConstant: 60,
    samples: 400,
    seed: 1,
  });
  const kJ = 96.48533212331;
  const lines = windows.map(({ center, forceConstant, values }, k) => {
    writeFileSync(join(folder, `w${k}.dat`), Array.from(values, (x, i) => `${i} ${x}\n`).join(''));
    return `w${k}.dat ${center} ${factor * forceConstant * kJ}\n`;
  });
  writeFileSync(join(folder, 'metadata.dat'), lines.join(''));
}

const SAID = ['--units', 'nm,kJ/mol', '--temperature', '300'];

it('finds the barrier, and writes the profile', async () => {
  const folder = newFolder();
  writeWindows(folder);
  const { code, stdout, stderr } = await nearsight(folder, ['wham', 'metadata.dat', ...SAID, '--output', 'pmf.csv']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^coordinate \(Å\) at 300 K, 15 windows, \d+ bins\n\nbarrier +eV +kJ\/mol +k_B T\nfrom -/);
  expect(readFileSync(join(folder, 'pmf.csv'), 'utf8')).toMatch(/^coordinate_angstrom,pmf_eV,error_eV\n-/);
  const { json } = await nearsight(folder, ['wham', 'metadata.dat', ...SAID, '--output', 'pmf.bin', '--json']);
  const { barrier } = json as { barrier: { forward: number; forward_error: number } };
  expect(Math.abs(barrier.forward - 8 * KT)).toBeLessThan(3 * barrier.forward_error);
  expect(decodePmf(readFileSync(join(folder, 'pmf.bin')))?.meta.barrier).toEqual(barrier);
});

it('says where a profile can’t be written', async () => {
  const folder = newFolder();
  writeWindows(folder);
  const output = join('none', 'pmf.csv');
  const { code, stderr } = await nearsight(folder, ['wham', 'metadata.dat', ...SAID, '--output', output]);
  expect(code).toBe(1);
  expect(stderr).toBe(`${output} RN016 This can't be written (ENOENT).\n`);
});

it('says that the ½ is missing, until that is said', async () => {
  const folder = newFolder();
  writeWindows(folder, 0.5);
  const warned = await nearsight(folder, ['wham', 'metadata.dat', ...SAID]);
  expect(warned.code).toBe(0);
  expect(warned.stderr).toMatch(/metadata\.dat PD1204 .*without the ½/);
  const said = await nearsight(folder, ['wham', 'metadata.dat', ...SAID, '--convention', 'whole', '--json']);
  expect(said.stderr).toBe('');
  const { barrier } = said.json as { barrier: { forward: number; forward_error: number } };
  expect(Math.abs(barrier.forward - 8 * KT)).toBeLessThan(3 * barrier.forward_error);
});

it('guesses no units, and refuses what makes no sense', async () => {
  const folder = newFolder();
  writeWindows(folder);
  const silent = await nearsight(folder, ['wham', 'metadata.dat']);
  expect(silent).toMatchObject({ code: 2 });
  expect(silent.stderr).toMatch(/XD034 the file does not say in which units/);
  for (const wrong of [
    ['--units', 'nm'],
    ['--bins', '1'],
    ['--range', '2,1'],
    ['--discard', '1'],
    ['--temperature', 'hot'],
    ['--convention', 'quarter'],
  ])
    expect((await nearsight(folder, ['wham', 'metadata.dat', ...wrong])).stderr).toMatch(/^RN014 /);
  expect((await nearsight(folder, ['wham', 'metadata.dat', ...SAID, '--range', '8,9'])).code).toBe(2);
});
