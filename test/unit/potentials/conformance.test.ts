/** Random potentials with n2p2's symmetry functions, energies and forces for them to 17 digits. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyScaling } from '../../../engine/descriptors/scaling';
import {
  computeDescriptorValues,
  createWorkspace,
  evaluateAtom,
  prepareDescriptors,
} from '../../../engine/descriptors/symmetry-functions';
import { readN2p2Potential } from '../../../engine/formats/n2p2-potential';
import { createNeuralPotential, type NeuralDescription } from '../../../engine/potentials/neural';
import { networkEnergy } from '../../../engine/potentials/network';
import { buildNeighborList } from '../../../engine/structure/neighbors';
import type { Structure } from '../../../engine/structure/structure';
import { symbolOf } from '../../../language/elements';
import { createStructure } from '../../fixtures/structures';

const folder = join(process.env.NEARSIGHT_DATA ?? '', 'conformance');
const available = existsSync(folder);
if (!available) console.warn(`No conformance cases at ${folder}: n2p2's predictions are not compared.`);

const numbersOf = (line: string): number[] => line.trim().split(/\s+/).map(Number);

function readTable(name: string, file: string): number[][] {
  return readFileSync(join(folder, name, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map(numbersOf);
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

const functionsOf = (elements: NeuralDescription['elements']) =>
  Object.fromEntries(Object.entries(elements).map(([symbol, { functions }]) => [symbol, functions]));

/**
 * What n2p2's forces lack where an atom meets its own images within the cutoff: how its energy changes with its images'
 * positions, which move with it. (Central differences of n2p2's energies agree with the forces that have it.)
 */
function ownImageForces(
  structure: Structure,
  { elements, cutoffFunction, innerCutoff }: NeuralDescription,
): Float64Array {
  const plan = prepareDescriptors(functionsOf(elements), cutoffFunction, innerCutoff);
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

  test('all cases are there', () => {
    expect(cases).toHaveLength(41);
  });

  // Lengths are bohr there, energies hartree: without units they are taken as they are.
  test.each(cases)('%s', (name) => {
    const read = readN2p2Potential(join(folder, name));
    if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
    expect(read.value.warnings).toEqual([]);
    const { description } = read.value;
    const { elements, cutoffFunction, innerCutoff } = description;
    const potential = createNeuralPotential(elements, cutoffFunction, innerCutoff);
    const inputs = readTable(name, 'symfunc.ref');
    const energies = readTable(name, 'energies.ref');
    const forces = readTable(name, 'forces.ref');

    readStructures(name).forEach((structure, s) => {
      const list = buildNeighborList(structure, potential.cutoff);
      const values = computeDescriptorValues(structure, list, functionsOf(elements), cutoffFunction, innerCutoff);
      const expectedInputs = inputs.filter(([conf]) => conf === s + 1);
      expect(expectedInputs.length).toBe(structure.numbers.length);
      for (const [, atom, number, count, ...expected] of expectedInputs) {
        const { scaling } = elements[number === 8 ? 'O' : 'H'];
        const unscaled = values[atom - 1];
        expect(unscaled.length).toBe(count);
        const scaled = new Float64Array(count);
        applyScaling(scaling, unscaled, scaled);
        for (let k = 0; k < count; k++) {
          // What is subtracted before the division counts too, and n2p2's polynomials are exact to 1e-13 of one near the cutoff.
          const size = Math.max(Math.abs(expected[k]), Math.abs(unscaled[k] * scaling.factor[k]));
          expect(Math.abs(scaled[k] - expected[k])).toBeLessThanOrEqual(5e-11 * size + 1e-13 * scaling.factor[k]);
        }
      }

      const prediction = potential.predict(structure);
      const energy = energies[s][3];
      const terms = prediction.atomicEnergies.reduce((sum, one) => sum + Math.abs(one), 1);
      expect(Math.abs(prediction.energy - energy)).toBeLessThanOrEqual(1e-10 * terms);
      const expectedForces = forces.filter(([conf]) => conf === s + 1).flatMap((row) => row.slice(3, 6));
      const left = ownImageForces(structure, description);
      const size = Math.max(...expectedForces.map(Math.abs));
      expectedForces.forEach((force, k) =>
        expect(Math.abs(prediction.forces[k] - left[k] - force)).toBeLessThanOrEqual(1e-10 * size),
      );
    });
  });
});
