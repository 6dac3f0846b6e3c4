/** Optimizers by themselves: what they do to parameters, with losses whose minimum is known. */
import { describe, expect, it } from 'vitest';
import { createAdam } from '../../../engine/training/optimizers/adam';
import { withAverage } from '../../../engine/training/optimizers/average';
import type { Optimizer, Step } from '../../../engine/training/optimizers/optimizer';
import { scheduled } from '../../../engine/training/optimizers/schedule';
import { createLbfgs } from '../../../engine/training/optimizers/lbfgs';
import { searchLine, type Trial } from '../../../engine/training/optimizers/line-search';
import { createSums } from '../../../engine/training/loss';
import type { OptimizerOptions } from '../../../language/definition/definition';
import { optimizerOf } from './samples';

type Loss = (x: Float64Array, gradient: Float64Array) => number;

/** Runs updates of a training that has so many. */
async function minimize(optimizer: Optimizer, loss: Loss, start: Float64Array, updates: number): Promise<Float64Array> {
  const x = start.slice();
  for (let update = 0; update < updates; update++) {
    const step: Step = {
      update,
      updates,
      updatesPerEpoch: 10,
      pause: () => Promise.resolve(false),
      evaluate: (at, gradient) => Promise.resolve({ sums: createSums(), loss: loss(at, gradient) }),
    };
    expect(typeof (await optimizer.update(x, new Int32Array(0), step))).toBe('object');
  }
  return x;
}

const adamOptions = (changes: Partial<OptimizerOptions<'adam'>> = {}): OptimizerOptions<'adam'> =>
  optimizerOf('adam', changes).options as OptimizerOptions<'adam'>;

describe('the step size', () => {
  const progress = (update: number) => ({ update, updates: 101, updatesPerEpoch: 10 });
  it.each([
    ['constant', [0.2, 0.2, 0.2, 0.2]],
    ['cosine', [0.2, 0.2 * (0.01 + 0.99 * 0.5), 0.2 * (0.01 + (0.99 * (1 - Math.SQRT1_2)) / 2), 0.002]],
    ['exponential', [0.2, 0.02, 0.2 * 10 ** -1.5, 0.002]],
    ['step', [0.2, 0.02, 0.002, 0.002]],
  ] as const)('of schedule %s begins, falls and ends where it should', (schedule, expected) => {
    const options = adamOptions({ learning_rate: 0.2, schedule });
    [0, 50, 75, 100].forEach((update, k) => expect(scheduled(options, progress(update))).toBeCloseTo(expected[k], 12));
  });

  it('grows during the warm-up, then starts the schedule', () => {
    const options = adamOptions({ learning_rate: 0.2, warmup: 2 });
    const rates = Array.from({ length: 101 }, (_, update) => scheduled(options, progress(update)));
    expect(rates[0]).toBeCloseTo(0.2 / 21, 12);
    expect(rates[19]).toBeCloseTo((0.2 * 20) / 21, 12);
    expect(rates[20]).toBe(0.2);
    expect(rates[100]).toBeCloseTo(0.002, 12);
    expect(Math.max(...rates)).toBe(0.2);
  });
});

describe('adam', () => {
  const quadratic: Loss = (x, gradient) => {
    gradient[0] = 2 * (x[0] - 3);
    gradient[1] = 200 * (x[1] + 1);
    return (x[0] - 3) ** 2 + 100 * (x[1] + 1) ** 2;
  };

  it('takes its first steps as the paper says', async () => {
    const layout = { count: 2, isWeight: Uint8Array.of(1, 0) };
    const options = adamOptions({ learning_rate: 0.1, schedule: 'constant', weight_decay: 0.5 });
    // The first step is α g/(|g| + ε), and the decay of what is a weight.
    const first = await minimize(createAdam(layout, options), quadratic, Float64Array.of(1, 1), 1);
    expect(first[0]).toBeCloseTo(1 + 0.1 * (4 / (4 + 1e-8)) - 0.1 * 0.5 * 1, 14);
    expect(first[1]).toBeCloseTo(1 - 0.1 * (400 / (400 + 1e-8)), 14);
    // The second with m = 0.1 (0.9 g₁ + g₂)/0.19 and v = 0.001 (0.999 g₁² + g₂²)/0.001999.
    const [g1, g2] = [-4, 2 * (first[0] - 3)];
    const m = (0.9 * g1 + g2) / 1.9;
    const v = (0.999 * g1 ** 2 + g2 ** 2) / 1.999;
    const second = await minimize(createAdam(layout, options), quadratic, Float64Array.of(1, 1), 2);
    expect(second[0]).toBeCloseTo(first[0] - 0.1 * (m / (Math.sqrt(v) + 1e-8) + 0.5 * first[0]), 12);
  });

  it.each(['cosine', 'exponential', 'step'] as const)(
    'finds a minimum, the step size falling as %s',
    async (schedule) => {
      const optimizer = createAdam(
        { count: 2, isWeight: Uint8Array.of(1, 1) },
        adamOptions({ learning_rate: 0.1, schedule }),
      );
      const x = await minimize(optimizer, quadratic, Float64Array.of(0, 0), 600);
      expect(Math.abs(x[0] - 3)).toBeLessThan(1e-3);
      expect(Math.abs(x[1] + 1)).toBeLessThan(1e-3);
    },
  );
});

describe('an average of weights', () => {
  /** Goes to and fro between −1 and 1 + 2 c. */
  const restless = (c: number): Optimizer => ({
    state: { own: new Float64Array(1) },
    batchSize: 1,
    update(parameters, _, { update }) {
      parameters[0] = c + (update % 2 === 0 ? 1 + c : -1 - c);
      return Promise.resolve(createSums());
    },
  });

  it.each([1, 0.5, 0.1])('over a part %d of the path gives update t the weight t^(1/part − 1)', async (part) => {
    const optimizer = withAverage(restless(0.5), part, 1);
    expect(Object.keys(optimizer.state)).toEqual(['own', 'average']);
    const updates = 400;
    await minimize(optimizer, () => 0, Float64Array.of(0), updates);
    const power = 1 / part - 1;
    let [sum, weights] = [0, 0];
    for (let t = 0; t < updates; t++) {
      // Γ(t + 1 + power)/Γ(t + 1), which goes as t^power.
      let weight = 1;
      for (let k = 1; k <= power; k++) weight *= t + k;
      sum += weight * (t % 2 === 0 ? 2 : -1);
      weights += weight;
    }
    expect(optimizer.average?.[0]).toBeCloseTo(sum / weights, 10);
    expect(Math.abs(sum / weights - 0.5)).toBeLessThan(0.05);
  });

  it('over nothing is none', () => {
    const optimizer = restless(0);
    expect(withAverage(optimizer, 0, 1)).toBe(optimizer);
  });
});

describe('a search along a line', () => {
  const cases: [name: string, phi: (a: number) => number, slope: (a: number) => number, first: number][] = [
    ['a parabola from too short a step', (a) => (a - 100) ** 2, (a) => 2 * (a - 100), 1e-3],
    ['a parabola from too long a step', (a) => (a - 1) ** 2, (a) => 2 * (a - 1), 1e4],
    // Moré and Thuente, ACM Trans. Math. Softw. 20, 286 (1994), eqs. 5.1 and 5.2.
    ['a flat far side', (a) => -a / (a * a + 2), (a) => (a * a - 2) / (a * a + 2) ** 2, 10],
    [
      'a steep fall',
      (a) => (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4,
      (a) => 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3,
      0.1,
    ],
    ['a pole', (a) => (a < 3 ? -Math.log(3 - a) * -1 - 2 * a : NaN), (a) => (a < 3 ? (1 / (3 - a)) * 1 - 2 : NaN), 50],
  ];
  it.each(cases)('meets the strong Wolfe conditions: %s', async (_, phi, slope, first) => {
    const trial = (step: number): Trial => ({ step, value: phi(step), slope: slope(step) });
    const start = trial(0);
    expect(start.slope).toBeLessThan(0);
    const found = await searchLine(start, first, (step) => Promise.resolve(trial(step)));
    if (typeof found === 'string') throw new Error(found);
    expect(found.value).toBeLessThanOrEqual(start.value + 1e-4 * found.step * start.slope);
    expect(Math.abs(found.slope)).toBeLessThanOrEqual(0.9 * Math.abs(start.slope));
  });

  it('says when there is no lower point, and when it was stopped', async () => {
    const start = { step: 0, value: 1, slope: -1 };
    const up = (step: number): Promise<Trial> => Promise.resolve({ step, value: 1 + step, slope: 1 });
    expect(await searchLine(start, 1, up)).toBe('none');
    expect(await searchLine(start, 1, () => Promise.resolve(undefined))).toBe('stopped');
  });
});

describe('lbfgs', () => {
  /** Rosenbrock's valley in n dimensions, minimum 0 at (1, 1, …). */
  const valley: Loss = (x, gradient) => {
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i + 1 < x.length; i++) {
      const a = x[i + 1] - x[i] ** 2;
      const b = 1 - x[i];
      sum += 100 * a ** 2 + b ** 2;
      gradient[i] -= 400 * a * x[i] + 2 * b;
      gradient[i + 1] += 200 * a;
    }
    return sum;
  };
  const options = { memory: 10 };

  it('comes to the minimum of a curved valley, and then is done', async () => {
    const start = Float64Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const optimizer = createLbfgs(10, options);
    expect(optimizer.batchSize).toBe(Infinity);
    const x = await minimize(optimizer, valley, start, 200);
    for (const value of x) expect(Math.abs(value - 1)).toBeLessThan(1e-7);
    const later = await minimize(optimizer, valley, x, 20);
    expect(optimizer.isDone?.()).toBe(true);
    expect(Math.max(...later.map((value) => Math.abs(value - 1)))).toBeLessThan(1e-7);
  });

  it('needs as many iterations as a quadratic has dimensions, with memory for all', async () => {
    const curvatures = [1, 3, 10, 40, 200];
    const quadratic: Loss = (x, gradient) => {
      curvatures.forEach((c, i) => (gradient[i] = c * (x[i] - i)));
      return curvatures.reduce((sum, c, i) => sum + (c * (x[i] - i) ** 2) / 2, 0);
    };
    const x = await minimize(createLbfgs(5, options), quadratic, Float64Array.of(5, 4, 3, 2, 1), 40);
    x.forEach((value, i) => expect(Math.abs(value - i)).toBeLessThan(1e-8));
  });

  it('fails where the loss is no number', async () => {
    const optimizer = createLbfgs(1, options);
    const step = {
      update: 0,
      updates: 1,
      updatesPerEpoch: 1,
      pause: () => Promise.resolve(false),
      evaluate: () => Promise.resolve({ sums: createSums(), loss: NaN }),
    };
    expect(await optimizer.update(Float64Array.of(1), new Int32Array(0), step)).toBe('failed');
  });
});
