/** Atoms whose surroundings no training structure had, by a trained potential, its file, and folders of n2p2. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOutside } from '../../../engine/descriptors/extrapolation';
import { readStructure } from '../../../engine/formats/dataset';
import { readRanges } from '../../../engine/formats/potential-ranges';
import { createPotentialFile } from '../../../engine/potentials/potential-file';
import { createTraining } from '../../../engine/training/prepare';
import { trainedElements } from '../../../engine/training/result';
import { valueOf } from '../../fixtures/results';
import { labelled, setupOf, unwrap } from '../training/samples';

const structures = labelled('H Li H Li', 30);

test('training structures are inside, squeezed ones are not, in memory and from the file', async () => {
  const training = unwrap(await createTraining(setupOf(structures)));
  const file = createPotentialFile(training.setup.potential, trainedElements(training));
  const folder = await mkdtemp(join(tmpdir(), 'nearsight-ranges-'));
  await writeFile(join(folder, 'potential.json'), JSON.stringify(file));
  const ranges = readRanges(folder, undefined);
  if (ranges === undefined) throw new Error('there are no ranges');
  for (const structure of structures) expect(findOutside(structure, ranges)?.outside).toBe(0);
  const squeezed = { ...structures[0], positions: structures[0].positions.map((x) => 0.7 * x) };
  expect(findOutside(squeezed, ranges)).toMatchObject({ atoms: 4, outside: 4 });
  // One atom far away: the others miss it, and it misses them.
  const torn = { ...structures[0], positions: structures[0].positions.map((x, c) => (c < 3 ? x - 50 : x)) };
  expect(findOutside(torn, ranges)?.outside).toBeGreaterThan(1);
  // Potentials of before ranges were written down can't tell.
  const elements = Object.fromEntries(
    Object.entries(ranges.elements).map(([symbol, { functions }]) => [symbol, { functions, scaling: {} }]),
  );
  expect(findOutside(squeezed, { ...ranges, elements })).toBeUndefined();
  // Too many to look at, before any list of neighbours is made.
  const many = { ...squeezed, numbers: new Uint8Array(20_001).fill(squeezed.numbers[0]) };
  expect(findOutside(many, ranges)).toBeUndefined();
  expect(readRanges(join(folder, 'none'), undefined)).toBeUndefined();
  await rm(folder, { recursive: true });
});

const CONFORMANCE = join(process.env.NEARSIGHT_DATA ?? '', 'conformance', 'all_classic');
test.skipIf(process.env.NEARSIGHT_DATA === undefined || !existsSync(CONFORMANCE))(
  'the structures that n2p2 has made a scaling.data from are inside of it',
  async () => {
    const ranges = readRanges(CONFORMANCE, undefined);
    if (ranges === undefined) throw new Error('there are no ranges');
    for (const frame of [0, 1])
      expect(findOutside(valueOf(await readStructure(join(CONFORMANCE, 'input.data'), frame)), ranges)?.outside).toBe(
        0,
      );
  },
);
