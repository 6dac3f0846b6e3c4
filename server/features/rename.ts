/** textDocument/rename and prepareRename: a name in all its places, and nothing else. */
import type { PrepareRenameResult, WorkspaceEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { isGoodName, NAME_RULE } from '../../language/check/structure';
import { atomicNumber } from '../../language/elements';
import { isTerminated, unquote, writeName } from '../../language/syntax/lexer';
import { rangeOf } from '../analysis';
import { ELEMENT, type Occurrences } from '../names';

/** What would be renamed; undefined where the offset is beside it. */
export function renameRangeOf(
  document: TextDocument,
  { places, text }: Occurrences,
  offset: number,
): PrepareRenameResult | undefined {
  const here = places.find(({ start, end }) => start <= offset && offset <= end);
  return here && { range: rangeOf(document, here), placeholder: text };
}

/** The edits, or why there can be none. Names of blocks are written in quotes where they are no plain names. */
export function renameOf(
  document: TextDocument,
  { kind, text: before, places, taken }: Occurrences,
  newName: string,
): WorkspaceEdit | { readonly problem: string } {
  const name = isTerminated(newName) && newName.startsWith('"') ? unquote(newName) : newName.trim();
  if (kind === ELEMENT) {
    if ((atomicNumber(name) ?? 0) === 0) return { problem: `\`${name}\` is no symbol of an element.` };
    if (taken.includes(name)) return { problem: `There is ${name} already: ${before} can’t become the same.` };
  } else {
    if (!isGoodName(name)) return { problem: NAME_RULE };
    if (taken.includes(name)) return { problem: `There is already a ${kind} \`${name}\`.` };
  }
  const newText = kind === ELEMENT ? name : writeName(name);
  return { changes: { [document.uri]: places.map((place) => ({ range: rangeOf(document, place), newText })) } };
}
