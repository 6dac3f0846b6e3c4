/**
 * The loss of force matching and its exact gradient (Ercolessi and Adams, Europhys. Lett. 26, 583 (1994)):
 *
 *   L = w_E/N_E Σ_s f_E [(E_ML + row · b − E_QM)/N_s]² + w_F/N_F Σ_{s,i} f_F |F_ML − F_QM|²
 *     + w_S/N_S Σ_s f_S |W_ML − W_QM|²/N_s² + λ Σ weights²
 *
 * N_E is the number of energies, N_F that of force components, N_S that of components of virials (six each, structure/voigt.ts),
 * in the training set; f are the factors that the definition gives a config_type, else 1. Whole force vectors are compared,
 * never their lengths. A label that is missing is left out of sums and counts: it never counts as zero. eV, Å.
 *
 * All parameters are one flat vector: the networks in the order of the elements, then the offsets b. This is the
 * reference for the backends that are faster (backend.ts). Sums run in a fixed order, so the same input gives the same bits.
 */
import type { PotentialDefinition, TrainDefinition } from '../../language/definition/definition';
import {
  countParameters,
  scratchLength,
  traceEnergy,
  traceGradient,
  traceLength,
  traceParameterGradient,
  weightMask,
  type Network,
} from '../potentials/network';
import type { Derivatives, FunctionsOf, Inputs } from './data';
import { countOffsets } from './offset';

/** What of a structure the model is fitted to. */
export interface Targets {
  /** Reference energy less baseline and fixed terms, eV. */
  readonly energy: number | undefined;
  /** Reference forces less those of fixed terms, eV/Å, 3N. */
  readonly forces: Float64Array | undefined;
  /** Reference virial less that of fixed terms, eV, 6; only where it is fitted. */
  readonly virial: Float64Array | undefined;
  /** Å³; 0 without a virial. */
  readonly volume: number;
  /** What the squares of its errors are multiplied by in the loss. */
  readonly factors: LossFactors;
  /** Coefficients of the offsets. */
  readonly row: readonly number[];
}

export interface Sample extends Targets {
  readonly inputs: Inputs;
}

/** Where the parts of the model stand in the flat vector of parameters. */
export interface Layout {
  readonly networks: readonly {
    readonly sizes: readonly number[];
    readonly activation: Network['activation'];
    readonly at: number;
    readonly count: number;
  }[];
  readonly offsetsAt: number;
  /** Number of all parameters. */
  readonly count: number;
  /** 1 for the parameters that regularization holds small: weights, neither biases nor offsets. */
  readonly isWeight: Uint8Array;
}

export function createLayout(potential: PotentialDefinition, offset: TrainDefinition['options']['offset']): Layout {
  const { networks } = potential;
  if (networks === undefined) throw new Error('The potential has no networks.');
  let at = 0;
  const placed = potential.elements.map((symbol) => {
    const { hidden, activation } = networks[symbol];
    const sizes = [potential.symmetryFunctions[symbol].length, ...hidden, 1];
    const count = countParameters(sizes);
    at += count;
    return { sizes, activation, at: at - count, count };
  });
  const count = at + countOffsets(offset, potential.elements.length);
  const isWeight = new Uint8Array(count);
  for (const network of placed) isWeight.set(weightMask(network.sizes), network.at);
  return { networks: placed, offsetsAt: at, count, isWeight };
}

/** The networks as views of the flat vector. */
export function viewNetworks(layout: Layout, parameters: Float64Array): Network[] {
  return layout.networks.map(({ sizes, activation, at, count }) => ({
    sizes,
    activation,
    parameters: parameters.subarray(at, at + count),
  }));
}

/**
 * How many errors there are, and their squares added up: of energies per atom, force components, components of the stress
 * (eV/Å³). `…Loss` is what the loss makes of them: squares with the factors of their structures, and of virials per atom.
 */
export const SUMS = [
  'energies',
  'energySquares',
  'energyLoss',
  'forces',
  'forceSquares',
  'forceLoss',
  'stresses',
  'stressSquares',
  'stressLoss',
] as const;
export type ErrorSums = Record<(typeof SUMS)[number], number>;

const sumsOf = (value: (name: (typeof SUMS)[number]) => number): ErrorSums => ({
  energies: value('energies'),
  energySquares: value('energySquares'),
  energyLoss: value('energyLoss'),
  forces: value('forces'),
  forceSquares: value('forceSquares'),
  forceLoss: value('forceLoss'),
  stresses: value('stresses'),
  stressSquares: value('stressSquares'),
  stressLoss: value('stressLoss'),
});

export const createSums = (): ErrorSums => sumsOf(() => 0);

export const addSums = (a: ErrorSums, b: ErrorSums): ErrorSums => sumsOf((name) => a[name] + b[name]);

/** Of numbers in the order of SUMS. */
export const readSums = (values: ArrayLike<number>): ErrorSums => sumsOf((name) => values[SUMS.indexOf(name)]);

/**
 * Adds the errors of one sample.
 * @param energy squared error per atom
 * @param force sum of the squared errors of force components
 * @param virial the same of the virial per atom
 */
export function addErrors(sums: ErrorSums, sample: Sample, energy: number, force: number, virial: number): void {
  const { factors, inputs, volume } = sample;
  if (sample.energy !== undefined) {
    sums.energies++;
    sums.energySquares += energy;
    sums.energyLoss += factors.energy * energy;
  }
  if (sample.forces !== undefined) {
    sums.forces += sample.forces.length;
    sums.forceSquares += force;
    sums.forceLoss += factors.force * force;
  }
  if (sample.virial !== undefined) {
    sums.stresses += sample.virial.length;
    sums.stressSquares += virial * (inputs.elements.length / volume) ** 2;
    sums.stressLoss += factors.stress * virial;
  }
}

/** Number of labels. */
export function countLabels(samples: Iterable<Targets>): { energies: number; forces: number; stresses: number } {
  let energies = 0;
  let forces = 0;
  let stresses = 0;
  for (const sample of samples) {
    if (sample.energy !== undefined) energies++;
    forces += sample.forces?.length ?? 0;
    stresses += sample.virial?.length ?? 0;
  }
  return { energies, forces, stresses };
}

/** Arrays that evaluations use again and again, as long as the largest structure needs. */
export interface Buffers {
  trace: Float64Array;
  gradient: Float64Array;
  tangent: Float64Array;
  forces: Float64Array;
  /** 6 */
  virial: Float64Array;
  scratch: Float64Array;
}

export function createBuffers(layout: Layout, inputs: readonly Inputs[]): Buffers {
  let [trace, values, atoms] = [0, 0, 0];
  const lengths = layout.networks.map(({ sizes }) => traceLength(sizes));
  for (const one of inputs) {
    let length = 0;
    for (const element of one.elements) length += lengths[element];
    trace = Math.max(trace, length);
    values = Math.max(values, one.values.length);
    atoms = Math.max(atoms, one.elements.length);
  }
  return {
    trace: new Float64Array(trace),
    gradient: new Float64Array(values),
    tangent: new Float64Array(values),
    forces: new Float64Array(3 * atoms),
    virial: new Float64Array(6),
    scratch: new Float64Array(Math.max(0, ...layout.networks.map(({ sizes }) => scratchLength(sizes)))),
  };
}

/** What an evaluation needs besides parameters. */
export interface Problem {
  readonly layout: Layout;
  readonly samples: readonly Sample[];
  readonly functionsOf: FunctionsOf;
  /** Asked only of samples with forces or a virial. */
  readonly derivatives: (sample: number) => Derivatives;
  /** Those that are in memory, and not computed again at every use. */
  readonly kept: (sample: number) => Derivatives | undefined;
  readonly buffers: Buffers;
}

/** Factors of the sums of squares in the loss. */
export interface LossFactors {
  readonly energy: number;
  readonly force: number;
  readonly stress: number;
}

/** The weights of the terms, as a `train` block has them. */
export type LossWeights = Pick<TrainDefinition['options'], 'energy_weight' | 'force_weight' | 'stress_weight'>;

/** w/N for all kinds of labels; 0 for a kind that the data do not have. */
export function lossFactors(
  options: LossWeights,
  labels: { readonly energies: number; readonly forces: number; readonly stresses: number },
): LossFactors {
  return {
    energy: labels.energies > 0 ? options.energy_weight / labels.energies : 0,
    force: labels.forces > 0 ? options.force_weight / labels.forces : 0,
    stress: labels.stresses > 0 ? options.stress_weight / labels.stresses : 0,
  };
}

/** The sums of squares in the loss, times these factors. */
export const weighSums = (sums: ErrorSums, factors: LossFactors): number =>
  factors.energy * sums.energyLoss + factors.force * sums.forceLoss + factors.stress * sums.stressLoss;

/**
 * Energy of a sample in eV, its fixed parts not included; with derivatives also forces, into `buffers.forces`, and the virial
 * where they have it, into `buffers.virial`.
 */
export function predictSample(
  { functionsOf, buffers }: Problem,
  networks: readonly Network[],
  offsets: Float64Array,
  { inputs, row }: Sample,
  derivatives: Derivatives | undefined,
): number {
  const { elements, values, valuesAt } = inputs;
  let energy = 0;
  for (let i = 0, at = 0; i < elements.length; i++) {
    const network = networks[elements[i]];
    energy += traceEnergy(network, values, valuesAt[i], buffers.trace, at);
    if (derivatives !== undefined) traceGradient(network, buffers.trace, at, buffers.gradient, valuesAt[i]);
    at += traceLength(network.sizes);
  }
  for (let k = 0; k < offsets.length; k++) energy += row[k] * offsets[k];
  if (derivatives !== undefined) {
    contractForces(inputs, derivatives, functionsOf, buffers.gradient, buffers.forces);
    buffers.virial.fill(0);
    for (let at = 0; at < derivatives.virials.length; at++)
      buffers.virial[at % 6] += buffers.gradient[Math.floor(at / 6)] * derivatives.virials[at];
  }
  return energy;
}

/** F_j = Σ_i Σ_s dE/dx_is · (−∂x_is/∂r_j) */
function contractForces(
  { elements, valuesAt }: Inputs,
  { slots, slotsAt, values }: Derivatives,
  functionsOf: FunctionsOf,
  gradient: Float64Array,
  forces: Float64Array,
): void {
  forces.fill(0, 0, 3 * elements.length);
  let at = 0;
  for (let i = 0; i < elements.length; i++) {
    const first = valuesAt[i];
    const end = valuesAt[i + 1];
    let fx = 0;
    let fy = 0;
    let fz = 0;
    for (let s = first; s < end; s++, at += 3) {
      const g = gradient[s];
      fx += g * values[at];
      fy += g * values[at + 1];
      fz += g * values[at + 2];
    }
    forces[3 * i] += fx;
    forces[3 * i + 1] += fy;
    forces[3 * i + 2] += fz;
    const lists = functionsOf[elements[i]];
    for (let slot = slotsAt[i]; slot < slotsAt[i + 1]; slot++) {
      const j = slots[slot];
      const functions = lists[elements[j]];
      fx = 0;
      fy = 0;
      fz = 0;
      for (let m = 0; m < functions.length; m++, at += 3) {
        const g = gradient[first + functions[m]];
        fx += g * values[at];
        fy += g * values[at + 1];
        fz += g * values[at + 2];
      }
      forces[3 * j] += fx;
      forces[3 * j + 1] += fy;
      forces[3 * j + 2] += fz;
    }
  }
}

/** The transpose: dL/d(dE/dx_is) = Σ_j dL/dF_j · (−∂x_is/∂r_j) */
function contractTangent(
  { elements, valuesAt }: Inputs,
  { slots, slotsAt, values }: Derivatives,
  functionsOf: FunctionsOf,
  byForces: Float64Array,
  tangent: Float64Array,
): void {
  let at = 0;
  for (let i = 0; i < elements.length; i++) {
    const first = valuesAt[i];
    const end = valuesAt[i + 1];
    let fx = byForces[3 * i];
    let fy = byForces[3 * i + 1];
    let fz = byForces[3 * i + 2];
    for (let s = first; s < end; s++, at += 3) {
      tangent[s] = fx * values[at] + fy * values[at + 1] + fz * values[at + 2];
    }
    const lists = functionsOf[elements[i]];
    for (let slot = slotsAt[i]; slot < slotsAt[i + 1]; slot++) {
      const j = slots[slot];
      const functions = lists[elements[j]];
      fx = byForces[3 * j];
      fy = byForces[3 * j + 1];
      fz = byForces[3 * j + 2];
      for (let m = 0; m < functions.length; m++, at += 3) {
        tangent[first + functions[m]] += fx * values[at] + fy * values[at + 1] + fz * values[at + 2];
      }
    }
  }
}

/**
 * Adds the squared errors of one sample to `sums` and, if there is a gradient, the derivatives of what it adds to the loss
 * (`weighSums`) by all parameters to it.
 */
export function evaluate(
  problem: Problem,
  networks: readonly Network[],
  parameters: Float64Array,
  index: number,
  factors: LossFactors,
  sums: ErrorSums,
  gradient: Float64Array | undefined,
): void {
  const { layout, samples, functionsOf, buffers } = problem;
  const sample = samples[index];
  const { inputs, energy: target, forces: targetForces, virial: targetVirial, row } = sample;
  if (!hasLabels(sample)) return;
  const atoms = inputs.elements.length;
  const derivatives = needsDerivatives(sample) ? problem.derivatives(index) : undefined;
  const energy = predictSample(problem, networks, parameters.subarray(layout.offsetsAt), sample, derivatives);

  const error = target === undefined ? 0 : (energy - target) / atoms;
  const energySeed = (2 * factors.energy * sample.factors.energy * error) / atoms;
  const { forces, virial } = buffers;
  let forceSquares = 0;
  for (let c = 0; c < (targetForces?.length ?? 0); c++) {
    const difference = forces[c] - (targetForces?.[c] ?? 0);
    forceSquares += difference * difference;
    // From here on the array holds dL/dF.
    forces[c] = 2 * factors.force * sample.factors.force * difference;
  }
  let virialSquares = 0;
  for (let v = 0; v < (targetVirial?.length ?? 0); v++) {
    const difference = (virial[v] - (targetVirial?.[v] ?? 0)) / atoms;
    virialSquares += difference * difference;
    virial[v] = (2 * factors.stress * sample.factors.stress * difference) / atoms;
  }
  addErrors(sums, sample, error * error, forceSquares, virialSquares);
  if (gradient === undefined) return;

  const useForces = targetForces !== undefined && factors.force !== 0;
  const useVirial = targetVirial !== undefined && factors.stress !== 0;
  const useTangent = derivatives !== undefined && (useForces || useVirial);
  if (useTangent) {
    if (useForces) contractTangent(inputs, derivatives, functionsOf, forces, buffers.tangent);
    else buffers.tangent.fill(0);
    if (useVirial)
      for (let at = 0; at < derivatives.virials.length; at++)
        buffers.tangent[Math.floor(at / 6)] += virial[at % 6] * derivatives.virials[at];
  }
  for (let i = 0, at = 0; i < atoms; i++) {
    const element = inputs.elements[i];
    traceParameterGradient(
      networks[element],
      inputs.values,
      inputs.valuesAt[i],
      buffers.trace,
      at,
      energySeed,
      useTangent ? buffers.tangent : undefined,
      inputs.valuesAt[i],
      gradient,
      layout.networks[element].at,
      buffers.scratch,
    );
    at += traceLength(networks[element].sizes);
  }
  for (let k = 0; k < row.length; k++) gradient[layout.offsetsAt + k] += row[k] * energySeed;
}

export const hasLabels = ({ energy, forces, virial }: Targets): boolean =>
  energy !== undefined || forces !== undefined || virial !== undefined;

export const needsDerivatives = ({ forces, virial }: Targets): boolean => forces !== undefined || virial !== undefined;

/** λ Σ weights², adding its derivatives to `gradient`. */
export function regularize(
  layout: Layout,
  parameters: Float64Array,
  regularization: number,
  gradient: Float64Array | undefined,
): number {
  if (regularization === 0) return 0;
  let squares = 0;
  for (let i = 0; i < parameters.length; i++) {
    if (layout.isWeight[i] === 0) continue;
    squares += parameters[i] * parameters[i];
    if (gradient !== undefined) gradient[i] += 2 * regularization * parameters[i];
  }
  return regularization * squares;
}

/** The loss and what each term contributes to it. */
export interface Loss {
  readonly total: number;
  readonly energy: number;
  readonly force: number;
  readonly stress: number;
  readonly regularization: number;
  /** Fractions of the total; 0 where there is none. */
  readonly shares: Readonly<Record<'energy' | 'force' | 'stress' | 'regularization', number>>;
}

export function lossOf(sums: ErrorSums, options: LossWeights, regularization: number): Loss {
  const factors = lossFactors(options, sums);
  const energy = factors.energy * sums.energyLoss;
  const force = factors.force * sums.forceLoss;
  const stress = factors.stress * sums.stressLoss;
  const total = energy + force + stress + regularization;
  const share = (part: number): number => (total > 0 ? part / total : 0);
  return {
    total,
    energy,
    force,
    stress,
    regularization,
    shares: {
      energy: share(energy),
      force: share(force),
      stress: share(stress),
      regularization: share(regularization),
    },
  };
}
