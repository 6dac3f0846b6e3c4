/** What a potential is made of: symmetry functions, networks, pair terms, prior, committee. */
import type { BlockSchema } from '../types';
import { units } from './dataset';

const cutoffFunctions = {
  hard: 'step at the cutoff: forces are discontinuous, only for comparisons',
  cos: '½(1 + cos πx): once differentiable at the cutoff',
  tanh3: 'tanh³(1 − r/r_c): twice differentiable, 0.4417 at r = 0',
  tanh3_normalized: 'tanh³(1 − r/r_c)/tanh³(1): the same with 1 at r = 0',
  exp: 'exp(1 − 1/(1 − x²)): smooth to every order',
  poly1: '(2x − 3)x² + 1: once differentiable',
  poly2: '((15 − 6x)x − 10)x³ + 1: twice differentiable',
  poly3: '(x(x(20x − 70) + 84) − 35)x⁴ + 1: three times differentiable',
  poly4: '(x(x((315 − 70x)x − 540) + 420) − 126)x⁵ + 1: four times differentiable',
} as const;

const descriptorCutoff = {
  cutoff: {
    type: 'quantity',
    dimension: 'length',
    minimum: 0,
    exclusiveMinimum: true,
    example: '6 Å',
    documentation: 'Cutoff radius of these functions; the default is the cutoff of the potential.',
  },
} as const;

export const radial = {
  label: { elements: { minimum: 2, maximum: 2 } },
  repeatable: true,
  documentation:
    'Radial symmetry functions: Gaussian soft bins of neighbour distances. Without labels for every ordered pair of elements, `radial H O` for centre H and neighbour O. Write either `width` and `center`, or `eta` and `shift`.',
  formula: 'G = Σⱼ exp(−η(rᵢⱼ − rₛ)²) f_c(rᵢⱼ)',
  reference: 'Behler, J. Chem. Phys. 134, 074106 (2011), eq. 6; n2p2 type 2',
  attributes: {
    eta: {
      type: 'quantities',
      dimension: 'inverse_length_squared',
      minimum: 0,
      example: '[0.05, 0.5, 4] Å^-2',
      documentation: 'Inverse squared width of the Gaussians, η = 1/(2 width²).',
    },
    shift: {
      type: 'quantities',
      dimension: 'length',
      default: [0],
      minimum: 0,
      example: '0 Å',
      documentation: 'Centre rₛ of the Gaussians that `eta` describes.',
    },
    width: {
      type: 'quantities',
      dimension: 'length',
      minimum: 0,
      exclusiveMinimum: true,
      example: '0.5 Å',
      documentation: 'Standard deviation of the Gaussians: another way to write η = 1/(2 width²).',
    },
    center: {
      type: 'quantities',
      dimension: 'length',
      minimum: 0,
      example: 'linspace(0.8, 5.5, 10) Å',
      documentation:
        'Centres rₛ of the Gaussians that `width` describes; 0 if absent. Not further apart than two widths.',
    },
    ...descriptorCutoff,
  },
} as const satisfies BlockSchema;

export const angular = {
  label: { elements: { minimum: 3, maximum: 3 } },
  repeatable: true,
  documentation:
    'Angular symmetry functions of atom triples. Without labels for every centre and unordered pair of neighbour elements, `angular O H H` for centre O. `narrow` also cuts off and weights the distance between the two neighbours, `wide` does not.',
  formula:
    'G = 2^(1−ζ) Σ_{j<k} (1 + λ cos θᵢⱼₖ)^ζ exp(−η[(rᵢⱼ−rₛ)² + (rᵢₖ−rₛ)² (+ (rⱼₖ−rₛ)²)]) f_c(rᵢⱼ) f_c(rᵢₖ) (f_c(rⱼₖ))',
  reference: 'Behler, J. Chem. Phys. 134, 074106 (2011), eqs. 8, 9 (each pair counted once); n2p2 types 3, 9',
  attributes: {
    kind: {
      type: 'choice',
      values: {
        narrow: "with the distance between the two neighbours (n2p2 type 3, Behler's G4)",
        wide: "without it (n2p2 type 9, Behler's G5)",
      },
      default: 'narrow',
      documentation: 'Whether the distance between the two neighbours enters.',
    },
    eta: {
      type: 'quantities',
      dimension: 'inverse_length_squared',
      minimum: 0,
      required: true,
      example: '[0.01, 0.07] Å^-2',
      documentation: 'Inverse squared width of the radial factors, η = 1/(2 width²).',
    },
    lambda: {
      type: 'quantities',
      dimension: 'none',
      default: [-1, 1],
      minimum: -1,
      maximum: 1,
      example: '[-1, 1]',
      documentation: '+1 puts the maximum at 0°, −1 at 180°.',
    },
    zeta: {
      type: 'quantities',
      dimension: 'none',
      default: [1],
      minimum: 0,
      exclusiveMinimum: true,
      example: '[1, 4]',
      documentation: 'Angular resolution: the larger, the narrower the peak.',
    },
    shift: {
      type: 'quantities',
      dimension: 'length',
      default: [0],
      minimum: 0,
      example: '0 Å',
      documentation: 'Centre rₛ of the radial factors.',
    },
    ...descriptorCutoff,
  },
} as const satisfies BlockSchema;

export const couple = {
  label: 'none',
  documentation:
    'Recognition: a chiral centre feels the handedness of others of its element within `range`, beyond the cutoff too. The functions are products of two signed volumes of two atoms: a mirror image changes none of them, a lone centre has none, and a pair of like hands differs in sign from one of unlike hands. They reach as far as cutoff and range together.',
  formula: 'G = χ_a(i) Σⱼ χ_b(j) exp(−η(rᵢⱼ − rₛ)²) f_c(rᵢⱼ; range)',
  attributes: {
    range: {
      type: 'quantity',
      dimension: 'length',
      required: true,
      minimum: 0,
      exclusiveMinimum: true,
      maximum: 50,
      example: '8 Å',
      documentation: 'Distance of two chiral centres beyond which they do not feel each other.',
    },
    eta: {
      type: 'quantities',
      dimension: 'inverse_length_squared',
      default: [0],
      minimum: 0,
      example: '0 Å^-2',
      documentation:
        'Inverse squared width of Gaussians of the distance between the centres; 0 for the cutoff function alone.',
    },
    shift: {
      type: 'quantities',
      dimension: 'length',
      default: [0],
      minimum: 0,
      example: '0 Å',
      documentation: 'Centre rₛ of these Gaussians.',
    },
  },
} as const satisfies BlockSchema;

export const chiral = {
  label: { elements: { minimum: 2, maximum: 5 } },
  repeatable: true,
  documentation:
    'Chirality: which hand the surroundings of an atom have. Each channel is the sum of the unit vectors to the neighbours of one element, weighted by a Gaussian of the distance; three channels span a signed volume χ, which a mirror turns into −χ and which is 0 for surroundings that are their own mirror image. `chiral C F Cl Br` is for centre C with a channel for each of F, Cl and Br (times the values of `eta` and `shift`); without labels every element is a centre, and a channel of each. The network sees the products χ_a χ_b of all pairs of one block, squares included, so that an isolated molecule and its mirror image have exactly the same energy.',
  formula: 'χ_abc = v_a · (v_b × v_c),  v_a = Σⱼ exp(−η_a(rᵢⱼ − rₛ)²) f_c(rᵢⱼ) rᵢⱼ/|rᵢⱼ|',
  reference: 'The lowest pseudoscalar of three density moments: Drautz, Phys. Rev. B 99, 014104 (2019)',
  attributes: {
    eta: {
      type: 'quantities',
      dimension: 'inverse_length_squared',
      minimum: 0,
      required: true,
      example: '[0.05, 0.5] Å^-2',
      documentation:
        'Inverse squared widths of the Gaussians, one channel for each: with two of them a second shell is told from the first.',
    },
    shift: {
      type: 'quantities',
      dimension: 'length',
      default: [0],
      minimum: 0,
      example: '0 Å',
      documentation: 'Centres rₛ of the Gaussians, one channel for each.',
    },
    parity: {
      type: 'choice',
      values: {
        even: 'the network sees products of two χ: mirror images have the same energy, as they must',
        broken: 'it sees the χ themselves: mirror images differ, which no molecule does; only to show what goes wrong',
      },
      default: 'even',
      documentation: 'Whether the energy stays the same when everything is reflected.',
    },
    demonstration: {
      type: 'flag',
      default: false,
      documentation:
        'Says that `parity = broken` is meant: the potential shows what a network without mirror symmetry does.',
    },
    ...descriptorCutoff,
  },
  blocks: { couple },
} as const satisfies BlockSchema;

export const network = {
  label: { elements: { minimum: 1, maximum: 1 } },
  repeatable: true,
  documentation:
    'Feed-forward network from the symmetry functions of an atom to its energy; one per element. `network O { … }` overrides for one element.',
  formula: 'yₖ = f(bₖ + Σⱼ aⱼₖ yⱼ)',
  reference: 'Behler and Parrinello, Phys. Rev. Lett. 98, 146401 (2007)',
  attributes: {
    hidden: {
      type: 'quantities',
      dimension: 'none',
      integer: true,
      default: [20, 20],
      minimum: 1,
      maximum: 1000,
      example: '[20, 20]',
      documentation:
        'Nodes of each hidden layer. If the descriptors are automatic and no layers are written, there are two, as large as the number of labels allows (8 to 32 nodes).',
    },
    activation: {
      type: 'choice',
      values: {
        tanh: 'tanh x',
        softplus: 'ln(1 + eˣ)',
        logistic: '1/(1 + e⁻ˣ)',
        gaussian: 'exp(−x²/2)',
        cos: 'cos x',
        linear: 'x',
        relu: 'max(0, x): forces are discontinuous',
      },
      default: 'tanh',
      documentation: 'Activation function of the hidden layers; the output is linear.',
    },
  },
} as const satisfies BlockSchema;

export const sample = {
  label: 'none',
  documentation:
    'Energy and force of one pair of atoms at one distance: they determine both parameters of a Lennard-Jones potential, and stand in their place. The cutoff function does not count: the sample is one of the potential without it. The condition number says how well it determines them: best near the minimum, badly far out where the attraction alone is left, and badly on the steep wall.',
  formula: 'σ = r [(rF − 6E)/(rF − 12E)]^(1/6),  ε = (rF − 12E)²/(24 (rF − 6E)),  if rF > 6E and rF > 12E',
  attributes: {
    distance: {
      type: 'quantity',
      dimension: 'length',
      required: true,
      minimum: 0,
      exclusiveMinimum: true,
      example: '4 Å',
      documentation: 'Distance r of the two atoms.',
    },
    energy: {
      type: 'quantity',
      dimension: 'energy',
      required: true,
      example: '-0.0097332 eV',
      documentation: 'Energy E of the pair, 0 where the atoms are far apart.',
    },
    force: {
      type: 'quantity',
      dimension: 'force',
      required: true,
      example: '-0.0056329 eV/Å',
      documentation: 'Force F = −dV/dr: positive where the atoms repel each other, negative where they attract.',
    },
  },
} as const satisfies BlockSchema;

export const pair = {
  label: { variants: ['lennard_jones'] },
  repeatable: true,
  documentation:
    'An analytic pair term, the same for all pairs of elements: alone it is the whole potential, beside a network it is added to it. Write `epsilon` and `sigma`, or a `sample` that determines both.',
  formula: 'V(r) = 4ε[(σ/r)¹² − (σ/r)⁶] f_c(r)',
  reference: 'Lennard-Jones, Proc. Phys. Soc. 43, 461 (1931)',
  attributes: {
    epsilon: {
      type: 'quantity',
      dimension: 'energy',
      required: true,
      unless: 'sample',
      minimum: 0,
      exclusiveMinimum: true,
      example: '0.010323 eV',
      documentation: 'Depth ε of the well.',
    },
    sigma: {
      type: 'quantity',
      dimension: 'length',
      required: true,
      unless: 'sample',
      minimum: 0,
      exclusiveMinimum: true,
      example: '3.405 Å',
      documentation: 'Distance σ at which the energy is zero.',
    },
  },
  blocks: { sample },
} as const satisfies BlockSchema;

export const prior = {
  label: { variants: ['zbl'] },
  documentation:
    'What is known of short distances without data: `zbl` is the screened repulsion of the nuclei. It is taken off the labels before the training and added to every prediction, so that atoms never fall into each other where no data say that they must not. It should have vanished at the distances that the data have.',
  formula: 'V(r) = e²/(4πε₀) Z₁Z₂/r φ(r/a) S(r),  S from 1 at inner to 0 at outer',
  reference: 'Ziegler, Biersack and Littmark, The Stopping and Range of Ions in Solids (1985)',
  attributes: {
    inner: {
      type: 'quantity',
      dimension: 'length',
      minimum: 0,
      example: '0.6 Å',
      documentation:
        'Up to here the repulsion is whole, from here on it is switched off. Half of `outer` if it is not written.',
    },
    outer: {
      type: 'quantity',
      dimension: 'length',
      minimum: 0,
      exclusiveMinimum: true,
      example: '1.2 Å',
      documentation:
        'From here on there is none. If neither is written, each pair of elements has its own: 0.7 times the sum of the covalent radii; of `inner` alone it is twice that.',
    },
  },
} as const satisfies BlockSchema;

export const committee = {
  label: 'none',
  documentation:
    'Several networks in the place of one, trained in one run on other samples of the data and from other initial weights, with the same symmetry functions. What is predicted is their mean; how far they are apart tells where the data say too little (`energy_std` and `forces_std` in evaluations and trajectories).',
  reference: 'Schran, Brezina and Marsalek, J. Chem. Phys. 153, 104105 (2020)',
  attributes: {
    size: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 4,
      minimum: 2,
      maximum: 32,
      example: '4',
      documentation:
        'Number of members. Training and predictions take that many times as long, the symmetry functions of the training once.',
    },
    resample: {
      type: 'quantity',
      dimension: 'none',
      default: 0.8,
      minimum: 0,
      exclusiveMinimum: true,
      maximum: 1,
      example: '0.8',
      documentation: 'Fraction of the training structures that each member is trained on, drawn anew for each.',
    },
  },
} as const satisfies BlockSchema;

export const potential = {
  label: 'name',
  repeatable: true,
  documentation:
    'An interatomic potential: elements, cutoff, descriptors and model. Without `radial` and `angular` blocks the descriptors are automatic: each training chooses them from its data, those that explain its energies and forces best for their cost, together with the cutoff and the size of the networks where these are not written (`nearsight expand --data` shows the choice, `expanded.potential` in the run folder keeps it). With `pair` blocks alone it is their sum and needs no training. With `load` it is one that others have trained, and nothing else is needed.',
  formula: 'E = Σᵢ E_{Zᵢ}(Gᵢ)',
  reference: 'Behler and Parrinello, Phys. Rev. Lett. 98, 146401 (2007)',
  attributes: {
    elements: {
      type: 'elements',
      required: true,
      unless: 'load',
      documentation: 'The elements that the potential describes, in any order, as `[H, O]`.',
    },
    cutoff: {
      type: 'quantity',
      dimension: 'length',
      default: 6,
      minimum: 0,
      exclusiveMinimum: true,
      example: '6 Å',
      documentation:
        'Radius around an atom beyond which nothing influences its energy; the default of every descriptor. Cost grows with its third (radial) to sixth (angular) power. If the descriptors are automatic and no cutoff is written, it is chosen from the radial distribution of the data: about 35 neighbours, 4 to 6.5 Å.',
    },
    cutoff_function: {
      type: 'choice',
      values: cutoffFunctions,
      default: 'poly2',
      documentation: 'How interactions vanish at the cutoff, with x = r/r_c.',
    },
    scaling: {
      type: 'choice',
      values: {
        range: 'to 0…1 by the smallest and largest value in the training data',
        range_centered: 'mean subtracted, divided by the range',
        sigma: 'mean subtracted, divided by the standard deviation',
        none: 'as they are',
      },
      default: 'range_centered',
      documentation: 'How symmetry functions are scaled before they enter the network.',
    },
    load: {
      type: 'path',
      kind: 'folder',
      exists: true,
      example: '"published/"',
      documentation:
        'A trained potential that lies ready: a folder of n2p2 or RuNNer (`input.nn`, `scaling.data`, `weights.ZZZ.data`), or one with a `potential.json`, such as the folder of a run. It is used as it is; a `units` block beside it says which units the files of n2p2 have.',
    },
  },
  blocks: { radial, angular, chiral, network, committee, pair, prior, units },
} as const satisfies BlockSchema;
