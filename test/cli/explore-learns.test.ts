/**
 * What active learning is for: a committee that has seen cold argon explores hot argon, and learns what the same number of cold
 * structures could not have taught it. Lennard-Jones is the truth. With NEARSIGHT_FULL against many random hot structures, too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { advance, createSimulation, startDynamics } from '../../engine/dynamics/dynamics';
import { formatXyzFrame } from '../../engine/formats/extended-xyz';
import { createAnalyticPotential } from '../../engine/potentials/analytic';
import { parsePotentialFile, potentialFromFile } from '../../engine/potentials/potential-file';
import type { Potential } from '../../engine/potentials/potential';
import type { Structure } from '../../engine/structure/structure';
import { manifestOf, nearsight, newFolder } from './nearsight';

vi.setConfig({ testTimeout: 600_000 });

const isFull = process.env.NEARSIGHT_FULL !== undefined;
const CUTOFF = 6;

const truth = createAnalyticPotential({
  pairs: [{ kind: 'lennard_jones', epsilon: 0.0103, sigma: 3.4 }],
  prior: undefined,
  cutoff: CUTOFF,
  cutoffFunction: 'poly2',
  elements: ['Ar'],
});
if (truth === undefined) throw new Error('there are pair terms');
const argon: Potential = truth;

const EDGE = 5.4;
/** 2 × 2 × 2 cells of fcc argon. */
const crystal: Structure = {
  numbers: new Uint8Array(32).fill(18),
  positions: Float64Array.from({ length: 96 }, (_, c) => {
    const atom = Math.floor(c / 3);
    const cell = [atom >> 2, atom >> 3, atom >> 4].map((bit) => bit & 1);
    const face = [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]][atom & 3]; // prettier-ignore
    return EDGE * (cell[c % 3] + face[c % 3]);
  }),
  cell: Float64Array.of(2 * EDGE, 0, 0, 0, 2 * EDGE, 0, 0, 0, 2 * EDGE),
  periodic: [true, true, true],
};

/** Structures of a simulation with the true forces, every 25 steps after the first 500. */
function sample(kelvin: number, count: number, seed: number): Structure[] {
  const ensemble = { kind: 'langevin', temperature: kelvin, initial_temperature: kelvin, friction: 0.005 } as const;
  const simulation = createSimulation(argon, crystal, 5, ensemble);
  const started = startDynamics(simulation, kelvin, seed);
  if (!started.ok) throw new Error(started.problems[0].message);
  const frames: Structure[] = [];
  for (let step = 1; frames.length < count; step++) {
    expect(advance(simulation, started.value)).toBeUndefined();
    if (step > 500 && step % 25 === 0) frames.push({ ...crystal, positions: started.value.positions.slice() });
  }
  return frames;
}

const write = (file: string, frames: readonly Structure[]): void =>
  writeFileSync(
    file,
    frames
      .map((frame) => {
        const { energy, forces } = argon.predict(frame);
        const columns = new Map([['forces', { type: 'R' as const, width: 3, values: forces }]]);
        return formatXyzFrame({ ...frame, columns, info: new Map([['energy', energy]]) }, 'exact');
      })
      .join(''),
  );

const PROGRAMME = `potential argon {
  elements = [Ar]
  cutoff = ${CUTOFF} Å
  cutoff_function = poly2
  radial { width = 0.4 Å; center = linspace(2.8, 5.6, 8) Å }
  network { hidden = [10] }
  committee { size = 3 }
}
potential exact {
  elements = [Ar]
  cutoff = ${CUTOFF} Å
  cutoff_function = poly2
  pair lennard_jones { epsilon = 0.0103 eV; sigma = 3.4 Å }
}
dataset d { files = ["data.xyz"]; test = 0 % }
train argon { potential = argon; dataset = d; epochs = 30; seed = 3 }
oracle o { potential = exact }
explore hot {
  train = argon
  oracle = o
  structure = "crystal.xyz"
  timestep = 5 fs
  duration = 5 ps
  trigger = 0.04 eV/Å
  reject = 0.5 eV/Å
  check_every = 20
  rounds = 20
  labels = 3
  ensemble langevin { temperature = 150 K; friction = 5 1/ps }
}
`;

async function run(data: readonly Structure[], ...kinds: readonly string[]): Promise<string> {
  const folder = newFolder();
  writeFileSync(join(folder, 'argon.potential'), PROGRAMME);
  write(join(folder, 'data.xyz'), data);
  write(join(folder, 'crystal.xyz'), [crystal]);
  for (const kind of kinds) {
    const { code, stderr } = await nearsight(folder, [kind, 'argon.potential', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }
  return folder;
}

function potentialIn(folder: string): Potential {
  const path = join(folder, 'potential.json');
  const parsed = parsePotentialFile(JSON.parse(readFileSync(path, 'utf8')), path);
  if (!parsed.ok) throw new Error(parsed.problems[0].message);
  return potentialFromFile(parsed.value);
}

/** Root mean square error of the components of forces, eV/Å. */
function errorOf(potential: Potential, frames: readonly Structure[]): number {
  let sum = 0;
  for (const frame of frames) {
    const { forces } = argon.predict(frame);
    sum += potential.predict(frame).forces.reduce((s, force, c) => s + (force - forces[c]) ** 2, 0);
  }
  return Math.sqrt(sum / frames.length / 96);
}

/** Spearman's rank correlation of the committee's disagreement about atoms with the true error of their forces. */
function rankCorrelation(potential: Potential, frames: readonly Structure[]): number {
  const pairs = frames.flatMap((frame) => {
    const { forces } = argon.predict(frame);
    const predicted = potential.predict(frame);
    const error = (i: number): number =>
      Math.hypot(...[0, 1, 2].map((k) => predicted.forces[3 * i + k] - forces[3 * i + k]));
    return Array.from(predicted.spread?.disagreement ?? [], (d, i) => [d, error(i)]);
  });
  const ranks = [0, 1].map((side) => {
    const order = [...pairs.keys()].sort((a, b) => pairs[a][side] - pairs[b][side]);
    const rank: number[] = [];
    order.forEach((at, k) => (rank[at] = k));
    return rank;
  });
  const n = pairs.length;
  const squares = ranks[0].reduce((sum, rank, k) => sum + (rank - ranks[1][k]) ** 2, 0);
  return 1 - (6 * squares) / (n * (n * n - 1));
}

describe('an exploration of what is hotter than the data', () => {
  it('learns it (T-AL-4), as disagreement goes with error (T-AL-7)', async () => {
    const cold = sample(15, 120, 1);
    const test = sample(150, 20, 2);
    const folder = await run(cold.slice(0, 20), 'train', 'explore');
    const results = manifestOf(join(folder, 'runs/explore-hot/001')).results;
    expect(results).toMatchObject({ converged: true });
    const [before, after] = ['train-argon', 'explore-hot'].map((name) =>
      errorOf(potentialIn(join(folder, 'runs', name, '001')), test),
    );
    expect(after).toBeLessThan(0.6 * before);
    const first = potentialIn(join(folder, 'runs/train-argon/001'));
    expect(rankCorrelation(first, test)).toBeGreaterThan(0.5);
    const labels = 20 + Number(results?.labelled);
    const colder = await run(cold.slice(0, labels), 'train');
    const same = errorOf(potentialIn(join(colder, 'runs/train-argon/001')), test);
    expect(after).toBeLessThan(0.6 * same);
    if (!isFull) return;
    const hot = await run(sample(150, 5 * labels, 3), 'train');
    const best = errorOf(potentialIn(join(hot, 'runs/train-argon/001')), test);
    expect(after).toBeLessThan(1.2 * best);
  });
});
