/**
 * `input.nn`, the settings file of n2p2 and RuNNer: a keyword and its arguments a line, `#` and `!` begin comments. What the
 * arguments mean is for others; here are lines, words, and the rules that hold for all keywords: unknown ones don't count,
 * few may stand twice.
 * Source: n2p2's Settings and its documentation, for the facts of the format.
 */
import type { Place, Problem } from '../../protocol/result';

export interface SettingsLine {
  readonly keyword: string;
  readonly words: readonly string[];
  readonly line: number;
  /** Of the keyword and of each word, from 1. */
  readonly columns: readonly number[];
}

export interface Settings {
  readonly file: string;
  readonly lines: readonly SettingsLine[];
  /** All lines of a keyword or one of its aliases. */
  all(keyword: string): readonly SettingsLine[];
  /** The only line of a keyword; undefined if there is none. */
  one(keyword: string): SettingsLine | undefined;
}

const ALIASES: Readonly<Record<string, readonly string[]>> = {
  nnp_type: ['nnp_generation', 'nnp_type_gen', 'nnp_gen'],
  rmse_threshold_energy: ['short_energy_error_threshold'],
  rmse_threshold_force: ['short_force_error_threshold'],
  energy_fraction: ['short_energy_fraction'],
  force_fraction: ['short_force_fraction'],
  symfunction_short: ['symfunction'],
};

const REPEATABLE = new Set([
  'symfunction_short',
  'symfunction',
  'atom_energy',
  'element_nodes_short',
  'fixed_gausswidth',
  'initial_hardness',
]);

const list = (words: string): string[] => words.trim().split(/\s+/);

/** What a prediction depends on. */
export const PREDICTION_KEYWORDS: readonly string[] = list(`
  number_of_elements elements atom_energy cutoff_type symfunction_short scale_symmetry_functions scale_min_short
  scale_max_short center_symmetry_functions scale_symmetry_functions_sigma global_hidden_layers_short global_nodes_short
  global_activation_short element_hidden_layers_short element_nodes_short element_activation_short normalize_nodes
  mean_energy conv_length conv_energy conv_charge nnp_type`);

/** All keywords of n2p2: what it doesn't know may stand twice. */
const KNOWN = new Set([
  ...PREDICTION_KEYWORDS,
  ...Object.entries(ALIASES).flatMap(([keyword, aliases]) => [keyword, ...aliases]),
  ...list(`
  global_hidden_layers_electrostatic global_nodes_electrostatic global_activation_electrostatic
  element_hidden_layers_electrostatic element_nodes_electrostatic element_activation_electrostatic fixed_gausswidth
  ewald_truncation_error_method ewald_prec screen_electrostatics four_pi_epsilon random_seed test_fraction epochs
  normalize_data_set use_short_forces rmse_threshold rmse_threshold_charge rmse_threshold_trials
  rmse_threshold_trials_energy rmse_threshold_trials_force rmse_threshold_trials_charge force_energy_ratio charge_fraction
  use_old_weights_short use_old_weights_charge weights_min weights_max initial_hardness nguyen_widrow_weights_short
  nguyen_widrow_weights_charge precondition_weights main_error_metric write_trainpoints write_trainforces
  write_traincharges write_weights_epoch write_neuronstats write_trainlog repeated_energy_update updater_type parallel_mode
  jacobian_mode update_strategy selection_mode selection_mode_energy selection_mode_force selection_mode_charge
  task_batch_size_energy task_batch_size_force task_batch_size_charge gradient_type gradient_eta gradient_adam_eta
  gradient_adam_beta1 gradient_adam_beta2 gradient_adam_epsilon kalman_type kalman_epsilon kalman_eta kalman_etatau
  kalman_etamax kalman_q0 kalman_qtau kalman_qmin kalman_lambda_short kalman_nue_short memorize_symfunc_results
  force_weight`),
]);

/** @param text the whole file @param problems gets NN002 (a keyword stands twice) and NN003 (so does it by an alias) */
export function parseSettings(text: string, file: string, problems: Problem[]): Settings {
  const lines: SettingsLine[] = [];
  const byKeyword = new Map<string, SettingsLine[]>();
  text.split('\n').forEach((raw, index) => {
    const content = raw.replace(/[#!].*/s, '');
    const tokens = [...content.matchAll(/[^\s\uFEFF]+/g)];
    if (tokens.length === 0) return;
    const [keyword, ...words] = tokens.map(([token]) => token);
    const line = { keyword, words, line: index + 1, columns: tokens.map(({ index }) => index + 1) };
    lines.push(line);
    const same = byKeyword.get(keyword);
    if (same === undefined) byKeyword.set(keyword, [line]);
    else {
      same.push(line);
      if (KNOWN.has(keyword) && !REPEATABLE.has(keyword))
        problems.push({
          code: 'NN002',
          message: `${keyword} stands here for the second time, first in line ${same[0].line}: n2p2 stops at that. Keep one.`,
          place: placeOf(file, line),
        });
    }
  });
  for (const [keyword, aliases] of Object.entries(ALIASES)) {
    const spellings = [keyword, ...aliases].flatMap((name) => byKeyword.get(name)?.[0] ?? []);
    if (spellings.length < 2) continue;
    const names = spellings.map((line) => `${line.keyword} (line ${line.line})`).join(' and ');
    problems.push({
      code: 'NN003',
      message: `${names} are two names of one keyword: n2p2 stops at that. Keep one.`,
      place: placeOf(file, spellings[1]),
    });
  }
  const all = (keyword: string): readonly SettingsLine[] =>
    [keyword, ...(ALIASES[keyword] ?? [])].flatMap((name) => byKeyword.get(name) ?? []);
  return { file, lines, all, one: (keyword) => all(keyword)[0] };
}

/** Where word number `word` of a line begins, or, without a word of that number, where the line does. */
export function placeOf(file: string, { line, columns }: SettingsLine, word = -1): Place {
  return { file, line, column: columns[word + 1] ?? columns[0] };
}

export const isKnownKeyword = (keyword: string): boolean => KNOWN.has(keyword);
