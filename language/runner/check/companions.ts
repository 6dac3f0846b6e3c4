/**
 * What stands beside an `input.nn`, as far as somebody has read it: the statistics of its functions in scaling.data (NN040, NN041,
 * NN090, NN091) and the weights of its networks (NN092). Pure: the texts come from outside.
 *
 *   scaling.data       element function min max mean [sigma]       both counted from 1, in n2p2's order
 *   weights.ZZZ.data   value …                                     one a line, ZZZ the atomic number
 */
import { byNumber } from '../functions';
import { readInteger } from '../numbers';
import { elementsOf, functionsOf, sortedFunctionsOf, type Entry, type FunctionEntry, type InputFile } from '../reading';
import type { Fix } from '../../diagnostic';
import { commentOut, contentOf, placeOf, preferred, type Context } from './context';
import { checkData, type InputData } from './data';
import { generationOf } from './keywords';

export interface ScalingRow {
  /** Of the element and of the function, from 1. */
  readonly element: number;
  readonly index: number;
  readonly minimum: number;
  readonly maximum: number;
  /** NaN where the column is missing. */
  readonly sigma: number;
}

export interface Weights {
  readonly count: number;
  /** The first line, from 1, whose value is no finite number. */
  readonly badLine: number | undefined;
}

export interface Companions {
  /** Absent where there is no scaling.data. */
  readonly scaling: readonly ScalingRow[] | undefined;
  /** By symbol; those whose file is there. */
  readonly weights: ReadonlyMap<string, Weights>;
  /** Of input.data; absent as long as nobody has looked. */
  readonly data?: InputData;
}

const rowsOf = (text: string): { words: string[]; line: number }[] =>
  text.split('\n').flatMap((content, i) => {
    if (content.startsWith('#')) return [];
    const words = content.trim().split(/\s+/);
    return words[0] === '' ? [] : [{ words, line: i + 1 }];
  });

export function parseScaling(text: string): ScalingRow[] {
  return rowsOf(text).map(({ words }) => {
    const [element, index, minimum, maximum, , sigma] = words.map(Number);
    return { element, index, minimum, maximum, sigma: words.length > 5 ? sigma : NaN };
  });
}

export function parseWeights(text: string): Weights {
  const rows = rowsOf(text);
  const bad = rows.find(({ words }) => !Number.isFinite(Number(words[0])));
  return { count: rows.length, badLine: bad?.line };
}

export function checkCompanions(context: Context, { scaling, weights, data }: Companions): void {
  const { file } = context;
  const functions = functionsOf(file);
  if (data !== undefined) checkData(context, data, scaling);
  // With lines in error nobody knows which row is which.
  if (functions.length === 0 || functions.length !== file.all('symfunction_short').length) return;
  if (scaling !== undefined) checkScaling(context, sortedFunctionsOf(file), scaling);
  if (generationOf(file) === '2G') checkWeights(context, functions, weights);
}

function checkScaling(context: Context, sorted: readonly FunctionEntry[], scaling: readonly ScalingRow[]): void {
  const { file, report } = context;
  const [first] = file.all('symfunction_short');
  if (scaling.length !== sorted.length) {
    report(
      'NN090',
      'error',
      placeOf(file, first),
      `scaling.data has ${scaling.length} rows for the ${sorted.length} symmetry functions: it was made for another input.nn. Make it again with nnp-scaling.`,
    );
    return;
  }
  const elements = [...elementsOf(file)].sort(byNumber);
  let index = 0;
  const strange = scaling.findIndex(({ element, index: own }, i) => {
    const { center } = sorted[i].value;
    index = i > 0 && sorted[i - 1].value.center === center ? index + 1 : 1;
    return element !== elements.indexOf(center) + 1 || own !== index;
  });
  if (strange >= 0) {
    report(
      'NN091',
      'warning',
      placeOf(file, sorted[strange].entry),
      `The row of this function in scaling.data is about function ${scaling[strange].index} of element ${scaling[strange].element}: the file belongs to another input.nn, which n2p2 does not notice. Make it again with nnp-scaling.`,
    );
    return;
  }
  checkRanges(context, sorted, scaling);
}

function checkRanges(
  { file, report }: Context,
  sorted: readonly FunctionEntry[],
  scaling: readonly ScalingRow[],
): void {
  const divides = ['scale_symmetry_functions', 'scale_symmetry_functions_sigma'].some(
    (name) => file.one(name) !== undefined,
  );
  const constant = sorted.flatMap(({ entry }, i) => {
    const { minimum, maximum, sigma } = scaling[i];
    return minimum === maximum || sigma === 0
      ? [{ entry, isZero: minimum === 0 && maximum === 0, value: minimum }]
      : [];
  });
  const fixesFor = (entry: Entry): Fix[] => [
    preferred(commentOut('Comment it out', file, entry)),
    ...(constant.length > 1
      ? [
          commentOut(
            `Comment out all ${constant.length} functions that do not vary`,
            file,
            ...constant.map((other) => other.entry),
          ),
        ]
      : []),
  ];
  for (const { entry, isZero, value } of constant)
    report(
      isZero ? 'NN041' : 'NN040',
      'warning',
      contentOf(file, entry),
      `${isZero ? 'No atom of the data has such neighbours: the function is always 0' : `The function is ${value} for every atom of the data`}, as scaling.data says${divides ? '; n2p2 divides by its range, and energies are no numbers' : ''}.`,
      fixesFor(entry),
    );
}

/** Numbers of a network with so many inputs, biases included, as n2p2 puts it together; undefined if its shape is not clear. */
export function countWeights(file: InputFile, symbol: string, inputs: number): number | undefined {
  if (file.entries.some(({ name }) => name === 'element_hidden_layers_short')) return undefined;
  const nodes = file.one('global_nodes_short')?.arguments ?? [];
  const own = file
    .all('element_nodes_short')
    .find(({ arguments: words }) => words.at(0)?.text === symbol && words.length === nodes.length + 1);
  // The last number of a line for one element does not count.
  const words = nodes.map((word, i) => (i === nodes.length - 1 ? word : (own?.arguments[i + 1] ?? word)));
  const sizes = words.map(({ text }) => readInteger(text, file.dialect));
  if (nodes.length === 0 || sizes.some(({ value, isExact }) => !isExact || value < 1)) return undefined;
  const layers = [inputs, ...sizes.map(({ value }) => value), 1];
  return layers.slice(1).reduce((sum, outputs, i) => sum + (layers[i] + 1) * outputs, 0);
}

function checkWeights(
  { file, report }: Context,
  functions: readonly FunctionEntry[],
  weights: Companions['weights'],
): void {
  const list = file.one('elements');
  if (list === undefined) return;
  for (const word of list.arguments) {
    const found = weights.get(word.text);
    if (found === undefined) continue;
    if (found.badLine !== undefined) {
      report(
        'NN092',
        'error',
        placeOf(file, list, word),
        `The weights of ${word.text} have something in line ${found.badLine} that is no finite number: the training failed.`,
      );
      continue;
    }
    const inputs = functions.filter(({ value }) => value.center === word.text).length;
    const expected = countWeights(file, word.text, inputs);
    if (expected !== undefined && expected !== found.count)
      report(
        'NN092',
        'error',
        placeOf(file, list, word),
        `The file of weights of ${word.text} has ${found.count} numbers, but this network has ${expected}: it belongs to another input.nn.`,
      );
  }
}
