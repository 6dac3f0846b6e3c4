import { expect, test } from 'vitest';
import type { DataFacts } from '../../../../language/check/facts';
import { completionsAt, resolveCompletion } from '../../../../server/features/completion';
import { apply, filesOf, RICH, withCursor } from '../fixture';

const files = filesOf('a.xyz', 'b.xyz', 'one.extxyz', 'input.data', 'notes.txt', 'sub/c.xyz');

function complete(marked: string, trigger?: string) {
  const { analysis, offset } = withCursor(marked, files);
  return { analysis, items: completionsAt(analysis, offset, { snippets: true, trigger }) };
}
const labels = (marked: string, trigger?: string): string[] =>
  complete(marked, trigger).items.map(({ label }) => label);

/** The text after accepting the item, with snippets as they are. */
function accept(marked: string, label: string): string {
  const { analysis, items } = complete(marked);
  const item = items.find((candidate) => candidate.label === label);
  if (item?.textEdit === undefined || !('range' in item.textEdit)) throw new Error(`no ${label}`);
  return apply(analysis, [item.textEdit]);
}

test('the top level offers the blocks, also in a half-typed word', () => {
  expect(labels('|')).toEqual([
    'potential',
    'dataset',
    'train',
    'evaluate',
    'md',
    'umbrella',
    'rate',
    'oracle',
    'explore',
  ]);
  expect(labels('pot|')).toEqual([
    'potential',
    'dataset',
    'train',
    'evaluate',
    'md',
    'umbrella',
    'rate',
    'oracle',
    'explore',
  ]);
  expect(labels('potential p { }\n|')).toEqual([
    'potential',
    'dataset',
    'train',
    'evaluate',
    'md',
    'umbrella',
    'rate',
    'oracle',
    'explore',
  ]);
});

test('a block comes with what it requires, references filled in', () => {
  expect(accept('potential p { elements = [H] }\ntr|', 'train')).toBe(
    'potential p { elements = [H] }\ntrain ${1:name} {\n  potential = ${2:p}\n  dataset = ${3:dataset}\n  $0\n}',
  );
  expect(accept('potential p { pa| }', 'pair')).toBe(
    'potential p { pair lennard_jones {\n  epsilon = ${1:0.010323 eV}\n  sigma = ${2:3.405 Å}\n  $0\n} }',
  );
});

test('a block offers the attributes and blocks that it has not yet', () => {
  expect(labels('potential p {\n  cutoff = 6 Å\n  |\n}')).toEqual([
    'elements',
    'cutoff_function',
    'scaling',
    'load',
    'radial',
    'angular',
    'chiral',
    'network',
    'committee',
    'pair',
    'prior',
    'units',
  ]);
  expect(labels('md m { ensemble nve { | } }')).toEqual(['initial_temperature']);
  expect(labels('md m { ensemble langevin { | } }')).toEqual(['temperature', 'initial_temperature', 'friction']);
  expect(labels('md m { ensemble nve { }\n out| }')).not.toContain('ensemble');
});

test('unclosed blocks and lists do not matter', () => {
  expect(labels('potential p {\n  radial {\n    |')).toEqual(['eta', 'shift', 'width', 'center', 'cutoff']);
  expect(labels('train t {\n  |\n\nmd m { }')).toContain('force_weight');
  expect(labels('potential p {\n  elements = [H, \n  cutoff_function = |')).toContain('poly2');
});

test('an attribute inserts its example, a renamed one only its name', () => {
  expect(accept('potential p { cut| }', 'cutoff')).toBe('potential p { cutoff = ${1:6 Å} }');
  expect(accept('potential p { cut| = 5 Å }', 'cutoff')).toBe('potential p { cutoff = 5 Å }');
  expect(accept('train t { po| }', 'potential')).toBe('train t { potential = $1 }');
});

test('choices with what they mean, the default selected', () => {
  const { items } = complete('potential p { cutoff_function = | }');
  expect(items.map(({ label }) => label)).toContain('tanh3_normalized');
  expect(items.find(({ label }) => label === 'poly2')).toMatchObject({ preselect: true, detail: 'default' });
  expect(items.find(({ label }) => label === 'cos')?.documentation).toMatchObject({ kind: 'markdown' });
  expect(accept('dataset d { units { energy = kcal/m| } }', 'kcal/mol')).toBe(
    'dataset d { units { energy = kcal/mol } }',
  );
  expect(labels('potential p { cutoff_function = poly2 | }')).toEqual([]);
});

test('references of the right kind', () => {
  expect(labels('potential a { }\npotential "b c" { }\ndataset d { }\ntrain t { potential = | }')).toEqual([
    'a',
    'b c',
  ]);
  expect(accept('potential "b c" { }\ntrain t { potential = | }', 'b c')).toContain('potential = "b c"');
  expect(labels('potential a { }\ntrain t { dataset = | }')).toEqual([]);
});

test('elements with names in lists and labels', () => {
  const { items } = complete('potential p { elements = [H, | ] }');
  expect(items).toHaveLength(117);
  expect(items.find(({ label }) => label === 'O')).toMatchObject({ detail: 'oxygen, Z = 8' });
  expect(labels('potential p { elements = [H, O]; radial | { } }')).toEqual(['H', 'O']);
  expect(labels('potential p { elements = [H, O]; radial H | { } }')).toEqual(['H', 'O']);
  expect(labels('potential p { elements = [H, O]; radial H O | { } }')).toEqual([]);
  // A centre and up to four channels.
  expect(labels('potential p { elements = [H, O]; chiral O H O H | { } }')).toEqual(['H', 'O']);
  expect(labels('potential p { elements = [H, O]; chiral O H O H O | { } }')).toEqual([]);
  const two = 'potential p { elements = [H, O] }\npotential q { elements = [Cu] }\n';
  expect(labels(`${two}md m { potential = p; isotope | { } }`)).toEqual(['H', 'O']);
  expect(labels(`${two}md m { potential = q; isotope | { } }`)).toEqual(['Cu']);
  expect(labels(`${two}md m { isotope | { } }`)).toContain('Xe');
  expect(labels('potential p { elements = [H, O]; network | { } }')).toEqual(['H', 'O']);
});

test('variants behind blocks that have some', () => {
  const ensembles = ['nve', 'langevin', 'csvr', 'berendsen'];
  expect(labels('md m { ensemble | }')).toEqual(ensembles);
  expect(labels('md m { ensemble lang| { } }')).toEqual(ensembles);
  expect(labels('md m { ensemble csvr { | } }')).toEqual(['temperature', 'initial_temperature', 'time']);
  expect(labels('train t { optimizer | }')).toContain('adam');
  expect(labels('train | { }')).toEqual([]);
});

test('units that fit the dimension, after numbers, lists and calls', () => {
  expect(labels('potential p { cutoff = 6 | }')).toEqual(['Å', 'bohr', 'nm']);
  // Nobody cuts off at 12 Å: it will be bohr.
  expect(labels('potential p { cutoff = 12 | }')[0]).toBe('bohr');
  expect(accept('potential p { cutoff = 6| }', 'Å')).toBe('potential p { cutoff = 6 Å }');
  expect(accept('potential p { cutoff = 6 bo| }', 'bohr')).toBe('potential p { cutoff = 6 bohr }');
  expect(labels('potential p { radial { eta = [4, 16] | } }')).toContain('Å^-2');
  expect(labels('potential p { radial { center = linspace(1, 2, 3) | } }')).toContain('bohr');
  expect(accept('md m { ensemble langevin { friction = 5 1/p| } }', '1/ps')).toBe(
    'md m { ensemble langevin { friction = 5 1/ps } }',
  );
  expect(labels('train t { epochs = 6 | }')).toEqual([]);
});

test('functions where they fit', () => {
  expect(labels('potential p { radial { eta = | } }')).toContain('linspace(first, last, count)');
  expect(accept('dataset d { split_by = k| }', 'key("name")')).toBe('dataset d { split_by = key("${1:split}") }');
  expect(labels('potential p { cutoff = | }')).toEqual(['6 Å']);
});

test('files that fit, folder by folder', () => {
  expect(labels('dataset d { files = ["|"] }')).toEqual([
    'a.xyz',
    'b.xyz',
    'one.extxyz',
    'input.data',
    '*.xyz',
    'sub/',
  ]);
  expect(labels('md m { structure = "|" }')).toEqual(['a.xyz', 'b.xyz', 'one.extxyz', 'sub/']);
  expect(accept('md m { structure = "|" }', 'a.xyz')).toBe('md m { structure = "a.xyz" }');
  expect(accept('md m { structure = "sub/|" }', 'c.xyz')).toBe('md m { structure = "sub/c.xyz" }');
  expect(accept('md m { structure = "sub/|', 'c.xyz')).toBe('md m { structure = "sub/c.xyz');
  expect(accept('dataset d { files = [|] }', 'a.xyz')).toBe('dataset d { files = ["a.xyz"] }');
  expect(accept('md m { structure = | }', 'a.xyz')).toBe('md m { structure = "a.xyz" }');
  expect(labels('md m { output { file = "|" } }')).toEqual([]);
});

test('nothing in comments, and no lists at typed spaces where an item begins', () => {
  expect(labels('# pot|')).toEqual([]);
  expect(labels('potential p {\n  |\n}', ' ')).toEqual([]);
  expect(labels('potential p { cutoff_function = | }', ' ')).toContain('poly2');
});

test('without snippets there are none', () => {
  const { analysis, offset } = withCursor(RICH + '|', files);
  for (const item of completionsAt(analysis, offset, { snippets: false }))
    expect(JSON.stringify(item)).not.toContain('$');
});

test('documentation comes when asked for', () => {
  for (const marked of [
    '|',
    'potential p { | }',
    'potential p { elements = [|] }',
    'potential p { radial { eta = | } }',
  ]) {
    const items = complete(marked).items.filter(({ data }) => data !== undefined);
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(resolveCompletion(item).documentation).toMatchObject({ kind: 'markdown' });
  }
  expect(
    resolveCompletion({ label: 'x', data: { kind: 'attribute', path: ['constructor'], name: '__proto__' } }),
  ).toEqual({
    label: 'x',
    data: { kind: 'attribute', path: ['constructor'], name: '__proto__' },
  });
});

test('what the data have, with the frames that have it', () => {
  const data: DataFacts = {
    frames: 10,
    atoms: { minimum: 2, maximum: 2, total: 20 },
    elements: { H: 10, Cu: 3 },
    keys: { energy: 10, dft_energy: 7, split: 10, 'my key': 1 },
    columns: { forces: 9, charges: 10 },
    words: { split: { train: 8, test: 2 } },
    energyKey: 'dft_energy',
    forcesKey: 'forces',
  };
  const known = { ...files, summary: (paths: readonly string[]) => (paths.includes('a.xyz') ? data : undefined) };
  const offers = (marked: string): [string, string | undefined][] => {
    const { analysis, offset } = withCursor(marked, known);
    return completionsAt(analysis, offset, { snippets: true })
      .sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))
      .map(({ label, detail }) => [label, detail]);
  };
  expect(offers('dataset d { files = ["a.xyz"]; energy = | }')).toEqual([
    ['auto', 'default'],
    ['dft_energy', 'in 7 of 10 frames'],
    ['energy', 'in all 10 frames'],
    ['my key', 'in 1 of 10 frames'],
  ]);
  expect(offers('dataset d { files = "a.xyz"; forces = | }').map(([label]) => label)).toEqual([
    'auto',
    'forces',
    'charges',
  ]);
  expect(offers('dataset d { files = ["a.xyz"]; split_by = key("|") }')).toEqual([['split', 'train 8, test 2']]);
  expect(offers('dataset d { files = ["a.xyz"] }\npotential p { elements = [H, | ] }').at(0)).toEqual([
    'Cu',
    'copper, Z = 29, in 3 frames of the data',
  ]);
  // Of another dataset nothing is known.
  expect(offers('dataset d { files = ["b.xyz"]; energy = | }').map(([label]) => label)).toEqual(['auto']);
});
