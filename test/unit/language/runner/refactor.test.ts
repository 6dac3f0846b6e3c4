import { describe, expect, it } from 'vitest';
import type { TextEdit } from '../../../../language/diagnostic';
import { checkInput } from '../../../../language/runner/check/check';
import { convertLengths, generateFunctions, lammpsComment, sortFunctions } from '../../../../language/runner/refactor';
import { readFile, type InputFile } from '../../../../language/runner/reading';
import { readInput } from '../../../../language/runner/tree';
import { PREDICTION } from './cases';

function change(text: string, make: (file: InputFile) => TextEdit[]): string {
  return [...make(readFile(readInput(text)))]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((result, { span, text: added }) => result.slice(0, span.start) + added + result.slice(span.end), text);
}

describe('changes of a whole input.nn', () => {
  it('sorts functions as n2p2 does, with their comments', () => {
    const text = [
      'symfunction_short O 2 O 0.1 0 12 # first',
      '# between',
      'symfunction_short H 2 O 0.2 0 12',
      'elements H O',
      'symfunction_short H 2 H 0.1 0 12 # last',
      '',
    ].join('\n');
    const sorted = change(text, sortFunctions);
    expect(sorted).toBe(
      [
        'symfunction_short H 2 H 0.1 0 12 # last',
        '# between',
        'symfunction_short H 2 O 0.2 0 12',
        'elements H O',
        'symfunction_short O 2 O 0.1 0 12 # first',
        '',
      ].join('\n'),
    );
    expect(sortFunctions(readFile(readInput(sorted)))).toEqual([]);
  });

  it('converts lengths and what depends on them, and says so', () => {
    const text = `# Length unit : Bohr\nsymfunction_short H 2 H 0.25 1.0 12.0\nsymfunction_short H 20 H 0.0 10 p2\natom_energy H -0.5\nconv_length 2.0\n`;
    const converted = change(text, (file) => convertLengths(file, 'angstrom'));
    // 0.25/0.529177210544² = 0.8927662077…, 12 · 0.529177210544 = 6.350126527
    expect(converted).toBe(
      `# Length unit : angstrom\nsymfunction_short H 2 H 0.8927662077 0.5291772105 6.350126527\nsymfunction_short H 20 H 0.0 5.291772105 p2\natom_energy H -0.5\nconv_length 3.779452252\n`,
    );
    const back = change(converted, (file) => convertLengths(file, 'bohr'));
    expect(back).toContain('symfunction_short H 2 H 0.25 0.9999999999 12');
  });

  it('generates functions for all elements, which leave no pair unseen', () => {
    const bare = PREDICTION.slice(0, PREDICTION.indexOf('\nsymfunction_short'));
    const text = change(bare, generateFunctions);
    expect(text.match(/^symfunction_short/gm)?.length).toBeGreaterThan(50);
    // 6 Å in the unit of the file.
    expect(text).toMatch(/ 11\.34( \d|$)/m);
    expect(checkInput(readInput(text)).filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
    expect(generateFunctions(readFile(readInput('cutoff_type 6\n')))).toEqual([]);
  }); // prettier-ignore

  it('says how LAMMPS uses the file, so that nothing is wrong with it', () => {
    const text = change(PREDICTION, lammpsComment);
    expect(text).toContain('# pair_style hdnnp 6.350127 dir "." ');
    expect(text).toContain('# pair_coeff * * H O\n');
    expect(checkInput(readInput(text)).map(({ code }) => code)).toEqual(['NN095']);
    expect(lammpsComment(readFile(readInput('')))).toEqual([]);
  });
});
