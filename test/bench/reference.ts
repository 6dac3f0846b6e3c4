/**
 * How long the reference takes: energy, forces and virial by plain float64 TypeScript.
 * Run with `npm run bench reference`.
 */
import { createLennardJones } from '../../engine/potentials/lennard-jones';
import type { Potential } from '../../engine/potentials/potential';
import { repeatCell } from '../../engine/structure/cell';
import { buildNeighborList } from '../../engine/structure/neighbors';
import type { Structure } from '../../engine/structure/structure';
import { randomElements, randomPotential } from '../fixtures/random-potential';
import { ethanol, fcc, rattle } from '../fixtures/structures';

/** Median of nine samples of at least 50 ms each, in µs of processor time per call: a busy machine disturbs it little. */
function measure(work: () => void): number {
  const samples: number[] = [];
  for (let sample = 0; sample < 10; sample++) {
    let calls = 0;
    const start = process.cpuUsage();
    const used = (): number => process.cpuUsage(start).user + process.cpuUsage(start).system;
    while (used() < 50_000) {
      for (let repeat = 0; repeat < 10; repeat++) work();
      calls += 10;
    }
    samples.push(used() / calls);
  }
  // The first sample warms up.
  return samples.slice(1).sort((a, b) => a - b)[4];
}

function report(name: string, potential: Potential, structure: Structure): void {
  const atoms = structure.numbers.length;
  const prediction = measure(() => void potential.predict(structure));
  const list = measure(() => void buildNeighborList(structure, potential.cutoff));
  console.log(
    `${name}: ${atoms} atoms, ${prediction.toFixed(0)} µs per prediction, ${(prediction / atoms).toFixed(1)} µs per atom, ` +
      `of which neighbour list ${(list / atoms).toFixed(2)} µs`,
  );
}

const argon = createLennardJones({
  epsilon: 0.010323,
  sigma: 3.405,
  cutoff: 8.5125,
  cutoffFunction: 'poly2',
  elements: ['Ar'],
});
const counts = Object.values(randomElements(['H', 'C', 'O'])).map(({ functions }) => functions.length);
report(`network, ethanol, ${counts.join('/')} functions`, randomPotential(['H', 'C', 'O'], { cutoff: 5 }), ethanol);
report('network, copper, 8 functions', randomPotential(['Cu'], { cutoff: 5 }), rattle(fcc('Cu', 3.6, 3), 0.1));
report('Lennard-Jones, argon', argon, rattle(fcc('Ar', 5.3, 3), 0.1));
report('Lennard-Jones, argon', argon, rattle(repeatCell(fcc('Ar', 5.3, 3), [3, 3, 3]), 0.1));

// T-LIN: processor time against the number of atoms at constant density, the best of three.
const sizes = [6, 12, 24].map((repeats) => {
  const structure = rattle(fcc('Ar', 5.3, repeats), 0.1);
  const times = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    argon.predict(structure);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  });
  return { atoms: structure.numbers.length, time: Math.min(...times) };
});
const [small, , large] = sizes;
const slope = Math.log(large.time / small.time) / Math.log(large.atoms / small.atoms);
console.log(
  `scaling: ${sizes.map(({ atoms, time }) => `${atoms} atoms ${(time / 1000).toFixed(0)} ms`).join(', ')}; slope ${slope.toFixed(2)}`,
);
