import { expect, test } from 'vitest';
import type { FrameSeries } from '../../protocol/frames';
import { createSeriesReader, joinSeries } from '../../webview/viewer/series';

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
const energies = (...values: number[]): FrameSeries => ({
  frames: values.length,
  values: { energy: Float64Array.from(values) },
});

test('numbers that only some frames have are none in the others', () => {
  const time = { frames: 1, values: { time: Float64Array.of(5) } };
  expect(joinSeries(energies(1, 2), time)).toEqual({
    frames: 3,
    values: { energy: Float64Array.of(1, 2, NaN), time: Float64Array.of(NaN, NaN, 5) },
  });
});

test('of a file that grows only the new frames are read, of another file all of them', async () => {
  let file = [1, 2, 3];
  const asked: number[] = [];
  const shown: number[][] = [];
  const reader = createSeriesReader(
    (from) => {
      asked.push(from);
      return Promise.resolve(energies(...file.slice(from)));
    },
    ({ values }) => shown.push('energy' in values ? [...values.energy] : []),
  );
  reader.update(3, 1);
  // Told again while it is read.
  reader.update(3, 1);
  await settle();
  expect([asked, shown]).toEqual([[0], [[1, 2, 3]]]);
  file = [1, 2, 3, 4, 5];
  reader.update(4, 1);
  await settle();
  reader.update(5, 1);
  await settle();
  expect([asked, shown.at(-1)]).toEqual([
    [0, 3],
    [1, 2, 3, 4, 5],
  ]);
  // Another file in its place while more is asked for: only that counts.
  file = [7, 8, 9];
  reader.update(6, 1);
  reader.update(3, 2);
  await settle();
  expect([asked, shown.at(-1)]).toEqual([
    [0, 3, 5, 0],
    [7, 8, 9],
  ]);
  reader.update(2, 3);
  expect(shown.at(-1)).toEqual([]);
});

test('numbers of a file that can no longer be read are not shown', async () => {
  const shown: number[] = [];
  let fails = false;
  const reader = createSeriesReader(
    () => (fails ? Promise.reject(new Error('gone')) : Promise.resolve(energies(1, 2))),
    ({ frames }) => shown.push(frames),
  );
  reader.update(2, 1);
  await settle();
  fails = true;
  reader.update(4, 1);
  await settle();
  fails = false;
  reader.update(2, 1);
  await settle();
  expect(shown).toEqual([2, 0, 2]);
});
