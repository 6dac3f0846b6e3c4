/**
 * textDocument/hover in `input.nn`: what a keyword or an argument means, and of a symmetry function what its numbers come to: width,
 * units, its place in the order of n2p2.
 */
import { MarkupKind, type Hover } from 'vscode-languageserver';
import { isConstant, sparkline } from '../../language/check/facts';
import { compareKeys, sortKey, type SymmetryFunction } from '../../language/runner/functions';
import { readNumber, shown } from '../../language/runner/numbers';
import { functionsOf, unitsOf, type FunctionEntry, type LineReading } from '../../language/runner/reading';
import { spanIn, type Word } from '../../language/runner/tree';
import type { Argument, NumberArgument } from '../../language/runner/types';
import { units as unitTable } from '../../language/schema/units';
import { rangeOf } from '../analysis';
import { documentElement } from '../documentation';
import { describeSample } from '../features/effects';
import type { InputAnalysis } from './analysis';
import { argumentAt, placeAt } from './context';
import { documentArgument, documentFunctionType, documentKeyword } from './documentation';
import { factsOfFunctions } from './survey';

export function hoverInputAt(analysis: InputAnalysis, offset: number): Hover | undefined {
  const { tree, file, document } = analysis;
  const place = placeAt(tree, file.dialect, offset);
  if (place?.word === undefined || place.reading === undefined) return undefined;
  const { word, index, reading, line } = place;
  const argument = argumentAt(reading, file.dialect, index);
  const value =
    index === 0
      ? describeKeyword(analysis, reading)
      : argument === undefined
        ? undefined
        : describeArgument(analysis, reading, argument, word);
  if (value === undefined || value === '') return undefined;
  return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(document, spanIn(tree, line, word)) };
}

const join = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join('\n\n');

function describeKeyword(analysis: InputAnalysis, reading: LineReading): string | undefined {
  const { type, value } = reading.function ?? {};
  const ofType = type === undefined ? undefined : documentFunctionType(type);
  if (ofType === undefined) return documentKeyword(reading.name, analysis.file.dialect);
  return join([value === undefined ? undefined : describeFunction(analysis, value), ofType]);
}

function describeArgument(
  analysis: InputAnalysis,
  reading: LineReading,
  argument: Argument,
  word: Word,
): string | undefined {
  const { file } = analysis;
  switch (argument.kind) {
    case 'element': {
      const { documentation } = argument;
      return join([documentElement(word.text), documentation ?? documentKeyword(reading.name, file.dialect)]);
    }
    case 'choice': {
      const known = Object.hasOwn(argument.values, word.text) ? argument.values[word.text] : undefined;
      const meaning = known === undefined ? undefined : `\`${word.text}\`: ${known}`;
      return join([meaning, reading.function === undefined ? documentKeyword(reading.name, file.dialect) : undefined]);
    }
    case 'text':
      return documentKeyword(reading.name, file.dialect);
    case 'number':
    case 'integer': {
      if (argument.name === 'type' && reading.function !== undefined) return describeKeyword(analysis, reading);
      const numbers = describeNumber(analysis, argument, word);
      if (reading.function === undefined) return join([numbers, documentKeyword(reading.name, file.dialect)]);
      const { value } = reading.function;
      const width = argument.name === 'eta' && value !== undefined ? describeWidth(analysis, value) : undefined;
      return join([numbers, width, documentArgument(argument).join('\n')]);
    }
  }
}

/** The number in other units, if the file says in which it is. */
function describeNumber({ tree, file }: InputAnalysis, { dimension }: NumberArgument, word: Word): string | undefined {
  const { value, isExact } = readNumber(word.text, file.dialect);
  if (!isExact || dimension === undefined || value === 0) return undefined;
  const { length, energy } = unitsOf(tree);
  if (dimension === 'energy' && energy === 'hartree')
    return `**${word.text} hartree** = ${shown(value * unitTable.hartree.factor, 7)} eV`;
  const power = POWERS[dimension] as number | undefined;
  if (power === undefined || (length !== 'bohr' && length !== 'angstrom')) return undefined;
  const [own, other] = length === 'bohr' ? ['bohr', 'Å'] : ['Å', 'bohr'];
  const factor = length === 'bohr' ? unitTable.bohr.factor : 1 / unitTable.bohr.factor;
  const suffix = power === 1 ? '' : `^${power}`;
  return `**${word.text} ${own}${suffix}** = ${shown(value * factor ** power, 6)} ${other}${suffix}`;
}

/** Powers of a length. */
const POWERS: Readonly<Record<string, number>> = { length: 1, inverse_length: -1, inverse_length_squared: -2 };

/** Full width at half maximum of the Gaussian, 2√(ln 2/η), and its standard deviation, 1/√(2η). */
function describeWidth({ tree }: InputAnalysis, { eta, cutoff }: SymmetryFunction): string | undefined {
  if (eta === undefined || eta <= 0) return undefined;
  const unit = lengthUnit(tree);
  const sigma = 1 / Math.sqrt(2 * eta);
  const flat = sigma > cutoff ? ': wider than the cutoff, whose function is what limits it' : '';
  return `Width σ = ${shown(sigma, 4)}${unit}, FWHM = ${shown(2 * Math.sqrt(Math.LN2 / eta), 4)}${unit}${flat}`;
}

/** The unit of length that the file names, with a space before it. */
export const lengthUnit = (tree: InputAnalysis['tree']): string =>
  ({ bohr: ' bohr', angstrom: ' Å', nm: ' nm' })[unitsOf(tree).length ?? ''] ?? '';

/** A function over input.data. */
function describeEffect({ file, companions }: InputAnalysis, { value, entry }: FunctionEntry): string | undefined {
  const survey = companions?.data?.survey;
  const found = survey === undefined ? undefined : factsOfFunctions(file, survey).get(entry);
  if (survey === undefined || found === undefined) return undefined;
  const { facts, twin } = found;
  const [minimum, mean, maximum] = [facts.minimum, facts.mean, facts.maximum].map((x) => shown(x, 4));
  const sample = describeSample(survey);
  if (isConstant(facts)) return `**Constant**: ${minimum} for every atom of ${value.center} ${sample} of input.data`;
  const lines = [
    `${minimum} to ${maximum}, mean ${mean} ${sample} of input.data`,
    '```text\n' + `${minimum} ${sparkline(facts.histogram)} ${maximum}` + '\n```',
  ];
  if (twin !== undefined)
    lines.push(
      `Says the same as line ${twin.entry.line + 1} (correlation ${facts.twin?.correlation.toFixed(5) ?? ''}).`,
    );
  return lines.join('\n\n');
}

function describeFunction(analysis: InputAnalysis, value: SymmetryFunction): string {
  const own = functionsOf(analysis.file).filter((one) => one.value.center === value.center);
  const entry = own.find((one) => one.value === value);
  const order = sortKey(value);
  const before = own.filter((one) => compareKeys(one.order, order) < 0).length;
  return join([
    `**Function ${before + 1} of ${own.length} of ${value.center}** in the order of n2p2: row of \`scaling.data\`, input of the network`,
    entry === undefined ? undefined : describeEffect(analysis, entry),
    describeWidth(analysis, value),
  ]);
}
