/** Active learning from end to end, as processes: killed in each state it ends with the same structures and weights; oracles that fail. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { parseJournal, type Entry } from '../../engine/exploration/journal';
import { clusters, eventsOf, killAt, manifestOf, nearsight, newFolder, start, until } from './nearsight';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const PROGRAMME = (oracle: string): string => `potential argon {
  elements = [Ar]
  cutoff = 7 Å
  radial { eta = [0.05, 0.5] Å^-2; shift = [0, 3] Å }
  network { hidden = [5] }
  committee { size = 2 }
}
potential pairs {
  elements = [Ar]
  cutoff = 30 Å
  cutoff_function = hard
  pair lennard_jones { epsilon = 0.0103 eV; sigma = 3.4 Å }
}
dataset clusters { files = ["clusters.xyz"]; test = 20 % }
train argon { potential = argon; dataset = clusters; epochs = 8; batch_size = 4; seed = 3 }
oracle o { ${oracle} }
explore argon {
  train = argon
  oracle = o
  structure = "start.xyz"
  timestep = 2 fs
  duration = 1.2 ps
  trigger = 0.01 eV/Å
  reject = 0.5 eV/Å
  rounds = 2
  labels = 2
  gate = 10
  ensemble langevin { temperature = 80 K; friction = 1 1/ps }
}
`;

/** A folder with data and a trained committee; made once, copied for each case. */
let trained: string;
beforeAll(async () => {
  trained = newFolder();
  writeFileSync(join(trained, 'clusters.xyz'), clusters(20, 8));
  writeFileSync(join(trained, 'start.xyz'), clusters(1, 8, 5));
  writeFileSync(join(trained, 'argon.potential'), PROGRAMME('potential = pairs'));
  expect((await nearsight(trained, ['train', 'argon.potential', '--json'])).code).toBe(0);
});

function programme(oracle = 'potential = pairs'): string {
  const folder = newFolder();
  cpSync(trained, folder, { recursive: true });
  writeFileSync(join(folder, 'argon.potential'), PROGRAMME(oracle));
  return folder;
}

const ARGS = ['explore', 'argon.potential', '--json', '--checkpoint', '0.01', '--threads', '1'];
const runIn = (folder: string): string => join(folder, 'runs/explore-argon/001');
function journalOf(run: string): Entry[] {
  const path = join(run, 'journal.ndjson');
  const read = parseJournal(readFileSync(path, 'utf8'), path);
  if (!read.ok) throw new Error(read.problems[0].message);
  return read.value.entries;
}
const labelledOf = (run: string): string => readFileSync(join(run, 'labelled.xyz'), 'utf8');

describe.concurrent('an exploration', () => {
  let expected: {
    journal: Entry[];
    labelled: string;
    trajectory: string;
    sha256: unknown;
    /** The event after some epochs. */
    training: number;
  };
  beforeAll(async () => {
    const folder = programme();
    const { code, json } = await nearsight(folder, ARGS);
    expect(code).toBe(0);
    const run = runIn(folder);
    const trajectory = readFileSync(join(run, 'trajectory.xyz'), 'utf8');
    const training = eventsOf(run).findIndex((event) => event.type === 'epoch' && event.epoch > 4);
    expected = {
      journal: journalOf(run),
      labelled: labelledOf(run),
      trajectory,
      sha256: json.weights_sha256,
      training,
    };
    expect(training).toBeGreaterThan(0);
    expect(manifestOf(run)).toMatchObject({
      state: 'finished',
      results: { rounds: 2, labelled: 4, quarantined: 0, energy_shift: 0, labelled_file: 'labelled.xyz' },
    });
    const kinds = eventsOf(run).map(({ type }) => type);
    for (const kind of ['step', 'flag', 'label', 'epoch', 'round'] as const) expect(kinds).toContain(kind);
  });

  it('labels what its oracle says, with where it comes from', () => {
    const [, comment] = expected.labelled.split('\n');
    expect(comment).toMatch(
      /energy=-0\.\d+ config_type=explored explore=argon round=1 step=\d+ disagreement=0\.01\d* oracle=o/u,
    );
    expect(expected.labelled.match(/config_type/gu)).toHaveLength(4);
    expect(expected.journal.map(({ type }) => type).join(' ')).toBe(
      'start flag label label train flag label label train',
    );
  });

  // One in each state; with NEARSIGHT_FULL also just before the others.
  const moments = [
    ['before the oracle was compared', () => killAt('writeSync', 'journal\\.ndjson', 1)],
    ['in a walk', () => killAt('writeSync', 'trajectory\\.xyz', 12)],
    ['in the line of a flag', () => killAt('writeSync', 'journal\\.ndjson', 2)],
    ['in a labelled structure', () => killAt('writeSync', 'labelled\\.xyz', 2)],
    ['in a training', () => killAt('writeSync', 'events\\.ndjson', expected.training)],
    ['before the committee has its name', () => killAt('renameSync', 'potential\\.json', 2)],
    ['before the training is told', () => killAt('writeSync', 'journal\\.ndjson', 5)],
    ...(process.env.NEARSIGHT_FULL === undefined
      ? []
      : ([
          ['before a flag', () => killAt('renameSync', 'round-001\\.bin', 1)],
          ['before a label is told', () => killAt('writeSync', 'journal\\.ndjson', 4)],
          ['before the second flag', () => killAt('writeSync', 'journal\\.ndjson', 6)],
        ] as const)),
  ] as const;

  it.each(moments)('killed %s', async (_, moment) => {
    const folder = programme();
    const run = runIn(folder);
    expect((await nearsight(folder, ARGS, moment())).signal).toBe('SIGKILL');
    const resumed = await nearsight(folder, ['resume', run, '--json', '--threads', '2']);
    expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(journalOf(run)).toEqual(expected.journal);
    expect(labelledOf(run)).toBe(expected.labelled);
    expect(readFileSync(join(run, 'trajectory.xyz'), 'utf8')).toBe(expected.trajectory);
    expect(resumed.json.weights_sha256).toBe(expected.sha256);
  });

  it('stops when asked, and goes on', async () => {
    const folder = programme();
    const run = runIn(folder);
    const session = start(folder, ARGS);
    await until(() => eventsOf(run).some(({ type }) => type === 'step'));
    session.child.kill('SIGTERM');
    expect((await session.ended).code).toBe(1);
    expect(manifestOf(run).state).toBe('stopped');
    expect((await nearsight(folder, ['resume', run, '--json'])).json.weights_sha256).toBe(expected.sha256);
    expect(labelledOf(run)).toBe(expected.labelled);
  });
});

/** Lennard-Jones as a program of its own; what it does wrong at its nth call is in its second argument. */
const PROGRAM = `
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const [, , input, output, counter, ...plan] = process.argv;
appendFileSync(counter, '.');
const calls = readFileSync(counter, 'utf8').length;
const wrong = plan[Math.min(calls, plan.length) - 1];
if (existsSync(output)) throw new Error('the folder is not fresh');
if (process.env.OMP_NUM_THREADS !== '1') throw new Error('more than one thread');
if (wrong === 'exit') { process.stderr.write('cycle\\n'.repeat(200000) + 'SCF: no'); process.exit(3); }
if (wrong === 'late') { for (;;) {} }
const lines = readFileSync(input, 'utf8').split('\\n');
const atoms = lines.slice(2, 2 + Number(lines[0])).map((line) => line.split(/\\s+/).slice(1, 4).map(Number));
const forces = atoms.map(() => [0, 0, 0]);
let energy = wrong === 'zero' ? 8 : 0;
for (let i = 0; i < atoms.length; i++) for (let j = 0; j < i; j++) {
  const vector = atoms[i].map((x, k) => x - atoms[j][k]);
  const r2 = vector.reduce((sum, x) => sum + x * x, 0);
  const s6 = 3.4 ** 6 / r2 ** 3;
  energy += 4 * 0.0103 * (s6 * s6 - s6);
  const scale = (24 * 0.0103 * (2 * s6 * s6 - s6)) / r2;
  vector.forEach((x, k) => { forces[i][k] += scale * x; forces[j][k] -= scale * x; });
}
if (wrong === 'other') forces[0][0] += 0.3;
if (wrong === 'nan') forces[0][1] = NaN;
if (wrong !== 'nothing')
  writeFileSync(output, \`\${atoms.length}\\nProperties=species:S:1:pos:R:3:forces:R:3 energy=\${energy}\${wrong === 'scf' ? ' converged=F' : ''} pbc="F F F"\\n\` +
    atoms.map((atom, i) => \`Ar \${[...atom, ...forces[i]].join(' ')}\\n\`).join(''));
`;

const command = (...plan: readonly string[]): string =>
  `command = [${[process.execPath, '{folder}/label.cjs', '{input}', '{output}', '{folder}/calls', ...plan].map((word) => JSON.stringify(word)).join(', ')}]`;

function withProgram(plan: readonly string[], more: string): string {
  const folder = programme(`${command(...plan)}; ${more}`);
  writeFileSync(join(folder, 'label.cjs'), PROGRAM);
  return folder;
}

describe.concurrent('a command as oracle', () => {
  it('labels like the potential that it computes', async () => {
    const [one, other] = [programme(), withProgram(['good'], 'method = "LJ"')];
    const [{ json }, { json: same }] = [await nearsight(one, ARGS), await nearsight(other, ARGS)];
    expect(json.labelled).toBe(4);
    expect(same.labelled).toBe(4);
    const energies = [one, other].map((folder) =>
      [...labelledOf(runIn(folder)).matchAll(/ energy=(\S+)/gu)].map(([, energy]) => Number(energy)),
    );
    // To the last digits: the order of the sums is another.
    expect(energies[1][0]).toBeCloseTo(energies[0][0], 12);
    expect(labelledOf(runIn(other))).toContain('method=LJ');
    expect(readdirSync(join(runIn(other), 'oracle'))).toEqual([]);
  });

  it('is asked again when it fails, and given up when it fails again', async () => {
    // The first call is the comparison with the data; then two structures, each asked for twice at most.
    const plan = ['good', 'exit', 'good', 'nan', 'nothing', 'good'];
    const folder = withProgram(plan, 'retries = 1');
    const { code, json } = await nearsight(folder, ARGS);
    expect(code).toBe(0);
    const run = runIn(folder);
    const [, flag, ...rest] = journalOf(run);
    expect(flag).toMatchObject({ type: 'flag', selected: 2 });
    expect(rest.slice(0, 3)).toMatchObject([
      { type: 'label', candidate: 0 },
      { type: 'quarantine', candidate: 1, message: /wrote no output/u },
      { type: 'train', round: 1 },
    ]);
    expect(json).toMatchObject({ quarantined: 1 });
    const told = eventsOf(run).flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(told.join('\n')).toMatch(
      /exit code 3: [cyle\s]{200,300}SCF: no[\s\S]*“NaN” is not a finite number[\s\S]*wrote no output/u,
    );
    // What a call that failed has left is kept.
    expect(readdirSync(join(run, 'oracle'))).toHaveLength(3);
  });

  it('never goes on from what is not labelled', async () => {
    const folder = withProgram(['good', 'scf'], 'retries = 0');
    const { code } = await nearsight(folder, ARGS);
    expect(code).toBe(0);
    const run = runIn(folder);
    const journal = journalOf(run);
    expect(journal.filter(({ type }) => type === 'label' || type === 'train')).toEqual([]);
    expect(journal.filter(({ type }) => type === 'quarantine').length).toBeGreaterThan(0);
    expect(existsSync(join(run, 'labelled.xyz'))).toBe(false);
    // Whatever the trajectory has was trusted: flagged steps are none of its frames.
    const flags = journal.flatMap((one) => (one.type === 'flag' ? [one] : []));
    const frames = readFileSync(join(run, 'trajectory.xyz'), 'utf8').slice(0, flags[0].trajectory);
    const steps = [...frames.matchAll(/ step=(\d+)/gu)].map(([, step]) => Number(step));
    expect(Math.max(...steps)).toBeLessThan(flags[0].step);
  });

  it('that takes too long is ended', async () => {
    const folder = withProgram(['good', 'late', 'late', 'good'], 'retries = 0; timeout = 0.5');
    const { code } = await nearsight(folder, ARGS);
    expect(code).toBe(0);
    expect(journalOf(runIn(folder)).slice(1, 4)).toMatchObject([
      { type: 'flag' },
      { type: 'quarantine', message: /longer than 0.5 s/u },
      { type: 'quarantine', message: /longer than 0.5 s/u },
    ]);
  });

  it('of another method than the data is refused', async () => {
    const folder = withProgram(['other'], '');
    const { code, stderr } = await nearsight(folder, ['explore', 'argon.potential']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/PD1104 .*forces on frame 0 of .*another method/u);
  });

  it('with another zero of energy is told of, or set right', async () => {
    const told = withProgram(['zero'], '');
    await nearsight(told, ARGS);
    const { energy_offset, energy_shift } = manifestOf(runIn(told)).results ?? {};
    expect(Number(energy_offset)).toBeCloseTo(-1, 9);
    expect(energy_shift).toBe(0);
    expect(eventsOf(runIn(told))).toContainEqual(expect.objectContaining({ type: 'warning', code: 'PD1104' }));
    const right = withProgram(['zero'], 'energy_zero = data');
    await nearsight(right, ARGS);
    expect(Number(manifestOf(runIn(right)).results?.energy_shift)).toBeCloseTo(-1, 9);
    expect(eventsOf(runIn(right)).filter((event) => event.type === 'warning' && event.code === 'PD1104')).toEqual([]);
    expect(Number(/ energy=(\S+)/u.exec(labelledOf(runIn(right)))?.[1])).toBeLessThan(0);
  });

  it('that is not there says so', async () => {
    const folder = programme('command = ["./no-such-program"]');
    const { code, stderr } = await nearsight(folder, ['explore', 'argon.potential']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/AL001 oracle o: it can't label frame .*ENOENT/u);
  });
});
