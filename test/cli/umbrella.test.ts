/** Umbrella sampling as a process: what it leaves in its folder, and that a killed one leaves the same. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { decodePmf } from '../../protocol/pmf';
import { eventsOf, killAt, manifestOf, nearsight, newFolder, start, until } from './nearsight';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const CENTERS = [3.6, 3.9, 4.2, 4.5];
const DEFINITION = `potential argon {
  elements = [Ar]
  cutoff = 9 Å
  pair lennard_jones { epsilon = 0.0103 eV; sigma = 3.4 Å }
}
umbrella apart {
  potential = argon
  structure = "start.xyz"
  ensemble langevin { temperature = 60 K; friction = 10 1/ps }
  coordinate distance { atoms = [0, 1]; centers = linspace(3.6, 4.5, 4) Å; force_constant = 0.2 eV/Å^2 }
  timestep = 10 fs
  duration = 20 ps
  equilibration = 1 ps
  output { every = 5 }
}
`;

function newCase(definition = DEFINITION): string {
  const folder = newFolder();
  writeFileSync(join(folder, 'argon.potential'), definition);
  writeFileSync(
    join(folder, 'start.xyz'),
    '3\nLattice="20 0 0 0 20 0 0 0 20" Properties=species:S:1:pos:R:3 pbc="T T T"\nAr 0 0 0\nAr 4 0 0\nAr 9 9 9\n',
  );
  return folder;
}

const args = ['umbrella', 'argon.potential', '--json', '--checkpoint', '0.05'];
const FILES = ['metadata.dat', 'pmf.bin', 'windows.xyz', ...CENTERS.map((_, k) => `window-00${k + 1}.dat`)];
const filesOf = (run: string): Record<string, string> =>
  Object.fromEntries(FILES.map((name) => [name, readFileSync(join(run, name)).toString('base64')]));

describe('nearsight umbrella', () => {
  let run: string;
  let json: Record<string, unknown>;

  beforeAll(async () => {
    const ended = await nearsight(newCase(), args);
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
    json = ended.json;
    run = String(json.run);
  });

  it('writes what other programs read', async () => {
    const lines = readFileSync(join(run, 'metadata.dat'), 'utf8').split('\n');
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
      ...CENTERS.map((center, k) => `window-00${k + 1}.dat ${center} 0.2`),
      '',
    ]);
    expect(lines).toEqual(expect.arrayContaining(['# unit Å', '# energy eV', '# temperature 60', '# periodic no']));
    const series = readFileSync(join(run, 'window-002.dat'), 'utf8').trim().split('\n');
    const rows = series.filter((line) => !line.startsWith('#')).map((line) => line.split(' ').map(Number));
    expect(rows).toHaveLength(400);
    expect(rows[0][0]).toBe(50);
    const mean = rows.reduce((sum, [, value]) => sum + value, 0) / rows.length;
    expect(Math.abs(mean - 3.9)).toBeLessThan(0.1);
    // Of a distance 1/m + 1/m.
    for (const [, , inverseMass] of rows) expect(inverseMass).toBeCloseTo(2 / 39.948, 4);
    const wham = await nearsight(run, ['wham', 'metadata.dat', '--json']);
    expect(wham.code).toBe(0);
  });

  it('finds the profile, and says what came of it', () => {
    const pmf = decodePmf(readFileSync(join(run, 'pmf.bin')));
    expect(pmf?.meta).toMatchObject({
      coordinate: { name: 'd(Ar0–Ar1)', unit: 'Å', periodic: false },
      temperature: 60,
      jacobian: true,
      connected: true,
    });
    expect(pmf?.meta.windows.map(({ center }) => center)).toEqual(CENTERS);
    expect(manifestOf(run)).toMatchObject({ state: 'finished', results: { windows: 4, trajectory: 'windows.xyz' } });
    const windows = eventsOf(run).filter((event) => event.type === 'window');
    // The start is nearest to the second one.
    expect([...new Set(windows.map(({ window }) => window))]).toEqual([2, 3, 4, 1]);
    expect(new Set(windows.map(({ phase }) => phase))).toEqual(new Set(['equilibration', 'sampling']));
    expect(windows.at(-1)).toMatchObject({ visited: 3, windows: 4, step: 2000, steps: 2000, remaining: 0 });
    // The energy is that of the potential, without the spring.
    expect(readFileSync(join(run, 'windows.xyz'), 'utf8').match(/window=\d center=[\d.]+/g)).toHaveLength(4);
  });

  const moments = [
    ['in a window', killAt('writeSync', 'checkpoint/\\.\\d+\\.bin', 23)],
    ['before the state at its end has its name', killAt('renameSync', 'window-003\\.state', 1)],
    ['before the profile has its name', killAt('renameSync', 'pmf\\.bin', 2)],
    ['in the middle of a value', killAt('writeSync', 'window-001\\.dat', 100)],
  ] as const;
  it.each(moments)('killed %s and resumed, it ends with the same bytes', async (moment, env) => {
    const folder = newCase();
    // A checkpoint after each step, where a step is to be the last.
    const often = moment === 'in a window' ? ['--checkpoint', '0'] : [];
    expect((await nearsight(folder, [...args, ...often], env)).signal).toBe('SIGKILL');
    const other = join(folder, 'runs/umbrella-apart/001');
    const { code, stderr } = await nearsight(folder, ['resume', other, '--json', '--threads', '2']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(filesOf(other)).toEqual(filesOf(run));
  });

  it('stopped in a window and resumed, it ends with the same bytes', async () => {
    const folder = newCase();
    const other = join(folder, 'runs/umbrella-apart/001');
    const { child, ended } = start(folder, args);
    await until(() => eventsOf(other).some((event) => event.type === 'window'));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 1, json: { state: 'stopped' } });
    expect((await nearsight(folder, ['resume', other, '--json'])).code).toBe(0);
    expect(filesOf(other)).toEqual(filesOf(run));
  });

  it('a run of whose finished windows one was cut cannot go on', async () => {
    const folder = newCase();
    const other = join(folder, 'runs/umbrella-apart/001');
    // A checkpoint after each step, so that the window is finished in it.
    await nearsight(folder, [...args, '--checkpoint', '0'], killAt('writeSync', 'window-003\\.dat', 100));
    const series = join(other, 'window-002.dat');
    writeFileSync(series, `${readFileSync(series, 'utf8').split('\n').slice(0, 100).join('\n')}\n`);
    const { code, stderr } = await nearsight(folder, ['resume', other, '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/window-002\.dat.* RN012 /u);
  });

  it('a run whose files are gone cannot go on, and says so', async () => {
    const folder = newCase();
    const other = join(folder, 'runs/umbrella-apart/001');
    await nearsight(folder, args, killAt('writeSync', 'window-003\\.dat', 100));
    for (const name of readdirSync(other)) if (name.endsWith('.state')) rmSync(join(other, name));
    const { code, stderr } = await nearsight(folder, ['resume', other, '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/RN012 The state at the end of the neighbouring window is missing/u);
  });

  it.each([
    [
      'an atom that is not there',
      DEFINITION.replace('[0, 1]', '[0, 3]'),
      /PD1201 The coordinate has an atom 3: the structure has 3, counted from 0 to 2/u,
    ],
    [
      'what could not be read again',
      DEFINITION.replace('20 ps', '1000 ns').replace('every = 5', 'every = 1'),
      /RN013 .*each window would have 100000000 values, more than the 3355443/u,
    ],
    ['no thermostat', DEFINITION.replace('langevin { temperature = 60 K; friction = 10 1/ps }', 'nve { }'), /PD0008/u],
  ])('%s is refused before anything is written', async (_, definition, message) => {
    const folder = newCase(definition);
    const { code, stderr } = await nearsight(folder, args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(readdirSync(folder)).not.toContain('runs');
  });

  it('atoms at one place are refused', async () => {
    const folder = newCase();
    writeFileSync(join(folder, 'start.xyz'), '2\n\nAr 0 0 0\nAr 0 0 0\n');
    const { code, stderr } = await nearsight(folder, args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/argon\.potential:6:1 PD1201 .* means nothing in the structure/u);
  });
});
