/** Killed, stopped and resumed jobs end with the same bits as those that were left alone. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createRandom } from '../../engine/random';
import { eventsOf, killAt, manifestOf, nearsight, newFolder, start, until, writeProgramme } from './nearsight';

// Many processes after one another, perhaps on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const resume = (folder: string, run: string, env?: NodeJS.ProcessEnv) =>
  nearsight(folder, ['resume', run, '--json', '--checkpoint', '0'], env);

const summary = v.object({ train: v.object({ force_rmse: v.number() }) });

/** All of a potential.json but where and when it was made. */
function weightsOf(run: string): unknown {
  const json: unknown = JSON.parse(readFileSync(join(run, 'potential.json'), 'utf8'));
  return Object.assign({}, json, { provenance: undefined });
}

describe.concurrent('training', () => {
  const args = ['train', 'argon.potential', '--json', '--checkpoint', '0'];
  let expected: { sha256: unknown; weights: unknown };

  beforeAll(async () => {
    const folder = newFolder();
    writeProgramme(folder);
    const { json } = await nearsight(folder, args);
    expected = { sha256: json.weights_sha256, weights: weightsOf(String(json.run)) };
  });

  const CHECKPOINT = 'checkpoint/\\.\\d+\\.bin';
  const moments = [
    ['in the middle of writing a checkpoint', killAt('writeSync', CHECKPOINT, 13)],
    ['before a checkpoint is on disk', killAt('fsyncSync', CHECKPOINT, 6)],
    ['before a checkpoint has its name', killAt('renameSync', CHECKPOINT, 7)],
    ['before the oldest checkpoint is removed', killAt('rmSync', 'checkpoint/\\d+\\.bin', 5)],
    ['in the middle of an event', killAt('writeSync', 'events\\.ndjson', 9)],
    ['before the very first checkpoint', killAt('writeSync', CHECKPOINT, 1)],
    ['before the potential has its name', killAt('renameSync', 'potential\\.json', 1)],
    ['before run.json says that it is finished', killAt('renameSync', 'run\\.json', 2)],
  ] as const;

  it.each(moments)('killed %s', async (_, env) => {
    const folder = newFolder();
    writeProgramme(folder);
    const run = join(folder, 'runs/train-argon/001');
    expect((await nearsight(folder, args, env)).signal).toBe('SIGKILL');
    const listed = await nearsight(folder, ['runs', '--json']);
    expect(listed.json.runs).toMatchObject([{ run, state: 'interrupted' }]);
    const resumed = await resume(folder, run);
    expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(resumed.json.weights_sha256).toBe(expected.sha256);
    expect(weightsOf(run)).toEqual(expected.weights);
    expect(manifestOf(run)).toMatchObject({ state: 'finished', resumed: 1 });
    const epochs = eventsOf(run).flatMap((event) => (event.type === 'epoch' ? [event.epoch] : []));
    expect(new Set(epochs).size).toBe(20);
    expect(readdirSync(join(run, 'checkpoint')).filter((name) => !name.endsWith('.tmp'))).toHaveLength(2);
  });

  it('killed again and again, at whatever moment', async () => {
    const folder = newFolder();
    writeProgramme(folder, { epochs: 400 });
    const left = await nearsight(folder, ['train', 'argon.potential', '--json']);
    const run = join(folder, 'runs/train-argon/002');
    let session = start(folder, args);
    for (const epoch of [1, 60, 150, 290]) {
      await until(() => eventsOf(run).some((event) => event.type === 'epoch' && event.epoch >= epoch));
      session.child.kill('SIGKILL');
      await session.ended;
      session = start(folder, ['resume', run, '--json', '--checkpoint', '0.01']);
    }
    const { code, json } = await session.ended;
    expect(code).toBe(0);
    expect(json.weights_sha256).toBe(left.json.weights_sha256);
    expect(manifestOf(run)).toMatchObject({ resumed: 4 });
  });

  // The moments are a matter of chance; what must come of them is not.
  const kills = process.env.NEARSIGHT_FULL === undefined ? 2 : 20;
  const optimizers = [
    'kalman { average = 20 % }',
    'adam { schedule = exponential; weight_decay = 0.01; average = 20 % }',
    'lbfgs { }',
    'levenberg_marquardt { }',
    'kalman { }\n  finish lbfgs { epochs = 50 }',
  ];
  const trainings = [
    ...optimizers.map((optimizer) => ({ optimizer, committee: false })),
    { optimizer: 'kalman { }', committee: true },
  ];
  it.each(trainings)(`killed at ${kills} random moments of a training: %o`, async ({ optimizer, committee }) => {
    const folder = newFolder();
    writeProgramme(folder, { epochs: 300, optimizer, committee });
    const left = await nearsight(folder, ['train', 'argon.potential', '--json']);
    const run = join(folder, 'runs/train-argon/002');
    const random = createRandom(1, `kill ${optimizer}`);
    const save = ['--checkpoint', '0.02', '--threads', '2'];
    let session = start(folder, ['train', 'argon.potential', '--json', ...save]);
    for (let kill = 1; kill <= kills; kill++) {
      const epochs = (): number => eventsOf(run).filter(({ type }) => type === 'epoch').length;
      // The run is there after its first epoch.
      const wait = Math.max(1, epochs() + Math.floor((250 / kills) * random.uniform()));
      await until(() => epochs() >= wait);
      await new Promise((done) => setTimeout(done, 20 * random.uniform()));
      session.child.kill('SIGKILL');
      await session.ended;
      session = start(folder, ['resume', run, '--json', ...save]);
    }
    const { code, json } = await session.ended;
    expect(code).toBe(0);
    expect(json.weights_sha256).toBe(left.json.weights_sha256);
    // A kill may come before the run is gone on with.
    const { resumed } = manifestOf(run);
    expect(resumed).toBeGreaterThan(0);
    expect(resumed).toBeLessThanOrEqual(kills);
  });

  it('stopped by command and by signal, then resumed', async () => {
    const folder = newFolder();
    writeProgramme(folder, { epochs: 400 });
    const left = await nearsight(folder, ['train', 'argon.potential', '--json']);
    const run = join(folder, 'runs/train-argon/002');
    const first = start(folder, ['train', 'argon.potential', '--json']);
    await until(() => eventsOf(run).some(({ type }) => type === 'epoch'));
    const stopped = await nearsight(folder, ['stop', run, '--json']);
    expect({ code: stopped.code, json: stopped.json }).toEqual({ code: 0, json: { run, state: 'stopped' } });
    expect(await first.ended).toMatchObject({ code: 1, json: { run, state: 'stopped' } });

    const epochs = (): number => eventsOf(run).filter(({ type }) => type === 'epoch').length;
    const before = epochs();
    const second = start(folder, ['resume', run, '--json']);
    await until(() => epochs() > before);
    second.child.kill('SIGINT');
    expect(await second.ended).toMatchObject({ code: 1, json: { run, state: 'stopped' } });
    expect(manifestOf(run).state).toBe('stopped');

    const third = await resume(folder, run);
    expect(third.json.weights_sha256).toBe(left.json.weights_sha256);
    const again = await resume(folder, run);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('RN003');
  });

  it('resumed twice at once goes on once', async () => {
    const folder = newFolder();
    writeProgramme(folder);
    const run = join(folder, 'runs/train-argon/001');
    await nearsight(folder, args, killAt('writeSync', CHECKPOINT, 13));
    const both = await Promise.all([resume(folder, run), resume(folder, run), resume(folder, run)]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 2, 2]);
    for (const { code, stderr } of both) if (code === 2) expect(stderr).toMatch(/RN00[23]/);
    expect(both.find(({ code }) => code === 0)?.json.weights_sha256).toBe(expected.sha256);
  });

  it('is refused with other data', async () => {
    const folder = newFolder();
    writeProgramme(folder);
    const run = join(folder, 'runs/train-argon/001');
    await nearsight(folder, args, killAt('writeSync', CHECKPOINT, 13));
    const data = join(folder, 'clusters.xyz');
    const text = readFileSync(data, 'utf8');
    writeFileSync(data, text.replace('energy=-0', 'energy=-1'));
    const refused = await resume(folder, run);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/clusters\.xyz RN012 /);
    writeFileSync(data, text);
    // A changed definition doesn't matter: the run has its own.
    writeFileSync(join(folder, 'argon.potential'), 'something else');
    expect((await resume(folder, run)).json.weights_sha256).toBe(expected.sha256);
  });
});

describe.concurrent('training with TensorFlow.js', () => {
  it('killed and resumed ends with the same bits, and with the weights of the native backend but for rounding', async () => {
    const folder = newFolder();
    writeProgramme(folder, { epochs: 16, backend: 'tensorflow' });
    const left = await nearsight(folder, ['train', 'argon.potential', '--json']);
    expect({ code: left.code, stderr: left.stderr }).toEqual({ code: 0, stderr: '' });
    const run = join(folder, 'runs/train-argon/002');
    const first = start(folder, ['train', 'argon.potential', '--json', '--checkpoint', '0']);
    await until(() => eventsOf(run).some((event) => event.type === 'epoch' && event.epoch >= 5));
    first.child.kill('SIGKILL');
    await first.ended;
    const resumed = await resume(folder, run);
    expect(resumed.json.weights_sha256).toBe(left.json.weights_sha256);
    expect(
      eventsOf(run)
        .filter(({ type }) => type === 'log')
        .map((event) => JSON.stringify(event))
        .join('\n'),
    ).toContain('WebAssembly backend of TensorFlow.js');

    writeProgramme(folder, { epochs: 16, optimizer: 'adam { }' });
    const native = await nearsight(folder, ['train', 'argon.potential', '--json']);
    const errors = (result: typeof left): number => v.parse(summary, result.json).train.force_rmse;
    expect(native.json.weights_sha256).not.toBe(left.json.weights_sha256);
    expect(errors(left) / errors(native)).toBeCloseTo(1, 4);
  });
});

/** 64 atoms at places of a lattice that the cells of the neighbour list end at, so that atoms change their order. */
function lattice(): string {
  const positions = Array.from({ length: 64 }, (_, i) => [i >> 4, (i >> 2) & 3, i & 3].map((n) => 3.8 * n));
  const lines = positions.map((position) => `Ar ${position.join(' ')}`);
  return `64\nLattice="15.2 0 0 0 15.2 0 0 0 15.2" Properties=species:S:1:pos:R:3\n${lines.join('\n')}\n`;
}

// Under thermostats, so that the random numbers go on too. A network keeps a neighbour list, pair terms don't.
describe.concurrent.each(['pairs', 'argon'])('molecular dynamics of %s', (label) => {
  const args = ['md', 'argon.potential', label, '--json', '--checkpoint', '0'];
  const trained = newFolder();
  let expected: { trajectory: Buffer; drift: unknown };

  beforeAll(async () => {
    const file = writeProgramme(trained, { duration: '0.2 ps' });
    const text = readFileSync(file, 'utf8')
      .replace('ensemble nve { initial_temperature = 20 K }', 'ensemble langevin { temperature = 20 K }')
      .replace(
        'ensemble langevin { temperature = 20 K; friction = 1 1/ps }',
        'skin = 0.1 Å\n  ensemble csvr { temperature = 100 K; time = 20 fs }',
      );
    writeFileSync(file, text.replaceAll('timestep = 2 fs', 'timestep = 2 fs\n  isotope Ar { mass = 36 amu }'));
    writeFileSync(join(trained, 'start.xyz'), lattice());
    if (label === 'argon') await nearsight(trained, ['train', 'argon.potential']);
    const { json } = await nearsight(copyOf(trained), args);
    expected = { trajectory: readFileSync(String(json.trajectory)), drift: json.energy_drift };
  });

  function copyOf(folder: string): string {
    const copy = newFolder();
    cpSync(folder, copy, { recursive: true });
    return copy;
  }

  const moments = [
    ['in the middle of a frame', killAt('writeSync', `${label}\\.xyz`, 15)],
    ['in the middle of the first frame', killAt('writeSync', `${label}\\.xyz`, 1)],
    ['in the middle of the last frame', killAt('writeSync', `${label}\\.xyz`, 21)],
    ['in the middle of a checkpoint', killAt('writeSync', 'checkpoint/\\.\\d+\\.bin', 61)],
    ['before a checkpoint has its name', killAt('renameSync', 'checkpoint/\\.\\d+\\.bin', 32)],
  ] as const;

  it.each(moments)('killed %s', async (_, env) => {
    const folder = copyOf(trained);
    const run = join(folder, `runs/md-${label}/001`);
    expect((await nearsight(folder, args, env)).signal).toBe('SIGKILL');
    // How many threads there are does not matter.
    const { code, json } = await nearsight(folder, ['resume', run, '--json', '--checkpoint', '0', '--threads', '2']);
    expect(code).toBe(0);
    expect(readFileSync(join(run, `${label}.xyz`)).equals(expected.trajectory)).toBe(true);
    expect(json.energy_drift).toBe(expected.drift);
    expect(existsSync(join(run, 'potential.json'))).toBe(true);
  });
});
