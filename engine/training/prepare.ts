/** Before the first epoch: descriptors, scaling, baseline of the energies, initial weights. eV, Å. */
import { symbolOf } from '../../language/elements';
import { bySet, SETS, type SetName } from '../../protocol/parity';
import { fail, ok, type Problem as Failure, type Result } from '../../protocol/result';
import { analyticPotentialOf } from '../potentials/analytic';
import { initialNetwork } from '../potentials/network';
import { createRandom } from '../random';
import { volume } from '../structure/cell';
import { toVoigt } from '../structure/voigt';
import { referenceBackend } from './backend';
import { DERIVATIVES, estimateBytes, prepareDescriptorSet, prepareDescriptorsOf } from './data';
import {
  countLabels,
  createBuffers,
  createLayout,
  createSums,
  hasLabels,
  predictSample,
  viewNetworks,
  type LossFactors,
  type Problem,
  type Sample,
} from './loss';
import {
  baselineEnergy,
  fitBaseline,
  identifiability,
  latticeCoordinates,
  minimumNormOffsets,
  offsetRow,
  solveLeastSquares,
  subtractBaseline,
} from './offset';
import { isolatedBaseline, isolatedEnergies, withoutEnergy } from './isolated-atoms';
import { createOptimizer } from './optimizers/create';
import type { Hooks, LabelCounts, Prepared, Training, TrainingSetup } from './training';

const DEFAULT_MEMORY_BUDGET = 2 ** 30;
/** Prepares a training and begins it: what both return. */
export async function createTraining(setup: TrainingSetup, hooks: Hooks = {}): Promise<Result<Training | undefined>> {
  const prepared = await prepareTraining(setup, hooks);
  if (!prepared.ok) return prepared;
  return prepared.value === undefined ? ok(undefined) : beginTraining(prepared.value);
}

/**
 * Prepares descriptors, scaling and baseline.
 * @returns undefined if it was stopped; problems TR001 (nothing to train or to train on), TR002 (an element that the
 * potential doesn't have), TR003 (labels that are no numbers), PD0602 (a constant offset for several compositions),
 * PD0206 (no energy of an isolated atom, where these are the zero)
 */
export async function prepareTraining(setup: TrainingSetup, hooks: Hooks = {}): Promise<Result<Prepared | undefined>> {
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
  // A constant of the method and no fit: it may stand in any set.
  const isolated = options.offset === 'isolated' ? isolatedEnergies(structures, descriptorSet.plan.cutoff) : undefined;
  const unknown = isolated === undefined ? [] : withoutEnergy(structures, isolated);
  if (unknown.length > 0)
    return fail({
      code: 'PD0206',
      message: `offset = isolated needs the energy of an isolated atom of ${unknown.join(', ')}: add a structure of that one atom, without a cell or in one that is wider than the cutoff, or write offset = per_element.`,
    });
  const baseline =
    isolated !== undefined
      ? isolatedBaseline(elements, isolated)
      : fitBaseline(
          options.offset,
          withEnergy.map((s) => rows[s]),
          withEnergy.map((s) => (structures[s].energy ?? 0) - (pairs[s]?.energy ?? 0)),
          withEnergy.map((s) => structures[s].numbers.length ** -2),
          offsetReferences(setup, compositions[0]),
        );
  const known = identifiability(baseline, elements);
  if (known.explanation !== undefined) warn('PD0205', known.explanation);

  // Descriptors.
  const provider = setup.backend ?? referenceBackend;
  const isTraining = set.map((one) => (one === 0 ? 1 : 0));
  const useStress = options.stress_weight > 0;
  const wanted = Uint8Array.from(structures, ({ forces, virial }) =>
    useStress && virial !== undefined
      ? DERIVATIVES.virial
      : forces === undefined
        ? DERIVATIVES.none
        : DERIVATIVES.forces,
  );
  const budget = setup.memoryBudget ?? DEFAULT_MEMORY_BUDGET;
  const estimate = estimateBytes(descriptorSet, structures, wanted);
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
    wanted,
    budget,
    async (done) => {
      hooks.progress?.('descriptors', done, structures.length);
      return hooks.pause === undefined || !(await hooks.pause());
    },
    provider.allocate,
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
    const virial = useStress ? structure.virial : undefined;
    return {
      inputs: descriptors.inputs[s],
      energy,
      forces,
      virial: virial && toVoigt(pair === undefined ? virial : virial.map((w, k) => w - pair.virial[k])),
      volume: structure.cell === undefined ? 0 : volume(structure.cell),
      factors: factorsOf(setup, structure.configType),
      row: options.offset === 'isolated' ? [] : rows[s],
    };
  });
  const membersOf = (name: SetName): Int32Array =>
    Int32Array.from(samples.flatMap((sample, s) => (set[s] === SETS.indexOf(name) && hasLabels(sample) ? [s] : [])));
  const countsOf = (name: SetName): LabelCounts => {
    const own = samples.filter((_, s) => set[s] === SETS.indexOf(name));
    return { structures: own.length, ...countLabels(own) };
  };
  const labels = bySet(countsOf);
  if (labels.train.energies === 0) warn('TR004', 'No training structure has an energy: only forces are fitted.');
  const withStress = structures.filter(({ virial }) => virial !== undefined).length;
  if (useStress && labels.train.stresses === 0)
    warn('PD0605', 'stress_weight is above 0, and no training structure has a stress: energies and forces are fitted.');
  else if (useStress && withStress < structures.length)
    hooks.log?.(`${withStress} of ${structures.length} structures have a stress.`);
  else if (!useStress && withStress > 0)
    hooks.log?.(`${withStress} structures have a stress, which is not fitted: stress_weight is 0.`);
  for (const { name } of setup.configTypes ?? [])
    if (!structures.some(({ configType }) => configType === name))
      warn('PD0612', `No structure has the config_type ${name}: its factors have no effect.`);
  if (labels.train.forces === 0) warn('TR004', 'No training structure has forces: only energies are fitted.');

  const layout = createLayout(potential, options.offset);
  const problem: Problem = {
    layout,
    samples,
    functionsOf: descriptorSet.functionsOf,
    derivatives: descriptors.derivatives,
    kept: descriptors.kept,
    buffers: createBuffers(layout, descriptors.inputs),
  };
  const backend = provider.create(problem);
  if (!backend.ok) return backend;
  return ok({
    setup,
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
    members: bySet(membersOf),
  });
}

/**
 * Initial weights and optimizers for what is prepared.
 * @returns problem TR009 of an optimizer that the backend can't serve
 */
export function beginTraining(prepared: Prepared): Result<Training> {
  const { setup, problem, backend, labels } = prepared;
  const { potential, options } = setup;
  const stages = [];
  for (const stage of [{ optimizer: setup.optimizer, epochs: options.epochs }, setup.finish]) {
    if (stage === undefined) continue;
    const optimizer = createOptimizer(stage.optimizer, options, problem, backend, labels.train);
    if (!optimizer.ok) return optimizer;
    stages.push({ optimizer: optimizer.value, epochs: stage.epochs });
  }
  const parameters = new Float64Array(problem.layout.count);
  problem.layout.networks.forEach(({ sizes, activation, at }, e) => {
    const random = createRandom(options.seed, `weights ${potential.elements[e]}`);
    parameters.set(initialNetwork(sizes, activation, random).parameters, at);
  });
  const start = { epoch: 0, stage: 0, since: 0, batch: 0, updates: 0, elapsed: 0 };
  const training: Training = {
    ...prepared,
    state: { ...start, sums: createSums(), parameters, best: undefined },
    stages,
  };
  solveOffsets(training);
  return ok(training);
}

/** The training of a member of a committee: other structures, another seed, all that is prepared the same. */
export function beginMember(prepared: Prepared, seed: number, structures: Int32Array): Result<Training> {
  const { setup, problem, labels, members } = prepared;
  const own = Array.from(structures, (s) => problem.samples[s]);
  return beginTraining({
    ...prepared,
    setup: { ...setup, options: { ...setup.options, seed } },
    labels: { ...labels, train: { structures: own.length, ...countLabels(own) } },
    members: { ...members, train: structures },
  });
}

/** The factors of a config_type, in the order of energy, force, stress; 1 for one that the definition doesn't name. */
function factorsOf({ configTypes }: TrainingSetup, name: string | undefined): LossFactors {
  const named = configTypes?.find((one) => one.name === name);
  return named ?? { energy: 1, force: 1, stress: 1 };
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
export function solveOffsets({ problem, state, baseline, members }: Training): void {
  const { basis } = baseline;
  if (basis.length === 0 || problem.layout.offsetsAt === problem.layout.count) return;
  const networks = viewNetworks(problem.layout, state.parameters);
  const coordinates: number[][] = [];
  const targets: number[] = [];
  const weights: number[] = [];
  for (const s of members.train) {
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
