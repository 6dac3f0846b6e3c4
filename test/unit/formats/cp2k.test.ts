import { appendFile, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { decodeCp2kFrame } from '../../../engine/formats/cp2k';
import { openFrames } from '../../../engine/formats/frames';
import { describe } from '../../../protocol/result';
import { temporaryFolder } from '../../fixtures/folders';
import { valueOf } from '../../fixtures/results';
import { damaged } from './damage';

const scratch = temporaryFolder();
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(scratch, 'case-'));
});

const frame = (step: number, x: number): string =>
  `       2\n i = ${String(step).padStart(8)}, time = ${(step / 2).toFixed(3).padStart(12)}, E = ${(-1 - step).toFixed(10).padStart(20)}\n` +
  `  O  ${x} 0 0\n  H  0 ${x} 0\n`;

test('energy, time and step are in the comment; forces, velocities and cells in the files beside, by their step', async () => {
  const file = join(folder, 'water-pos-1.xyz');
  await writeFile(file, [0, 10, 20, 30].map((step) => frame(step, 1 + step)).join(''));
  // Forces of every step, velocities of every other one.
  await writeFile(join(folder, 'water-frc-1.xyz'), Array.from({ length: 31 }, (_, step) => frame(step, step)).join(''));
  await writeFile(join(folder, 'water-vel-1.xyz'), [0, 20].map((step) => frame(step, 1)).join(''));
  const cell = (step: number): string => `${step} ${step / 2} ${5 + step} 0 0 0 6 0 0 0 7 ${210 + step}\n`;
  await writeFile(join(folder, 'water-1.cell'), `#   Step   Time [fs]  Ax\n${[0, 10, 20].map(cell).join('')}`);
  const source = valueOf(await openFrames(file, { fingerprint: true }));
  expect(source.count).toBe(4);
  expect(source.files().map(({ frames }) => frames)).toEqual([4, 31, 2, 4]);
  const frames = await Promise.all([0, 1, 2, 3].map(async (i) => valueOf(await source.read(i))));
  expect(frames.map(({ info }) => info.get('step'))).toEqual([0, 10, 20, 30]);
  expect(frames[1].info.get('time')).toBe(5);
  expect(frames[1].info.get('energy')).toBeCloseTo(-11 * 27.211386245981, 9);
  expect([...frames[1].positions]).toEqual([11, 0, 0, 0, 11, 0]);
  expect(frames.map(({ columns }) => columns.get('forces')?.values[0])).toEqual(
    [0, 10, 20, 30].map((step) => step * (27.211386245981 / 0.529177210544)),
  );
  // 1 bohr per atomic unit of time is 21.8769 Å/fs.
  expect(frames.map(({ columns }) => columns.get('velocities')?.values[0])).toEqual([
    expect.closeTo(21.87691, 4),
    undefined,
    expect.closeTo(21.87691, 4),
    undefined,
  ]);
  expect(frames.map((each) => each.cell?.[0])).toEqual([5, 15, 25, undefined]);
  expect(frames[0].periodic).toEqual([true, true, true]);
  const all: number[] = [];
  expect(await source.readAll((_, i) => all.push(i))).toEqual([]);
  expect(all).toEqual([0, 1, 2, 3]);
});

test('a run that goes on is followed in all of its files', async () => {
  const file = join(folder, 'md-pos-1.xyz');
  const forces = join(folder, 'md-frc-1.xyz');
  await writeFile(file, frame(0, 1));
  await writeFile(forces, frame(0, 2));
  const source = valueOf(await openFrames(file));
  await appendFile(file, frame(1, 3));
  await source.refresh();
  const before = source.version(1);
  expect(valueOf(await source.read(1)).columns.has('forces')).toBe(false);
  await appendFile(forces, frame(1, 4));
  await appendFile(file, frame(2, 5));
  await source.refresh();
  expect(source.version(1)).not.toBe(before);
  expect(valueOf(await source.read(1)).columns.get('forces')?.values[0]).toBeCloseTo(4 * 51.42206748, 6);
});

test('a compressed file beside one grows, and is read again when it was still being written', async () => {
  const file = join(folder, 'live-pos-1.xyz');
  const forces = join(folder, 'live-frc-1.xyz.gz');
  await writeFile(file, frame(0, 1));
  await writeFile(forces, gzipSync(frame(0, 1)));
  const source = valueOf(await openFrames(file));
  const force = async (i: number) => valueOf(await source.read(i)).columns.get('forces')?.values[0];
  await appendFile(file, frame(1, 2));
  await appendFile(forces, gzipSync(frame(1, 2)));
  await source.refresh();
  expect(await force(1)).toBeCloseTo(2 * 51.42206748, 6);
  const member = gzipSync(frame(2, 3));
  await appendFile(file, frame(2, 3));
  await appendFile(forces, member.subarray(0, 15));
  await source.refresh();
  const { torn, generation } = source;
  expect(torn).toBe(forces);
  await appendFile(forces, member.subarray(15));
  await source.refresh();
  expect([source.torn, source.generation]).toEqual([undefined, generation]);
  expect(await force(2)).toBeCloseTo(3 * 51.42206748, 6);
  await source.dispose();
});

test('compressed pairs; forces of other atoms; forces alone', async () => {
  const file = join(folder, 'md-pos-1.xyz.gz');
  await writeFile(file, gzipSync(frame(0, 1) + frame(1, 2)));
  await writeFile(join(folder, 'md-frc-1.xyz.gz'), gzipSync(frame(0, 1) + frame(1, 2).replace('  O', '  N')));
  await writeFile(join(folder, 'md-1.cell.gz'), gzipSync('0 0 5 0 0 0 6 0 0 0 7 210\n'));
  const source = valueOf(await openFrames(file));
  expect(valueOf(await source.read(0)).columns.get('forces')?.values[0]).toBeCloseTo(51.42206748, 6);
  expect(valueOf(await source.read(0)).cell?.[0]).toBe(5);
  const wrong = await source.read(1);
  expect(wrong.ok ? '' : describe(wrong.problems[0])).toMatch(
    /md-frc-1.xyz.gz:5:1 XD020 the forces of this frame are not/,
  );
  await source.dispose();
  await writeFile(join(folder, 'md-frc-1.xyz'), frame(0, 1));
  const alone = await openFrames(join(folder, 'md-frc-1.xyz'));
  expect(alone.ok ? '' : describe(alone.problems[0])).toMatch(
    /XD017 this file of CP2K has forces, no positions: name md-pos-1.xyz/,
  );
});

test('any damage makes frames of finite numbers or problems', () => {
  damaged(frame(3, 1), (text) => decodeCp2kFrame(Buffer.from(text), 'a-pos-1.xyz', 1), [' i = ', 'time = ', 'E = nan']);
});
