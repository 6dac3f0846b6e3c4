/** Kernels as native programs with the address and undefined-behaviour sanitizers, where there is a compiler that can. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const FLAGS = ['-std=gnu11', '-O0', '-g1', '-Wall', '-Wextra', '-Werror', '-Wno-psabi', '-Wno-unknown-warning-option'];
const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** To be removed when the tests of the file are over. */
export const folder = mkdtempSync(path.join(tmpdir(), 'nearsight-native-'));

/** The first compiler that makes sanitized programs here. */
function findCompiler(): string | undefined {
  const source = path.join(folder, 'probe.c');
  writeFileSync(source, 'int main(void) { return 0; }\n');
  const program = path.join(folder, 'probe');
  return ['gcc', 'clang'].find((compiler) => {
    const made = spawnSync(compiler, [...SANITIZERS, source, '-o', program]);
    return made.status === 0 && spawnSync(program).status === 0;
  });
}
export const compiler = findCompiler();
if (compiler === undefined) console.warn('No gcc or clang with sanitizers here: the kernels are not tested natively.');

/** @param source beside this file; @returns the program */
export function compile(source: string, name: string, defines: readonly string[] = []): string {
  const program = path.join(folder, name);
  const flags = [...FLAGS, ...SANITIZERS, ...defines, path.join(__dirname, source), '-o', program, '-lm'];
  execFileSync(compiler ?? '', flags, { stdio: 'pipe' });
  return program;
}
