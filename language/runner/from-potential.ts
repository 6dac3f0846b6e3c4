/**
 * A potential of a `.potential` file, with the training and the data that belong to it, as an `input.nn` for n2p2: the inverse of
 * to-potential.ts. What n2p2 can't say is kept in comments (kept.ts), and a note says so.
 */
import type { Diagnostic } from '../diagnostic';
import { check } from '../check/check';
import { isBehler, isChiral } from '../definition/chirality';
import type { BehlerFunction, PotentialDefinition, TrainDefinition, DatasetDefinition } from '../definition/definition';
import { units as unitTable } from '../schema/units';
import { isDescriptor } from '../definition/potential-assembly';
import { parse } from '../syntax/parser';
import type { Block, Item, SyntaxTree } from '../syntax/tree';
import { neededForPrediction, neededForTraining } from './check/keywords';
import { byNumber, functionTypes, wordsOf } from './functions';
import { headerOf, keepNames, keepSource, keptInputLines, type Owner } from './kept';
import { keywords, mainName } from './keywords';
import { formatInput } from './printer';
import { readFile } from './reading';
import { ACTIVATION_NAMES, CUTOFF_NAMES, type Conversion, type ConversionOptions } from './to-potential';
import { readInput } from './tree';

export type FromPotential =
  | ({ readonly ok: true; readonly units: ConversionOptions['units'] } & Conversion)
  /** The text has errors, or several potentials, of which one must be chosen. */
  | { readonly ok: false; readonly problems: readonly Diagnostic[]; readonly potentials: readonly string[] };

/**
 * @param options units of the input.nn, if not those of the files that the potential is trained on, or Å and eV; and which
 * potential if there are several
 */
export function potentialToInput(
  text: string,
  options: Partial<Pick<ConversionOptions, 'units'>> & { readonly potential?: string } = {},
): FromPotential {
  const tree = parse(text);
  const { definition, diagnostics } = check(tree);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const potentials = [...definition.potentials.values()];
  const names = potentials.map(({ name }) => name);
  const refuse = (message: string, span = { start: 0, end: 0 }): FromPotential => ({
    ok: false,
    problems: [{ code: 'NN097', severity: 'error', span, message }],
    potentials: names,
  });
  const chosen =
    options.potential === undefined && potentials.length === 1
      ? potentials[0]
      : potentials.find(({ name }) => name === options.potential);
  if (chosen === undefined) {
    if (errors.length > 0) return { ok: false, problems: errors, potentials: names };
    return refuse(
      potentials.length === 0
        ? 'There is no `potential` block.'
        : `Which potential? There are ${names.map((name) => `\`${name}\``).join(', ')}.`,
    );
  }
  if (chosen.options.load !== undefined)
    return refuse(
      `This potential lies ready in ${chosen.options.load}: that folder is what n2p2 uses.`,
      chosen.nameSpan,
    );
  const hasKept = keptFunctions(tree, chosen);
  const blind = hasKept ? undefined : chosen.elements.find((symbol) => functionsOf(chosen, symbol).length === 0);
  if (Object.values(chosen.symmetryFunctions).flat().some(isChiral))
    return refuse("This potential has chiral symmetry functions, which n2p2 hasn't.", chosen.nameSpan);
  if (chosen.networks === undefined || blind !== undefined)
    return refuse(
      chosen.networks === undefined
        ? 'This potential has pair terms alone, which n2p2 has not.'
        : `${blind ?? ''} has no symmetry functions of its own: write \`radial\` and \`angular\` blocks, or take those of \`nearsight expand --data\`.`,
      chosen.nameSpan,
    );
  const train = definition.actions.find(
    (action): action is TrainDefinition => action.kind === 'train' && action.options.potential === chosen.name,
  );
  const dataset = train === undefined ? undefined : definition.datasets.get(train.options.dataset);
  const units = options.units ?? dataset?.units ?? { length: 'angstrom', energy: 'eV' };
  return { ok: true, units, ...new Writer(tree, chosen, train, dataset, units).write() };
}

/** Without descriptor blocks of its own a potential has the functions that were kept in comments. */
function keptFunctions(tree: SyntaxTree, { span }: PotentialDefinition): boolean {
  const block = tree.file.items.find((item) => item.start === span.start);
  const hasBlocks = block?.kind === 'block' && block.items.some(({ name }) => isDescriptor(name.text));
  return !hasBlocks && keptInputLines(tree.text).some((line) => nameOf(line) === 'symfunction_short');
}

const functionsOf = ({ symmetryFunctions }: PotentialDefinition, symbol: string): readonly BehlerFunction[] =>
  Object.hasOwn(symmetryFunctions, symbol) ? symmetryFunctions[symbol].filter(isBehler) : [];

const letterOf = (activation: string): string =>
  Object.entries(ACTIVATION_NAMES).find(([, name]) => name === activation)?.[0] ?? 't';

class Writer {
  private readonly notes: Diagnostic[] = [];
  private readonly kept: string[] = [];
  private readonly length: number;
  private readonly blocks: Readonly<Record<Exclude<Owner, 'file'>, Block | undefined>>;

  constructor(
    private readonly tree: SyntaxTree,
    private readonly potential: PotentialDefinition,
    private readonly train: TrainDefinition | undefined,
    private readonly dataset: DatasetDefinition | undefined,
    private readonly units: ConversionOptions['units'],
  ) {
    this.length = { angstrom: 1, bohr: unitTable.bohr.factor, nm: unitTable.nm.factor }[units.length];
    const blockAt = (definition: { readonly span: { readonly start: number } } | undefined): Block | undefined => {
      const found = tree.file.items.find((item) => item.start === definition?.span.start);
      return found?.kind === 'block' ? found : undefined;
    };
    this.blocks = { potential: blockAt(potential), dataset: blockAt(dataset), train: blockAt(train) };
  }

  write(): Conversion {
    const restored = this.restored();
    const own = [...this.general(), ...this.networks(), ...this.training(restored)];
    this.keepRest();
    const restoredNames = new Set(restored.map((line) => nameOf(line)));
    const isRestored = (line: string): boolean =>
      restoredNames.has(nameOf(line)) && keywords[nameOf(line)].repeatable !== true;
    // A cutoff function that was changed since goes before the one that was kept.
    const type = own.find((line) => nameOf(line) === 'cutoff_type')?.split(/\s+/)[1];
    const stale = (line: string): boolean => nameOf(line) === 'cutoff_type' && line.split(/\s+/)[1] !== type;
    const lines = [
      ...own.filter(
        (line) => !isRestored(line) || restored.some((kept) => nameOf(kept) === nameOf(line) && stale(kept)),
      ),
      ...restored.filter((line) => !stale(line)),
    ];
    const isOf =
      (section: string): ((line: string) => boolean) =>
      (line) =>
        sectionOf(line) === section;
    const text = [
      ...headerOf(this.tree.text),
      `# length unit: ${this.units.length}, energy unit: ${this.units.energy}`,
      '',
      ...GROUPS.flatMap(([title, sections]) => {
        const group = sections.flatMap((section) => lines.filter(isOf(section)));
        return group.length === 0 ? [] : [...(title === '' ? [] : [`# ${title}`]), ...group, ''];
      }),
      ...this.functions(lines.filter((line) => nameOf(line) === 'symfunction_short')),
      ...(this.kept.length > 0
        ? ['', '# What n2p2 has no keywords for; converting back restores it.', ...this.kept]
        : []),
    ].join('\n');
    return { text: formatInput(`${this.complete(text)}\n`), notes: this.notes };
  }

  /** The lines that were kept; an optimizer that is written goes before them. */
  private restored(): string[] {
    const lines = keptInputLines(this.tree.text);
    if (this.optimizer() === undefined || !lines.some((line) => nameOf(line) === 'updater_type')) return lines;
    const replaced = ['updater_type', 'jacobian_mode', 'gradient_type', 'gradient_adam_eta'];
    return lines.filter((line) => !replaced.includes(nameOf(line)));
  }

  private optimizer(): Block | undefined {
    const found = this.blocks.train?.items.find(({ name }) => name.text === 'optimizer');
    return found?.kind === 'block' ? found : undefined;
  }

  private general(): string[] {
    const { elements, options } = this.potential;
    const { scaling } = options;
    return [
      `number_of_elements ${elements.length}`,
      `elements ${elements.join(' ')}`,
      `cutoff_type ${CUTOFF_NAMES.indexOf(options.cutoff_function)}`,
      ...(scaling === 'range' || scaling === 'range_centered' ? ['scale_symmetry_functions'] : []),
      ...(scaling === 'range_centered' ? ['center_symmetry_functions'] : []),
      ...(scaling === 'sigma' ? ['scale_symmetry_functions_sigma'] : []),
      ...(scaling === 'none' ? [] : ['scale_min_short 0.0', 'scale_max_short 1.0']),
    ];
  }

  /** The global networks are those that most elements have; of others what n2p2 can say. */
  private networks(): string[] {
    const { elements, networks = {} } = this.potential;
    const keyOf = (symbol: string): string => `${networks[symbol].hidden.join(' ')} ${networks[symbol].activation}`;
    const counts = new Map<string, number>();
    for (const symbol of elements) counts.set(keyOf(symbol), (counts.get(keyOf(symbol)) ?? 0) + 1);
    const [key] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
    const general = networks[elements.find((symbol) => keyOf(symbol) === key) ?? elements[0]];
    const letter = letterOf(general.activation);
    const lines = [
      `global_hidden_layers_short ${general.hidden.length}`,
      `global_nodes_short ${general.hidden.join(' ')}`,
      `global_activation_short ${[...general.hidden.map(() => letter), 'l'].join(' ')}`,
    ];
    let hasActivation = false;
    for (const symbol of elements) {
      const { hidden, activation } = networks[symbol];
      if (keyOf(symbol) === key) continue;
      const isSayable =
        hidden.length === general.hidden.length &&
        hidden.at(-1) === general.hidden.at(-1) &&
        // Of these lines n2p2 takes one.
        (activation === general.activation || !hasActivation);
      if (!isSayable) {
        this.note(
          `The network of ${symbol} can't be said: n2p2 has the same depth for all, and the same last hidden layer.`,
        );
        this.kept.push(
          ...keepSource(
            'potential',
            `network ${symbol} { hidden = [${hidden.join(', ')}]; activation = ${activation} }`,
          ),
        );
        continue;
      }
      if (hidden.join() !== general.hidden.join()) lines.push(`element_nodes_short ${symbol} ${hidden.join(' ')}`);
      if (activation !== general.activation) {
        hasActivation = true;
        lines.push(`element_activation_short ${symbol} ${hidden.map(() => letterOf(activation)).join(' ')}`);
      }
    }
    return lines;
  }

  private training(restored: readonly string[]): string[] {
    const { train, dataset } = this;
    if (train === undefined || dataset === undefined) return [];
    const { epochs, seed, force_weight } = train.options;
    const isRestored = restored.some((line) => nameOf(line) === 'updater_type');
    const label = this.optimizer()?.labels.at(0)?.text ?? 'adam';
    const adam = ['updater_type 0', 'jacobian_mode 0', 'gradient_type 1'];
    if ('learning_rate' in train.optimizer.options)
      adam.push(`gradient_adam_eta ${train.optimizer.options.learning_rate}`);
    return [
      ...(force_weight > 0 ? ['use_short_forces', `force_weight ${force_weight}`] : []),
      `random_seed ${seed}`,
      `epochs ${epochs}`,
      `test_fraction ${dataset.options.test}`,
      ...(isRestored ? [] : label === 'adam' ? adam : ['updater_type 1']),
    ];
  }

  /** What else the file says. */
  private keepRest(): void {
    const { tree, potential, units } = this;
    const labels = (['potential', 'dataset', 'train'] as const).map((owner) => {
      const label = this.blocks[owner]?.labels.at(0);
      return label === undefined ? undefined : tree.text.slice(label.start, label.end);
    });
    const [own = '', data = 'reference', training = own] = labels;
    this.kept.push(keepNames([own, data, training]));
    const farthest = Math.max(
      ...potential.elements.flatMap((symbol) => functionsOf(potential, symbol).map(({ cutoff }) => cutoff)),
    );
    const isSaid = (owner: Owner, item: Item): boolean => {
      const { text } = item.name;
      switch (owner) {
        case 'potential':
          if (text === 'cutoff') return potential.options.cutoff <= farthest * (1 + 1e-10);
          return ['elements', 'cutoff_function', 'scaling', 'network'].includes(text) || isDescriptor(text);
        case 'dataset':
          return (
            text === 'test' ||
            (text === 'units' &&
              this.dataset?.units?.length === units.length &&
              this.dataset.units.energy === units.energy &&
              !this.hasOtherData())
          );
        case 'train':
          if (text === 'optimizer') return item.kind === 'block' && item.labels.at(0)?.text === 'adam';
          return ['potential', 'dataset', 'epochs', 'seed', 'force_weight'].includes(text);
        case 'file':
          return Object.values(this.blocks).some((block) => block === item);
      }
    };
    for (const owner of ['potential', 'dataset', 'train', 'file'] as const) {
      const items = owner === 'file' ? tree.file.items : (this.blocks[owner]?.items ?? []);
      const rest = items.filter((item) => !isSaid(owner, item));
      for (const item of rest) this.kept.push(...keepSource(owner, tree.text.slice(item.start, item.end)));
      const pair = rest.find(({ name }) => owner === 'potential' && ['pair', 'prior'].includes(name.text));
      if (pair !== undefined)
        this.note("Pair terms and priors can't be said: the potential is another one without them.", pair);
    }
  }

  /** Whether something else than n2p2's usual file is trained on. */
  private hasOtherData(): boolean {
    const files = this.dataset?.options.files ?? [];
    return (
      files.length !== 1 ||
      files[0] !== 'input.data' ||
      (this.blocks.dataset?.items ?? []).some(({ name }) => !['files', 'units', 'test'].includes(name.text))
    );
  }

  /** The functions of each element under a heading; `restored` are lines of types that the language has not. */
  private functions(restored: readonly string[]): string[] {
    const { potential } = this;
    if (keptFunctions(this.tree, potential)) return [...restored];
    const lines: string[] = [];
    for (const symbol of [...potential.elements].sort(byNumber)) {
      let type = 0;
      for (const one of functionsOf(potential, symbol)) {
        if (one.type !== type) {
          type = one.type;
          lines.push('', `# ${symbol}: ${functionTypes[type].title}`);
        }
        lines.push(`symfunction_short ${this.wordsOf(one).join(' ')}`);
      }
    }
    return [...lines, ...(restored.length > 0 ? [''] : []), ...restored];
  }

  private wordsOf(one: BehlerFunction): string[] {
    const { length } = this;
    const { type, center, eta, shift, cutoff } = one;
    const common = {
      type,
      center,
      eta: quotient(eta, 1 / (length * length)),
      shift: quotient(shift, length),
      cutoff: quotient(cutoff, length),
    };
    return wordsOf(
      one.type === 2
        ? { ...common, neighbors: [one.neighbor] }
        : { ...common, neighbors: one.neighbors, lambda: one.lambda, zeta: one.zeta },
    );
  }

  /** What n2p2 needs besides, as most files have it. */
  private complete(text: string): string {
    const file = readFile(readInput(text));
    const needed = [...neededForPrediction(file), ...(this.train === undefined ? [] : neededForTraining(file))];
    const missing = needed.filter((name) => file.one(name) === undefined);
    if (missing.length === 0) return text;
    return `${text}\n\n# What n2p2 needs besides, as most files have it\n${missing.map((name) => `${name} ${keywords[name].recommended}`).join('\n')}`;
  }

  private note(message: string, item?: Item): void {
    const span = item === undefined ? this.potential.nameSpan : { start: item.name.start, end: item.name.end };
    this.notes.push({ code: 'NN097', severity: 'warning', span, message });
  }
}

/** x divided by `factor`, the shortest decimal number that is it but for rounding errors. */
function quotient(x: number, factor: number): number {
  const value = x / factor;
  for (let digits = 1; digits < 16; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.abs(rounded - value) <= 1e-15 * Math.abs(value)) return rounded;
  }
  return value;
}

/** The main name of the keyword that a line begins with. */
const nameOf = (line: string): string => {
  const word = /^\s*(\S*)/.exec(line)![1];
  return mainName(word) ?? word;
};

const sectionOf = (line: string): string => {
  const name = nameOf(line);
  if (name === 'symfunction_short') return '';
  return Object.hasOwn(keywords, name) ? keywords[name].section : 'RuNNer';
};

const GROUPS: readonly (readonly [title: string, sections: readonly string[]])[] = [
  ['', ['Normalization']],
  ['', ['General', 'Symmetry functions', 'Networks']],
  ['Electrostatics', ['Electrostatics']],
  ['Training', ['Training', 'Selection of updates', 'Initial weights', 'Gradient descent', 'Kalman filter', 'Output']],
  ['RuNNer', ['RuNNer']],
];
