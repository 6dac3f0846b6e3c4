/** The extension's view of run folders, against folders that the engine's own code writes. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRun } from '../../../engine/runs/run-folder';
import type { Run as WrittenRun } from '../../../engine/runs/run-folder';
import { processStarted as engineProcessStarted } from '../../../engine/runs/process';
import { EventTail, latestOf, NOTHING_YET } from '../../../extension/jobs/events';
import { jobEnvironment, launch, newestRuns, runFolderOf } from '../../../extension/jobs/launch';
import { isAlive, processStarted } from '../../../extension/jobs/process';
import { RunStore, titleOf } from '../../../extension/jobs/runs';
import type { Run } from '../../../extension/jobs/runs';
import { stopRun } from '../../../extension/jobs/stop';
import type { EpochEvent, RunEvent } from '../../../protocol/run';

let folder: string;
const children: ChildProcess[] = [];
const stores: RunStore[] = [];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'nearsight-jobs-')));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const store of stores.splice(0)) store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const file = (): string => path.join(folder, 'water.potential');

function newRun(label = 'quick'): WrittenRun {
  const run = createRun({ kind: 'train', label, file: file(), text: '# nothing', data: [], version: '0' });
  if (!run.ok) throw new Error(run.problems[0].message);
  return run.value;
}

const epoch = (number: number): Omit<EpochEvent, 't'> => ({
  type: 'epoch',
  epoch: number,
  epochs: 10,
  elapsed: number,
  learning_rate: 0.01,
  loss: { train: 1 / number, validation: null, test: null },
  energy_rmse: { train: 0.012, validation: null, test: 0.013 },
  force_rmse: { train: null, validation: null, test: null },
});

function newStore(): RunStore {
  const store = new RunStore();
  stores.push(store);
  return store;
}

async function storeOf(root = path.join(folder, 'runs')): Promise<RunStore> {
  const store = newStore();
  store.watch(root);
  await store.refresh();
  return store;
}

/** A process that does nothing until it is ended, in a group of its own. */
async function sleeper(script = 'setInterval(() => {}, 1000)'): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' });
  children.push(child);
  await new Promise((resolve) => child.once('spawn', resolve));
  return child;
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`never came: ${what}`);
}

describe('processes', () => {
  test('are named as the engine names them', async () => {
    const child = await sleeper();
    for (const pid of [process.pid, child.pid ?? 0, 999_999_999]) {
      expect(await processStarted(pid)).toBe(engineProcessStarted(pid));
    }
  });

  test('a pid with another start time is another process', async () => {
    const process_started = (await processStarted(process.pid)) ?? '';
    expect(await isAlive({ pid: process.pid, process_started })).toBe(true);
    expect(await isAlive({ pid: process.pid, process_started: `${process_started}0` })).toBe(process_started === '');
    expect(await isAlive({ pid: 0, process_started: '' })).toBe(false);
    expect(await isAlive({ pid: -1, process_started: '' })).toBe(false);
  });

  test("a job's environment is the person's, without the editor's own variables", () => {
    const environment = {
      PATH: '/bin',
      NODE_OPTIONS: '--inspect',
      VSCODE_PID: '1',
      ELECTRON_NO_ASAR: '1',
      OMP_NUM_THREADS: '4',
    };
    expect(jobEnvironment(environment, true)).toEqual({
      PATH: '/bin',
      OMP_NUM_THREADS: '4',
      ELECTRON_RUN_AS_NODE: '1',
    });
    expect(jobEnvironment(environment, false)).toEqual({ PATH: '/bin', OMP_NUM_THREADS: '4' });
  });
});

describe('events', () => {
  const events = (): string => path.join(folder, 'events.ndjson');
  async function readAll(tail: EventTail): Promise<RunEvent[]> {
    const all: RunEvent[] = [];
    for (let batch = await tail.read(); batch; batch = batch.more ? await tail.read() : undefined)
      all.push(...batch.events);
    return all;
  }

  test('every event arrives once and in order, wherever the writes were torn', async () => {
    const lines = Array.from(
      { length: 12 },
      (_, i) => `${JSON.stringify({ t: i, type: 'log', message: `Å ${i}` })}\n`,
    ).join('');
    const bytes = Buffer.from(lines);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 8 }), async (cuts) => {
        writeFileSync(events(), '');
        const tail = new EventTail(events());
        const seen: RunEvent[] = [];
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        for (let i = 1; i < places.length; i++) {
          appendFileSync(events(), bytes.subarray(places[i - 1], places[i]));
          seen.push(...(await readAll(tail)));
        }
        expect(seen.map(({ t }) => t)).toEqual(Array.from({ length: 12 }, (_, i) => i));
      }),
      { numRuns: 30 },
    );
  });

  test('a file that was replaced by a shorter one starts over', async () => {
    writeFileSync(events(), '{"t":1,"type":"log","message":"a"}\n{"t":2,"type":"log","message":"b"}\n');
    const tail = new EventTail(events());
    expect(await tail.read()).toMatchObject({ reset: true, events: [{ t: 1 }, { t: 2 }] });
    expect(await tail.read()).toBeUndefined();
    writeFileSync(events(), '{"t":3,"type":"log","message":"c"}\n');
    expect(await tail.read()).toMatchObject({ reset: true, events: [{ t: 3 }] });
  });

  test('lines beyond a megabyte and garbage are passed over', async () => {
    writeFileSync(events(), `${'x'.repeat(3_000_000)}\nnonsense\n{"t":3,"type":"log","message":"c"}\n`);
    expect((await readAll(new EventTail(events()))).map(({ t }) => t)).toEqual([3]);
  });

  test('from the end: complete lines only', async () => {
    const line = (t: number): string => `${JSON.stringify({ t, type: 'log', message: 'x'.repeat(50) })}\n`;
    writeFileSync(events(), Array.from({ length: 100 }, (_, i) => line(i)).join(''));
    const last = await readAll(new EventTail(events(), -500));
    expect(last.length).toBeGreaterThan(2);
    expect(last.at(-1)).toMatchObject({ t: 99 });
    expect(last.length).toBeLessThan(8);
  });

  test('the newest of each kind is kept', () => {
    const latest = latestOf(NOTHING_YET, [
      { t: 1, ...epoch(1) },
      { t: 2, type: 'warning', message: 'w' },
      { t: 3, ...epoch(2) },
      { t: 4, type: 'progress', stage: 'epoch', done: 1, total: 2 },
    ]);
    expect(latest).toMatchObject({ epoch: { epoch: 2 }, progress: { done: 1 }, warnings: 1 });
  });
});

describe('the store', () => {
  test('finds runs, follows them, and sees them end', async () => {
    const written = newRun();
    const store = await storeOf();
    expect(store.all.map(titleOf)).toEqual(['train quick 001']);
    expect(store.all[0]).toMatchObject({ folder: written.folder, state: 'running', definition: file() });

    const told: Run[] = [];
    store.onDidChange((changed) => told.push(...changed));
    written.tell(epoch(3));
    await until('the epoch', () => store.all[0].latest.epoch?.epoch === 3);
    written.end('finished');
    await until('the end', () => store.all[0].state === 'finished');
    expect(told.at(-1)?.state).toBe('finished');
    expect(store.running).toEqual([]);
  });

  test('newest first, new runs appear, deleted ones vanish', async () => {
    newRun().end('finished');
    const store = await storeOf();
    const second = newRun();
    await store.refresh();
    expect(store.all.map((run) => path.basename(run.folder))).toEqual(['002', '001']);
    second.end('stopped');
    rmSync(second.folder, { recursive: true });
    await store.refresh();
    expect(store.all.map((run) => path.basename(run.folder))).toEqual(['001']);
  });

  test('a run whose process is gone is interrupted', async () => {
    const written = newRun();
    written.tell(epoch(4));
    const child = await sleeper();
    written.update({ pid: child.pid ?? 0, process_started: engineProcessStarted(child.pid ?? 0) ?? '' });
    const store = await storeOf();
    expect(store.all[0].state).toBe('running');
    child.kill('SIGKILL');
    await until('the interruption', async () => {
      await store.refresh();
      return store.all[0].state === 'interrupted';
    });
    expect(store.all[0].latest.epoch?.epoch).toBe(4);
  });

  test('another host is believed by its heartbeat', async () => {
    const written = newRun();
    written.update({ host: 'elsewhere' });
    const store = await storeOf();
    expect(store.all[0].state).toBe('running');
    rmSync(path.join(written.folder, 'heartbeat'));
    await store.refresh();
    expect(store.all[0].state).toBe('interrupted');
    written.end('stopped');
  });

  test('folders that are no runs, manifests of every kind of nonsense: nothing happens', async () => {
    const good = newRun();
    good.end('finished');
    const manifest = readFileSync(path.join(good.folder, 'run.json'), 'utf8');
    mkdirSync(path.join(folder, 'runs', 'train-bad', '001'), { recursive: true });
    mkdirSync(path.join(folder, 'runs', 'train-bad', 'notes'), { recursive: true });
    mkdirSync(path.join(folder, 'runs', 'train-bad', '002', 'run.json'), { recursive: true });
    writeFileSync(path.join(folder, 'runs', 'a file'), '');
    const store = await storeOf();
    const bad = path.join(folder, 'runs', 'train-bad', '001', 'run.json');
    for (const text of [
      '',
      '{}',
      manifest.slice(0, 40),
      manifest.replace('"format": 1', '"format": 2'),
      '[]',
      'null',
    ]) {
      writeFileSync(bad, text);
      await store.refresh();
      expect(store.all).toHaveLength(1);
    }
    writeFileSync(bad, manifest);
    truncateSync(path.join(good.folder, 'events.ndjson'), 10);
    await store.refresh();
    expect(store.all).toHaveLength(2);
  });

  test('a run folder that was copied belongs to the file beside the copy', async () => {
    newRun().end('finished');
    const copy = path.join(folder, 'copy');
    cpSync(path.join(folder, 'runs'), path.join(copy, 'runs'), { recursive: true });
    const store = await storeOf(path.join(copy, 'runs'));
    expect(store.all[0].definition).toBe(path.join(copy, 'water.potential'));
  });
});

describe('launching', () => {
  const start = async (script: string): Promise<{ child: ChildProcess; log: string }> => {
    const program = path.join(folder, 'job.js');
    writeFileSync(program, script);
    const log = path.join(folder, 'logs', 'job.log');
    const child = await launch({ node: process.execPath, script: program, arguments: [folder], folder, log });
    if (!child.ok) throw new Error(child.problems[0].message);
    children.push(child.value);
    return { child: child.value, log };
  };

  test('the run folder is found by the pid', async () => {
    const written = newRun();
    const manifest = JSON.stringify({ ...written.manifest, pid: 'PID' });
    written.end('stopped');
    const target = path.join(folder, 'runs', 'train-other', '001');
    const script = `const fs = require('fs'); fs.mkdirSync(${JSON.stringify(target)}, { recursive: true });
      setTimeout(() => fs.writeFileSync(${JSON.stringify(path.join(target, 'run.json'))}, ${JSON.stringify(manifest)}.replace('"PID"', process.pid)), 300);
      setTimeout(() => {}, 60000);`;
    const { child, log } = await start(script);
    const found = await runFolderOf(child, log, () => newestRuns(path.join(folder, 'runs'), 'train'));
    expect(found).toEqual({ ok: true, value: target });
  });

  test('a job that ends before is explained by what it wrote', async () => {
    const { child, log } = await start(`console.error('a.potential:3:12 UN002 no length'); process.exitCode = 2;`);
    const found = await runFolderOf(child, log, () => Promise.resolve([]));
    expect(found).toMatchObject({ ok: false, problems: [{ message: 'a.potential:3:12 UN002 no length' }] });
  });

  test('an executable that is missing is a problem, no exception', async () => {
    const log = path.join(folder, 'logs', 'job.log');
    const child = await launch({ node: path.join(folder, 'no-node'), script: 'x', arguments: [], folder, log });
    expect(child).toMatchObject({ ok: false, problems: [{ code: 'JB001' }] });
  });
});

describe.skipIf(process.platform === 'win32')('stopping', () => {
  async function runOf(script: string): Promise<{ child: ChildProcess; written: WrittenRun }> {
    const written = newRun();
    const child = await sleeper(script);
    const pid = child.pid ?? 0;
    written.update({ pid, process_started: engineProcessStarted(pid) ?? '' });
    return { child, written };
  }
  const exited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

  test('asks first', async () => {
    const { child, written } = await runOf('setInterval(() => {}, 1000)');
    const stopping = stopRun(written.folder, { request: 60_000, terminate: 60_000 });
    await until('the request', () => written.stopRequested());
    expect(exited(child)).toBe(false);
    written.end('stopped');
    expect(await stopping).toBe(true);
    expect(exited(child)).toBe(false);
  });

  test('terminates what does not hear, kills what does not listen', async () => {
    const { child } = await runOf('setInterval(() => {}, 1000)').then(async ({ child, written }) => {
      expect(await stopRun(written.folder, { request: 0, terminate: 60_000 })).toBe(true);
      return { child };
    });
    await until('the end', () => exited(child));
    expect(child.signalCode).toBe('SIGTERM');

    const deaf = `process.on('SIGTERM', () => {}); require('fs').writeFileSync(${JSON.stringify(path.join(folder, 'deaf'))}, ''); setInterval(() => {}, 1000)`;
    const { child: second, written } = await runOf(deaf);
    await until('its deafness', () => readdirHas('deaf'));
    expect(await stopRun(written.folder, { request: 0, terminate: 500 })).toBe(true);
    await until('the end', () => exited(second));
    expect(second.signalCode).toBe('SIGKILL');
  });

  test('never a process that only has the same pid', async () => {
    const { child, written } = await runOf('setInterval(() => {}, 1000)');
    written.update({ process_started: 'another/1' });
    expect(await stopRun(written.folder, { request: 0, terminate: 0 })).toBe(true);
    expect(exited(child)).toBe(false);
  });

  function readdirHas(name: string): boolean {
    try {
      readFileSync(path.join(folder, name));
      return true;
    } catch {
      return false;
    }
  }
});
