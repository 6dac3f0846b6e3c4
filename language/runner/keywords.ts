/**
 * The keywords of `input.nn`: the one table that checker, completion, hover, signature help, formatter, converter and the reference
 * in docs/ read. Here are those of n2p2; runner-keywords.ts has those that RuNNer alone knows.
 * Sources: the documentations of n2p2 and RuNNer and n2p2's behaviour, for the facts; the words are ours.
 */
import { elements as periodicTable } from '../elements';
import { runnerKeywords } from './runner-keywords';
import type { Argument, Dialect, Keyword, NumberArgument } from './types';

type Rest = Partial<Keyword>;

function keyword(
  section: Keyword['section'],
  args: readonly Argument[],
  recommended: string,
  documentation: string,
  rest: Rest = {},
): Keyword {
  return { section, arguments: args, recommended, documentation, n2p2: true, runner: true, ...rest };
}

const number = (name: string, rest: Partial<NumberArgument> = {}): Argument => ({ name, kind: 'number', ...rest });
const integer = (name: string, rest: Partial<NumberArgument> = {}): Argument => ({ name, kind: 'integer', ...rest });
const element: Argument = { name: 'element', kind: 'element' };
const choice = (name: string, values: Readonly<Record<string, string>>): Argument => ({ name, kind: 'choice', values });

const CUTOFF_TYPES: Readonly<Record<string, string>> = {
  '0': 'hard: 1 up to the cutoff; forces are discontinuous',
  '1': 'cos: ½(1 + cos πx); once differentiable at the cutoff',
  '2': 'tanh³(1 − r/r_c): twice differentiable; 0.4417 at r = 0',
  '3': 'tanh³(1 − r/r_c)/tanh³(1): the same with 1 at r = 0',
  '4': 'exp(1 − 1/(1 − x²)): smooth to every order',
  '5': '(2x − 3)x² + 1: once differentiable',
  '6': '((15 − 6x)x − 10)x³ + 1: twice differentiable',
  '7': '(x(x(20x − 70) + 84) − 35)x⁴ + 1: three times differentiable',
  '8': '(x(x((315 − 70x)x − 540) + 420) − 126)x⁵ + 1: four times differentiable',
};

export const ACTIVATIONS: Readonly<Record<string, string>> = {
  l: 'linear: x',
  t: 'tanh x',
  p: 'softplus: ln(1 + eˣ)',
  s: 'logistic: 1/(1 + e⁻ˣ)',
  g: 'Gaussian: exp(−x²/2)',
  c: 'cos x',
  r: 'relu: max(0, x); forces are discontinuous',
  S: 'reversed logistic: 1 − 1/(1 + e⁻ˣ)',
  e: 'exponential: e⁻ˣ',
  h: 'harmonic: x²',
};

const activation: Argument = choice('activation', ACTIVATIONS);
const SELECTION: Readonly<Record<string, string>> = {
  '0': 'random',
  '1': 'sorted by error at the beginning of the epoch, the worst first',
  '2': 'random among those whose error is above a threshold',
};
const selection: readonly Argument[] = [
  choice('mode', SELECTION),
  integer('epoch mode', {
    optional: true,
    repeated: true,
    minimum: 0,
    documentation: 'From which epoch on which other mode: pairs of numbers.',
  }),
];
const every: readonly Argument[] = [
  integer('every', { minimum: 0, optional: true, documentation: 'Every so many epochs; 0 never.' }),
  integer('always', { minimum: 0, optional: true, documentation: 'And always up to this epoch.' }),
];
const positive = { minimum: 0, exclusiveMinimum: true } as const;
const fraction = { minimum: 0, maximum: 1 } as const;
const ONLY_N2P2 = { runner: false } as const;
const PAIRS_IN_RUNNER = 'RuNNer says it layer by layer: element, layer, node, letter.';
const elementActivation: readonly Argument[] = [
  element,
  integer('layer', positive),
  integer('node', positive),
  activation,
];
const elementNodes: readonly Argument[] = [element, integer('layer', positive), integer('nodes', positive)];

/** What the networks for charges and electronegativities have in common with those for energies. */
function networkKeywords(suffix: 'short' | 'electrostatic', which: string): Readonly<Record<string, Keyword>> {
  const section = suffix === 'short' ? 'Networks' : 'Electrostatics';
  const isShort = suffix === 'short';
  return {
    [`global_hidden_layers_${suffix}`]: keyword(
      section,
      [integer('layers', { minimum: 0, maximum: 100 })],
      '2',
      `Number of hidden layers of ${which} of all elements.`,
      { default: 'none: required, here or per element' },
    ),
    [`global_nodes_${suffix}`]: keyword(
      section,
      [integer('nodes', { ...positive, maximum: 1e6, repeated: true })],
      '20 20',
      `Nodes of each hidden layer of ${which}; as many numbers as \`global_hidden_layers_${suffix}\` says. The inputs are the symmetry functions; there is one output.`,
    ),
    [`global_activation_${suffix}`]: keyword(
      section,
      [{ ...activation, repeated: true }],
      't t l',
      `Activation function of each hidden layer and of the output: one letter more than hidden layers. The output should be \`l\`.`,
    ),
    [`element_hidden_layers_${suffix}`]: keyword(
      section,
      [element, integer('layers', { minimum: 0, maximum: 100 })],
      'H 2',
      `Number of hidden layers of ${which} of one element, instead of the global one.`,
      { trap: 'n2p2 takes only one such line in a file: a second one is fatal.', repeatableInRunner: true },
    ),
    [`element_nodes_${suffix}`]: keyword(
      section,
      [element, integer('nodes', { ...positive, maximum: 1e6, repeated: true })],
      'H 20 20',
      `Nodes of each hidden layer of ${which} of one element, instead of the global ones.`,
      {
        trap: 'n2p2 ignores the last number: the last hidden layer keeps its global size.',
        repeatable: isShort,
        repeatableInRunner: true,
        inRunner: 'RuNNer sets one layer a line: element, layer, nodes.',
        runnerArguments: elementNodes,
      },
    ),
    [`element_activation_${suffix}`]: keyword(
      section,
      [element, { ...activation, repeated: true }],
      'H t t',
      `Activation functions of the hidden layers of ${which} of one element, instead of the global ones.`,
      {
        trap: 'It does not set the activation of the output; and n2p2 takes only one such line in a file.',
        repeatableInRunner: true,
        inRunner: PAIRS_IN_RUNNER,
        runnerArguments: elementActivation,
      },
    ),
  };
}

const n2p2Keywords: Readonly<Record<string, Keyword>> = {
  // General
  number_of_elements: keyword('General', [integer('count', { ...positive, maximum: elementCount() })], '2',
    'How many elements the potential describes: as many as `elements` names.'),
  elements: keyword('General', [{ ...element, repeated: true }], 'H O',
    'The elements that the potential describes, in any order. n2p2 sorts them by atomic number, and counts them so in `scaling.data`.'),
  atom_energy: keyword('General', [element, number('energy', { dimension: 'energy' })], 'H 0.0',
    'Energy of a free atom of an element: subtracted from the reference energies before training, added to predictions.',
    { repeatable: true, repeatableInRunner: true, default: '0', inRunner: 'Read where `remove_atom_energies` or `use_atom_energies` is set.',
      trap: 'With normalization it is subtracted first, so that `mean_energy` must be that of what remains.' }),
  nnp_type: keyword('General', [choice('type', {
      '2G-HDNNP': 'short-range energies alone', '4G-HDNNP': 'charges by equilibration, electrostatics and short-range energies', 'Q-HDNNP': 'charges alone',
      '2': 'the same as 2G-HDNNP', '4': 'the same as 4G-HDNNP', '10': 'the same as Q-HDNNP' })], '2G-HDNNP',
    'Generation of the high-dimensional neural network potential.',
    { default: '2G-HDNNP', aliases: ['nnp_generation', 'nnp_type_gen', 'nnp_gen'], inRunner: 'RuNNer writes `nnp_gen` with a number.',
      reference: 'Ko et al., Nat. Commun. 12, 398 (2021)' }),
  use_short_forces: keyword('General', [], '', 'Use the forces of the data, in training and in the statistics.',
    { default: 'energies alone' }),
  random_seed: keyword('General', [integer('seed')], '1', 'Seed of the random numbers: initial weights, division of the data, order of updates.'),

  // Symmetry functions
  cutoff_type: keyword('Symmetry functions', [choice('type', CUTOFF_TYPES),
      number('alpha', { minimum: 0, maximum: 1, exclusiveMaximum: true, optional: true,
        documentation: 'Inner cutoff as a fraction of the cutoff: up to there the function is 1. Types 2 and 3 ignore it.' })], '6',
    'The cutoff function of all symmetry functions: how neighbours fade out at the cutoff, with x = (r − α r_c)/(r_c − α r_c). It belongs to the weights: another one needs a new training.',
    ),
  symfunction_short: keyword('Symmetry functions', [element, integer('type'), { name: 'parameters', kind: 'text', repeated: true }], 'H 2 H 0.01 0.0 12.0',
    'One symmetry function: an input of the network of its central element. The arguments depend on the type. The order of the lines is of no matter, n2p2 sorts them; that order numbers `scaling.data` and the inputs.',
    { aliases: ['symfunction'], repeatable: true, repeatableInRunner: true }),
  scale_symmetry_functions: keyword('Symmetry functions', [], '',
    'Scale each symmetry function by its smallest and largest value in the training data to `scale_min_short` … `scale_max_short`.',
    { formula: 'G′ = S_min + (S_max − S_min) (G − G_min)/(G_max − G_min)', trap: 'A function that does not vary gives a division by zero.' }),
  center_symmetry_functions: keyword('Symmetry functions', [], '',
    'Subtract the mean of each symmetry function. Together with `scale_symmetry_functions` it is divided by the range too.',
    { formula: 'G′ = (S_max − S_min) (G − ⟨G⟩)/(G_max − G_min)' }),
  scale_symmetry_functions_sigma: keyword('Symmetry functions', [], '',
    'Scale each symmetry function by its mean and standard deviation in the training data.',
    { ...ONLY_N2P2, formula: 'G′ = S_min + (S_max − S_min) (G − ⟨G⟩)/σ_G', trap: 'Without effect beside the other two.' }),
  scale_min_short: keyword('Symmetry functions', [number('minimum')], '0.0', 'S_min: lower end of the scaled symmetry functions.',
    { default: '0', runner: false, inRunner: 'RuNNer calls it `scale_min_short_atomic`.' }),
  scale_max_short: keyword('Symmetry functions', [number('maximum')], '1.0', 'S_max: upper end of the scaled symmetry functions.',
    { default: '1', inRunner: 'RuNNer calls it `scale_max_short_atomic` as well.' }),

  // Networks
  ...networkKeywords('short', 'the networks'),
  normalize_nodes: keyword('Networks', [], '', 'Divide what enters a node by the number of its inputs, before the activation function.',
    { formula: 'y = f((b + Σ a y)/n)', trap: 'It belongs to the weights: a potential trained without it is another one with it.' }),

  // Electrostatics
  ...networkKeywords('electrostatic', 'the networks for charges (Q-HDNNP) or electronegativities (4G-HDNNP)'),
  initial_hardness: keyword('Electrostatics', [element, number('hardness', { minimum: 0 })], 'H 10.0',
    'Atomic hardness of an element at the start of a 4G training.', { ...ONLY_N2P2, repeatable: true }),
  fixed_gausswidth: keyword('Electrostatics', [element, number('width', { ...positive, dimension: 'length' })], 'H 0.6',
    'Width of the Gaussian charge of an element (4G).', { repeatable: true, repeatableInRunner: true }),
  ewald_truncation_error_method: keyword('Electrostatics', [choice('method', {
      '0': 'Jackson and Catlow: terms below a threshold are left out; RuNNer does so', '1': 'Kolafa and Perram: an estimate of the error of the forces' })], '1',
    'How the Ewald sum is cut off; it decides what `ewald_prec` means.', { ...ONLY_N2P2, default: '0' }),
  ewald_prec: keyword('Electrostatics', [number('threshold', { ...positive, documentation: 'Method 0: dimensionless, 1e-2 to 1e-7. Method 1: error of a force in the units of the data.' }),
      number('qmax', { optional: true, dimension: 'charge', documentation: 'Method 1: the largest charge that occurs.' }),
      number('rcut', { optional: true, dimension: 'length', documentation: 'Method 1: fixes the cutoff in real space.' })], '1e-5 1.0',
    'Precision of the Ewald sum. Method 0 takes one number, method 1 two or three.',
    { trap: 'A small threshold takes much memory.', reference: 'Kolafa and Perram, Mol. Simul. 9, 351 (1992)' }),
  screen_electrostatics: keyword('Electrostatics', [number('inner', { dimension: 'length' }), number('outer', { dimension: 'length' }),
      { name: 'core', kind: 'text', optional: true, documentation: 'Form of the transition, as a letter: `c` for a cosine.' }], '3.2 8.0',
    'Screen the electrostatics of near atoms: none up to `inner`, all from `outer` on.', ONLY_N2P2),
  four_pi_epsilon: keyword('Electrostatics', [number('value', positive)], '1.0', '4πε₀ in the units of the file: 1 in atomic units.', { ...ONLY_N2P2, default: '1' }),

  // Normalization
  mean_energy: keyword('Normalization', [number('energy', { dimension: 'energy' })], '0.0',
    'Mean reference energy per atom of the data, subtracted before training. Goes with `conv_energy` and `conv_length`; `nnp-norm` or `normalize_data_set` write all three.', ONLY_N2P2),
  conv_energy: keyword('Normalization', [number('factor', { ...positive, dimension: 'inverse_energy' })], '1.0',
    'Factor from the unit of energy of the file to the normalized one.', ONLY_N2P2),
  conv_length: keyword('Normalization', [number('factor', { ...positive, dimension: 'inverse_length' })], '1.0',
    'Factor from the unit of length of the file to the normalized one. Cutoffs and functions stay in the unit of the file.', ONLY_N2P2),
  conv_charge: keyword('Normalization', [number('factor', positive)], '1.0', 'Factor from the unit of charge of the file to the normalized one.', { ...ONLY_N2P2, default: '1' }),
  normalize_data_set: keyword('Normalization', [choice('mode', {
      ref: 'by the reference energies and forces', force: 'by the reference forces and those that the initial weights predict (recommended)', 'stats-only': 'compute the statistics, change nothing' })], 'force',
    'Let `nnp-train` compute the normalization and write its three keywords into this file.', { ...ONLY_N2P2, trap: 'Normalization that stands in the file already is replaced.' }),

  // Training
  epochs: keyword('Training', [integer('count', { minimum: 0 })], '20', 'Passes over the training data.'),
  test_fraction: keyword('Training', [number('fraction', { minimum: 0, maximum: 1, exclusiveMaximum: true })], '0.1',
    'Part of the structures that is kept out of the training to measure the error. `set=train` or `set=test` behind `begin` in `input.data` goes first.',
    { trap: 'Drawn by each MPI rank for itself: the division depends on how many there are.' }),
  updater_type: keyword('Training', [choice('type', { '0': 'gradient descent', '1': 'Kalman filter', '2': 'Levenberg–Marquardt: not implemented, fatal' })], '1', 'How the weights are fitted.', ONLY_N2P2),
  parallel_mode: keyword('Training', [choice('mode', { '0': 'rank 0 updates the weights', '1': 'all ranks update them' })], '1',
    'How the work is divided among MPI ranks.', { trap: 'Older files have 4, which is fatal now.', inRunner: 'In RuNNer the number has another meaning.' }),
  jacobian_mode: keyword('Training', [choice('mode', { '0': 'one summed gradient', '1': 'one row per MPI rank', '2': 'one row per update candidate' })], '1',
    'How gradients are put together for an update. Gradient descent needs 0.', ONLY_N2P2),
  update_strategy: keyword('Training', [choice('strategy', { '0': 'all elements together', '1': 'each element by itself (2G alone)' })], '0', 'Which weights an update changes.', ONLY_N2P2),
  energy_fraction: keyword('Training', [number('fraction', { minimum: 0 })], '1.0', 'Part of the energies that an epoch uses.', { aliases: ['short_energy_fraction'] }),
  force_fraction: keyword('Training', [number('fraction', { minimum: 0 })], '0.01', 'Part of the force components that an epoch uses; `force_energy_ratio` says it more plainly.', { aliases: ['short_force_fraction'] }),
  charge_fraction: keyword('Training', [number('fraction', fraction)], '1.0', 'Part of the charges that an epoch uses.'),
  force_energy_ratio: keyword('Training', [number('ratio', { minimum: 0 })], '3.0', 'Updates by forces for each one by an energy. Goes before the fraction of forces.', ONLY_N2P2),
  force_weight: keyword('Training', [number('weight', { minimum: 0 })], '10.0', 'Weight of a force error relative to an energy error.', { ...ONLY_N2P2, default: '1, with a warning' }),
  task_batch_size_energy: keyword('Training', [integer('size', { minimum: 0 })], '1', 'Energies that each MPI rank contributes to an update; 0 for all at once.', ONLY_N2P2),
  task_batch_size_force: keyword('Training', [integer('size', { minimum: 0 })], '1', 'Force components that each MPI rank contributes to an update; 0 for all at once.', ONLY_N2P2),
  task_batch_size_charge: keyword('Training', [integer('size', { minimum: 0 })], '1', 'Charges that each MPI rank contributes to an update; 0 for all at once.', ONLY_N2P2),
  repeated_energy_update: keyword('Training', [], '', 'An energy update after each force update.', { trap: 'Not implemented together with forces: fatal.' }),
  memorize_symfunc_results: keyword('Training', [], '', 'Keep the symmetry functions and their derivatives in memory: much faster, and as large as the data are.', { ...ONLY_N2P2, trap: 'Tens of gigabytes for large data sets.' }),

  // Selection of updates
  selection_mode: keyword('Selection of updates', selection, '2', 'How candidates for updates are chosen. More modes may follow, each behind the epoch from which on it holds: the number of arguments is odd.', { ...ONLY_N2P2, default: '0' }),
  selection_mode_energy: keyword('Selection of updates', selection, '2', 'As `selection_mode`, for energies alone.', ONLY_N2P2),
  selection_mode_force: keyword('Selection of updates', selection, '2', 'As `selection_mode`, for forces alone.', ONLY_N2P2),
  selection_mode_charge: keyword('Selection of updates', selection, '2', 'As `selection_mode`, for charges alone.', ONLY_N2P2),
  rmse_threshold: keyword('Selection of updates', [number('factor', { minimum: 0 })], '1.0', 'Mode 2: a candidate is taken if its error is above this multiple of the RMSE of the last epoch.', ONLY_N2P2),
  rmse_threshold_energy: keyword('Selection of updates', [number('factor', { minimum: 0 })], '0.0', 'As `rmse_threshold`, for energies alone.', { aliases: ['short_energy_error_threshold'] }),
  rmse_threshold_force: keyword('Selection of updates', [number('factor', { minimum: 0 })], '1.0', 'As `rmse_threshold`, for forces alone.', { aliases: ['short_force_error_threshold'] }),
  rmse_threshold_charge: keyword('Selection of updates', [number('factor', { minimum: 0 })], '1.0', 'As `rmse_threshold`, for charges alone.', ONLY_N2P2),
  rmse_threshold_trials: keyword('Selection of updates', [integer('trials', { minimum: 0 })], '3', 'Mode 2: after so many candidates below the threshold the worst of them is taken.', ONLY_N2P2),
  rmse_threshold_trials_energy: keyword('Selection of updates', [integer('trials', { minimum: 0 })], '3', 'As `rmse_threshold_trials`, for energies alone.', ONLY_N2P2),
  rmse_threshold_trials_force: keyword('Selection of updates', [integer('trials', { minimum: 0 })], '3', 'As `rmse_threshold_trials`, for forces alone.', ONLY_N2P2),
  rmse_threshold_trials_charge: keyword('Selection of updates', [integer('trials', { minimum: 0 })], '3', 'As `rmse_threshold_trials`, for charges alone.', ONLY_N2P2),

  // Initial weights
  weights_min: keyword('Initial weights', [number('minimum')], '-1.0', 'Lower end of the initial random weights, before Glorot or Nguyen–Widrow scales them. Biases begin at 0.'),
  weights_max: keyword('Initial weights', [number('maximum')], '1.0', 'Upper end of the initial random weights.'),
  use_old_weights_short: keyword('Initial weights', [], '', 'Go on from the weights in `weights.ZZZ.data`. The state of the optimizer is not kept.'),
  use_old_weights_charge: keyword('Initial weights', [], '', 'Go on from the weights in `weightse.ZZZ.data`.'),
  nguyen_widrow_weights_short: keyword('Initial weights', [], '', 'Spread the initial weights after Nguyen and Widrow instead of Glorot and Bengio.', { trap: 'Not together with `precondition_weights`.' }),
  nguyen_widrow_weights_charge: keyword('Initial weights', [], '', 'The same for the networks of charges.', ONLY_N2P2),
  precondition_weights: keyword('Initial weights', [], '', 'Shift and scale the initial weights to the reference energies.', { trap: 'Not implemented in n2p2: fatal.' }),

  // Gradient descent
  gradient_type: keyword('Gradient descent', [choice('type', { '0': 'fixed step', '1': 'Adam' })], '1', 'Which kind of gradient descent (`updater_type` 0).', ONLY_N2P2),
  gradient_eta: keyword('Gradient descent', [number('eta', positive)], '1.0E-5', 'Step size of the fixed kind.', ONLY_N2P2),
  gradient_adam_eta: keyword('Gradient descent', [number('eta', positive)], '1.0E-3', 'Step size of Adam.', { ...ONLY_N2P2, reference: 'Kingma and Ba, ICLR 2015, arXiv:1412.6980' }),
  gradient_adam_beta1: keyword('Gradient descent', [number('beta1', { ...fraction, exclusiveMaximum: true })], '0.9', 'Memory of the mean gradient.', ONLY_N2P2),
  gradient_adam_beta2: keyword('Gradient descent', [number('beta2', { ...fraction, exclusiveMaximum: true })], '0.999', 'Memory of the squared gradient.', ONLY_N2P2),
  gradient_adam_epsilon: keyword('Gradient descent', [number('epsilon', positive)], '1.0E-8', 'Protects against a division by zero.', ONLY_N2P2),

  // Kalman filter
  kalman_type: keyword('Kalman filter', [choice('type', { '0': 'standard', '1': 'fading memory (not recommended)' })], '0', 'Which Kalman filter (`updater_type` 1).',
    { ...ONLY_N2P2, reference: 'Singraber et al., J. Chem. Theory Comput. 15, 3075 (2019)' }),
  kalman_epsilon: keyword('Kalman filter', [number('epsilon', positive)], '1.0E-2', 'ε of the initial covariance P = 1/ε: about 0.01.', { formula: 'P₀ = 1/ε' }),
  kalman_q0: keyword('Kalman filter', [number('q0', { minimum: 0 })], '0.01', 'Process noise at the start.', { formula: 'q ← max(q_min, q e^(−qtau/updates per epoch))' }),
  kalman_qtau: keyword('Kalman filter', [number('qtau', { minimum: 0 })], '2.302', 'How fast the process noise falls: 2.302 is a power of ten an epoch.'),
  kalman_qmin: keyword('Kalman filter', [number('qmin', { minimum: 0 })], '1.0E-6', 'Process noise at the end.'),
  kalman_eta: keyword('Kalman filter', [number('eta', positive)], '0.01', 'η of the measurement noise R = 1/η at the start: the learning rate, 0.001 to 1.', { ...ONLY_N2P2, formula: 'R = 1/η, η ← min(η_max, η e^(etatau/updates per epoch))' }),
  kalman_etatau: keyword('Kalman filter', [number('etatau', { minimum: 0 })], '2.302', 'How fast η grows: 2.302 is a power of ten an epoch. Goes with `kalman_etamax`.', ONLY_N2P2),
  kalman_etamax: keyword('Kalman filter', [number('etamax', positive)], '1.0', 'η at the end. Goes with `kalman_etatau`.', ONLY_N2P2),
  kalman_lambda_short: keyword('Kalman filter', [number('lambda', positive)], '0.98', 'Forgetting factor of the filter with fading memory: 0.95 to 0.99.'),
  kalman_nue_short: keyword('Kalman filter', [number('nu', positive)], '0.9987', 'How the forgetting factor tends to 1: 0.99 to 0.9995.'),

  // Output
  main_error_metric: keyword('Output', [choice('metric', {
      RMSEpa: 'root mean square of energies per atom, of forces', RMSE: 'root mean square of energies, of forces', MAEpa: 'mean absolute error of energies per atom, of forces', MAE: 'mean absolute error of energies, of forces' })], 'RMSEpa',
    'Which error is shown on the screen; `learning-curve.out` has all.', { ...ONLY_N2P2, default: 'RMSEpa' }),
  write_trainpoints: keyword('Output', every, '1', 'Write predicted and reference energies (`trainpoints`, `testpoints`).', { inRunner: 'A switch without arguments in RuNNer.', runnerArguments: [] }),
  write_trainforces: keyword('Output', every, '1', 'Write predicted and reference forces (`trainforces`, `testforces`).', { inRunner: 'A switch without arguments in RuNNer.', runnerArguments: [] }),
  write_traincharges: keyword('Output', every, '1', 'Write predicted and reference charges.', { inRunner: 'A switch without arguments in RuNNer.', runnerArguments: [] }),
  write_weights_epoch: keyword('Output', every, '1', 'Write the weights (`weights.ZZZ.EEEEEE.out`).'),
  write_neuronstats: keyword('Output', every, '1', 'Write minimum, maximum and mean of every node.', ONLY_N2P2),
  write_trainlog: keyword('Output', [], '', 'Write every update to `train-log.out`.', ONLY_N2P2),
}; // prettier-ignore

function elementCount(): number {
  return periodicTable.length - 1;
}

/** All of them, by their main names. */
export const keywords: Readonly<Record<string, Keyword>> = { ...n2p2Keywords, ...runnerKeywords };

/** Main name of every name. */
const MAIN_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(keywords).flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((alias) => [alias, name])),
);

export const ALL_NAMES: readonly string[] = [...MAIN_NAMES.keys()];

/** The main name of a keyword that is written by any of its names; undefined for what neither program knows. */
export const mainName = (name: string): string | undefined => MAIN_NAMES.get(name);

/** Whether the program that a file is for knows the keyword. */
export const isKnownTo = (dialect: Dialect, { n2p2, runner }: Keyword): boolean => (dialect === 'n2p2' ? n2p2 : runner);

/** The arguments as that program reads them. */
export function argumentsOf(dialect: Dialect, { arguments: own, runnerArguments }: Keyword): readonly Argument[] {
  return dialect === 'runner' ? (runnerArguments ?? own) : own;
}

/** `symfunction_short element type parameters…`, `ewald_prec threshold [qmax [rcut]]`. */
export function signatureOf(name: string, args: readonly Argument[]): string {
  const words = args.map(({ name: word, optional, repeated }) => {
    const text = repeated === true ? `${word}…` : word;
    return optional === true ? `[${text}]` : text;
  });
  return [name, ...words].join(' ');
}
