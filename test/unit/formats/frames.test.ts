import { appendFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainContent } from '../../../engine/formats/content';
import { createXyzFinder, formatXyzFrame } from '../../../engine/formats/extended-xyz';
import { indexFrames, type FrameIndex } from '../../../engine/formats/frame-index';
import { createFrameSource, openFrames, type FrameSource } from '../../../engine/formats/frames';
import type { Frame } from '../../../engine/formats/frame';
import { temporaryFolder } from '../../fixtures/folders';
import { problemsOf, valueOf } from '../../fixtures/results';

const folder = temporaryFolder();

const frame = (atoms: number, x: number): string => {
  const made: Frame = {
    numbers: new Uint8Array(atoms).fill(18),
    positions: Float64Array.from({ length: 3 * atoms }, (_, i) => x + i),
    periodic: [false, false, false],
    columns: new Map(),
    info: new Map([['energy', x]]),
  };
  return formatXyzFrame(made, 'exact');
};

async function open(name: string, text: string | Uint8Array): Promise<FrameSource> {
  const file = join(folder, name);
  await writeFile(file, text);
  return valueOf(await openFrames(file));
}

test('frames are found in any order, with the lines where they begin', async () => {
  const source = await open('three.xyz', `${frame(1, 0.5)}${frame(4, 1.5)}\n${frame(2, 2.5)}\n\n`);
  expect(source.count).toBe(3);
  expect([2, 0, 1].map((i) => source.line(i))).toEqual([11, 1, 4]);
  expect([0, 1, 3, 4, 10, 11, 99].map((line) => source.frameAt(line))).toEqual([undefined, 0, 0, 1, 1, 2, 2]);
  const last = valueOf(await source.frame(2));
  expect([...last.numbers]).toEqual([18, 18]);
  expect(last.positions[0]).toBe(2.5);
  expect(last.info).toEqual({ energy: 2.5 });
  expect(valueOf(await source.frame(0)).positions[0]).toBe(0.5);
  expect(problemsOf(await source.frame(3))).toEqual([
    `${source.file} XD023 there is no frame 3: the file has 3 frames, numbered 0 to 2`,
  ]);
  for (const i of [-1, 0.5, NaN, Infinity]) expect((await source.frame(i)).ok).toBe(false);
});

test('one wrong frame is one wrong frame, named by its place', async () => {
  const good = frame(2, 1);
  const short = good.replace(/Ar.*\n$/, '');
  const long = good.replace('2\n', '1\n');
  const source = await open('wrong.xyz', good + short + good + long + good + good.replace('Ar', 'Xx') + good);
  expect(source.count).toBe(7);
  const outcomes = await Promise.all(Array.from({ length: 7 }, (_, i) => source.frame(i)));
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true, false, true, false, true]);
  expect(problemsOf(outcomes[1])[0]).toMatch(/wrong.xyz:5:1 XD004 .* says 2 atoms, but only 1 lines follow/);
  expect(problemsOf(outcomes[3])[0]).toMatch(/wrong.xyz:12:1 XD004 .* says 1 atoms, but more lines follow/);
  expect(problemsOf(outcomes[5])[0]).toMatch(/wrong.xyz:22:1 XD011 “Xx”/);
});

test('a file that grows shows its frames as they are whole', async () => {
  const text = frame(3, 1) + frame(3, 2);
  const source = await open('growing.xyz', '');
  expect(source.count).toBe(0);
  expect((await source.frame(0)).ok).toBe(false);
  let written = 0;
  for (const until of [5, 40, 90, 150, text.length - 5, text.length]) {
    await appendFile(source.file, text.slice(written, until));
    written = until;
    valueOf(await source.refresh());
    const whole = until >= text.length - 5 ? 2 : until >= text.length / 2 ? 1 : 0;
    if (until !== text.length - 5) expect(source.count).toBe(whole);
  }
  expect(valueOf(await source.frame(1)).positions[0]).toBe(2);
  // Another, longer file in its place, then a shorter one.
  await writeFile(source.file, frame(9, 7).repeat(5));
  valueOf(await source.refresh());
  expect(source.count).toBe(5);
  expect(valueOf(await source.frame(0)).positions[0]).toBe(7);
  await truncate(source.file, frame(9, 7).length + 80);
  valueOf(await source.refresh());
  expect(source.count).toBe(1);
  expect(problemsOf(await source.frame(1))[0]).toMatch(/growing.xyz:12:1 XD004 /);
  await rm(source.file);
  expect(problemsOf(await source.refresh())).toEqual([
    `${source.file} XD001 the file can't be read: there is no such file`,
  ]);
  expect(source.count).toBe(0);
});

test('an index that grows with its file is the index of the whole file', async () => {
  const pieces = fc.array(fc.constantFrom('1\n', '\n', 'H 0 0 0\n', '3\n', 'junk', ' ', '\r\n', 'H 1 2', '2'), {
    minLength: 1,
    maxLength: 20,
  });
  let n = 0;
  await fc.assert(
    fc.asyncProperty(pieces, fc.nat(20), async (parts, cut) => {
      const file = join(folder, `piecewise-${n++ % 4}.xyz`);
      await writeFile(file, parts.slice(0, cut).join(''));
      const first = valueOf(await indexFrames(plainContent(file), createXyzFinder));
      await writeFile(file, parts.join(''));
      const grown = valueOf(await indexFrames(plainContent(file), createXyzFinder, { previous: first }));
      const whole = valueOf(await indexFrames(plainContent(file), createXyzFinder));
      const plain = (index: FrameIndex): unknown => ({
        count: index.count,
        whole: index.whole,
        size: index.size,
        offsets: [...index.offsets.subarray(0, index.count)],
        lines: [...index.lines.subarray(0, index.count)],
      });
      expect(plain(grown)).toEqual(plain(whole));
    }),
    { numRuns: 300 },
  );
});

test('any file makes frames and problems that account for all of it', async () => {
  const line = fc.oneof(
    fc.constantFrom(
      '1',
      '2',
      '3',
      '999999999999',
      '',
      'H 0 0 0',
      'He 1.5 -2 3e0',
      'C nan 0 0',
      'x',
      '-1',
      '1 1',
      'Properties=species:S:1:pos:R:3',
      '\u0000',
    ),
    fc.string({ maxLength: 10 }),
  );
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 25 }), fc.constantFrom('\n', '\r\n'), async (lines, end) => {
      const file = join(folder, `any-${n++ % 4}.xyz`);
      const text = lines.join(end);
      await writeFile(file, text);
      const index = valueOf(await indexFrames(plainContent(file), createXyzFinder));
      expect(index.count === 0).toBe(!/[^\s]/.test(text.replace(/[^\S \t\r\n]/g, 'x')));
      let frames = 0;
      const problems = await valueOf(await openFrames(file)).readAll(() => frames++);
      expect(frames).toBeLessThanOrEqual(index.count);
      expect(problems.length > 0).toBe(frames < Math.max(index.count, 1));
    }),
    { numRuns: 500 },
  );
});

test('chunks and lines may end anywhere: a file larger than a chunk, with long lines', async () => {
  const long = frame(2, 1).replace('\n', `\n${'c'.repeat(100_000)}=1 `);
  const count = 90;
  const source = await open('large.xyz', long.repeat(count));
  expect(source.count).toBe(count);
  expect(source.line(count - 1)).toBe(4 * (count - 1) + 1);
  expect(valueOf(await source.frame(count - 1)).positions[0]).toBe(1);
});

test('a number alone in a line far away does not make memory', async () => {
  const source = await open('huge-count.xyz', `999999999999\n\nH 0 0 0\n${'junk\n'.repeat(10_000)}`);
  expect(source.count).toBe(0);
  expect(problemsOf(await source.frame(0))[0]).toMatch(/huge-count.xyz:1:1 XD012 /);
});

test('the look through a file can be cancelled and reports its progress', async () => {
  const file = join(folder, 'long.xyz');
  await writeFile(file, frame(100, 1).repeat(3000));
  const abort = new AbortController();
  const seen: number[] = [];
  await expect(
    openFrames(file, {
      signal: abort.signal,
      onProgress: (done, total) => {
        expect(done).toBeLessThan(total);
        seen.push(done);
        abort.abort(new Error('enough'));
      },
    }),
  ).rejects.toThrow('enough');
  expect(seen).toHaveLength(1);
  expect(seen[0]).toBeGreaterThan(1e6);
});

test('the look through a file waits for whoever is told of its progress', async () => {
  const file = join(folder, 'waiting.xyz');
  await writeFile(file, frame(100, 1).repeat(3000));
  const order: string[] = [];
  const source = await openFrames(file, {
    onProgress: async () => {
      order.push('told');
      await new Promise((resolve) => setTimeout(resolve, 10));
      order.push('done');
    },
  });
  expect(valueOf(source).count).toBe(3000);
  expect(order.length).toBeGreaterThan(2);
  expect(order).toEqual(order.map((_, k) => (k % 2 === 0 ? 'told' : 'done')));
});

test('the summary of a file', async () => {
  const water =
    '3\nProperties=species:S:1:pos:R:3:forces:R:3 REF_energy=-1 energy=-2 config_type=a\n' +
    'O 0 0 0 0 0 0\nH 1 0 0 0 0 0\nH 0 1 0 0 0 0\n';
  const source = await open('summary.xyz', water + frame(1, 1) + water.replace('O 0', 'Xx 0'));
  const { problems, ...summary } = valueOf(await source.inspect());
  expect(problems?.map(({ code, place }) => [code, place?.line])).toEqual([['XD011', 11]]);
  expect(summary).toEqual({
    frames: 2,
    atoms: { minimum: 1, maximum: 3, total: 4 },
    // The smallest that add up to −1: −2/5 for each of two H, −1/5 for O.
    atomEnergies: { H: -0.4, O: -0.2 },
    elements: { H: 1, O: 1, Ar: 1 },
    keys: { REF_energy: 1, energy: 2, config_type: 1 },
    columns: { forces: 1 },
    compositions: 2,
    isolated: { Ar: null },
    words: { config_type: { a: 1 } },
    energyKey: 'REF_energy',
    forcesKey: 'forces',
  });
});

test('the summary counts frames that need a second look', async () => {
  const head = 'Properties=species:S:1:pos:R:3:forces:R:3 pbc="T T T" Lattice="4 0 0 0 5 0 0 0 6"';
  const two = (info: string, force: number): string => `2\n${head} ${info}\nH 0 0 0 0 0 0\nH 1 0 0 ${force} 0 0\n`;
  const source = await open(
    'conspicuous.xyz',
    two('charge=1 energy=1 free_energy=2', 0) + two('energy=1 free_energy=1', 0.5) + two('charge=0', 0.5),
  );
  // One is charged, one has two energies; of two frames one atom is held fixed, of the first all forces are zero.
  expect(valueOf(await source.inspect())).toMatchObject({
    frames: 3,
    charged: 1,
    differing: 1,
    frozen: { count: 2, frames: [1, 2] },
    heights: [4, 5, 6],
  });
});

test('the summary of a slab has heights along its periodic vectors alone', async () => {
  const head = 'Properties=species:S:1:pos:R:3 pbc="T F T" Lattice="4 0 0 0 0 0 3 0 6"';
  const source = await open('slab.xyz', `1\n${head}\nH 0 0 0\n`);
  const { heights } = valueOf(await source.inspect());
  expect(heights?.[0]).toBeCloseTo((4 * 6) / Math.hypot(3, 6), 12);
  expect(heights?.[1]).toBeNull();
  expect(heights?.[2]).toBeCloseTo(6, 12);
});

test('the summary tells atoms that are by themselves, and how far they are from their images', async () => {
  const atom = (symbol: string, cell: string): string => `1\nProperties=species:S:1:pos:R:3 ${cell}\n${symbol} 0 0 0\n`;
  const box = (a: number, pbc: string): string => `pbc="${pbc}" Lattice="${a} 0 0 0 9 0 0 0 30"`;
  const source = await open(
    'atoms.xyz',
    [
      atom('H', box(4, 'T T T')),
      atom('H', box(12, 'T T T')),
      atom('H', box(5, 'T T F')),
      atom('C', box(4, 'F F T')),
    ].join('') +
      atom('O', box(4, 'T T T')) +
      atom('O', ''),
  );
  expect(valueOf(await source.inspect()).isolated).toEqual({ H: 9, C: 30, O: null });
});

test('the summary names the frames that did not converge, whatever program says it', async () => {
  const of = (info: string): string => `1\nProperties=species:S:1:pos:R:3 energy=1 ${info}\nH 0 0 0\n`;
  const words = [
    'converged=T',
    'converged=F',
    'scf_converged=False',
    'electronic_converged=0',
    'dft_is_converged=no',
    '',
  ];
  const others = ['ionic_converged=F', 'unconverged=F', 'geometry_converged=F', 'not_converged=F'];
  const source = await open('converged.xyz', [...words, ...others].map(of).join(''));
  expect(valueOf(await source.inspect()).unconverged).toEqual({ count: 4, frames: [1, 2, 3, 4] });
  const many = await open('unconverged.xyz', of('converged=F').repeat(101));
  expect(valueOf(await many.inspect()).unconverged).toEqual({ count: 101 });
});

test('the summary fits what an atom of each element has of the energies', async () => {
  const of = (h: number, o: number, noise: number): string =>
    `${h + o}\nProperties=species:S:1:pos:R:3 energy=${-13.5 * h - 430 * o + noise}\n${'H 0 0 0\n'.repeat(h)}${'O 0 0 0\n'.repeat(o)}`;
  const source = await open('fitted.xyz', of(2, 1, 0.01) + of(2, 1, -0.01) + of(2, 2, 0) + of(4, 2, 0));
  const { atomEnergies = {} } = valueOf(await source.inspect());
  expect(atomEnergies.H).toBeCloseTo(-13.5, 3);
  expect(atomEnergies.O).toBeCloseTo(-430, 3);
});

test('what can’t be read is said', async () => {
  expect(problemsOf(await openFrames(join(folder, 'absent.xyz')))).toEqual([
    `${join(folder, 'absent.xyz')} XD001 the file can't be read: there is no such file`,
  ]);
  expect(problemsOf(await openFrames(folder))[0]).toMatch(/XD001 this is not a file/);
  await writeFile(join(folder, 'notes.txt'), 'hello');
  expect(problemsOf(await openFrames(join(folder, 'notes.txt')))[0]).toMatch(/notes.txt:1:1 XD017/);
  const named = await open('structures.txt', 'begin\natom 0 0 0 He 0 0 0 0 0\nend\n');
  expect(named.count).toBe(1);
});

test('a gzip file is read as what is in it, and grows', async () => {
  const text = frame(40, 1) + frame(3, 2) + frame(2, 3);
  const source = await open('packed.xyz.gz', gzipSync(text));
  expect(source.count).toBe(3);
  expect([0, 1, 2].map((i) => source.line(i))).toEqual([1, 43, 48]);
  const frames = await Promise.all([2, 0, 1].map((i) => source.read(i)));
  expect(frames.map((result) => valueOf(result).positions[0])).toEqual([3, 1, 2]);
  const plain = await open('plain.xyz', text);
  expect(valueOf(await source.inspect())).toEqual(valueOf(await plain.inspect()));
  // Several members after one another, as `cat a.gz b.gz` makes them; no name that says so.
  const joined = await open('joined.xyz', Buffer.concat([gzipSync(text), gzipSync(frame(7, 9))]));
  expect(joined.count).toBe(4);
  expect(valueOf(await joined.read(3)).positions[0]).toBe(9);
  await joined.dispose();
  const version = source.version(0);
  await appendFile(source.file, gzipSync(frame(7, 4)));
  valueOf(await source.refresh());
  expect(source.count).toBe(4);
  expect(source.version(0)).toBe(version);
  expect(valueOf(await source.read(3)).positions[0]).toBe(4);
  expect([0, 1, 2].map((i) => source.line(i))).toEqual([1, 43, 48]);
  await writeFile(source.file, gzipSync(frame(7, 5)));
  valueOf(await source.refresh());
  expect([source.count, source.version(0) === version]).toEqual([1, false]);
  await source.dispose();
  expect((await source.read(0)).ok).toBe(false);
});

test('a gzip file that is still being written has the frames that are whole, as it grows', async () => {
  const file = join(folder, 'living.xyz.gz');
  const texts = Array.from({ length: 300 }, (_, i) => frame(3, Math.sin(i)));
  const whole = gzipSync(texts.join(''));
  const source = createFrameSource(file);
  const first = (i: number): Promise<number> => source.read(i).then((result) => valueOf(result).positions[0]);
  let before = 0;
  for (const part of [0.3, 0.6, 0.9]) {
    await writeFile(file, whole.subarray(0, part * whole.length));
    valueOf(await source.refresh());
    expect(source.torn).toBe(file);
    expect(source.count).toBeGreaterThan(before);
    // What was there before, and the last whole one.
    expect(await first(0)).toBe(0);
    expect(await first(source.count - 1)).toBeCloseTo(Math.sin(source.count - 1), 12);
    before = source.count;
  }
  const { generation } = source;
  await writeFile(file, whole);
  valueOf(await source.refresh());
  expect([source.count, source.torn, source.generation === generation]).toEqual([300, undefined, true]);
  await source.dispose();
});

test('a gzip file that is cut off or damaged is refused', async () => {
  const file = join(folder, 'damaged.xyz.gz');
  const random = Array.from({ length: 2000 }, (_, i) => frame(3, Math.sin(i))).join('');
  const whole = gzipSync(random);
  for (const damaged of [whole.subarray(0, whole.length - 10), whole.subarray(0, 5)]) {
    await writeFile(file, damaged);
    expect(problemsOf(await openFrames(file))).toEqual([
      `${file} XD001 the file can't be unpacked: unexpected end of file`,
    ]);
  }
  await writeFile(file, Buffer.from(whole).fill(0xff, 20_000, 20_020));
  expect(problemsOf(await openFrames(file))[0]).toMatch(/damaged.xyz.gz XD001 the file can't be unpacked: /);
});

test('the end of a line may come later; what a frame had then is not what it has now', async () => {
  const source = await open('half-a-line.xyz', '1\n\nH 0 0 1.2');
  const version = source.version(0);
  expect(valueOf(await source.read(0)).positions[2]).toBe(1.2);
  await appendFile(source.file, '5\n1\n\nH 0 0 0\n');
  valueOf(await source.refresh());
  expect(source.count).toBe(2);
  expect(source.version(0)).not.toBe(version);
  expect(valueOf(await source.read(0)).positions[2]).toBe(1.25);
});
