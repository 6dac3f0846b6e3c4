import { expect, test } from 'vitest';
import { createTrails } from '../../webview/viewer/trails';

test('a trail follows its atom, breaks at jumps, and forgets the oldest', () => {
  const trails = createTrails();
  trails.restart([7]);
  for (const x of [0, 1, 2, 9, 9.5]) trails.extend((atom) => (atom === 7 ? [x, 0, 0] : undefined));
  expect(trails.lines().map((line) => line.map(([x]) => x))).toEqual([
    [0, 1, 2],
    [9, 9.5],
  ]);
  // One that isn't drawn leaves a gap.
  trails.extend(() => undefined);
  for (let k = 0; k < 500; k++) trails.extend(() => [9.5 + 0.01 * k, 0, 0]);
  expect(trails.lines().flat()).toHaveLength(200);
  trails.restart([7]);
  for (const x of [0, 1]) trails.extend(() => [x, 0, 0]);
  // A frame elsewhere in the file isn't joined to the one before.
  trails.cut();
  for (const x of [1.5, 2]) trails.extend(() => [x, 0, 0]);
  expect(trails.lines().map((line) => line.map(([x]) => x))).toEqual([
    [0, 1],
    [1.5, 2],
  ]);
  trails.restart([]);
  expect(trails.lines()).toEqual([]);
});
