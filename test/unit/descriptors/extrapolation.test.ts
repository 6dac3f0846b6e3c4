/** Atoms whose surroundings no training structure had, by a trained potential, its file, folders of n2p2, and by hand. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOutside } from '../../../engine/descriptors/extrapolation';
import { readStructure } from '../../../engine/formats/dataset';
import { readRanges } from '../../../engine/formats/potential-ranges';
import { Evaluator } from '../../../engine/kernels/evaluator';
import { createCommittee } from '../../../engine/potentials/committee';
import { initialNetwork } from '../../../engine/potentials/network';
import { createNeuralPotential } from '../../../engine/potentials/neural';
import { createPotentialFile } from '../../../engine/potentials/potential-file';
import { sumPotentials } from '../../../engine/potentials/sum';
import { createRandom } from '../../../engine/random';
import type { Structure } from '../../../engine/structure/structure';
import { createTraining } from '../../../engine/training/prepare';
import { trainedElements } from '../../../engine/training/result';
import { valueOf } from '../../fixtures/results';
import { labelled, setupOf, unwrap } from '../training/samples';

const NOTHING = { offset: new Float64Array(0), factor: new Float64Array(0) };
const RANGE_OF_NOTHING = { minimum: new Float64Array(0), maximum: new Float64Array(0) };
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

test('how far an atom is outside is told with its energy, by the reference and by the kernels', () => {
  // G = Σ f_c with f_c(r) = ½ (cos(πr/6 Å) + 1): ½ at 3 Å, ¾ at 2 Å, ½ − √3/4 at 5 Å.
  const radial = { type: 2, center: 'Ar', eta: 0, shift: 0, cutoff: 6 } as const;
  const functions = ['Ar', 'Ne'].map((neighbor) => ({ ...radial, neighbor }));
  const network = initialNetwork([2, 1], 'tanh', createRandom(1, 'network'));
  // There was no neon in the data: what a function that was constant there says now is no matter of the network.
  const range = { minimum: Float64Array.of(0.2, 0), maximum: Float64Array.of(0.6, 0) };
  const scaling = { offset: new Float64Array(2), factor: new Float64Array(2), range };
  const elements = {
    Ne: {
      functions: [],
      scaling: { ...NOTHING, range: RANGE_OF_NOTHING },
      network: initialNetwork([0, 1], 'tanh', createRandom(1, 'network')),
      offset: 0,
    },
    Ar: { functions, scaling, network, offset: 0 },
  };
  const neural = { elements, cutoffFunction: 'cos', innerCutoff: 0 } as const;
  const kernels = new Evaluator(neural, { extrapolation: true });
  const reference = createNeuralPotential(elements, 'cos');
  const line = (...x: number[]): Structure => ({
    numbers: Uint8Array.from(x, (_, i) => (i === 2 ? 10 : 18)),
    positions: Float64Array.from(x.flatMap((at) => [at, 0, 0])),
    periodic: [false, false, false],
  });
  for (const potential of [reference, kernels, sumPotentials([createCommittee([kernels, reference]), reference])]) {
    const outside = (...x: number[]): number[] => [...(potential.predict(line(...x)).extrapolation?.() ?? [])];
    expect(outside(0, 3)).toEqual([0, 0]);
    for (const x of outside(0, 2)) expect(x).toBeCloseTo((0.75 - 0.6) / 0.4, 12);
    for (const x of outside(0, 5)) expect(x).toBeCloseTo((0.2 - (0.5 - Math.sqrt(3) / 4)) / 0.4, 12);
    expect(outside(0, 3, 5)).toEqual([0, 0, 0]);
    for (const x of outside(0, 20)) expect(x).toBeCloseTo(0.2 / 0.4, 12);
  }
  const late = kernels.predict(line(0, 3));
  kernels.predict(line(0, 2));
  expect(late.extrapolation).toThrow('later prediction');
  // Nobody has asked for it, or the potential doesn't know.
  expect(new Evaluator(neural).predict(line(0, 3)).extrapolation).toBeUndefined();
  const unknown = {
    ...neural,
    elements: { ...elements, Ar: { ...elements.Ar, scaling: { ...scaling, range: undefined } } },
  };
  expect(new Evaluator(unknown, { extrapolation: true }).predict(line(0, 3)).extrapolation).toBeUndefined();
  expect(createNeuralPotential(unknown.elements, 'cos').predict(line(0, 3)).extrapolation).toBeUndefined();
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
