/**
 * L-BFGS: Newton's method on all data at once, with the inverse Hessian that the last steps and changes of the gradient
 * tell (Liu and Nocedal, Math. Program. 45, 503 (1989); Nocedal and Wright, Numerical Optimization, 2nd ed. (2006),
 * algorithms 7.4 and 7.5). One update is one iteration, with as many evaluations as its line search takes, mostly one.
 *
 * Where the line search fails along the quasi-Newton direction, the memory is dropped and the negative gradient tried;
 * where that fails too, the loss can't be made smaller in this arithmetic, and the optimizer is done.
 */
import type { OptimizerOptions } from '../../../language/definition/definition';
import { addScaled, dot } from '../../vectors';
import { searchLine, type Trial } from './line-search';
import type { Optimizer, Step } from './optimizer';
import { createPoint, evaluateAt, type Evaluated } from './point';

/** What `status` holds: number of pairs, where the next goes, whether the search is over. */
const PAIRS = 0;
const NEXT = 1;
const DONE = 2;

interface Candidate extends Trial, Evaluated {
  readonly parameters: Float64Array;
}

/** @param count of parameters */
export function createLbfgs(count: number, { memory }: OptimizerOptions<'lbfgs'>): Optimizer {
  /** sₖ = xₖ₊₁ − xₖ and yₖ = ∇fₖ₊₁ − ∇fₖ, one after the other. */
  const steps = new Float64Array(memory * count);
  const changes = new Float64Array(memory * count);
  const point = createPoint(count);
  const { gradient } = point;
  const status = new Float64Array(3);

  /** −H ∇f by the two loops of algorithm 7.4, with γ of eq. 7.20 as the first Hessian. */
  function direction(): Float64Array {
    const result = gradient.map((g) => -g);
    const pairs = Array.from({ length: status[PAIRS] }, (_, age) => {
      const at = ((status[NEXT] - 1 - age + memory) % memory) * count;
      const s = steps.subarray(at, at + count);
      const y = changes.subarray(at, at + count);
      return { s, y, curvature: dot(s, y) };
    });
    const alphas = pairs.map(({ s, y, curvature }) => {
      const alpha = dot(s, result) / curvature;
      addScaled(result, -alpha, y);
      return alpha;
    });
    if (pairs.length > 0) {
      const gamma = pairs[0].curvature / dot(pairs[0].y, pairs[0].y);
      for (let i = 0; i < count; i++) result[i] *= gamma;
    }
    for (let k = pairs.length - 1; k >= 0; k--) {
      const { s, y, curvature } = pairs[k];
      addScaled(result, alphas[k] - dot(y, result) / curvature, s);
    }
    return result;
  }

  async function search(parameters: Float64Array, along: Float64Array, first: number, step: Step) {
    const start = { step: 0, value: point.loss(), slope: dot(gradient, along) };
    if (!(start.slope < 0)) return 'none';
    return searchLine(start, first, async (length): Promise<Candidate | undefined> => {
      const at = parameters.map((x, i) => x + length * along[i]);
      const evaluated = await evaluateAt(at, step);
      if (evaluated === undefined) return undefined;
      return {
        ...evaluated,
        step: length,
        value: evaluated.loss,
        slope: dot(evaluated.gradient, along),
        parameters: at,
      };
    });
  }

  function remember(parameters: Float64Array, found: Candidate): void {
    const at = status[NEXT] * count;
    for (let i = 0; i < count; i++) {
      steps[at + i] = found.parameters[i] - parameters[i];
      changes[at + i] = found.gradient[i] - gradient[i];
    }
    // Positive curvature, which the strong Wolfe conditions warrant, keeps the Hessian positive definite.
    const curvature = dot(steps.subarray(at, at + count), changes.subarray(at, at + count));
    if (!(curvature > Number.EPSILON * dot(changes.subarray(at, at + count), changes.subarray(at, at + count)))) return;
    status[NEXT] = (status[NEXT] + 1) % memory;
    status[PAIRS] = Math.min(status[PAIRS] + 1, memory);
  }

  return {
    state: { steps, changes, status, ...point.state },
    batchSize: Infinity,
    isDone: () => status[DONE] === 1,
    async update(parameters, _batch, step) {
      const known = await point.find(parameters, step);
      if (known !== 'known') return known;
      const steepest = (): Float64Array => gradient.map((g) => -g);
      const length = gradient.reduce((sum, g) => sum + Math.abs(g), 0);
      const cautious = Math.min(1, 1 / length);
      const isFirst = status[PAIRS] === 0;
      let found = await search(parameters, direction(), isFirst ? cautious : 1, step);
      if (found === 'none' && !isFirst) {
        found = await search(parameters, steepest(), cautious, step);
        if (found !== 'stopped') status[PAIRS] = 0;
      }
      if (found === 'stopped') return 'stopped';
      if (found === 'none') {
        status[DONE] = 1;
        return point.sums();
      }
      remember(parameters, found);
      parameters.set(found.parameters);
      point.note(found);
      return point.sums();
    },
  };
}
