/**
 * Decimal numbers straight from bytes, one at a time: all but those of the lines of atoms (plain-lines.ts).
 *
 * Every number is the float64 that `Number(text)` gives, bit for bit. Up to 2⁵³ × 10^±22 that takes one multiplication or
 * division of two exact float64s, which IEEE 754 rounds correctly (Clinger, PLDI 1990). Longer ones, up to 18 digits as in
 * data written without loss, are sums of a few products that are exact because the powers of ten are cut into pieces of
 * few bits (Dekker, Numer. Math. 18, 224 (1971)); their error is far below half a unit in the last place, unless the
 * result is too near to the middle between two numbers. All else goes through `Number`.
 * Accepted: `[+-] digits [. digits] [(e|E|d|D) [+-] digits]`, nothing else: no hexadecimal, no `NaN`.
 */

/** Powers of ten that are exact in float64. */
const POWERS = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
const EXACT = 2 ** 53;

/**
 * 10^p = FIRST + SECOND + THIRD at `p + LEAST`. FIRST and SECOND have 22 bits, so that their products with integers below
 * 2³⁰ are exact; what THIRD lacks is below 2⁻⁹⁶ of the power.
 */
const LEAST = 50;
const MOST = 40;
const FIRST = new Float64Array(LEAST + MOST + 1);
const SECOND = new Float64Array(FIRST.length);
const THIRD = new Float64Array(FIRST.length);
for (let p = -LEAST; p <= MOST; p++) {
  let rest = p < 0 ? (1n << 300n) / 10n ** BigInt(-p) : (10n ** BigInt(p)) << 300n;
  /** Splits off the part that `bits` hold. */
  const take = (bits: number): number => {
    const scaled = Number(rest) * (2 ** (53 - bits) + 1);
    const part = scaled - (scaled - Number(rest));
    rest -= BigInt(part);
    return part * 2 ** -300;
  };
  FIRST[p + LEAST] = take(22);
  SECOND[p + LEAST] = take(22);
  THIRD[p + LEAST] = Number(rest) * 2 ** -300;
}

/**
 * Reads the number that starts at `start`.
 *
 * @param end where the line ends: nothing from there on is looked at
 * @param into the value goes to `into[index]`: returning it would allocate it. ±∞ where it is too large for float64.
 * @returns the offset after the number, or −1 if there is none; what follows it is for the caller to judge
 */
export function scanNumber(bytes: Uint8Array, start: number, end: number, into: Float64Array, index: number): number {
  let at = start;
  let byte = at < end ? bytes[at] : 0;
  const negative = byte === 0x2d;
  if (negative || byte === 0x2b) byte = ++at < end ? bytes[at] : 0;

  // The first nine digits in `high`, up to nine more in `low`: small integers, together exact.
  let high = 0;
  let low = 0;
  let lowDigits = 0;
  let lost = false;
  let exponent = 0;
  const digitsStart = at;
  let digit = byte - 0x30;
  for (; digit >= 0 && digit <= 9; digit = (++at < end ? bytes[at] : 0) - 0x30) {
    if (high < 100_000_000) high = (high * 10 + digit) | 0;
    else if (lowDigits < 9) {
      low = (low * 10 + digit) | 0;
      lowDigits++;
    } else {
      lost = true;
      exponent++;
    }
  }
  let digits = at - digitsStart;
  if (digit === -2) {
    const fractionStart = ++at;
    digit = (at < end ? bytes[at] : 0) - 0x30;
    for (; digit >= 0 && digit <= 9; digit = (++at < end ? bytes[at] : 0) - 0x30) {
      if (high < 100_000_000) high = (high * 10 + digit) | 0;
      else if (lowDigits < 9) {
        low = (low * 10 + digit) | 0;
        lowDigits++;
      } else {
        lost = true;
        exponent++;
      }
    }
    digits += at - fractionStart;
    exponent -= at - fractionStart;
  }
  if (digits === 0) return -1;

  // e E d D
  const letter = at < end ? bytes[at] | 0x20 : 0;
  if (letter === 0x65 || letter === 0x64) {
    let next = at + 1;
    const sign = next < end ? bytes[next] : 0;
    if (sign === 0x2d || sign === 0x2b) next++;
    digit = (next < end ? bytes[next] : 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    let power = 0;
    for (; digit >= 0 && digit <= 9; digit = (++next < end ? bytes[next] : 0) - 0x30)
      if (power < 100_000) power = power * 10 + digit;
    exponent += sign === 0x2d ? -power : power;
    at = next;
  }

  let value = Number.NaN;
  if (!lost && exponent >= -LEAST && exponent + lowDigits <= MOST) {
    const mantissa = lowDigits === 0 ? high : high * POWERS[lowDigits] + low;
    if (mantissa >= EXACT || exponent < -22 || exponent > 22)
      value = sumScaled(0, high, exponent + lowDigits, low, exponent);
    else value = exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
  }
  if (Number.isNaN(value)) value = convert(bytes, negative || bytes[start] === 0x2b ? start + 1 : start, at);
  into[index] = negative ? -value : value;
  return at;
}

/**
 * whole + high · 10^p + low · 10^q, correctly rounded; NaN where that can't be told.
 *
 * All are integers ≥ 0: high and low below 2³⁰, low · 10^q < 10^p, high · 10^p < 1 if there is a whole; and there is a
 * whole, or high ≥ 2²⁰, or low is 0. Then `sum` is exact, and `rest` so much smaller that its roundings are below 2⁻⁷⁰ of
 * the result.
 */
function sumScaled(whole: number, high: number, p: number, low: number, q: number): number {
  const product = high * FIRST[p + LEAST];
  const sum = whole + product;
  const rest =
    product -
    (sum - whole) +
    (high * SECOND[p + LEAST] + low * FIRST[q + LEAST]) +
    (high * THIRD[p + LEAST] + low * (SECOND[q + LEAST] + THIRD[q + LEAST]));
  // Would a slightly different one round to another number?
  const slack = sum * 2 ** -68;
  const value = sum + (rest - slack);
  return value === sum + (rest + slack) ? value : Number.NaN;
}

/** The slow way: the digits as text, Fortran's `D` as `e`. */
function convert(bytes: Uint8Array, start: number, end: number): number {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    text += byte === 0x64 || byte === 0x44 ? 'e' : String.fromCharCode(byte);
  }
  return Number(text);
}

const one = new Float64Array(1);
let characters = new Uint8Array(64);

/** The number that is the whole of `text`; undefined if it is none, ±∞ if it is too large. */
export function parseNumber(text: string): number | undefined {
  const { length } = text;
  if (length > characters.length) characters = new Uint8Array(2 * length);
  // What is no ASCII is no part of a number: any byte that isn't either will do.
  for (let i = 0; i < length; i++) characters[i] = Math.min(text.charCodeAt(i), 0xff);
  return length > 0 && scanNumber(characters, 0, length, one, 0) === length ? one[0] : undefined;
}
