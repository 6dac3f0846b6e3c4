// Tables of numbers out of text, a line per atom: the innermost loop of the readers of data files. See atom-table.ts.
//
// Every number is the float64 that is nearest to its decimals, of two the even one. Up to 2^53 × 10^±22 that takes one
// multiplication or division of two exact float64s (Clinger, PLDI 1990); up to 19 digits, as in data written without loss,
// the digits are multiplied by the first 128 bits of the power of ten (Lemire, Softw. Pract. Exper. 51, 1700 (2021)).
// Lines with anything else are left to the caller, who can also say what is wrong with them.
#include "vector.h"

enum { TEXT_BYTES = 1 << 17, VALUES = 1 << 15, FIELDS = 64, MAX_POWER = 64, KNOWN_BYTES = 1 << 14 };
enum { REAL, INTEGER, ELEMENT, LOGICAL, TEXT, IGNORED };

// Columns side by side, of which each line gives `width` values, packed from values[first] on: numbers, atomic numbers of
// elements, 1 and 0 for T and F, and of texts where they begin and end, as two int32s.
typedef struct {
  int32_t kind, width, first;
} Field;

// What the caller writes and reads.
static struct {
  // A line feed stands behind the text. What is loaded may begin before it and end behind it.
  uint8_t before[16], text[TEXT_BYTES + 48];
  double values[VALUES];
  // First 128 bits of 5^q, or of 2^n / 5^-q, for -MAX_POWER ≤ q ≤ MAX_POWER.
  uint64_t powers[2 * (2 * MAX_POWER + 1)];
  // Atomic numbers by the letters of symbols: 32 · first + second, counted from 1; 0 for none.
  double elements[32 * 32];
  Field fields[FIELDS];
  // Where the line begins that was not read.
  int32_t stopped;
  // A line that others are compared with.
  uint8_t known[KNOWN_BYTES + 16];
} table;

EXPORT(layout)
const void *layout(int32_t which) {
  const void *parts[] = {table.text, table.values, table.powers, table.elements, table.fields, &table.stopped,
                         table.known};
  return parts[which];
}

static const double TENS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const uint64_t INTEGER_TENS[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

INLINE int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }
INLINE int is_blank(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }
INLINE int is_break(uint8_t byte) { return is_blank(byte) || byte == '\n'; }

typedef uint64_t word __attribute__((aligned(1), may_alias));
// Eight characters: the first one is the lowest byte.
INLINE uint64_t load_word(const uint8_t *p) { return *(const word *)p; }

// The value of eight digits: of pairs, of pairs of pairs, of both.
INLINE uint64_t value_of(uint64_t text) {
  text = ((text & 0x0f0f0f0f0f0f0f0f) * (1 + (10 << 8)) >> 8) & 0x00ff00ff00ff00ff;
  text = (text * (1 + (100 << 16)) >> 16) & 0x0000ffff0000ffff;
  return text * (1 + (10000ull << 32)) >> 32;
}

// What is left of eight characters if the last 0 to 8 of them are digits that count.
#define LAST(n) (0x0f0f0f0f0f0f0f0full << (64 - 8 * n))
static const uint64_t MASKS[] = {0, LAST(1), LAST(2), LAST(3), LAST(4), LAST(5), LAST(6), LAST(7), LAST(8)};

// The last `count` of the characters before p as a number.
INLINE uint64_t value_before(const uint8_t *p, int count) { return value_of(load_word(p - 8) & MASKS[count]); }

// Of two places the same at once, for twice the price of one by halves: as float64s.
INLINE v128_t values_before(const uint8_t *p, int count, const uint8_t *q, int more) {
  v128_t text = wasm_v128_load64_lane(q - 8, wasm_v128_load64_zero(p - 8), 1);
  v128_t digits = wasm_v128_and(text, wasm_v128_load64_lane(MASKS + more, wasm_v128_load64_zero(MASKS + count), 1));
  v128_t tens = wasm_v128_and(digits, wasm_i16x8_splat(0xff));
  v128_t pairs = wasm_i16x8_add(wasm_i16x8_mul(tens, wasm_i16x8_splat(10)), wasm_u16x8_shr(digits, 8));
  v128_t quads = wasm_i32x4_dot_i16x8(pairs, wasm_i32x4_splat(100 | 1 << 16));
  v128_t packed = wasm_i16x8_narrow_i32x4(quads, quads);
  return wasm_f64x2_convert_low_i32x4(wasm_i32x4_dot_i16x8(packed, wasm_i32x4_splat(10000 | 1 << 16)));
}

// Upper and lower half of a product.
typedef struct {
  uint64_t upper, lower;
} Wide;
INLINE Wide multiply(uint64_t a, uint64_t b) {
  uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
  uint64_t middle = (a0 * b0 >> 32) + (uint32_t)(a0 * b1) + (uint32_t)(a1 * b0);
  // The compiler would know this for a product of 128 bits, and call a library that isn't here.
  __asm__("" : "+r"(middle));
  return (Wide){a1 * b1 + (a0 * b1 >> 32) + (a1 * b0 >> 32) + (middle >> 32), a * b};
}

// digits · 10^power to the nearest float64, for 0 < digits < 10^19; 0 where that is not decided. Lemire 2021, algorithm 1.
INLINE int round_decimal(uint64_t digits, int power, double *value) {
  if (power < -MAX_POWER || power > MAX_POWER) return 0;
  const uint64_t *five = table.powers + 2 * (power + MAX_POWER);
  int zeros = __builtin_clzll(digits);
  digits <<= zeros;
  Wide product = multiply(digits, five[0]);
  // Only where the last bits are ones can the rest of the power matter.
  if ((product.upper & 0x1ff) == 0x1ff) {
    uint64_t carried = multiply(digits, five[1]).upper;
    product.lower += carried;
    product.upper += product.lower < carried;
    if (product.lower == UINT64_MAX && (power < -27 || power > 55)) return 0;
  }
  int top = (int)(product.upper >> 63);
  // 54 bits: one more than is kept.
  uint64_t mantissa = product.upper >> (top + 9);
  // In the middle between two, which can be for few powers: to the even one.
  if (product.lower <= 1 && power >= -4 && power <= 23 && (mantissa & 3) == 1 && mantissa << (top + 9) == product.upper)
    mantissa &= ~1ull;
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  // floor(power · log2(10)) for such powers.
  int64_t exponent = ((217706 * power) >> 16) + 63 + top - zeros + 1023;
  // Rounding up may reach the next power of two, whose bits are right by the carry.
  union {
    uint64_t bits;
    double number;
  } result = {(mantissa - (1ull << 52)) + ((uint64_t)exponent << 52)};
  *value = result.number;
  return 1;
}

// digits · 10^power to the nearest float64; 0 where that is not decided.
INLINE int scale(uint64_t digits, int power, double *value) {
  if (digits < 1ull << 53 && power >= -22 && power <= 22) {
    double exact = (double)(int64_t)digits;
    *value = power < 0 ? exact / TENS[-power] : exact * TENS[power];
    return 1;
  }
  if (digits == 0) return *value = 0, 1;
  return round_decimal(digits, power, value);
}

// Any number without its sign: [digits] [. digits] [(e|E|d|D) [+-] digits], one digit at a time. Where it ends; 0 if it is none
// or its value is not decided.
PASS const uint8_t *scan_slowly(const uint8_t *p, double *value) {
  uint64_t digits = 0;
  int seen = 0, power = 0, lost = 0, fraction = 0;
  for (;; p++) {
    if (*p == '.' && !fraction) {
      fraction = 1;
      continue;
    }
    if (!is_digit(*p)) break;
    seen = 1;
    if (digits < 1000000000000000000) {
      digits = digits * 10 + (*p - '0');
      power -= fraction;
    } else {
      lost |= *p != '0';
      power += !fraction;
    }
  }
  if (!seen) return 0;
  if ((*p | 0x20) == 'e' || (*p | 0x20) == 'd') {
    p++;
    int negative = *p == '-', written = 0;
    p += negative || *p == '+';
    if (!is_digit(*p)) return 0;
    for (; is_digit(*p); p++)
      if (written < 100000) written = written * 10 + (*p - '0');
    power += negative ? -written : written;
  }
  if (!scale(digits, power, value)) return 0;
  // Between these digits and the next there is the true number.
  double next;
  return lost && !(scale(digits + 1, power, &next) && next == *value) ? 0 : p;
}

// A bit for each of 32 characters: the lowest one for the first.
INLINE uint32_t bits_of(v128_t first, v128_t second) {
  return wasm_i8x16_bitmask(first) | (uint32_t)wasm_i8x16_bitmask(second) << 16;
}

// A number: fast for plain decimals of up to 19 digits, which files are full of. Where it ends is found out of 32 characters at
// once, so that the next ones are begun while it is still being computed.
INLINE const uint8_t *scan_number(const uint8_t *p, double *value) {
  v128_t first = wasm_v128_load(p), second = wasm_v128_load(p + 16);
  v128_t blank = wasm_i8x16_splat(' '), dot = wasm_i8x16_splat('.');
  v128_t zero = wasm_i8x16_splat('0'), nine = wasm_i8x16_splat(9);
  uint32_t breaks = bits_of(wasm_u8x16_le(first, blank), wasm_u8x16_le(second, blank));
  uint32_t points = bits_of(wasm_i8x16_eq(first, dot), wasm_i8x16_eq(second, dot));
  uint32_t digitBits =
      bits_of(wasm_u8x16_le(wasm_i8x16_sub(first, zero), nine), wasm_u8x16_le(wasm_i8x16_sub(second, zero), nine));

  int negative = *p == '-', sign = negative || *p == '+';
  int length = __builtin_ctz(breaks | 1u << 31);
  uint32_t token = (1u << length) - 1;
  points &= token;
  int point = __builtin_ctz(points | 1u << length);
  int whole = point - sign, decimals = length - point - (points != 0);
  uint32_t others = (token & ~digitBits & ~points) >> sign;
  const uint8_t *end = p + length;
  if (others || points & (points - 1) || whole > 7 || whole + decimals == 0 || whole + decimals > 19) {
    end = scan_slowly(p + sign, value);
    if (!end) return 0;
  } else {
    if (decimals <= 8) {
      // Fifteen digits are below 2^53.
      v128_t parts = values_before(p + point, whole, end, decimals);
      double scale = TENS[decimals];
      *value = (wasm_f64x2_extract_lane(parts, 0) * scale + wasm_f64x2_extract_lane(parts, 1)) / scale;
    } else {
      uint64_t digits = value_before(p + point, whole);
      const uint8_t *fraction = p + point + 1;
      digits = digits * 100000000 + value_of(load_word(fraction));
      if (decimals > 16) digits = digits * 100000000 + value_of(load_word(fraction + 8));
      int rest = decimals > 16 ? decimals - 16 : decimals - 8;
      digits = digits * INTEGER_TENS[rest] + value_before(end, rest);
      // Also where there is a shorter way: no processor can guess which numbers have one.
      if (digits == 0) *value = 0;
      else if (!round_decimal(digits, -decimals, value)) return 0;
    }
  }
  if (negative) *value = -*value;
  return end;
}

// Reads at most `count` lines from `start` on, up to the last one that ends before `end`, each of which has what `fields` say
// and, but for `open`, nothing else. Stops at the first that isn't so.
// Returns how many.
EXPORT(read_lines)
int32_t read_lines(int32_t start, int32_t end, int32_t count, int32_t fields, int32_t open) {
  const uint8_t *p = table.text + start, *last = table.text + end;
  int32_t line = 0;
  for (; line < count; line++) {
    table.stopped = (int32_t)(p - table.text);
    for (int f = 0; f < fields; f++) {
      Field field = table.fields[f];
      double *values = table.values + field.first + line * field.width;
      for (int k = 0; k < field.width; k++) {
        while (is_blank(*p)) p++;
        switch (field.kind) {
          case REAL:
          case INTEGER:
            p = scan_number(p, values + k);
            if (!p || !is_break(*p) || (field.kind == INTEGER && __builtin_floor(values[k]) != values[k])) return line;
            break;
          case ELEMENT: {
            int first = p[0] - 'A' + 1, second = is_break(p[1]) ? 0 : p[1] - 'a' + 1;
            if (first < 1 || first > 26 || second < 0 || second > 26) return line;
            values[k] = table.elements[32 * first + second];
            p += second ? 2 : 1;
            if (values[k] == 0 || !is_break(*p)) return line;
            break;
          }
          case LOGICAL:
            if ((*p != 'T' && *p != 'F') || !is_break(p[1])) return line;
            values[k] = *p++ == 'T';
            break;
          default: {
            const uint8_t *token = p;
            while (!is_break(*p)) p++;
            if (p == token) return line;
            if (field.kind == TEXT) {
              int32_t *place = (int32_t *)(values + k);
              place[0] = (int32_t)(token - table.text), place[1] = (int32_t)(p - table.text);
            }
          }
        }
      }
    }
    while (is_blank(*p)) p++;
    if (open)
      while (*p != '\n') p++;
    // The line feed behind the text ends a line of which the rest is not here.
    if (*p != '\n' || p >= last) return line;
    p++;
  }
  table.stopped = (int32_t)(p - table.text);
  return line;
}

// How many bytes of the known line, from `known` on, are the same as those of the text from `start` on; at most `count`.
EXPORT(count_same)
int32_t count_same(int32_t known, int32_t start, int32_t count) {
  const uint8_t *a = table.known + known, *b = table.text + start;
  for (int32_t i = 0; i < count; i += 16) {
    uint32_t others = ~(uint32_t)wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(a + i), wasm_v128_load(b + i))) & 0xffff;
    if (others) {
      int32_t same = i + __builtin_ctz(others);
      return same < count ? same : count;
    }
  }
  return count;
}
