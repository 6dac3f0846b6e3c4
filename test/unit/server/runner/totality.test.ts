/** Every feature of `input.nn` answers at every offset of every text, whatever is half-typed or broken in it. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatInput } from '../../../../language/runner/printer';
import { resolveCompletion } from '../../../../server/features/completion';
import { diagnosticsOf } from '../../../../server/features/diagnostics';
import { editsInto } from '../../../../server/features/formatting';
import type { InputAnalysis } from '../../../../server/runner/analysis';
import { inputActionsOf } from '../../../../server/runner/code-actions';
import { completeInputAt } from '../../../../server/runner/completion';
import { foldingRangesOfInput } from '../../../../server/runner/folding';
import { hoverInputAt } from '../../../../server/runner/hover';
import { semanticTokensOfInput } from '../../../../server/runner/semantic-tokens';
import { signatureHelpAt } from '../../../../server/runner/signature-help';
import { symbolsOfInput } from '../../../../server/runner/symbols';
import { inputFiles, inputText } from '../../language/runner/arbitrary';
import { TRAINING } from '../../language/runner/cases';
import { inputOf } from './fixture';

/** A small file with every kind of position in it. */
const SMALL = `# length: bohr
elements H O ! two
cutoff_type 6 0.1
global_activation_short t t l
selection_mode 2 5 0
symfunction_short H 3 H O 0.01 1 4 12.0 # an angle
symfunction O 20 H 0.0 8.0 p2a
runner_mod 2
`;

function askAboutDocument(input: InputAnalysis): void {
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
  editsInto(input, formatInput(text));
  semanticTokensOfInput(input);
  semanticTokensOfInput(input, whole);
}

function askAt(input: InputAnalysis, offset: number): void {
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
  inputActionsOf(input, { start: here, end: here }, {});
}

/** NEARSIGHT_EXHAUSTIVE=1 (minutes): every offset of every prefix of every file; otherwise a sample of them. */
const exhaustive = process.env.NEARSIGHT_EXHAUSTIVE === '1';
const TIMEOUT = { timeout: exhaustive ? 7_200_000 : 120_000 };
/** Where the person types: the end of a prefix is asked about offset by offset. */
const TAIL = 8;

/** At every offset of the last few, and at every `stride`-th of the others. */
function askEverywhere(text: string, stride: number): void {
  const input = inputOf(text);
  askAboutDocument(input);
  const tail = Math.max(0, text.length - TAIL);
  for (let offset = 0; offset < tail; offset += stride) askAt(input, offset);
  for (let offset = tail; offset <= text.length; offset++) askAt(input, offset);
}

test('every offset of every prefix of a small file', TIMEOUT, () => {
  for (let length = 0; length <= SMALL.length; length++) askEverywhere(SMALL.slice(0, length), exhaustive ? 1 : 7);
  askEverywhere(SMALL, 1);
});

test('prefixes of real files', TIMEOUT, () => {
  const chosen = ['H2O_RPBE-D3/input.nn', 'Anisole_SCAN/input.nn', 'element_nodes/input.nn', 'QM9/input.nn.wacsf'];
  const files = inputFiles.filter(({ name }) => exhaustive || chosen.some((end) => name.endsWith(end)));
  if (files.length === 0) console.warn('skipped: there are no data');
  for (const { path } of files) {
    const text = readFileSync(path, 'utf8');
    const step = exhaustive ? 1 : Math.ceil(text.length / 10);
    for (let length = 0; length <= text.length; length += step)
      askEverywhere(text.slice(0, length), exhaustive ? 1 : Math.ceil(text.length / 20) * 2 + 1);
  }
});

test('random edits', TIMEOUT, () => {
  fc.assert(
    fc.property(
      fc.oneof(inputText(SMALL), inputText(TRAINING), fc.string({ unit: 'binary', maxLength: 80 })),
      fc.array(fc.nat(), { maxLength: 5 }),
      (text, offsets) => {
        const input = inputOf(text);
        askAboutDocument(input);
        for (const offset of offsets) askAt(input, offset % (text.length + 1));
        askAt(input, text.length);
      },
    ),
    { numRuns: 150 },
  );
});
