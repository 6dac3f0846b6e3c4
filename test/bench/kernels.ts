/**
 * Energy and forces of published potentials of n2p2: the TypeScript reference and the compiled kernels, interleaved, one
 * thread; processor time per atom, the best of several rounds. Needs the data that NEARSIGHT_DATA names.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decodeN2p2Frame, unitFactors } from '../../engine/formats/n2p2-data';
import { readN2p2Potential } from '../../engine/formats/n2p2-potential';
import { Evaluator } from '../../engine/kernels/evaluator';
import { hasRelaxedSimd } from '../../engine/kernels/module';
import { createNeuralPotential } from '../../engine/potentials/neural';
import type { Structure } from '../../engine/structure/structure';

const ROUNDS = 9;
const data = process.env.NEARSIGHT_DATA ?? path.resolve('..', 'shared', 'data');

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly structure: string;
  readonly units: Parameters<typeof unitFactors>[0];
}
const bohr = { length: 'bohr', energy: 'hartree' } as const;
const cases: readonly Case[] = [
  { name: 'water RPBE-D3, 1080 atoms', folder: 'potentials/H2O_RPBE-D3', structure: 'single1080.data', units: bohr },
  { name: 'Cu2S PBE, 144 atoms', folder: 'potentials/Cu2S_PBE', structure: 'single.data', units: undefined },
  { name: 'anisole SCAN, 256 atoms', folder: 'potentials/Anisole_SCAN', structure: 'single.data', units: bohr },
  { name: 'Cu mlearn', folder: 'training/mlearn/Cu/nnp', structure: '../test.data', units: bohr },
];

/** Processor microseconds per atom of one prediction. */
function measure(predict: () => unknown, atoms: number): number {
  const before = process.cpuUsage();
  predict();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / atoms;
}

function run({ name, folder, structure: file, units }: Case): void {
  const place = path.join(data, folder);
  if (!existsSync(place)) {
    console.log(`${name}: skipped, there is no ${folder} in NEARSIGHT_DATA`);
    return;
  }
  const factors = unitFactors(units);
  const read = readN2p2Potential(place, factors);
  const text = readFileSync(path.join(place, file), 'utf8');
  const first = text.slice(0, text.indexOf('\nend') + 5);
  const frame = decodeN2p2Frame(Buffer.from(first), file, 1, factors);
  if (!read.ok || !frame.ok) throw new Error(`${name}: can't be read`);
  const structure: Structure = frame.value;
  const { description } = read.value;
  const atoms = structure.numbers.length;
  const reference = createNeuralPotential(description.elements, description.cutoffFunction, description.innerCutoff);
  const evaluators = {
    f64: new Evaluator(description, { precision: 'f64' }),
    f32: new Evaluator(description, { precision: 'f32' }),
  };
  const best = { reference: Infinity, f64: Infinity, f32: Infinity };
  // One prediction each before: the kernels keep their neighbour list, the reference builds its own every time.
  for (const evaluator of Object.values(evaluators)) evaluator.predict(structure);
  for (let round = 0; round < ROUNDS; round++) {
    if (round < 2)
      best.reference = Math.min(
        best.reference,
        measure(() => reference.predict(structure), atoms),
      );
    for (const precision of ['f64', 'f32'] as const)
      best[precision] = Math.min(
        best[precision],
        measure(() => evaluators[precision].predict(structure), atoms),
      );
  }
  const [expected, actual] = [reference.predict(structure), evaluators.f64.predict(structure)];
  const scale = expected.forces.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = expected.forces.reduce((most, value, i) => Math.max(most, Math.abs(value - actual.forces[i])), 0);
  console.log(
    `${name.padEnd(28)} reference ${best.reference.toFixed(0)}, f64 ${best.f64.toFixed(1)}, f32 ${best.f32.toFixed(1)} µs/atom; ` +
      `reference : f64 = ${(best.reference / best.f64).toFixed(1)}; f64 forces off by ${(error / scale).toExponential(1)} of the largest`,
  );
}

console.log(`relaxed SIMD: ${hasRelaxedSimd ? 'yes' : 'no'}`);
for (const one of cases) run(one);
