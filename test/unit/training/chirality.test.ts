/** Training with chiral functions: what they make learnable, and that molecules of both hands are learnt as one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../engine/formats/dataset';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import { createNeuralPotential, type NeuralElement } from '../../../engine/potentials/neural';
import type { Potential } from '../../../engine/potentials/potential';
import { createPotentialFile, potentialFromFile } from '../../../engine/potentials/potential-file';
import { sumPotentials } from '../../../engine/potentials/sum';
import { createRandom } from '../../../engine/random';
import type { LabelledStructure, Structure } from '../../../engine/structure/structure';
import { trainedElements } from '../../../engine/training/result';
import { check } from '../../../language/check/check';
import { expandChiral } from '../../../language/definition/chirality';
import type { ChiralFunction, PotentialDefinition } from '../../../language/definition/definition';
import { parse } from '../../../language/syntax/parser';
import { valueOf } from '../../fixtures/results';
import {
  applyMatrix,
  createStructure,
  maximumDifference,
  multiplyVectors,
  randomRotation,
} from '../../fixtures/structures';
import { definePotential, optimizerOf, setupOf, train, withFunctions } from './samples';

const elements = ['H', 'C', 'N', 'O'];
const mirror = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, -1);

async function trained(potential: PotentialDefinition, structures: readonly LabelledStructure[], epochs: number) {
  const optimizer = optimizerOf('kalman', { groups: 4 });
  const { training, reports } = await train(setupOf(structures, { epochs }, { potential, optimizer }));
  return { model: potentialFromFile(createPotentialFile(potential, trainedElements(training))), reports };
}

it('T-CHI-8: like and unlike pairs beyond the cutoff, by an oracle that tells them apart', async () => {
  const block = { kind: 'chiral', elements: ['C', 'H', 'N', 'O'], etas: [0.1], shifts: [0], cutoff: 3 } as const;
  const couplings = [{ range: 8, eta: 0, shift: 0 }];
  const chiral = expandChiral({ ...block, parity: 'even', couplings }, elements);
  const oracle = recognition(chiral.filter(({ coupling }) => coupling !== undefined));

  const center = createStructure(
    ['C', 'H', 'N', 'O'],
    [0, 0, 0, 0.63, 0.63, 0.63, 0.8, -0.8, -0.8, -0.75, 0.75, -0.75],
  );
  const random = createRandom(1, 'pairs');
  const place = (hand: boolean, seed: number, x: number): number[] => {
    const turned = applyMatrix(center, randomRotation(seed, hand)).positions;
    return [...turned].map((value, i) => value + (i % 3 === 0 ? x : 0) + 0.03 * random.normal());
  };
  const pair = (k: number, unlike: boolean): Structure => ({
    numbers: Uint8Array.of(...center.numbers, ...center.numbers),
    positions: Float64Array.of(
      ...place(k % 4 < 2, 2 * k, 0),
      ...place(k % 4 < 2 !== unlike, 2 * k + 1, 5 + 1.5 * random.uniform()),
    ),
    periodic: [false, false, false],
  });
  const label = (structure: Structure, frame: number): LabelledStructure => {
    const { energy, forces } = oracle.predict(structure);
    return { ...structure, energy, forces, source: { file: '/pairs.xyz', frame } };
  };
  const structures = Array.from({ length: 60 }, (_, k) => label(pair(k, k % 2 === 1), k));

  // A pair, and the same with one of the two mirrored in its place: the hand alone differs.
  const tests = Array.from({ length: 12 }, (_, k) => {
    const like = pair(1000 + 4 * k, false);
    const other = createStructure(['C', 'H', 'N', 'O'], [...like.positions.subarray(12)]);
    const positions = Float64Array.of(...like.positions.subarray(0, 12), ...applyMatrix(other, mirror).positions);
    return [like, { ...like, positions }] as const;
  });
  const discrimination = (potential: Potential): number[] =>
    tests.map(([like, unlike]) => potential.predict(like).energy - potential.predict(unlike).energy);
  const exact = discrimination(oracle);
  const error = (potential: Potential): number =>
    Math.hypot(...discrimination(potential).map((value, k) => value - exact[k])) / Math.hypot(...exact);

  const plain = definePotential(elements, { cutoff: 3, centers: [1, 1.5, 2.2], hidden: [5] });
  const blind = await trained(plain, structures, 8);
  const handed = await trained(withFunctions(plain, { C: chiral }), structures, 8);
  // Nothing within the cutoff of the blind one tells like from unlike.
  expect(discrimination(blind.model).every((value) => Math.abs(value) < 1e-9)).toBe(true);
  expect(error(handed.model)).toBeLessThan(0.1);
});

/** Lennard-Jones within molecules, and a term that is linear in products of the signed volumes of two of them. */
function recognition(coupled: readonly ChiralFunction[]): Potential {
  const element = (functions: readonly ChiralFunction[]): NeuralElement => ({
    functions,
    scaling: { offset: new Float64Array(functions.length), factor: new Float64Array(functions.length).fill(1) },
    network: {
      sizes: [functions.length, 1],
      activation: 'linear',
      parameters: Float64Array.of(...functions.map(() => 2), 0),
    },
    offset: 0,
  });
  return sumPotentials([
    createLennardJones({ epsilon: 0.05, sigma: 1.2, cutoff: 3, cutoffFunction: 'poly2', elements }),
    createNeuralPotential(
      Object.fromEntries(elements.map((one) => [one, element(one === 'C' ? coupled : [])])),
      'poly2',
    ),
  ]);
}

const GENERATED = join(process.env.NEARSIGHT_DATA ?? '', 'generated');

/** Trains on one structure of `every` in a file of both hands. */
async function learn(file: string, elements: string, body: string, every: number) {
  const text = `potential p {
    elements = ${elements}
    cutoff = 4 Å
    radial { width = 0.5 Å; center = linspace(0.8, 3.3, 5) Å }
    ${body}
    network { hidden = [6] }
  }
  dataset d { files = ["${file}"] }`;
  const { definition, diagnostics } = check(parse(text));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [potential, dataset] = [definition.potentials.get('p'), definition.datasets.get('d')];
  if (potential === undefined || dataset === undefined) throw new Error('The definition is wrong.');
  const { structures } = valueOf(await loadDataset(dataset, GENERATED));
  const some = structures.filter((_, s) => s % every === 0);
  const { model } = await trained(potential, some, 3);
  return { model, fresh: structures.filter((_, s) => s % every === 1) };
}

const reflected = (structure: Structure): Structure => applyMatrix(structure, mirror);

describe.skipIf(process.env.NEARSIGHT_DATA === undefined || !existsSync(GENERATED))(
  'real molecules of both hands',
  () => {
    it.each([
      ['chfclbr.xyz', '[H, C, F, Cl, Br]', 'chiral C F Cl Br { eta = 0.2 Å^-2 }', 25],
      ['h2o2.xyz', '[H, O]', 'chiral O H O { eta = [0.2, 1] Å^-2 }', 10],
    ])('%s is learnt, and its mirror images with it', async (file, elements, body, every) => {
      const { model, fresh } = await learn(file, elements, body, every);
      let [error, all] = [0, 0];
      for (const structure of fresh) {
        const [one, other] = [structure, reflected(structure)].map((each) => model.predict(each));
        expect(other.energy).toBe(one.energy);
        expect(maximumDifference(other.forces, multiplyVectors(one.forces, mirror))).toBe(0);
        structure.forces?.forEach((force, i) => {
          error += (force - one.forces[i]) ** 2;
          all += force ** 2;
        });
      }
      expect(error / all).toBeLessThan(0.2);
    });

    it('with broken parity they differ: the audit can fail', async () => {
      const body = 'chiral C F Cl Br { eta = 0.2 Å^-2; parity = broken; demonstration = true }';
      const { model, fresh } = await learn('chfclbr.xyz', '[H, C, F, Cl, Br]', body, 50);
      for (const structure of fresh.slice(0, 5))
        expect(Math.abs(model.predict(structure).energy - model.predict(reflected(structure)).energy)).toBeGreaterThan(
          1e-4,
        );
    });
  },
);
