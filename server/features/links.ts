/** textDocument/documentLink: paths as links to their files. */
import { pathToFileURL } from 'node:url';
import type { DocumentLink } from 'vscode-languageserver';
import { isTerminated } from '../../language/syntax/lexer';
import type { Attribute, Item, StringValue, Value } from '../../language/syntax/tree';
import { rangeOf, type Analysis } from '../analysis';
import { attributeSchema, nodeAt, type Blocks } from '../context';
import { isGlob } from '../../language/schema/globs';

/** Links on the paths of files that exist. */
export function linksOf({ document, tree, files }: Analysis): DocumentLink[] {
  if (files === undefined) return [];
  const links: DocumentLink[] = [];
  for (const { text, start, end: behind } of pathsIn(tree.file.items)) {
    if (isGlob(text) || text === '' || !files.exists(text)) continue;
    const end = isTerminated(tree.text.slice(start, behind)) ? behind - 1 : behind;
    links.push({ range: rangeOf(document, { start: start + 1, end }), target: pathToFileURL(files.locate(text)).href });
  }
  return links;
}

/** The absolute path of the one file or folder that is named at the offset. */
export function pathAt({ tree, files }: Analysis, offset: number): string | undefined {
  const node = nodeAt(tree, offset);
  if (node?.kind !== 'value' || node.value.kind !== 'string' || !isPathOfInput(node.blocks, node.attribute))
    return undefined;
  return isGlob(node.value.text) ? undefined : files?.locate(node.value.text);
}

/** Whether the value of an attribute names what is read, not what is written. */
export function isPathOfInput(outer: Blocks, { name }: Attribute): boolean {
  const schema = attributeSchema(outer, name.text);
  return schema?.type === 'paths' || (schema?.type === 'path' && schema.kind !== 'output');
}

/**
 * Paths and globs of files and folders that are read, in the order of the text.
 * @param frames whether those with the numbers of frames behind them count too
 */
export function pathsIn(items: readonly Item[], outer: Blocks = [], frames = false): StringValue[] {
  return items.flatMap((item) => {
    if (item.kind === 'block') return pathsIn(item.items, [...outer, item], frames);
    const isPath = isPathOfInput(outer, item) || (frames && attributeSchema(outer, item.name.text)?.type === 'frames');
    return item.value !== undefined && isPath ? stringsIn(item.value) : [];
  });
}

const stringsIn = (value: Value): StringValue[] =>
  value.kind === 'string' ? [value] : value.kind === 'list' ? value.items.flatMap(stringsIn) : [];
