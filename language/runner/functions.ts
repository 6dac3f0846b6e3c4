/**
 * The symmetry functions of `input.nn`: which type has which arguments, what they mean, and in which order n2p2 sorts them. Lengths
 * in the unit of the file, angles in degrees.
 *
 *   C(x; l, r)  rises from 0 at l to 1 in the middle and falls back to 0 at r
 *
 * Sources: Behler, J. Chem. Phys. 134, 074106 (2011); Gastegger et al., J. Chem. Phys. 148, 241709 (2018); Bircher, Singraber
 * and Dellago, Mach. Learn.: Sci. Technol. 2, 035026 (2021); n2p2's documentation for names and order of the arguments.
 */
import { atomicNumber } from '../elements';
import type { Argument, NumberArgument } from './types';

export interface FunctionType {
  /** A few words, as in a list. */
  readonly title: string;
  readonly documentation: string;
  readonly formula: string;
  readonly reference: string;
  /** All of the line: centre, type and what follows. */
  readonly arguments: readonly Argument[];
  /** RuNNer alone has it. */
  readonly onlyRunner?: boolean;
}

const element = (name: string, documentation: string): Argument => ({ name, kind: 'element', documentation });
const number = (name: string, documentation: string, rest: Partial<NumberArgument> = {}): Argument => ({
  name,
  kind: 'number',
  ...rest,
  documentation,
});
const POSITIVE = { minimum: 0, exclusiveMinimum: true };

const centre = element('centre', 'Element of the atom that it describes.');
const type: Argument = { name: 'type', kind: 'integer', documentation: 'Which kind of symmetry function.' };
const neighbour = element('neighbour', 'Element of the neighbours.');
const first = element('neighbour1', 'Element of one neighbour; the order of the two is of no matter.');
const second = element('neighbour2', 'Element of the other neighbour.');
const eta = number(
  'eta',
  'η, inverse squared width of the Gaussian: η = 1/(2σ²), in one over the square of a length.',
  {
    minimum: 0,
    dimension: 'inverse_length_squared',
  },
);
const shift = number('rs', 'r_s, centre of the Gaussian, a length.', { dimension: 'length' });
const lambda = number('lambda', 'λ: +1 has its maximum at 0°, −1 at 180°.');
const zeta = number('zeta', 'ζ, angular resolution: the larger, the narrower the peak.', POSITIVE);
const cutoff = number('rc', 'r_c, the cutoff: neighbours farther away do not count.', {
  ...POSITIVE,
  dimension: 'length',
});
const inner = number('rl', 'Left end of the radial support; may be negative, below `rc`.', { dimension: 'length' });
const outer: Argument = { ...cutoff, documentation: 'Right end of the radial support, and the cutoff.' };
const left = number(
  'thetal',
  'Left end of the angular support in degrees: from 0 on, or as far below 0 as `thetar` is above.',
);
const right = number(
  'thetar',
  'Right end of the angular support in degrees: up to 180, or as far above 180 as `thetal` is below.',
);
const SHAPES: Readonly<Record<string, string>> = {
  p1: 'polynomial, once differentiable',
  p2: 'polynomial, twice differentiable',
  p3: 'polynomial, three times differentiable',
  p4: 'polynomial, four times differentiable',
  p1a: 'p1 with x(2 − x) for distances: steeper on the right side',
  p2a: 'p2 with x(2 − x) for distances',
  p3a: 'p3 with x(2 − x) for distances',
  p4a: 'p4 with x(2 − x) for distances',
  e: 'exponential, smooth to every order',
};
const shape: Argument = {
  name: 'shape',
  kind: 'choice',
  values: SHAPES,
  documentation: 'How the function falls off from its middle.',
};

const BEHLER = 'Behler, J. Chem. Phys. 134, 074106 (2011)';
const GASTEGGER = 'Gastegger et al., J. Chem. Phys. 148, 241709 (2018)';
const BIRCHER = 'Bircher, Singraber and Dellago, Mach. Learn.: Sci. Technol. 2, 035026 (2021)';
const ANGULAR = '2^(1−ζ) Σ_{j<k} (1 + λ cos θ)^ζ exp(−η[(r_ij−r_s)² + (r_ik−r_s)²';

/** By number. */
export const functionTypes: Readonly<Record<number, FunctionType>> = {
  2: {
    title: 'radial',
    documentation: "A soft bin of neighbour distances. Behler's G2.",
    formula: 'G = Σ_j exp(−η(r_ij − r_s)²) f_c(r_ij)',
    reference: `${BEHLER}, eq. 6`,
    arguments: [centre, type, neighbour, eta, shift, cutoff],
  },
  3: {
    title: 'angular narrow',
    documentation: "Angles between two neighbours that are near to each other as well. Behler's G4, where each pair counts once.",
    formula: `G = ${ANGULAR} + (r_jk−r_s)²]) f_c(r_ij) f_c(r_ik) f_c(r_jk)`,
    reference: `${BEHLER}, eq. 8`,
    arguments: [centre, type, first, second, eta, lambda, zeta, cutoff, { ...shift, optional: true }],
  },
  9: {
    title: 'angular wide',
    documentation: "Angles between two neighbours, however far from each other. Behler's G5, where each pair counts once.",
    formula: `G = ${ANGULAR}]) f_c(r_ij) f_c(r_ik)`,
    reference: `${BEHLER}, eq. 9`,
    arguments: [centre, type, first, second, eta, lambda, zeta, cutoff, { ...shift, optional: true }],
  },
  12: {
    title: 'weighted radial',
    documentation: 'Type 2 over neighbours of all elements, each weighted by its atomic number.',
    formula: 'G = Σ_j Z_j exp(−η(r_ij − r_s)²) f_c(r_ij)',
    reference: GASTEGGER,
    arguments: [centre, type, eta, shift, cutoff],
  },
  13: {
    title: 'weighted angular',
    documentation:
      'Type 3 over pairs of all elements, each weighted by both atomic numbers. Mind the order: `rs` stands before `lambda` here, at the end in types 3 and 9.',
    formula: 'G = 2^(1−ζ) Σ_{j<k} Z_j Z_k (1 + λ cos θ)^ζ exp(−η[(r_ij−r_s)² + (r_ik−r_s)² + (r_jk−r_s)²]) f_c(r_ij) f_c(r_ik) f_c(r_jk)',
    reference: GASTEGGER,
    arguments: [centre, type, eta, shift, lambda, zeta, cutoff],
  },
  20: {
    title: 'compact radial',
    documentation: 'A bin of neighbour distances that is exactly zero outside of its support.',
    formula: 'G = Σ_j C(r_ij; r_l, r_c)',
    reference: BIRCHER,
    arguments: [centre, type, neighbour, inner, outer, shape],
  },
  21: {
    title: 'compact angular narrow',
    documentation: 'Angles and all three distances within their supports.',
    formula: 'G = Σ_{j<k} C(r_ij; r_l, r_c) C(r_ik; r_l, r_c) C(r_jk; r_l, r_c) C(θ; θ_l, θ_r)',
    reference: BIRCHER,
    arguments: [centre, type, first, second, inner, outer, left, right, shape],
  },
  22: {
    title: 'compact angular wide',
    documentation: 'Type 21 without the distance between the two neighbours.',
    formula: 'G = Σ_{j<k} C(r_ij; r_l, r_c) C(r_ik; r_l, r_c) C(θ; θ_l, θ_r)',
    reference: BIRCHER,
    arguments: [centre, type, first, second, inner, outer, left, right, shape],
  },
  23: {
    title: 'compact weighted radial',
    documentation: 'Type 20 over neighbours of all elements, each weighted by its atomic number.',
    formula: 'G = Σ_j Z_j C(r_ij; r_l, r_c)',
    reference: BIRCHER,
    arguments: [centre, type, inner, outer, shape],
  },
  24: {
    title: 'compact weighted angular narrow',
    documentation: 'Type 21 over pairs of all elements, each weighted by both atomic numbers.',
    formula: 'G = Σ_{j<k} Z_j Z_k C(r_ij; r_l, r_c) C(r_ik; r_l, r_c) C(r_jk; r_l, r_c) C(θ; θ_l, θ_r)',
    reference: BIRCHER,
    arguments: [centre, type, inner, outer, left, right, shape],
  },
  25: {
    title: 'compact weighted angular wide',
    documentation: 'Type 24 without the distance between the two neighbours.',
    formula: 'G = Σ_{j<k} Z_j Z_k C(r_ij; r_l, r_c) C(r_ik; r_l, r_c) C(θ; θ_l, θ_r)',
    reference: BIRCHER,
    arguments: [centre, type, inner, outer, left, right, shape],
  },
  1: {
    title: 'radial, cutoff function alone',
    documentation: "The plain sum of the cutoff function: how many neighbours there are. Behler's G1; n2p2 says it as type 2 with `eta` 0.",
    formula: 'G = Σ_j f_c(r_ij)',
    reference: `${BEHLER}, eq. 5`,
    arguments: [centre, type, neighbour, cutoff],
    onlyRunner: true,
  },
  4: {
    title: 'radial, damped cosine',
    documentation: "A cosine of the distance, damped by the cutoff function. Behler's G3.",
    formula: 'G = Σ_j cos(κ r_ij) f_c(r_ij)',
    reference: `${BEHLER}, eq. 7`,
    arguments: [
      centre,
      type,
      neighbour,
      { name: 'kappa', kind: 'number', documentation: 'κ, one over a length.' },
      cutoff,
    ],
    onlyRunner: true,
  },
}; // prettier-ignore

/** Types of RuNNer about whose arguments nothing is checked. */
export const OTHER_RUNNER_TYPES: readonly number[] = [5, 6, 7, 8];

export const TYPES: readonly number[] = Object.keys(functionTypes)
  .map(Number)
  .sort((a, b) => a - b);
export const N2P2_TYPES: readonly number[] = TYPES.filter((number) => functionTypes[number].onlyRunner !== true);

/** One function with understood arguments; numbers as they are in the file. */
export interface SymmetryFunction {
  readonly type: number;
  readonly center: string;
  /** None for weighted ones; two in order of atomic number. */
  readonly neighbors: readonly string[];
  readonly cutoff: number;
  readonly eta?: number;
  readonly shift?: number;
  readonly lambda?: number;
  readonly zeta?: number;
  readonly inner?: number;
  readonly left?: number;
  readonly right?: number;
  readonly shape?: string;
}

const zOf = (symbol: string): number => atomicNumber(symbol) ?? 0;

/** By atomic number, unknown symbols first. */
export const byNumber = (a: string, b: string): number => zOf(a) - zOf(b) || (a < b ? -1 : a > b ? 1 : 0);

const SHAPE_ORDER = ['e', 'p1', 'p1a', 'p2', 'p2a', 'p3', 'p3a', 'p4', 'p4a'];

/** The order in which n2p2 sorts functions, by what `sortKey` says of them: zero only for those that are the same. */
export function compareKeys(first: readonly number[], second: readonly number[]): number {
  for (let i = 0; i < first.length; i++) if (first[i] !== second[i]) return first[i] - second[i];
  return 0;
}

/**
 * What n2p2 sorts its functions by, whatever their order in the file; this numbers the rows of scaling.data and the inputs of the
 * networks: centre, type, then for Gaussian types cutoff, eta, shift, zeta, lambda, neighbours; for compact ones shape, neighbours,
 * outer and inner radius, angles.
 */
export function sortKey(one: SymmetryFunction): number[] {
  const head = [zOf(one.center), one.type];
  const [neighbor1, neighbor2] = [zOf(one.neighbors.at(0) ?? ''), zOf(one.neighbors.at(1) ?? '')];
  return one.shape === undefined
    ? [...head, one.cutoff, one.eta ?? 0, one.shift ?? 0, one.zeta ?? 0, one.lambda ?? 0, neighbor1, neighbor2]
    : [
        ...head,
        SHAPE_ORDER.indexOf(one.shape),
        neighbor1,
        neighbor2,
        one.cutoff,
        one.inner ?? 0,
        one.left ?? 0,
        one.right ?? 0,
      ];
}

/** Equal for functions that are the same, whatever was written. */
export const keyOf = (one: SymmetryFunction): string => sortKey(one).join(' ');

/** The arguments of a line as n2p2 wants them, with what is 0 and may be left out left out. */
export function wordsOf(one: SymmetryFunction): string[] {
  const { type, center, neighbors, cutoff } = one;
  const head = [center, type, ...neighbors];
  const { eta = 0, shift = 0, lambda = 0, zeta = 0 } = one;
  if (one.shape !== undefined) {
    const angles = one.left === undefined || one.right === undefined ? [] : [one.left, one.right];
    return [...head, one.inner ?? 0, cutoff, ...angles, one.shape].map(String);
  }
  switch (type) {
    case 1:
      return [...head, cutoff].map(String);
    case 3:
    case 9:
      return [...head, eta, lambda, zeta, cutoff, ...(shift === 0 ? [] : [shift])].map(String);
    case 13:
      return [...head, eta, shift, lambda, zeta, cutoff].map(String);
    default:
      return [...head, eta, shift, cutoff].map(String);
  }
}
