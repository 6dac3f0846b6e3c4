/**
 * Energy and forces of published potentials of n2p2: the TypeScript reference and the compiled kernels in double and in
 * single precision, with plain and (where there is) with relaxed SIMD; interleaved, one thread; processor time per atom,
 * the best of several rounds. Needs the data that NEARSIGHT_DATA names.
 *
 * With NEARSIGHT_PEER="program argument…" another program is timed in the same rounds, for example
 * NEARSIGHT_PEER="/opt/n2p2/bin/nnp-predict 0". It is started in a folder with input.nn, scaling.data, weights.*.data and
 * input.data (one structure), and has to compute energy and forces of that. Its time per atom is what it takes longer for
 * the structure repeated, so that starting and reading do not count; on Linux it is processor time, elsewhere wall time.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { decodeN2p2Frame, unitFactors, type UnitFactors } from '../../engine/formats/n2p2-data';
import { readN2p2Potential } from '../../engine/formats/n2p2-potential';
import { Evaluator } from '../../engine/kernels/evaluator';
import { createNeuralPotential } from '../../engine/potentials/neural';
import type { Prediction } from '../../engine/potentials/potential';
import type { Structure } from '../../engine/structure/structure';
import { symbolOf } from '../../language/elements';

const ROUNDS = 9;
/** The reference and the peer are slow, and need fewer. */
const SLOW_ROUNDS = 2;
const data = process.env.NEARSIGHT_DATA ?? path.resolve('..', 'shared', 'data');
const peer = (process.env.NEARSIGHT_PEER ?? '').split(' ').filter((word) => word !== '');
/** By so many atoms at least the larger of a peer's two structures is larger. */
const PEER_ATOMS = 1000;

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly structure: string;
  readonly units: Parameters<typeof unitFactors>[0];
}
const bohr = { length: 'bohr', energy: 'hartree' } as const;
const cases: readonly Case[] = [
  { name: 'water RPBE-D3', folder: 'potentials/H2O_RPBE-D3', structure: 'single1080.data', units: bohr },
  { name: 'Cu2S PBE', folder: 'potentials/Cu2S_PBE', structure: 'single.data', units: undefined },
  { name: 'Cu mlearn', folder: 'training/mlearn/Cu/nnp', structure: '../test.data', units: bohr },
  { name: 'anisole SCAN', folder: 'potentials/Anisole_SCAN', structure: 'single.data', units: bohr },
];

/** Processor microseconds of one call. */
function measure(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Microseconds of processor time that ended children took (in steps of 10 ms); undefined where that can't be asked. */
function childrenTime(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}

/** A folder in which n2p2 predicts the structure, repeated along its first vector. */
function writePeerFolder(
  place: string,
  { numbers, positions, cell }: Structure,
  factors: UnitFactors,
  repeats: number,
) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nearsight-peer-'));
  const files = readdirSync(place).filter((file) => /^(input\.nn|scaling\.data|weights\..*\.data)$/.test(file));
  for (const file of files) copyFileSync(path.join(place, file), path.join(folder, file));
  const row = (word: string, values: readonly number[], rest = ''): string =>
    `${word} ${values.map((value) => (value / factors.length).toExponential(16)).join(' ')}${rest}`;
  const lines = ['begin', 'comment for a benchmark'];
  const vectors = cell ?? new Float64Array(9);
  if (cell !== undefined)
    for (let k = 0; k < 3; k++)
      lines.push(
        row(
          'lattice',
          [...cell.subarray(3 * k, 3 * k + 3)].map((x) => (k === 0 ? repeats * x : x)),
        ),
      );
  for (let copy = 0; copy < repeats; copy++)
    numbers.forEach((number, i) => {
      const at = [0, 1, 2].map((axis) => positions[3 * i + axis] + copy * vectors[axis]);
      lines.push(row('atom', at, ` ${symbolOf(number)} 0 0 0 0 0`));
    });
  lines.push('energy 0', 'charge 0', 'end', '');
  writeFileSync(path.join(folder, 'input.data'), lines.join('\n'));
  return folder;
}

/** Microseconds that the peer takes in a folder. */
function timePeer(folder: string): number {
  const before = { children: childrenTime(), clock: performance.now() };
  const { status, error, stderr } = spawnSync(peer[0], peer.slice(1), { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`NEARSIGHT_PEER fails: ${error?.message ?? stderr}`);
  const children = childrenTime();
  if (before.children === undefined || children === undefined) return (performance.now() - before.clock) * 1000;
  return children - before.children;
}

/** Root mean square deviation of forces relative to their own. */
function deviation(actual: Prediction, expected: Prediction): string {
  const difference = expected.forces.reduce((sum, value, i) => sum + (value - actual.forces[i]) ** 2, 0);
  const size = expected.forces.reduce((sum, value) => sum + value ** 2, 0);
  return Math.sqrt(difference / size).toExponential(1);
}

/** Evaluators by the name of their variant; those with relaxed SIMD if this machine has it. */
function createEvaluators(description: ConstructorParameters<typeof Evaluator>[0]): Map<string, Evaluator> {
  const evaluators = new Map<string, Evaluator>();
  for (const relaxed of [false, true])
    for (const precision of ['f64', 'f32'] as const)
      try {
        evaluators.set(
          relaxed ? `${precision} relaxed` : precision,
          new Evaluator(description, { precision, relaxed }),
        );
      } catch (error) {
        if (!relaxed) throw error;
      }
  return evaluators;
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
  const evaluators = createEvaluators(description);
  const best = new Map<string, number>();
  const note = (variant: string, time: number): unknown =>
    best.set(variant, Math.min(best.get(variant) ?? Infinity, time / atoms));

  // One prediction each before: the kernels keep their neighbour list, the reference builds its own every time.
  for (const evaluator of evaluators.values()) evaluator.predict(structure);
  const copies = Math.ceil(PEER_ATOMS / atoms);
  const folders = peer.length === 0 ? [] : [1, 1 + copies].map((n) => writePeerFolder(place, structure, factors, n));
  const peerTimes = folders.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    if (round < SLOW_ROUNDS) {
      note(
        'reference',
        measure(() => reference.predict(structure)),
      );
      folders.forEach((written, i) => (peerTimes[i] = Math.min(peerTimes[i], timePeer(written))));
    }
    for (const [variant, evaluator] of evaluators)
      note(
        variant,
        measure(() => evaluator.predict(structure)),
      );
  }
  if (folders.length > 0) note('peer', (peerTimes[1] - peerTimes[0]) / copies);
  for (const written of folders) rmSync(written, { recursive: true, force: true });

  const expected = reference.predict(structure);
  const f64 = best.get('f64') ?? NaN;
  console.log(`${name}, ${atoms} atoms:`);
  for (const [variant, time] of best) {
    const prediction = evaluators.get(variant)?.predict(structure);
    const off = prediction === undefined ? '' : `, forces off by ${deviation(prediction, expected)}`;
    const ratio = variant === 'f64' ? '' : `, ${(time / f64).toFixed(2)} × f64`;
    console.log(`  ${variant.padEnd(12)}${time.toFixed(time < 100 ? 2 : 0).padStart(7)} µs/atom${ratio}${off}`);
  }
  for (const evaluator of evaluators.values()) evaluator.dispose();
}

// Node 20 has relaxed SIMD behind a flag; later ones have it and don't know the flag.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
for (const one of cases) run(one);
