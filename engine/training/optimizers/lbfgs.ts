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
import type { ErrorSums } from '../loss';
import { searchLine, type Trial } from './line-search';
import type { Optimizer, Step } from './optimizer';

/** What `status` holds: number of pairs, where the next goes, whether loss and errors are known, whether the search is over. */
const PAIRS = 0;
const NEXT = 1;
const KNOWN = 2;
const DONE = 3;
/** The loss of the parameters, then their errors (ErrorSums). */
const LOSS = 4;

interface Point extends Trial {
  readonly parameters: Float64Array;
  readonly gradient: Float64Array;
  readonly sums: ErrorSums;
}

/** @param count of parameters */
export function createLbfgs(count: number, { memory }: OptimizerOptions<'lbfgs'>): Optimizer {
  /** sₖ = xₖ₊₁ − xₖ and yₖ = ∇fₖ₊₁ − ∇fₖ, one after the other. */
  const steps = new Float64Array(memory * count);
  const changes = new Float64Array(memory * count);
  const gradient = new Float64Array(count);
  const status = new Float64Array(LOSS + 5);

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

  async function search(parameters: Float64Array, along: Float64Array, first: number, { evaluate }: Step) {
    const start = { step: 0, value: status[LOSS], slope: dot(gradient, along) };
    if (!(start.slope < 0)) return 'none';
    return searchLine(start, first, async (step): Promise<Point | undefined> => {
      const at = parameters.map((x, i) => x + step * along[i]);
      const there = new Float64Array(count);
      const evaluated = await evaluate(at, there);
      if (evaluated === undefined) return undefined;
      const { loss, sums } = evaluated;
      return { step, value: loss, slope: dot(there, along), parameters: at, gradient: there, sums };
    });
  }

  /** Takes over what is known at the parameters. */
  function note(loss: number, there: Float64Array, { energies, energySquares, forces, forceSquares }: ErrorSums): void {
    gradient.set(there);
    status.set([loss, energies, energySquares, forces, forceSquares], LOSS);
    status[KNOWN] = 1;
  }
  const noted = (): ErrorSums => {
    const [energies, energySquares, forces, forceSquares] = status.subarray(LOSS + 1);
    return { energies, energySquares, forces, forceSquares };
  };

  function remember(parameters: Float64Array, point: Point): void {
    const at = status[NEXT] * count;
    for (let i = 0; i < count; i++) {
      steps[at + i] = point.parameters[i] - parameters[i];
      changes[at + i] = point.gradient[i] - gradient[i];
    }
    // Positive curvature, which the strong Wolfe conditions warrant, keeps the Hessian positive definite.
    const curvature = dot(steps.subarray(at, at + count), changes.subarray(at, at + count));
    if (!(curvature > Number.EPSILON * dot(changes.subarray(at, at + count), changes.subarray(at, at + count)))) return;
    status[NEXT] = (status[NEXT] + 1) % memory;
    status[PAIRS] = Math.min(status[PAIRS] + 1, memory);
  }

  return {
    state: { steps, changes, gradient, status },
    batchSize: Infinity,
    isDone: () => status[DONE] === 1,
    async update(parameters, _batch, step) {
      if (status[KNOWN] === 0) {
        const there = new Float64Array(count);
        const evaluated = await step.evaluate(parameters, there);
        if (evaluated === undefined) return 'stopped';
        if (!Number.isFinite(evaluated.loss)) return 'failed';
        note(evaluated.loss, there, evaluated.sums);
      }
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
        return noted();
      }
      remember(parameters, found);
      parameters.set(found.parameters);
      note(found.value, found.gradient, found.sums);
      return noted();
    },
  };
}
