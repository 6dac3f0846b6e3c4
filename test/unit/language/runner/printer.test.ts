import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkInput } from '../../../../language/runner/check/check';
import { formatInput } from '../../../../language/runner/printer';
import { readInput } from '../../../../language/runner/tree';
import { inputFiles, inputText } from './arbitrary';
import { cases, PREDICTION, TRAINING } from './cases';

/** Words and comments of the lines that have any. */
const contentOf = (text: string): string =>
  readInput(text)
    .lines.map(({ text: line, words, comment }) =>
      [...words.map((word) => word.text), comment === undefined ? '' : line.slice(comment.start, comment.end).trimEnd()].join(' ').trim(),
    )
    .filter((line) => line !== '')
    .join('\n'); // prettier-ignore

function check(text: string): void {
  const formatted = formatInput(text);
  if (contentOf(formatted) !== contentOf(text)) throw new Error(`other words:\n${text}\n→\n${formatted}`);
  if (formatInput(formatted) !== formatted) throw new Error(`not idempotent:\n${text}\n→\n${formatted}`);
}

describe('the formatter of input.nn', () => {
  it('lays a file out', () => {
    expect(
      formatInput(
        [
          '',
          '#   all  ',
          'number_of_elements 2 # how many',
          '  elements\tH O#which',
          'normalize_nodes',
          'atom_energy H -0.5',
          'atom_energy Cu   -74.25 # a lot',
          '',
          '',
          'symfunction_short H 2 Cu .01 0.0 12.00',
          'symfunction_short Cu 2 H 1.5E-1 -10 6 # last',
          'symfunction_short H 3 H Cu 0.01 -1 1 12',
          '',
        ].join('\n'),
      ),
    ).toBe(
      [
        '#   all',
        'number_of_elements              2          # how many',
        'elements                        H O        #which',
        'normalize_nodes',
        'atom_energy                     H   -0.5',
        'atom_energy                     Cu -74.25  # a lot',
        '',
        'symfunction_short H  2 Cu  .01     0.0 12.00',
        'symfunction_short Cu 2 H  1.5E-1 -10    6  # last',
        'symfunction_short H 3 H Cu 0.01 -1 1 12',
        '',
      ].join('\n'),
    );
  });

  it('keeps words, and is done after one time', () => {
    fc.assert(fc.property(fc.oneof(inputText(TRAINING), fc.string({ unit: 'binary', maxLength: 200 })), check), {
      numRuns: 200,
    });
    for (const { text } of cases) check(text);
    // A word of white space that is none for n2p2.
    check('\u00a0 # length: bohr');
  });

  it('keeps what the checker says', () => {
    const codes = (text: string): string[] =>
      checkInput(readInput(text))
        .map(({ code }) => code)
        .filter((code) => code !== 'NN008')
        .sort();
    for (const { text } of cases) expect(codes(formatInput(text))).toEqual(codes(text));
  });

  it('keeps the line ends and the mark of a file', () => {
    expect(formatInput('\ufeffelements H\r\n\r\n\r\nnormalize_nodes')).toBe(
      '\ufeffelements                        H\r\n\r\nnormalize_nodes\r\n',
    );
    expect(formatInput('')).toBe('');
  });

  it('formats real files without loss', () => {
    for (const { path } of inputFiles) check(readFileSync(path, 'utf8'));
    expect(formatInput(PREDICTION)).toBe(PREDICTION);
  });
});
