/** Changes of a whole `input.nn` that a person may ask for, as edits of its text. Pure. */
import { defaultDescriptors, expandBehler } from '../definition/expansion';
import type { TextEdit } from '../diagnostic';
import { units as unitTable } from '../schema/units';
import { formatLine, insertion } from './check/context';
import { byNumber, compareKeys, wordsOf, type SymmetryFunction } from './functions';
import { argumentsOf, isKnownTo } from './keywords';
import { readNumber, shown } from './numbers';
import { elementsOf, functionsOf, unitsOf, type InputFile } from './reading';
import { spanIn } from './tree';
import type { Dimension } from './types';

/** The lines of symmetry functions in the order of n2p2, each with its comment; empty if they are. */
export function sortFunctions(file: InputFile): TextEdit[] {
  const { tree } = file;
  const functions = functionsOf(file);
  const sorted = [...functions].sort((a, b) => compareKeys(a.order, b.order));
  return functions.flatMap(({ entry }, i) => {
    const text = tree.lines[sorted[i].entry.line].text;
    const own = tree.lines[entry.line].text;
    return text === own ? [] : [{ span: spanIn(tree, entry.line, { start: 0, end: own.length }), text }];
  });
}

/** Powers of a length in what has a dimension. */
const POWERS: Readonly<Record<Dimension, number>> = {
  length: 1,
  inverse_length: -1,
  inverse_length_squared: -2,
  energy: 0,
  inverse_energy: 0,
  charge: 0,
};

/** All lengths from Å to bohr or the other way, and what a comment says about them. The structures must be converted as well. */
export function convertLengths(file: InputFile, to: 'bohr' | 'angstrom'): TextEdit[] {
  const { tree, dialect } = file;
  const factor = to === 'bohr' ? 1 / unitTable.bohr.factor : unitTable.bohr.factor;
  const edits: TextEdit[] = [];
  for (const { line, keyword, arguments: words, function: own } of file.entries) {
    if (keyword === undefined || !isKnownTo(dialect, keyword)) continue;
    const args = own?.table?.arguments ?? argumentsOf(dialect, keyword);
    words.forEach((word, i) => {
      const argument = args.at(i);
      const power = argument?.kind === 'number' && argument.dimension !== undefined ? POWERS[argument.dimension] : 0;
      const { value, isExact } = readNumber(word.text, dialect);
      if (power === 0 || !isExact || value === 0) return;
      edits.push({ span: spanIn(tree, line, word), text: shown(value * factor ** power) });
    });
  }
  for (const [line, { text, comment, words }] of tree.lines.entries()) {
    if (comment === undefined || words.length > 0) continue;
    const match = /length(?:\s+units?)?\s*[:=]\s*(\S+?)[.,;]?(?:\s|$)/i.exec(text);
    if (match === null || unitsOf(tree).length === undefined) continue;
    const start = match.index + match[0].indexOf(match[1], 'length'.length);
    edits.push({ span: spanIn(tree, line, { start, end: start + match[1].length }), text: to });
  }
  return edits;
}

/**
 * Radial functions shifted through the cutoff and centred ones, and angular functions, for all elements: the descriptors that a
 * potential without any gets, up to the farthest cutoff of the file or 6 Å.
 */
export function generateFunctions(file: InputFile): TextEdit[] {
  const lines = generatedLines(file);
  return lines.length === 0 ? [] : [insertion(file, 'symfunction_short', ['', ...lines])];
}

export function generatedLines(file: InputFile, named: readonly string[] = elementsOf(file)): string[] {
  const elements = [...named].sort(byNumber);
  const factor = { bohr: unitTable.bohr.factor, nm: unitTable.nm.factor }[unitsOf(file.tree).length ?? ''] ?? 1;
  const farthest = functionsOf(file).reduce((most, { value }) => Math.max(most, value.cutoff), 0);
  const brief = (x: number): number => Number(shown(x, 4));
  const cutoff = farthest > 0 ? farthest : brief(6 / factor);
  return defaultDescriptors(elements, cutoff * factor)
    .flatMap((block) => expandBehler(block, elements))
    .map((one) => {
      const { type, center, eta, shift } = one;
      const common = { type, center, eta: brief(eta * factor * factor), shift: brief(shift / factor), cutoff };
      const value: SymmetryFunction =
        one.type === 2
          ? { ...common, neighbors: [one.neighbor] }
          : { ...common, neighbors: one.neighbors, lambda: one.lambda, zeta: one.zeta };
      return `symfunction_short ${wordsOf(value).join(' ')}`;
    });
}

/** `atom_energy` of every element: fitted to the energies of input.data, in its unit. Lines that are there get the new numbers. */
export function writeAtomEnergies(file: InputFile, fitted: Readonly<Record<string, number>>): TextEdit[] {
  const { tree } = file;
  const elements = [...elementsOf(file)].sort(byNumber);
  if (elements.length === 0 || !elements.every((symbol) => Object.hasOwn(fitted, symbol))) return [];
  const edits: TextEdit[] = [];
  const missing: string[] = [];
  for (const symbol of elements) {
    const text = shown(fitted[symbol], 10);
    const entry = file.all('atom_energy').findLast(({ arguments: words }) => words.at(0)?.text === symbol);
    const word = entry?.arguments.at(1);
    if (entry === undefined || word === undefined) missing.push(formatLine('atom_energy', `${symbol} ${text}`));
    else if (word.text !== text) edits.push({ span: spanIn(tree, entry.line, word), text });
  }
  return missing.length === 0 ? edits : [...edits, insertion(file, 'atom_energy', missing)];
}

/** How LAMMPS with `units metal` uses the folder of the file, as comment lines at its end. */
export function lammpsComment(file: InputFile): TextEdit[] {
  const { tree } = file;
  const { length, energy } = unitsOf(tree);
  const factors = { bohr: unitTable.bohr.factor, nm: unitTable.nm.factor };
  const toLength = 1 / ((factors as Partial<Record<string, number>>)[length ?? ''] ?? 1);
  const toEnergy = energy === 'hartree' ? 1 / unitTable.hartree.factor : 1;
  const farthest = functionsOf(file).reduce((most, { value }) => Math.max(most, value.cutoff), 0);
  const elements = [...elementsOf(file)].sort(byNumber);
  if (farthest === 0 || elements.length === 0) return [];
  const cutoff = shown(Math.ceil((farthest / toLength) * 1e6) / 1e6);
  const eol = tree.text.includes('\r\n') ? '\r\n' : '\n';
  const lines = [
    '# LAMMPS, with units metal and the elements in the order of its atom types:',
    `# pair_style hdnnp ${cutoff} dir "." showew no showewsum 100 resetew yes maxew 100000 cflength ${shown(toLength)} cfenergy ${shown(toEnergy)}`,
    `# pair_coeff * * ${elements.join(' ')}`,
  ];
  const before = tree.text === '' || tree.text.endsWith('\n') ? '' : eol;
  const end = tree.text.length;
  return [{ span: { start: end, end }, text: before + lines.map((line) => line + eol).join('') }];
}
