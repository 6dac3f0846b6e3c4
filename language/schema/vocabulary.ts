/**
 * The vocabulary of the `.potential` language: the one table that checker, completion, hover, generated reference and
 * the engine's option types read. Adding a word to the language means adding a row here.
 */
import type { BlockSchema } from './types';

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

export const units = {
  label: 'none',
  documentation: 'Units of files that have none of their own: those of n2p2 and RuNNer.',
  attributes: {
    length: {
      type: 'choice',
      values: { angstrom: 'Å', bohr: '0.529177 Å', nm: '10 Å' },
      default: 'angstrom',
      documentation: 'Unit of positions and cells; forces are in energy per length.',
    },
    energy: {
      type: 'choice',
      values: {
        eV: 'eV',
        hartree: '27.2114 eV',
        rydberg: '13.6057 eV',
        'kcal/mol': '0.0433641 eV',
        'kJ/mol': '0.0103643 eV',
        meV: '0.001 eV',
      },
      default: 'eV',
      documentation: 'Unit of energies.',
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
  blocks: { radial, angular, network, committee, pair, prior, units },
} as const satisfies BlockSchema;

export const dataset = {
  label: 'name',
  repeatable: true,
  documentation:
    'Labelled structures: files of extended XYZ (`.xyz`, `.extxyz`), n2p2 (`input.data`) or LAMMPS (dumps with forces), also compressed (`.gz`).',
  attributes: {
    files: {
      type: 'paths',
      required: true,
      example: '["data/*.xyz"]',
      documentation: 'Files or globs, relative to this file.',
    },
    energy: {
      type: 'data_key',
      what: 'energy',
      default: 'auto',
      documentation:
        'The key that holds the total energy of a structure; `auto` takes the first usual one that the file has.',
    },
    forces: {
      type: 'data_key',
      what: 'forces',
      default: 'auto',
      documentation: 'The column that holds the forces; `auto` takes the first usual one that the file has.',
    },
    stress: {
      type: 'data_key',
      what: 'stress',
      default: 'auto',
      documentation:
        'The key that holds the stress (eV/Å³, positive under tension, nine numbers or six in the order xx yy zz yz xz xy) or, if `virial` is in its name, the virial −V σ (eV). `auto` takes the first usual one that the file has, a virial before a stress. Only of structures that are periodic in all directions.',
    },
    stress_sign: {
      type: 'choice',
      values: {
        tension: 'positive under tension, the virial is −V σ: ASE and this program',
        pressure: 'positive under pressure, the virial is V σ',
      },
      default: 'tension',
      documentation: 'When the stresses of the data are positive.',
    },
    test: {
      type: 'quantity',
      dimension: 'none',
      default: 0.1,
      minimum: 0,
      maximum: 1,
      exclusiveMaximum: true,
      example: '10 %',
      documentation:
        'Fraction of the structures that is kept out of the training to measure the error: no decision looks at them. Not used with `split_by = key(…)` or `file`.',
    },
    validation: {
      type: 'quantity',
      dimension: 'none',
      default: 0,
      minimum: 0,
      maximum: 1,
      exclusiveMaximum: true,
      example: '10 %',
      documentation:
        'Fraction of the structures that is kept out of the training to choose the epoch whose weights are kept, and to stop when nothing is gained any more (`patience`). Without it the last weights are kept. With `split_by = key(…)` or `file` it is taken from the training structures where the data name no validation set.',
    },
    test_files: {
      type: 'paths',
      example: '["test.xyz"]',
      documentation:
        'With `split_by = file` the files whose structures are the test set; they need not stand in `files` too.',
    },
    validation_files: {
      type: 'paths',
      example: '["validation.xyz"]',
      documentation:
        'With `split_by = file` the files whose structures are the validation set; they need not stand in `files` too.',
    },
    exclude: {
      type: 'frames',
      example: '["water.xyz:12", "water.xyz:40-52"]',
      documentation:
        'Structures that are left out, as file and frames counted from 0. The sets are drawn before, so that all others stay where they are.',
    },
    split_by: {
      type: 'choice_or_key',
      values: {
        random: 'each structure by itself',
        trajectory:
          'runs of consecutive structures stay together, so that a test structure has no near twin in training',
        config_type: 'whole config_types (the key `config_type` of a structure, or else `group`)',
        file: 'whole files: those that `test_files` and `validation_files` name are these sets',
      },
      default: 'random',
      documentation:
        'How test and validation structures are chosen; `key("split")` takes it from a key of the file that says train, validation or test.',
    },
  },
  blocks: { units },
} as const satisfies BlockSchema;

export const optimizer = {
  label: { variants: ['kalman', 'adam', 'lbfgs', 'levenberg_marquardt'] },
  documentation:
    'How the weights are fitted. `kalman`, the default, weighs each batch of errors against all that earlier ones have said: few epochs, and the smallest errors. `adam` follows the gradient of a few structures at a time, each weight at its own pace: many cheap epochs, for networks of so many weights that a covariance of them is too large. `lbfgs` takes all data at once, one step of a quasi-Newton method in each epoch: for small sets, and to go to the very minimum of the loss. `levenberg_marquardt` does so too, by Newton steps with the Gauss–Newton Hessian: far fewer of them, each far dearer.',
  reference:
    'kalman: Blank and Brown, J. Chemom. 8, 391 (1994), Singraber et al., J. Chem. Theory Comput. 15, 3075 (2019); adam: Kingma and Ba, ICLR 2015, arXiv:1412.6980; lbfgs: Liu and Nocedal, Math. Program. 45, 503 (1989); levenberg_marquardt: Marquardt, SIAM J. Appl. Math. 11, 431 (1963)',
  attributes: {
    prior: {
      type: 'quantity',
      dimension: 'none',
      default: 1,
      minimum: 0,
      exclusiveMinimum: true,
      example: '1',
      only: ['kalman'],
      documentation:
        'Variance of every weight before any data is seen: smaller holds the weights nearer to where they begin, for few or uneven data.',
    },
    noise: {
      type: 'quantity',
      dimension: 'force',
      default: 0.1,
      minimum: 0,
      exclusiveMinimum: true,
      example: '0.1 eV/Å',
      only: ['kalman'],
      documentation:
        'The error of a force component that one batch may leave: larger makes smaller steps. That of energies follows from the weights of the loss.',
    },
    forgetting: {
      type: 'quantity',
      dimension: 'none',
      default: 1,
      minimum: 0,
      maximum: 10,
      example: '1',
      only: ['kalman'],
      documentation:
        'How soon old batches fade, which were seen with worse weights: one of update t counts as t to this power. 0 remembers all alike.',
    },
    groups: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 8,
      minimum: 1,
      maximum: 64,
      example: '8',
      only: ['kalman'],
      documentation:
        'Into how many groups the force components of a batch are dealt; the sum of absolute errors in each is one observation. More cost more and make fewer epochs do.',
    },
    blocks: {
      type: 'choice',
      values: {
        element: 'a covariance for each element: the weights of two elements count as uncorrelated',
        global: 'one covariance of all weights: time and memory grow with the square of their number',
      },
      default: 'element',
      only: ['kalman', 'levenberg_marquardt'],
      documentation: 'Which correlations between weights are kept.',
    },
    learning_rate: {
      type: 'quantity',
      dimension: 'none',
      default: 0.003,
      minimum: 0,
      exclusiveMinimum: true,
      example: '0.003',
      only: ['adam'],
      documentation: 'Step size at its largest: what a weight changes by in one update, where its gradients agree.',
    },
    schedule: {
      type: 'choice',
      values: {
        cosine: 'falls along half a cosine',
        exponential: 'falls by the same factor in each update',
        step: 'a tenth of it after half of the updates, a hundredth after three quarters',
        constant: 'stays as it is',
      },
      default: 'cosine',
      only: ['adam'],
      documentation: 'How the step size falls, to a hundredth of `learning_rate` at the last epoch.',
      reference: 'cosine: Loshchilov and Hutter, ICLR 2017, arXiv:1608.03983',
    },
    warmup: {
      type: 'quantity',
      dimension: 'none',
      default: 0,
      minimum: 0,
      maximum: 1e6,
      example: '1',
      only: ['adam'],
      documentation: 'For so many epochs at the beginning the step size grows from 0 in proportion to the updates.',
    },
    weight_decay: {
      type: 'quantity',
      dimension: 'none',
      default: 0,
      minimum: 0,
      example: '0.01',
      only: ['adam'],
      documentation:
        'λ: each update also takes this times the step size off every weight, whatever its gradients; biases and offsets are left alone.',
      formula: 'θ ← θ − α (m̂/(√v̂ + ε) + λ θ)',
      reference: 'Loshchilov and Hutter, ICLR 2019, arXiv:1711.05101',
    },
    average: {
      type: 'quantity',
      dimension: 'none',
      default: 0.1,
      minimum: 0,
      maximum: 1,
      example: '10 %',
      only: ['kalman', 'adam'],
      documentation:
        'The weights that are tested and kept are an average over about the last of so much of the training so far: it smooths out what single batches do. 0 keeps the weights themselves.',
      reference: 'Shamir and Zhang, ICML 2013, arXiv:1212.1824',
    },
    memory: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 20,
      minimum: 1,
      maximum: 1000,
      example: '20',
      only: ['lbfgs'],
      documentation: 'How many of the last steps tell the curvature of the loss.',
    },
    damping: {
      type: 'quantity',
      dimension: 'none',
      default: 1e-4,
      minimum: 0,
      exclusiveMinimum: true,
      example: '1e-4',
      only: ['levenberg_marquardt'],
      documentation:
        'Of the first step, in units of the mean diagonal element of the Hessian; steps that succeed make it smaller, others larger.',
    },
    oversampling: {
      type: 'quantity',
      dimension: 'none',
      default: 2,
      minimum: 0.1,
      maximum: 100,
      example: '2',
      only: ['levenberg_marquardt'],
      documentation:
        'Rows of the Jacobian that the Hessian is estimated from, for each parameter; each is the sum of some errors of a few structures with random signs.',
    },
  },
} as const satisfies BlockSchema;

export const finish = {
  label: { variants: ['lbfgs', 'levenberg_marquardt'] },
  documentation:
    'What is done when the optimizer is through: another one, with its defaults, goes on from the weights that it would have kept, on all training data at once, towards the minimum of the loss.',
  attributes: {
    epochs: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 20,
      minimum: 1,
      maximum: 1e6,
      example: '20',
      documentation: 'Steps at most, each on all training data; they come after the `epochs` of the training.',
    },
  },
} as const satisfies BlockSchema;

const factor = {
  type: 'quantity',
  dimension: 'none',
  default: 1,
  minimum: 0,
  example: '1',
} as const;

export const configType = {
  label: 'text',
  repeatable: true,
  documentation:
    'How much the structures of one config_type (the key `config_type` of a structure, or else `group`) count in the loss: factors of the weights for their errors. `config_type "isolated atom" { energy = 10; force = 0 }`.',
  attributes: {
    energy: { ...factor, documentation: 'What `energy_weight` is multiplied by for these structures.' },
    force: { ...factor, documentation: 'What `force_weight` is multiplied by for these structures.' },
    stress: { ...factor, documentation: 'What `stress_weight` is multiplied by for these structures.' },
  },
} as const satisfies BlockSchema;

export const train = {
  label: 'name',
  repeatable: true,
  action: true,
  documentation:
    'Fits a potential to a dataset by matching energies, force vectors and, if asked for, stresses. What each term contributes to the loss is told with every epoch.',
  formula: 'L = w_E ⟨((E_ML + Σ n_e b_e − E_QM)/N)²⟩ + w_F ⟨|F_ML − F_QM|²⟩ + w_S ⟨|W_ML − W_QM|²/N²⟩ + λ|θ|²',
  reference: 'Ercolessi and Adams, Europhys. Lett. 26, 583 (1994)',
  attributes: {
    potential: {
      type: 'reference',
      to: 'potential',
      required: true,
      documentation: 'The potential to fit: the name of a `potential` block of this file.',
    },
    dataset: {
      type: 'reference',
      to: 'dataset',
      required: true,
      documentation: 'The data to fit it to: the name of a `dataset` block of this file.',
    },
    energy_weight: {
      type: 'quantity',
      dimension: 'none',
      default: 1,
      minimum: 0,
      example: '1',
      documentation: 'w_E: weight of the squared energy error per atom, in 1/eV².',
    },
    force_weight: {
      type: 'quantity',
      dimension: 'none',
      default: 1,
      minimum: 0,
      example: '1',
      documentation: 'w_F: weight of the squared force error per component, in Å²/eV².',
    },
    stress_weight: {
      type: 'quantity',
      dimension: 'none',
      default: 0,
      minimum: 0,
      example: '1',
      documentation:
        'w_S: weight of the squared error of the virial W = −V σ per atom and component (six of each structure), in 1/eV². With 0 stresses are not fitted, only compared at the end.',
    },
    regularization: {
      type: 'quantity',
      dimension: 'none',
      default: 0,
      minimum: 0,
      example: '1e-8',
      documentation:
        'λ: weight of the squared network weights in the loss, with every optimizer; a little of it, as 1e-8, keeps small sets from being learnt by heart.',
    },
    offset: {
      type: 'choice',
      values: {
        per_element: 'one energy per element, fitted: extensive',
        isolated:
          'the energy of the isolated atom of each element, from the structures of one atom that the data must have (the lowest, of any set): extensive, the same whatever else the data have, and right for atoms that come apart',
        constant: 'one energy per structure: only for data of one composition',
        none: 'the network must learn it',
      },
      default: 'per_element',
      documentation: 'The energy zero: absolute energies mean nothing, only differences do.',
    },
    epochs: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 50,
      minimum: 1,
      maximum: 1e6,
      example: '50',
      documentation: 'Passes over the training data.',
    },
    batch_size: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      minimum: 1,
      example: '8',
      documentation:
        'Structures per update of the weights. Without it the optimizer chooses: kalman as many as have about 150 atoms together, adam 8. lbfgs takes all at once, always.',
    },
    patience: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 50,
      minimum: 1,
      example: '50',
      documentation:
        'Stop when the loss of the validation set has not improved for so many epochs; the best weights are kept. Without a validation set all epochs are done.',
    },
    backend: {
      type: 'choice',
      values: {
        native: "Nearsight's own derivatives, in double precision",
        tensorflow:
          'TensorFlow.js: automatic differentiation in single precision, several times slower; on `@tensorflow/tfjs-node` where that is installed',
      },
      default: 'native',
      documentation:
        'What computes the loss and its gradient. Model, data and order are the same, and with the same optimizer so is the result but for rounding. tensorflow has no rows for `kalman`: its default optimizer is `adam`.',
    },
    seed: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 1,
      minimum: 0,
      maximum: 4294967295,
      example: '1',
      documentation: 'Seed of initial weights, split and order. The same seed gives the same weights, bit for bit.',
    },
  },
  blocks: { optimizer, finish, config_type: configType },
} as const satisfies BlockSchema;

export const evaluate = {
  label: 'name',
  repeatable: true,
  action: true,
  documentation:
    'Errors of a trained potential on a dataset, with parity plots: in all, by config_type and element, and with the uncertainty of the RMSE.',
  attributes: {
    potential: {
      type: 'reference',
      to: 'potential',
      required: true,
      documentation: 'The potential; its newest finished training is used.',
    },
    dataset: { type: 'reference', to: 'dataset', required: true, documentation: 'The data to compare with.' },
  },
} as const satisfies BlockSchema;

export const ensemble = {
  label: { variants: ['nve', 'langevin', 'csvr', 'berendsen'] },
  documentation:
    'Statistical ensemble: `nve` keeps the energy (velocity Verlet). `langevin` and `csvr` keep the temperature and sample the canonical ensemble: `langevin` by friction and noise on each atom (BAOAB), which slow the motion down; `csvr` by one random factor of all velocities, which hardly disturbs it, so that spectra and diffusion stay right. `berendsen` lets the temperature relax, with fluctuations that are those of no ensemble.',
  reference:
    'langevin: Leimkuhler and Matthews, Appl. Math. Res. Express 2013, 34; csvr: Bussi, Donadio and Parrinello, J. Chem. Phys. 126, 014101 (2007); berendsen: Berendsen et al., J. Chem. Phys. 81, 3684 (1984)',
  attributes: {
    temperature: {
      type: 'quantity',
      dimension: 'temperature',
      default: 300,
      minimum: 0,
      example: '300 K',
      only: ['langevin', 'csvr', 'berendsen'],
      deprecated: { since: '0.1.0', instead: 'initial_temperature', of: ['nve'] },
      documentation: 'Temperature of the thermostat.',
    },
    initial_temperature: {
      type: 'quantity',
      dimension: 'temperature',
      minimum: 0,
      example: '300 K',
      documentation:
        'Temperature of the initial velocities: that of the thermostat if it is not written, 300 K with `nve`. In a structure at rest at its minimum half of it goes into the potential energy.',
    },
    friction: {
      type: 'quantity',
      dimension: 'inverse_time',
      default: 0.005,
      minimum: 0,
      example: '5 1/ps',
      only: ['langevin'],
      documentation: 'Coupling to the thermostat: the larger, the tighter, and the slower the motion.',
    },
    time: {
      type: 'quantity',
      dimension: 'time',
      default: 100,
      minimum: 0,
      exclusiveMinimum: true,
      example: '100 fs',
      only: ['csvr', 'berendsen'],
      documentation:
        'How long the kinetic energy remembers what it was: the longer, the weaker the coupling. What `csvr` samples does not depend on it.',
    },
  },
} as const satisfies BlockSchema;

export const isotope = {
  label: { elements: { minimum: 1, maximum: 1, required: true } },
  repeatable: true,
  documentation:
    'Another mass than the standard one for the atoms of an element: `isotope H { mass = 2.014 amu }` simulates heavy water. Forces stay as they are, motion changes. It also counts before a column `masses` of the structure.',
  attributes: {
    mass: {
      type: 'quantity',
      dimension: 'mass',
      required: true,
      minimum: 0,
      exclusiveMinimum: true,
      example: '2.014 amu',
      documentation: 'Mass of an atom. A heavier hydrogen allows longer time steps, and its motion is slower.',
    },
  },
} as const satisfies BlockSchema;

export const output = {
  label: 'none',
  documentation: 'What a simulation writes, and how often.',
  attributes: {
    every: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 10,
      minimum: 1,
      example: '10',
      documentation: 'Steps between two frames of the trajectory.',
    },
    file: {
      type: 'path',
      kind: 'output',
      exists: false,
      default: 'trajectory.xyz',
      example: '"trajectory.xyz"',
      documentation: 'Name of the trajectory in the run folder (extended XYZ).',
    },
  },
} as const satisfies BlockSchema;

export const md = {
  label: 'name',
  repeatable: true,
  action: true,
  documentation:
    'Molecular dynamics: follows the atoms of a structure in time, and writes a trajectory. Without an `ensemble` the energy is kept (`nve`).',
  formula: 'mᵢ d²rᵢ/dt² = −∂E/∂rᵢ',
  attributes: {
    potential: {
      type: 'reference',
      to: 'potential',
      required: true,
      documentation: 'The potential; its newest finished training is used.',
    },
    structure: {
      type: 'path',
      kind: 'structure',
      exists: true,
      required: true,
      example: '"start.xyz"',
      documentation: 'File with the initial structure: its last frame, unless `frame` says otherwise.',
    },
    frame: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      minimum: 0,
      example: '0',
      documentation: 'Which frame of the file to start from, counted from 0.',
    },
    supercell: {
      type: 'quantities',
      dimension: 'none',
      integer: true,
      count: 3,
      default: [1, 1, 1],
      minimum: 1,
      maximum: 100,
      example: '[2, 2, 2]',
      documentation:
        'How many times the periodic structure is repeated along each vector of its cell before the simulation starts.',
    },
    timestep: {
      type: 'quantity',
      dimension: 'time',
      default: 0.5,
      minimum: 0,
      exclusiveMinimum: true,
      example: '0.5 fs',
      documentation: 'Time step: at most 1/20 of the fastest vibration, 0.5 fs with hydrogen.',
    },
    duration: {
      type: 'quantity',
      dimension: 'time',
      required: true,
      minimum: 0,
      exclusiveMinimum: true,
      example: '10 ps',
      documentation: 'Simulated time: this divided by the time step is the number of steps.',
    },
    seed: {
      type: 'quantity',
      dimension: 'none',
      integer: true,
      default: 1,
      minimum: 0,
      maximum: 4294967295,
      example: '1',
      documentation: 'Seed of initial velocities and thermostat.',
    },
    precision: {
      type: 'choice',
      values: {
        f64: 'everything in double precision',
        f32: 'pairs and triples in single precision, sums, networks and forces in double: nearly twice as fast, forces off by a few 1e-7 of their size',
      },
      default: 'f64',
      documentation: 'Arithmetic of the energies and forces.',
    },
    skin: {
      type: 'quantity',
      dimension: 'length',
      default: 0.5,
      minimum: 0,
      maximum: 10,
      example: '0.5 Å',
      documentation:
        'How much farther than the cutoff the neighbour list reaches: it is built again when an atom has moved half of that. It changes the speed, and of the results only the last bits.',
    },
  },
  blocks: { ensemble, isotope, output },
} as const satisfies BlockSchema;

/** The top level of a file. */
export const vocabulary = { potential, dataset, train, evaluate, md } as const satisfies Record<string, BlockSchema>;

export type TopLevelBlock = keyof typeof vocabulary;
/** Kinds of run: the blocks that can be run. */
export type ActionName = {
  [K in TopLevelBlock]: (typeof vocabulary)[K] extends { action: true } ? K : never;
}[TopLevelBlock];

export const ACTIONS = (Object.keys(vocabulary) as TopLevelBlock[]).filter(
  (name): name is ActionName => 'action' in vocabulary[name],
);
