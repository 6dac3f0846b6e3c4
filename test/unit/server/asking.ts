/** Everything that can be asked about a document of either language, and what must hold of the answers. */
import type {
  CompletionItem,
  DocumentSymbol,
  FoldingRange,
  Position,
  Range,
  SelectionRange,
  SemanticTokens,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { describeExpansion } from '../../../language/definition/expansion';
import { formatInput } from '../../../language/runner/printer';
import type { Analysis } from '../../../server/analysis';
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
import { definitionActionsOf } from '../../../server/features/rewrites';
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

const NOWHERE = (): undefined => undefined;
const wholeOf = (document: TextDocument): Range => ({
  start: { line: 0, character: 0 },
  end: document.positionAt(document.getText().length),
});
const pointAt = (document: TextDocument, offset: number): Range => {
  const position = document.positionAt(offset);
  return { start: position, end: position };
};

/** About a `.potential` file as a whole. */
export const questions: readonly ((analysis: Analysis) => unknown)[] = [
  (analysis) => diagnosticsOf(analysis, NOWHERE),
  (analysis) => definitionActionsOf(analysis, wholeOf(analysis.document), {}),
  symbolsOf,
  (analysis) => checkFolds(analysis.document, foldingRangesOf(analysis)),
  (analysis) => formattingOf(analysis),
  (analysis) =>
    FORMAT_TRIGGERS.map((character) => {
      const { document, text } = analysis;
      return formattingWhileTyping(analysis, character, document.positionAt(text.length));
    }),
  (analysis) => checkTokens(analysis.document, semanticTokensOf(analysis)),
  (analysis) => semanticTokensOf(analysis, wholeOf(analysis.document)),
  linksOf,
  (analysis) => inlayHintsOf(analysis, wholeOf(analysis.document), []),
  (analysis) => lensesOf(analysis, [{ kind: 'train', label: 't', state: 'interrupted', summary: '' }]),
  ({ definition }) => [...definition.potentials.values()].map(describeExpansion),
];

/** About a place in it. */
export const questionsAt: readonly ((analysis: Analysis, offset: number) => unknown)[] = [
  (analysis, offset) => {
    const items = completionsAt(analysis, offset, { snippets: true });
    return checkCompletions(analysis.document, offset, items);
  },
  (analysis, offset) => completionsAt(analysis, offset, { snippets: false, trigger: ' ' }).slice(0, 1).map(resolveCompletion), // prettier-ignore
  hoverAt,
  fileLinks,
  ({ document, tree }, offset) => askAboutName(document, occurrencesAt(tree, offset), offset),
  (analysis, offset) => {
    const { document } = analysis;
    return checkSelection(document, offset, selectionRangesOf(analysis, [document.positionAt(offset)]));
  },
  (analysis, offset) => definitionActionsOf(analysis, pointAt(analysis.document, offset), {}),
];

/** About an `input.nn` as a whole. */
export const inputQuestions: readonly ((input: InputAnalysis) => unknown)[] = [
  (input) => diagnosticsOf(input, NOWHERE),
  (input) => inputActionsOf(input, wholeOf(input.document), {}),
  (input) => checkFolds(input.document, foldingRangesOfInput(input)),
  (input) => checkSymbols(input.document, symbolsOfInput(input), input.text.length),
  (input) => inlayHintsOfInput(input, wholeOf(input.document)),
  (input) => editsInto(input, formatInput(input.text)),
  (input) => checkTokens(input.document, semanticTokensOfInput(input)),
  (input) => semanticTokensOfInput(input, wholeOf(input.document)),
];

/** About a place in it. */
export const inputQuestionsAt: readonly ((input: InputAnalysis, offset: number) => unknown)[] = [
  (input, offset) => checkCompletions(input.document, offset, completeInputAt(input, offset, { snippets: true })),
  (input, offset) => completeInputAt(input, offset, { snippets: false, trigger: ' ' }).slice(0, 1).map(resolveCompletion), // prettier-ignore
  hoverInputAt,
  (input, offset) => {
    const help = signatureHelpAt(input, offset);
    const parameters = help?.signatures[help.activeSignature ?? 0].parameters;
    if (help !== undefined && (help.activeParameter ?? 0) >= (parameters?.length ?? 0))
      throw new Error('the active parameter is none');
    return help;
  },
  (input, offset) => askAboutName(input.document, elementAt(input, offset), offset),
  (input, offset) => {
    const { document } = input;
    return checkSelection(document, offset, selectionRangesOfInput(input, [document.positionAt(offset)]));
  },
  (input, offset) => inputActionsOf(input, pointAt(input.document, offset), {}),
];

export function askAboutDocument(analysis: Analysis): void {
  for (const question of questions) checkRanges(analysis.document, question(analysis));
}

export function askAt(analysis: Analysis, offset: number): void {
  for (const question of questionsAt) question(analysis, offset);
}

export function askAboutInput(input: InputAnalysis): void {
  for (const question of inputQuestions) checkRanges(input.document, question(input));
}

export function askInputAt(input: InputAnalysis, offset: number): void {
  for (const question of inputQuestionsAt) question(input, offset);
}

/** Every position in an answer is one of the document, and no range ends before it begins. */
export function checkRanges(document: TextDocument, answer: unknown): void {
  if (Array.isArray(answer)) for (const one of answer) checkRanges(document, one);
  else if (typeof answer === 'object' && answer !== null) {
    const { start, end } = answer as Partial<Record<'start' | 'end', unknown>>;
    if (isPosition(start) && isPosition(end)) {
      const [from, to] = [document.offsetAt(start), document.offsetAt(end)];
      const exist = [start, end].every((position) => {
        const same = document.positionAt(document.offsetAt(position));
        return same.line === position.line && same.character === position.character;
      });
      if (!exist || from > to) throw new Error(`a wrong range ${JSON.stringify(answer)}`);
    } else for (const one of Object.values(answer)) checkRanges(document, one);
  }
}

const isPosition = (value: unknown): value is Position =>
  typeof value === 'object' && value !== null && 'line' in value && 'character' in value;

/** LSP asks for it: the edit is on the cursor's line and around the cursor. */
function checkCompletions(document: TextDocument, offset: number, items: readonly CompletionItem[]): unknown {
  const { line, character } = document.positionAt(offset);
  for (const { label, textEdit } of items) {
    if (textEdit === undefined || !('range' in textEdit)) throw new Error(`${label} has no edit`);
    const { start, end } = textEdit.range;
    if (start.line !== line || end.line !== line || start.character > character || end.character < character)
      throw new Error(`the edit of ${label} is not around the cursor`);
  }
  return items;
}

function checkFolds({ lineCount }: TextDocument, folds: readonly FoldingRange[]): unknown {
  for (const { startLine, endLine } of folds)
    if (startLine >= endLine || endLine >= lineCount) throw new Error('a fold of nothing');
  return folds;
}

/** Tokens are in the order of the text, and each lies in its line. */
function checkTokens(document: TextDocument, { data }: SemanticTokens): unknown {
  let [line, character] = [0, 0];
  for (let i = 0; i < data.length; i += 5) {
    const [lines, characters, length] = data.slice(i, i + 3);
    if (lines < 0 || length <= 0) throw new Error('a wrong token');
    [line, character] = [line + lines, lines === 0 ? character + characters : characters];
    const end = document.positionAt(document.offsetAt({ line, character: character + length }));
    if (end.line !== line || end.character !== character + length) throw new Error('a token beyond its line');
  }
  return undefined;
}

function checkSymbols(document: TextDocument, symbols: readonly DocumentSymbol[], end: number): unknown {
  for (const { range, selectionRange, children = [], name } of symbols) {
    const [a, b, c, d] = [range.start, selectionRange.start, selectionRange.end, range.end].map((p) => document.offsetAt(p)); // prettier-ignore
    if (a > b || b > c || c > d || d > end || name === '') throw new Error(`the symbol ${name} is not in its range`);
    checkSymbols(document, children, d);
  }
  return symbols;
}

/** One of its places is at the offset, and all of them are the name. */
function askAboutName(document: TextDocument, name: Occurrences | undefined, offset: number): unknown {
  if (name === undefined) return undefined;
  const text = document.getText();
  let end = 0;
  for (const place of name.places) {
    if (place.start < end || place.end > text.length || place.end <= place.start) throw new Error('a wrong place');
    ({ end } = place);
  }
  if (renameRangeOf(document, name, offset) === undefined)
    throw new Error(`${name.text} is not where it was asked for`);
  return [
    renameOf(document, name, 'new name'),
    renameOf(document, name, 'He'),
    referencesOf(document, name, true),
    highlightsOf(document, name),
    declarationLinks(document, name, offset),
  ];
}

/** Each range lies in its parent and around the offset. */
function checkSelection(document: TextDocument, offset: number, selections: readonly SelectionRange[]): unknown {
  for (let at: SelectionRange | undefined = selections[0]; at !== undefined; at = at.parent) {
    const [start, end] = [document.offsetAt(at.range.start), document.offsetAt(at.range.end)];
    const [outerStart, outerEnd] =
      at.parent === undefined
        ? [0, document.getText().length]
        : [document.offsetAt(at.parent.range.start), document.offsetAt(at.parent.range.end)];
    // A position inside of a line end is that before it.
    const here = document.offsetAt(document.positionAt(offset));
    if (start > here || end < here || start < outerStart || end > outerEnd) throw new Error('a wrong selection range');
  }
  return selections;
}
