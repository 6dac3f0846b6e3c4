import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeXyzFrame, formatXyzFrame } from '../../../engine/formats/extended-xyz';
import type { Frame } from '../../../engine/formats/frame';
import { openFrames } from '../../../engine/formats/frames';
import { decodePoscar } from '../../../engine/formats/poscar';
import { readSeries } from '../../../engine/formats/series';
import { formatOf, formatPoscar, subsetFrame } from '../../../engine/formats/writing';
import { exportFrames } from '../../../server/data/export';
import { temporaryFolder } from '../../fixtures/folders';
import { valueOf } from '../../fixtures/results';

const folder = temporaryFolder();
const text = (energy: number, more = '', side = 5): string =>
  `3\nLattice="${side} 0 0 0 5 0 0 0 5" Properties=species:S:1:pos:R:3:forces:R:3:tag:S:1:fixed:L:1 energy=${energy} ${more} pbc="T T T"\n` +
  `O 0 0 0 0.5 0 0 a T\nH 1 ${energy} 3 -0.5 0 0 b F\nO 2 2 2 0 0 0.25 c F\n`;
const frameOf = (source: string): Frame => valueOf(decodeXyzFrame(Buffer.from(source), 'a.xyz', 1));

test('a part of a frame keeps what stands beside its atoms', () => {
  const part = subsetFrame(frameOf(text(-1.5)), [2, 1]);
  expect(part).toEqual(
    frameOf(
      '2\nLattice="5 0 0 0 5 0 0 0 5" Properties=species:S:1:pos:R:3:forces:R:3:tag:S:1:fixed:L:1 energy=-1.5 pbc="T T T"\n' +
        'O 2 2 2 0 0 0.25 c F\nH 1 -1.5 3 -0.5 0 0 b F\n',
    ),
  );
  expect(frameOf(formatXyzFrame(part, 'exact'))).toEqual(part);
});

test('a POSCAR is read back bit for bit, its atoms by element', () => {
  const number = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1, 8, 29), number, number, number), { minLength: 1, maxLength: 12 }),
      (atoms) => {
        const frame: Frame = {
          numbers: Uint8Array.from(atoms, ([z]) => z),
          positions: Float64Array.from(atoms.flatMap(([, ...point]) => point)),
          cell: Float64Array.of(4, 0, 0, 1, 5, 0, 0.5, -0.25, 6),
          periodic: [true, true, true],
          columns: new Map(),
          info: new Map(),
        };
        const back = valueOf(decodePoscar(Buffer.from(formatPoscar(frame, 'a\nb')), 'POSCAR', 1));
        const kinds = [...new Set(frame.numbers)];
        const sorted = kinds.flatMap((kind) => [...frame.numbers.keys()].filter((i) => frame.numbers[i] === kind));
        expect([...back.numbers]).toEqual(sorted.map((i) => frame.numbers[i]));
        const wanted = sorted.flatMap((i) => [...frame.positions.subarray(3 * i, 3 * i + 3)]);
        expect([...back.positions].map((x) => x + 0)).toEqual(wanted.map((x) => x + 0));
        expect(back.cell).toEqual(frame.cell);
      },
    ),
  );
});

test('what a POSCAR cannot hold is refused with a way out', () => {
  const cluster = frameOf('1\n\nH 0 0 0\n');
  expect(() => formatPoscar(cluster, '')).toThrow('save it as .xyz');
});

test('the format goes by the name', () => {
  expect(['a.xyz', 'POSCAR', 'x/POSCAR_3', 'a.vasp', 'x\\CONTCAR', 'positions.xyz'].map(formatOf)).toEqual([
    'extxyz',
    'poscar',
    'poscar',
    'poscar',
    'poscar',
    'extxyz',
  ]);
});

test('numbers over frames: NaN where there is none, and the volume if cells change', async () => {
  const file = join(folder, 'series.xyz');
  await writeFile(file, text(-1, 'time=0 note=x') + text(-2, '', 6) + text(-3, 'time=2'));
  const { frames, values } = await readSeries(valueOf(await openFrames(file)));
  expect(frames).toBe(3);
  expect(values).toEqual({
    energy: Float64Array.of(-1, -2, -3),
    time: Float64Array.of(0, NaN, 2),
    volume: Float64Array.of(125, 150, 125),
  });
});

test('frames are saved: a stretch of them, or some atoms, or nothing at all if one is wrong', async () => {
  const file = join(folder, 'all.xyz');
  await writeFile(file, [0, 1, 2, 3, 4].map((x) => text(x)).join(''));
  const source = valueOf(await openFrames(file));
  const target = join(folder, 'some.xyz');
  const signal = new AbortController().signal;
  expect(await exportFrames(source, { path: file, target, first: 0, last: 99, stride: 2 }, signal)).toEqual({
    frames: 3,
  });
  const saved = valueOf(await openFrames(target));
  expect(saved.count).toBe(3);
  expect(valueOf(await saved.read(2))).toEqual(frameOf(text(4)));

  const wish = { path: file, target, first: 1, last: 1, stride: 1, atoms: [0, 2, 77] };
  expect(await exportFrames(source, wish, signal)).toEqual({ frames: 1 });
  expect(await readFile(target, 'utf8')).toMatch(/^2\n/);

  const broken = join(folder, 'broken.xyz');
  await writeFile(broken, text(1) + text(2).replace('0.25', 'x'));
  const wrong = valueOf(await openFrames(broken));
  await expect(exportFrames(wrong, { path: broken, target, first: 0, last: 1, stride: 1 }, signal)).rejects.toThrow(
    'XD009',
  );
  expect(await readFile(target, 'utf8')).toMatch(/^2\n/);
  const poscar = { path: file, target: join(folder, 'POSCAR'), first: 0, last: 1, stride: 1 };
  await expect(exportFrames(source, poscar, signal)).rejects.toThrow('one structure');
});
