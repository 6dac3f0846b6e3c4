/**
 * textDocument/completion in `input.nn`: keywords with the values that most files have, whole symmetry functions by type, elements,
 * choices, and for numbers those that the file has already.
 */
import { CompletionItemKind, type CompletionItem } from 'vscode-languageserver';
import { elements as periodicTable } from '../../language/elements';
import { functionTypes, TYPES } from '../../language/runner/functions';
import { isKnownTo, keywords } from '../../language/runner/keywords';
import { shown } from '../../language/runner/numbers';
import { elementsOf, functionsOf, type InputFile, type LineReading } from '../../language/runner/reading';
import { spanIn } from '../../language/runner/tree';
import { SECTIONS, type Argument } from '../../language/runner/types';
import { rangeOf } from '../analysis';
import { escapeSnippet, itemOf, type CompletionOptions, type Proposal } from '../features/completion';
import { counted } from '../features/effects';
import type { InputAnalysis } from './analysis';
import { argumentAt, placeAt } from './context';

export function completeInputAt(analysis: InputAnalysis, offset: number, options: CompletionOptions): CompletionItem[] {
  const { tree, file, document } = analysis;
  const place = placeAt(tree, file.dialect, offset);
  if (place === undefined) return [];
  const { index, word, content, reading, line, column } = place;
  // A typed space asks only behind a keyword.
  if (options.trigger !== undefined && (index === 0 || word !== undefined)) return [];
  const span = spanIn(tree, line, word ?? { start: column, end: column });
  const proposals =
    index === 0
      ? keywordProposals(file, content.words.length > 1, line)
      : reading === undefined
        ? []
        : argumentProposals(file, reading, index, analysis.companions?.data?.facts?.elements);
  const range = rangeOf(document, span);
  return proposals.map((proposal, i) => itemOf(proposal, i, range, options));
}

/** Arguments begin there in n2p2's files. */
const COLUMN = 32;

function keywordProposals(file: InputFile, isFollowed: boolean, line: number): Proposal[] {
  const { dialect } = file;
  const proposals: Proposal[] = [];
  for (const [name, keyword] of Object.entries(keywords)) {
    const isKnown = isKnownTo(dialect, keyword);
    const isRepeatable = dialect === 'n2p2' ? keyword.repeatable === true : keyword.repeatableInRunner === true;
    // A keyword that is there already is offered again only to its own line.
    if (!isRepeatable && file.all(name).some((entry) => entry.line !== line)) continue;
    const { recommended, section } = keyword;
    const padded = name.padEnd(COLUMN - 1);
    const words = recommended === '' ? [] : recommended.split(' ');
    proposals.push({
      label: name,
      kind: words.length === 0 ? CompletionItemKind.Constant : CompletionItemKind.Property,
      detail: isKnown ? section : `${section}: ${dialect === 'n2p2' ? 'n2p2 ignores it' : 'RuNNer does not know it'}`,
      topic: { kind: 'keyword', name, dialect },
      rank: isKnown ? (section === 'RuNNer' ? 7 : 3) : 9,
      ...(!isFollowed &&
        words.length > 0 && {
          insert: `${padded} ${recommended}`,
          snippet: `${padded} ${words.map((word, i) => `\${${i + 1}:${escapeSnippet(word)}}`).join(' ')}`,
        }),
    });
  }
  const rank = (proposal: Proposal): number => {
    const topic = proposal.topic;
    return topic?.kind === 'keyword' ? SECTIONS.indexOf(keywords[topic.name].section) : -1;
  };
  proposals.sort((a, b) => rank(a) - rank(b));
  return isFollowed ? proposals : [...proposals, ...functionProposals(file)];
}

/** A whole line for each type. */
function functionProposals(file: InputFile): Proposal[] {
  const symbols = elementsOf(file);
  const cutoff = commonest(functionsOf(file).map(({ value }) => value.cutoff));
  const element = (stop: number): string =>
    symbols.length === 0 ? `\${${stop}:H}` : `\${${stop}|${symbols.join(',')}|}`;
  return TYPES.filter((type) => file.dialect === 'runner' || functionTypes[type].onlyRunner !== true).map((type) => {
    const { arguments: args, title } = functionTypes[type];
    let stop = 0;
    const words = args
      .filter(({ optional }) => optional !== true)
      .map((argument) => {
        if (argument.name === 'type') return String(type);
        stop++;
        if (argument.kind === 'element') return element(stop);
        if (argument.kind === 'choice') return `\${${stop}|${Object.keys(argument.values).join(',')}|}`;
        return `\${${stop}:${argument.name === 'rc' && cutoff !== undefined ? shown(cutoff) : (EXAMPLES[argument.name] ?? '0.0')}}`;
      });
    return {
      label: `symfunction_short ${type}`,
      kind: CompletionItemKind.Snippet,
      detail: title,
      topic: { kind: 'function_type', type },
      rank: 4,
      insert: 'symfunction_short ',
      snippet: `symfunction_short ${words.join(' ')}`,
    };
  });
}

const EXAMPLES: Readonly<Record<string, string>> = { eta: '0.01', rs: '0.0', lambda: '1', zeta: '4', rl: '0.0', thetal: '0', thetar: '180', kappa: '1.0', rc: '12.0' }; // prettier-ignore

type Seen = Readonly<Record<string, number>>;

/** @param seen structures of input.data that have each element */
function argumentProposals(file: InputFile, reading: LineReading, index: number, seen: Seen = {}): Proposal[] {
  const { dialect } = file;
  if (reading.function !== undefined && index === 2) return typeProposals(file);
  const argument = argumentAt(reading, dialect, index);
  if (argument === undefined) return [];
  switch (argument.kind) {
    case 'element':
      return elementProposals(file, reading, index, seen);
    case 'choice':
      return Object.entries(argument.values).map(([value, meaning]) => ({
        label: value,
        kind: CompletionItemKind.EnumMember,
        detail: meaning,
        rank: 1,
      }));
    case 'number':
    case 'integer':
      return numberProposals(file, reading, argument, index);
    case 'text':
      return [];
  }
}

const typeProposals = (file: InputFile): Proposal[] =>
  TYPES.filter((type) => file.dialect === 'runner' || functionTypes[type].onlyRunner !== true).map((type) => ({
    label: String(type),
    kind: CompletionItemKind.EnumMember,
    detail: functionTypes[type].title,
    topic: { kind: 'function_type', type },
  }));

/** Those of the file and of the data first; behind `elements` all that do not stand there yet. */
function elementProposals(file: InputFile, reading: LineReading, index: number, seen: Seen): Proposal[] {
  const listed = elementsOf(file);
  const own = new Set(listed);
  const combinations = new Set(file.all('symfunction_short').map(({ symbolTexts }) => symbolTexts));
  const named = new Set([...combinations].flatMap((symbols) => symbols.split(' ')));
  const isList = reading.name === 'elements';
  const others = reading.arguments.filter((_, i) => i !== index - 1).map(({ text }) => text);
  const taken = new Set(isList ? others : []);
  return periodicTable
    .slice(1)
    .filter(({ symbol }) => !taken.has(symbol) && (isList || listed.length === 0 || own.has(symbol)))
    .map(({ symbol, name }) => ({
      label: symbol,
      kind: CompletionItemKind.Value,
      detail: Object.hasOwn(seen, symbol) ? `${name}, in ${counted(seen[symbol], 'structure')} of input.data` : name,
      topic: { kind: 'element', symbol },
      rank: own.has(symbol) || named.has(symbol) || Object.hasOwn(seen, symbol) ? 1 : 5,
    }));
}

const KNOWN_VALUES: Readonly<Record<string, readonly string[]>> = { lambda: ['1', '-1'], zeta: ['1', '2', '4', '16'], rs: ['0.0'], thetal: ['0'], thetar: ['180'] }; // prettier-ignore
const MAXIMUM_VALUES = 50;

/** What the file has at the same place, the commonest first, and what is usual there. */
function numberProposals(file: InputFile, reading: LineReading, argument: Argument, index: number): Proposal[] {
  const counts = new Map<string, number>();
  for (const entry of file.all(reading.name)) {
    const text = entry.arguments.at(index - 1)?.text;
    const isAlike = entry.function === undefined || entry.function.type === reading.function?.type;
    if (text !== undefined && isAlike && entry.written !== reading.written)
      counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const used = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MAXIMUM_VALUES)
    .map(([text]) => text);
  const recommended = reading.keyword?.recommended.split(' ').at(index - 1);
  const usual =
    reading.function !== undefined
      ? (KNOWN_VALUES[argument.name] ?? [])
      : recommended === undefined || recommended === ''
        ? []
        : [recommended];
  return [...new Set([...used, ...usual])].map((value) => ({
    label: value,
    kind: CompletionItemKind.Value,
    detail: counts.has(value) ? `${argument.name}, ${counts.get(value) ?? 0} times in this file` : argument.name,
    rank: 2,
  }));
}

function commonest<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).at(0)?.[0];
}
