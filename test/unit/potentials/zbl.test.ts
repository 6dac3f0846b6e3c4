import { expect, test } from 'vitest';
import { check } from '../../../language/check/check';
import type { PotentialDefinition } from '../../../language/definition/definition';
import { writePotential } from '../../../language/definition/written';
import { parse } from '../../../language/syntax/parser';
import { advance, createSimulation, startDynamics } from '../../../engine/dynamics/dynamics';
import { checkPrior } from '../../../engine/analysis/distances';
import { analyticPotentialOf } from '../../../engine/potentials/analytic';
import { createPotentialFile, parsePotentialFile, potentialFromFile } from '../../../engine/potentials/potential-file';
import type { Potential } from '../../../engine/potentials/potential';
import { addPull } from '../../../engine/potentials/pull';
import { sumPotentials } from '../../../engine/potentials/sum';
import { createZbl } from '../../../engine/potentials/zbl';
import { createRandom } from '../../../engine/random';
import { buildNeighborList } from '../../../engine/structure/neighbors';
import { COULOMB } from '../../../engine/structure/constants';
import { createStructure, water } from '../../fixtures/structures';

const dimer = (a: string, b: string, r: number) => createStructure([a, b], [0, 0, 0, 0, 0, r]);
const zbl = (a: string, b: string, inner: number, outer: number) =>
  createZbl({ kind: 'zbl', pairs: [{ elements: [a, b], inner, outer }] }, [...new Set([a, b])]);

function define(body: string): PotentialDefinition {
  const { definition, diagnostics } = check(parse(`potential p { ${body} }`));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return [...definition.potentials.values()][0];
}

test('e²/(4πε₀) is 14.399645 eV Å', () => {
  expect(COULOMB).toBeCloseTo(14.3996455, 6);
});

test('the universal screening, from its coefficients by hand', () => {
  // Two silicon atoms at 1 Å: a = 0.4685/(2 · 14^0.23) = 0.1276652 Å, x = 7.8329900.
  const a = 0.4685 / (2 * 14 ** 0.23);
  const x = 1 / a;
  const phi =
    0.18175 * Math.exp(-3.1998 * x) +
    0.50986 * Math.exp(-0.94229 * x) +
    0.28022 * Math.exp(-0.4029 * x) +
    0.02817 * Math.exp(-0.20162 * x);
  const { energy } = zbl('Si', 'Si', 2, 3).predict(dimer('Si', 'Si', 1));
  expect(energy / (COULOMB * 196 * phi)).toBeCloseTo(1, 12);
  // The coefficients add up to one: bare nuclei when they touch.
  const near = zbl('Si', 'Si', 2, 3).predict(dimer('Si', 'Si', 1e-6)).energy;
  expect((near * 1e-6) / (COULOMB * 196)).toBeCloseTo(1, 4);
});

const pairs = [
  ['H', 'H'],
  ['H', 'O'],
  ['O', 'Si'],
  ['Si', 'Si'],
  ['Cu', 'Au'],
  ['U', 'U'],
] as const;

test.each(pairs)('T-ZBL: %s–%s is repulsive, falls monotonously, and vanishes at outer', (a, b) => {
  const potential = zbl(a, b, 0.6, 1.2);
  let before = Infinity;
  for (let r = 0.05; r < 1.2; r += 0.01) {
    const { energy, forces } = potential.predict(dimer(a, b, r));
    expect(energy).toBeGreaterThan(0);
    expect(energy).toBeLessThan(before);
    expect(forces[5]).toBeGreaterThan(0);
    expect(forces[2]).toBe(-forces[5]);
    before = energy;
  }
  expect(potential.predict(dimer(a, b, 1.2)).energy).toBe(0);
});

/** What a network may make of distances that it has never seen: the nearer the atoms, the lower the energy, without end. */
const attraction: Potential = {
  cutoff: 2,
  elements: ['H', 'O', 'Si'],
  predict: (structure) => {
    const { offsets, indices, vectors, distances } = buildNeighborList(structure, 2);
    const atoms = structure.numbers.length;
    const forces = new Float64Array(3 * atoms);
    const virial = new Float64Array(9);
    const atomicEnergies = new Float64Array(atoms);
    for (let i = 0; i < atoms; i++)
      for (let e = offsets[i]; e < offsets[i + 1]; e++) {
        // −½ · 3 eV (1 − r/2 Å)² of each of the two.
        const well = 1 - distances[e] / 2;
        atomicEnergies[i] -= 1.5 * well * well;
        const along = (1.5 * well) / distances[e];
        const g = [0, 1, 2].map((axis) => along * vectors[3 * e + axis]);
        addPull(forces, virial, i, indices[e], vectors, 3 * e, g[0], g[1], g[2]);
      }
    return { energy: atomicEnergies.reduce((sum, one) => sum + one, 0), atomicEnergies, forces, virial };
  },
};

test('T-ZBL: 1000 K from a random packing, a model that pulls atoms together: with the prior they stay apart', () => {
  const random = createRandom(3, 'packing');
  const symbols = Array.from({ length: 24 }, (_, i) => ['H', 'O', 'Si'][i % 3]);
  const box = 6;
  const packed = createStructure(
    symbols,
    symbols.flatMap(() => [0, 1, 2].map(() => box * random.uniform())),
    [box, 0, 0, 0, box, 0, 0, 0, box],
  );
  const { prior } = define('elements = [H, O, Si]; radial { eta = 1 Å^-2 }; prior zbl { }');
  if (prior === undefined) throw new Error('There is no prior.');
  /** The nearest distance of two atoms in the last half of 400 fs, in units of where the prior of their elements ends. */
  const nearest = (potential: Potential): number => {
    const simulation = createSimulation(potential, packed, 0.2, {
      kind: 'langevin',
      temperature: 1000,
      // Strong, for what the packing has too much of at the start.
      friction: 0.1,
    });
    const started = startDynamics(simulation, 1000, 1);
    if (!started.ok) throw new Error(started.problems[0].message);
    let smallest = Infinity;
    for (let step = 1; step <= 2000; step++) {
      if (advance(simulation, started.value) !== undefined) return 0;
      if (step <= 1000 || step % 20 !== 0) continue;
      const structure = { ...packed, positions: started.value.positions };
      const list = buildNeighborList(structure, 2);
      for (let i = 0; i < symbols.length; i++)
        for (let e = list.offsets[i]; e < list.offsets[i + 1]; e++) {
          const pair = [symbols[i], symbols[list.indices[e]]];
          const range = prior.pairs.find(({ elements }) =>
            [pair, pair.toReversed()].some((one) => one.join() === elements.join()),
          );
          smallest = Math.min(smallest, list.distances[e] / (range?.outer ?? NaN));
        }
    }
    return smallest;
  };
  expect(nearest(attraction)).toBeLessThan(0.3);
  expect(nearest(sumPotentials([attraction, createZbl(prior, ['H', 'O', 'Si'])]))).toBeGreaterThan(0.6);
});

test('the force is the derivative of the energy, through both ends of the switch, and the virial follows', () => {
  const potential = zbl('O', 'Si', 0.6, 1.2);
  const energyAt = (r: number): number => potential.predict(dimer('O', 'Si', r)).energy;
  for (const r of [0.3, 0.599, 0.6, 0.601, 0.8, 1, 1.199]) {
    const h = 1e-5;
    const { forces, virial } = potential.predict(dimer('O', 'Si', r));
    const numeric = (energyAt(r - h) - energyAt(r + h)) / (2 * h);
    expect(Math.abs(numeric - forces[5])).toBeLessThan(1e-6 * Math.abs(forces[5]) + 1e-6);
    expect(virial[8]).toBeCloseTo(forces[5] * r, 10);
  }
  // Twice differentiable: the force has no kink at the ends.
  const slope = (r: number): number =>
    (potential.predict(dimer('O', 'Si', r + 1e-4)).forces[5] - potential.predict(dimer('O', 'Si', r)).forces[5]) / 1e-4;
  for (const end of [0.6, 1.2])
    expect(Math.abs(slope(end) - slope(end - 1e-4))).toBeLessThan(0.01 * Math.abs(slope(0.6)));
});

test('the language: ranges by element, or as written; part of the identity; written and read again', () => {
  const prior = (text: string) => define(`elements = [H, O]; radial { eta = 1 Å^-2 }; ${text}`);
  // 0.7 of the covalent radii's sums: 0.31 Å and 0.66 Å.
  const own = prior('prior zbl { }');
  expect(own.prior?.pairs.map(({ elements, outer }) => [...elements, Number(outer.toFixed(3))])).toEqual([
    ['H', 'H', 0.434],
    ['H', 'O', 0.679],
    ['O', 'O', 0.924],
  ]);
  const written = prior('prior zbl { inner = 0.5 Å; outer = 1 Å }');
  expect(prior('prior zbl { outer = 1 Å }').identity).toBe(written.identity);
  expect(prior('prior zbl { inner = 0.05 nm }').identity).toBe(written.identity);
  expect(new Set([own, written, prior('')].map(({ identity }) => identity)).size).toBe(3);
  for (const one of [own, written])
    expect(define(writePotential(one).replace(/^potential p {|}\s*$/g, '')).identity).toBe(one.identity);
});

test('it is in potential.json and predictions, and refuses what cannot be', () => {
  const definition = define('elements = [H, O]; pair lennard_jones { epsilon = 0.01 eV; sigma = 3 Å }; prior zbl { }');
  const file = createPotentialFile(definition, undefined);
  const json: unknown = JSON.parse(JSON.stringify(file));
  const read = parsePotentialFile(json, 'potential.json');
  if (!read.ok) throw new Error(read.problems[0].message);
  const squeezed = { ...water, positions: water.positions.map((x) => 0.6 * x) };
  const expected = analyticPotentialOf(definition)?.predict(squeezed);
  expect(potentialFromFile(read.value).predict(squeezed)).toEqual(expected);
  const wrong = { ...file, prior: { kind: 'zbl', pairs: [{ elements: ['H', 'O'], inner: 1, outer: 0.5 }] } };
  expect(parsePotentialFile(wrong, 'potential.json')).toMatchObject({ ok: false, problems: [{ code: 'PF003' }] });
});

test('PD0502: data within the reach of the prior', () => {
  const definition = define('elements = [H, O]; prior zbl { outer = 1.2 Å }');
  expect(checkPrior(definition, [water]).map(({ code, message }) => [code, message.slice(0, 38)])).toEqual([
    ['PD0502', 'The data have H–O distances down to 0.'],
  ]);
  expect(checkPrior(define('elements = [H, O]; prior zbl { }'), [water])).toEqual([]);
});
