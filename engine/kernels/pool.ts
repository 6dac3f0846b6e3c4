/**
 * Threads that share one WebAssembly memory. The calling thread works too; the others wait in `Atomics.wait` between
 * phases. Work is handed out piece by piece, so that a slow piece keeps nobody waiting for long.
 *
 * Control words (32-bit, shared): generation, phase, next piece, pieces, threads done and failed; then what the phase works
 * on, and last the scratch memory of each thread.
 */
import { Worker } from 'node:worker_threads';
import { workerFile, type KernelExports, type TrainingExports } from './module';
import type { WasmMemory, WasmModule } from './webassembly';

export const CONTROL = {
  generation: 0,
  phase: 1,
  next: 2,
  pieces: 3,
  done: 4,
  failed: 5,
  model: 6,
  system: 7,
  atoms: 8,
  tableSize: 9,
  scratch: 10,
};
/** Bytes of the control words for so many threads. */
export const controlBytes = (threads: number): number => 4 * (CONTROL.scratch + threads);

/** Phases of training.c are counted from `training`. */
export const PHASE = { count: 0, fill: 1, evaluate: 2, gather: 3, end: 4, training: 8 };
type Phase = 'count' | 'fill' | 'evaluate' | 'gather';

/** Atoms whose forces are gathered at once. */
const GATHER_ATOMS = 1024;
/** In the scratch memory of a list phase the table of cells begins here, behind the number of bytes that evaluation needs. */
export const TABLE_OFFSET = 64;
/** Turns of a spinning wait before a thread sleeps: about what waking one costs. */
export const SPINS = 2000;

/** What a phase works on: addresses in the shared memory, and counts. */
export interface Task {
  readonly model: number;
  readonly system: number;
  readonly blocks: number;
  readonly atoms: number;
  /** Entries of the table of cells that a list phase uses. */
  readonly tableSize: number;
  /** One per thread. */
  readonly scratch: readonly number[];
}

export interface WorkerSetup {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly control: number;
  /** Top of this thread's stack in the shared memory. */
  readonly stack: number;
  readonly number: number;
  readonly threads: number;
}

/** Works on the present phase, as the thread of that number, until nothing is left. */
export function work(kernel: KernelExports | TrainingExports, control: Int32Array, thread: number): void {
  const pieces = control[CONTROL.pieces];
  const phase = control[CONTROL.phase];
  const model = control[CONTROL.model];
  const system = control[CONTROL.system];
  const atoms = control[CONTROL.atoms];
  const tableSize = control[CONTROL.tableSize];
  const scratch = control[CONTROL.scratch + thread];
  for (;;) {
    const piece = Atomics.add(control, CONTROL.next, 1);
    if (piece >= pieces) return;
    if ('run_piece' in kernel) kernel.run_piece(phase - PHASE.training, model, scratch, piece);
    else if (phase === PHASE.evaluate) kernel.evaluate(model, system, scratch, piece);
    else if (phase === PHASE.gather)
      kernel.gather_forces(system, piece * GATHER_ATOMS, Math.min(atoms, (piece + 1) * GATHER_ATOMS));
    else
      kernel.list_block(model, system, piece, phase === PHASE.fill ? 1 : 0, scratch + TABLE_OFFSET, tableSize, scratch);
  }
}

export class Pool {
  readonly threads: number;
  private readonly control: Int32Array;
  private readonly workers: readonly Worker[];

  /**
   * @param address of the control words
   * @param stacks of the threads beside the calling one
   */
  constructor(
    module: WasmModule,
    memory: WasmMemory,
    private readonly kernel: KernelExports | TrainingExports,
    address: number,
    stacks: readonly number[],
  ) {
    const threads = stacks.length + 1;
    this.threads = threads;
    // A memory that grows keeps its earlier views valid, as it is shared.
    this.control = new Int32Array(memory.buffer, address, controlBytes(threads) / 4);
    this.control.fill(0);
    this.workers = stacks.map((stack, i) => {
      const setup: WorkerSetup = { module, memory, control: address, stack, number: i + 1, threads };
      const worker = new Worker(workerFile(), { workerData: setup });
      worker.unref();
      return worker;
    });
  }

  /** Works through one phase; it is complete when this returns. */
  run(phase: Phase, { model, system, blocks, atoms, tableSize, scratch }: Task): void {
    const { control } = this;
    control[CONTROL.system] = system;
    control[CONTROL.atoms] = atoms;
    control[CONTROL.tableSize] = tableSize;
    this.start(PHASE[phase], phase === 'gather' ? Math.ceil(atoms / GATHER_ATOMS) : blocks, model, scratch);
  }

  /**
   * The same for a phase of training.c.
   * @param task address of what it works on
   */
  runPieces(phase: number, pieces: number, task: number, scratch: readonly number[]): void {
    this.start(PHASE.training + phase, pieces, task, scratch);
  }

  private start(phase: number, pieces: number, model: number, scratch: readonly number[]): void {
    const { control, workers } = this;
    control[CONTROL.phase] = phase;
    control[CONTROL.pieces] = pieces;
    control[CONTROL.model] = model;
    control.set(scratch, CONTROL.scratch);
    Atomics.store(control, CONTROL.next, 0);
    Atomics.store(control, CONTROL.done, 0);
    if (workers.length > 0) {
      Atomics.add(control, CONTROL.generation, 1);
      Atomics.notify(control, CONTROL.generation);
    }
    work(this.kernel, control, 0);
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(control, CONTROL.done);
      if (done === workers.length) break;
      if (spins > SPINS) Atomics.wait(control, CONTROL.done, done);
    }
    if (control[CONTROL.failed] > 0) throw new Error('a thread of the kernels has failed');
  }

  dispose(): void {
    this.control[CONTROL.phase] = PHASE.end;
    Atomics.add(this.control, CONTROL.generation, 1);
    Atomics.notify(this.control, CONTROL.generation);
    for (const worker of this.workers) void worker.terminate();
  }
}
