/**
 * What training computes, phase by phase, as a native program with sanitizers: it leaves the memory that WebAssembly leaves, and
 * touches nothing that was not allocated. Skipped where there is neither gcc nor clang.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { createKernelBackend } from '../../../engine/training/kernels';
import { createSums } from '../../../engine/training/loss';
import { createTraining } from '../../../engine/training/prepare';
import { Workshop } from '../../../engine/training/workshop';
import { crystals, labelled, setupOf, unwrap } from '../training/samples';
import { compile, compiler, folder } from './native';

afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

interface Call {
  readonly phase: number;
  readonly task: number;
  readonly pieces: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Records what phases find in the memory and what they leave. */
function record(): { readonly calls: Call[]; readonly allocations: number[]; readonly scratch: [number, number][] } {
  const recorded = { calls: [] as Call[], allocations: [] as number[], scratch: [] as [number, number][] };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the workshop as `this`
  const { run, allocate } = Workshop.prototype;
  vi.spyOn(Workshop.prototype, 'allocate').mockImplementation(function (this: Workshop, bytes: number) {
    const address = allocate.call(this, bytes);
    recorded.allocations.push(address, bytes);
    return address;
  });
  vi.spyOn(Workshop.prototype, 'run').mockImplementation(function (this: Workshop, phase, pieces, task, scratch) {
    const image = (): Uint8Array => new Uint8Array(this.memory.buffer).slice();
    const before = image();
    run.call(this, phase, pieces, task, scratch);
    recorded.calls.push({ phase, task, pieces, before, after: image() });
    if (phase === 0) recorded.scratch.push([scratch[0], this.kernel.scratch_bytes(task)]);
  });
  return recorded;
}

it.skipIf(compiler === undefined)(
  'computes natively and with sanitizers what it computes in WebAssembly',
  async () => {
    const program = compile('native-training.c', 'training');
    const recorded = record();
    const [a, b] = labelled('C H H', 2);
    const structures = [a, { ...b, forces: undefined }, ...crystals('C H', 2), ...labelled('C', 1)];
    const backend = createKernelBackend();
    const setup = setupOf(structures, { stress_weight: 1 }, { backend });
    const training = unwrap(await createTraining(setup));
    const { problem, state } = training;
    const samples = Int32Array.from(structures.keys());
    const factors = { energy: 2, force: 0.5, stress: 3 };
    const gradient = new Float64Array(problem.layout.count);
    training.backend.evaluate(state.parameters, samples, factors, createSums(), gradient);
    const scales = { energyScales: Float64Array.of(2), forceScales: Float64Array.of(1, 2, 3) };
    const filter = training.backend.createFilter?.({ prior: 1, blocks: 'element' });
    const observations = { samples, ...scales, stressScales: Float64Array.of(1, 2), zeros: [], forgetting: 0.99 };
    expect(filter?.update(state.parameters.slice(), observations, createSums())).toBe(true);
    const normal = training.backend.createNormal?.({ blocks: 'global' });
    normal?.clear();
    normal?.add(state.parameters, { samples, factors, groups: 2, seed: 3 });
    expect(normal?.solve(0.1, new Float64Array(problem.layout.count).fill(0.1), gradient.slice())).toBe(true);
    backend.dispose();

    const phases = new Set(recorded.calls.map(({ phase }) => phase));
    expect(phases.size).toBeGreaterThan(6);
    const [image, allocations, output] = ['image', 'allocations', 'output'].map((name) => path.join(folder, name));
    writeFileSync(allocations, Uint32Array.from(recorded.allocations));
    // The first of each kind of work: each costs an image of the memory.
    const seen = new Set<string>();
    for (const { phase, task, pieces, before, after } of recorded.calls) {
      const kind = `${phase} ${task}`;
      if (phase !== 0 && seen.has(kind)) continue;
      seen.add(kind);
      writeFileSync(image, before);
      const ran = spawnSync(program, [image, allocations, phase, task, pieces, output].map(String), {
        encoding: 'utf8',
      });
      expect(ran.stderr).toBe('');
      expect(ran.status).toBe(0);
      expectSame(readFileSync(output), after, recorded);
    }
  },
  120_000,
);

/** All memory but scratch and stack, which lies before everything else: the same numbers but for rounding. */
function expectSame(bytes: Buffer, expected: Uint8Array, { allocations, scratch }: ReturnType<typeof record>): void {
  const own = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~7)));
  const other = new Float64Array(expected.buffer, expected.byteOffset, own.length);
  let differing = 0;
  for (let i = Math.min(...allocations.filter((_, k) => k % 2 === 0)) / 8; i < own.length; i++) {
    if (Object.is(own[i], other[i])) continue;
    const isScratch = scratch.some(([at, length]) => 8 * i >= at && 8 * i < at + length);
    if (isScratch || Math.abs(own[i] - other[i]) <= 1e-9 * Math.max(1e-3, Math.abs(other[i]))) continue;
    differing++;
  }
  expect(differing).toBe(0);
}
