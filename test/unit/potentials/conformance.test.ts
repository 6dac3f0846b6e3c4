/** Random potentials with n2p2's symmetry functions, energies and forces for them to 17 digits. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyScaling } from '../../../engine/descriptors/scaling';
import { computeDescriptorValues } from '../../../engine/descriptors/symmetry-functions';
import { readN2p2Potential } from '../../../engine/formats/n2p2-potential';
import { Evaluator, findObstacle } from '../../../engine/kernels/evaluator';
import { createNeuralPotential } from '../../../engine/potentials/neural';
import { buildNeighborList } from '../../../engine/structure/neighbors';
import { functionsOf, ownImageForces, readStructures, readTable } from '../../fixtures/n2p2';

const folder = join(process.env.NEARSIGHT_DATA ?? '', 'conformance');
const available = existsSync(folder);
if (!available) console.warn(`No conformance cases at ${folder}: n2p2's predictions are not compared.`);

describe.skipIf(!available)('n2p2', () => {
  const cases = available ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'input.nn'))) : [];

  test('all cases are there', () => {
    expect(cases).toHaveLength(41);
  });

  // Lengths are bohr there, energies hartree: without units they are taken as they are.
  test.each(cases)('%s', (name) => {
    const read = readN2p2Potential(join(folder, name));
    if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
    const { description } = read.value;
    const { elements, cutoffFunction, innerCutoff } = description;
    const potential = createNeuralPotential(elements, cutoffFunction, innerCutoff);
    const kernels = findObstacle(description) === undefined ? new Evaluator(description) : undefined;
    expect(kernels === undefined).toBe(['compact_21', 'compact_24', 'compact_mix'].includes(name));
    const inputs = readTable(join(folder, name, 'symfunc.ref'));
    const energies = readTable(join(folder, name, 'energies.ref'));
    const forces = readTable(join(folder, name, 'forces.ref'));

    readStructures(join(folder, name, 'input.data')).forEach((structure, s) => {
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

      const energy = energies[s][3];
      const expectedForces = forces.filter(([conf]) => conf === s + 1).flatMap((row) => row.slice(3, 6));
      const left = ownImageForces(structure, description);
      const size = Math.max(...expectedForces.map(Math.abs));
      for (const one of kernels === undefined ? [potential] : [potential, kernels]) {
        const prediction = one.predict(structure);
        const terms = prediction.atomicEnergies.reduce((sum, one) => sum + Math.abs(one), 1);
        expect(Math.abs(prediction.energy - energy)).toBeLessThanOrEqual(1e-10 * terms);
        expectedForces.forEach((force, k) =>
          expect(Math.abs(prediction.forces[k] - left[k] - force)).toBeLessThanOrEqual(1e-10 * size),
        );
      }
    });
  });
});
