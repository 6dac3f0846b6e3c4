/** A first definition for data that somebody has looked into: complete, and short enough to be read and changed at once. */
import type { DataFacts } from '../check/facts';
import { atomicNumber } from '../elements';
import { format } from '../syntax/printer';
import { quote } from '../syntax/lexer';

/** A key whose words are these names a set for each structure. */
const SPLIT_KEY = 'split';
const TEST_WORDS = ['test', 'testing'];

/**
 * A `.potential` file for one data file: automatic symmetry functions for the elements that are there, the sets that the data
 * name, and a training.
 * @param file as it is to be written, with `/`
 */
export function draftDefinition(file: string, facts: DataFacts): string {
  const name = labelFrom(file);
  // Atoms of a type without an element are X.
  const elements = Object.keys(facts.elements).filter((symbol) => (atomicNumber(symbol) ?? 0) > 0);
  const words = Object.hasOwn(facts.words, SPLIT_KEY) ? facts.words[SPLIT_KEY] : {};
  const split = TEST_WORDS.some((word) => Object.hasOwn(words, word))
    ? `split_by = key(${quote(SPLIT_KEY)})`
    : 'test = 10 %';
  const count = (n: number, of: string): string => `${n.toLocaleString('en-US')} ${of}${n === 1 ? '' : 's'}`;
  return format(`# ${oneLine(file)}: ${count(facts.frames, 'structure')}, ${count(facts.atoms.total, 'atom')}
${facts.energyKey === undefined ? '# No energies were found in it: energy and forces of the dataset say where they are.\n' : ''}potential ${name} {
  elements = [${elements.join(', ')}]
}

dataset reference {
  files = [${quote(file)}]
  ${split}
}

train ${name} {
  potential = ${name}
  dataset = reference
}
`);
}

/** A label made of the name of a file. */
export function labelFrom(file: string): string {
  const base = file.replace(/^.*\//u, '').replace(/\..*$/su, '');
  const words = base.replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^[^\p{L}]+|_+$/gu, '');
  return words === '' ? 'potential_1' : words;
}

const oneLine = (text: string): string => text.replace(/[\r\n]+/gu, ' ');
