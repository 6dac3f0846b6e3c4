/** Every feature answers at every offset of every text, whatever is half-typed or broken in it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Analysis } from '../../../server/analysis';
import { codeActionsOf } from '../../../server/features/code-actions';
import { completionsAt, resolveCompletion } from '../../../server/features/completion';
import { definitionAt, linksOf, referencesAt, renameAt, renameRangeAt } from '../../../server/features/definition';
import { diagnosticsOf } from '../../../server/features/diagnostics';
import { foldingRangesOf } from '../../../server/features/folding';
import { formattingOf } from '../../../server/features/formatting';
import { hoverAt } from '../../../server/features/hover';
import { lensesOf } from '../../../server/features/lenses';
import { semanticTokensOf } from '../../../server/features/semantic-tokens';
import { symbolsOf } from '../../../server/features/symbols';
import { describeExpansion } from '../../../language/definition/expansion';
import { analysisOf, filesOf, RICH } from './fixture';

const files = filesOf('ice.xyz', 'data/a.xyz', 'data/b.xyz');
const root = path.resolve(__dirname, '../../..');
const examples = readdirSync(path.join(root, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.potential'))
  .map((name) => ({ name, text: readFileSync(path.join(root, 'examples', name), 'utf8') }));

/** A small file with every kind of position in it. */
const SMALL = `potential p {
  elements = [H]; cutoff = 6 bohr # c
  radial H H { eta = linspace(1, 2, 3) Å^-2 }
}
dataset "d" { files = ["data/*.xyz"]; split_by = key("s") }
train t { potential = p; dataset = "d"; optimizer adam { } }
md m { structure = "ice.xyz"; ensemble langevin { friction = 5 1/ps }; duration = 1 ps }
`;

function askAboutDocument(analysis: Analysis): void {
  const { document, text } = analysis;
  const whole = { start: { line: 0, character: 0 }, end: document.positionAt(text.length) };
  for (const { range } of diagnosticsOf(analysis, () => undefined))
    expect(document.offsetAt(range.end)).toBeLessThanOrEqual(text.length);
  codeActionsOf(analysis, whole, {});
  symbolsOf(analysis);
  foldingRangesOf(analysis);
  formattingOf(analysis);
  semanticTokensOf(analysis);
  semanticTokensOf(analysis, whole);
  linksOf(analysis);
  lensesOf(analysis, [{ kind: 'train', label: 't', state: 'interrupted', summary: '' }]);
  for (const potential of analysis.definition.potentials.values()) describeExpansion(potential);
}

function askAt(analysis: Analysis, offset: number): void {
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
  definitionAt(analysis, offset);
  referencesAt(analysis, offset, true);
  if (renameRangeAt(analysis, offset) !== undefined) renameAt(analysis, offset, 'new name');
  codeActionsOf(
    analysis,
    { start: analysis.document.positionAt(offset), end: analysis.document.positionAt(offset) },
    {},
  );
}

/** At every `stride`-th offset of the text, and at its end. */
function askEverywhere(text: string, stride: number): void {
  const analysis = analysisOf(text, files);
  askAboutDocument(analysis);
  for (let offset = 0; offset < text.length; offset += stride) askAt(analysis, offset);
  askAt(analysis, text.length);
}

test('every offset of every prefix of a small file', () => {
  for (let length = 0; length <= SMALL.length; length++) askEverywhere(SMALL.slice(0, length), 1);
});

/** So many offsets are asked about per file: strides are coprime to line lengths, so that all columns come up. */
const OFFSETS = 40_000;

test.each([{ name: 'the whole language', text: RICH }, ...examples])('prefixes of $name', ({ text }) => {
  // Every prefix is analysed and asked about at its end, where the person types.
  const stride = Math.max(1, Math.floor((text.length * text.length) / 2 / OFFSETS)) * 2 + 1;
  const step = Math.max(1, Math.floor(text.length / 1500));
  for (let length = 0; length <= text.length; length += step) askEverywhere(text.slice(0, length), stride);
  askEverywhere(text, 1);
});

const pieces = [
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '"',
  '=',
  ';',
  ',',
  '#',
  '\n',
  '\r\n',
  ' ',
  '1/',
  'Å',
  '^',
  '..',
  '\\',
  '\u0000',
  '𝒳',
  '-',
  '5',
  'key',
  'potential p',
  'constructor',
  '__proto__ = 1',
  'toString { valueOf = hasOwnProperty }',
];

test('random edits', () => {
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat(40),
    insert: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' })),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(SMALL, RICH),
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      fc.nat(),
      (start, edits, where) => {
        let text = start;
        for (const { at, remove, insert } of edits) {
          const offset = at % (text.length + 1);
          text = text.slice(0, offset) + insert + text.slice(offset + remove);
        }
        const analysis = analysisOf(text, files);
        askAboutDocument(analysis);
        for (const { at } of edits) askAt(analysis, at % (text.length + 1));
        askAt(analysis, where % (text.length + 1));
      },
    ),
    { numRuns: 300 },
  );
});
