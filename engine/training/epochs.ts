/**
 * Epochs of mini-batches. Work is cut into pieces of some milliseconds, and between them `Hooks.pause` lets the caller save,
 * answer and stop. eV, Å.
 *
 * The loss and errors of the training set are those met during the epoch, with weights that change under way; those of
 * the other sets are of the weights at its end, or of their average if the optimizer keeps one. Validation decides which
 * weights are kept and when it is enough; the test set is only reported.
 */
import { bySet } from '../../protocol/parity';
import { fail, ok, type Problem as Failure, type Result } from '../../protocol/result';
import { createRandom } from '../random';
import {
  addSums,
  createSums,
  lossFactors,
  lossOf,
  regularize,
  weighSums,
  type LossFactors,
  type Problem,
} from './loss';
import { solveOffsets } from './prepare';
import { finalParameters } from './result';
import type { EpochReport, Hooks, Training } from './training';

/** Atoms between two pauses: some milliseconds. */
const PIECE = 2000;

/** All epochs of the last stage are done, the validation loss has not improved for `patience` of them, or the optimizer is. */
export function isFinished(training: Training): boolean {
  return training.state.stage + 1 === training.stages.length && isStageOver(training);
}

function isStageOver({ state: { epoch, since, best, stage }, setup: { options }, stages }: Training): boolean {
  const { optimizer, epochs } = stages[stage];
  const isStuck = best !== undefined && epoch - Math.max(best.epoch, since) >= options.patience;
  return epoch - since >= epochs || isStuck || (optimizer.isDone?.() ?? false);
}

/** The next optimizer goes on from the weights that would be kept of the one before. */
function enterNextStage(training: Training): void {
  const { state, stages } = training;
  if (state.stage + 1 === stages.length || !isStageOver(training)) return;
  state.parameters.set(finalParameters(training));
  state.stage++;
  state.since = state.epoch;
}

/**
 * Finishes the present epoch.
 * @returns undefined if `hooks.pause` stopped it: the next call goes on with the next batch, to the same result; problem
 * TR005 if the loss has left the finite numbers
 */
export async function runEpoch(training: Training, hooks: Hooks = {}): Promise<Result<EpochReport | undefined>> {
  const { setup, state, problem, backend, stages, labels, members } = training;
  const { options } = setup;
  const { optimizer, epochs } = stages[state.stage];
  const { layout } = problem;
  const { parameters } = state;
  const order = members.train.slice();
  const batchSize = optimizer.batchSize === Infinity ? order.length : (options.batch_size ?? optimizer.batchSize);
  if (batchSize < order.length) createRandom(options.seed, `epoch ${state.epoch}`).shuffle(order);
  const batches = Math.ceil(order.length / batchSize);
  const factors = lossFactors(options, labels.train);
  const stopwatch = createStopwatch((seconds) => (state.elapsed += seconds));
  const pause = createPause(hooks, stopwatch);
  const progress = () => ({ update: state.updates, updates: batches * epochs, updatesPerEpoch: batches });
  const learningRate = optimizer.learningRate?.(progress()) ?? null;

  while (state.batch < batches) {
    const first = state.batch * batchSize;
    const end = Math.min(first + batchSize, order.length);
    const batch = order.subarray(first, end);
    // The gradient of a batch estimates that of the whole set.
    const scale = order.length / batch.length;
    const scaled: LossFactors = {
      energy: factors.energy * scale,
      force: factors.force * scale,
      stress: factors.stress * scale,
    };
    const updated = await optimizer.update(parameters, batch, {
      ...progress(),
      pause,
      async evaluate(at, gradient) {
        const met = createSums();
        gradient.fill(0);
        for (const piece of cutIntoPieces(problem, batch)) {
          if (await pause()) return undefined;
          backend.evaluate(at, piece, scaled, met, gradient);
        }
        const loss = weighSums(met, scaled) + regularize(layout, at, options.regularization, gradient);
        if (setup.offsetRefinement === 'exact') gradient.fill(0, layout.offsetsAt);
        return { sums: met, loss };
      },
    });
    if (updated === 'stopped') return ok(undefined);
    if (updated === 'failed') return fail(diverged(state.epoch));
    state.sums = addSums(state.sums, updated);
    state.batch++;
    state.updates++;
    hooks.progress?.('epoch', end, order.length);
  }
  if (setup.offsetRefinement === 'exact') solveOffsets(training);

  const weights = optimizer.average ?? parameters;
  const sums = { train: state.sums, validation: createSums(), test: createSums() };
  for (const set of ['validation', 'test'] as const)
    for (const piece of cutIntoPieces(problem, members[set])) {
      if (await pause()) return ok(undefined);
      backend.evaluate(weights, piece, factors, sums[set], undefined);
    }
  const train = lossOf(sums.train, options, regularize(layout, parameters, options.regularization, undefined));
  const lossOfOthers = (set: 'validation' | 'test'): number | null =>
    members[set].length > 0 ? lossOf(sums[set], options, 0).total : null;
  const loss = { train: train.total, validation: lossOfOthers('validation'), test: lossOfOthers('test') };
  const isFinite = Object.values(loss).every((value) => Number.isFinite(value ?? 0));
  if (!isFinite || !parameters.every(Number.isFinite)) return fail(diverged(state.epoch));

  state.epoch++;
  state.batch = 0;
  const { validation } = loss;
  const improved = validation !== null && (state.best === undefined || validation < state.best.loss);
  if (improved) state.best = { epoch: state.epoch, loss: validation, parameters: weights.slice() };
  const rmse = (squares: number, count: number): number | null => (count > 0 ? Math.sqrt(squares / count) : null);
  stopwatch.stop();
  const report: EpochReport = {
    epoch: state.epoch,
    epochs: stages.reduce((sum, stage) => sum + stage.epochs, 0),
    elapsed: state.elapsed,
    learning_rate: learningRate,
    loss,
    energy_rmse: bySet((set) => rmse(sums[set].energySquares, sums[set].energies)),
    force_rmse: bySet((set) => rmse(sums[set].forceSquares, sums[set].forces)),
    ...(labels.train.stresses > 0 && {
      stress_rmse: bySet((set) => rmse(sums[set].stressSquares, sums[set].stresses)),
    }),
    shares: train.shares,
    improved,
  };
  state.sums = createSums();
  enterNextStage(training);
  return ok(report);
}

const diverged = (epoch: number): Failure => ({
  code: 'TR005',
  message: `The training diverged in epoch ${epoch + 1}: the loss is no number any more. Lower learning_rate or prior of the optimizer, and look for outliers in the data.`,
});

interface Stopwatch {
  readonly stop: () => void;
  readonly start: () => void;
}

/** Runs from now on; tells the seconds when it is stopped. */
function createStopwatch(tell?: (seconds: number) => void): Stopwatch {
  let started = performance.now();
  return {
    stop: () => tell?.((performance.now() - started) / 1000),
    start: () => (started = performance.now()),
  };
}

/** The samples in pieces of some hundred atoms; where they are cut depends on the samples alone. */
function* cutIntoPieces({ samples }: Problem, order: Int32Array): Generator<Int32Array> {
  let first = 0;
  let atoms = 0;
  for (let k = 0; k < order.length; k++) {
    atoms += samples[order[k]].inputs.elements.length;
    if (atoms < PIECE && k + 1 < order.length) continue;
    yield order.subarray(first, k + 1);
    first = k + 1;
    atoms = 0;
  }
}

/** The time that the caller takes is not work. */
function createPause({ pause }: Hooks, stopwatch: Stopwatch): () => Promise<boolean> {
  return async () => {
    if (pause === undefined) return false;
    stopwatch.stop();
    const stop = await pause();
    stopwatch.start();
    return stop;
  };
}
