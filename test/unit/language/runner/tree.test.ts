import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineAt, readInput } from '../../../../language/runner/tree';
import { inputText } from './arbitrary';
import { TRAINING } from './cases';

const words = (text: string): string[][] => readInput(text).lines.map((line) => line.words.map((word) => word.text));

describe('the tree of an input.nn', () => {
  it('cuts lines into words and comments', () => {
    expect(words('elements  H\tO # all\r\n\n!x\ncutoff_type 2#3')).toEqual([
      ['elements', 'H', 'O'],
      [],
      [],
      ['cutoff_type', '2'],
    ]);
    const { lines } = readInput('a b # c ! d\r\n');
    expect(lines[0].comment).toEqual({ start: 4, end: 11 });
    expect(readInput('\ufeffelements H').lines[0].words[0].text).toBe('elements');
  });

  it('is the text, for any text and after any edit', () => {
    const holds = (text: string, before: string): void => {
      const previous = readInput(before);
      for (const tree of [readInput(text), readInput(text, previous)]) {
        expect(tree.lines.map((line) => line.text).join('\n')).toBe(text);
        tree.lines.forEach((line, i) => {
          const rest = line.words.reduceRight(
            (left, word) => left.slice(0, word.start) + left.slice(word.end),
            line.text.slice(0, line.comment?.start),
          );
          const good =
            text.startsWith(line.text, tree.starts[i]) &&
            line.words.every((word) => line.text.slice(word.start, word.end) === word.text) &&
            /^[ \t\r\ufeff]*$/.test(rest);
          if (!good) throw new Error(`line ${i} is not the text: ${JSON.stringify(line)}`);
        });
      }
    };
    const any = fc.oneof(inputText(TRAINING), fc.string({ unit: 'binary', maxLength: 200 }));
    fc.assert(fc.property(any, any, holds), { numRuns: 100 });
  });

  it('keeps the lines that an edit leaves alone', () => {
    const before = readInput(TRAINING);
    const after = readInput(
      TRAINING.replace('epochs                          10', 'epochs 11\nnormalize_nodes'),
      before,
    );
    const kept = after.lines.filter((line) => before.lines.includes(line));
    expect(kept).toHaveLength(before.lines.length - 1);
  });

  it('finds the line of an offset', () => {
    const tree = readInput('a\nbc\n');
    expect([0, 1, 2, 4, 5].map((offset) => lineAt(tree, offset))).toEqual([0, 0, 1, 1, 2]);
  });
});
