/** Every feature of `input.nn` answers at every offset of every text, whatever is half-typed or broken in it. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'vitest';
import { inputFiles, inputText } from '../../language/runner/arbitrary';
import { TRAINING } from '../../language/runner/cases';
import { askAboutInput, askInputAt } from '../asking';
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

/** NEARSIGHT_EXHAUSTIVE=1 (minutes): every offset of every prefix of every file; otherwise a sample of them. */
const exhaustive = process.env.NEARSIGHT_EXHAUSTIVE === '1';
const TIMEOUT = { timeout: exhaustive ? 7_200_000 : 120_000 };
/** Where the person types: the end of a prefix is asked about offset by offset. */
const TAIL = 8;

/** At every offset of the last few, and at every `stride`-th of the others. */
function askEverywhere(text: string, stride: number): void {
  const input = inputOf(text);
  askAboutInput(input);
  const tail = Math.max(0, text.length - TAIL);
  for (let offset = 0; offset < tail; offset += stride) askInputAt(input, offset);
  for (let offset = tail; offset <= text.length; offset++) askInputAt(input, offset);
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
        askAboutInput(input);
        for (const offset of offsets) askInputAt(input, offset % (text.length + 1));
        askInputAt(input, text.length);
      },
    ),
    { numRuns: 150 },
  );
});
