/** Data files as documents: what is said of a file or a buffer, frame by frame. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { thumbnailOf } from '../../../../server/data/thumbnail';
import { frameAt, reportOn, type DataReport } from '../../../../server/data/reports';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nearsight-reports-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const { signal } = new AbortController();

interface Options {
  readonly head?: string;
  readonly x?: number;
  readonly force?: number;
}
const CELL = 'Lattice="5 0 0 0 5 0 0 0 5"';
const frame = ({ head = `energy=-1 ${CELL}`, x = 1, force = -0.5 }: Options = {}): string =>
  `2\nProperties=species:S:1:pos:R:3:forces:R:3 ${head}\nH 0 0 0 0.5 0 0\nO ${x} 2 2 ${force} 0 0\n`;

let files = 0;
async function report(...frames: string[]): Promise<DataReport> {
  const file = join(folder, `${files++}.xyz`);
  await writeFile(file, frames.join(''));
  return reportOn({ file }, signal);
}
const brief = ({ problems }: DataReport): string[] =>
  problems.map(({ code, severity, line, character }) => `${code} ${severity} ${line}:${character}`);

test('a good file has an outline and no problems', async () => {
  const good = await report(frame({ head: `energy=-1 config_type=ice ${CELL}` }), frame({ x: 1.5 }));
  expect(good).toEqual({
    frames: 2,
    problems: [],
    outline: [
      { line: 0, name: 'frame 0', detail: 'H O · -0.5000 eV/atom · ice' },
      { line: 4, name: 'frame 1', detail: 'H O · -0.5000 eV/atom' },
    ],
  });
});

test.each<[string, string[], string[]]>([
  ['XD024: a net force', [frame({ force: -0.4 })], ['XD024 warning 0:0']],
  ['XD025: a frame that is there twice', [frame(), frame({ x: 2 }), frame()], ['XD025 warning 8:0']],
  ['XD026: a frame without energy', [frame(), frame({ x: 2, head: CELL })], ['XD026 information 4:0']],
  ['XD027: a left-handed cell', [frame({ head: 'energy=0 Lattice="0 5 0 5 0 0 0 0 5"' })], ['XD027 information 0:0']],
  ['XD028: an atom far away', [frame({ head: 'energy=0', x: 2e6 })], ['XD028 warning 0:0']],
  ['XD029: atoms outside of the cell', [frame({ x: 11 })], ['XD029 hint 0:0']],
  ['XD011: what can’t be read, where it is', [frame(), frame().replace('O 1', 'Xx 1')], ['XD011 error 7:0']],
  ['XD002: nothing', [''], ['XD002 error 0:0']],
])('%s', async (_, frames, found) => {
  expect(brief(await report(...frames))).toEqual(found);
});

test('of a slab the vector that is not periodic may be zero', async () => {
  const slab = await report(frame({ head: 'energy=-1 Lattice="5 0 0 0 5 0 0 0 0" pbc="T T F"' }));
  expect(slab.problems).toEqual([]);
  const file = join(folder, `${files - 1}.xyz`);
  expect(await frameAt({ file }, 0, signal)).toContain('cell 5.000 × 5.000 × – Å between faces, periodic T T F');
});

test('a cell that is far too thin hides nothing else', async () => {
  const thin = frame({ head: 'energy=-1 Lattice="1e-3 0 0 0 1e-3 0 0 0 1e-3"', force: -0.4 });
  expect(brief(await report(thin))).toEqual(['XD024 warning 0:0', 'XD029 hint 0:0']);
  expect(await frameAt({ file: join(folder, `${files - 1}.xyz`) }, 0, signal)).toContain('**Frame 0** of 1');
});

test('of what is everywhere the first are told and the rest counted', async () => {
  const many = await report(...Array.from({ length: 60 }, (_, k) => frame({ x: 1 + k / 100, force: -0.4 })));
  expect(many.problems).toHaveLength(50);
  expect(many.problems.at(-1)?.message).toContain('And 10 more frames');
});

test('input.data and files that are not there', async () => {
  const file = join(folder, 'input.data');
  await writeFile(file, 'begin\natom 0 0 0 H 0 0 0 0 0\nenergy 1\ncharge 0\nend\n');
  expect(await reportOn({ file }, signal)).toMatchObject({ frames: 1, problems: [] });
  expect(brief(await reportOn({ file: join(folder, 'none.xyz') }, signal))).toEqual(['XD001 error 0:0']);
});

test('what n2p2 stumbles over in input.data, where it is first', async () => {
  const file = join(folder, 'input.data');
  const structure = 'begin\natom 0 0 0 H 0 0 0 0 0\n\nenergy 1\ncharge 0\nend\n';
  await writeFile(file, `${structure.replace('\n\n', '\n').replace('H', 'He')}\n${structure}`);
  expect(brief(await reportOn({ file }, signal))).toEqual(['XD031 warning 8:0']);
  const text = structure.replace('\n\n', '\n').replaceAll('\n', '\r\n');
  expect(brief(await reportOn({ file, text }, signal))).toEqual(['XD032 warning 0:0']);
  // A comment that is longer than what is read at once.
  const long = structure.replace('begin\n', `begin\ncomment ${'x'.repeat(200_000)}\n`);
  expect(brief(await reportOn({ file, text: long }, signal))).toEqual(['XD031 warning 3:0']);
});

test('units that make no sense: of lengths, of energies, of forces', async () => {
  const water = (scale: number, energy: number, stretch = 0): string => {
    const atoms = [
      ['O', 0, 0],
      ['H', 0.96 + stretch, 0],
      ['H', -0.24, 0.93],
    ] as const;
    const lines = atoms.map(([symbol, x, y]) => `${symbol} ${scale * x} ${scale * y} 0\n`).join('');
    return `3\nProperties=species:S:1:pos:R:3 energy=${energy}\n${lines}`;
  };
  const messages = async (...frames: string[]): Promise<string[]> =>
    (await report(...frames)).problems.flatMap(({ code, message }) => (code === 'XD033' ? [message] : []));
  expect(await messages(water(1, -14.2), water(1, -14.1, 0.02))).toEqual([]);
  expect(await messages(water(1 / 0.529177, -14.2), water(1 / 0.529177, -14.1, 0.02))).toEqual([
    expect.stringContaining('Positions of this format are in Å'),
  ]);
  expect(await messages(water(1, -76.42))).toEqual([expect.stringContaining('in hartree, not in eV')]);
  // A spring of 10 eV/Å², with its forces in hartree/bohr.
  const spring = (x: number): string =>
    `2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=${5 * x * x}\nH 0 0 0 ${(10 * x) / 51.4221} 0 0\nH ${0.74 + x} 0 0 ${(-10 * x) / 51.4221} 0 0\n`;
  expect(await messages(...Array.from({ length: 12 }, (_, k) => spring(0.02 * k)))).toEqual([
    expect.stringContaining('energies in eV and forces in hartree/bohr'),
  ]);
});

test('the data of the examples have no conspicuous units', async () => {
  const root = resolve(import.meta.dirname, '../../../../examples');
  for (const name of await readdir(root, { recursive: true }))
    if (name.endsWith('.xyz')) {
      const { problems } = await reportOn({ file: join(root, name) }, signal);
      expect(
        problems.filter(({ code }) => code === 'XD033'),
        name,
      ).toEqual([]);
    }
});

test('a buffer counts as it is on the screen, and leaves nothing behind', async () => {
  const buffers = async (): Promise<number> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('nearsight-buffer-')).length;
  const before = await buffers();
  const file = join(folder, 'buffer.xyz');
  await writeFile(file, frame());
  expect(brief(await reportOn({ file, text: frame({ force: -0.4 }) }, signal))).toEqual(['XD024 warning 0:0']);
  expect(brief(await reportOn({ file, text: frame() }, signal))).toEqual([]);
  expect(await frameAt({ file, text: frame() }, 2, signal)).toContain('**Frame 0** of 1');
  // The file itself takes the place of its buffer.
  expect(brief(await reportOn({ file }, signal))).toEqual([]);
  expect(await buffers()).toBe(before);
});

test('the frame at a line', async () => {
  const file = join(folder, 'frames.xyz');
  await writeFile(file, frame({ head: `energy=-1 ${CELL} config_type=ice` }) + frame({ x: 1.5 }).repeat(3));
  const first = await frameAt({ file }, 0, signal);
  expect(first).toContain('**Frame 0** of 4 (from 0): H O, 2 atoms');
  expect(first).toContain('`energy` -1 eV, -0.500000 eV/atom');
  expect(first).toContain('forces at most 0.500 eV/Å');
  expect(first).toContain('cell 5.000 × 5.000 × 5.000 Å between faces, 125.00 Å³, periodic T T T');
  // |(1, 2, 2)| = 3, and the images of the 5 Å cell are nearer than 3 Å for no pair.
  expect(await frameAt({ file }, 7, signal)).toContain('**Frame 1** of 4');
  expect(await frameAt({ file }, 100, signal)).toContain('**Frame 3** of 4');
  await writeFile(file, frame({ x: 0.5 }).replace('0.5 2 2', '0.5 0 0'));
  expect(await frameAt({ file }, 0, signal)).toContain('nearest H–O 0.500 Å (atoms 0 and 1)');
  expect(await frameAt({ file: join(folder, 'none.xyz') }, 0, signal)).toBeNull();
});

test('the frame at a line has a picture where images are shown', async () => {
  const file = join(folder, 'picture.xyz');
  await writeFile(
    file,
    frame({ x: 1 }).replace('O 1 2 2', 'O 1 0 0') + frame({ head: 'energy=-1', x: 0.96 }).replace('2 2', '0 0'),
  );
  const text = (await frameAt({ file }, 0, signal, true)) ?? '';
  const [, data] = /!\[H O\]\(data:image\/svg\+xml;base64,([A-Za-z0-9+/=]+)\)/.exec(text) ?? [];
  const svg = Buffer.from(data, 'base64').toString();
  // Two atoms, their bond, and the twelve edges of the cell.
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg.match(/<path/g)).toHaveLength(13);
  expect(svg).not.toContain('NaN');
  expect(await frameAt({ file }, 0, signal)).not.toContain('data:image');
});

test('a picture is small, whatever is in it', () => {
  const structure = (atoms: number) => ({
    numbers: new Uint8Array(atoms).fill(1),
    positions: Float64Array.from({ length: 3 * atoms }, (_, c) => 3 * Math.sin(99 * c)),
    periodic: [false, false, false] as const,
  });
  expect(thumbnailOf(structure(0))).toBeUndefined();
  expect(thumbnailOf(structure(201))).toBeUndefined();
  for (const atoms of [1, 2, 9, 200]) {
    const svg = thumbnailOf(structure(atoms)) ?? '';
    expect(svg.match(/<circle/g)).toHaveLength(atoms);
    expect(svg.length).toBeLessThan(30_000);
    // All within the picture.
    for (const [, x, y] of svg.matchAll(/cx="([^"]+)" cy="([^"]+)"/g)) {
      expect(Number(x)).toBeGreaterThan(0);
      expect(Number(x)).toBeLessThan(200);
      expect(Number(y)).toBeGreaterThan(0);
      expect(Number(y)).toBeLessThan(150);
    }
  }
});
