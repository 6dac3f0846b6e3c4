/** What the backend `native` works with: one WebAssembly memory, and the threads that share it. */
import { compileTraining, createMemory, instantiate, PAGE, type TrainingExports } from '../kernels/module';
import { controlBytes, Pool } from '../kernels/pool';

const STACK_BYTES = 1 << 18;

export const pad = (count: number, to: number): number => Math.ceil(count / to) * to;

/** A part of the memory that grows when it must. */
export interface Region {
  address: number;
  bytes: number;
}

/** The memory, the threads, and what they are given to do. */
export class Workshop {
  readonly memory = createMemory();
  readonly kernel: TrainingExports;
  readonly threads: number;
  private readonly pool: Pool;
  private free: number;

  constructor(threads: number) {
    const module = compileTraining();
    this.kernel = instantiate(module, this.memory) as TrainingExports;
    this.threads = threads;
    this.free = pad(this.kernel.__heap_base.value, 64);
    const stacks = Array.from({ length: threads - 1 }, () => this.allocate(STACK_BYTES) + STACK_BYTES);
    this.pool = new Pool(module, this.memory, this.kernel, this.allocate(controlBytes(threads)), stacks);
  }

  /** @throws RangeError beyond 4 GiB */
  allocate(bytes: number): number {
    const address = this.free;
    this.free = pad(this.free + bytes, 64);
    const missing = this.free - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return address;
  }

  /** At least so many bytes; what was in it is lost. */
  reserve(region: Region, bytes: number): number {
    if (bytes > region.bytes) {
      region.bytes = Math.max(bytes, 2 * region.bytes);
      region.address = this.allocate(region.bytes);
    }
    return region.address;
  }

  numbers(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  view(address: number, bytes: number): DataView {
    return new DataView(this.memory.buffer, address, bytes);
  }

  place(values: Float64Array | Int32Array | Uint8Array): number {
    const address = this.allocate(values.byteLength);
    new Uint8Array(this.memory.buffer).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      address,
    );
    return address;
  }

  run(phase: number, pieces: number, task: number, scratch: readonly number[]): void {
    this.pool.runPieces(phase, pieces, task, scratch);
  }

  dispose(): void {
    this.pool.dispose();
  }
}
