/**
 * The keywords of `input.nn` that RuNNer has and n2p2 ignores. The arguments are written as RuNNer's documentation writes them:
 * `i0` a whole number, `a0` a number, `element` a symbol, square brackets for what may be left out.
 */
import type { Argument, Keyword } from './types';

/** Name → modes, arguments, meaning; a star behind the modes for those that may stand more than once. */
const TABLE: Readonly<Record<string, readonly [modes: string, syntax: string, documentation: string]>> = {
  runner_mode: ['123', 'mode', 'What RuNNer does: 1 compute symmetry functions, 2 train, 3 predict. n2p2 has a program for each instead.'],
  nn_type_short: ['123', 'i0', 'Which kind of short-range energy: 1 atomic networks, 2 networks of pairs.'],
  use_short_nn: ['123', '', 'Use the networks for short-range energies.'],
  use_electrostatics: ['23', '', 'Use electrostatics.'],
  use_vdw: ['13', '', 'Add a dispersion correction.'],
  vdw_type: ['123', 'i0', 'Which dispersion correction.'],
  vdw_screening: ['13', 's_6 d s_R', 'Parameters of the damping of the dispersion correction.'],
  electrostatic_type: ['123', 'i0', 'Where the charges come from, as a number.'],
  fixed_charge: ['23*', 'element a0', 'Fixed charge of an element.'],
  use_fixed_charges: ['123', '', 'Use the fixed charges.'],
  use_gausswidth: ['123', '', 'Use Gaussian charges of fixed width.'],
  use_atom_charges: ['23', '', 'Use the atomic charges of the data.'],
  use_atom_energies: ['23', '', 'Use the atomic energies of the data.'],
  remove_atom_energies: ['13', '', 'Subtract the energies that `atom_energy` gives before the training, and add them to predictions.'],
  remove_vdw_energies: ['2', '', 'Subtract the dispersion correction before the training.'],
  enforce_totcharge: ['3', 'i0', 'Scale predicted charges so that they sum up to the total charge.'],
  ewald_alpha: ['23', 'a0', 'Width parameter of the Ewald sum.'],
  ewald_cutoff: ['23', 'a0', 'Cutoff of the Ewald sum in real space.'],
  ewald_kmax: ['23', 'i0', 'Largest reciprocal vector of the Ewald sum.'],
  symfunction_electrostatic: ['123*', 'element type [parameters…]', 'A symmetry function of the networks for charges; as `symfunction_short`.'],
  element_symfunction_short: ['123*', 'element type [parameters…]', 'A symmetry function of one element for all its neighbours.'],
  element_symfunction_electrostatic: ['123*', 'element type [parameters…]', 'The same for the networks of charges.'],
  element_pairsymfunction_short: ['123*', 'element element type [parameters…]', 'A symmetry function of a pair of elements.'],
  global_symfunction_short: ['123', 'type [parameters…]', 'A symmetry function for all elements.'],
  global_symfunction_electrostatic: ['123', 'type [parameters…]', 'A symmetry function for all elements, for the networks of charges.'],
  global_pairsymfunction_short: ['123', 'type [parameters…]', 'A symmetry function for all pairs.'],
  global_activation_pair: ['23', 'activation [activation…]', 'Activation functions of the networks of pairs.'],
  global_hidden_layers_pair: ['23', 'i0', 'Number of hidden layers of the networks of pairs.'],
  global_nodes_pair: ['23', 'i0 [i1…]', 'Nodes of each hidden layer of the networks of pairs.'],
  element_activation_pair: ['23*', 'element element layer node activation', 'Activation of one node of the network of a pair.'],
  element_hidden_layers_pair: ['23*', 'element element i0', 'Number of hidden layers of the network of a pair.'],
  element_nodes_pair: ['23*', 'element element layer i0', 'Nodes of one hidden layer of the network of a pair.'],
  scale_min_short_atomic: ['123', 'a0', 'Lower end of the scaled symmetry functions: `scale_min_short` of n2p2.'],
  scale_max_short_atomic: ['123', 'a0', 'Upper end of the scaled symmetry functions: `scale_max_short` of n2p2.'],
  scale_min_short_pair: ['123', 'a0', 'Lower end of the scaled symmetry functions of pairs.'],
  scale_max_short_pair: ['123', 'a0', 'Upper end of the scaled symmetry functions of pairs.'],
  scale_min_elec: ['123', 'a0', 'Lower end of the scaled symmetry functions of the networks for charges.'],
  scale_max_elec: ['123', 'a0', 'Upper end of the scaled symmetry functions of the networks for charges.'],
  use_old_scaling: ['2', '', 'Use the `scaling.data` that is there instead of making it again.'],
  bond_threshold: ['123', 'a0', 'Shortest distance between two atoms that a structure may have.'],
  energy_threshold: ['1', 'a0', 'Leave structures out whose energy per atom is higher.'],
  force_threshold: ['1', 'a0', 'Leave structures out that have a larger force component.'],
  max_energy: ['2', 'a0', 'Leave structures of higher energy per atom out of the training.'],
  max_force: ['2', 'a0', 'Leave larger force components out of the training.'],
  check_input_forces: ['1', 'a0', 'Test whether the forces of each structure sum up to zero.'],
  check_forces: ['23', '', 'Test whether the predicted forces of each structure sum up to zero.'],
  points_in_memory: ['123', 'i0', 'Structures that are held in memory at a time.'],
  read_unformatted: ['23', '', 'Read files in binary form.'],
  write_unformatted: ['123', '', 'Write files in binary form.'],
  random_number_type: ['12', 'i0', 'Which generator of random numbers.'],
  optmode_charge: ['123', 'i0', 'Optimizer for charges: 1 Kalman filter, 2 conjugate gradient, 3 steepest descent.'],
  optmode_short_energy: ['123', 'i0', 'Optimizer for energies: 1 Kalman filter, 2 conjugate gradient, 3 steepest descent.'],
  optmode_short_force: ['123', 'i0', 'Optimizer for forces: 1 Kalman filter, 2 conjugate gradient, 3 steepest descent.'],
  fitting_unit: ['2', 'unit', 'Unit of the energies that are printed: `eV` or `Ha`; older versions have 1 and 2 for them.'],
  mix_all_points: ['2', '', 'Use the structures of an epoch in random order.'],
  short_energy_group: ['2', 'i0', 'Energies that are put together for an update.'],
  short_force_group: ['2', 'i0', 'Force components that are put together for an update.'],
  charge_group: ['2', 'i0', 'Charges that are put together for an update.'],
  force_grouping_by_structure: ['2', '', 'Put the force components of a structure together for an update.'],
  dynamic_force_grouping: ['2', '', 'Let the size of groups of forces change during the training.'],
  force_update_scaling: ['2', 'a0', 'Weight of updates by forces relative to those by energies.'],
  joint_energy_force_update: ['2', '', 'Update by the energy and the forces of a structure together.'],
  fixed_short_energy_error_threshold: ['2', 'a0', 'Energies with a smaller error do not update: a fixed threshold.'],
  fixed_short_force_error_threshold: ['2', 'a0', 'Forces with a smaller error do not update: a fixed threshold.'],
  charge_error_threshold: ['2', 'a0', 'Charges with a smaller error, as a multiple of the RMSE, do not update.'],
  update_worst_charges: ['2', 'a0', 'Update by the worst part of the charges alone.'],
  update_worst_short_energies: ['2', 'a0', 'Update by the worst part of the energies alone.'],
  update_worst_short_forces: ['2', 'a0', 'Update by the worst part of the forces alone.'],
  update_single_element: ['2', 'i0', 'Update the network of one element alone, by its atomic number.'],
  growth_mode: ['2', 'i0 i1', 'Let the training set grow: by how many structures, every how many epochs.'],
  data_clustering: ['2', 'a0 a1', 'Look for similar environments in the data.'],
  find_contradictions: ['2', 'a0 a1', 'Look for similar environments with different forces in the data.'],
  environment_analysis: ['2', '', 'Count the environments of the atoms.'],
  analyze_composition: ['2', '', 'Count the compositions in the data.'],
  analyze_error: ['2', '', 'Analyse the errors at the end.'],
  analyze_error_charge_step: ['2', 'a0', 'Width of the bins of that analysis for charges.'],
  analyze_error_energy_step: ['2', 'a0', 'Width of the bins of that analysis for energies.'],
  analyze_error_force_step: ['2', 'a0', 'Width of the bins of that analysis for forces.'],
  symfunction_correlation: ['2', '', 'Print how the symmetry functions correlate.'],
  weight_analysis: ['2', '', 'Print statistics of the weights.'],
  detect_saturation: ['2', '', 'Look for saturated nodes.'],
  biasweights_min: ['2', 'a0', 'Lower end of the initial random biases.'],
  biasweights_max: ['2', 'a0', 'Upper end of the initial random biases.'],
  separate_bias_ini_short: ['2', '', 'Draw the initial biases from their own range.'],
  weightse_min: ['2', 'a0', 'Lower end of the initial random weights of the networks for charges.'],
  weightse_max: ['2', 'a0', 'Upper end of the initial random weights of the networks for charges.'],
  nguyen_widrow_weights_ewald: ['2', '', 'Initial weights of the networks for charges after Nguyen and Widrow.'],
  use_systematic_weights_short: ['2', '', 'Initial weights that are spread evenly instead of drawn.'],
  use_systematic_weights_electrostatic: ['2', '', 'The same for the networks of charges.'],
  shuffle_weights_short_atomic: ['2', 'i0 a0', 'Shake the weights: every how many epochs, which part of them.'],
  fix_weights: ['2', '', 'Keep some weights as they are.'],
  restrict_weights: ['2', 'a0', 'Largest absolute value of a weight.'],
  regularize_fit_param: ['2', 'a0', 'Strength of the regularization of the weights.'],
  use_damping: ['2', 'a0', 'Damp the weights.'],
  kalman_damp_charge: ['2', 'a0', 'Damping of errors in the Kalman filter for charges.'],
  kalman_damp_force: ['2', 'a0', 'Damping of errors in the Kalman filter for forces.'],
  kalman_damp_short: ['2', 'a0', 'Damping of errors in the Kalman filter for energies.'],
  kalman_lambda_charge: ['2', 'a0', 'Forgetting factor of the Kalman filter for charges.'],
  kalman_nue_charge: ['2', 'a0', 'How the forgetting factor for charges tends to 1.'],
  element_decoupled_kalman: ['2', '', 'A Kalman filter for each element.'],
  element_decoupled_forces_v2: ['2', '', 'How the Kalman filters of the elements use forces.'],
  separate_kalman_short: ['2', '', 'Kalman filters of their own for energies and forces.'],
  read_kalman_matrices: ['2', '', 'Go on from saved matrices of the Kalman filter.'],
  save_kalman_matrices: ['2', '', 'Save the matrices of the Kalman filter.'],
  reset_kalman: ['2', '', 'Begin each epoch with a new Kalman filter.'],
  use_noisematrix: ['123', '', 'Use process noise in the Kalman filter.'],
  noise_charge: ['2', 'a0', 'Noise that is added to reference charges.'],
  noise_energy: ['2', 'a0', 'Noise that is added to reference energies.'],
  noise_force: ['2', 'a0', 'Noise that is added to reference forces.'],
  steepest_descent_step_charge: ['2', 'a0', 'Step of the steepest descent for charges.'],
  steepest_descent_step_energy_short: ['2', 'a0', 'Step of the steepest descent for energies.'],
  steepest_descent_step_force_short: ['2', 'a0', 'Step of the steepest descent for forces.'],
  initialization_only: ['2', '', 'Stop after the initialization.'],
  ion_forces_only: ['2', '', 'Train by forces of ions alone.'],
  enable_on_the_fly_input: ['2', '', 'Read changes of the settings during the training.'],
  calculate_forces: ['3', '', 'Predict forces.'],
  calculate_stress: ['3', '', 'Predict the stress.'],
  calculate_hessian: ['3', '', 'Predict the Hessian.'],
  calculate_final_force: ['2', '', 'Compute the force errors after the last epoch alone.'],
  md_mode: ['3', '', 'Print less, for use as the force engine of a simulation.'],
  enforce_max_num_neighbors_atomic: ['123', 'i0', 'Largest number of neighbours of an atom.'],
  use_omp_mkl: ['2', '', 'Use the threads of the Intel Math Kernel Library.'],
  debug_mode: ['123', '', 'Print more.'],
  detailed_timing: ['123', '', 'Print how long each part takes.'],
  detailed_timing_epoch: ['123', '', 'Print how long each part of an epoch takes.'],
  print_all_deshortdw: ['2', '', 'Print the derivatives of energies by the weights.'],
  print_all_dfshortdw: ['2', '', 'Print the derivatives of forces by the weights.'],
  print_all_electrostatic_weights: ['2', '', 'Print all weights of the networks for charges.'],
  print_all_short_weights: ['2', '', 'Print all weights.'],
  print_convergence_vector: ['2', '', 'Print how the weights converge.'],
  print_date_and_time: ['2', '', 'Print date and time of each epoch.'],
  print_force_components: ['3', '', 'Print the parts of the forces.'],
  print_mad: ['2', '', 'Print mean absolute errors.'],
  print_sensitivity: ['23', '', 'Print how sensitive the output is to each symmetry function.'],
  write_binding_energy_only: ['2', '', 'Write binding energies instead of total ones.'],
  write_fit_statistics: ['2', '', 'Write statistics of the fit.'],
  write_symfunctions: ['3', '', 'Write the symmetry functions.'],
  write_temporary_weights: ['2', '', 'Write the weights during an epoch.'],
}; // prettier-ignore

function argumentOf(word: string): Argument {
  const optional = word.startsWith('[') ? { optional: true } : {};
  const repeated = word.includes('…') ? { repeated: true } : {};
  const name = word.replace(/[[\]…]/g, '');
  const base = { name, ...optional, ...repeated };
  if (name === 'mode')
    return { ...base, kind: 'choice', values: { '1': 'symmetry functions', '2': 'training', '3': 'prediction' } };
  if (name === 'element') return { ...base, kind: 'element' };
  if (/^i\d$/.test(name) || name === 'layer' || name === 'node') return { ...base, kind: 'integer' };
  if (/^a\d$/.test(name) || /^(s_6|d|s_R)$/.test(name)) return { ...base, kind: 'number' };
  return { ...base, kind: 'text' };
}

/** What completion inserts for an argument. */
function exampleOf(argument: Argument): string {
  switch (argument.kind) {
    case 'element':
      return 'H';
    case 'integer':
      return '1';
    case 'number':
      return '1.0';
    case 'choice':
      return '1';
    case 'text':
      return argument.name === 'activation' ? 't' : argument.name === 'unit' ? 'eV' : '2';
  }
}

export const runnerKeywords: Readonly<Record<string, Keyword>> = Object.fromEntries(
  Object.entries(TABLE).map(([name, [modes, syntax, documentation]]): [string, Keyword] => {
    const args = syntax === '' ? [] : syntax.split(' ').map(argumentOf);
    return [
      name,
      {
        section: 'RuNNer',
        arguments: args,
        documentation,
        recommended: args
          .filter(({ optional }) => optional !== true)
          .map(exampleOf)
          .join(' '),
        n2p2: false,
        runner: true,
        modes: modes.replace('*', '').split('').join(', '),
        repeatableInRunner: modes.endsWith('*'),
      },
    ];
  }),
);
