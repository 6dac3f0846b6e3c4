import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../../../engine/runs/checkpoint';
import type { Checkpoint } from '../../../engine/runs/checkpoint';
import { readBounded, writeAtomically } from '../../../engine/runs/files';
import { listRuns, readRun, runsOf } from '../../../engine/runs/list';
import { liveness, processStarted, thisProcess } from '../../../engine/runs/process';
import { createRun, fileNameOf, readDefinition, requestStop, resumeRun } from '../../../engine/runs/run-folder';
import type { Run, RunDescription } from '../../../engine/runs/run-folder';
import { parseEvents } from '../../../protocol/run';
import type { RunManifest } from '../../../protocol/run';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nearsight-runs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const description = (changes: Partial<RunDescription> = {}): RunDescription => ({
  kind: 'train',
  label: 'water',
  file: join(folder, 'water.potential'),
  text: 'potential water { elements = [H, O] }\n',
  data: [],
  version: '0.1.0',
  ...changes,
});

function create(changes: Partial<RunDescription> = {}, out?: string): Run {
  const created = createRun(description(changes), out);
  if (!created.ok) throw new Error(created.problems[0].message);
  return created.value;
}

function resume(path: string): Run {
  const resumed = resumeRun(path, '0.1.0');
  if (!resumed.ok) throw new Error(resumed.problems[0].message);
  return resumed.value;
}

const checkpoint = (...bytes: number[]): Checkpoint => ({
  bytes: new Uint8Array(bytes),
  spent: { cpu_seconds: 1.5, wall_seconds: 2 },
});

/** Makes the run look as if `owner` had been working on it. */
function disown(run: Run, owner: Partial<RunManifest>): void {
  run.update(owner);
  const { host, pid, process_started, resumed } = run.manifest;
  writeFileSync(join(run.folder, `session-${resumed}`), JSON.stringify({ host, pid, process_started }));
}

async function deadProcess(): Promise<{ pid: number; process_started: string }> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  const pid = child.pid ?? 0;
  const process_started = processStarted(pid) ?? '';
  await new Promise((done) => {
    child.on('exit', done);
    child.kill('SIGKILL');
  });
  return { pid, process_started };
}

describe('a new run', () => {
  it('has the next number, the frozen text and a valid manifest', () => {
    const first = create();
    const second = create();
    expect(first.folder.endsWith(join('runs', 'train-water', '001'))).toBe(true);
    expect(second.folder.endsWith(join('runs', 'train-water', '002'))).toBe(true);
    const found = readRun(first.folder);
    expect(found?.state).toBe('running');
    expect(found?.manifest).toMatchObject({ pid: process.pid, host: hostname(), resumed: 0, state: 'running' });
    expect(readDefinition(first.folder, first.manifest)).toBe(description().text);
    writeFileSync(join(first.folder, 'definition.potential'), 'something else');
    expect(readDefinition(first.folder, first.manifest)).toBeUndefined();
  });

  it('stands where it is told to, if nothing is there', () => {
    const out = join(folder, 'elsewhere');
    expect(create({}, out).folder).toBe(out);
    const again = createRun(description(), out);
    expect(again.ok ? [] : again.problems.map(({ code }) => code)).toEqual(['RN010']);
  });

  it('says so when the place is not writable', () => {
    writeFileSync(join(folder, 'runs'), 'a file');
    const created = createRun(description());
    expect(created.ok ? [] : created.problems.map(({ code }) => code)).toEqual(['RN011']);
  });

  it('numbers beyond 999 and after gaps', () => {
    mkdirSync(join(folder, 'runs/train-water/1204'), { recursive: true });
    mkdirSync(join(folder, 'runs/train-water/old'));
    expect(create().folder.endsWith('1205')).toBe(true);
  });

  it('takes any label as a file name', () => {
    expect(fileNameOf('liquid water, 300 K')).toBe('liquid_water_300_K');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (label) => {
        const name = fileNameOf(label);
        expect(name).not.toMatch(/[/\\:*?"<>|\0]|^\.|\.$/);
        expect(Array.from(name).length).toBeLessThanOrEqual(60);
      }),
    );
    expect(create({ label: '../../x' }).folder.startsWith(join(folder, 'runs'))).toBe(true);
  });
});

describe('events', () => {
  it('are appended, and a torn last line costs nothing but itself', () => {
    const run = create();
    run.tell({ type: 'log', message: 'one' });
    run.end('stopped');
    const path = join(run.folder, 'events.ndjson');
    const before = readFileSync(path, 'utf8');
    appendFileSync(path, '{"t":1,"type":"lo');
    const resumed = resume(run.folder);
    resumed.tell({ type: 'log', message: 'two' });
    const text = readFileSync(path, 'utf8');
    expect(text.startsWith(before)).toBe(true);
    expect(parseEvents(text).map((event) => (event.type === 'log' ? event.message : event.type))).toEqual([
      'state',
      'one',
      'state',
      'state',
      'two',
    ]);
  });

  it('with numbers that are none are a bug', () => {
    expect(() => create().tell({ type: 'progress', stage: 'x', done: Number.NaN, total: 1 })).toThrow();
  });
});

describe('checkpoints', () => {
  it('are kept twice, and the newest complete one is taken', () => {
    const path = join(folder, 'checkpoint');
    expect(readCheckpoint(path)).toBeUndefined();
    for (let i = 1; i <= 5; i++) writeCheckpoint(path, checkpoint(i, 255, i));
    expect(readdirSync(path)).toEqual(['000004.bin', '000005.bin']);
    expect(readCheckpoint(path)).toEqual(checkpoint(5, 255, 5));
    writeFileSync(join(path, '.000006.bin.7.tmp'), 'half');
    expect(readCheckpoint(path)).toEqual(checkpoint(5, 255, 5));
    writeCheckpoint(path, checkpoint(6));
    expect(readdirSync(path)).toEqual(['000005.bin', '000006.bin']);
  });

  it('cut off or changed anywhere are left out', () => {
    const path = join(folder, 'checkpoint');
    writeCheckpoint(path, checkpoint(1, 2, 3));
    writeCheckpoint(path, checkpoint(4, 5, 6));
    const newest = join(path, '000002.bin');
    const bytes = readFileSync(newest);
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(newest, bytes.subarray(0, length));
      expect(readCheckpoint(path)).toEqual(checkpoint(1, 2, 3));
    }
    for (let position = 0; position < bytes.length; position++) {
      const changed = Buffer.from(bytes);
      changed[position] ^= 0x20;
      writeFileSync(newest, changed);
      const read = readCheckpoint(path);
      // A change in the header may be none to JSON; the bytes are then still the right ones.
      if (read?.bytes[0] !== 1) expect(read?.bytes).toEqual(checkpoint(4, 5, 6).bytes);
    }
    truncateSync(newest, 0);
    writeFileSync(join(path, '000001.bin'), 'nothing');
    expect(readCheckpoint(path)).toBeUndefined();
  });
});

describe('the state of a run', () => {
  it('is interrupted when its process is gone', async () => {
    const run = create();
    disown(run, await deadProcess());
    expect(readRun(run.folder)?.state).toBe('interrupted');
  });

  it('is interrupted when another process has its pid', () => {
    const run = create();
    const started = thisProcess().process_started;
    expect(liveness(thisProcess())).toBe('alive');
    if (started === '') return;
    disown(run, { process_started: `${started}0` });
    expect(readRun(run.folder)?.state).toBe('interrupted');
  });

  it('goes by the heartbeat for another host', () => {
    const run = create();
    disown(run, { host: 'elsewhere', pid: 1 });
    expect(readRun(run.folder)?.state).toBe('running');
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(run.folder, 'heartbeat'), longAgo, longAgo);
    expect(readRun(run.folder)?.state).toBe('interrupted');
  });

  it('no pid that means a group or nobody counts as alive', () => {
    expect(liveness({ ...thisProcess(), pid: 0 })).toBe('dead');
    expect(liveness({ ...thisProcess(), pid: 2 ** 40 })).toBe('dead');
  });
});

describe('resuming', () => {
  it('is refused while somebody works on it, when it is finished, and when it is no run', () => {
    const run = create();
    const codes = (path: string) => {
      const result = resumeRun(path, '0.1.0');
      return result.ok ? [] : result.problems.map(({ code }) => code);
    };
    expect(codes(run.folder)).toEqual(['RN002']);
    run.end('finished');
    expect(codes(run.folder)).toEqual(['RN003']);
    expect(codes(folder)).toEqual(['RN001']);
  });

  it('goes on from the checkpoint, once', async () => {
    const run = create();
    run.checkpoint(checkpoint(7));
    requestStop(run.folder);
    expect(run.stopRequested()).toBe(true);
    disown(run, await deadProcess());
    const resumed = resume(run.folder);
    expect(resumed.restore()).toEqual(checkpoint(7));
    expect(resumed.manifest).toMatchObject({ resumed: 1, state: 'running', pid: process.pid });
    expect(resumed.stopRequested()).toBe(false);
    expect(resumeRun(run.folder, '0.1.0').ok).toBe(false);
  });

  it('waits for a claim that is just being written', async () => {
    const run = create();
    disown(run, await deadProcess());
    writeFileSync(join(run.folder, 'session-1'), '');
    expect(resumeRun(run.folder, '0.1.0').ok).toBe(false);
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(run.folder, 'session-1'), longAgo, longAgo);
    expect(resume(run.folder).manifest.resumed).toBe(2);
  });
});

describe('listing', () => {
  it('finds the runs of a file, newest first, wherever the folder is now', () => {
    for (const label of ['a', 'b', 'a']) create({ label });
    create({ file: join(folder, 'other.potential') });
    const names = runsOf(join(folder, 'water.potential')).map((run) => run.folder.slice(join(folder, 'runs/').length));
    expect(names).toHaveLength(3);
    expect(names.indexOf('train-a/002')).toBeLessThan(names.indexOf('train-a/001'));
    expect(listRuns(folder)).toHaveLength(4);
    expect(listRuns(join(folder, 'nowhere'))).toEqual([]);
  });

  it('survives whatever stands in run.json', () => {
    const run = create();
    const path = join(run.folder, 'run.json');
    const good = readFileSync(path, 'utf8');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string({ unit: 'binary' }),
          fc.nat(good.length).map((n) => good.slice(0, n)),
          fc.tuple(fc.constantFrom('pid', 'state', 'data', 'label', 'started'), fc.jsonValue()).map(([key, value]) => {
            const json: unknown = JSON.parse(good);
            return JSON.stringify(Object.assign({}, json, { [key]: value }));
          }),
        ),
        (text) => {
          writeFileSync(path, text);
          for (const found of listRuns(folder)) expect(found.manifest.format).toBe(1);
        },
      ),
    );
    rmSync(path);
    mkdirSync(path);
    expect(listRuns(folder)).toEqual([]);
  });
});

describe('files', () => {
  it('are replaced as a whole and leave nothing behind', () => {
    const path = join(folder, 'a.json');
    writeAtomically(path, 'one');
    writeAtomically(path, 'two', new Uint8Array([33]));
    expect(readFileSync(path, 'utf8')).toBe('two!');
    expect(readdirSync(folder)).toEqual(['a.json']);
    expect(() => writeAtomically(join(folder, 'nowhere', 'b'), 'x')).toThrow();
  });

  it('are not read when they are larger than allowed or no files', () => {
    writeFileSync(join(folder, 'large'), '123456');
    expect(readBounded(join(folder, 'large'), 5)).toBeUndefined();
    expect(readBounded(join(folder, 'large'), 6)?.toString()).toBe('123456');
    expect(readBounded(folder, 5)).toBeUndefined();
    expect(existsSync(join(folder, 'absent'))).toBe(false);
    expect(readBounded(join(folder, 'absent'), 5)).toBeUndefined();
  });
});
