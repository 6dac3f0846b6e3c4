/** All definition files at once: those that are open as they are on the screen, the others of the open folders as they are on the disk. */
import path from 'node:path';
import type { CancellationToken, TextDocuments, WorkDoneProgressReporter } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { pathToFileURL } from 'node:url';
import { isInputName } from '../language/runner/reading';
import { createWorkspaceReader } from './data/workspace';
import { languageOf } from './documents';
import { pathOf } from './paths';
import { outlineOf, type Outline } from './features/workspace-symbols';

export interface Workspace {
  /** Folders that are open, as URIs; those that are not on this disk are left out. */
  add(folders: readonly string[]): void;
  remove(folders: readonly string[]): void;
  /** Of all files, by path, or by URI where there is none; throws when it is cancelled. */
  outlines(progress: WorkDoneProgressReporter, token: CancellationToken): Promise<ReadonlyMap<string, Outline>>;
}

const READING = 'Reading the definitions of the workspace';

export function createWorkspace(documents: TextDocuments<TextDocument>): Workspace {
  const folders = new Set<string>();
  const reader = createWorkspaceReader((file, text): Outline => {
    const isInput = isInputName(file);
    const document = TextDocument.create(pathToFileURL(file).href, isInput ? 'runner-nn' : 'potential', 0, text);
    return outlineOf(document, isInput, path.dirname(file));
  });
  const pathsOf = (uris: readonly string[]): string[] => uris.map(pathOf).filter((file) => file !== undefined);
  return {
    add: (uris) => pathsOf(uris).forEach((folder) => folders.add(folder)),
    remove: (uris) => pathsOf(uris).forEach((folder) => folders.delete(folder)),
    outlines: async (progress, token) => {
      const abort = new AbortController();
      const cancelling = token.onCancellationRequested(() => abort.abort());
      progress.begin(READING, undefined, undefined, true);
      try {
        const found = await reader.read([...folders], (count) => progress.report(`${count} files`), abort.signal);
        const outlines = new Map(found);
        for (const document of documents.all()) {
          const language = languageOf(document);
          if (language === undefined) continue;
          const file = pathOf(document.uri);
          outlines.set(file ?? document.uri, outlineOf(document, language === 'input', file && path.dirname(file)));
        }
        return outlines;
      } finally {
        cancelling.dispose();
        progress.done();
      }
    },
  };
}
