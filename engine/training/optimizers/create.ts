/** The optimizer that a definition asks for. */
import type { OptimizerDefinition, TrainDefinition } from '../../../language/definition/definition';
import { fail, ok, type Problem as Failure, type Result } from '../../../protocol/result';
import type { Backend } from '../backend';
import { lossFactors, type Layout, type Problem } from '../loss';
import type { LabelCounts } from '../training';
import { createAdam } from './adam';
import { withAverage } from './average';
import { createKalman } from './kalman';
import { createLbfgs } from './lbfgs';
import { createLevenbergMarquardt } from './levenberg-marquardt';
import type { Optimizer } from './optimizer';

/** Bytes that the matrices of an optimizer may take: they share 4 GiB with the derivatives of the symmetry functions. */
const MATRIX_BUDGET = 2 * 2 ** 30;

/** @returns problems TR009 for a backend that has no rows, TR011 for matrices that don't fit into memory */
export function createOptimizer(
  optimizer: OptimizerDefinition,
  options: TrainDefinition['options'],
  problem: Problem,
  backend: Backend,
  labels: LabelCounts,
): Result<Optimizer> {
  const { layout } = problem;
  const tooLarge = checkMatrices(optimizer, layout);
  if (tooLarge !== undefined) return fail(tooLarge);
  switch (optimizer.kind) {
    case 'adam':
      return ok(withAverage(createAdam(layout, optimizer.options), optimizer.options.average, layout.count));
    case 'lbfgs':
      return ok(createLbfgs(layout.count, optimizer.options));
    case 'levenberg_marquardt': {
      const factors = lossFactors(options, labels);
      return createLevenbergMarquardt(problem, backend, factors, options.regularization, optimizer.options);
    }
    case 'kalman': {
      const filter = createKalman(problem, backend, labels, options, optimizer.options);
      return filter.ok ? ok(withAverage(filter.value, optimizer.options.average, layout.count)) : filter;
    }
  }
}

/** Of covariance and Gauss–Newton matrix half is kept; of the latter its factor, too. */
function checkMatrices({ kind, options }: OptimizerDefinition, { networks, count }: Layout): Failure | undefined {
  if (kind === 'adam' || kind === 'lbfgs') return undefined;
  const sizes = options.blocks === 'global' ? [count] : networks.map((network) => network.count);
  const bytes = sizes.reduce((sum, size) => sum + size ** 2, 0) * (kind === 'kalman' ? 4 : 8);
  if (bytes <= MATRIX_BUDGET) return undefined;
  const elsewhere = options.blocks === 'global' ? '`blocks = element`, which takes less, or ' : '';
  return {
    code: 'TR011',
    message: `The matrices of ${kind} for ${count} weights take ${(bytes / 2 ** 30).toFixed(1)} GiB, of which ${MATRIX_BUDGET / 2 ** 30} are there: write ${elsewhere}\`optimizer adam { }\` or \`optimizer lbfgs { }\`, or make the networks smaller.`,
  };
}
