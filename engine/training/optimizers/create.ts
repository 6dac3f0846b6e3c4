/** The optimizer that a definition asks for. */
import type { OptimizerDefinition, TrainDefinition } from '../../../language/definition/definition';
import { ok, type Result } from '../../../protocol/result';
import type { Backend } from '../backend';
import { lossFactors, type Problem } from '../loss';
import type { LabelCounts } from '../training';
import { createAdam } from './adam';
import { withAverage } from './average';
import { createKalman } from './kalman';
import { createLbfgs } from './lbfgs';
import { createLevenbergMarquardt } from './levenberg-marquardt';
import type { Optimizer } from './optimizer';

export function createOptimizer(
  optimizer: OptimizerDefinition,
  options: TrainDefinition['options'],
  problem: Problem,
  backend: Backend,
  labels: LabelCounts,
): Result<Optimizer> {
  const { layout } = problem;
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
