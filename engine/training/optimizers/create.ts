/** The optimizer that a definition asks for. */
import { ok, type Result } from '../../../protocol/result';
import type { Backend } from '../backend';
import type { Problem } from '../loss';
import type { LabelCounts, TrainingSetup } from '../training';
import { createAdam } from './adam';
import { withAverage } from './average';
import { createKalman } from './kalman';
import { createLbfgs } from './lbfgs';
import type { Optimizer } from './optimizer';

export function createOptimizer(
  { optimizer, options }: TrainingSetup,
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
    case 'kalman': {
      const filter = createKalman(problem, backend, labels, options, optimizer.options);
      return filter.ok ? ok(withAverage(filter.value, optimizer.options.average, layout.count)) : filter;
    }
  }
}
