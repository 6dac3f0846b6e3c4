import { expect, test } from 'vitest';
import { matchesGlob } from '../../../../engine/formats/globs';
import { readFile } from '../../../../language/runner/reading';
import { readInput } from '../../../../language/runner/tree';
import { parse } from '../../../../language/syntax/parser';
import { unitsOfDatasets, unitsOfFile, unitsOfInput } from '../../../../server/features/file-units';

const said = (text: string) => unitsOfDatasets(parse(text).file.items, '/project');
const atomic = { length: 'bohr', energy: 'hartree' };

test('a dataset says in which units its files are', () => {
  const text =
    'dataset water {\n  files = ["data/input.data", "more/**/*.data"]\n  test_files = "test.data"\n  units { length = bohr; energy = hartree }\n}\n' +
    'dataset silent { files = "other.data" }\ndataset steel { files = "x.dump"; units { energy = kcal/mol } }\n';
  const all = said(text);
  for (const file of ['data/input.data', 'more/a.data', 'more/b/c/d.data', 'test.data'])
    expect(unitsOfFile(`/project/${file}`, all), file).toEqual(atomic);
  expect(unitsOfFile('/project/x.dump', all)).toEqual({ length: 'angstrom', energy: 'kcal/mol' });
  expect(unitsOfFile('/project/other.data', all)).toBeNull();
  expect(unitsOfFile('/elsewhere/data/input.data', all)).toBeNull();
  // Those that contradict each other say nothing.
  expect(
    unitsOfFile('/project/test.data', [...all, ...said('dataset b { files = "test.data"; units { } }')]),
  ).toBeNull();
  expect(said('dataset water { files = "a.data"; units { length = mile } }')).toEqual([]);
});

test('an input.nn says it in comments, of the input.data beside it', () => {
  const read = (text: string) => unitsOfInput(readFile(readInput(text)), '/project/run');
  const all = read('# length unit: bohr\n# energy unit: hartree\nnumber_of_elements 2\n');
  expect(unitsOfFile('/project/run/input.data', all)).toEqual(atomic);
  expect(unitsOfFile('/project/input.data', all)).toBeNull();
  expect(read('# length unit: bohr\nnumber_of_elements 2\n')).toEqual([]);
});

test('globs match whole paths', () => {
  const matching: readonly (readonly [string, string])[] = [
    ['/a/*.xyz', '/a/b.xyz'],
    ['/a/**', '/a/b/c.xyz'],
    ['/a/**/c.xyz', '/a/c.xyz'],
    ['/a/**/c.xyz', '/a/b/b/c.xyz'],
    ['/a/b.xyz', '/a/b.xyz'],
  ];
  for (const [pattern, path] of matching) expect(matchesGlob(pattern, path), pattern).toBe(true);
  const others: readonly (readonly [string, string])[] = [
    ['/a/*.xyz', '/a/b/c.xyz'],
    ['/a/**', '/a/.hidden/c.xyz'],
    ['/a/**/c.xyz', '/a/b/d.xyz'],
    ['/a', '/a/b.xyz'],
    ['/a/b.xyz', '/a'],
  ];
  for (const [pattern, path] of others) expect(matchesGlob(pattern, path), pattern).toBe(false);
});
