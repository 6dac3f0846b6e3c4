/** What the tests of both checkers, of `.potential` and of `input.nn`, have in common. */
import { expect } from 'vitest';
import type { Diagnostic, Fix } from '../../../language/diagnostic';

/** One mistake: what is marked, and what the preferred fix makes of it. */
export interface Case {
  readonly code: string;
  readonly title: string;
  readonly text: string;
  /** The text under the squiggle. */
  readonly marked: string;
  /** `error` if absent. */
  readonly severity?: 'warning' | 'information' | 'hint';
  readonly message?: RegExp;
  /** The text after the preferred fix, or after the first if none is preferred. */
  readonly fixed?: string;
}

type Diagnose = (text: string) => readonly Diagnostic[];

function apply(text: string, fix: Fix): string {
  return [...fix.edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (result, { span, text: inserted }) => result.slice(0, span.start) + inserted + result.slice(span.end),
      text,
    );
}

/** Spans lie in the text, edits of a fix do not overlap, at most one fix is preferred. */
export function expectSound(text: string, diagnostics: readonly Diagnostic[], codes: RegExp): void {
  const liesInText = ({ start, end }: { start: number; end: number }) =>
    start >= 0 && end >= start && end <= text.length;
  for (const { code, span, fixes = [], related = [], message } of diagnostics) {
    if (!liesInText(span)) throw new Error(`${code} is outside of the text`);
    if (!codes.test(code) || message === '') throw new Error(`${code} has no message`);
    if (!related.every((r) => !('span' in r) || liesInText(r.span)))
      throw new Error(`${code} refers to what is outside of the text`);
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

/** The mistake is found where it is, and mended by its fix. */
export function expectCase({ code, text, severity, marked, message, fixed }: Case, diagnose: Diagnose): void {
  const diagnostics = diagnose(text);
  const found = diagnostics.filter((diagnostic) => diagnostic.code === code);
  expect(found.length, JSON.stringify(diagnostics, null, 1)).toBeGreaterThan(0);
  const textOf = ({ span }: Diagnostic): string => text.slice(span.start, span.end);
  const isMeant = (one: Diagnostic): boolean => textOf(one) === marked && (message?.test(one.message) ?? true);
  const first = found.find(isMeant) ?? found[0];
  expect(textOf(first)).toBe(marked);
  expect(first.severity).toBe(severity ?? 'error');
  if (message !== undefined) expect(first.message).toMatch(message);
  if (fixed === undefined) return;
  const fix = first.fixes?.find(({ preferred }) => preferred) ?? first.fixes?.[0];
  expect(fix && apply(text, fix)).toBe(fixed);
  expect(diagnose(fixed).filter((diagnostic) => diagnostic.code === code).length).toBeLessThan(found.length);
}

/**
 * Each fix of each diagnostic takes it away.
 * @returns how many fixes there were
 */
export function expectFixesToMend(cases: readonly Case[], diagnose: Diagnose): number {
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
  return fixes;
}
