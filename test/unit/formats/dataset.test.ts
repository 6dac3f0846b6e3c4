import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe as group, expect, test } from 'vitest';
import type { DatasetDefinition } from '../../../language/definition/definition';
import { fingerprint, loadDataset, readStructure, type LoadedDataset } from '../../../engine/formats/dataset';
import { expandGlob, matchesSegment } from '../../../engine/formats/globs';
import { splitStructures } from '../../../engine/formats/splits';
import type { LabelledStructure } from '../../../engine/structure/structure';
import { describe, type Result } from '../../../protocol/result';
import { temporaryFolder } from '../../fixtures/folders';
import { problemsOf as allProblemsOf, valueOf } from '../../fixtures/results';

const folder = temporaryFolder();

const problemsOf = (result: Result<unknown>): string[] =>
  allProblemsOf(result).map((problem) => problem.replaceAll(folder, ''));

const span = { start: 0, end: 0 };

function dataset(
  files: readonly string[],
  options: Partial<DatasetDefinition['options']> = {},
  units?: DatasetDefinition['units'],
): DatasetDefinition {
  const defaults = {
    energy: 'auto',
    forces: 'auto',
    stress: 'auto',
    stress_sign: 'tension',
    test: 0.25,
    validation: 0,
    split_by: 'random',
    test_files: undefined,
    validation_files: undefined,
    exclude: undefined,
  } as const;
  return { name: 'd', span, nameSpan: span, options: { ...defaults, ...options, files }, units };
}

async function load(text: string, options?: Partial<DatasetDefinition['options']>): Promise<Result<LoadedDataset>> {
  await writeFile(join(folder, 'data.xyz'), text);
  return loadDataset(dataset(['data.xyz'], options), folder);
}

const frame = (info: string, forces = true): string =>
  forces
    ? `1\nProperties=species:S:1:pos:R:3:forces:R:3 ${info}\nAr 0 0 0 0.5 0 0\n`
    : `1\nProperties=species:S:1:pos:R:3 ${info}\nAr 0 0 0\n`;

group('labels', () => {
  test('the first known key that the data has is taken for all frames, and named', async () => {
    const mixed =
      '1\nProperties=species:S:1:pos:R:3:forces:R:3:REF_forces:R:3:MACE_forces:R:3 energy=-1 REF_energy=-2\nAr 0 0 0 1 0 0 2 0 0 3 0 0\n';
    const loaded = valueOf(await load(mixed + frame('energy=-3') + mixed));
    expect([loaded.energyKey, loaded.forcesKey]).toEqual(['REF_energy', 'REF_forces']);
    expect(loaded.structures.map(({ energy, forces }) => [energy, forces?.[0]])).toEqual([
      [-2, 2],
      [-2, 2],
    ]);
    expect(loaded.warnings.map(describe)).toEqual([
      'XD015 1 of 3 frames have no energy (REF_energy)',
      'XD015 1 of 3 frames have no forces (REF_forces)',
      'XD015 1 of 3 frames have neither and are left out',
    ]);
    expect(loaded.structures.map(({ source }) => source.frame)).toEqual([0, 2]);
  });

  test('a key that is named is taken; one that is absent is an error that says what there is', async () => {
    const loaded = valueOf(await load(frame('energy=-1 E_b3lyp=-7').repeat(2), { energy: 'E_b3lyp' }));
    expect(loaded.structures[0].energy).toBe(-7);
    expect(problemsOf(await load(frame('energy=-1 E_b3lyp=-7'), { energy: 'E_pbe' }))).toEqual([
      'XD014 no frame has the energy key “E_pbe”; there are: energy, E_b3lyp',
    ]);
    expect(problemsOf(await load(frame('Energie=-1', false)))).toHaveLength(2);
  });

  test('energies alone and forces alone are allowed, with a warning', async () => {
    const energies = valueOf(await load(frame('energy=-1', false).repeat(2)));
    expect(energies.forcesKey).toBeUndefined();
    expect(energies.structures[0].forces).toBeUndefined();
    expect(energies.warnings.map(describe)).toEqual(['XD015 no frame has forces: only energies are used']);
    const forces = valueOf(await load(frame('').repeat(2)));
    expect(forces.structures[0].energy).toBeUndefined();
    expect(forces.warnings.map(describe)).toEqual(['XD015 no frame has an energy: only forces are used']);
  });

  test('what can’t be a label is an error', async () => {
    expect(problemsOf(await load(frame('energy=minus') + frame('energy="1 2"')))).toEqual([
      '/data.xyz:1:1 XD020 frame 0: energy must be one finite number, the total energy in eV',
      '/data.xyz:4:1 XD020 frame 1: energy must be one finite number, the total energy in eV',
    ]);
    const strange = '1\nProperties=species:S:1:pos:R:3:forces:R:2 energy=1\nAr 0 0 0 1 0\n';
    expect(problemsOf(await load(strange))).toEqual([
      '/data.xyz:1:1 XD020 frame 0: forces must be a column R:3, forces in eV/Å',
    ]);
    expect(problemsOf(await load(frame('energy=1 stress="1 2 3 4 5 6"')))).toEqual([
      '/data.xyz:1:1 XD020 frame 0: stress must be given with a cell: without a volume there is no stress',
    ]);
  });

  test('virial = −V · stress, from nine numbers or six in Voigt order; a virial overrides', async () => {
    const cell = 'Lattice="2 0 0 0 3 0 0 0 4"';
    const nine = valueOf(await load(frame(`energy=1 ${cell} stress="1 6 5 6 2 4 5 4 3"`)));
    const six = valueOf(await load(frame(`energy=1 ${cell} stress=[1, 2, 3, 4, 5, 6]`)));
    expect([...(nine.structures[0].virial ?? [])]).toEqual([1, 6, 5, 6, 2, 4, 5, 4, 3].map((s) => -24 * s));
    expect(six.structures[0].virial).toEqual(nine.structures[0].virial);
    const both = valueOf(await load(frame(`energy=1 ${cell} stress="1 6 5 6 2 4 5 4 3" virial="1 0 0 0 1 0 0 0 1"`)));
    expect([...(both.structures[0].virial ?? [])]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(both.virialKey).toBe('virial');
    // A key that is named is a virial if its name says so, and a stress otherwise.
    const named = frame(`energy=1 ${cell} stress="1 6 5 6 2 4 5 4 3" s="1 1 1 0 0 0" my_virial="2 2 2 0 0 0"`);
    const diagonal = async (key: string): Promise<number | undefined> =>
      valueOf(await load(named, { stress: key })).structures[0].virial?.[0];
    expect([await diagonal('s'), await diagonal('my_virial')]).toEqual([-24, 2]);
    // Of programs that have them positive under pressure.
    const turned = async (key: string): Promise<number | undefined> =>
      valueOf(await load(named, { stress: key, stress_sign: 'pressure' })).structures[0].virial?.[0];
    expect([await turned('s'), await turned('my_virial')]).toEqual([24, -2]);
    expect(problemsOf(await load(named, { stress: 'none' }))[0]).toContain('XD014 no frame has the stress key “none”');
  });

  test('a stress needs a crystal: of molecules and slabs it is left out, and counted', async () => {
    const cell = 'Lattice="2 0 0 0 3 0 0 0 4" stress="1 6 5 6 2 4 5 4 3"';
    const text = frame(`energy=1 ${cell} pbc="T T F"`) + frame(`energy=1 ${cell}`);
    const loaded = valueOf(await load(text, { stress: 'stress' }));
    expect(loaded.structures.map(({ virial }) => virial === undefined)).toEqual([true, false]);
    expect(loaded.warnings.map(describe)).toEqual([
      'PD0605 1 of 2 frames have a stress or virial (stress) and are not periodic in all directions: it is not used',
    ]);
    // Nobody asked for them.
    expect(valueOf(await load(text)).warnings).toEqual([]);
  });

  test('energy and free energy that differ are pointed out', async () => {
    const loaded = valueOf(await load(frame('energy=-1 free_energy=-1.1') + frame('energy=-1 free_energy=-1')));
    expect(loaded.energyKey).toBe('energy');
    expect(loaded.warnings.map(({ code }) => code)).toEqual(['XD018']);
  });

  test('calculations that did not converge and mixed methods are pointed out, as long as they are used', async () => {
    const text =
      frame('energy=-1 functional=PBE') + frame('energy=-1 functional=RPBE') + frame('energy=-1 converged=F');
    const loaded = valueOf(await load(text));
    expect(loaded.warnings.map(({ code, message }) => [code, message.slice(0, 40)])).toEqual([
      ['PD0909', '1 of 3 frames say that their calculation'],
      ['PD0910', '`functional` names 2 methods: PBE (1), R'],
    ]);
    const file = join(folder, 'methods.xyz');
    await writeFile(file, text);
    const without = await loadDataset(dataset([file], { exclude: [`${file}:1-2`], test: 0 }), folder);
    expect(valueOf(without).warnings).toEqual([]);
  });
});

group('files', () => {
  test('globs, several files, hashes, progress', async () => {
    await mkdir(join(folder, 'set', 'deep', 'er'), { recursive: true });
    for (const name of ['set/b.xyz', 'set/a.xyz', 'set/deep/c.xyz', 'set/deep/er/d.xyz', 'set/e.txt', 'set/.f.xyz'])
      await writeFile(join(folder, name), frame(`energy=-1 from=${name}`));
    const seen: [number, number][] = [];
    const all = valueOf(
      await loadDataset(dataset(['set/**/*.xyz', 'set/a.xyz'], { test: 0 }), folder, (done, total) =>
        seen.push([done, total]),
      ),
    );
    expect(all.files.map(({ file }) => file.slice(folder.length + 1))).toEqual(
      ['set/a.xyz', 'set/b.xyz', 'set/deep/c.xyz', 'set/deep/er/d.xyz'].map((name) => name.replaceAll('/', join('/'))),
    );
    expect(all.files[0].frames).toBe(1);
    expect(valueOf(await fingerprint(join(folder, 'set', 'a.xyz')))).toEqual(all.files[0]);
    expect(all.files[0].sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(seen.at(-1)?.[0]).toBe(seen.at(-1)?.[1]);
    expect([...all.set]).toEqual([0, 0, 0, 0]);
  });

  test('what is wrong in any file is wrong with the dataset, with its place', async () => {
    await writeFile(join(folder, 'bad.xyz'), frame('energy=1') + frame('energy=2').replace('0.5', 'NaN'));
    await writeFile(join(folder, 'empty.xyz'), '\n\n');
    await writeFile(join(folder, 'cut.xyz'), frame('energy=1') + frame('energy=2').slice(0, -18));
    expect(problemsOf(await loadDataset(dataset(['bad.xyz', 'empty.xyz', 'cut.xyz', 'absent.xyz']), folder))).toEqual([
      '/bad.xyz:6:10 XD010 “NaN” is not a finite number',
      '/empty.xyz XD002 the file has no frames: is it the right one, and was it written to the end?',
      '/cut.xyz:4:1 XD004 this frame says 1 atoms, but only 0 lines follow: it is truncated',
      "/absent.xyz XD001 the file can't be read: there is no such file",
    ]);
    expect(problemsOf(await loadDataset(dataset(['nothing/*.xyz']), folder))).toEqual([
      ' XD016 no file matches “nothing/*.xyz” in this folder',
    ]);
  });

  test('n2p2 files with their units and sets; a units block for extended XYZ is pointed out', async () => {
    const text = ['train', 'test'].map((set) => `begin set=${set}\natom 0 0 1 Ar 0 0 0 0 1\nenergy 1\nend\n`).join('');
    await writeFile(join(folder, 'input.data'), text);
    const units = { length: 'bohr', energy: 'hartree' } as const;
    const loaded = valueOf(await loadDataset(dataset(['input.data'], { split_by: { key: 'set' } }, units), folder));
    expect(loaded.structures[0].energy).toBeCloseTo(27.2114, 4);
    expect(loaded.structures[0].positions[2]).toBeCloseTo(0.529177, 6);
    expect([...loaded.set]).toEqual([0, 1]);
    expect(loaded.warnings).toEqual([]);
    expect(loaded.files[0].units).toEqual(units);
    await writeFile(join(folder, 'data.xyz'), frame('energy=1').repeat(2));
    const needless = valueOf(await loadDataset(dataset(['data.xyz'], {}, units), folder));
    expect(needless.warnings.map(({ code }) => code)).toEqual(['XD022']);
    expect(needless.structures[0].energy).toBe(1);
    expect(needless.files[0].units).toBeUndefined();
  });

  test('dumps of LAMMPS: forces, in the units of the dataset; types without elements are refused', async () => {
    const dump = (columns: string, rows: string): string =>
      `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n0 9\nITEM: ATOMS ${columns}\n${rows}`;
    await writeFile(
      join(folder, 'md.dump'),
      dump('id element x y z fx fy fz', '2 O 0 0 1 0 0 2\n1 H 0 0 0 0 0 1\n').repeat(4),
    );
    const units = { length: 'angstrom', energy: 'kcal/mol' } as const;
    const { structures, files } = valueOf(await loadDataset(dataset(['md.dump'], {}, units), folder));
    expect(structures).toHaveLength(4);
    expect([...structures[3].numbers]).toEqual([1, 8]);
    expect(structures[3].forces?.[2]).toBeCloseTo(0.0433641, 7);
    expect(files).toMatchObject([{ frames: 4, units }]);
    // Nobody has told them: nobody is to take the file for one in Å, eV.
    const untold = valueOf(await loadDataset(dataset(['md.dump'], {}), folder));
    expect(untold.files[0].units).toBeUndefined();
    await writeFile(join(folder, 'types.dump'), dump('id type x y z fx fy fz', '2 2 0 0 1 0 0 2\n1 1 0 0 0 0 0 1\n'));
    const refused = /types.dump:1:1 XD011 atom 0 of type 1 is of no known element: have its symbol written/;
    expect(problemsOf(await loadDataset(dataset(['types.dump'], {}, units), folder))[0]).toMatch(refused);
    expect(problemsOf(await readStructure(join(folder, 'types.dump')))[0]).toMatch(refused);
  });

  test('one structure: the last frame, or the one that is named', async () => {
    const file = join(folder, 'start.xyz');
    await writeFile(file, frame('energy=1') + frame('energy=2'));
    expect(valueOf(await readStructure(file)).info.get('energy')).toBe(2);
    expect(valueOf(await readStructure(file, 0)).info.get('energy')).toBe(1);
    expect(problemsOf(await readStructure(file, 2))[0]).toContain('XD023');
    await writeFile(file, '');
    expect(problemsOf(await readStructure(file))[0]).toContain('XD002');
    await writeFile(file, '3\n\nAr 0 0 0\n');
    expect(problemsOf(await readStructure(file))[0]).toContain(':1:1 XD004');
  });
});

group('splits', () => {
  const structure = (frame: number, configType?: string, split?: string, file = 'a'): LabelledStructure => ({
    numbers: Uint8Array.of(18),
    positions: new Float64Array(3),
    periodic: [false, false, false],
    energy: 0,
    source: { file, frame },
    configType,
    split,
  });
  const series = (n: number, configType?: string, file?: string): LabelledStructure[] =>
    Array.from({ length: n }, (_, i) => structure(i, configType, undefined, file));
  const count = (set: Uint8Array, which: number): number => set.filter((s) => s === which).length;
  const countTest = (set: Uint8Array): number => count(set, 1);

  test('random: the same for the same seed, of the wanted size, never all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        fc.nat(5),
        (n, fraction, seed) => {
          const split = (s: number): Uint8Array =>
            valueOf(splitStructures(series(n), { test: fraction, validation: 0, split_by: 'random' }, s));
          const tests = countTest(split(seed));
          expect(split(seed)).toEqual(split(seed));
          expect(tests).toBeLessThan(n);
          if (n > 1 && fraction > 0) {
            expect(tests).toBeGreaterThan(0);
            expect(Math.abs(tests - fraction * n)).toBeLessThanOrEqual(1);
          } else expect(tests).toBe(0);
          // A validation set takes nothing from the test set, and leaves something to train on.
          const options = { test: fraction, validation: 0.2, split_by: 'random' } as const;
          const three = valueOf(splitStructures(series(n), options, seed));
          expect(three.map((set) => (set === 1 ? 1 : 0))).toEqual(split(seed));
          expect(count(three, 2)).toBeLessThanOrEqual(Math.max(1, Math.round(0.2 * n)));
          expect(count(three, 0)).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
    const split = (s: number): Uint8Array =>
      valueOf(splitStructures(series(100), { test: 0.5, validation: 0, split_by: 'random' }, s));
    expect(split(1)).not.toEqual(split(2));
  });

  test('trajectory: the end of every run of structures', () => {
    const structures = [...series(8, 'hot'), ...series(4, 'cold'), ...series(4, 'cold', 'b')];
    const split = (validation: number): string =>
      [...valueOf(splitStructures(structures, { test: 0.25, validation, split_by: 'trajectory' }, 1))].join('');
    expect(split(0)).toBe('0000001100010001');
    // The validation set stands between the two others.
    expect(split(0.25)).toBe('0000221100210021');
    // Many short runs: as many in all as wanted, not none.
    const short = Array.from({ length: 30 }, (_, i) => series(3, `t${i}`)).flat();
    const set = valueOf(splitStructures(short, { test: 0.1, validation: 0.2, split_by: 'trajectory' }, 1));
    expect([countTest(set), count(set, 2)]).toEqual([9, 18]);
  });

  test('config_type: whole types, about as many structures as wanted', () => {
    const structures = ['a', 'b', 'c', 'd', 'e'].flatMap((type) => series(10, type));
    const set = valueOf(splitStructures(structures, { test: 0.3, validation: 0.2, split_by: 'config_type' }, 3));
    expect(count(set, 2)).toBe(10);
    expect(countTest(set)).toBe(20);
    for (let type = 0; type < 5; type++) expect(new Set(set.subarray(10 * type, 10 * type + 10)).size).toBe(1);
    const refused = splitStructures(series(5, 'a'), { test: 0.3, validation: 0, split_by: 'config_type' }, 1);
    expect(problemsOf(refused)[0]).toContain('XD019');
    const three = [...series(5, 'a'), ...series(5, 'b'), ...series(5, 'c')];
    const all = valueOf(splitStructures(three, { test: 0.9, validation: 0.9, split_by: 'config_type' }, 1));
    expect([0, 1, 2].map((which) => count(all, which))).toEqual([5, 5, 5]);
  });

  test('key: train, test and validation; anything else is an error at its frame', () => {
    const of = (...values: (string | undefined)[]): Result<Uint8Array> =>
      splitStructures(
        values.map((value, i) => structure(i, undefined, value)),
        { test: 0.1, validation: 0.5, split_by: { key: 's' } },
        1,
      );
    expect([...valueOf(of('train', 'test', 'validation', 'Train'))]).toEqual([0, 1, 2, 0]);
    // Where no frame is for validation it is taken from those to train on.
    const taken = valueOf(of('train', 'test', 'train', 'train', 'train'));
    expect([taken[1], count(taken, 0), count(taken, 2)]).toEqual([1, 2, 2]);
    expect(problemsOf(of('train', 'no', undefined))).toEqual([
      'a XD019 frame 1 says s=no, but split_by = key("s") needs train, test or validation in every frame',
      'a XD019 frame 2 has no key “s”, but split_by = key("s") needs train, test or validation in every frame',
    ]);
    expect(problemsOf(of('test', 'test'))).toEqual([
      'XD019 no structure is left to train on: all of them are in other sets',
    ]);
  });
});

test('split_by = file: the files of the sets, whether they stand among the others or not', async () => {
  for (const name of ['a', 'b', 'c']) await writeFile(join(folder, `${name}.xyz`), frame('energy=1').repeat(2));
  const split = async (options: Partial<DatasetDefinition['options']>, ...files: string[]): Promise<string> =>
    [...valueOf(await loadDataset(dataset(files, { split_by: 'file', ...options }), folder)).set].join('');
  expect(await split({ test_files: ['c.xyz'], validation_files: ['b.xyz'] }, 'a.xyz')).toBe('002211');
  expect(await split({ test_files: ['a.xyz'] }, 'a.xyz', 'b.xyz')).toBe('1100');
  // What rounding takes from two training structures for validation is one.
  expect((await split({ test_files: ['a.xyz'], validation: 0.5 }, 'a.xyz', 'b.xyz')).replace('2', '')).toBe('110');
  const none = await loadDataset(dataset(['a.xyz'], { split_by: 'file', test_files: ['a.xyz'] }), folder);
  expect(problemsOf(none)).toEqual(['XD019 no structure is left to train on: all of them are in other sets']);
});

test('exclude leaves frames out, and every other structure in its set', async () => {
  const text = Array.from({ length: 12 }, (_, k) => frame(`energy=${k}`)).join('');
  const all = valueOf(await load(text));
  const some = valueOf(await load(text, { exclude: ['data.xyz:3', 'data.xyz:7-9'] }));
  const expected = [...all.structures.keys()].filter((k) => k !== 3 && !(k >= 7 && k <= 9));
  expect(some.structures.map(({ source }) => source.frame)).toEqual(expected);
  expect([...some.set]).toEqual(expected.map((k) => all.set[k]));
  expect(some.warnings).toEqual(all.warnings);
  const warned = valueOf(await load(text, { exclude: ['data.xyz:12', 'other.xyz:0', 'data.xyz:0'] }));
  expect(warned.structures).toHaveLength(11);
  expect(warned.warnings.map(({ code }) => code)).toEqual(['XD030', 'XD030']);
  expect(problemsOf(await load(text, { exclude: ['data.xyz:0-11'] }))).toEqual([
    'XD019 no structure is left to train on: `exclude` leaves them all out',
  ]);
});

group('globs', () => {
  test('segments match as regular expressions would', () => {
    expect(matchesSegment('*.xyz', 'a.xyz')).toBe(true);
    expect(matchesSegment('*.xyz', '.xyz')).toBe(false);
    expect(matchesSegment('.*', '.xyz')).toBe(true);
    const name = fc.stringMatching(/^[ab.]{0,8}$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[ab.*?]{0,8}$/), name, (pattern, text) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('?', '.').replaceAll('*', '.*');
        const hidden = text.startsWith('.') && !pattern.startsWith('.');
        expect(matchesSegment(pattern, text)).toBe(!hidden && new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 2000 },
    );
    // Would take for ever with backtracking.
    expect(matchesSegment('*a'.repeat(30), 'a'.repeat(29) + 'b')).toBe(false);
  });

  test('cycles of links are not followed', async () => {
    await mkdir(join(folder, 'cycle'), { recursive: true });
    await writeFile(join(folder, 'cycle', 'x.xyz'), '');
    await symlink(join(folder, 'cycle'), join(folder, 'cycle', 'again'));
    expect(await expandGlob('cycle/**/**/*.xyz', folder)).toEqual([join(folder, 'cycle', 'x.xyz')]);
  });
});

test('every code of a problem has its page', async () => {
  const root = resolve(import.meta.dirname, '../../..');
  const pages = resolve(import.meta.dirname, '../../../docs/diagnostics');
  const codes = new Set<string>();
  for (const folder of [join(root, 'engine/formats'), join(root, 'server/data')])
    for (const name of await readdir(folder))
      for (const [code] of (await readFile(join(folder, name), 'utf8')).matchAll(/\bXD\d{3}\b/g)) codes.add(code);
  expect(codes.size).toBeGreaterThan(20);
  for (const code of codes) expect(existsSync(join(pages, `${code}.md`)), code).toBe(true);
  for (const page of await readdir(pages)) if (page.startsWith('XD')) expect(codes).toContain(page.slice(0, 5));
});
