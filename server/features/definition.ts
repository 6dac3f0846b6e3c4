/** textDocument/definition, references, rename, documentLink: from a name to its block, from a path to its file. */
import { pathToFileURL } from 'node:url';
import type { DocumentLink, Location, LocationLink, Range, WorkspaceEdit } from 'vscode-languageserver';
import { isTerminated, quote } from '../../language/syntax/lexer';
import type { Item, Span, StringValue, Value } from '../../language/syntax/tree';
import { rangeOf, type Analysis } from '../analysis';
import { attributeSchema, nodeAt, type Blocks } from '../context';
import { isGlob } from '../files';
import { declarationsOf, nameAt, referencesTo } from '../names';

const MAXIMUM_TARGETS = 100;
const START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export function definitionAt(analysis: Analysis, offset: number): LocationLink[] {
  const { document, tree, files } = analysis;
  const node = nodeAt(tree, offset);
  if (node === undefined) return [];
  const originSelectionRange = rangeOf(document, node.span);
  const name = nameAt(node);
  if (name !== undefined)
    return declarationsOf(tree, name.kind, name.text).map(({ block, label }) => ({
      targetUri: document.uri,
      targetRange: rangeOf(document, block),
      targetSelectionRange: rangeOf(document, label),
      originSelectionRange,
    }));
  if (node.kind !== 'value' || node.value.kind !== 'string' || files === undefined) return [];
  const schema = attributeSchema(node.blocks, node.attribute.name.text);
  if (schema?.type !== 'paths' && (schema?.type !== 'path' || schema.kind === 'output')) return [];
  const path = node.value.text;
  const paths = isGlob(path) ? files.find(path) : files.exists(path) ? [path] : [];
  return paths.slice(0, MAXIMUM_TARGETS).map((target) => ({
    targetUri: pathToFileURL(files.locate(target)).href,
    targetRange: START,
    targetSelectionRange: START,
    originSelectionRange,
  }));
}

/** Where the name at the offset is declared and used. */
function occurrencesAt({ tree }: Analysis, offset: number, declared = true): { span: Span; quoted: boolean }[] {
  const node = nodeAt(tree, offset);
  const name = node === undefined ? undefined : nameAt(node);
  if (name === undefined) return [];
  const declarations = declarationsOf(tree, name.kind, name.text);
  const spans: Span[] = [...(declared ? declarations.map(({ label }) => label) : []), ...referencesTo(tree, name)];
  return spans
    .map((span) => ({ span, quoted: tree.text[span.start] === '"' }))
    .sort((a, b) => a.span.start - b.span.start);
}

export function referencesAt(analysis: Analysis, offset: number, includeDeclaration: boolean): Location[] {
  const { document } = analysis;
  return occurrencesAt(analysis, offset, includeDeclaration).map(({ span }) => ({
    uri: document.uri,
    range: rangeOf(document, span),
  }));
}

/** What would be renamed; undefined where there is no name. */
export function renameRangeAt(analysis: Analysis, offset: number): Range | undefined {
  const here = occurrencesAt(analysis, offset).find(({ span }) => span.start <= offset && offset <= span.end);
  return here === undefined ? undefined : rangeOf(analysis.document, here.span);
}

/** Writes the new name in quotes where it is no plain name. */
export function renameAt(analysis: Analysis, offset: number, newName: string): WorkspaceEdit | undefined {
  const occurrences = occurrencesAt(analysis, offset);
  const text = newName.startsWith('"') && newName.endsWith('"') ? newName.slice(1, -1) : newName;
  if (occurrences.length === 0 || text.trim() === '' || /[\r\n]/.test(text)) return undefined;
  const plain = /^[\p{L}_](?:[\p{L}\p{M}\p{N}_]|-(?=[\p{L}\p{N}_]))*$/u.test(text);
  const newText = plain ? text : quote(text);
  const { document } = analysis;
  return { changes: { [document.uri]: occurrences.map(({ span }) => ({ range: rangeOf(document, span), newText })) } };
}

/** Links on the paths of files that exist. */
export function linksOf({ document, tree, files }: Analysis): DocumentLink[] {
  if (files === undefined) return [];
  const links: DocumentLink[] = [];
  for (const { text, start, end: behind } of pathsIn(tree.file.items, [])) {
    if (isGlob(text) || text === '' || !files.exists(text)) continue;
    const end = isTerminated(tree.text.slice(start, behind)) ? behind - 1 : behind;
    links.push({ range: rangeOf(document, { start: start + 1, end }), target: pathToFileURL(files.locate(text)).href });
  }
  return links;
}

function pathsIn(items: readonly Item[], outer: Blocks): StringValue[] {
  return items.flatMap((item) => {
    if (item.kind === 'block') return pathsIn(item.items, [...outer, item]);
    const schema = attributeSchema(outer, item.name.text);
    const isPath = schema?.type === 'paths' || (schema?.type === 'path' && schema.kind !== 'output');
    return isPath && item.value !== undefined ? stringsIn(item.value) : [];
  });
}

const stringsIn = (value: Value): StringValue[] =>
  value.kind === 'string' ? [value] : value.kind === 'list' ? value.items.flatMap(stringsIn) : [];
