/**
 * What the features work with: a document, its tree, and on demand what the checker says. Made once per version of a
 * document, with all of the version before that is still true; immutable.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range } from 'vscode-languageserver';
import { check, type Checked } from '../language/check/check';
import type { Definition } from '../language/definition/definition';
import type { Diagnostic } from '../language/diagnostic';
import { parse } from '../language/syntax/parser';
import type { Span, SyntaxTree } from '../language/syntax/tree';
import type { Files } from './files';

export interface Analysis {
  readonly document: TextDocument;
  readonly text: string;
  readonly tree: SyntaxTree;
  readonly definition: Definition;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent for a document that is not on a disk. */
  readonly files: Files | undefined;
}

/** What is enough to show diagnostics and to offer their fixes, in either language. */
export type Diagnosed = Pick<Analysis, 'document' | 'diagnostics'>;

/** Parses at once, checks when first asked for definition or diagnostics. `previous` is the analysis of another version. */
export function analyze(document: TextDocument, files?: Files, previous?: Analysis): Analysis {
  return analysisOf(document, parse(document.getText(), previous?.tree), files);
}

/** Apart from `analyze`, so that an analysis does not hold on to the one before. */
function analysisOf(document: TextDocument, tree: SyntaxTree, files: Files | undefined): Analysis {
  const { text } = tree;
  let checked: Checked | undefined;
  const result = (): Checked => (checked ??= check(tree, files));
  return {
    document,
    text,
    tree,
    files,
    get definition() {
      return result().definition;
    },
    get diagnostics() {
      return result().diagnostics;
    },
  };
}

export const rangeOf = (document: TextDocument, span: Span): Range => ({
  start: document.positionAt(span.start),
  end: document.positionAt(span.end),
});

export const spanOf = (document: TextDocument, range: Range): Span => ({
  start: document.offsetAt(range.start),
  end: document.offsetAt(range.end),
});
