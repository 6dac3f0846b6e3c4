/** Gauss–Newton equations of the kernels: the matrix by finite differences, and what Levenberg–Marquardt makes of it. */
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../engine/random';
import { groupOf, type BackendProvider, type NormalEquations } from '../../../engine/training/backend';
import { createKernelBackend } from '../../../engine/training/kernels';
import { needsDerivatives, predictSample, viewNetworks } from '../../../engine/training/loss';
import { createTraining } from '../../../engine/training/prepare';
import type { Training } from '../../../engine/training/training';
import { crystals, invert, labelled, setupOf, unwrap } from './samples';

const provider: Required<BackendProvider> = createKernelBackend(2);
afterAll(() => provider.dispose());

const factors = { energy: 2, force: 0.3, stress: 3 };

/** The sign of an error as force-matching.h draws it. */
function signOf(seed: number, sample: number, component: number): number {
  let h = (seed ^ Math.imul(sample, 0x9e3779b1) ^ Math.imul(component, 0x85ebca77)) >>> 0;
  for (let pass = 0; pass < 2; pass++) {
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
    h = (h ^ (h >>> 16)) >>> 0;
  }
  return (h & 1) === 1 ? 1 : -1;
}

async function prepare() {
  const structures = [...labelled('C H H', 3), ...labelled('C H', 3), ...crystals('C H', 2)];
  structures[1] = { ...structures[1], forces: undefined };
  structures[2] = { ...structures[2], energy: undefined };
  const training = unwrap(await createTraining(setupOf(structures, { stress_weight: 1 }, { backend: provider })));
  const random = createRandom(5, 'parameters');
  return { training, parameters: training.state.parameters.map((p) => p + 0.2 * random.normal()) };
}

/** All errors, each multiplied with the root of twice its factor: energy per atom first, then forces and the virial per atom, NaN where there is no label. */
function errors({ problem }: Training, parameters: Float64Array): Float64Array[] {
  const networks = viewNetworks(problem.layout, parameters);
  const offsets = parameters.subarray(problem.layout.offsetsAt);
  return problem.samples.map((sample, s) => {
    const derivatives = needsDerivatives(sample) ? problem.derivatives(s) : undefined;
    const energy = predictSample(problem, networks, offsets, sample, derivatives);
    const atoms = sample.inputs.elements.length;
    const found = new Float64Array(1 + 3 * atoms + 6).fill(NaN);
    const { virial } = problem.buffers;
    if (sample.energy !== undefined) found[0] = (Math.sqrt(2 * factors.energy) * (energy - sample.energy)) / atoms;
    sample.forces?.forEach((f, c) => (found[1 + c] = Math.sqrt(2 * factors.force) * (problem.buffers.forces[c] - f)));
    sample.virial?.forEach((w, v) => {
      found[1 + 3 * atoms + v] = (Math.sqrt(2 * factors.stress) * (virial[v] - w)) / atoms;
    });
    return found;
  });
}

/** Derivatives of all errors by all parameters: [parameter][structure][error]. */
function jacobian(training: Training, parameters: Float64Array): Float64Array[][] {
  const h = 1e-3;
  return Array.from(parameters, (p, i) => {
    const [a, b, c, d] = [h, -h, 2 * h, -2 * h].map((step) => errors(training, parameters.with(i, p + step)));
    return a.map((row, s) => row.map((_, e) => (8 * (a[s][e] - b[s][e]) - (c[s][e] - d[s][e])) / (12 * h)));
  });
}

/** N b of the kernels: with a damping that dwarfs N, x = (N + μ)⁻¹ b tells it. */
function product(normal: NormalEquations, vector: Float64Array): Float64Array {
  const damping = 1e4 * normal.meanDiagonal();
  const inverse = (of: Float64Array): Float64Array => {
    const x = of.slice();
    expect(normal.solve(damping, new Float64Array(x.length), x)).toBe(true);
    return x;
  };
  // N x = b − μ x, and b = μ x to first order.
  return inverse(vector).map((x, i) => damping * (vector[i] - damping * x));
}

describe('the Gauss–Newton matrix', () => {
  it.each(['global', 'element'] as const)(
    'is that of signed sums of errors, and is solved with (%s)',
    async (blocks) => {
      const { training, parameters } = await prepare();
      const { layout, samples } = training.problem;
      const n = layout.count;
      const J = jacobian(training, parameters);
      const [groups, seed] = [3, 7];
      // Structures share rows until they have 24 atoms; here all do.
      const rows = Array.from({ length: 1 + groups + 1 }, () => new Float64Array(n));
      samples.forEach(({ inputs, energy, forces, virial }, s) => {
        const atoms = inputs.elements.length;
        for (let i = 0; i < n; i++) {
          if (energy !== undefined) rows[0][i] += signOf(seed, s, 3 * atoms) * J[i][s][0];
          for (let c = 0; forces !== undefined && c < 3 * atoms; c++)
            rows[1 + groupOf(s, Math.floor(c / 3), groups)][i] += signOf(seed, s, c) * J[i][s][1 + c];
          for (let v = 0; virial !== undefined && v < 6; v++)
            rows[1 + groups][i] += signOf(seed, s, 3 * atoms + 1 + v) * J[i][s][1 + 3 * atoms + v];
        }
      });
      const block = Int32Array.from({ length: n }, (_, i) =>
        blocks === 'global' ? 0 : layout.networks.findIndex(({ at, count }) => i >= at && i < at + count),
      );
      const random = createRandom(2, 'diagonal');
      const diagonal = Float64Array.from({ length: n }, () => 0.1 + random.uniform());
      const vector = Float64Array.from({ length: n }, () => random.normal());
      const damping = 0.05;
      const matrix = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (__, j) => {
          const sum = block[i] === block[j] ? rows.reduce((total, row) => total + row[i] * row[j], 0) : 0;
          return sum + (i === j ? damping + diagonal[i] : 0);
        }),
      );
      const expected = invert(matrix).map((row) => row.reduce((sum, value, j) => sum + value * vector[j], 0));

      const normal = training.backend.createNormal?.({ blocks });
      if (normal === undefined) throw new Error('There are no equations.');
      const all = Int32Array.from(samples, (_, s) => s);
      expect(normal.pieces(all)).toBe(1);
      for (let repeat = 0; repeat < 2; repeat++) {
        normal.clear();
        normal.add(parameters, { samples: all, factors, groups, seed });
        const x = vector.slice();
        expect(normal.solve(damping, diagonal, x)).toBe(true);
        const largest = Math.max(...expected.map(Math.abs));
        x.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-7 * largest));
      }
      const trace = rows.reduce((sum, row) => sum + row.reduce((squares, value) => squares + value ** 2, 0), 0);
      expect(normal.meanDiagonal()).toBeCloseTo(trace / n, 8);
      expect(normal.solve(-1e3, diagonal, vector.slice())).toBe(false);
    },
  );

  it('is on average that of the single errors', async () => {
    const { training, parameters } = await prepare();
    const { layout, samples } = training.problem;
    const J = jacobian(training, parameters);
    const random = createRandom(2, 'vector');
    const vector = Float64Array.from({ length: layout.count }, () => random.normal());
    const expected = new Float64Array(layout.count);
    samples.forEach((_, s) =>
      J[0][s].forEach((one, e) => {
        if (Number.isNaN(one)) return;
        const along = J.reduce((sum, row, i) => sum + row[s][e] * vector[i], 0);
        J.forEach((row, i) => (expected[i] += row[s][e] * along));
      }),
    );
    const normal = training.backend.createNormal?.({ blocks: 'global' });
    if (normal === undefined) throw new Error('There are no equations.');
    const all = Int32Array.from(samples, (_, s) => s);
    const deviation = (sketches: number): number => {
      const mean = new Float64Array(layout.count);
      normal.clear();
      for (let seed = 0; seed < sketches; seed++) normal.add(parameters, { samples: all, factors, groups: 8, seed });
      product(normal, vector).forEach((value, i) => (mean[i] = value / sketches));
      const difference = Math.hypot(...mean.map((value, i) => value - expected[i]));
      return difference / Math.hypot(...expected);
    };
    expect(deviation(1000)).toBeLessThan(0.1);
    expect(deviation(10)).toBeGreaterThan(0.1);
  });
});
