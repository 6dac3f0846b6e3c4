/**
 * What the features work with: a document, its tree, and on demand what the checker says. Made once per version of a
 * document; immutable.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range } from 'vscode-languageserver';
import { check } from '../language/check/check';
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

/** Parses at once, checks when first asked for definition or diagnostics. */
export function analyze(document: TextDocument, files?: Files): Analysis {
  const text = document.getText();
  const tree = parse(text);
  let checked: ReturnType<typeof check> | undefined;
  const result = (): ReturnType<typeof check> => (checked ??= check(tree, files));
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
