/** workspace/willRenameFiles: what names a file or folder that is renamed or moved, and the paths in definitions that are moved themselves. */
import path from 'node:path';
import type { FileRename, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { quote } from '../../language/syntax/lexer';
import { pathOf } from '../paths';
import type { Outline } from './workspace-symbols';

/** @param outlines of all definition files, by absolute path, as they are before */
export function renameFiles(
  outlines: ReadonlyMap<string, Pick<Outline, 'mentions'>>,
  files: readonly FileRename[],
): WorkspaceEdit {
  const moves = files.flatMap(({ oldUri, newUri }) => {
    const [from, to] = [pathOf(oldUri), pathOf(newUri)];
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
  /** Where something is afterwards, itself or with its folder. */
  const moved = (file: string): string => {
    const move = moves.find(({ from }) => file === from || file.startsWith(from + path.sep));
    return move === undefined ? file : move.to + file.slice(move.from.length);
  };
  const changes: Record<string, TextEdit[]> = {};
  for (const [file, { mentions }] of outlines) {
    if (!path.isAbsolute(file)) continue;
    const folder = path.dirname(moved(file));
    const edits = mentions.flatMap(({ path: named, text, suffix, location }): TextEdit[] => {
      const to = moved(named);
      if (to === named && (path.isAbsolute(text) || folder === path.dirname(file))) return [];
      const written = path.isAbsolute(text) ? to : path.relative(folder, to).replaceAll('\\', '/') || '.';
      const newText = quote(written + (/[/\\]$/.test(text) ? '/' : '') + suffix);
      return newText === quote(text + suffix) ? [] : [{ range: location.range, newText }];
    });
    // A document that is not saved yet has another URI than a file of its name.
    if (edits.length > 0) changes[mentions[0].location.uri] = edits;
  }
  return { changes };
}
