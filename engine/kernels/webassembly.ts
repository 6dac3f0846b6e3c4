/** WebAssembly as far as we use it: the types of Node don't have it, and those of browsers must not be seen here. */

export interface WasmMemory {
  /** Shared memories only: a SharedArrayBuffer that grows in place. */
  readonly buffer: SharedArrayBuffer;
  /** @throws RangeError if there is no more. */
  grow(pages: number): number;
}

export interface WasmGlobal {
  value: number;
}

/** A compiled module: opaque, can be sent to a worker thread. */
export interface WasmModule {
  readonly __module: never;
}

interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports?: { env: { memory: WasmMemory } },
  ) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
