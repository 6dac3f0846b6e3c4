/**
 * What the features of `input.nn` work with: a document, its tree, what its lines say, and on demand what the checker says. Made
 * once per version of a document, with all lines of the version before that are still there; immutable.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../../language/diagnostic';
import { checkFile } from '../../language/runner/check/check';
import { readFile, type InputFile } from '../../language/runner/reading';
import { readInput, type InputTree } from '../../language/runner/tree';
import type { Companions } from '../../language/runner/check/companions';

/** Language id of `input.nn`, for n2p2 and RuNNer. */
export const INPUT_LANGUAGE = 'runner-nn';

/** What lies beside the document; undefined as long as it is not known. */
export type CompanionsOf = (file: InputFile) => Companions | undefined;

// A class, as an object literal with getters is of a class of its own, and there is one for each keystroke.
export class InputAnalysis {
  private read: InputFile | undefined;
  private found: readonly Diagnostic[] | undefined;

  constructor(
    readonly document: TextDocument,
    readonly tree: InputTree,
    private readonly companionsOf: CompanionsOf,
    /** What was last read of the document, until this version is. */
    private before: InputFile | undefined,
  ) {}

  get text(): string {
    return this.tree.text;
  }

  get file(): InputFile {
    this.read ??= readFile(this.tree, undefined, this.before);
    this.before = undefined;
    return this.read;
  }

  /** What was last read of this version or one before. */
  get lastRead(): InputFile | undefined {
    return this.read ?? this.before;
  }

  get diagnostics(): readonly Diagnostic[] {
    return (this.found ??= checkFile(this.file, this.companions));
  }

  get companions(): Companions | undefined {
    return this.companionsOf(this.file);
  }

  /** The same text, to be checked anew: what it depends on is not as it was. */
  renewed(): InputAnalysis {
    return new InputAnalysis(this.document, this.tree, this.companionsOf, this.lastRead);
  }
}

/** Reads at once, checks when first asked for diagnostics. `previous` is the analysis of another version. */
export function analyzeInput(
  document: TextDocument,
  companionsOf: CompanionsOf = () => undefined,
  previous?: InputAnalysis,
): InputAnalysis {
  return new InputAnalysis(document, readInput(document.getText(), previous?.tree), companionsOf, previous?.lastRead);
}
