import { expect, test } from 'vitest';
import { recall, remember, type Memory } from '../../../extension/panels/file-states';

function memory(initial?: unknown): Memory {
  let value = initial;
  return {
    get: () => value,
    update: (_key, next) => {
      value = next;
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

test('what another version kept is forgotten', async () => {
  for (const initial of [7, 'text', [['a']], [[1, 2]], { a: 'b' }, null]) {
    const kept = memory(initial);
    expect(recall(kept, 'a')).toBeUndefined();
    await remember(kept, 'a', '{}');
    expect(recall(kept, 'a')).toBe('{}');
  }
});
