import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { format } from '../../../../language/syntax/printer';
import { foldingRangesOf } from '../../../../server/features/folding';
import { differences, formattingOf } from '../../../../server/features/formatting';
import { legend, semanticTokensOf } from '../../../../server/features/semantic-tokens';
import { symbolsOf } from '../../../../server/features/symbols';
import { analysisOf, apply, RICH, textAt } from '../fixture';
import type { DocumentSymbol } from 'vscode-languageserver';

test('formatting gives the text of the printer', () => {
  for (const text of [
    RICH,
    RICH.replaceAll('  ', ' \t '),
    RICH.replaceAll('\n', '\r\n'),
    RICH.replace('}', ''),
    '',
    ' ',
    '\n\n',
  ])
    expect(apply(analysisOf(text), formattingOf(analysisOf(text)))).toBe(format(text));
});

test('formatting touches white space only, in small edits', () => {
  const analysis = analysisOf('potential p {\n cutoff=6 Å\n     elements = [H,O]\n}\n');
  const edits = formattingOf(analysis);
  expect(edits.length).toBeGreaterThan(2);
  for (const edit of edits) expect(textAt(analysis, edit.range) + edit.newText).toMatch(/^\s*$/);
});

test('a comma that goes leaves the words in their place', () => {
  const analysis = analysisOf('potential p {\n  elements = [H, O,]\n cutoff = 6 Å\n}\n');
  const edits = formattingOf(analysis);
  expect(apply(analysis, edits)).toContain('[H, O]');
  for (const edit of edits) expect(textAt(analysis, edit.range) + edit.newText).toMatch(/^[\s,]*$/);
});

test('formatting a range leaves the rest', () => {
  const analysis = analysisOf('potential p {\n cutoff=6 Å\n elements=[H]\n}\n');
  const edits = formattingOf(analysis, { start: { line: 2, character: 0 }, end: { line: 3, character: 0 } });
  expect(apply(analysis, edits)).toContain('\n cutoff=6 Å\n');
  expect(edits.length).toBeGreaterThan(0);
});

test('differences turn any text into any other', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ',', ' ', '\n', '\r', '\t', '𝒳', 'Å') });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const document = TextDocument.create('x', 'potential', 1, before);
      const edits = differences(before, after).map(({ span, text: newText }) => ({
        range: { start: document.positionAt(span.start), end: document.positionAt(span.end) },
        newText,
      }));
      // Where a lone \r ends a line, positions cannot stand behind it.
      if (!before.includes('\r')) expect(TextDocument.applyEdits(document, edits)).toBe(after);
      let result = '';
      let last = 0;
      for (const { span, text: inserted } of differences(before, after)) {
        expect(span.start).toBeGreaterThanOrEqual(last);
        result += before.slice(last, span.start) + inserted;
        last = span.end;
      }
      expect(result + before.slice(last)).toBe(after);
    }),
    { numRuns: 2000 },
  );
});

const outline = (symbols: readonly DocumentSymbol[]): unknown[] =>
  symbols.map(({ name, detail, children }) => (children === undefined ? name : [name, detail, ...outline(children)]));

test('symbols: names first, details behind, nested', () => {
  expect(outline(symbolsOf(analysisOf(RICH)))).toMatchInlineSnapshot(`
    [
      [
        "water",
        "potential",
        "elements",
        "cutoff",
        "cutoff_function",
        "scaling",
        [
          "radial",
          "",
          "width",
          "center",
        ],
        [
          "radial",
          "H O",
          "eta",
          "shift",
        ],
        [
          "angular",
          "",
          "kind",
          "eta",
          "lambda",
          "zeta",
        ],
        [
          "angular",
          "O H H",
          "kind",
          "eta",
          "lambda",
          "zeta",
        ],
        [
          "network",
          "",
          "hidden",
          "activation",
        ],
        [
          "network",
          "O",
          "hidden",
        ],
      ],
      [
        "argon",
        "potential",
        "elements",
        "cutoff",
        [
          "pair",
          "lennard_jones",
          "epsilon",
          "sigma",
        ],
      ],
      [
        "rpbe",
        "dataset",
        "files",
        "energy",
        [
          "units",
          "",
          "length",
          "energy",
        ],
        "test",
        "split_by",
      ],
      [
        "water",
        "train",
        "potential",
        "dataset",
        "force_weight",
        "offset",
        [
          "optimizer",
          "adam",
          "learning_rate",
        ],
        "epochs",
      ],
      [
        "on rpbe",
        "evaluate",
        "potential",
        "dataset",
      ],
      [
        "liquid",
        "md",
        "potential",
        "structure",
        [
          "ensemble",
          "langevin",
          "temperature",
          "friction",
        ],
        "timestep",
        "duration",
        [
          "output",
          "",
          "every",
          "file",
        ],
      ],
    ]
  `);
});

test('symbols contain their selections', () => {
  const visit = (symbols: readonly DocumentSymbol[]): void => {
    for (const { range, selectionRange, children } of symbols) {
      expect([selectionRange.start.line, selectionRange.end.line]).toEqual([range.start.line, expect.any(Number)]);
      expect(selectionRange.start.character).toBeGreaterThanOrEqual(range.start.character);
      visit(children ?? []);
    }
  };
  visit(symbolsOf(analysisOf(RICH)));
});

test('folds: blocks without their last line, lists, comments', () => {
  const text =
    '# a\n# b\npotential p {\n  radial {\n    eta = [\n      1,\n    ]\n  }\n}\nmd m { x = 1 }\ntrain t {\n  x = 1\n';
  expect(foldingRangesOf(analysisOf(text))).toMatchInlineSnapshot(`
    [
      {
        "endLine": 7,
        "startLine": 2,
      },
      {
        "endLine": 6,
        "startLine": 3,
      },
      {
        "endLine": 5,
        "startLine": 4,
      },
      {
        "endLine": 11,
        "startLine": 10,
      },
      {
        "endLine": 1,
        "kind": "comment",
        "startLine": 0,
      },
    ]
  `);
});

function tokens(text: string): string[] {
  const analysis = analysisOf(text);
  const { data } = semanticTokensOf(analysis);
  const found: string[] = [];
  let [line, character] = [0, 0];
  for (let i = 0; i < data.length; i += 5) {
    character = data[i] === 0 ? character + data[i + 1] : data[i + 1];
    line += data[i];
    const range = { start: { line, character }, end: { line, character: character + data[i + 2] } };
    found.push(`${textAt(analysis, range)} ${legend.tokenTypes[data[i + 3]]}`);
  }
  return found;
}

test('semantic tokens say what a name means', () => {
  expect(
    tokens(
      'potential p {\n  elements = [H, Xx]\n  radial H O { eta = linspace(1, 2, 3) Å; nonsense = 1 }\n}\ntrain t { potential = p; offset = none; optimizer adam { } }',
    ),
  ).toEqual([
    'potential keyword',
    'p class',
    'elements property',
    'H type',
    'radial keyword',
    'H type',
    'O type',
    'eta property',
    'linspace function',
    'train keyword',
    't class',
    'potential property',
    'p class',
    'offset property',
    'none enumMember',
    'optimizer keyword',
    'adam enumMember',
  ]);
});

test('semantic tokens of a range are those of the whole in it', () => {
  const analysis = analysisOf(RICH);
  const range = { start: { line: 8, character: 0 }, end: { line: 12, character: 0 } };
  const part = semanticTokensOf(analysis, range).data.length;
  expect(part).toBeGreaterThan(0);
  expect(part).toBeLessThan(semanticTokensOf(analysis).data.length);
  const all = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
  expect(semanticTokensOf(analysis, all)).toEqual(semanticTokensOf(analysis));
});
