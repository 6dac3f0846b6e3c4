/**
 * Words of the language's design that this version does not have yet. The checker says so, instead of calling them unknown.
 * A word leaves this table when it gets its row in the vocabulary.
 */

/** Per block (empty: the top level) the words for blocks and attributes. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  '': ['cluster', 'relax', 'equation_of_state', 'elastic', 'vibrations', 'rotate'],
  potential: ['moments', 'linear', 'gaussian_process'],
  radial: ['weighted', 'kind'],
  angular: ['weighted'],
};

/** Per `block` (label) or `block.attribute` (value) the words for variants and choices. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  pair: ['morse', 'gaussian'],
  'angular.kind': ['compact'],
};

/** Whether a block or attribute of that name is designed for inside `parent` (empty: the top level). */
export function isPlannedWord(parent: string, word: string): boolean {
  return Object.hasOwn(WORDS, parent) && WORDS[parent].includes(word);
}

/** Whether a variant of a block (`optimizer`) or a choice of an attribute (`angular.kind`) is designed for. */
export function isPlannedChoice(place: string, word: string): boolean {
  return Object.hasOwn(CHOICES, place) && CHOICES[place].includes(word);
}
