import { expect, test } from 'vitest';
import { parse } from '../../../language/syntax/parser';
import { contextAt, nodeAt } from '../../../server/context';
import { textAt, withCursor } from './fixture';
import { rangeOf } from '../../../server/analysis';

/** Blocks around, kind of place with its details, text that would be replaced. */
function place(marked: string): unknown[] {
  const { analysis, offset } = withCursor(marked);
  const { blocks, place: found, span } = contextAt(analysis.tree, offset);
  const replaced = textAt(analysis, rangeOf(analysis.document, span));
  return [blocks.map(({ name }) => name.text).join('/'), found, replaced];
}

const value = { attribute: 'x', depth: 0, callee: undefined, given: [], quoted: undefined, kind: 'value' };

test.each<[string, unknown[]]>([
  ['|', ['', { kind: 'item', followed: false }, '']],
  ['tra|', ['', { kind: 'item', followed: false }, 'tra']],
  ['t|ra x {', ['', { kind: 'item', followed: true }, 'tra']],
  ['md a {|}', ['md', { kind: 'item', followed: false }, '']],
  ['md a {}|', ['', { kind: 'item', followed: false }, '']],
  ['md a { x = 1; |', ['md', { kind: 'item', followed: false }, '']],
  ['md a {\n  output {\n  }\n  |', ['md', { kind: 'item', followed: false }, '']],
  ['md a { # x|', ['md', { kind: 'none' }, '']],
  ['md a { 5| }', ['md', { kind: 'none' }, '']],
  ['md |', ['', { kind: 'label', name: 'md', labels: [] }, '']],
  ['potential p { radial H O|', ['potential', { kind: 'label', name: 'radial', labels: ['H'] }, 'O']],
  ['md a { nothing | }', ['md', { kind: 'none' }, '']],
  ['x =|', ['', value, '']],
  ['x = ab|c', ['', value, 'abc']],
  ['x = kcal/|', ['', { ...value, given: ['kcal'] }, 'kcal/']],
  ['x = [a, |]', ['', { ...value, depth: 1, given: ['a'] }, '']],
  ['x = [\n  a,\n  |', ['', { ...value, depth: 1, given: ['a'] }, '']],
  ['x = f(1, |)', ['', { ...value, depth: 1, callee: 'f', given: ['1'] }, '']],
  ['x = [1, 2\ny = |', ['', { ...value, attribute: 'y' }, '']],
  ['x = "ab|c"', ['', { ...value, quoted: 'ab' }, '"abc"']],
  ['x = "ab|', ['', { ...value, quoted: 'ab' }, '"ab']],
  ['x = "ab"|', ['', { kind: 'none' }, '']],
  ['x = ab |', ['', { kind: 'none' }, '']],
  ['x = 6|', ['', { kind: 'unit', attribute: 'x', value: 6, tight: true }, '']],
  ['x = 6|.5', ['', { kind: 'none' }, '6.5']],
  ['x = 6 |', ['', { kind: 'unit', attribute: 'x', value: 6, tight: false }, '']],
  ['x = 5 1/p|', ['', { kind: 'unit', attribute: 'x', value: 5, tight: false }, '1/p']],
  ['x = 5 eV/|', ['', { kind: 'unit', attribute: 'x', value: 5, tight: false }, 'eV/']],
  ['x = [5]|', ['', { kind: 'unit', attribute: 'x', value: 5, tight: true }, '']],
  ['x = 1 .. 2 |', ['', { kind: 'unit', attribute: 'x', value: 2, tight: false }, '']],
])('%j', (marked, expected) => {
  expect(place(marked)).toEqual(expected);
});

test.each<[string, string | undefined, string]>([
  ['po|tential p { }', 'block', 'potential'],
  ['potential p| { }', 'label', 'p'],
  ['potential p { |x = 1 }', 'attribute', 'x'],
  ['potential p { x = [1, 2|3] Å }', 'value', '23'],
  ['potential p { x = [1, 23] |Å }', 'unit', 'Å'],
  ['potential p { x = f(a|) }', 'value', 'a'],
  ['potential p { radial H O { x = 5 1/p|s } }', 'unit', '1/ps'],
  ['potential p { | }', undefined, ''],
])('the node at %j', (marked, kind, text) => {
  const { analysis, offset } = withCursor(marked);
  const node = nodeAt(analysis.tree, offset);
  expect(node?.kind).toBe(kind);
  if (node !== undefined) expect(textAt(analysis, rangeOf(analysis.document, node.span))).toBe(text);
});

test('in a block of many lines what stands in the line of its brace is found too', () => {
  const text = `potential p {\n${'  radial H O { eta = 4 Å^-2 }\n'.repeat(100)}cutoff = 6 Å }`;
  const node = nodeAt(parse(text), text.indexOf('cutoff'));
  expect(node?.kind).toBe('attribute');
  expect(node?.blocks.map(({ name }) => name.text)).toEqual(['potential']);
});
