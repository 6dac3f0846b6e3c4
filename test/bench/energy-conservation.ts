/**
 * T-NVE at full length: 108 argon atoms, 86 ps at each of three time steps; fluctuation and drift of the total energy.
 * Run with `npm run bench energy-conservation`.
 *
 * To be compared with (another program, poly2): fluctuation 0.00021, 0.00080, 0.00328 meV/atom, drift −0.0001, 0.0012,
 * −0.0020 meV/atom/ns at 4.3, 8.6 and 17.3 fs.
 */
import { advance, createSimulation, observe, startDynamics } from '../../engine/dynamics/dynamics';
import { createLennardJones } from '../../engine/potentials/lennard-jones';
import { fcc } from '../fixtures/structures';

const potential = createLennardJones({
  epsilon: 0.010323,
  sigma: 3.405,
  cutoff: 8.5125,
  cutoffFunction: 'poly2',
  elements: ['Ar'],
});
const structure = fcc('Ar', 5.3, 3);
const warm = createSimulation(potential, structure, 8.6, { kind: 'nve' });
const started = startDynamics(warm, 132, 1);
if (!started.ok) throw new Error(started.problems[0].message);
for (let step = 0; step < 1000; step++) advance(warm, started.value);

for (const timestep of [17.2, 8.6, 4.3]) {
  const simulation = createSimulation(potential, structure, timestep, { kind: 'nve' });
  const state = structuredClone(started.value);
  state.step = 0;
  const times: number[] = [];
  const energies: number[] = [];
  let temperature = 0;
  for (let step = 0; step < 86_000 / timestep; step++) {
    advance(simulation, state);
    const now = observe(simulation, state);
    times.push(now.time * 1e-6);
    energies.push((1000 * now.conserved) / structure.numbers.length);
    temperature += now.temperature;
  }
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [t, e] = [mean(times), mean(energies)];
  const drift =
    mean(times.map((time, i) => (time - t) * (energies[i] - e))) / mean(times.map((time) => (time - t) ** 2));
  const rms = Math.sqrt(mean(energies.map((energy) => (energy - e) ** 2)));
  console.log(
    `Δt ${timestep} fs: ${(temperature / times.length).toFixed(1)} K, ` +
      `fluctuation ${rms.toFixed(5)} meV/atom, drift ${drift.toFixed(4)} meV/atom/ns`,
  );
}
