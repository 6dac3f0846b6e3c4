/** Renaming changes the name in all its places and nothing that is meant. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { canonical } from '../../../../language/definition/identity';
import { isBehler } from '../../../../language/definition/chirality';
import type { Definition, PotentialDefinition } from '../../../../language/definition/definition';
import { check } from '../../../../language/check/check';
import { checkInput } from '../../../../language/runner/check/check';
import { functionsOf, readFile } from '../../../../language/runner/reading';
import { readInput } from '../../../../language/runner/tree';
import { wordsOf } from '../../../../language/runner/functions';
import { parse } from '../../../../language/syntax/parser';
import { renameOf, renameRangeOf } from '../../../../server/features/rename';
import { occurrencesAt } from '../../../../server/names';
import { elementAt } from '../../../../server/runner/names';
import { TRAINING } from '../../language/runner/cases';
import { potentialText } from '../../language/arbitrary';
import { inputText } from '../../language/runner/arbitrary';
import { inputOf } from '../runner/fixture';
import { analysisOf, apply, RICH, URI } from '../fixture';

const INPUT_URI = 'file:///folder/input.nn';

/** The text with the name at the offset changed; why not; or undefined where there is no name. */
function renamed(text: string, offset: number, newName: string): string | { problem: string } | undefined {
  const analysis = analysisOf(text);
  const name = occurrencesAt(analysis.tree, offset);
  if (name === undefined) return undefined;
  expect(renameRangeOf(analysis.document, name, offset)).toBeDefined();
  const edit = renameOf(analysis.document, name, newName);
  return 'problem' in edit ? edit : apply(analysis, edit.changes?.[URI] ?? []);
}

function renamedInput(text: string, offset: number, newName: string): string | { problem: string } | undefined {
  const input = inputOf(text);
  const name = elementAt(input, offset);
  if (name === undefined) return undefined;
  const edit = renameOf(input.document, name, newName);
  return 'problem' in edit ? edit : TextDocument.applyEdits(input.document, edit.changes?.[INPUT_URI] ?? []);
}

const middleOf = (before: string, what: string, text = RICH): number => {
  const start = text.indexOf(before + what);
  if (start < 0) throw new Error(`no ${before}${what}`);
  return start + before.length + Math.ceil(what.length / 2);
};

const definitionOf = (text: string): Definition => check(parse(text)).definition;

/** What hashes are made of, with one element called otherwise: what is a set, sorted; hashes of elements are no names. */
function meaningOf({ potentials }: Definition, before = '', after = ''): unknown {
  const called = (symbol: string): string => (symbol === before ? after : symbol);
  const meaning = ({ elements, symmetryFunctions, networks, options, pairs, prior }: PotentialDefinition): unknown => ({
    elements: elements.map(called).sort(),
    functions: Object.values(symmetryFunctions)
      .flat()
      .filter(isBehler)
      .map((one) =>
        canonical({
          ...one,
          center: called(one.center),
          ...('neighbor' in one ? { neighbor: called(one.neighbor) } : { neighbors: one.neighbors.map(called).sort() }),
        }),
      )
      .sort(),
    networks: Object.entries(networks ?? {})
      .map(([symbol, shape]) => canonical({ symbol: called(symbol), shape }))
      .sort(),
    options: canonical({ ...options, elements: [...options.elements].map(called).sort() }),
    pairs,
    prior,
  });
  return [...potentials.values()].map(meaning);
}

test('label and references change, in quotes where they must', () => {
  const at = middleOf('potential ', 'water');
  expect(renamed(RICH, at, 'ice')).toBe(
    RICH.replaceAll('potential water', 'potential ice').replaceAll('potential = water', 'potential = ice'),
  );
  expect(renamed(RICH, at, 'heavy water')).toContain('potential = "heavy water"');
  expect(renamed(RICH, at, '"heavy water"')).toBe(renamed(RICH, at, 'heavy water'));
});

test('what can be no name, or is taken, is refused with a reason', () => {
  const at = middleOf('potential ', 'water');
  for (const name of ['', ' ', 'two\nlines', 'a/b', '..', '"a\\""'])
    expect(renamed(RICH, at, name)).toHaveProperty('problem');
  expect(renamed(RICH, at, 'argon')).toEqual({ problem: 'There is already a potential `argon`.' });
  const oxygen = middleOf('angular ', 'O');
  expect(renamed(RICH, oxygen, 'H')).toHaveProperty('problem');
  expect(renamed(RICH, oxygen, 'Q')).toEqual({ problem: '`Q` is no symbol of an element.' });
  expect(renamed(RICH, middleOf('', 'cutoff '), 'x')).toBeUndefined();
});

test('an element changes in its potential alone', () => {
  expect(renamed(RICH, middleOf('elements        = [H, ', 'O'), 'S')).toBe(
    RICH.replace('[H, O]', '[H, S]')
      .replace('radial H O', 'radial H S')
      .replace('angular O H H', 'angular S H H')
      .replace('network O', 'network S'),
  );
});

test('the hashes of what is meant stay, whatever is renamed to whatever', () => {
  const before = definitionOf(RICH);
  const names = ['potential ', 'train water {\n  potential = ', 'train ', 'dataset = ', 'evaluate '];
  const words = ['water', 'water', 'water', 'rpbe', '"on rpbe"'];
  fc.assert(
    fc.property(
      fc.nat(names.length - 1),
      fc.oneof(fc.stringMatching(/^[\p{L}\d _+.,-]{1,12}$/u), fc.string({ unit: 'grapheme', maxLength: 12 })),
      (which, newName) => {
        const text = renamed(RICH, middleOf(names[which], words[which]), newName);
        if (typeof text !== 'string') return;
        const after = definitionOf(text);
        expect([...after.potentials.values()].map(({ identity }) => identity)).toEqual(
          [...before.potentials.values()].map(({ identity }) => identity),
        );
        const procedures = ({ actions }: Definition): unknown[] =>
          actions.map((action) => (action.kind === 'train' ? action.procedure : action.kind));
        expect(procedures(after)).toEqual(procedures(before));
        expect(check(parse(text)).diagnostics.map(({ code }) => code)).toEqual(
          check(parse(RICH)).diagnostics.map(({ code }) => code),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('an element changes in the simulations of its potential too, from either side', () => {
  const text = (symbol: string, other = 'H'): string =>
    `potential p { elements = [${symbol}, O] }\npotential q { elements = [H] }\nmd a { potential = p; isotope ${symbol} { mass = 2 amu } }\nmd b { potential = q; isotope ${other} { mass = 2 amu } }\n`;
  const given = text('H');
  expect(renamed(given, given.indexOf('[H, O]') + 1, 'Li')).toBe(text('Li'));
  expect(renamed(given, given.indexOf('isotope H') + 8, 'Li')).toBe(text('Li'));
});

test.each(['C', 'He', 'Au'])('an element that is called %s means the same with another name', (symbol) => {
  const text = renamed(RICH, middleOf('network ', 'O'), symbol);
  if (typeof text !== 'string') throw new Error('not renamed');
  expect(meaningOf(definitionOf(text))).toEqual(meaningOf(definitionOf(RICH), 'O', symbol));
});

test('there and back is where it was, anywhere in any text', () => {
  fc.assert(
    fc.property(potentialText(RICH), fc.nat(), (text, where) => {
      const offset = where % (text.length + 1);
      const name = occurrencesAt(analysisOf(text).tree, offset);
      if (name === undefined) return;
      const spelled = new Set(name.places.map(({ start, end }) => text.slice(start, end)));
      const other = name.kind === 'element' ? 'Og' : 'zzz';
      const there = renamed(text, offset, other);
      if (typeof there !== 'string' || spelled.size > 1) return;
      // The start of the place stays, as what stands before it has not changed or is another place of the name.
      const first = name.places[0].start;
      const back = renamed(there, first, name.text);
      if (typeof back === 'string' && ![...spelled][0].startsWith('"')) expect(back).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test('an element of input.nn', () => {
  const text = TRAINING;
  const offset = middleOf('elements', ' ', text);
  const at = text.indexOf('H', offset);
  // Stays in front of O, as no other order is advised then.
  const there = renamedInput(text, at, 'He');
  if (typeof there !== 'string') throw new Error('not renamed');
  const functions = (of: string, before = '', after = ''): string[] =>
    functionsOf(readFile(readInput(of)))
      .map(({ value }) => {
        const called = (symbol: string): string => (symbol === before ? after : symbol);
        const neighbors = value.neighbors.map(called).sort();
        return wordsOf({ ...value, center: called(value.center), neighbors }).join(' ');
      })
      .sort();
  expect(functions(there, '', '')).toEqual(functions(text, 'H', 'He'));
  expect(checkInput(readInput(there)).map(({ code }) => code)).toEqual(
    checkInput(readInput(text)).map(({ code }) => code),
  );
  expect(renamedInput(there, at, 'H')).toBe(text);
  expect(renamedInput(text, at, 'O')).toHaveProperty('problem');
  fc.assert(
    fc.property(inputText(TRAINING), fc.nat(), (any, where) => {
      const og = renamedInput(any, where % (any.length + 1), 'Og');
      if (typeof og !== 'string') return;
      expect(og.split('\n').length).toBe(any.split('\n').length);
    }),
    { numRuns: 300 },
  );
});
