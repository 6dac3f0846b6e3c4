/** Every feature answers at every offset of every text, whatever is half-typed or broken in it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { test } from 'vitest';
import { askAboutDocument, askAt } from './asking';
import { analysisOf, knownFilesOf, RICH } from './fixture';

const files = knownFilesOf('ice.xyz', 'data/a.xyz', 'data/b.xyz');
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

/** NEARSIGHT_EXHAUSTIVE=1 (minutes): every offset of every prefix of every file; otherwise a sample of them. */
const exhaustive = process.env.NEARSIGHT_EXHAUSTIVE === '1';
const TIMEOUT = { timeout: exhaustive ? 3_600_000 : 180_000 };

/** Where the person types: the end of a prefix is asked about offset by offset. */
const TAIL = 16;
const PREFIXES = 400;
const OFFSETS = 8000;

/** At every offset of the last few, and at every `stride`-th of the others. */
function askEverywhere(text: string, stride: number): void {
  const analysis = analysisOf(text, files);
  askAboutDocument(analysis);
  const tail = Math.max(0, text.length - TAIL);
  for (let offset = 0; offset < tail; offset += stride) askAt(analysis, offset);
  for (let offset = tail; offset <= text.length; offset++) askAt(analysis, offset);
}

test('every offset of every prefix of a small file', TIMEOUT, () => {
  for (let length = 0; length <= SMALL.length; length++) askEverywhere(SMALL.slice(0, length), exhaustive ? 1 : 3);
});

test.each([{ name: 'the whole language', text: RICH }, ...examples])('prefixes of $name', TIMEOUT, ({ text }) => {
  const step = exhaustive ? 1 : Math.max(1, Math.ceil(text.length / PREFIXES));
  // Odd, so that with prefixes of all lengths all columns come up.
  const stride = exhaustive ? 1 : Math.floor((text.length * text.length) / step / 4 / OFFSETS) * 2 + 1;
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

test('random edits', TIMEOUT, () => {
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
    { numRuns: 200 },
  );
});
