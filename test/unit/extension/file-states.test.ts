import { expect, test } from 'vitest';
import { CHOSEN_UNITS, recall, remember, type Memory } from '../../../extension/panels/file-states';

function memory(initial?: unknown): Memory {
  const values = new Map<string, unknown>();
  return {
    get: (key) => values.get(key) ?? initial,
    update: (key, next) => {
      values.set(key, next);
      return Promise.resolve();
    },
  };
}

test('each file has the state that was remembered last; of many files those looked at last', async () => {
  const kept = memory();
  expect(recall(kept, 'file:///0')).toBeUndefined();
  for (let k = 0; k < 120; k++) await remember(kept, `file:///${k}`, `{"frame":${k}}`);
  expect(recall(kept, 'file:///0')).toBeUndefined();
  expect(recall(kept, 'file:///20')).toBe('{"frame":20}');
  await remember(kept, 'file:///20', '{"frame":7}');
  for (let k = 120; k < 219; k++) await remember(kept, `file:///${k}`, '{}');
  expect(recall(kept, 'file:///20')).toBe('{"frame":7}');
  await remember(kept, 'file:///219', '{}');
  expect(recall(kept, 'file:///20')).toBeUndefined();
});

test('units that were chosen outlive other looks, and are bounded too', async () => {
  const kept = memory();
  await remember(kept, '/a.data', '"bohr"', CHOSEN_UNITS);
  for (let k = 0; k < 150; k++) await remember(kept, `file:///${k}`, '{}');
  expect(recall(kept, '/a.data', CHOSEN_UNITS)).toBe('"bohr"');
  expect(recall(kept, '/a.data')).toBeUndefined();
  for (let k = 0; k < 1000; k++) await remember(kept, `/${k}.data`, '"bohr"', CHOSEN_UNITS);
  expect(recall(kept, '/a.data', CHOSEN_UNITS)).toBeUndefined();
  expect(recall(kept, '/0.data', CHOSEN_UNITS)).toBe('"bohr"');
});

test('what another version kept is forgotten', async () => {
  for (const initial of [7, 'text', [['a']], [[1, 2]], { a: 'b' }, null]) {
    const kept = memory(initial);
    expect(recall(kept, 'a')).toBeUndefined();
    await remember(kept, 'a', '{}');
    expect(recall(kept, 'a')).toBe('{}');
  }
});
