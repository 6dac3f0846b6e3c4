// Bundles what the training backend `tensorflow` uses of TensorFlow.js into dist/tensorflow/, beside the WebAssembly that
// it loads: files that nothing else needs.
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './prepare.mjs';

export async function buildTensorFlow(options = {}) {
  const folder = path.join(root, 'dist', 'tensorflow');
  mkdirSync(folder, { recursive: true });
  // Of its three variants: every engine that runs our own kernels has SIMD, and tfjs has no threads in Node.
  const binary = 'tfjs-backend-wasm-simd.wasm';
  copyFileSync(
    path.join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist', binary),
    path.join(folder, binary),
  );
  return build({
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    ...options,
    entryPoints: [path.join(root, 'engine', 'training', 'tensorflow', 'tfjs.ts')],
    outfile: path.join(folder, 'tfjs.js'),
    // Its modules instead of its ready-made bundles: what is not used stays out.
    mainFields: ['module', 'main'],
    // Asked for only when something is fetched from the network.
    external: ['node-fetch'],
  });
}
