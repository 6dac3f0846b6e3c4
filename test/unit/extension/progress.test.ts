import { describe, expect, test } from 'vitest';
import { NOTHING_YET } from '../../../extension/jobs/events';
import type { Latest } from '../../../extension/jobs/events';
import {
  describeInFull,
  describeRun,
  duration,
  factsOf,
  fractionOf,
  short,
  simulatedTime,
  STATE_ICONS,
} from '../../../extension/jobs/progress';
import type { Run } from '../../../extension/jobs/runs';
import type { RunManifest } from '../../../protocol/run';

const manifest: RunManifest = {
  format: 1,
  kind: 'train',
  label: 'water',
  file: '/w/water.potential',
  definition_sha256: '',
  data: [],
  versions: { nearsight: '0', node: '20' },
  host: 'here',
  pid: 1,
  process_started: '',
  state: 'running',
  started: '2026-01-01T00:00:00Z',
  resumed: 0,
};

const run = (latest: Latest, changes: Partial<Run> = {}): Run => ({
  folder: '/w/runs/train-water/003',
  definition: '/w/water.potential',
  manifest,
  state: 'running',
  latest,
  ...changes,
});

const training: Latest = {
  warnings: 0,
  epoch: {
    t: 0,
    type: 'epoch',
    epoch: 25,
    epochs: 100,
    elapsed: 20,
    learning_rate: 0.01,
    loss: { train: 1, validation: null, test: 1 },
    energy_rmse: { train: 0.01, validation: null, test: 0.0123456 },
    force_rmse: { train: 0.04, validation: null, test: 0.0512 },
  },
};

test('what is left is left of the training, not of its epoch', () => {
  const within: Latest['progress'] = { type: 'progress', t: 1, stage: 'epoch', done: 1, total: 4, remaining: 3 };
  expect(describeRun(run({ ...training, progress: within }))).toMatch(/ · 1:00 left$/);
  // What comes after the epochs says itself how long it takes.
  expect(describeRun(run({ ...training, progress: { ...within, stage: 'predict' } }))).toMatch(/ · 0:03 left$/);
});

test('what the checker is told of a run: numbers when it has ended, where it is while it works', () => {
  expect(factsOf(run(training))).toEqual({ folder: '/w/runs/train-water/003' });
  const ended = {
    ...manifest,
    identity: 'complete',
    recipe: 'written',
    results: { 'saturated_neurons H': 0.3, weights_sha256: 'ab', best_epoch: null },
  };
  // Of an automatic potential the identity is that of what is written.
  expect(factsOf(run(training, { manifest: ended, state: 'finished' }))).toEqual({
    folder: '/w/runs/train-water/003',
    identity: 'written',
    results: { 'saturated_neurons H': 0.3 },
  });
  const step = { t: 0, type: 'step', step: 50, steps: 100, elapsed: 5 } as Latest['step'];
  expect(factsOf(run({ warnings: 0, step }, { state: 'stopped' })).secondsPerStep).toBe(0.1);
});

describe('numbers for people', () => {
  test.each([
    [0, '0'],
    [12.3456, '12.3'],
    [0.00012, '1.2e-4'],
    [1234567, '1.2e+6'],
    [99.96, '100'],
  ])('%d', (value, text) => expect(short(value)).toBe(text));
  test.each([
    [7, '0:07'],
    [80, '1:20'],
    [7380, '2:03:00'],
    [-1, '0:00'],
  ])('%d s', (value, text) => expect(duration(value)).toBe(text));
  test('times of simulations', () => expect([50, 2500, 3e6].map(simulatedTime)).toEqual(['50 fs', '2.5 ps', '3 ns']));
});

test('a training tells epoch, errors on the test set, and what is left', () => {
  expect(describeRun(run(training))).toBe('epoch 25/100 · 12.3 meV/atom · 0.0512 eV/Å · 1:00 left');
  expect(fractionOf(run(training))).toBe(0.25);
});

test('a simulation tells its time and temperature', () => {
  const step = { t: 0, type: 'step' as const, step: 100, steps: 1000, elapsed: 1, time: 50 };
  const latest: Latest = {
    ...NOTHING_YET,
    step: { ...step, potential_energy: -1, kinetic_energy: 1, conserved: 0, temperature: 301.2 },
  };
  expect(describeRun(run(latest))).toBe('50 fs of 500 fs · 301 K · 0:09 left');
});

test('reading data, before the first epoch', () => {
  const progress = { t: 1, type: 'progress' as const, stage: 'reading', done: 1, total: 4 };
  expect(describeRun(run({ ...NOTHING_YET, progress }))).toBe('reading 25 %');
  expect(describeRun(run(NOTHING_YET))).toBe('running');
});

test('what has ended', () => {
  const test = { structures: 1, atoms: 3, energy_rmse: 0.002, energy_mae: null, force_rmse: 0.03, force_mae: null };
  const errors = { ...test, force_max_error: null, energy_r2: null, force_r2: null };
  const finished = run(training, { state: 'finished', manifest: { ...manifest, state: 'finished', test: errors } });
  expect(describeRun(finished)).toBe('2 meV/atom · 0.03 eV/Å');
  expect(describeRun(run(training, { state: 'interrupted' }))).toMatch(/^interrupted · epoch 25\/100/);
  const failed = run(training, { state: 'failed', manifest: { ...manifest, error: 'no data\nat all' } });
  expect(describeRun(failed)).toBe('no data');
});

test('the table escapes what would be Markdown', () => {
  const text = describeInFull(
    run(training, { manifest: { ...manifest, label: 'a|b](command:x)', error: 'x | y\nz' } }),
  );
  expect(text).toContain('a\\|b\\]\\(command:x\\)');
  expect(text).toContain('x \\| y z');
});

test('every state has a shape of its own', () => {
  expect(new Set(Object.values(STATE_ICONS).map(({ icon }) => icon)).size).toBe(5);
});

test('an exploration walks and trains by turns: what it does now is said, and how far it has come', () => {
  const walked: Latest = {
    ...training,
    flag: { t: 1, type: 'flag', round: 2, step: 90, atom: 0, disagreement: 0.2, rejected: false },
    step: {
      t: 2,
      type: 'step',
      step: 100,
      steps: 400,
      elapsed: 9,
      time: 50,
      potential_energy: -1,
      kinetic_energy: 0,
      conserved: -1,
      temperature: 300,
    },
  };
  expect(describeRun(run(walked))).toMatch(/^round 2 · 50 fs of 200 fs · 300 K/);
  expect(fractionOf(run(walked))).toBe(0.25);
  expect(describeRun(run(walked))).not.toMatch(/left/);
  const trains = { ...walked, epoch: training.epoch && { ...training.epoch, t: 3 } };
  expect(describeRun(run(trains))).toMatch(/^round 2 · epoch 25\/100/);
  expect(fractionOf(run(trains))).toBe(0.25);
});
