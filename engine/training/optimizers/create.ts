/** The optimizer that a definition asks for. */
import { ok, type Result } from '../../../protocol/result';
import type { Backend } from '../backend';
import type { Problem } from '../loss';
import type { LabelCounts, TrainingSetup } from '../training';
import { createAdam } from './adam';
import { createKalman } from './kalman';
import type { Optimizer } from './optimizer';

export function createOptimizer(
  { optimizer, options }: TrainingSetup,
  problem: Problem,
  backend: Backend,
  labels: LabelCounts,
): Result<Optimizer> {
  switch (optimizer.kind) {
    case 'adam':
      return ok(createAdam(problem.layout.count, optimizer.options));
    case 'kalman':
      return createKalman(problem, backend, labels, options, optimizer.options);
  }
}
