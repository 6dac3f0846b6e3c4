/** The first definition for some data: sound, whatever the file is called, and as one would write it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../language/check/check';
import type { DataFacts } from '../../../../language/check/facts';
import { draftDefinition, labelFrom } from '../../../../language/definition/draft';
import { format } from '../../../../language/syntax/printer';
import { parse } from '../../../../language/syntax/parser';

const facts: DataFacts = {
  frames: 1401,
  atoms: { minimum: 9, maximum: 9, total: 12_609 },
  elements: { H: 1401, C: 1401, O: 1401 },
  keys: { energy: 1401, split: 1401 },
  columns: { forces: 1401 },
  words: { split: { train: 1200, test: 201 } },
  energyKey: 'energy',
  forcesKey: 'forces',
};

test('ethanol', () => {
  expect(draftDefinition('ethanol.xyz', facts)).toMatchInlineSnapshot(`
    "# ethanol.xyz: 1,401 structures, 12,609 atoms
    potential ethanol {
      elements = [H, C, O]
    }

    dataset reference {
      files    = ["ethanol.xyz"]
      split_by = key("split")
    }

    train ethanol {
      potential = ethanol
      dataset   = reference
    }
    "
  `);
});

test('data without sets, of one structure, without energies', () => {
  const poor = { ...facts, frames: 1, atoms: { minimum: 2, maximum: 2, total: 2 }, words: {}, energyKey: undefined };
  expect(draftDefinition('data/2 water.extxyz.gz', poor)).toMatchInlineSnapshot(`
    "# data/2 water.extxyz.gz: 1 structure, 2 atoms
    # No energies were found in it: energy and forces of the dataset say where they are.
    potential water {
      elements = [H, C, O]
    }

    dataset reference {
      files = ["data/2 water.extxyz.gz"]
      test  = 10 %
    }

    train water {
      potential = water
      dataset   = reference
    }
    "
  `);
});

test('atoms of types without an element', () => {
  const text = draftDefinition('dump.lammpstrj', { ...facts, elements: { X: 3, Cu: 2 } });
  expect(text).toContain('elements = [Cu]');
  expect(check(parse(text)).diagnostics).toEqual([]);
});

test('no name of a file makes a definition with errors', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), (file) => {
      const text = draftDefinition(file, facts);
      const { diagnostics, definition } = check(parse(text));
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(definition.datasets.get('reference')?.options.files).toEqual([file]);
      expect(definition.actions.length).toBe(1);
      expect(format(text)).toBe(text);
      expect(labelFrom(file)).not.toBe('');
    }),
  );
});
