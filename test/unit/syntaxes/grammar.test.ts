import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { BlockSchema } from '../../../language/schema/types';
import { vocabulary } from '../../../language/schema/vocabulary';
import { ALL_NAMES, keywords, mainName } from '../../../language/runner/keywords';

const GRAMMAR = 'syntaxes/potential.tmLanguage.json';
const INPUT_GRAMMAR = 'syntaxes/runner-nn.tmLanguage.json';
const CONFIGURATION = 'syntaxes/potential.language-configuration.json';

function innerBlocks(blocks: Readonly<Record<string, BlockSchema>>): string[] {
  return Object.values(blocks).flatMap((block) => [
    ...Object.keys(block.blocks ?? {}),
    ...innerBlocks(block.blocks ?? {}),
  ]);
}

/** The words of every `\b(a|b)\b` in the rules for blocks. */
function wordLists(grammar: string): string[][] {
  return [...grammar.matchAll(/"begin": "\\\\b\(([\w|]+)\)\\\\b/g)].map(([, words]) => words.split('|').sort());
}

test('the words of the grammar are the blocks of the vocabulary', () => {
  expect(wordLists(readFileSync(GRAMMAR, 'utf8'))).toEqual([
    Object.keys(vocabulary).sort(),
    [...new Set(innerBlocks(vocabulary))].sort(),
  ]);
});

test('the words of the grammar of input.nn are the keywords of its table', () => {
  const lists = [...readFileSync(INPUT_GRAMMAR, 'utf8').matchAll(/"\^\\\\s\*\(([\w|]+)\)\(/g)].map(([, words]) =>
    words.split('|'),
  );
  const namesOf = (n2p2: boolean): string[] => ALL_NAMES.filter((name) => keywords[mainName(name) ?? ''].n2p2 === n2p2);
  const [functions, n2p2, runner] = lists;
  expect([...functions, ...n2p2].sort()).toEqual(namesOf(true).sort());
  expect([...runner].sort()).toEqual(namesOf(false).sort());
});

test.each([
  [GRAMMAR, 'test/fixtures/syntaxes/rich.potential'],
  [INPUT_GRAMMAR, 'test/fixtures/syntaxes/rich.nn'],
])('every kind of token gets its scope: %s', async (grammar, fixture) => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [
    'node_modules/vscode-tmgrammar-test/dist/unit.js',
    '--grammar',
    grammar,
    fixture,
  ]);
  expect(stdout).toContain(`✓ ${fixture}`);
});

interface LanguageConfiguration {
  readonly wordPattern: { readonly pattern: string; readonly flags: string };
  readonly indentationRules: { readonly increaseIndentPattern: string; readonly decreaseIndentPattern: string };
  readonly onEnterRules: readonly { readonly beforeText: string; readonly afterText?: string }[];
}
const configuration: LanguageConfiguration = JSON.parse(readFileSync(CONFIGURATION, 'utf8')) as LanguageConfiguration;

test('words are names and numbers, without dots between names', () => {
  const word = new RegExp(configuration.wordPattern.pattern, configuration.wordPattern.flags + 'g');
  expect('lennard_jones{σ = 3.405 Å; a.b rpbe-d3'.match(word)?.filter((match) => match !== '')).toEqual([
    'lennard_jones',
    'σ',
    '3.405',
    'Å',
    'a',
    'b',
    'rpbe-d3',
  ]);
});

test('lines that open a block or a list indent the next one, others do not', () => {
  const increase = new RegExp(configuration.indentationRules.increaseIndentPattern);
  const decrease = new RegExp(configuration.indentationRules.decreaseIndentPattern);
  for (const line of ['potential water {', '  files = [', 'md "a b" { # why', '  x = [1, 2,']) {
    expect(increase.test(line), line).toBe(true);
    expect(decrease.test(line), line).toBe(false);
  }
  for (const line of ['  radial { eta = 1 }', '# potential {', '  cutoff = 6 Å', '  files = ["{"]', '}', '  ]'])
    expect(increase.test(line), line).toBe(false);
  for (const line of ['}', '  ]', ' )']) expect(decrease.test(line), line).toBe(true);
});

test('every pattern is a regular expression', () => {
  for (const rule of configuration.onEnterRules) {
    expect(new RegExp(rule.beforeText)).toBeInstanceOf(RegExp);
    if (rule.afterText !== undefined) expect(new RegExp(rule.afterText)).toBeInstanceOf(RegExp);
  }
  expect(configuration.onEnterRules.some(({ beforeText }) => new RegExp(beforeText).test('md water {'))).toBe(true);
});
