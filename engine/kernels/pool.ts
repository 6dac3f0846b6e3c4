/**
 * Threads that share one WebAssembly memory. The calling thread works too; the others wait in `Atomics.wait` between
 * steps. Work is handed out block by block, so that a slow block keeps nobody waiting for long.
 *
 * Control words (32-bit, shared): generation, phase, next item, items, threads done, then the phase's arguments.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { KernelExports } from './module';
import type { WasmMemory, WasmModule } from './webassembly';

export const CONTROL = {
  generation: 0,
  phase: 1,
  next: 2,
  items: 3,
  done: 4,
  model: 5,
  system: 6,
  atoms: 7,
  scratch: 8,
};
export const PHASE = { evaluate: 0, gather: 1, end: 2 };
/** Atoms whose forces are gathered at once. */
export const GATHER_ATOMS = 1024;

export interface WorkerSetup {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly control: number;
  /** Top of this thread's stack in the shared memory. */
  readonly stack: number;
  readonly number: number;
}

/** Works on the present phase until nothing is left. */
export function work(kernel: KernelExports, control: Int32Array, scratch: number): void {
  const items = control[CONTROL.items];
  const phase = control[CONTROL.phase];
  const model = control[CONTROL.model];
  const system = control[CONTROL.system];
  const atoms = control[CONTROL.atoms];
  for (;;) {
    const item = Atomics.add(control, CONTROL.next, 1);
    if (item >= items) return;
    if (phase === PHASE.evaluate) kernel.evaluate(model, system, scratch, item);
    else kernel.gather_forces(system, item * GATHER_ATOMS, Math.min(atoms, (item + 1) * GATHER_ATOMS));
  }
}

/** Turns of a spinning wait before a thread sleeps: about what waking one costs. */
export const SPINS = 2000;

export class Pool {
  readonly threads: number;
  private readonly control: Int32Array;
  private readonly workers: readonly Worker[];

  constructor(
    module: WasmModule,
    private readonly memory: WasmMemory,
    private readonly kernel: KernelExports,
    private readonly address: number,
    stacks: readonly number[],
  ) {
    this.threads = stacks.length + 1;
    // The words of threads' scratch addresses follow the fixed ones.
    this.control = new Int32Array(memory.buffer, address, 16);
    this.control.fill(0);
    this.workers = stacks.map((stack, i) => {
      const setup: WorkerSetup = { module, memory, control: address, stack, number: i + 1 };
      const worker = new Worker(workerFile(), { workerData: setup });
      worker.unref();
      return worker;
    });
  }

  evaluate(model: number, system: number, blocks: number, atoms: number, scratch: readonly number[]): void {
    // A grown memory keeps its old buffers valid when shared; the control words are where they were.
    const { control } = this;
    control[CONTROL.model] = model;
    control[CONTROL.system] = system;
    control[CONTROL.atoms] = atoms;
    scratch.forEach((address, i) => (control[CONTROL.scratch + i] = address));
    this.run(PHASE.evaluate, blocks, scratch[0]);
    this.run(PHASE.gather, Math.ceil(atoms / GATHER_ATOMS), scratch[0]);
  }

  dispose(): void {
    this.control[CONTROL.phase] = PHASE.end;
    Atomics.add(this.control, CONTROL.generation, 1);
    Atomics.notify(this.control, CONTROL.generation);
    for (const worker of this.workers) void worker.terminate();
  }

  private run(phase: number, items: number, scratch: number): void {
    const { control, workers } = this;
    control[CONTROL.phase] = phase;
    control[CONTROL.items] = items;
    Atomics.store(control, CONTROL.next, 0);
    Atomics.store(control, CONTROL.done, 0);
    if (workers.length > 0) {
      Atomics.add(control, CONTROL.generation, 1);
      Atomics.notify(control, CONTROL.generation);
    }
    work(this.kernel, control, scratch);
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(control, CONTROL.done);
      if (done === workers.length) return;
      if (spins > SPINS) Atomics.wait(control, CONTROL.done, done);
    }
  }
}

/** dist/kernel-worker.js, beside the bundle or seen from the sources. */
function workerFile(): string {
  const folder = path.basename(__dirname) === 'kernels' ? path.join(__dirname, '..', '..', 'dist') : __dirname;
  return path.join(folder, 'kernel-worker.js');
}
