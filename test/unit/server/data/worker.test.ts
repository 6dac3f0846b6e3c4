import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDataClient, type DataClient } from '../../../../protocol/data-client';
import { MEASURED } from '../../../../protocol/frames';
import { encodeParity, type Parity } from '../../../../protocol/parity';
import { bundle } from '../../../bundle';

let folder = '';
let script = '';
let client: DataClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nearsight-worker-'));
  script = join(folder, 'data-worker.js');
  await bundle(folder, { 'data-worker': 'server/data/worker.ts' });
  client = createDataClient(script);
});
afterAll(async () => {
  client.dispose();
  await rm(folder, { recursive: true, force: true });
});

const FRAME =
  '2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-1.5 Lattice="5 0 0 0 5 0 0 0 5"\nH 0 0 0 0.5 0 0\nHe 1 2 3 -0.5 0 0\n';

/** The answer once the file is looked through: a busy machine may not be so far when it answers first. */
async function indexed(path: string, from = client) {
  for (;;) {
    const index = await from.request('index', { path });
    if (index.complete) return index;
  }
}

test('a file is indexed and read', async () => {
  const path = join(folder, 'a.xyz');
  await writeFile(path, FRAME.repeat(3));
  expect(await indexed(path)).toMatchObject({ frames: 3, complete: true, progress: 1 });
  const frame = await client.request('frame', { path, index: 2 });
  expect(frame).toEqual({
    numbers: Uint8Array.of(1, 2),
    positions: Float32Array.of(0, 0, 0, 1, 2, 3),
    cell: Float64Array.of(5, 0, 0, 0, 5, 0, 0, 0, 5),
    periodic: [true, true, true],
    columns: { forces: { width: 3, values: Float32Array.of(0.5, 0, 0, -0.5, 0, 0) } },
    info: { energy: -1.5 },
  });
  expect(await client.request('line', { path, index: 2 })).toEqual({ line: 9 });
});

test('what an umbrella window has sampled, by the order of the centres, from the folder of the run alone', async () => {
  const path = join(folder, 'metadata.dat');
  await writeFile(path, '# unit rad\nwindow-001.dat 0.5 2\n../../other/window-002.dat -0.5 2\n');
  await writeFile(join(folder, 'window-001.dat'), '# time/fs value\n5 0.4\n10 0.6\n');
  await writeFile(join(folder, 'window-002.dat'), '5 -0.5\n');
  const samples = (window: number): Promise<unknown> => client.request('window', { path, window });
  expect(await samples(1)).toEqual({ time: Float64Array.of(5, 10), value: Float64Array.of(0.4, 0.6) });
  expect(await samples(0)).toEqual({ time: Float64Array.of(5), value: Float64Array.of(-0.5) });
  await expect(samples(2)).rejects.toThrow('there is no window 3');
});

test('the frame that a line is in', async () => {
  const path = join(folder, 'lines.xyz');
  await writeFile(path, FRAME.repeat(3));
  const at = (line: number): Promise<{ index: number; line: number }> => client.request('frameAt', { path, line });
  expect(await Promise.all([1, 4, 5, 8, 9, 12].map(at))).toEqual([
    { index: 0, line: 1 },
    { index: 0, line: 1 },
    { index: 1, line: 5 },
    { index: 1, line: 5 },
    { index: 2, line: 9 },
    { index: 2, line: 9 },
  ]);
  await appendFile(path, FRAME);
  expect(await at(14)).toEqual({ index: 3, line: 13 });
  await writeFile(path, '');
  await expect(at(1)).rejects.toThrow(/lines\.xyz/);
});

test('numbers over frames, and some of them in another file', async () => {
  const path = join(folder, 'saved.xyz');
  await writeFile(path, FRAME.repeat(5));
  const volumes = (frames: number): Float64Array => new Float64Array(frames).fill(125);
  expect(await client.request('series', { path, from: 0 })).toEqual({
    frames: 5,
    values: { energy: new Float64Array(5).fill(-1.5), volume: volumes(5) },
  });
  // Of a file that has grown, those of the new frames.
  await appendFile(path, FRAME.replace('-1.5', '-2.5'));
  expect(await client.request('series', { path, from: 4 })).toEqual({
    frames: 2,
    values: { energy: Float64Array.of(-1.5, -2.5), volume: volumes(2) },
  });
  expect(await client.request('series', { path, from: 9 })).toEqual({ frames: 0, values: {} });
  const target = join(folder, 'target.xyz');
  const wish = { path, target, first: 1, last: 4, stride: 2, atoms: [1] };
  expect(await client.request('export', wish)).toEqual({ frames: 2 });
  expect(await indexed(target)).toMatchObject({ frames: 2 });
  expect((await client.request('frame', { path: target, index: 1 })).numbers).toEqual(Uint8Array.of(2));
  // Frames without these atoms are left out.
  await appendFile(path, FRAME.replace(/^2/, '1').replace(/He.*\n/, ''));
  expect(await client.request('export', { ...wish, first: 0, last: 6, stride: 6 })).toEqual({ frames: 1 });
});

test('what atoms measure over the frames, from one of them on; nothing where a frame lacks them', async () => {
  const path = join(folder, 'measured.xyz');
  const pair = (x: number): string =>
    `2\nProperties=species:S:1:pos:R:3 pbc="T T T" Lattice="5 0 0 0 5 0 0 0 5"\nH 0 0 0\nH ${x} 0 0\n`;
  await writeFile(path, `${pair(1)}${pair(4)}1\nProperties=species:S:1:pos:R:3\nH 0 0 0\n${pair(2)}`);
  const measured = async (from: number, atoms: number[]): Promise<unknown> => {
    const { values } = await client.request('series', { path, from, atoms });
    return Object.hasOwn(values, MEASURED) ? values[MEASURED].map((value) => Number(value.toFixed(9))) : undefined;
  };
  expect(await measured(0, [0, 1])).toEqual(Float64Array.of(1, 1, NaN, 2));
  expect(await measured(1, [0, 1])).toEqual(Float64Array.of(1, NaN, 2));
  expect(await measured(0, [0])).toBeUndefined();
});

test('a trajectory is analysed as curves', async () => {
  const path = join(folder, 'trajectory.xyz');
  const frame = (k: number): string =>
    `1\nProperties=species:S:1:pos:R:3 Lattice="9 0 0 0 9 0 0 0 9" time=${2 * k}\nHe ${(0.5 * k) % 9} 0 0\n`;
  await writeFile(path, Array.from({ length: 12 }, (_, k) => frame(k)).join(''));
  const { frames, groups, notes } = await client.request('analyze', { path, cutoff: 4, skip: 0 });
  expect([frames, notes]).toEqual([12, ['There are no diffusion coefficients: they take 30 frames.']]);
  const displacement = groups.find(({ title }) => title === 'Mean squared displacement');
  expect(displacement).toMatchObject({ unit: 'Å²', abscissa: 'time (fs)' });
  expect([...(displacement?.x ?? [])].slice(0, 3)).toEqual([0, 2, 4]);
  displacement?.curves[0].y.forEach((value, m) => expect(value).toBeCloseTo(0.25 * m * m, 9));
  await writeFile(path, '1\nProperties=species:S:1:pos:R:3\nHe 0 0\n');
  await expect(client.request('analyze', { path, cutoff: 4, skip: 0 })).rejects.toThrow(/trajectory\.xyz:3/);
});

test('an analysis says what the curves are in numbers, and leaves out the equilibration', async () => {
  const path = join(folder, 'walk.xyz');
  const frame = (k: number): string =>
    `2\nProperties=species:S:1:pos:R:3 Lattice="9 0 0 0 9 0 0 0 9" time=${k}\nO 0 0 0\nH ${k < 10 ? 2 : 1} 0 0\n`;
  await writeFile(path, Array.from({ length: 50 }, (_, k) => frame(k)).join(''));
  const { frames, groups } = await client.request('analyze', { path, cutoff: 4, skip: 10 });
  expect(frames).toBe(40);
  const findings = (title: string) => groups.find((group) => group.title === title)?.findings;
  const [name, peak, , , neighbors] = findings('Radial distribution g(r)')?.rows[1] ?? [];
  expect([name, neighbors]).toEqual(['H–O', '1.00 O around H, 1.00 H around O']);
  expect(Math.abs(Number(peak) - 1)).toBeLessThan(0.02);
  expect(findings('Mean squared displacement')).toMatchObject({
    columns: ['D (10⁻⁵ cm²/s)', '±', 'fitted (fs)', 'α'],
    rows: [
      ['all', 0, 0, '1 to 4', null],
      ['H', 0, 0, '1 to 4', null],
      ['O', 0, 0, '1 to 4', null],
    ],
  });
  await expect(client.request('analyze', { path, cutoff: 4, skip: 50 })).rejects.toThrow('50 frames: none is left');
});

test('a thread that computes is stopped at once, and the next request is answered by another', async () => {
  const own = createDataClient(script);
  const path = join(folder, 'long.xyz');
  // 2000 atoms within 30 Å of each other: a minute of pairs and angles.
  const atoms = Array.from({ length: 2000 }, (_, i) => `C ${i % 13} ${(i * 7) % 13} ${(i * 5) % 13}`).join('\n');
  const frame = `2000\nProperties=species:S:1:pos:R:3 Lattice="13 0 0 0 13 0 0 0 13"\n${atoms}\n`;
  await writeFile(path, frame.repeat(20));
  await indexed(path, own);
  const analysis = own.request('analyze', { path, cutoff: 30, skip: 0 });
  const failed = expect(analysis).rejects.toThrow('closed');
  own.stop();
  await failed;
  expect(await indexed(path, own)).toMatchObject({ frames: 20 });
  own.dispose();
});

test('frames of several files are extracted bit for bit, with where they come from', async () => {
  const [first, second, target] = ['e1.xyz', 'e2.xyz', 'selection.xyz'].map((name) => join(folder, name));
  await writeFile(first, FRAME.repeat(2) + FRAME.replace('1 2 3 -0.5', '0.1 0.2 0.30000000000000004 -0.5'));
  await writeFile(second, FRAME.replace('-1.5', '-2.5'));
  const frames = [
    { path: second, index: 0 },
    { path: first, index: 2 },
  ];
  expect(await client.request('extract', { frames, target })).toEqual({ frames: 2 });
  const text = await readFile(target, 'utf8');
  expect(text).toContain('He 0.1 0.2 0.30000000000000004 -0.5 0 0');
  expect((await client.request('frame', { path: target, index: 0 })).info).toEqual({
    energy: -2.5,
    source_file: 'e2.xyz',
    source_frame: 0,
  });
  expect((await client.request('frame', { path: target, index: 1 })).info).toMatchObject({ source_frame: 2 });
  await expect(client.request('extract', { frames: [{ path: first, index: 9 }], target })).rejects.toThrow();
});

test('structures of a run are extracted with what it has predicted for them, unless they have become others', async () => {
  const [data, target, file] = ['p.xyz', 'predicted.xyz', 'parity.bin'].map((name) => join(folder, name));
  await writeFile(data, FRAME);
  const labels = Float64Array.from({ length: 6 }, (_, c) => c);
  const rows = { structure: new Int32Array(6), atom: Int32Array.of(0, 0, 0, 1, 1, 1), element: new Uint8Array(6) };
  const parity: Parity = {
    files: [data],
    structureFile: Int32Array.of(0, 0),
    structureFrame: Int32Array.of(0, 0),
    structureAtoms: Int32Array.of(2, 3),
    structureSet: new Uint8Array(2),
    configTypes: [],
    structureConfigType: Int32Array.of(-1, -1),
    energy: { structure: Int32Array.of(0), reference: Float64Array.of(-0.75), predicted: Float64Array.of(-1) },
    force: {
      ...rows,
      component: Uint8Array.of(0, 1, 2, 0, 1, 2),
      reference: labels,
      predicted: labels.map((x) => x + 1 / 3),
      spread: Float64Array.of(2, 3, 6, 0, 0, 0.1),
    },
    extrapolation: Float64Array.of(0, 0.5, 1, 2, 3),
    stress: {
      structure: new Int32Array(0),
      component: new Uint8Array(0),
      reference: new Float64Array(0),
      predicted: new Float64Array(0),
    },
  };
  await writeFile(file, encodeParity(parity));
  const places = [0, 1].map((structure) => ({ path: data, index: 0, structure }));
  await client.request('extract', { frames: places, parity: file, target });
  const { columns, info } = await client.request('frame', { path: target, index: 0 });
  expect([...columns.reference_forces.values]).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...columns.predicted_forces.values]).toEqual([...labels].map((x) => Math.fround(x + 1 / 3)));
  expect([...columns.forces_std.values]).toEqual([7, Math.fround(0.1)]);
  expect([...columns.extrapolation.values]).toEqual([0, 0.5]);
  expect(Object.keys(columns)).toContain('forces');
  expect(info).toMatchObject({ energy: -1.5, reference_energy: -1.5, predicted_energy: -2, source_frame: 0 });
  const other = await client.request('frame', { path: target, index: 1 });
  expect(Object.keys(other.columns)).not.toContain('predicted_forces');
});

test('frames can be asked for without an index, and appear when the file grows', async () => {
  const path = join(folder, 'b.xyz');
  await writeFile(path, FRAME);
  expect((await client.request('frame', { path, index: 0 })).numbers).toEqual(Uint8Array.of(1, 2));
  await expect(client.request('frame', { path, index: 1 })).rejects.toThrow('XD023 there is no frame 1');
  await appendFile(path, FRAME);
  expect((await client.request('frame', { path, index: 1 })).numbers).toEqual(Uint8Array.of(1, 2));
  expect(await indexed(path)).toMatchObject({ frames: 2 });
});

test('a file is as a run has read it until its frames become others; more may follow', async () => {
  const path = join(folder, 'read.xyz');
  const text = FRAME.repeat(3);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const same = async (now: string): Promise<boolean> => {
    await writeFile(path, now);
    return (await client.request('isAsRead', { path, sha256, frames: 3 })).same;
  };
  expect(await same(text)).toBe(true);
  expect(await same(text + FRAME)).toBe(true);
  expect(await same(FRAME.replace('-1.5', '-1.625') + text)).toBe(false);
  expect(await same(text.replace('He 1 2 3', 'He 1 2 4.0'))).toBe(false);
  expect(await same(FRAME.repeat(2))).toBe(false);
  expect(await same('no frames')).toBe(false);
  expect(await same(text)).toBe(true);
  await rm(path);
  await expect(client.request('isAsRead', { path, sha256, frames: 3 })).rejects.toThrow('ENOENT');
});

test('a file that became another one is told from one that has grown', async () => {
  const path = join(folder, 'rewritten.xyz');
  const index = () => indexed(path);
  await writeFile(path, FRAME.repeat(2));
  const first = await index();
  await appendFile(path, FRAME);
  expect(await index()).toMatchObject({ frames: 3, generation: first.generation });
  // Longer, as one of the same size that is written within one tick of the file system's clock is not told apart.
  await writeFile(path, FRAME.replace('1 2 3', '1 2 4.0').repeat(3));
  const other = await index();
  expect(other.frames).toBe(3);
  expect(other.generation).not.toBe(first.generation);
  expect((await client.request('frame', { path, index: 2 })).positions[5]).toBe(4);
});

test('failures have codes and places', async () => {
  const path = join(folder, 'c.xyz');
  await expect(client.request('index', { path })).rejects.toThrow(`${path} XD001 the file can't be read`);
  await writeFile(path, FRAME.replace('0.5 0 0', '0.5 0 zero'));
  await expect(client.request('frame', { path, index: 0 })).rejects.toThrow(
    `${path}:3:15 XD009 “zero” is not a number`,
  );
  await expect(client.request('line', { path, index: 7 })).rejects.toThrow('no frame 7');
});

test('more files than are kept', async () => {
  const paths = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const path = join(folder, `many-${i}.xyz`);
      await writeFile(path, FRAME.repeat((i % 3) + 1));
      return path;
    }),
  );
  for (let round = 0; round < 2; round++) {
    const found = await Promise.all(paths.map((path) => indexed(path)));
    expect(found.map(({ frames }) => frames)).toEqual(paths.map((_, i) => (i % 3) + 1));
  }
});

/** A file that takes many pieces to look through. */
async function writeLongFile(name: string): Promise<string> {
  const path = join(folder, name);
  const atoms = `20000\n\n${'H 1.25 2.5 3.75\n'.repeat(20_000)}`;
  await writeFile(path, atoms.repeat(200));
  return path;
}

test('a look through a long file can be cancelled, and begun again', async () => {
  const path = await writeLongFile('cancelled.xyz');
  const abort = new AbortController();
  const cancelled = client.request('series', { path, from: 0 }, abort.signal);
  abort.abort();
  await expect(cancelled).rejects.toThrow('cancelled');
  expect(await client.request('series', { path, from: 0 })).toMatchObject({ frames: 200 });
});

test('a long file is looked through bit by bit', async () => {
  const path = await writeLongFile('long.xyz');
  const answers: { frames: number; complete: boolean; progress: number }[] = [];
  // Nobody has asked for the file before: whatever the machine is busy with, the first answer comes before the end.
  const first = client.request('index', { path });
  const late = client.request('frame', { path, index: 150 });
  answers.push(await first);
  while (answers.at(-1)?.complete !== true) {
    const index = await client.request('index', { path });
    answers.push(index);
    if (index.frames > 0)
      expect((await client.request('frame', { path, index: index.frames - 1 })).numbers).toHaveLength(20_000);
  }
  expect(answers[0].complete).toBe(false);
  expect(answers[0].frames).toBeLessThan(200);
  expect(answers[0].progress).toBeLessThan(1);
  expect(answers.map(({ frames }) => frames)).toEqual(answers.map(({ frames }) => frames).sort((a, b) => a - b));
  expect(answers.at(-1)).toMatchObject({ frames: 200, complete: true, progress: 1 });
  expect((await late).numbers).toHaveLength(20_000);
});

test('a frame that is kept is another when the file is another', async () => {
  const path = join(folder, 'replaced.xyz');
  await writeFile(path, FRAME);
  for (let k = 0; k < 3; k++) expect((await client.request('frame', { path, index: 0 })).positions[3]).toBe(1);
  // A look at the old file that is still under way would be asked.
  await indexed(path);
  await writeFile(path, FRAME.replace('He 1 2 3', 'He 4 2 3'));
  // Of the same size, and written within one tick of the file system's clock: another time tells them apart.
  const later = new Date(Date.now() + 5000);
  await utimes(path, later, later);
  expect((await client.request('frame', { path, index: 0 })).positions[3]).toBe(4);
});

test('compressed files are kept open while they are known', async () => {
  const paths = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const path = join(folder, `packed-${i}.xyz.gz`);
      await writeFile(path, gzipSync(FRAME.repeat(3)));
      return path;
    }),
  );
  const read = (path: string): Promise<unknown> => client.request('frame', { path, index: 2 });
  const frames = await Promise.all([...paths, ...paths].map(read));
  for (const frame of frames) expect(frame).toMatchObject({ numbers: Uint8Array.of(1, 2), info: { energy: -1.5 } });
});

test('a worker that died is started again; a closed client answers nobody', async () => {
  const crash = join(folder, 'crash.js');
  await writeFile(
    crash,
    `const { parentPort } = require('node:worker_threads');
     const { existsSync, writeFileSync } = require('node:fs');
     parentPort.on('message', ({ id, parameters: { path } }) => {
       if (existsSync(path)) { parentPort.postMessage({ kind: 'result', id, result: { frames: 1, complete: true } }); return; }
       writeFileSync(path, '');
       throw new Error('struck by lightning');
     });`,
  );
  const own = createDataClient(crash);
  const path = join(folder, 'crashed-before');
  await expect(own.request('index', { path })).rejects.toThrow('struck by lightning');
  expect(await own.request('index', { path })).toEqual({ frames: 1, complete: true });
  own.dispose();
  await expect(own.request('index', { path })).rejects.toThrow('closed');
});
