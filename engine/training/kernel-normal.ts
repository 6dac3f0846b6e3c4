/** Gauss–Newton equations of the backend `native` (kernels/gauss-newton.h). */
import type { NormalEquations, NormalSettings } from './backend';
import { MAKE, RUN, SIZES, type Core } from './kernel-core';
import { createSums } from './loss';
import { placeBlocks, traceOfTiles } from './tile-blocks';

/** Atoms of the structures that share rows: few, so that there are many rows for little work. */
const SKETCH_ATOMS = 24;

export function createNormal(core: Core, { blocks }: NormalSettings): NormalEquations {
  const { workshop, segments, stride } = core;
  const matrix = placeBlocks(workshop, segments, stride, blocks, 0);
  const factors = placeBlocks(workshop, segments, stride, blocks, 0);
  const normalAt = workshop.allocate(SIZES.normal);
  const diagonalAt = workshop.allocate(8 * stride);
  const vectorAt = workshop.allocate(8 * stride);
  for (const address of [diagonalAt, vectorAt]) workshop.numbers(address, stride).fill(0);
  const view = workshop.view(normalAt, SIZES.normal);
  [matrix.at, factors.at, 0, diagonalAt, vectorAt].forEach((address, k) => view.setUint32(8 + 4 * k, address, true));
  [matrix.count, 0, stride, 0, 0].forEach((value, k) => view.setInt32(28 + 4 * k, value, true));
  const ROWS = 16;
  const COUNT = 32;
  const STEP = 40;
  const FAILED = 44;

  return {
    pieces: (samples) => core.cut(samples, SKETCH_ATOMS).length - 1,
    clear() {
      for (const values of Object.values(matrix.matrices)) values.fill(0);
    },
    meanDiagonal() {
      const sum = Object.values(matrix.matrices).reduce((total, values) => total + traceOfTiles(values), 0);
      return sum / core.segments.reduce((total, { count }) => total + count, 0);
    },
    add(parameters, { samples, factors: weights, groups, seed }) {
      const energyScales = Float64Array.of(Math.sqrt(2 * weights.energy)).subarray(0, weights.energy > 0 ? 1 : 0);
      const forceScales = new Float64Array(weights.force > 0 ? groups : 0).fill(Math.sqrt(2 * weights.force));
      const stressScales = Float64Array.of(Math.sqrt(2 * weights.stress)).subarray(0, weights.stress > 0 ? 1 : 0);
      const sketch = { make: MAKE.sketch, factors: weights, energyScales, forceScales, stressScales, added: 0, seed };
      const { rows, totals, scratch } = core.match(
        parameters,
        samples,
        { ...sketch, atoms: SKETCH_ATOMS },
        createSums(),
      );
      const task = workshop.view(normalAt, SIZES.normal);
      task.setUint32(ROWS, totals, true);
      task.setInt32(COUNT, rows, true);
      workshop.run(RUN.normalAdd, matrix.rows, normalAt, scratch);
    },
    solve(damping, diagonal, vector) {
      core.pack(diagonal, diagonalAt);
      core.pack(vector, vectorAt);
      const task = workshop.view(normalAt, SIZES.normal);
      task.setFloat64(0, damping, true);
      task.setInt32(FAILED, 0, true);
      const scratch = new Array<number>(workshop.threads).fill(0);
      workshop.run(RUN.normalCopy, matrix.rows, normalAt, scratch);
      for (let step = 0; step < matrix.longest; step++) {
        task.setInt32(STEP, step, true);
        workshop.kernel.run_piece(RUN.normalPivot, normalAt, 0, 0);
        if (task.getInt32(FAILED, true) !== 0) return false;
        workshop.run(RUN.normalColumn, matrix.rows, normalAt, scratch);
        workshop.run(RUN.normalReduce, matrix.rows, normalAt, scratch);
      }
      workshop.kernel.run_piece(RUN.normalSolve, normalAt, 0, 0);
      core.unpack(vectorAt, (at, value) => (vector[at] = value));
      return true;
    },
  };
}
