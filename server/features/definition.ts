/** textDocument/definition: from a name to what it is the name of, from a path to its file. */
import { pathToFileURL } from 'node:url';
import type { LocationLink, Range } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { rangeOf, type Analysis } from '../analysis';
import { nodeAt } from '../context';
import { isGlob } from '../../language/schema/globs';
import type { Occurrences } from '../names';
import { isPathOfInput } from './links';

const MAXIMUM_TARGETS = 100;
const START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Where the name at the offset is declared. */
export function declarationLinks(document: TextDocument, { places }: Occurrences, offset: number): LocationLink[] {
  const here = places.find(({ start, end }) => start <= offset && offset <= end);
  return places.flatMap((place): LocationLink[] => {
    if (place.declares === undefined) return [];
    return [
      {
        targetUri: document.uri,
        targetRange: rangeOf(document, place.declares),
        targetSelectionRange: rangeOf(document, place),
        ...(here !== undefined && { originSelectionRange: rangeOf(document, here) }),
      },
    ];
  });
}

/** The files that the path at the offset names. */
export function fileLinks({ document, tree, files }: Analysis, offset: number): LocationLink[] {
  const node = nodeAt(tree, offset);
  if (node?.kind !== 'value' || node.value.kind !== 'string' || files === undefined) return [];
  if (!isPathOfInput(node.blocks, node.attribute)) return [];
  const path = node.value.text;
  const paths = isGlob(path) ? files.find(path) : files.exists(path) ? [path] : [];
  return paths.slice(0, MAXIMUM_TARGETS).map((target) => ({
    targetUri: pathToFileURL(files.locate(target)).href,
    targetRange: START,
    targetSelectionRange: START,
    originSelectionRange: rangeOf(document, node.span),
  }));
}
