/** textDocument/codeAction: the fixes that diagnostics carry, one by one, all of a kind, and on demand all safe ones. */
import {
  CodeActionKind,
  CodeActionTriggerKind,
  type CodeAction,
  type CodeActionContext,
  type Range,
} from 'vscode-languageserver';
import type { Diagnostic, Fix, TextEdit } from '../../language/diagnostic';
import type { Span } from '../../language/syntax/tree';
import { rangeOf, spanOf, type Diagnosed } from '../analysis';
import { diagnosticsOf } from './diagnostics';

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.nearsight`;

/** Whether changes that no diagnostic asks for are wanted: only when somebody asks for what there is. */
export const wantsRewrites = ({ only, triggerKind }: Pick<CodeActionContext, 'only' | 'triggerKind'>): boolean =>
  only === undefined
    ? triggerKind !== CodeActionTriggerKind.Automatic
    : only.some((kind) => CodeActionKind.RefactorRewrite.startsWith(kind));

/** `only` of the context says which kinds are wanted; kinds are hierarchical. */
export function codeActionsOf(
  analysis: Diagnosed,
  range: Range,
  context: Pick<CodeActionContext, 'only'>,
): CodeAction[] {
  const wanted = (kind: string): boolean =>
    context.only === undefined
      ? kind === CodeActionKind.QuickFix
      : context.only.some((only) => only === '' || kind === only || kind.startsWith(`${only}.`));
  return [
    ...(wanted(CodeActionKind.QuickFix) ? quickFixes(analysis, spanOf(analysis.document, range)) : []),
    ...(wanted(FIX_ALL) ? fixAll(analysis) : []),
  ];
}

function quickFixes(analysis: Diagnosed, span: Span): CodeAction[] {
  const here = analysis.diagnostics.filter(({ span: { start, end } }) => start <= span.end && span.start <= end);
  const single = here.flatMap((diagnostic) =>
    (diagnostic.fixes ?? []).map((fix): CodeAction => ({
      // Menus show plain text, not Markdown.
      title: fix.title.replaceAll('`', ''),
      kind: CodeActionKind.QuickFix,
      diagnostics: diagnosticsOf({ document: analysis.document, diagnostics: [diagnostic] }, () => undefined),
      ...(fix.preferred === true && { isPreferred: true }),
      edit: workspaceEdit(analysis, fix.edits),
    })),
  );
  const codes = [...new Set(here.map(({ code }) => code))];
  const together = codes.flatMap((code): CodeAction[] => {
    const alike = analysis.diagnostics.filter((diagnostic) => diagnostic.code === code);
    const { edits, count } = merge(alike);
    if (count < 2) return [];
    return [
      {
        title: `Fix all ${count} of this kind (${code})`,
        kind: CodeActionKind.QuickFix,
        edit: workspaceEdit(analysis, edits),
      },
    ];
  });
  return [...single, ...together];
}

/** Safe without looking: what only takes away text that has no effect. Everything else may be a wrong guess. */
function fixAll(analysis: Diagnosed): CodeAction[] {
  const { edits, count } = merge(analysis.diagnostics.filter((diagnostic) => diagnostic.unnecessary === true));
  if (count === 0) return [];
  return [{ title: 'Remove all that has no effect', kind: FIX_ALL, edit: workspaceEdit(analysis, edits) }];
}

/** What would be done without asking: the preferred fix, and for what has no effect the only one that there is. */
const usualFix = ({ fixes = [], unnecessary }: Diagnostic): Fix | undefined =>
  fixes.find(({ preferred }) => preferred === true) ??
  (unnecessary === true && fixes.length === 1 ? fixes[0] : undefined);

/** The usual fixes of the diagnostics, leaving out those that overlap with an earlier one. */
function merge(diagnostics: readonly Diagnostic[]): { edits: TextEdit[]; count: number } {
  const edits: TextEdit[] = [];
  let count = 0;
  for (const diagnostic of diagnostics) {
    const fix = usualFix(diagnostic);
    if (fix === undefined || fix.edits.some((edit) => edits.some((other) => overlap(edit.span, other.span)))) continue;
    edits.push(...fix.edits);
    count++;
  }
  return { edits, count };
}

/** Insertions at one place count as overlapping: their order would be arbitrary. */
const overlap = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end;

export function workspaceEdit({ document }: Diagnosed, edits: readonly TextEdit[]): NonNullable<CodeAction['edit']> {
  return {
    changes: { [document.uri]: edits.map(({ span, text }) => ({ range: rangeOf(document, span), newText: text })) },
  };
}
