/** One mistake each in an `input.nn`: what is marked, and what the preferred fix makes of it. Every code has one at least. */
import { TRAINING_SETTINGS } from '../../../fixtures/language/training-settings';
import type { Case } from '../diagnostics';

/** Nothing is wrong with it, and nothing missing for predictions. */
export const PREDICTION = `# length unit: bohr, energy unit: hartree
number_of_elements              2
elements                        H O
cutoff_type                     6
scale_symmetry_functions
center_symmetry_functions
scale_min_short                 0.0
scale_max_short                 1.0
global_hidden_layers_short      2
global_nodes_short              15 10
global_activation_short         t t l

symfunction_short H 2 H 0.01 0.0 12.0
symfunction_short H 2 O 0.01 0.0 12.0
symfunction_short O 2 H 0.01 0.0 12.0
symfunction_short O 2 O 0.01 0.0 12.0
`;

/** Nothing is missing for a training either. */
export const TRAINING = `${PREDICTION}
${TRAINING_SETTINGS}`;

const replaced = (text: string, pairs: readonly (readonly [string, string])[]): string =>
  pairs.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`no ${from}`);
    return result.replace(from, () => to);
  }, text);

/** A file for predictions with some words replaced. */
const P = (...pairs: readonly (readonly [string, string])[]): string => replaced(PREDICTION, pairs);
/** A file for a training with some words replaced. */
const T = (...pairs: readonly (readonly [string, string])[]): string => replaced(TRAINING, pairs);
/** With lines at the end. */
const more = (...lines: readonly string[]): string => PREDICTION + lines.map((line) => `${line}\n`).join('');
const moreT = (...lines: readonly string[]): string => TRAINING + lines.map((line) => `${line}\n`).join('');

const LAST = 'symfunction_short O 2 O 0.01 0.0 12.0\n';
const DEPTH = 'global_hidden_layers_short      2';
const ANGULAR = ['symfunction_short O 3 H H 0.01 1 4 12.0', 'symfunction_short O 3 H H 0.01 -1 4 12.0'];

/** A new line at the end, wrong and right. */
const line = (code: string, title: string, wrong: string, marked: string, right?: string, rest: Partial<Case> = {}): Case => ({
  code,
  title,
  text: more(wrong),
  marked,
  ...(right !== undefined && { fixed: right === '' ? more() : more(right) }),
  ...rest,
}); // prettier-ignore
const W = { severity: 'warning' } as const;
const I = { severity: 'information' } as const;

export const cases: readonly Case[] = [
  // Keywords
  line('NN001', 'a misspelt keyword', 'normalise_nodes', 'normalise_nodes', 'normalize_nodes', { ...W, message: /did you mean/u }),
  line('NN001', 'a keyword of nobody', 'xyzzyxyzzy 3', 'xyzzyxyzzy', '#xyzzyxyzzy 3', { ...W, message: /only logs it/u }),
  line('NN001', "a keyword of RuNNer's", 'points_in_memory 200', 'points_in_memory', '#points_in_memory 200', { ...I, message: /keyword of RuNNer/u }),
  { code: 'NN001', title: 'a keyword that n2p2 calls otherwise', text: P(['scale_min_short       ', 'scale_min_short_atomic']), marked: 'scale_min_short_atomic', fixed: P(['scale_min_short       ', 'scale_min_short']), ...I },
  { code: 'NN001', title: "a keyword of n2p2's in a file for RuNNer", text: more('runner_mode 2', 'kalman_eta 0.01'), marked: 'scale_min_short', ...W, message: /RuNNer does not know/u },
  { code: 'NN002', title: 'a keyword twice', text: P(['cutoff_type                     6\n', 'cutoff_type                     6\ncutoff_type 2\n']), marked: 'cutoff_type', fixed: P() },
  { code: 'NN003', title: 'two names', text: moreT('force_fraction 0.1'), marked: 'force_fraction', fixed: T() },
  { code: 'NN003', title: 'two names of what may stand often', text: more('symfunction O 2 H 0.02 0.0 12.0'), marked: 'symfunction', fixed: more('symfunction_short O 2 H 0.02 0.0 12.0') },
  { code: 'NN004', title: 'a keyword that predictions need', text: P(['cutoff_type                     6\n', '']), marked: 'elements', fixed: P(['cutoff_type                     6\n', ''], ['elements                        H O\n', 'elements                        H O\ncutoff_type                     6\n']).replace('cutoff_type                     6\n', '').replace(LAST, `${LAST}cutoff_type                     6\n`) },
  { code: 'NN004', title: 'elements from the functions', text: P(['elements                        H O\n', '']), marked: 'number_of_elements', fixed: P() },
  { code: 'NN004', title: 'all that a training needs', text: more('epochs 10'), marked: 'epochs' },
  { code: 'NN004', title: 'functions', text: PREDICTION.slice(0, PREDICTION.indexOf('\nsymfunction_short')), marked: 'elements', message: /symfunction_short/u },
  line('NN005', 'an exponent of Fortran', 'atom_energy H 1.0d-3', '1.0d-3', 'atom_energy H 1.0e-3', { message: /takes it as 1\./u }),
  line('NN005', 'a comma', 'atom_energy H 6,0', '6,0', 'atom_energy H 6.0', { message: /takes it as 6\./u }),
  line('NN005', 'a unit', 'symfunction_short H 2 H 0.02 0.0 12A', '12A', 'symfunction_short H 2 H 0.02 0.0 12'),
  { code: 'NN005', title: 'a whole number with an exponent', text: T(['epochs                          10', 'epochs 1e2']), marked: '1e2', fixed: T(['epochs                          10', 'epochs 100']), message: /takes it as 1\./u },
  { code: 'NN006', title: 'line ends of Windows', text: PREDICTION.replaceAll('\n', '\r\n'), marked: '2', fixed: PREDICTION, ...W },
  line('NN007', 'a comment with !', 'normalize_nodes ! yes', '! yes', 'normalize_nodes # yes', W),
  line('NN008', 'a tab alone', ' \t', ' \t', undefined, { severity: 'hint', fixed: more('') }),
  line('NN009', 'a choice that there is not', 'main_error_metric rmse', 'rmse', 'main_error_metric RMSE'),
  { code: 'NN009', title: 'a number out of range', text: T(['force_weight                    10.0', 'force_weight -1']), marked: '-1', fixed: T(['force_weight                    10.0', 'force_weight 0']), ...W },
  // Elements
  { code: 'NN010', title: 'another number of elements', text: P(['number_of_elements              2', 'number_of_elements              3']), marked: '3', fixed: P() },
  line('NN011', 'a symbol in small letters', 'atom_energy h -0.4', 'h', 'atom_energy H -0.4'),
  line('NN011', 'an element that is not in the list', 'atom_energy Cu -0.4', 'Cu', undefined, { fixed: P(['number_of_elements              2', 'number_of_elements              3'], ['elements                        H O', 'elements                        H O Cu']) + 'atom_energy Cu -0.4\n' }),
  { code: 'NN011', title: 'an element twice', text: P(['elements                        H O', 'elements                        H O H'], ['_elements              2', '_elements              3']), marked: 'H', fixed: P(['_elements              2', '_elements              3']) },
  { code: 'NN012', title: 'another order', text: P(['elements                        H O', 'elements                        O H']), marked: 'O H', fixed: P(), ...I, message: /1 H, 2 O/u },
  { code: 'NN013', title: 'atomic energies and normalization', text: more('atom_energy H -0.5', 'mean_energy -2.0', 'conv_energy 20.0', 'conv_length 2.0'), marked: 'atom_energy', ...W },
  // Cutoff functions
  { code: 'NN020', title: 'no such type', text: P(['cutoff_type                     6', 'cutoff_type 9']), marked: '9', fixed: P(['cutoff_type                     6', 'cutoff_type 6']) },
  { code: 'NN020', title: 'an inner cutoff beyond the outer one', text: P(['cutoff_type                     6', 'cutoff_type 6 1.5']), marked: '1.5', fixed: P(['cutoff_type                     6', 'cutoff_type 6 0']) },
  { code: 'NN021', title: 'an inner cutoff without effect', text: P(['cutoff_type                     6', 'cutoff_type 2 0.3']), marked: '0.3', fixed: P(['cutoff_type                     6', 'cutoff_type 2']), ...W },
  { code: 'NN022', title: 'a hard cutoff', text: P(['cutoff_type                     6', 'cutoff_type 0']), marked: '0', fixed: P(['cutoff_type                     6', 'cutoff_type 6']), ...W },
  { code: 'NN023', title: 'the cosine', text: P(['cutoff_type                     6', 'cutoff_type 1']), marked: '1', fixed: P(['cutoff_type                     6', 'cutoff_type 6']), ...I },
  // Symmetry functions
  line('NN030', 'too few arguments', 'symfunction_short H 2 O 0.02 12.0', 'symfunction_short H 2 O 0.02 12.0', undefined, { message: /has 6 arguments, here are 5/u }),
  line('NN030', 'too many', 'symfunction_short H 2 O 0.02 0.0 12.0 1.0', '1.0', 'symfunction_short H 2 O 0.02 0.0 12.0', W),
  line('NN030', 'nothing', 'symfunction_short H', 'symfunction_short H'),
  line('NN030', 'a switch with an argument', 'normalize_nodes yes', 'yes', 'normalize_nodes', { ...W, message: /switch/u }),
  line('NN030', 'a keyword without its value', 'main_error_metric', 'main_error_metric', 'main_error_metric RMSEpa'),
  line('NN031', 'a type that RuNNer alone has', 'symfunction_short H 1 O 12.0', '1', 'symfunction_short H 2 O 0.0 0.0 12.0'),
  line('NN031', 'no such type', 'symfunction_short H 99 O 12.0', '99'),
  line('NN032', 'the order of type 13', 'symfunction_short O 3 H H 0.01 0.0 1 4 12.0', '0.01 0.0 1 4 12.0', 'symfunction_short O 3 H H 0.01 1 4 12.0 0.0', W),
  line('NN032', 'the order of type 3', 'symfunction_short O 13 0.01 1 4 12.0 0.0', '0.01 1 4 12.0 0.0', 'symfunction_short O 13 0.01 0.0 1 4 12.0', W),
  line('NN032', 'lambda and zeta', 'symfunction_short O 9 H H 0.01 4 -1 12.0', '0.01 4 -1 12.0', 'symfunction_short O 9 H H 0.01 -1 4 12.0', W),
  line('NN032', 'lambda and zeta of one', 'symfunction_short O 9 H H 0.0 1.0 -1.0 12.0', '0.0 1.0 -1.0 12.0', 'symfunction_short O 9 H H 0.0 -1.0 1.0 12.0', W),
  line('NN032', 'a negative zeta', 'symfunction_short O 9 H H 0.01 1 -4 12.0', '-4', 'symfunction_short O 9 H H 0.01 1 4 12.0', W),
  line('NN032', 'a negative eta', 'symfunction_short O 2 H -0.02 0.0 12.0', '-0.02', 'symfunction_short O 2 H 0.02 0.0 12.0', W),
  line('NN032', 'a tiny cutoff', 'symfunction_short O 9 H H 0.01 1 4 0.5', '0.5', undefined, W),
  line('NN033', 'an unusual lambda', 'symfunction_short O 9 H H 0.01 0.5 4 12.0', '0.5', 'symfunction_short O 9 H H 0.01 1 4 12.0', W),
  line('NN034', 'radii the wrong way round', 'symfunction_short O 20 H 8.0 2.0 p2', '8.0', 'symfunction_short O 20 H 2.0 8.0 p2'),
  line('NN034', 'angles the wrong way round', 'symfunction_short O 25 0.0 8.0 90 30 p2', '90', 'symfunction_short O 25 0.0 8.0 30 90 p2'),
  line('NN034', 'angles out of range', 'symfunction_short O 25 0.0 8.0 -20 90 p2', '-20 90', 'symfunction_short O 25 0.0 8.0 0 90 p2'),
  line('NN034', 'no such shape', 'symfunction_short O 23 0.0 8.0 P2a', 'P2a', 'symfunction_short O 23 0.0 8.0 p2a'),
  line('NN034', 'a negative cutoff', 'symfunction_short O 2 H 0.02 -1.0 -12.0', '-12.0', 'symfunction_short O 2 H 0.02 -1.0 12'),
  line('NN035', 'a function twice', 'symfunction_short O 2 O 1e-2 0 12', 'symfunction_short O 2 O 1e-2 0 12', '', W),
  { code: 'NN035', title: 'with the neighbours exchanged', text: more(...ANGULAR, 'symfunction_short H 3 H O 0.01 1 4 12.0', 'symfunction_short H 3 O H 0.01 1 4 12.0'), marked: 'symfunction_short H 3 O H 0.01 1 4 12.0', ...W },
  line('NN036', 'another cutoff', 'symfunction_short O 2 O 0.02 0.0 8.0', '8.0', undefined, W),
  { code: 'NN037', title: 'a pair that no function sees', text: P([LAST, '']), marked: 'O', fixed: P([LAST, 'symfunction_short O 2 O 0.01 0 12\n']), ...W },
  { code: 'NN037', title: 'triples that no function sees', text: more(ANGULAR[0]), marked: 'H', ...W, message: /H H, H O, O O/u },
  { code: 'NN037', title: 'an element without functions', text: P(['symfunction_short O 2 H 0.01 0.0 12.0\n', ''], [LAST, '']), marked: 'O' },
  line('NN038', 'a Gaussian beyond the cutoff', 'symfunction_short O 2 O 0.02 13.0 12.0', '13.0', '', W),
  { code: 'NN039', title: 'a partner that is missing', text: more(...ANGULAR, 'symfunction_short O 3 H O 0.01 1 4 12.0'), marked: '1', fixed: more(...ANGULAR, 'symfunction_short O 3 H O 0.01 1 4 12.0', 'symfunction_short O 3 H O 0.01 -1 4 12.0'), ...I },
  // Networks
  { code: 'NN050', title: 'nodes for another depth', text: P(['15 10', '15 10 5']), marked: '15 10 5', fixed: P(['15 10', '15 10']) },
  { code: 'NN050', title: 'a depth that nothing else has', text: P([DEPTH, 'global_hidden_layers_short      3']), marked: '15 10', fixed: P() },
  { code: 'NN050', title: 'activations for another depth', text: P(['t t l', 't l']), marked: 't l', fixed: P() },
  { code: 'NN050', title: 'an unknown activation', text: P(['t t l', 't T l']), marked: 'T', fixed: P() },
  line('NN050', 'nodes of one element for another depth', 'element_nodes_short O 10', 'element_nodes_short O 10', ''),
  line('NN050', 'an activation of one element too many', 'element_activation_short O p p l', 'element_activation_short O p p l', 'element_activation_short O p p'),
  line('NN051', 'a number that n2p2 ignores', 'element_nodes_short O 20 30', '30', 'element_nodes_short O 20 10'),
  { code: 'NN052', title: 'an output that nothing sets', text: P(['global_activation_short         t t l\n', 'element_activation_short O p p\n']), marked: 'element_activation_short O p p', ...W },
  { code: 'NN053', title: 'a second line', text: more('element_activation_short H p p', 'element_activation_short O p p'), marked: 'element_activation_short', fixed: more('element_activation_short H p p') },
  { code: 'NN053', title: 'a second depth', text: more('element_hidden_layers_short H 2', 'element_hidden_layers_short O 2'), marked: 'element_hidden_layers_short', fixed: more('element_hidden_layers_short H 2') },
  { code: 'NN054', title: 'an output that is not linear', text: P(['t t l', 't t t']), marked: 't', fixed: P(), ...W },
  { code: 'NN055', title: 'relu', text: P(['t t l', 'r t l']), marked: 'r', fixed: P(['t t l', 'p t l']), ...W },
  // Normalization and scaling
  { code: 'NN060', title: 'half a normalization', text: more('mean_energy -2.0', 'conv_energy 20.0'), marked: 'mean_energy', fixed: more() },
  { code: 'NN061', title: 'normalized already', text: more('mean_energy -2.0', 'conv_energy 20.0', 'conv_length 2.0', 'normalize_data_set force'), marked: 'normalize_data_set', fixed: more('mean_energy -2.0', 'conv_energy 20.0', 'conv_length 2.0'), ...W },
  line('NN062', 'two kinds of scaling', 'scale_symmetry_functions_sigma', 'scale_symmetry_functions_sigma', '', W),
  { code: 'NN063', title: 'the range the wrong way round', text: P(['scale_min_short                 0.0', 'scale_min_short                 2.0']), marked: '1.0', fixed: P(['scale_min_short                 0.0', 'scale_min_short                 1.0'], ['scale_max_short                 1.0', 'scale_max_short                 2.0']), ...W },
  { code: 'NN063', title: 'a range that nobody says', text: P(['scale_min_short                 0.0\nscale_max_short                 1.0\n', '']), marked: 'scale_symmetry_functions', ...W },
  // Training
  { code: 'NN070', title: 'gradient descent with a Jacobian', text: T(['updater_type                    1', 'updater_type 0\ngradient_type 0\ngradient_eta 1e-5']), marked: '1', fixed: T(['updater_type                    1', 'updater_type 0\ngradient_type 0\ngradient_eta 1e-5'], ['jacobian_mode                   1', 'jacobian_mode                   0']) },
  { code: 'NN071', title: 'Levenberg–Marquardt', text: T(['updater_type                    1', 'updater_type 2']), marked: '2', fixed: T(['updater_type                    1', 'updater_type 1']) },
  line('NN071', 'preconditioned weights', 'precondition_weights', 'precondition_weights', ''),
  { code: 'NN071', title: 'repeated energy updates with forces', text: moreT('repeated_energy_update'), marked: 'repeated_energy_update', fixed: moreT() },
  { code: 'NN072', title: 'the parallel mode of older files', text: T(['parallel_mode                   1', 'parallel_mode 4']), marked: '4', fixed: T(['parallel_mode                   1', 'parallel_mode 0']) },
  { code: 'NN073', title: 'updates per element with 4G', text: `${T(['update_strategy                 0', 'update_strategy 1'])}nnp_type 4\ncharge_fraction 1.0\ntask_batch_size_charge 1\n`, marked: '1', fixed: `${T(['update_strategy                 0', 'update_strategy 0'])}nnp_type 4\ncharge_fraction 1.0\ntask_batch_size_charge 1\n` },
  { code: 'NN074', title: 'an epoch without a mode', text: T(['selection_mode                  0', 'selection_mode 0 5']), marked: '0 5', fixed: T(['selection_mode                  0', 'selection_mode 0']) },
  { code: 'NN075', title: 'thresholds that do not count', text: moreT('rmse_threshold_trials 3', 'short_force_error_threshold 1.0'), marked: 'rmse_threshold_trials', ...W, message: /have no effect/u },
  { code: 'NN075', title: 'trials that nobody says', text: T(['selection_mode                  0', 'selection_mode 2']), marked: 'selection_mode', fixed: T(['selection_mode                  0', 'selection_mode 2\nrmse_threshold_trials           3']), ...W },
  { code: 'NN076', title: 'two ways to say how many forces', text: moreT('force_energy_ratio 3.0'), marked: 'short_force_fraction', fixed: moreT('force_energy_ratio 3.0').replace('short_force_fraction            0.02\n', ''), ...W },
  { code: 'NN077', title: 'a growing learning rate without an end', text: moreT('kalman_etatau 2.302'), marked: 'kalman_etatau', fixed: moreT('kalman_etatau 2.302', 'kalman_etamax                   1.0'), ...W },
  { code: 'NN078', title: 'fading memory in the standard filter', text: moreT('kalman_lambda_short 0.98', 'kalman_nue_short 0.9987'), marked: 'kalman_lambda_short', fixed: moreT('#kalman_lambda_short 0.98', '#kalman_nue_short 0.9987'), ...W },
  { code: 'NN079', title: 'no test', text: T(['test_fraction                   0.1', 'test_fraction 1e-06']), marked: '1e-06', fixed: T(['test_fraction                   0.1', 'test_fraction 0.1']), ...W },
  { code: 'NN079', title: 'hardly any training', text: T(['test_fraction                   0.1', 'test_fraction 0.9']), marked: '0.9', fixed: T(['test_fraction                   0.1', 'test_fraction 0.1']), ...W },
  { code: 'NN079', title: 'no training', text: T(['test_fraction                   0.1', 'test_fraction 1.0']), marked: '1.0', fixed: T(['test_fraction                   0.1', 'test_fraction 0.1']) },
  { code: 'NN080', title: 'a division that depends on the ranks', text: T(), marked: 'test_fraction', ...I },
  { code: 'NN081', title: 'memory', text: moreT('memorize_symfunc_results'), marked: 'memorize_symfunc_results', ...I, message: /4\.9 MB/u },
  { code: 'NN082', title: 'forces that are not used', text: T(['use_short_forces\n', '']), marked: 'force_weight', ...W },
  // What it is used with
  line('NN093', 'a cutoff for LAMMPS that is too small', '# pair_style hdnnp 6.0 dir "." maxew 100 cflength 1.8897261246 cfenergy 0.0367493221757', '6.0', '# pair_style hdnnp 6.350127 dir "." maxew 100 cflength 1.8897261246 cfenergy 0.0367493221757', W),
  line('NN093', 'LAMMPS without conversions', '# pair_style hdnnp 12.0 dir "." maxew 100', 'pair_style hdnnp 12.0 dir "." maxew 100', '# pair_style hdnnp 12.0 dir "." maxew 100 cflength 1.889726126 cfenergy 0.03674932218', W),
  line('NN093', 'the old name for LAMMPS', '# pair_style nnp dir "." maxew 100 cflength 1.8897261246 cfenergy 0.0367493221757', 'pair_style nnp', '# pair_style hdnnp 6.350127 dir "." maxew 100 cflength 1.8897261246 cfenergy 0.0367493221757', W),
  { code: 'NN101', title: 'a weight of forces that is not written', text: T(['force_weight                    10.0\n', '']), marked: 'use_short_forces', ...I },
  { code: 'NN102', title: 'weights that go on', text: moreT('use_old_weights_short'), marked: 'use_old_weights_short', ...I },
  line('NN093', 'LAMMPS that stops', '# pair_style hdnnp 12.0 dir "." cflength 1.9 cfenergy 0.04', 'pair_style hdnnp 12.0 dir "." cflength 1.9 cfenergy 0.04', undefined, { ...W, message: /first atom/u }),
  { code: 'NN094', title: 'arguments of the other method', text: more('ewald_truncation_error_method 0', 'ewald_prec 1e-5 1.0'), marked: 'ewald_prec 1e-5 1.0', fixed: more('ewald_truncation_error_method 0', 'ewald_prec 1e-5'), ...W },
  { code: 'NN094', title: 'a charge that is missing', text: more('ewald_truncation_error_method 1', 'ewald_prec 1e-5'), marked: 'ewald_prec 1e-5', fixed: more('ewald_truncation_error_method 1', 'ewald_prec 1e-5 1.0'), ...W },
  { code: 'NN095', title: 'a file that can be converted', text: PREDICTION, marked: 'elements', ...I },
  { code: 'NN099', title: 'shapes that n2p2 mixes up', text: more('symfunction_short O 21 H H 0.0 8.0 0 180 p2', 'symfunction_short O 21 H H 0.0 8.0 0 90 p2a'), marked: 'p2a', ...W },
]; // prettier-ignore
