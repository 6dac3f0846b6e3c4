/**
 * An oracle that is a program: it reads a structure from a file and writes it with energy and forces to another, both
 * extended XYZ (Å, eV, eV/Å). Each call has a fresh folder, as many codes take up what an earlier call has left there; and one thread,
 * as several on few cores are slower. Never a shell.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStructure } from '../formats/dataset';
import { formatXyzFrame } from '../formats/extended-xyz';
import type { Frame } from '../formats/frame';
import { ENERGY_KEYS, forcesOf, isUnconverged } from '../formats/labels';
import type { Structure } from '../structure/structure';
import type { Answer, Oracle } from './oracle';

export interface CommandOptions {
  /** Program and arguments, with `{input}`, `{output}` and `{folder}`. */
  readonly command: readonly string[];
  /** What `{folder}` stands for. */
  readonly folder: string;
  /** In which the folder of each call is made; that of a call that failed is kept. */
  readonly scratch: string;
  /** Seconds. */
  readonly timeout: number;
}

const POLL_MILLISECONDS = 100;
/** Of what a program says of its failure. */
const MAXIMUM_WORDS = 300;
const END_BYTES = 4096;
/** Å: the answer is about another structure if an atom is farther from where it was. */
const MOVED = 1e-3;

const ONE_THREAD = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  OMP_STACKSIZE: '1G',
} as const;

export function createCommandOracle(options: CommandOptions): Oracle {
  return {
    async ask(structure, stopped) {
      mkdirSync(options.scratch, { recursive: true });
      const folder = mkdtempSync(join(options.scratch, 'call-'));
      const [input, output] = [join(folder, 'input.xyz'), join(folder, 'output.xyz')];
      writeFileSync(input, formatXyzFrame({ ...bare(structure), columns: new Map(), info: new Map() }, 'exact'));
      const places = { input, output, folder: options.folder };
      const [program, ...args] = options.command.map((word) =>
        word.replace(/\{(input|output|folder)\}/gu, (_, name: keyof typeof places) => places[name]),
      );
      const failure = await run(program, args, folder, options.timeout, stopped);
      if (failure === 'stopped') {
        rmSync(folder, { recursive: true, force: true });
        return failure;
      }
      const answer = failure === undefined ? await readAnswer(output, structure) : { failure };
      if ('failure' in answer) return { failure: `${answer.failure} (${folder})` };
      rmSync(folder, { recursive: true, force: true });
      return answer;
    },
  };
}

const bare = ({ numbers, positions, cell, periodic }: Structure): Structure => ({ numbers, positions, cell, periodic });

/** @returns why it failed; undefined if it ended with exit code 0 */
async function run(
  program: string,
  args: readonly string[],
  folder: string,
  timeout: number,
  stopped: () => Promise<boolean>,
): Promise<string | undefined> {
  const [out, error] = ['stdout.txt', 'stderr.txt'].map((name) => openSync(join(folder, name), 'w'));
  // A group of its own: what the program starts ends with it.
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...ONE_THREAD },
    stdio: ['ignore', out, error],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  [out, error].forEach((descriptor) => closeSync(descriptor));
  const ended = new Promise<Exit>((resolve) => {
    child.on('error', ({ message }) => resolve({ failure: message }));
    child.on('exit', (code, signal) =>
      resolve({
        failure:
          code === 0
            ? undefined
            : `${code === null ? `it was ended by ${signal ?? 'a signal'}` : `exit code ${code}`}${wordsOf(folder)}`,
      }),
    );
  });
  const started = performance.now();
  for (;;) {
    const exit = await Promise.race([ended, sleep<undefined>(POLL_MILLISECONDS)]);
    if (exit !== undefined) return exit.failure;
    const late = performance.now() - started > 1000 * timeout;
    if (!late && !(await stopped())) continue;
    end(child);
    await ended;
    return late ? `it took longer than ${timeout} s` : 'stopped';
  }
}

interface Exit {
  readonly failure: string | undefined;
}

function end(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** The last words of a program that failed: it may have said very much before. */
function wordsOf(folder: string): string {
  for (const name of ['stderr.txt', 'stdout.txt']) {
    const text = endOf(join(folder, name)).trim();
    if (text !== '') return `: ${text.slice(-MAXIMUM_WORDS)}`;
  }
  return '';
}

function endOf(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, END_BYTES));
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, size - bytes.length));
  } finally {
    closeSync(descriptor);
  }
}

async function readAnswer(output: string, asked: Structure): Promise<Answer | { readonly failure: string }> {
  if (statSync(output, { throwIfNoEntry: false }) === undefined) return { failure: 'it wrote no output' };
  const read = await readStructure(output);
  if (!read.ok) return { failure: `its output can't be read: ${read.problems[0].message}` };
  const frame = read.value;
  const { numbers, positions } = frame;
  if (numbers.length !== asked.numbers.length || !numbers.every((number, i) => number === asked.numbers[i]))
    return { failure: 'its output has other atoms, or in another order' };
  if (positions.some((x, k) => !(Math.abs(x - asked.positions[k]) < MOVED)))
    return { failure: 'in its output atoms are at other places' };
  if (isUnconverged(frame)) return { failure: 'it says of its result that it did not converge' };
  const energy = energyOf(frame);
  const forces = forcesOf(frame);
  if (energy === undefined || forces === undefined)
    return { failure: `its output has no ${energy === undefined ? 'energy' : 'forces'}` };
  return { energy, forces };
}

function energyOf({ info }: Frame): number | undefined {
  const value = info.get(ENERGY_KEYS.find((key) => info.has(key)) ?? '');
  return typeof value === 'number' ? value : undefined;
}
