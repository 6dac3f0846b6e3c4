/** The whole loop with real processes: train, evaluate, simulate; what is refused, and how. */
import { appendFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeParity } from '../../protocol/parity';
import { clusters, eventsOf, manifestOf, nearsight, newFolder, start, until, writeProgramme } from './nearsight';
import type { Ended } from './nearsight';

// Many processes after one another, perhaps on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const ERRORS = ['structures', 'atoms', 'energy_rmse', 'energy_mae', 'force_rmse', 'force_mae', 'force_max_error'];

let folder: string;
let trained: Ended;
const run = (): string => String(trained.json.run);

beforeAll(async () => {
  folder = newFolder();
  writeProgramme(folder);
  trained = await nearsight(folder, ['train', 'argon.potential', '--json']);
});

describe('train', () => {
  it('ends with the promised figures', () => {
    expect({ code: trained.code, stderr: trained.stderr }).toEqual({ code: 0, stderr: '' });
    const keys = [
      'run',
      'potential',
      'epochs',
      'train',
      'test',
      'cpu_seconds',
      'wall_seconds',
      'identity',
      'weights_sha256',
    ];
    for (const key of keys) expect(trained.json).toHaveProperty(key);
    for (const set of ['train', 'validation', 'test'])
      for (const key of ERRORS) expect(trained.json[set]).toHaveProperty(key);
    expect(trained.json).toMatchObject({ epochs: 20, train: { structures: 32 }, test: { structures: 8 } });
    expect(trained.json.weights_sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('prints one JSON object a line', () => {
    const lines = trained.stdout.trimEnd().split('\n');
    const events = lines.slice(0, -1).map((line) => (JSON.parse(line) as { type: string }).type);
    expect(events.filter((type) => type === 'epoch')).toHaveLength(20);
  });

  it('leaves a run folder that says all', () => {
    const manifest = manifestOf(run());
    expect(manifest).toMatchObject({ kind: 'train', label: 'argon', state: 'finished', resumed: 0, seed: 3 });
    expect(manifest.data).toMatchObject([{ file: join(folder, 'clusters.xyz'), frames: 40 }]);
    expect(manifest.identity).toBe(trained.json.identity);
    expect(manifest.results).toMatchObject({ 'saturated_neurons Ar': 0, energy_weight: 1, force_weight: 1 });
    expect(readFileSync(join(run(), 'definition.potential'), 'utf8')).toBe(
      readFileSync(join(folder, 'argon.potential'), 'utf8'),
    );
    const events = eventsOf(run());
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(20);
    expect(events.at(0)).toMatchObject({ type: 'state', state: 'running' });
    expect(events.at(-1)).toMatchObject({ type: 'state', state: 'finished' });
    const parity = decodeParity(readFileSync(join(run(), 'parity.bin')));
    expect(parity?.energy.reference).toHaveLength(40);
    expect(parity?.force.reference).toHaveLength(40 * 12);
  });

  it('has learnt something', () => {
    const [first, last] = [1, 20].map((epoch) =>
      eventsOf(run()).find((event) => event.type === 'epoch' && event.epoch === epoch),
    );
    if (first?.type !== 'epoch' || last?.type !== 'epoch') throw new Error('epochs are missing');
    expect(last.loss.train).toBeLessThan(0.2 * first.loss.train);
  });

  it('twice gives the same weights, at the same time different folders', async () => {
    const out = join(folder, 'elsewhere');
    const started = [
      nearsight(folder, ['train', 'argon.potential', 'argon', '--json']),
      nearsight(folder, ['train', 'argon.potential', 'argon', '--json']),
      nearsight(folder, ['train', 'argon.potential', '--json', '--out', out]),
    ];
    const ended = await Promise.all(started);
    expect(new Set(ended.map(({ json }) => json.run)).size).toBe(3);
    expect(ended[2].json.run).toBe(out);
    for (const { json } of ended) expect(json.weights_sha256).toBe(trained.json.weights_sha256);
    const again = await nearsight(folder, ['train', 'argon.potential', '--out', out]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('RN010');
  });
});

describe('evaluate', () => {
  it('finds the errors that the training found, on the same split', async () => {
    const { code, json } = await nearsight(folder, ['evaluate', 'argon.potential', '--json']);
    expect(code).toBe(0);
    for (const set of ['train', 'test'] as const) {
      const [found, expected] = [json[set], trained.json[set]] as Record<string, number>[];
      expect(found.structures).toBe(expected.structures);
      for (const key of ['energy_rmse', 'force_rmse']) expect(found[key]).toBeCloseTo(expected[key], 10);
    }
  });

  it('calls training only what the potential was trained on', async () => {
    const evaluate = async (files: readonly string[], split: string): Promise<Ended> => {
      const dataset = `dataset d { files = ${JSON.stringify(files)}; ${split} }`;
      const text = `potential p { load = "${run()}" }\n${dataset}\nevaluate e { potential = p; dataset = d }\n`;
      writeFileSync(join(folder, 'other.potential'), text);
      return nearsight(folder, ['evaluate', 'other.potential', '--json']);
    };
    const counts = ({ json }: Ended): unknown[] =>
      ['train', 'validation', 'test'].map((set) => (json[set] as { structures: number }).structures);
    expect(counts(await evaluate(['clusters.xyz'], 'test = 20 %'))).toEqual([32, 0, 8]);
    // Split in another way nobody knows which of them the training had seen.
    const other = await evaluate(['clusters.xyz'], 'test = 0');
    expect(counts(other)).toEqual([40, 0, 0]);
    const events = eventsOf(String(other.json.run));
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'RN020' }));
    // Of data that it was not trained on everything is a test.
    writeFileSync(join(folder, 'new.xyz'), clusters(5, 4, 7));
    expect(counts(await evaluate(['new.xyz'], 'test = 0'))).toEqual([0, 0, 5]);
    expect(counts(await evaluate(['new.xyz', 'clusters.xyz'], 'test = 20 %'))).toEqual([40, 0, 5]);
  });

  it('takes a potential.json and any data', async () => {
    const potential = String(trained.json.potential);
    const { code, json } = await nearsight(folder, ['evaluate', potential, 'clusters.xyz', '--json']);
    expect(code).toBe(0);
    for (const key of [...ERRORS, 'cpu_seconds']) expect(json).toHaveProperty(key);
    expect(json).toMatchObject({ structures: 40, atoms: 160 });
    writeFileSync(join(folder, 'unlabelled.xyz'), '1\nenergy=0.5\nAr 0 0 0\n');
    const energies = await nearsight(folder, ['evaluate', potential, 'unlabelled.xyz', '--json']);
    expect(energies.json).toMatchObject({ structures: 1, force_rmse: null });
  });
});

describe('a committee', () => {
  it('is trained in one run, and says in evaluations and trajectories how far its members are apart', async () => {
    const own = newFolder();
    writeProgramme(own, { epochs: 3, duration: '20 fs', committee: true });
    const made = await nearsight(own, ['train', 'argon.potential', '--json']);
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
    const epochs = eventsOf(String(made.json.run)).filter(({ type }) => type === 'epoch');
    expect(epochs.map((event) => (event.type === 'epoch' ? event.epoch : 0))).toEqual([1, 2, 3]);
    const potential = String(made.json.potential);
    expect((JSON.parse(readFileSync(potential, 'utf8')) as { committee: unknown[] }).committee).toHaveLength(2);

    const evaluated = await nearsight(own, ['evaluate', 'argon.potential', '--json']);
    expect(evaluated.json.test).toMatchObject({ structures: 8 });
    expect(evaluated.json.committee).toMatchObject({ members: 3 });
    // The spread stands beside the errors, of each energy and each force component.
    const parity = decodeParity(readFileSync(join(dirname(potential), 'parity.bin')));
    expect(parity?.energy.spread?.some((sigma) => sigma > 0)).toBe(true);
    expect(parity?.force.spread?.length).toBe(parity?.force.reference.length);
    expect(parity?.force.spread?.every((sigma) => sigma > 0)).toBe(true);
    // No atom that it was trained on is outside of the training.
    const sets = [...(parity?.structureAtoms ?? [])].flatMap((atoms, s) =>
      Array.from({ length: atoms }, () => parity?.structureSet[s]),
    );
    expect(parity?.extrapolation?.length).toBe(sets.length);
    expect(parity?.extrapolation?.every((x, i) => (sets[i] === 0 ? x < 1e-9 : x >= 0))).toBe(true);
    const output = join(own, 'predicted.xyz');
    const data = await nearsight(own, ['evaluate', potential, 'clusters.xyz', '--output', output]);
    expect(data.stdout).toMatch(/committee of 3: standard deviation of energies [\d.]+ meV\/atom, of forces/);
    const [, comment] = readFileSync(output, 'utf8').split('\n');
    expect(comment).toContain(
      'forces:R:3:predicted_forces:R:3:predicted_energies:R:1:extrapolation:R:1:forces_std:R:1',
    );
    expect(comment).toMatch(/ energy_std=\S+ forces_std_max=\S+/);

    const { code, json } = await nearsight(own, ['md', 'argon.potential', 'argon', '--json']);
    expect(code).toBe(0);
    const lines = readFileSync(String(json.trajectory), 'utf8').split('\n');
    expect(lines[1]).toContain('predicted_forces:R:3:extrapolation:R:1:forces_std:R:1');
    const spread = lines.slice(2, 10).map((line) => Number(line.trim().split(/\s+/).at(-1)));
    const largest = Number(/forces_std_max=(\S+)/.exec(lines[1])?.[1]);
    expect(largest).toBeGreaterThan(0);
    expect(Math.max(...spread)).toBeCloseTo(largest, 6);
    const steps = eventsOf(String(json.run)).filter(({ type }) => type === 'step');
    expect(steps[0]).toMatchObject({ forces_std: expect.closeTo(largest, 6) as number });
  });
});

describe('md', () => {
  it('writes a trajectory and keeps the energy', async () => {
    const { code, json } = await nearsight(folder, ['md', 'argon.potential', 'pairs', '--json']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ steps: 1000, atoms: 8 });
    expect(Math.abs(Number(json.energy_drift))).toBeLessThan(0.1);
    expect(Number(json.energy_fluctuation)).toBeLessThan(1e-3);
    expect(Number(json.cpu_microseconds_per_atom_step)).toBeGreaterThan(0);
    const text = readFileSync(String(json.trajectory), 'utf8');
    expect(text.match(/^8$/gm)).toHaveLength(201);
    expect(manifestOf(String(json.run))).toMatchObject({ state: 'finished', results: { trajectory: 'pairs.xyz' } });
    const steps = eventsOf(String(json.run)).flatMap((event) => (event.type === 'step' ? [event.step] : []));
    expect(steps).toEqual(Array.from({ length: 201 }, (_, k) => 5 * k));
  });

  it('repeats a periodic structure, and says why another cannot be', async () => {
    const own = newFolder();
    const text = `potential argon { elements = [Ar]; cutoff = 5 Å; pair lennard_jones { epsilon = 0.01 eV; sigma = 3.4 Å } }
md crystal { potential = argon; structure = "cell.xyz"; duration = 10 fs; timestep = 1 fs; supercell = [2, 3, 2] }
`;
    writeFileSync(join(own, 'a.potential'), text);
    const write = (pbc: string): void =>
      writeFileSync(join(own, 'cell.xyz'), `1\nLattice="4 0 0 0 4 0 0 0 4" pbc="${pbc}"\nAr 0 0 0\n`);
    write('T T T');
    const { code, json } = await nearsight(own, ['md', 'a.potential', '--json']);
    expect({ code, atoms: json.atoms }).toEqual({ code: 0, atoms: 12 });
    expect(readFileSync(String(json.trajectory), 'utf8')).toContain('Lattice="8 0 0 0 12 0 0 0 8"');
    write('T F T');
    const slab = await nearsight(own, ['md', 'a.potential']);
    expect({ code: slab.code, stderr: slab.stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('repeats the structure along b, where it is not periodic') as string,
    });
    writeFileSync(join(own, 'a.potential'), text.replace('[2, 3, 2]', '[100, 100, 100]'));
    write('T T T');
    writeFileSync(
      join(own, 'cell.xyz'),
      readFileSync(join(own, 'cell.xyz'), 'utf8').replace(/^1\n/, '5\n').concat('Ar 1 1 1\n'.repeat(4)),
    );
    expect((await nearsight(own, ['md', 'a.potential'])).stderr).toContain('5000000 atoms, more than');
  });

  it('moves atoms by their own masses: of isotopes, else of the structure, else standard ones', async () => {
    const own = newFolder();
    const write = (isotope: string): void =>
      writeFileSync(
        join(own, 'a.potential'),
        `potential p { elements = [Ne, Ar]; cutoff = 4 Å; pair lennard_jones { epsilon = 0.01 eV; sigma = 3.4 Å } }
md m { potential = p; structure = "s.xyz"; duration = 4 fs; timestep = 1 fs; supercell = [2, 1, 1]; ${isotope}
  output { every = 4; file = "m.xyz"; forces = false } }
`,
      );
    const cell = '2\nLattice="9 0 0 0 9 0 0 0 9" pbc="T T T" Properties=species:S:1:pos:R:3';
    const masses = async (): Promise<(string | undefined)[]> => {
      const { code, json } = await nearsight(own, ['md', 'a.potential', '--json']);
      expect(code).toBe(0);
      const lines = readFileSync(String(json.trajectory), 'utf8').split('\n');
      return lines.slice(2, 6).map((line) => line.trim().split(/ +/)[4]);
    };
    writeFileSync(join(own, 's.xyz'), `${cell}\nNe 0 0 0\nAr 4 0 0\n`);
    write('');
    expect(await masses()).toEqual([undefined, undefined, undefined, undefined]);
    write('isotope Ar { mass = 36 amu }');
    expect((await masses()).map(Number)).toEqual([20.1797, 36, 20.1797, 36]);
    writeFileSync(join(own, 's.xyz'), `${cell}:masses:R:1\nNe 0 0 0 22\nAr 4 0 0 38\n`);
    expect((await masses()).map(Number)).toEqual([22, 36, 22, 36]);
    write('');
    expect((await masses()).map(Number)).toEqual([22, 38, 22, 38]);
  });

  it('writes forces and velocities as it is told', async () => {
    const own = newFolder();
    const write = (output: string): void =>
      writeFileSync(
        join(own, 'a.potential'),
        `potential p { elements = [Ar]; cutoff = 8 Å; pair lennard_jones { epsilon = 0.01 eV; sigma = 3.4 Å } }
md m { potential = p; structure = "s.xyz"; duration = 4 fs; timestep = 1 fs
  ensemble nve { initial_temperature = 0 K }
  output { every = 1; ${output} } }
`,
      );
    writeFileSync(join(own, 's.xyz'), '2\n\nAr 0 0 0\nAr 3.6 0 0\n');
    const lines = async (): Promise<string[]> => {
      const { code, json } = await nearsight(own, ['md', 'a.potential', '--json']);
      expect(code).toBe(0);
      return readFileSync(String(json.trajectory), 'utf8').split('\n');
    };
    write('');
    expect((await lines())[1]).toContain('Properties=species:S:1:pos:R:3:predicted_forces:R:3 ');
    write('forces = false');
    expect((await lines())[1]).toContain('Properties=species:S:1:pos:R:3 ');
    write('velocities = true');
    const both = await lines();
    expect(both[1]).toContain('Properties=species:S:1:pos:R:3:predicted_forces:R:3:velocities:R:3 ');
    // Atom 1 in frames 1 to 3, a step apart: v is what its position changes by (Å/fs), and m dv/dt the force (eV/Å).
    const [before, at, after] = [1, 2, 3].map((frame) => both[4 * frame + 3].trim().split(/ +/).slice(1).map(Number));
    expect((after[0] - before[0]) / 2).toBeCloseTo(at[6], 7);
    const AMU = 103.642696; // eV fs²/Å²
    expect((39.95 * AMU * (after[6] - before[6])) / 2).toBeCloseTo(at[3], 3);
    expect(at[3]).not.toBe(0);
  });

  it('says at the start what the potential has never seen', async () => {
    const { json } = await nearsight(folder, ['md', 'argon.potential', 'argon', '--json']);
    const warnings = eventsOf(String(json.run)).flatMap((event) => (event.type === 'warning' ? [event] : []));
    // Trained on clusters of four atoms, started with eight.
    expect(warnings.map(({ code }) => code)).toEqual(['PD1003']);
    expect(warnings[0].message).toMatch(/start\.xyz: \d of 8 atoms have surroundings that no training structure had/);
  });

  it('says it again of a rate, whose trajectories begin where the windows ended', async () => {
    appendFileSync(
      join(folder, 'argon.potential'),
      `umbrella pull { potential = argon; structure = "start.xyz"; timestep = 1 fs; duration = 20 fs; equilibration = 4 fs
  ensemble langevin { temperature = 20 K; friction = 1 1/ps }
  coordinate distance { atoms = [0, 1]; centers = [3.8, 4] Å; force_constant = 1 eV/Å^2 }
  output { every = 2 } }
rate back { umbrella = pull }
`,
    );
    expect((await nearsight(folder, ['umbrella', 'argon.potential', 'pull'])).code).toBe(0);
    // So short windows have no barrier: that it is refused comes after what is said at the start.
    expect((await nearsight(folder, ['rate', 'argon.potential', 'back'])).stderr).toMatch(/RN023/);
    const events = eventsOf(join(folder, 'runs/rate-back/001'));
    expect(events.flatMap((event) => (event.type === 'warning' ? [event.code] : []))).toContain('PD1003');
  });

  it('uses the newest training of the same potential, and no stale one', async () => {
    const own = newFolder();
    const file = writeProgramme(own, { epochs: 1, duration: '10 fs' });
    const before = await nearsight(own, ['md', 'argon.potential', 'argon']);
    expect({ code: before.code, stderr: before.stderr }).toMatchObject({ code: 2 });
    expect(before.stderr).toMatch(/^argon\.potential RN006 .*nearsight train/);
    expect((await nearsight(own, ['train', 'argon.potential'])).code).toBe(0);
    const used = await nearsight(own, ['md', 'argon.potential', 'argon', '--json']);
    expect(used.code).toBe(0);
    expect(manifestOf(String(used.json.run)).identity).toBe(manifestOf(join(own, 'runs/train-argon/001')).identity);
    writeFileSync(file, readFileSync(file, 'utf8').replace('cutoff = 7 Å', 'cutoff = 6.5 Å'));
    for (const command of ['md', 'evaluate']) {
      const { code, stderr } = await nearsight(own, [command, 'argon.potential', 'argon']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^argon\.potential RN005 .*stale/);
    }
    // Another spelling of the same potential is the same potential.
    writeFileSync(file, readFileSync(file, 'utf8').replace('cutoff = 6.5 Å', 'cutoff = 0.7 nm # as before'));
    expect((await nearsight(own, ['md', 'argon.potential', 'argon'])).code).toBe(0);
  });

  it('fails with a reason when the energy is no number', async () => {
    const own = newFolder();
    writeProgramme(own);
    writeFileSync(join(own, 'start.xyz'), '2\n\nAr 0 0 0\nAr 1e-60 0 0\n');
    const { code, stderr, json } = await nearsight(own, ['md', 'argon.potential', 'pairs', '--json']);
    expect(code).toBe(1);
    expect(stderr).toContain('MD001');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(json).toHaveProperty('problems');
    expect(manifestOf(join(own, 'runs/md-pairs/001'))).toMatchObject({ state: 'failed' });
  });
});

describe('input that does not fit', () => {
  it('elements that the potential does not have are named with their place', async () => {
    const own = newFolder();
    writeProgramme(own);
    writeFileSync(join(own, 'clusters.xyz'), `${clusters(3)}1\nenergy=0 \nKr 0 0 0\n`);
    writeFileSync(join(own, 'start.xyz'), '1\n\nXe 0 0 0\n');
    const training = await nearsight(own, ['train', 'argon.potential']);
    expect(training.code).toBe(2);
    expect(training.stderr).toMatch(/clusters\.xyz:19:1 PD0202 .*Kr/);
    const dynamics = await nearsight(own, ['md', 'argon.potential', 'pairs']);
    expect(dynamics.code).toBe(2);
    expect(dynamics.stderr).toMatch(/start\.xyz:1:1 PD0202 .*Xe/);
    expect(readdirSync(own)).not.toContain('runs');
  });

  it('a definition with errors is refused with them', async () => {
    const own = newFolder();
    const file = writeProgramme(own);
    writeFileSync(file, readFileSync(file, 'utf8').replace('epochs = 20', 'epochs = 20 eV'));
    const { code, stderr } = await nearsight(own, ['train', 'argon.potential']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^argon\.potential:\d+:\d+ PD\d{4} /);
  });

  it('an output file can be no way out of the run folder', async () => {
    const own = newFolder();
    const file = writeProgramme(own);
    for (const name of ['../pairs.xyz', '/tmp/pairs.xyz', 'run.json', '.xyz']) {
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(/file = "[^"]*"\n? *\}\n\}\n$/, `file = "${name}" }\n}\n`),
      );
      const { code, stderr } = await nearsight(own, ['md', 'argon.potential', 'pairs']);
      expect({ name, code }).toEqual({ name, code: 2 });
      expect(stderr).toMatch(/^argon\.potential/);
    }
  });
});

describe('a running job', () => {
  it('goes on when its reader goes away', async () => {
    const own = newFolder();
    writeProgramme(own);
    const { child, ended } = start(own, ['train', 'argon.potential', '--json']);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
    const manifest = manifestOf(join(own, 'runs/train-argon/001'));
    expect(manifest).toMatchObject({ state: 'finished', results: { weights_sha256: trained.json.weights_sha256 } });
    rmSync(own, { recursive: true });
  });

  it('is listed as running, then as interrupted when it was killed', async () => {
    const own = newFolder();
    writeProgramme(own, { epochs: 100_000 });
    const { child, ended } = start(own, ['train', 'argon.potential']);
    const path = join(own, 'runs/train-argon/001');
    await until(() => eventsOf(path).some(({ type }) => type === 'epoch'));
    const state = async (): Promise<unknown> =>
      ((await nearsight(own, ['runs', '--json'])).json.runs as { state: string }[])[0].state;
    expect(await state()).toBe('running');
    const second = await nearsight(own, ['resume', path]);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('RN002');
    child.kill('SIGKILL');
    await ended;
    expect(await state()).toBe('interrupted');
    expect((await nearsight(own, ['runs'])).stdout).toMatch(/^interrupted/);
  });
});
