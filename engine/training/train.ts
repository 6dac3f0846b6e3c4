/**
 * Training of a potential: prepares data, runs epochs of mini-batches, keeps the best weights, predicts. No file system.
 *
 * The same setup and seed give the same weights, bit for bit, also when the state was serialized and restored in
 * between: order and initial weights come from random streams that are named by what they are for, sums run in a fixed
 * order, and the state changes only between batches. Work is cut into pieces of some milliseconds, and between them
 * `Hooks.pause` lets the caller save, answer and stop. eV, Å.
 *
 * The loss and errors of the training set are those met during the epoch, with weights that change under way; those of
 * the test set are of the weights at its end.
 */
import * as v from 'valibot';
import type { OptimizerDefinition, PotentialDefinition, TrainDefinition } from '../../language/definition/definition';
import { symbolOf } from '../../language/elements';
import { decodeColumns, encodeColumns } from '../../protocol/columns';
import { fail, ok, type Problem as Failure, type Result } from '../../protocol/result';
import type { EpochEvent } from '../../protocol/run';
import { analyticPotentialOf } from '../potentials/analytic';
import { initialNetwork, type Network } from '../potentials/network';
import type { TrainedElement } from '../potentials/potential-file';
import { createRandom } from '../random';
import type { LabelledStructure } from '../structure/structure';
import { adam, cosineSchedule, type Optimizer, type OptimizerState } from './adam';
import { createNativeBackend, type Backend, type CreateBackend } from './backend';
import { estimateBytes, prepareDescriptorSet, prepareDescriptorsOf, type PreparedDescriptors } from './data';
import {
  countLabels,
  createBuffers,
  createLayout,
  createSums,
  lossFactors,
  lossOf,
  predictSample,
  regularize,
  viewNetworks,
  type ErrorSums,
  type LossFactors,
  type Loss,
  type Problem,
  type Sample,
} from './loss';
import {
  ENERGY_GRAIN,
  baselineEnergy,
  fitBaseline,
  identifiability,
  latticeCoordinates,
  minimumNormOffsets,
  offsetRow,
  solveLeastSquares,
  subtractBaseline,
  type Baseline,
  type Identifiability,
} from './offset';

export interface TrainingSetup {
  readonly potential: PotentialDefinition;
  readonly options: TrainDefinition['options'];
  readonly optimizer: OptimizerDefinition;
  /** Hash of the procedure: a state is restored only into a training of the same potential and procedure. */
  readonly procedure: string;
  readonly structures: readonly LabelledStructure[];
  /** Of each structure: 0 train, 1 test. */
  readonly set: Uint8Array;
  /** Energies of isolated atoms in eV by symbol, to stay near to where the data leave the offset undetermined; else 0. */
  readonly references?: Readonly<Record<string, number>>;
  /** Whether the offset follows the gradient like the weights (the default), or is solved for after each epoch. */
  readonly offsetRefinement?: 'joint' | 'exact';
  /** What computes the loss; our own code if absent. */
  readonly backend?: CreateBackend;
  /** Bytes that derivatives may take; what doesn't fit is computed again in each epoch. */
  readonly memoryBudget?: number;
}

/** How the caller takes part. */
export interface Hooks {
  /** Awaited between pieces of work; true: stop. The state may be serialized in it. */
  readonly pause?: () => Promise<boolean>;
  /** Of a stage: `descriptors`, `epoch` (structures of the present one), `predict`. */
  readonly progress?: (stage: string, done: number, total: number) => void;
  /** Something worth telling people, before it happens. */
  readonly log?: (message: string) => void;
}

/** All that changes while training goes on. Plain data. */
export interface TrainingState {
  /** Finished epochs. */
  epoch: number;
  /** Finished batches of the present epoch, and of all. */
  batch: number;
  updates: number;
  /** Seconds of work. */
  elapsed: number;
  /** Errors met in the present epoch. */
  sums: ErrorSums;
  readonly parameters: Float64Array;
  readonly optimizer: OptimizerState;
  /** The weights with the smallest test loss so far, after so many epochs; absent without test labels. */
  best: { readonly epoch: number; readonly loss: number; readonly parameters: Float64Array } | undefined;
}

export interface LabelCounts {
  readonly structures: number;
  /** Structures that have an energy. */
  readonly energies: number;
  /** Force components. */
  readonly forces: number;
}

export interface Training {
  readonly setup: TrainingSetup;
  readonly state: TrainingState;
  readonly descriptors: PreparedDescriptors;
  readonly problem: Problem;
  readonly backend: Backend;
  readonly baseline: Baseline;
  readonly labels: { readonly train: LabelCounts; readonly test: LabelCounts };
  readonly identifiability: Identifiability;
  /** What people should know of the data. */
  readonly warnings: readonly Failure[];
  /** Per structure: what predictions have in addition to the model. */
  readonly fixed: readonly { readonly energy: number; readonly forces: Float64Array | undefined }[];
  /** Indices of the structures that have labels. */
  readonly trainingSamples: Int32Array;
  readonly testSamples: Int32Array;
}

/** An epoch as it is told (protocol/run.ts), and what the terms of the training loss contribute. */
export type EpochReport = Omit<EpochEvent, 't' | 'type'> & {
  readonly shares: Loss['shares'];
  /** These weights are the best so far. */
  readonly improved: boolean;
};

const DEFAULT_MEMORY_BUDGET = 2 ** 30;
/** Atoms between two pauses: some milliseconds. */
const PIECE = 300;

const optimizers: Readonly<Record<OptimizerDefinition['kind'], Optimizer>> = { adam };

/**
 * Prepares descriptors, scaling, baseline and initial weights.
 * @returns undefined if it was stopped; problems TR001 (nothing to train or to train on), TR002 (an element that the
 * potential doesn't have), TR003 (labels that are no numbers), PD0602 (a constant offset for several compositions)
 */
export async function createTraining(setup: TrainingSetup, hooks: Hooks = {}): Promise<Result<Training | undefined>> {
  const { potential, options, structures, set } = setup;
  const { elements } = potential;
  const problems = checkSetup(setup);
  if (problems.length > 0) return fail(...problems);
  const warnings: Failure[] = [];
  const warn = (code: string, message: string): void => {
    warnings.push({ code, message });
  };

  // Compositions, and the part of energies and forces that is no network's.
  const descriptorSet = prepareDescriptorSet(potential);
  const compositions = structures.map(({ numbers }) => {
    const counts = elements.map(() => 0);
    for (const number of numbers) counts[descriptorSet.elementOf[number]]++;
    return counts;
  });
  const rows = compositions.map((composition) => offsetRow(options.offset, composition));
  const analytic = analyticPotentialOf(potential);
  const pairs = structures.map((structure) => analytic?.predict(structure));
  if (options.offset === 'constant' && new Set(compositions.map(String)).size > 1) {
    return fail({
      code: 'PD0602',
      message:
        'The structures have several compositions, and one constant cannot be the energy zero of all: write offset = per_element.',
    });
  }

  // Baseline.
  const withEnergy = structures.flatMap(({ energy }, s) => (set[s] === 0 && energy !== undefined ? [s] : []));
  const baseline = fitBaseline(
    options.offset,
    withEnergy.map((s) => rows[s]),
    withEnergy.map((s) => (structures[s].energy ?? 0) - (pairs[s]?.energy ?? 0)),
    withEnergy.map((s) => structures[s].numbers.length ** -2),
    offsetReferences(setup, compositions[0]),
  );
  const known = identifiability(baseline, elements);
  if (known.explanation !== undefined) warn('PD0205', known.explanation);

  // Descriptors.
  const isTraining = set.map((one) => (one === 0 ? 1 : 0));
  const withForces = Uint8Array.from(structures, ({ forces }) => (forces === undefined ? 0 : 1));
  const budget = setup.memoryBudget ?? DEFAULT_MEMORY_BUDGET;
  const estimate = estimateBytes(descriptorSet, structures, withForces);
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  hooks.log?.(
    `Derivatives of the symmetry functions: about ${megabytes(estimate)}` +
      (estimate > budget ? `; ${megabytes(budget)} are kept, the rest is computed again in each epoch.` : '.'),
  );
  const descriptors = await prepareDescriptorsOf(
    descriptorSet,
    potential,
    structures,
    isTraining,
    withForces,
    budget,
    async (done) => {
      hooks.progress?.('descriptors', done, structures.length);
      return hooks.pause === undefined || !(await hooks.pause());
    },
  );
  if (descriptors === undefined) return ok(undefined);
  elements.forEach((symbol, e) => {
    const [constant, count] = [descriptors.constant[e].length, descriptorSet.counts[e]];
    if (constant > 0) {
      warn('PD0305', `${constant} of ${count} symmetry functions of ${symbol} are constant over the training data.`);
    }
  });

  // Targets.
  const samples = structures.map((structure, s): Sample => {
    const pair = pairs[s];
    const energy =
      structure.energy === undefined
        ? undefined
        : subtractBaseline(baseline, rows[s], structure.energy) - (pair?.energy ?? 0);
    const forces = pair === undefined ? structure.forces : structure.forces?.map((f, c) => f - pair.forces[c]);
    return { inputs: descriptors.inputs[s], energy, forces, row: rows[s] };
  });
  const indices = (wanted: number): Int32Array =>
    Int32Array.from(
      samples.flatMap(({ energy, forces }, s) =>
        set[s] === wanted && (energy !== undefined || forces !== undefined) ? [s] : [],
      ),
    );
  const counts = (wanted: number): LabelCounts => {
    const own = samples.filter((_, s) => set[s] === wanted);
    return { structures: own.length, ...countLabels(own) };
  };
  const labels = { train: counts(0), test: counts(1) };
  if (labels.train.energies === 0) warn('TR004', 'No training structure has an energy: only forces are fitted.');
  if (labels.train.forces === 0) warn('TR004', 'No training structure has forces: only energies are fitted.');

  const layout = createLayout(potential, options.offset);
  const problem: Problem = {
    layout,
    samples,
    functionsOf: descriptorSet.functionsOf,
    derivatives: descriptors.derivatives,
    buffers: createBuffers(layout, descriptors.inputs),
  };
  const backend = (setup.backend ?? createNativeBackend)(problem);
  if (!backend.ok) return backend;
  const parameters = new Float64Array(layout.count);
  layout.networks.forEach(({ sizes, activation, at }, e) => {
    parameters.set(
      initialNetwork(sizes, activation, createRandom(options.seed, `weights ${elements[e]}`)).parameters,
      at,
    );
  });
  const training: Training = {
    setup,
    state: {
      epoch: 0,
      batch: 0,
      updates: 0,
      elapsed: 0,
      sums: createSums(),
      parameters,
      optimizer: optimizers[setup.optimizer.kind].create(layout.count),
      best: undefined,
    },
    descriptors,
    problem,
    backend: backend.value,
    baseline,
    labels,
    identifiability: known,
    warnings,
    fixed: structures.map((_, s) => ({
      energy: baselineEnergy(baseline, rows[s]) + (pairs[s]?.energy ?? 0),
      forces: pairs[s]?.forces,
    })),
    trainingSamples: indices(0),
    testSamples: indices(1),
  };
  solveOffsets(training);
  return ok(training);
}

function checkSetup({ potential, structures, set }: TrainingSetup): Failure[] {
  if (potential.networks === undefined) {
    const message = `The potential ${potential.name} has no network: there is nothing to train.`;
    return [{ code: 'TR001', message }];
  }
  const known = new Set(potential.elements);
  const problems: Failure[] = [];
  structures.forEach(({ numbers, energy, forces, source }) => {
    const place = { file: source.file };
    const unknown = numbers.find((number) => !known.has(symbolOf(number)));
    if (unknown !== undefined) {
      const message = `Frame ${source.frame} has ${symbolOf(unknown)}, which the potential ${potential.name} doesn't: add it to elements.`;
      problems.push({ code: 'TR002', message, place });
    }
    const usable =
      numbers.length > 0 &&
      (energy === undefined || Number.isFinite(energy)) &&
      (forces === undefined || (forces.length === 3 * numbers.length && forces.every(Number.isFinite)));
    if (!usable) {
      const message = `Frame ${source.frame} has no atoms, or an energy or forces that are no numbers: remove the frame.`;
      problems.push({ code: 'TR003', message, place });
    }
  });
  if (!structures.some(({ energy, forces }, s) => set[s] === 0 && (energy !== undefined || forces !== undefined))) {
    const message =
      'No training structure has an energy or forces: check files, energy, forces and test of the dataset.';
    problems.push({ code: 'TR001', message });
  }
  return problems.slice(0, 20);
}

/** References in terms of the offsets. */
function offsetReferences({ potential, options, references }: TrainingSetup, composition: readonly number[]): number[] {
  const perElement = potential.elements.map((symbol) => references?.[symbol] ?? 0);
  if (options.offset === 'none') return [];
  if (options.offset === 'per_element') return perElement;
  return [perElement.reduce((sum, b, e) => sum + composition[e] * b, 0)];
}

/**
 * Sets the offsets to the exact minimum of the loss for the present weights, the change being the smallest that does
 * it where the data leave a choice. No effect without offsets or energies.
 */
export function solveOffsets({ problem, state, baseline, trainingSamples }: Training): void {
  const { basis } = baseline;
  if (basis.length === 0) return;
  const networks = viewNetworks(problem.layout, state.parameters);
  const coordinates: number[][] = [];
  const targets: number[] = [];
  const weights: number[] = [];
  for (const s of trainingSamples) {
    const sample = problem.samples[s];
    const row = latticeCoordinates(basis, sample.row);
    if (sample.energy === undefined || row === undefined) continue;
    coordinates.push(row);
    targets.push(sample.energy - predictSample(problem, networks, NO_OFFSETS, sample, undefined));
    weights.push(sample.inputs.elements.length ** -2);
  }
  const values = solveLeastSquares(coordinates, targets, weights);
  state.parameters.set(
    minimumNormOffsets(
      basis,
      values,
      basis[0].map(() => 0),
    ),
    problem.layout.offsetsAt,
  );
}

const NO_OFFSETS = new Float64Array(0);

/** All epochs are done, or the test loss has not improved for `patience` of them. */
export function isFinished({ state: { epoch, best }, setup: { options } }: Training): boolean {
  return epoch >= options.epochs || (best !== undefined && epoch - best.epoch >= options.patience);
}

/**
 * Finishes the present epoch.
 * @returns undefined if `hooks.pause` stopped it: the next call goes on with the next batch, to the same result; problem
 * TR005 if the loss has left the finite numbers
 */
export async function runEpoch(training: Training, hooks: Hooks = {}): Promise<Result<EpochReport | undefined>> {
  const { setup, state, problem, backend, labels, trainingSamples, testSamples } = training;
  const { options, optimizer } = setup;
  const { layout } = problem;
  const { parameters } = state;
  const order = trainingSamples.slice();
  createRandom(options.seed, `epoch ${state.epoch}`).shuffle(order);
  const batches = Math.ceil(order.length / options.batch_size);
  const factors = lossFactors(options, labels.train);
  const gradient = new Float64Array(layout.count);
  const rate = (): number => cosineSchedule(optimizer.options.learning_rate, state.updates, batches * options.epochs);
  const learningRate = rate();
  const stopwatch = createStopwatch((seconds) => (state.elapsed += seconds));
  const pause = createPause(hooks, stopwatch);

  while (state.batch < batches) {
    const first = state.batch * options.batch_size;
    const end = Math.min(first + options.batch_size, order.length);
    // The gradient of a batch estimates that of the whole set.
    const scale = order.length / (end - first);
    const scaled: LossFactors = { energy: factors.energy * scale, force: factors.force * scale };
    const sums = { ...state.sums };
    gradient.fill(0);
    for (const piece of cutIntoPieces(problem, order.subarray(first, end))) {
      if (await pause()) return ok(undefined);
      backend.evaluate(parameters, piece, scaled, sums, gradient);
    }
    regularize(layout, parameters, options.regularization, gradient);
    if (setup.offsetRefinement === 'exact') gradient.fill(0, layout.offsetsAt);
    optimizers[optimizer.kind].update(state.optimizer, parameters, gradient, rate());
    state.sums = sums;
    state.batch++;
    state.updates++;
    hooks.progress?.('epoch', end, order.length);
  }
  if (setup.offsetRefinement === 'exact') solveOffsets(training);

  const testSums = createSums();
  for (const piece of cutIntoPieces(problem, testSamples)) {
    if (await pause()) return ok(undefined);
    backend.evaluate(parameters, piece, factors, testSums, undefined);
  }
  const train = lossOf(state.sums, options, regularize(layout, parameters, options.regularization, undefined));
  const test = testSamples.length > 0 ? lossOf(testSums, options, 0).total : null;
  if (!Number.isFinite(train.total) || !Number.isFinite(test ?? 0) || !parameters.every(Number.isFinite)) {
    return fail({
      code: 'TR005',
      message: `The training diverged in epoch ${state.epoch + 1}: the loss is no number any more. Lower learning_rate, and look for outliers in the data.`,
    });
  }

  state.epoch++;
  state.batch = 0;
  const improved = test !== null && (state.best === undefined || test < state.best.loss);
  if (improved) state.best = { epoch: state.epoch, loss: test, parameters: parameters.slice() };
  const energyError = ({ energies, energySquares }: ErrorSums): number | null =>
    energies > 0 ? Math.sqrt(energySquares / energies) : null;
  const forceError = ({ forces, forceSquares }: ErrorSums): number | null =>
    forces > 0 ? Math.sqrt(forceSquares / forces) : null;
  stopwatch.stop();
  const report: EpochReport = {
    epoch: state.epoch,
    epochs: options.epochs,
    elapsed: state.elapsed,
    learning_rate: learningRate,
    loss: { train: train.total, test },
    energy_rmse: { train: energyError(state.sums), test: energyError(testSums) },
    force_rmse: { train: forceError(state.sums), test: forceError(testSums) },
    shares: train.shares,
    improved,
  };
  state.sums = createSums();
  return ok(report);
}

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

/** The weights to use: the best on the test set, the present ones without one. */
function finalParameters({ state }: Training): Float64Array {
  return state.best?.parameters ?? state.parameters;
}

/** What training found, by symbol: the content of a potential.json. */
export function trainedElements(training: Training): Record<string, TrainedElement> {
  const { setup, problem, descriptors } = training;
  const parameters = finalParameters(training);
  const networks = viewNetworks(problem.layout, parameters);
  const offsets = elementOffsets(training, parameters.subarray(problem.layout.offsetsAt));
  return Object.fromEntries(
    setup.potential.elements.map((symbol, e) => {
      const network: Network = { ...networks[e], parameters: networks[e].parameters.slice() };
      return [symbol, { scaling: descriptors.scaling[e], network, offset: offsets[e] }];
    }),
  );
}

/** Baseline and trained offset as one energy per element in eV, nearest to the references. */
function elementOffsets({ setup, baseline }: Training, trained: Float64Array): number[] {
  const { potential, options, references, structures } = setup;
  if (options.offset === 'none') return potential.elements.map(() => 0);
  const values = baseline.basis.map((vector, k) =>
    vector.reduce((sum, n, i) => sum + n * trained[i], baseline.grains[k] * ENERGY_GRAIN),
  );
  // A constant is that of the one composition that there is.
  const basis = options.offset === 'constant' ? [compositionOf(potential, structures[0])] : baseline.basis;
  const near = potential.elements.map((symbol) => references?.[symbol] ?? 0);
  return minimumNormOffsets(basis.slice(0, values.length), values, near);
}

function compositionOf(potential: PotentialDefinition, { numbers }: LabelledStructure): number[] {
  const symbols = Array.from(numbers, symbolOf);
  return potential.elements.map((symbol) => symbols.filter((other) => other === symbol).length);
}

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const stateMeta = v.object({
  kind: v.literal('training'),
  /** What the state belongs to. */
  identity: v.string(),
  procedure: v.string(),
  backend: v.string(),
  epoch: count,
  batch: count,
  updates: count,
  elapsed: finite,
  sums: v.object({ energies: count, energySquares: finite, forces: count, forceSquares: finite }),
  best: v.nullable(v.object({ epoch: count, loss: finite })),
});

/** The state as bytes (protocol/columns.ts), exact to the last bit. */
export function serialize({ setup, state, backend }: Training): Uint8Array {
  const { epoch, batch, updates, elapsed, sums, parameters, optimizer, best } = state;
  const meta: v.InferOutput<typeof stateMeta> = {
    kind: 'training',
    identity: setup.potential.identity,
    procedure: setup.procedure,
    backend: backend.name,
    epoch,
    batch,
    updates,
    elapsed,
    sums,
    best: best === undefined ? null : { epoch: best.epoch, loss: best.loss },
  };
  const optimizerColumns = Object.entries(optimizer).map(([name, array]) => [`optimizer.${name}`, array] as const);
  return encodeColumns({
    meta,
    columns: {
      parameters,
      ...(best === undefined ? {} : { best: best.parameters }),
      ...Object.fromEntries(optimizerColumns),
    },
  });
}

/** Name of the backend that a serialized state was made with. */
export function backendOf(bytes: Uint8Array): string | undefined {
  const meta = v.safeParse(stateMeta, decodeColumns(bytes)?.meta);
  return meta.success ? meta.output.backend : undefined;
}

/**
 * Takes over a serialized state; the training then goes on as the one that it was taken from.
 * @returns problem TR006 if the bytes are no state of this potential, procedure and backend; the training is then as it was
 */
export function restore({ setup, state, backend }: Training, bytes: Uint8Array): Result<undefined> {
  const damaged = fail({
    code: 'TR006',
    message: 'The checkpoint is damaged or belongs to another definition: start the training again.',
  });
  const decoded = decodeColumns(bytes);
  const meta = v.safeParse(stateMeta, decoded?.meta);
  if (decoded === undefined || !meta.success) return damaged;
  const { identity, procedure, backend: madeBy, best, ...rest } = meta.output;
  if (identity !== setup.potential.identity || procedure !== setup.procedure) return damaged;
  if (madeBy !== backend.name) return damaged;
  /** Pairs of where a column goes and what it holds. */
  const columns: [Float64Array, Float64Array][] = [];
  const take = (name: string, into: Float64Array): boolean => {
    const column = decoded.columns[name];
    const fits = column instanceof Float64Array && column.length === into.length && column.every(Number.isFinite);
    if (fits) columns.push([into, column]);
    return fits;
  };
  const bestParameters = new Float64Array(state.parameters.length);
  const complete =
    take('parameters', state.parameters) &&
    Object.entries(state.optimizer).every(([name, array]) => take(`optimizer.${name}`, array)) &&
    (best === null || take('best', bestParameters));
  if (!complete) return damaged;
  for (const [into, column] of columns) into.set(column);
  state.epoch = rest.epoch;
  state.batch = rest.batch;
  state.updates = rest.updates;
  state.elapsed = rest.elapsed;
  state.sums = rest.sums;
  state.best = best === null ? undefined : { ...best, parameters: bestParameters };
  return ok(undefined);
}
