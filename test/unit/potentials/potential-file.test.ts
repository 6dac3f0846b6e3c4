import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createPotentialFile,
  parsePotentialFile,
  potentialFromFile,
  type PotentialFile,
} from '../../../engine/potentials/potential-file';
import { createLennardJones } from '../../../engine/potentials/lennard-jones';
import { createNeuralPotential } from '../../../engine/potentials/neural';
import { addConstant, sumPotentials } from '../../../engine/potentials/sum';
import type { PotentialDefinition } from '../../../language/definition/definition';
import { ethanol } from '../../fixtures/structures';
import { randomElements } from '../../fixtures/random-potential';

const span = { start: 0, end: 0 };
const trained = randomElements(['H', 'C', 'O'], { cutoff: 3.5 });
const definition: PotentialDefinition = {
  name: 'ethanol',
  span,
  nameSpan: span,
  options: {
    elements: ['C', 'H', 'O'],
    cutoff: 3.5,
    cutoff_function: 'poly2',
    scaling: 'range_centered',
    load: undefined,
  },
  units: undefined,
  automatic: undefined,
  prior: undefined,
  elements: ['H', 'C', 'O'],
  symmetryFunctions: Object.fromEntries(Object.entries(trained).map(([name, { functions }]) => [name, functions])),
  networks: undefined,
  pairs: [{ kind: 'lennard_jones', epsilon: 0.01, sigma: 1 / 3 }],
  identity: 'abc',
};
const file = createPotentialFile(definition, trained, { seed: 1, data: ['a.xyz'], note: null }, -0.1);
const text = JSON.stringify(file);

function problemsOf(json: unknown): string[] {
  const result = parsePotentialFile(json, 'runs/1/potential.json');
  if (result.ok) return [];
  for (const { place, message } of result.problems) {
    expect(place?.file).toBe('runs/1/potential.json');
    expect(message.length).toBeLessThan(400);
  }
  return result.problems.map(({ code, message }) => `${code} ${message}`);
}

test('what is written and read again predicts the same bits', () => {
  const parsed = parsePotentialFile(JSON.parse(text), 'potential.json');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.value).toEqual(JSON.parse(text));
  const original = addConstant(
    sumPotentials([
      createNeuralPotential(trained, 'poly2'),
      createLennardJones({
        epsilon: 0.01,
        sigma: 1 / 3,
        cutoff: 3.5,
        cutoffFunction: 'poly2',
        elements: ['H', 'C', 'O'],
      }),
    ]),
    -0.1,
  );
  const read = potentialFromFile(parsed.value);
  expect(read.predict(ethanol)).toEqual(original.predict(ethanol));
  expect(read.elements).toEqual(['H', 'C', 'O']);
  expect(read.cutoff).toBe(3.5);
});

test('pair terms alone need no networks', () => {
  const pairs = createPotentialFile(definition, undefined);
  const parsed = parsePotentialFile(JSON.parse(JSON.stringify(pairs)), 'potential.json');
  expect(parsed.ok && potentialFromFile(parsed.value).predict(ethanol).energy).toBeCloseTo(
    createLennardJones({
      epsilon: 0.01,
      sigma: 1 / 3,
      cutoff: 3.5,
      cutoffFunction: 'poly2',
      elements: ['H', 'C', 'O'],
    }).predict(ethanol).energy,
    15,
  );
});

describe('what cannot be is refused, and named', () => {
  const change = (edit: (copy: PotentialFile) => void): string[] => {
    const copy = structuredClone(file);
    edit(copy);
    return problemsOf(copy);
  };
  test('other files and other versions', () => {
    for (const json of [null, 1, 'x', [], {}, { format: 'other' }]) expect(problemsOf(json)[0]).toMatch(/^PF001/);
    expect(problemsOf({ ...file, version: 2 })[0]).toMatch(/version 2/);
  });
  test('numbers that are none', () => {
    expect(change((copy) => (copy.networks!.O.network.parameters[3] = NaN))[0]).toMatch(
      /^PF002 networks\.O\.network\.parameters\.3/,
    );
    expect(change((copy) => (copy.networks!.H.scaling.factor[0] = Infinity))[0]).toMatch(/^PF002/);
    expect(change((copy) => (copy.cutoff = 1e9))[0]).toMatch(/^PF002 cutoff/);
    expect(change((copy) => (copy.networks!.H.symmetry_functions[0].cutoff = -1))[0]).toMatch(/^PF002/);
    expect(change((copy) => (copy.elements[0] = 'Xx'))[0]).toMatch(/^PF002/);
  });
  test('counts that do not fit', () => {
    expect(change((copy) => copy.networks!.O.network.parameters.pop())[0]).toMatch(/^PF003 networks\.O\.network/);
    expect(change((copy) => copy.networks!.C.scaling.offset.pop())[0]).toMatch(/^PF003 networks\.C\.scaling/);
    expect(change((copy) => copy.networks!.C.symmetry_functions.pop())[0]).toMatch(/^PF003/);
    expect(change((copy) => (copy.networks!.C.network.sizes = [1e6, 1e6, 1]))[0]).toMatch(/^PF003/);
    expect(change((copy) => (copy.elements = ['H', 'C']))[0]).toMatch(/^PF003 networks\.O/);
    expect(change((copy) => (copy.elements = ['H', 'C', 'N', 'O']))[0]).toMatch(/^PF003 networks\.N: missing/);
    expect(change((copy) => copy.elements.reverse())[0]).toMatch(/^PF003 elements/);
    expect(
      change((copy) => {
        copy.networks = undefined;
        copy.pairs = [];
      })[0],
    ).toMatch(/^PF003/);
  });

  test('imported kinds of functions and layers', () => {
    const shape = { kernel: 'poly2', asymmetric: false } as const;
    const first = (one: NonNullable<PotentialFile['networks']>[string]['symmetry_functions'][number]) =>
      change((copy) => (copy.networks!.H.symmetry_functions[0] = one))[0];
    const compact = { inner: 1, cutoff: 3, shape };
    expect(first({ type: 23, ...compact })).toBeUndefined();
    expect(first({ type: 23, ...compact, inner: 3 })).toMatch(/^PF003 networks\.H.*inner radius/);
    expect(first({ type: 25, ...compact, angles: [2, 1] })).toMatch(/^PF003 networks\.H.*angles/);
    expect(first({ type: 20, ...compact, neighbor: 'N' })).toMatch(/^PF003 networks\.H.*neighbour/);
    expect(change((copy) => (copy.networks!.H.network.activations = ['harmonic', 'cos']))).toEqual([]);
    expect(change((copy) => (copy.networks!.H.network.activations = ['harmonic']))[0]).toMatch(/^PF003.*activations/);
    expect(change((copy) => (copy.inner_cutoff = 1))[0]).toMatch(/^PF002 inner_cutoff/);
  });

  test('any JSON, and any part of the file replaced by any JSON: problems or a potential, never an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(problemsOf(json).length).toBeGreaterThan(0);
      }),
    );
    const paths: (string | number)[][] = [];
    const collect = (value: unknown, path: (string | number)[]): void => {
      paths.push(path);
      if (Array.isArray(value)) value.slice(0, 3).forEach((item, i) => collect(item, [...path, i]));
      else if (typeof value === 'object' && value !== null)
        Object.entries(value).forEach(([key, item]) => collect(item, [...path, key]));
    };
    collect(JSON.parse(text), []);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, json) => {
        const replaced: unknown = replaceAt(JSON.parse(text), path, json);
        const result = parsePotentialFile(replaced, 'runs/1/potential.json');
        if (!result.ok) {
          expect(problemsOf(replaced).length).toBeGreaterThan(0);
          return;
        }
        const { energy } = potentialFromFile(result.value).predict(ethanol);
        expect(typeof energy).toBe('number');
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});

function replaceAt(value: unknown, path: readonly (string | number)[], replacement: unknown): unknown {
  if (path.length === 0) return replacement;
  const [first, ...rest] = path;
  if (Array.isArray(value))
    return value.map((item: unknown, i) => (i === first ? replaceAt(item, rest, replacement) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === first ? replaceAt(item, rest, replacement) : item]),
  );
}
