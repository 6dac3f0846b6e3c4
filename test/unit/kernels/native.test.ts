/**
 * The kernels compiled natively, with the address and undefined-behaviour sanitizers: what they touch, and that a machine
 * other than WebAssembly computes the reference's numbers. Skipped where there is neither gcc nor clang.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Evaluator } from '../../../engine/kernels/evaluator';
import type { Precision } from '../../../engine/kernels/module';
import type { NeuralDescription } from '../../../engine/potentials/neural';
import type { Prediction } from '../../../engine/potentials/potential';
import type { Structure } from '../../../engine/structure/structure';
import { chiralKinds, importedKinds } from '../../fixtures/symmetry-functions';
import { createModel, createStructure, CUTOFF, expectClose, functionsOf } from './models';
import { compile, compiler, folder } from './native';

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What of an evaluator the native program needs. */
interface Inside {
  readonly memory: { readonly buffer: SharedArrayBuffer };
  readonly model: number;
  readonly free: number;
  readonly order: Uint32Array;
  readonly arrays: { readonly task: { readonly system: number } };
}

/** What the native program computes in the memory that the evaluator of a structure leaves. */
function predictNatively(
  program: string,
  model: NeuralDescription,
  structure: Structure,
  precision: Precision,
): Prediction {
  const evaluator = new Evaluator(model, { precision, relaxed: false });
  evaluator.predict(structure);
  const { memory, model: address, free, order, arrays } = evaluator as unknown as Inside;
  const image = path.join(folder, 'image');
  const output = path.join(folder, 'output');
  writeFileSync(image, new Uint8Array(memory.buffer).slice(0, free));
  const numbers = [address, arrays.task.system, free].map(String);
  const ran = spawnSync(program, [image, ...numbers, output], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  expect(ran.status).toBe(0);
  evaluator.dispose();
  const bytes = readFileSync(output);
  const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const atoms = order.length;
  const atomicEnergies = new Float64Array(atoms);
  const forces = new Float64Array(3 * atoms);
  order.forEach((atom, i) => {
    atomicEnergies[atom] = values[i];
    forces.set(values.subarray(atoms + 3 * i, atoms + 3 * i + 3), 3 * atom);
  });
  return {
    energy: atomicEnergies.reduce((sum, value) => sum + value, 0),
    atomicEnergies,
    forces,
    virial: values.slice(4 * atoms),
  };
}

for (const precision of ['f64', 'f32'] as const)
  test.skipIf(compiler === undefined)(
    `${precision}: natively and with sanitizers the numbers are the reference's`,
    () => {
      const program = compile('native.c', precision, precision === 'f32' ? ['-DREAL32'] : []);
      // Every type; compact functions of one shape, as those of n2p2's potentials are.
      const imported = importedKinds(Uint8Array.of(1, 8), CUTOFF);
      const chiral = chiralKinds(Uint8Array.of(1, 8), CUTOFF);
      const functions = Object.fromEntries(
        ['H', 'O'].map((center) => [
          center,
          [
            ...functionsOf(center),
            ...imported[center].filter((one) => !('shape' in one) || one.shape.kernel === 'poly2'),
            ...chiral[center].filter(({ coupling }) => coupling === undefined),
          ],
        ]),
      );
      const { reference, model } = createModel('poly2', { functions });
      const structures = [
        createStructure(14, [true, true, true], 5.2),
        createStructure(40, [true, false, true]),
        createStructure(3, [true, true, true], 2.3),
        createStructure(1, [false, false, false]),
        createStructure(2, [false, false, false], 3),
      ];
      for (const structure of structures)
        expectClose(
          predictNatively(program, model, structure, precision),
          reference.predict(structure),
          precision === 'f64' ? 1e-11 : 1e-3,
        );
    },
    120_000,
  );
