/** Diagnostics of both dialects: plain data with spans and computed fixes. The server only translates them to LSP. */
import type { Span } from './syntax/tree';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Replace the text of `span` by `text`. The edits of one fix do not overlap. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

export interface Fix {
  /** What the person reads in the menu: an imperative, e.g. "Write the length in Å". */
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** The one that is most likely right: bound to the editor's "auto fix". At most one per diagnostic. */
  readonly preferred?: boolean;
}

export interface Diagnostic {
  /** `PDnnnn`, `NNnnn` or `XDnnn`; each has a page in docs/diagnostics. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong and what would be right, in a sentence. */
  readonly message: string;
  readonly span: Span;
  readonly fixes?: readonly Fix[];
  /** Fade the text out: it has no effect. */
  readonly unnecessary?: boolean;
  /** Strike the text through: another word is to be written. */
  readonly deprecated?: boolean;
  readonly related?: readonly Related[];
}

/** A place that belongs to it: in the same text, or a line, from 0, of another file (absolute path). */
export type Related =
  | { readonly span: Span; readonly message: string }
  | { readonly file: string; readonly line: number; readonly message: string };
