/** textDocument/codeAction in `input.nn`: the fixes of diagnostics, and changes of the whole file that a person may ask for. */
import { CodeActionKind, type CodeAction, type CodeActionContext, type Range } from 'vscode-languageserver';
import type { TextEdit } from '../../language/diagnostic';
import {
  convertLengths,
  generateFunctions,
  lammpsComment,
  sortFunctions,
  writeAtomEnergies,
} from '../../language/runner/refactor';
import { elementsOf, functionsOf, unitsOf } from '../../language/runner/reading';
import { CONVERT_COMMAND } from '../../protocol/requests';
import { codeActionsOf, wantsRewrites, workspaceEdit } from '../features/code-actions';
import { spanOf } from '../analysis';
import type { InputAnalysis } from './analysis';
import { commandFixes } from './commands';

export function inputActionsOf(
  analysis: InputAnalysis,
  range: Range,
  context: Pick<CodeActionContext, 'only' | 'triggerKind'>,
): CodeAction[] {
  const { start, end } = spanOf(analysis.document, range);
  const here =
    context.only === undefined || context.only.some((only) => CodeActionKind.QuickFix.startsWith(only))
      ? analysis.diagnostics.filter(({ span }) => span.start <= end && start <= span.end)
      : [];
  return [
    ...codeActionsOf(analysis, range, context),
    ...commandFixes(analysis, here),
    ...(wantsRewrites(context) ? rewrites(analysis) : []),
  ];
}

function rewrites(analysis: InputAnalysis): CodeAction[] {
  const { file, document, tree } = analysis;
  const rewrite = (title: string, edits: readonly TextEdit[]): CodeAction[] =>
    edits.length === 0 ? [] : [{ title, kind: CodeActionKind.RefactorRewrite, edit: workspaceEdit(analysis, edits) }];
  const { length } = unitsOf(tree);
  const atomEnergies = analysis.companions?.data?.facts?.atomEnergies;
  const hasFunctions = functionsOf(file).length > 0;
  return [
    ...(hasFunctions && elementsOf(file).length > 0
      ? [
          {
            title: 'Convert to .potential',
            kind: CodeActionKind.RefactorRewrite,
            command: { title: 'Convert to .potential', command: CONVERT_COMMAND, arguments: [document.uri] },
          },
        ]
      : []),
    ...rewrite('Sort the symmetry functions as n2p2 does', sortFunctions(file)),
    ...(length === 'bohr' ? [] : rewrite('Convert all lengths from Å to bohr', convertLengths(file, 'bohr'))),
    ...(length === 'angstrom' ? [] : rewrite('Convert all lengths from bohr to Å', convertLengths(file, 'angstrom'))),
    ...rewrite('Generate symmetry functions for all elements', generateFunctions(file)),
    ...rewrite(
      'Fit the energies of atoms to input.data',
      atomEnergies === undefined ? [] : writeAtomEnergies(file, atomEnergies),
    ),
    ...rewrite('Add the lines for LAMMPS as a comment', lammpsComment(file)),
  ];
}
