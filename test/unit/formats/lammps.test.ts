import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe as group, expect, test } from 'vitest';
import { toFrameData, typesOf, withElements, type Column, type Frame } from '../../../engine/formats/frame';
import { openFrames, type FrameSource } from '../../../engine/formats/frames';
import { decodeDumpFrame } from '../../../engine/formats/lammps-dump';
import { decodeLammpsData } from '../../../engine/formats/lammps-data';
import { decodeYamlFrame } from '../../../engine/formats/lammps-yaml';
import { NO_CONVERSION, unitFactors } from '../../../engine/formats/n2p2-data';
import { describe, type Result } from '../../../protocol/result';
import { temporaryFolder } from '../../fixtures/folders';
import { problemsOf, valueOf } from '../../fixtures/results';
import { damaged } from './damage';

const folder = temporaryFolder();

const dump = (text: string): Result<Frame> => decodeDumpFrame(Buffer.from(text), 'a.dump', 1, undefined, NO_CONVERSION);
const yaml = (text: string): Result<Frame> => decodeYamlFrame(Buffer.from(text), 'a.yaml', 1, NO_CONVERSION);
const data = (text: string): Result<Frame> => decodeLammpsData(Buffer.from(text), 'a.data', 1, NO_CONVERSION);
const column = (frame: Frame, name: string): Column['values'] | undefined => frame.columns.get(name)?.values;
const rounded = (values: ArrayLike<number> | undefined): number[] =>
  Array.from(values ?? [], (x) => Math.round(x * 1e9) / 1e9 + 0);

async function write(name: string, text: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}
const open = async (name: string, text: string): Promise<FrameSource> =>
  valueOf(await openFrames(await write(name, text)));

const ORTHOGONAL = `ITEM: TIMESTEP
500
ITEM: NUMBER OF ATOMS
3
ITEM: BOX BOUNDS pp pp ff
1 11
-2 18
0.5 30.5
ITEM: ATOMS id type element x y z vx vy vz fx fy fz q c_pe
3 2 H 2 3 4 1000 0 0 0.1 0.2 0.3 0.4 -1.5
1 1 O 1.5 -1 1 0 2000 0 1 2 3 -0.8 -2.5
2 2 H 11 18 30.5 0 0 3000 4 5 6 0.4 -3.5
`;

group('dumps', () => {
  test('atoms come in the order of their ids, from the corner of the box', () => {
    const frame = valueOf(dump(ORTHOGONAL));
    expect([...frame.numbers]).toEqual([8, 1, 1]);
    expect([...frame.positions]).toEqual([0.5, 1, 0.5, 10, 20, 30, 1, 5, 3.5]);
    expect([...(frame.cell ?? [])]).toEqual([10, 0, 0, 0, 20, 0, 0, 0, 30]);
    expect(frame.periodic).toEqual([true, true, false]);
    expect([...frame.info]).toEqual([
      ['step', 500],
      ['origin', [1, -2, 0.5]],
    ]);
    expect([...frame.columns.keys()]).toEqual(['id', 'type', 'velocities', 'forces', 'charges', 'c_pe']);
    expect(frame.columns.get('id')).toEqual({ type: 'I', width: 1, values: Float64Array.of(1, 2, 3) });
    expect(column(frame, 'forces')).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6, 0.1, 0.2, 0.3));
    expect(column(frame, 'velocities')).toEqual(Float64Array.of(0, 2000, 0, 0, 0, 3000, 1000, 0, 0));
    expect(column(frame, 'charges')).toEqual(Float64Array.of(-0.8, 0.4, 0.4));
    expect(column(frame, 'c_pe')).toEqual(Float64Array.of(-2.5, -3.5, -1.5));
  });

  test('scaled, unscaled and unwrapped are ways of writing the same, in a triclinic box too', () => {
    // LAMMPS writes the box around the tilted one: a = (10, 0, 0), b = (-3, 8, 0), c = (2, -1.5, 12) from (1, 2, 3).
    const box = 'ITEM: BOX BOUNDS xy xz yz pp pp pp\n-2 13 -3\n0.5 10 2\n3 15 -1.5\n';
    const write = (columns: string, rows: readonly (readonly number[])[]): string =>
      `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n2\n${box}ITEM: ATOMS id type ${columns}\n${rows
        .map((row, i) => `${i + 1} 1 ${row.join(' ')}\n`)
        .join('')}`;
    const fractional = [
      [0.25, 0.5, 0.75],
      [1.125, -0.5, 2],
    ];
    // r = origin + f₀a + f₁b + f₂c, written out.
    const cartesian = fractional.map(([f, g, h]) => [1 + 10 * f - 3 * g + 2 * h, 2 + 8 * g - 1.5 * h, 3 + 12 * h]);
    const frames = [
      write('x y z', cartesian),
      write('xu yu zu', cartesian),
      write('xs ys zs', fractional),
      write('xsu ysu zsu', fractional),
      write(
        'x y z xu yu zu',
        cartesian.map((row) => [9, 9, 9, ...row]),
      ),
      write(
        'zs ys xs',
        fractional.map((row) => row.toReversed()),
      ),
    ].map((text) => valueOf(dump(text)));
    for (const frame of frames) {
      expect([...(frame.cell ?? [])]).toEqual([10, 0, 0, -3, 8, 0, 2, -1.5, 12]);
      expect(rounded(frame.positions)).toEqual(rounded(cartesian.flatMap(([x, y, z]) => [x - 1, y - 2, z - 3])));
    }
  });

  test('a general triclinic box: its vectors and its origin', () => {
    const frame = valueOf(
      dump(
        ORTHOGONAL.replace(
          /ITEM: BOX[^]*?ITEM: ATOMS/,
          'ITEM: BOX BOUNDS abc origin pp pp pp\n1 2 3 0.5\n-3 1 2 0\n0 1 9 0\nITEM: ATOMS',
        ),
      ),
    );
    expect([...(frame.cell ?? [])]).toEqual([1, 2, 3, -3, 1, 2, 0, 1, 9]);
    expect([...frame.positions].slice(0, 3)).toEqual([1, -1, 1]);
  });

  test('units that the first frame names hold for all', async () => {
    const named = ORTHOGONAL.replaceAll('ITEM: TIMESTEP', 'ITEM: TIME\n2.5\nITEM: TIMESTEP');
    const source = await open('real.dump', `ITEM: UNITS\nelectron\n${named}${named}`);
    expect(source.count).toBe(2);
    expect([0, 1].map((i) => source.line(i))).toEqual([1, 17]);
    for (let i = 0; i < 2; i++) {
      const frame = valueOf(await source.read(i));
      const bohr = 0.529177210544;
      expect(rounded(frame.positions.slice(0, 3))).toEqual(rounded([0.5 * bohr, bohr, 0.5 * bohr]));
      expect(rounded(frame.cell?.slice(0, 1))).toEqual(rounded([10 * bohr]));
      expect(rounded(column(frame, 'forces') as Float64Array).slice(0, 1)).toEqual(rounded([27.211386245981 / bohr]));
      expect(rounded(column(frame, 'velocities') as Float64Array).slice(1, 2)).toEqual(
        rounded([(2000 * bohr) / 1.03275]),
      );
      expect(frame.info.get('time')).toBe(2.5);
      expect(frame.info.get('units')).toBe('electron');
    }
    const metal = valueOf(dump(`ITEM: UNITS\nmetal\n${named}`));
    expect(metal.info.get('time')).toBe(2500);
    expect(column(metal, 'velocities')?.[1]).toBe(2);
    expect(column(metal, 'forces')?.[0]).toBe(1);
    const kcal = valueOf(dump(`ITEM: UNITS\nreal\n${named}`));
    expect(column(kcal, 'forces')?.[0]).toBeCloseTo(0.0433641042, 9);
    // Without, a time has no unit, and the dataset says those of the others.
    expect(valueOf(dump(named)).info.get('time')).toBeUndefined();
    expect(valueOf(dump(named)).info.get('time_as_written')).toBe(2.5);
    const units = unitFactors({ length: 'nm', energy: 'meV' });
    const converted = valueOf(decodeDumpFrame(Buffer.from(ORTHOGONAL), 'a', 1, undefined, units));
    expect([...converted.positions.slice(0, 3)]).toEqual([5, 10, 5]);
    expect(column(converted, 'forces')?.[0]).toBeCloseTo(1e-4, 15);
  });

  test('elements from names of types or masses; a numbered type alone is none', () => {
    const write = (columns: string, rows: readonly string[]): Frame =>
      valueOf(
        dump(
          `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n${rows.length}\nITEM: BOX BOUNDS\n0 1\n0 1\n0 1\nITEM: ATOMS ${columns}\n${rows.join('\n')}\n`,
        ),
      );
    expect([...write('type x y z', ['Si 0 0 0', 'O 0 0 1']).numbers]).toEqual([14, 8]);
    const mixed = write('element x y z', ['Ow 0 0 0', 'O 0 0 1']);
    expect([...mixed.numbers]).toEqual([0, 8]);
    expect(column(mixed, 'element')).toEqual(['Ow', 'O']);
    expect([...write('type mass x y z', ['1 28.1 0 0 0', '2 15.9994 0 0 1', '3 300 0 0 0']).numbers]).toEqual([
      14, 8, 0,
    ]);
    const numbered = write('id type x y z ix iy iz', ['1 8 0 0 0 0 1 -1', '2 1 0 0 1 0 0 0']);
    expect([...numbered.numbers]).toEqual([0, 0]);
    expect(column(numbered, 'type')).toEqual(Float64Array.of(8, 1));
    expect(numbered.columns.get('image')).toEqual({ type: 'I', width: 3, values: Float64Array.of(0, 1, -1, 0, 0, 0) });
    expect(numbered.periodic).toEqual([true, true, true]);
  });

  test('types without an element are told, and take those that they are given', () => {
    const frame = valueOf(
      dump(
        'ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n3\nITEM: BOX BOUNDS\n0 9\n0 9\n0 9\nITEM: ATOMS id type x y z\n1 2 0 0 0\n2 7 1 0 0\n3 2 2 0 0\n',
      ),
    );
    expect(toFrameData(frame).types).toEqual({ names: ['2', '7'], of: Uint8Array.of(0, 1, 0) });
    expect([...withElements(frame, { 2: 14, 9: 1 }).numbers]).toEqual([14, 0, 14]);
    expect(withElements(frame, {}).numbers).toBe(frame.numbers);
    // Of labels that are no symbols too; atoms whose element is known keep it.
    const labelled = valueOf(
      dump(
        'ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n3\nITEM: ATOMS element x y z\nO 0 0 0\nHw 1 0 0\n__proto__ 2 0 0\n',
      ),
    );
    expect(toFrameData(labelled).types).toEqual({ names: ['Hw', '__proto__'], of: Uint8Array.of(255, 0, 1) });
    expect([...withElements(labelled, { Hw: 1, O: 16 }).numbers]).toEqual([8, 1, 0]);
    expect(toFrameData(valueOf(dump(ORTHOGONAL))).types).toBeUndefined();
    expect(typesOf({ ...frame, numbers: Uint8Array.of(1, 1, 1) })).toBeUndefined();
  });

  test('vectors and arrays are columns of several values', () => {
    const frame = valueOf(
      dump(
        ORTHOGONAL.replace(/ITEM: ATOMS[^]*/, 'ITEM: ATOMS x y z mux muy muz c_s[1] c_s[2] c_s[3] v_name c_t[2]\n') +
          '1 2 3 4 5 6 7 8 9 abc 1\n1 2 3 4 5 6 7 8 9 de 2\n1 2 3 4 5 6 7 8 9 abc 3\n',
      ),
    );
    expect([...frame.columns].map(([name, { type, width }]) => `${name}:${type}:${width}`)).toEqual([
      'mu:R:3',
      'c_s:R:3',
      'v_name:S:1',
      'c_t[2]:R:1',
    ]);
    expect(column(frame, 'v_name')).toEqual(['abc', 'de', 'abc']);
  });

  test('frames with different numbers of atoms, ids with gaps, CRLF', async () => {
    const frame = (step: number, ids: readonly number[]): string =>
      `ITEM: TIMESTEP\n${step}\nITEM: NUMBER OF ATOMS\n${ids.length}\nITEM: BOX BOUNDS pp pp pp\n0 9\n0 9\n0 9\nITEM: ATOMS id type x y z\n${ids.map((id) => `${id} 1 ${id} 0 0\n`).join('')}`;
    const source = await open(
      'varying.lammpstrj',
      (frame(0, [7, 100, 3]) + frame(10, [5]) + frame(20, [2, 1, 4, 3])).replaceAll('\n', '\r\n'),
    );
    expect(source.count).toBe(3);
    const frames = await Promise.all([0, 1, 2].map(async (i) => valueOf(await source.read(i))));
    expect(frames.map(({ columns }) => [...(columns.get('id')?.values ?? [])])).toEqual([[3, 7, 100], [5], [1, 2, 3, 4]]); // prettier-ignore
    expect(frames.map(({ positions }) => positions[0])).toEqual([3, 5, 1]);
    expect(frames.map(({ info }) => info.get('step'))).toEqual([0, 10, 20]);
  });

  test('a frame that is cut off isn’t shown; what follows it is', async () => {
    const cut = ORTHOGONAL.split('\n').slice(0, 10).join('\n');
    const source = await open('cut.dump', `${ORTHOGONAL}${cut}\n${ORTHOGONAL}${cut}`);
    expect(source.count).toBe(3);
    const problems = await source.readAll(() => undefined);
    expect(problems.map(describe)).toEqual([
      `${source.file}:16:1 XD004 this frame says 3 atoms, but only 1 lines follow: it is truncated`,
      `${source.file}:38:1 XD004 this frame says 3 atoms, but only 1 lines follow: it is truncated`,
    ]);
  });

  test.each<[string, (text: string) => string, string]>([
    ['no positions', (t) => t.replace(' x y z ', ' x y zs '), 'a.dump:9:1 XD006 there are no positions'],
    ['a column twice', (t) => t.replace('c_pe', 'q'), 'a.dump:9:1 XD006 the column q stands twice'],
    ['too few columns', (t) => t.replace('-0.8 -2.5', '-0.8'), 'a.dump:11:35 XD008 this line has fewer columns'],
    ['too many', (t) => t.replace('-2.5', '-2.5 9'), 'a.dump:11:41 XD008 this line has more columns'],
    ['no number', (t) => t.replace('1.5 -1', '1.5 abc'), 'a.dump:11:11 XD009 “abc” is not a number'],
    ['nan', (t) => t.replace('-2.5', 'nan'), 'a.dump:11:36 XD010 “nan” is not a finite number'],
    ['a broken id', (t) => t.replace('2 2 H', '2.5 2 H'), 'a.dump:12:1 XD009 “2.5” is not an integer'],
    ['a broken box', (t) => t.replace('-2 18', '-2'), 'a.dump:7:3 XD008 this line ends too early'],
    ['a flat box', (t) => t.replace('-2 18', '3 3'), 'a.dump:9:1 XD007 the box has no volume'],
    ['too many atoms', (t) => `${t}4 1 O 1 1 1 0 0 0 0 0 0 0 0\n`, 'a.dump:4:1 XD004 .* but more lines follow them'],
    ['a huge count', (t) => t.replace('\n3\n', '\n999999999999\n'), 'a.dump:4:1 XD004 .* but only 3 lines follow'],
    ['no count', (t) => t.replace('\n3\n', '\nmany\n'), 'a.dump:4:1 XD003 “many” is not a number of atoms'],
    ['no atoms', (t) => t.replace('\n3\n', '\n0\n'), 'a.dump:4:1 XD003 a frame must have at least one atom'],
    [
      'another kind',
      (t) => t.replace('NUMBER OF ATOMS', 'NUMBER OF ENTRIES'),
      'a.dump:3:1 XD003 this dump has no atoms',
    ],
    ['another section', (t) => t.replace('ITEM: BOX BOUNDS', 'ITEM: BAX'), 'a.dump:5:1 XD013 “ITEM: BAX pp pp ff”'],
    [
      'scaled without a box',
      (t) => t.replace(/ITEM: BOX[^]*?ITEM: A/, 'ITEM: A').replace(' x y z', ' xs ys zs'),
      'XD007',
    ],
  ])('%s', (_, change, problem) => {
    expect(problemsOf(dump(change(ORTHOGONAL)))[0]).toMatch(new RegExp(problem));
  });

  test('any damage makes frames of finite numbers or problems', () => {
    damaged(`ITEM: UNITS\nreal\n${ORTHOGONAL}`, dump, ['ITEM: ', ' x y z', '3\n', 'xy xz yz', 'abc origin']);
  });
});

/** What ORTHOGONAL is in YAML, as LAMMPS writes it. */
const YAML = `---
creator: LAMMPS
timestep: 500
natoms: 3
boundary: [ p, p, p, p, f, f, ]
box:
  - [ 1, 11 ]
  - [ -2, 18 ]
  - [ 0.5, 30.5 ]
keywords: [ id, type, element, x, y, z, vx, vy, vz, fx, fy, fz, q, c_pe,  ]
data:
  - [ 3 , 2 , H , 2 , 3 , 4 , 1000 , 0 , 0 , 0.1 , 0.2 , 0.3 , 0.4 , -1.5, ]
  - [ 1 , 1 , O , 1.5 , -1 , 1 , 0 , 2000 , 0 , 1 , 2 , 3 , -0.8 , -2.5, ]
  - [ 2 , 2 , H , 11 , 18 , 30.5 , 0 , 0 , 3000 , 4 , 5 , 6 , 0.4 , -3.5, ]
...
`;

group('YAML dumps', () => {
  test('are the same frames as text dumps', () => {
    expect(valueOf(yaml(YAML))).toEqual(valueOf(dump(ORTHOGONAL)));
    expect(valueOf(yaml(YAML.replaceAll('\n', '\r\n')))).toEqual(valueOf(dump(ORTHOGONAL)));
    expect(valueOf(yaml(YAML.replace('...\n', '\n\n...\n')))).toEqual(valueOf(dump(ORTHOGONAL)));
  });

  test('a tilted box is given by the bounds around it', () => {
    // a = (10, 0, 0), b = (-3, 8, 0), c = (2, -1.5, 12) from (1, 2, 3), as for text dumps above.
    const frame = valueOf(
      yaml(
        YAML.replace(/box:[^]*?keywords/, 'box:\n  - [ -2, 13 ]\n  - [ 0.5, 10 ]\n  - [ 3, 15 ]\n  - [ -3, 2, -1.5 ]\nkeywords'), // prettier-ignore
      ),
    );
    expect([...(frame.cell ?? [])]).toEqual([10, 0, 0, -3, 8, 0, 2, -1.5, 12]);
    expect([...frame.positions.slice(0, 3)]).toEqual([0.5, -3, -2]);
  });

  test('units, times and thermodynamics, where they are written', () => {
    const thermo = 'thermo:\n  - keywords: [ Step, Temp, PotEng, Press, ]\n  - data: [ 500, 301.25, -9.5, nan, ]\nbox:';
    const frame = valueOf(yaml(YAML.replace('natoms', 'units: metal\ntime: 2.5\nnatoms').replace('box:', thermo)));
    expect([...frame.info]).toEqual([
      ['step', 500],
      ['time', 2500],
      ['Temp', 301.25],
      ['PotEng', -9.5],
      ['units', 'metal'],
      ['origin', [1, -2, 0.5]],
    ]);
    expect(column(frame, 'velocities')?.[1]).toBe(2);
  });

  test('columns with brackets in their names', () => {
    const frame = valueOf(yaml(YAML.replace('q, c_pe', 'c_a[1], c_a[2]')));
    expect(frame.columns.get('c_a')).toMatchObject({ width: 2 });
    expect(column(frame, 'c_a')).toEqual(Float64Array.of(-0.8, -2.5, 0.4, -3.5, 0.4, -1.5));
  });

  test('frames are found, also compressed, while one is still being written, and in no other YAML', async () => {
    const second = YAML.replace('timestep: 500', 'timestep: 600').replace('11 , 18', '10 , 18');
    const source = await open('dump.yaml', YAML + second + YAML.slice(0, 250));
    expect(source.count).toBe(2);
    expect([0, 1].map((i) => source.line(i))).toEqual([1, 16]);
    expect(source.unitless).toBe(true);
    expect(valueOf(await source.read(1)).info.get('step')).toBe(600);
    expect(valueOf(await source.read(1)).positions[3]).toBe(9);
    const packed = await openFrames(await write('packed.yml.gz', gzipSync(YAML + second)));
    expect(valueOf(packed).count).toBe(2);
    const other = await openFrames(await write('other.yaml', '---\nname: a workflow\n'));
    expect(problemsOf(other)[0]).toMatch(/XD017 this is none of the formats/);
  });

  test.each<[string, (text: string) => string, string]>([
    ['cut off', (t) => t.slice(0, t.indexOf('  - [ 2 , 2')), 'a.yaml:4:9 XD004 this frame says 3 atoms, but only 2'],
    ['cut off in the box', (t) => t.slice(0, t.indexOf('  - [ 0.5')), 'XD004 the bounds of the box are cut off'],
    ['no data', (t) => t.slice(0, t.indexOf('data:')), 'a.yaml:1:1 XD004 this frame has no “data”'],
    ['no count', (t) => t.replace('natoms: 3\n', ''), 'a.yaml:10:1 XD003 natoms is missing'],
    ['a huge count', (t) => t.replace('natoms: 3', 'natoms: 99999999999'), 'a.yaml:4:9 XD004 .*but only 3 lines'],
    ['a count too small', (t) => t.replace('natoms: 3', 'natoms: 2'), 'a.yaml:4:9 XD004 .*but more lines follow'],
    ['no positions', (t) => t.replace('x, y, z', 'a, b, c'), 'a.yaml:10:1 XD006 there are no positions'],
    ['no number', (t) => t.replace('30.5 , 0', 'up , 0'), 'a.yaml:14:29 XD009 “up” is not a number'],
    ['too few columns', (t) => t.replace(', -3.5', ''), 'a.yaml:14:\\d+ XD008 this line has fewer columns than the 14'],
    ['no numbers in the box', (t) => t.replace('-2, 18', 'a, 18'), 'a.yaml:8:7 XD009 “a” is not a number'],
    ['another key', (t) => t.replace('creator', 'crater'), 'a.yaml:2:1 XD013 “crater” is no part of a YAML dump'],
    ['no key', (t) => t.replace('creator: LAMMPS', '~'), 'a.yaml:2:1 XD013 “~” is no line of a YAML dump'],
  ])('%s', (_, change, problem) => {
    expect(problemsOf(yaml(change(YAML)))[0]).toMatch(new RegExp(problem));
  });

  test('any damage makes frames of finite numbers or problems', () => {
    damaged(YAML, yaml, ['---\n', '...\n', '  - [ ', ', ]\n', 'thermo:\n  - keywords: [ a, ]\n', 'box:\n', '- ']);
  });
});

const DATA = `LAMMPS data file via write_data, version 2 Aug 2023, timestep = 400, units = metal

3 atoms
2 atom types
1 bonds

0 10 xlo xhi
0 20 ylo yhi
0 30 zlo zhi

Masses

1 15.9994 # O
2 1.008

Pair Coeffs # zero

1
2

Atoms # full

2 1 2 0.4 1 2 3 0 0 -1
1 1 1 -0.8 4 5 6 0 0 0
3 1 2 0.4 7 8 9 1 0 0

Velocities

3 3000 0 0
2 2000 0 0
1 1000 0 0

Bonds

1 1 1 2
`;

group('data files', () => {
  test('what write_data writes', () => {
    const frame = valueOf(data(DATA));
    expect([...frame.numbers]).toEqual([8, 1, 1]);
    expect([...frame.positions]).toEqual([4, 5, 6, 1, 2, 3, 7, 8, 9]);
    expect([...(frame.cell ?? [])]).toEqual([10, 0, 0, 0, 20, 0, 0, 0, 30]);
    expect([...frame.columns.keys()]).toEqual(['id', 'mol', 'type', 'charges', 'image', 'velocities']);
    expect(column(frame, 'charges')).toEqual(Float64Array.of(-0.8, 0.4, 0.4));
    expect(column(frame, 'image')).toEqual(Float64Array.of(0, 0, 0, 0, 0, -1, 1, 0, 0));
    expect(column(frame, 'velocities')).toEqual(Float64Array.of(1, 0, 0, 2, 0, 0, 3, 0, 0));
    expect(frame.info.get('step')).toBe(400);
    expect(frame.info.get('units')).toBe('metal');
  });

  test.each<[string, string, string[]]>([
    ['atomic', '1 2 0.5 1.5 2.5', ['id', 'type']],
    ['charge', '1 2 -0.5 0.5 1.5 2.5', ['id', 'type', 'charges']],
    ['molecular', '1 7 2 0.5 1.5 2.5', ['id', 'mol', 'type']],
    ['full', '1 7 2 -0.5 0.5 1.5 2.5', ['id', 'mol', 'type', 'charges']],
    ['sphere', '1 2 1.5 1 0.5 1.5 2.5', ['id', 'type', 'diameter', 'density']],
    ['dipole', '1 2 0 0.5 1.5 2.5 1 0 0.5', ['id', 'type', 'charges', 'mu']],
    ['spin', '1 2 0.5 1.5 2.5 1 0 0 2.2', ['id', 'type', 'spin', 'sp']],
    ['hybrid', '1 2 0.5 1.5 2.5 9 9 9.5 9', ['id', 'type']],
  ])('atom style %s, by its hint and by its columns', (style, line, columns) => {
    const write = (hint: string, row: string): string =>
      `title\n\n1 atoms\n2 atom types\n0 3 xlo xhi\n0 3 ylo yhi\n0 3 zlo zhi\n\nMasses\n\n1 1.0\n2 12.0\n\nAtoms${hint}\n\n${row}\n`;
    const frame = valueOf(data(write(` # ${style}`, line)));
    expect([...frame.positions]).toEqual([0.5, 1.5, 2.5]);
    expect([...frame.numbers]).toEqual([6]);
    expect([...frame.columns.keys()]).toEqual(columns);
    if (style !== 'hybrid') {
      const imaged = valueOf(data(write(` # ${style}`, `${line} 0 -1 2 # a comment`)));
      expect(column(imaged, 'image')).toEqual(Float64Array.of(0, -1, 2));
      expect([...imaged.positions]).toEqual([0.5, 1.5, 2.5]);
    }
    if (['atomic', 'charge', 'molecular', 'full'].includes(style))
      for (const row of [line, `${line} 0 -1 2`]) {
        const guessed = valueOf(data(write('', row)));
        expect([...guessed.positions]).toEqual([0.5, 1.5, 2.5]);
        expect([...guessed.columns.keys()].slice(0, columns.length)).toEqual(columns);
      }
    else expect(problemsOf(data(write('', line)))[0]).toMatch(/a.data:14:1 XD006 the atom style can’t be told from/);
  });

  test('labels of types, general boxes, unknown masses', () => {
    const frame = valueOf(
      data(`t

3 atoms
2 atom types
1 2 3 avec
-3 1 2 bvec
0 1 9 cvec
0.5 0 0 abc origin

Atom Type Labels

1 Si
2 bead

Masses

Si 28.085
bead 1000

Atoms # atomic

1 Si 0.5 0 0
2 bead 1 1 1
3 Si 2 2 2
`),
    );
    expect([...frame.numbers]).toEqual([14, 0, 14]);
    expect(column(frame, 'type')).toEqual(['Si', 'bead', 'Si']);
    expect([...(frame.cell ?? [])]).toEqual([1, 2, 3, -3, 1, 2, 0, 1, 9]);
    expect([...frame.positions.slice(0, 6)]).toEqual([0, 0, 0, 0.5, 1, 1]);
  });

  test('files are recognized by what is in them', async () => {
    const source = await open('structure.txt', DATA);
    expect(source.count).toBe(1);
    expect(source.unitless).toBe(true);
    expect(valueOf(await source.inspect()).unitless).toBe(true);
    expect([...valueOf(await source.read(0)).numbers]).toEqual([8, 1, 1]);
    const plain = await open('structure.data', DATA.replace(/^.*\n/, 'water\n'));
    expect(valueOf(await plain.read(0)).info.get('comment')).toBe('water');
  });

  test.each<[string, (text: string) => string, string]>([
    [
      'no atoms section',
      (t) => t.replace('Atoms # full', 'Ellipsoids'),
      'a.data:3:1 XD003 there is no section “Atoms”',
    ],
    ['no count', (t) => t.replace('3 atoms\n', ''), 'XD003 the header has no line such as “1000 atoms”'],
    ['a count that is none', (t) => t.replace('3 atoms', '-3 atoms'), 'a.data:3:1 XD003 “-3 atoms” is not a number'],
    [
      'cut off',
      (t) => t.slice(0, t.indexOf('3 1 2 0.4')),
      'a.data:3:1 XD004 this frame says 3 atoms, but only 2 lines',
    ],
    ['a huge count', (t) => t.replace('3 atoms', '99999999999 atoms'), 'a.data:3:1 XD004 .*but only 3 lines follow'],
    ['an unknown style', (t) => t.replace('# full', '# odd'), 'a.data:21:1 XD006 the atom style odd is not known here'],
    ['an unknown line', (t) => t.replace('1 bonds', 'bounds'), 'a.data:5:1 XD013 “bounds” begins neither a line'],
    ['no number', (t) => t.replace('7 8 9', '7 8 x'), 'a.data:25:15 XD009 “x” is not a number'],
    ['too few columns', (t) => t.replace('9 1 0 0', '9 1 0'), 'a.data:25:20 XD008 this line has fewer columns'],
    ['a broken box', (t) => t.replace('0 20 ylo', 'nan 20 ylo'), 'XD0'],
    ['a flat box', (t) => t.replace('0 20 ylo', '20 20 ylo'), 'XD007 the box has no volume'],
    ['others’ velocities', (t) => t.replace('3 3000', '7 3000'), 'a.data:27:1 XD005 the velocities are not those of'],
  ])('%s', (_, change, problem) => {
    expect(problemsOf(data(change(DATA)))[0]).toMatch(new RegExp(problem));
  });

  test('any damage makes a frame of finite numbers or problems', () => {
    damaged(DATA, data, ['Atoms', 'Masses\n', '# full', ' atoms', 'xlo xhi', '3\n', '\n\n']);
  });
});
