/**
 * Decimal numbers straight from bytes: the innermost loop of every reader.
 *
 * Every number is the float64 that `Number(text)` gives, bit for bit. Up to 2⁵³ × 10^±22 that takes one multiplication or
 * division of two exact float64s, which IEEE 754 rounds correctly (Clinger, PLDI 1990). Longer ones, up to 18 digits as in
 * data written without loss, are done in double-double arithmetic (Dekker, Numer. Math. 18, 224 (1971)) whose error is
 * far below half a unit in the last place, unless the result is too near to the middle between two numbers. All else goes
 * through `Number`. Accepted: `[+-] digits [. digits] [(e|E|d|D) [+-] digits]`, nothing else: no hexadecimal, no `NaN`.
 */

/** Powers of ten that are exact in float64. */
const POWERS = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
const EXACT = 2 ** 53;
const SPLIT = 2 ** 27 + 1;

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
  if (!lost && exponent >= -22 && exponent <= 22) {
    const mantissa = lowDigits === 0 ? high : high * POWERS[lowDigits] + low;
    if (mantissa < EXACT) value = exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
    else if (exponent < 0) value = divide(high, POWERS[lowDigits], low, POWERS[-exponent]);
  }
  if (Number.isNaN(value)) value = convert(bytes, negative || bytes[start] === 0x2b ? start + 1 : start, at);
  into[index] = negative ? -value : value;
  return at;
}

const BLANK = 0x20 - 0x30;
const TAB = 0x09 - 0x30;
const CR = 0x0d - 0x30;
const LF = 0x0a - 0x30;
const POINT = 0x2e - 0x30;

/**
 * Reads `count` numbers of a line, with blanks before each: the same as `scanNumber` for each of them, faster for the
 * numbers that files are full of, plain decimals.
 *
 * @param bytes must have a line feed at or after `start`
 * @param into they go to `into[index]` and following
 * @returns the offset after the last one; −1 if one isn't a finite number that ends at white space, or the line ends
 * before: nothing is said of which and why
 */
export function scanNumbers(
  bytes: Uint8Array,
  start: number,
  into: Float64Array,
  index: number,
  count: number,
): number {
  let at = start;
  for (let k = index; k < index + count; k++) {
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x09 || byte === 0x0d) byte = bytes[++at];
    const numberStart = at;
    const negative = byte === 0x2d;
    if (negative) byte = bytes[++at];
    // Up to six digits, the point, nine digits in `fraction` and nine more in `low`: each a small integer.
    const wholeStart = at;
    let whole = 0;
    let digit = byte - 0x30;
    for (; digit >= 0 && digit <= 9; digit = bytes[++at] - 0x30) whole = (whole * 10 + digit) | 0;
    const wholeDigits = at - wholeStart;
    let fraction = 0;
    let fractionDigits = 0;
    let low = 0;
    let lowDigits = 0;
    if (digit === POINT) {
      const fractionStart = ++at;
      digit = bytes[at] - 0x30;
      for (const stop = at + 9; digit >= 0 && digit <= 9 && at < stop; digit = bytes[++at] - 0x30)
        fraction = (fraction * 10 + digit) | 0;
      fractionDigits = at - fractionStart;
      const lowStart = at;
      for (; digit >= 0 && digit <= 9; digit = bytes[++at] - 0x30) low = (low * 10 + digit) | 0;
      lowDigits = at - lowStart;
    }
    let value = Number.NaN;
    if (
      wholeDigits <= 6 &&
      lowDigits <= 9 &&
      wholeDigits + fractionDigits > 0 &&
      (digit === BLANK || digit === LF || digit === TAB || digit === CR)
    ) {
      const high = whole * POWERS[fractionDigits] + fraction;
      if (lowDigits === 0) value = high / POWERS[fractionDigits];
      else {
        const scale = POWERS[lowDigits];
        const divisor = POWERS[fractionDigits + lowDigits];
        const mantissa = high * scale + low;
        value = mantissa < EXACT ? mantissa / divisor : divide(high, scale, low, divisor);
      }
    }
    if (Number.isNaN(value)) {
      at = scanNumber(bytes, numberStart, bytes.length, into, k);
      if (at < 0 || into[k] - into[k] !== 0) return -1;
      byte = bytes[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x09 && byte !== 0x0d) return -1;
    } else into[k] = negative ? -value : value;
  }
  return at;
}

/**
 * (high · scale + low)/divisor for exact integers, correctly rounded; NaN where that can't be told.
 *
 * The numerator is exact as `sum + rest`; the remainder of the first quotient is exact as well (Dekker's product), so
 * that `quotient + correction` is the result to about 100 bits.
 */
function divide(high: number, scale: number, low: number, divisor: number): number {
  // high · scale = product + productRest
  const product = high * scale;
  let c = SPLIT * high;
  const h1 = c - (c - high);
  const h2 = high - h1;
  c = SPLIT * scale;
  const s1 = c - (c - scale);
  const s2 = scale - s1;
  const productRest = h2 * s2 - (product - h1 * s1 - h2 * s1 - h1 * s2);
  // + low = sum + rest; |product| > |low|, and rest is a small integer
  const sum = product + low;
  const rest = productRest + (low - (sum - product));
  // quotient · divisor = back + backRest
  const quotient = sum / divisor;
  const back = quotient * divisor;
  c = SPLIT * quotient;
  const q1 = c - (c - quotient);
  const q2 = quotient - q1;
  c = SPLIT * divisor;
  const d1 = c - (c - divisor);
  const d2 = divisor - d1;
  const backRest = q2 * d2 - (back - q1 * d1 - q2 * d1 - q1 * d2);
  const correction = (sum - back - backRest + rest) / divisor;
  const value = quotient + correction;
  // The correction is good to 2⁻⁵⁰ of itself. Would a slightly different one round to another number?
  const slack = Math.abs(correction) * 2 ** -45;
  return quotient + (correction - slack) === value && quotient + (correction + slack) === value ? value : Number.NaN;
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
