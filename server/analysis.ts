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

export class Analysis {
  private checked: Checked | undefined;

  constructor(
    readonly document: TextDocument,
    readonly tree: SyntaxTree,
    /** Absent for a document that is not on a disk. */
    readonly files: Files | undefined,
  ) {}

  get text(): string {
    return this.tree.text;
  }

  get definition(): Definition {
    return this.check().definition;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.check().diagnostics;
  }

  check(): Checked {
    return (this.checked ??= check(this.tree, this.files));
  }

  /** The same text, to be checked anew: what it depends on is not as it was. */
  renewed(): Analysis {
    return new Analysis(this.document, this.tree, this.files);
  }
}

/** What is enough to show diagnostics and to offer their fixes, in either language. */
export type Diagnosed = Pick<Analysis, 'document' | 'diagnostics'>;

/** Parses at once, checks when first asked for definition or diagnostics. `previous` is the analysis of another version. */
export function analyze(document: TextDocument, files?: Files, previous?: Analysis): Analysis {
  return new Analysis(document, parse(document.getText(), previous?.tree), files);
}

export const rangeOf = (document: TextDocument, span: Span): Range => ({
  start: document.positionAt(span.start),
  end: document.positionAt(span.end),
});

export const spanOf = (document: TextDocument, range: Range): Span => ({
  start: document.offsetAt(range.start),
  end: document.offsetAt(range.end),
});
