// Before the unit tests: what they load that is compiled, the kernels, the thread that works on them, and TensorFlow.js.
import { build } from 'esbuild';
import { buildKernels } from '../scripts/build-kernels.mjs';
import { buildTensorFlow } from '../scripts/build-tensorflow.mjs';

export default async function setup() {
  await buildKernels();
  await buildTensorFlow();
  await build({
    entryPoints: ['engine/kernels/worker.ts'],
    outfile: 'dist/kernel-worker.js',
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
}
