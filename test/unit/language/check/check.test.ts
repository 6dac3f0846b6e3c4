import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, type Environment } from '../../../../language/check/check';
import type { Diagnostic, Fix } from '../../../../language/diagnostic';
import { parse } from '../../../../language/syntax/parser';
import { format } from '../../../../language/syntax/printer';
import { mutation, potentialText } from '../arbitrary';
import { cases } from './cases';

const RICH = readFileSync(new URL('../../../fixtures/language/rich.potential', import.meta.url), 'utf8');

const environment: Environment = {
  exists: (path) => !path.includes('missing'),
  matches: (glob) => (glob.includes('missing') ? 0 : 3),
  potential: (path) =>
    path.includes('broken') ? { problem: 'There is no `scaling.data`.' } : { elements: ['Cu', 'H'] },
};

const diagnose = (text: string): readonly Diagnostic[] => check(parse(text), environment).diagnostics;

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
    if (!/^PD\d{4}$/u.test(code) || message === '') throw new Error(`${code} has no message`);
    if (!related.every((r) => liesInText(r.span))) throw new Error(`${code} refers to what is outside of the text`);
    if (fixes.filter(({ preferred }) => preferred).length > 1) throw new Error(`${code} prefers two fixes`);
    for (const { edits } of fixes) {
      if (!edits.every((edit) => liesInText(edit.span))) throw new Error(`${code} edits outside of the text`);
      const sorted = [...edits].sort((a, b) => a.span.start - b.span.start);
      if (sorted.some((edit, i) => i > 0 && edit.span.start < sorted[i - 1].span.end))
        throw new Error(`${code}: edits overlap`);
    }
  }
}

describe('check', () => {
  it('finds nothing wrong with a rich file', () => {
    const { definition, diagnostics } = check(parse(RICH), environment);
    expect(diagnostics).toEqual([]);
    expect([...definition.potentials.keys()]).toEqual(['water', 'argon', 'copper']);
    expect(definition.actions.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'train water',
      'evaluate water',
      'md liquid',
    ]);
  });

  it.each(cases)('$code: $title', ({ code, text, severity, marked, message, fixed }) => {
    const diagnostics = diagnose(text);
    checkDiagnostics(text, diagnostics);
    const found = diagnostics.filter((diagnostic) => diagnostic.code === code);
    expect(diagnostics.map((diagnostic) => `${diagnostic.code} ${diagnostic.message}`)).not.toEqual([]);
    expect(found.length, JSON.stringify(diagnostics)).toBeGreaterThan(0);
    const [first] = found;
    expect(first.severity).toBe(severity ?? 'error');
    expect(text.slice(first.span.start, first.span.end)).toBe(marked);
    if (message !== undefined) expect(first.message).toMatch(message);
    if (fixed !== undefined) {
      const preferred = first.fixes?.find((fix) => fix.preferred) ?? first.fixes?.[0];
      expect(preferred && apply(text, preferred)).toBe(fixed);
    }
  });

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

  it('mends a file by its preferred fixes alone, for most mistakes', () => {
    for (const { code, fixed } of cases) {
      if (fixed === undefined) continue;
      expect(
        diagnose(fixed).filter((diagnostic) => diagnostic.code === code),
        code,
      ).toEqual([]);
    }
  });

  it('leaves blocks in error, and what refers to them, out of the definition', () => {
    const { definition } = check(parse(RICH.replace('6.35 Å ', '6.35 eV')));
    expect([...definition.potentials.keys()]).toEqual(['argon', 'copper']);
    expect(definition.actions).toEqual([]);
    expect([...definition.datasets.keys()]).toEqual(['rpbe']);
  });

  it('lets a block that is still open spoil only itself', () => {
    const { definition } = check(
      parse(RICH.replace('pair lennard_jones { epsilon = 0.99 kJ/mol; sigma = 3.405 Å }\n}', '')),
    );
    expect([...definition.potentials.keys()]).toEqual(['water', 'copper']);
    expect(definition.actions).toHaveLength(3);
  });

  it('answers for any text, mutation and prefix', () => {
    const holds = (text: string) => {
      const { diagnostics } = check(parse(text), environment);
      checkDiagnostics(text, diagnostics);
    };
    fc.assert(fc.property(fc.oneof(potentialText(RICH), fc.string({ unit: 'binary', maxLength: 100 })), holds), {
      numRuns: 300,
    });
    for (const { text } of cases) for (let end = text.length; end >= 0; end -= 3) holds(text.slice(0, end));
    for (let end = 0; end <= RICH.length; end += 3) holds(RICH.slice(0, end));
  });

  it('keeps the definition when a file is formatted', () => {
    const summary = (text: string): unknown => {
      const { definition, diagnostics } = check(parse(text), environment);
      return JSON.stringify(
        {
          potentials: [...definition.potentials],
          datasets: [...definition.datasets],
          actions: definition.actions,
          codes: diagnostics.map(({ code }) => code),
        },
        (key, value: unknown) => (key === 'span' || key === 'nameSpan' ? undefined : value),
      );
    };
    fc.assert(
      fc.property(mutation(RICH), (text) => {
        expect(summary(format(text))).toBe(summary(text));
      }),
      { numRuns: 200 },
    );
  });

  it('takes hostile files in good time', () => {
    const many =
      'potential p { elements = [H, O]; radial { eta = linspace(1, 2, 1000) Å^-2; shift = linspace(0, 5, 1000) Å } }\n';
    const { definition, diagnostics } = check(parse(many.repeat(200)));
    expect(definition.potentials.size).toBe(0);
    expect(diagnostics.some(({ code }) => code === 'PD0314')).toBe(true);
    expect(check(parse('a = 1\n'.repeat(10_000))).diagnostics).toHaveLength(10_000);
  });
});
