import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FrameData } from '../../protocol/frames';
import { selectAtoms } from '../../webview/viewer/select-atoms';

/** Water beside an atom without an element, with charges, and forces of which the lengths are 5, 0, 13, 1. */
const frame: FrameData = {
  numbers: Uint8Array.of(8, 1, 1, 0),
  positions: Float32Array.of(0, 0, 0, 1, 0, 0.5, -1, 0, 0.5, 4, 5, 6),
  periodic: [false, false, false],
  columns: {
    charge: { width: 1, values: Float32Array.of(-0.5, 0.25, 0.25, 0) },
    forces: { width: 3, values: Float32Array.of(3, 4, 0, 0, 0, 0, 5, 12, 0, 0, 0, 1) },
  },
  info: {},
};
const select = (text: string): number[] => selectAtoms(frame, text);

test('atoms are told by elements, indices, ranges and numbers, and combined', () => {
  expect(select('O')).toEqual([0]);
  expect(select('h')).toEqual([1, 2]);
  expect(select('X')).toEqual([3]);
  expect(select('all')).toEqual([0, 1, 2, 3]);
  expect(select('3, 0')).toEqual([0, 3]);
  expect(select('3 0-1')).toEqual([0, 1, 3]);
  expect(select('1 - 2,O')).toEqual([0, 1, 2]);
  expect(select('charge > 0.1')).toEqual([1, 2]);
  expect(select('charge = .25 and x<0')).toEqual([2]);
  expect(select('charge != -5e-1')).toEqual([1, 2, 3]);
  expect(select('|forces| >= 5')).toEqual([0, 2]);
  expect(select('forces >= 5 and not O')).toEqual([2]);
  expect(select('not (O, H)')).toEqual([3]);
  // `and` binds more than the comma.
  expect(select('O, H and x > 0')).toEqual([0, 1]);
  expect(select('(O, H) and x > 0')).toEqual([1]);
  // Nothing is not wrong: no atom is there.
  expect(select('z > 100')).toEqual([]);
  expect(select('Y')).toEqual([]);
});

test('what is wrong is said', () => {
  for (const [text, problem] of [
    ['', /missing at the end/],
    ['O and', /missing at the end/],
    ['Foo', /“Foo” is no element/],
    ['4', /There is no atom 4: the last is 3/],
    ['0-9', /There is no atom 9/],
    ['2-1', /The range 2-1 is empty/],
    ['1.5', /“1.5” is no index/],
    ['-1', /“-1” is no index/],
    ['charge', /charge > 0/],
    ['foo > 3', /no numbers “foo”. It has x, y, z, charge, \|forces\|\./],
    ['x > H', /number is missing after x >/],
    ['(O', /not closed/],
    ['O)', /not opened/],
    ['O; H', /“;” means nothing/],
    ['> 3', /“>” stands where atoms/],
  ] as const)
    expect(() => select(text), text).toThrow(problem);
});

test('whatever is written selects atoms of the frame in order, or says what is wrong', () => {
  const word = fc.constantFrom(
    'O',
    'h',
    'and',
    'not',
    '(',
    ')',
    ',',
    '0',
    '1-2',
    'x',
    '<',
    '>=',
    '0.5',
    '-3',
    '|forces|',
    '7',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(text, (written) => {
      let atoms: number[];
      try {
        atoms = select(written);
      } catch (error) {
        expect((error as Error).message).toMatch(/\.$/);
        return;
      }
      expect(atoms).toEqual([0, 1, 2, 3].filter((atom) => atoms.includes(atom)));
      expect(select(`not (${written})`)).toEqual([0, 1, 2, 3].filter((atom) => !atoms.includes(atom)));
      expect(select(`${written} ${written}`)).toEqual(atoms);
    }),
  );
});
