/**
 * Potentials of n2p2 and RuNNer: a folder with `input.nn` (settings), `scaling.data` (statistics of the symmetry functions)
 * and `weights.ZZZ.data` (one per element, ZZZ its atomic number).
 *
 *   scaling.data       element function min max mean [sigma]       both counted from 1, in n2p2's order
 *   weights.ZZZ.data   value …                                     per layer all weights, source-major, then biases
 *
 * The files have no units: the caller says which. What comes out is in Å and eV, with everything folded in that n2p2 does
 * around a network: normalization of energies, atomic energies, `normalize_nodes`, `scale_min_short`, an output that isn't
 * linear. Predictions are n2p2's, also where it does otherwise than its documentation says (`element_nodes_short`). What
 * n2p2 rejects is rejected, and so is what it silently misreads.
 * Source: n2p2's Mode, Element and SymFnc classes, for the facts of the format.
 */
import { join } from 'node:path';
import type { CutoffFunction } from '../../language/definition/definition';
import { atomicNumber } from '../../language/elements';
import { nearest } from '../../language/check/nearest';
import { fail, ok, type Place, type Problem, type Result } from '../../protocol/result';
import {
  countTerms,
  MAXIMUM_TERMS,
  mixesShapes,
  type CompactShape,
  type N2p2Function,
} from '../descriptors/function-types';
import { countParameters, type LayerActivation, type Network } from '../potentials/network';
import type { NeuralDescription, NeuralElement } from '../potentials/neural';
import { readBounded } from '../runs/files';
import { NO_CONVERSION, type UnitFactors } from './n2p2-data';
import { compareN2p2 } from './n2p2-order';
import {
  isKnownKeyword,
  parseSettings,
  placeOf,
  PREDICTION_KEYWORDS,
  type Settings,
  type SettingsLine,
} from './n2p2-settings';
import { Problems } from './problems';

export const CUTOFF_FUNCTIONS: readonly CutoffFunction[] = [
  'hard',
  'cos',
  'tanh3',
  'tanh3_normalized',
  'exp',
  'poly1',
  'poly2',
  'poly3',
  'poly4',
];

export const ACTIVATIONS: Readonly<Record<string, LayerActivation>> = {
  l: 'linear',
  t: 'tanh',
  s: 'logistic',
  p: 'softplus',
  r: 'relu',
  g: 'gaussian',
  c: 'cos',
  S: 'reversed_logistic',
  e: 'exponential',
  h: 'harmonic',
};

/** Å: no local potential reaches farther; protects the neighbour list from absurd numbers. */
const MAXIMUM_CUTOFF = 100;
const MAXIMUM_LAYERS = 100;
const MAXIMUM_NODES = 1e6;
const MAXIMUM_BYTES = 2 ** 28;

export interface N2p2Potential {
  readonly description: NeuralDescription;
  readonly warnings: readonly Problem[];
  /** Content of each file that was read, for hashes. */
  readonly files: readonly { readonly file: string; readonly bytes: Buffer }[];
}

/**
 * Reads a folder.
 * @param units factors from the files' units to Å and eV
 * @param place what messages call the folder
 * @returns problems NN0xx with their places (docs/diagnostics)
 */
export function readN2p2Potential(
  folder: string,
  units: UnitFactors = NO_CONVERSION,
  place = folder,
): Result<N2p2Potential> {
  const files: { file: string; bytes: Buffer }[] = [];
  const open = (name: string): Buffer | undefined => {
    const file = join(folder, name);
    const bytes = readBounded(file, MAXIMUM_BYTES);
    if (bytes !== undefined) files.push({ file, bytes });
    return bytes;
  };
  const read = parseN2p2Potential(
    (name) =>
      open(name)
        ?.toString('utf8')
        .replace(/^\uFEFF/, ''),
    place,
    units,
  );
  return read.ok ? ok({ ...read.value, files }) : read;
}

/** The elements that an input.nn names, sorted by atomic number. */
export function readN2p2Elements(text: string, file: string): Result<readonly string[]> {
  const problems = new Problems();
  const elements = new Reader(parseSettings(text, file, []), problems).elements();
  return problems.result(elements);
}

/** The same from texts, without a file system. `open` answers undefined where there is no such file. */
export function parseN2p2Potential(
  open: (name: string) => string | undefined,
  folder: string,
  units: UnitFactors = NO_CONVERSION,
): Result<Omit<N2p2Potential, 'files'>> {
  const problems = new Problems();
  const warnings = new Problems();
  const path = (name: string): string => join(folder, name);
  const missing = (name: string): Problem => ({
    code: 'NN004',
    message: `There is no ${name}, or it can't be read: a potential of n2p2 is input.nn, scaling.data and weights.ZZZ.data.`,
    place: { file: path(name) },
  });

  const text = open('input.nn');
  if (text === undefined) return fail(missing('input.nn'));
  const critical: Problem[] = [];
  const settings = parseSettings(text, path('input.nn'), critical);
  problems.add(...critical);
  const reader = new Reader(settings, problems);
  warnOfSlips(settings, warnings);
  const kind = reader.optional('nnp_type')?.words[0];
  if (kind !== undefined && kind !== '2' && kind !== '2G-HDNNP')
    reader.complain(
      'NN096',
      `nnp_type ${quote(kind)} is not supported: only short-range potentials are (2G-HDNNP)`,
      'nnp_type',
      0,
    );
  const elements = reader.elements();
  const { cutoffFunction, innerCutoff } = reader.cutoff(warnings);
  const functions = reader.functions(elements);
  const normalization = reader.normalization();
  const offsets = reader.offsets(elements);
  const shapes = reader.shapes(elements, functions);
  const mode = reader.scaling(warnings);
  if (problems.count > 0) return fail(...problems.list());
  for (const symbol of elements) {
    const own = functions.get(symbol) ?? [];
    const place = { file: settings.file };
    if (countTerms(own, elements.length) > MAXIMUM_TERMS)
      problems.add({ code: 'NN030', message: `${symbol} has too many symmetry functions.`, place });
    const farthest = own.reduce((most, { cutoff }) => Math.max(most, cutoff), 0);
    if (farthest * units.length > MAXIMUM_CUTOFF) {
      const message = `A cutoff of ${farthest * units.length} Å is too far: are the units right?`;
      problems.add({ code: 'NN034', message, place });
    }
  }
  for (const symbol of elements) {
    if (!mixesShapes(functions.get(symbol) ?? [])) continue;
    const message = `${symbol} has narrow compact functions (types 21, 24) of different shapes on the same radii. n2p2 mixes them up, and so does this potential: its energy jumps where angles or distances leave their ranges.`;
    warnings.add({ code: 'NN099', message, place: { file: settings.file } });
  }
  if (problems.count > 0) return fail(...problems.list());

  const scalingText = open('scaling.data');
  if (scalingText === undefined) return fail(missing('scaling.data'));
  const counts = elements.map((symbol) => functions.get(symbol)?.length ?? 0);
  const statistics = readStatistics(
    scalingText,
    path('scaling.data'),
    elements,
    counts,
    mode.kind === 'sigma',
    problems,
    warnings,
  );
  if (problems.count > 0) return fail(...problems.list());

  const energyFactor = units.energy / normalization.energy;
  const result: Record<string, NeuralElement> = {};
  elements.forEach((symbol, e) => {
    const shape = shapes.get(symbol);
    const own = functions.get(symbol) ?? [];
    if (shape === undefined) return;
    const name = weightsName(symbol);
    const weightsText = open(name);
    if (weightsText === undefined) {
      problems.add(missing(name));
      return;
    }
    const parameters = readWeights(weightsText, path(name), shape.sizes, problems);
    if (parameters === undefined) return;
    result[symbol] = {
      functions: own.map((one) => convertLengths(one, units.length)),
      scaling: createScaling(statistics[e], mode, path('scaling.data'), warnings),
      network: createNetwork(shape, parameters, reader.has('normalize_nodes'), energyFactor),
      offset: (normalization.mean + (offsets.get(symbol) ?? 0)) * units.energy,
    };
  });
  if (problems.count > 0) return fail(...problems.list());
  return ok({ description: { elements: result, cutoffFunction, innerCutoff }, warnings: warnings.list() });
}

export const weightsName = (symbol: string): string =>
  `weights.${String(atomicNumber(symbol) ?? 0).padStart(3, '0')}.data`;

const quote = (word: string): string => `“${word.length > 40 ? `${word.slice(0, 40)}…` : word}”`;

/**
 * A decimal number as C writes it. Hexadecimal, nan, inf and Fortran's 1.0d-3 are none: n2p2 would read something else. But
 * 1.0d0 is 1 to both.
 */
function parseDecimal(text: string): number | undefined {
  const word = text.replace(/[dD][+-]?0+$/, '');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(word)) return undefined;
  const value = Number(word);
  return Number.isFinite(value) ? value : undefined;
}

/** Keywords of RuNNer alone that change what it predicts. */
const RUNNER_PREDICTION: ReadonlySet<string> = new Set([
  'global_symfunction_short',
  'element_symfunction_short',
  'global_pairsymfunction_short',
  'element_pairsymfunction_short',
  'scale_min_short_atomic',
  'scale_max_short_atomic',
  'use_electrostatics',
  'use_vdw',
]);

/** A keyword that n2p2 ignores although it looks very much like one that counts, or counts for RuNNer. */
function warnOfSlips({ file, lines }: Settings, warnings: Problems): void {
  for (const line of lines) {
    if (isKnownKeyword(line.keyword) || line.keyword.length > 60) continue;
    if (RUNNER_PREDICTION.has(line.keyword)) {
      warnings.add({
        code: 'NN001',
        message: `${line.keyword} is a keyword of RuNNer, which n2p2 ignores, and so do these predictions: RuNNer's are others.`,
        place: placeOf(file, line),
      });
      continue;
    }
    const meant = nearest(line.keyword, PREDICTION_KEYWORDS);
    if (meant !== undefined)
      warnings.add({
        code: 'NN001',
        message: `${line.keyword} is no keyword of n2p2, which ignores it. Was ${meant} meant?`,
        place: placeOf(file, line),
      });
  }
}

interface Shape {
  readonly sizes: readonly number[];
  /** Of every layer but the first. */
  readonly activations: readonly LayerActivation[];
}

interface ScalingMode {
  readonly kind: 'none' | 'center' | 'range' | 'range_centered' | 'sigma';
  readonly low: number;
  readonly high: number;
}

/** Takes what a prediction needs out of the settings, and complains at the right place. */
class Reader {
  constructor(
    private readonly settings: Settings,
    private readonly problems: Problems,
  ) {}

  has(keyword: string): boolean {
    return this.settings.one(keyword) !== undefined;
  }

  optional(keyword: string): SettingsLine | undefined {
    return this.settings.one(keyword);
  }

  required(keyword: string): SettingsLine | undefined {
    const line = this.settings.one(keyword);
    if (line === undefined)
      this.problems.add({
        code: 'NN004',
        message: `${keyword} is missing: a prediction needs it.`,
        place: { file: this.settings.file },
      });
    return line;
  }

  complain(code: string, message: string, line: SettingsLine | string, word = -1): undefined {
    const at = typeof line === 'string' ? this.settings.one(line) : line;
    const place = at === undefined ? { file: this.settings.file } : placeOf(this.settings.file, at, word);
    this.problems.add({ code, message: `${message}.`, place });
    return undefined;
  }

  number(line: SettingsLine, word: number, what: string): number | undefined {
    const text = line.words.at(word);
    if (text === undefined) {
      this.complain('NN030', `${line.keyword} ends before ${what}`, line, line.words.length - 1);
      return;
    }
    const value = parseDecimal(text);
    if (value !== undefined) return value;
    const fortran = /^[^dD]*[dD][+-]?\d+$/.test(text) ? `: write ${text.replace(/[dD]/, 'e')}` : '';
    this.complain('NN005', `${quote(text)}, ${what}, is not a finite number${fortran}`, line, word);
  }

  integer(line: SettingsLine, word: number, what: string, maximum: number): number | undefined {
    const value = this.number(line, word, what);
    if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= maximum)) return value;
    this.complain('NN005', `${line.words[word]}, ${what}, is not a whole number from 0 to ${maximum}`, line, word);
  }

  /** The value of a keyword with one number. */
  value(keyword: string, fallback: number): number {
    const line = this.settings.one(keyword);
    return line === undefined ? fallback : (this.number(line, 0, 'its value') ?? fallback);
  }

  /** Sorted by atomic number, which numbers them in scaling.data. */
  elements(): string[] {
    const line = this.required('elements');
    const count = this.required('number_of_elements');
    if (line === undefined) return [];
    const symbols = new Set<string>();
    line.words.forEach((word, i) => {
      if ((atomicNumber(word) ?? 0) === 0) this.complain('NN011', `${quote(word)} is no element`, line, i);
      else if (symbols.has(word)) this.complain('NN011', `${word} stands twice among the elements`, line, i);
      else symbols.add(word);
    });
    const expected = count && this.integer(count, 0, 'the number of elements', 200);
    if (count !== undefined && expected !== undefined && expected !== line.words.length)
      this.complain('NN010', `number_of_elements is ${expected}, but elements names ${line.words.length}`, count, 0);
    return [...symbols].sort((a, b) => (atomicNumber(a) ?? 0) - (atomicNumber(b) ?? 0));
  }

  /** The symbol at `word`, which must be one of `elements`. */
  element(line: SettingsLine, word: number, elements: readonly string[]): string | undefined {
    const text = line.words.at(word);
    if (text === undefined) {
      this.complain('NN030', `${line.keyword} ends where an element should stand`, line, line.words.length - 1);
      return;
    }
    if (elements.includes(text)) return text;
    this.complain('NN011', `${quote(text)} is none of the elements (${elements.join(' ')})`, line, word);
  }

  cutoff(warnings: Problems): { cutoffFunction: CutoffFunction; innerCutoff: number } {
    const nothing = { cutoffFunction: 'hard', innerCutoff: 0 } as const;
    const line = this.required('cutoff_type');
    if (line === undefined) return nothing;
    const type = this.number(line, 0, 'the type of the cutoff function');
    const alpha = line.words.length > 1 ? this.number(line, 1, 'the inner cutoff') : 0;
    if (type === undefined || alpha === undefined) return nothing;
    const name = Number.isInteger(type) && type >= 0 ? CUTOFF_FUNCTIONS.at(type) : undefined;
    if (name === undefined)
      this.complain('NN020', `cutoff_type is a whole number from 0 to 8, not ${line.words[0]}`, line, 0);
    if (alpha < 0 || alpha >= 1)
      this.complain('NN020', `the inner cutoff is a fraction of the cutoff, 0 ≤ α < 1, not ${line.words[1]}`, line, 1);
    const tanh = name === 'tanh3' || name === 'tanh3_normalized';
    if (tanh && alpha > 0)
      warnings.add({
        code: 'NN021',
        message: `The inner cutoff doesn't count: cutoff_type ${type} has none.`,
        place: placeOf(this.settings.file, line, 1),
      });
    return { cutoffFunction: name ?? 'hard', innerCutoff: tanh ? 0 : alpha };
  }

  /** By centre, in n2p2's order, lengths in the units of the file. */
  functions(elements: readonly string[]): ReadonlyMap<string, readonly N2p2Function[]> {
    const functions = new Map(elements.map((symbol) => [symbol, [] as N2p2Function[]]));
    const runner = ['global_symfunction_short', 'element_symfunction_short'].find((keyword) => this.has(keyword));
    if (runner !== undefined && !this.has('symfunction_short')) {
      const message = `${runner} is a keyword of RuNNer alone: write a symfunction_short line for each function that it stands for`;
      this.complain('NN004', message, runner);
      return functions;
    }
    if (this.required('symfunction_short') === undefined || elements.length === 0) return functions;
    for (const line of this.settings.all('symfunction_short')) {
      const one = this.function(line, elements);
      if (one !== undefined) functions.get(one.center)?.push(one);
    }
    for (const [symbol, own] of functions) {
      own.sort(compareN2p2);
      if (own.length === 0 && this.problems.count === 0)
        this.complain('NN037', `${symbol} has no symmetry function: n2p2 has no network without inputs`, 'elements');
    }
    return functions;
  }

  private function(line: SettingsLine, elements: readonly string[]): N2p2Function | undefined {
    const center = this.element(line, 0, elements);
    const type = this.number(line, 1, 'the type of the symmetry function');
    if (center === undefined || type === undefined) return undefined;
    const before = this.problems.count;
    let word = 2;
    const number = (what: string): number => this.number(line, word++, what) ?? 0;
    const symbol = (): string => this.element(line, word++, elements) ?? center;
    const symbols = (): readonly [string, string] => {
      const [a, b] = [symbol(), symbol()];
      return (atomicNumber(a) ?? 0) <= (atomicNumber(b) ?? 0) ? [a, b] : [b, a];
    };
    const eta = (): number => {
      const value = number('eta');
      if (value < 0) this.complain('NN032', `eta is ${value}: it can't be negative`, line, word - 1);
      return value;
    };
    const zeta = (): number => {
      const value = number('zeta');
      if (value <= 0) this.complain('NN032', `zeta is ${value}: it must be positive`, line, word - 1);
      return value;
    };
    const cutoff = (): number => {
      const value = number('the cutoff');
      if (value <= 0 && this.problems.count === before)
        this.complain('NN034', `the cutoff is ${value}: it must be positive`, line, word - 1);
      return value;
    };
    const support = (): { inner: number; cutoff: number } => {
      const inner = number('the inner radius');
      const outer = cutoff();
      if (inner >= outer && this.problems.count === before)
        this.complain('NN034', `the inner radius ${inner} must be less than the outer one, ${outer}`, line, word - 2);
      return { inner, cutoff: outer };
    };
    const angles = (): readonly [number, number] => {
      const left = number('the left angle');
      const right = number('the right angle');
      const middle = (left + right) / 2;
      const outside = (left < 0 && middle !== 0) || (right > 180 && middle !== 180);
      if (this.problems.count === before && (left >= right || outside || right - left > 360))
        this.complain(
          'NN034',
          `angles go from left to right within 0 to 180 degrees, or are centred on 0 or 180 and span 360 at most; not ${left} to ${right}`,
          line,
          word - 2,
        );
      return [(left * Math.PI) / 180, (right * Math.PI) / 180];
    };
    const shape = (): CompactShape => {
      const text = line.words.at(word++);
      const match = /^(?:p([1-4])(a?)|e.{0,2})$/.exec(text ?? '');
      if (match === null)
        this.complain(
          text === undefined ? 'NN030' : 'NN034',
          `the shape must be p1, p2, p3, p4, one of these with an a behind it, or e; not ${text === undefined ? 'the end of the line' : quote(text)}`,
          line,
          word - 1,
        );
      return { kernel: KERNELS[Number(match?.[1] ?? 0)], asymmetric: match?.[2] === 'a' };
    };
    const read = (): N2p2Function | undefined => {
      switch (type) {
        case 2: {
          const neighbor = symbol();
          return { type, center, neighbor, eta: eta(), shift: number('the shift'), cutoff: cutoff() };
        }
        case 3:
        case 9: {
          const neighbors = symbols();
          const most = { eta: eta(), lambda: number('lambda'), zeta: zeta(), cutoff: cutoff() };
          return { type, center, neighbors, ...most, shift: line.words.length > word ? number('the shift') : 0 };
        }
        case 12:
          return { type, center, eta: eta(), shift: number('the shift'), cutoff: cutoff() };
        case 13: {
          const gaussian = { eta: eta(), shift: number('the shift') };
          return { type, center, ...gaussian, lambda: number('lambda'), zeta: zeta(), cutoff: cutoff() };
        }
        case 20: {
          const neighbor = symbol();
          return { type, center, neighbor, ...support(), shape: shape() };
        }
        case 21:
        case 22: {
          const neighbors = symbols();
          return { type, center, neighbors, ...support(), angles: angles(), shape: shape() };
        }
        case 23:
          return { type, center, ...support(), shape: shape() };
        case 24:
        case 25:
          return { type, center, ...support(), angles: angles(), shape: shape() };
        default: {
          this.complain(
            'NN031',
            `there is no symmetry function of type ${line.words[1]} in n2p2: types are 2, 3, 9, 12, 13, 20 to 25`,
            line,
            1,
          );
          return;
        }
      }
    };
    const one = read();
    return this.problems.count === before ? one : undefined;
  }

  normalization(): { mean: number; energy: number } {
    const keywords = ['mean_energy', 'conv_energy', 'conv_length'];
    const there = keywords.filter((keyword) => this.has(keyword));
    const charge = this.has('conv_charge');
    if (there.length === 0 && !charge) return { mean: 0, energy: 1 };
    if (there.length < keywords.length) {
      const missing = keywords.filter((keyword) => !there.includes(keyword)).join(' and ');
      this.complain(
        'NN060',
        `a normalized potential needs all of ${keywords.join(', ')}: ${missing} is missing`,
        there[0] ?? 'conv_charge',
      );
      return { mean: 0, energy: 1 };
    }
    // The symmetry functions don't depend on the unit of length: conv_length has no effect on a prediction.
    const energy = this.value('conv_energy', 1);
    if (!(energy > 0)) this.complain('NN060', 'conv_energy must be positive', 'conv_energy', 0);
    if (!(this.value('conv_length', 1) > 0)) this.complain('NN060', 'conv_length must be positive', 'conv_length', 0);
    return { mean: this.value('mean_energy', 0), energy };
  }

  /** Energies of single atoms; the last line of an element counts. */
  offsets(elements: readonly string[]): ReadonlyMap<string, number> {
    const offsets = new Map<string, number>();
    for (const line of this.settings.all('atom_energy')) {
      const symbol = this.element(line, 0, elements);
      const energy = this.number(line, 1, 'the energy of the atom');
      if (symbol !== undefined && energy !== undefined) offsets.set(symbol, energy);
    }
    return offsets;
  }

  scaling(warnings: Problems): ScalingMode {
    const scale = this.has('scale_symmetry_functions');
    const center = this.has('center_symmetry_functions');
    const sigma = this.has('scale_symmetry_functions_sigma');
    const ignored = sigma && (scale || center) ? this.settings.one('scale_symmetry_functions_sigma') : undefined;
    if (ignored !== undefined)
      warnings.add({
        code: 'NN062',
        message:
          'scale_symmetry_functions_sigma has no effect beside scale_symmetry_functions or center_symmetry_functions.',
        place: placeOf(this.settings.file, ignored),
      });
    const kind = scale ? (center ? 'range_centered' : 'range') : center ? 'center' : sigma ? 'sigma' : 'none';
    if (kind === 'none' || kind === 'center') return { kind, low: 0, high: 1 };
    return { kind, low: this.value('scale_min_short', 0), high: this.value('scale_max_short', 1) };
  }

  /** The networks, as n2p2 puts them together from global settings and those of elements. */
  shapes(
    elements: readonly string[],
    functions: ReadonlyMap<string, readonly N2p2Function[]>,
  ): ReadonlyMap<string, Shape> {
    const shapes = new Map<string, Shape>();
    const depthLine = this.settings.one('global_hidden_layers_short');
    const depth = depthLine && this.integer(depthLine, 0, 'the number of hidden layers', MAXIMUM_LAYERS);
    const depths = new Map<string, number>();
    if (depth !== undefined) for (const symbol of elements) depths.set(symbol, depth);
    for (const line of this.settings.all('element_hidden_layers_short')) {
      const symbol = this.element(line, 0, elements);
      const own = this.integer(line, 1, 'the number of hidden layers', MAXIMUM_LAYERS);
      if (symbol !== undefined && own !== undefined) depths.set(symbol, own);
    }
    const nodes = this.globals('global_nodes_short', depth ?? 0);
    const activations = this.globals('global_activation_short', (depth ?? 0) + 1);
    if (this.problems.count > 0) return shapes;

    for (const symbol of elements) {
      const hidden = depths.get(symbol);
      if (hidden === undefined) {
        this.complain(
          'NN050',
          `the number of hidden layers of ${symbol} is missing: global_hidden_layers_short says it`,
          'elements',
        );
        continue;
      }
      const sizes = new Array<number>(hidden + 2).fill(0);
      const own = new Array<LayerActivation | undefined>(hidden + 1).fill(undefined);
      sizes[0] = functions.get(symbol)?.length ?? 0;
      sizes[hidden + 1] = 1;
      // Global settings count for the global number of layers alone.
      if (hidden === depth) {
        nodes?.words.forEach(
          (_, i) => (sizes[i + 1] = this.integer(nodes, i, 'the number of nodes', MAXIMUM_NODES) ?? 0),
        );
        activations?.words.forEach((_, i) => (own[i] = this.activation(activations, i)));
      }
      for (const line of this.linesOf('element_nodes_short', symbol, hidden, elements))
        // n2p2 doesn't set the last hidden layer: that keeps its global number of nodes.
        for (let layer = 1; layer < hidden; layer++)
          sizes[layer] = this.integer(line, layer, 'the number of nodes', MAXIMUM_NODES) ?? 0;
      for (const line of this.linesOf('element_activation_short', symbol, hidden, elements))
        // Nor does it set the output here, although the line must not name it either.
        for (let layer = 1; layer <= hidden; layer++) own[layer - 1] = this.activation(line, layer);
      const empty = sizes.indexOf(0, 1);
      const unset = own.indexOf(undefined);
      if (this.problems.count > 0) continue;
      if (empty > 0)
        this.complain(
          'NN050',
          `the number of nodes of hidden layer ${empty} of ${symbol} is not set: global_nodes_short sets it`,
          nodes ?? 'elements',
        );
      else if (unset >= 0)
        this.complain(
          'NN050',
          `the activation of layer ${unset + 1} of ${symbol} is not set: global_activation_short sets it`,
          activations ?? 'elements',
        );
      else shapes.set(symbol, { sizes, activations: own.map((name) => name ?? 'linear') });
    }
    return shapes;
  }

  private globals(keyword: string, count: number): SettingsLine | undefined {
    const line = this.settings.one(keyword);
    if (line === undefined || (keyword === 'global_nodes_short' && count === 0 && line.words.length === 0))
      return undefined;
    if (line.words.length === count) return line;
    this.complain(
      'NN050',
      `${keyword} has ${line.words.length} entries instead of ${count}, as global_hidden_layers_short says`,
      line,
    );
  }

  private activation(line: SettingsLine, word: number): LayerActivation | undefined {
    const text = line.words[word];
    if (Object.hasOwn(ACTIVATIONS, text)) return ACTIVATIONS[text];
    const known = Object.keys(ACTIVATIONS).join(', ');
    this.complain('NN050', `${quote(text)} is no activation function: there are ${known}`, line, word);
  }

  /** Lines of a keyword about one element, each with its symbol and one word per hidden layer. */
  private linesOf(keyword: string, symbol: string, hidden: number, elements: readonly string[]): SettingsLine[] {
    return this.settings.all(keyword).filter((line) => {
      const own = this.element(line, 0, elements);
      if (own !== symbol) return false;
      if (line.words.length === hidden + 1) return true;
      this.complain(
        'NN050',
        `${keyword} of ${symbol} has ${line.words.length - 1} entries for its ${hidden} hidden layers`,
        line,
      );
      return false;
    });
  }
}

const KERNELS = ['exp', 'poly1', 'poly2', 'poly3', 'poly4'] as const;

/** Lengths times `factor`. */
function convertLengths(one: N2p2Function, factor: number): N2p2Function {
  const cutoff = one.cutoff * factor;
  return 'eta' in one
    ? { ...one, cutoff, eta: one.eta / (factor * factor), shift: one.shift * factor }
    : { ...one, cutoff, inner: one.inner * factor };
}

/** Rows of numbers; `#` begins comments. */
function* readRows(text: string): Generator<{ words: string[]; columns: number[]; line: number }> {
  let line = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    line++;
    const raw = text.slice(start, end);
    start = end + 1;
    const tokens = [...raw.replace(/#.*/s, '').matchAll(/\S+/g)];
    if (tokens.length > 0)
      yield { words: tokens.map(([token]) => token), columns: tokens.map(({ index }) => index + 1), line };
  }
}

interface Statistics {
  /** Per function: min, max, mean, sigma. */
  readonly rows: readonly (readonly number[])[];
  readonly lines: readonly number[];
}

/** The rows belong to the functions of one element after the other; rows after the last function are for others. */
function readStatistics(
  text: string,
  file: string,
  elements: readonly string[],
  counts: readonly number[],
  needsSigma: boolean,
  problems: Problems,
  warnings: Problems,
): Statistics[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const result = elements.map(() => ({ rows: [] as number[][], lines: [] as number[] }));
  let element = 0;
  let read = 0;
  for (const { words, columns, line } of readRows(text)) {
    if (read === total) break;
    while (result[element].rows.length === counts[element]) element++;
    const { rows, lines } = result[element];
    const place = (word: number): Place => ({ file, line, column: columns[word] ?? 1 });
    const wrong = [element + 1, rows.length + 1].filter((index, i) => Number(words[i]) !== index);
    const expected = `function ${rows.length + 1} of ${elements[element]} (element ${element + 1})`;
    if (wrong.length > 0) {
      const message = `This row should be about ${expected}, but begins with ${words.slice(0, 2).map(quote).join(' ')}: the file belongs to another input.nn.`;
      if (wrong.length === 2) problems.add({ code: 'NN091', message, place: place(0) });
      else warnings.add({ code: 'NN091', message, place: place(0) });
    }
    const needed = needsSigma ? 6 : 5;
    const values = words.slice(2, 6).map(parseDecimal);
    const bad = values.findIndex((value, i) => value === undefined && i < needed - 2);
    if (words.length < needed) {
      const message = `The row of ${expected} has ${words.length} columns instead of ${needed}: element, function, min, max, mean${needsSigma ? ', sigma' : ''}.`;
      problems.add({ code: 'NN090', message, place: place(0) });
    } else if (bad >= 0)
      problems.add({
        code: 'NN005',
        message: `${quote(words[bad + 2])} is not a finite number.`,
        place: place(bad + 2),
      });
    rows.push(Array.from({ length: 4 }, (_, i) => values[i] ?? 0));
    lines.push(line);
    read++;
    if (problems.count > 0) return result;
  }
  if (read < total) {
    const message = `There are ${read} rows for the ${total} symmetry functions of input.nn.`;
    problems.add({ code: 'NN090', message, place: { file } });
  }
  return result;
}

/** n2p2's scaling, low + factor · (G − offset), as (G − offset′) · factor. */
function createScaling(
  { rows, lines }: Statistics,
  { kind, low, high }: ScalingMode,
  file: string,
  warnings: Problems,
): NeuralElement['scaling'] {
  const offset = new Float64Array(rows.length);
  const factor = new Float64Array(rows.length).fill(1);
  rows.forEach(([minimum, maximum, mean, sigma], s) => {
    if (kind === 'none') return;
    offset[s] = kind === 'range' ? minimum : mean;
    if (kind === 'center') return;
    factor[s] = (high - low) / (kind === 'sigma' ? sigma : maximum - minimum);
    if (Number.isFinite(factor[s]) && factor[s] !== 0) {
      offset[s] -= low / factor[s];
      return;
    }
    factor[s] = 0;
    warnings.add({
      code: 'NN040',
      message: `Function ${s + 1} doesn't vary, so that n2p2's energies are infinite or no numbers. It is left out here.`,
      place: { file, line: lines[s], column: 1 },
    });
  });
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]);
  return { offset, factor, range: { minimum: column(0), maximum: column(1) } };
}

/** All parameters of a network, in n2p2's order, which is ours. */
function readWeights(
  text: string,
  file: string,
  sizes: readonly number[],
  problems: Problems,
): Float64Array | undefined {
  const expected = countParameters(sizes);
  const shape = sizes.join('-');
  const values: number[] = [];
  for (const { words, columns, line } of readRows(text)) {
    const value = parseDecimal(words[0]);
    if (value === undefined) {
      const message = `${quote(words[0])} is not a finite number: the training that wrote it failed, or the file is damaged.`;
      problems.add({ code: 'NN092', message, place: { file, line, column: columns[0] } });
      return undefined;
    }
    values.push(value);
    if (values.length > expected) {
      const message = `There are more than the ${expected} weights and biases of a network ${shape}.`;
      problems.add({ code: 'NN092', message, place: { file, line, column: columns[0] } });
      return undefined;
    }
  }
  if (values.length === expected) return Float64Array.from(values);
  const message = `There are ${values.length} weights and biases instead of ${expected} of a network ${shape}.`;
  problems.add({ code: 'NN092', message, place: { file } });
  return undefined;
}

/**
 * The network with its factors folded into the weights.
 * @param factor from the network's output to eV
 */
function createNetwork(
  { sizes, activations }: Shape,
  parameters: Float64Array,
  normalizeNodes: boolean,
  factor: number,
): Network {
  if (normalizeNodes)
    for (let layer = 1, at = 0; layer < sizes.length; layer++)
      for (const end = at + (sizes[layer - 1] + 1) * sizes[layer]; at < end; at++) parameters[at] /= sizes[layer - 1];
  const output = activations[activations.length - 1];
  if (output !== 'linear')
    // What comes out becomes a hidden layer of one node before an output that is linear.
    return {
      sizes: [...sizes, 1],
      activation: 'linear',
      activations,
      parameters: Float64Array.of(...parameters, factor, 0),
    };
  const last = sizes[sizes.length - 2] + 1;
  for (let at = parameters.length - last; at < parameters.length; at++) parameters[at] *= factor;
  return { sizes, activation: 'linear', activations: activations.slice(0, -1), parameters };
}
