/**
 * What the features of `input.nn` work with: a document, its tree, what its lines say, and on demand what the checker says. Made
 * once per version of a document, with all lines of the version before that are still there; immutable.
 */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../../language/diagnostic';
import { checkFile } from '../../language/runner/check/check';
import { readFile, type InputFile } from '../../language/runner/reading';
import { readInput, type InputTree } from '../../language/runner/tree';
import type { Files } from '../files';

export interface InputAnalysis {
  readonly document: TextDocument;
  readonly text: string;
  readonly tree: InputTree;
  readonly file: InputFile;
  readonly diagnostics: readonly Diagnostic[];
}

/** Language id of `input.nn`, for n2p2 and RuNNer. */
export const INPUT_LANGUAGE = 'runner-nn';

/** Reads at once, checks when first asked for diagnostics. `previous` is the analysis of another version. */
export function analyzeInput(document: TextDocument, _files?: Files, previous?: InputAnalysis): InputAnalysis {
  return analysisOf(document, readInput(document.getText(), previous?.tree));
}

/** Apart from `analyzeInput`, so that an analysis does not hold on to the one before. */
function analysisOf(document: TextDocument, tree: InputTree): InputAnalysis {
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
      return (diagnostics ??= checkFile(result.file));
    },
  };
  return result;
}
