import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCompanionReader } from '../../../../server/data/companions';
import { rest } from '../../../fixtures/rest';
import { temporaryFolder } from '../../../fixtures/folders';

const ROW = '1 1 0 1 0.5 0.1\n';

test('nobody waits: nothing at first, then what lies beside; anew when it has changed, also while it is looked at', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'scaling.data');
  writeFileSync(file, ROW);
  let changed = (): void => undefined;
  const reader = createCompanionReader(() => changed());
  const becomes = (rows: number): Promise<void> =>
    new Promise((done) => {
      changed = () => {
        if (reader.beside(folder, ['H'])?.scaling?.length === rows) done();
      };
      changed();
    });
  expect(reader.beside(folder, ['H'])).toBeUndefined();
  await becomes(1);
  expect(reader.beside(folder, ['H'])?.weights.size).toBe(0);
  reader.forget();
  reader.beside(folder, ['H']);
  // What the look finds on the disk is not told before this thread rests.
  rest(50);
  writeFileSync(file, ROW + ROW);
  reader.forget();
  await becomes(2);
});
