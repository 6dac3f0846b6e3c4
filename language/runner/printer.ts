/**
 * The formatter of `input.nn`: one way to lay out a file.
 *
 * Arguments begin in one column, that of n2p2's own files if the keywords are no longer; neighbouring lines of one keyword, or of one
 * type of symmetry function, are a table whose numbers stand with their decimal points below each other. Comments behind the
 * words of neighbouring lines begin in one column. Of several blank lines one stays.
 *
 * Invariants: `format(format(t)) === format(t)`; words and comments are the same before and after.
 */
import { readLine } from './reading';
import { readInput, type Line } from './tree';

/** Where arguments begin in n2p2's files, from 0. */
const COLUMN = 32;

/** Lines end as the first line end of Windows says, else with `\n`. */
export function formatInput(text: string): string {
  const { lines } = readInput(text);
  const width = lines.reduce(
    (most, line) =>
      Math.max(most, isTable(line) ? 0 : (line.words.at(0)?.end ?? 0) - (line.words.at(0)?.start ?? 0) + 1),
    COLUMN,
  );
  const result: string[] = [];
  for (let i = 0; i < lines.length;) {
    if (lines[i].words.length === 0) {
      const { text: content, comment } = lines[i++];
      const shown = comment === undefined ? '' : content.slice(comment.start, comment.end).trimEnd();
      if (shown !== '' || (result.length > 0 && result.at(-1) !== '')) result.push(shown);
      continue;
    }
    const start = i;
    while (i < lines.length && lines[i].words.length > 0) i++;
    result.push(...printRun(lines.slice(start, i), width));
  }
  if (result.at(-1) === '') result.pop();
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  return mark + result.map((line) => line + eol).join('');
}

/** Neighbouring lines with words. */
function printRun(lines: readonly Line[], width: number): string[] {
  const contents: string[] = [];
  for (let i = 0; i < lines.length;) {
    const start = i;
    const kind = tableOf(lines[i]);
    while (i < lines.length && tableOf(lines[i]) === kind) i++;
    contents.push(...printTable(lines.slice(start, i), width));
  }
  const comments = lines.map(({ text, comment }) =>
    comment === undefined ? '' : text.slice(comment.start, comment.end).trimEnd(),
  );
  const column = contents.reduce((most, content, i) => (comments[i] === '' ? most : Math.max(most, content.length)), 0);
  return contents.map((content, i) => (comments[i] === '' ? content : `${content.padEnd(column)}  ${comments[i]}`));
}

const isTable = (line: Line): boolean => readLine(line, 'n2p2')?.function !== undefined;

/** The same for lines whose words stand in columns. */
function tableOf(line: Line): string {
  const reading = readLine(line, 'n2p2');
  const { words } = line;
  if (reading?.function === undefined) return `${words[0].text} ${words.length}`;
  return `${reading.name} ${reading.function.type ?? ''} ${words.length}`;
}

function printTable(lines: readonly Line[], width: number): string[] {
  const rows = lines.map(({ words }) => words.map(({ text }) => text));
  const columns = rows[0].map((_, i) => alignColumn(rows.map((row) => row[i])));
  if (!isTable(lines[0])) columns[0] = columns[0].map((word) => word.padEnd(width - 1));
  return rows.map((_, row) =>
    columns
      .map((column) => column[row])
      .join(' ')
      // Only what padding put there: a word may be of white space that is none for n2p2.
      .replace(/ +$/u, ''),
  );
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/;

/** Words of equal length: numbers by their decimal points, others to the left. */
function alignColumn(words: readonly string[]): string[] {
  const numeric = words.every((word) => NUMBER.test(word));
  const before = (word: string): number => (numeric ? /^[+-]?\d*/.exec(word)![0].length : 0);
  const most = Math.max(...words.map(before));
  const shifted = words.map((word) => ' '.repeat(most - before(word)) + word);
  const length = Math.max(...shifted.map((word) => word.length));
  return shifted.map((word) => word.padEnd(length));
}
