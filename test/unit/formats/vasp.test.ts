import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe as group, expect, test } from 'vitest';
import type { Frame } from '../../../engine/formats/frame';
import { openFrames, type FrameSource } from '../../../engine/formats/frames';
import { decodePoscar } from '../../../engine/formats/poscar';
import { decodeXdatcarFrame } from '../../../engine/formats/xdatcar';
import { type Result } from '../../../protocol/result';
import { temporaryFolder } from '../../fixtures/folders';
import { problemsOf, valueOf } from '../../fixtures/results';
import { damaged } from './damage';

const folder = temporaryFolder();

const poscar = (text: string): Result<Frame> => decodePoscar(Buffer.from(text), 'POSCAR', 1);
const rounded = (values: ArrayLike<number> = []): number[] => Array.from(values, (x) => Math.round(x * 1e9) / 1e9 + 0);

async function open(name: string, text: string | Uint8Array): Promise<FrameSource> {
  const file = join(folder, name);
  await writeFile(file, text);
  return valueOf(await openFrames(file));
}

const POSCAR = `gallium nitride
 2.0
 1.0 0.0 0.0
 0.5 1.5 0.0
 0.0 0.0 2.0
 Ga_d N
 1 2
Selective dynamics
Direct
 0.5 0.5 0.5 T T F  Ga1
 0.0 0.25 0.0 F F F
 1.0 0.0 0.5 T F T

 0.001 0 0
 0 0.002 0
 0 0 -0.003
`;

group('POSCAR', () => {
  test('scale, direct coordinates, selective dynamics, velocities', () => {
    const frame = valueOf(poscar(POSCAR));
    expect([...frame.numbers]).toEqual([31, 7, 7]);
    expect([...(frame.cell ?? [])]).toEqual([2, 0, 0, 1, 3, 0, 0, 0, 4]);
    // r = f₀a + f₁b + f₂c
    expect(rounded(frame.positions)).toEqual([1.5, 1.5, 2, 0.25, 0.75, 0, 2, 0, 2]);
    expect(frame.periodic).toEqual([true, true, true]);
    expect(frame.columns.get('move_mask')).toEqual({
      type: 'L',
      width: 3,
      values: Uint8Array.of(1, 1, 0, 0, 0, 0, 1, 0, 1),
    });
    expect(frame.columns.get('velocities')?.values).toEqual(Float64Array.of(0.001, 0, 0, 0, 0.002, 0, 0, 0, -0.003));
    expect(frame.info.get('comment')).toBe('gallium nitride');
  });

  test('a negative scale is the volume; three scale the axes, and Cartesian coordinates with them', () => {
    const volume = valueOf(poscar(POSCAR.replace(' 2.0\n', '-24\n')));
    expect(rounded(volume.cell)).toEqual([2, 0, 0, 1, 3, 0, 0, 0, 4]);
    const cartesian = POSCAR.replace('Direct', 'Kartesisch');
    expect(rounded(valueOf(poscar(cartesian)).positions).slice(0, 6)).toEqual([1, 1, 1, 0, 0.5, 0]);
    const three = valueOf(poscar(cartesian.replace(' 2.0\n', '2 4 1 ! axes\n')));
    expect(rounded(three.cell)).toEqual([2, 0, 0, 1, 6, 0, 0, 0, 2]);
    expect(rounded(three.positions).slice(0, 3)).toEqual([1, 2, 0.5]);
  });

  test('velocities after the lattice of an NPT run; those in units of a time step are left out', () => {
    const lattice = 'Lattice velocities and vectors\n 1\n' + ' 0 0 0\n'.repeat(3) + ' 9 9 9\n'.repeat(3);
    const [structure, velocities] = POSCAR.split('\n\n');
    for (const before of [`${lattice}Cartesian`, lattice.replace(' 1\n', ''), 'cartesian', ''])
      expect(valueOf(poscar(`${structure}\n${before}\n${velocities}`)).columns.get('velocities')?.values[4]).toBe(
        0.002,
      );
    for (const after of [`Direct\n${velocities}`, '', '\n', '\n0 0 0\n', '\nfrom phonopy\n'])
      expect(valueOf(poscar(`${structure}\n${after}`)).columns.has('velocities')).toBe(false);
    // What a CONTCAR has behind them is the integrator's.
    expect(valueOf(poscar(`${POSCAR}\n 1\n 0.5E+00\n 1 2 3\n`)).columns.has('velocities')).toBe(true);
  });

  test('names of elements: with suffixes, repeated, of VASP 4 from the comment or the POTCAR', async () => {
    const write = (comment: string, symbols: string, counts: string): string =>
      `${comment}\n1\n3 0 0\n0 3 0\n0 0 3\n${symbols}${counts}\nDirect\n0 0 0\n0 0 0.5\n0.5 0 0\n`;
    expect([...valueOf(poscar(write('x', 'Si/1a2b3c Fe_pv_GW Si\n', '1 1 1'))).numbers]).toEqual([14, 26, 14]);
    expect([...valueOf(poscar(write('Ga1 N2', '', '1 2'))).numbers]).toEqual([31, 7, 7]);
    expect(problemsOf(poscar(write('wurtzite', '', '1 2')))[0]).toMatch(/POSCAR:6:1 XD011 the elements are not named/);
    await mkdir(join(folder, 'four'));
    await writeFile(
      join(folder, 'four', 'POTCAR'),
      '  PAW_PBE Al 04Jan2001\n 3.0\n   TITEL  = PAW_PBE Al 04Jan2001\n   VRHFIN =Al: s2p1\n...\n   TITEL  = PAW_PBE O_s 07Sep2000\n',
    );
    const source = await open('four/POSCAR', write('corundum', '', '1 2'));
    expect([...valueOf(await source.read(0)).numbers]).toEqual([13, 8, 8]);
  });

  test('is recognized by what is in it, also compressed, and with a comment that is a number', async () => {
    for (const [name, text] of [
      ['relaxed.vasp', POSCAR],
      ['structure', POSCAR.replace('gallium nitride', '12')],
      ['CONTCAR.gz', gzipSync(POSCAR.replace('gallium nitride', ''))],
      ['crlf', POSCAR.replaceAll('\n', '\r\n')],
    ] as const) {
      const source = await open(name, text);
      expect(source.count, name).toBe(1);
      expect([...valueOf(await source.read(0)).numbers], name).toEqual([31, 7, 7]);
      await source.dispose();
    }
  });

  test.each<[string, (text: string) => string, string]>([
    ['cut off', (t) => t.slice(0, t.indexOf(' 1.0 0.0 0.5 T')), 'POSCAR:7:2 XD004 this frame says 3 atoms, but only 2'],
    ['cut off early', (t) => t.slice(0, 33), 'POSCAR:3:1 XD004 the file ends before the atoms'],
    ['a huge count', (t) => t.replace(' 1 2\n', ' 1 999999999\n'), 'POSCAR:7:2 XD004 this frame says 1000000000 atoms'],
    ['no number', (t) => t.replace('0.25', 'x'), 'POSCAR:11:6 XD009 “x” is not a number'],
    ['a flag that is none', (t) => t.replace('F F F', 'F Q F'), 'POSCAR:11:17 XD009 “Q” is neither T nor F'],
    [
      'no flags',
      (t) => t.replace(' F F F', ''),
      'POSCAR:11:14 XD008 this line has fewer columns than the 3 coordinates',
    ],
    ['a flat cell', (t) => t.replace(' 0.0 0.0 2.0', ' 1.5 1.5 0.0'), 'POSCAR:3:1 XD007 the cell has no volume'],
    ['a scale of zero', (t) => t.replace(' 2.0\n', ' 0.0\n'), 'POSCAR:3:1 XD007 the cell has no volume'],
    ['no element', (t) => t.replace('Ga_d', 'Gx_d'), 'POSCAR:6:2 XD011 “Gx” is not an element'],
    ['too few symbols', (t) => t.replace('Ga_d', ''), 'POSCAR:7:2 XD006 there are 1 symbols, but 2 numbers of atoms'],
    ['no counts', (t) => t.replace(' 1 2\n', ' one two\n'), 'POSCAR:7:2 XD003 here the numbers of atoms should stand'],
    ['no atoms', (t) => t.replace(' 1 2\n', ' 0 0\n'), 'POSCAR:7:2 XD003 a frame must have at least one atom'],
    ['wrong velocities', (t) => t.replace('0.002', '*****'), 'POSCAR:15:4 XD009 “\\*\\*\\*\\*\\*” is not a number'],
  ])('%s', (_, change, problem) => {
    expect(problemsOf(poscar(change(POSCAR)))[0]).toMatch(new RegExp(problem));
  });

  test('any damage makes a structure of finite numbers or problems', () => {
    damaged(POSCAR, poscar, ['Selective\n', 'Cartesian\n', '-1\n', '1e-300', 'Lattice velocities\n', ' 1 2\n']);
  });
});

const HEAD = 'silica\n 1.0\n 4.0 0.0 0.0\n 0.0 4.0 0.0\n 0.0 0.0 4.0\n Si O\n 1 2\n';
const rows = (x: number): string => ` ${x} 0.0 0.0\n 0.5 ${x} 0.0\n 0.5 0.5 ${x}\n`;
const marker = (n: number): string => `Direct configuration= ${String(n).padStart(5)}\n`;

group('XDATCAR', () => {
  const firsts = async (source: FrameSource): Promise<number[]> => {
    const frames = await Promise.all(Array.from({ length: source.count }, (_, i) => source.read(i)));
    return frames.map((frame) => rounded(valueOf(frame).positions)[0]);
  };

  test('one cell for all frames', async () => {
    const source = await open('XDATCAR', HEAD + [0.25, 0.5, 0.75].map((x, i) => marker(i + 1) + rows(x)).join(''));
    expect(source.count).toBe(3);
    expect([0, 1, 2].map((i) => source.line(i))).toEqual([1, 12, 16]);
    expect(await firsts(source)).toEqual([1, 2, 3]);
    const last = valueOf(await source.read(2));
    expect([...last.numbers]).toEqual([14, 8, 8]);
    expect([...(last.cell ?? [])]).toEqual([4, 0, 0, 0, 4, 0, 0, 0, 4]);
    expect(last.info.get('step')).toBe(3);
    // What is appended belongs to the same head.
    await appendFile(source.file, marker(4) + rows(0.125).slice(0, -3));
    valueOf(await source.refresh());
    await appendFile(source.file, rows(0.125).slice(-3) + marker(5) + rows(1));
    valueOf(await source.refresh());
    expect(await firsts(source)).toEqual([1, 2, 3, 0.5, 4]);
  });

  test('a cell for each frame, and cells that change in the middle', async () => {
    const scaled = (scale: number): string => HEAD.replace(' 1.0\n', ` ${scale}\n`);
    const npt = await open('XDATCAR-npt', [1, 2, 3].map((x) => scaled(x) + marker(x) + rows(0.25)).join(''));
    expect(await firsts(npt)).toEqual([1, 2, 3]);
    const joined = await open(
      'joined.xdatcar',
      [2, 3].map((s) => scaled(s) + marker(1) + rows(0.25) + marker(2) + rows(0.5)).join(''),
    );
    expect(await firsts(joined)).toEqual([2, 4, 3, 6]);
  });

  test('blank lines instead of markers', async () => {
    const source = await open('blank.xdatcar', HEAD + [0.25, 0.5].map((x) => `\n${rows(x)}`).join(''));
    expect(await firsts(source)).toEqual([1, 2]);
  });

  test('VASP 4: cell and elements come from the structure beside it', async () => {
    await mkdir(join(folder, 'vasp4'));
    const head = '   3   3   1\n  0.64E+02  0.4E-09  0.4E-09  0.4E-09  0.1E-14\n  300.0\n  CAR\n silica\n';
    const text = head + [0.25, 0.5].map((x) => ` \n${rows(x)}`).join('');
    const file = join(folder, 'vasp4', 'XDATCAR');
    await writeFile(file, text);
    expect(problemsOf(await openFrames(file))[0]).toMatch(
      /XDATCAR:1:1 XD007 an XDATCAR of VASP 4 has neither cell nor/,
    );
    await writeFile(join(folder, 'vasp4', 'POSCAR'), `${HEAD}Direct\n${rows(0)}`);
    const source = await open('vasp4/XDATCAR', text);
    expect(await firsts(source)).toEqual([1, 2]);
    expect([...valueOf(await source.read(1)).numbers]).toEqual([14, 8, 8]);
    const konfig = await open('vasp4/XDATCAR', text.replaceAll(' \n', 'Konfig= 1\n'));
    expect(await firsts(konfig)).toEqual([1, 2]);
  });

  test('a wrong frame is one wrong frame', async () => {
    const cut = rows(0.5).split('\n').slice(0, 2).join('\n');
    const source = await open('cut.xdatcar', `${HEAD}${marker(1)}${cut}\n${marker(2)}${rows(0.5)}${marker(3)}${cut}`);
    expect(source.count).toBe(2);
    expect(problemsOf(await source.read(0))).toEqual([
      `${source.file}:8:1 XD004 this frame says 3 atoms, but only 2 lines follow: it is truncated`,
    ]);
    expect(valueOf(await source.read(1)).positions[0]).toBe(2);
    const headless = await open('headless.xdatcar', marker(1) + rows(0.25));
    expect(problemsOf(await headless.read(0))[0]).toMatch(/headless.xdatcar:4:1 XD00\d/);
  });

  test('any damage makes frames of finite numbers or problems', () => {
    const decode = (text: string): Result<Frame> => decodeXdatcarFrame(Buffer.from(text), 'XDATCAR', 1, undefined);
    damaged(HEAD + marker(1) + rows(0.25), decode, ['Direct configuration= 1\n', ' 1 2\n', 'Si O\n']);
    const head = Buffer.from(HEAD);
    damaged(marker(1) + rows(0.25), (text) => decodeXdatcarFrame(Buffer.from(text), 'XDATCAR', 5, head));
  });
});
