/**
 * The model and its loss as a differentiable program in TensorFlow.js: forces and the gradient of the loss come from automatic
 * differentiation, independent of our own derivatives. eV, Å; float32 inside.
 *
 * The program is a function of the displacements u of the atoms from where they are. The scaled symmetry functions are
 * taken linear in them, x(u) = x + (∂x/∂r) u, which is exact for value and slope at u = 0, where everything is evaluated:
 *
 *   E(u) = Σᵢ network(xᵢ(u)) + row · b,   F = −∂E/∂u,   ∂L/∂θ by differentiating through both.
 *
 * ∂x/∂r is a dense matrix per structure and element. For cells of up to some hundred atoms, of which most see each other,
 * that is the fastest that the WebAssembly backend has: its products of many small matrices are not vectorized, and it
 * cannot differentiate gathers (tfjs issue 8082).
 */
import type { GradSaveFunc, Scalar, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Activation } from '../../../language/definition/definition';
import type { Derivatives, FunctionsOf, Inputs } from '../data';
import type { ErrorSums, Layout, LossFactors, Sample } from '../loss';
import type * as tfjs from './tfjs';

/** What the packages of TensorFlow.js have in common, of what is used here. */
export type TensorFlow = Omit<typeof tfjs, 'setWasmPaths'>;

export interface ProgramSample {
  readonly sample: Sample;
  /** Of samples whose forces are wanted. */
  readonly derivatives: Derivatives | undefined;
}

export interface Program {
  /**
   * Adds the squared errors of the samples to `sums` and, if there is a gradient, the derivatives of
   * Σ factors.energy (ΔE/N)² + factors.force |ΔF|² by all parameters to it: `evaluate` of ../loss.ts for several samples.
   */
  evaluate(
    parameters: Float64Array,
    samples: readonly ProgramSample[],
    factors: LossFactors,
    sums: ErrorSums,
    gradient: Float64Array | undefined,
  ): void;
  /** Energy in eV, fixed parts not included, and with derivatives forces in eV/Å: `predictSample` of ../loss.ts. */
  predict(
    parameters: Float64Array,
    sample: ProgramSample,
  ): { readonly energy: number; readonly forces: Float32Array | undefined };
  /** Gives the parameters' memory back. */
  dispose(): void;
}

/** Structures as tensors. Whatever is per element is undefined where they have no atom of it. */
interface Piece {
  /** Per element x, [atoms, functions]. */
  readonly inputs: readonly (Tensor2D | undefined)[];
  /** Per element 1 where an atom belongs to a structure, else 0: [structures, atoms]. */
  readonly memberships: readonly (Tensor2D | undefined)[];
  /** Coefficients of the offsets, [structures, offsets]. */
  readonly rows: Tensor2D;
  /** The structures in groups, one after the other; empty if no forces are wanted. */
  readonly groups: readonly Group[];
}

/** Structures that are displaced by one u, [3 atoms, 1]. */
interface Group {
  readonly atoms: number;
  /** Per element ∂x/∂r, [atoms of the element · functions, 3 atoms]; 0 between structures. */
  readonly jacobians: readonly (Tensor2D | undefined)[];
}

/**
 * Atoms up to which structures share a group: small molecules would else be many small products, of which each costs some
 * microseconds before it begins.
 */
const GROUP = 64;

interface NetworkVariables {
  readonly activation: Activation;
  /** Where the numbers of each variable begin in the flat vector of parameters. */
  readonly layers: readonly { readonly weights: Variable; readonly biases: Variable; readonly at: number }[];
}

export function createProgram(tf: TensorFlow, layout: Layout, functionsOf: FunctionsOf): Program {
  const createVariable = (rows: number, columns: number): Variable =>
    tf.tidy(() => tf.variable(tf.zeros([rows, columns])));
  const networks = layout.networks.map(({ sizes, activation, at }): NetworkVariables => {
    const layers = sizes.slice(1).map((targets, l) => {
      const sources = sizes[l];
      const weights = createVariable(sources, targets);
      const biases = createVariable(1, targets);
      at += (sources + 1) * targets;
      return { weights, biases, at: at - (sources + 1) * targets };
    });
    return { activation, layers };
  });
  const functions = layout.networks.map(({ sizes }) => sizes[0]);
  const offsetCount = layout.count - layout.offsetsAt;
  const offsets = offsetCount > 0 ? createVariable(offsetCount, 1) : undefined;
  const placed = [
    ...networks.flatMap(({ layers }) =>
      layers.flatMap(({ weights, biases, at }) => [
        { variable: weights, at },
        { variable: biases, at: at + weights.size },
      ]),
    ),
    ...(offsets === undefined ? [] : [{ variable: offsets, at: layout.offsetsAt }]),
  ];
  const variables = placed.map(({ variable }) => variable);

  function assign(parameters: Float64Array): void {
    for (const { variable, at } of placed) {
      const values = Float32Array.from(parameters.subarray(at, at + variable.size));
      tf.tidy(() => {
        variable.assign(tf.tensor2d(values, variable.shape as [number, number]));
      });
    }
  }

  function pack(samples: readonly ProgramSample[]): Piece {
    const members = samples.map(({ sample }) => atomsByElement(sample.inputs.elements, networks.length));
    const perElement = networks.map((_, e) => {
      const atoms = members.reduce((sum, one) => sum + one[e].length, 0);
      if (atoms === 0) return undefined;
      const values = new Float32Array(atoms * functions[e]);
      const membership = new Float32Array(samples.length * atoms);
      let row = 0;
      samples.forEach(({ sample: { inputs } }, s) => {
        for (const i of members[s][e]) {
          values.set(inputs.values.subarray(inputs.valuesAt[i], inputs.valuesAt[i + 1]), row * functions[e]);
          membership[s * atoms + row++] = 1;
        }
      });
      return {
        inputs: tf.tensor2d(values, [atoms, functions[e]]),
        membership: tf.tensor2d(membership, [samples.length, atoms]),
      };
    });
    const rows = Float32Array.from(samples.flatMap(({ sample }) => sample.row));
    return {
      inputs: perElement.map((one) => one?.inputs),
      memberships: perElement.map((one) => one?.membership),
      rows: tf.tensor2d(rows, [samples.length, offsetCount]),
      groups: samples.every(({ derivatives }) => derivatives === undefined)
        ? []
        : cutIntoGroups(samples).map(packGroup),
    };
  }

  function packGroup(samples: readonly ProgramSample[]): Group {
    const atoms = countAtoms(samples);
    const counts = networks.map(() => 0);
    for (const { sample } of samples) for (const e of sample.inputs.elements) counts[e]++;
    const matrices = counts.map((count, e) => new Float32Array(count * functions[e] * 3 * atoms));
    const rows = counts.map(() => 0);
    let first = 0;
    for (const { sample, derivatives } of samples) {
      const { elements } = sample.inputs;
      if (derivatives !== undefined) {
        // What is stored is −∂x/∂r.
        const { slots, slotsAt, values } = derivatives;
        let from = 0;
        const copy = (e: number, row: number, atom: number): void => {
          let to = 3 * (row * atoms + first + atom);
          for (let axis = 0; axis < 3; axis++) matrices[e][to++] = -values[from++];
        };
        elements.forEach((e, i) => {
          for (let f = 0; f < functions[e]; f++) copy(e, rows[e] + f, i);
          for (let slot = slotsAt[i]; slot < slotsAt[i + 1]; slot++) {
            const j = slots[slot];
            for (const f of functionsOf[e][elements[j]]) copy(e, rows[e] + f, j);
          }
          rows[e] += functions[e];
        });
      } else for (const e of elements) rows[e] += functions[e];
      first += elements.length;
    }
    const jacobians = matrices.map((values, e) =>
      counts[e] === 0 ? undefined : tf.tensor2d(values, [counts[e] * functions[e], 3 * atoms]),
    );
    return { atoms, jacobians };
  }

  /** Energies [structures, 1], displaced by the u of each group, if any. */
  function energies({ inputs, memberships, rows, groups }: Piece, displacements: readonly Tensor[]): Tensor {
    const parts: Tensor[] = networks.flatMap((network, e) => {
      const [x, membership] = [inputs[e], memberships[e]];
      if (x === undefined || membership === undefined) return [];
      const changes = displacements.flatMap((u, g) => {
        const jacobian = groups[g].jacobians[e];
        return jacobian === undefined ? [] : [tf.matMul(jacobian, u)];
      });
      const displaced = changes.length === 0 ? x : tf.add(x, tf.reshape(tf.concat(changes), x.shape));
      return [tf.matMul(membership, run(network, displaced))];
    });
    if (offsets !== undefined) parts.push(tf.matMul(rows, offsets));
    return tf.addN(parts);
  }

  /** Atomic energies [atoms, 1] for symmetry functions [atoms, functions]. */
  function run({ activation, layers }: NetworkVariables, x: Tensor): Tensor {
    return layers.reduce((y, { weights, biases }, l) => {
      const z = tf.add(tf.matMul(y, weights), biases);
      return l === layers.length - 1 ? z : activate(tf, activation, z);
    }, x);
  }

  /** Energies [structures, 1], and −F [3 atoms, 1] of all structures, zero for those without derivatives. */
  function energiesAndSlopes(samples: readonly ProgramSample[]): { energies: Tensor; slopes: Tensor | undefined } {
    const piece = pack(samples);
    if (piece.groups.length === 0) return { energies: energies(piece, []), slopes: undefined };
    const { value, grads } = tf.valueAndGrads((...displacements: Tensor[]) => energies(piece, displacements))(
      piece.groups.map(({ atoms }) => tf.zeros([3 * atoms, 1])),
      tf.ones([samples.length, 1]),
    );
    return { energies: value, slopes: tf.concat(grads) };
  }

  /** The loss of the samples; adds to the sums on the way. */
  function loss(samples: readonly ProgramSample[], factors: LossFactors, sums: ErrorSums): Scalar {
    const column = (values: Float32Array): Tensor2D => tf.tensor2d(values, [values.length, 1]);
    const { energies: predicted, slopes } = energiesAndSlopes(samples);
    const terms: Scalar[] = [];
    const add = (factor: number, errors: Tensor): number => {
      if (factor !== 0) terms.push(tf.mul(factor, tf.sum<Scalar>(tf.square(errors))));
      return sumOfSquares(errors);
    };
    const targets = new Float32Array(samples.length);
    /** 1/N, or 0 where there is no label. */
    const perAtom = new Float32Array(samples.length);
    samples.forEach(({ sample: { energy, inputs } }, s) => {
      if (energy === undefined) return;
      sums.energies++;
      targets[s] = energy;
      perAtom[s] = 1 / inputs.elements.length;
    });
    const energySquares = add(factors.energy, tf.mul(tf.sub(predicted, column(targets)), column(perAtom)));
    sums.energySquares += energySquares;
    sums.energyLoss += energySquares;
    if (slopes !== undefined) {
      const forces = new Float32Array(slopes.size);
      let at = 0;
      for (const { sample } of samples) {
        if (sample.forces !== undefined) forces.set(sample.forces, at);
        sums.forces += sample.forces?.length ?? 0;
        at += 3 * sample.inputs.elements.length;
      }
      // −F + F of the label: what is squared is the same.
      const forceSquares = add(factors.force, tf.add(slopes, column(forces)));
      sums.forceSquares += forceSquares;
      sums.forceLoss += forceSquares;
    }
    return terms.length > 0 ? tf.addN(terms) : tf.mul(0, tf.sum<Scalar>(predicted));
  }

  return {
    evaluate(parameters, all, factors, sums, gradient) {
      assign(parameters);
      const samples = all.map(({ sample, derivatives }) => ({
        sample,
        derivatives: sample.forces === undefined ? undefined : derivatives,
      }));
      tf.tidy(() => {
        if (gradient === undefined) {
          loss(samples, factors, sums);
          return;
        }
        const { grads } = tf.variableGrads(() => loss(samples, factors, sums), variables);
        for (const { variable, at } of placed) {
          // Those of elements that the samples don't have are not there.
          const values = (grads as Partial<typeof grads>)[variable.name]?.dataSync() ?? [];
          for (let k = 0; k < values.length; k++) gradient[at + k] += values[k];
        }
      });
    },
    predict(parameters, sample) {
      assign(parameters);
      return tf.tidy(() => {
        const { energies: value, slopes } = energiesAndSlopes([sample]);
        return { energy: value.dataSync()[0], forces: slopes?.dataSync<'float32'>().map((slope) => -slope) };
      });
    },
    dispose() {
      tf.dispose(variables);
    },
  };
}

/**
 * tfjs computes the gradients of tanh, sigmoid and exp from their values, and loses those values' own dependence on z when it
 * differentiates again (tfjs issue 3252, open since 2020): gradients of forces would be wrong without a word. So these
 * have their first derivative written in terms of z; the second is automatic again.
 */
function activate(tf: TensorFlow, activation: Activation, z: Tensor): Tensor {
  const withSlope = (f: (z: Tensor) => Tensor, slope: (z: Tensor) => Tensor): Tensor =>
    tf.customGrad((x, save) => {
      (save as GradSaveFunc)([x as Tensor]);
      return { value: f(x as Tensor), gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, slope(saved)) };
    })(z);
  const gaussian = (x: Tensor): Tensor => tf.exp(tf.mul(-0.5, tf.square(x)));
  switch (activation) {
    case 'tanh':
      return withSlope(tf.tanh, (x) => tf.sub(1, tf.square(tf.tanh(x))));
    case 'logistic':
      return withSlope(tf.sigmoid, (x) => tf.mul(tf.sigmoid(x), tf.sigmoid(tf.neg(x))));
    case 'gaussian':
      return withSlope(gaussian, (x) => tf.mul(tf.neg(x), gaussian(x)));
    case 'softplus':
      return tf.softplus(z);
    case 'cos':
      return tf.cos(z);
    case 'linear':
      return z;
    case 'relu':
      return tf.relu(z);
  }
}

/** In double precision. */
function sumOfSquares(errors: Tensor): number {
  let sum = 0;
  for (const error of errors.dataSync()) sum += error * error;
  return sum;
}

/** Bytes of ∂x/∂r of a structure. */
export function jacobianBytes({ elements, values }: Inputs): number {
  return 4 * values.length * 3 * elements.length;
}

const countAtoms = (samples: readonly ProgramSample[]): number =>
  samples.reduce((sum, { sample }) => sum + sample.inputs.elements.length, 0);

function cutIntoGroups(samples: readonly ProgramSample[]): ProgramSample[][] {
  const groups: ProgramSample[][] = [];
  for (const one of samples) {
    const last = groups.at(-1);
    if (last !== undefined && countAtoms([...last, one]) <= GROUP) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

function atomsByElement(elements: Uint8Array, count: number): number[][] {
  const atoms: number[][] = Array.from({ length: count }, () => []);
  elements.forEach((e, i) => atoms[e].push(i));
  return atoms;
}
