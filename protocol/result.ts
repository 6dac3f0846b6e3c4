/** Expected failures are values. Exceptions mean bugs. */

/** A place in a file that a person can go to; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** An expected failure: what is wrong and what to do about it, for people. */
export interface Problem {
  /** A code of docs/diagnostics, e.g. `XD003`. */
  readonly code: string;
  readonly message: string;
  readonly place?: Place;
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fail = (...problems: readonly Problem[]): Result<never> => ({ ok: false, problems });

/** `file:line:col code message`, the form that terminals and problem matchers make clickable. */
export function describe(problem: Problem): string {
  const { place, code, message } = problem;
  if (place === undefined) return `${code} ${message}`;
  const position = [place.line, place.column].filter((n) => n !== undefined).map((n) => `:${n}`);
  return `${place.file}${position.join('')} ${code} ${message}`;
}
