/**
 * Finds a TensorFlow: `@tensorflow/tfjs-node` where the user has installed it, else the WebAssembly backend that comes with
 * us, else plain JavaScript. Nothing of it is loaded before a training asks for it.
 *
 * What rounds differently has a different device, by which a checkpoint knows what it was made with.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { fail, ok, type Problem, type Result } from '../../../protocol/result';
import type { TensorFlow } from './program';
import type * as tfjs from './tfjs';

export const DEVICES = ['tfjs-node', 'wasm', 'cpu'] as const;
export type Device = (typeof DEVICES)[number];

export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  readonly device: Device;
  /** For people. */
  readonly description: string;
  /** Why it is not a better one, if that is no matter of course. */
  readonly warnings: readonly Problem[];
}

export interface LoadOptions {
  /** Folders from which, upwards, node_modules are searched. */
  readonly from: readonly string[];
  /** The one that it has to be; without it the best. */
  readonly device?: Device;
  /** Where the build puts the bundle of tfjs. */
  readonly bundle?: string;
}

const PACKAGE = '@tensorflow/tfjs-node';

const DESCRIPTIONS: Readonly<Record<Device, string>> = {
  'tfjs-node': `TensorFlow through ${PACKAGE}`,
  wasm: 'the WebAssembly backend of TensorFlow.js',
  cpu: 'the plain JavaScript backend of TensorFlow.js',
};

/** @returns problem TR007 if none, or not the wanted one, can be loaded */
export async function loadTensorFlow({
  from,
  device: wanted,
  bundle = bundleFolder(),
}: LoadOptions): Promise<Result<LoadedTensorFlow>> {
  const warnings: Problem[] = [];
  const loaded = (tf: TensorFlow, device: Device): Result<LoadedTensorFlow> =>
    ok({ tf, device, description: `${DESCRIPTIONS[device]} (float32)`, warnings });
  if (wanted === undefined || wanted === 'tfjs-node') {
    const found = findPackage(from);
    if (found !== undefined) {
      const tf = loadPackage(found);
      if (tf.ok) return loaded(tf.value, 'tfjs-node');
      warnings.push(...tf.problems);
    }
    if (wanted === 'tfjs-node') {
      const message = `This training was begun with ${PACKAGE}, and only with it goes on to the same result: install it again, or start the training anew.`;
      return fail({ code: 'TR007', message }, ...warnings);
    }
  }
  let tf: typeof tfjs;
  try {
    tf = createRequire(path.join(bundle, 'tfjs.js'))('./tfjs.js') as typeof tfjs;
  } catch (error) {
    const message = `TensorFlow.js cannot be loaded from ${bundle}: ${firstLine(error)} Install Nearsight again, or train with backend = native.`;
    return fail({ code: 'TR007', message }, ...warnings);
  }
  // Without it, advice about other packages goes to the terminal.
  tf.enableProdMode();
  tf.setWasmPaths(bundle + path.sep);
  for (const device of ['wasm', 'cpu'] as const) {
    if (wanted !== undefined && wanted !== device) continue;
    if (await tf.setBackend(device)) return loaded(tf, device);
    const message = `${DESCRIPTIONS[device]} does not start on this machine.`;
    warnings.push({ code: 'TR007', message: message[0].toUpperCase() + message.slice(1) });
  }
  return fail(...warnings);
}

/** Path of the main file of tfjs-node, if it is installed. */
function findPackage(from: readonly string[]): string | undefined {
  for (const folder of from) {
    try {
      return createRequire(path.join(folder, 'anything.js')).resolve(PACKAGE);
    } catch {
      // Not from there.
    }
  }
  return undefined;
}

/** @returns problem TR007 if it is installed in such a way that it doesn't start */
function loadPackage(file: string): Result<TensorFlow> {
  restoreUtilities();
  const isFirst = !('_tfengine' in globalThis);
  try {
    return ok(createRequire(file)(file) as TensorFlow);
  } catch (error) {
    // What it has registered until it failed is shared by all copies of tfjs in a process: ours starts without it.
    if (isFirst) for (const name of ['_tfengine', '_tfGlobals']) Reflect.deleteProperty(globalThis, name);
    const message = `${PACKAGE} is installed (${file}), but doesn't start: ${firstLine(error)} Its own installation (npm rebuild ${PACKAGE}) downloads and builds what it needs.`;
    return fail({ code: 'TR007', message });
  }
}

/** tfjs-node 4.22 calls two functions that Node 23 has removed from `util` (tfjs issue 8609). */
function restoreUtilities(): void {
  const utilities = util as Partial<Record<'isNullOrUndefined' | 'isArray', unknown>>;
  utilities.isNullOrUndefined ??= (value: unknown) => value === undefined || value === null;
  utilities.isArray ??= Array.isArray;
}

function firstLine(error: unknown): string {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return /[.!?]\s*$/.test(line) ? line.trim() : `${line.trim()}.`;
}

/** Beside the bundle of the command line, or in dist/ when run from the sources. */
function bundleFolder(): string {
  const fromSources = path.basename(__dirname) === 'tensorflow';
  return fromSources ? path.join(__dirname, '../../../dist/tensorflow') : path.join(__dirname, 'tensorflow');
}
