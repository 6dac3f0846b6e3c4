/**
 * `input.nn`, the settings file of n2p2 and RuNNer: a keyword and its arguments a line, `#` and `!` begin comments. What the
 * arguments mean is for others; here are lines, words, and the rules that hold for all keywords: unknown ones don't count,
 * few may stand twice.
 * Source: n2p2's Settings and its documentation, for the facts of the format.
 */
import { keywords } from '../../language/runner/keywords';
import type { Keyword } from '../../language/runner/types';
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

/** Keywords of n2p2 with their other names, from the table of the language. */
const N2P2 = Object.entries(keywords).filter(([, { n2p2 }]) => n2p2);
const ALIASES: Readonly<Partial<Record<string, readonly string[]>>> = Object.fromEntries(
  N2P2.flatMap(([name, { aliases }]) => (aliases === undefined ? [] : [[name, aliases]])),
);
const namesOf = (wanted: (keyword: Keyword) => boolean): ReadonlySet<string> =>
  new Set(N2P2.flatMap(([name, keyword]) => (wanted(keyword) ? [name, ...(keyword.aliases ?? [])] : [])));
const REPEATABLE = namesOf(({ repeatable }) => repeatable === true);
/** What n2p2 doesn't know may stand twice. */
const KNOWN = namesOf(() => true);

/** What a prediction depends on. */
export const PREDICTION_KEYWORDS: readonly string[] = `
  number_of_elements elements atom_energy cutoff_type symfunction_short scale_symmetry_functions scale_min_short
  scale_max_short center_symmetry_functions scale_symmetry_functions_sigma global_hidden_layers_short global_nodes_short
  global_activation_short element_hidden_layers_short element_nodes_short element_activation_short normalize_nodes
  mean_energy conv_length conv_energy conv_charge nnp_type`
  .trim()
  .split(/\s+/);

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
  for (const [keyword, { aliases = [] }] of N2P2) {
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
