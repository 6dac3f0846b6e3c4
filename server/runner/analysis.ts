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

export interface InputAnalysis {
  readonly document: TextDocument;
  readonly text: string;
  readonly tree: InputTree;
  readonly file: InputFile;
  readonly diagnostics: readonly Diagnostic[];
  readonly companions: Companions | undefined;
}

/** Language id of `input.nn`, for n2p2 and RuNNer. */
export const INPUT_LANGUAGE = 'runner-nn';

/** What lies beside the document; undefined as long as it is not known. */
export type CompanionsOf = (file: InputFile) => Companions | undefined;

/** Reads at once, checks when first asked for diagnostics. `previous` is the analysis of another version. */
export function analyzeInput(
  document: TextDocument,
  companionsOf: CompanionsOf = () => undefined,
  previous?: InputAnalysis,
): InputAnalysis {
  return analysisOf(document, readInput(document.getText(), previous?.tree), companionsOf);
}

/** Apart from `analyzeInput`, so that an analysis does not hold on to the one before. */
function analysisOf(document: TextDocument, tree: InputTree, companionsOf: CompanionsOf): InputAnalysis {
  let file: InputFile | undefined;
  let diagnostics: readonly Diagnostic[] | undefined;
  const result: InputAnalysis = {
    document,
    text: tree.text,
    tree,
    get file() {
      return (file ??= readFile(tree));
    },
    get diagnostics() {
      return (diagnostics ??= checkFile(result.file, result.companions));
    },
    get companions() {
      return companionsOf(result.file);
    },
  };
  return result;
}
