import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Diagnostic, Fix } from '../../../../language/diagnostic';
import { checkInput } from '../../../../language/runner/check/check';
import { readInput } from '../../../../language/runner/tree';
import { inputText, inputFiles } from './arbitrary';
import { cases, PREDICTION, TRAINING } from './cases';

const diagnose = (text: string): Diagnostic[] => checkInput(readInput(text));

function apply(text: string, fix: Fix): string {
  return [...fix.edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (result, { span, text: inserted }) => result.slice(0, span.start) + inserted + result.slice(span.end),
      text,
    );
}

/** Spans lie in the text, edits of a fix do not overlap, at most one fix is preferred. */
function checkDiagnostics(text: string, diagnostics: readonly Diagnostic[]): void {
  const liesInText = ({ start, end }: { start: number; end: number }) =>
    start >= 0 && end >= start && end <= text.length;
  for (const { code, span, fixes = [], related = [], message } of diagnostics) {
    if (!liesInText(span)) throw new Error(`${code} is outside of the text`);
    if (!/^NN\d{3}$/u.test(code) || message === '') throw new Error(`${code} has no message`);
    if (!related.every((r) => liesInText(r.span))) throw new Error(`${code} refers to what is outside of the text`);
    if (fixes.filter(({ preferred }) => preferred).length > 1) throw new Error(`${code} prefers two fixes`);
    for (const { edits, title } of fixes) {
      if (title === '' || edits.length === 0) throw new Error(`${code} has an empty fix`);
      if (!edits.every((edit) => liesInText(edit.span))) throw new Error(`${code} edits outside of the text`);
      const sorted = [...edits].sort((a, b) => a.span.start - b.span.start);
      if (sorted.some((edit, i) => i > 0 && edit.span.start < sorted[i - 1].span.end))
        throw new Error(`${code}: edits overlap`);
    }
  }
}

describe('the checker of input.nn', () => {
  it('finds nothing wrong with good files', () => {
    const codes = (text: string) => diagnose(text).map(({ code }) => code);
    expect(codes(PREDICTION)).toEqual(['NN095']);
    expect(codes(TRAINING)).toEqual(['NN095', 'NN080']);
    expect(codes('')).toEqual([]);
    expect(codes('# nothing but a comment\n\n')).toEqual([]);
  });

  it.each(cases)('$code: $title', ({ code, text, severity, marked, message, fixed }) => {
    const diagnostics = diagnose(text);
    checkDiagnostics(text, diagnostics);
    const found = diagnostics.filter((diagnostic) => diagnostic.code === code);
    expect(found.length, JSON.stringify(diagnostics, null, 1)).toBeGreaterThan(0);
    const first = found.find(({ span, message: m }) => text.slice(span.start, span.end) === marked && (message?.test(m) ?? true)) ?? found[0];
    expect(text.slice(first.span.start, first.span.end)).toBe(marked);
    expect(first.severity).toBe(severity ?? 'error');
    if (message !== undefined) expect(first.message).toMatch(message);
    if (fixed !== undefined) {
      const preferred = first.fixes?.find((fix) => fix.preferred) ?? first.fixes?.[0];
      expect(preferred && apply(text, preferred)).toBe(fixed);
      expect(diagnose(fixed).filter((diagnostic) => diagnostic.code === code).length).toBeLessThan(found.length);
    }
  }); // prettier-ignore

  it('removes a diagnostic with each of its fixes', () => {
    let fixes = 0;
    for (const { code, text } of cases) {
      const before = diagnose(text);
      for (const diagnostic of before) {
        for (const fix of diagnostic.fixes ?? []) {
          fixes++;
          const mended = apply(text, fix);
          const count = (all: readonly Diagnostic[]) => all.filter((other) => other.code === diagnostic.code).length;
          expect(count(diagnose(mended)), `${code} ${fix.title}:\n${text}\n→\n${mended}`).toBeLessThan(count(before));
        }
      }
    }
    expect(fixes).toBeGreaterThan(100);
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
    const holds = (text: string) => checkDiagnostics(text, diagnose(text));
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
      checkDiagnostics(text, diagnostics);
      const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
      expect(errors.sort(), name).toEqual(OLD[name] ?? []);
    }
  });
});
