import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commonEnd, commonStart } from '../../../language/search';

it('finds where two texts differ', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'Å', '\ud83d') });
  fc.assert(
    fc.property(piece, piece, piece, piece, (head, x, y, tail) => {
      const [a, b] = [head + x + tail, head + y + tail];
      const start = commonStart(a, b);
      let expected = 0;
      while (expected < Math.min(a.length, b.length) && a[expected] === b[expected]) expected++;
      expect(start).toBe(expected);
      const end = commonEnd(a, b, start);
      expected = 0;
      while (start + expected < Math.min(a.length, b.length) && a.at(-1 - expected) === b.at(-1 - expected)) expected++;
      expect(end).toBe(expected);
    }),
  );
});
