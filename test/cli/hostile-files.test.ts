/** Whatever stands in a data file, a potential or a run folder: a place, a code, exit code 2, no stack, no hanging. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { clusters, killAt, nearsight, newFolder, writeProgramme } from './nearsight';
import type { Ended } from './nearsight';

// Many processes after one another, perhaps on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const good = clusters(3);
const lines = good.split('\n');

/** What is wrong, and the line and column where. */
const wrongXyz: readonly (readonly [name: string, text: string, place: string])[] = [
  ['truncated in the middle of a line', good.slice(0, -60), '18:'],
  ['truncated in the middle of a frame', lines.slice(0, 15).join('\n'), '13:1 '],
  ['truncated after the count', '4\n', '1:1 '],
  ['with its lines in another order', lines.slice(0, -1).reverse().join('\n'), '1:1 '],
  ['with an energy that is no number', good.replace(/energy=\S+/, 'energy=NaN'), '1:'],
  ['with a position that is no number', good.replace(/^Ar \S+/m, 'Ar nan'), '3:4 '],
  ['with an infinite force', good.replace(/\S+$/m, '4').replace(/ \S+$/m, ' inf'), '2:'],
  ['with a force beyond all numbers', good.replace(/^(Ar .* )\S+$/m, '$11e999'), '3:'],
  ['with a huge count', good.replace('4', '99999999999999999999'), '1:1 '],
  ['with a count of all atoms there are', good.replace('4', '4294967295'), '1:1 '],
  ['with a negative count', good.replace('4', '-4'), '1:1 '],
  ['with a count for which there are not enough lines', good.replace('4', '5'), '1:1 '],
  ['with columns that are not there', good.replace('forces:R:3', 'forces:R:3000000000'), '2:'],
  ['with an unknown element', good.replace('Ar', 'Qq'), '3:1 '],
  [
    'with a singular cell',
    good.replace('energy', 'Lattice="1 0 0 1 0 0 0 0 1" energy').replace('F F F', 'T T T'),
    '2:',
  ],
  [
    'with a cell far too thin',
    good.replace('energy', 'Lattice="1e-6 0 0 0 9 0 0 0 9" energy').replace('F F F', 'T T T'),
    '1:',
  ],
  ['of nothing but zero bytes', '\0'.repeat(1000), '1:1 '],
];

const wrongN2p2: readonly (readonly [name: string, text: string, place: string])[] = [
  ['truncated', 'begin\natom 0 0 0 Ar 0 0 0 0 0\nenergy 1\n', '1:'],
  ['reordered', 'end\nenergy 1\nbegin\natom 0 0 0 Ar 0 0 0 0 0\n', '1:'],
  ['with NaN', 'begin\natom 0 0 nan Ar 0 0 0 0 0\nenergy 1\ncharge 0\nend\n', '2:'],
  [
    'with a lattice of two vectors',
    'begin\nlattice 9 0 0\nlattice 0 9 0\natom 0 0 0 Ar 0 0 0 0 0\nenergy 1\nend\n',
    '',
  ],
];

function expectRefusal({ code, stderr, stdout }: Ended, place: RegExp): void {
  expect({ code, stderr, stdout }).toMatchObject({ code: 2 });
  expect(stderr).toMatch(place);
  expect(stderr).not.toMatch(/\n\s+at /);
}

const escaped = (text: string): string => text.replaceAll('.', '\\.');

let folder: string;
/** A potential of pair terms. */
let potential: string;
beforeAll(async () => {
  folder = newFolder();
  writeProgramme(folder, { duration: '10 fs' });
  const { json } = await nearsight(folder, ['md', 'argon.potential', 'pairs', '--json']);
  potential = join(String(json.run), 'potential.json');
});

describe.concurrent('a data file', () => {
  it.each([
    ...wrongXyz.map(([name, text, place]) => ['extended XYZ', name, 'data.xyz', text, place] as const),
    ...wrongN2p2.map(([name, text, place]) => ['n2p2', name, 'input.data', text, place] as const),
  ])('%s %s', async (_format, _name, file, text, place) => {
    const own = newFolder();
    writeFileSync(join(own, file), text);
    const ended = await nearsight(own, ['evaluate', potential, file]);
    expectRefusal(ended, new RegExp(`^\\S*${escaped(file)}:${place}.*X?[A-Z]+\\d+ `, 'm'));
  });

  it('is refused in the same way by train and md, before a run is made', async () => {
    const own = newFolder();
    writeProgramme(own);
    writeFileSync(join(own, 'clusters.xyz'), wrongXyz[0][1]);
    expectRefusal(await nearsight(own, ['train', 'argon.potential']), /^\S*clusters\.xyz:18:\d+ XD\d+ /);
    writeFileSync(join(own, 'start.xyz'), '4294967295\n\nAr 0 0 0\n');
    expectRefusal(await nearsight(own, ['md', 'argon.potential', 'pairs']), /^\S*start\.xyz:1:1 XD\d+ /);
    expect((await nearsight(own, ['runs', '--json'])).json).toEqual({ runs: [] });
  });

  it('without a set in a frame is refused where that frame is', async () => {
    const own = newFolder();
    const file = writeProgramme(own);
    writeFileSync(file, readFileSync(file, 'utf8').replace('test = 20 %', 'split_by = key("split")'));
    writeFileSync(
      join(own, 'clusters.xyz'),
      good.replaceAll('energy=', 'split=train energy=').replace(/train(?=[^t]*$)/, 'x'),
    );
    expectRefusal(await nearsight(own, ['train', 'argon.potential']), /^\S*clusters\.xyz:13:1 XD019 /);
  });

  it('may be missing, empty, a folder', async () => {
    const own = newFolder();
    writeFileSync(join(own, 'empty.xyz'), '');
    mkdirSync(join(own, 'folder.xyz'));
    for (const name of ['absent.xyz', 'empty.xyz', 'folder.xyz'])
      expectRefusal(await nearsight(own, ['evaluate', potential, name]), new RegExp(`${escaped(name)} XD\\d+ `));
  });
});

describe.concurrent('a potential.json', () => {
  const changes: readonly (readonly [string, (text: string) => string])[] = [
    ['truncated', (text) => text.slice(0, -30)],
    ['of another kind', () => '{"format": "something"}'],
    ['nested deeply', () => '['.repeat(100_000)],
    ['with NaN', (text) => text.replace(/"sigma":[\d.]+/, '"sigma":NaN')],
    ['with a number beyond all numbers', (text) => text.replace(/"sigma":[\d.]+/, '"sigma":1e999')],
    ['with an endless cutoff', (text) => text.replace(/"cutoff":[\d.]+/, '"cutoff":1e300')],
    ['that is a list of nothing', () => '[]'],
  ];
  it.each(changes)('%s', async (_, change) => {
    const own = newFolder();
    writeFileSync(join(own, 'potential.json'), change(readFileSync(potential, 'utf8')));
    writeFileSync(join(own, 'data.xyz'), good);
    const ended = await nearsight(own, ['evaluate', 'potential.json', 'data.xyz']);
    expectRefusal(ended, /^potential\.json [A-Z]+\d+ /);
  });
});

describe.concurrent('a run folder', () => {
  it('with damaged checkpoints starts over from what is left', async () => {
    const own = newFolder();
    writeProgramme(own);
    const left = await nearsight(own, ['train', 'argon.potential', '--json']);
    const args = ['train', 'argon.potential', '--checkpoint', '0'];
    await nearsight(own, args, killAt('writeSync', 'checkpoint/\\.\\d+\\.bin', 9));
    const run = join(own, 'runs/train-argon/002');
    writeFileSync(join(run, 'checkpoint/000099.bin'), '{"format":"nearsight-checkpoint"}\nrubbish');
    writeFileSync(join(run, 'checkpoint/000007.bin'), '');
    writeFileSync(join(run, 'checkpoint/000008.bin'), Buffer.alloc(1000));
    writeFileSync(join(run, 'events.ndjson'), '\0\0{"type": "epoch"');
    writeFileSync(join(run, 'heartbeat'), 'something');
    const resumed = await nearsight(own, ['resume', run, '--json']);
    expect(resumed.code).toBe(0);
    expect(resumed.json.weights_sha256).toBe(left.json.weights_sha256);
  });

  it('with another definition or none is refused', async () => {
    const own = newFolder();
    writeProgramme(own);
    await nearsight(own, ['train', 'argon.potential'], killAt('writeSync', 'events\\.ndjson', 3));
    const run = join(own, 'runs/train-argon/001');
    writeFileSync(join(run, 'definition.potential'), 'train argon { }');
    expectRefusal(await nearsight(own, ['resume', run]), /RN012 /);
  });
});
