/** What is at an offset of an `input.nn`. Pure; total for every offset of every text. */
import type { Argument, Dialect } from '../../language/runner/types';
import { argumentsOf, isKnownTo } from '../../language/runner/keywords';
import { readLine, type LineReading } from '../../language/runner/reading';
import { lineAt, type InputTree, type Line, type Word } from '../../language/runner/tree';

export interface Place {
  /** Number of the line. */
  readonly line: number;
  readonly content: Line;
  /** The offset in its line. */
  readonly column: number;
  /** Which word of the line is at the offset, or would be: 0 is the keyword. */
  readonly index: number;
  /** The word that the offset touches. */
  readonly word: Word | undefined;
  readonly reading: LineReading | undefined;
}

/** Undefined in a comment. */
export function placeAt(tree: InputTree, dialect: Dialect, offset: number): Place | undefined {
  const line = lineAt(tree, offset);
  const content = tree.lines[line];
  const column = offset - tree.starts[line];
  const { words, comment } = content;
  if (comment !== undefined && column > comment.start) return undefined;
  const touched = words.findIndex(({ start, end }) => start <= column && column <= end);
  const index = touched >= 0 ? touched : words.filter(({ end }) => end < column).length;
  return {
    line,
    content,
    column,
    index,
    word: words.at(touched >= 0 ? touched : words.length),
    reading: readLine(content, dialect),
  };
}

/** The argument of a keyword that word `index` of its line is; undefined for the keyword, and for what is too much. */
export function argumentAt(
  { name, keyword, function: own }: LineReading,
  dialect: Dialect,
  index: number,
): Argument | undefined {
  if (keyword === undefined || index === 0 || !isKnownTo(dialect, keyword)) return undefined;
  const args = own?.table?.arguments ?? argumentsOf(dialect, keyword);
  const last = args.at(-1);
  // Behind the first mode epochs and modes take turns.
  if (name.startsWith('selection_mode') && index > 1) return index % 2 === 1 ? args[0] : { ...args[1], name: 'epoch' };
  return args.at(index - 1) ?? (last?.repeated === true ? last : undefined);
}
