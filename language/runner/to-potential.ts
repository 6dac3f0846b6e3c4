/**
 * An `input.nn` as a `.potential` file: symmetry functions become descriptor blocks whose lists multiply out to them again,
 * numbers keep the units that they have. What a `.potential` file can't say is kept in its comments (kept.ts), and a note says so.
 */
import type { Diagnostic } from '../diagnostic';
import { atomicNumber } from '../elements';
import { MAX_FUNCTIONS } from '../definition/expansion';
import { format } from '../syntax/printer';
import { writeName } from '../syntax/lexer';
import { units as unitsBlock } from '../schema/blocks/dataset';
import { byNumber, type SymmetryFunction } from './functions';
import { headerOf, isKept, keepInputLine, keptSource } from './kept';
import { readInteger, readNumber } from './numbers';
import { elementsOf, functionsOf, readFile, unitsOf, type Entry, type InputFile } from './reading';
import { readInput, spanIn, type Line, type Word } from './tree';
import { generationOf } from './check/keywords';

type Length = keyof typeof unitsBlock.attributes.length.values;
type Energy = keyof typeof unitsBlock.attributes.energy.values;

export interface Conversion {
  readonly text: string;
  /** What is not said any more, or only in comments; spans are in the text that was converted. */
  readonly notes: readonly Diagnostic[];
}

export interface ConversionOptions {
  /** Units of the input.nn. */
  readonly units: { readonly length: Length; readonly energy: Energy };
  /** Of potential and training; a name or anything that can be quoted. */
  readonly name: string;
}

const LENGTHS: Readonly<Record<Length, string>> = { angstrom: 'Å', bohr: 'bohr', nm: 'nm' };
export const CUTOFF_NAMES = ['hard', 'cos', 'tanh3', 'tanh3_normalized', 'exp', 'poly1', 'poly2', 'poly3', 'poly4'];
export const ACTIVATION_NAMES: Readonly<Record<string, string>> = {
  l: 'linear', t: 'tanh', p: 'softplus', s: 'logistic', g: 'gaussian', c: 'cos', r: 'relu',
}; // prettier-ignore

/** The units that the file names in a comment, as far as it does. */
export function namedUnits(text: string): Partial<ConversionOptions['units']> {
  const { length, energy } = unitsOf(readInput(text));
  const { attributes } = unitsBlock;
  const isLength = (name: string | undefined): name is Length =>
    name !== undefined && Object.hasOwn(attributes.length.values, name);
  const isEnergy = (name: string | undefined): name is Energy =>
    name !== undefined && Object.hasOwn(attributes.energy.values, name);
  return { ...(isLength(length) && { length }), ...(isEnergy(energy) && { energy }) };
}

export function inputToPotential(text: string, { units, name }: ConversionOptions): Conversion {
  const file = readFile(readInput(text));
  const notes: Diagnostic[] = [];
  const converter = new Converter(file, LENGTHS[units.length], notes);
  const kept = keptSource(text);
  const [potentialName, datasetName, trainName] = namesOf(kept.names, name);

  const potential = [...converter.potential(kept.potential), ...kept.potential];
  const training = converter.training(kept.train);
  const dataset =
    kept.dataset.length > 0
      ? kept.dataset
      : ['files = ["input.data"]', `units { length = ${units.length}; energy = ${units.energy} }`];
  const blocks = [
    ...headerOf(text),
    '',
    `potential ${potentialName} {`,
    ...potential,
    '}',
    ...(training === undefined
      ? []
      : [
          '',
          `dataset ${datasetName} {`,
          ...dataset,
          ...training.dataset,
          '}',
          '',
          `train ${trainName} {`,
          `potential = ${potentialName}`,
          `dataset = ${datasetName}`,
          ...training.train,
          ...kept.train,
          '}',
        ]),
    ...(kept.file.length > 0 ? ['', ...kept.file] : []),
  ];
  const left = converter.left();
  if (left.length > 0)
    blocks.push('', '# Lines of input.nn that have no counterpart here; converting back restores them.', ...left);
  converter.noteComments();
  return { text: format(`${blocks.join('\n')}\n`), notes };
}

function namesOf(kept: string | undefined, name: string): [string, string, string] {
  const own = writeName(name);
  const [potential = own, dataset = 'reference', train = potential] = kept?.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  return [potential, dataset, train];
}

/** Takes what both dialects can say out of the lines; the others are left. */
class Converter {
  private readonly said = new Set<Entry>();

  constructor(
    private readonly file: InputFile,
    private readonly length: string,
    private readonly notes: Diagnostic[],
  ) {}

  private note(severity: 'warning' | 'information', entry: Entry | undefined, message: string): void {
    const { tree } = this.file;
    const span = entry === undefined ? { start: 0, end: 0 } : spanIn(tree, entry.line, entry.written);
    this.notes.push({ code: 'NN100', severity, span, message });
  }

  /** The first argument of a keyword if it is a plain number. */
  private number(name: string, isInteger = false): { entry: Entry; value: number } | undefined {
    const entry = this.file.one(name);
    const word = entry?.arguments.at(0);
    if (entry === undefined || word === undefined || entry.arguments.length > 1) return undefined;
    const { value, isExact } = (isInteger ? readInteger : readNumber)(word.text, this.file.dialect);
    return isExact ? { entry, value } : undefined;
  }

  private say(...entries: readonly (Entry | undefined)[]): void {
    for (const entry of entries) if (entry !== undefined) this.said.add(entry);
  }

  /** The items of the potential block; `kept` are those that stand in comments. */
  potential(kept: readonly string[]): string[] {
    const { file } = this;
    const elements = [...elementsOf(file)].sort(byNumber);
    this.say(file.one('elements'), file.one('number_of_elements'));
    const isKept = (name: string): boolean => kept.some((line) => new RegExp(`^${name}\\s*=`).test(line));
    const generation = file.one('nnp_type');
    if (generationOf(file) !== '2G')
      this.note(
        'warning',
        generation,
        `A potential with charges (${generationOf(file)}) can't be said: only its short-range part is here.`,
      );
    const functions = this.functions(elements);
    const farthest = functions.reduce((most, one) => Math.max(most, one.cutoff), 0);
    // Beside a cutoff that was kept every block says its own.
    const cutoff = isKept('cutoff') ? 0 : farthest;
    const descriptors = [
      ...radialBlocks(functions, elements, cutoff, this.length),
      ...angularBlocks(functions, elements, cutoff, this.length),
    ];
    return [
      `elements = [${elements.join(', ')}]`,
      ...(cutoff > 0 ? [`cutoff = ${cutoff} ${this.length}`] : []),
      ...this.cutoffFunction(),
      ...this.scaling(),
      ...(descriptors.length > 0 ? ['', ...descriptors] : []),
      ...this.networks(elements),
    ];
  }

  /** Each function once; what can't be said is left. */
  private functions(elements: readonly string[]): SymmetryFunction[] {
    const functions = new Map<string, SymmetryFunction>();
    const unsayable = new Map<number, Entry[]>();
    let doubled: Entry | undefined;
    for (const { entry, value, key } of functionsOf(this.file)) {
      const { type, eta = 0, shift = 0, lambda = 0, zeta = 1, cutoff, center, neighbors } = value;
      const isSayable =
        [2, 3, 9].includes(type) &&
        [center, ...neighbors].every((symbol) => elements.includes(symbol)) &&
        eta >= 0 &&
        shift >= 0 &&
        shift <= cutoff &&
        cutoff > 0 &&
        Math.abs(lambda) <= 1 &&
        zeta > 0 &&
        functions.size < MAX_FUNCTIONS;
      if (!isSayable) {
        const same = unsayable.get(type);
        if (same === undefined) unsayable.set(type, [entry]);
        else same.push(entry);
        continue;
      }
      if (functions.has(key)) doubled ??= entry;
      functions.set(key, value);
      this.say(entry);
    }
    for (const [type, entries] of unsayable)
      this.note(
        'warning',
        entries[0],
        `${entries.length} symmetry functions of type ${type} can't be said: the potential is another one without them.`,
      );
    const centers = new Set([...functions.values()].map(({ center }) => center));
    const blind = elements.find((symbol) => !centers.has(symbol));
    if (blind !== undefined && functions.size > 0) {
      for (const { entry } of functionsOf(this.file)) this.said.delete(entry);
      this.note(
        'warning',
        this.file.one('elements'),
        `${blind} would be left without symmetry functions: all of them are kept in comments, and the potential gets automatic ones.`,
      );
      return [];
    }
    if (doubled !== undefined) this.note('information', doubled, 'Functions that stand twice are written once.');
    return [...functions.values()];
  }

  private cutoffFunction(): string[] {
    const found = this.number('cutoff_type', true) ?? this.cutoffWithAlpha();
    if (found === undefined) return [];
    const name = CUTOFF_NAMES.at(found.value);
    if (name === undefined || found.value < 0) return [];
    this.say(found.entry);
    return [`cutoff_function = ${name}`];
  }

  /** An inner cutoff of 0 says nothing; any other is left. */
  private cutoffWithAlpha(): { entry: Entry | undefined; value: number } | undefined {
    const entry = this.file.one('cutoff_type');
    const [type, alpha] = (entry?.arguments ?? []) as readonly (Word | undefined)[];
    if (entry === undefined || type === undefined || alpha === undefined) return undefined;
    const { value } = readInteger(type.text, this.file.dialect);
    const inner = readNumber(alpha.text, this.file.dialect);
    if (inner.isExact && (inner.value === 0 || value === 2 || value === 3)) return { entry, value };
    this.note('warning', entry, "An inner cutoff can't be said: the cutoff function is another one without it.");
    return { entry: undefined, value };
  }

  private scaling(): string[] {
    const { file } = this;
    const [range, center, sigma] = [
      'scale_symmetry_functions',
      'center_symmetry_functions',
      'scale_symmetry_functions_sigma',
    ].map((name) => file.one(name));
    const [low, high] = [this.number('scale_min_short'), this.number('scale_max_short')];
    const isScaled = range !== undefined || (center === undefined && sigma !== undefined);
    if (isScaled && (low === undefined || low.value === 0) && (high === undefined || high.value === 1))
      this.say(low?.entry, high?.entry);
    else if (isScaled)
      this.note('warning', low?.entry ?? high?.entry, "Another range than 0 to 1 for scaled functions can't be said.");
    if (range !== undefined) {
      this.say(range, center);
      return [`scaling = ${center === undefined ? 'range' : 'range_centered'}`];
    }
    if (center !== undefined) this.note('warning', center, "Centring without scaling can't be said.");
    else if (sigma !== undefined) {
      this.say(sigma);
      return ['scaling = sigma'];
    }
    return ['scaling = none'];
  }

  private networks(elements: readonly string[]): string[] {
    const { file } = this;
    const depth = this.number('global_hidden_layers_short', true);
    const nodes = file.one('global_nodes_short');
    const letters = file.one('global_activation_short');
    const words = (entry: Entry | undefined): string[] => (entry?.arguments ?? []).map(({ text }) => text);
    const hidden = words(nodes).map((word) => readInteger(word, file.dialect));
    const [output, ...rest] = words(letters).reverse();
    const isSayable =
      depth !== undefined &&
      nodes !== undefined &&
      depth.value > 0 &&
      hidden.length === depth.value &&
      rest.length === depth.value &&
      hidden.every(({ value, isExact }) => isExact && value >= 1 && value <= 1000) &&
      output === 'l' &&
      new Set(rest).size === 1 &&
      Object.hasOwn(ACTIVATION_NAMES, rest[0]);
    if (!isSayable) {
      this.note(
        'warning',
        letters ?? nodes ?? depth?.entry ?? file.one('elements'),
        "These networks can't be said: there is one activation for all hidden layers, and a linear output.",
      );
      return [];
    }
    this.say(depth.entry, nodes, letters);
    const shape = (values: readonly string[], activation: string | undefined): string =>
      `{ ${[values.length > 0 ? `hidden = [${values.join(', ')}]` : '', activation === undefined ? '' : `activation = ${activation}`].filter((item) => item !== '').join('; ')} }`;
    const general = hidden.map(({ value }) => String(value));
    const lines = ['', `network ${shape(general, ACTIVATION_NAMES[rest[0]])}`];
    for (const symbol of elements) {
      const isOwn = ({ arguments: args }: Entry): boolean => args.at(0)?.text === symbol;
      const nodeLines = file.all('element_nodes_short').filter(isOwn);
      const letterLines = file.all('element_activation_short').filter(isOwn);
      const own = nodeLines
        .at(0)
        ?.arguments.slice(1)
        .map(({ text }) => readInteger(text, file.dialect));
      const ownLetters = letterLines
        .at(0)
        ?.arguments.slice(1)
        .map(({ text }) => text);
      // n2p2 leaves the last hidden layer as it is.
      const sizes = own?.map(({ value }, i) => (i === own.length - 1 ? general[i] : String(value)));
      const fitsNodes =
        own?.length === depth.value &&
        nodeLines.length === 1 &&
        own.slice(0, -1).every(({ value, isExact }) => isExact && value >= 1 && value <= 1000);
      const fitsLetters =
        ownLetters?.length === depth.value &&
        letterLines.length === 1 &&
        new Set(ownLetters).size === 1 &&
        Object.hasOwn(ACTIVATION_NAMES, ownLetters[0]);
      if (!fitsNodes && !fitsLetters) continue;
      if (fitsNodes) this.say(...nodeLines);
      if (fitsLetters) this.say(...letterLines);
      lines.push(
        `network ${symbol} ${shape(fitsNodes ? (sizes ?? []) : [], fitsLetters ? ACTIVATION_NAMES[ownLetters[0]] : undefined)}`,
      );
    }
    const odd = file.entries.find(
      (entry) => entry.name.startsWith('element_') && entry.name.endsWith('_short') && !this.said.has(entry),
    );
    if (odd !== undefined) this.note('warning', odd, "These networks of single elements can't be said.");
    return lines;
  }

  /** The items of train and dataset block; undefined if the file is not for a training. */
  training(kept: readonly string[]): { train: string[]; dataset: string[] } | undefined {
    const { file } = this;
    const epochs = this.number('epochs', true);
    if (epochs === undefined || epochs.value < 1 || epochs.value > 1e6) return undefined;
    const train = [`epochs = ${epochs.value}`];
    this.say(epochs.entry);
    const seed = this.number('random_seed', true);
    if (seed !== undefined && seed.value >= 0 && seed.value < 2 ** 32) {
      train.push(`seed = ${seed.value}`);
      this.say(seed.entry);
    }
    const forces = file.one('use_short_forces');
    const weight = this.number('force_weight');
    if (forces === undefined) train.push('force_weight = 0');
    else {
      this.say(forces);
      if (weight !== undefined && weight.value > 0) {
        train.push(`force_weight = ${weight.value}`);
        this.say(weight.entry);
      }
    }
    train.push(...this.optimizer(kept));
    const test = this.number('test_fraction');
    const isFraction = test !== undefined && test.value >= 0 && test.value < 1;
    if (isFraction) this.say(test.entry);
    return { train, dataset: isFraction ? [`test = ${test.value}`] : [] };
  }

  private optimizer(kept: readonly string[]): string[] {
    if (kept.some((line) => /^optimizer\b/.test(line))) return [];
    const [updater, type, eta] = [
      this.number('updater_type', true),
      this.number('gradient_type', true),
      this.number('gradient_adam_eta'),
    ];
    if (updater === undefined) return [];
    if (updater.value !== 0 || type?.value !== 1 || eta === undefined || eta.value <= 0) {
      this.note(
        'information',
        updater.entry,
        'How n2p2 fits the weights is kept in comments; the training here uses its own optimizer.',
      );
      return [];
    }
    this.say(updater.entry, type.entry, eta.entry);
    return [`optimizer adam { learning_rate = ${eta.value} }`];
  }

  /** Lines that say something else, as comments. */
  left(): string[] {
    const { entries, tree } = this.file;
    const names = new Set([...this.said].filter(({ keyword }) => keyword?.repeatable !== true).map(({ name }) => name));
    const left = entries.filter((entry) => !this.said.has(entry));
    const doubled = left.find(({ name }) => names.has(name));
    if (doubled !== undefined)
      this.note('warning', doubled, 'It stands twice: the first line counts, this one is left out.');
    return left
      .filter(({ name }) => !names.has(name))
      .map(({ written, arguments: words, line }) =>
        keepInputLine(tree.lines[line].text.slice(written.start, (words.at(-1) ?? written).end)),
      );
  }

  noteComments(): void {
    const { tree, entries } = this.file;
    const first = entries.at(0)?.line ?? 0;
    const isLost = ({ text, comment }: Line, line: number): boolean =>
      line > first && comment !== undefined && /\p{L}/u.test(text.slice(comment.start)) && !isKept(text);
    const lost = tree.lines.filter(isLost).length;
    if (lost > 0)
      this.note('information', undefined, `The comments of ${lost} line${lost === 1 ? '' : 's'} are not carried over.`);
  }
}

/** `4 bohr`, `[4, 16] bohr^-2`; of 0 alone the unit may be missing. */
function quantity(values: readonly number[], unit: string): string {
  const text = values.length === 1 ? String(values[0]) : `[${values.join(', ')}]`;
  return values.length === 1 && values[0] === 0 ? text : `${text} ${unit}`;
}

const plain = (values: readonly number[]): string =>
  values.length === 1 ? String(values[0]) : `[${values.join(', ')}]`;

/**
 * Items with two numbers each as products of lists: first those of one `b`, then those whose lists are the same. The union of the
 * products is the set.
 */
function products<A, B>(
  points: readonly (readonly [A, B])[],
  text: (a: A) => string,
  textB: (b: B) => string,
): { readonly as: readonly A[]; readonly bs: readonly B[] }[] {
  const byB = new Map<string, { b: B; as: A[] }>();
  for (const [a, b] of points) {
    const same = byB.get(textB(b));
    if (same === undefined) byB.set(textB(b), { b, as: [a] });
    else same.as.push(a);
  }
  const byAs = new Map<string, { as: A[]; bs: B[] }>();
  for (const { b, as } of byB.values()) {
    const sorted = [...as].sort((x, y) =>
      typeof x === 'number' && typeof y === 'number' ? x - y : text(x) < text(y) ? -1 : 1,
    );
    const key = sorted.map(text).join(' ');
    const same = byAs.get(key);
    if (same === undefined) byAs.set(key, { as: sorted, bs: [b] });
    else same.bs.push(b);
  }
  return [...byAs.values()];
}

/** Blocks that are the same for all groups of elements are written once, without labels. */
function mergeGroups(groups: ReadonlyMap<string, readonly string[]>, all: readonly string[], name: string): string[] {
  const holders = new Map<string, string[]>();
  for (const [group, bodies] of groups)
    for (const body of bodies) {
      const same = holders.get(body);
      if (same === undefined) holders.set(body, [group]);
      else same.push(group);
    }
  const lines: string[] = [];
  for (const [body, own] of holders) if (own.length === all.length) lines.push(`${name} { ${body} }`);
  for (const [group, bodies] of groups)
    for (const body of bodies) if (holders.get(body)?.length !== all.length) lines.push(`${name} ${group} { ${body} }`);
  return lines;
}

/** By what is before the braces: centre and neighbours. */
function groupFunctions(functions: readonly SymmetryFunction[]): ReadonlyMap<string, readonly SymmetryFunction[]> {
  const groups = new Map<string, SymmetryFunction[]>();
  const sorted = [...functions].sort(
    (a, b) =>
      byNumber(a.center, b.center) || (a.neighbors.map(number).join() < b.neighbors.map(number).join() ? -1 : 1),
  );
  for (const one of sorted) {
    const key = [one.center, ...one.neighbors].join(' ');
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [one]);
    else same.push(one);
  }
  return groups;
}

const number = (symbol: string): string => String(atomicNumber(symbol) ?? 0).padStart(3, '0');

function byCutoff(functions: readonly SymmetryFunction[]): ReadonlyMap<number, readonly SymmetryFunction[]> {
  const result = new Map<number, SymmetryFunction[]>();
  for (const one of functions) {
    const same = result.get(one.cutoff);
    if (same === undefined) result.set(one.cutoff, [one]);
    else same.push(one);
  }
  return result;
}

function radialBlocks(
  functions: readonly SymmetryFunction[],
  elements: readonly string[],
  cutoff: number,
  unit: string,
): string[] {
  const groups = new Map<string, string[]>();
  for (const [group, own] of groupFunctions(functions.filter(({ type }) => type === 2))) {
    const bodies: string[] = [];
    for (const [radius, same] of byCutoff(own)) {
      const points = same.map(({ eta = 0, shift = 0 }) => [eta, shift] as const);
      for (const { as: etas, bs: shifts } of products(points, String, String)) {
        const items = [`eta = ${quantity(etas, `${unit}^-2`)}`];
        if (shifts.length > 1 || shifts[0] !== 0) items.push(`shift = ${quantity(shifts, unit)}`);
        if (radius !== cutoff) items.push(`cutoff = ${radius} ${unit}`);
        bodies.push(items.join('; '));
      }
    }
    groups.set(group, bodies);
  }
  const all = elements.flatMap((a) => elements.map((b) => `${a} ${b}`));
  return mergeGroups(groups, all, 'radial');
}

function angularBlocks(
  functions: readonly SymmetryFunction[],
  elements: readonly string[],
  cutoff: number,
  unit: string,
): string[] {
  const groups = new Map<string, string[]>();
  for (const kind of [3, 9])
    for (const [group, own] of groupFunctions(functions.filter(({ type }) => type === kind))) {
      const bodies = groups.get(group) ?? [];
      for (const [radius, same] of byCutoff(own))
        bodies.push(...angularBodies(same, kind, radius === cutoff ? undefined : radius, unit));
      groups.set(group, bodies);
    }
  const pairs = elements.flatMap((a, i) => elements.slice(i).map((b) => `${a} ${b}`));
  const all = elements.flatMap((center) => pairs.map((pair) => `${center} ${pair}`));
  return mergeGroups(groups, all, 'angular');
}

/** First lambda and zeta of one Gaussian, then the Gaussians that have the same of them. */
function angularBodies(
  functions: readonly SymmetryFunction[],
  kind: number,
  radius: number | undefined,
  unit: string,
): string[] {
  const gaussians = new Map<string, { eta: number; shift: number; angles: (readonly [number, number])[] }>();
  for (const { eta = 0, shift = 0, lambda = 0, zeta = 1 } of functions) {
    const key = `${eta} ${shift}`;
    const same = gaussians.get(key);
    if (same === undefined) gaussians.set(key, { eta, shift, angles: [[lambda, zeta]] });
    else same.angles.push([lambda, zeta]);
  }
  const byAngles = new Map<
    string,
    { lambdas: readonly number[]; zetas: readonly number[]; points: (readonly [number, number])[] }
  >();
  for (const { eta, shift, angles } of gaussians.values())
    for (const { as: lambdas, bs: zetas } of products(angles, String, String)) {
      const key = `${lambdas.join(' ')}; ${zetas.join(' ')}`;
      const same = byAngles.get(key);
      if (same === undefined) byAngles.set(key, { lambdas, zetas, points: [[eta, shift]] });
      else same.points.push([eta, shift]);
    }
  return [...byAngles.values()].flatMap(({ lambdas, zetas, points }) =>
    products(points, String, String).map(({ as: etas, bs: shifts }) =>
      [
        `kind = ${kind === 3 ? 'narrow' : 'wide'}`,
        `eta = ${quantity(etas, `${unit}^-2`)}`,
        ...(shifts.length > 1 || shifts[0] !== 0 ? [`shift = ${quantity(shifts, unit)}`] : []),
        `lambda = ${plain(lambdas)}`,
        `zeta = ${plain(zetas)}`,
        ...(radius === undefined ? [] : [`cutoff = ${radius} ${unit}`]),
      ].join('; '),
    ),
  );
}
