// Compiles engine/kernels/*.c to WebAssembly with the pinned npm package @yowasp/clang: kernel.c in f64 and f32 arithmetic,
// with plain and with relaxed (fused multiply-add) SIMD, training.c in f64 with plain SIMD alone, table.c. Results are kept by a hash of sources, flags and compiler, so that an
// unchanged kernel costs nothing. Nothing is downloaded.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './prepare.mjs';

const sources = path.join(root, 'engine', 'kernels');
const cache = path.join(root, 'node_modules', '.cache', 'nearsight');
const output = path.join(root, 'dist', 'kernels');

const flagsOf = (...lines) => lines.flatMap((line) => line.split(' '));
const common = flagsOf(
  '--target=wasm32 -std=gnu11 -O3 -msimd128 -mbulk-memory -mmutable-globals -fno-math-errno -ffp-contract=off',
  '-nostdlib -fno-builtin-memset -fno-builtin-memcpy -Wall -Wextra -Werror -Wl,--no-entry -Wl,--strip-debug',
);
/** Threads share a memory, in which each has its stack. */
const shared = flagsOf(
  '-matomics -Wl,--import-memory -Wl,--shared-memory -Wl,--max-memory=4294967296',
  '-Wl,--export=__heap_base -Wl,--export=__stack_pointer -Wl,-z,stack-size=262144',
);

/** Source and further flags. */
const modules = {
  f64: ['kernel.c', ...shared],
  f32: ['kernel.c', ...shared, '-DREAL32'],
  'f64-relaxed': ['kernel.c', ...shared, '-DRELAXED', '-mrelaxed-simd'],
  'f32-relaxed': ['kernel.c', ...shared, '-DREAL32', '-DRELAXED', '-mrelaxed-simd'],
  training: ['training.c', ...shared],
  table: ['table.c'],
};

export async function buildKernels() {
  const names = readdirSync(sources)
    .filter((name) => /\.[ch]$/.test(name))
    .sort();
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(path.join(sources, name), 'utf8')]));
  const lock = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const compiler = lock.devDependencies['@yowasp/clang'];
  mkdirSync(cache, { recursive: true });
  mkdirSync(output, { recursive: true });
  let clang;
  for (const [name, [source, ...flags]] of Object.entries(modules)) {
    const used = includedBy(source, files);
    const key = JSON.stringify([compiler, common, source, flags, used]);
    const cached = path.join(cache, `${createHash('sha256').update(key).digest('hex')}.wasm`);
    if (!existsSync(cached)) {
      if (!clang) console.log('Compiling the kernels (once, about 20 s)…');
      clang ??= (await import('@yowasp/clang')).commands.clang;
      const started = performance.now();
      const print = (bytes) => bytes && process.stderr.write(bytes);
      const made = await clang([...common, ...flags, source, '-o', 'kernel.wasm'], used, {
        stdout: print,
        stderr: print,
        fetchProgress: () => {},
      });
      // Written aside and renamed: a build that is killed leaves no half module.
      writeFileSync(`${cached}.${process.pid}`, made['kernel.wasm']);
      renameSync(`${cached}.${process.pid}`, cached);
      console.log(
        `  ${name}: ${made['kernel.wasm'].length} bytes, ${((performance.now() - started) / 1000).toFixed(1)} s`,
      );
    }
    copyFileSync(cached, path.join(output, `${name}.wasm`));
  }
}

/** A source and what it includes, directly or not. */
function includedBy(source, files, found = {}) {
  found[source] = files[source];
  for (const [, name] of files[source].matchAll(/^#include "(.+)"$/gm))
    if (!(name in found)) includedBy(name, files, found);
  return found;
}
