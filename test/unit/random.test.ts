import { describe, expect, it } from 'vitest';
import { chiSquared, createRandom, logarithm, philox, restoreRandom } from '../../engine/random';

describe('Philox4x32-10', () => {
  // Known answers of Random123 1.14 (kat_vectors), the authors' implementation.
  it.each([
    { counter: [0, 0, 0, 0], key: [0, 0], block: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      block: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      block: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])('gives the published block for counter $counter', ({ counter: [a, b, c, d], key: [k, l], block }) => {
    const into = new Uint32Array(4);
    philox(a, b, c, d, k, l, into);
    expect([...into]).toEqual(block);
  });
});

describe('createRandom', () => {
  it('repeats itself for the same seed and stream, and only then', () => {
    const draw = (seed: number, stream: string | number): number[] => {
      const random = createRandom(seed, stream);
      return Array.from({ length: 8 }, () => random.uniform());
    };
    expect(draw(7, 'weights')).toEqual(draw(7, 'weights'));
    const others = [draw(8, 'weights'), draw(7, 'weightt'), draw(7, ''), draw(7, 0), draw(7, 1), draw(2 ** 32 + 7, 0)];
    expect(new Set([draw(7, 'weights'), ...others].flat()).size).toBe(7 * 8);
  });

  it('goes on exactly from a state that went through JSON, at any position', () => {
    const random = createRandom(3, 'state');
    for (let drawn = 0; drawn < 9; drawn++) {
      const copy = restoreRandom(JSON.parse(JSON.stringify(random.state())) as ReturnType<typeof random.state>);
      const expected = [copy.uniform(), copy.normal(), copy.integer(10)];
      const again = restoreRandom(random.state());
      expect([again.uniform(), again.normal(), again.integer(10)]).toEqual(expected);
      random.uniform();
      if (drawn % 2 === 1) random.normal();
    }
  });

  it('is uniform in [0, 1): mean, variance and serial correlation within five standard errors', () => {
    const random = createRandom(1, 'uniform');
    const n = 100_000;
    let [sum, square, serial, previous] = [0, 0, 0, 0.5];
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      expect(u >= 0 && u < 1).toBe(true);
      sum += u;
      square += (u - 0.5) ** 2;
      serial += (u - 0.5) * (previous - 0.5);
      previous = u;
    }
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(square / n - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / n));
    expect(Math.abs(serial / n)).toBeLessThan((5 * (1 / 12)) / Math.sqrt(n));
  });

  it('is normal: the first four moments within five standard errors', () => {
    const random = createRandom(2, 'normal');
    const n = 100_000;
    const moments = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      for (let k = 0; k < 4; k++) moments[k] += x ** (k + 1) / n;
    }
    [0, 1, 0, 3].forEach((exact, k) => {
      expect(Math.abs(moments[k] - exact)).toBeLessThan(5 * Math.sqrt([1, 2, 15, 96][k] / n));
    });
  });

  it.each([0, 1, 2, 3, 8, 1e6])('sums the squares of %i normal deviates: mean, variance and third moment', (count) => {
    const random = createRandom(3, 'squares');
    const n = 20_000;
    const values = Array.from({ length: n }, () => chiSquared(random, count) - count);
    const moment = (k: number): number => values.reduce((sum, value) => sum + value ** k, 0) / n;
    // Standard errors from the sample’s own higher moments.
    [0, 2 * count, 8 * count].forEach((exact, i) => {
      const error = Math.sqrt((moment(2 * i + 2) - moment(i + 1) ** 2) / n);
      expect(Math.abs(moment(i + 1) - exact)).toBeLessThanOrEqual(5 * error);
    });
  });

  it('gives every integer and every order its share', () => {
    const random = createRandom(5, 'shares');
    const counts = new Float64Array(6);
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      counts[random.integer(6)]++;
      const items = ['a', 'b', 'c'];
      random.shuffle(items);
      orders.set(items.join(''), (orders.get(items.join('')) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of [...counts, ...orders.values()]) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(random.integer(1)).toBe(0);
    expect(random.integer(2 ** 53)).toBeLessThan(2 ** 53);
  });

  it('refuses seeds and ranges that mean nothing', () => {
    for (const seed of [-1, 0.5, NaN, Infinity]) expect(() => createRandom(seed, 0)).toThrow(RangeError);
    expect(() => createRandom(1, -1)).toThrow(RangeError);
    expect(() => createRandom(1, 0).integer(0)).toThrow(RangeError);
  });
});

it('computes logarithms to the last bits', () => {
  for (let x = 2 ** -106; x < 8; x *= 1.37) {
    expect(Math.abs(logarithm(x) - Math.log(x))).toBeLessThanOrEqual(3e-16 * Math.max(1, Math.abs(Math.log(x))));
  }
  expect(logarithm(1)).toBe(0);
});
