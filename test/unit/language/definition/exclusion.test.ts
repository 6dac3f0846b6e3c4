/** `exclude`: reading, writing, and the edit that adds to it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../../../language/check/check';
import { datasetOf, excludeFrames } from '../../../../language/definition/exclusion';
import { parseFrameRange, writeFrameRanges } from '../../../../language/schema/frame-ranges';
import { parse } from '../../../../language/syntax/parser';

const range = (file: string, first: number, last = first) => ({ file, first, last });

test('ranges are read as they are written, and say the same frames', () => {
  expect(parseFrameRange('C:\\a.xyz:12')).toEqual(range('C:\\a.xyz', 12));
  for (const text of ['a.xyz', '12', ':3', 'a.xyz:3-1', 'a.xyz:-1', 'a.xyz:1.5', 'a.xyz:'])
    expect(parseFrameRange(text)).toBeUndefined();
  expect(writeFrameRanges([range('b', 3), range('a', 1, 4), range('b', 4), range('a', 5), range('a', 9)])).toEqual([
    'b:3-4',
    'a:1-5',
    'a:9',
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a.xyz', 'b 2.xyz'), fc.nat(60), fc.nat(5)), { maxLength: 30 }),
      (given) => {
        const frames = (ranges: readonly ReturnType<typeof range>[]): Set<string> =>
          new Set(
            ranges.flatMap(({ file, first, last }) =>
              Array.from({ length: last - first + 1 }, (_, k) => `${file}:${first + k}`),
            ),
          );
        const ranges = given.map(([file, first, more]) => range(file, first, first + more));
        const written = writeFrameRanges(ranges);
        const back = written.flatMap((text) => parseFrameRange(text) ?? []);
        expect(frames(back)).toEqual(frames(ranges));
        expect(back).toHaveLength(written.length);
      },
    ),
  );
});

const TEXT = `potential p { elements = [Cu] }

dataset water {
  files = ["a.xyz"] # all
  test  = 10 %
}
dataset "b c" { files = ["b.xyz"]; exclude = "b.xyz:2" }

train t {
  potential = p
  dataset = water
}
`;

describe('the edit', () => {
  const apply = (text: string, dataset: string, ...ranges: ReturnType<typeof range>[]): string => {
    const edit = excludeFrames(text, dataset, ranges);
    if (edit === undefined) throw new Error('no edit');
    return text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end);
  };

  test('adds to the block of the dataset and to what it leaves out already', () => {
    const once = apply(TEXT, 'water', range('a.xyz', 3), range('a.xyz', 4));
    expect(once).toContain('\n  exclude = ["a.xyz:3-4"]\n');
    const twice = apply(once, 'water', range('a.xyz', 5), range('a.xyz', 9));
    expect(twice).toContain('\n  exclude = ["a.xyz:3-5", "a.xyz:9"]\n');
    const other = apply(twice, 'b c', range('b.xyz', 0));
    const { definition, diagnostics } = check(parse(other));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(definition.datasets.get('b c')?.options.exclude).toEqual(['b.xyz:0', 'b.xyz:2']);
    expect(definition.datasets.get('water')?.options.exclude).toEqual(['a.xyz:3-5', 'a.xyz:9']);
  });

  test('is none where the dataset is missing; actions know theirs', () => {
    expect(excludeFrames(TEXT, 'none', [range('a', 1)])).toBeUndefined();
    expect(excludeFrames('dataset d', 'd', [range('a', 1)])).toBeUndefined();
    expect(datasetOf(TEXT, 'train', 't')).toBe('water');
    expect(datasetOf(TEXT, 'evaluate', 't')).toBeUndefined();
  });

  test('an exploration leaves out of the dataset of the training that it repeats', () => {
    const exploring = (train: string): string | undefined =>
      datasetOf(`${TEXT}\nexplore e { train = ${train}; oracle = o }`, 'explore', 'e');
    expect(exploring('t')).toBe('water');
    expect(exploring('missing')).toBeUndefined();
    expect(exploring('[t]')).toBeUndefined();
    expect(datasetOf(TEXT, 'explore', 'e')).toBeUndefined();
  });
});
