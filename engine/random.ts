/**
 * Seeded random numbers: the counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", SC11). A block of four 32-bit words is a function of (seed, stream, block number), so
 * streams are independent of each other and of the order in which they are drawn, and a state is one number.
 *
 * Bit-exact on every platform: only integer operations, the IEEE operations + − × ÷ √, and a logarithm made of them.
 * Math.random must never be used anywhere in the engine.
 */

/** Plain data; `restoreRandom` goes on exactly where it was taken. */
export interface RandomState {
  readonly seed: number;
  /** The stream as two 32-bit words. */
  readonly stream: readonly [number, number];
  /** Number of 32-bit words drawn so far. */
  readonly position: number;
}

export interface Random {
  /** In [0, 1), all multiples of 2^-53 equally likely. */
  uniform(): number;
  /** Standard normal deviate: mean 0, variance 1. */
  normal(): number;
  /** Integer in 0 … n − 1, without bias; n an integer in 1 … 2^53. */
  integer(n: number): number;
  /** Shuffles in place, every order equally likely. */
  shuffle(items: { [index: number]: unknown; readonly length: number }): void;
  state(): RandomState;
}

/**
 * A generator for one purpose.
 * @param seed integer in 0 … 2^53 − 1
 * @param stream names the purpose ("initial weights", `epoch ${n}`): other streams of the same seed are independent
 */
export function createRandom(seed: number, stream: string | number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`A seed is an integer ≥ 0, not ${seed}.`);
  return restoreRandom({ seed, stream: typeof stream === 'string' ? hashName(stream) : words(stream), position: 0 });
}

/** The generator as it was when `state` was taken. */
export function restoreRandom({ seed, stream, position: start }: RandomState): Random {
  const [key0, key1] = words(seed);
  const block = new Uint32Array(4);
  let position = start;
  const fill = (): void => {
    const number = Math.floor(position / 4);
    philox(number >>> 0, (number / 2 ** 32) >>> 0, stream[0], stream[1], key0, key1, block);
  };
  if (position % 4 !== 0) fill();

  const word = (): number => {
    if (position % 4 === 0) fill();
    return block[position++ % 4];
  };
  /** Integer in 0 … 2^53 − 1. */
  const bits53 = (): number => {
    const high = word() >>> 5;
    return high * 2 ** 26 + (word() >>> 6);
  };
  const uniform = (): number => bits53() * 2 ** -53;
  const integer = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 53) throw new RangeError(`No integer is in 0 … ${n} − 1.`);
    const limit = 2 ** 53 - (2 ** 53 % n);
    for (;;) {
      const bits = bits53();
      if (bits < limit) return bits % n;
    }
  };
  return {
    uniform,
    integer,
    normal() {
      // Marsaglia's polar method; the second deviate of the pair is given up so that the state is one number.
      for (;;) {
        const u = 2 * uniform() - 1;
        const v = 2 * uniform() - 1;
        const s = u * u + v * v;
        if (s > 0 && s < 1) return u * Math.sqrt((-2 * logarithm(s)) / s);
      }
    },
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        const kept = items[last];
        items[last] = items[other];
        items[other] = kept;
      }
    },
    state: () => ({ seed, stream, position }),
  };
}

/**
 * Sum of the squares of `count` independent normal deviates, in a time that does not grow with `count`: twice a gamma
 * deviate by the method of Marsaglia and Tsang, ACM Trans. Math. Softw. 26, 363 (2000).
 * @param count integer ≥ 0
 */
export function chiSquared(random: Random, count: number): number {
  if (count === 0) return 0;
  if (count === 1) return random.normal() ** 2;
  const d = count / 2 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - random.uniform();
    if (logarithm(u) < 0.5 * x * x + d * (1 - v + logarithm(v))) return 2 * d * v;
  }
}

/** Philox4x32-10: counter (4 words) and key (2 words) to a block of 4 words. */
export function philox(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
  into: Uint32Array,
): void {
  let [c0, c1, c2, c3] = [counter0 >>> 0, counter1 >>> 0, counter2 >>> 0, counter3 >>> 0];
  let [k0, k1] = [key0 >>> 0, key1 >>> 0];
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high2 = multiplyHigh(0xcd9e8d57, c2);
    const low2 = Math.imul(0xcd9e8d57, c2);
    c0 = (high2 ^ c1 ^ k0) >>> 0;
    c1 = low2 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  into[0] = c0;
  into[1] = c1;
  into[2] = c2;
  into[3] = c3;
}

/** Upper 32 bits of the 64-bit product of two unsigned words. */
function multiplyHigh(a: number, b: number): number {
  const [ah, al] = [a >>> 16, a & 0xffff];
  const [bh, bl] = [b >>> 16, b & 0xffff];
  const middle = ah * bl + ((al * bl) >>> 16);
  const lower = al * bh + (middle & 0xffff);
  return ah * bh + (middle >>> 16) + (lower >>> 16);
}

function words(n: number): [number, number] {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`A stream is a name or an integer ≥ 0, not ${n}.`);
  return [n >>> 0, (n / 2 ** 32) >>> 0];
}

/** 63 bits of a name; the highest bit is set, so that no name meets a number. */
function hashName(name: string): [number, number] {
  const block = Uint32Array.of(name.length, 0, 0, 0);
  for (let i = 0; i < name.length; i++) {
    philox(block[0], block[1], block[2], block[3] ^ name.charCodeAt(i), 0x6e616d65, i, block);
  }
  return [block[0], (block[1] | 0x80000000) >>> 0];
}

/**
 * ln x for 0 < x < ∞, to about 1e-16, the same bits everywhere (Math.log is up to the implementation):
 * x = m 2^e with m in [√½, √2), ln m = 2 artanh((m − 1)/(m + 1)).
 */
export function logarithm(x: number): number {
  let m = x;
  let exponent = 0;
  for (; m >= Math.SQRT2; m /= 2) exponent++;
  for (; m < Math.SQRT1_2; m *= 2) exponent--;
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum = 0;
  for (let k = 23; k >= 3; k -= 2) sum = (sum + 1 / k) * s2;
  return exponent * Math.LN2 + 2 * (s + s * sum);
}
