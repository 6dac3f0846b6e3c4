/** What a panel knows of a run from its events. */
import { expect, test } from 'vitest';
import type { RunEvent } from '../../protocol/run';
import { createHistory, howFar } from '../../webview/panels/history';

const none = { train: null, validation: null, test: null };
const epoch = (n: number): RunEvent => ({
  type: 'epoch',
  t: n,
  epoch: n,
  epochs: 4,
  elapsed: 2 * n,
  loss: { train: 1, validation: null, test: null },
  energy_rmse: none,
  force_rmse: none,
  stress_rmse: none,
  learning_rate: null,
});

test('how far a run is: what is under way, until it has ended', () => {
  const history = createHistory();
  expect(howFar(history)).toEqual({ part: undefined, text: 'starting' });
  history.take([{ type: 'progress', t: 0, stage: 'reading', done: 1, total: 4, remaining: 6 }], false);
  expect(howFar(history)).toEqual({ part: 0.25, text: 'reading · 25 % · 6.0 s left' });
  const within = (done: number): RunEvent => ({
    type: 'progress',
    t: 1,
    stage: 'epoch',
    done,
    total: 4,
    remaining: 0.5,
  });
  history.take([within(2)], false);
  expect(howFar(history)).toEqual({ part: undefined, text: 'first epoch · 50 %' });
  history.take([epoch(1), epoch(2)], false);
  expect(howFar(history)).toEqual({ part: 0.5, text: 'epoch 2 of 4 · 4.0 s left' });
  // What is left is left of the run, not of the epoch.
  history.take([within(2)], false);
  expect(howFar(history)).toEqual({ part: 0.625, text: 'epoch 2 of 4 · 3.0 s left' });
  history.take([epoch(3), epoch(4), { type: 'progress', t: 9, stage: 'predict', done: 9, total: 10 }], false);
  expect(howFar(history).text).toBe('predict · 90 %');
  history.take([{ type: 'state', t: 10, state: 'finished' }], false);
  expect(howFar(history).text).toMatch(/^epoch 4 of 4/);
});

test('epochs that a resumed run repeats are there once', () => {
  const history = createHistory();
  history.take([epoch(1), epoch(2), epoch(3), epoch(2)], false);
  expect(history.epochs.map((each) => each.epoch)).toEqual([1, 2]);
  history.take([epoch(1)], true);
  expect(history.epochs.map((each) => each.epoch)).toEqual([1]);
});

test('of an umbrella sampling it keeps the window that goes on, from its beginning', () => {
  const history = createHistory();
  const at = (visited: number, phase: 'equilibration' | 'sampling', step: number): RunEvent => ({
    type: 'window',
    t: 0,
    window: 9 + visited,
    windows: 17,
    visited,
    center: 0.1 * visited,
    unit: 'Å',
    phase,
    step,
    steps: 100,
    value: 0,
    potential_energy: -1,
    temperature: 300,
    elapsed: 30,
    remaining: 90,
  });
  const kept = (): string[] => history.window.map(({ window, phase, step }) => `${window} ${phase} ${step}`);
  history.take([at(0, 'equilibration', 50), at(0, 'sampling', 50), at(0, 'sampling', 100)], true);
  history.take([at(1, 'equilibration', 50), at(1, 'equilibration', 100), at(1, 'sampling', 50)], false);
  expect(kept()).toEqual(['10 equilibration 50', '10 equilibration 100', '10 sampling 50']);
  expect(howFar(history)).toEqual({ part: 0.25, text: 'window 2 of 17 · 1 min 30 s left' });
  // A resumed run begins the window again, or somewhere within it.
  history.take([at(1, 'equilibration', 100), at(1, 'sampling', 10)], false);
  expect(kept()).toEqual(['10 equilibration 50', '10 equilibration 100', '10 sampling 10']);
  history.take([at(1, 'equilibration', 50)], false);
  expect(kept()).toEqual(['10 equilibration 50']);
});
