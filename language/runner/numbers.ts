/**
 * Numbers as the programs read them. n2p2 takes what C's atof and atoi make of a word: the part that looks like a number, or 0, and
 * never complains. RuNNer is Fortran, which has exponents with a d.
 */
import type { Dialect } from './types';

export interface NumberReading {
  /** What the program goes on with. */
  readonly value: number;
  /** Whether that is what is written. */
  readonly isExact: boolean;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const FORTRAN = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/;

export function readNumber(word: string, dialect: Dialect): NumberReading {
  const text = dialect === 'runner' && FORTRAN.test(word) ? word.replace(/[dD]/, 'e') : word;
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return { value, isExact: Number.isFinite(value) };
  }
  const value = parseFloat(text);
  return { value: Number.isFinite(value) ? value : 0, isExact: false };
}

/** `6.0` is a whole number too; of `1e6` atoi reads 1. */
export function readInteger(word: string, dialect: Dialect): NumberReading {
  const { value, isExact } = readNumber(word, dialect);
  const whole = parseInt(word, 10);
  return { value: Number.isFinite(whole) ? whole : 0, isExact: isExact && whole === value };
}

/** How a number that is written in another way would be right: `6,0`, `1.0d-3`, `12A`. Undefined if nothing can be guessed. */
export function numberMeantBy(word: string, isInteger: boolean): string | undefined {
  const candidates = [
    word.replace(/^([^dD]*)[dD]([+-]?\d+)$/, '$1e$2'),
    word.replace(',', '.'),
    word.replace(/^[^\d.+-]+|[^\d.]+$/g, ''),
  ];
  const meant = candidates.find((candidate) => candidate !== word && DECIMAL.test(candidate));
  if (!isInteger) return meant;
  const value = Number(meant ?? word);
  return Number.isFinite(value) ? String(Math.round(value)) : undefined;
}

/** A number as a person writes it, with at most `digits` significant ones. */
export const shown = (value: number, digits = 10): string => String(Number(value.toPrecision(digits)));
