import { expect, test } from 'vitest';
import type { LocationLink } from 'vscode-languageserver';
import { declarationLinks, fileLinks } from '../../../../server/features/definition';
import { hoverAt } from '../../../../server/features/hover';
import { lensesOf } from '../../../../server/features/lenses';
import { linksOf } from '../../../../server/features/links';
import { highlightsOf, referencesOf } from '../../../../server/features/references';
import { occurrencesAt, type Occurrences } from '../../../../server/names';
import { LENS_COMMANDS } from '../../../../protocol/requests';
import { analysisOf, filesOf, RICH, textAt, URI, withCursor } from '../fixture';

const files = filesOf('ice.xyz', 'data/a.xyz', 'data/b.xyz');

/** RICH with the cursor in the middle of `what`, as it stands behind `before`. */
function richAt(before: string, what: string) {
  const start = RICH.indexOf(before + what);
  if (start < 0) throw new Error(`no ${before}${what}`);
  const offset = start + before.length + Math.ceil(what.length / 2);
  return withCursor(`${RICH.slice(0, offset)}|${RICH.slice(offset)}`, files);
}

/** The name at a place of RICH. */
function nameIn(before: string, what: string): Occurrences {
  const { analysis, offset } = richAt(before, what);
  const name = occurrencesAt(analysis.tree, offset);
  if (name === undefined) throw new Error(`${what} is no name`);
  return name;
}

function definitions(before: string, what: string): LocationLink[] {
  const { analysis, offset } = richAt(before, what);
  const name = occurrencesAt(analysis.tree, offset);
  return name === undefined ? fileLinks(analysis, offset) : declarationLinks(analysis.document, name, offset);
}

const analysis = analysisOf(RICH, files);
const lineOf = ({ start }: { start: { line: number } }): string => RICH.split('\n')[start.line].trim();

test('from a name to its block', () => {
  const targets = definitions('train water {\n  potential = ', 'water');
  expect(targets).toHaveLength(1);
  expect(targets[0].targetUri).toBe(URI);
  expect(textAt(analysis, targets[0].targetRange)).toMatch(/^potential water \{/);
  expect(textAt(analysis, targets[0].targetSelectionRange)).toBe('water');
  expect(targets[0].originSelectionRange && lineOf(targets[0].originSelectionRange)).toBe('potential = water');
});

test('from an element to the elements of its potential', () => {
  const [target, ...others] = definitions('radial ', 'H');
  expect(others).toEqual([]);
  expect(textAt(analysis, target.targetRange)).toBe('elements        = [H, O]');
  expect(textAt(analysis, target.targetSelectionRange)).toBe('H');
});

test('from a path to its file, from a glob to all of its files', () => {
  const uris = (before: string, what: string): string[] => definitions(before, what).map(({ targetUri }) => targetUri);
  expect(uris('structure = ', '"ice.xyz"')).toEqual(['file:///folder/ice.xyz']);
  expect(uris('', '"data/*.xyz"')).toEqual(['file:///folder/data/a.xyz', 'file:///folder/data/b.xyz']);
  expect(uris('file = ', '"liquid.xyz"')).toEqual([]);
});

test('references are those of the name in its own namespace', () => {
  const water = nameIn('potential ', 'water');
  expect(referencesOf(analysis.document, water, true).map(({ range }) => lineOf(range))).toEqual([
    'potential water {',
    'potential = water',
    'evaluate "on rpbe" { potential = water; dataset = rpbe }',
    'potential = water',
  ]);
  expect(referencesOf(analysis.document, water, false)).toHaveLength(3);
});

test('references to an element are those of its potential', () => {
  const oxygen = nameIn('angular ', 'O');
  expect(referencesOf(analysis.document, oxygen, true).map(({ range }) => lineOf(range))).toEqual([
    'elements        = [H, O]',
    'radial H O { eta = [4, 16] Å^-2; shift = 0.97 Å }',
    'angular O H H {',
    'network O { hidden = [30, 30] }',
  ]);
  expect(nameIn('elements = [', 'Ar').places).toHaveLength(1);
});

test('highlights tell where a name is declared', () => {
  expect(highlightsOf(analysis.document, nameIn('dataset = ', 'rpbe')).map(({ kind }) => kind)).toEqual([3, 2, 2]);
});

test('links on files that exist', () => {
  const analysis = analysisOf(RICH, files);
  expect(linksOf(analysis).map(({ range, target }) => [textAt(analysis, range), target])).toEqual([
    ['data/a.xyz', 'file:///folder/data/a.xyz'],
    ['ice.xyz', 'file:///folder/ice.xyz'],
  ]);
  expect(linksOf(analysisOf('md m { structure = "ice.xyz', files)).map(({ range }) => range.end.character)).toEqual([
    27,
  ]);
});

function hover(before: string, what: string): string {
  const { analysis, offset } = richAt(before, what);
  const contents = hoverAt(analysis, offset)?.contents;
  return contents !== undefined && typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

test('hover on a quantity converts it', () => {
  expect(hover('cutoff          = ', '6.35')).toContain('**6.35 Å** = 11.9998 bohr = 0.635 nm');
  expect(hover('6.35 ', 'Å')).toContain('11.9998 bohr');
  expect(hover('eta = [4, ', '16')).toContain('**16 Å^-2** = ');
  expect(hover('friction = 5 ', '1/ps')).toContain('0.005 1/fs');
});

test('hover on words says what the vocabulary says', () => {
  expect(hover('', 'cutoff_function')).toContain('default `poly2`');
  expect(hover('cutoff_function = ', 'poly2')).toContain('twice differentiable');
  expect(hover('\n  ', 'cutoff ')).toMatch(/units `Å` `bohr` `nm`/);
  expect(hover('\n  ', 'cutoff ')).toContain('range `> 0`');
  expect(hover('\n  ', 'angular ')).toContain('Behler');
  expect(hover('elements        = [H, ', 'O')).toContain('oxygen · Z = 8');
  expect(hover('radial ', 'H O')).toContain('Z = ');
  expect(hover('ensemble ', 'langevin')).toContain('BAOAB');
  expect(hover('ensemble ', 'langevin')).toContain('Bussi');
  expect(hover('center = ', 'linspace')).toContain('linspace(first, last, count)');
  expect(hover('split_by = ', 'key')).toContain('key("name")');
  expect(hover('structure = ', '"ice.xyz"')).toContain('/folder/ice.xyz');
  expect(hover('', '"data/*.xyz"')).toContain('2 files match');
});

test('hover on a name sums up what it refers to', () => {
  expect(hover('train water {\n  potential = ', 'water')).toMatchInlineSnapshot(`
    "\`\`\`potential
    potential water
    \`\`\`

    elements H O · cutoff 6.35 Å

    91 symmetry functions, 4,192 weights

    - H: 46 symmetry functions, 1851 weights
    - O: 45 symmetry functions, 2341 weights

    identity \`c6fdc47401fb\`"
  `);
  expect(hover('dataset = ', 'rpbe')).toContain('`data/*.xyz` (2 files)');
  expect(hover('train ', 'water')).toContain('`epochs = 30`');
});

test('lenses: run what can be run, expand what has symmetry functions', () => {
  const analysis = analysisOf(RICH, files);
  const titles = lensesOf(analysis, []).map(({ command }) => command?.title);
  expect(titles).toMatchInlineSnapshot(`
    [
      "91 symmetry functions, 4,192 weights",
      "Preview",
      "▶ Train",
      "▶ Evaluate",
      "▶ Run",
    ]
  `);
});

test('lenses: resume and results once there are runs', () => {
  const analysis = analysisOf(RICH, files);
  const lenses = lensesOf(analysis, [
    { kind: 'train', label: 'water', state: 'interrupted', summary: 'epoch 12' },
    { kind: 'train', label: 'water', state: 'finished', summary: '' },
    { kind: 'md', label: 'liquid', state: 'finished', summary: '' },
    { kind: 'md', label: 'another', state: 'finished', summary: '' },
  ]).filter(({ range }) => !textAt(analysis, range).startsWith('potential'));
  expect(lenses.map(({ command, range }) => [textAt(analysis, range), command?.title, command?.command])).toEqual([
    ['train water', '▶ Train', LENS_COMMANDS.run],
    ['train water', 'Resume', LENS_COMMANDS.resume],
    ['train water', 'Results: epoch 12', LENS_COMMANDS.results],
    ['evaluate "on rpbe"', '▶ Evaluate', LENS_COMMANDS.run],
    ['md liquid', '▶ Run', LENS_COMMANDS.run],
    ['md liquid', 'Results', LENS_COMMANDS.results],
  ]);
  expect(lenses[0].command?.arguments).toEqual([{ uri: URI, kind: 'train', label: 'water' }]);
});
