/** textDocument/codeAction in `.potential`: the fixes of diagnostics, and other ways to write what stands at the cursor. */
import { CodeActionKind, type CodeAction, type CodeActionContext, type Range } from 'vscode-languageserver';
import { writeParameters } from '../../language/check/pairs';
import { spanOf, type Analysis } from '../analysis';
import { nodeAt } from '../context';
import { codeActionsOf, wantsRewrites, workspaceEdit } from './code-actions';
import { solvedSampleOf } from './effects';

export function definitionActionsOf(
  analysis: Analysis,
  range: Range,
  context: Pick<CodeActionContext, 'only' | 'triggerKind'>,
): CodeAction[] {
  return [
    ...codeActionsOf(analysis, range, context),
    ...(wantsRewrites(context) ? rewriteSample(analysis, spanOf(analysis.document, range).start) : []),
  ];
}

/** A sample of a Lennard-Jones potential as the parameters that it determines. */
function rewriteSample(analysis: Analysis, offset: number): CodeAction[] {
  const blocks = nodeAt(analysis.tree, offset)?.blocks ?? [];
  if (blocks.map(({ name }) => name.text).join('.') !== 'potential.pair.sample') return [];
  const solved = solvedSampleOf(analysis, blocks);
  if (solved === undefined) return [];
  const edits = [{ span: blocks[2], text: writeParameters(solved) }];
  return [
    {
      title: 'Write the sample as epsilon and sigma',
      kind: CodeActionKind.RefactorRewrite,
      edit: workspaceEdit(analysis, edits),
    },
  ];
}
