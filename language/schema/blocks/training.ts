/** `train` and `evaluate`: what is fitted and how, and what is compared. */
import type { BlockSchema } from '../types';

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
