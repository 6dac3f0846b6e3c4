import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../../language/diagnostic';
import { checkInput } from '../../../../language/runner/check/check';
import { readInput } from '../../../../language/runner/tree';
import { inputText, inputFiles } from './arbitrary';
import { expectCase, expectFixesToMend, expectSound } from '../diagnostics';
import { cases, PREDICTION, TRAINING } from './cases';

const diagnose = (text: string): Diagnostic[] => checkInput(readInput(text));

const CODES = /^NN\d{3}$/u;

describe('the checker of input.nn', () => {
  it('finds nothing wrong with good files', () => {
    const codes = (text: string) => diagnose(text).map(({ code }) => code);
    expect(codes(PREDICTION)).toEqual(['NN095']);
    expect(codes(TRAINING)).toEqual(['NN095', 'NN080']);
    expect(codes('')).toEqual([]);
    expect(codes('# nothing but a comment\n\n')).toEqual([]);
  });

  it.each(cases)('$code: $title', (one) => {
    expectSound(one.text, diagnose(one.text), CODES);
    expectCase(one, diagnose);
  });

  it('removes a diagnostic with each of its fixes', () => {
    expect(expectFixesToMend(cases, diagnose)).toBeGreaterThan(100);
  });

  it('says of the same line the same, wherever it stands and whatever was before', () => {
    fc.assert(
      fc.property(inputText(TRAINING), inputText(TRAINING), (before, text) => {
        const previous = readInput(before);
        checkInput(previous);
        expect(JSON.stringify(checkInput(readInput(text, previous)))).toBe(JSON.stringify(diagnose(text)));
      }),
      { numRuns: 50 },
    );
  });

  it('answers for any text, mutation and prefix', () => {
    const holds = (text: string) => expectSound(text, diagnose(text), CODES);
    fc.assert(fc.property(fc.oneof(inputText(TRAINING), fc.string({ unit: 'binary', maxLength: 200 })), holds), {
      numRuns: 300,
    });
    for (const { text } of cases) for (let end = text.length; end >= 0; end -= 211) holds(text.slice(0, end));
    for (let end = 0; end <= TRAINING.length; end += 3) holds(TRAINING.slice(0, end));
  });

  it('takes hostile files in good time', () => {
    expect(diagnose('symfunction_short H 2 H 1 0 6\n'.repeat(5000)).length).toBeGreaterThan(4990);
    expect(diagnose('elements H\n'.repeat(2000)).length).toBeGreaterThan(1900);
    expect(diagnose('a'.repeat(1_000_000)).length).toBeGreaterThan(0);
    expect(diagnose('1 '.repeat(100_000)).length).toBeGreaterThan(0);
    expect(diagnose('atom_energy H 1\n'.repeat(5000)).length).toBeGreaterThan(0);
  });

  /** The errors of published files, which all of them have: settings of a training by an older n2p2. */
  const OLD: Readonly<Record<string, readonly string[]>> = {
    'potentials/Cu2S_PBE/input.nn': ['NN004', 'NN072'],
    'potentials/H2O_RPBE-D3/input.nn': ['NN004', 'NN072'],
    // Its purpose.
    'conformance/element_nodes/input.nn': ['NN051', 'NN051'],
  };

  it('finds no error in files that n2p2 reads, but for what it really stops at', () => {
    if (inputFiles.length === 0) {
      console.warn('skipped: there are no data');
      return;
    }
    expect(inputFiles.length).toBeGreaterThan(50);
    for (const { name, path } of inputFiles) {
      const text = readFileSync(path, 'utf8');
      const diagnostics = diagnose(text);
      expectSound(text, diagnostics, CODES);
      const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
      expect(errors.sort(), name).toEqual(OLD[name] ?? []);
    }
  });
});
