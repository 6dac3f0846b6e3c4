/**
 * Levenberg–Marquardt: Newton's method on all data at once with the Gauss–Newton Hessian N of the loss, damped so that each
 * step makes the loss smaller: (N + μ) δ = −∇L (Levenberg, Q. Appl. Math. 2, 164 (1944); Marquardt, SIAM J. Appl. Math.
 * 11, 431 (1963)); μ follows the gain as in Nielsen, IMM-REP-1999-05 (Technical University of Denmark), eq. 2.5.
 *
 * The gradient is exact. N is a sketch: errors of a few structures are added up with random signs, anew in each update,
 * so that there are `oversampling` rows for each parameter instead of one for each force component, which would cost
 * a pass back through the networks each (Pilanci and Wainwright, SIAM J. Optim. 27, 205 (2017)). Memory is that of two
 * matrices, N and its factor.
 */
import type { OptimizerOptions } from '../../../language/definition/definition';
import { fail, ok, type Result } from '../../../protocol/result';
import { dot } from '../../vectors';
import type { Backend } from '../backend';
import type { LossFactors, Problem } from '../loss';
import type { Optimizer } from './optimizer';
import { createPoint, evaluateAt } from './point';

/** What `status` holds: μ, 0 before the first update; by what it grows when a step fails; whether there is none left. */
const DAMPING = 0;
const GROWTH = 1;
const DONE = 2;

const MAXIMUM_ATTEMPTS = 8;
/** Atoms of the rows that are made between two pauses. */
const ATOMS = 1000;
const MAXIMUM_GROUPS = 64;
/** A step so much shorter than the parameters changes nothing any more. */
const SHORTEST = 1e-10;

/** @returns problem TR009 for a backend that has no rows */
export function createLevenbergMarquardt(
  { layout, samples }: Problem,
  backend: Backend,
  factors: LossFactors,
  regularization: number,
  { damping, oversampling, blocks }: OptimizerOptions<'levenberg_marquardt'>,
): Result<Optimizer> {
  const normal = backend.createNormal?.({ blocks });
  if (normal === undefined) {
    const message = `The backend ${backend.name} knows only the gradient of the loss, not the rows that a Gauss–Newton matrix needs: write optimizer lbfgs { }, or backend = native.`;
    return fail({ code: 'TR009', message });
  }
  const point = createPoint(layout.count);
  const status = Float64Array.of(0, 2, 0);
  const curvature = Float64Array.from(layout.isWeight, (isWeight) => 2 * regularization * isWeight);

  return ok({
    state: { status, ...point.state },
    batchSize: Infinity,
    isDone: () => status[DONE] === 1,
    async update(parameters, batch, step) {
      const known = await point.find(parameters, step);
      if (known !== 'known') return known;
      normal.clear();
      const rows = oversampling * layout.count;
      const groups = Math.min(MAXIMUM_GROUPS, Math.max(1, Math.ceil(rows / normal.pieces(batch)) - 1));
      for (let first = 0, end = 0; first < batch.length; first = end) {
        for (let atoms = 0; end < batch.length && atoms < ATOMS; end++)
          atoms += samples[batch[end]].inputs.elements.length;
        if (await step.pause()) return 'stopped';
        normal.add(parameters, { samples: batch.subarray(first, end), factors, groups, seed: step.update });
      }
      // Attempts are counted from what was known at the beginning, so that one that is stopped begins the same again.
      let [mu, growth] = status;
      if (mu === 0) mu = damping * normal.meanDiagonal();
      for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++, mu *= growth, growth *= 2) {
        if (await step.pause()) return 'stopped';
        const change = point.gradient.map((g) => -g);
        if (!normal.solve(mu, curvature, change)) continue;
        const tried = await evaluateAt(
          parameters.map((x, i) => x + change[i]),
          step,
        );
        if (tried === undefined) return 'stopped';
        const expected = 0.5 * (mu * dot(change, change) - dot(point.gradient, change));
        const gain = (point.loss() - tried.loss) / expected;
        if (!(gain > 0)) {
          if (dot(change, change) > SHORTEST ** 2 * dot(parameters, parameters)) continue;
          status[DONE] = 1;
          break;
        }
        for (let i = 0; i < layout.count; i++) parameters[i] += change[i];
        point.note(tried);
        mu *= Math.max(1 / 3, 1 - (2 * gain - 1) ** 3);
        growth = 2;
        break;
      }
      status[DAMPING] = mu;
      status[GROWTH] = growth;
      return point.sums();
    },
  });
}
