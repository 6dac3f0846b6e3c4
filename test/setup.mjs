// Before the unit tests: what they load that is compiled, the kernels and the thread that works on them.
import { build } from 'esbuild';
import { buildKernels } from '../scripts/build-kernels.mjs';

export default async function setup() {
  await buildKernels();
  await build({
    entryPoints: ['engine/kernels/worker.ts'],
    outfile: 'dist/kernel-worker.js',
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
}
