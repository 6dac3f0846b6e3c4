/**
 * Energy conservation of water: 192 atoms of the liquid with the published RPBE-D3 network, 10,000 steps of 0.5 fs without
 * a thermostat, in double and in single precision; drift and fluctuation of the total energy, and processor time. Before
 * that 1,000 steps at 300 K, from a structure of another simulation. Needs the data that NEARSIGHT_DATA names.
 * `npm run bench nve-water`
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { addValue, BLOCKS, fitDrift, NO_DRIFT } from '../../engine/analysis/drift';
import { advance, createSimulation, observe, startDynamics, type DynamicsState } from '../../engine/dynamics/dynamics';
import { decodeN2p2Frame, unitFactors } from '../../engine/formats/n2p2-data';
import { readN2p2Potential } from '../../engine/formats/n2p2-potential';
import { Evaluator } from '../../engine/kernels/evaluator';
import type { NeuralDescription } from '../../engine/potentials/neural';
import type { Structure } from '../../engine/structure/structure';

const STEPS = 10_000;
const WARMING = 1_000;
const TIMESTEP = 0.5;

const data = process.env.NEARSIGHT_DATA ?? path.resolve('..', 'shared', 'data');
const folder = path.join(data, 'potentials/H2O_RPBE-D3');
const liquid = path.join(data, 'training/water-revPBE0-D3/test.data');

function step(simulation: Parameters<typeof advance>[0], state: DynamicsState): void {
  const problem = advance(simulation, state);
  if (problem !== undefined) throw new Error(problem.message);
}

/** At 300 K, by the kernels in double. */
function warm(model: NeuralDescription, structure: Structure): DynamicsState {
  const evaluator = new Evaluator(model);
  const ensemble = { kind: 'langevin', temperature: 300, friction: 0.02 } as const;
  const simulation = createSimulation(evaluator, structure, TIMESTEP, ensemble);
  const started = startDynamics(simulation, 300, 1);
  if (!started.ok) throw new Error(started.problems[0].message);
  for (let count = 0; count < WARMING; count++) step(simulation, started.value);
  evaluator.dispose();
  return started.value;
}

function run(model: NeuralDescription, structure: Structure, from: DynamicsState, precision: 'f64' | 'f32'): void {
  const atoms = structure.numbers.length;
  const evaluator = new Evaluator(model, { precision });
  const simulation = createSimulation(evaluator, structure, TIMESTEP, { kind: 'nve' });
  const { energy, forces } = evaluator.predict({ ...structure, positions: from.positions });
  const state: DynamicsState = { ...structuredClone(from), step: 0, heat: 0, forces, potentialEnergy: energy };
  let drift = NO_DRIFT;
  let temperature = 0;
  const before = process.cpuUsage();
  for (let count = 0; count < STEPS; count++) {
    step(simulation, state);
    const seen = observe(simulation, state);
    drift = addValue(drift, seen.time, seen.conserved, Math.floor((BLOCKS * count) / STEPS));
    temperature += seen.temperature / STEPS;
  }
  const { user, system } = process.cpuUsage(before);
  const fit = fitDrift(drift);
  if (fit === null) throw new Error('no drift can be told');
  console.log(
    `${precision}: ${temperature.toFixed(0)} K, drift ${((1e9 * fit.slope) / atoms).toFixed(2)} ± ${((1e9 * (fit.standardError ?? NaN)) / atoms).toFixed(2)} meV/atom/ns, ` +
      `fluctuation ${((1e3 * fit.fluctuation) / atoms).toFixed(5)} meV/atom, ` +
      `${((user + system) / (STEPS * atoms)).toFixed(1)} µs per atom and step, ${evaluator.builds} lists`,
  );
  evaluator.dispose();
}

if (existsSync(folder) && existsSync(liquid)) {
  const units = unitFactors({ length: 'bohr', energy: 'hartree' });
  const read = readN2p2Potential(folder, units);
  const text = readFileSync(liquid, 'utf8');
  const frame = decodeN2p2Frame(Buffer.from(text.slice(0, text.indexOf('\nend') + 5)), liquid, 1, units);
  if (!read.ok || !frame.ok) throw new Error('the data can’t be read');
  const { description } = read.value;
  const started = warm(description, frame.value);
  console.log(`${frame.value.numbers.length} atoms, ${STEPS} steps of ${TIMESTEP} fs`);
  for (const precision of ['f64', 'f32'] as const) run(description, frame.value, started, precision);
} else console.log(`skipped: there is no ${folder}, or no ${liquid}`);
