/**
 * The loss of force matching and its exact gradient (Ercolessi and Adams, Europhys. Lett. 26, 583 (1994)):
 *
 *   L = w_E/N_E Σ_s [(E_ML + row · b − E_QM)/N_s]² + w_F/N_F Σ_{s,i} |F_ML − F_QM|² + λ Σ weights²
 *
 * N_E is the number of energies, N_F that of force components, in the training set. Whole force vectors are compared,
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

/** Squared errors added up, and how many; energies per atom. */
export interface ErrorSums {
  energies: number;
  energySquares: number;
  forces: number;
  forceSquares: number;
}

export const createSums = (): ErrorSums => ({ energies: 0, energySquares: 0, forces: 0, forceSquares: 0 });

export const addSums = (a: ErrorSums, b: ErrorSums): ErrorSums => ({
  energies: a.energies + b.energies,
  energySquares: a.energySquares + b.energySquares,
  forces: a.forces + b.forces,
  forceSquares: a.forceSquares + b.forceSquares,
});

/** Number of labels. */
export function countLabels(samples: Iterable<Targets>): { energies: number; forces: number } {
  let energies = 0;
  let forces = 0;
  for (const sample of samples) {
    if (sample.energy !== undefined) energies++;
    forces += sample.forces?.length ?? 0;
  }
  return { energies, forces };
}

/** Arrays that evaluations use again and again, as long as the largest structure needs. */
export interface Buffers {
  trace: Float64Array;
  gradient: Float64Array;
  tangent: Float64Array;
  forces: Float64Array;
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
    scratch: new Float64Array(Math.max(0, ...layout.networks.map(({ sizes }) => scratchLength(sizes)))),
  };
}

/** What an evaluation needs besides parameters. */
export interface Problem {
  readonly layout: Layout;
  readonly samples: readonly Sample[];
  readonly functionsOf: FunctionsOf;
  /** Asked only of samples with forces. */
  readonly derivatives: (sample: number) => Derivatives;
  /** Those that are in memory, and not computed again at every use. */
  readonly kept: (sample: number) => Derivatives | undefined;
  readonly buffers: Buffers;
}

/** Factors of the sums of squares in the loss. */
export interface LossFactors {
  readonly energy: number;
  readonly force: number;
}

/** w/N for both kinds of labels; 0 for a kind that the data do not have. */
export function lossFactors(
  options: { readonly energy_weight: number; readonly force_weight: number },
  labels: { readonly energies: number; readonly forces: number },
): LossFactors {
  return {
    energy: labels.energies > 0 ? options.energy_weight / labels.energies : 0,
    force: labels.forces > 0 ? options.force_weight / labels.forces : 0,
  };
}

/**
 * Energy of a sample in eV, its fixed parts not included; with derivatives also forces, into `buffers.forces`.
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
  if (derivatives !== undefined) contractForces(inputs, derivatives, functionsOf, buffers.gradient, buffers.forces);
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
 * Adds the squared errors of one sample to `sums` and, if there is a gradient, the derivatives of
 * factors.energy (ΔE/N)² + factors.force |ΔF|² by all parameters to it.
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
  const { inputs, energy: target, forces: targetForces, row } = sample;
  if (target === undefined && targetForces === undefined) return;
  const atoms = inputs.elements.length;
  const derivatives = targetForces === undefined ? undefined : problem.derivatives(index);
  const energy = predictSample(problem, networks, parameters.subarray(layout.offsetsAt), sample, derivatives);

  let energySeed = 0;
  if (target !== undefined) {
    const error = (energy - target) / atoms;
    sums.energies++;
    sums.energySquares += error * error;
    energySeed = (2 * factors.energy * error) / atoms;
  }
  if (targetForces !== undefined) {
    const { forces } = buffers;
    let squares = 0;
    for (let c = 0; c < targetForces.length; c++) {
      const error = forces[c] - targetForces[c];
      squares += error * error;
      // From here on the array holds dL/dF.
      forces[c] = 2 * factors.force * error;
    }
    sums.forces += targetForces.length;
    sums.forceSquares += squares;
  }
  if (gradient === undefined) return;

  const useForces = derivatives !== undefined && factors.force !== 0;
  if (useForces) contractTangent(inputs, derivatives, functionsOf, buffers.forces, buffers.tangent);
  for (let i = 0, at = 0; i < atoms; i++) {
    const element = inputs.elements[i];
    traceParameterGradient(
      networks[element],
      inputs.values,
      inputs.valuesAt[i],
      buffers.trace,
      at,
      energySeed,
      useForces ? buffers.tangent : undefined,
      inputs.valuesAt[i],
      gradient,
      layout.networks[element].at,
      buffers.scratch,
    );
    at += traceLength(networks[element].sizes);
  }
  for (let k = 0; k < row.length; k++) gradient[layout.offsetsAt + k] += row[k] * energySeed;
}

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
  readonly regularization: number;
  /** Fractions of the total; 0 where there is none. */
  readonly shares: { readonly energy: number; readonly force: number; readonly regularization: number };
}

export function lossOf(
  sums: ErrorSums,
  options: { readonly energy_weight: number; readonly force_weight: number },
  regularization: number,
): Loss {
  const energy = sums.energies > 0 ? (options.energy_weight * sums.energySquares) / sums.energies : 0;
  const force = sums.forces > 0 ? (options.force_weight * sums.forceSquares) / sums.forces : 0;
  const total = energy + force + regularization;
  const share = (part: number): number => (total > 0 ? part / total : 0);
  return {
    total,
    energy,
    force,
    regularization,
    shares: { energy: share(energy), force: share(force), regularization: share(regularization) },
  };
}
