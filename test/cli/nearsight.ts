/** The command line as a real process, bundled from the sources once per test file; and small data to feed it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { parseEvents, parseManifest } from '../../protocol/run';
import type { RunEvent, RunManifest } from '../../protocol/run';
import { bundle } from '../bundle';

/** Removed when the tests of the file are over. */
export const scratch = mkdtempSync(join(tmpdir(), 'nearsight-cli-'));
const program = join(scratch, 'nearsight.js');
await bundle(scratch, { nearsight: 'engine/cli/main.ts', 'kernel-worker': 'engine/kernels/worker.ts' });

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
});

export const newFolder = (): string => mkdtempSync(join(scratch, 'case-'));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The object in the last line of stdout; {} if that is none. */
  readonly json: Record<string, unknown>;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `nearsight …arguments` in `cwd`. */
export function start(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal, stdout, stderr, json: lastObject(stdout) });
    });
  });
  return { child, ended };
}

export const nearsight = (cwd: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> =>
  start(cwd, args, env).ended;

function lastObject(stdout: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

export function manifestOf(run: string): RunManifest {
  const manifest = parseManifest(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')));
  if (manifest === undefined) throw new Error(`${run} has no valid run.json`);
  return manifest;
}

export function eventsOf(run: string): RunEvent[] {
  const path = join(run, 'events.ndjson');
  return existsSync(path) ? parseEvents(readFileSync(path, 'utf8')) : [];
}

/** Waits for something that must come; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/**
 * Environment in which the process kills itself (SIGKILL) at the `count`th time that `call` of node:fs gets a path or an
 * open file whose name matches `pattern`: `writeSync` after half of the bytes, the others just before they happen.
 */
export function killAt(call: 'writeSync' | 'fsyncSync' | 'renameSync' | 'rmSync', pattern: string, count: number) {
  const hook = join(scratch, `kill-${call}-${count}-${Math.abs(hash(pattern))}.cjs`);
  writeFileSync(
    hook,
    `const fs = require('node:fs');
const names = new Map();
const open = fs.openSync, original = fs.${call};
fs.openSync = (path, ...rest) => { const d = open(path, ...rest); names.set(d, String(path)); return d; };
let left = ${count};
fs.${call} = (target, ...rest) => {
  const name = typeof target === 'number' ? (names.get(target) ?? '') : String(target);
  if (new RegExp(${JSON.stringify(pattern)}).test(name) && --left === 0) {
    if (${JSON.stringify(call)} === 'writeSync') original(target, rest[0].subarray(0, rest[0].length >> 1));
    process.kill(process.pid, 'SIGKILL');
    for (;;) {}
  }
  return original(target, ...rest);
};
`,
  );
  return { NODE_OPTIONS: `--require ${JSON.stringify(hook)}` };
}

const hash = (text: string): number =>
  Array.from(text).reduce((sum, letter) => (31 * sum + letter.charCodeAt(0)) | 0, 7);

const EPSILON = 0.0103;
const SIGMA = 3.4;

/** Argon clusters with Lennard-Jones energies and forces, as extended XYZ. The numbers repeat themselves for a seed. */
export function clusters(frames: number, atoms = 4, seed = 1): string {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let text = '';
  for (let frame = 0; frame < frames; frame++) {
    const positions = Array.from({ length: atoms }, (_, i) =>
      [i & 1, (i >> 1) & 1, (i >> 2) & 1].map((corner) => 3.8 * corner + 0.6 * (uniform() - 0.5)),
    );
    const forces = positions.map(() => [0, 0, 0]);
    let energy = 0;
    for (let i = 0; i < atoms; i++)
      for (let j = 0; j < i; j++) {
        const vector = positions[i].map((x, k) => x - positions[j][k]);
        const r2 = vector.reduce((sum, x) => sum + x * x, 0);
        const s6 = (SIGMA * SIGMA) ** 3 / r2 ** 3;
        energy += 4 * EPSILON * (s6 * s6 - s6);
        const scale = (24 * EPSILON * (2 * s6 * s6 - s6)) / r2;
        vector.forEach((x, k) => {
          forces[i][k] += scale * x;
          forces[j][k] -= scale * x;
        });
      }
    text += `${atoms}\nProperties=species:S:1:pos:R:3:forces:R:3 energy=${energy} pbc="F F F"\n`;
    positions.forEach((position, i) => (text += `Ar ${[...position, ...forces[i]].join(' ')}\n`));
  }
  return text;
}

/** A research programme of a second or two, beside its data. */
export function writeProgramme(
  folder: string,
  changes: { epochs?: number; duration?: string; backend?: string; optimizer?: string; committee?: boolean } = {},
): string {
  writeFileSync(join(folder, 'clusters.xyz'), clusters(40));
  writeFileSync(join(folder, 'start.xyz'), clusters(1, 8, 5));
  const file = join(folder, 'argon.potential');
  writeFileSync(
    file,
    `potential argon {
  elements = [Ar]
  cutoff = 7 Å
  radial { eta = [0.05, 0.5] Å^-2; shift = [0, 3] Å }
  angular { eta = 0.01 Å^-2; lambda = [-1, 1]; zeta = 1 }
  network { hidden = [6, 6] }
${changes.committee === true ? '  committee { size = 3 }\n' : ''}}

potential pairs {
  elements = [Ar]
  cutoff = 8 Å
  pair lennard_jones { epsilon = 0.0103 eV; sigma = 3.4 Å }
}

dataset clusters {
  files = ["clusters.xyz"]
  test = 20 %
}

train argon {
  potential = argon
  dataset = clusters
  epochs = ${changes.epochs ?? 20}
  batch_size = 4
  seed = 3
  backend = ${changes.backend ?? 'native'}
${changes.optimizer === undefined ? '' : `  optimizer ${changes.optimizer}\n`}}

evaluate argon {
  potential = argon
  dataset = clusters
}

md argon {
  potential = argon
  structure = "start.xyz"
  timestep = 2 fs
  duration = ${changes.duration ?? '0.2 ps'}
  ensemble langevin { temperature = 20 K; friction = 1 1/ps }
  output { every = 5; file = "argon.xyz" }
}

md pairs {
  potential = pairs
  structure = "start.xyz"
  timestep = 2 fs
  duration = ${changes.duration ?? '2 ps'}
  ensemble nve { initial_temperature = 20 K }
  output { every = 5; file = "pairs.xyz" }
}
`,
  );
  return file;
}
