/** Everything that can be asked about a document of either language, and what must hold of the answers. */
import { expect } from 'vitest';
import type { SelectionRange } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { describeExpansion } from '../../../language/definition/expansion';
import { formatInput } from '../../../language/runner/printer';
import type { Analysis } from '../../../server/analysis';
import { codeActionsOf } from '../../../server/features/code-actions';
import { completionsAt, resolveCompletion } from '../../../server/features/completion';
import { declarationLinks, fileLinks } from '../../../server/features/definition';
import { diagnosticsOf } from '../../../server/features/diagnostics';
import { foldingRangesOf } from '../../../server/features/folding';
import { editsInto, FORMAT_TRIGGERS, formattingOf, formattingWhileTyping } from '../../../server/features/formatting';
import { hoverAt } from '../../../server/features/hover';
import { inlayHintsOf } from '../../../server/features/inlay-hints';
import { lensesOf } from '../../../server/features/lenses';
import { linksOf } from '../../../server/features/links';
import { highlightsOf, referencesOf } from '../../../server/features/references';
import { renameOf, renameRangeOf } from '../../../server/features/rename';
import { selectionRangesOf } from '../../../server/features/selection-ranges';
import { semanticTokensOf } from '../../../server/features/semantic-tokens';
import { symbolsOf } from '../../../server/features/symbols';
import { occurrencesAt, type Occurrences } from '../../../server/names';
import type { InputAnalysis } from '../../../server/runner/analysis';
import { inputActionsOf } from '../../../server/runner/code-actions';
import { completeInputAt } from '../../../server/runner/completion';
import { foldingRangesOfInput } from '../../../server/runner/folding';
import { hoverInputAt } from '../../../server/runner/hover';
import { elementAt } from '../../../server/runner/names';
import { inlayHintsOfInput } from '../../../server/runner/inlay-hints';
import { selectionRangesOfInput } from '../../../server/runner/selection-ranges';
import { semanticTokensOfInput } from '../../../server/runner/semantic-tokens';
import { signatureHelpAt } from '../../../server/runner/signature-help';
import { symbolsOfInput } from '../../../server/runner/symbols';

export function askAboutDocument(analysis: Analysis): void {
  const { document, text } = analysis;
  const whole = { start: { line: 0, character: 0 }, end: document.positionAt(text.length) };
  for (const { range } of diagnosticsOf(analysis, () => undefined))
    expect(document.offsetAt(range.end)).toBeLessThanOrEqual(text.length);
  codeActionsOf(analysis, whole, {});
  symbolsOf(analysis);
  foldingRangesOf(analysis);
  formattingOf(analysis);
  for (const character of FORMAT_TRIGGERS) formattingWhileTyping(analysis, character, document.positionAt(text.length));
  semanticTokensOf(analysis);
  semanticTokensOf(analysis, whole);
  linksOf(analysis);
  inlayHintsOf(analysis, whole, []);
  lensesOf(analysis, [{ kind: 'train', label: 't', state: 'interrupted', summary: '' }]);
  for (const potential of analysis.definition.potentials.values()) describeExpansion(potential);
}

export function askAt(analysis: Analysis, offset: number): void {
  for (const item of completionsAt(analysis, offset, { snippets: true })) {
    if (item.textEdit === undefined || !('range' in item.textEdit)) throw new Error(`${item.label} has no edit`);
    const { start, end } = item.textEdit.range;
    // LSP asks for it: the edit is on the cursor's line and around the cursor.
    const { line, character } = analysis.document.positionAt(offset);
    if (start.line !== line || end.line !== line || start.character > character || end.character < character)
      throw new Error(`the edit of ${item.label} is not around the cursor`);
  }
  const [first] = completionsAt(analysis, offset, { snippets: false, trigger: ' ' });
  if ((first as typeof first | undefined) !== undefined) resolveCompletion(first);
  hoverAt(analysis, offset);
  fileLinks(analysis, offset);
  const name = occurrencesAt(analysis.tree, offset);
  if (name !== undefined) askAboutName(analysis.document, name, offset);
  checkSelection(analysis.document, offset, selectionRangesOf(analysis, [analysis.document.positionAt(offset)]));
  codeActionsOf(
    analysis,
    { start: analysis.document.positionAt(offset), end: analysis.document.positionAt(offset) },
    {},
  );
}

export function askAboutInput(input: InputAnalysis): void {
  const { document, text } = input;
  const whole = { start: { line: 0, character: 0 }, end: document.positionAt(text.length) };
  for (const { range } of diagnosticsOf(input, () => undefined))
    expect(document.offsetAt(range.end)).toBeLessThanOrEqual(text.length);
  inputActionsOf(input, whole, {});
  const lines = document.lineCount;
  for (const { startLine, endLine } of foldingRangesOfInput(input))
    if (startLine >= endLine || endLine >= lines) throw new Error('a fold of nothing');
  const check = (symbols: ReturnType<typeof symbolsOfInput>, end: number): void => {
    for (const { range, selectionRange, children, name } of symbols) {
      const [a, b, c, d] = [range.start, selectionRange.start, selectionRange.end, range.end].map((p) => document.offsetAt(p)); // prettier-ignore
      if (a > b || b > c || c > d || d > end || name === '') throw new Error(`the symbol ${name} is not in its range`);
      check(children ?? [], d);
    }
  };
  check(symbolsOfInput(input), text.length);
  inlayHintsOfInput(input, whole);
  editsInto(input, formatInput(text));
  semanticTokensOfInput(input);
  semanticTokensOfInput(input, whole);
}

export function askInputAt(input: InputAnalysis, offset: number): void {
  const { line, character } = input.document.positionAt(offset);
  for (const item of completeInputAt(input, offset, { snippets: true })) {
    if (item.textEdit === undefined || !('range' in item.textEdit)) throw new Error(`${item.label} has no edit`);
    const { start, end } = item.textEdit.range;
    // LSP asks for it: the edit is on the cursor's line and around the cursor.
    if (start.line !== line || end.line !== line || start.character > character || end.character < character)
      throw new Error(`the edit of ${item.label} is not around the cursor`);
  }
  const first = completeInputAt(input, offset, { snippets: false, trigger: ' ' }).at(0);
  if (first !== undefined) resolveCompletion(first);
  hoverInputAt(input, offset);
  const help = signatureHelpAt(input, offset);
  if (help !== undefined) {
    const { parameters } = help.signatures[help.activeSignature ?? 0];
    if ((help.activeParameter ?? 0) >= (parameters?.length ?? 0)) throw new Error('the active parameter is none');
  }
  const here = { line, character };
  const name = elementAt(input, offset);
  if (name !== undefined) askAboutName(input.document, name, offset);
  checkSelection(input.document, offset, selectionRangesOfInput(input, [here]));
  inputActionsOf(input, { start: here, end: here }, {});
}

/** One of its places is at the offset, and all of them are the name. */
function askAboutName(document: TextDocument, name: Occurrences, offset: number): void {
  const text = document.getText();
  let end = 0;
  for (const place of name.places) {
    if (place.start < end || place.end > text.length || place.end <= place.start) throw new Error('a wrong place');
    ({ end } = place);
  }
  if (renameRangeOf(document, name, offset) === undefined)
    throw new Error(`${name.text} is not where it was asked for`);
  renameOf(document, name, 'new name');
  renameOf(document, name, 'He');
  referencesOf(document, name, true);
  highlightsOf(document, name);
  declarationLinks(document, name, offset);
}

/** Each range lies in its parent and around the offset. */
function checkSelection(document: TextDocument, offset: number, [selection]: readonly SelectionRange[]): void {
  for (let at: SelectionRange | undefined = selection; at !== undefined; at = at.parent) {
    const [start, end] = [document.offsetAt(at.range.start), document.offsetAt(at.range.end)];
    const [outerStart, outerEnd] =
      at.parent === undefined
        ? [0, document.getText().length]
        : [document.offsetAt(at.parent.range.start), document.offsetAt(at.parent.range.end)];
    // A position inside of a line end is that before it.
    const here = document.offsetAt(document.positionAt(offset));
    if (start > here || end < here || start < outerStart || end > outerEnd) throw new Error('a wrong selection range');
  }
}
