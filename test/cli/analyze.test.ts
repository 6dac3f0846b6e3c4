/** `nearsight analyze` of a trajectory whose curves are known. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nearsight, newFolder } from './nearsight';

/** A nitrogen molecule that vibrates with 70 THz in a cubic cell, every femtosecond. */
function trajectory(frames: number, time = true): string {
  return Array.from({ length: frames }, (_, k) => {
    const half = (1.1 + 0.05 * Math.cos(2 * Math.PI * 0.07 * k)) / 2;
    const lines = [`N ${(2 - half).toFixed(6)} 0 0`, `N ${(2 + half).toFixed(6)} 0 0`];
    const info = `Lattice="12 0 0 0 12 0 0 0 12" Properties=species:S:1:pos:R:3 pbc="T T T"${time ? ` time=${k}` : ''}`;
    return ['2', info, ...lines, ''].join('\n');
  }).join('');
}

it('finds bond length and vibration, and writes curves with their units', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'n2.xyz'), trajectory(600));
  const { code, json } = await nearsight(folder, ['analyze', 'n2.xyz', '--cutoff', '4', '--csv', 'curves', '--json']);
  expect(code).toBe(0);
  const { radial, motion } = json as {
    radial: { pair: string[]; peak: number; coordination: number }[];
    motion: { name: string; peak: number; diffusion: { coefficient: number; from: number; to: number } }[];
  };
  expect(radial.map(({ pair }) => pair)).toEqual([['N', 'N']]);
  expect(Math.abs(radial[0].peak - 1.1)).toBeLessThan(0.06);
  expect(radial[0].coordination).toBe(1);
  expect(motion.map(({ name }) => name)).toEqual(['N']);
  expect(motion[0].diffusion).toMatchObject({ from: 15, to: 60 });
  // Within the resolution of 300 fs.
  expect(Math.abs(motion[0].peak - 70)).toBeLessThan(1.7);
  const spectrum = readFileSync(join(folder, 'curves', 'spectrum.csv'), 'utf8');
  expect(spectrum).toMatch(/^frequency_THz,per_THz_N\n0,/);
  expect(readFileSync(join(folder, 'curves', 'radial.csv'), 'utf8')).toMatch(/^r_angstrom,g_N_N,coordination_N_N\n/);
  expect(readFileSync(join(folder, 'curves', 'displacement.csv'), 'utf8')).toMatch(/^time_fs,angstrom2_N\n0,0\n/);
});

it('says what it leaves out and why, and refuses what makes no sense', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'n2.xyz'), trajectory(20, false));
  const plain = await nearsight(folder, ['analyze', 'n2.xyz']);
  expect(plain.code).toBe(0);
  expect(plain.stdout).toMatch(
    /^20 frames, 2 atoms in the first\n\nradial +first peak \(Å\) +g +to \(Å\) +neighbours\nN–N/,
  );
  expect(plain.stderr).toMatch(/RN022 .*the time between frames: give it/);
  expect((await nearsight(folder, ['analyze', 'n2.xyz', '--timestep', '1'])).stdout).toMatch(/\(THz\)/);
  expect((await nearsight(folder, ['analyze', 'n2.xyz', '--cutoff', '-1'])).code).toBe(2);
  expect((await nearsight(folder, ['analyze', 'n2.xyz', '--skip', '15'])).stdout).toMatch(/^5 frames/);
  const none = await nearsight(folder, ['analyze', 'n2.xyz', '--skip', '20']);
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/leaves no frame/)]);
  expect((await nearsight(folder, ['analyze', 'none.xyz'])).code).toBe(2);
});
