/**
 * Decimal numbers straight from bytes: the innermost loop of every reader.
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

/** The bytes as words: what `scanNumbers` reads digits from. */
export const wordsOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Reads `count` numbers of a line, with blanks before each: the same as `scanNumber` for each of them, faster for the
 * numbers that files are full of, plain decimals.
 *
 * @param bytes must have a line feed at or after `start`
 * @param words the same bytes
 * @param into they go to `into[index]` and following
 * @returns the offset after the last one; −1 if one isn't a finite number that ends at white space, or the line ends
 * before: nothing is said of which and why
 */
export function scanNumbers(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  into: Float64Array,
  index: number,
  count: number,
): number {
  const lastWord = bytes.length - 4;
  let at = start;
  for (let k = index; k < index + count; k++) {
    let byte = bytes[at];
    while (byte === 0x20 || byte === 0x09 || byte === 0x0d) byte = bytes[++at];
    const numberStart = at;
    const negative = byte === 0x2d;
    if (negative) at++;
    // Up to seven digits, the point, eight digits in `high` and up to nine more in `low`: each a small integer. Where they
    // end within a word is computed, as no processor can guess it. `high` and `low` are written out: one loop for both
    // takes a sixth longer.
    const wholeStart = at;
    let whole = 0;
    for (let digit = bytes[at] - 0x30; digit >= 0 && digit <= 9; digit = bytes[++at] - 0x30)
      whole = (whole * 10 + digit) | 0;
    const wholeDigits = at - wholeStart;
    let high = 0;
    let highDigits = 0;
    let low = 0;
    let lowDigits = 0;
    if (bytes[at] === 0x2e) {
      at++;
      let word = at <= lastWord ? words.getInt32(at, true) : 0;
      let others = notDigits(word);
      if (others === 0) {
        high = digitsIn(word);
        highDigits = 4;
        at += 4;
        word = at <= lastWord ? words.getInt32(at, true) : 0;
        others = notDigits(word);
      }
      if (others !== 0) {
        const rest = digitsBefore(others);
        high = high * POWERS[rest] + firstDigits(word, rest);
        highDigits += rest;
        at += rest;
      } else {
        high = high * 10_000 + digitsIn(word);
        highDigits = 8;
        at += 4;
        byte = bytes[at];
        if ((byte === 0x20 || byte === 0x0a) && wholeDigits <= 7) {
          // Files are full of numbers with eight decimals.
          const value = (whole * 1e8 + high) / 1e8;
          into[k] = negative ? -value : value;
          continue;
        }
        word = at <= lastWord ? words.getInt32(at, true) : 0;
        others = notDigits(word);
        if (others === 0) {
          low = digitsIn(word);
          lowDigits = 4;
          at += 4;
          word = at <= lastWord ? words.getInt32(at, true) : 0;
          others = notDigits(word);
        }
        if (others !== 0) {
          const rest = digitsBefore(others);
          low = low * POWERS[rest] + firstDigits(word, rest);
          lowDigits += rest;
          at += rest;
        } else {
          low = low * 10_000 + digitsIn(word);
          lowDigits = 8;
          at += 4;
          const digit = bytes[at] - 0x30;
          if (digit >= 0 && digit <= 9) {
            low = low * 10 + digit;
            lowDigits = 9;
            at++;
          }
        }
      }
    }
    let value = Number.NaN;
    byte = bytes[at];
    if (
      wholeDigits <= 7 &&
      wholeDigits + highDigits > 0 &&
      (byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d)
    ) {
      if (lowDigits === 0) value = (whole * POWERS[highDigits] + high) / POWERS[highDigits];
      else if (whole > 0 || high >= 2 ** 20) value = sumDecimals(whole, high, low, lowDigits);
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

// Four characters as a little-endian word: the first one is the lowest byte. Constants stand where they are used: bundled
// ones are variables, which cost a load and a check each.

/**
 * What of a word isn't a digit: the upper bit of its first character that is none, and of some behind it. Without their upper
 * half digits are 0 to 9, and only above that adding 0x76 reaches the upper bit.
 */
function notDigits(word: number): number {
  const digits = word ^ 0x30303030;
  return (digits | (digits + 0x76767676)) & 0x80808080;
}

/** How many digits stand before the first character that is none, by `notDigits`; not asked where all four are. */
const digitsBefore = (others: number): number => (31 - Math.clz32(others & -others)) >> 3;

/** The value of the first `count` characters of a word, 0 to 3 digits: moved to its end, with zeros before them. */
const firstDigits = (word: number, count: number): number => digitsIn((word << 8) << (24 - 8 * count));

/** The value of four digits: pairs of them first, then the pair of pairs. */
function digitsIn(word: number): number {
  const ones = word & 0x0f0f0f0f;
  const tens = (ones * 10 + (ones >>> 8)) & 0x00ff00ff;
  return (tens * 100 + (tens >>> 16)) & 0xffff;
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

/** 10^(−8−n) */
const BEHIND_EIGHT = Float64Array.from({ length: 10 }, (_, n) => Number(`1e${-8 - n}`));
const [FIRST_EIGHT, SECOND_EIGHT, THIRD_EIGHT] = [FIRST, SECOND, THIRD].map((part) => part[LEAST - 8]);

/**
 * whole + high · 10⁻⁸ + low · 10^(−8−n), the same as `sumScaled`, for eight decimals and n more. As low · 10^(−8−n) < 10⁻⁸, it may be
 * rounded twice: that is below 2⁻⁷⁸, and the result at least 2²⁰ · 10⁻⁸ > 2⁻⁷.
 */
function sumDecimals(whole: number, high: number, low: number, n: number): number {
  const product = high * FIRST_EIGHT;
  const sum = whole + product;
  const rest = product - (sum - whole) + (high * SECOND_EIGHT + (high * THIRD_EIGHT + low * BEHIND_EIGHT[n]));
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
