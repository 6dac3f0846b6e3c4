import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createKnowledge, type Knowledge } from '../../../../server/data/knowledge';
import type { SurveyQuestion } from '../../../../server/data/requests';
import { bundle } from '../../../bundle';
import { rest } from '../../../fixtures/rest';

let folder = '';
let script = '';
let knowledge: Knowledge | undefined;
/** Called when something is new. */
let changed = (): void => undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nearsight-knowledge-'));
  script = join(folder, 'survey-worker.js');
  await bundle(folder, { 'survey-worker': 'server/data/survey-worker.ts' });
});
afterEach(() => knowledge?.dispose());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Asks again whenever something is new, until there is an answer. */
async function answer<T>(ask: (knowledge: Knowledge) => T | undefined): Promise<T> {
  const known = (knowledge = createKnowledge(script, () => changed()));
  return new Promise((done) => {
    changed = () => {
      const found = ask(known);
      if (found !== undefined) done(found);
    };
    changed();
  });
}

const frame = (distance: number, split: string): string =>
  `2\nProperties=species:S:1:pos:R:3:forces:R:3 REF_energy=-1.5 split=${split}\nH 0 0 0 0.5 0 0\nO ${distance} 0 0 -0.5 0 0\n`;

const question = (file: string): SurveyQuestion => ({
  files: [file],
  length: 1,
  elements: ['H', 'O'],
  cutoff: 3,
  cutoffFunction: 'hard',
  innerCutoff: 0,
  functions: {
    H: [
      { type: 2, center: 'H', neighbor: 'O', eta: 0, shift: 0, cutoff: 3 },
      { type: 2, center: 'H', neighbor: 'O', eta: 1, shift: 1, cutoff: 3 },
      { type: 2, center: 'H', neighbor: 'O', eta: 1.0001, shift: 1, cutoff: 3 },
      { type: 2, center: 'H', neighbor: 'H', eta: 1, shift: 1, cutoff: 3 },
    ],
    O: [],
  },
});

test('the worker rests only when nothing is asked', async () => {
  const file = join(folder, 'input.data');
  await writeFile(file, 'begin\natom 0 0 0 H 0 0 0 0 0\nenergy 0\ncharge 0\nend\n');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    knowledge = createKnowledge(script, () => undefined);
    const working = knowledge.work('labelSets', { file, fraction: 0, seed: 1 }, new AbortController().signal);
    vi.advanceTimersByTime(600_000);
    expect(await working).toHaveLength(1);
    vi.advanceTimersByTime(600_000);
    // It is started again.
    expect(await knowledge.factsOf(file, new AbortController().signal)).toMatchObject({ frames: 1 });
  } finally {
    vi.useRealTimers();
  }
});

test('a file that changes while it is looked at is looked at again, without anybody typing', async () => {
  const file = join(folder, 'changing.xyz');
  await writeFile(file, frame(1, 'train'));
  const known = (knowledge = createKnowledge(script, () => changed()));
  const becomes = (frames: number): Promise<void> =>
    new Promise((done) => {
      changed = () => {
        if (known.summary([file])?.frames === frames) done();
      };
      changed();
    });
  await becomes(1);
  known.forget();
  known.summary([file]);
  // The look has begun: what it finds of the file on the disk is not told before this thread rests.
  await delay(0);
  rest(50);
  writeFileSync(file, frame(1, 'train') + frame(1, 'test'));
  known.forget();
  await becomes(2);
});

test('nobody waits: nothing at first, then what several files have together', async () => {
  const [a, b] = [join(folder, 'a.xyz'), join(folder, 'b.xyz')];
  await writeFile(a, frame(1, 'train') + frame(1, 'test'));
  await writeFile(b, '1\nProperties=species:S:1:pos:R:3 energy=0\nHe 0 0 0\n');
  let first: unknown = 'not asked';
  const summary = await answer((known) => {
    const found = known.summary([a, b, join(folder, 'none.xyz')]);
    if (first === 'not asked') first = found;
    return found;
  });
  expect(first).toBeUndefined();
  expect(summary).toMatchObject({
    frames: 3,
    atoms: { minimum: 1, maximum: 2, total: 5 },
    elements: { H: 2, O: 2, He: 1 },
    keys: { REF_energy: 2, energy: 1, split: 2 },
    words: { split: { train: 1, test: 1 } },
    energyKey: 'REF_energy',
    forcesKey: 'forces',
  });
});

test('of several files an atom is as far from its images as in the one where it is farthest', async () => {
  const atom = (symbol: string, cell: string): string => `1\nProperties=species:S:1:pos:R:3 ${cell}\n${symbol} 0 0 0\n`;
  const box = (a: number): string => `pbc="T T T" Lattice="${a} 0 0 0 ${a} 0 0 0 ${a}"`;
  const [a, b] = [join(folder, 'atoms-a.xyz'), join(folder, 'atoms-b.xyz')];
  await writeFile(a, atom('H', box(4)) + atom('O', '') + atom('C', box(7)));
  await writeFile(b, atom('H', box(9)) + atom('O', box(3)));
  expect(await answer((known) => known.summary([a, b])?.isolated)).toEqual({ H: 9, O: null, C: 7 });
});

test('a survey has distances, neighbours and what functions are over the atoms', async () => {
  const file = join(folder, 'c.xyz');
  const distances = Array.from({ length: 60 }, (_, k) => 1 + k / 60);
  await writeFile(file, distances.map((d) => frame(d, 'train')).join(''));
  const survey = await answer((known) => known.survey('water', question(file)));
  expect(survey).toMatchObject({
    structures: 60,
    of: 60,
    elements: ['H', 'O'],
    atoms: [60, 60],
    neighbors: { mean: 1, median: 1, maximum: 1 },
  });
  expect(survey.distances.nearest).toEqual([
    [Infinity, 1],
    [1, Infinity],
  ]);
  const [constant, gaussian, twin, never] = survey.functions.H;
  // Inside a hard cutoff a Gaussian of width ∞ counts neighbours.
  expect(constant).toMatchObject({ minimum: 1, mean: 1, maximum: 1 });
  const values = distances.map((d) => Math.exp(-((d - 1) ** 2)));
  expect(gaussian.minimum).toBeCloseTo(Math.min(...values), 12);
  expect(gaussian.maximum).toBeCloseTo(1, 12);
  expect(gaussian.mean).toBeCloseTo(values.reduce((sum, g) => sum + g, 0) / 60, 12);
  expect(gaussian.histogram.reduce((sum, n) => sum + n, 0)).toBe(60);
  expect(gaussian.twin).toBeUndefined();
  expect(twin.twin?.index).toBe(1);
  expect(twin.twin?.correlation).toBeGreaterThan(0.99999);
  expect(never).toMatchObject({ minimum: 0, maximum: 0 });
});

test('a structure is seen by the potential of a run, and by another one when that is there', async () => {
  const run = join(folder, 'run');
  const structure = join(folder, 'start.xyz');
  await mkdir(run);
  await writeFile(structure, frame(1, 'train'));
  const elements = Object.fromEntries(
    ['H', 'O'].map((symbol) => [
      symbol,
      {
        offset: 0,
        symmetry_functions: [{ type: 2, neighbor: symbol === 'H' ? 'O' : 'H', eta: 0, shift: 0, cutoff: 3 }],
        scaling: { offset: [0], factor: [1], range: { minimum: [0.2], maximum: [0.9] } },
        network: { sizes: [1, 1], activation: 'tanh', parameters: [0, 0] },
      },
    ]),
  );
  const head = {
    format: 'nearsight-potential',
    version: 1,
    name: 'p',
    identity: 'i',
    offset: 0,
    pairs: [],
    provenance: {},
  };
  const file = { ...head, elements: ['H', 'O'], cutoff: 3, cutoff_function: 'hard', networks: elements };
  await writeFile(join(run, 'potential.json'), JSON.stringify(file));
  // One neighbour within a hard cutoff makes 1, which is 1/7 of the range beyond it.
  const found = await answer((known) =>
    known.outside({ potential: run, units: undefined, structure, frame: undefined }),
  );
  expect(found).toMatchObject({ atoms: 2, outside: 2 });
  expect(found.farthest).toBeCloseTo(1 / 7, 12);
});

test('lengths of files without units are converted', async () => {
  const file = join(folder, 'input.data');
  await writeFile(file, 'begin\natom 0 0 0 H 0 0 0 0 0\natom 2 0 0 O 0 0 0 0 0\nenergy 0\ncharge 0\nend\n');
  const survey = await answer((known) => known.survey('water', { ...question(file), length: 0.5 }));
  expect(survey.distances.nearest[0][1]).toBe(1);
});

test('a file that is changed is read again, one that is not is not', async () => {
  const file = join(folder, 'd.xyz');
  await writeFile(file, frame(1, 'train'));
  expect(await answer((known) => known.summary([file])?.frames)).toBe(1);
  const known = knowledge as Knowledge;
  await writeFile(file, frame(1, 'train') + frame(1, 'train'));
  known.forget();
  const frames = await new Promise((done) => {
    changed = () => done(known.summary([file])?.frames);
    // The old answer until there is a new one.
    expect(known.summary([file])?.frames).toBe(1);
  });
  expect(frames).toBe(2);
});

test('as many files as a dataset may have are each read once', async () => {
  const paths = Array.from({ length: 200 }, (_, k) => join(folder, `many-${k}.xyz`));
  for (const [k, path] of paths.entries()) await writeFile(path, frame(1 + k / 1000, 'train'));
  let news = 0;
  const known = (knowledge = createKnowledge(script, () => {
    news++;
    changed();
  }));
  await new Promise<void>((done) => {
    changed = () => {
      known.survey('water', question(paths[0]));
      if (known.summary(paths)?.frames === 200) done();
    };
    changed();
  });
  const before = news;
  // All is known: to ask again makes nothing new.
  expect(known.summary(paths)?.frames).toBe(200);
  expect(news).toBe(before);
  expect(news).toBeLessThanOrEqual(201);
  // They are put together once, and again when one of them is another.
  const whole = known.summary(paths);
  expect(known.summary(paths)).toBe(whole);
  await writeFile(paths[7], frame(1, 'test') + frame(1, 'test'));
  known.forget();
  await new Promise<void>((done) => {
    changed = () => {
      if (known.summary(paths) !== whole) done();
    };
    changed();
  });
  expect(known.summary(paths)).toMatchObject({ frames: 201, words: { split: { train: 199, test: 2 } } });
});
