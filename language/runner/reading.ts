/**
 * An `input.nn` as the keyword table knows it: which line says what. Numbers stay in the units of the file.
 *
 * What a line says by itself is found out once for its object and remembered; an edit makes new lines only where it touches.
 */
import { atomicNumber } from '../elements';
import {
  compareKeys,
  byNumber,
  functionTypes,
  keyOf,
  sortKey,
  type FunctionType,
  type SymmetryFunction,
} from './functions';
import { keywords, mainName } from './keywords';
import { readNumber } from './numbers';
import type { InputTree, Line, Word } from './tree';
import type { Argument, Dialect, Keyword } from './types';

/** What one line says. */
export interface LineReading {
  /** The keyword as it is written. */
  readonly written: Word;
  /** Its main name; as written if neither program knows it. */
  readonly name: string;
  readonly keyword: Keyword | undefined;
  readonly arguments: readonly Word[];
  /** The arguments that are symbols of elements. */
  readonly symbols: readonly Word[];
  /** Their texts with spaces between: few in a file of many functions. */
  readonly symbolTexts: string;
  /** Of lines that are about a symmetry function. */
  readonly function: FunctionReading | undefined;
}

export interface FunctionReading {
  /** The number behind the centre, if it is one. */
  readonly type: number | undefined;
  readonly table: FunctionType | undefined;
  /** The words with the argument that each is; words too many have none. */
  readonly parts: readonly { readonly word: Word; readonly argument: Argument | undefined }[];
  /** Where every argument could be understood. */
  readonly value: SymmetryFunction | undefined;
  /** Where there is a value: what every look at all functions asks of each. */
  readonly facts: FunctionFacts | undefined;
}

export interface FunctionFacts {
  /** Equal for functions that are the same. */
  readonly key: string;
  /** The same of the function with the other sign of lambda; of angular functions with lambda 1 or -1. */
  readonly partner: string | undefined;
  /** What n2p2 sorts by. */
  readonly order: readonly number[];
  /** The neighbours that it looks at: `H`, `H O`. */
  readonly group: string;
}

export interface Entry extends LineReading {
  /** Number of the line, from 0. */
  readonly line: number;
  /** Of the line of a function that could be understood. */
  readonly described: FunctionEntry | undefined;
}

export interface FunctionEntry extends FunctionFacts {
  readonly entry: Entry;
  readonly value: SymmetryFunction;
}

export interface InputFile {
  readonly tree: InputTree;
  readonly dialect: Dialect;
  /** Lines with a keyword, in order. */
  readonly entries: readonly Entry[];
  /** The same by main names. */
  readonly byName: ReadonlyMap<string, readonly Entry[]>;
  /** All lines of a keyword under any of its names. */
  all(name: string): readonly Entry[];
  /** The first of them. */
  one(name: string): Entry | undefined;
}

/** Whether a path names such a file: `input.nn`, `input.nn.train`, `water.nn`. */
export const isInputName = (path: string): boolean => /(?:^|[\\/])input\.nn(?:\.[^\\/]*)?$|\.nn$/.test(path);

/** A file with `runner_mode` is for RuNNer. */
function dialectOf(tree: InputTree): Dialect {
  return tree.lines.some(({ words }) => words.at(0)?.text === 'runner_mode') ? 'runner' : 'n2p2';
}

/** Of `previous`, what was read of another version of the text, it takes over the lines that are still where they were. */
export function readFile(tree: InputTree, dialect: Dialect = dialectOf(tree), previous?: InputFile): InputFile {
  const before = previous?.dialect === dialect ? previous : undefined;
  const entries: Entry[] = [];
  const byName = new Map<string, Entry[]>();
  let name: string | undefined;
  let same: Entry[] = [];
  const { lines } = tree;
  /** Of the entries before the next one that could stand in the line. */
  let next = 0;
  for (let line = 0; line < lines.length; line++) {
    const content = lines[line];
    if (content.words.length === 0) continue;
    while (before !== undefined && next < before.entries.length && before.entries[next].line < line) next++;
    const known = before?.entries.at(next);
    const entry =
      known?.line === line && before?.tree.lines[line] === content ? known : entryOf(content, line, dialect);
    if (entry === undefined) continue;
    entries.push(entry);
    if (entry.name !== name) {
      name = entry.name;
      same = byName.get(name) ?? [];
      byName.set(name, same);
    }
    same.push(entry);
  }
  const all = (name: string): readonly Entry[] => byName.get(name) ?? [];
  return { tree, dialect, entries, byName, all, one: (name) => all(name).at(0) };
}

function entryOf(content: Line, line: number, dialect: Dialect): Entry | undefined {
  const reading = readLine(content, dialect);
  if (reading === undefined) return undefined;
  const { written, name, keyword, arguments: words, symbols, symbolTexts, function: own } = reading;
  const entry: Described = { line, written, name, keyword, arguments: words, symbols, symbolTexts, function: own, described: undefined }; // prettier-ignore
  const { value, facts } = own ?? {};
  if (value !== undefined && facts !== undefined) {
    const { key, partner, order, group } = facts;
    entry.described = { entry, value, key, partner, order, group };
  }
  return entry;
}

type Described = Omit<Entry, 'described'> & { described: FunctionEntry | undefined };

const remembered: Readonly<Record<Dialect, WeakMap<Line, LineReading>>> = {
  n2p2: new WeakMap(),
  runner: new WeakMap(),
};

/** Undefined for a line without a keyword. */
export function readLine(line: Line, dialect: Dialect): LineReading | undefined {
  if (line.words.length === 0) return undefined;
  const known = remembered[dialect].get(line);
  if (known !== undefined) return known;
  const [written, ...args] = line.words;
  const name = mainName(written.text) ?? written.text;
  const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined;
  const own = name === 'symfunction_short' ? readFunction(args, dialect) : undefined;
  const symbols = symbolsOf(keyword, args, own);
  const symbolTexts = oneOf(symbols.map(({ text }) => text).join(' '));
  const reading = { written, name, keyword, arguments: args, symbols, symbolTexts, function: own };
  remembered[dialect].set(line, reading);
  return reading;
}

const combinations = new Map<string, string>();

/** The same string for equal combinations of symbols, of which a file has few: those are found several times as fast in sets. */
function oneOf(symbols: string): string {
  const known = combinations.get(symbols);
  if (known !== undefined) return known;
  if (combinations.size >= 1000) combinations.clear();
  combinations.set(symbols, symbols);
  return symbols;
}

function symbolsOf(
  keyword: Keyword | undefined,
  words: readonly Word[],
  own: FunctionReading | undefined,
): readonly Word[] {
  // The centre stands in front whatever the type is.
  if (own !== undefined) return words.filter((_, i) => i === 0 || own.parts[i].argument?.kind === 'element');
  const args = keyword?.arguments ?? [];
  const last = args.at(-1);
  return words.filter((_, i) => (args.at(i) ?? (last?.repeated === true ? last : undefined))?.kind === 'element');
}

/** The arguments of `symfunction_short`, as far as they can be understood. */
function readFunction(words: readonly Word[], dialect: Dialect): FunctionReading {
  const number = words.length > 1 && /^\d+$/.test(words[1].text) ? Number(words[1].text) : undefined;
  const found = number !== undefined && Object.hasOwn(functionTypes, number) ? functionTypes[number] : undefined;
  const table = found?.onlyRunner === true && dialect === 'n2p2' ? undefined : found;
  const parts = words.map((word, i) => ({ word, argument: table?.arguments.at(i) }));
  const value = number === undefined ? undefined : valueOf(number, table, parts, dialect);
  return { type: number, table, parts, value, facts: value && factsOf(value) };
}

function factsOf(value: SymmetryFunction): FunctionFacts {
  const { lambda, neighbors } = value;
  const hasPartner = lambda !== undefined && Math.abs(lambda) === 1;
  return {
    key: keyOf(value),
    partner: hasPartner ? keyOf({ ...value, lambda: -lambda }) : undefined,
    order: sortKey(value),
    group: oneOf(neighbors.join(' ')),
  };
}

function valueOf(
  type: number,
  table: FunctionType | undefined,
  parts: FunctionReading['parts'],
  dialect: Dialect,
): SymmetryFunction | undefined {
  if (table === undefined || parts.length > table.arguments.length) return undefined;
  if (parts.length < table.arguments.filter(({ optional }) => optional !== true).length) return undefined;
  const symbols: string[] = [];
  const numbers: Partial<Record<string, number>> = {};
  let shape: string | undefined;
  for (const { word, argument } of parts) {
    if (argument?.kind === 'element') {
      if ((atomicNumber(word.text) ?? 0) === 0) return undefined;
      symbols.push(word.text);
    } else if (argument?.kind === 'choice') {
      shape = shapeOf(word.text);
      if (shape === undefined) return undefined;
    } else if (argument !== undefined) {
      const { value, isExact } = readNumber(word.text, dialect);
      if (!isExact) return undefined;
      numbers[argument.name] = value;
    }
  }
  const [center, ...neighbors] = symbols;
  const { eta, rs, lambda, zeta, rc = 0, rl, thetal, thetar } = numbers;
  return {
    type,
    center,
    neighbors: neighbors.sort(byNumber),
    cutoff: rc,
    eta,
    // Optional in types 3 and 9.
    shift: rs ?? (lambda === undefined ? undefined : 0),
    lambda,
    zeta,
    inner: rl,
    left: thetal,
    right: thetar,
    shape,
  };
}

/** The shape of a compact function in its usual spelling; n2p2 looks at the first letter of `e` alone. */
export function shapeOf(word: string): string | undefined {
  if (/^e.{0,2}$/.test(word)) return 'e';
  return /^p[1-4]a?$/.test(word) ? word : undefined;
}

/** Symbols behind `elements` that are elements, each once, in the order in which they stand. */
export function elementsOf(file: InputFile): readonly string[] {
  const words = file.one('elements')?.arguments ?? [];
  return [...new Set(words.map(({ text }) => text))].filter((symbol) => (atomicNumber(symbol) ?? 0) > 0);
}

const functionsOfFiles = new WeakMap<InputFile, readonly FunctionEntry[]>();

/** Lines of functions that could be understood. */
export function functionsOf(file: InputFile): readonly FunctionEntry[] {
  const known = functionsOfFiles.get(file);
  if (known !== undefined) return known;
  const functions: FunctionEntry[] = [];
  for (const { described } of file.all('symfunction_short')) if (described !== undefined) functions.push(described);
  functionsOfFiles.set(file, functions);
  return functions;
}

const sortedOfFiles = new WeakMap<InputFile, readonly FunctionEntry[]>();

/** The same in the order of n2p2: that of the rows of scaling.data and of the inputs of the networks. */
export function sortedFunctionsOf(file: InputFile): readonly FunctionEntry[] {
  let sorted = sortedOfFiles.get(file);
  if (sorted === undefined) {
    sorted = [...functionsOf(file)].sort((a, b) => compareKeys(a.order, b.order));
    sortedOfFiles.set(file, sorted);
  }
  return sorted;
}

/** The number behind a keyword as the program reads it; undefined where there is none. */
export function numberOf(file: InputFile, name: string): number | undefined {
  const word = file.one(name)?.arguments.at(0);
  return word === undefined ? undefined : readNumber(word.text, file.dialect).value;
}

/** The units that a comment of the file names, such as `# length unit: bohr`; as the language spells them. */
export function unitsOf({ lines }: InputTree): { readonly length?: string; readonly energy?: string } {
  const find = (quantity: string, units: Readonly<Record<string, string>>): string | undefined => {
    const pattern = new RegExp(`${quantity}s?(?:\\s+units?)?\\s*[:=]\\s*(\\S+?)[.,;]?(?:\\s|$)`, 'i');
    for (const line of lines) {
      if (line.comment === undefined || line.words.length > 0) continue;
      const word = pattern.exec(line.text.slice(line.comment.start + 1, line.comment.end))?.[1].toLowerCase();
      if (word !== undefined && Object.hasOwn(units, word)) return units[word];
    }
    return undefined;
  };
  const length = find('length', LENGTHS);
  const energy = find('energ(?:y|ie)', ENERGIES);
  return { ...(length !== undefined && { length }), ...(energy !== undefined && { energy }) };
}

const LENGTHS: Readonly<Record<string, string>> = {
  bohr: 'bohr',
  a0: 'bohr',
  å: 'angstrom',
  a: 'angstrom',
  ang: 'angstrom',
  angstrom: 'angstrom',
  ångström: 'angstrom',
  nm: 'nm',
};
const ENERGIES: Readonly<Record<string, string>> = {
  ev: 'eV',
  ha: 'hartree',
  eh: 'hartree',
  hartree: 'hartree',
  ry: 'rydberg',
  rydberg: 'rydberg',
  mev: 'meV',
  'kcal/mol': 'kcal/mol',
  'kj/mol': 'kJ/mol',
};
