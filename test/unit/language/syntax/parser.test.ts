import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from '../../../../language/syntax/parser';
import type { Item, Span, SyntaxTree, Value } from '../../../../language/syntax/tree';
import { potentialText } from '../arbitrary';

const RICH = readFileSync(new URL('../../../fixtures/language/rich.potential', import.meta.url), 'utf8');

/** The outline of a tree without spans: one line a node. */
function outline(tree: SyntaxTree): string[] {
  const value = (v: Value | undefined): string => {
    if (v === undefined) return '?';
    const unit =
      'unit' in v && v.unit
        ? ` ${v.unit.factors.map((f) => (f.power === 1 ? f.symbol : `${f.symbol}^${f.power}`)).join('*')}`
        : '';
    switch (v.kind) {
      case 'number':
        return `${v.value}${unit}`;
      case 'string':
        return JSON.stringify(v.text);
      case 'name':
        return v.text;
      case 'list':
        return `[${v.items.map(value).join(', ')}]${unit}`;
      case 'call':
        return `${v.callee.text}(${v.arguments.map(value).join(', ')})${unit}`;
      case 'range':
        return `${v.from}..${v.to}${unit}`;
    }
  };
  const item = (i: Item): string[] =>
    i.kind === 'attribute'
      ? [`${i.name.text} = ${value(i.value)}`]
      : [`${[i.name, ...i.labels].map((n) => n.text).join(' ')} {`, ...i.items.flatMap(item).map((l) => `  ${l}`), '}'];
  return tree.file.items.flatMap(item);
}

function hold(condition: boolean, promise: string): void {
  if (!condition) throw new Error(promise);
}

/** All spans of a node's children lie in it, in order and without overlap. */
function checkSpans(node: Span, children: readonly Span[]): void {
  let position = node.start;
  for (const child of children) {
    hold(child.start >= position && child.end >= child.start, 'siblings are in order');
    position = child.end;
  }
  hold(position <= node.end, 'children lie in their parents');
}

function checkValue(value: Value): void {
  const unit = 'unit' in value && value.unit ? [value.unit] : [];
  if (unit.length > 0) checkSpans(unit[0], unit[0].factors);
  const inner = value.kind === 'list' ? value.items : value.kind === 'call' ? value.arguments : [];
  checkSpans(value, [...(value.kind === 'call' ? [value.callee] : []), ...inner, ...unit]);
  inner.forEach(checkValue);
}

function checkItem(item: Item): void {
  if (item.kind === 'attribute') {
    checkSpans(item, [item.name, ...(item.equals ? [item.equals] : []), ...(item.value ? [item.value] : [])]);
    if (item.value) checkValue(item.value);
  } else {
    checkSpans(item, [
      item.name,
      ...item.labels,
      ...(item.open ? [item.open] : []),
      ...item.items,
      ...(item.close ? [item.close] : []),
    ]);
    item.items.forEach(checkItem);
  }
}

/** Everything that tree.ts promises of any tree. */
function checkTree(tree: SyntaxTree): void {
  let position = 0;
  for (const token of tree.tokens) {
    hold(token.start === position && token.end > token.start, 'tokens cover the text');
    position = token.end;
  }
  hold(position === tree.text.length, 'tokens cover the text');
  hold(tree.file.start === 0 && tree.file.end === tree.text.length, 'the file is the text');
  checkSpans(tree.file, tree.file.items);
  tree.file.items.forEach(checkItem);
  for (const error of tree.errors) {
    hold(error.start >= 0 && error.end >= error.start && error.end <= tree.text.length, 'errors lie in the text');
  }
}

describe('parse', () => {
  it('reads every form of value', () => {
    const tree = parse(`a = 6 Å
b = [1, 2.5, -3e-2] Å^-2 ; c = linspace(0.8, 5.5, 10) A
d = 1..5 ps
e = "x \\"y\\" \\\\ z\\w"
f = kcal/mol
g = 5 1/ps
h = 10 %
i = 2 eV/Å^2*fs
j = [
  H,   # light
  O,
]`);
    expect(tree.errors).toEqual([]);
    expect(outline(tree)).toEqual([
      'a = 6 Å',
      'b = [1, 2.5, -0.03] Å^-2',
      'c = linspace(0.8, 5.5, 10) A',
      'd = 1..5 ps',
      String.raw`e = "x \"y\" \\ z\\w"`,
      'f = kcal/mol',
      'g = 5 ps^-1',
      'h = 10 %',
      'i = 2 eV*Å^-2*fs',
      'j = [H, O]',
    ]);
  });

  it('takes the angstrom sign in all its encodings', () => {
    for (const unit of ['A', 'angstrom', '\u00c5', '\u212b', 'A\u030a']) {
      const tree = parse(`a = 6${unit}`);
      expect(tree.errors).toEqual([]);
      expect(outline(tree)).toEqual([`a = 6 ${unit}`]);
    }
  });

  it('reads a rich file without an error', () => {
    const tree = parse(RICH);
    expect(tree.errors).toEqual([]);
    checkTree(tree);
    expect(outline(tree).slice(0, 9)).toEqual([
      'potential water {',
      '  elements = [H, O]',
      '  cutoff = 6.35 Å',
      '  cutoff_function = poly2',
      '  scaling = range_centered',
      '  radial {',
      '    width = 0.5 Å',
      '    center = linspace(0.8, 5.5, 10) Å',
      '  }',
    ]);
  });

  const recovers: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    [
      'a value to be typed',
      'p {\n  a =\n  b = 1\n}',
      ['p {', '  a = ?', '  b = 1', '}'],
      ['The value of `a` is missing.'],
    ],
    [
      'a lone name',
      'p {\n  a\n  b = 1\n}',
      ['p {', '  a = ?', '  b = 1', '}'],
      ['`= value` or `{ … }` must follow `a`.'],
    ],
    ['a missing =', 'a 6 Å\nb = 1', ['a = 6 Å', 'b = 1'], ['`=` is missing between `a` and its value.']],
    [
      'a missing }',
      'p x {\n  a = 1\n\nq y {\n  b = 2\n}\n',
      ['p x {', '  a = 1', '}', 'q y {', '  b = 2', '}'],
      ['`}` is missing: the block `p x { …` is not closed.'],
    ],
    [
      'a surplus }',
      'p { a = 1 }\n}\nb = 2',
      ['p {', '  a = 1', '}', 'b = 2'],
      ['There is no block that this `}` could close.'],
    ],
    [
      'an open list',
      'p {\n  a = [1, 2\n  b = 3\n}',
      ['p {', '  a = [1, 2]', '  b = 3', '}'],
      ['`]` is missing: `[ …` is not closed.'],
    ],
    [
      'an open call',
      'a = linspace(1, 2\nb = 3',
      ['a = linspace(1, 2)', 'b = 3'],
      ['`)` is missing: `linspace( …` is not closed.'],
    ],
    ['a missing comma', 'a = [1 2]', ['a = [1, 2]'], ['A comma is missing between the values of the list.']],
    ['an open text', 'a = "x\nb = 1', ['a = "x"', 'b = 1'], ['The closing quote of this text is missing.']],
    [
      'a decimal comma',
      'a = 6,0\nb = 1',
      ['a = 6', 'b = 1'],
      ['Nothing may follow the value: decimals have a point (`6.0`), and a list is written `[6, 7]`.'],
    ],
    [
      'a path without quotes',
      'a = start.xyz\nb = 1',
      ['a = start', 'b = 1'],
      ['Unexpected `.`: paths and other texts are written in quotes, as in `"start.xyz"`.'],
    ],
    ['a block with =', 'a = { b = 1 }', ['a {', '  b = 1', '}'], ['A block is written without `=`: `a { … }`.']],
    [
      'a header alone',
      'potential water\n\ndataset d { }',
      ['potential water {', '}', 'dataset d {', '}'],
      ['`{` is missing: a block is written `potential water { … }`, an attribute `potential = water`.'],
    ],
  ];
  it.each(recovers)('recovers from %s', (_, text, expected, messages) => {
    const tree = parse(text);
    checkTree(tree);
    expect(outline(tree)).toEqual(expected);
    expect(tree.errors.map((error) => error.message)).toEqual(messages);
  });

  it('mends what it says it can mend', () => {
    for (const [, text] of recovers) {
      const tree = parse(text);
      for (const error of tree.errors) {
        if (error.insert === undefined && error.remove === undefined) continue;
        const { start, end } = error.remove ?? { start: error.end, end: error.end };
        const mended = text.slice(0, start) + (error.insert ?? '') + text.slice(end);
        expect(parse(mended).errors.length).toBeLessThan(tree.errors.length);
      }
    }
  });

  it('bounds nesting', () => {
    for (const text of [
      'a{'.repeat(20_000),
      `a = ${'['.repeat(20_000)}`,
      `a = ${'f('.repeat(20_000)}`,
      '}'.repeat(20_000),
    ]) {
      const tree = parse(text);
      expect(tree.errors.length).toBeGreaterThan(0);
      expect(tree.tokens.at(-1)?.end).toBe(text.length);
    }
  });

  it('parses any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        checkTree(parse(text));
      }),
    );
    fc.assert(
      fc.property(potentialText(RICH), (text) => checkTree(parse(text))),
      { numRuns: 300 },
    );
  });

  it('parses every prefix of a rich file', () => {
    for (let end = 0; end <= RICH.length; end++) checkTree(parse(RICH.slice(0, end)));
  });
});
