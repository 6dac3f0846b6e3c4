/** workspace/symbol, and references across files: what one file tells all others. */
import path from 'node:path';
import { SymbolKind, type Location, type WorkspaceSymbol } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { readInput, spanIn } from '../../language/runner/tree';
import { readFile } from '../../language/runner/reading';
import { parseFrameRange } from '../../language/schema/frame-ranges';
import { parse } from '../../language/syntax/parser';
import type { Span } from '../../language/syntax/tree';
import { rangeOf } from '../analysis';
import { declarationsOf } from '../names';
import { unitsOfDatasets, unitsOfInput, type NamedUnits } from './file-units';
import { pathsIn } from './links';
import { symbolKindOf } from './symbols';

export interface Outline {
  readonly symbols: readonly WorkspaceSymbol[];
  readonly mentions: readonly Mention[];
  /** In which units data files are. */
  readonly units: readonly NamedUnits[];
}

/** Another file or folder that is named. */
export interface Mention {
  /** Absolute. */
  readonly path: string;
  /** As it is written. */
  readonly text: string;
  /** What stands behind it between the quotes: the frames of `exclude`. */
  readonly suffix: string;
  readonly location: Location;
}

/** @param folder of the file; undefined if it is not on this disk */
export function outlineOf(document: TextDocument, isInput: boolean, folder: string | undefined): Outline {
  const at = (span: Span): Location => ({ uri: document.uri, range: rangeOf(document, span) });
  const text = document.getText();
  if (isInput) {
    const file = readFile(readInput(text));
    const containerName = folder === undefined ? 'input.nn' : path.basename(folder);
    const symbols = file.all('elements').flatMap(({ line, symbols: words }) =>
      words.map((word) => ({
        name: word.text,
        kind: SymbolKind.Constant,
        containerName,
        location: at(spanIn(file.tree, line, word)),
      })),
    );
    return { symbols, mentions: [], units: folder === undefined ? [] : unitsOfInput(file, folder) };
  }
  const tree = parse(text);
  return {
    symbols: declarationsOf(tree).map(({ kind, text: name, label }) => ({
      name,
      kind: symbolKindOf(kind),
      containerName: kind,
      location: at(label),
    })),
    mentions:
      folder === undefined
        ? []
        : pathsIn(tree.file.items, [], true).map((value) => {
            const named = parseFrameRange(value.text)?.file ?? value.text;
            const suffix = value.text.slice(named.length);
            return { path: path.resolve(folder, named), text: named, suffix, location: at(value) };
          }),
    units: folder === undefined ? [] : unitsOfDatasets(tree.file.items, folder),
  };
}

/** Those whose names have the letters of the query in its order, as editors filter what they are given. */
export function symbolsLike(symbols: readonly WorkspaceSymbol[], query: string): WorkspaceSymbol[] {
  const letters = Array.from(query.toLowerCase());
  return symbols.filter(({ name }) => {
    let at = 0;
    for (const letter of name.toLowerCase()) if (letter === letters[at]) at++;
    return at === letters.length;
  });
}

/** Where a file is named; `path` is absolute. */
export const mentionsOf =
  (named: string) =>
  ({ mentions }: Outline): Location[] =>
    mentions.filter((mention) => mention.path === named).map(({ location }) => location);
