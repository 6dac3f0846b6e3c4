/** Random potentials with n2p2's symmetry functions, energies and forces for them to 17 digits. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyScaling, fitScaling, type Scaling } from '../../../engine/descriptors/scaling';
import {
  computeDescriptorValues,
  createWorkspace,
  evaluateAtom,
  prepareDescriptors,
} from '../../../engine/descriptors/symmetry-functions';
import { createNeuralPotential, type NeuralElement } from '../../../engine/potentials/neural';
import { networkEnergy, type Network } from '../../../engine/potentials/network';
import { buildNeighborList } from '../../../engine/structure/neighbors';
import type { Structure } from '../../../engine/structure/structure';
import type { Activation, CutoffFunction, SymmetryFunction } from '../../../language/definition/definition';
import { symbolOf } from '../../../language/elements';
import { createStructure, numberOf } from '../../fixtures/structures';
import { angular, radial } from '../../fixtures/symmetry-functions';

const folder = join(process.env.NEARSIGHT_DATA ?? '', 'conformance');
const available = existsSync(folder);
if (!available) console.warn(`No conformance cases at ${folder}: n2p2's predictions are not compared.`);

const cutoffNames: readonly CutoffFunction[] = [
  'hard',
  'cos',
  'tanh3',
  'tanh3_normalized',
  'exp',
  'poly1',
  'poly2',
  'poly3',
  'poly4',
];
const activations: Readonly<Partial<Record<string, Activation>>> = {
  t: 'tanh',
  p: 'softplus',
  s: 'logistic',
  g: 'gaussian',
  c: 'cos',
  l: 'linear',
  r: 'relu',
};

interface Settings {
  readonly words: (keyword: string) => readonly (readonly string[])[];
  readonly has: (keyword: string) => boolean;
}

function readSettings(name: string): Settings {
  const lines = readFileSync(join(folder, name, 'input.nn'), 'utf8')
    .split('\n')
    .map((line) =>
      line
        .replace(/[#!].*/, '')
        .trim()
        .split(/\s+/),
    );
  const words = (keyword: string) => lines.filter(([first]) => first === keyword).map(([, ...rest]) => rest);
  return { words, has: (keyword) => words(keyword).length > 0 };
}

/** Why this project can't (yet) describe a case; undefined if it can. */
function unsupported({ words }: Settings): string | undefined {
  const types = new Set(words('symfunction_short').map(([, type]) => type));
  const other = [...types].filter((type) => !['2', '3', '9'].includes(type));
  if (other.length > 0) return `types ${other.join(', ')}`;
  const [type, alpha = '0'] = words('cutoff_type')[0];
  if (Number(alpha) !== 0 && !['2', '3'].includes(type)) return `inner cutoff ${alpha}`;
  const shape = words('global_activation_short')[0];
  if (!(shape[0] in activations)) return `activation ${shape[0]}`;
  if (new Set(shape.slice(0, -1)).size > 1) return 'one activation per layer';
  return undefined;
}

/** In n2p2's order, which is that of its inputs. */
function readFunctions({ words }: Settings): Record<string, SymmetryFunction[]> {
  const result: Record<string, SymmetryFunction[]> = {};
  for (const [center, type, ...rest] of words('symfunction_short')) {
    const list = (result[center] ??= []);
    if (type === '2') {
      const [neighbor, eta, shift, cutoff] = rest;
      list.push(radial(center, neighbor, Number(eta), Number(shift), Number(cutoff)));
    } else {
      const [first, second, eta, lambda, zeta, cutoff, shift = '0'] = rest;
      const pair = [first, second] as const;
      list.push(
        angular(
          type === '3' ? 3 : 9,
          center,
          pair,
          Number(eta),
          Number(lambda),
          Number(zeta),
          Number(cutoff),
          Number(shift),
        ),
      );
    }
  }
  const key = (one: SymmetryFunction): number[] => [
    one.type,
    one.cutoff,
    one.eta,
    one.shift,
    ...(one.type === 2
      ? [numberOf(one.neighbor)]
      : [one.zeta, one.lambda, numberOf(one.neighbors[0]), numberOf(one.neighbors[1])]),
  ];
  for (const list of Object.values(result))
    list.sort((a, b) => {
      const [ka, kb] = [key(a), key(b)];
      const first = ka.findIndex((value, i) => value !== kb[i]);
      return first < 0 ? 0 : ka[first] - kb[first];
    });
  return result;
}

const numbersOf = (line: string): number[] => line.trim().split(/\s+/).map(Number);

function readTable(name: string, file: string): number[][] {
  return readFileSync(join(folder, name, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map(numbersOf);
}

function readScaling(name: string, { has }: Settings): Scaling[] {
  const rows = readTable(name, 'scaling.data');
  return [1, 2].map((element) => {
    const own = rows.filter(([index]) => index === element);
    const column = (k: number): Float64Array => Float64Array.from(own, (row) => row[k]);
    const scale = has('scale_symmetry_functions');
    const center = has('center_symmetry_functions');
    if (center && !scale) return { offset: column(4), factor: new Float64Array(own.length).fill(1) };
    const mode = scale
      ? center
        ? 'range_centered'
        : 'range'
      : has('scale_symmetry_functions_sigma')
        ? 'sigma'
        : 'none';
    const statistics = {
      count: 2,
      minimum: column(2),
      maximum: column(3),
      mean: column(4),
      squares: column(5).map((sigma) => sigma * sigma),
    };
    return fitScaling(mode, statistics).scaling;
  });
}

function readNetwork(name: string, number: number, inputs: number, settings: Settings): Network {
  const file = `weights.${String(number).padStart(3, '0')}.data`;
  const rows = readFileSync(join(folder, name, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(/\s+/));
  const sizes = [inputs];
  for (const [, kind, , layer, node] of rows)
    if (kind === 'b') sizes[Number(layer)] = Math.max(sizes[Number(layer)] ?? 0, Number(node));
  const parameters = Float64Array.from(rows, (row) => Number(row[0]));
  const conversion = settings.has('conv_energy') ? Number(settings.words('conv_energy')[0][0]) : 1;
  let at = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    const count = (sizes[layer - 1] + 1) * sizes[layer];
    // Both options are linear in the weights of a layer: the same network without them has other weights.
    const divisor =
      (settings.has('normalize_nodes') ? sizes[layer - 1] : 1) * (layer === sizes.length - 1 ? conversion : 1);
    for (let i = 0; i < count; i++) parameters[at++] /= divisor;
  }
  const activation = activations[settings.words('global_activation_short')[0][0]];
  if (activation === undefined) throw new Error('unknown activation');
  return { sizes, activation, parameters };
}

function readStructures(name: string): Structure[] {
  const result: Structure[] = [];
  let symbols: string[] = [];
  let positions: number[] = [];
  let cell: number[] = [];
  for (const line of readFileSync(join(folder, name, 'input.data'), 'utf8').split('\n')) {
    const [keyword, ...rest] = line.trim().split(/\s+/);
    if (keyword === 'begin') [symbols, positions, cell] = [[], [], []];
    if (keyword === 'lattice') cell.push(...rest.map(Number));
    if (keyword === 'atom') {
      positions.push(...rest.slice(0, 3).map(Number));
      symbols.push(rest[3]);
    }
    if (keyword === 'end') result.push(createStructure(symbols, positions, cell.length === 9 ? cell : undefined));
  }
  return result;
}

/**
 * What n2p2's forces lack where an atom meets its own images within the cutoff: how its energy changes with its images'
 * positions, which move with it. (Central differences of n2p2's energies agree with the forces that have it.)
 */
function ownImageForces(
  structure: Structure,
  elements: Readonly<Record<string, NeuralElement>>,
  cutoffFunction: CutoffFunction,
): Float64Array {
  const plan = prepareDescriptors(
    Object.fromEntries(Object.entries(elements).map(([symbol, { functions }]) => [symbol, functions])),
    cutoffFunction,
  );
  const list = buildNeighborList(structure, plan.cutoff);
  const workspace = createWorkspace();
  const result = new Float64Array(3 * structure.numbers.length);
  structure.numbers.forEach((number, i) => {
    const { scaling, network } = elements[symbolOf(number)];
    const count = evaluateAtom(plan, structure, list, i, workspace, true);
    const inputs = new Float64Array(count);
    const gradient = new Float64Array(count);
    applyScaling(scaling, workspace.values, inputs);
    networkEnergy(network, inputs, gradient);
    for (let entry = list.offsets[i]; entry < list.offsets[i + 1]; entry++)
      if (list.indices[entry] === i)
        for (let k = 0; k < 3; k++)
          for (let g = 0; g < count; g++)
            result[3 * i + k] -=
              gradient[g] * scaling.factor[g] * workspace.gradients[3 * ((entry - list.offsets[i]) * count + g) + k];
  });
  return result;
}

describe.skipIf(!available)('n2p2', () => {
  const cases = available ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'input.nn'))) : [];
  const supported = cases.filter((name) => unsupported(readSettings(name)) === undefined);

  test('most cases of types 2, 3 and 9 are compared', () => {
    expect(supported.length).toBeGreaterThanOrEqual(26);
  });

  // Lengths are bohr there: nothing here knows, as all lengths are.
  test.each(supported)('%s', (name) => {
    const settings = readSettings(name);
    const functions = readFunctions(settings);
    const scalings = readScaling(name, settings);
    const cutoffFunction = cutoffNames[Number(settings.words('cutoff_type')[0][0])];
    const mean = settings.has('mean_energy') ? Number(settings.words('mean_energy')[0][0]) : 0;
    const elements: Record<string, NeuralElement> = {};
    ['H', 'O'].forEach((symbol, index) => {
      const own = settings.words('atom_energy').find(([element]) => element === symbol);
      elements[symbol] = {
        functions: functions[symbol],
        scaling: scalings[index],
        network: readNetwork(name, numberOf(symbol), functions[symbol].length, settings),
        offset: mean + (own === undefined ? 0 : Number(own[1])),
      };
    });
    const potential = createNeuralPotential(elements, cutoffFunction);
    const inputs = readTable(name, 'symfunc.ref');
    const energies = readTable(name, 'energies.ref');
    const forces = readTable(name, 'forces.ref');

    readStructures(name).forEach((structure, s) => {
      const list = buildNeighborList(structure, potential.cutoff);
      const values = computeDescriptorValues(structure, list, functions, cutoffFunction);
      const expectedInputs = inputs.filter(([conf]) => conf === s + 1);
      expect(expectedInputs.length).toBe(structure.numbers.length);
      for (const [, atom, number, count, ...expected] of expectedInputs) {
        const { scaling } = elements[number === 8 ? 'O' : 'H'];
        const unscaled = values[atom - 1];
        expect(unscaled.length).toBe(count);
        const scaled = new Float64Array(count);
        applyScaling(scaling, unscaled, scaled);
        for (let k = 0; k < count; k++) {
          // What is subtracted before the division counts too, and n2p2's polynomials lose digits near the cutoff.
          const size = Math.max(Math.abs(expected[k]), Math.abs(unscaled[k] * scaling.factor[k]));
          expect(Math.abs(scaled[k] - expected[k])).toBeLessThanOrEqual(5e-11 * size);
        }
      }

      const prediction = potential.predict(structure);
      const energy = energies[s][3];
      const terms = prediction.atomicEnergies.reduce((sum, one) => sum + Math.abs(one), 1);
      expect(Math.abs(prediction.energy - energy)).toBeLessThanOrEqual(1e-11 * terms);
      const expectedForces = forces.filter(([conf]) => conf === s + 1).flatMap((row) => row.slice(3, 6));
      const left = ownImageForces(structure, elements, cutoffFunction);
      const size = Math.max(...expectedForces.map(Math.abs));
      expectedForces.forEach((force, k) =>
        expect(Math.abs(prediction.forces[k] - left[k] - force)).toBeLessThanOrEqual(1e-11 * size),
      );
    });
  });
});
