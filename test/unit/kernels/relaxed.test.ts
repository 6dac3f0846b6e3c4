/** The kernels with fused multiply-add, where this machine's engine has it: other last bits, the same results. */
import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { Evaluator } from '../../../engine/kernels/evaluator';
import { importedKinds } from '../../fixtures/symmetry-functions';
import { createModel, createStructure, CUTOFF, expectClose, functionsOf } from './models';

// Node 20 has it behind a flag, which counts for what is compiled from here on.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

function createRelaxed(...[model, options]: ConstructorParameters<typeof Evaluator>): Evaluator | undefined {
  try {
    return new Evaluator(model, { ...options, relaxed: true });
  } catch (error) {
    // The engine refuses the module: there is nothing to test.
    expect(String(error)).toMatch(/CompileError|relaxed/i);
    return undefined;
  }
}

test("with relaxed SIMD energies, forces and virial are the reference's", ({ skip }) => {
  const imported = importedKinds(Uint8Array.of(1, 8), CUTOFF);
  const functions = Object.fromEntries(
    ['H', 'O'].map((center) => [
      center,
      [...functionsOf(center), ...imported[center].filter((one) => !('shape' in one) || one.shape.kernel === 'poly2')],
    ]),
  );
  for (const cutoffFunction of ['cos', 'tanh3', 'poly2'] as const) {
    const { reference, model } = createModel(cutoffFunction, { functions });
    for (const [precision, tolerance] of [
      ['f64', 1e-11],
      ['f32', 1e-3],
    ] as const) {
      const evaluator = createRelaxed(model, { precision });
      if (evaluator === undefined) skip('This engine has no relaxed SIMD.');
      else
        for (const structure of [
          createStructure(20, [true, true, true], 6),
          createStructure(3, [false, false, false], 3),
        ])
          expectClose(evaluator.predict(structure), reference.predict(structure), tolerance);
    }
  }
});
