/**
 * The little language in which one says which atoms are meant: `O`, `3 8-12`, `H and z < 5`, `not |forces| > 0.5`.
 * Indices count from 0, numbers are in the units of the file's columns (Å for x, y, z). Pure.
 */
import type { FrameData } from '../../protocol/frames';
import { atomicNumber, symbolOf } from '../../language/elements';
import { coloredValues, coloringsOf } from './coloring';

/** What is written where something is to be explained. */
export const SELECTION_EXAMPLE = 'O, 3, 8-12, z < 5 and not H';

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};
const TOKEN =
  /\s*(?:(\d+\s*-\s*\d+(?![\d.]))|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([<>!]=|[<>=(),])|([\p{L}_|][\p{L}\p{N}_|.]*)|(\S))/uy;

type Kind = 'range' | 'number' | 'sign' | 'word';
interface Token {
  readonly kind: Kind;
  readonly text: string;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const [, range, number, sign, word, other] = found as (string | undefined)[];
    if (other !== undefined) throw new Error(`“${other}” means nothing here. Write as in ${SELECTION_EXAMPLE}.`);
    if (range !== undefined) tokens.push({ kind: 'range', text: range });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
  }
  return tokens;
}

/**
 * The atoms that `text` means, in ascending order.
 * @throws Error that says what is wrong with it
 */
export function selectAtoms(frame: FrameData, text: string): number[] {
  const count = frame.numbers.length;
  const tokens = tokensOf(text);
  let at = 0;
  const next = (): Token | undefined => tokens.at(at);
  const takes = (word: string): boolean => {
    if (next()?.text.toLowerCase() !== word) return false;
    at++;
    return true;
  };

  /** One after the other, with or without a comma: all of them. */
  function union(): Uint8Array {
    const result = intersection();
    for (takes(','); next() !== undefined && next()?.text !== ')'; takes(',')) {
      const other = intersection();
      for (let i = 0; i < count; i++) result[i] |= other[i];
    }
    return result;
  }

  function intersection(): Uint8Array {
    const result = factor();
    while (takes('and')) {
      const other = factor();
      for (let i = 0; i < count; i++) result[i] &= other[i];
    }
    return result;
  }

  function factor(): Uint8Array {
    if (takes('not')) return factor().map((x) => 1 - x);
    if (takes('(')) {
      const inner = union();
      if (!takes(')')) throw new Error('A parenthesis is not closed.');
      return inner;
    }
    const token = next();
    at++;
    switch (token?.kind) {
      case 'range': {
        const [first, last] = token.text.split('-').map(Number);
        return indices(token.text, first, last);
      }
      case 'number':
        return indices(token.text, Number(token.text), Number(token.text));
      case 'word': {
        const sign = next();
        return sign !== undefined && Object.hasOwn(COMPARISONS, sign.text)
          ? compared(token.text, sign.text)
          : named(token.text);
      }
      default:
        throw new Error(
          `${token === undefined ? 'Something is missing at the end.' : `“${token.text}” stands where atoms were expected.`} Write as in ${SELECTION_EXAMPLE}.`,
        );
    }
  }

  function indices(written: string, first: number, last: number): Uint8Array {
    if (!Number.isInteger(first) || first < 0) throw new Error(`“${written}” is no index: they count from 0.`);
    if (last >= count || first >= count)
      throw new Error(`There is no atom ${Math.max(first, last)}: the last is ${count - 1}.`);
    if (last < first) throw new Error(`The range ${written} is empty: its end lies before its beginning.`);
    return new Uint8Array(count).fill(1, first, last + 1);
  }

  function named(word: string): Uint8Array {
    if (word.toLowerCase() === 'all') return new Uint8Array(count).fill(1);
    const number = atomicNumber(word) ?? atomicNumber(word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
    if (number !== undefined) return Uint8Array.from(frame.numbers, (each) => (each === number ? 1 : 0));
    if (word === symbolOf(0)) return Uint8Array.from(frame.numbers, (each) => (each === 0 ? 1 : 0));
    if (valuesOf(word) !== undefined) throw new Error(`“${word}” is compared with a number: ${word} > 0.`);
    throw new Error(`“${word}” is no element.`);
  }

  function compared(name: string, sign: string): Uint8Array {
    at++;
    const values = valuesOf(name);
    if (values === undefined) {
      const columns = coloringsOf(frame).filter(({ component }) => component !== true);
      const names = ['x', 'y', 'z', ...columns.map(({ label }) => label)];
      throw new Error(`This frame has no numbers “${name}”. It has ${names.join(', ')}.`);
    }
    const number = next();
    at++;
    if (number?.kind !== 'number') throw new Error(`A number is missing after ${name} ${sign}.`);
    const limit = Number(number.text);
    return Uint8Array.from(values, (value) => (COMPARISONS[sign](value, limit) ? 1 : 0));
  }

  /** Coordinates, a column with one number an atom, a part of one with more, or the length of one with three. */
  function valuesOf(name: string): Float32Array | undefined {
    const axis = ['x', 'y', 'z'].indexOf(name);
    if (axis >= 0) return Float32Array.from({ length: count }, (_, i) => frame.positions[3 * i + axis]);
    return coloredValues(frame, name.replace(/^\|(.*)\|$/, '$1'));
  }

  const chosen = union();
  if (next() !== undefined) throw new Error('A parenthesis was not opened.');
  const atoms: number[] = [];
  for (let i = 0; i < count; i++) if (chosen[i] === 1) atoms.push(i);
  return atoms;
}
