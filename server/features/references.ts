/** textDocument/references and documentHighlight: all places of the name at the cursor. */
import { DocumentHighlightKind, type DocumentHighlight, type Location } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { rangeOf } from '../analysis';
import type { Occurrences } from '../names';

export function referencesOf(document: TextDocument, { places }: Occurrences, includeDeclaration: boolean): Location[] {
  return places
    .filter(({ declares }) => includeDeclaration || declares === undefined)
    .map((place) => ({ uri: document.uri, range: rangeOf(document, place) }));
}

export function highlightsOf(document: TextDocument, { places }: Occurrences): DocumentHighlight[] {
  return places.map((place) => ({
    range: rangeOf(document, place),
    kind: place.declares === undefined ? DocumentHighlightKind.Read : DocumentHighlightKind.Write,
  }));
}
