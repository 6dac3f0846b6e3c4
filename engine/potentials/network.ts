/**
 * Feed-forward networks from the scaled symmetry functions of an atom to its energy in eV:
 * y_k = f(b_k + Σ_j a_jk y_j), the output linear (Behler and Parrinello, Phys. Rev. Lett. 98, 146401 (2007)).
 *
 * Besides the energy there are two exact derivatives: the gradient with respect to the inputs (for forces), and the
 * gradient with respect to the parameters of energySeed · E + tangent · ∇ₓE (for training on energies and forces): a
 * tangent pass (Pearlmutter, Neural Comput. 6, 147 (1994)) and one reverse pass over both, at the cost of a few
 * evaluations whatever the number of inputs.
 *
 * The functions whose names begin with `trace` work on ranges of caller-owned arrays and allocate nothing; the others
 * are the same for single atoms. Sums run in a fixed order.
 */
import type { Activation } from '../../language/definition/definition';
import type { Random } from '../random';

/** Those of the language, and what only imported potentials have: 1 − logistic, e^−z, z². */
export type LayerActivation = Activation | 'reversed_logistic' | 'exponential' | 'harmonic';

export interface Network {
  /** Number of inputs, of the nodes of each hidden layer, and 1. */
  readonly sizes: readonly number[];
  /** Of the hidden layers. */
  readonly activation: Activation;
  /** One for each hidden layer, where they differ or `activation` can't say: then it doesn't count. */
  readonly activations?: readonly LayerActivation[];
  /** Per layer all weights, those of the first source first, then the biases: n2p2's order. */
  readonly parameters: Float64Array;
}

/** One layer of a network by itself: y_k = f(b_k + Σ_j a_jk x_j). */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: LayerActivation;
  /** a_jk, [source][target]. */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

/** The layers one after the other; views, no copies. The last one is linear. */
export function layersOf({ sizes, activation, activations, parameters }: Network): Layer[] {
  let at = 0;
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i];
    const weights = parameters.subarray(at, (at += inputs * outputs));
    const biases = parameters.subarray(at, (at += outputs));
    const last = i === sizes.length - 2;
    return { inputs, outputs, activation: last ? 'linear' : (activations?.[i] ?? activation), weights, biases };
  });
}

/** Number of weights and biases. */
export function countParameters(sizes: readonly number[]): number {
  let count = 0;
  for (let layer = 1; layer < sizes.length; layer++) count += (sizes[layer - 1] + 1) * sizes[layer];
  return count;
}

/** 1 for each weight, 0 for each bias, in the order of the parameters. */
export function weightMask(sizes: readonly number[]): Uint8Array {
  const mask = new Uint8Array(countParameters(sizes));
  for (let layer = 1, offset = 0; layer < sizes.length; layer++) {
    const weights = sizes[layer - 1] * sizes[layer];
    mask.fill(1, offset, offset + weights);
    offset += weights + sizes[layer];
  }
  return mask;
}

/**
 * Random weights of the size that keeps the variance of signals (Glorot and Bengio, AISTATS 2010), with the thresholds of
 * the hidden nodes spread over the range of their inputs (after Nguyen and Widrow, IJCNN 1990); the output starts
 * unbiased.
 */
export function initialNetwork(sizes: readonly number[], activation: Activation, random: Random): Network {
  const parameters = new Float64Array(countParameters(sizes));
  for (let layer = 1, offset = 0; layer < sizes.length; layer++) {
    const [sources, targets] = [sizes[layer - 1], sizes[layer]];
    const bound = Math.sqrt(6 / (sources + targets));
    for (let i = 0; i < sources * targets; i++) parameters[offset++] = bound * (2 * random.uniform() - 1);
    const last = layer === sizes.length - 1;
    for (let i = 0; i < targets; i++) parameters[offset++] = last ? 0 : 2 * random.uniform() - 1;
  }
  return { sizes, activation, parameters };
}

/**
 * Length of the *trace*, the numbers that an evaluation leaves for the derivatives. Per hidden layer of n nodes 4 n: the
 * values y; f′; f″, which `traceGradient` multiplies by dE/dy; and, after it, dE/dz with z the net inputs.
 */
export function traceLength(sizes: readonly number[]): number {
  return 4 * countHidden(sizes);
}

/** Length of the work space of `traceParameterGradient`: per hidden layer the tangents ż and ẏ, and the derivative by z. */
export function scratchLength(sizes: readonly number[]): number {
  return 3 * countHidden(sizes);
}

function countHidden(sizes: readonly number[]): number {
  let nodes = 0;
  for (let layer = 1; layer < sizes.length - 1; layer++) nodes += sizes[layer];
  return nodes;
}

/** Energy for the inputs x[xAt …]; fills trace[at …]. */
export function traceEnergy(network: Network, x: Float64Array, xAt: number, trace: Float64Array, at: number): number {
  const { sizes, parameters, activation, activations } = network;
  const last = sizes.length - 1;
  let source = x;
  let sourceAt = xAt;
  let weightsAt = 0;
  for (let layer = 1; layer < last; layer++) {
    const sources = sizes[layer - 1];
    const targets = sizes[layer];
    const biases = weightsAt + sources * targets;
    for (let k = 0; k < targets; k++) trace[at + k] = parameters[biases + k];
    propagate(parameters, weightsAt, sources, targets, source, sourceAt, trace, at);
    activate(activations?.[layer - 1] ?? activation, trace, at, targets);
    source = trace;
    sourceAt = at;
    at += 4 * targets;
    weightsAt = biases + targets;
  }
  const sources = sizes[last - 1];
  let energy = parameters[weightsAt + sources];
  for (let j = 0; j < sources; j++) energy += parameters[weightsAt + j] * source[sourceAt + j];
  return energy;
}

/** Writes dE/dx to gradient[gradientAt …]; once after each `traceEnergy`. */
export function traceGradient(
  network: Network,
  trace: Float64Array,
  at: number,
  gradient: Float64Array,
  gradientAt: number,
): void {
  const { sizes, parameters } = network;
  const last = sizes.length - 1;
  let weightsAt = parameters.length - sizes[last - 1] - 1;
  let nodesAt = at + traceLength(sizes);
  // dE/d(net inputs) of the layer above; of the output it is 1.
  let delta: Float64Array = ONE;
  let deltaAt = 0;
  for (let layer = last; layer >= 1; layer--) {
    const targets = sizes[layer];
    const sources = sizes[layer - 1];
    nodesAt -= 4 * sources;
    for (let j = 0, row = weightsAt; j < sources; j++, row += targets) {
      let sum = 0;
      for (let k = 0; k < targets; k++) sum += parameters[row + k] * delta[deltaAt + k];
      if (layer === 1) {
        gradient[gradientAt + j] = sum;
      } else {
        const node = nodesAt + j;
        trace[node + 3 * sources] = sum * trace[node + sources];
        trace[node + 2 * sources] *= sum;
      }
    }
    if (layer === 1) return;
    delta = trace;
    deltaAt = nodesAt + 3 * sources;
    weightsAt -= (sizes[layer - 2] + 1) * sources;
  }
}

/**
 * Adds ∂/∂θ [energySeed · E(x) + tangent · ∇ₓE(x)] to into[intoAt …], after `traceEnergy` and, if there is a tangent,
 * `traceGradient`.
 */
export function traceParameterGradient(
  network: Network,
  x: Float64Array,
  xAt: number,
  trace: Float64Array,
  at: number,
  energySeed: number,
  tangent: Float64Array | undefined,
  tangentAt: number,
  into: Float64Array,
  intoAt: number,
  scratch: Float64Array,
): void {
  const { sizes, parameters } = network;
  const last = sizes.length - 1;
  if (tangent !== undefined) tangentPass(network, trace, at, tangent, tangentAt, scratch);
  let weightsAt = parameters.length;
  let nodesAt = at + traceLength(sizes);
  let scratchAt = scratchLength(sizes);
  // Derivatives of energySeed · E + tangent · ∇E by a layer's net inputs z (`byNet`) and by their tangents ż (`byDot`).
  let byNet: Float64Array = Float64Array.of(energySeed);
  let byNetAt = 0;
  let byDot: Float64Array = ONE;
  let byDotAt = 0;
  for (let layer = last; layer >= 1; layer--) {
    const targets = sizes[layer];
    const sources = sizes[layer - 1];
    weightsAt -= (sources + 1) * targets;
    nodesAt -= 4 * sources;
    scratchAt -= 3 * sources;
    const source = layer === 1 ? x : trace;
    const sourceAt = layer === 1 ? xAt : nodesAt;
    let to = intoAt + weightsAt;
    if (tangent === undefined) {
      for (let j = 0; j < sources; j++, to += targets) {
        const y = source[sourceAt + j];
        for (let k = 0; k < targets; k++) into[to + k] += y * byNet[byNetAt + k];
      }
    } else {
      const dot = layer === 1 ? tangent : scratch;
      const dotAt = layer === 1 ? tangentAt : scratchAt + sources;
      for (let j = 0; j < sources; j++, to += targets) {
        const y = source[sourceAt + j];
        const yDot = dot[dotAt + j];
        for (let k = 0; k < targets; k++) into[to + k] += y * byNet[byNetAt + k] + yDot * byDot[byDotAt + k];
      }
    }
    for (let k = 0; k < targets; k++) into[to + k] += byNet[byNetAt + k];
    if (layer === 1) return;
    const nextAt = scratchAt + 2 * sources;
    for (let j = 0, row = weightsAt; j < sources; j++, row += targets) {
      let sum = 0;
      for (let k = 0; k < targets; k++) sum += parameters[row + k] * byNet[byNetAt + k];
      const curvature = tangent === undefined ? 0 : trace[nodesAt + 2 * sources + j] * scratch[scratchAt + j];
      scratch[nextAt + j] = trace[nodesAt + sources + j] * sum + curvature;
    }
    byNet = scratch;
    byNetAt = nextAt;
    byDot = trace;
    byDotAt = nodesAt + 3 * sources;
  }
}

/** Per hidden layer the derivatives of net inputs (ż) and values (ẏ) along the tangent. */
function tangentPass(
  { sizes, parameters }: Network,
  trace: Float64Array,
  at: number,
  tangent: Float64Array,
  tangentAt: number,
  scratch: Float64Array,
): void {
  let source = tangent;
  let sourceAt = tangentAt;
  let weightsAt = 0;
  let to = 0;
  for (let layer = 1; layer < sizes.length - 1; layer++) {
    const sources = sizes[layer - 1];
    const targets = sizes[layer];
    scratch.fill(0, to, to + targets);
    propagate(parameters, weightsAt, sources, targets, source, sourceAt, scratch, to);
    for (let k = 0; k < targets; k++) scratch[to + targets + k] = trace[at + targets + k] * scratch[to + k];
    source = scratch;
    sourceAt = to + targets;
    to += 3 * targets;
    at += 4 * targets;
    weightsAt += (sources + 1) * targets;
  }
}

/** into[k] += Σ_j a[j][k] source[j]: four sources at a time, so that `into` is loaded and stored less often. */
function propagate(
  weights: Float64Array,
  weightsAt: number,
  sources: number,
  targets: number,
  source: Float64Array,
  sourceAt: number,
  into: Float64Array,
  intoAt: number,
): void {
  let j = 0;
  let row = weightsAt;
  for (; j + 4 <= sources; j += 4) {
    const y0 = source[sourceAt + j];
    const y1 = source[sourceAt + j + 1];
    const y2 = source[sourceAt + j + 2];
    const y3 = source[sourceAt + j + 3];
    const row1 = row + targets;
    const row2 = row1 + targets;
    const row3 = row2 + targets;
    for (let k = 0; k < targets; k++) {
      into[intoAt + k] +=
        weights[row + k] * y0 + weights[row1 + k] * y1 + (weights[row2 + k] * y2 + weights[row3 + k] * y3);
    }
    row = row3 + targets;
  }
  for (; j < sources; j++, row += targets) {
    const y = source[sourceAt + j];
    for (let k = 0; k < targets; k++) into[intoAt + k] += weights[row + k] * y;
  }
}

/**
 * Replaces the net inputs z at nodes[at … at + n) by f(z), and writes f′ and f″ behind them. Math.tanh, exp and cos are
 * the only operations here whose last bit depends on the JavaScript engine (not on the processor or system, for V8).
 */
function activate(activation: LayerActivation, nodes: Float64Array, at: number, n: number): void {
  const end = at + n;
  const first = n;
  const second = 2 * n;
  switch (activation) {
    case 'tanh':
      for (let i = at; i < end; i++) {
        const y = Math.tanh(nodes[i]);
        const slope = 1 - y * y;
        nodes[i] = y;
        nodes[i + first] = slope;
        nodes[i + second] = -2 * y * slope;
      }
      return;
    case 'softplus':
      for (let i = at; i < end; i++) {
        const z = nodes[i];
        const y = 1 / (1 + Math.exp(-z));
        // ln(1 + e^z) without overflow.
        nodes[i] = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
        nodes[i + first] = y;
        nodes[i + second] = y * (1 - y);
      }
      return;
    case 'logistic':
      for (let i = at; i < end; i++) {
        const y = 1 / (1 + Math.exp(-nodes[i]));
        const slope = y * (1 - y);
        nodes[i] = y;
        nodes[i + first] = slope;
        nodes[i + second] = slope * (1 - 2 * y);
      }
      return;
    case 'gaussian':
      for (let i = at; i < end; i++) {
        const z = nodes[i];
        const y = Math.exp(-0.5 * z * z);
        nodes[i] = y;
        nodes[i + first] = -z * y;
        nodes[i + second] = (z * z - 1) * y;
      }
      return;
    case 'cos':
      for (let i = at; i < end; i++) {
        const z = nodes[i];
        const y = Math.cos(z);
        nodes[i] = y;
        nodes[i + first] = -Math.sin(z);
        nodes[i + second] = -y;
      }
      return;
    case 'linear':
      nodes.fill(1, at + first, end + first);
      nodes.fill(0, at + second, end + second);
      return;
    case 'relu':
      for (let i = at; i < end; i++) {
        const z = nodes[i];
        nodes[i] = Math.max(z, 0);
        nodes[i + first] = z > 0 ? 1 : 0;
        nodes[i + second] = 0;
      }
      return;
    case 'reversed_logistic':
      for (let i = at; i < end; i++) {
        const y = 1 / (1 + Math.exp(nodes[i]));
        const slope = y * (y - 1);
        nodes[i] = y;
        nodes[i + first] = slope;
        nodes[i + second] = slope * (2 * y - 1);
      }
      return;
    case 'exponential':
      for (let i = at; i < end; i++) {
        const y = Math.exp(-nodes[i]);
        nodes[i] = y;
        nodes[i + first] = -y;
        nodes[i + second] = y;
      }
      return;
    case 'harmonic':
      for (let i = at; i < end; i++) {
        const z = nodes[i];
        nodes[i] = z * z;
        nodes[i + first] = 2 * z;
        nodes[i + second] = 2;
      }
  }
}

const ONE = Float64Array.of(1);
/** Work space of the functions below, grown to the largest network. They don't call each other's callers: no overlap. */
let sharedTrace = new Float64Array(0);
let sharedScratch = new Float64Array(0);
let sharedGradient = new Float64Array(0);

function reserve(sizes: readonly number[]): void {
  if (sharedTrace.length < traceLength(sizes)) sharedTrace = new Float64Array(traceLength(sizes));
  if (sharedScratch.length < scratchLength(sizes)) sharedScratch = new Float64Array(scratchLength(sizes));
  if (sharedGradient.length < sizes[0]) sharedGradient = new Float64Array(sizes[0]);
}

/** Energy of one atom in eV for its scaled inputs x; `gradient` receives dE/dx. */
export function networkEnergy(network: Network, x: Float64Array, gradient?: Float64Array): number {
  reserve(network.sizes);
  const energy = traceEnergy(network, x, 0, sharedTrace, 0);
  if (gradient !== undefined) traceGradient(network, sharedTrace, 0, gradient, 0);
  return energy;
}

/** Adds ∂/∂θ [energySeed · E(x) + tangent · ∇ₓE(x)] to `into`, which is as long as the parameters. */
export function accumulateParameterGradient(
  network: Network,
  x: Float64Array,
  energySeed: number,
  tangent: Float64Array | undefined,
  into: Float64Array,
): void {
  reserve(network.sizes);
  traceEnergy(network, x, 0, sharedTrace, 0);
  if (tangent !== undefined) traceGradient(network, sharedTrace, 0, sharedGradient, 0);
  traceParameterGradient(network, x, 0, sharedTrace, 0, energySeed, tangent, 0, into, 0, sharedScratch);
}
