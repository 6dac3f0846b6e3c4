/**
 * The compiled kernels (dist/kernels/*.wasm): which of them this machine can run, and their functions with their types.
 * They work on one shared memory, the reader of tables on its own.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { webAssembly, type WasmGlobal, type WasmMemory, type WasmModule } from './webassembly';

/** f64: everything in double. f32: pairs and triples in single, sums, networks and forces in double. */
export type Precision = 'f64' | 'f32';

export interface KernelExports {
  readonly __heap_base: WasmGlobal;
  readonly __stack_pointer: WasmGlobal;
  list_block(
    model: number,
    system: number,
    block: number,
    fill: number,
    table: number,
    tableSize: number,
    scratch: number,
  ): void;
  evaluate(model: number, system: number, scratch: number, block: number): void;
  gather_forces(system: number, first: number, last: number): void;
  struct_size(which: number): number;
}

/** What training.c exports. */
export interface TrainingExports {
  readonly __heap_base: WasmGlobal;
  readonly __stack_pointer: WasmGlobal;
  run_piece(phase: number, task: number, scratch: number, piece: number): void;
  scratch_bytes(matching: number): number;
  struct_size(which: number): number;
}

/** What table.c exports. */
export interface TableExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly layout: (which: number) => number;
  readonly read_lines: (start: number, end: number, count: number, fields: number, open: number) => number;
  readonly count_same: (known: number, start: number, count: number) => number;
}

export const PAGE = 65536;
const MAXIMUM_PAGES = 65536;

/** (module (func (param v128 v128 v128) (result v128) local.get 0…2 f64x2.relaxed_madd)) */
const RELAXED_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00, 0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x87, 0x02, 0x0b],
);

/** Whether this machine's engine has fused multiply-add: faster, and rounded otherwise in the last bits. */
const hasRelaxedSimd = webAssembly.validate(RELAXED_PROBE);

/** Where the build puts what is not in the bundle: beside it, also when this runs from the sources. */
const built = path.basename(__dirname) === 'kernels' ? path.join(__dirname, '..', '..', 'dist') : __dirname;

/** @throws Error if the build did not make it: a thread that doesn't start would be waited for without end. */
export function workerFile(): string {
  const file = path.join(built, 'kernel-worker.js');
  if (!existsSync(file)) throw new Error(`${file} is missing`);
  return file;
}

const compiled = new Map<string, WasmModule>();

/** @throws Error if the build did not make it. */
export function compileKernel(precision: Precision, relaxed = hasRelaxedSimd): WasmModule {
  return compile(`${precision}${relaxed ? '-relaxed' : ''}`);
}

/** @throws Error if the build did not make it. */
export const compileTraining = (): WasmModule => compile('training');

/**
 * A reader of tables with a memory of its own.
 *
 * @throws Error if the build did not make it.
 */
export const createTableReader = (): TableExports => new webAssembly.Instance(compile('table')).exports as TableExports;

function compile(name: string): WasmModule {
  const file = path.join(built, 'kernels', `${name}.wasm`);
  let module = compiled.get(file);
  if (module === undefined) {
    module = new webAssembly.Module(readFileSync(file));
    compiled.set(file, module);
  }
  return module;
}

export function createMemory(): WasmMemory {
  return new webAssembly.Memory({ initial: 16, maximum: MAXIMUM_PAGES, shared: true });
}

/** The shape of what comes is that of the C source, and tests call every function. */
export function instantiate(module: WasmModule, memory: WasmMemory): unknown {
  return new webAssembly.Instance(module, { env: { memory } }).exports;
}
