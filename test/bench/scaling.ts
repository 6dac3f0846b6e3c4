/**
 * How cost grows with the number of atoms: fcc copper with the published mlearn network, 10³ to 10⁶ atoms at 300 K,
 * 1 and 2 threads. Per atom the processor time of an evaluation with its list in place, of building the list, and of
 * whole steps of molecular dynamics (2 fs, skin 0.5 Å, lists included); the slopes of log t against log N, and the most
 * memory the process ever had. Needs the data that NEARSIGHT_DATA names. `npm run bench scaling`
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { advance, createSimulation, startDynamics } from '../../engine/dynamics/dynamics';
import { unitFactors } from '../../engine/formats/n2p2-data';
import { readN2p2Potential } from '../../engine/formats/n2p2-potential';
import { Evaluator } from '../../engine/kernels/evaluator';
import type { NeuralDescription } from '../../engine/potentials/neural';
import { fcc } from '../fixtures/structures';

const LATTICE_CONSTANT = 3.637;
const REPEATS = [6, 14, 29, 63];
const SKIN = 0.5;
const TIMESTEP = 2;
/** Processor seconds that a figure should rest on, as far as the next bound lets it. */
const SECONDS = 2;
const MOST_ROUNDS = 5;

const folder = path.join(process.env.NEARSIGHT_DATA ?? path.resolve('..', 'shared', 'data'), 'training/mlearn/Cu/nnp');

function seconds(work: () => void): { cpu: number; wall: number } {
  const before = process.cpuUsage();
  const started = performance.now();
  work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - started) / 1000 };
}

/** The best of several rounds: other work on the machine only adds. */
function best(rounds: number, work: () => void): { cpu: number; wall: number } {
  let [cpu, wall] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round++) {
    const spent = seconds(work);
    cpu = Math.min(cpu, spent.cpu);
    wall = Math.min(wall, spent.wall);
  }
  return { cpu, wall };
}

interface Figures {
  readonly atoms: number;
  /** Seconds, of all threads. */
  readonly evaluation: number;
  readonly step: number;
}

function measure(model: NeuralDescription, repeats: number, threads: number): Figures {
  const structure = fcc('Cu', LATTICE_CONSTANT, repeats);
  const atoms = structure.numbers.length;
  const evaluator = new Evaluator(model, { threads, skin: SKIN });
  const simulation = createSimulation(evaluator, structure, TIMESTEP, { kind: 'nve' });
  const started = startDynamics(simulation, 600, 1);
  if (!started.ok) throw new Error(started.problems[0].message);
  const state = started.value;
  const steps = (count: number): void => {
    for (let step = 0; step < count; step++) {
      const problem = advance(simulation, state);
      if (problem !== undefined) throw new Error(problem.message);
    }
  };
  steps(2);
  const once = seconds(() => steps(1)).cpu;
  // From the crystal half of the kinetic energy goes into vibrations within a few dozen steps.
  const warming = Math.min(40, Math.ceil(SECONDS / once));
  steps(warming);
  const rounds = Math.max(1, Math.min(MOST_ROUNDS, Math.ceil(SECONDS / once)));
  const moved = { ...structure, positions: state.positions };
  const evaluation = best(rounds, () => evaluator.predict(moved));
  const list = best(rounds, () => evaluator.list.build(moved));
  const chunk = Math.max(4, Math.min(40, Math.ceil(SECONDS / once)));
  const builds = evaluator.builds;
  let chunks = 0;
  const whole = best(rounds, () => {
    chunks++;
    steps(chunk);
  });
  const every = (chunks * chunk) / Math.max(1, evaluator.builds - builds);
  evaluator.dispose();
  const micro = (time: number): string => ((1e6 * time) / atoms).toFixed(2);
  const memory = process.resourceUsage().maxRSS / 2 ** 20;
  console.log(
    `${String(atoms).padStart(7)} atoms: evaluation ${micro(evaluation.cpu)} (${micro(evaluation.wall)}), ` +
      `list ${micro(list.cpu)} (${micro(list.wall)}) about every ${every.toFixed(0)} steps, ` +
      `step ${micro(whole.cpu / chunk)} (${micro(whole.wall / chunk)}) µs/atom; peak memory ${memory.toFixed(2)} GB`,
  );
  return { atoms, evaluation: evaluation.cpu, step: whole.cpu / chunk };
}

/** Of the line through log t against log N. */
function slope(figures: readonly Figures[], pick: (one: Figures) => number): number {
  const points = figures.map((one) => [Math.log(one.atoms), Math.log(pick(one))]);
  const mean = (axis: number): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

if (existsSync(folder)) {
  const read = readN2p2Potential(folder, unitFactors({ length: 'bohr', energy: 'hartree' }));
  if (!read.ok) throw new Error(read.problems[0].message);
  console.log('processor time of all threads (time on the clock)');
  for (const threads of [1, 2]) {
    console.log(`${threads} ${threads === 1 ? 'thread' : 'threads'}`);
    const figures = REPEATS.map((repeats) => measure(read.value.description, repeats, threads));
    console.log(
      `slope: evaluation ${slope(figures, (one) => one.evaluation).toFixed(3)}, ` +
        `step ${slope(figures, (one) => one.step).toFixed(3)}`,
    );
  }
} else console.log(`skipped: there is no ${folder}`);
