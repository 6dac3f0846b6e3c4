/**
 * T-ELAST-Cu and T-NVE: lattice constant, cohesive energy, elastic constants and dynamics of copper by the published mlearn network
 * (Zuo et al., J. Phys. Chem. A 124, 731 (2020)), through the kernels. Å, eV, GPa.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { addValue, fitDrift, NO_DRIFT } from '../../../engine/analysis/drift';
import { advance, createSimulation, observe, startDynamics } from '../../../engine/dynamics/dynamics';
import { unitFactors } from '../../../engine/formats/n2p2-data';
import { readN2p2Potential } from '../../../engine/formats/n2p2-potential';
import { Evaluator } from '../../../engine/kernels/evaluator';
import { volume } from '../../../engine/structure/cell';
import type { Structure } from '../../../engine/structure/structure';
import { fcc } from '../../fixtures/structures';

const folder = join(process.env.NEARSIGHT_DATA ?? '', 'training/mlearn/Cu/nnp');
const available = existsSync(folder);
if (!available) console.warn(`No network of copper at ${folder}: its elastic constants are not tested.`);

/** eV/Å³ in GPa. */
const GPA = 160.2176634;

/** Deformed by r → (1 + ε) r; ε row-major. */
function strain(structure: Structure, epsilon: readonly number[]): Structure {
  const deform = (vectors: Float64Array): Float64Array =>
    vectors.map((value, i) => {
      const [row, axis] = [i - (i % 3), i % 3];
      return value + [0, 1, 2].reduce((sum, k) => sum + vectors[row + k] * epsilon[3 * k + axis], 0);
    });
  return { ...structure, positions: deform(structure.positions), cell: deform(structure.cell ?? new Float64Array(9)) };
}

describe.skipIf(!available)('copper', () => {
  const read = available ? readN2p2Potential(folder, unitFactors({ length: 'bohr', energy: 'hartree' })) : undefined;
  if (read?.ok !== true) return;
  const evaluator = new Evaluator(read.value.description);
  afterAll(() => evaluator.dispose());

  /** σ = −W/V in GPa, tension positive. */
  const stress = (structure: Structure): Float64Array => {
    const cell = volume(structure.cell ?? new Float64Array(9));
    return evaluator.predict(structure).virial.map((w) => (-w / cell) * GPA);
  };

  // Without pressure.
  let [low, high] = [3.6, 3.7];
  while (high - low > 1e-10) {
    const middle = (low + high) / 2;
    if (stress(fcc('Cu', middle))[0] < 0) low = middle;
    else high = middle;
  }
  const crystal = fcc('Cu', low);

  test('lattice constant and energy', () => {
    expect(Math.abs(low - 3.636988)).toBeLessThan(1e-5);
    expect(Math.abs(evaluator.predict(crystal).energy / 4 + 4.100996)).toBeLessThan(1e-6);
  });

  test('T-NVE: its energy fluctuates with Δt² and does not drift, lists included', () => {
    const structure = fcc('Cu', low, 2);
    const fluctuation = (timestep: number, time: number) => {
      const simulation = createSimulation(evaluator, structure, timestep, { kind: 'nve' });
      const started = startDynamics(simulation, 600, 1);
      if (!started.ok) throw new Error(started.problems[0].message);
      let drift = NO_DRIFT;
      // The first picosecond is the crystal's way to equilibrium.
      for (let step = 1; step * timestep < 1000 + time; step++) {
        expect(advance(simulation, started.value)).toBeUndefined();
        const seen = observe(simulation, started.value);
        if (seen.time > 1000) drift = addValue(drift, seen.time, seen.conserved, 0);
      }
      const fit = fitDrift(drift);
      if (fit === null) throw new Error('no drift can be told');
      // eV/fs → meV/atom/ns, eV → meV/atom
      return { drift: (1e9 * fit.slope) / 32, rms: (1e3 * fit.fluctuation) / 32 };
    };
    const [fine, coarse] = [fluctuation(1, 8_000), fluctuation(4, 8_000)];
    const slope = Math.log(coarse.rms / fine.rms) / Math.log(4);
    expect(slope).toBeGreaterThan(1.9);
    expect(slope).toBeLessThan(2.1);
    expect(Math.abs(fine.drift)).toBeLessThan(0.1);
  });

  test('elastic constants', () => {
    const h = 1e-3;
    const slope = (epsilon: readonly number[], component: number): number => {
      const at = (factor: number): number =>
        stress(
          strain(
            crystal,
            epsilon.map((e) => factor * e),
          ),
        )[component];
      return (at(h) - at(-h)) / (2 * h);
    };
    const along = [1, 0, 0, 0, 0, 0, 0, 0, 0];
    const shear = [0, 0.5, 0, 0.5, 0, 0, 0, 0, 0];
    expect(Math.abs(slope(along, 0) - 182.59)).toBeLessThan(0.02);
    expect(Math.abs(slope(along, 4) - 124.53)).toBeLessThan(0.02);
    expect(Math.abs(slope(shear, 1) - 75.55)).toBeLessThan(0.02);
  });
});
