/** What the families of diagnostics about a whole file share: places in it, and the edits that mend it. */
import type { Diagnostic, Fix, Severity, TextEdit } from '../../diagnostic';
import type { Span } from '../../syntax/tree';
import { keywords } from '../keywords';
import type { Entry, InputFile } from '../reading';
import { spanIn, type Word } from '../tree';
import { SECTIONS } from '../types';

export interface Context {
  readonly file: InputFile;
  readonly report: (
    code: string,
    severity: Severity,
    span: Span,
    message: string,
    fixes?: readonly Fix[],
    rest?: Partial<Diagnostic>,
  ) => void;
}

/** A word of a line as a place in the text; without one the keyword. */
export const placeOf = ({ tree }: InputFile, entry: Entry, word: Word = entry.written): Span =>
  spanIn(tree, entry.line, word);

/** From the keyword to the last argument. */
export const contentOf = ({ tree }: InputFile, { line, written, arguments: words }: Entry): Span =>
  spanIn(tree, line, { start: written.start, end: (words.at(-1) ?? written).end });

/** The edit that takes a line out. */
function removal({ tree }: InputFile, { line }: Pick<Entry, 'line'>): TextEdit {
  const start = tree.starts[line];
  return { span: { start, end: Math.min(start + tree.lines[line].text.length + 1, tree.text.length) }, text: '' };
}

export const remove = (title: string, file: InputFile, ...entries: readonly Entry[]): Fix => ({
  title,
  edits: entries.map((entry) => removal(file, entry)),
});

export const commentOut = (title: string, { tree }: InputFile, ...entries: readonly Entry[]): Fix => ({
  title,
  edits: entries.map(({ line }) => ({ span: { start: tree.starts[line], end: tree.starts[line] }, text: '#' })),
});

export const preferred = (fix: Fix): Fix => ({ ...fix, preferred: true });

/** Replaces words of lines. */
export const rewrite = (
  title: string,
  file: InputFile,
  ...words: readonly (readonly [entry: Entry, word: Word, text: string])[]
): Fix => ({ title, edits: words.map(([entry, word, text]) => ({ span: placeOf(file, entry, word), text })) });

const lineEnd = ({ text }: { readonly text: string }): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** The edit that puts lines behind another one. */
export function insertionBehind(file: InputFile, line: number, lines: readonly string[]): TextEdit {
  const { tree } = file;
  const { text } = tree.lines[line];
  const at = tree.starts[line] + text.length - (text.endsWith('\r') ? 1 : 0);
  const eol = lineEnd(tree);
  return { span: { start: at, end: at }, text: lines.map((added) => eol + added).join('') };
}

/** `keyword arguments`, the arguments in the column in which files of n2p2 have them. */
export const formatLine = (name: string, words: string): string =>
  words === '' ? name : `${name.padEnd(31)} ${words}`;

/** The edit that puts new keywords where they belong: behind the last of their section or of one before it. */
export function insertion(file: InputFile, name: string, lines: readonly string[]): TextEdit {
  const rank = (section: string): number => SECTIONS.findIndex((candidate) => candidate === section);
  const own = rank(keywords[name].section);
  let place: Entry | undefined;
  let best = -1;
  for (const entry of file.entries) {
    const other = entry.keyword === undefined ? -1 : rank(entry.keyword.section);
    if (other > own || other < best) continue;
    place = entry;
    best = other;
  }
  if (place !== undefined) return insertionBehind(file, place.line, lines);
  const eol = lineEnd(file.tree);
  const first = file.entries.at(0);
  const at = first === undefined ? file.tree.text.length : file.tree.starts[first.line];
  return { span: { start: at, end: at }, text: lines.map((added) => added + eol).join('') };
}

export const insert = (title: string, file: InputFile, name: string, words: string): Fix => ({
  title,
  edits: [insertion(file, name, [formatLine(name, words)])],
});

/** `a, b and c` in back quotes. */
export function listed(words: readonly string[], conjunction = 'and'): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} ${conjunction} ${quoted[quoted.length - 1]}`;
}
